import { strict as assert } from "node:assert";
import { gunzipSync } from "node:zlib";
import type { AttributeValue, CreateTableInput } from "@aws-sdk/client-dynamodb";
import fc from "fast-check";
import { allServices } from "../../../simulator/services";
import { exportedItems, type Item } from "../../../simulator/services/dynamodb";
import { holds } from "../../../simulator/services/dynamodb/expressions/condition";
import {
    parseCondition,
    parseUpdate,
    Placeholders,
    type Condition,
} from "../../../simulator/services/dynamodb/expressions/parser";
import { applyUpdate } from "../../../simulator/services/dynamodb/expressions/update";
import { Table } from "../../../simulator/services/dynamodb/table";
import { days, hours, minutes, seconds } from "../../../simulator/world/clock";
import type { Context } from "../../../simulator/world/context";
import { World } from "../../../simulator/world/world";

const OWNER = "111111111111";
const STRANGER = "222222222222";
const TABLE_ARN = `arn:aws:dynamodb:eu-west-1:${OWNER}:table/Accounts`;

const ACCOUNTS: CreateTableInput = {
    TableName: "Accounts",
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [
        { AttributeName: "CustomerID", KeyType: "HASH" },
        { AttributeName: "AccountNumber", KeyType: "RANGE" },
    ],
    AttributeDefinitions: [
        { AttributeName: "CustomerID", AttributeType: "S" },
        { AttributeName: "AccountNumber", AttributeType: "N" },
    ],
};

