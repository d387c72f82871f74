import { isDeepStrictEqual } from "node:util";

import { durationProblems, durationSeconds, type Duration } from "../../requirements/duration";
import { healthOf } from "../../requirements/integration-health";
import { enter } from "../account-guard";
import type { Account, Clients } from "../clients";
import {
    awsFailure,
    describeErrors,
    InitializationFailed,
    isBusy,
    isNotFound,
    ResourceError,
    type IntegrationError,
    type Subject,
} from "../errors";
import { handlerOf, inputsOf, type CommonInputs, type Handler, type InputRules } from "../handler";
import { obtain, remove, within } from "../lifecycle";
import { isOwnedBy, madeBy, retag, userTags, withOwner, type Tagging } from "../owner";
import { SharedList } from "../poll";
import { changedKeys, plain } from "../values";

/** What the integrations of Glue, RDS and Redshift have in common. */
export interface IntegrationInputs extends CommonInputs {
    integrationName: string;
    sourceArn: string;
    targetArn: string;
    description?: string;
    tags?: Record<string, string>;
    /** `accepted` returns as soon as AWS has taken the order. @default "active" */
    waitFor?: "active" | "accepted";
    /** Takes over an integration of the same name, or of the same source and target, that another made. @default false */
    adoptExisting?: boolean;
    timeouts?: IntegrationTimeouts;
}

export interface IntegrationTimeouts {
    /** @default "60m" */
    create?: Duration;
    /** @default "30m" */
    update?: Duration;
    /** @default "30m" */
    delete?: Duration;
    /**
     * How long NEEDS_ATTENTION may last before the wait ends as a failure; "0s" for not at all. AWS goes on by itself
     * once the cause is gone, and a role or a policy that is only seconds old is such a cause.
     * @default "5m"
     */
    needsAttention?: Duration;
}

const DEFAULT_TIMEOUTS = { create: "60m", update: "30m", delete: "30m", needsAttention: "5m" } as const;

export interface IntegrationOutputs {
    integrationArn: string;
    status: string;
    /** What AWS reports as wrong, now. */
    integrationErrors: IntegrationError[];
    /** ISO 8601. */
    createdAt: string;
}

/** An integration as AWS describes it, in the form of our inputs. */
export interface Integration<I extends IntegrationInputs> {
    arn: string;
    /** In upper case. */
    status: string;
    errors: IntegrationError[];
    createdAt: string;
    tags: Record<string, string>;
    /** What AWS tells of the inputs. */
    inputs: Partial<I> & Pick<IntegrationInputs, "integrationName" | "sourceArn" | "targetArn">;
}

/** What Glue, RDS and Redshift tell of an integration in the same words. */
interface Described {
    IntegrationArn?: string;
    IntegrationName?: string;
    SourceArn?: string;
    TargetArn?: string;
    Description?: string;
    Status?: string;
    Errors?: { ErrorCode?: string; ErrorMessage?: string }[];
    CreateTime?: Date;
}

/** An integration from AWS's description, its tags, and what only its own service tells of its inputs. */
export function integrationFrom<I extends IntegrationInputs>(
    described: Described,
    tags: Record<string, string>,
    more: Partial<I> = {},
): Integration<I> {
    return {
        arn: described.IntegrationArn!,
        status: described.Status!.toUpperCase(),
        errors: (described.Errors ?? []).map(({ ErrorCode = "", ErrorMessage = "" }) => ({
            code: ErrorCode,
            message: ErrorMessage,
        })),
        createdAt: new Date(described.CreateTime!).toISOString(),
        tags,
        inputs: {
            ...more,
            integrationName: described.IntegrationName!,
            sourceArn: described.SourceArn!,
            targetArn: described.TargetArn!,
            description: described.Description || undefined,
        },
    };
}

/** The calls of one service, for one account and Region. Errors are AWS's own. */
export interface IntegrationApi<I extends IntegrationInputs> extends Tagging {
    /** All of the account and Region. */
    list(): Promise<Integration<I>[]>;
    /** `undefined` or a not-found error when there is none. */
    get(arn: string): Promise<Integration<I> | undefined>;
    /** Sent once: a repeated call could make a second integration. */
    create(inputs: I, tags: Record<string, string>): Promise<Integration<I>>;
    modify(arn: string, changed: Partial<I>): Promise<unknown>;
    delete(arn: string): Promise<unknown>;
}

