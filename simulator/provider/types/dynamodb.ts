import type {
    AttributeValue,
    CreateTableInput,
    DescribeContinuousBackupsOutput,
    DescribeTableOutput,
    DescribeTimeToLiveOutput,
    GetItemOutput,
    GetResourcePolicyOutput,
    GlobalSecondaryIndexDescription,
    KeySchemaElement,
    ListTagsOfResourceOutput,
    Projection,
    TableDescription,
} from "@aws-sdk/client-dynamodb";
import { isDeepStrictEqual } from "node:util";
import type { Client } from "../client";
import { orGone } from "../client";
import { changed, retag, tagList, tagMap, type ResourceType, type ResourceTypes } from "../resource";
import type { Properties } from "../values";

const SERVICE = "dynamodb";

const keySchema = (hashKey: string, rangeKey?: string): KeySchemaElement[] => [
    { AttributeName: hashKey, KeyType: "HASH" },
    ...(rangeKey ? [{ AttributeName: rangeKey, KeyType: "RANGE" as const }] : []),
];

const keyOf = (schema: KeySchemaElement[] = [], type: "HASH" | "RANGE") =>
    schema.find((element) => element.KeyType === type)?.AttributeName;

const projection = (index: Properties): Projection => ({
    ProjectionType: index.projectionType,
    NonKeyAttributes: index.nonKeyAttributes,
});

const ON_DEMAND = "PAY_PER_REQUEST";

function throughput(args: Properties, billingMode: string) {
    return billingMode !== ON_DEMAND
        ? { ReadCapacityUnits: args.readCapacity, WriteCapacityUnits: args.writeCapacity }
        : undefined;
}

const onDemand = (given?: Properties) =>
    given && {
        MaxReadRequestUnits: given.maxReadRequestUnits,
        MaxWriteRequestUnits: given.maxWriteRequestUnits,
    };

const encryption = (given?: Properties) =>
    given && {
        Enabled: given.enabled,
        ...(given.enabled && { SSEType: "KMS" as const, KMSMasterKeyId: given.kmsKeyArn || undefined }),
    };

const stream = (args: Properties) => ({
    StreamEnabled: args.streamEnabled ?? false,
    StreamViewType: args.streamEnabled ? args.streamViewType : undefined,
});

const attributes = (args: Properties) =>
    args.attributes?.map(({ name, type }: Properties) => ({ AttributeName: name, AttributeType: type }));

const globalIndex = (index: Properties, billingMode: string) => ({
    IndexName: index.name,
    KeySchema:
        index.keySchemas?.map((key: Properties) => ({ AttributeName: key.attributeName, KeyType: key.keyType })) ??
        keySchema(index.hashKey, index.rangeKey),
    Projection: projection(index),
    ProvisionedThroughput: throughput(index, billingMode),
    OnDemandThroughput: onDemand(index.onDemandThroughput),
});

function creation(args: Properties): CreateTableInput {
    return {
        TableName: args.name,
        AttributeDefinitions: attributes(args),
        KeySchema: args.hashKey === undefined ? undefined : keySchema(args.hashKey, args.rangeKey),
        BillingMode: args.billingMode,
        ProvisionedThroughput: throughput(args, args.billingMode),
        OnDemandThroughput: onDemand(args.onDemandThroughput),
        LocalSecondaryIndexes: args.localSecondaryIndexes?.map((index: Properties) => ({
            IndexName: index.name,
            KeySchema: keySchema(args.hashKey, index.rangeKey),
            Projection: projection(index),
        })),
        GlobalSecondaryIndexes: args.globalSecondaryIndexes?.map((i: Properties) => globalIndex(i, args.billingMode)),
        SSESpecification: encryption(args.serverSideEncryption),
        StreamSpecification: args.streamEnabled ? stream(args) : undefined,
        TableClass: args.tableClass,
        DeletionProtectionEnabled: args.deletionProtectionEnabled,
        Tags: args.tags && tagList(args.tags),
    };
}

async function findTable(aws: Client, name: string): Promise<TableDescription | undefined> {
    return (await aws.find<DescribeTableOutput>(SERVICE, "DescribeTable", { TableName: name }))?.Table;
}

function active(aws: Client, name: string) {
    return aws.until(`DynamoDB Table (${name}) to become ACTIVE`, async () => {
        const table = await findTable(aws, name);
        const indexes = table?.GlobalSecondaryIndexes ?? [];
        const settled = [table?.TableStatus, ...indexes.map((i) => i.IndexStatus)].every((s) => s === "ACTIVE");
        return settled && table?.SSEDescription?.Status !== "UPDATING" ? table : undefined;
    });
}

