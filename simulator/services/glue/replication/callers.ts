import { asInbound, asService } from "../../../integrations/callers";
import { partitionOf, type Context } from "../../../world/context";
import type { World } from "../../../world/world";
import { assumeRole } from "../../sts";
import type { Integration } from "../state";

const GLUE = "glue.amazonaws.com";
const SESSION = "GlueZeroETL";

export const asGlue = (world: World, integration: Integration) => asService(world, GLUE, integration);
export const asInboundGlue = (world: World, integration: Integration) => asInbound(world, GLUE, integration);

/** The target role as Glue assumes it; AccessDenied if the role's trust policy doesn't let Glue. */
export function asRole(world: World, integration: Integration, roleArn: string): Context {
    const glue = asGlue(world, integration);
    return glue.as(assumeRole(glue, roleArn, SESSION));
}

export const s3Arn = (region: string, bucket: string, key?: string): string =>
    `arn:${partitionOf(region)}:s3:::${bucket}${key === undefined ? "" : `/${key}`}`;