/** What differs between the services. */
export interface IntegrationService<I extends IntegrationInputs> {
    /** The resource's type, such as `GlueIntegration`. */
    type: string;
    rules: InputRules<I>;
    /** The inputs that AWS changes in place, tags aside. */
    modifiable: readonly (keyof I & string)[];
    /** What AWS is told in place of an input that is left out now. Others keep the value that they have. */
    cleared: Partial<I>;
    api(clients: Clients): IntegrationApi<I>;
}

/** Inputs of ours that every integration has, with what AWS takes no part in. */
export const COMMON_KEYS = [
    "integrationName",
    "sourceArn",
    "targetArn",
    "description",
    "tags",
    "waitFor",
    "adoptExisting",
    "timeouts",
] as const;

export function timeoutProblems({ timeouts = {} }: IntegrationInputs) {
    return Object.entries(timeouts).flatMap(([name, duration]) =>
        durationProblems(`timeouts.${name}`, duration as string),
    );
}

/** Create, read, update and delete of an integration, whichever service has it. */
export function integrationHandler<I extends IntegrationInputs>(
    service: IntegrationService<I>,
): Handler<I, I & IntegrationOutputs> {
    type Outputs = I & IntegrationOutputs;
    const lists = new WeakMap<Clients, SharedList<Integration<I>>>();

    async function connect(account: Account, subject: Subject) {
        const clients = await enter(account, subject);
        const api = service.api(clients);
        const all = lists.get(clients) ?? new SharedList(() => api.list());
        lists.set(clients, all);
        return new Work(service, api, all, subject);
    }

    const subjectOf = ({ owner }: CommonInputs): Subject => ({ type: service.type, owner });
    const outputs = (inputs: I, integration: Integration<I>): Outputs =>
        plain({
            ...inputs,
            integrationArn: integration.arn,
            status: integration.status,
            integrationErrors: integration.errors,
            createdAt: integration.createdAt,
        });

    /** Brings an accepted integration to where it should be; what fails on the way leaves it in the state. */
    async function complete(
        work: Work<I>,
        integration: Integration<I>,
        inputs: I,
        formerTags: object,
        timeout: Duration,
    ) {
        try {
            await work.retag(integration, inputs, formerTags);
            await work.modify(integration.arn, inputs, timeout);
            return outputs(inputs, await work.settle(integration.arn, inputs, timeout));
        } catch (error) {
            const now = await work.find(integration.arn).catch(() => undefined);
            throw new InitializationFailed(integration.arn, outputs(inputs, now ?? integration), error as Error);
        }
    }

    return handlerOf<I, Outputs>(service.rules, {
        judge({ status }, { waitFor }) {
            // A read can't mark a resource as broken, and a refresh clears what create and update said.
            const health = healthOf(status);
            return {
                changes: health === "needs attention" || (health === "pending" && waitFor !== "accepted"),
                replaces: health === "failed" ? ["status"] : [],
            };
        },

        async create(inputs) {
            const work = await connect(inputs.account, subjectOf(inputs));
            const timeout = inputs.timeouts?.create ?? DEFAULT_TIMEOUTS.create;
            const integration = await work.obtain(inputs, timeout);
            return { id: integration.arn, outs: await complete(work, integration, inputs, {}, timeout) };
        },

        async read(id, props) {
            const work = await connect(props.account, subjectOf(props));
            const integration = await work.find(id);
            if (!integration || integration.status === "DELETING") {
                return { id: "" };
            }
            const inputs = { ...inputsOf(service.rules, props), ...observed(service, props, integration) };
            return { id, props: outputs(inputs, integration), inputs: plain(inputs) };
        },

        async update(id, olds, news) {
            const work = await connect(news.account, subjectOf(news));
            const timeout = news.timeouts?.update ?? DEFAULT_TIMEOUTS.update;
            const integration = await work.find(id);
            if (!integration) {
                throw work.failure(
                    `${id} was deleted outside of this stack`,
                    "Run `pulumi refresh`, then the update makes a new one",
                );
            }
            return { outs: await complete(work, integration, news, olds.tags ?? {}, timeout) };
        },

        async delete(id, props) {
            const work = await connect(props.account, subjectOf(props));
            await work.delete(id, props.timeouts?.delete ?? DEFAULT_TIMEOUTS.delete);
        },
    });
}

