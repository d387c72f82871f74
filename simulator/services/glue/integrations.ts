import { randomUUID } from "node:crypto";

import type {
    CreateIntegrationRequest,
    CreateIntegrationResponse,
    DeleteIntegrationRequest,
    DeleteIntegrationResponse,
    DescribeInboundIntegrationsRequest,
    DescribeInboundIntegrationsResponse,
    DescribeIntegrationsRequest,
    DescribeIntegrationsResponse,
    IntegrationConfig,
    ModifyIntegrationRequest,
    ModifyIntegrationResponse,
} from "@aws-sdk/client-glue";

import { asOwner } from "../../integrations/callers";
import { sourceTableName } from "../../integrations/dynamodb-source";
import { requireIntegrationKey } from "../../integrations/encryption";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { pageOf } from "../operations";
import { begin, modify, remove } from "./replication/lifecycle";
import { databaseNotFound, targetTableName } from "./replication/target";
import { catalogArn, databaseNameOf, GlueState, stateOf, type Integration } from "./state";
import { checkTags, tagOnCreation, tagsOf } from "./tags";
import { applyFilters, checkLength, invalidInput, PAGE_SIZE } from "./validation";

/** AWS has a quota, whose number it does not tell. */
const MAX_INTEGRATIONS = 100;
const MIN_REFRESH_MINUTES = 15;
const MAX_REFRESH_MINUTES = 8640;
const TRANSITIONAL = ["CREATING", "MODIFYING", "DELETING"];

const refused = (message: string) => new AwsError("ValidationException", message);

const onIntegration = (action: string) => (input: { IntegrationIdentifier?: string }, ctx: Context) => [
    { action: `glue:${action}`, resource: input.IntegrationIdentifier ?? anyIntegration(ctx) },
];

export const integrations = {
    CreateIntegration: operation<CreateIntegrationRequest, CreateIntegrationResponse>({
        access: ({ SourceArn, TargetArn }, ctx) => [
            { action: "glue:CreateIntegration", resource: anyIntegration(ctx) },
            // In another account the catalog's policy must allow it as well as the caller's own.
            ...[catalogArn(ctx, splitArn(TargetArn!).accountId), TargetArn!].map((resource) => ({
                action: "glue:CreateInboundIntegration",
                resource,
                context: { "aws:SourceArn": SourceArn! },
            })),
        ],
        async handle(input, ctx) {
            checkInput(input);
            checkSource(ctx, input.SourceArn!);
            checkTarget(ctx, input.TargetArn!);
            await requireSource(ctx, input.SourceArn!);
            requireRoom(ctx, input);
            const integration: Integration = {
                arn: ctx.arn("glue", `integration:${randomUUID()}`),
                accountId: ctx.accountId,
                region: ctx.region,
                name: input.IntegrationName!,
                sourceArn: input.SourceArn!,
                targetArn: input.TargetArn!,
                description: input.Description,
                kmsKeyId: input.KmsKeyId,
                additionalEncryptionContext: input.AdditionalEncryptionContext,
                config: { ...input.IntegrationConfig },
                status: "CREATING",
                createTime: new Date(ctx.now),
                errors: [],
                attempts: 0,
                cancel: () => undefined,
            };
            await requireIntegrationKey(ctx, integration, undefined, "glue");
            tagOnCreation(ctx, integration.arn, tagMap(input));
            ctx.state(GlueState).integrations.set(integration.arn, integration);
            begin(ctx.world, integration);
            return describe(ctx, integration);
        },
    }),

    ModifyIntegration: operation<ModifyIntegrationRequest, ModifyIntegrationResponse>({
        access: onIntegration("ModifyIntegration"),
        handle(input, ctx) {
            const integration = find(ctx, input.IntegrationIdentifier!);
            checkLength("integrationName", input.IntegrationName, 128);
            checkLength("description", input.Description, 1000, 0);
            checkConfig(input.IntegrationConfig);
            refuseDataFilter(input.DataFilter);
            const fixed = Object.keys(input.IntegrationConfig ?? {}).find(
                (member) =>
                    member !== "RefreshInterval" && input.IntegrationConfig![member as keyof IntegrationConfig] != null,
            );
            if (fixed) {
                throw refused(`IntegrationConfig.${fixed} can't be changed.`);
            }
            if (integration.status !== "ACTIVE") {
                throw invalidState(integration, "modified");
            }
            if (input.IntegrationName && input.IntegrationName !== integration.name) {
                requireFreeName(ctx, input.IntegrationName);
            }
            integration.name = input.IntegrationName ?? integration.name;
            integration.description = input.Description ?? integration.description;
            integration.config = { ...integration.config, ...input.IntegrationConfig };
            modify(ctx.world, integration);
            return describe(ctx, integration);
        },
    }),

    DeleteIntegration: operation<DeleteIntegrationRequest, DeleteIntegrationResponse>({
        access: onIntegration("DeleteIntegration"),
        handle(input, ctx) {
            const integration = find(ctx, input.IntegrationIdentifier!);
            if (TRANSITIONAL.includes(integration.status)) {
                throw invalidState(integration, "deleted");
            }
            remove(ctx.world, integration);
            return { ...describe(ctx, integration), IntegrationConfig: undefined };
        },
    }),

    DescribeIntegrations: operation<DescribeIntegrationsRequest, DescribeIntegrationsResponse>({
        access: onIntegration("DescribeIntegrations"),
        handle({ IntegrationIdentifier, Filters, Marker, MaxRecords }, ctx) {
            const all = IntegrationIdentifier
                ? [find(ctx, IntegrationIdentifier)]
                : [...ctx.state(GlueState).integrations.values()];
            if (Filters?.some((f) => f.Name === "IntegrationName" && (f.Values?.length ?? 0) > 1)) {
                throw refused("The filter IntegrationName takes one value.");
            }
            const filtered = applyFilters(all, Filters, {
                Status: (i) => i.status,
                IntegrationName: (i) => i.name,
                SourceArn: (i) => i.sourceArn,
            });
            const { page, next } = pageOf(filtered, MaxRecords ?? PAGE_SIZE, Marker);
            return { Integrations: page.map((i) => describe(ctx, i)), Marker: next };
        },
    }),

    DescribeInboundIntegrations: operation<DescribeInboundIntegrationsRequest, DescribeInboundIntegrationsResponse>({
        access: ({ TargetArn }, ctx) => [
            { action: "glue:DescribeInboundIntegrations", resource: TargetArn ?? catalogArn(ctx) },
        ],
        handle({ IntegrationArn, TargetArn, Marker, MaxRecords }, ctx) {
            checkLength("targetArn", TargetArn, 512);
            const database = databaseNameOf(TargetArn ?? "");
            if (database !== undefined && !stateOf(ctx, TargetArn!).databases.has(database)) {
                throw new AwsError("TargetResourceNotFound", `Target ${TargetArn} not found.`);
            }
            const inbound = [...everyIntegration(ctx)].filter(
                (i) =>
                    splitArn(i.targetArn).accountId === ctx.accountId &&
                    i.region === ctx.region &&
                    i.arn === (IntegrationArn ?? i.arn) &&
                    i.targetArn === (TargetArn ?? i.targetArn),
            );
            const { page, next } = pageOf(inbound, MaxRecords ?? PAGE_SIZE, Marker);
            return {
                InboundIntegrations: page.map((i) => ({
                    SourceArn: i.sourceArn,
                    TargetArn: i.targetArn,
                    IntegrationArn: i.arn,
                    Status: i.status,
                    CreateTime: i.createTime,
                    IntegrationConfig: i.config,
                    Errors: i.errors,
                })),
                Marker: next,
            };
        },
    }),
};

