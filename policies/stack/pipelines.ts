import {
    databaseSourceOf,
    firstOf,
    openSearchSinksOf,
    OSIS_PIPELINE_CHANGES,
    osisPipelineProblems,
    parseArn,
    readBody,
    rolesIn,
    tableReadingIn,
    type OsisPipelineInputs,
    type Problem,
    type TableReading,
} from "../../sdk/requirements";
import { nativeTags, readInputs, UNKNOWN } from "./integration-inputs";
import { distinct } from "./problems";
import type { Resource } from "./resource";
import { withoutAll, type Scope, type Stack } from "./stack";
import {
    CLASSIC_PIPELINE,
    DOCDB_CLUSTER,
    DYNAMODB_TABLE,
    IAM_ROLE,
    NATIVE_PIPELINE,
    OSIS_PIPELINE,
    PIPELINES,
    RDS_CLUSTER,
    RDS_INSTANCE,
    S3_BUCKET,
    S3_BUCKET_V2,
    SEARCH_COLLECTION,
    SEARCH_DOMAIN,
} from "./types";
import { CannotTellYet, found, known, readEach } from "./unknown";

type Input = keyof OsisPipelineInputs;
type Paths = Record<Input, string>;
type Mapping = Record<string, unknown>;

const PROVIDER_PATHS: Omit<Paths, "logGroupName"> = {
    pipelineName: "pipelineName",
    body: "pipelineConfigurationBody",
    minUnits: "minUnits",
    maxUnits: "maxUnits",
    roleArn: "pipelineRoleArn",
    vpc: "vpcOptions",
    kmsKeyArn: "encryptionAtRestOptions.kmsKeyArn",
    persistentBuffer: "bufferOptions.persistentBufferEnabled",
    tags: "tags",
};

/** Where each resource has what a pipeline is given. */
const PATHS: Record<string, Paths> = {
    [OSIS_PIPELINE]: Object.fromEntries(Object.keys(OSIS_PIPELINE_CHANGES).map((input) => [input, input])) as Paths,
    [CLASSIC_PIPELINE]: { ...PROVIDER_PATHS, logGroupName: "logPublishingOptions.cloudwatchLogDestination.logGroup" },
    [NATIVE_PIPELINE]: { ...PROVIDER_PATHS, logGroupName: "logPublishingOptions.cloudWatchLogDestination.logGroup" },
};

/** Where pipelines have their bodies, for a rule's list. */
export const READS_OF_BODY = PIPELINES.map((type) => `${type} ${PATHS[type]!.body}`);

/** Which problems of a pipeline a rule is about. */
interface Concern {
    /** Inputs that they are about. */
    about: readonly Input[];
    /** What else decides whether there is one. @default - nothing */
    reads?: readonly Input[];
    isMeant(problem: Problem): boolean;
}

/**
 * The problems that a rule is about, each by the name that the resource has for the input.
 *
 * @throws where nothing is wrong so far, and not everything that counts is known
 */
export function pipelineProblems(pipeline: Resource, { about, reads = [], isMeant }: Concern): Problem[] {
    const inputs = pipelineInputs(pipeline);
    const isUnknown = (value: unknown) => value === UNKNOWN;
    const problems = osisPipelineProblems(inputs, isUnknown).flatMap((problem) => {
        const input = about.find((each) => new RegExp(`^${each}\\b`).test(problem.argument));
        return input !== undefined && isMeant(problem)
            ? [
                  {
                      ...problem,
                      argument: inputPath(pipeline, input) + memberPath(pipeline, problem.argument.slice(input.length)),
                  },
              ]
            : [];
    });
    const open = [...about, ...reads].filter((input) => isUnknown(inputs[input]));
    if (problems.length === 0 && open.length > 0) {
        throw new CannotTellYet(`${open.map((input) => inputPath(pipeline, input)).join(", ")} not known`);
    }
    return problems;
}

/** A member of an input as the resource has it. */
function memberPath({ type }: Resource, path: string): string {
    return type === OSIS_PIPELINE ? path : path.replace(/^\.attachmentCidr$/, ".vpcAttachmentOptions.cidrBlock");
}

