import type { IntegrationError } from "@aws-sdk/client-redshift";

import { asService } from "../../integrations/callers";
import {
    finishRead,
    startRead,
    tableProblems,
    type SourceRead,
    type TableProblem,
} from "../../integrations/dynamodb-source";
import { storeItems } from "../../integrations/dynamodb-ingestion";
import { integrationId } from "../../integrations/inbound";
import { NOT_AUTHORIZED, REDSHIFT, targetProblems } from "../../integrations/warehouse-target";
import { findWarehouse } from "../../warehouse/warehouse";
import { minutes, seconds } from "../../world/clock";
import { AwsError } from "../../world/error";
import type { World } from "../../world/world";
import { RedshiftState, type Integration } from "./state";

// Creation and the first load take AWS 20 to 25 minutes.
const SET_UP = minutes(15);
const FIRST_LOAD = minutes(1);
const MODIFICATION = minutes(1);
const DELETION = minutes(3);
const EXPORT_POLL = minutes(1);
/** How often an integration is looked at that has nothing to load, or something that keeps it from loading. */
const CHECK = minutes(5);
/** Belongs to AWS. */
const INTERMEDIATE_BUCKET = "aws-redshift-zetl-intermediate";

const CODES: Record<TableProblem["kind"], string> = {
    missing: "SOURCE_NOT_FOUND",
    recovery: "INVALID_TABLE_POINT_IN_TIME_RECOVERY",
    encryption: "INVALID_TABLE_ENCRYPTION",
    permissions: "INVALID_TABLE_PERMISSIONS",
};
/** What ends an integration for good; the rest heals when its cause is gone. */
const UNRECOVERABLE = [NOT_AUTHORIZED, "SOURCE_NOT_FOUND", "TARGET_NOT_FOUND"];

/** `creating`, until the set-up is checked. */
export function begin(world: World, integration: Integration): void {
    after(world, integration, SET_UP, () => advance(world, integration));
}

export function modify(world: World, integration: Integration): void {
    integration.status = "modifying";
    after(world, integration, MODIFICATION, () => advance(world, integration));
}

/** `deleting`, then gone; the database and its rows stay. */
export function remove(world: World, integration: Integration): void {
    integration.cancel();
    integration.status = "deleting";
    integration.cancel = world.clock.schedule(world.duration("redshift", DELETION), () => {
        const state = world.state(RedshiftState, integration.accountId, integration.region);
        state.integrations.delete(integration.arn);
        state.tags.delete(integration.arn);
    });
}

/** There is something to do for an active integration: a database was made, or a table is to be loaded anew. */
export function wake(world: World, arn: string): void {
    const integration = allIntegrations(world).find((i) => i.arn === arn);
    if (integration?.status === "active") {
        after(world, integration, FIRST_LOAD, () => advance(world, integration));
    }
}

/** A namespace's policy has changed: whose source it authorizes no more ends. */
export function checkIntegrations(world: World, targetArn: string): void {
    for (const integration of allIntegrations(world)) {
        if (integration.targetArn === targetArn && ["active", "needs_attention"].includes(integration.status)) {
            after(world, integration, seconds(10), () => advance(world, integration));
        }
    }
}

function allIntegrations(world: World): Integration[] {
    return world.allStates(RedshiftState).flatMap((state) => [...state.integrations.values()]);
}

const asRedshift = (world: World, integration: Integration) => asService(world, REDSHIFT, integration);

async function advance(world: World, integration: Integration): Promise<void> {
    const problems = [
        ...targetProblems(world, integration),
        ...(await tableProblems(asRedshift(world, integration), integration.sourceArn)).map(
            ({ kind, error }): IntegrationError => ({ ...error, ErrorCode: CODES[kind] }),
        ),
    ];
    if (problems.length > 0) {
        return trouble(world, integration, problems);
    }
    Object.assign(integration, { status: "active", errors: [] });
    const due = dueIn(world, integration);
    if (due === undefined || due > 0) {
        return after(world, integration, Math.min(CHECK, due ?? CHECK), () => advance(world, integration));
    }
    const read = await startRead(
        asRedshift(world, integration),
        integration.sourceArn,
        INTERMEDIATE_BUCKET,
        needsAll(world, integration) ? undefined : databaseOf(world, integration)!.integration.readTo,
    );
    after(world, integration, EXPORT_POLL, () => proceed(world, integration, read));
}

/** Takes over the rows once their export is there. */
async function proceed(world: World, integration: Integration, read: SourceRead): Promise<void> {
    const items = await finishRead(asRedshift(world, integration), read);
    const database = databaseOf(world, integration);
    if (!items && database) {
        return after(world, integration, EXPORT_POLL, () => proceed(world, integration, read));
    }
    if (items && database) {
        await storeItems(world, integration, database, items, read);
    }
    after(world, integration, 0, () => advance(world, integration));
}

function databaseOf(world: World, integration: Integration) {
    return findWarehouse(world, integration.targetArn)?.databasesOf(integrationId(integration))[0];
}

function needsAll(world: World, integration: Integration): boolean {
    const tables = databaseOf(world, integration)?.integration.tables.values() ?? [];
    return [...tables].some(({ state }) => state === "ResyncRequired");
}

/** Milliseconds until the next read; undefined if there is no database, or none that can be written now. */
function dueIn(world: World, integration: Integration): number | undefined {
    const own = databaseOf(world, integration)?.integration;
    if (!own || findWarehouse(world, integration.targetArn)!.compute.unavailable() !== undefined) {
        return undefined;
    }
    return own.readTo === undefined || needsAll(world, integration)
        ? 0
        : own.readTo + seconds(own.settings.refreshInterval) - world.clock.now();
}

function trouble(world: World, integration: Integration, errors: IntegrationError[]): void {
    integration.errors = errors;
    if (errors.some(({ ErrorCode }) => UNRECOVERABLE.includes(ErrorCode!))) {
        integration.status = "failed";
        return;
    }
    integration.status = "needs_attention";
    after(world, integration, CHECK, () => advance(world, integration));
}

/** Does the next step later, unless the integration is deleted by then. */
function after(world: World, integration: Integration, ms: number, step: () => Promise<void>): void {
    if (integration.status === "deleting") {
        return;
    }
    integration.cancel();
    integration.cancel = world.clock.schedule(world.duration("redshift", Math.max(0, ms)), async () => {
        try {
            await step();
        } catch (error) {
            if (!(error instanceof AwsError)) {
                throw error;
            }
            if (integration.status !== "deleting") {
                trouble(world, integration, [{ ErrorCode: error.code, ErrorMessage: error.message }]);
            }
        }
    });
}