/** The inputs that AWS may hold other values of than the state. */
function observed<I extends IntegrationInputs>(
    service: IntegrationService<I>,
    props: I,
    { inputs, tags }: Integration<I>,
): Partial<I> {
    // What the user left to AWS stays out: AWS's default is no drift.
    const known = service.modifiable.filter((key) => props[key] !== undefined || OWN_TEXT.includes(key));
    const ours = userTags(tags);
    return {
        ...Object.fromEntries(known.map((key) => [key, inputs[key]])),
        tags: Object.keys(ours).length > 0 || props.tags ? ours : undefined,
    } as Partial<I>;
}

/** Inputs that are empty unless somebody writes them. */
const OWN_TEXT: readonly string[] = ["description", "dataFilter"];

/** The steps on one integration. */
class Work<I extends IntegrationInputs> {
    constructor(
        private readonly service: IntegrationService<I>,
        private readonly api: IntegrationApi<I>,
        private readonly all: SharedList<Integration<I>>,
        private readonly subject: Subject,
    ) {}

    failure(problem: string, nextStep?: string): ResourceError {
        return new ResourceError(this.subject, problem, nextStep);
    }

    async find(arn: string): Promise<Integration<I> | undefined> {
        try {
            return await this.api.get(arn);
        } catch (error) {
            if (isNotFound(error)) {
                return undefined;
            }
            throw awsFailure(this.subject, `AWS does not describe ${arn}`, error);
        }
    }

    /** The one that an interrupted update made, the one to adopt, or a new one. */
    obtain(inputs: I, timeout: Duration): Promise<Integration<I>> {
        return obtain({
            subject: this.subject,
            what: "the integration",
            timeout,
            holder: (moment, interval) => this.holderOf(inputs, moment, interval),
            claim: async (holder) => (holder.status === "DELETING" ? undefined : this.claim(holder, inputs)),
            create: () => this.api.create(inputs, withOwner(inputs.tags, inputs.owner)),
        });
    }

    /** Tags it as ours, with the user's tags; takes away those that the user had and no longer has. */
    async retag(integration: Integration<I>, { tags, owner }: I, formerTags: object): Promise<void> {
        try {
            await retag(this.api, integration, withOwner(tags, owner), formerTags);
        } catch (error) {
            throw awsFailure(this.subject, `AWS does not change the tags of ${integration.arn}`, error);
        }
    }

    /** Changes in place what differs from AWS's description, as soon as AWS takes changes. */
    async modify(arn: string, inputs: I, timeout: Duration): Promise<void> {
        const patience = this.patience(inputs);
        let lastError: unknown = new Error("it was busy all the time");
        const done = await within(timeout, async () => {
            const integration = (await this.find(arn)) ?? this.gone(arn);
            const changed = this.differences(inputs, integration);
            if (Object.keys(changed).length === 0) {
                return true;
            }
            if (healthOf(integration.status) !== "pending") {
                try {
                    await this.api.modify(arn, changed);
                } catch (error) {
                    if (!isBusy(error)) {
                        throw awsFailure(
                            this.subject,
                            `AWS refuses to change ${Object.keys(changed).join(", ")}`,
                            error,
                        );
                    }
                    lastError = error;
                    patience(integration);
                }
            }
            return undefined;
        });
        if (!done) {
            throw awsFailure(this.subject, `${arn} could not be changed within ${timeout}`, lastError);
        }
    }

    /** Waits until it is active. */
    async settle(arn: string, inputs: I, timeout: Duration): Promise<Integration<I>> {
        const began = performance.now();
        const patience = this.patience(inputs);
        let latest: Integration<I> | undefined;
        const settled = await within(timeout, async (interval) => {
            const listed = (await this.list(began, interval)).find((each) => each.arn === arn);
            // A new integration may not be in the list at once; one that was there and is not now has been deleted.
            latest = listed ?? (latest ? ((await this.find(arn)) ?? this.gone(arn)) : undefined);
            if (!latest) {
                return undefined;
            }
            patience(latest);
            const health = healthOf(latest.status);
            return health === "healthy" || (health === "pending" && inputs.waitFor === "accepted") ? latest : undefined;
        });
        if (settled) {
            return settled;
        }
        if (latest && healthOf(latest.status) === "needs attention") {
            throw this.needsAttention(latest);
        }
        throw this.failure(
            `${arn} is ${latest?.status ?? "not listed by AWS"} after ${timeout}`,
            'It is in the state: the next update goes on waiting. Give it longer timeouts, or waitFor: "accepted"',
        );
    }

