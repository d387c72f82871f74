import { bucketsOf, problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { READS_OF_BODY, bodyProperty, bodyText, bucketNamed } from "../stack/pipelines";
import type { Resource } from "../stack/resource";
import type { Stack } from "../stack/stack";
import { PIPELINES, S3_BUCKET, S3_BUCKET_V2, S3_LIFECYCLE, S3_LIFECYCLE_V2 } from "../stack/types";
import { CannotTellYet, found, readEach } from "../stack/unknown";

export const pipelineBucketLifecycle = {
    id: "pipeline-bucket-lifecycle",
    title: "What a pipeline leaves in its buckets is deleted one day.",
    level: "advisory",
    severity: "low",
    reads: [
        ...READS_OF_BODY,
        `${S3_BUCKET} bucket, lifecycleRules`,
        `${S3_LIFECYCLE} bucket`,
        `${S3_LIFECYCLE_V2} bucket`,
    ],
    why: "Each export is a copy of the whole table, each dead letter a document: both stay, with what is personal in them, until somebody deletes them.",
    fix: "Give the bucket a lifecycle configuration that expires what is old.",
    subjects: (stack) => stack.ofType(...PIPELINES),
    judge: (pipeline, stack) =>
        found(
            readEach(bucketsOf(bodyProperty(pipeline), bodyText(pipeline)), ({ path, use, bucket: name }) => {
                const bucket = bucketNamed(stack, name);
                return bucket === undefined || hasLifecycle(stack, bucket)
                    ? []
                    : [
                          problem(
                              path,
                              `Nothing expires in the bucket ${bucket.name} (${use})`,
                              "Give it a lifecycle configuration",
                          ),
                      ];
            }),
            "the lifecycle of a bucket is not known",
        ),
} as const satisfies Rule;

function hasLifecycle(stack: Stack, bucket: Resource): boolean {
    const own = bucket.declared<unknown[]>("lifecycleRules") ?? [];
    const configurations = readEach(stack.ofType(S3_LIFECYCLE, S3_LIFECYCLE_V2), (configuration) => {
        const { resource, value } = stack.referenceToAny(configuration, "bucket", {
            [S3_BUCKET]: "bucket",
            [S3_BUCKET_V2]: "bucket",
        });
        if (resource === undefined && value === undefined) {
            throw new CannotTellYet(`the bucket of ${configuration.name} is not known`);
        }
        return [resource];
    });
    if (own.length === 0 && !configurations.values.includes(bucket) && !configurations.complete) {
        throw new CannotTellYet("the bucket of a lifecycle configuration is not known");
    }
    return own.length > 0 || configurations.values.includes(bucket);
}
