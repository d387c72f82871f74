import * as assert from "node:assert";
import { Client } from "../../../simulator/provider/client";
import { resourceTypes } from "../../../simulator/provider/types";
import { Typings } from "../../../simulator/provider/typings";
import type { Properties } from "../../../simulator/provider/values";
import { allServices } from "../../../simulator/services";
import { administratorOf } from "../../../simulator/world/identity";
import { World } from "../../../simulator/world/world";
import { databaseCases, makeDatabases, type Case, type DatabaseFixtures } from "./provider-cases";
import { makePipelines, type PipelineFixtures } from "./provider-pipelines";
import { ProviderClient } from "./provider-client";
import { makeSearch, searchCases, type SearchFixtures } from "./provider-search-cases";

const ACCOUNT = "123456789012";
const TRUST = policy({ Principal: { Service: "glue.amazonaws.com" }, Action: "sts:AssumeRole" });
const READ = policy({ Action: "s3:GetObject", Resource: "*" });
const WRITE = policy({ Action: "s3:PutObject", Resource: "*" });

function policy(statement: object): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
}

/** What the things that others belong to are called. */
interface Fixtures extends DatabaseFixtures, SearchFixtures {
    bucket: string;
    role: Properties;
    user: string;
    policyArn: string;
    keyId: string;
    table: Properties;
    database: string;
    catalogTable: string;
    /** what pipelines from the table `streamed` need */
    pipelines: PipelineFixtures;
}

const alarm = { comparisonOperator: "GreaterThanThreshold", evaluationPeriods: 1, namespace: "zero-etl" };

