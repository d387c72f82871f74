import type { Deployment } from "../../pipelines/deployment";
import type { PipelineEvent } from "../../pipelines/source";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import type { ChangeProgressStatus, PipelineSettings, PipelineStatus, VpcOptions } from "./api";

export class OsisState {
    /** by name */
    readonly pipelines = new Map<string, Pipeline>();
}

export interface Pipeline {
    readonly name: string;
    readonly arn: string;
    readonly created: Date;
    readonly vpc?: VpcOptions & { vpcId: string; endpointId: string };
    /** the first part of its endpoints' names */
    readonly endpointId: string;
    /** of the service's own VPC endpoint, for collections behind a network policy */
    readonly serviceEndpointId: string;
    readonly tags: Map<string, string>;
    settings: PipelineSettings;
    status: PipelineStatus;
    reason?: string;
    updated: Date;
    /** of the change that is under way, or was last */
    progress?: ChangeProgressStatus;
    policy?: string;
    /** What moves the data. @default it stands still */
    running?: Deployment;
    /** What was read, and not written when it was stopped. */
    backlog: PipelineEvent[];
    /** calls off what happens next */
    cancel: () => void;
}

export const SERVICE = "osis";

export const invalid = (message: string) => new AwsError("ValidationException", message);
export const conflict = (message: string) => new AwsError("ConflictException", message, 409);
export const notFound = (message: string) => new AwsError("ResourceNotFoundException", message, 404);
export const limitExceeded = (message: string) => new AwsError("LimitExceededException", message, 409);

export const pipelineArn = (ctx: Context, name: string): string => ctx.arn(SERVICE, `pipeline/${name}`);

export function findPipeline(ctx: Context, name: string): Pipeline {
    const found = ctx.state(OsisState).pipelines.get(name);
    if (!found) {
        throw notFound(`Pipeline with name ${name} could not be found.`);
    }
    return found;
}

export function findByArn(ctx: Context, arn: string): Pipeline {
    const { accountId, region, resource } = splitArn(arn);
    const found = ctx.state(OsisState, accountId, region).pipelines.get(resource.replace(/^pipeline\//, ""));
    if (found?.arn !== arn) {
        throw notFound(`Resource ${arn} could not be found.`);
    }
    return found;
}
