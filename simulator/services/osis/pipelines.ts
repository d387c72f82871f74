import { randomBytes } from "node:crypto";

import { readBody, searchSinks } from "../../pipelines/body";
import { bodyProblems } from "../../pipelines/validate";
import type { AccessCheck } from "../../world/access";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { newId } from "../ec2/state";
import { operationsOn, pageOf } from "../operations";
import type { CreatePipelineRequest, Named, Page, PipelineSettings, UpdatePipelineRequest } from "./api";
import { bringUp, remove, settle, stop } from "./lifecycle";
import { conflict, findPipeline, limitExceeded, OsisState, pipelineArn, type Pipeline } from "./state";
import { pairs, requestTags, tagList } from "./tags";
import { checkAttachment, checkCreation, checkSettings, vpcOf } from "./validation";

const MAX_PIPELINES = 50;
const PAGE_SIZE = 100;

/** For a log delivery of its own. */
const LOG_ACTIONS = [
    "CreateLogDelivery",
    "UpdateLogDelivery",
    "DeleteLogDelivery",
    "GetLogDelivery",
    "ListLogDeliveries",
    "PutResourcePolicy",
    "DescribeResourcePolicies",
];

const SETTINGS = [
    "MinUnits",
    "MaxUnits",
    "PipelineConfigurationBody",
    "PipelineRoleArn",
    "LogPublishingOptions",
    "BufferOptions",
    "EncryptionAtRestOptions",
] as const;

export const pipelines = {
    CreatePipeline: operation<CreatePipelineRequest, object>({
        access: (input, ctx) => [
            on(ctx, "CreatePipeline", input, requestTags(input.Tags)),
            ...(input.Tags?.length ? [on(ctx, "TagResource", input, requestTags(input.Tags))] : []),
            { action: "osis:ValidatePipeline", resource: "*" },
            ...logDelivery(input),
        ],
        handle(input, ctx) {
            const { pipelines: all } = ctx.state(OsisState);
            checkCreation(ctx, input);
            if (all.has(input.PipelineName)) {
                throw new AwsError(
                    "ResourceAlreadyExistsException",
                    `Pipeline with name ${input.PipelineName} already exists.`,
                    409,
                );
            }
            if (all.size >= MAX_PIPELINES) {
                throw limitExceeded(`The limit of ${MAX_PIPELINES} pipelines in a Region is reached.`);
            }
            const pipeline = newPipeline(ctx, input);
            all.set(pipeline.name, pipeline);
            bringUp(ctx, pipeline, "CREATING");
            return { Pipeline: describe(ctx, pipeline) };
        },
    }),

    UpdatePipeline: operation<UpdatePipelineRequest, object>({
        access: (input, ctx) => [
            on(ctx, "UpdatePipeline", input),
            ...(input.PipelineConfigurationBody === undefined
                ? []
                : [{ action: "osis:ValidatePipeline", resource: "*" }]),
            ...logDelivery(input),
        ],
        handle(input, ctx) {
            const pipeline = requireStatus(ctx, input, "updated", [
                "ACTIVE",
                "STOPPED",
                "UPDATE_FAILED",
                "START_FAILED",
            ]);
            const settings = { ...pipeline.settings, ...given(input) };
            checkSettings(ctx, settings);
            checkAttachment(settings, pipeline.vpc);
            const before = pipeline.settings;
            pipeline.settings = settings;
            if (pipeline.running) {
                bringUp(ctx, pipeline, "UPDATING", before);
            } else {
                settle(ctx, pipeline);
            }
            return { Pipeline: describe(ctx, pipeline) };
        },
    }),

    ...operationsOn("osis", ({ PipelineName }, ctx) => pipelineArn(ctx, PipelineName), {
        GetPipeline: (input: Named, ctx) => ({ Pipeline: describe(ctx, findPipeline(ctx, input.PipelineName)) }),

        async DeletePipeline(input: Named, ctx) {
            const settled = ["ACTIVE", "STOPPED", "CREATE_FAILED", "UPDATE_FAILED", "START_FAILED"];
            await remove(ctx, requireStatus(ctx, input, "deleted", settled));
        },

        StartPipeline(input: Named, ctx) {
            const pipeline = requireStatus(ctx, input, "started", ["STOPPED", "START_FAILED"]);
            bringUp(ctx, pipeline, "STARTING");
            return { Pipeline: describe(ctx, pipeline) };
        },

        async StopPipeline(input: Named, ctx) {
            const pipeline = requireStatus(ctx, input, "stopped", ["ACTIVE", "UPDATE_FAILED"]);
            await stop(ctx, pipeline);
            return { Pipeline: describe(ctx, pipeline) };
        },

        GetPipelineChangeProgress(input: Named, ctx) {
            const { progress } = findPipeline(ctx, input.PipelineName);
            return { ChangeProgressStatuses: progress ? [structuredClone(progress)] : [] };
        },
    }),

    ListPipelines: operation<Page, object>({
        handle({ MaxResults = PAGE_SIZE, NextToken }, ctx) {
            const all = [...ctx.state(OsisState).pipelines.values()];
            if (NextToken !== undefined && !(Number(NextToken) < all.length)) {
                throw new AwsError("InvalidPaginationTokenException", `The token ${NextToken} is not valid.`);
            }
            const { page, next } = pageOf(all, MaxResults, NextToken);
            return { Pipelines: page.map((pipeline) => describe(ctx, pipeline)), NextToken: next };
        },
    }),

    ValidatePipeline: operation<{ PipelineConfigurationBody: string }, object>({
        handle({ PipelineConfigurationBody: body }) {
            const problems = bodyProblems(body);
            const Errors = problems.map(({ path, message }) => ({ Message: `${path}: ${message}` }));
            return { isValid: Errors.length === 0, Errors };
        },
    }),
};

