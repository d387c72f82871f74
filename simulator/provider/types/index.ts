import type { ResourceTypes } from "../resource";
import { athena } from "./athena";
import { cloudwatch } from "./cloudwatch";
import { dynamodb } from "./dynamodb";
import { glue } from "./glue";
import { iam } from "./iam";
import { kms } from "./kms";
import { lakeformation } from "./lakeformation";
import { rds } from "./rds";
import { s3 } from "./s3";

/** Every type of `@pulumi/aws` that is simulated, by its token. */
export const resourceTypes: ResourceTypes = {
    ...athena,
    ...cloudwatch,
    ...dynamodb,
    ...glue,
    ...iam,
    ...kms,
    ...lakeformation,
    ...rds,
    ...s3,
};
