import { bucketsOf, problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { READS_OF_BODY, bodyProperty, bodyText, bucketNamed, pipelineRegion } from "../stack/pipelines";
import { PIPELINES, S3_BUCKET, S3_BUCKET_V2 } from "../stack/types";
import { found, readEach } from "../stack/unknown";

export const pipelineBucketRegion = {
    id: "pipeline-bucket-region",
    title: "The buckets of a pipeline are where its body says, exports and staging in the pipeline's Region.",
    level: "mandatory",
    severity: "high",
    reads: [...READS_OF_BODY, `${S3_BUCKET} bucket, region`, `${S3_BUCKET_V2} bucket, region`],
    why: "An export to a bucket of another Region is stuck or fails, and dead letters that are sent to the wrong Region are lost.",
    fix: "Use a bucket of the pipeline's Region, and write its Region in the body.",
    subjects: (stack) => stack.ofType(...PIPELINES),
    judge: (pipeline, stack) =>
        found(
            readEach(bucketsOf(bodyProperty(pipeline), bodyText(pipeline)), ({ path, use, bucket: name, region }) => {
                const bucket = bucketNamed(stack, name);
                // What Region a bucket of another stack is in, nothing here tells.
                if (bucket === undefined) {
                    return [];
                }
                const wanted = use === "dead letters" ? (region ?? "us-east-1") : pipelineRegion(pipeline);
                return bucket.region === wanted
                    ? []
                    : [
                          problem(
                              path,
                              `The bucket ${bucket.name} (${use}) is in ${bucket.region}, and ${wanted} is meant`,
                              use === "dead letters" ? `Write region: ${bucket.region}` : `Use a bucket of ${wanted}`,
                          ),
                      ];
            }),
            "the Region of the pipeline or of a bucket is not known",
        ),
} as const satisfies Rule;