const cases: Record<string, Case<Fixtures>> = {
    ...databaseCases,
    ...searchCases,
    "aws:athena/namedQuery:NamedQuery": {
        args: () => ({ database: "bank", query: "SELECT 1", description: "one" }),
        id: /^[0-9a-f-]{36}$/,
    },
    "aws:athena/workgroup:Workgroup": {
        args: () => ({ configuration: { resultConfiguration: { outputLocation: "s3://results/" } }, tags: { a: "1" } }),
        update: () => ({ description: "for tests", tags: { b: "2" } }),
        id: /^thing-[0-9a-f]{7}$/,
    },
    "aws:cloudwatch/logGroup:LogGroup": {
        args: () => ({ retentionInDays: 7, tags: { a: "1" } }),
        update: () => ({ retentionInDays: 14, tags: { a: "2" } }),
        id: /^thing-[0-9a-f]{7}$/,
    },
    "aws:cloudwatch/metricAlarm:MetricAlarm": {
        args: () => ({ ...alarm, metricName: "lag", period: 60, statistic: "Maximum", dimensions: { Table: "t" } }),
        update: () => ({ threshold: 5, alarmDescription: "behind", tags: { a: "1" } }),
        id: /^thing-[0-9a-f]{7}$/,
    },
    "aws:dynamodb/resourcePolicy:ResourcePolicy": {
        args: ({ table }) => ({ resourceArn: table.arn, policy: tablePolicy(table.arn, "dynamodb:GetItem") }),
        update: ({ table }) => ({ policy: tablePolicy(table.arn, "dynamodb:PutItem") }),
        id: /^arn:aws:dynamodb:/,
    },
    "aws:dynamodb/table:Table": {
        args: () => ({
            attributes: ["id", "owner", "at"].map((name) => ({ name, type: "S" })),
            hashKey: "id",
            rangeKey: "at",
            billingMode: "PAY_PER_REQUEST",
            globalSecondaryIndexes: [{ name: "byOwner", hashKey: "owner", projectionType: "ALL" }],
            pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 7 },
            streamEnabled: true,
            streamViewType: "NEW_IMAGE",
            ttl: { enabled: true, attributeName: "expires" },
            tags: { a: "1" },
        }),
        update: () => ({
            attributes: ["id", "at"].map((name) => ({ name, type: "S" })),
            billingMode: "PROVISIONED",
            readCapacity: 5,
            writeCapacity: 5,
            globalSecondaryIndexes: [],
            pointInTimeRecovery: { enabled: false },
            serverSideEncryption: { enabled: true },
            deletionProtectionEnabled: false,
            streamEnabled: false,
            tags: { b: "2" },
        }),
        id: /^thing-[0-9a-f]{7}$/,
    },
    "aws:dynamodb/tableItem:TableItem": {
        args: ({ table }) => ({ tableName: table.name, hashKey: "id", item: '{"id":{"S":"1"},"n":{"N":"1"}}' }),
        update: () => ({ item: '{"id":{"S":"1"},"n":{"N":"2"}}' }),
        id: /\|id\|1$/,
    },
    "aws:glue/catalogDatabase:CatalogDatabase": {
        args: ({ bucket }) => ({ locationUri: `s3://${bucket}/db/`, parameters: { a: "1" }, tags: { a: "1" } }),
        update: () => ({ description: "the bank", tags: {} }),
        id: /^123456789012:thing-[0-9a-f]{7}$/,
    },
    "aws:glue/catalogTable:CatalogTable": {
        args: ({ bucket, database }) => ({
            databaseName: database,
            tableType: "EXTERNAL_TABLE",
            partitionKeys: [{ name: "month", type: "int" }],
            storageDescriptor: {
                location: `s3://${bucket}/table/`,
                columns: [{ name: "id", type: "string", comment: "the key" }],
                serDeInfo: { serializationLibrary: "org.openx.data.jsonserde.JsonSerDe" },
            },
        }),
        update: () => ({ description: "accounts" }),
        id: /^123456789012:bank:thing-[0-9a-f]{7}$/,
    },
    "aws:glue/catalogTableOptimizer:CatalogTableOptimizer": {
        args: ({ database, catalogTable, role }) => ({
            catalogId: ACCOUNT,
            databaseName: database,
            tableName: catalogTable,
            type: "compaction",
            configuration: { enabled: true, roleArn: role.arn },
        }),
        update: ({ role }) => ({ configuration: { enabled: false, roleArn: role.arn } }),
        id: /^123456789012,bank,accounts,compaction$/,
    },
    "aws:glue/resourcePolicy:ResourcePolicy": {
        args: () => ({ policy: catalogPolicy("glue:GetTable") }),
        update: () => ({ policy: catalogPolicy("glue:GetDatabase") }),
        id: /^123456789012$/,
    },
    "aws:iam/accessKey:AccessKey": {
        args: ({ user }) => ({ user }),
        id: /^AKIA/,
    },
    "aws:iam/policy:Policy": {
        args: () => ({ policy: READ, description: "to read" }),
        update: () => ({ policy: WRITE, tags: { a: "1" } }),
        id: /^arn:aws:iam::123456789012:policy\/thing-[0-9a-f]{7}$/,
    },
    "aws:iam/role:Role": {
        args: ({ policyArn }) => ({
            assumeRolePolicy: TRUST,
            inlinePolicies: [{ name: "read", policy: READ }],
            managedPolicyArns: [policyArn],
            tags: { a: "1" },
        }),
        update: () => ({
            assumeRolePolicy: TRUST.replace("glue", "firehose"),
            description: "writes",
            inlinePolicies: [{ name: "write", policy: WRITE }],
            managedPolicyArns: [],
            maxSessionDuration: 7200,
            tags: {},
        }),
        id: /^thing-[0-9a-f]{7}$/,
    },
    "aws:iam/rolePolicy:RolePolicy": {
        args: ({ role }) => ({ role: role.name, policy: READ }),
        update: () => ({ policy: WRITE }),
        id: /:thing-[0-9a-f]{7}$/,
    },
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
        args: ({ role, policyArn }) => ({ role: role.name, policyArn }),
        id: /\/arn:aws:iam::/,
    },
    "aws:iam/user:User": {
        args: () => ({ path: "/people/" }),
        update: () => ({ tags: { a: "1" } }),
        id: /^thing-[0-9a-f]{7}$/,
    },
    "aws:iam/userPolicy:UserPolicy": {
        args: ({ user }) => ({ user, policy: READ }),
        update: () => ({ policy: WRITE }),
        id: /:thing-[0-9a-f]{7}$/,
    },
    "aws:kms/alias:Alias": {
        args: ({ keyId }) => ({ targetKeyId: keyId }),
        id: /^alias\/thing-[0-9a-f]{7}$/,
    },
    "aws:kms/grant:Grant": {
        args: ({ keyId, role }) => ({ keyId, granteePrincipal: role.arn, operations: ["Encrypt", "Decrypt"] }),
        id: /^[0-9a-f-]{36}:[0-9a-f]+$/,
    },
    "aws:kms/key:Key": {
        args: () => ({ description: "for data", enableKeyRotation: true, deletionWindowInDays: 7, tags: { a: "1" } }),
        update: () => ({ description: "for all", enableKeyRotation: false, isEnabled: false, tags: { b: "2" } }),
        id: /^[0-9a-f-]{36}$/,
    },
    "aws:kms/keyPolicy:KeyPolicy": {
        args: ({ keyId }) => ({ keyId, policy: keyPolicy("1") }),
        update: () => ({ policy: keyPolicy("2") }),
        id: /^[0-9a-f-]{36}$/,
    },
    "aws:lakeformation/dataLakeSettings:DataLakeSettings": {
        args: () => ({ admins: [`arn:aws:iam::${ACCOUNT}:user/administrator`] }),
        update: () => ({
            createTableDefaultPermissions: [{ principal: "IAM_ALLOWED_PRINCIPALS", permissions: ["ALL"] }],
        }),
        id: /^123456789012$/,
    },
    "aws:lakeformation/permissions:Permissions": {
        args: ({ role, database }) => ({
            principal: role.arn,
            permissions: ["DESCRIBE", "CREATE_TABLE"],
            database: { name: database },
        }),
        id: /^[0-9a-f]{10}$/,
    },
    "aws:lakeformation/resource:Resource": {
        args: ({ bucket }) => ({ arn: `arn:aws:s3:::${bucket}`, hybridAccessEnabled: true }),
        id: /^arn:aws:s3:::/,
    },
    "aws:opensearchingest/pipeline:Pipeline": {
        args: ({ pipelines }) => ({
            pipelineName: "orders",
            minUnits: 1,
            maxUnits: 2,
            pipelineConfigurationBody: pipelines.body("orders-v1"),
            pipelineRoleArn: pipelines.roleArn,
            bufferOptions: { persistentBufferEnabled: false },
            logPublishingOptions: {
                isLoggingEnabled: true,
                cloudwatchLogDestination: { logGroup: "/aws/vendedlogs/orders" },
            },
            tags: { a: "1" },
        }),
        update: ({ pipelines }) => ({
            maxUnits: 4,
            pipelineConfigurationBody: pipelines.body("orders-v2"),
            tags: { b: "2" },
        }),
        id: /^orders$/,
    },
    "aws:opensearchingest/resourcePolicy:ResourcePolicy": {
        args: ({ pipelines }) => ({ resourceArn: pipelines.arn, policy: ingestPolicy(pipelines.arn, "Ingest") }),
        update: ({ pipelines }) => ({ policy: ingestPolicy(pipelines.arn, "GetPipeline") }),
        id: /^arn:aws:osis:eu-west-1:123456789012:pipeline\/base$/,
    },
    "aws:s3/bucket:Bucket": {
        args: () => ({ forceDestroy: true, tags: { a: "1" } }),
        update: () => ({ tags: { b: "2" } }),
        id: /^thing-[0-9a-f]{7}$/,
    },
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
        args: ({ bucket }) => ({
            bucket,
            rules: [{ id: "old", status: "Enabled", filter: { prefix: "old/" }, expiration: { days: 3 } }],
        }),
        update: () => ({
            rules: [{ id: "old", status: "Disabled", filter: { prefix: "old/" }, expiration: { days: 4 } }],
        }),
        id: /^lake-/,
    },
    "aws:s3/bucketObject:BucketObject": {
        args: ({ bucket }) => ({ bucket, content: "hello", contentType: "text/plain" }),
        update: () => ({ content: "goodbye" }),
        id: /^thing$/,
    },
    "aws:s3/bucketObjectv2:BucketObjectv2": {
        args: ({ bucket }) => ({ bucket, key: "greetings/one", contentBase64: "aGVsbG8=", tags: { a: "1" } }),
        update: () => ({ tags: { b: "2" } }),
        id: /^greetings\/one$/,
    },
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
        args: ({ bucket }) => ({ bucket, rule: { objectOwnership: "BucketOwnerPreferred" } }),
        update: () => ({ rule: { objectOwnership: "BucketOwnerEnforced" } }),
        id: /^lake-/,
    },
    "aws:s3/bucketPolicy:BucketPolicy": {
        args: ({ bucket }) => ({ bucket, policy: bucketPolicy(bucket, "s3:GetObject") }),
        update: ({ bucket }) => ({ policy: bucketPolicy(bucket, "s3:PutObject") }),
        id: /^lake-/,
    },
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
        args: ({ bucket }) => ({ bucket, blockPublicAcls: true }),
        update: () => ({ blockPublicPolicy: true }),
        id: /^lake-/,
    },
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
        args: ({ bucket }) => ({
            bucket,
            rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
        }),
        update: () => ({
            rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" }, bucketKeyEnabled: true }],
        }),
        id: /^lake-/,
    },
    "aws:s3/bucketVersioning:BucketVersioning": {
        args: ({ bucket }) => ({ bucket, versioningConfiguration: { status: "Enabled" } }),
        update: () => ({ versioningConfiguration: { status: "Suspended" } }),
        id: /^lake-/,
    },
};

