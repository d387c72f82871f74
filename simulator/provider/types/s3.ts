import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type {
    GetBucketEncryptionOutput,
    GetBucketLifecycleConfigurationOutput,
    GetBucketOwnershipControlsOutput,
    GetBucketPolicyOutput,
    GetBucketTaggingOutput,
    GetBucketVersioningOutput,
    GetObjectLockConfigurationOutput,
    GetObjectTaggingOutput,
    GetPublicAccessBlockOutput,
    HeadObjectOutput,
    LifecycleRule,
    ListObjectVersionsOutput,
    ServerSideEncryptionRule,
} from "@aws-sdk/client-s3";
import { orGone, type Client } from "../client";
import { changed, tagList, tagMap, type ResourceType, type ResourceTypes } from "../resource";
import { assetOf, type Properties } from "../values";

const SERVICE = "s3";

/** The Route 53 zones of the website endpoints, which AWS lists in its General Reference. */
const HOSTED_ZONES: Record<string, string> = {
    "ap-northeast-1": "Z2M4EHUR26P7ZW",
    "ap-northeast-2": "Z3W03O7B5YMIYP",
    "ap-south-1": "Z11RGJOFQNVJUP",
    "ap-southeast-1": "Z3O0J2DXBE1FTB",
    "ap-southeast-2": "Z1WCIGYICN2BYD",
    "ca-central-1": "Z1QDHH18159H29",
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-north-1": "Z3BAZG2TWCNX0D",
    "eu-west-1": "Z1BKCTXD74EZPE",
    "eu-west-2": "Z3GKZC51ZF0DB4",
    "eu-west-3": "Z3R1K369G5AVDG",
    "sa-east-1": "Z7KQH4QJS55SO",
    "us-east-1": "Z3AQBSTGFYJSTF",
    "us-east-2": "Z2O1EMRO9K5GLX",
    "us-west-1": "Z2F56UZL2M1ACD",
    "us-west-2": "Z3BJ6K6RIION7M",
};

/** Deletes all versions of everything in a bucket (what `forceDestroy` is for), or of one object. */
async function deleteVersions(aws: Client, bucket: string, key?: string): Promise<void> {
    const target = { Bucket: bucket, Prefix: key };
    for (;;) {
        const page = await aws.call<ListObjectVersionsOutput>(SERVICE, "ListObjectVersions", target);
        const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
        const versions = found.filter(({ Key }) => key === undefined || Key === key);
        if (versions.length === 0) {
            return;
        }
        const Objects = versions.map(({ Key, VersionId }) => ({ Key, VersionId }));
        await aws.call(SERVICE, "DeleteObjects", { Bucket: bucket, Delete: { Objects, Quiet: true } });
    }
}

