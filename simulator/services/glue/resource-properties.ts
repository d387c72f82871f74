import type {
    CreateIntegrationResourcePropertyRequest,
    CreateIntegrationResourcePropertyResponse,
    DeleteIntegrationResourcePropertyRequest,
    GetIntegrationResourcePropertyRequest,
    GetIntegrationResourcePropertyResponse,
    ListIntegrationResourcePropertiesRequest,
    ListIntegrationResourcePropertiesResponse,
    UpdateIntegrationResourcePropertyRequest,
    UpdateIntegrationResourcePropertyResponse,
} from "@aws-sdk/client-glue";

import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { pageOf } from "../operations";
import { GlueState, onResource, type ResourceProperty } from "./state";
import { tagOnCreation } from "./tags";
import { applyFilters, checkLength, entityNotFound, PAGE_SIZE } from "./validation";

export const resourceProperties = {
    CreateIntegrationResourceProperty: operation<
        CreateIntegrationResourcePropertyRequest,
        CreateIntegrationResourcePropertyResponse
    >({
        access: onResource("CreateIntegrationResourceProperty"),
        handle(input, ctx) {
            checkInput(ctx, input);
            const state = ctx.state(GlueState);
            const resourceArn = input.ResourceArn!;
            if (state.resourceProperties.has(resourceArn)) {
                throw new AwsError(
                    "ConflictException",
                    `Integration resource property already exists for ${resourceArn}`,
                );
            }
            const property: ResourceProperty = {
                arn: ctx.arn("glue", `integrationresourceproperty/${splitArn(resourceArn).resource}`),
                resourceArn,
                source: input.SourceProcessingProperties,
                target: input.TargetProcessingProperties,
            };
            tagOnCreation(
                ctx,
                property.arn,
                Object.fromEntries((input.Tags ?? []).map((t) => [t.key!, t.value ?? ""])),
            );
            state.resourceProperties.set(resourceArn, property);
            return describe(property);
        },
    }),

    GetIntegrationResourceProperty: operation<
        GetIntegrationResourcePropertyRequest,
        GetIntegrationResourcePropertyResponse
    >({
        access: onResource("GetIntegrationResourceProperty"),
        handle: (input, ctx) => describe(find(ctx, input.ResourceArn!)),
    }),

    UpdateIntegrationResourceProperty: operation<
        UpdateIntegrationResourcePropertyRequest,
        UpdateIntegrationResourcePropertyResponse
    >({
        access: onResource("UpdateIntegrationResourceProperty"),
        handle(input, ctx) {
            checkInput(ctx, input);
            const property = find(ctx, input.ResourceArn!);
            property.source = input.SourceProcessingProperties ?? property.source;
            property.target = input.TargetProcessingProperties ?? property.target;
            return describe(property);
        },
    }),

    DeleteIntegrationResourceProperty: operation<DeleteIntegrationResourcePropertyRequest, object>({
        access: onResource("DeleteIntegrationResourceProperty"),
        handle(input, ctx) {
            const property = find(ctx, input.ResourceArn!);
            const state = ctx.state(GlueState);
            state.resourceProperties.delete(property.resourceArn);
            state.tags.delete(property.arn);
            return {};
        },
    }),

    ListIntegrationResourceProperties: operation<
        ListIntegrationResourcePropertiesRequest,
        ListIntegrationResourcePropertiesResponse
    >({
        handle({ Marker, Filters, MaxRecords }, ctx) {
            const all = applyFilters([...ctx.state(GlueState).resourceProperties.values()], Filters, {
                SourceArn: (p) => (p.source ? p.resourceArn : undefined),
                TargetArn: (p) => (p.target ? p.resourceArn : undefined),
            });
            const { page, next } = pageOf(all, MaxRecords ?? PAGE_SIZE, Marker);
            return { IntegrationResourcePropertyList: page.map(describe), Marker: next };
        },
    }),
};

function checkInput(ctx: Context, input: UpdateIntegrationResourcePropertyRequest): void {
    const { SourceProcessingProperties: source, TargetProcessingProperties: target } = input;
    checkLength("resourceArn", input.ResourceArn, 512);
    checkLength("sourceProcessingProperties.roleArn", source?.RoleArn, 128);
    checkLength("targetProcessingProperties.roleArn", target?.RoleArn, 128);
    checkLength("targetProcessingProperties.kmsArn", target?.KmsArn, 2048);
    checkLength("targetProcessingProperties.connectionName", target?.ConnectionName, 128);
    checkLength("targetProcessingProperties.eventBusArn", target?.EventBusArn, 2048);
    const { service, accountId, region } = splitArn(input.ResourceArn!);
    if (service !== "glue" || accountId !== ctx.accountId || region !== ctx.region) {
        throw new AwsError("ValidationException", `${input.ResourceArn} is not a resource of this account and Region.`);
    }
    for (const roleArn of [source?.RoleArn, target?.RoleArn]) {
        if (roleArn !== undefined) {
            const context = { "iam:PassedToService": "glue.amazonaws.com" };
            ctx.authorize({ action: "iam:PassRole", resource: roleArn, context });
        }
    }
}

function find(ctx: Context, resourceArn: string): ResourceProperty {
    const property = ctx.state(GlueState).resourceProperties.get(resourceArn);
    if (!property) {
        throw entityNotFound(`Integration resource property not found for ${resourceArn}`);
    }
    return property;
}

function describe({ arn, resourceArn, source, target }: ResourceProperty) {
    return {
        ResourceArn: resourceArn,
        ResourcePropertyArn: arn,
        SourceProcessingProperties: source,
        TargetProcessingProperties: target,
    };
}
