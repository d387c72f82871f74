import { createHash, randomUUID } from "node:crypto";

import { refusals } from "../../integrations/callers";
import { bucketArn, lookUpBucket } from "../../services/s3/bucket";
import type { PipelineEvent, SourceProblem, SourceReader } from "../source";
import { asProblem } from "./problem";

const DEFAULT_PARTITIONS = 100;

/** Where OSIS puts down what one half of a pipeline reads from a database, for the other half to pick up. */
export interface Staging {
    bucket: string;
    prefix: string;
    region: string;
}

export function stagingOf({ role, options }: SourceReader): Staging | undefined {
    const {
        s3_bucket: bucket,
        s3_prefix: prefix = "",
        s3_region: region = role.region,
    } = options as {
        s3_bucket?: string;
        s3_prefix?: string;
        s3_region?: string;
    };
    return bucket === undefined ? undefined : { bucket, prefix: prefix.replace(/\/$/, ""), region };
}

/** The bucket must be the role's account's own, and the role must be allowed to come and go. */
export function stagingProblems(reader: SourceReader, staging: Staging, actions: string[]): SourceProblem[] {
    const { role } = reader;
    const { bucket: name, region } = staging;
    const bucket = lookUpBucket(role, name);
    if (bucket?.accountId !== role.accountId || bucket.region !== region) {
        const why = !bucket
            ? "does not exist"
            : bucket.accountId === role.accountId
              ? `is in ${bucket.region}, not in ${region}`
              : `does not belong to the account ${role.accountId}`;
        return [{ code: bucket ? "AccessDenied" : "NoSuchBucket", message: `The bucket ${name} ${why}.` }];
    }
    const arn = bucketArn(role, name);
    return refusals(role, [
        ...actions.map((action) => ({ action: `s3:${action}`, resource: arn })),
        ...["GetObject", "PutObject", "DeleteObject"].map((action) => ({
            action: `s3:${action}`,
            resource: `${arn}/${keyIn(staging, "*")}`,
        })),
    ]).map(asProblem);
}

const keyIn = ({ prefix }: Staging, key: string) => (prefix === "" ? key : `${prefix}/${key}`);

/** Sends events through the bucket: written, read and deleted as the pipeline's role. */
export async function throughStaging(
    { role }: SourceReader,
    staging: Staging | undefined,
    events: PipelineEvent[],
): Promise<void> {
    if (!staging || events.length === 0) {
        return;
    }
    const s3 = role.as(role.caller, staging.region);
    const object = { Bucket: staging.bucket, Key: keyIn(staging, `buffer/${randomUUID()}.json`) };
    const lines = events.map((event) => JSON.stringify(event)).join("\n");
    await s3.call("s3", "PutObject", { ...object, Body: Buffer.from(lines) });
    await s3.call("s3", "GetObject", object);
    await s3.call("s3", "DeleteObject", object);
}

/** The folder of the staging bucket in which all changes of one key keep their order. */
export function partitionKey(staging: Staging | undefined, key: string, partitions = DEFAULT_PARTITIONS): string {
    const hash = createHash("sha256").update(key).digest().readInt32BE();
    const folder = (Math.abs(hash) % partitions).toString(16).padStart(2, "0");
    return `${staging?.prefix ?? ""}/buffer/${folder}`;
}