function checkInput(input: CreateIntegrationRequest): void {
    checkLength("integrationName", input.IntegrationName, 128);
    checkLength("sourceArn", input.SourceArn, 512);
    checkLength("targetArn", input.TargetArn, 512);
    checkLength("description", input.Description, 1000, 0);
    checkLength("kmsKeyId", input.KmsKeyId, 2048);
    checkTags(tagMap(input));
    checkConfig(input.IntegrationConfig);
    refuseDataFilter(input.DataFilter);
    if (input.AdditionalEncryptionContext && !input.KmsKeyId) {
        throw refused("AdditionalEncryptionContext needs a KmsKeyId.");
    }
    if (input.IntegrationConfig?.TargetNamespace !== undefined) {
        throw refused("IntegrationConfig.TargetNamespace is supported for Amazon S3 Tables targets only.");
    }
    if (Object.keys(input.IntegrationConfig?.SourceProperties ?? {}).length > 0) {
        throw refused("IntegrationConfig.SourceProperties is not supported for Amazon DynamoDB sources.");
    }
}

function checkConfig(config: IntegrationConfig | undefined): void {
    const interval = config?.RefreshInterval;
    checkLength("integrationConfig.refreshInterval", interval, 128);
    if (interval === undefined) {
        return;
    }
    const value = Number(interval);
    if (!/^\d+$/.test(interval) || value < MIN_REFRESH_MINUTES || value > MAX_REFRESH_MINUTES) {
        throw refused(
            `RefreshInterval "${interval}" must be a whole number of minutes from ${MIN_REFRESH_MINUTES} to ${MAX_REFRESH_MINUTES}.`,
        );
    }
}

function refuseDataFilter(filter: string | undefined): void {
    checkLength("dataFilter", filter, 2048);
    if (filter !== undefined) {
        throw refused("DataFilter is not supported for Amazon DynamoDB sources.");
    }
}

