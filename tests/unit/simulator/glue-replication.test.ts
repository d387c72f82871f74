import * as assert from "node:assert/strict";

import { arrivedTables } from "../../../simulator/services/glue/arrived";
import { AwsError } from "../../../simulator/world/error";
import {
    ACCOUNT,
    Bank,
    document,
    OTHER_ACCOUNT,
    refusal,
    REGION,
    ROLE_NAME,
    SOURCE_ARN,
    type Statement,
} from "./glue-world";

const DAY = 24 * 60;
const ROLE_ACTIONS = [
    "s3:ListBucket",
    "s3:GetObject",
    "s3:PutObject",
    "s3:DeleteObject",
    "glue:GetDatabase",
    "glue:CreateTable",
    "glue:GetTable",
    "glue:GetTables",
    "glue:DeleteTable",
    "glue:UpdateTable",
    "glue:GetTableVersion",
    "glue:GetTableVersions",
    "glue:GetResourcePolicy",
    "cloudwatch:PutMetricData",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
];

const without = (statements: Statement[], action: string): Statement[] =>
    statements
        .map((s) => ({ ...s, Action: [s.Action].flat().filter((a) => a !== action) }))
        .filter((s) => s.Action.length > 0);

interface Missing {
    what: string;
    /** takes the piece away before the set-up */
    take: (bank: Bank) => void;
    /** puts it back */
    fix: (bank: Bank) => Promise<unknown>;
    error: RegExp;
}

/** A piece of a policy: what `take` changes is put back from a bank that is whole. */
function policyPiece(
    what: string,
    member: "tablePolicy" | "catalogPolicy" | "rolePolicy",
    change: (statements: Statement[]) => Statement[],
    error: RegExp,
): Missing {
    const put = {
        tablePolicy: "putTablePolicy",
        catalogPolicy: "putCatalogPolicy",
        rolePolicy: "putRolePolicy",
    } as const;
    return {
        what,
        take: (bank) => (bank[member] = change(bank[member])),
        fix: (bank) => {
            bank[member] = new Bank(bank.targetAccount)[member];
            return bank[put[member]]();
        },
        error,
    };
}

const withCondition = (condition: Statement["Condition"]) => (all: Statement[]) =>
    all.map((s) => (String(s.Action).includes("Create") ? s : { ...s, Condition: condition }));

const pieces: Missing[] = [
    {
        what: "point-in-time recovery",
        take: (bank) => (bank.pointInTimeRecovery = false),
        fix: (bank) => bank.setRecovery(true),
        error: /Point in time recovery is not enabled for table .*Customers/,
    },
    {
        what: "an encryption other than the AWS managed key",
        take: (bank) => (bank.encryption = { Enabled: true, SSEType: "KMS" }),
        fix: (bank) =>
            bank.source.call("dynamodb", "UpdateTable", {
                TableName: "Customers",
                SSESpecification: { Enabled: false },
            }),
        error: /encrypted with the AWS managed key/,
    },
    ...["dynamodb:DescribeTable", "dynamodb:DescribeExport", "dynamodb:ExportTableToPointInTime"].map((action) =>
        policyPiece(
            `${action} in the table's policy`,
            "tablePolicy",
            (all) => without(all, action),
            new RegExp(`glue.amazonaws.com is not authorized to perform: ${action} on resource: ${SOURCE_ARN}`),
        ),
    ),
    policyPiece(
        "the right account in the table policy's condition",
        "tablePolicy",
        withCondition({ StringEquals: { "aws:SourceAccount": OTHER_ACCOUNT } }),
        /dynamodb:DescribeTable/,
    ),
    policyPiece(
        "this integration in the table policy's condition",
        "tablePolicy",
        withCondition({ ArnLike: { "aws:SourceArn": `arn:aws:glue:us-east-1:${ACCOUNT}:integration:*` } }),
        /dynamodb:DescribeTable/,
    ),
    policyPiece(
        "glue:AuthorizeInboundIntegration in the catalog's policy",
        "catalogPolicy",
        (all) => without(all, "glue:AuthorizeInboundIntegration"),
        /glue:AuthorizeInboundIntegration on resource: .*:catalog/,
    ),
    policyPiece(
        "the source in the catalog policy's condition",
        "catalogPolicy",
        withCondition({ StringEquals: { "aws:SourceArn": `${SOURCE_ARN}2` } }),
        /glue:AuthorizeInboundIntegration/,
    ),
    policyPiece(
        "the database among the catalog policy's resources",
        "catalogPolicy",
        (all) => all.map((s) => ({ ...s, Resource: [s.Resource].flat()[0] })),
        /glue:AuthorizeInboundIntegration on resource: .*database\/bank/,
    ),
    {
        what: "a location of the database",
        take: (bank) => (bank.location = undefined),
        fix: (bank) =>
            bank.target.call("glue", "UpdateDatabase", {
                Name: "bank",
                DatabaseInput: { Name: "bank", LocationUri: "s3://lake/bank" },
            }),
        error: /database bank has no Amazon S3 LocationUri/,
    },
    {
        what: "a bucket that exists",
        take: (bank) => (bank.location = "s3://nowhere/bank"),
        fix: (bank) =>
            bank.target.call("glue", "UpdateDatabase", {
                Name: "bank",
                DatabaseInput: { Name: "bank", LocationUri: "s3://lake/bank" },
            }),
        error: /Bucket nowhere: /,
    },
    {
        what: "a resource property of the target",
        take: (bank) => (bank.resourceProperty = false),
        fix: (bank) => bank.createResourceProperty(),
        error: /No integration resource property with a target role/,
    },
    {
        what: "the role's trust in Glue",
        take: (bank) => (bank.trust = { ...bank.trust, Principal: { Service: "lambda.amazonaws.com" } }),
        fix: (bank) => {
            bank.trust = new Bank().trust;
            return bank.putTrust();
        },
        error: /glue.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: .*role\/lakehouse/,
    },
    ...ROLE_ACTIONS.map((action) =>
        policyPiece(
            `${action} in the role's policy`,
            "rolePolicy",
            (all) => without(all, action),
            new RegExp(`assumed-role/${ROLE_NAME}/.* is not authorized to perform: ${action} on resource`),
        ),
    ),
];

