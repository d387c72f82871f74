import type {
    AttributeDefinition,
    BillingMode,
    CreateTableInput,
    GlobalSecondaryIndex,
    KeySchemaElement,
    LocalSecondaryIndex,
    ProvisionedThroughput,
} from "@aws-sdk/client-dynamodb";
import { invalid, invalidParameter } from "./values";

const TABLE_NAME = /^[a-zA-Z0-9_.-]{3,255}$/;
const MAX_LOCAL_INDEXES = 5;
const MAX_GLOBAL_INDEXES = 20;
/** A global index may have that many attributes in each half of its key. */
const MAX_ATTRIBUTES_PER_KEY_PART = 4;

export function checkTableName(name: string): void {
    if (!TABLE_NAME.test(name)) {
        throw invalid(
            "TableName must be at least 3 characters long and at most 255 characters long, and may contain only the characters a-z, A-Z, 0-9, '_', '-', and '.'",
        );
    }
}

/** Keys, indexes, attribute definitions and throughput, as far as they must agree. */
export function checkDefinition(input: CreateTableInput): void {
    checkTableName(input.TableName!);
    const definitions = input.AttributeDefinitions ?? [];
    const local = input.LocalSecondaryIndexes ?? [];
    const global = input.GlobalSecondaryIndexes ?? [];
    if (!input.KeySchema || definitions.length === 0) {
        throw invalidParameter("KeySchema and AttributeDefinitions are required");
    }
    checkKeySchema(input.KeySchema, 1);
    if (local.length > 0 && input.KeySchema.length < 2) {
        throw invalidParameter(
            "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
        );
    }
    local.forEach((index) => checkLocalIndex(index, input.KeySchema!));
    global.forEach((index) => checkKeySchema(index.KeySchema!, MAX_ATTRIBUTES_PER_KEY_PART));
    checkIndexCount("LocalSecondaryIndex", local.length, MAX_LOCAL_INDEXES);
    checkIndexCount("GlobalSecondaryIndex", global.length, MAX_GLOBAL_INDEXES);
    const names = [...local, ...global].map((index) => index.IndexName!);
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    if (twice) {
        throw invalidParameter(`Duplicate index name: ${twice}`);
    }
    checkAttributes(definitions, [input.KeySchema, ...[...local, ...global].map((index) => index.KeySchema!)]);
    checkThroughput(input.BillingMode, input.ProvisionedThroughput, global);
}

function checkKeySchema(schema: KeySchemaElement[], maxPerPart: number): void {
    const types = schema.map((element) => element.KeyType!);
    const hashes = types.filter((type) => type === "HASH").length;
    const ranges = types.length - hashes;
    if (types[0] !== "HASH") {
        throw invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    }
    const inOrder = types.slice(hashes).every((type) => type === "RANGE");
    if (hashes > maxPerPart || ranges > maxPerPart || !inOrder) {
        throw invalid("Invalid KeySchema: Some index key attributes are duplicated or out of order");
    }
    const names = schema.map((element) => element.AttributeName);
    if (new Set(names).size < names.length) {
        throw invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name");
    }
}

function checkLocalIndex(index: LocalSecondaryIndex, tableKey: KeySchemaElement[]): void {
    checkKeySchema(index.KeySchema!, 1);
    if (index.KeySchema![0].AttributeName !== tableKey[0].AttributeName) {
        throw invalidParameter(
            `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${index.IndexName}`,
        );
    }
    if (index.KeySchema!.length < 2) {
        throw invalidParameter(`Index KeySchema does not have a range key for index: ${index.IndexName}`);
    }
}

function checkIndexCount(kind: string, count: number, max: number): void {
    if (count > max) {
        throw invalidParameter(`Number of ${kind}es exceeds per-table limit of ${max}`);
    }
}

function checkAttributes(definitions: AttributeDefinition[], schemas: KeySchemaElement[][]): void {
    const defined = definitions.map((definition) => definition.AttributeName!);
    const show = (names: Iterable<string>) => `[${[...names].join(", ")}]`;
    for (const schema of schemas) {
        const keys = schema.map((element) => element.AttributeName!);
        if (!keys.every((key) => defined.includes(key))) {
            throw invalidParameter(
                `Some index key attributes are not defined in AttributeDefinitions. Keys: ${show(keys)}, AttributeDefinitions: ${show(defined)}`,
            );
        }
    }
    const used = new Set(schemas.flat().map((element) => element.AttributeName!));
    if (used.size !== defined.length) {
        throw invalidParameter(
            schemas.length === 1
                ? "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions"
                : `Some AttributeDefinitions are not used. AttributeDefinitions: ${show(defined)}, keys used: ${show(used)}`,
        );
    }
}

export function checkThroughput(
    mode: BillingMode = "PROVISIONED",
    table: ProvisionedThroughput | undefined,
    indexes: GlobalSecondaryIndex[],
): void {
    const isGiven = (throughput?: ProvisionedThroughput) =>
        Boolean(throughput && (throughput.ReadCapacityUnits || throughput.WriteCapacityUnits));
    const onDemand = mode === "PAY_PER_REQUEST";
    const subjects = [
        { what: "", throughput: table },
        ...indexes.map((index) => ({
            what: ` for index: ${index.IndexName}`,
            throughput: index.ProvisionedThroughput,
        })),
    ];
    for (const { what, throughput } of subjects) {
        if (onDemand && isGiven(throughput)) {
            throw invalidParameter(
                `Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST${what}`,
            );
        }
        if (!onDemand && !(throughput?.ReadCapacityUnits && throughput.WriteCapacityUnits)) {
            throw invalidParameter(
                `ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED${what}`,
            );
        }
    }
}