const bucket: ResourceType = {
    label: "S3 Bucket",
    autoname: { property: "bucket", max: 63, form: (name) => name.toLowerCase() },
    defaults: { forceDestroy: false },
    replaces: ["bucket", "bucketPrefix", "bucketNamespace", "objectLockEnabled"],
    // Each of these has a resource type of its own; as inputs of the bucket they are deprecated.
    notSimulated: [
        "accelerationStatus",
        "acl",
        "bucketNamespace",
        "corsRules",
        "grants",
        "lifecycleRules",
        "logging",
        "objectLockConfiguration",
        "policy",
        "replicationConfiguration",
        "requestPayer",
        "serverSideEncryptionConfiguration",
        "versioning",
        "website",
    ],

    async create(aws, args) {
        await aws.call(SERVICE, "CreateBucket", {
            Bucket: args.bucket,
            ObjectLockEnabledForBucket: args.objectLockEnabled,
            ...(aws.region !== "us-east-1" && { CreateBucketConfiguration: { LocationConstraint: aws.region } }),
        });
        return args.bucket;
    },

    async settle(aws, id, args) {
        if (args.tags) {
            await aws.call(SERVICE, "PutBucketTagging", { Bucket: id, Tagging: { TagSet: tagList(args.tags) } });
        }
    },

    async read(aws, id) {
        const Bucket = id;
        if (!(await aws.find(SERVICE, "HeadBucket", { Bucket }))) {
            return undefined;
        }
        const [tags, versioning, encryption, policy, lock] = await Promise.all([
            aws.find<GetBucketTaggingOutput>(SERVICE, "GetBucketTagging", { Bucket }),
            aws.call<GetBucketVersioningOutput>(SERVICE, "GetBucketVersioning", { Bucket }),
            aws.find<GetBucketEncryptionOutput>(SERVICE, "GetBucketEncryption", { Bucket }),
            aws.find<GetBucketPolicyOutput>(SERVICE, "GetBucketPolicy", { Bucket }),
            aws.find<GetObjectLockConfigurationOutput>(SERVICE, "GetObjectLockConfiguration", { Bucket }),
        ]);
        const rule = encryption?.ServerSideEncryptionConfiguration?.Rules?.[0];
        return {
            accelerationStatus: "",
            acl: undefined,
            arn: `arn:${aws.partition}:s3:::${id}`,
            bucket: id,
            bucketDomainName: `${id}.s3.${aws.dnsSuffix}`,
            bucketNamespace: "global",
            bucketPrefix: "",
            bucketRegion: aws.region,
            bucketRegionalDomainName: `${id}.s3.${aws.region}.${aws.dnsSuffix}`,
            corsRules: [],
            grants: [{ id: canonicalId(aws.accountId), permissions: ["FULL_CONTROL"], type: "CanonicalUser", uri: "" }],
            hostedZoneId: HOSTED_ZONES[aws.region] ?? "",
            lifecycleRules: [],
            logging: undefined,
            objectLockConfiguration: undefined,
            objectLockEnabled: lock?.ObjectLockConfiguration?.ObjectLockEnabled === "Enabled",
            policy: policy?.Policy ?? "",
            replicationConfiguration: undefined,
            requestPayer: "BucketOwner",
            serverSideEncryptionConfiguration: rule && { rule: encryptionRule(rule) },
            tagsAll: tagMap(tags?.TagSet),
            versioning: { enabled: versioning.Status === "Enabled", mfaDelete: versioning.MFADelete === "Enabled" },
            website: undefined,
            websiteDomain: undefined,
            websiteEndpoint: undefined,
        };
    },

    async update(aws, id, args, before) {
        if (changed(before, args, "tags")) {
            await (args.tags
                ? aws.call(SERVICE, "PutBucketTagging", { Bucket: id, Tagging: { TagSet: tagList(args.tags) } })
                : aws.call(SERVICE, "DeleteBucketTagging", { Bucket: id }));
        }
    },

    async delete(aws, id, state) {
        const deletion = () => orGone(aws.call(SERVICE, "DeleteBucket", { Bucket: id }));
        await deletion().catch(async (error) => {
            if (error.code !== "BucketNotEmpty" || !state.forceDestroy) {
                throw error;
            }
            await orGone(deleteVersions(aws, id));
            await deletion();
        });
    },
};

/** An account's canonical user id: 64 hexadecimal digits that are always the same. */
function canonicalId(accountId: string): string {
    return createHash("sha256").update(accountId).digest("hex");
}

/** A setting of a bucket, which AWS keeps under the bucket's name. */
interface Setting {
    label: string;
    put(args: Properties): [operation: string, input: object];
    get(aws: Client, input: { Bucket: string }, state: Properties): Promise<Properties | undefined>;
    remove(state: Properties): [operation: string, input: object] | undefined;
}