describe("simulator/glue: a zero-ETL integration's set-up", () => {
    it("takes 5–10 minutes to ACTIVE, and the table comes some minutes later", async () => {
        const bank = await new Bank().setUp();
        await bank.put({ Id: { S: "c1" } });
        const arn = await bank.create();
        await bank.pass(4);
        assert.equal(await bank.status(arn), "CREATING");
        await bank.pass(6);
        assert.equal(await bank.status(arn), "ACTIVE");
        assert.equal(bank.lakehouse(), undefined);
        await bank.pass(10);
        assert.deepEqual(Object.keys(bank.rows()), ["c1"]);
    });

    for (const { what, take, fix, error } of pieces) {
        it(`without ${what} it needs attention and says so, and heals`, async () => {
            const bank = new Bank();
            take(bank);
            await bank.setUp();
            await bank.put({ Id: { S: "c1" } });
            const arn = await bank.create();
            await bank.pass(10);
            const { Status, Errors } = await bank.describe(arn);
            assert.equal(Status, "NEEDS_ATTENTION");
            assert.match(Errors.map((e) => e.ErrorMessage).join("\n"), error);

            await fix(bank);
            await bank.pass(60);
            assert.deepEqual(await bank.describe(arn).then((i) => [i.Status, i.Errors]), ["ACTIVE", []]);
            assert.deepEqual(Object.keys(bank.rows()), ["c1"]);
        });
    }

    it("a bucket in another Region needs attention", async () => {
        const bank = new Bank();
        bank.bucketRegion = "eu-central-1";
        await bank.setUp();
        const arn = await bank.create();
        await bank.pass(10);
        assert.match((await bank.describe(arn)).Errors[0].ErrorMessage, /Bucket lake is in eu-central-1/);
    });

    it("a database governed by Lake Formation needs grants for the role", async () => {
        const bank = await new Bank().setUp();
        const database = { Database: { Name: "bank" } };
        await bank.target.call("lakeformation", "RevokePermissions", {
            Principal: { DataLakePrincipalIdentifier: "IAM_ALLOWED_PRINCIPALS" },
            Resource: database,
            Permissions: ["ALL"],
        });
        await bank.target.call("lakeformation", "RegisterResource", {
            ResourceArn: "arn:aws:s3:::lake/bank",
            UseServiceLinkedRole: true,
        });
        const arn = await bank.create();
        await bank.pass(10);
        assert.match(
            (await bank.describe(arn)).Errors[0].ErrorMessage,
            /Insufficient lake formation permissions on Target Glue database: role .*lacks CREATE_TABLE.*DATA_LOCATION_ACCESS/,
        );
        bank.rolePolicy.push({ Effect: "Allow", Action: "lakeformation:GetDataAccess", Resource: "*" });
        await bank.putRolePolicy();
        const Principal = { DataLakePrincipalIdentifier: bank.roleArn };
        const location = { DataLocation: { ResourceArn: "arn:aws:s3:::lake/bank" } };
        for (const [Resource, permission] of [
            [database, "ALL"],
            [location, "DATA_LOCATION_ACCESS"],
        ]) {
            await bank.target.call("lakeformation", "GrantPermissions", {
                Principal,
                Resource,
                Permissions: [permission],
            });
        }
        await bank.pass(60);
        assert.equal(await bank.status(arn), "ACTIVE");
        assert.ok(bank.lakehouse());
    });

    it("the key of the target must let the role in, and the objects are encrypted with it", async () => {
        const bank = new Bank();
        const { KeyMetadata } = await bank.target.call("kms", "CreateKey");
        bank.kmsArn = KeyMetadata.Arn;
        await bank.setUp();
        await bank.put({ Id: { S: "c1" } });
        const arn = await bank.create();
        await bank.pass(10);
        const messages = (await bank.describe(arn)).Errors.map((e) => e.ErrorMessage);
        assert.deepEqual(
            messages.map((m) => /perform: (kms:\w+) on resource/.exec(m)?.[1]),
            ["kms:Decrypt", "kms:GenerateDataKey"],
        );
        bank.rolePolicy.push({
            Effect: "Allow",
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: bank.kmsArn!,
        });
        await bank.putRolePolicy();
        await bank.pass(60);
        const key = bank.lakehouse()!.metadataLocation.replace("s3://lake/", "");
        const object = await bank.target.call("s3", "HeadObject", { Bucket: "lake", Key: key });
        assert.equal(object.SSEKMSKeyId, bank.kmsArn);
    });

    it("the integration's own key must be enabled, at the call and later", async () => {
        const bank = await new Bank().setUp();
        const { KeyId } = (await bank.source.call("kms", "CreateKey")).KeyMetadata;
        const context = { AdditionalEncryptionContext: { purpose: "bank" } };
        await bank.source.call("kms", "DisableKey", { KeyId });
        assert.equal((await refusal(bank.create({ KmsKeyId: KeyId, ...context }))).code, "KMSKeyNotAccessibleFault");
        await bank.source.call("kms", "EnableKey", { KeyId });
        const arn = await bank.create({ KmsKeyId: KeyId, ...context });
        await bank.source.call("kms", "DisableKey", { KeyId });
        await bank.pass(10);
        assert.equal((await bank.describe(arn)).Errors[0].ErrorCode, "KMSKeyNotAccessibleFault");
        await bank.source.call("kms", "EnableKey", { KeyId });
        await bank.pass(60);
        assert.equal(await bank.status(arn), "ACTIVE");
    });

    it("is tried for seven days, then FAILED for good", async () => {
        const bank = new Bank();
        bank.pointInTimeRecovery = false;
        await bank.setUp();
        const arn = await bank.create();
        await bank.pass(7 * DAY);
        assert.equal(await bank.status(arn), "NEEDS_ATTENTION");
        await bank.pass(10);
        assert.equal(await bank.status(arn), "FAILED");
        await bank.setRecovery(true);
        await bank.pass(DAY);
        assert.equal(await bank.status(arn), "FAILED");
    });
});