function pointInTimeRecovery(aws: Client, name: string, { enabled, recoveryPeriodInDays }: Properties) {
    return aws.call(SERVICE, "UpdateContinuousBackups", {
        TableName: name,
        PointInTimeRecoverySpecification: {
            PointInTimeRecoveryEnabled: enabled,
            RecoveryPeriodInDays: recoveryPeriodInDays,
        },
    });
}

function timeToLive(aws: Client, name: string, { enabled = false, attributeName }: Properties) {
    return aws.call(SERVICE, "UpdateTimeToLive", {
        TableName: name,
        TimeToLiveSpecification: { Enabled: enabled, AttributeName: attributeName },
    });
}

function globalIndexState(index: GlobalSecondaryIndexDescription): Properties {
    return {
        name: index.IndexName,
        hashKey: keyOf(index.KeySchema, "HASH"),
        rangeKey: keyOf(index.KeySchema, "RANGE"),
        keySchemas: index.KeySchema?.map((key) => ({ attributeName: key.AttributeName, keyType: key.KeyType })),
        projectionType: index.Projection?.ProjectionType,
        nonKeyAttributes: index.Projection?.NonKeyAttributes,
        readCapacity: index.ProvisionedThroughput?.ReadCapacityUnits ?? 0,
        writeCapacity: index.ProvisionedThroughput?.WriteCapacityUnits ?? 0,
        onDemandThroughput: onDemandState(index),
        warmThroughput: warmState(index),
    };
}

const onDemandState = ({ OnDemandThroughput: limits }: Pick<TableDescription, "OnDemandThroughput">) =>
    limits && {
        maxReadRequestUnits: limits.MaxReadRequestUnits,
        maxWriteRequestUnits: limits.MaxWriteRequestUnits,
    };

/** What a new on-demand table takes at once. */
const WARM = { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4_000 };

const warmState = ({ WarmThroughput = WARM }: Pick<TableDescription, "WarmThroughput">) => ({
    readUnitsPerSecond: WarmThroughput.ReadUnitsPerSecond,
    writeUnitsPerSecond: WarmThroughput.WriteUnitsPerSecond,
});

