import type { IntegrationError } from "@aws-sdk/client-redshift";

import { findWarehouse } from "../warehouse/warehouse";
import type { AccessCheck } from "../world/access";
import type { Context } from "../world/context";
import { AwsError } from "../world/error";
import type { World } from "../world/world";
import { asInbound, problem, refusals } from "./callers";
import { inboundIntegrations, type InboundIntegration } from "./inbound";
import type { RelationalTarget } from "./relational";
import { followSource } from "./relational-ingestion";

export const REDSHIFT = "redshift.amazonaws.com";
/** Of one warehouse, whichever API they belong to. */
const MAX_PER_TARGET = 50;

/** The warehouse of a namespace, as Aurora and RDS integrations meet it. */
export const warehouseTarget: RelationalTarget = {
    access: (_, targetArn, sourceArn) => inboundAccess(targetArn, sourceArn),

    requireTarget(ctx, targetArn) {
        if (!findWarehouse(ctx.world, targetArn)) {
            throw new AwsError(
                "InvalidParameterValue",
                `The target ${targetArn} does not exist, or you have no permission to use it.`,
            );
        }
        requireRoom(ctx, targetArn);
    },

    problems: targetProblems,

    ingest: followSource,
};

/** Whoever makes an integration must be allowed to by the namespace's policy, if it is in another account. */
export function inboundAccess(targetArn: string, sourceArn: string): AccessCheck[] {
    return [
        {
            action: "redshift:CreateInboundIntegration",
            resource: targetArn,
            context: { "aws:SourceArn": sourceArn },
        },
    ];
}

export function requireRoom({ world }: Context, targetArn: string): void {
    if (inboundIntegrations(world, targetArn).length >= MAX_PER_TARGET) {
        throw new AwsError(
            "IntegrationQuotaExceededFault",
            `The target ${targetArn} has ${MAX_PER_TARGET} integrations already.`,
        );
    }
}

/** The code under which an integration ends whose source its warehouse does not authorize. */
export const NOT_AUTHORIZED = "AUTHORIZATION_REVOKED";

/** What a warehouse lacks to take an integration's data. */
export function targetProblems(world: World, integration: InboundIntegration): IntegrationError[] {
    const { targetArn } = integration;
    const warehouse = findWarehouse(world, targetArn);
    if (!warehouse) {
        return [problem("TARGET_NOT_FOUND", `The target ${targetArn} was deleted.`)];
    }
    const check = { action: "redshift:AuthorizeInboundIntegration", resource: targetArn };
    const refused = refusals(asInbound(world, REDSHIFT, integration), [check]);
    return [
        ...refused.map(({ ErrorMessage }) => problem(NOT_AUTHORIZED, ErrorMessage!)),
        ...warehouse.compute.shortcomings(),
    ];
}

/** Why a warehouse can be neither queried nor changed: an integration is being set up. */
export function isReceiving(world: World, targetArn: string): boolean {
    return inboundIntegrations(world, targetArn).some(({ status }) => status === "creating");
}
