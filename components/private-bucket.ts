import * as pulumi from "@pulumi/pulumi";
import { Bucket, type BucketArgs } from "@pulumi/aws/s3/bucket";
import { BucketLifecycleConfiguration } from "@pulumi/aws/s3/bucketLifecycleConfiguration";
import { BucketPolicy, type BucketPolicyArgs } from "@pulumi/aws/s3/bucketPolicy";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock";
import { BucketServerSideEncryptionConfiguration } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration";
import { getBucketOutput } from "@pulumi/aws/s3/getBucket";

import { transformed, type Transform } from "./transform";

/** A bucket that exists already and is declared elsewhere. */
export interface ExistingBucket {
    /** The bucket's name. It must be in the Region of what uses it. */
    name: pulumi.Input<string>;
}

/** A bucket, made or given. */
export interface UsableBucket {
    /** Its name. */
    name: pulumi.Output<string>;
    /** Its ARN. */
    arn: pulumi.Output<string>;
    /** What must be there before the first file is. */
    guards: pulumi.Resource[];
}

/** What a bucket of ours is made of. */
export interface PrivateBucketArgs {
    /** `"data"` stays when the stack is destroyed; `"copies"` are gone with it, files and all. */
    holds: "data" | "copies";
    /** @default none: S3's own keys */
    kmsKeyArn?: pulumi.Input<string>;
    /** After how many days a file is deleted. @default never */
    expireAfterDays?: number;
    /** Tags of the bucket. */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** Changes to the bucket and its policy. */
    transform?: { bucket?: Transform<BucketArgs>; bucketPolicy?: Transform<BucketPolicyArgs> };
}

/** A bucket of the program, or one that exists elsewhere. */
export function givenBucket(parent: pulumi.Resource, bucket: Bucket | ExistingBucket): UsableBucket {
    if (Bucket.isInstance(bucket)) {
        return { name: bucket.bucket, arn: bucket.arn, guards: [] };
    }
    const found = getBucketOutput({ bucket: bucket.name }, { parent });
    return { name: found.bucket, arn: found.arn, guards: [] };
}

/** A bucket that is private, encrypted and TLS only. */
export function privateBucket(parent: pulumi.Resource, name: string, args: PrivateBucketArgs): UsableBucket {
    const { kmsKeyArn, expireAfterDays, tags } = args;
    const retainOnDelete = args.holds === "data";
    const child = { parent, retainOnDelete };
    const bucket = new Bucket(
        ...transformed(
            args.transform?.bucket,
            name,
            { tags, ...(retainOnDelete ? {} : { forceDestroy: true }) },
            child,
        ),
    );
    return {
        name: bucket.bucket,
        arn: bucket.arn,
        guards: [
            new BucketPublicAccessBlock(
                `${name}-private`,
                {
                    bucket: bucket.bucket,
                    blockPublicAcls: true,
                    blockPublicPolicy: true,
                    ignorePublicAcls: true,
                    restrictPublicBuckets: true,
                },
                child,
            ),
            ...(kmsKeyArn === undefined ? [] : [encryption(name, bucket, kmsKeyArn, child)]),
            ...(expireAfterDays === undefined ? [] : [expiry(name, bucket, expireAfterDays, child)]),
            new BucketPolicy(
                ...transformed(
                    args.transform?.bucketPolicy,
                    `${name}-policy`,
                    { bucket: bucket.bucket, policy: tlsOnly(bucket.arn) },
                    child,
                ),
            ),
        ],
    };
}

function encryption(name: string, bucket: Bucket, kmsKeyArn: pulumi.Input<string>, opts: pulumi.CustomResourceOptions) {
    return new BucketServerSideEncryptionConfiguration(
        `${name}-encryption`,
        {
            bucket: bucket.bucket,
            rules: [
                {
                    applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn },
                    bucketKeyEnabled: true,
                },
            ],
        },
        opts,
    );
}

function expiry(name: string, bucket: Bucket, days: number, opts: pulumi.CustomResourceOptions) {
    return new BucketLifecycleConfiguration(
        `${name}-lifecycle`,
        {
            bucket: bucket.bucket,
            rules: [
                {
                    id: "expire",
                    status: "Enabled",
                    filter: { prefix: "" },
                    expiration: { days },
                    // What an upload that never ended has left is not seen, and is billed.
                    abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
                },
            ],
        },
        opts,
    );
}

function tlsOnly(bucketArn: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
            {
                Sid: "TlsOnly",
                Effect: "Deny",
                Principal: "*",
                Action: "s3:*",
                Resource: [bucketArn, pulumi.interpolate`${bucketArn}/*`],
                Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
        ],
    });
}