const table: ResourceType = {
    label: "DynamoDB Table",
    autoname: { property: "name", max: 255 },
    defaults: { billingMode: "PROVISIONED" },
    replaces: ["name", "hashKey", "rangeKey", "localSecondaryIndexes", "streamViewType"],
    sets: ["attributes", "globalSecondaryIndexes", "localSecondaryIndexes"],
    recomputes: { streamEnabled: ["streamArn", "streamLabel"] },
    notSimulated: [
        "globalTableWitness",
        "importTable",
        "replicas",
        "restoreBackupArn",
        "restoreDateTime",
        "restoreSourceName",
        "restoreSourceTableArn",
        "restoreToLatestTime",
        "warmThroughput",
    ],

    async create(aws, args) {
        await aws.call(SERVICE, "CreateTable", creation(args));
        return args.name;
    },

    async settle(aws, id, args) {
        await active(aws, id);
        if (args.ttl?.enabled) {
            await timeToLive(aws, id, args.ttl);
        }
        if (args.pointInTimeRecovery?.enabled) {
            await pointInTimeRecovery(aws, id, args.pointInTimeRecovery);
        }
    },

    async read(aws, id, state) {
        const found = await findTable(aws, id);
        if (!found) {
            return undefined;
        }
        const [backups, ttl, tags] = await Promise.all([
            aws.call<DescribeContinuousBackupsOutput>(SERVICE, "DescribeContinuousBackups", { TableName: id }),
            aws.call<DescribeTimeToLiveOutput>(SERVICE, "DescribeTimeToLive", { TableName: id }),
            aws.call<ListTagsOfResourceOutput>(SERVICE, "ListTagsOfResource", { ResourceArn: found.TableArn }),
        ]);
        const recovery = backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
        const expiry = ttl.TimeToLiveDescription;
        const indexes = found.LocalSecondaryIndexes ?? [];
        return {
            arn: found.TableArn,
            attributes: found.AttributeDefinitions?.map((a) => ({ name: a.AttributeName, type: a.AttributeType })),
            billingMode: found.BillingModeSummary?.BillingMode ?? "PROVISIONED",
            deletionProtectionEnabled: found.DeletionProtectionEnabled ?? false,
            globalSecondaryIndexes: found.GlobalSecondaryIndexes?.map(globalIndexState) ?? [],
            globalTableWitness: undefined,
            hashKey: keyOf(found.KeySchema, "HASH"),
            localSecondaryIndexes:
                indexes.length > 0
                    ? indexes.map((index) => ({
                          name: index.IndexName,
                          rangeKey: keyOf(index.KeySchema, "RANGE"),
                          projectionType: index.Projection?.ProjectionType,
                          nonKeyAttributes: index.Projection?.NonKeyAttributes,
                      }))
                    : undefined,
            name: found.TableName,
            onDemandThroughput: onDemandState(found),
            pointInTimeRecovery: {
                enabled: recovery?.PointInTimeRecoveryStatus === "ENABLED",
                recoveryPeriodInDays: recovery?.RecoveryPeriodInDays ?? 0,
            },
            rangeKey: keyOf(found.KeySchema, "RANGE"),
            readCapacity: found.ProvisionedThroughput?.ReadCapacityUnits ?? 0,
            serverSideEncryption: {
                enabled: found.SSEDescription?.Status === "ENABLED",
                kmsKeyArn: found.SSEDescription?.KMSMasterKeyArn ?? "",
            },
            streamArn: found.LatestStreamArn ?? "",
            streamEnabled: found.StreamSpecification?.StreamEnabled ?? false,
            streamLabel: found.LatestStreamLabel ?? "",
            streamViewType: found.StreamSpecification?.StreamViewType ?? state.streamViewType ?? "",
            tableClass: found.TableClassSummary?.TableClass ?? "STANDARD",
            tagsAll: tagMap(tags.Tags),
            ttl: { attributeName: expiry?.AttributeName ?? "", enabled: expiry?.TimeToLiveStatus === "ENABLED" },
            warmThroughput: warmState(found),
            writeCapacity: found.ProvisionedThroughput?.WriteCapacityUnits ?? 0,
        };
    },

    async update(aws, id, args, before, { arn }) {
        for (const change of tableUpdates(args, before)) {
            await aws.call(SERVICE, "UpdateTable", { TableName: id, ...change });
            await active(aws, id);
        }
        if (changed(before, args, "ttl")) {
            await timeToLive(aws, id, args.ttl);
        }
        if (changed(before, args, "pointInTimeRecovery")) {
            await pointInTimeRecovery(aws, id, args.pointInTimeRecovery);
        }
        await retag(before, args, {
            tag: (tags) => aws.call(SERVICE, "TagResource", { ResourceArn: arn, Tags: tagList(tags) }),
            untag: (TagKeys) => aws.call(SERVICE, "UntagResource", { ResourceArn: arn, TagKeys }),
        });
    },

    async delete(aws, id) {
        await orGone(aws.call(SERVICE, "DeleteTable", { TableName: id }));
        await aws.until(`DynamoDB Table (${id}) to be deleted`, async () =>
            (await findTable(aws, id)) ? undefined : true,
        );
    },
};

/** DynamoDB takes one kind of change in a call, and makes or deletes one index. */
function tableUpdates(args: Properties, before: Properties): object[] {
    const { billingMode } = args;
    const oldIndexes: Properties[] = before.globalSecondaryIndexes ?? [];
    const newIndexes: Properties[] = args.globalSecondaryIndexes ?? [];
    const isIn = (indexes: Properties[], index: Properties) =>
        indexes.some((other) => isDeepStrictEqual(globalIndex(other, ON_DEMAND), globalIndex(index, ON_DEMAND)));
    const kept = newIndexes.filter((index) => isIn(oldIndexes, index));
    const ofIndexes = (updates: object[]) => ({
        AttributeDefinitions: attributes(args),
        GlobalSecondaryIndexUpdates: updates,
    });
    const capacity = (index: Properties) => ({
        Update: { IndexName: index.name, ProvisionedThroughput: throughput(index, billingMode) },
    });
    const capacities = (indexes: Properties[]) => indexes.map((index) => [index.name, throughput(index, billingMode)]);
    const indexCapacityChanged = !isDeepStrictEqual(
        capacities(kept),
        capacities(oldIndexes.filter((index) => isIn(kept, index))),
    );
    const updates: [boolean, object][] = [
        [
            changed(before, args, "billingMode", "readCapacity", "writeCapacity") || indexCapacityChanged,
            {
                BillingMode: billingMode,
                ProvisionedThroughput: throughput(args, billingMode),
                ...(billingMode !== ON_DEMAND && kept.length > 0 && ofIndexes(kept.map(capacity))),
            },
        ],
        [changed(before, args, "onDemandThroughput"), { OnDemandThroughput: onDemand(args.onDemandThroughput) }],
        [changed(before, args, "streamEnabled"), { StreamSpecification: stream(args) }],
        [changed(before, args, "serverSideEncryption"), { SSESpecification: encryption(args.serverSideEncryption) }],
        [changed(before, args, "tableClass"), { TableClass: args.tableClass ?? "STANDARD" }],
        [
            changed(before, args, "deletionProtectionEnabled"),
            { DeletionProtectionEnabled: args.deletionProtectionEnabled ?? false },
        ],
    ];
    return [
        ...updates.filter(([applies]) => applies).map(([, update]) => update),
        ...oldIndexes
            .filter((index) => !isIn(newIndexes, index))
            .map(({ name }) => ofIndexes([{ Delete: { IndexName: name } }])),
        ...newIndexes
            .filter((index) => !isIn(oldIndexes, index))
            .map((index) => ofIndexes([{ Create: globalIndex(index, billingMode) }])),
    ];
}

