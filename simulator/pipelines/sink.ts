import type { BulkAction } from "../search/documents";
import type { BulkResult, SearchEndpoint } from "../search/endpoint";
import { findEndpoint } from "../search/store";
import { minutes } from "../world/clock";
import { splitArn, type Context } from "../world/context";
import { AwsError } from "../world/error";
import { CollectionAccess } from "./collection-access";
import { writeDeadLetters, type DeadLetter } from "./dead-letters";
import { DocumentMaker } from "./document";
import { isTemplate } from "./expressions/format";
import { indexType, setUpIndex } from "./index-setup";
import type { Journal } from "./journal";
import type { Meter } from "./meter";
import { CUSTOM } from "./plugins/opensearch";
import type { Options } from "./schema";
import type { PipelineEvent } from "./source";

const FIRST_PAUSE = 50;
const LONGEST_PAUSE = minutes(10);
/** OpenSearch may not have seen a document yet that it is told to delete. */
const DELETE_RETRIES = 3;

export interface SinkSurroundings {
    /** of the sub-pipeline, as metrics and dead letters name it */
    subPipeline: string;
    /** in the Region that the sink signs for */
    role: Context;
    deadLetterRole: Context;
    meter: Meter;
    journal: Journal;
    /** of the pipeline's VPC. @default it is public */
    vpcEndpointId?: string;
    /** of the service's own, for collections behind a network policy */
    serviceEndpointId: string;
}

/** A document on its way. */
interface Pending {
    event: PipelineEvent;
    action: BulkAction;
    /** how often it was sent */
    attempts: number;
}

/** `sink.opensearch` at work: writes what it is given in order, and keeps what has to be tried again. */
export class SearchSink {
    private pending: Pending[] = [];
    private readonly ready = new Set<string>();
    private isPrepared = false;
    private failures = 0;
    private resumeAt = 0;
    private readonly maker: DocumentMaker;
    private readonly access: CollectionAccess;

    constructor(
        private readonly options: Options,
        private readonly at: SinkSurroundings,
    ) {
        this.maker = new DocumentMaker(options, () => at.role.now);
        const { serverless_options = {} } = options.aws ?? {};
        this.access = new CollectionAccess(
            at.role,
            serverless_options,
            serverless_options.vpce_id ?? at.serviceEndpointId,
        );
    }

    /** Whether documents wait: nothing more is read then. */
    get isBlocked(): boolean {
        return this.pending.length > 0;
    }

    /** What keeps the pipeline from starting at all. */
    async startProblems(): Promise<string[]> {
        const { options, at } = this;
        const endpoint = this.findEndpoint();
        if (!endpoint) {
            return [`${options.hosts[0]} is the endpoint of no domain and no collection`];
        }
        const isServerless = options.aws?.serverless ?? options.serverless ?? false;
        if (isServerless !== (endpoint.kind === "collection")) {
            return [`aws.serverless must be ${!isServerless} for the ${endpoint.kind} ${options.hosts[0]}`];
        }
        return endpoint.kind === "domain"
            ? refusal(at.role, "es:DescribeDomain", endpoint.arn)
            : this.collectionProblems(endpoint);
    }

    /** Takes away what was set up for this pipeline alone. */
    withdraw(): Promise<void> {
        return this.access.close();
    }

    /** Sets up the index whose name does not depend on documents. */
    async prepare(): Promise<void> {
        if (this.isPrepared || !this.mayTry) {
            return;
        }
        await this.attempt(async (endpoint) => {
            if (!isTemplate(this.options.index)) {
                await this.ensureIndex(endpoint, this.maker.indexOf({ data: {}, metadata: {} })!);
            }
            this.isPrepared = true;
        });
    }

    accept(events: PipelineEvent[]): Promise<void> {
        const made = events.map((event) => ({ event, result: this.maker.make(event) }));
        const letters: DeadLetter[] = [];
        for (const { event, result } of made) {
            if ("action" in result) {
                this.pending.push({ event, action: result, attempts: 0 });
            } else {
                this.count(result.metric);
                letters.push({ index: null, indexId: null, status: 0, message: result.reason, document: event.data });
            }
        }
        return this.bury(letters);
    }

    async flush(): Promise<void> {
        if (this.isBlocked && this.mayTry) {
            await this.attempt((endpoint) => this.send(endpoint));
        }
    }

    private get mayTry(): boolean {
        return this.at.role.now >= this.resumeAt;
    }

    private findEndpoint(): SearchEndpoint | undefined {
        const { options, at } = this;
        const { network_policy_name, vpce_id } = options.aws?.serverless_options ?? {};
        const served = network_policy_name === undefined ? undefined : at.serviceEndpointId;
        const host = new URL(options.hosts[0]).host;
        return findEndpoint(at.role.world, host, vpce_id ?? served ?? at.vpcEndpointId);
    }

    private async collectionProblems(endpoint: SearchEndpoint): Promise<string[]> {
        const { options, at } = this;
        if (indexType(options, endpoint) === CUSTOM) {
            return ["index_type custom is not supported for a collection: use management_disabled"];
        }
        try {
            await this.access.open(endpoint.arn);
            if (!isTemplate(options.index)) {
                await endpoint.hasIndex(at.role, options.index);
            }
            return [];
        } catch (error) {
            return error instanceof AwsError ? [error.message] : Promise.reject(error);
        }
    }