    delete(arn: string, timeout: Duration): Promise<void> {
        return remove({
            subject: this.subject,
            name: arn,
            timeout,
            find: async (moment, interval) =>
                (await this.list(moment, interval)).find((each) => each.arn === arn) ?? this.find(arn),
            isLeaving: ({ status }) => status === "DELETING",
            delete: () => this.api.delete(arn),
        });
    }

    /** The integration that stands where the inputs want one: ours by its tag, else one of the same name, else of the same pair. */
    private async holderOf(inputs: I, moment: number, interval: number): Promise<Integration<I> | undefined> {
        const { owner, integrationName, sourceArn, targetArn } = inputs;
        const all = await this.list(moment, interval);
        return (
            all.find(({ tags, status }) => isOwnedBy(tags, owner) && status !== "DELETING") ??
            all.find(({ inputs }) => inputs.integrationName === integrationName) ??
            all.find(({ inputs }) => inputs.sourceArn === sourceArn && inputs.targetArn === targetArn)
        );
    }

    private claim(holder: Integration<I>, inputs: I): Integration<I> {
        const { arn, tags } = holder;
        if (!isOwnedBy(tags, inputs.owner) && !inputs.adoptExisting) {
            const same =
                holder.inputs.integrationName === inputs.integrationName
                    ? `named "${inputs.integrationName}"`
                    : "of this source and target";
            throw this.failure(
                `there is already an integration ${same}, ${arn}, ${madeBy(tags)}`,
                "Set adoptExisting: true to take it over as it is, or choose another integrationName, source or target",
            );
        }
        const { keys, replaces } = this.service.rules;
        const unlike = keys.filter((key) => {
            const [present, wanted] = [holder.inputs[key], inputs[key]];
            const isTold = present !== undefined && wanted !== undefined;
            return isTold && replaces(key, inputs, inputs) && !isDeepStrictEqual(present, wanted);
        });
        if (unlike.length > 0) {
            const present = unlike.map((key) => JSON.stringify(holder.inputs[key]));
            throw this.failure(
                `the integration ${arn} has another ${unlike.join(" and ")}: ${present.join(" and ")}`,
                "AWS can't change that. Delete the integration, or choose another integrationName",
            );
        }
        return holder;
    }

    private differences(inputs: I, { inputs: actual }: Integration<I>): Partial<I> {
        const { cleared } = this.service;
        const wanted = { ...cleared, ...plain(inputs) };
        const present = { ...cleared, ...plain(actual) } as unknown as I;
        const changed = changedKeys<I>(present, wanted, this.service.modifiable).filter(
            (key) => wanted[key] !== undefined,
        );
        return Object.fromEntries(changed.map((key) => [key, wanted[key]])) as Partial<I>;
    }

    /** A judge of what is seen in a wait: it throws when there is no use in waiting longer. */
    private patience({ timeouts = {} }: I): (seen: Integration<I>) => void {
        const limit = 1000 * durationSeconds(timeouts.needsAttention ?? DEFAULT_TIMEOUTS.needsAttention)!;
        let since: number | undefined;
        return (seen) => {
            const health = healthOf(seen.status);
            if (health === "failed") {
                throw this.failure(
                    `${seen.arn} is FAILED, which is final. ${describeErrors(seen.errors)}`,
                    "Put the cause right; the next update replaces the integration, and AWS loads everything again",
                );
            }
            since = health === "needs attention" ? (since ?? performance.now()) : undefined;
            if (since !== undefined && performance.now() - since >= limit) {
                throw this.needsAttention(seen);
            }
        };
    }

    private async list(moment: number, interval: number): Promise<Integration<I>[]> {
        try {
            return await this.all.since(moment, interval);
        } catch (error) {
            throw awsFailure(this.subject, "AWS does not list the integrations", error);
        }
    }

    private needsAttention({ arn, errors }: Integration<I>): ResourceError {
        return this.failure(
            `${arn} is in NEEDS_ATTENTION. ${describeErrors(errors)}`,
            "Put the cause right: AWS goes on by itself, and the next update goes on waiting",
        );
    }

    private gone(arn: string): never {
        throw this.failure(
            `${arn} was deleted by somebody else`,
            "Run `pulumi refresh`, then the update makes a new one",
        );
    }
}
