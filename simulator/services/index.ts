import type { Service } from "../world/service";
import { dynamodb } from "./dynamodb";
import { iam } from "./iam";
import { sts } from "./sts";

/** Every service of the world. */
export const allServices: Service[] = [dynamodb, iam, sts];