/** An item's own key, as the real provider writes it into ids. */
function itemKey(args: Properties): Record<string, AttributeValue> {
    const item: Record<string, AttributeValue> = JSON.parse(args.item);
    const names = [args.hashKey, ...(args.rangeKey ? [args.rangeKey] : [])];
    return Object.fromEntries(names.map((name) => [name, item[name]]));
}

const keyText = (value?: AttributeValue) => String(Object.values(value ?? {})[0] ?? "");

function putItem(aws: Client, args: Properties, condition: object = {}) {
    return aws.call(SERVICE, "PutItem", { TableName: args.tableName, Item: JSON.parse(args.item), ...condition });
}

const tableItem: ResourceType = {
    label: "DynamoDB Table Item",
    foundWith: ["tableName", "hashKey", "item"],
    replaces: ["tableName", "hashKey", "rangeKey"],
    json: ["item"],

    async create(aws, args) {
        // An item that is there already is somebody else's.
        const names = { "#hk": args.hashKey, ...(args.rangeKey && { "#rk": args.rangeKey }) };
        const condition = Object.keys(names).map((name) => `attribute_not_exists(${name})`);
        await putItem(aws, args, {
            ConditionExpression: condition.join(" AND "),
            ExpressionAttributeNames: names,
        });
        return [args.tableName, ...Object.entries(itemKey(args)).flatMap(([n, v]) => [n, keyText(v)])].join("|");
    },

    async read(aws, _id, state) {
        const Key = itemKey(state);
        const found = await aws.find<GetItemOutput>(SERVICE, "GetItem", {
            TableName: state.tableName,
            Key,
            ConsistentRead: true,
        });
        return (
            found?.Item && {
                hashKey: state.hashKey,
                hashKeyValue: keyText(Key[state.hashKey]),
                item: JSON.stringify(found.Item),
                rangeKey: state.rangeKey,
                rangeKeyValue: keyText(Key[state.rangeKey]),
                tableName: state.tableName,
            }
        );
    },

    async update(aws, _id, args, before) {
        await putItem(aws, args);
        if (!isDeepStrictEqual(itemKey(args), itemKey(before))) {
            await aws.call(SERVICE, "DeleteItem", { TableName: args.tableName, Key: itemKey(before) });
        }
    },

    async delete(aws, _id, state) {
        await orGone(aws.call(SERVICE, "DeleteItem", { TableName: state.tableName, Key: itemKey(state) }));
    },
};

function putPolicy(aws: Client, args: Properties) {
    return aws.call(SERVICE, "PutResourcePolicy", {
        ResourceArn: args.resourceArn,
        Policy: args.policy,
        ConfirmRemoveSelfResourceAccess: args.confirmRemoveSelfResourceAccess,
    });
}

const resourcePolicy: ResourceType = {
    label: "DynamoDB Resource Policy",
    replaces: ["resourceArn"],
    documents: ["policy"],

    async create(aws, args) {
        await putPolicy(aws, args);
        return args.resourceArn;
    },

    async read(aws, id, state) {
        const found = await aws.find<GetResourcePolicyOutput>(SERVICE, "GetResourcePolicy", { ResourceArn: id });
        return (
            found && {
                confirmRemoveSelfResourceAccess: state.confirmRemoveSelfResourceAccess ?? false,
                policy: found.Policy,
                resourceArn: id,
                revisionId: found.RevisionId,
            }
        );
    },

    async update(aws, _id, args) {
        await putPolicy(aws, args);
    },

    async delete(aws, id) {
        await orGone(aws.call(SERVICE, "DeleteResourcePolicy", { ResourceArn: id }));
    },
};

export const dynamodb: ResourceTypes = {
    "aws:dynamodb/table:Table": table,
    "aws:dynamodb/tableItem:TableItem": tableItem,
    "aws:dynamodb/resourcePolicy:ResourcePolicy": resourcePolicy,
};
