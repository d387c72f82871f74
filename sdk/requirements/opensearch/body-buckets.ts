import { databaseSourceOf, firstOf, openSearchSinksOf } from "./document";
import { isMapping, type Mapping } from "./options";
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

function exportOf(options: Mapping): Mapping | undefined {
    const { export: load } = firstOf(options.tables);
    return isMapping(load) ? load : undefined;
}
