import { formatArn } from "../arn";
import { problem, warning, type Problem } from "../errors";
import { databaseSourceOf, declaredSecretsOf, firstOf, openSearchSinksOf, subPipelinesOf } from "./document";
import { isMapping, type Mapping } from "./options";
import type { BucketPart, PipelinePlace, PipelineRoleArgs, PipelineRoleSource } from "./pipeline-role";
import { isServerlessSink } from "./sink-problems";
import { type PipelineSourceKind, type RdsPipelineEngine } from "./sources";
import type { TableReading } from "./table-stream";
import { parseBody } from "./yaml";

/** What a body asks of what is around it. */
export interface BodyNeeds {
    /** With which metrics begin. */
    subPipeline: string;
    kind: PipelineSourceKind;
    /** Names, with `*` for what becomes known with each document. */
    indexes: string[];
    /** The bucket of dead letters. */
    deadLetterBucket?: string;
    /** What its role has to be allowed. */
    role: Pick<PipelineRoleArgs, "source" | "deadLetters" | "secretArns" | "kmsKeyArns">;
}

/**
 * What a body asks of its role and of its target, read from the body itself, so that no statement is forgotten and none is left.
 *
 * @param body One without {@link pipelineBodyProblems} and {@link bodyNeedsProblems}.
 */
export function bodyNeeds(body: string, place: PipelinePlace): BodyNeeds {
    const parsed = parseBody(body);
    const { subPipeline, kind, options } = databaseSourceOf(parsed)!;
    const sinks = openSearchSinksOf("body", parsed).map((sink) => sink.options);
    const [deadLetters, ...others] = deadLettersOf(sinks);
    return {
        subPipeline,
        kind,
        indexes: [...new Set(sinks.map(({ index }) => indexPattern(String(index))))],
        deadLetterBucket: deadLetters?.bucket,
        role: {
            source: roleSource(kind, options, place),
            // Several sinks may have parts of one bucket.
            deadLetters:
                deadLetters && bucketPart(place, deadLetters.bucket, others.length === 0 ? deadLetters.prefix : ""),
            secretArns: secretArns(parsed, place),
            kmsKeyArns: kind === "dynamodb" ? exportKeys(options) : [],
        },
    };
}

/** What is no fault of a body, and is none that a component makes a role and access for. */
export function bodyNeedsProblems(argument: string, body: string, kind: PipelineSourceKind): Problem[] {
    const parsed = parseBody(body);
    const found = databaseSourceOf(parsed)?.kind;
    const buckets = new Set(
        deadLettersOf(openSearchSinksOf(argument, parsed).map(({ options }) => options)).map(({ bucket }) => bucket),
    );
    return [
        ...(found === kind
            ? []
            : [
                  problem(
                      argument,
                      `The body reads ${found ?? "no database"}, and the pipeline is one of ${kind}`,
                      "Give a body with that source, or use the component for the other one",
                  ),
              ]),
        ...(buckets.size > 1
            ? [
                  problem(
                      argument,
                      `Dead letters go to ${[...buckets].join(" and ")}`,
                      "Send them to one bucket, with a key_path_prefix for each sink",
                  ),
              ]
            : []),
    ];
}

/** Where a body's documents go, as far as the endpoint tells it: a domain's own begins with its name, a collection's with its id. */
export function targetIn(body: string, place: PipelinePlace): PipelineRoleArgs["target"] {
    const [sink] = openSearchSinksOf("body", parseBody(body));
    const options = sink?.options ?? {};
    const [host] = (Array.isArray(options.hosts) ? options.hosts : []) as unknown[];
    if (isServerlessSink(options)) {
        const [, id = "*"] = /^(?:https:\/\/)?([a-z0-9]+)\./.exec(text(host)) ?? [];
        return { collectionArn: arn(place, "aoss", `collection/${id}`) };
    }
    const [, name = "*"] = /^(?:https:\/\/)?(?:search|vpc)-(.+)-[a-z0-9]{26}\./.exec(text(host)) ?? [];
    return { domainArn: arn(place, "es", `domain/${name}`) };
}

/** Whether a body does what nothing here knows the rights for, such as calling functions or writing to S3. */
export function needsOtherRights(body: string): boolean {
    return pluginsWithOtherRights(body).length > 0;
}

/** A body that does what the role of {@link bodyNeeds} may not. */
export function otherRightsProblems(argument: string, body: string): Problem[] {
    const plugins = pluginsWithOtherRights(body);
    return plugins.length === 0
        ? []
        : [
              warning(
                  argument,
                  `What ${plugins.join(" and ")} asks of the pipeline's role is not in the role that is made here`,
                  "Change its policy with transform.rolePolicy, or give a role that may do it",
              ),
          ];
}

