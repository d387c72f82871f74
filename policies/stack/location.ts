import { parseS3Uri, type S3Location } from "../../sdk/requirements";
import type { Resource } from "./resource";
import type { Reference, Stack } from "./stack";
import { LAKE_FORMATION_LOCATION, S3_BUCKET, S3_BUCKET_V2 } from "./types";
import { CannotTellYet, known, readEach } from "./unknown";

/** Where a database's tables go. */
export function locationOf(database: Resource): S3Location {
    const location = parseS3Uri(database.get<string>("locationUri") ?? "");
    if (!location) {
        throw new CannotTellYet("the database has no location");
    }
    return location;
}

/** The bucket that a database's tables go to. */
export function bucketOf(stack: Stack, database: Resource): Reference {
    const [bucket, bucketV2] = [S3_BUCKET, S3_BUCKET_V2].map((type) =>
        stack.reference(database, "locationUri", type, "bucket", (uri) => parseS3Uri(uri)?.bucket),
    );
    return bucket!.resource ? bucket! : bucketV2!;
}

/** Whether a location of this stack puts the database's files under Lake Formation. */
export function isGoverned(stack: Stack, database: Resource): boolean {
    // In hybrid mode Lake Formation governs only those who opt in.
    const governing = stack
        .ofType(LAKE_FORMATION_LOCATION)
        .filter((location) => known(() => location.get("hybridAccessEnabled")) !== true);
    const { values, complete } = readEach(governing, (location) => [
        isWithin(locationOf(database), location.get<string>("arn")!),
    ]);
    if (!values.includes(true) && !complete) {
        throw new CannotTellYet("a location of Lake Formation is not known");
    }
    return values.includes(true);
}

/** Whether a location is what an S3 ARN names, or below it. */
export function isWithin({ bucket, prefix }: S3Location, arn: string): boolean {
    const path = arn.replace(/^arn:[^:]+:s3:::/, "").replace(/\/?$/, "/");
    return `${bucket}/${prefix}/`.startsWith(path);
}
