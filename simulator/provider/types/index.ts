import type { ResourceTypes } from "../resource";
import { dynamodb } from "./dynamodb";
import { s3 } from "./s3";

/** Every type of `@pulumi/aws` that is simulated, by its token. */
export const resourceTypes: ResourceTypes = { ...dynamodb, ...s3 };
