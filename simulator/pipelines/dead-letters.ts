import { randomUUID } from "node:crypto";

import type { Context } from "../world/context";
import { AwsError } from "../world/error";
import type { Options } from "./schema";

const VERSION = 2;
const PLUGIN = "opensearch";
const DEFAULT_REGION = "us-east-1";

/** A document that the sink could not write, and what the cluster said. */
export interface DeadLetter {
    index: string | null;
    indexId: string | null;
    status: number;
    message: string;
    document: unknown;
}

/** Writes dead letters as one object; answers why it could not. */
export async function writeDeadLetters(
    role: Context,
    subPipeline: string,
    options: Options,
    letters: DeadLetter[],
): Promise<AwsError | undefined> {
    const { bucket: Bucket, key_path_prefix = "", region = DEFAULT_REGION, bucket_owner } = options;
    const prefix = key_path_prefix === "" || key_path_prefix.endsWith("/") ? key_path_prefix : `${key_path_prefix}/`;
    const time = new Date(role.now).toISOString();
    const dlqObjects = letters.map((failedData) => ({
        pluginId: PLUGIN,
        pluginName: PLUGIN,
        pipelineName: subPipeline,
        failedData,
    }));
    try {
        await role.as(role.caller, region).call("s3", "PutObject", {
            Bucket,
            Key: `${prefix}dlq-v${VERSION}-${subPipeline}-${PLUGIN}-${time}-${randomUUID()}`,
            Body: Buffer.from(JSON.stringify({ dlqObjects })),
            ExpectedBucketOwner: bucket_owner,
        });
        return undefined;
    } catch (error) {
        if (!(error instanceof AwsError)) {
            throw error;
        }
        return error;
    }
}