    /** Work with the cluster; what is refused as a whole is tried again, later and later. */
    private async attempt(work: (endpoint: SearchEndpoint) => Promise<void>): Promise<void> {
        try {
            const endpoint = this.findEndpoint();
            if (!endpoint || splitArn(endpoint.arn).region !== this.at.role.region) {
                throw new AwsError("AccessDenied", `${this.options.hosts[0]} is not in ${this.at.role.region}.`, 403);
            }
            await work(endpoint);
        } catch (error) {
            if (!(error instanceof AwsError)) {
                throw error;
            }
            this.count("bulkRequestErrors");
            this.count(failureMetric(error.status));
            await this.at.journal.write("ERROR", `${this.options.hosts[0]}: ${error.code}: ${error.message}`);
            await this.failed(this.pending, { status: error.status, id: "", error: asCause(error) });
        }
    }

    private async send(endpoint: SearchEndpoint): Promise<void> {
        for (const index of new Set(this.pending.map(({ action }) => action.index))) {
            await this.ensureIndex(endpoint, index);
        }
        const sent = this.pending;
        const results = await endpoint.bulk(
            this.at.role,
            sent.map(({ action }) => action),
        );
        this.pending = [];
        const again: [Pending, BulkResult][] = [];
        const dead: DeadLetter[] = [];
        sent.forEach((each, position) => {
            const outcome = this.outcomeOf(each, results[position]);
            if (outcome === "again") {
                again.push([each, results[position]]);
            } else if (outcome === "dead") {
                dead.push(letterOf(each, results[position]));
            }
        });
        await this.bury(dead);
        this.failures = again.length > 0 ? this.failures : 0;
        if (again.length > 0) {
            await this.failed(
                again.map(([each]) => each),
                again[0][1],
            );
        }
    }

    /** Counts what became of a document. */
    private outcomeOf(each: Pending, { status }: BulkResult): "done" | "again" | "dead" {
        const { action, versionType } = each.action;
        this.count("documentStatuses");
        if (status < 300) {
            this.count("documentsSuccess");
            this.count("documentsSuccessFirstAttempt", each.attempts === 0 ? 1 : 0);
            this.measureDelay(each.event);
            return "done";
        }
        // Somebody has written a newer one: that is what external versions are for.
        if (status === 409 && versionType?.startsWith("external")) {
            this.count("documentsVersionConflictErrors");
            return "done";
        }
        if (status === 404 && action === "delete" && each.attempts < DELETE_RETRIES) {
            return "again";
        }
        if ([400, 404, 409].includes(status)) {
            this.count("documentErrors");
            return "dead";
        }
        return "again";
    }

    /** Waits before the next attempt; what was tried often enough goes to the dead letters. */
    private async failed(which: Pending[], why: BulkResult): Promise<void> {
        const { max_retries = Infinity } = this.options;
        const tried = which.map((each) => ({ ...each, attempts: each.attempts + 1 }));
        const given = tried.filter(({ attempts }) => attempts > max_retries);
        this.pending = tried.filter(({ attempts }) => attempts <= max_retries);
        this.count("bulkRequestNumberOfRetries");
        this.resumeAt = this.at.role.now + Math.min(FIRST_PAUSE * 2 ** this.failures++, LONGEST_PAUSE);
        if (given.length > 0) {
            this.count("documentErrors", given.length);
            this.count("bulkRequestFailed");
            await this.bury(given.map((each) => letterOf(each, why)));
        }
    }

    private async ensureIndex(endpoint: SearchEndpoint, index: string): Promise<void> {
        if (!this.ready.has(index)) {
            await setUpIndex(endpoint, this.at.role, this.options, index);
            this.ready.add(index);
        }
    }

    /** Without a place for dead letters they are lost. */
    private async bury(letters: DeadLetter[]): Promise<void> {
        const { deadLetterRole, subPipeline, journal } = this.at;
        if (letters.length === 0) {
            return;
        }
        const { index, status, message } = letters[0];
        await journal.write("WARN", `${letters.length} documents failed, the first in ${index}: ${status} ${message}`);
        const options = this.options.dlq?.s3;
        if (options) {
            const refused = await writeDeadLetters(deadLetterRole, subPipeline, options, letters);
            this.count(refused ? "s3.dlqS3RecordsFailed" : "s3.dlqS3RecordsSuccess", letters.length);
            if (refused) {
                await journal.write("ERROR", `Dead letters to ${options.bucket}: ${refused.code}: ${refused.message}`);
            }
        }
    }

    private measureDelay({ metadata }: PipelineEvent): void {
        const written = metadata.dynamodb_timestamp ?? metadata.documentdb_timestamp ?? metadata.event_timestamp;
        if (typeof written === "number") {
            const delay = Math.max(0, this.at.role.now - written);
            for (const statistic of ["avg", "max"]) {
                this.at.meter.measure(this.at.subPipeline, `opensearch.EndToEndLatency.${statistic}`, delay);
            }
        }
    }

    private count(metric: string, by = 1): void {
        this.at.meter.count(this.at.subPipeline, `opensearch.${metric}`, by);
    }
}

function refusal(role: Context, action: string, resource: string): string[] {
    try {
        role.authorize({ action, resource });
        return [];
    } catch (error) {
        if (!(error instanceof AwsError)) {
            throw error;
        }
        return [error.message];
    }
}

const asCause = ({ code, message }: AwsError) => ({ type: code, reason: message });

const letterOf = ({ event, action }: Pending, { status, error }: BulkResult): DeadLetter => ({
    index: action.index,
    indexId: action.id ?? null,
    status,
    message: error ? `${error.type}: ${error.reason}` : "",
    document: action.document ?? event.data,
});

function failureMetric(status: number): string {
    switch (status) {
        case 401:
        case 403:
            return "bulkRequestNotAllowedErrors";
        case 404:
            return "bulkRequestNotFoundErrors";
        default:
            return status >= 500 ? "bulkRequestServerErrors" : "bulkRequestInvalidInputErrors";
    }
}
