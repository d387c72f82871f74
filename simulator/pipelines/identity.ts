import { Context } from "../world/context";
import type { World } from "../world/world";
import { assumeRole } from "../services/sts";
import type { SourceReader } from "./source";

/** As which a pipeline assumes roles. */
export const PRINCIPAL = "osis-pipelines.amazonaws.com";

/** A pipeline's place in the world. */
export interface PipelineIdentity {
    readonly world: World;
    readonly arn: string;
    readonly name: string;
    readonly accountId: string;
    readonly region: string;
    /** Of the service's own VPC endpoint for collections. */
    readonly serviceEndpointId: string;
    readonly vpc?: SourceReader["vpc"] & { endpointId: string };
}

/** The role as the pipeline assumes it; AccessDenied unless the role's trust lets this very pipeline. */
export function asPipelineRole({ world, arn, name, accountId, region }: PipelineIdentity, roleArn: string): Context {
    const service = new Context(world, { kind: "service", name: PRINCIPAL, accountId, sourceArn: arn }, region);
    return service.as(assumeRole(service, roleArn, `osis-${name}`));
}

/** The pipeline's account: for what the service does by itself. */
export const asOwner = ({ world, accountId, region }: PipelineIdentity): Context =>
    world.administrator(accountId, region);
