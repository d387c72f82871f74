import { seconds, minutes } from "../world/clock";
import type { Context } from "../world/context";
import { AwsError } from "../world/error";
import { NetworkState } from "../services/ec2/state";
import { entrance, identitiesIn, readBody, rolesIn, type PipelineBody } from "./body";
import { Flow, type OpenedSink } from "./flow";
import { asOwner, asPipelineRole, type PipelineIdentity } from "./identity";
import { Journal } from "./journal";
import { Meter } from "./meter";
import { NotSimulated } from "./not-simulated";
import { resolveSecrets } from "./secrets";
import { SearchSink } from "./sink";
import { sinkDefects } from "./sink-defects";
import type { PipelineEvent, PipelineSource } from "./source";
import { openSource } from "./sources";

/** How often a pipeline looks what is new. */
const PERIOD = seconds(1);
/** A world whose time runs fast leaves real time for others: 10 ms between two looks. */
const REAL_PERIOD = 10;
/** Until it tries again what it could not read. */
const PAUSE = seconds(10);
/** How often it looks whether its source may still be read, and tells how it is. */
const LOOK = minutes(1);
const SINK_REGION = "us-east-1";
/** What a body may say of how a role is assumed, and the simulator does not heed. */
const UNHEEDED = ["sts_external_id", "sts_header_overrides"];

export interface DeploymentSettings {
    body: string;
    /** @default each plugin names its own */
    roleArn?: string;
    /** @default nothing is logged */
    logGroup?: string;
    units: number;
}

/** Why a pipeline does not start, in words for its status. */
export class StartFailure extends Error {}

/**
 * One configuration of a pipeline, from its first check to its last document.
 *
 * An update builds and checks the next one while this one still runs.
 */
export class Deployment {
    /** with the values of secrets, once it is built */
    private body: PipelineBody;
    private readonly roles = new Map<string, Context>();
    private readonly meter: Meter;
    private readonly journal: Journal;
    private readonly sinks: SearchSink[] = [];
    private flow!: Flow;
    private source!: PipelineSource;
    /** what was read and is not yet written everywhere */
    private inFlight: PipelineEvent[] = [];
    private resumeAt = 0;
    private lookAt = 0;
    private cancel: (() => void) | undefined;
    private ticking: Promise<void> = Promise.resolve();

    constructor(
        private readonly pipeline: PipelineIdentity,
        private readonly settings: DeploymentSettings,
    ) {
        this.body = readBody(settings.body);
        this.meter = new Meter(pipeline.name);
        this.journal = new Journal(asOwner(pipeline), settings.logGroup, `${pipeline.name}-audit-logs`);
    }

    /** Every role of the body, as the pipeline; AccessDenied where a trust policy does not let it. */
    assumeRoles(): void {
        const { roleArn } = this.settings;
        for (const { path, options } of identitiesIn(this.body)) {
            const passedOver = UNHEEDED.find((option) => options[option] !== undefined);
            if (passedOver) {
                throw new NotSimulated(`${path}.${passedOver} is not simulated`);
            }
        }
        for (const arn of new Set([...(roleArn === undefined ? [] : [roleArn]), ...rolesIn(this.body)])) {
            this.roles.set(arn, asPipelineRole(this.pipeline, arn));
        }
    }

    /** Endpoints in a VPC are found by their names. */
    checkNetwork(): void {
        const { vpc } = this.pipeline;
        const owner = asOwner(this.pipeline);
        const subnet = vpc && owner.state(NetworkState).subnets.get(vpc.subnetIds[0]);
        const attributes = subnet && owner.state(NetworkState).vpcAttributes.get(subnet.VpcId!);
        if (attributes && !(attributes.enableDnsSupport && attributes.enableDnsHostnames)) {
            throw new StartFailure(`The VPC ${subnet.VpcId} needs DNS support and DNS hostnames.`);
        }
    }

    /** The plugins, with the secrets that they need. */
    async build(): Promise<void> {
        const { secrets, subPipelines } = this.body;
        const resolved = await resolveSecrets(subPipelines, secrets, (arn) => this.roleOf(arn));
        this.body = { secrets, subPipelines: resolved };
        const { source, name } = entrance(this.body);
        this.flow = Flow.open(this.body, name, (sink) => this.openSink(sink));
        const role = this.roleOf(source.options.aws?.sts_role_arn);
        const { region } = this.pipeline;
        if ((source.options.aws?.region ?? region) !== region) {
            const named = `${source.path}.aws.region is ${source.options.aws.region}`;
            throw new StartFailure(`${named}: a source must be in the pipeline's Region, ${region}`);
        }
        this.source = openSource(source.name, {
            world: this.pipeline.world,
            role: role.as(role.caller, region),
            pipelineName: this.pipeline.name,
            options: source.options,
            vpc: this.pipeline.vpc,
            count: (metric, by) => this.meter.count(name, metric, by),
        });
    }

    /** What keeps the source from being read, or the sinks from being written to, from the beginning. */
    async checkHealth(): Promise<void> {
        const ofSource = (await this.source.problems()).filter(({ metric }) => metric === undefined);
        const all = ofSource.map(({ message }) => message);
        // One after the other: they may share the policy that lets them in.
        for (const sink of this.sinks) {
            all.push(...(await sink.startProblems()));
        }
        if (all.length > 0) {
            throw new StartFailure(all.join(" "));
        }
    }

