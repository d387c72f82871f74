import type { IntegrationError } from "@aws-sdk/client-glue";

import { IngestionError } from "../../../lakehouse/types";
import { days, hours, minutes } from "../../../world/clock";
import { AwsError } from "../../../world/error";
import type { World } from "../../../world/world";
import { GlueState, type Integration } from "../state";
import { finishLoad, startLoad, type Load } from "./ingestion";
import { findProblems } from "./prerequisites";

// AWS takes 5–10 minutes to set an integration up; the table comes some minutes after ACTIVE.
const SET_UP = minutes(6);
const FIRST_LOAD = minutes(5);
const MODIFICATION = minutes(2);
const DELETION = minutes(3);
const EXPORT_POLL = minutes(1);
/** For so long AWS tries again before it gives an integration up. */
export const RETRY_WINDOW = days(7);
const FIRST_RETRY = minutes(1);
const MAX_RETRY = hours(4);
const DEFAULT_REFRESH_MINUTES = 15;

/** CREATING, until the set-up is checked. */
export function begin(world: World, integration: Integration): void {
    after(world, integration, world.duration("glue", SET_UP), () => advance(world, integration));
}

export function modify(world: World, integration: Integration): void {
    integration.status = "MODIFYING";
    after(world, integration, world.duration("glue", MODIFICATION), () => advance(world, integration));
}

/** DELETING, then gone; what was written to the target stays. */
export function remove(world: World, integration: Integration): void {
    integration.cancel();
    integration.status = "DELETING";
    integration.cancel = world.clock.schedule(world.duration("glue", DELETION), () => {
        const state = world.state(GlueState, integration.accountId, integration.region);
        state.integrations.delete(integration.arn);
        state.tags.delete(integration.arn);
    });
}

/** Checks what the integration needs, then goes to ACTIVE, or, if it is active, loads what is new: SYNCING while it is everything again. */
async function advance(world: World, integration: Integration): Promise<void> {
    const problems = await findProblems(world, integration);
    if (problems.length > 0) {
        return needAttention(world, integration, problems);
    }
    if (integration.status !== "ACTIVE" && !integration.loadFailed) {
        return activate(world, integration);
    }
    const load = await startLoad(world, integration);
    if (load.full && integration.syncedTo !== undefined) {
        integration.status = "SYNCING";
    }
    after(world, integration, EXPORT_POLL, () => proceed(world, integration, load));
}

/** Takes over the rows once their export is there. */
async function proceed(world: World, integration: Integration, load: Load): Promise<void> {
    if (!(await finishLoad(world, integration, load))) {
        after(world, integration, EXPORT_POLL, () => proceed(world, integration, load));
    } else if (load.more) {
        await advance(world, integration);
    } else {
        activate(world, integration);
    }
}

/** All is well until the next refresh. */
function activate(world: World, integration: Integration): void {
    const { config, syncedTo } = integration;
    if (integration.status === "DELETING") {
        return;
    }
    Object.assign(integration, {
        status: "ACTIVE",
        errors: [],
        troubledSince: undefined,
        loadFailed: false,
        attempts: 0,
    });
    const refresh = minutes(Number(config.RefreshInterval ?? DEFAULT_REFRESH_MINUTES));
    if (syncedTo === undefined) {
        after(world, integration, world.duration("glue", FIRST_LOAD), () => advance(world, integration));
    } else if (config.ContinuousSync !== false) {
        after(world, integration, syncedTo + refresh - world.clock.now(), () => advance(world, integration));
    }
}

/** Tried again after a minute, two, four, …; given up after seven days. */
function needAttention(world: World, integration: Integration, errors: IntegrationError[]): void {
    if (integration.status === "DELETING") {
        return;
    }
    const now = world.clock.now();
    integration.troubledSince ??= now;
    integration.errors = errors;
    const deadline = integration.troubledSince + RETRY_WINDOW;
    if (now >= deadline) {
        integration.status = "FAILED";
        return;
    }
    integration.status = "NEEDS_ATTENTION";
    const delay = Math.min(FIRST_RETRY * 2 ** integration.attempts++, MAX_RETRY, deadline - now);
    after(world, integration, delay, () => advance(world, integration));
}

/** Does the next step later, unless the integration is deleted by then; a step that fails becomes the integration's error. */
function after(world: World, integration: Integration, ms: number, step: () => Promise<void>): void {
    if (integration.status === "DELETING") {
        return;
    }
    integration.cancel();
    integration.cancel = world.clock.schedule(Math.max(0, ms), async () => {
        try {
            await step();
        } catch (error) {
            await fail(world, integration, error);
        }
    });
}

async function fail(world: World, integration: Integration, error: unknown): Promise<void> {
    if (!(error instanceof IngestionError || error instanceof AwsError)) {
        throw error;
    }
    const ErrorCode = error instanceof AwsError ? error.code : "client_error";
    const errors = [{ ErrorCode, ErrorMessage: error.message }];
    if (error instanceof IngestionError && error.status === "FAILED") {
        Object.assign(integration, { status: "FAILED", errors });
        return;
    }
    // What was taken away during a load is the cause, whatever step noticed it.
    const causes = await findProblems(world, integration);
    integration.loadFailed = true;
    needAttention(world, integration, causes.length > 0 ? causes : errors);
}
