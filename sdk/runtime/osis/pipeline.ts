import { isDeepStrictEqual } from "node:util";

import { durationProblems, type Duration } from "../../requirements/duration";
import {
    OSIS_PIPELINE_CHANGES,
    osisPipelineProblems,
    type OsisPipelineInputs as PipelineInputs,
    type OsisVpc,
} from "../../requirements/opensearch/pipeline";
import { enter } from "../account-guard";
import type { Clients } from "../clients";
import { awsFailure, InitializationFailed, isDenied, isNotFound, ResourceError, type Subject } from "../errors";
import { handlerOf, inputsOf, type CommonInputs, type InputRules } from "../handler";
import { obtain, Refusals, remove, within } from "../lifecycle";
import { isOwnedBy, madeBy, tagChanges, userTags, withOwner } from "../owner";
import { SharedList } from "../poll";
import { isUnknown, plain } from "../values";

import { OsisApi, type DescribedPipeline, type PipelineSettings, type PipelineSummary } from "./api";
import { differences, inputsIn, isInAnotherNetwork, isSameBody, settingsOf, vpcOptionsOf } from "./settings";

export interface OsisPipelineInputs extends PipelineInputs, CommonInputs {
    roleArn: string;
    /** @default true */
    running?: boolean;
    /** `accepted` returns as soon as AWS has taken the order. @default "active" */
    waitFor?: "active" | "accepted";
    /** @default false */
    adoptExisting?: boolean;
    timeouts?: PipelineTimeouts;
}

export interface PipelineTimeouts {
    /** @default "45m" */
    create?: Duration;
    /** @default "45m" */
    update?: Duration;
    /** @default "45m" */
    delete?: Duration;
}

export interface OsisPipelineOutputs {
    pipelineArn: string;
    status: string;
    /** "" where AWS gives none. */
    statusReason: string;
    ingestEndpointUrls: string[];
    vpcEndpoints: { vpcEndpointId: string; vpcId: string }[];
    /** What endpoints that are managed by the customer connect to; "" for none. */
    vpcEndpointService: string;
}

type Outputs = OsisPipelineInputs & OsisPipelineOutputs;

const TYPE = "OsisPipeline";
const DEFAULT_TIMEOUT = "45m";

const rules: InputRules<OsisPipelineInputs> = {
    keys: [
        ...(Object.keys(OSIS_PIPELINE_CHANGES) as (keyof PipelineInputs)[]),
        "running",
        "waitFor",
        "adoptExisting",
        "timeouts",
    ],
    place: ({ roleArn }) => ({ argument: "roleArn", arn: roleArn }),
    canonical: (inputs) => ({
        ...inputs,
        logGroupName: inputs.logGroupName || undefined,
        persistentBuffer: inputs.persistentBuffer ?? false,
        running: inputs.running ?? true,
        vpc: isUnknown(inputs.vpc) ? inputs.vpc : inOneOrder(inputs.vpc),
    }),
    problems: (inputs) => [
        ...osisPipelineProblems(inputs, isUnknown),
        ...Object.entries(inputs.timeouts ?? {}).flatMap(([name, duration]) =>
            durationProblems(`timeouts.${name}`, duration as string),
        ),
    ],
    replaces: (key, _olds, news) =>
        OSIS_PIPELINE_CHANGES[key as keyof PipelineInputs] === "replace" ||
        // AWS takes another key, but not none.
        (key === "kmsKeyArn" && news.kmsKeyArn === undefined),
};

const lists = new WeakMap<Clients, SharedList<PipelineSummary>>();

/** A pipeline of OpenSearch Ingestion. */
export const osisPipeline = handlerOf<OsisPipelineInputs, Outputs>(rules, {
    judge: ({ status }, { running, waitFor }) => ({
        changes: !isAsWanted(status, running) && !(isPending(status) && waitFor === "accepted"),
        replaces: status === "CREATE_FAILED" ? ["status"] : [],
    }),

    async create(inputs) {
        const work = await connect(inputs);
        const timeout = inputs.timeouts?.create ?? DEFAULT_TIMEOUT;
        await work.validate(inputs.body, timeout);
        const pipeline = await work.obtain(timeout);
        return { id: pipeline.PipelineArn, outs: await complete(work, pipeline, inputs, {}, timeout) };
    },

    async read(_id, props) {
        const work = await connect(props);
        const pipeline = await work.find();
        if (!pipeline || pipeline.Status === "DELETING") {
            return { id: "" };
        }
        const inputs = { ...inputsOf(rules, props), ...observed(props, pipeline) };
        return { id: pipeline.PipelineArn, props: outputs(inputs, pipeline), inputs: plain(inputs) };
    },

    async update(_id, olds, news) {
        const work = await connect(news);
        const timeout = news.timeouts?.update ?? DEFAULT_TIMEOUT;
        const pipeline = (await work.find()) ?? work.gone();
        if (!isSameBody(news.body, inputsIn(pipeline).body)) {
            await work.validate(news.body, timeout);
        }
        return { outs: await complete(work, pipeline, news, olds.tags ?? {}, timeout) };
    },

    async delete(_id, props) {
        const work = await connect(props);
        await work.delete(props.timeouts?.delete ?? DEFAULT_TIMEOUT);
    },
});

