import { randomUUID } from "node:crypto";

import type {
    CreateIntegrationMessage,
    DeleteIntegrationMessage,
    DescribeIntegrationsMessage,
    DescribeIntegrationsResponse,
    Integration as Description,
    ModifyIntegrationMessage,
} from "@aws-sdk/client-rds";

import { requireIntegrationKey } from "../../integrations/encryption";
import { relationalTarget } from "../../integrations/relational";
import { FilterError, parseFilter } from "../../relational/filter";
import type { EngineKind } from "../../relational/engine";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { checkRange } from "./databases";
import { filtered, paged } from "./listings";
import { begin, modify, remove } from "./replication/lifecycle";
import { isLakehouseSource, tenantOf } from "./replication/prerequisites";
import { findSource, sourceOf, type Source } from "./replication/source";
import { integrationArn, invalidParameter, RdsState, tagList, type Integration } from "./state";
import { tagOnCreation } from "./tags";

const MAX_INTEGRATIONS = 100;
const MAX_PER_SOURCE = 5;
const MAX_DESCRIPTION = 1000;
const NAME = /^[a-zA-Z][a-zA-Z0-9]*(-[a-zA-Z0-9]+)*$/;
const MAX_NAME = 63;
const SOURCE = /^arn:aws[a-z-]*:rds:[a-z0-9-]*:\d*:(cluster|db):[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/** In which there is something to change, or to take away. */
const SETTLED = ["active", "syncing", "needs_attention"];

const onIntegration = (action: string) => (input: { IntegrationIdentifier?: string }, ctx: Context) => {
    const arn = input.IntegrationIdentifier && lookUp(ctx, input.IntegrationIdentifier)?.arn;
    return [{ action: `rds:${action}`, resource: arn ?? integrationArn(ctx, "*") }];
};

export const integrations = {
    CreateIntegration: operation<CreateIntegrationMessage, Description>({
        access: ({ SourceArn, TargetArn }, ctx) => [
            { action: "rds:CreateIntegration", resource: SourceArn! },
            { action: "rds:CreateIntegration", resource: integrationArn(ctx, "*") },
            ...(relationalTarget(ctx.world, TargetArn!)?.access(ctx, TargetArn!, SourceArn!) ?? []),
        ],
        async handle(input, ctx) {
            checkName(input.IntegrationName!);
            checkRange("Description length", input.Description?.length, 0, MAX_DESCRIPTION);
            const source = checkedSource(ctx, input.SourceArn!);
            checkFilter(input.DataFilter, source.kind);
            checkTarget(ctx, source, input.TargetArn!);
            requireRoom(ctx, source, input);
            const integration: Integration = {
                arn: integrationArn(ctx, randomUUID()),
                accountId: ctx.accountId,
                region: ctx.region,
                name: input.IntegrationName!,
                sourceArn: input.SourceArn!,
                targetArn: input.TargetArn!,
                description: input.Description,
                // AWS fills in what MySQL replicates without a filter.
                dataFilter: input.DataFilter ?? (source.kind === "mysql" ? "include: *.*" : undefined),
                kmsKeyId: input.KMSKeyId,
                additionalEncryptionContext: input.AdditionalEncryptionContext,
                status: "creating",
                createTime: new Date(ctx.now),
                errors: [],
                cancel: () => undefined,
            };
            await requireIntegrationKey(ctx, integration, principalOf(input.TargetArn!), "rds");
            tagOnCreation(ctx, integration.arn, input.Tags);
            ctx.state(RdsState).integrations.set(integration.arn, integration);
            begin(ctx.world, integration);
            return describe(ctx, integration);
        },
    }),

    ModifyIntegration: operation<ModifyIntegrationMessage, Description>({
        access: onIntegration("ModifyIntegration"),
        handle(input, ctx) {
            const integration = find(ctx, input.IntegrationIdentifier!);
            const { IntegrationName: name, Description: description, DataFilter: dataFilter } = input;
            checkRange("Description length", description?.length, 0, MAX_DESCRIPTION);
            checkFilter(dataFilter, findSource(ctx, integration.sourceArn).kind);
            requireStatus(integration, SETTLED);
            if (name !== undefined && name !== integration.name) {
                checkName(name);
                requireFreeName(ctx, name);
            }
            integration.name = name ?? integration.name;
            integration.description = description ?? integration.description;
            integration.dataFilter = dataFilter ?? integration.dataFilter;
            modify(ctx.world, integration);
            return describe(ctx, integration);
        },
    }),

    DeleteIntegration: operation<DeleteIntegrationMessage, Description>({
        access: onIntegration("DeleteIntegration"),
        handle({ IntegrationIdentifier }, ctx) {
            const integration = find(ctx, IntegrationIdentifier!);
            requireStatus(integration, [...SETTLED, "failed"]);
            const status = sourceOf(ctx, integration.sourceArn)?.status;
            if (status === "stopped" || status === "stopping") {
                throw invalidState(`The source of the integration ${integration.arn} is ${status}; start it first.`);
            }
            remove(ctx.world, integration);
            return describe(ctx, integration);
        },
    }),

    DescribeIntegrations: operation<DescribeIntegrationsMessage, DescribeIntegrationsResponse>({
        access: onIntegration("DescribeIntegrations"),
        handle(input, ctx) {
            const { IntegrationIdentifier: id } = input;
            const all = id === undefined ? [...ctx.state(RdsState).integrations.values()] : [find(ctx, id)];
            // The documentation names no filter.
            const { page, Marker } = paged(filtered(all, input.Filters, {}), input);
            return { Integrations: page.map((integration) => describe(ctx, integration)), Marker };
        },
    }),
};

function checkName(name: string): void {
    if (!NAME.test(name) || name.length > MAX_NAME) {
        throw invalidParameter(
            `The integration name "${name}" must have 1 to ${MAX_NAME} letters, digits and single hyphens, and begin with a letter.`,
        );
    }
}

function checkedSource(ctx: Context, arn: string): Source {
    const { partition, region, accountId } = splitArn(arn);
    if (!SOURCE.test(arn)) {
        throw invalidParameter(`The source ARN ${arn} is not that of a DB cluster or DB instance.`);
    }
    if (partition !== ctx.partition || region !== ctx.region || accountId !== ctx.accountId) {
        throw invalidParameter(`The source ${arn} must be in the account and Region of the integration.`);
    }
    return findSource(ctx, arn);
}

function checkFilter(filter: string | undefined, kind: EngineKind): void {
    try {
        // PostgreSQL replicates no database that is not named.
        parseFilter(filter ?? (kind === "postgresql" ? "exclude: *.*.*" : undefined), kind);
    } catch (error) {
        throw error instanceof FilterError ? invalidParameter(error.message) : error;
    }
}

function checkTarget(ctx: Context, source: Source, arn: string): void {
    const { partition, service, region } = splitArn(arn);
    const target = relationalTarget(ctx.world, arn);
    if (!target) {
        throw invalidParameter(`The target ARN ${arn} is not that of a Redshift namespace or a Glue catalog.`);
    }
    if (partition !== ctx.partition || region !== ctx.region) {
        throw invalidParameter(`The target ${arn} must be in the Region of the source, ${ctx.region}.`);
    }
    if (service === "glue" && !isLakehouseSource(source.engine)) {
        throw invalidParameter(`A source of the engine ${source.engine} can't have a Glue catalog as its target.`);
    }
    target.requireTarget(ctx, arn);
}

/** Whether names, quotas and the source's other integrations leave room for one more. */
function requireRoom(ctx: Context, { arn, kind }: Source, input: CreateIntegrationMessage): void {
    const own = [...ctx.state(RdsState).integrations.values()];
    const siblings = own.filter(({ sourceArn }) => sourceArn === arn);
    requireFreeName(ctx, input.IntegrationName!);
    if (siblings.some(({ targetArn }) => targetArn === input.TargetArn)) {
        throw alreadyExists(`An integration from ${arn} to ${input.TargetArn} already exists.`);
    }
    const tenant = kind === "oracle" ? tenantOf(input.DataFilter) : undefined;
    if (tenant !== undefined && siblings.some(({ dataFilter }) => tenantOf(dataFilter) === tenant)) {
        throw alreadyExists(`The tenant database ${tenant} of ${arn} has an integration already.`);
    }
    if (siblings.some(({ status }) => status === "creating")) {
        throw new AwsError(
            "IntegrationConflictOperationFault",
            `Another integration of ${arn} is being created. Try again when it is done.`,
        );
    }
    if (siblings.length >= MAX_PER_SOURCE) {
        throw quotaExceeded(`The source ${arn} has ${MAX_PER_SOURCE} integrations already.`);
    }
    if (own.length >= MAX_INTEGRATIONS) {
        throw quotaExceeded(`The account has ${MAX_INTEGRATIONS} integrations in this Region already.`);
    }
}

function requireFreeName(ctx: Context, wanted: string): void {
    if ([...ctx.state(RdsState).integrations.values()].some(({ name }) => name === wanted)) {
        throw alreadyExists(`An integration with the name ${wanted} already exists.`);
    }
}

/** The service that writes to a target. */
const principalOf = (targetArn: string) =>
    splitArn(targetArn).service === "glue" ? "glue.amazonaws.com" : "redshift.amazonaws.com";

/** By ARN, UUID or name. */
function lookUp(ctx: Context, identifier: string): Integration | undefined {
    return [...ctx.state(RdsState).integrations.values()].find(
        ({ arn, name }) => arn === identifier || name === identifier || arn.endsWith(`:${identifier}`),
    );
}

function find(ctx: Context, identifier: string): Integration {
    const integration = lookUp(ctx, identifier);
    if (!integration) {
        throw new AwsError("IntegrationNotFoundFault", `Integration ${identifier} not found.`, 404);
    }
    return integration;
}

function requireStatus({ arn, status }: Integration, allowed: string[]): void {
    if (!allowed.includes(status)) {
        throw invalidState(`The integration ${arn} is in the state ${status}; it must be ${allowed.join(" or ")}.`);
    }
}

const invalidState = (message: string) => new AwsError("InvalidIntegrationStateFault", message);
const alreadyExists = (message: string) => new AwsError("IntegrationAlreadyExistsFault", message);
const quotaExceeded = (message: string) => new AwsError("IntegrationQuotaExceededFault", message);

function describe(ctx: Context, i: Integration): Description {
    return {
        SourceArn: i.sourceArn,
        TargetArn: i.targetArn,
        IntegrationName: i.name,
        IntegrationArn: i.arn,
        KMSKeyId: i.kmsKeyId,
        AdditionalEncryptionContext: i.additionalEncryptionContext,
        Status: i.status,
        Tags: tagList(ctx, i.arn),
        DataFilter: i.dataFilter,
        Description: i.description,
        CreateTime: i.createTime,
        Errors: i.errors,
    };
}
