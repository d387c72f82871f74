import type { Service } from "../world/service";
import { athena } from "./athena";
import { cloudwatch } from "./cloudwatch";
import { dynamodb } from "./dynamodb";
import { dynamodbStreams } from "./dynamodb-streams";
import { ec2 } from "./ec2";
import { glue } from "./glue";
import { iam } from "./iam";
import { kms } from "./kms";
import { lakeformation } from "./lakeformation";
import { logs } from "./logs";
import { opensearch } from "./opensearch";
import { opensearchServerless } from "./opensearchserverless";
import { osis } from "./osis";
import { rds } from "./rds";
import { redshift } from "./redshift";
import { redshiftData } from "./redshift-data";
import { redshiftServerless } from "./redshift-serverless";
import { s3 } from "./s3";
import { secretsmanager } from "./secretsmanager";
import { sts } from "./sts";

/** Every service of the world. */
export const allServices: Service[] = [
    athena,
    cloudwatch,
    dynamodb,
    dynamodbStreams,
    ec2,
    glue,
    iam,
    kms,
    lakeformation,
    logs,
    opensearch,
    opensearchServerless,
    osis,
    rds,
    redshift,
    redshiftData,
    redshiftServerless,
    s3,
    secretsmanager,
    sts,
];
