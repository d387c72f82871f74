import { AwsError } from "../../world/error";
import { operation, type Operation } from "../../world/service";
import { findBucket, onBucket } from "./bucket";

/** A part of a bucket's configuration with operations of its own; all of them work alike. */
interface Setting {
    /** The noun of its operations: `GetBucketCors`. */
    noun: string;
    /** The noun of its permissions: `s3:GetBucketCORS`. */
    permission: string;
    /** What a new bucket has, and what remains after a delete. */
    initial?: object;
    /** Under which code AWS says that there is none, and how. @default an empty answer */
    absent?: [code: string, message: string];
    /** The member of Put's input that carries it. @default it can only be read */
    input?: string;
    /** The member of Get's output that carries it. @default it is the output */
    output?: string;
    /** Members of Put's input beside it, with what AWS takes if they are left out. */
    besides?: Record<string, string>;
    /** @default it cannot be deleted */
    delete?: string;
}

const SETTINGS: Setting[] = [
    {
        noun: "PublicAccessBlock",
        permission: "BucketPublicAccessBlock",
        // New buckets have all four since April 2023; a delete leaves none.
        initial: {
            BlockPublicAcls: true,
            IgnorePublicAcls: true,
            BlockPublicPolicy: true,
            RestrictPublicBuckets: true,
        },
        absent: ["NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"],
        input: "PublicAccessBlockConfiguration",
        output: "PublicAccessBlockConfiguration",
        delete: "DeletePublicAccessBlock",
    },
    {
        noun: "BucketEncryption",
        permission: "EncryptionConfiguration",
        initial: {
            Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false }],
        },
        input: "ServerSideEncryptionConfiguration",
        output: "ServerSideEncryptionConfiguration",
        delete: "DeleteBucketEncryption",
    },
    { noun: "BucketVersioning", permission: "BucketVersioning", input: "VersioningConfiguration" },
    {
        noun: "BucketTagging",
        permission: "BucketTagging",
        absent: ["NoSuchTagSet", "The TagSet does not exist"],
        input: "Tagging",
        delete: "DeleteBucketTagging",
    },
    {
        noun: "BucketLifecycleConfiguration",
        permission: "LifecycleConfiguration",
        absent: ["NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"],
        input: "LifecycleConfiguration",
        besides: { TransitionDefaultMinimumObjectSize: "all_storage_classes_128K" },
        delete: "DeleteBucketLifecycle",
    },
    {
        noun: "BucketOwnershipControls",
        permission: "BucketOwnershipControls",
        initial: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
        absent: ["OwnershipControlsNotFoundError", "The bucket ownership controls were not found"],
        input: "OwnershipControls",
        output: "OwnershipControls",
        delete: "DeleteBucketOwnershipControls",
    },
    {
        noun: "BucketCors",
        permission: "BucketCORS",
        absent: ["NoSuchCORSConfiguration", "The CORS configuration does not exist"],
        input: "CORSConfiguration",
        delete: "DeleteBucketCors",
    },
    {
        noun: "BucketNotificationConfiguration",
        permission: "BucketNotification",
        input: "NotificationConfiguration",
    },
    {
        noun: "BucketWebsite",
        permission: "BucketWebsite",
        absent: ["NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"],
    },
    { noun: "BucketLogging", permission: "BucketLogging" },
    {
        noun: "BucketReplication",
        permission: "ReplicationConfiguration",
        absent: ["ReplicationConfigurationNotFoundError", "The replication configuration was not found"],
    },
    { noun: "BucketRequestPayment", permission: "BucketRequestPayment", initial: { Payer: "BucketOwner" } },
    { noun: "BucketAccelerateConfiguration", permission: "AccelerateConfiguration" },
    {
        noun: "ObjectLockConfiguration",
        permission: "BucketObjectLockConfiguration",
        absent: ["ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket"],
    },
];

interface SettingInput extends Record<string, unknown> {
    Bucket?: string;
    ExpectedBucketOwner?: string;
}

export const settings: Record<string, Operation> = Object.assign({}, ...SETTINGS.map(operationsOf));

/** The settings that a bucket is made with. */
export function initialSettings(): [noun: string, value: object][] {
    return SETTINGS.flatMap(({ noun, initial }) => (initial ? [[noun, initial]] : []));
}

function operationsOf(setting: Setting): Record<string, Operation> {
    const { noun, permission, input: inputMember, output: outputMember, absent } = setting;
    const changeable = operation<SettingInput, void>({
        access: (input, ctx) => [onBucket(`Put${permission}`, ctx, input)],
        handle(input, ctx) {
            const besides = Object.entries(setting.besides ?? {}).map(([name, fallback]) => [
                name,
                input[name] ?? fallback,
            ]);
            const value = { ...(input[inputMember!] as object), ...Object.fromEntries(besides) };
            findBucket(ctx, input).settings.set(noun, value);
        },
    });
    const deletable = operation<SettingInput, void>({
        access: (input, ctx) => [onBucket(`Put${permission}`, ctx, input)],
        handle(input, ctx) {
            const bucket = findBucket(ctx, input);
            // What AWS would say is missing is missing then; what always has a value gets back its first one.
            if (absent || !setting.initial) {
                bucket.settings.delete(noun);
            } else {
                bucket.settings.set(noun, setting.initial);
            }
        },
    });
    return {
        [`Get${noun}`]: operation<SettingInput, object>({
            access: (input, ctx) => [onBucket(`Get${permission}`, ctx, input)],
            handle(input, ctx) {
                const value = findBucket(ctx, input).settings.get(noun);
                if (!value && absent) {
                    throw new AwsError(absent[0], absent[1], 404, { BucketName: input.Bucket });
                }
                return outputMember ? { [outputMember]: value } : { ...value };
            },
        }),
        ...(inputMember && { [`Put${noun}`]: changeable }),
        ...(setting.delete && { [setting.delete]: deletable }),
    };
}
