import { databaseSourceOf, declaredSecretsOf, firstOf, openSearchSinksOf, subPipelinesOf } from "./document";
import { isMapping, type Mapping } from "./options";
import type { BucketPart, PipelinePlace, PipelineRoleArgs, PipelineRoleSource } from "./pipeline-role";
import { isServerlessSink } from "./sink-problems";
import type { RdsPipelineEngine } from "./sources";
import { readBody } from "./yaml";

/** A bucket that a body names. */
export interface BodyBucket {
    /** Where in the body. */
    path: string;
    use: "export" | "staging" | "dead letters";
    bucket: string;
    prefix?: string;
    /** As it is written. */
    region?: string;
}

/** The buckets that a body names, as far as it can be read. */
export function bucketsOf(argument: string, body: string): BodyBucket[] {
    const document = readBody(body);
    const source = databaseSourceOf(document, argument);
    const load = source?.kind === "dynamodb" ? exportOf(source.options) : undefined;
    return [
        ...(load ? bucketIn(`${source!.path}.tables[0].export`, "export", load) : []),
        ...(source && source.kind !== "dynamodb" ? bucketIn(source.path, "staging", source.options) : []),
        ...openSearchSinksOf(argument, document).flatMap(({ path, options: { dlq } }) => {
            const s3 = isMapping(dlq) && isMapping(dlq.s3) ? dlq.s3 : {};
            const place = { s3_bucket: s3.bucket, s3_prefix: s3.key_path_prefix, s3_region: s3.region };
            return bucketIn(`${path}.dlq.s3`, "dead letters", place);
        }),
    ];
}

function bucketIn(path: string, use: BodyBucket["use"], options: Mapping): BodyBucket[] {
    const { s3_bucket: bucket, s3_prefix: prefix, s3_region: region } = options;
    return typeof bucket === "string"
        ? [
              {
                  path,
                  use,
                  bucket,
                  ...(typeof prefix === "string" && { prefix }),
                  ...(typeof region === "string" && { region }),
              },
          ]
        : [];
}

/** What a body does not say of the role that its pipeline takes. */
export interface BodySurroundings extends PipelinePlace {
    /** The domain or the collection. @default - as far as the sink's host tells it */
    targetArn?: string;
    vpc?: PipelineRoleArgs["vpc"];
}

/** What the role of a body's pipeline is for. Customers' keys are in no body: they are to be added. `undefined` for a body that reads no database. */
export function roleArgsOf(body: string, { targetArn, vpc, ...place }: BodySurroundings): PipelineRoleArgs | undefined {
    const document = readBody(body);
    const buckets = bucketsOf("body", body).map((each) => ({ ...each, ...bucketPart(place, each) }));
    const source = databaseSourceOf(document);
    const [sink] = openSearchSinksOf("body", document);
    if (source === undefined || sink === undefined) {
        return undefined;
    }
    const arn = targetArn ?? arnOfHost(place, sink.options);
    return {
        ...place,
        source: roleSource(source, buckets),
        target: isServerlessSink(sink.options) ? { collectionArn: arn } : { domainArn: arn },
        deadLetters: buckets.filter(({ use }) => use === "dead letters"),
        secretArns: secretArns(place, document),
        ...(vpc && { vpc }),
    };
}

/** Whether a body does what nothing here knows the rights for, such as calling functions or writing to S3. */
export function needsOtherRights(body: string): boolean {
    return subPipelinesOf("body", readBody(body)).some(
        ({ processors, sinks }) =>
            processors.some(({ name }) => ["aws_lambda", "ml_inference", "s3_enrich"].includes(name)) ||
            sinks.some(({ name }) => name !== "opensearch" && name !== "pipeline"),
    );
}

function roleSource(
    { kind, options }: NonNullable<ReturnType<typeof databaseSourceOf>>,
    buckets: (BodyBucket & BucketPart)[],
): PipelineRoleSource {
    const [load] = buckets.filter(({ use }) => use !== "dead letters");
    const staging = load ?? { bucketArn: "*" };
    switch (kind) {
        case "dynamodb": {
            const table = firstOf(options.tables);
            return {
                kind,
                tableArn: textOf(table.table_arn),
                ...(load && { export: load }),
                stream: table.stream != null,
            };
        }
        case "documentdb":
            return { kind, staging };
        case "rds": {
            const engine = textOf(options.engine) as RdsPipelineEngine;
            const load = isMapping(options.export) ? options.export : undefined;
            return {
                kind,
                engine,
                dbIdentifier: textOf(options.db_identifier),
                ...(typeof options.cluster === "boolean" && { cluster: options.cluster }),
                staging,
                ...(load && {
                    export: {
                        roleArn: textOf(load.iam_role_arn ?? load.export_role_arn),
                        kmsKeyArn: textOf(load.kms_key_id),
                    },
                }),
            };
        }
    }
}

function exportOf(options: Mapping): Mapping | undefined {
    const { export: load } = firstOf(options.tables);
    return isMapping(load) ? load : undefined;
}

function bucketPart({ partition }: PipelinePlace, { bucket, prefix }: BodyBucket): BucketPart {
    return { bucketArn: `arn:${partition}:s3:::${bucket}`, ...(prefix !== undefined && { prefix }) };
}

/** A domain's own endpoint begins with its name, a collection's with its id. */
function arnOfHost({ partition, region, accountId }: PipelinePlace, options: Mapping): string {
    const [host] = (Array.isArray(options.hosts) ? options.hosts : []) as unknown[];
    const [, name = "*"] = isServerlessSink(options)
        ? (/^(?:https:\/\/)?([a-z0-9]+)\./.exec(textOf(host)) ?? [])
        : (/^(?:https:\/\/)?(?:search|vpc)-(.+)-[a-z0-9]{26}\./.exec(textOf(host)) ?? []);
    return isServerlessSink(options)
        ? `arn:${partition}:aoss:${region}:${accountId}:collection/${name}`
        : `arn:${partition}:es:${region}:${accountId}:domain/${name}`;
}

/** A secret's ARN ends with six characters of AWS's, which its name does not tell. */
function secretArns({ partition, region, accountId }: PipelinePlace, document: unknown): string[] {
    return Object.values(declaredSecretsOf("body", document)?.secrets ?? {})
        .map((secret) => (isMapping(secret) ? secret.secret_id : undefined))
        .filter((id) => typeof id === "string")
        .map((id) =>
            id.startsWith("arn:") ? id : `arn:${partition}:secretsmanager:${region}:${accountId}:secret:${id}-*`,
        );
}

function textOf(value: unknown): string {
    return typeof value === "string" ? value : "*";
}