describe("simulator/glue: replication", () => {
    async function running(more: object = {}): Promise<[Bank, string]> {
        const bank = await new Bank().setUp();
        await bank.put({ Id: { S: "c1" }, Credit: { N: "1" }, Prefs: { M: { lang: { S: "en" } } } });
        await bank.put({ Id: { S: "c2" } });
        const arn = await bank.create(more);
        await bank.pass(20);
        return [bank, arn];
    }

    it("puts, updates, deletes and new columns arrive with a refresh; earlier snapshots stay", async () => {
        const [bank] = await running();
        assert.deepEqual(bank.rows().c1, { Id: "c1", Credit: 1, "Prefs.lang": "en" });
        await bank.put({ Id: { S: "c3" } });
        await bank.put({ Id: { S: "c1" }, email: { S: "a@b" } });
        await bank.source.call("dynamodb", "DeleteItem", { TableName: "Customers", Key: { Id: { S: "c2" } } });
        await bank.pass(30);
        assert.deepEqual(Object.keys(bank.rows()).sort(), ["c1", "c3"]);
        assert.deepEqual(bank.rows().c1, { Id: "c1", Credit: null, "Prefs.lang": null, email: "a@b" });

        const snapshots = bank.lakehouse()!.metadata.snapshots;
        assert.equal(snapshots.length, 2);
        const first = bank.rows("customers", { snapshotId: snapshots[0]["snapshot-id"] });
        assert.deepEqual(Object.keys(first).sort(), ["c1", "c2"]);
    });

    it("a refresh without changes makes no snapshot, and none comes before its interval", async () => {
        const [bank] = await running({ IntegrationConfig: { RefreshInterval: "60" } });
        await bank.put({ Id: { S: "c3" } });
        await bank.pass(40);
        assert.equal(bank.rows().c3, undefined);
        await bank.pass(30);
        assert.equal(bank.rows().c3.Id, "c3");
        await bank.pass(300);
        assert.equal(bank.lakehouse()!.metadata.snapshots.length, 2);
    });

    it("an interval of days reads the changes in windows of a day", async () => {
        const [bank] = await running({ IntegrationConfig: { RefreshInterval: "4320" } });
        await bank.pass(DAY);
        await bank.put({ Id: { S: "c3" } });
        await bank.pass(DAY);
        await bank.put({ Id: { S: "c4" } });
        assert.equal(bank.rows().c3, undefined);
        await bank.pass(DAY + 30);
        assert.deepEqual(Object.keys(bank.rows()).sort(), ["c1", "c2", "c3", "c4"]);
        const exports = bank.world.requests.find({ service: "dynamodb", operation: "ExportTableToPointInTime" });
        assert.equal(exports.length, 4);
    });

    it("the Glue table, its objects, metrics and logs are made by the role", async () => {
        const [bank, arn] = await running();
        const { Table } = await bank.target.call("glue", "GetTable", { DatabaseName: "bank", Name: "customers" });
        const { Parameters, StorageDescriptor, CreatedBy } = Table;
        assert.equal(Parameters.table_type, "ICEBERG");
        assert.equal(Parameters.glue_integration_id, arn.split(":").at(-1));
        assert.equal(CreatedBy, `arn:aws:sts::${ACCOUNT}:assumed-role/${ROLE_NAME}/GlueZeroETL`);
        assert.deepEqual(
            StorageDescriptor.Columns.map((c: { Name: string; Type: string }) => `${c.Name} ${c.Type}`),
            ["Id string", "Credit double", "Prefs.lang string"],
        );
        const key = Parameters.metadata_location.replace("s3://lake/", "");
        assert.match(key, /^bank\/customers\/metadata\/00001-/);
        await bank.target.call("s3", "GetObject", { Bucket: "lake", Key: key });

        for (const [service, operation] of [
            ["s3", "PutObject"],
            ["glue", "CreateTable"],
            ["logs", "PutLogEvents"],
            ["cloudwatch", "PutMetricData"],
        ]) {
            const callers = new Set(bank.world.requests.find({ service, operation }).map((r) => r.caller));
            assert.deepEqual([...callers], [CreatedBy], operation);
        }
        const [metrics] = bank.world.requests.find({ operation: "PutMetricData" });
        const { MetricData } = metrics.input as { MetricData: { MetricName: string; Value: number }[] };
        assert.equal(MetricData.find((m) => m.MetricName === "InsertCount")!.Value, 2);
        assert.equal(
            bank.world.requests.find({ operation: "ExportTableToPointInTime" })[0].caller,
            "glue.amazonaws.com",
        );
    });

    it("a status table tells of each operation", async () => {
        const [bank] = await running();
        await bank.put({ Id: { S: "c3" } });
        await bank.pass(20);
        const { TableList } = await bank.target.call("glue", "GetTables", { DatabaseName: "bank" });
        assert.deepEqual(TableList.map((t: { Name: string }) => t.Name).sort(), ["customers", "zero_etl_status"]);
        assert.ok(bank.lakehouse("zero_etl_status")!.metadata.snapshots.length >= 2);
    });

    it("a new layout is a full load that keeps the history", async () => {
        const [bank, arn] = await running();
        await bank.target.call("glue", "CreateIntegrationTableProperties", {
            ResourceArn: bank.targetArn,
            TableName: "Customers",
            TargetTableConfig: { UnnestSpec: "NOUNNEST" },
        });
        const statuses = new Set<string>();
        for (let minute = 0; minute < 30; minute++) {
            await bank.pass(1);
            statuses.add(await bank.status(arn));
        }
        assert.deepEqual([...statuses], ["ACTIVE", "SYNCING"]);
        assert.equal(await bank.status(arn), "ACTIVE");
        assert.deepEqual(bank.rows().c1, {
            Id: "c1",
            value: { Credit: { N: 1 }, Prefs: { M: { lang: { S: "en" } } } },
        });
        assert.equal(bank.lakehouse()!.metadata.snapshots.length, 2);
    });

    it("people can look at what has arrived, now and at a snapshot", async () => {
        const [bank] = await running();
        await bank.put({ Id: { S: "c3" } });
        await bank.pass(30);
        const [now] = arrivedTables(bank.world, "bank.customers");
        assert.deepEqual(now.rows.map(({ Id }) => Id).sort(), ["c1", "c2", "c3"]);
        assert.deepEqual(
            now.snapshots.map(({ records }) => records),
            [2, 3],
        );
        const [before] = arrivedTables(bank.world, "bank.customers", now.snapshots[0].id);
        assert.deepEqual(before.rows.map(({ Id }) => Id).sort(), ["c1", "c2"]);
        assert.deepEqual(arrivedTables(bank.world, "bank.orders"), []);
    });

    it("a table dropped in the target comes back with all its rows", async () => {
        const [bank] = await running();
        await bank.put({ Id: { S: "c3" } });
        await bank.target.call("glue", "DeleteTable", { DatabaseName: "bank", Name: "customers" });
        await bank.pass(30);
        assert.deepEqual(Object.keys(bank.rows()).sort(), ["c1", "c2", "c3"]);
    });

    it("a table of the same name that somebody else made is left alone", async () => {
        const bank = await new Bank().setUp();
        await bank.target.call("glue", "CreateTable", { DatabaseName: "bank", TableInput: { Name: "customers" } });
        const arn = await bank.create();
        await bank.pass(30);
        assert.equal((await bank.describe(arn)).Errors[0].ErrorCode, "AlreadyExistsException");
    });

    it("ContinuousSync=false loads once", async () => {
        const [bank, arn] = await running({ IntegrationConfig: { ContinuousSync: false } });
        await bank.put({ Id: { S: "c3" } });
        await bank.pass(DAY);
        assert.deepEqual(Object.keys(bank.rows()).sort(), ["c1", "c2"]);
        assert.equal(await bank.status(arn), "ACTIVE");
    });

    it("a partition value that can't be converted needs attention until the data is right", async () => {
        const bank = await new Bank().setUp();
        await bank.target.call("glue", "CreateIntegrationTableProperties", {
            ResourceArn: bank.targetArn,
            TableName: "Customers",
            TargetTableConfig: {
                PartitionSpec: [{ FieldName: "Opened", FunctionSpec: "month", ConversionSpec: "iso" }],
            },
        });
        await bank.put({ Id: { S: "c1" }, Opened: { S: "soon" } });
        const arn = await bank.create();
        await bank.pass(60);
        const { Status, Errors } = await bank.describe(arn);
        assert.equal(Status, "NEEDS_ATTENTION");
        assert.match(Errors[0].ErrorMessage, /"Opened" has the value "soon"/);
        await bank.put({ Id: { S: "c1" }, Opened: { S: "2026-02-03" } });
        await bank.pass(120);
        assert.equal(await bank.status(arn), "ACTIVE");
        assert.deepEqual(bank.rows().c1.Opened, new Date("2026-02-03"));
    });

    it("such a value FAILS it after seven days", async () => {
        const bank = await new Bank().setUp();
        await bank.target.call("glue", "CreateIntegrationTableProperties", {
            ResourceArn: bank.targetArn,
            TableName: "Customers",
            TargetTableConfig: { PartitionSpec: [{ FieldName: "Opened", FunctionSpec: "identity" }] },
        });
        await bank.put({ Id: { S: "c1" } });
        const arn = await bank.create();
        await bank.pass(8 * DAY);
        assert.equal(await bank.status(arn), "FAILED");
    });

    it("a column that AWS does not take fails it at once", async () => {
        const bank = await new Bank().setUp();
        await bank.put({ Id: { S: "c1" }, "a:b": { S: "x" } });
        const arn = await bank.create();
        await bank.pass(20);
        const { Status, Errors } = await bank.describe(arn);
        assert.equal(Status, "FAILED");
        assert.match(Errors[0].ErrorMessage, /"a:b"/);
    });

    it("what is taken away from a running integration is reported, and it catches up afterwards", async () => {
        const [bank, arn] = await running();
        bank.rolePolicy = without(bank.rolePolicy, "s3:PutObject");
        await bank.putRolePolicy();
        await bank.put({ Id: { S: "c3" } });
        await bank.pass(30);
        assert.match((await bank.describe(arn)).Errors[0].ErrorMessage, /s3:PutObject/);
        bank.rolePolicy = new Bank().rolePolicy;
        await bank.putRolePolicy();
        await bank.pass(90);
        assert.equal(await bank.status(arn), "ACTIVE");
        assert.ok(bank.rows().c3);
    });

    it("changes from before recovery was off and on again cannot be exported: everything is loaded again", async () => {
        const [bank, arn] = await running();
        await bank.put({ Id: { S: "c3" } });
        await bank.setRecovery(false);
        await bank.pass(30);
        assert.equal(await bank.status(arn), "NEEDS_ATTENTION");
        await bank.setRecovery(true);
        await bank.pass(90);
        assert.equal(await bank.status(arn), "ACTIVE");
        assert.deepEqual(Object.keys(bank.rows()).sort(), ["c1", "c2", "c3"]);
    });

    it("a deleted integration is gone after DELETING and works no more; its data stays", async () => {
        const [bank, arn] = await running();
        await bank.source.call("glue", "DeleteIntegration", { IntegrationIdentifier: arn });
        assert.equal(await bank.status(arn), "DELETING");
        await bank.pass(10);
        assert.equal((await refusal(bank.describe(arn))).code, "IntegrationNotFoundFault");
        bank.world.requests.clear();
        await bank.put({ Id: { S: "c3" } });
        await bank.pass(DAY);
        assert.deepEqual(Object.keys(bank.rows()).sort(), ["c1", "c2"]);
        assert.deepEqual(bank.world.requests.find({ operation: "ExportTableToPointInTime" }), []);
        await bank.target.call("glue", "GetTable", { DatabaseName: "bank", Name: "customers" });
    });

    for (const [service, name, outcome] of [
        ["dynamodb", "ExportTableToPointInTime", "succeeds"],
        ["s3", "PutObject", "succeeds"],
        ["s3", "PutObject", "is refused"],
    ]) {
        it(`deleted during a ${name} that ${outcome}, it ends with it`, async () => {
            const [bank, arn] = await running();
            await bank.put({ Id: { S: "c3" } });
            const operation = bank.world.services.get(service)!.operations[name];
            const { handle } = operation;
            operation.handle = async (input, ctx) => {
                operation.handle = handle;
                await bank.source.call("glue", "DeleteIntegration", { IntegrationIdentifier: arn });
                if (outcome === "is refused") {
                    throw new AwsError("SlowDown", "Please reduce your request rate.", 503);
                }
                return handle(input, ctx);
            };
            await bank.pass(30);
            assert.equal((await refusal(bank.describe(arn))).code, "IntegrationNotFoundFault");
            bank.world.requests.clear();
            await bank.pass(DAY);
            assert.deepEqual(bank.world.requests.find(), []);
        });
    }

    for (const [what, change, message] of [
        ["dropped", { operation: "DeleteDatabase", input: { Name: "bank" } }, /Target Glue database not found: bank/],
        [
            "left without a location",
            { operation: "UpdateDatabase", input: { Name: "bank", DatabaseInput: { Name: "bank" } } },
            /database bank has no Amazon S3 LocationUri/,
        ],
    ] as const) {
        it(`a database that is ${what} during an export is reported, and everything is loaded once it is back`, async () => {
            const bank = await new Bank().setUp();
            await bank.put({ Id: { S: "c1" } });
            const operation = bank.world.services.get("dynamodb")!.operations.ExportTableToPointInTime;
            const { handle } = operation;
            operation.handle = async (input, ctx) => {
                operation.handle = handle;
                await bank.target.call("glue", change.operation, change.input);
                return handle(input, ctx);
            };
            const arn = await bank.create();
            await bank.pass(15);
            const { Status, Errors } = await bank.describe(arn);
            assert.equal(Status, "NEEDS_ATTENTION");
            assert.match(Errors[0].ErrorMessage, message);
            const DatabaseInput = { Name: "bank", LocationUri: "s3://lake/bank" };
            await (what === "dropped"
                ? bank.target.call("glue", "CreateDatabase", { DatabaseInput })
                : bank.target.call("glue", "UpdateDatabase", { Name: "bank", DatabaseInput }));
            await bank.pass(60);
            assert.equal(await bank.status(arn), "ACTIVE");
            assert.deepEqual(Object.keys(bank.rows()), ["c1"]);
        });
    }

    it("a change does not make it refresh twice as often", async () => {
        const [bank, arn] = await running();
        await bank.source.call("glue", "ModifyIntegration", { IntegrationIdentifier: arn, Description: "changed" });
        await bank.pass(30);
        bank.world.requests.clear();
        await bank.pass(10 * 15);
        const exports = bank.world.requests.find({ operation: "ExportTableToPointInTime" });
        assert.equal(exports.length, 10);
    });

    it("a refresh interval changes in place", async () => {
        const [bank, arn] = await running({ IntegrationConfig: { RefreshInterval: "1440" } });
        await bank.put({ Id: { S: "c3" } });
        await bank.source.call("glue", "ModifyIntegration", {
            IntegrationIdentifier: arn,
            IntegrationConfig: { RefreshInterval: "15" },
        });
        assert.equal(await bank.status(arn), "MODIFYING");
        await bank.pass(30);
        assert.equal(await bank.status(arn), "ACTIVE");
        assert.ok(bank.rows().c3);
        assert.equal(bank.lakehouse()!.metadata.snapshots.length, 2);
    });

    it("replicates to another account, where both accounts allow it", async () => {
        const bank = await new Bank(OTHER_ACCOUNT).setUp();
        await bank.put({ Id: { S: "c1" } });
        const arn = await bank.create();
        await bank.pass(20);
        assert.equal(await bank.status(arn), "ACTIVE");
        assert.ok(bank.rows().c1);
        const inbound = await bank.target.call("glue", "DescribeInboundIntegrations", { TargetArn: bank.targetArn });
        assert.equal(inbound.InboundIntegrations[0].IntegrationArn, arn);
    });

    it("another account's catalog that does not allow it refuses the call", async () => {
        const bank = new Bank(OTHER_ACCOUNT);
        bank.catalogPolicy = without(bank.catalogPolicy, "glue:CreateInboundIntegration");
        await bank.setUp();
        const error = await refusal(bank.create());
        assert.equal(error.code, "AccessDeniedException");
        assert.match(error.message, /not authorized to perform: glue:CreateInboundIntegration/);
    });

    it("a user without glue:CreateInboundIntegration is refused where the catalog's policy does not help", async () => {
        const bank = new Bank();
        bank.catalogPolicy = without(bank.catalogPolicy, "glue:CreateInboundIntegration");
        await bank.setUp();
        await bank.source.call("iam", "CreateUser", { UserName: "ann" });
        await bank.source.call("iam", "PutUserPolicy", {
            UserName: "ann",
            PolicyName: "create",
            PolicyDocument: document([{ Effect: "Allow", Action: "glue:CreateIntegration", Resource: "*" }]),
        });
        const ann = bank.world.administrator(ACCOUNT, REGION).as({
            kind: "user",
            accountId: ACCOUNT,
            arn: `arn:aws:iam::${ACCOUNT}:user/ann`,
            userId: "AIDAANN",
        });
        const input = { IntegrationName: "customers", SourceArn: SOURCE_ARN, TargetArn: bank.targetArn };
        const error = await refusal(ann.call("glue", "CreateIntegration", input));
        assert.match(error.message, /user\/ann is not authorized to perform: glue:CreateInboundIntegration/);
        bank.catalogPolicy = new Bank().catalogPolicy.map((s) =>
            s.Sid === "Create" ? { ...s, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/ann` } } : s,
        );
        await bank.putCatalogPolicy();
        await ann.call("glue", "CreateIntegration", input);
    });
});