describe("simulated DynamoDB", () => {
    let world: World;
    let owner: Context;

    beforeEach(() => {
        world = new World({ services: allServices });
        owner = world.administrator(OWNER);
    });
    afterEach(() => world.stop());

    const call = (operation: string, input: object, ctx = owner) => ctx.call("dynamodb", operation, input);
    const makeTable = async (definition: Partial<CreateTableInput> = {}) => {
        await call("CreateTable", { ...ACCOUNTS, ...definition });
        await world.clock.advance(minutes(1));
    };
    const account = (customer: string, number: number, rest: Item = {}): Item => ({
        CustomerID: { S: customer },
        AccountNumber: { N: String(number) },
        ...rest,
    });
    const put = (item: Item, more: object = {}) => call("PutItem", { TableName: "Accounts", Item: item, ...more });
    const turnPitrOn = (spec: object = {}) =>
        call("UpdateContinuousBackups", {
            TableName: "Accounts",
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, ...spec },
        });

    describe("tables", () => {
        it("are CREATING first, and have no items until they are ACTIVE", async () => {
            const { TableDescription } = await call("CreateTable", ACCOUNTS);
            assert.equal(TableDescription.TableStatus, "CREATING");
            assert.equal(TableDescription.TableArn, TABLE_ARN);
            await refused(put(account("a", 1)), "ResourceNotFoundException", /^Requested resource not found$/);
            await refused(turnPitrOn(), "ContinuousBackupsUnavailableException");
            await refused(call("DeleteTable", { TableName: "Accounts" }), "ResourceInUseException", /being created/);
            await world.clock.advance(minutes(1));
            const { Table } = await call("DescribeTable", { TableName: TABLE_ARN });
            assert.equal(Table.TableStatus, "ACTIVE");
            assert.equal(Table.SSEDescription, undefined);
            await refused(call("CreateTable", ACCOUNTS), "ResourceInUseException", /Table already exists: Accounts/);
        });

        const onDemand = { BillingMode: "PAY_PER_REQUEST" } as const;
        const CONTRADICTIONS: [string, Partial<CreateTableInput>, RegExp][] = [
            [
                "a key without a definition",
                { AttributeDefinitions: ACCOUNTS.AttributeDefinitions!.slice(1) },
                /not defined/,
            ],
            ["a definition without a key", { KeySchema: ACCOUNTS.KeySchema!.slice(0, 1) }, /does not exactly match/],
            [
                "a range key first",
                { KeySchema: ACCOUNTS.KeySchema!.toReversed() },
                /first KeySchemaElement is not a HASH/,
            ],
            ["a short name", { TableName: "ab" }, /at least 3 characters/],
            [
                "capacity on demand",
                { ...onDemand, ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
                /Neither/,
            ],
            ["no capacity at all", { BillingMode: undefined }, /must both be specified/],
            ["a stream without a view", { StreamSpecification: { StreamEnabled: true } }, /StreamViewType/],
        ];
        for (const [what, change, message] of CONTRADICTIONS) {
            it(`are refused with ${what}`, () =>
                refused(call("CreateTable", { ...ACCOUNTS, ...change }), "ValidationException", message));
        }

        it("are protected against deletion as long as they say so", async () => {
            await makeTable({ DeletionProtectionEnabled: true });
            await refused(
                call("DeleteTable", { TableName: "Accounts" }),
                "ValidationException",
                /protected against deletion/,
            );
            await call("UpdateTable", { TableName: "Accounts", DeletionProtectionEnabled: false });
            await world.clock.advance(minutes(1));
            await call("DeleteTable", { TableName: "Accounts" });
            await world.clock.advance(minutes(1));
            await refused(
                call("DescribeTable", { TableName: "Accounts" }),
                "ResourceNotFoundException",
                /Table: Accounts not found/,
            );
            assert.deepEqual((await call("ListTables", {})).TableNames, []);
        });

        it("tell which key encrypts them: AWS's own, the managed one, or the customer's", async () => {
            const { KeyMetadata } = await owner.call("kms", "CreateKey");
            const specifications = {
                managed: { Enabled: true },
                customer: { Enabled: true, KMSMasterKeyId: KeyMetadata.KeyId },
            };
            const arns: Record<string, string> = {};
            for (const [name, SSESpecification] of Object.entries(specifications)) {
                const { TableDescription } = await call("CreateTable", {
                    ...ACCOUNTS,
                    TableName: name,
                    SSESpecification,
                });
                arns[name] = TableDescription.SSEDescription.KMSMasterKeyArn;
            }
            assert.equal(arns.customer, KeyMetadata.Arn);
            const managed = await owner.call("kms", "DescribeKey", { KeyId: arns.managed });
            assert.equal(managed.KeyMetadata.KeyManager, "AWS");
        });

        it("open and close streams, each with an ARN of its own", async () => {
            await makeTable({ StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" } });
            const describe = async () => (await call("DescribeTable", { TableName: "Accounts" })).Table;
            const first = (await describe()).LatestStreamArn;
            assert.match(first, new RegExp(`^${TABLE_ARN}/stream/\\d{4}-\\d\\d-\\d\\dT[\\d:.]+$`));
            await call("UpdateTable", { TableName: "Accounts", StreamSpecification: { StreamEnabled: false } });
            await world.clock.advance(minutes(1));
            assert.equal((await describe()).StreamSpecification, undefined);
            assert.equal((await describe()).LatestStreamArn, first);
            await call("UpdateTable", {
                TableName: "Accounts",
                StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
            });
            assert.notEqual((await describe()).LatestStreamArn, first);
        });

        it("carry tags and a time to live", async () => {
            await makeTable({ Tags: [{ Key: "team", Value: "bank" }] });
            await call("TagResource", { ResourceArn: TABLE_ARN, Tags: [{ Key: "env", Value: "test" }] });
            await call("UntagResource", { ResourceArn: TABLE_ARN, TagKeys: ["team"] });
            const { Tags } = await call("ListTagsOfResource", { ResourceArn: TABLE_ARN });
            assert.deepEqual(Tags, [{ Key: "env", Value: "test" }]);
            const ttl = (Enabled: boolean) =>
                call("UpdateTimeToLive", {
                    TableName: "Accounts",
                    TimeToLiveSpecification: { Enabled, AttributeName: "ExpiresAt" },
                });
            await ttl(true);
            await refused(ttl(true), "ValidationException", /already enabled/);
            await refused(ttl(false), "ValidationException", /multiple times/);
            const { TimeToLiveDescription } = await call("DescribeTimeToLive", { TableName: "Accounts" });
            assert.deepEqual(TimeToLiveDescription, { TimeToLiveStatus: "ENABLED", AttributeName: "ExpiresAt" });
        });
    });

    describe("point-in-time recovery", () => {
        it("reaches back to when it was switched on, and no further than its period", async () => {
            await makeTable();
            await turnPitrOn({ RecoveryPeriodInDays: 2 });
            const since = world.clock.now();
            const earliest = async () =>
                (
                    await call("DescribeContinuousBackups", { TableName: "Accounts" })
                ).ContinuousBackupsDescription.PointInTimeRecoveryDescription.EarliestRestorableDateTime.getTime();
            await world.clock.advance(days(1));
            assert.ok(Math.abs((await earliest()) - since) < seconds(5));
            await world.clock.advance(days(4));
            assert.ok(Math.abs((await earliest()) - (world.clock.now() - days(2))) < seconds(5));
            await refused(turnPitrOn({ RecoveryPeriodInDays: 36 }), "ValidationException");
        });
    });

    describe("resource policies", () => {
        const letIn = (principal: object, actions: string[], condition?: object) =>
            JSON.stringify({
                Version: "2012-10-17",
                Statement: [
                    {
                        Sid: "One",
                        Effect: "Allow",
                        Principal: principal,
                        Action: actions,
                        Resource: "*",
                        ...(condition && { Condition: condition }),
                    },
                ],
            });
        const putPolicy = (Policy: string, ExpectedRevisionId?: string) =>
            call("PutResourcePolicy", { ResourceArn: TABLE_ARN, Policy, ExpectedRevisionId });

        beforeEach(() => makeTable());

        it("are guarded by their revision", async () => {
            const document = letIn({ AWS: STRANGER }, ["dynamodb:GetItem"]);
            await refused(call("GetResourcePolicy", { ResourceArn: TABLE_ARN }), "PolicyNotFoundException");
            await refused(putPolicy(document, "1"), "PolicyNotFoundException");
            const { RevisionId } = await putPolicy(document, "NO_POLICY");
            assert.equal((await call("GetResourcePolicy", { ResourceArn: TABLE_ARN })).Policy, document);
            await refused(putPolicy(document, "NO_POLICY"), "PolicyNotFoundException");
            const changed = await putPolicy(letIn({ AWS: STRANGER }, ["dynamodb:Query"]), RevisionId);
            assert.notEqual(changed.RevisionId, RevisionId);
            const remove = (ExpectedRevisionId?: string) =>
                call("DeleteResourcePolicy", { ResourceArn: TABLE_ARN, ExpectedRevisionId });
            await refused(remove(RevisionId), "PolicyNotFoundException");
            assert.deepEqual(await remove(changed.RevisionId), { RevisionId: changed.RevisionId });
            assert.deepEqual(await remove(), { RevisionId: "" });
        });

        it("hold 20 KB, white space included", async () => {
            const document = letIn({ AWS: STRANGER }, ["dynamodb:GetItem"]);
            await putPolicy(document.padEnd(20 * 1024));
            await refused(putPolicy(document.padEnd(20 * 1024 + 1)), "ValidationException", /size/);
            await refused(putPolicy("{}"), "ValidationException", /policy/i);
        });

        it("let another account in by the table's ARN, and nobody without them", async () => {
            await put(account("a", 1));
            const stranger = world.administrator(STRANGER);
            const get = (TableName: string) => call("GetItem", { TableName, Key: account("a", 1) }, stranger);
            await refused(get(TABLE_ARN), "AccessDeniedException", /resource-based policy/);
            await putPolicy(letIn({ AWS: `arn:aws:iam::${STRANGER}:root` }, ["dynamodb:GetItem"]));
            assert.deepEqual((await get(TABLE_ARN)).Item, account("a", 1));
            await refused(get("Accounts"), "ResourceNotFoundException");
            await refused(
                call("DeleteItem", { TableName: TABLE_ARN, Key: account("a", 1) }, stranger),
                "AccessDeniedException",
            );
        });

        it("decide alone what Glue may do, by account and integration", async () => {
            const glue = (accountId: string) =>
                owner.as({
                    kind: "service",
                    name: "glue.amazonaws.com",
                    accountId,
                    sourceArn: `arn:aws:glue:eu-west-1:${accountId}:integration:1`,
                });
            const describe = (ctx: Context) => call("DescribeTable", { TableName: TABLE_ARN }, ctx);
            await refused(describe(glue(OWNER)), "AccessDeniedException");
            await putPolicy(
                letIn({ Service: "glue.amazonaws.com" }, ["dynamodb:DescribeTable"], {
                    StringEquals: { "aws:SourceAccount": OWNER },
                    ArnLike: { "aws:SourceArn": `arn:aws:glue:eu-west-1:${OWNER}:integration:*` },
                }),
            );
            assert.equal((await describe(glue(OWNER))).Table.TableName, "Accounts");
            await refused(describe(glue(STRANGER)), "AccessDeniedException");
        });
    });

    describe("items", () => {
        beforeEach(() => makeTable());

        const get = async (customer: string, number: number, more: object = {}) =>
            (await call("GetItem", { TableName: "Accounts", Key: account(customer, number), ...more })).Item;
        const update = (more: object, key = account("a", 1)) =>
            call("UpdateItem", { TableName: "Accounts", Key: key, ...more });

        it("are kept with numbers in their one form, and found by the same number written otherwise", async () => {
            await put({ CustomerID: { S: "a" }, AccountNumber: { N: "1.50e1" }, Balance: { N: "-0.10" } });
            assert.deepEqual(await get("a", 15), account("a", 15, { Balance: { N: "-0.1" } }));
        });

        const BAD_ITEMS: [string, Item, RegExp][] = [
            ["without a key attribute", { CustomerID: { S: "a" } }, /Missing the key AccountNumber in the item/],
            [
                "with a key of another type",
                account("a", 1, { AccountNumber: { S: "1" } }),
                /Type mismatch for key AccountNumber expected: N actual: S/,
            ],
            ["with an empty key", account("", 1), /empty string value. Key: CustomerID/],
            ["with a key beyond 2048 bytes", account("a".repeat(2049), 1), /2048 bytes/],
            ["beyond 400 KB", account("a", 1, { Text: { S: "x".repeat(400 * 1024) } }), /Item size has exceeded/],
            ["with a number of 39 digits", account("a", 1, { N: { N: "1".repeat(39) } }), /38 significant digits/],
            [
                "with a number that is none",
                account("a", 1, { N: { N: "one" } }),
                /cannot be converted to a numeric value/,
            ],
            ["with an empty set", account("a", 1, { Set: { SS: [] } }), /may not be empty/],
            [
                "with a value of two types",
                account("a", 1, { Two: { S: "a", N: "1" } as unknown as AttributeValue }),
                /exactly one/,
            ],
        ];
        for (const [what, item, message] of BAD_ITEMS) {
            it(`are refused ${what}`, () => refused(put(item), "ValidationException", message));
        }

        it("meet their condition or stay as they are", async () => {
            await put(account("a", 1, { Balance: { N: "10" } }));
            const condition = { ConditionExpression: "attribute_not_exists(CustomerID)" };
            const failure = await refused(
                put(account("a", 1), { ...condition, ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
                "ConditionalCheckFailedException",
                /^The conditional request failed$/,
            );
            assert.deepEqual(failure.fields, { Item: account("a", 1, { Balance: { N: "10" } }) });
            assert.deepEqual((await get("a", 1)).Balance, { N: "10" });
            await put(account("a", 2), condition);
        });

        it("are updated by every clause, each reading the item as it was", async () => {
            await put(
                account("a", 1, { Balance: { N: "10" }, Old: { S: "x" }, Entries: { L: [{ S: "0" }, { S: "1" }] } }),
            );
            const everyClause = {
                UpdateExpression:
                    "SET Balance = Balance + :five, Copied = Balance, Entries[0] = :last, #n.#s = if_not_exists(Nick, :none), " +
                    "Doubled = list_append(Entries, Entries) REMOVE #o ADD Visits :one, Cities :cities",
                ExpressionAttributeNames: { "#n": "Aliases", "#s": "Brief", "#o": "Old" },
                ExpressionAttributeValues: {
                    ":five": { N: "5" },
                    ":one": { N: "1" },
                    ":last": { S: "9" },
                    ":none": { S: "-" },
                    ":cities": { SS: ["Rome"] },
                },
                ReturnValues: "ALL_NEW",
            };
            await refused(
                update(everyClause),
                "ValidationException",
                /document path provided .* is invalid for update/,
            );
            await update({ UpdateExpression: "SET Aliases = :m", ExpressionAttributeValues: { ":m": { M: {} } } });
            const after = await update(everyClause);
            assert.deepEqual(
                after.Attributes,
                account("a", 1, {
                    Balance: { N: "15" },
                    Copied: { N: "10" },
                    Entries: { L: [{ S: "9" }, { S: "1" }] },
                    Aliases: { M: { Brief: { S: "-" } } },
                    Doubled: { L: [{ S: "0" }, { S: "1" }, { S: "0" }, { S: "1" }] },
                    Visits: { N: "1" },
                    Cities: { SS: ["Rome"] },
                }),
            );
            const deleted = await update({
                UpdateExpression: "DELETE Cities :cities",
                ExpressionAttributeValues: { ":cities": { SS: ["Rome"] } },
                ReturnValues: "UPDATED_OLD",
            });
            assert.deepEqual(deleted.Attributes, { Cities: { SS: ["Rome"] } });
            assert.equal((await get("a", 1)).Cities, undefined);
        });

        const BAD_UPDATES: [string, object, RegExp][] = [
            [
                "of a key",
                { UpdateExpression: "REMOVE CustomerID" },
                /Cannot update attribute CustomerID. This attribute is part of the key/,
            ],
            ["by a reserved word", { UpdateExpression: "REMOVE Name" }, /reserved keyword; reserved keyword: Name/],
            ["with an undefined value", { UpdateExpression: "SET Nick = :x" }, /not defined; attribute value: :x/],
            [
                "with an unused value",
                { UpdateExpression: "REMOVE Nick", ExpressionAttributeValues: { ":x": { S: "" } } },
                /unused in expressions: keys: \{:x\}/,
            ],
            ["of one path twice", { UpdateExpression: "REMOVE Nick, Nick" }, /Two document paths overlap/],
            ["of a path and its parent", { UpdateExpression: "REMOVE Nick, Nick[0]" }, /Two document paths overlap/],
            ["of a list as a map", { UpdateExpression: "REMOVE Nick[0], Nick.x" }, /Two document paths conflict/],
            ["with a section twice", { UpdateExpression: "REMOVE Nick REMOVE Former" }, /can only be used once/],
            ["that says nothing", { UpdateExpression: "  " }, /can not be empty/],
            ["that reads what is not there", { UpdateExpression: "SET Nick = Former" }, /does not exist in the item/],
            ["by a parameter of the past", { AttributeUpdates: {} }, /AttributeUpdates is not simulated/],
        ];
        for (const [what, input, message] of BAD_UPDATES) {
            it(`refuse an update ${what}`, () => refused(update(input), "ValidationException", message));
        }

        it("are put and deleted in batches of 25 different keys", async () => {
            const batch = (items: Item[]) =>
                call("BatchWriteItem", { RequestItems: { Accounts: items.map((Item) => ({ PutRequest: { Item } })) } });
            const many = Array.from({ length: 26 }, (_, at) => account("a", at));
            await refused(batch(many), "ValidationException", /25/);
            await refused(batch([many[0], many[0]]), "ValidationException", /duplicates/);
            await batch(many.slice(1));
            await call("BatchWriteItem", {
                RequestItems: { Accounts: [{ DeleteRequest: { Key: account("a", 1) } }] },
            });
            const { Responses } = await call("BatchGetItem", {
                RequestItems: {
                    Accounts: { Keys: [account("a", 1), account("a", 2)], ProjectionExpression: "AccountNumber" },
                },
            });
            assert.deepEqual(Responses, { Accounts: [{ AccountNumber: { N: "2" } }] });
        });

        it("change all together in a transaction, or not at all", async () => {
            await put(account("a", 1));
            const transact = (check: string) =>
                call("TransactWriteItems", {
                    TransactItems: [
                        { Put: { TableName: "Accounts", Item: account("b", 1) } },
                        { ConditionCheck: { TableName: "Accounts", Key: account("a", 1), ConditionExpression: check } },
                    ],
                });
            const failure = await refused(
                transact("attribute_exists(Nick)"),
                "TransactionCanceledException",
                /\[None, ConditionalCheckFailed\]$/,
            );
            assert.equal((failure.fields.CancellationReasons as object[]).length, 2);
            assert.equal(await get("b", 1), undefined);
            await transact("attribute_exists(CustomerID)");
            assert.deepEqual(await get("b", 1), account("b", 1));
        });
    });

    describe("queries", () => {
        beforeEach(async () => {
            await makeTable({
                AttributeDefinitions: [
                    ...ACCOUNTS.AttributeDefinitions!,
                    { AttributeName: "City", AttributeType: "S" },
                ],
                GlobalSecondaryIndexes: [
                    {
                        IndexName: "ByCity",
                        KeySchema: [{ AttributeName: "City", KeyType: "HASH" }],
                        Projection: { ProjectionType: "KEYS_ONLY" },
                    },
                ],
            });
            for (const number of [10, 9, 100, 2]) {
                await put(account("a", number, { Balance: { N: String(number) }, City: { S: "Rome" } }));
            }
            await put(account("b", 1));
        });

        const query = (more: object) =>
            call("Query", {
                TableName: "Accounts",
                KeyConditionExpression: "CustomerID = :c",
                ExpressionAttributeValues: { ":c": { S: "a" } },
                ...more,
            });
        const numbers = (items: Item[]) => items.map((item) => Number(item.AccountNumber.N));

        it("answer in the order of the numbers, forwards and backwards", async () => {
            assert.deepEqual(numbers((await query({})).Items), [2, 9, 10, 100]);
            assert.deepEqual(numbers((await query({ ScanIndexForward: false })).Items), [100, 10, 9, 2]);
        });

        it("narrow by the range key, then filter, and count both", async () => {
            const { Items, Count, ScannedCount } = await query({
                KeyConditionExpression: "CustomerID = :c AND AccountNumber BETWEEN :low AND :high",
                FilterExpression: "Balance > :low",
                ExpressionAttributeValues: { ":c": { S: "a" }, ":low": { N: "9" }, ":high": { N: "99" } },
            });
            assert.deepEqual(numbers(Items), [10]);
            assert.deepEqual([Count, ScannedCount], [1, 2]);
        });

        it("give every item exactly once, page by page, whatever the page's size", async () => {
            for (const operation of ["Query", "Scan"]) {
                for (const Limit of [1, 2, 3, 5, 10]) {
                    const seen: number[] = [];
                    let ExclusiveStartKey: Item | undefined;
                    do {
                        const page: { Items: Item[]; LastEvaluatedKey?: Item } =
                            operation === "Scan"
                                ? await call("Scan", { TableName: "Accounts", Limit, ExclusiveStartKey })
                                : await query({ Limit, ExclusiveStartKey, ScanIndexForward: false });
                        assert.ok(page.Items.length <= Limit);
                        seen.push(...numbers(page.Items));
                        ExclusiveStartKey = page.LastEvaluatedKey;
                    } while (ExclusiveStartKey);
                    assert.deepEqual(seen, operation === "Scan" ? [2, 9, 10, 100, 1] : [100, 10, 9, 2]);
                }
            }
        });

        it("read an index: only what has its key, and only what it projects", async () => {
            const { Items } = await call("Scan", { TableName: "Accounts", IndexName: "ByCity" });
            assert.equal(Items.length, 4);
            assert.deepEqual(Object.keys(Items[0]).sort(), ["AccountNumber", "City", "CustomerID"]);
            await refused(query({ IndexName: "Other" }), "ValidationException", /specified index: Other/);
        });

        it("split a scan into segments that together are the whole", async () => {
            const segments = await Promise.all(
                [0, 1, 2].map((Segment) => call("Scan", { TableName: "Accounts", Segment, TotalSegments: 3 })),
            );
            assert.equal(
                segments.reduce((sum, segment) => sum + segment.Count, 0),
                5,
            );
        });

        const BAD_QUERIES: [string, object, RegExp][] = [
            [
                "without the hash key",
                { KeyConditionExpression: "AccountNumber = :c" },
                /missed key schema element: CustomerID/,
            ],
            ["with a range of hash keys", { KeyConditionExpression: "CustomerID > :c" }, /not supported/],
            [
                "by another attribute",
                { KeyConditionExpression: "CustomerID = :c AND Balance = :c" },
                /missed key schema element: AccountNumber/,
            ],
            ["with OR", { KeyConditionExpression: "CustomerID = :c OR AccountNumber = :c" }, /Invalid operator/],
            ["filtered by a key", { FilterExpression: "AccountNumber = :c" }, /Primary key attribute: AccountNumber/],
        ];
        for (const [what, input, message] of BAD_QUERIES) {
            it(`are refused ${what}`, () => refused(query(input), "ValidationException", message));
        }
    });

    describe("exports", () => {
        const exportTable = (more: object = {}, ctx = owner) =>
            call("ExportTableToPointInTime", { TableArn: TABLE_ARN, S3Bucket: "exports-bucket", ...more }, ctx);
        const describe = async (ExportArn: string) => (await call("DescribeExport", { ExportArn })).ExportDescription;
        const makeBucket = () =>
            owner.call("s3", "CreateBucket", {
                Bucket: "exports-bucket",
                CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
            });
        const linesIn = async (prefix: string) => {
            const { Contents } = await owner.call("s3", "ListObjectsV2", { Bucket: "exports-bucket", Prefix: prefix });
            const key = Contents.map((object: { Key: string }) => object.Key).find((name: string) =>
                name.endsWith(".json.gz"),
            );
            const { Body } = await owner.call("s3", "GetObject", { Bucket: "exports-bucket", Key: key });
            return gunzipSync(Body)
                .toString()
                .trim()
                .split("\n")
                .map((line) => JSON.parse(line));
        };

        beforeEach(() => makeTable());

        it("need point-in-time recovery, and a moment that it covers", async () => {
            await refused(exportTable(), "PointInTimeRecoveryUnavailableException", /not enabled for table 'Accounts'/);
            const before = new Date(world.clock.now() - hours(1));
            await turnPitrOn();
            await refused(exportTable({ ExportTime: before }), "InvalidExportTimeException");
            await refused(
                exportTable({
                    ExportType: "INCREMENTAL_EXPORT",
                    IncrementalExportSpecification: { ExportFromTime: new Date(world.clock.now() - minutes(14)) },
                }),
                "ValidationException",
                /15 minutes/,
            );
        });

        it("write the items as they were at their moment to the customer's bucket", async () => {
            await makeBucket();
            await turnPitrOn();
            await put(account("a", 1, { Photo: { B: new Uint8Array([1, 2, 3]) } }));
            await world.clock.advance(minutes(1));
            const ExportTime = new Date(world.clock.now());
            await world.clock.advance(minutes(1));
            await put(account("a", 2));
            const { ExportDescription } = await exportTable({ ExportTime, S3Prefix: "daily" });
            assert.equal(ExportDescription.ExportStatus, "IN_PROGRESS");
            await world.clock.advance(minutes(10));
            const done = await describe(ExportDescription.ExportArn);
            assert.deepEqual([done.ExportStatus, done.ItemCount], ["COMPLETED", 1]);
            assert.deepEqual(await linesIn(`daily/AWSDynamoDB/`), [
                { Item: { CustomerID: { S: "a" }, AccountNumber: { N: "1" }, Photo: { B: "AQID" } } },
            ]);
            const { Body } = await owner.call("s3", "GetObject", {
                Bucket: "exports-bucket",
                Key: done.ExportManifest,
            });
            assert.equal(JSON.parse(Buffer.from(Body).toString()).itemCount, 1);
        });

        it("fail later, with the cause, where the bucket is missing", async () => {
            await turnPitrOn();
            const { ExportDescription } = await exportTable();
            await world.clock.advance(minutes(10));
            const { ExportStatus, FailureCode } = await describe(ExportDescription.ExportArn);
            assert.deepEqual([ExportStatus, FailureCode], ["FAILED", "S3NoSuchBucket"]);
        });

        it("of changes alone give what was put and what is gone, and nothing of what came and went", async () => {
            await makeBucket();
            await turnPitrOn();
            await put(account("a", 1));
            await put(account("a", 2));
            await put(account("a", 3));
            await world.clock.advance(minutes(1));
            const ExportFromTime = new Date(world.clock.now());
            await put(account("a", 1, { Nick: { S: "first" } }));
            await put(account("a", 1, { Nick: { S: "last" } }));
            await put(account("b", 7));
            await put(account("c", 1));
            for (const key of [account("a", 2), account("c", 1)]) {
                await call("DeleteItem", { TableName: "Accounts", Key: key });
            }
            await world.clock.advance(minutes(20));
            const ExportToTime = new Date(world.clock.now());
            await world.clock.advance(minutes(1));
            await put(account("d", 1));
            const { ExportDescription } = await exportTable({
                ExportType: "INCREMENTAL_EXPORT",
                IncrementalExportSpecification: { ExportFromTime, ExportToTime },
            });
            assert.deepEqual(exportedItems(world, ExportDescription.ExportArn), {
                upserts: [account("a", 1, { Nick: { S: "last" } }), account("b", 7)],
                deletes: [account("a", 2)],
            });
            await world.clock.advance(minutes(10));
            const lines = await linesIn("AWSDynamoDB/");
            assert.deepEqual(lines[0].OldImage, account("a", 1));
            assert.deepEqual(lines[0].NewImage.Nick, { S: "last" });
            assert.deepEqual(Object.keys(lines[2]), ["Metadata", "Keys", "OldImage"]);
        });

        it("made by Glue need the table's policy, and touch no bucket of the customer's", async () => {
            await turnPitrOn();
            await put(account("a", 1));
            const glue = owner.as({
                kind: "service",
                name: "glue.amazonaws.com",
                accountId: OWNER,
                sourceArn: `arn:aws:glue:eu-west-1:${OWNER}:integration:1`,
            });
            await refused(exportTable({}, glue), "AccessDeniedException");
            await call("PutResourcePolicy", {
                ResourceArn: TABLE_ARN,
                Policy: JSON.stringify({
                    Version: "2012-10-17",
                    Statement: {
                        Effect: "Allow",
                        Principal: { Service: "glue.amazonaws.com" },
                        Action: ["dynamodb:ExportTableToPointInTime", "dynamodb:DescribeExport"],
                        Resource: "*",
                    },
                }),
            });
            const { ExportDescription } = await exportTable({}, glue);
            await world.clock.advance(minutes(10));
            const { ExportArn } = ExportDescription;
            const { ExportDescription: done } = await call("DescribeExport", { ExportArn }, glue);
            assert.equal(done.ExportStatus, "COMPLETED");
            assert.deepEqual(exportedItems(world, ExportArn), { upserts: [account("a", 1)], deletes: [] });
            assert.equal(world.requests.find({ service: "s3" }).length, 0);
        });

        it("lie just before their moment, and changes begin with it", () => {
            const table = new Table(OWNER, "eu-west-1", { KeySchema: ACCOUNTS.KeySchema });
            const [first, second, third] = [account("a", 1), account("a", 2), account("a", 3)];
            table.write(1000, first, first);
            table.write(2000, second, second);
            table.write(3000, third, third);
            assert.deepEqual(table.itemsBefore(2000), [first]);
            assert.deepEqual(
                table.changesBetween(2000, 3000).map((change) => change.after),
                [second],
            );
        });

        it("replay any history: a full export and the changes after it make the table", async () => {
            await turnPitrOn();
            const write = fc.record({
                key: fc.integer({ min: 0, max: 4 }),
                value: fc.option(fc.integer(), { nil: undefined }),
            });
            await fc.assert(
                fc.asyncProperty(fc.array(write), fc.array(write), async (first, second) => {
                    const carryOut = async (writes: typeof first) => {
                        for (const { key, value } of writes) {
                            await (value === undefined
                                ? call("DeleteItem", { TableName: "Accounts", Key: account("k", key) })
                                : put(account("k", key, { Value: { N: String(value) } })));
                        }
                    };
                    await carryOut(first);
                    const { ExportArn, ExportTime } = (await exportTable()).ExportDescription;
                    await carryOut(second);
                    await world.clock.advance(minutes(15));
                    const full = exportedItems(world, ExportArn);
                    const { ExportDescription } = await exportTable({
                        ExportType: "INCREMENTAL_EXPORT",
                        IncrementalExportSpecification: { ExportFromTime: ExportTime },
                    });
                    const changes = exportedItems(world, ExportDescription.ExportArn);
                    const rows = new Map(full.upserts.map((item) => [item.AccountNumber.N, item]));
                    changes.upserts.forEach((item) => rows.set(item.AccountNumber.N, item));
                    changes.deletes.forEach((key) => rows.delete(key.AccountNumber.N));
                    const { Items } = await call("Scan", { TableName: "Accounts" });
                    const sorted = [...rows.values()].sort(
                        (a, b) => Number(a.AccountNumber.N) - Number(b.AccountNumber.N),
                    );
                    assert.deepEqual(sorted, Items);
                }),
                { numRuns: 25 },
            );
        });
    });
});

describe("DynamoDB's expressions", () => {
    const VALUES: Item = { ":a": { N: "1" }, ":b": { S: "x" } };

    // The condition as a tree, and two ways to write it down: the parser must read both as the same tree.
    const leaf: fc.Arbitrary<{ text: string; tree: Condition }> = fc
        .tuple(fc.constantFrom("Nick", "Entries[0]", "Aliases.Brief"), fc.constantFrom("=", "<>", "<", ">=" as const))
        .map(([path, comparator]) => ({
            text: `${path} ${comparator} :a`,
            tree: {
                kind: "compare",
                comparator: comparator as "=",
                left: { kind: "path", path: path === "Entries[0]" ? ["Entries", 0] : path.split(".") },
                right: { kind: "value", value: { N: "1" } },
            },
        }));
    const { condition } = fc.letrec<{ condition: { text: string; tree: Condition } }>((tie) => ({
        condition: fc.oneof(
            { maxDepth: 4 },
            leaf,
            tie("condition").map(({ text, tree }) => ({
                text: `NOT (${text})`,
                tree: { kind: "not", condition: tree } as Condition,
            })),
            fc
                .tuple(tie("condition"), fc.constantFrom("and", "or" as const), tie("condition"))
                .map(([left, kind, right]) => ({
                    text: `(${left.text}) ${kind.toUpperCase()} (${right.text})`,
                    tree: { kind: kind as "and", left: left.tree, right: right.tree } as Condition,
                })),
        ),
    }));
    const parse = (text: string) => parseCondition("ConditionExpression", text, new Placeholders({}, VALUES));

    it("are read as the tree that they were written from, however they are spaced", () => {
        fc.assert(
            fc.property(condition, fc.constantFrom(" ", "\n", "   "), ({ text, tree }, space) => {
                assert.deepEqual(parse(text.replaceAll(" ", space)), tree);
                assert.deepEqual(parse(text.replaceAll(/ (?=[<>=])|(?<=[<>=]) /g, "")), tree);
            }),
        );
    });

    it("bind NOT before AND before OR", () => {
        const shape = (tree: Condition): unknown =>
            tree.kind === "and" || tree.kind === "or"
                ? [tree.kind, shape(tree.left), shape(tree.right)]
                : tree.kind === "not"
                  ? ["not", shape(tree.condition)]
                  : tree.kind;
        assert.deepEqual(shape(parse("NOT x1 = :a OR x2 = :a AND x3 BETWEEN :a AND :b")), [
            "or",
            ["not", "compare"],
            ["and", "compare", "between"],
        ]);
    });

    it("are refused with a ValidationException or read, whatever is written", () => {
        const piece = fc.constantFrom(
            ...'Nick Entries AND OR NOT BETWEEN IN ( ) [ ] . , = <> < :a :b #n 0 size contains begins_with attribute_exists SET REMOVE ADD + - ? "'.split(
                " ",
            ),
        );
        fc.assert(
            fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
                for (const read of [parse, (text: string) => parseUpdate(text, new Placeholders({}, VALUES))]) {
                    try {
                        read(pieces.join(" "));
                    } catch (error) {
                        assert.equal((error as Error).name, "ValidationException");
                    }
                }
            }),
            { numRuns: 2000 },
        );
    });

    const CASES: [condition: string, holds: boolean][] = [
        ["Age = :five", true],
        ["Age <> :five", false],
        ["Absent <> :five", true],
        ["Absent = :five", false],
        ["Absent < :five", false],
        ["Age < :text", false],
        ["Age BETWEEN :five AND :five", true],
        ["Age IN (:text, :five)", true],
        ["size(Nick) = :five", true],
        ["size(Tags) < :five", true],
        ["attribute_type(Age, :type)", true],
        ["attribute_exists(Aliases.Brief)", true],
        ["attribute_not_exists(Aliases.Wide)", true],
        ["begins_with(Nick, :text)", true],
        ["contains(Nick, :text)", true],
        ["contains(Tags, :text)", true],
        ["contains(Aliases.Brief, :five)", false],
        ["NOT contains(Tags, :five)", true],
    ];
    const ITEM: Item = {
        Age: { N: "5" },
        Nick: { S: "abcde" },
        Tags: { SS: ["ab", "x"] },
        Aliases: { M: { Brief: { S: "5" } } },
    };
    for (const [text, expected] of CASES) {
        it(`${text} is ${expected}`, () => {
            const values: Item = { ":five": { N: "5" }, ":text": { S: "ab" }, ":type": { S: "N" } };
            const used = new Placeholders({}, values);
            assert.equal(holds(parseCondition("ConditionExpression", text, used), ITEM), expected);
        });
    }

    it("close the list when elements are removed from it, in whatever order they are named", () => {
        fc.assert(
            fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1 }), (places) => {
                const before = {
                    Entries: { L: Array.from({ length: 10 }, (_, at) => ({ N: String(at) })) },
                    Nick: { S: "" },
                };
                const text = `REMOVE ${[...places.map((at) => `Entries[${at}]`), "Nick"].join(", ")}`;
                const after = applyUpdate(parseUpdate(text, new Placeholders()), before);
                assert.deepEqual(after, { Entries: { L: before.Entries.L.filter((_, at) => !places.includes(at)) } });
            }),
        );
    });
});

/** Waits for the error, and tells more of it. */
async function refused(
    answer: Promise<unknown>,
    code: string,
    message = /./,
): Promise<{ fields: Record<string, unknown> }> {
    const error = await answer.then(
        () => assert.fail(`expected ${code}`),
        (reason) => reason,
    );
    assert.equal(error.code, code, error.stack);
    assert.match(error.message, message);
    return error;
}