function pluginsWithOtherRights(body: string): string[] {
    const plugins = subPipelinesOf("body", parseBody(body)).flatMap(({ processors, sinks }) => [
        ...processors.filter(({ name }) => ["aws_lambda", "ml_inference", "s3_enrich"].includes(name)),
        ...sinks.filter(({ name }) => name !== "opensearch" && name !== "pipeline"),
    ]);
    return [...new Set(plugins.map(({ name }) => name))];
}

/** A body of DocumentDB that reads another collection than the one that is named beside it. */
export function otherCollectionProblems(argument: string, body: string, collection: string): Problem[] {
    const read = text(firstOf(databaseSourceOf(parseBody(body))?.options.collections).collection);
    return read === collection
        ? []
        : [
              problem(
                  argument,
                  `It is ${collection}, and the body reads ${read || "none"}`,
                  "Name the one that the body reads: its change stream has to be turned on",
              ),
          ];
}

/** How a body, as a document, reads its table. */
export function tableReadingIn(body: unknown): TableReading {
    const { export: load, stream } = firstOf(databaseSourceOf(body)?.options.tables);
    return {
        export: load != null,
        stream: stream != null,
        viewOnRemove: isMapping(stream) ? text(stream.view_on_remove) || undefined : undefined,
    };
}

/** The name of an index as policies take it. */
export function indexPattern(name: string): string {
    return name.replace(/[$%]\{[^}]*\}/g, "*");
}

function roleSource(kind: PipelineSourceKind, options: Mapping, place: PipelinePlace): PipelineRoleSource {
    const staging = () => bucketPart(place, text(options.s3_bucket), text(options.s3_prefix));
    switch (kind) {
        case "dynamodb": {
            const table = firstOf(options.tables);
            const load = isMapping(table.export) ? table.export : undefined;
            return {
                kind,
                tableArn: text(table.table_arn),
                export: load && bucketPart(place, text(load.s3_bucket), text(load.s3_prefix)),
                stream: table.stream != null,
            };
        }
        case "documentdb":
            return { kind, staging: staging() };
        case "rds": {
            const load = isMapping(options.export) ? options.export : undefined;
            return {
                kind,
                engine: text(options.engine) as RdsPipelineEngine,
                dbIdentifier: text(options.db_identifier),
                ...(options.cluster === true && { cluster: true }),
                staging: staging(),
                export: load && {
                    roleArn: text(load.iam_role_arn ?? load.export_role_arn),
                    kmsKeyArn: keyArn(place, text(load.kms_key_id)),
                },
            };
        }
    }
}

function exportKeys(options: Mapping): string[] {
    const load = firstOf(options.tables).export;
    return isMapping(load) && load.s3_sse_kms_key_id != null ? [text(load.s3_sse_kms_key_id)] : [];
}

function deadLettersOf(sinks: Mapping[]): { bucket: string; prefix: string }[] {
    const all = sinks.flatMap(({ dlq }) =>
        isMapping(dlq) && isMapping(dlq.s3)
            ? [{ bucket: text(dlq.s3.bucket), prefix: text(dlq.s3.key_path_prefix) }]
            : [],
    );
    return all.filter(
        ({ bucket, prefix }, i) => all.findIndex((each) => each.bucket === bucket && each.prefix === prefix) === i,
    );
}

function secretArns(body: unknown, place: PipelinePlace): string[] {
    const { secrets = {} } = declaredSecretsOf("body", body) ?? {};
    return Object.values(secrets).flatMap((secret) =>
        isMapping(secret) ? [secretArn(place, text(secret.secret_id))] : [],
    );
}

/** Secrets Manager ends an ARN with a hyphen and six characters that a name does not tell. */
function secretArn(place: PipelinePlace, id: string): string {
    return id.startsWith("arn:") ? id : arn(place, "secretsmanager", `secret:${id}-??????`);
}

function keyArn(place: PipelinePlace, id: string): string {
    return id.startsWith("arn:") ? id : arn(place, "kms", `key/${id}`);
}

function bucketPart({ partition }: PipelinePlace, bucket: string, prefix: string): BucketPart {
    return { bucketArn: `arn:${partition}:s3:::${bucket}`, prefix };
}

function arn({ partition, region, accountId }: PipelinePlace, service: string, resource: string): string {
    return formatArn({ partition, service, region, accountId, resource });
}

function text(value: unknown): string {
    return value == null ? "" : String(value);
}
