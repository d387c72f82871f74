import type { ResourceTypes } from "../resource";
import { athena } from "./athena";
import { cloudwatch } from "./cloudwatch";
import { docdb } from "./docdb";
import { dynamodb } from "./dynamodb";
import { ec2 } from "./ec2";
import { glue } from "./glue";
import { iam } from "./iam";
import { kms } from "./kms";
import { lakeformation } from "./lakeformation";
import { opensearch } from "./opensearch";
import { opensearchingest } from "./opensearchingest";
import { opensearchserverless } from "./opensearchserverless";
import { rds } from "./rds";
import { redshift } from "./redshift";
import { redshiftdata } from "./redshiftdata";
import { redshiftserverless } from "./redshiftserverless";
import { s3 } from "./s3";
import { secretsmanager } from "./secretsmanager";

/** Every type of `@pulumi/aws` that is simulated, by its token. */
export const resourceTypes: ResourceTypes = {
    ...athena,
    ...cloudwatch,
    ...docdb,
    ...dynamodb,
    ...ec2,
    ...glue,
    ...iam,
    ...kms,
    ...lakeformation,
    ...opensearch,
    ...opensearchingest,
    ...opensearchserverless,
    ...rds,
    ...redshift,
    ...redshiftdata,
    ...redshiftserverless,
    ...s3,
    ...secretsmanager,
};