/** Where a pipeline's resource has an input. */
function inputPath(pipeline: Resource, input: Input): string {
    return PATHS[pipeline.type]![input];
}

/** The inputs of a pipeline, whoever declares it, each a value or `UNKNOWN`. */
export function pipelineInputs(pipeline: Resource): OsisPipelineInputs {
    return readInputs(Object.keys(OSIS_PIPELINE_CHANGES) as Input[], (input) => {
        const isOurs = pipeline.type === OSIS_PIPELINE;
        if (input === "tags" && pipeline.type === NATIVE_PIPELINE) {
            return nativeTags(pipeline);
        }
        const value = pipeline.get(inputPath(pipeline, input));
        return input === "vpc" && !isOurs ? networkOf(value as Mapping | undefined) : value;
    }) as unknown as OsisPipelineInputs;
}

function networkOf(options: Mapping | undefined): Mapping | undefined {
    const attachment = options?.vpcAttachmentOptions as Mapping | undefined;
    return options && { ...options, attachmentCidr: attachment?.cidrBlock };
}

/** The Region that a pipeline is in. @throws where it is not known */
export function pipelineRegion(pipeline: Resource): string {
    switch (pipeline.type) {
        case OSIS_PIPELINE:
            return pipeline.get<string>("account.region")!;
        case CLASSIC_PIPELINE:
            return pipeline.region;
        default: {
            // It has no property with its Region.
            const arn = pipeline.get<string>("pipelineArn");
            if (arn === undefined) {
                throw new CannotTellYet("the ARN of the pipeline is not known");
            }
            return parseArn(arn).region;
        }
    }
}

/** The body as its resource has it. @throws where it is not known */
export function bodyText(pipeline: Resource): string {
    return pipeline.get<string>(bodyProperty(pipeline)) ?? "";
}

/** The body as a document. @throws where it is not known, or is none: another rule says so */
export function bodyOf(pipeline: Resource): unknown {
    const body = readBody(bodyText(pipeline));
    if (body === undefined) {
        throw new CannotTellYet("the body is neither YAML nor JSON");
    }
    return body;
}

/** The name of the property with the body. */
export function bodyProperty(pipeline: Resource): string {
    return inputPath(pipeline, "body");
}

/** What a pipeline reads: a kind of source, and its options in the body. */
type PipelineReading = NonNullable<ReturnType<typeof databaseSourceOf>>;

/** @returns `undefined` for a pipeline of no database. @throws where its body is not known */
export function readingOf(pipeline: Resource): PipelineReading | undefined {
    return databaseSourceOf(bodyOf(pipeline));
}

interface Pointed {
    /** The property of the resource that stands in the body. */
    by: string;
    /** Where it stands there. */
    in: (body: unknown) => unknown;
    /** What of it counts. @default - all */
    as?: (text: string) => string;
}