function bucketSetting({ label, put, get, remove, ...rest }: Setting & Partial<ResourceType>): ResourceType {
    const write = (aws: Client, { bucket: Bucket, expectedBucketOwner, ...args }: Properties) => {
        const [operation, input] = put(args);
        return aws.call(SERVICE, operation, {
            Bucket,
            ExpectedBucketOwner: expectedBucketOwner || undefined,
            ...input,
        });
    };
    return {
        label,
        replaces: ["bucket", "expectedBucketOwner"],
        ...rest,
        async create(aws, args) {
            await write(aws, args);
            return args.bucket;
        },
        async read(aws, id, state) {
            const found = await orGone(get(aws, { Bucket: id }, state));
            return found && { bucket: id, ...found };
        },
        async update(aws, _id, args) {
            await write(aws, args);
        },
        async delete(aws, id, state) {
            const [operation, input] = remove(state) ?? [];
            if (operation) {
                await orGone(aws.call(SERVICE, operation, { Bucket: id, ...input }));
            }
        },
    };
}

const bucketPolicy = bucketSetting({
    label: "S3 Bucket Policy",
    documents: ["policy"],
    put: ({ policy }) => ["PutBucketPolicy", { Policy: policy }],
    async get(aws, bucket) {
        return { policy: (await aws.call<GetBucketPolicyOutput>(SERVICE, "GetBucketPolicy", bucket)).Policy };
    },
    remove: () => ["DeleteBucketPolicy", {}],
});

const publicAccessBlock = bucketSetting({
    label: "S3 Bucket Public Access Block",
    defaults: {
        blockPublicAcls: false,
        blockPublicPolicy: false,
        ignorePublicAcls: false,
        restrictPublicBuckets: false,
    },
    put: (args) => [
        "PutPublicAccessBlock",
        {
            PublicAccessBlockConfiguration: {
                BlockPublicAcls: args.blockPublicAcls,
                BlockPublicPolicy: args.blockPublicPolicy,
                IgnorePublicAcls: args.ignorePublicAcls,
                RestrictPublicBuckets: args.restrictPublicBuckets,
            },
        },
    ],
    async get(aws, bucket) {
        const answer = await aws.call<GetPublicAccessBlockOutput>(SERVICE, "GetPublicAccessBlock", bucket);
        const block = answer.PublicAccessBlockConfiguration;
        return {
            blockPublicAcls: block?.BlockPublicAcls,
            blockPublicPolicy: block?.BlockPublicPolicy,
            ignorePublicAcls: block?.IgnorePublicAcls,
            restrictPublicBuckets: block?.RestrictPublicBuckets,
        };
    },
    remove: ({ skipDestroy }) => (skipDestroy ? undefined : ["DeletePublicAccessBlock", {}]),
});

function encryptionRule({ ApplyServerSideEncryptionByDefault: given, ...rule }: ServerSideEncryptionRule): Properties {
    return {
        applyServerSideEncryptionByDefault: given && {
            kmsMasterKeyId: given.KMSMasterKeyID ?? "",
            sseAlgorithm: given.SSEAlgorithm,
        },
        blockedEncryptionTypes: rule.BlockedEncryptionTypes?.EncryptionType ?? [],
        bucketKeyEnabled: rule.BucketKeyEnabled ?? false,
    };
}

const encryptionConfiguration = bucketSetting({
    label: "S3 Bucket Server-side Encryption Configuration",
    sets: ["rules"],
    put: ({ rules }) => [
        "PutBucketEncryption",
        {
            ServerSideEncryptionConfiguration: {
                Rules: rules.map((rule: Properties) => ({
                    ApplyServerSideEncryptionByDefault: rule.applyServerSideEncryptionByDefault && {
                        SSEAlgorithm: rule.applyServerSideEncryptionByDefault.sseAlgorithm,
                        KMSMasterKeyID: rule.applyServerSideEncryptionByDefault.kmsMasterKeyId,
                    },
                    BucketKeyEnabled: rule.bucketKeyEnabled,
                    BlockedEncryptionTypes: rule.blockedEncryptionTypes && {
                        EncryptionType: rule.blockedEncryptionTypes,
                    },
                })),
            },
        },
    ],
    async get(aws, bucket) {
        const answer = await aws.call<GetBucketEncryptionOutput>(SERVICE, "GetBucketEncryption", bucket);
        return { rules: answer.ServerSideEncryptionConfiguration?.Rules?.map(encryptionRule) };
    },
    remove: () => ["DeleteBucketEncryption", {}],
});

