import type { Service } from "../world/service";
import { athena } from "./athena";
import { dynamodb } from "./dynamodb";
import { iam } from "./iam";
import { kms } from "./kms";
import { s3 } from "./s3";
import { sts } from "./sts";

/** Every service of the world. */
export const allServices: Service[] = [athena, dynamodb, iam, kms, s3, sts];