function checkSource(ctx: Context, arn: string): void {
    const { partition, service, region, accountId, resource } = splitArn(arn);
    if (service !== "dynamodb" || !/^table\/[^/]+$/.test(resource)) {
        throw refused(`Provided source ${arn} is not valid: only Amazon DynamoDB tables are simulated as sources.`);
    }
    if (partition !== ctx.partition || region !== ctx.region) {
        throw refused(`Source ${arn} must be in the Region of the integration, ${ctx.region}.`);
    }
    // The integration is made where the source is; the target may be in another account.
    if (accountId !== ctx.accountId) {
        throw refused(`Source ${arn} must be in the account of the integration, ${ctx.accountId}.`);
    }
}

function checkTarget(ctx: Context, arn: string): void {
    const { partition, service, region } = splitArn(arn);
    const database = databaseNameOf(arn);
    if (service !== "glue" || database === undefined) {
        throw refused(`Provided target id is not valid: ${arn}. Only AWS Glue databases are simulated as targets.`);
    }
    if (partition !== ctx.partition || region !== ctx.region) {
        throw refused(`Target ${arn} must be in the Region of the integration, ${ctx.region}.`);
    }
    if (!/^[a-z0-9_]+$/.test(database)) {
        throw invalidInput(`Target database name "${database}" contains invalid characters.`);
    }
    if (!stateOf(ctx, arn).databases.has(database)) {
        throw databaseNotFound(database);
    }
}

async function requireSource(ctx: Context, arn: string): Promise<void> {
    try {
        await asOwner(ctx.world, arn).call("dynamodb", "DescribeTable", { TableName: sourceTableName(arn) });
    } catch (error) {
        throw error instanceof AwsError && error.code === "ResourceNotFoundException"
            ? new AwsError("ResourceNotFoundException", `Source ${arn} not found.`)
            : error;
    }
}

/** Whether the quota, the name and the target leave room for another integration. */
function requireRoom(ctx: Context, { IntegrationName, SourceArn, TargetArn }: CreateIntegrationRequest): void {
    if (ctx.state(GlueState).integrations.size >= MAX_INTEGRATIONS) {
        throw new AwsError(
            "IntegrationQuotaExceededFault",
            `The account has ${MAX_INTEGRATIONS} integrations already.`,
        );
    }
    requireFreeName(ctx, IntegrationName!);
    const neighbours = [...everyIntegration(ctx)].filter((i) => i.targetArn === TargetArn);
    if (ctx.world.faults.isTargetBusy("glue") && neighbours.some((i) => TRANSITIONAL.includes(i.status))) {
        throw new AwsError(
            "IntegrationConflictOperationFault",
            `The request failed because another operation is in progress on ${TargetArn}.`,
        );
    }
    const output = (sourceArn: string) => targetTableName(ctx, sourceArn, TargetArn!);
    const rival = neighbours.find((i) => i.sourceArn === SourceArn || output(i.sourceArn) === output(SourceArn!));
    if (rival) {
        throw new AwsError(
            "ConflictException",
            `Table ${output(SourceArn!)} of ${TargetArn} belongs to the integration ${rival.arn}.`,
        );
    }
}

function requireFreeName(ctx: Context, name: string): void {
    if ([...ctx.state(GlueState).integrations.values()].some((i) => i.name === name)) {
        throw new AwsError("ConflictException", `An integration with the name ${name} already exists.`);
    }
}

function* everyIntegration(ctx: Context): Iterable<Integration> {
    for (const state of ctx.world.allStates(GlueState)) {
        yield* state.integrations.values();
    }
}

function find(ctx: Context, arn: string): Integration {
    checkLength("integrationIdentifier", arn, 128);
    const integration = ctx.state(GlueState).integrations.get(arn);
    if (!integration) {
        throw new AwsError("IntegrationNotFoundFault", `Integration ${arn} not found.`, 404);
    }
    return integration;
}

function invalidState({ arn, status }: Integration, verb: string): AwsError {
    return new AwsError("InvalidIntegrationStateFault", `Integration ${arn} can't be ${verb} in the state ${status}.`);
}

function anyIntegration(ctx: Context): string {
    return ctx.arn("glue", "integration:*");
}

function tagMap({ Tags = [] }: CreateIntegrationRequest): Record<string, string> {
    return Object.fromEntries(Tags.map(({ key, value }) => [key!, value ?? ""]));
}

function describe(ctx: Context, i: Integration) {
    return {
        SourceArn: i.sourceArn,
        TargetArn: i.targetArn,
        IntegrationName: i.name,
        Description: i.description,
        IntegrationArn: i.arn,
        KmsKeyId: i.kmsKeyId,
        AdditionalEncryptionContext: i.additionalEncryptionContext,
        Tags: Object.entries(tagsOf(ctx, i.arn)).map(([key, value]) => ({ key, value })),
        Status: i.status,
        CreateTime: i.createTime,
        Errors: i.errors,
        IntegrationConfig: i.config,
    };
}