const versioning = bucketSetting({
    label: "S3 Bucket Versioning",
    put: ({ mfa, versioningConfiguration: { status, mfaDelete } }) => [
        "PutBucketVersioning",
        { MFA: mfa, VersioningConfiguration: { Status: status, MFADelete: mfaDelete } },
    ],
    async get(aws, bucket, state) {
        const answer = await aws.call<GetBucketVersioningOutput>(SERVICE, "GetBucketVersioning", bucket);
        // A bucket that never had versions says nothing: to the real provider that is "Disabled".
        const status = answer.Status ?? "Disabled";
        return { mfa: state.mfa, versioningConfiguration: { mfaDelete: answer.MFADelete ?? "", status } };
    },
    remove: ({ versioningConfiguration }) =>
        versioningConfiguration.status === "Enabled"
            ? ["PutBucketVersioning", { VersioningConfiguration: { Status: "Suspended" } }]
            : undefined,
});

const ownershipControls = bucketSetting({
    label: "S3 Bucket Ownership Controls",
    put: ({ rule }) => [
        "PutBucketOwnershipControls",
        { OwnershipControls: { Rules: [{ ObjectOwnership: rule.objectOwnership }] } },
    ],
    async get(aws, bucket) {
        const answer = await aws.call<GetBucketOwnershipControlsOutput>(SERVICE, "GetBucketOwnershipControls", bucket);
        return { rule: { objectOwnership: answer.OwnershipControls?.Rules?.[0]?.ObjectOwnership } };
    },
    remove: () => ["DeleteBucketOwnershipControls", {}],
});

const DEFAULT_MINIMUM_SIZE = "all_storage_classes_128K";

function lifecycleRule(rule: Properties): LifecycleRule {
    const { filter, expiration, abortIncompleteMultipartUpload: abort } = rule;
    const sizes = (given: Properties) => ({
        ObjectSizeGreaterThan: given.objectSizeGreaterThan,
        ObjectSizeLessThan: given.objectSizeLessThan,
    });
    const noncurrent = (given: Properties) => ({
        NoncurrentDays: given.noncurrentDays,
        NewerNoncurrentVersions: given.newerNoncurrentVersions,
    });
    return {
        ID: rule.id,
        Status: rule.status,
        ...(rule.prefix !== undefined && { Prefix: rule.prefix }),
        Filter: filter && {
            Prefix: filter.prefix,
            ...sizes(filter),
            Tag: filter.tag && { Key: filter.tag.key, Value: filter.tag.value },
            And: filter.and && { Prefix: filter.and.prefix, ...sizes(filter.and), Tags: tagList(filter.and.tags) },
        },
        Expiration: expiration && {
            Date: expiration.date && new Date(expiration.date),
            Days: expiration.days,
            ExpiredObjectDeleteMarker: expiration.expiredObjectDeleteMarker,
        },
        AbortIncompleteMultipartUpload: abort && { DaysAfterInitiation: abort.daysAfterInitiation },
        NoncurrentVersionExpiration: rule.noncurrentVersionExpiration && noncurrent(rule.noncurrentVersionExpiration),
        NoncurrentVersionTransitions: rule.noncurrentVersionTransitions?.map((transition: Properties) => ({
            ...noncurrent(transition),
            StorageClass: transition.storageClass,
        })),
        Transitions: rule.transitions?.map((transition: Properties) => ({
            Date: transition.date && new Date(transition.date),
            Days: transition.days,
            StorageClass: transition.storageClass,
        })),
    };
}

