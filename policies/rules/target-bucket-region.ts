import { problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { bucketOf } from "../stack/location";
import { GLUE_DATABASE, S3_BUCKET } from "../stack/types";

export const targetBucketRegion = {
    id: "target-bucket-region",
    title: "The bucket of a target database's location is in the database's Region.",
    level: "mandatory",
    severity: "critical",
    reads: [`${GLUE_DATABASE} locationUri, region`, `${S3_BUCKET} bucket, region`],
    why: "AWS accepts an integration into a database whose bucket is elsewhere, and cannot write: it needs attention, and fails after seven days.",
    fix: "Give the database a location in a bucket of its own Region.",
    // What Region a bucket of another stack is in, nothing here tells.
    subjects: (stack, scope) => stack.targets(scope).filter((database) => bucketOf(stack, database).resource),
    judge: (database, stack) => {
        const bucket = bucketOf(stack, database).resource!;
        return bucket.region === database.region
            ? []
            : [
                  problem(
                      "locationUri",
                      `The bucket ${bucket.name} is in ${bucket.region}, the database in ${database.region}`,
                      `Give the database a location in a bucket of ${database.region}`,
                  ),
              ];
    },
} as const satisfies Rule;
