import { randomUUID } from "node:crypto";
import type * as api from "@aws-sdk/client-redshift";

import { asOwner } from "../../integrations/callers";
import { sourceTableName } from "../../integrations/dynamodb-source";
import { inboundIntegrations } from "../../integrations/inbound";
import { requireIntegrationKey } from "../../integrations/encryption";
import { inboundAccess, REDSHIFT, requireRoom } from "../../integrations/warehouse-target";
import { findWarehouse } from "../../warehouse/warehouse";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { pageOf } from "../operations";
import { RedshiftState, tagList, type Integration } from "./state";
import { begin, modify, remove } from "./replication";
import { setTags } from "./tags";
import { invalidParameter } from "./validation";

const MAX_INTEGRATIONS = 100;
const MIN_PAGE_SIZE = 20;
const PAGE_SIZE = 100;
const NAME = /^[a-zA-Z][a-zA-Z0-9]*(-[a-zA-Z0-9]+)*$/;
const SOURCE = /^arn:aws[a-z-]*:(s3|dynamodb):.*:.*:[a-zA-Z0-9._\-/]+$/;
const TARGET = /^arn:aws[a-z-]*:redshift(-serverless)?:[a-z0-9-]+:[0-9]{12}:(namespace\/|namespace:)[a-z0-9-]+$/;
const DELETABLE = ["active", "failed", "syncing", "needs_attention"];

const onIntegration = (action: string) => (input: { IntegrationArn?: string }, ctx: Context) => [
    { action: `redshift:${action}`, resource: input.IntegrationArn ?? anyIntegration(ctx) },
];

export const integrations = {
    CreateIntegration: operation<api.CreateIntegrationMessage, api.Integration>({
        access: ({ SourceArn, TargetArn }, ctx) => [
            { action: "redshift:CreateIntegration", resource: anyIntegration(ctx) },
            ...inboundAccess(TargetArn!, SourceArn!),
        ],
        async handle(input, ctx) {
            checkInput(input);
            await requireSource(ctx, input.SourceArn!);
            requireTarget(ctx, input.TargetArn!);
            requireFree(ctx, input);
            const integration: Integration = {
                arn: ctx.arn("redshift", `integration:${randomUUID()}`),
                accountId: ctx.accountId,
                region: ctx.region,
                name: input.IntegrationName!,
                sourceArn: input.SourceArn!,
                targetArn: input.TargetArn!,
                description: input.Description,
                kmsKeyId: input.KMSKeyId,
                additionalEncryptionContext: input.AdditionalEncryptionContext,
                status: "creating",
                createTime: new Date(ctx.now),
                errors: [],
                cancel: () => undefined,
            };
            await requireIntegrationKey(ctx, integration, REDSHIFT, "redshift");
            if (input.TagList?.length) {
                ctx.authorize({ action: "redshift:CreateTags", resource: integration.arn });
            }
            setTags(ctx, integration.arn, input.TagList);
            ctx.state(RedshiftState).integrations.set(integration.arn, integration);
            begin(ctx.world, integration);
            return describe(ctx, integration);
        },
    }),

    ModifyIntegration: operation<api.ModifyIntegrationMessage, api.Integration>({
        access: onIntegration("ModifyIntegration"),
        handle({ IntegrationArn, IntegrationName, Description }, ctx) {
            const integration = find(ctx, IntegrationArn!);
            checkName(IntegrationName);
            checkDescription(Description);
            if (integration.status !== "active") {
                throw conflictState(integration, "modified");
            }
            if (IntegrationName && IntegrationName !== integration.name) {
                requireFreeName(ctx, IntegrationName);
            }
            integration.name = IntegrationName ?? integration.name;
            integration.description = Description ?? integration.description;
            modify(ctx.world, integration);
            return describe(ctx, integration);
        },
    }),

    DeleteIntegration: operation<api.DeleteIntegrationMessage, api.Integration>({
        access: onIntegration("DeleteIntegration"),
        handle({ IntegrationArn }, ctx) {
            const integration = find(ctx, IntegrationArn!);
            if (!DELETABLE.includes(integration.status)) {
                throw conflictState(integration, "deleted");
            }
            remove(ctx.world, integration);
            return describe(ctx, integration);
        },
    }),

    DescribeIntegrations: operation<api.DescribeIntegrationsMessage, api.IntegrationsMessage>({
        access: onIntegration("DescribeIntegrations"),
        handle({ IntegrationArn, Filters = [], MaxRecords, Marker }, ctx) {
            const all = IntegrationArn
                ? [find(ctx, IntegrationArn)]
                : [...ctx.state(RedshiftState).integrations.values()];
            const filtered = all.filter((i) => Filters.every((filter) => passes(i, filter)));
            const { page, next } = pageOf(filtered, pageSize(MaxRecords), Marker);
            return { Integrations: page.map((i) => describe(ctx, i)), Marker: next };
        },
    }),

    DescribeInboundIntegrations: operation<api.DescribeInboundIntegrationsMessage, api.InboundIntegrationsMessage>({
        access: ({ TargetArn }) => [{ action: "redshift:DescribeInboundIntegrations", resource: TargetArn ?? "*" }],
        handle({ IntegrationArn, TargetArn, MaxRecords, Marker }, ctx) {
            if (TargetArn && !findWarehouse(ctx.world, TargetArn)) {
                throw new AwsError("InvalidNamespaceFault", `The namespace ${TargetArn} is not valid.`);
            }
            const inbound = inboundIntegrations(ctx.world, TargetArn).filter(
                (i) =>
                    splitArn(i.targetArn).accountId === ctx.accountId &&
                    i.region === ctx.region &&
                    i.arn === (IntegrationArn ?? i.arn) &&
                    findWarehouse(ctx.world, i.targetArn),
            );
            if (IntegrationArn && inbound.length === 0) {
                throw notFound(IntegrationArn);
            }
            const { page, next } = pageOf(inbound, pageSize(MaxRecords), Marker);
            return {
                InboundIntegrations: page.map((i) => ({
                    IntegrationArn: i.arn,
                    SourceArn: i.sourceArn,
                    TargetArn: i.targetArn,
                    Status: i.status,
                    Errors: [...i.errors],
                    CreateTime: i.createTime,
                })),
                Marker: next,
            };
        },
    }),
};