const on = (ctx: Context, action: string, { PipelineName }: Named, context?: AccessCheck["context"]): AccessCheck => ({
    action: `osis:${action}`,
    resource: pipelineArn(ctx, PipelineName),
    context,
});

const logDelivery = ({ LogPublishingOptions }: Partial<PipelineSettings>): AccessCheck[] =>
    LogPublishingOptions?.IsLoggingEnabled
        ? LOG_ACTIONS.map((action) => ({ action: `logs:${action}`, resource: "*" }))
        : [];

const given = (input: Partial<PipelineSettings>): Partial<PipelineSettings> =>
    Object.fromEntries(SETTINGS.filter((key) => input[key] !== undefined).map((key) => [key, input[key]]));

function newPipeline(ctx: Context, input: CreatePipelineRequest): Pipeline {
    const { PipelineName: name, VpcOptions: vpc, Tags } = input;
    return {
        name,
        arn: pipelineArn(ctx, name),
        created: new Date(ctx.now),
        updated: new Date(ctx.now),
        vpc: vpc && { ...vpc, vpcId: vpcOf(ctx, vpc.SubnetIds), endpointId: newId("vpce") },
        endpointId: `${name}-${randomBytes(13).toString("hex")}`,
        serviceEndpointId: newId("vpce"),
        tags: new Map(pairs(Tags)),
        settings: given(input) as PipelineSettings,
        status: "CREATING",
        backlog: [],
        cancel: () => undefined,
    };
}

/** While something is done to a pipeline, nothing else can be. */
function requireStatus(ctx: Context, { PipelineName }: Named, what: string, allowed: string[]): Pipeline {
    const pipeline = findPipeline(ctx, PipelineName);
    if (!allowed.includes(pipeline.status)) {
        throw conflict(`Pipeline ${PipelineName} can't be ${what} while its status is ${pipeline.status}.`);
    }
    return pipeline;
}

function describe(ctx: Context, pipeline: Pipeline): object {
    const { name, arn, settings, status, reason, vpc, endpointId } = pipeline;
    const domain = `${ctx.region}.osis.${ctx.dnsSuffix}`;
    return {
        ...settings,
        PipelineName: name,
        PipelineArn: arn,
        Status: status,
        StatusReason: reason === undefined ? undefined : { Description: reason },
        CreatedAt: pipeline.created,
        LastUpdatedAt: pipeline.updated,
        IngestEndpointUrls: [`${endpointId}.${domain}`],
        VpcEndpoints: vpc && [
            {
                VpcEndpointId: vpc.endpointId,
                VpcId: vpc.vpcId,
                VpcOptions: {
                    SubnetIds: vpc.SubnetIds,
                    SecurityGroupIds: vpc.SecurityGroupIds,
                    VpcEndpointManagement: vpc.VpcEndpointManagement ?? "SERVICE",
                    VpcAttachmentOptions: vpc.VpcAttachmentOptions,
                },
            },
        ],
        ServiceVpcEndpoints: hasServiceEndpoint(settings)
            ? [{ ServiceName: "OPENSEARCH_SERVERLESS", VpcEndpointId: pipeline.serviceEndpointId }]
            : undefined,
        Destinations: destinations(settings),
        Tags: tagList(pipeline.tags),
    };
}

function destinations({ PipelineConfigurationBody }: PipelineSettings) {
    const sinks = searchSinks(readBody(PipelineConfigurationBody));
    const hosts = new Set(sinks.flatMap(({ options }) => options.hosts as string[]));
    return [...hosts].map((Endpoint) => ({ ServiceName: "OpenSearch", Endpoint }));
}

const hasServiceEndpoint = ({ PipelineConfigurationBody }: PipelineSettings): boolean =>
    searchSinks(readBody(PipelineConfigurationBody)).some(
        ({ options }) => options.aws?.serverless_options?.network_policy_name !== undefined,
    );
