import type * as api from "@aws-sdk/client-redshift";

import { MalformedPolicyError, parsePolicy } from "../../access/parse";
import { findWarehouse, type Warehouse } from "../../warehouse/warehouse";
import { seconds } from "../../world/clock";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import type { ResourcePolicy } from "../../world/service";
import { operationsOn } from "../operations";
import { checkIntegrations } from "./replication";

/** How long a policy takes to be applied; another Put meanwhile is refused, and nothing else guards it. */
const APPLICATION = seconds(1);

/** Of namespaces of clusters and of Redshift Serverless. */
export const policies = operationsOn("redshift", ({ ResourceArn }) => ResourceArn, {
    PutResourcePolicy({ ResourceArn, Policy }: api.PutResourcePolicyMessage, ctx) {
        const warehouse = namespace(ctx, ResourceArn!);
        checkDocument(Policy!);
        apply(ctx, warehouse, Policy);
        return { ResourcePolicy: { ResourceArn, Policy } };
    },

    GetResourcePolicy({ ResourceArn }: api.GetResourcePolicyMessage, ctx) {
        const { policy } = namespace(ctx, ResourceArn!);
        if (policy === undefined) {
            throw notFound(`No resource policy was found for ${ResourceArn}.`);
        }
        return { ResourcePolicy: { ResourceArn, Policy: policy } };
    },

    DeleteResourcePolicy({ ResourceArn }: api.DeleteResourcePolicyMessage, ctx) {
        const warehouse = namespace(ctx, ResourceArn!);
        if (warehouse.policy === undefined) {
            throw notFound(`No resource policy was found for ${ResourceArn}.`);
        }
        apply(ctx, warehouse, undefined);
    },
});

/** The policy of a namespace. */
export function namespacePolicy(ctx: Context, resourceArn: string): ResourcePolicy | undefined {
    const warehouse = findWarehouse(ctx.world, resourceArn);
    return warehouse && { accountId: warehouse.accountId, document: warehouse.policy };
}

const notFound = (message: string) => new AwsError("ResourceNotFoundFault", message, 404);

function namespace(ctx: Context, arn: string): Warehouse {
    const warehouse = findWarehouse(ctx.world, arn);
    if (warehouse?.accountId !== ctx.accountId || warehouse.region !== ctx.region) {
        throw notFound(`The namespace ${arn} was not found.`);
    }
    return warehouse;
}

function apply({ world, now }: Context, warehouse: Warehouse, document: string | undefined): void {
    if (now < warehouse.policyBusyUntil) {
        throw new AwsError(
            "ConflictPolicyUpdateFault",
            `The policy of ${warehouse.arn} is being updated. Try again later.`,
            409,
        );
    }
    warehouse.policy = document;
    warehouse.policyBusyUntil = now + world.duration("redshift", APPLICATION);
    checkIntegrations(world, warehouse.arn);
}

function checkDocument(text: string): void {
    try {
        parsePolicy(text, "resource");
    } catch (error) {
        throw error instanceof MalformedPolicyError ? new AwsError("InvalidPolicyFault", error.message) : error;
    }
}