function lifecycleRuleState(rule: LifecycleRule): Properties {
    const { Filter: filter, Expiration: expiration, AbortIncompleteMultipartUpload: abort } = rule;
    return {
        id: rule.ID,
        status: rule.Status,
        prefix: rule.Prefix ?? "",
        filter: filter && {
            prefix: filter.Prefix,
            objectSizeGreaterThan: filter.ObjectSizeGreaterThan,
            objectSizeLessThan: filter.ObjectSizeLessThan,
            tag: filter.Tag && { key: filter.Tag.Key, value: filter.Tag.Value },
            and: filter.And && {
                prefix: filter.And.Prefix,
                objectSizeGreaterThan: filter.And.ObjectSizeGreaterThan,
                objectSizeLessThan: filter.And.ObjectSizeLessThan,
                tags: tagMap(filter.And.Tags),
            },
        },
        expiration: expiration && {
            date: expiration.Date?.toISOString(),
            days: expiration.Days ?? 0,
            expiredObjectDeleteMarker: expiration.ExpiredObjectDeleteMarker ?? false,
        },
        abortIncompleteMultipartUpload: abort && { daysAfterInitiation: abort.DaysAfterInitiation },
        noncurrentVersionExpiration: rule.NoncurrentVersionExpiration && {
            newerNoncurrentVersions: rule.NoncurrentVersionExpiration.NewerNoncurrentVersions,
            noncurrentDays: rule.NoncurrentVersionExpiration.NoncurrentDays,
        },
        noncurrentVersionTransitions: rule.NoncurrentVersionTransitions?.map((transition) => ({
            newerNoncurrentVersions: transition.NewerNoncurrentVersions,
            noncurrentDays: transition.NoncurrentDays,
            storageClass: transition.StorageClass,
        })),
        transitions: rule.Transitions?.map((transition) => ({
            date: transition.Date?.toISOString(),
            days: transition.Days,
            storageClass: transition.StorageClass,
        })),
    };
}

const lifecycleConfiguration = bucketSetting({
    label: "S3 Bucket Lifecycle Configuration",
    put: (args) => [
        "PutBucketLifecycleConfiguration",
        {
            LifecycleConfiguration: { Rules: (args.rules ?? []).map(lifecycleRule) },
            TransitionDefaultMinimumObjectSize: args.transitionDefaultMinimumObjectSize ?? DEFAULT_MINIMUM_SIZE,
        },
    ],
    async get(aws, bucket, state) {
        const operation = "GetBucketLifecycleConfiguration";
        const answer = await aws.call<GetBucketLifecycleConfigurationOutput>(SERVICE, operation, bucket);
        return {
            expectedBucketOwner: state.expectedBucketOwner ?? "",
            rules: answer.Rules?.map(lifecycleRuleState),
            transitionDefaultMinimumObjectSize: answer.TransitionDefaultMinimumObjectSize ?? DEFAULT_MINIMUM_SIZE,
        };
    },
    remove: () => ["DeleteBucketLifecycle", {}],
});

/** The content of an object, however the program gave it. */
function body({ content, contentBase64, source }: Properties): Buffer {
    const asset = assetOf(source);
    if (asset?.path !== undefined) {
        return readFileSync(asset.path);
    }
    return contentBase64 === undefined
        ? Buffer.from(content ?? asset?.text ?? "")
        : Buffer.from(contentBase64, "base64");
}

async function putObject(aws: Client, args: Properties): Promise<void> {
    await aws.call(SERVICE, "PutObject", {
        Bucket: args.bucket,
        Key: args.key,
        Body: body(args),
        BucketKeyEnabled: args.bucketKeyEnabled,
        CacheControl: args.cacheControl,
        ChecksumAlgorithm: args.checksumAlgorithm,
        ContentDisposition: args.contentDisposition,
        ContentEncoding: args.contentEncoding,
        ContentLanguage: args.contentLanguage,
        ContentType: args.contentType,
        Metadata: args.metadata,
        ServerSideEncryption: args.serverSideEncryption ?? (args.kmsKeyId && "aws:kms"),
        SSEKMSKeyId: args.kmsKeyId,
        StorageClass: args.storageClass,
        Tagging: args.tags && new URLSearchParams(args.tags).toString(),
        WebsiteRedirectLocation: args.websiteRedirect,
    });
}