    /** @param backlog what the last deployment had read and not written */
    async start(backlog: PipelineEvent[] = []): Promise<void> {
        await this.journal.write("INFO", `Pipeline ${this.pipeline.name} is running.`);
        await this.process(backlog);
        this.next();
    }

    /** Stops, and gives back what was read and not written. */
    async stop(): Promise<PipelineEvent[]> {
        this.cancel?.();
        this.cancel = undefined;
        // What is being read is written first.
        await this.ticking.catch(() => undefined);
        this.source.close();
        return this.isBlocked ? this.inFlight : [];
    }

    /** Takes away what was set up outside of the pipeline, which is to stand still or to go. */
    async withdraw(): Promise<void> {
        for (const sink of this.sinks) {
            await sink.withdraw();
        }
    }

    private next(): void {
        const { clock } = this.pipeline.world;
        this.cancel = clock.schedule(Math.max(PERIOD, REAL_PERIOD * clock.speed), async () => {
            this.ticking = this.tick();
            try {
                await this.ticking;
            } finally {
                // Stopped meanwhile, it comes to rest.
                if (this.cancel) {
                    this.next();
                }
            }
        });
    }

    private async tick(): Promise<void> {
        const { now } = asOwner(this.pipeline);
        for (const sink of this.sinks) {
            await sink.prepare();
            await sink.flush();
        }
        if (this.isBlocked) {
            await this.look(now);
        } else {
            this.inFlight = [];
            await this.process(await this.read(now));
        }
        await this.meter.send(asOwner(this.pipeline));
    }

    private get isBlocked(): boolean {
        return this.sinks.some((sink) => sink.isBlocked);
    }

    private async read(now: number): Promise<PipelineEvent[]> {
        if (now < this.resumeAt || !(await this.look(now))) {
            return [];
        }
        try {
            const events = await this.source.read();
            this.countRead(events);
            return events;
        } catch (error) {
            if (!(error instanceof AwsError)) {
                throw error;
            }
            await this.failed(error);
            return [];
        }
    }

    /** Looks once in a while whether the source may be read. */
    private async look(now: number): Promise<boolean> {
        if (now < this.lookAt) {
            return true;
        }
        this.lookAt = now + LOOK;
        const { name } = entrance(this.body);
        this.meter.measure(name, "computeUnits", this.settings.units);
        this.meter.measure(name, "BlockingBuffer.bufferUsage.value", this.isBlocked ? 100 : 0);
        const problems = await this.source.problems();
        for (const problem of problems) {
            await this.failed(problem);
        }
        return problems.length === 0;
    }

    private async failed({ code, message, metric }: { code: string; message: string; metric?: string }): Promise<void> {
        const { name } = entrance(this.body);
        this.resumeAt = this.lookAt = asOwner(this.pipeline).now + PAUSE;
        if (metric !== undefined) {
            this.meter.count(name, metric);
        }
        await this.journal.write("ERROR", `${code}: ${message}`);
    }

    private countRead(events: PipelineEvent[]): void {
        const { name, source } = entrance(this.body);
        const initial = events.filter(isInitial).length;
        const plugin = source.name === "mongodb" ? "documentdb" : source.name;
        this.meter.count(name, `${plugin}.exportRecordsProcessed`, initial);
        this.meter.count(name, `${plugin}.changeEventsProcessed`, events.length - initial);
    }

    private async process(events: PipelineEvent[]): Promise<void> {
        this.inFlight = events;
        if (events.length > 0) {
            await this.flow.process(structuredClone(events), asOwner(this.pipeline).now, (subPipeline, count) =>
                this.meter.count(this.workerName(subPipeline), "recordsProcessed", count),
            );
            for (const sink of this.sinks) {
                await sink.flush();
            }
        }
    }

    /** What stages data in a bucket is split in two by the service: the half with the sinks has a name of its own. */
    private workerName(subPipeline: string): string {
        const { name, source } = entrance(this.body);
        const isSplit = source.name !== "dynamodb" && source.options.s3_bucket !== undefined;
        return isSplit && subPipeline === name ? `${name}-s3` : subPipeline;
    }

    private openSink({ options, path, subPipeline }: OpenedSink): SearchSink {
        const defects = sinkDefects(options, Object.keys(subPipeline.routes), path);
        if (defects.length > 0) {
            throw new StartFailure(defects.map((defect) => `${defect.path}: ${defect.message}`).join("; "));
        }
        const role = this.roleOf(options.aws?.sts_role_arn ?? options.aws_sts_role_arn);
        const sink = new SearchSink(options, {
            subPipeline: this.workerName(subPipeline.name),
            role: role.as(role.caller, options.aws?.region ?? options.aws_region ?? SINK_REGION),
            deadLetterRole: this.roleOf(options.dlq?.s3?.sts_role_arn),
            meter: this.meter,
            journal: this.journal,
            vpcEndpointId: this.pipeline.vpc?.endpointId,
            serviceEndpointId: this.pipeline.serviceEndpointId,
        });
        this.sinks.push(sink);
        return sink;
    }

    /** The role that a plugin names, else the pipeline's, else the one that another plugin names. */
    private roleOf(arn = this.settings.roleArn ?? rolesIn(this.body)[0]): Context {
        return this.roles.get(arn)!;
    }
}

/** Of the initial load, as against the changes after it. */
function isInitial({ metadata }: PipelineEvent): boolean {
    const { ingestion_type: type, dynamodb_event_name: event } = metadata;
    return type === undefined ? event === null : type === "EXPORT";
}
