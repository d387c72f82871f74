import type { IntegrationError, IntegrationStatus } from "@aws-sdk/client-rds";

import { asOwner, problem } from "../../../integrations/callers";
import { relationalTarget } from "../../../integrations/relational";
import { minutes, seconds } from "../../../world/clock";
import type { World } from "../../../world/world";
import { RdsState, type Integration } from "../state";
import { keyProblems, sourceProblems, tableProblems } from "./prerequisites";
import { sourceOf } from "./source";

const SET_UP = minutes(10);
const MODIFICATION = minutes(2);
const DELETION = minutes(3);
/** How often AWS looks whether all is well. */
const CHECK_INTERVAL = minutes(1);
/** From a commit until zero-ETL sees it. */
const COMMIT_DELAY = seconds(3);
/** What no change of the source or the target heals: the integration must be made anew. */
const FATAL = ["AUTHORIZATION_REVOKED", "KMS_KEY_NOT_ACCESSIBLE", "SOURCE_NOT_FOUND", "TARGET_NOT_FOUND"];

interface Verdict {
    status: IntegrationStatus;
    errors: IntegrationError[];
}

/** `creating`, until the set-up is checked. */
export function begin(world: World, integration: Integration): void {
    after(world, integration, world.duration("rds", SET_UP), () => check(world, integration));
}

export function modify(world: World, integration: Integration): void {
    integration.status = "modifying";
    after(world, integration, world.duration("rds", MODIFICATION), () => check(world, integration));
}

/** `deleting`, then gone; what was written to the target stays. */
export function remove(world: World, integration: Integration): void {
    integration.status = "deleting";
    after(world, integration, world.duration("rds", DELETION), () => {
        const state = world.state(RdsState, integration.accountId, integration.region);
        state.integrations.delete(integration.arn);
        state.tags.delete(integration.arn);
    });
}

/** Something was committed in a source: its integrations see it soon. */
export function committed(world: World, sourceArn: string): void {
    world.clock.schedule(COMMIT_DELAY, async () => {
        const all = world.allStates(RdsState).flatMap((state) => [...state.integrations.values()]);
        for (const integration of all.filter((i) => i.sourceArn === sourceArn)) {
            if (integration.status === "active" || integration.status === "needs_attention") {
                await check(world, integration);
                await relationalTarget(world, integration.targetArn)?.ingest(world, integration);
            }
        }
    });
}

/** Looks whether all is well, and again after a while, as long as the integration can recover. */
async function check(world: World, integration: Integration): Promise<void> {
    const { status: before } = integration;
    const { status, errors } = await judge(world, integration);
    if (integration.status !== before) {
        // It was modified or deleted meanwhile.
        return;
    }
    Object.assign(integration, { status, errors });
    if (status === "failed") {
        integration.cancel();
        return;
    }
    if (status !== before && (status === "active" || status === "needs_attention")) {
        await relationalTarget(world, integration.targetArn)?.ingest(world, integration);
    }
    after(world, integration, CHECK_INTERVAL, () => check(world, integration));
}

async function judge(world: World, integration: Integration): Promise<Verdict> {
    const owner = asOwner(world, integration.arn);
    const source = sourceOf(owner, integration.sourceArn);
    if (!source) {
        return failed([problem("SOURCE_NOT_FOUND", `The source ${integration.sourceArn} was deleted.`)]);
    }
    const target = await relationalTarget(world, integration.targetArn)!.problems(world, integration);
    const key = await keyProblems(owner, integration);
    const ofSource = sourceProblems(owner, source);
    const all = [...key, ...ofSource, ...target];
    const isNew = integration.status === "creating";
    if (isNew ? all.length > 0 : all.some(({ ErrorCode }) => FATAL.includes(ErrorCode!))) {
        return failed(all);
    }
    if (ofSource.length > 0) {
        // A source that no longer qualifies is waited for, without an end.
        return { status: "syncing", errors: ofSource };
    }
    const errors = [...target, ...tableProblems(owner, integration)];
    return { status: errors.length > 0 ? "needs_attention" : "active", errors };
}

const failed = (errors: IntegrationError[]): Verdict => ({ status: "failed", errors });

/** Does a step later, in place of whatever was to come. */
function after(world: World, integration: Integration, ms: number, step: () => void | Promise<void>): void {
    integration.cancel();
    integration.cancel = world.clock.schedule(ms, step);
}