async function connect(inputs: OsisPipelineInputs): Promise<Work> {
    const subject = { type: TYPE, owner: inputs.owner };
    const clients = await enter(inputs.account, subject);
    const api = new OsisApi(clients.osis);
    const all = lists.get(clients) ?? new SharedList(() => api.list());
    lists.set(clients, all);
    return new Work(api, all, subject, inputs);
}

/** Brings an accepted pipeline to where it should be; what fails on the way leaves it in the state. */
async function complete(
    work: Work,
    pipeline: DescribedPipeline,
    inputs: OsisPipelineInputs,
    formerTags: object,
    timeout: Duration,
): Promise<Outputs> {
    try {
        await work.retag(pipeline, formerTags);
        return outputs(inputs, await work.converge(timeout));
    } catch (error) {
        const now = await work.find().catch(() => undefined);
        throw new InitializationFailed(pipeline.PipelineArn, outputs(inputs, now ?? pipeline), error as Error);
    }
}

function outputs(inputs: OsisPipelineInputs, pipeline: DescribedPipeline): Outputs {
    return plain({
        ...inputs,
        pipelineArn: pipeline.PipelineArn,
        status: pipeline.Status,
        statusReason: pipeline.StatusReason?.Description ?? "",
        ingestEndpointUrls: pipeline.IngestEndpointUrls ?? [],
        vpcEndpoints: (pipeline.VpcEndpoints ?? []).map(({ VpcEndpointId = "", VpcId = "" }) => ({
            vpcEndpointId: VpcEndpointId,
            vpcId: VpcId,
        })),
        vpcEndpointService: pipeline.VpcEndpointService ?? "",
    });
}

/** The inputs that AWS may hold other values of than the state. */
function observed(props: OsisPipelineInputs, pipeline: DescribedPipeline): Partial<OsisPipelineInputs> {
    const present = inputsIn(pipeline);
    const ours = userTags(pipeline.tags);
    return {
        ...present,
        body: isSameBody(props.body, present.body) ? props.body : present.body,
        // A key of AWS's own, where the user left it to AWS.
        kmsKeyArn: props.kmsKeyArn === undefined ? undefined : present.kmsKeyArn,
        running: ENDS[pipeline.Status] ?? props.running,
        tags: Object.keys(ours).length > 0 || props.tags ? ours : undefined,
    };
}

/** Whether a pipeline of this status runs, or will; statuses that tell nothing of it are not here. */
const ENDS: Record<string, boolean> = {
    ACTIVE: true,
    UPDATE_FAILED: true,
    STARTING: true,
    START_FAILED: false,
    STOPPING: false,
    STOPPED: false,
};

const SETTLED: readonly string[] = ["ACTIVE", "STOPPED", "CREATE_FAILED", "UPDATE_FAILED", "START_FAILED"];

/** AWS documents a status that its API's model lacks: one that is not known passes, or the timeout ends it. */
function isPending(status: string): boolean {
    return !SETTLED.includes(status);
}

function isAsWanted(status: string, running = true): boolean {
    return running ? status === "ACTIVE" : status === "STOPPED" || status === "START_FAILED";
}

/** Another change of the pipeline is going on: it will be over. */
function isConflict(error: unknown): boolean {
    return (error as Error).name === "ConflictException";
}

/** A role that the same update made may be unknown to AWS for a while, which it says of the request. */
function isUnready(error: unknown): boolean {
    const { name, message } = error as Error;
    return isDenied(error) || (name === "ValidationException" && /\brole\b/i.test(message));
}

const NEXT_STEPS: Record<string, string> = {
    CREATE_FAILED: "Put the cause right; the next update deletes the pipeline and makes it again",
    UPDATE_FAILED: "Put the cause right; the next update tries again",
    START_FAILED: "Put the cause right; the next update starts it again",
};

interface Order {
    what: "change" | "start" | "stop";
    settings?: PipelineSettings;
}

/** The steps on one pipeline. */
class Work {
    private readonly name: string;