function tablePolicy(arn: string, action: string): string {
    return policy({ Principal: { AWS: ACCOUNT }, Action: action, Resource: arn });
}

function ingestPolicy(arn: string, action: string): string {
    return policy({ Principal: { AWS: ACCOUNT }, Action: `osis:${action}`, Resource: arn });
}

function catalogPolicy(action: string): string {
    return policy({ Principal: { AWS: ACCOUNT }, Action: action, Resource: `arn:aws:glue:eu-west-1:${ACCOUNT}:*` });
}

function bucketPolicy(bucket: string, action: string): string {
    return policy({ Principal: { AWS: ACCOUNT }, Action: action, Resource: `arn:aws:s3:::${bucket}/*` });
}

function keyPolicy(id: string): string {
    const statement = { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } };
    return JSON.stringify({
        Version: "2012-10-17",
        Id: id,
        Statement: [{ ...statement, Action: "kms:*", Resource: "*" }],
    });
}

describe("the aws provider's types", () => {
    const world = new World({ services: allServices, speed: 10_000 });
    const typings = new Typings([__dirname]);
    const client = new Client(world, (p) => administratorOf(ACCOUNT, p), "eu-west-1", new AbortController().signal);
    let provider: ProviderClient;
    let fixtures: Fixtures;

    before(async () => {
        provider = await ProviderClient.configured(world);
        const made = async (token: string, args: Properties) => (await provider.make(token, args)).state;
        const bucket = (await made("aws:s3/bucket:Bucket", { bucket: `lake-${ACCOUNT}` })).bucket;
        const database = (await made("aws:glue/catalogDatabase:CatalogDatabase", { name: "bank" })).name;
        fixtures = {
            ...(await makeDatabases(made)),
            pipelines: await makePipelines(made, client),
            ...(await makeSearch(made)),
            bucket,
            database,
            role: await made("aws:iam/role:Role", { name: "base", assumeRolePolicy: TRUST }),
            user: (await made("aws:iam/user:User", { name: "base" })).name,
            policyArn: (await made("aws:iam/policy:Policy", { name: "base", policy: READ })).arn,
            keyId: (await made("aws:kms/key:Key", {})).keyId,
            table: await made("aws:dynamodb/table:Table", {
                name: "base",
                billingMode: "PAY_PER_REQUEST",
                attributes: [{ name: "id", type: "S" }],
                hashKey: "id",
            }),
            catalogTable: (
                await made("aws:glue/catalogTable:CatalogTable", {
                    name: "accounts",
                    databaseName: database,
                    tableType: "EXTERNAL_TABLE",
                    parameters: { table_type: "ICEBERG" },
                    storageDescriptor: { location: `s3://${bucket}/accounts/` },
                })
            ).name,
        };
    });

    after(() => {
        provider.close();
        world.stop();
    });

    it("are all tried here", () => {
        assert.deepStrictEqual(Object.keys(cases).sort(), Object.keys(resourceTypes).sort());
    });

    for (const [token, { args, update, id: idForm }] of Object.entries(cases)) {
        it(`${token}: made, read, changed and deleted`, async () => {
            const { outputs } = typings.resource(token)!;
            const { inputs, id, state } = await provider.make(token, args(fixtures));
            assert.match(id, idForm);

            const raw = Object.keys((await resourceTypes[token].read(client, id, state))!);
            const derived = ["region", "tags"];
            const computed = Object.keys(outputs).filter((key) => !outputs[key].optional && !derived.includes(key));
            assert.deepStrictEqual(
                [...raw, ...computed].filter((key) => !(key in outputs) || derived.includes(key)),
                [],
            );
            assert.deepStrictEqual(
                computed.filter((key) => !raw.includes(key)),
                [],
                "computed but not read",
            );
            if (token in databaseCases || token in searchCases) {
                assert.deepStrictEqual(
                    computed.filter((key) => state[key] === undefined),
                    [],
                    "without a value",
                );
            }

            // What is read comes back as it was given; a little AWS does not keep.
            const unread = Object.keys(inputs).filter((key) => !raw.includes(key) && !derived.includes(key));
            assert.deepStrictEqual(
                unread.filter((key) => !KEPT_BY_PULUMI.includes(key)),
                [],
            );
            assert.deepStrictEqual(await provider.read(token, id, state, inputs), { id, state, inputs });
            assert.deepStrictEqual((await provider.diff(token, state, inputs, inputs)).changed, []);

            let last = state;
            if (update) {
                const { inputs: next } = await provider.check(
                    token,
                    { ...args(fixtures), ...update(fixtures) },
                    inputs,
                );
                const { changed, replaces } = await provider.diff(token, state, inputs, next);
                assert.deepStrictEqual(replaces, []);
                assert.ok(changed.length > 0);
                last = await provider.update(token, id, state, inputs, next);
                assert.deepStrictEqual(await provider.read(token, id, last, next), { id, state: last, inputs: next });
            }

            await provider.delete(token, id, last);
            if (!ALWAYS_THERE.includes(token)) {
                assert.strictEqual((await provider.read(token, id, last, inputs)).id, "");
            }
            await provider.delete(token, id, last);
        });
    }
});

/** What every account, bucket, key or secret has, and what was done: deleting it leaves it as it was, or a default. */
const ALWAYS_THERE = [
    "aws:redshiftdata/statement:Statement",
    "aws:secretsmanager/secretVersion:SecretVersion",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:lakeformation/dataLakeSettings:DataLakeSettings",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketVersioning:BucketVersioning",
];

const KEPT_BY_PULUMI = [
    "__defaults",
    "adminUserPassword",
    "bypassPolicyLockoutSafetyCheck",
    "content",
    "contentBase64",
    "deletionWindowInDays",
    "forceDestroy",
    "forceOverwriteReplicaSecret",
    "forceDetachPolicies",
    "masterPassword",
    "password",
    "recoveryWindowInDays",
    "retireOnDelete",
    "revokeRulesOnDelete",
    "skipFinalSnapshot",
    "timeouts",
    "skipDestroy",
];
