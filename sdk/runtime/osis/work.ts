import { isDeepStrictEqual } from "node:util";

import type { Duration } from "../../requirements/duration";
import { explainPipelineFailure } from "../../requirements/opensearch/pipeline-failure";
import { awsFailure, isDenied, isNotFound, ResourceError, sentences, type Subject } from "../errors";
import { obtain, Refusals, remove, within } from "../lifecycle";
import { isOwnedBy, madeBy, retag, withOwner } from "../owner";
import type { SharedList } from "../poll";

import type { DescribedPipeline, OsisApi, PipelineSettings, PipelineSummary } from "./api";
import type { OsisPipelineInputs } from "./inputs";
import { differences, isInAnotherNetwork, settingsOf, vpcOptionsOf } from "./settings";
import { isPending, RUNS } from "./status";

/** Another change of the pipeline is going on: it will be over. */
function isConflict(error: unknown): boolean {
    return (error as Error).name === "ConflictException";
}

/** A role that the same update made may be unknown to AWS for a while, which it says of the request. */
function isUnready(error: unknown): boolean {
    const { name, message } = error as Error;
    return isDenied(error) || (name === "ValidationException" && isAboutRole(message));
}

function isAboutRole(message: string): boolean {
    return /\brole\b/i.test(message);
}

/** How often a body is validated again for the sake of a young role. */
const MAX_LOOKS = 3;

const NEXT_STEPS: Record<string, string> = {
    CREATE_FAILED: "The next update deletes the pipeline and makes it again",
    UPDATE_FAILED: "The next update tries again",
    START_FAILED: "The next update starts it again",
};

const NOT_VALIDATED = "AWS does not validate the body, and nothing was changed";

interface Order {
    what: "change" | "start" | "stop";
    settings?: PipelineSettings;
}

/** The steps on one pipeline. */
export class Work {
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
        let faults: string[] = [];
        let looks = 0;
        const isValidated = await within(timeout, async () => {
            try {
                faults = await this.api.validate(body);
                return faults.some(isAboutRole) && looks++ < MAX_LOOKS ? undefined : true;
            } catch (error) {
                if (!refusals.mayPass(error)) {
                    throw awsFailure(this.subject, NOT_VALIDATED, error);
                }
                return undefined;
            }
        });
        if (!isValidated) {
            throw awsFailure(this.subject, NOT_VALIDATED, refusals.last);
        }
        if (faults.length > 0) {
            throw this.failure(
                `AWS does not accept the body, and nothing was changed. ${sentences(...faults)}`,
                "Put it right in what the body is made of",
            );
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
    async retag({ PipelineArn: arn, tags }: DescribedPipeline, formerTags: object): Promise<void> {
        const wanted = withOwner(this.inputs.tags, this.inputs.owner);
        try {
            await retag(this.api, { arn, tags }, wanted, formerTags);
        } catch (error) {
            throw awsFailure(this.subject, `AWS does not change the tags of the pipeline "${this.name}"`, error);
        }
    }

    /** Changes, stops or starts it, one after the other as AWS takes orders, until it is as the inputs want it. */
    async converge(timeout: Duration): Promise<DescribedPipeline> {
        const refusals = new Refusals({ isUnready });
        const given: Order[] = [];
        let moment = performance.now();
        let status: string | undefined;
        let lastError: unknown;
        const settled = await within(timeout, async (interval) => {
            const listed = await this.listed(moment, interval);
            status = listed?.Status ?? status;
            if (listed && isPending(listed.Status) && this.inputs.waitFor !== "accepted") {
                return undefined;
            }
            // The list tells no settings. A new pipeline may be nowhere at first; one that was there and is not now has been deleted.
            const pipeline = (await this.find()) ?? (status === undefined ? undefined : this.gone());
            status = pipeline?.Status;
            const order = pipeline && (await this.nextOrder(pipeline, given));
            if (!pipeline || isPending(pipeline.Status)) {
                return this.inputs.waitFor === "accepted" && !order ? pipeline : undefined;
            }
            if (!order) {
                return pipeline;
            }
            try {
                await this.give(order);
                given.push(order);
                lastError = undefined;
            } catch (error) {
                if (!isConflict(error) && !refusals.mayPass(error)) {
                    throw awsFailure(this.subject, `AWS refuses to ${order.what} the pipeline "${this.name}"`, error);
                }
                lastError = error;
            }
            moment = performance.now();
            return undefined;
        });
        if (!settled && lastError !== undefined) {
            const late = `AWS did not take the order for the pipeline "${this.name}" within ${timeout}`;
            throw awsFailure(this.subject, late, lastError);
        }
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
        if (!running && RUNS[status] && !isPending(status)) {
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
        const said = sentences(reason, await this.progress(reason));
        return this.failure(
            `the pipeline "${this.name}" is ${Status}. ${said}`,
            sentences(explainPipelineFailure(said) ?? "Put the cause right", NEXT_STEPS[Status]!),
        );
    }

    private async late(status: string | undefined, timeout: Duration): Promise<never> {
        throw this.failure(
            sentences(
                `the pipeline "${this.name}" is ${status ?? "not described by AWS"} after ${timeout}`,
                await this.progress(),
            ),
            'It is in the state: the next update goes on. Give it longer timeouts, or waitFor: "accepted"',
        );
    }

    /**
     * How far the last change has come; nothing when it is through, or AWS does not tell.
     *
     * @param said what need not be said again
     */
    private async progress(said = ""): Promise<string> {
        const changes = await this.api.progress(this.name).catch(() => []);
        const stages = changes.find(({ Status }) => Status !== "COMPLETED")?.ChangeProgressStages ?? [];
        const stage = ["FAILED", "IN_PROGRESS", "PENDING"]
            .map((status) => stages.find(({ Status }) => Status === status))
            .find((found) => found !== undefined);
        if (stage === undefined) {
            return "";
        }
        const { Name, Status, Description = "" } = stage;
        return `The stage "${Name}" is ${Status}${said.includes(Description) ? "" : `: ${Description}`}`;
    }

    private failure(problem: string, nextStep?: string): ResourceError {
        return new ResourceError(this.subject, problem, nextStep);
    }
}