    constructor(
        private readonly api: OsisApi,
        private readonly all: SharedList<PipelineSummary>,
        private readonly subject: Subject,
        private readonly inputs: OsisPipelineInputs,
    ) {
        this.name = inputs.pipelineName;
    }

    async find(): Promise<DescribedPipeline | undefined> {
        try {
            return await this.api.get(this.name);
        } catch (error) {
            if (isNotFound(error)) {
                return undefined;
            }
            throw awsFailure(this.subject, `AWS does not describe the pipeline "${this.name}"`, error);
        }
    }

    /** Asks AWS what it thinks of the body, before anything is made or changed. */
    async validate(body: string, timeout: Duration): Promise<void> {
        const refusals = new Refusals({ isUnready });
        const isValid = await within(timeout, async () => {
            try {
                const faults = await this.api.validate(body);
                if (faults.length > 0) {
                    throw Object.assign(new Error(faults.join(" ")), { name: "ValidationException" });
                }
                return true;
            } catch (error) {
                if (!refusals.mayPass(error)) {
                    throw this.invalid(error);
                }
                return undefined;
            }
        });
        if (!isValid) {
            throw this.invalid(refusals.last);
        }
    }

    obtain(timeout: Duration): Promise<DescribedPipeline> {
        const { inputs } = this;
        return obtain({
            subject: this.subject,
            what: `the pipeline "${this.name}"`,
            timeout,
            isUnready,
            holder: () => this.find(),
            claim: (holder) => this.claim(holder),
            create: () =>
                this.api.create(
                    this.name,
                    { ...settingsOf(inputs), VpcOptions: vpcOptionsOf(inputs) },
                    withOwner(inputs.tags, inputs.owner),
                ),
        });
    }

    /** Tags it as ours, with the user's tags; takes away those that the user had and no longer has. */
    async retag({ PipelineArn, tags }: DescribedPipeline, formerTags: object): Promise<void> {
        const { missing, obsolete } = tagChanges(tags, withOwner(this.inputs.tags, this.inputs.owner), formerTags);
        try {
            if (Object.keys(missing).length > 0) {
                await this.api.tag(PipelineArn, missing);
            }
            if (obsolete.length > 0) {
                await this.api.untag(PipelineArn, obsolete);
            }
        } catch (error) {
            throw awsFailure(this.subject, `AWS does not change the tags of the pipeline "${this.name}"`, error);
        }
    }

    /** Changes, stops or starts it, one after the other as AWS takes orders, until it is as the inputs want it. */
    async converge(timeout: Duration): Promise<DescribedPipeline> {
        const refusals = new Refusals({ isUnready });
        const given: Order[] = [];
        let moment = performance.now();
        let status = "unknown";
        const settled = await within(timeout, async (interval) => {
            status = (await this.listed(moment, interval))?.Status ?? "";
            if (status !== "" && isPending(status) && this.inputs.waitFor !== "accepted") {
                return undefined;
            }
            // A new pipeline may not be in the list at once, and the list tells no settings.
            const pipeline = (await this.find()) ?? this.gone();
            status = pipeline.Status;
            const order = await this.nextOrder(pipeline, given);
            if (isPending(status)) {
                return this.inputs.waitFor === "accepted" && !order ? pipeline : undefined;
            }
            if (!order) {
                return pipeline;
            }
            try {
                await this.give(order);
                given.push(order);
            } catch (error) {
                if (!isConflict(error) && !refusals.mayPass(error)) {
                    throw awsFailure(this.subject, `AWS refuses to ${order.what} the pipeline "${this.name}"`, error);
                }
            }
            moment = performance.now();
            return undefined;
        });
        return settled ?? this.late(status, timeout);
    }

    async delete(timeout: Duration): Promise<void> {
        await remove<PipelineSummary>({
            subject: this.subject,
            name: `the pipeline "${this.name}"`,
            timeout,
            find: async (moment, interval) => (await this.listed(moment, interval)) ?? this.find(),
            isLeaving: ({ Status }) => Status === "DELETING",
            delete: () => this.api.delete(this.name),
            isBusy: isConflict,
        });
    }

    gone(): never {
        throw this.failure(
            `the pipeline "${this.name}" was deleted outside of this stack`,
            "Run `pulumi refresh`, then the update makes a new one",
        );
    }

