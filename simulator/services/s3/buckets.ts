import { isIPv4 } from "node:net";
import type {
    CreateBucketOutput,
    CreateBucketRequest,
    DeleteBucketRequest,
    GetBucketAclOutput,
    GetBucketAclRequest,
    GetBucketLocationOutput,
    GetBucketLocationRequest,
    HeadBucketOutput,
    HeadBucketRequest,
    ListBucketsOutput,
    ListBucketsRequest,
} from "@aws-sdk/client-s3";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { Bucket, bucketArn, Buckets, findBucket, lookUpBucket, onBucket, owner } from "./bucket";
import { initialSettings } from "./settings";

/** The Region whose endpoint takes buckets of all Regions, and that no location constraint may name. */
const FIRST_REGION = "us-east-1";
const MAX_BUCKETS_PER_PAGE = 10_000;

export const buckets = {
    CreateBucket: operation<CreateBucketRequest, CreateBucketOutput>({
        // The owner of a bucket that has the name already has no say in it.
        access: (input, ctx) => [
            { action: "s3:CreateBucket", resource: bucketArn(ctx, input.Bucket!), resourceAccountId: ctx.accountId },
        ],
        handle(input, ctx) {
            const name = input.Bucket!;
            checkBucketName(name);
            refuseUnsimulated(input);
            const region = bucketRegion(ctx, input.CreateBucketConfiguration?.LocationConstraint);
            const existing = lookUpBucket(ctx, name);
            if (existing && existing.accountId !== ctx.accountId) {
                throw new AwsError(
                    "BucketAlreadyExists",
                    "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
                    409,
                    { BucketName: name },
                );
            }
            if (existing && ctx.region !== FIRST_REGION) {
                throw new AwsError(
                    "BucketAlreadyOwnedByYou",
                    "Your previous request to create the named bucket succeeded and you already own it.",
                    409,
                    { BucketName: name },
                );
            }
            if (!existing) {
                const bucket = new Bucket(name, ctx.accountId, region, new Date(ctx.now));
                initialSettings().forEach(([noun, value]) => bucket.settings.set(noun, value));
                const { ObjectOwnership, CreateBucketConfiguration } = input;
                if (ObjectOwnership) {
                    bucket.settings.set("BucketOwnershipControls", { Rules: [{ ObjectOwnership }] });
                }
                if (CreateBucketConfiguration?.Tags?.length) {
                    bucket.settings.set("BucketTagging", { TagSet: CreateBucketConfiguration.Tags });
                }
                ctx.state(Buckets).byName.set(name, bucket);
            }
            return { Location: `/${name}`, BucketArn: bucketArn(ctx, name) };
        },
    }),

    HeadBucket: operation<HeadBucketRequest, HeadBucketOutput>({
        access: (input, ctx) => {
            if (!lookUpBucket(ctx, input.Bucket!)) {
                throw new AwsError("NotFound", "Not Found", 404);
            }
            return [onBucket("ListBucket", ctx, input)];
        },
        handle: (input, ctx) => ({
            BucketRegion: findBucket(ctx, input).region,
            BucketArn: bucketArn(ctx, input.Bucket!),
        }),
    }),

    GetBucketLocation: operation<GetBucketLocationRequest, GetBucketLocationOutput>({
        access: (input, ctx) => [{ action: "s3:GetBucketLocation", resource: bucketArn(ctx, input.Bucket!) }],
        handle(input, ctx) {
            const region = lookUpBucket(ctx, input.Bucket!)?.region;
            // Any Region may be asked.
            findBucket(ctx.as(ctx.caller, region), input);
            return region === FIRST_REGION
                ? {}
                : { LocationConstraint: region as GetBucketLocationOutput["LocationConstraint"] };
        },
    }),

    GetBucketAcl: operation<GetBucketAclRequest, GetBucketAclOutput>({
        access: (input, ctx) => [onBucket("GetBucketAcl", ctx, input)],
        handle(input, ctx) {
            const Owner = owner(findBucket(ctx, input).accountId);
            return { Owner, Grants: [{ Grantee: { ...Owner, Type: "CanonicalUser" }, Permission: "FULL_CONTROL" }] };
        },
    }),

    ListBuckets: operation<ListBucketsRequest, ListBucketsOutput>({
        access: () => [{ action: "s3:ListAllMyBuckets", resource: "*" }],
        handle(input, ctx) {
            const { Prefix = "", ContinuationToken = "", BucketRegion, MaxBuckets = MAX_BUCKETS_PER_PAGE } = input;
            const all = [...ctx.state(Buckets).byName.values()]
                .filter(({ accountId, region }) => accountId === ctx.accountId && region === (BucketRegion ?? region))
                .filter(({ name }) => name.startsWith(Prefix) && name > ContinuationToken)
                .sort((a, b) => (a.name < b.name ? -1 : 1));
            const page = all.slice(0, MaxBuckets);
            return {
                Owner: owner(ctx.accountId),
                Buckets: page.map(({ name, createdAt, region }) => ({
                    Name: name,
                    CreationDate: createdAt,
                    BucketRegion: region,
                    BucketArn: bucketArn(ctx, name),
                })),
                ...(page.length < all.length && { ContinuationToken: page.at(-1)!.name }),
            };
        },
    }),

    DeleteBucket: operation<DeleteBucketRequest, void>({
        access: (input, ctx) => [onBucket("DeleteBucket", ctx, input)],
        handle(input, ctx) {
            const bucket = findBucket(ctx, input);
            if (bucket.objects.size > 0) {
                const versions = bucket.versioning ? " You must delete all versions in the bucket." : "";
                throw new AwsError("BucketNotEmpty", `The bucket you tried to delete is not empty.${versions}`, 409, {
                    BucketName: bucket.name,
                });
            }
            ctx.state(Buckets).byName.delete(bucket.name);
        },
    }),
};

function checkBucketName(name: string): void {
    const isWellFormed = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes("..") && !isIPv4(name);
    const isReserved = /^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name);
    if (!isWellFormed || isReserved) {
        throw new AwsError("InvalidBucketName", "The specified bucket is not valid.", 400, { BucketName: name });
    }
}

function bucketRegion(ctx: Context, constraint: string | undefined): string {
    if (constraint === FIRST_REGION) {
        throw new AwsError("InvalidLocationConstraint", "The specified location-constraint is not valid");
    }
    const region = constraint === "EU" ? "eu-west-1" : (constraint ?? FIRST_REGION);
    if (ctx.region !== FIRST_REGION && region !== ctx.region) {
        throw new AwsError(
            "IllegalLocationConstraintException",
            `The ${constraint ?? "unspecified"} location constraint is incompatible for the region specific endpoint this request was sent to.`,
        );
    }
    return region;
}

function refuseUnsimulated({
    ACL = "private",
    ObjectLockEnabledForBucket,
    ObjectOwnership,
}: CreateBucketRequest): void {
    if (ACL !== "private" && (ObjectOwnership ?? "BucketOwnerEnforced") === "BucketOwnerEnforced") {
        throw new AwsError(
            "InvalidBucketAclWithObjectOwnership",
            "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
        );
    }
    if (ACL !== "private" || ObjectLockEnabledForBucket) {
        throw new AwsError("NotImplemented", "Access control lists and Object Lock are not simulated", 501);
    }
}
