import { Deployment, StartFailure } from "../../pipelines/deployment";
import { NotSimulated } from "../../pipelines/not-simulated";
import { SourcePlaces } from "../../pipelines/sources/place";
import type { PipelineIdentity } from "../../pipelines/identity";
import { minutes } from "../../world/clock";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import type { World } from "../../world/world";
import type { PipelineSettings, PipelineStatus, ProgressStatus } from "./api";
import { OsisState, SERVICE, type Pipeline } from "./state";

const STAGE = minutes(1);
const STOP = minutes(1);
const DELETION = minutes(2);

interface Stage {
    name: string;
    description: string;
    /** Throws what ends the change. */
    run(deployment: Deployment): void | Promise<void>;
}

const STAGES: Stage[] = [
    {
        name: "Validation",
        description: "Validating the configuration and the permissions of the pipeline",
        run: (deployment) => deployment.assumeRoles(),
    },
    {
        name: "Create environment",
        description: "Creating the resources that the pipeline runs on",
        run: (deployment) => deployment.checkNetwork(),
    },
    {
        name: "Deploy pipeline",
        description: "Deploying the configuration",
        run: (deployment) => deployment.build(),
    },
    {
        name: "Check pipeline health",
        description: "Checking that the source can be read and the sink be written to",
        run: (deployment) => deployment.checkHealth(),
    },
    { name: "Enable traffic", description: "Letting data flow", run: () => undefined },
];

type Change = "CREATING" | "UPDATING" | "STARTING";

const FAILED: Record<Change, PipelineStatus> = {
    CREATING: "CREATE_FAILED",
    UPDATING: "UPDATE_FAILED",
    STARTING: "START_FAILED",
};

/**
 * Builds what the settings describe, stage by stage, and lets it take over; where a stage fails, what ran before runs on.
 *
 * @param before the settings that stay in force where an update fails
 */
export function bringUp(ctx: Context, pipeline: Pipeline, change: Change, before?: PipelineSettings): void {
    const { world } = ctx;
    const deployment = new Deployment(identityOf(world, pipeline), {
        body: pipeline.settings.PipelineConfigurationBody,
        roleArn: pipeline.settings.PipelineRoleArn,
        logGroup: logGroupOf(pipeline.settings),
        units: pipeline.settings.MinUnits,
    });
    const started = new Date(ctx.now);
    pipeline.progress = {
        StartTime: started,
        Status: "IN_PROGRESS",
        TotalNumberOfStages: STAGES.length,
        ChangeProgressStages: STAGES.map(({ name, description }, index) => ({
            Name: name,
            Status: index === 0 ? "IN_PROGRESS" : "PENDING",
            Description: description,
            LastUpdatedAt: started,
        })),
    };
    become(ctx, pipeline, change);
    proceed(ctx, pipeline, deployment, 0, async (failure) => {
        if (failure !== undefined) {
            pipeline.settings = before ?? pipeline.settings;
            become(ctx, pipeline, FAILED[change], failure);
            if (!pipeline.running) {
                await deployment.withdraw();
            }
            return;
        }
        const backlog = (await pipeline.running?.stop()) ?? pipeline.backlog;
        pipeline.backlog = [];
        pipeline.running = deployment;
        become(ctx, pipeline, "ACTIVE");
        await deployment.start(backlog);
    });
}

/** A pipeline that stands still takes its new settings as they are, and tries them when it starts. */
export function settle(ctx: Context, pipeline: Pipeline): void {
    become(ctx, pipeline, "UPDATING");
    later(ctx.world, pipeline, STAGE, () => become(ctx, pipeline, "STOPPED"));
}

export async function stop(ctx: Context, pipeline: Pipeline): Promise<void> {
    become(ctx, pipeline, "STOPPING");
    await halt(pipeline);
    later(ctx.world, pipeline, STOP, () => become(ctx, pipeline, "STOPPED"));
}

export async function remove(ctx: Context, pipeline: Pipeline): Promise<void> {
    become(ctx, pipeline, "DELETING");
    await halt(pipeline);
    later(ctx.world, pipeline, DELETION, () => {
        ctx.state(OsisState).pipelines.delete(pipeline.name);
        ctx.state(SourcePlaces).forget(pipeline.name);
    });
}

/** What was read and not written is there when the pipeline starts again. */
async function halt(pipeline: Pipeline): Promise<void> {
    const { running } = pipeline;
    pipeline.running = undefined;
    pipeline.backlog = (await running?.stop()) ?? pipeline.backlog;
    await running?.withdraw();
}

function proceed(
    ctx: Context,
    pipeline: Pipeline,
    deployment: Deployment,
    index: number,
    done: (failure?: string) => void | Promise<void>,
): void {
    const tell = (at: number, status: ProgressStatus, description?: string) => {
        const stage = pipeline.progress!.ChangeProgressStages[at];
        Object.assign(stage, { Status: status, LastUpdatedAt: new Date(ctx.now) });
        stage.Description = description ?? stage.Description;
    };
    later(ctx.world, pipeline, STAGE, async () => {
        const failure = await failureOf(STAGES[index], deployment);
        tell(index, failure === undefined ? "COMPLETED" : "FAILED", failure);
        if (failure !== undefined || index === STAGES.length - 1) {
            pipeline.progress!.Status = failure === undefined ? "COMPLETED" : "FAILED";
            await done(failure);
            return;
        }
        tell(index + 1, "IN_PROGRESS");
        proceed(ctx, pipeline, deployment, index + 1, done);
    });
}

async function failureOf(stage: Stage, deployment: Deployment): Promise<string | undefined> {
    try {
        await stage.run(deployment);
        return undefined;
    } catch (error) {
        if (error instanceof AwsError || error instanceof StartFailure || error instanceof NotSimulated) {
            return error.message;
        }
        throw error;
    }
}

function become(ctx: Context, pipeline: Pipeline, status: PipelineStatus, reason?: string): void {
    Object.assign(pipeline, { status, reason, updated: new Date(ctx.now) });
}

function later(world: World, pipeline: Pipeline, ms: number, task: () => void | Promise<void>): void {
    pipeline.cancel();
    pipeline.cancel = world.clock.schedule(world.duration(SERVICE, ms), task);
}

const logGroupOf = ({ LogPublishingOptions: options }: PipelineSettings) =>
    options?.IsLoggingEnabled ? options.CloudWatchLogDestination?.LogGroup : undefined;

function identityOf(world: World, { arn, name, vpc, serviceEndpointId }: Pipeline): PipelineIdentity {
    const { accountId, region } = splitArn(arn);
    return {
        world,
        arn,
        name,
        accountId,
        region,
        serviceEndpointId,
        vpc: vpc && {
            subnetIds: vpc.SubnetIds,
            securityGroupIds: vpc.SecurityGroupIds ?? [],
            attachmentCidr: vpc.VpcAttachmentOptions?.AttachToVpc ? vpc.VpcAttachmentOptions.CidrBlock : undefined,
            endpointId: vpc.endpointId,
        },
    };
}
