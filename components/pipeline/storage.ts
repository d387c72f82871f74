import type * as pulumi from "@pulumi/pulumi";
import type { Bucket, BucketArgs } from "@pulumi/aws/s3/bucket";

import { InvalidArgument } from "../../sdk/requirements";
import { givenBucket, privateBucket, type ExistingBucket, type UsableBucket } from "../private-bucket";
import type { Transform } from "../transform";

/** Where a pipeline leaves what OpenSearch refuses. */
export interface DeadLetterArgs {
    /** A bucket of the program, or one that exists elsewhere. @default a bucket is made: private, encrypted, TLS only; it stays when the stack is destroyed */
    bucket?: Bucket | ExistingBucket;
    /** After how many days a dead letter is deleted, in a bucket that is made here. @default 90 */
    expireAfterDays?: number;
}

/** The buckets of a pipeline. */
export interface PipelineStorageArgs {
    /**
     * Where documents go that OpenSearch refuses, such as for a conflict with the mapping: each with its error, to be mended and sent again. `false` has
     * them dropped, with nothing but a metric left.
     *
     * @default a bucket is made for them
     */
    deadLetters?: DeadLetterArgs | false;
    /**
     * A customer managed key for the buckets that are made here.
     *
     * @default none: S3's own keys
     */
    kmsKeyArn?: pulumi.Input<string>;
}

/** A pipeline that copies data to S3 on its way. */
export interface StagingArgs {
    /**
     * Where the source's data lie on their way: a bucket of the program, or one that exists elsewhere, in the pipeline's Region.
     *
     * @default a bucket is made, whose files are deleted after a week, and with the stack
     */
    stagingBucket?: Bucket | ExistingBucket;
}

/** Longer than anybody is away who has to look. */
const DEAD_LETTER_DAYS = 90;

/** Longer than any load lasts that can be picked up again: streams end after a day, DocumentDB's after a week at most. */
const STAGING_DAYS = 7;

interface Shared {
    kmsKeyArn?: pulumi.Input<string>;
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

export function deadLetterBucket(
    parent: pulumi.Resource,
    name: string,
    deadLetters: DeadLetterArgs | false = {},
    { transform, ...shared }: Shared & { transform?: Transform<BucketArgs> },
): UsableBucket | undefined {
    if (deadLetters === false) {
        return undefined;
    }
    const { bucket, expireAfterDays = DEAD_LETTER_DAYS } = deadLetters;
    if (bucket === undefined) {
        return privateBucket(parent, `${name}-dead-letters`, {
            ...shared,
            holds: "data",
            expireAfterDays,
            transform: { bucket: transform },
        });
    }
    if (deadLetters.expireAfterDays !== undefined) {
        throw new InvalidArgument(
            "deadLetters.expireAfterDays",
            "The bucket is declared elsewhere, and so is what becomes of its files",
            "Leave it out, and give the bucket a lifecycle",
        );
    }
    return givenBucket(parent, bucket);
}

export function stagingBucket(
    parent: pulumi.Resource,
    name: string,
    {
        stagingBucket: bucket,
        kmsKeyArn,
        tags,
        transform,
    }: StagingArgs & Shared & { transform?: { stagingBucket?: Transform<BucketArgs> } },
): UsableBucket {
    return bucket
        ? givenBucket(parent, bucket)
        : privateBucket(parent, `${name}-staging`, {
              holds: "copies",
              kmsKeyArn,
              expireAfterDays: STAGING_DAYS,
              tags,
              transform: { bucket: transform?.stagingBucket },
          });
}
