import { Context, partitionOf, splitArn } from "../../../world/context";
import type { World } from "../../../world/world";
import { assumeRole } from "../../sts";
import type { Integration } from "../state";

const GLUE = "glue.amazonaws.com";
const SESSION = "GlueZeroETL";

/** Glue itself, at work for an integration: what a policy's aws:SourceArn sees is the integration. */
export function asGlue(world: World, { arn, accountId, region }: Integration): Context {
    return new Context(world, { kind: "service", name: GLUE, accountId, sourceArn: arn }, region);
}

/** Glue, asking the target whether it takes data from a source: aws:SourceArn is the source. */
export function asInboundGlue(world: World, { sourceArn, accountId, region }: Integration): Context {
    return new Context(world, { kind: "service", name: GLUE, accountId, sourceArn }, region);
}

/** The target role as Glue assumes it; AccessDenied if the role's trust policy doesn't let Glue. */
export function asRole(world: World, integration: Integration, roleArn: string): Context {
    const glue = asGlue(world, integration);
    return glue.as(assumeRole(glue, roleArn, SESSION));
}

/** The account that owns a resource: for what AWS knows without asking for permission. */
export function asOwner(world: World, arn: string): Context {
    const { accountId, region } = splitArn(arn);
    return world.administrator(accountId, region);
}

export const s3Arn = (region: string, bucket: string, key?: string): string =>
    `arn:${partitionOf(region)}:s3:::${bucket}${key === undefined ? "" : `/${key}`}`;