const host = (text: string) => text.replace(/^https:\/\//, "").replace(/[:/].*$/, "");
const sourceOption = (read: (reading: PipelineReading) => unknown) => (body: unknown) => {
    const reading = databaseSourceOf(body);
    return reading && read(reading);
};
const dbIdentifier = sourceOption(({ kind, options }) => (kind === "rds" ? options.db_identifier : undefined));
const sinkHost = (body: unknown) => {
    const [sink] = openSearchSinksOf("body", body);
    const hosts = sink?.options.hosts;
    return Array.isArray(hosts) ? (hosts as unknown[])[0] : undefined;
};

/** The role of all plugins; those that have several share nothing that one of them would have to be allowed. */
const soleRole = (body: unknown) => {
    const roles = rolesIn(body);
    return roles.length === 1 ? roles[0] : undefined;
};

/** How a body names what other resources are, by type. */
const POINTED: Record<string, Pointed> = {
    [DYNAMODB_TABLE]: {
        by: "arn",
        in: sourceOption(({ kind, options }) => kind === "dynamodb" && firstOf(options.tables).table_arn),
    },
    [IAM_ROLE]: { by: "arn", in: soleRole },
    [RDS_CLUSTER]: { by: "clusterIdentifier", in: dbIdentifier },
    [RDS_INSTANCE]: { by: "identifier", in: dbIdentifier },
    [DOCDB_CLUSTER]: {
        by: "endpoint",
        in: sourceOption(({ kind, options }) => kind === "documentdb" && options.host),
        as: host,
    },
    [SEARCH_DOMAIN]: { by: "endpoint", in: sinkHost, as: host },
    [SEARCH_COLLECTION]: { by: "collectionEndpoint", in: sinkHost, as: host },
};

/**
 * The resource of a type that a pipeline's body names: by its value, or where that or the body is not known yet, by what the program made the
 * body from.
 */
export function pointedBy(stack: Stack, pipeline: Resource, type: string): Resource | undefined {
    return stack.remembered([pipeline.urn, "body", type].join(), () => {
        const { by, in: named, as = (text) => text } = POINTED[type]!;
        const reading = known(() => ({ text: named(bodyOf(pipeline)) }));
        if (reading && typeof reading.text !== "string") {
            return undefined;
        }
        const wanted = reading && as(reading.text as string);
        const origins = pipeline.origins(bodyProperty(pipeline));
        const candidates = stack.ofType(type).map((resource) => {
            const value = known(() => resource.get<string>(by));
            return { resource, value: value === undefined ? undefined : as(value) };
        });
        return (
            candidates.find(({ value }) => value !== undefined && value === wanted) ??
            candidates.find(
                ({ resource, value }) =>
                    (wanted === undefined || value === undefined) && origins.includes(resource.urn),
            )
        )?.resource;
    });
}

/** Pipelines whose body names the resource. */
export function pipelinesOf(stack: Stack, resource: Resource): Resource[] {
    return stack.ofType(...PIPELINES).filter((pipeline) => pointedBy(stack, pipeline, resource.type) === resource);
}

/** Resources of a type that pipelines read or write, or that are tagged as a source of one. */
export function piped(stack: Stack, scope: Scope, type: string): Resource[] {
    const linked = stack.ofType(...PIPELINES).map((pipeline) => pointedBy(stack, pipeline, type));
    return stack.inScope(scope, type, "pipeline-source", linked);
}

/** Roles that pipelines take. Of roles, `all` means those that are linked or tagged. */
export function pipelineRoles(stack: Stack, scope: Scope): Resource[] {
    const linked = stack.ofType(...PIPELINES).map((pipeline) => roleOf(stack, pipeline));
    return stack.inScope(withoutAll(scope), IAM_ROLE, "pipeline-source", linked);
}

/** The role that a pipeline takes, as far as the stack declares it. */
export function roleOf(stack: Stack, pipeline: Resource): Resource | undefined {
    const { resource } = stack.reference(pipeline, inputPath(pipeline, "roleArn"), IAM_ROLE);
    // Or the body names it. One that is not known yet may come from other roles as well.
    const isNamed = resource === undefined && known(() => bodyOf(pipeline)) !== undefined;
    return isNamed ? pointedBy(stack, pipeline, IAM_ROLE) : resource;
}

/** A bucket of the stack by its name. */
export function bucketNamed(stack: Stack, name: string): Resource | undefined {
    return stack.ofType(S3_BUCKET, S3_BUCKET_V2).find((bucket) => known(() => bucket.get<string>("bucket")) === name);
}

/**
 * What is wrong with a table for what pipelines do with it: everything where it is only tagged, and the pipeline in another stack.
 *
 * @param isRight Whether it is right for whatever a pipeline does.
 * @throws where nothing is wrong so far, and what a pipeline does is not known
 */
export function readingProblems(
    stack: Stack,
    table: Resource,
    judge: (reading: TableReading) => Problem[],
    isRight: boolean,
): Problem[] {
    const pipelines = pipelinesOf(stack, table);
    const readings =
        pipelines.length === 0
            ? { values: [{ export: true, stream: true }], complete: true }
            : readEach(pipelines, (pipeline) => [tableReadingIn(bodyOf(pipeline))]);
    return found(
        { values: distinct(readings.values.flatMap(judge)), complete: readings.complete || isRight },
        "the body of a pipeline is not known",
    );
}