/** Of these the content alone is not kept by AWS in a form that the inputs have. */
const CONTENT = ["content", "contentBase64", "source", "sourceHash", "etag"];

const object: ResourceType = {
    label: "S3 Object",
    foundWith: ["bucket"],
    autoname: { property: "key", max: 1024, exact: true },
    defaults: { forceDestroy: false },
    replaces: ["bucket", "key"],
    recomputes: Object.fromEntries(CONTENT.map((key) => [key, ["etag", "versionId"]])),
    notSimulated: [
        "acl",
        "objectLockLegalHoldStatus",
        "objectLockMode",
        "objectLockRetainUntilDate",
        "overrideProvider",
    ],

    async create(aws, args) {
        await putObject(aws, args);
        return args.key;
    },

    async read(aws, id, state) {
        const target = { Bucket: state.bucket, Key: state.key ?? id };
        const found = await aws.find<HeadObjectOutput>(SERVICE, "HeadObject", target);
        if (!found) {
            return undefined;
        }
        const { TagSet } = await aws.call<GetObjectTaggingOutput>(SERVICE, "GetObjectTagging", target);
        return {
            arn: `arn:${aws.partition}:s3:::${target.Bucket}/${target.Key}`,
            bucket: target.Bucket,
            bucketKeyEnabled: found.BucketKeyEnabled ?? false,
            cacheControl: found.CacheControl,
            contentDisposition: found.ContentDisposition,
            contentEncoding: found.ContentEncoding,
            contentLanguage: found.ContentLanguage,
            contentType: found.ContentType ?? "application/octet-stream",
            etag: found.ETag?.replaceAll('"', ""),
            key: target.Key,
            kmsKeyId: found.SSEKMSKeyId ?? "",
            metadata: Object.keys(found.Metadata ?? {}).length > 0 ? found.Metadata : undefined,
            serverSideEncryption: found.ServerSideEncryption ?? "AES256",
            storageClass: found.StorageClass ?? "STANDARD",
            tagsAll: tagMap(TagSet),
            versionId: found.VersionId ?? "",
            websiteRedirect: found.WebsiteRedirectLocation,
        };
    },

    async update(aws, _id, args, before) {
        const { tags: newTags, ...rest } = args;
        const { tags: oldTags, ...old } = before;
        if (JSON.stringify(rest) !== JSON.stringify(old)) {
            await putObject(aws, args);
        } else if (JSON.stringify(newTags) !== JSON.stringify(oldTags)) {
            const target = { Bucket: args.bucket, Key: args.key };
            await aws.call(SERVICE, "PutObjectTagging", { ...target, Tagging: { TagSet: tagList(newTags) } });
        }
    },

    async delete(aws, id, state) {
        const Key = state.key ?? id;
        await orGone(
            state.versionId
                ? deleteVersions(aws, state.bucket, Key)
                : aws.call(SERVICE, "DeleteObject", { Bucket: state.bucket, Key }),
        );
    },
};

const objectV2: ResourceType = {
    ...object,
    async read(aws, id, state) {
        const found = await object.read(aws, id, state);
        return (
            found && {
                acl: "private",
                checksumCrc32: "",
                checksumCrc32c: "",
                checksumCrc64nvme: "",
                checksumSha1: "",
                checksumSha256: "",
                ...found,
            }
        );
    },
};

export const s3: ResourceTypes = {
    "aws:s3/bucket:Bucket": bucket,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": lifecycleConfiguration,
    "aws:s3/bucketObject:BucketObject": object,
    "aws:s3/bucketObjectv2:BucketObjectv2": objectV2,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ownershipControls,
    "aws:s3/bucketPolicy:BucketPolicy": bucketPolicy,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": publicAccessBlock,
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": encryptionConfiguration,
    "aws:s3/bucketVersioning:BucketVersioning": versioning,
};