function passes(integration: Integration, { Name, Values = [] }: api.DescribeIntegrationsFilter): boolean {
    switch (Name) {
        case "integration-arn":
            return Values.includes(integration.arn);
        case "source-arn":
            return Values.includes(integration.sourceArn);
        case "source-types":
            return Values.includes(splitArn(integration.sourceArn).service);
        case "status":
            return Values.includes(integration.status);
        default:
            throw invalidParameter(`The filter ${Name} is not valid`);
    }
}

function pageSize(maxRecords = PAGE_SIZE): number {
    if (maxRecords < MIN_PAGE_SIZE || maxRecords > PAGE_SIZE) {
        throw invalidParameter(`MaxRecords must be from ${MIN_PAGE_SIZE} to ${PAGE_SIZE}: ${maxRecords}`);
    }
    return maxRecords;
}

function checkInput(input: api.CreateIntegrationMessage): void {
    const { SourceArn = "", TargetArn = "" } = input;
    checkName(input.IntegrationName);
    checkDescription(input.Description);
    if (!SOURCE.test(SourceArn) || SourceArn.length > 255) {
        throw invalidParameter(`The parameter SourceArn is not valid: ${SourceArn}`);
    }
    if (!TARGET.test(TargetArn) || TargetArn.length > 2048) {
        throw invalidParameter(`The parameter TargetArn is not valid: ${TargetArn}`);
    }
}

function checkName(name: string | undefined): void {
    if (name !== undefined && (!NAME.test(name) || name.length > 63)) {
        throw invalidParameter(`The parameter IntegrationName is not valid: ${name}`);
    }
}

function checkDescription(description = ""): void {
    if (description.length > 1000) {
        throw invalidParameter("The parameter Description has at most 1000 characters");
    }
}

