import type { Service } from "../world/service";
import { athena } from "./athena";
import { cloudwatch } from "./cloudwatch";
import { dynamodb } from "./dynamodb";
import { glue } from "./glue";
import { iam } from "./iam";
import { kms } from "./kms";
import { lakeformation } from "./lakeformation";
import { logs } from "./logs";
import { s3 } from "./s3";
import { sts } from "./sts";

/** Every service of the world. */
export const allServices: Service[] = [athena, cloudwatch, dynamodb, glue, iam, kms, lakeformation, logs, s3, sts];
