import type { Problem } from "../requirements/errors";

import { placeProblems } from "./account-guard";
import { configure as configureClients, withoutProfile, type Account } from "./clients";
import { changedKeys, isUnknown, plain } from "./values";

/** What every resource is given beside its own inputs. */
export interface CommonInputs {
    account: Account;
    /** `project/stack/type/name` of the resource. */
    owner: string;
    /** The engine's text of the shim; it has to be in all that goes back to the engine. */
    __provider?: unknown;
}

/** What a shim calls, and what a provider executable could serve as it is. `I` are the inputs, `O` the inputs with the outputs. */
export interface Handler<I extends CommonInputs, O extends I = I> {
    /** Takes the stack's configuration; the engine sends it once to each provider process. */
    configure(request: { config: object }): Promise<void>;
    /** `inputs` are canonical, so that two ways to write the same make no difference. Calls nobody. */
    check(olds: I, news: I): Promise<{ inputs: I; failures: { property: string; reason: string }[] }>;
    diff(id: string, olds: O, news: I): Promise<{ changes: boolean; replaces: string[]; deleteBeforeReplace: boolean }>;
    create(inputs: I): Promise<{ id: string; outs: O }>;
    /** An empty id tells that the resource is gone. */
    read(id: string, props: O): Promise<{ id: string; props?: O; inputs?: I }>;
    update(id: string, olds: O, news: I): Promise<{ outs: O }>;
    delete(id: string, props: O): Promise<void>;
}

/** What a type of resource says about its inputs; from it come `check` and `diff`. */
export interface InputRules<I extends CommonInputs> {
    /** Every input of its own. */
    keys: readonly (keyof I & string)[];
    /** Brings inputs into the one form that is kept; the same again for inputs that have it. */
    canonical?(inputs: I): I;
    /** @param olds The canonical inputs of the last update; empty for a new resource. */
    problems(inputs: I, olds: Partial<I>): Problem[];
    /** Whether a changed input means another resource. */
    replaces(key: keyof I & string, olds: I, news: I): boolean;
    /** The ARN that says which account and Region the resource is in, and the argument that has it. */
    place(inputs: I): { argument: string; arn: string };
}

/** What differs from one type of resource to the next. */
interface Methods<I extends CommonInputs, O extends I> extends Omit<Handler<I, O>, "configure" | "check" | "diff"> {
    /** What in the state asks for an update, or for another resource, though no input changed. */
    judge?(olds: O, news: I): { changes?: boolean; replaces?: string[] };
}

export function handlerOf<I extends CommonInputs, O extends I = I>(
    rules: InputRules<I>,
    { judge, ...methods }: Methods<I, O>,
): Handler<I, O> {
    return { configure, check: checkWith(rules), diff: diffWith(rules, judge), ...methods };
}

async function configure({ config }: { config: object }): Promise<void> {
    // Pulumi's Config holds the whole of it, though its typings show only single keys.
    const { rawConfig = {} } = config as { rawConfig?: Record<string, string> };
    configureClients(rawConfig);
}

function checkWith<I extends CommonInputs>(rules: InputRules<I>): Handler<I>["check"] {
    return async (olds, news) => {
        const inputs = canonicalInputs(rules, news);
        const { argument, arn } = rules.place(inputs);
        const problems = [...rules.problems(inputs, olds ?? {}), ...placeProblems(argument, arn, inputs.account)];
        return {
            inputs,
            failures: problems
                .filter(({ severity }) => severity === "error")
                .map(({ argument, message }) => ({ property: argument, reason: message })),
        };
    };
}

function diffWith<I extends CommonInputs, O extends I>(
    rules: InputRules<I>,
    judge: Methods<I, O>["judge"] = () => ({}),
): Handler<I, O>["diff"] {
    return async (_id, olds, news) => {
        // Those of an earlier version may lack a default that was added since.
        const before = canonicalInputs(rules, olds as I);
        const changed = changedKeys<I>(before, news, [...rules.keys, "owner"]);
        // An unknown value may turn out to be the same: it never replaces.
        const replaces = changed.filter((key) => !isUnknown(news[key]) && rules.replaces(key, before, news));
        const moved = isElsewhere(before.account, news.account) ? ["account"] : [];
        const { changes = false, replaces: broken = [] } = judge(olds, news);
        const otherWayIn = !isUnknown(news.account) && changedKeys<I>(before, news, ["account"]).length > 0;
        return {
            changes: changed.length > 0 || otherWayIn || changes || broken.length > 0,
            replaces: [...replaces, ...moved, ...broken],
            deleteBeforeReplace: true,
        };
    };
}

/** The rules' own inputs, with those that every resource has. */
export function inputsOf<I extends CommonInputs>(rules: InputRules<I>, props: I): I {
    const keys = [...rules.keys, "account", "owner", "__provider"] as (keyof I)[];
    return Object.fromEntries(keys.map((key) => [key, props[key]])) as unknown as I;
}

function canonicalInputs<I extends CommonInputs>(rules: InputRules<I>, inputs: I): I {
    const own = { ...inputsOf(rules, inputs), account: withoutProfile(inputs.account ?? {}) };
    return plain(rules.canonical?.(own) ?? own);
}

/** Another way into the same account is no difference. */
function isElsewhere(before: Account, now: Account): boolean {
    return (["accountId", "region"] as const).some(
        (key) =>
            before[key] !== undefined && now[key] !== undefined && !isUnknown(now[key]) && before[key] !== now[key],
    );
}