async function requireSource(ctx: Context, arn: string): Promise<void> {
    const { service, accountId, region, resource } = splitArn(arn);
    const unknown = new AwsError("IntegrationSourceNotFoundFault", `The source ${arn} was not found.`, 404);
    if (service !== "dynamodb" || !/^table\/[^/]+$/.test(resource)) {
        throw new AwsError("UnsupportedOperation", `Only Amazon DynamoDB tables are simulated as sources: ${arn}`);
    }
    // The integration is made where the source is; the warehouse may be in another account.
    if (accountId !== ctx.accountId || region !== ctx.region) {
        throw unknown;
    }
    try {
        await asOwner(ctx.world, arn).call("dynamodb", "DescribeTable", { TableName: sourceTableName(arn) });
    } catch (error) {
        throw error instanceof AwsError && error.code === "ResourceNotFoundException" ? unknown : error;
    }
}

function requireTarget(ctx: Context, arn: string): void {
    if (!findWarehouse(ctx.world, arn) || splitArn(arn).region !== ctx.region) {
        throw new AwsError(
            "IntegrationTargetNotFoundFault",
            `The target ${arn} does not exist, or you have no permission to use it.`,
            404,
        );
    }
    requireRoom(ctx, arn);
}

/** Whether the account's quota, the name and the pair leave room for another integration. */
function requireFree(ctx: Context, { IntegrationName, SourceArn, TargetArn }: api.CreateIntegrationMessage): void {
    const own = [...ctx.state(RedshiftState).integrations.values()];
    if (own.length >= MAX_INTEGRATIONS) {
        throw new AwsError(
            "IntegrationQuotaExceededFault",
            `The account has ${MAX_INTEGRATIONS} integrations already.`,
        );
    }
    requireFreeName(ctx, IntegrationName!);
    const fromSource = own.filter(({ sourceArn }) => sourceArn === SourceArn);
    if (fromSource.some(({ targetArn }) => targetArn === TargetArn)) {
        throw new AwsError(
            "IntegrationAlreadyExistsFault",
            `An integration from ${SourceArn} to ${TargetArn} exists already.`,
        );
    }
    if (fromSource.some(({ status }) => status === "creating")) {
        throw new AwsError(
            "IntegrationConflictOperationFault",
            `Another integration of the source ${SourceArn} is being created.`,
        );
    }
    const intoTarget = inboundIntegrations(ctx.world, TargetArn);
    if (ctx.world.faults.isTargetBusy("redshift") && intoTarget.some(({ status }) => status === "creating")) {
        throw new AwsError(
            "IntegrationConflictOperationFault",
            `The request failed because another operation is in progress on ${TargetArn}.`,
        );
    }
}

function requireFreeName(ctx: Context, name: string): void {
    if ([...ctx.state(RedshiftState).integrations.values()].some((i) => i.name === name)) {
        throw new AwsError("IntegrationAlreadyExistsFault", `An integration with the name ${name} exists already.`);
    }
}

function find(ctx: Context, arn: string): Integration {
    const integration = ctx.state(RedshiftState).integrations.get(arn);
    if (!integration) {
        throw notFound(arn);
    }
    return integration;
}

const notFound = (arn: string) =>
    new AwsError("IntegrationNotFoundFault", `The integration ${arn} was not found.`, 404);

function conflictState({ arn, status }: Integration, verb: string): AwsError {
    return new AwsError(
        "IntegrationConflictStateFault",
        `The integration ${arn} can't be ${verb} in the state ${status}.`,
    );
}

const anyIntegration = (ctx: Context) => ctx.arn("redshift", "integration:*");

function describe(ctx: Context, i: Integration): api.Integration {
    return {
        IntegrationArn: i.arn,
        IntegrationName: i.name,
        SourceArn: i.sourceArn,
        TargetArn: i.targetArn,
        Status: i.status,
        Errors: i.errors,
        CreateTime: i.createTime,
        Description: i.description,
        KMSKeyId: i.kmsKeyId,
        AdditionalEncryptionContext: i.additionalEncryptionContext,
        Tags: tagList(ctx, i.arn),
    };
}