    private async claim(holder: DescribedPipeline): Promise<DescribedPipeline | undefined> {
        const { Status, tags } = holder;
        if (Status === "DELETING") {
            return undefined;
        }
        if (!isOwnedBy(tags, this.inputs.owner) && !this.inputs.adoptExisting) {
            throw this.failure(
                `there is already a pipeline "${this.name}", ${madeBy(tags)}`,
                "Set adoptExisting: true to take it over as it is, or choose another pipelineName",
            );
        }
        if (Status === "CREATE_FAILED") {
            await this.clearAway();
            return undefined;
        }
        if (isInAnotherNetwork(this.inputs, holder)) {
            throw this.failure(
                `the pipeline "${this.name}" has other subnets or security groups`,
                "AWS can't change that. Delete the pipeline, or choose another pipelineName",
            );
        }
        return holder;
    }

    /** Nothing becomes of a pipeline that could not be created. */
    private async clearAway(): Promise<void> {
        try {
            await this.api.delete(this.name);
        } catch (error) {
            if (!isConflict(error) && !isNotFound(error)) {
                throw awsFailure(this.subject, `AWS refuses to delete the pipeline "${this.name}"`, error);
            }
        }
    }

    /** What AWS has to be told next; `undefined` when the pipeline is as the inputs want it, or will be by itself. */
    private async nextOrder(pipeline: DescribedPipeline, given: Order[]): Promise<Order | undefined> {
        const { running = true } = this.inputs;
        const { Status: status } = pipeline;
        const has = (what: Order["what"]) => given.some((order) => order.what === what);
        const isFinal = status === "UPDATE_FAILED" ? has("change") : status === "START_FAILED" && has("start");
        if (status === "CREATE_FAILED" || (running && isFinal)) {
            throw await this.failed(pipeline);
        }
        if (!running && ENDS[status] && !isPending(status)) {
            return { what: "stop" };
        }
        const settings = differences(this.inputs, pipeline);
        if (status === "UPDATE_FAILED" && Object.keys(settings).length === 0) {
            return { what: "change", settings: settingsOf(this.inputs) };
        }
        const change: Order = { what: "change", settings };
        // What AWS has taken and shows in another form is taken.
        if (Object.keys(settings).length > 0 && !given.some((order) => isDeepStrictEqual(order, change))) {
            return change;
        }
        return running && (status === "STOPPED" || status === "START_FAILED") ? { what: "start" } : undefined;
    }

    private give({ what, settings = {} }: Order): Promise<unknown> {
        return what === "change" ? this.api.update(this.name, settings) : this.api[what](this.name);
    }

    private async listed(moment: number, interval: number): Promise<PipelineSummary | undefined> {
        try {
            return (await this.all.since(moment, interval)).find(({ PipelineName }) => PipelineName === this.name);
        } catch (error) {
            throw awsFailure(this.subject, "AWS does not list the pipelines", error);
        }
    }

    private async failed({ Status, StatusReason }: PipelineSummary): Promise<ResourceError> {
        const reason = StatusReason?.Description ? `AWS says: ${StatusReason.Description}` : "AWS gives no reason";
        return this.failure(
            [`the pipeline "${this.name}" is ${Status}. ${reason}`, await this.progress()].filter(Boolean).join(". "),
            NEXT_STEPS[Status],
        );
    }

    private async late(status: string, timeout: Duration): Promise<never> {
        throw this.failure(
            [`the pipeline "${this.name}" is ${status} after ${timeout}`, await this.progress()]
                .filter(Boolean)
                .join(". "),
            'It is in the state: the next update goes on. Give it longer timeouts, or waitFor: "accepted"',
        );
    }

    /** How far the last change has come; nothing when it is through, or AWS does not tell. */
    private async progress(): Promise<string> {
        const changes = await this.api.progress(this.name).catch(() => []);
        const stages = changes.find(({ Status }) => Status !== "COMPLETED")?.ChangeProgressStages ?? [];
        const stage = ["FAILED", "IN_PROGRESS", "PENDING"]
            .map((status) => stages.find(({ Status }) => Status === status))
            .find((found) => found !== undefined);
        return stage ? `The stage "${stage.Name}" is ${stage.Status}: ${stage.Description}` : "";
    }

    private invalid(error: unknown): ResourceError {
        return awsFailure(this.subject, "AWS does not accept the body, and nothing was changed", error);
    }

    private failure(problem: string, nextStep?: string): ResourceError {
        return new ResourceError(this.subject, problem, nextStep);
    }
}

/** The same network, whatever order it is written in. */
function inOneOrder(vpc: OsisVpc | undefined): OsisVpc | undefined {
    return (
        vpc && {
            ...vpc,
            subnetIds: [...vpc.subnetIds].sort(),
            securityGroupIds: [...vpc.securityGroupIds].sort(),
            endpointManagement: vpc.endpointManagement ?? "service",
        }
    );
}
