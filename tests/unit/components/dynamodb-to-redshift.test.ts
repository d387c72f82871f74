import * as assert from "node:assert/strict";

import { Table } from "@pulumi/aws/dynamodb/table";

import { AwsAccount, DynamoDbToRedshift, RedshiftWarehouse, type DynamoDbToRedshiftArgs } from "../../../components";
import { ACCOUNT, MockEngine, REGION, unhandled, valueOf } from "./mocks";

const TABLE = { arn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/Invoices` };
const NAMESPACE = `arn:aws:redshift-serverless:${REGION}:${ACCOUNT}:namespace/analytics`;
const REFERENCE = { namespaceArn: NAMESPACE, connection: { workgroupName: "analytics", database: "dev" } };
const FOREIGN = { ...REFERENCE, namespaceArn: NAMESPACE.replace(ACCOUNT, "999988887777") };

describe("DynamoDbToRedshift", () => {
    let engine: MockEngine;

    beforeEach(() => {
        engine = MockEngine.start();
    });

    it("prepares the table, lets the warehouse accept it, makes the integration and its database", async () => {
        const warehouse = new RedshiftWarehouse("analytics", { kind: "serverless" });
        const invoices = new DynamoDbToRedshift("invoices", {
            table: TABLE,
            warehouse,
            database: { refreshInterval: "30 minutes", historyMode: true, truncateColumns: true },
        });
        assert.equal(await valueOf(invoices.databaseName), "invoices");
        assert.equal(await valueOf(invoices.status), "ACTIVE");

        assert.deepEqual(engine.made("invoices"), [
            "zeroetl:DynamoDbTablePolicyMember invoices-export",
            "zeroetl:DynamoDbTablePolicyMember invoices-export-status",
            "zeroetl:RedshiftIntegration invoices-integration",
            "zeroetl:RedshiftIntegrationDatabase invoices-database",
            "zeroetl:RedshiftNamespacePolicyMember invoices-authorized",
            "zeroetl:index:DynamoDbToRedshift invoices",
        ]);
        const { inputs } = engine.find("invoices-integration");
        assert.equal(inputs.integrationName, "bank-dev-invoices");
        assert.equal(inputs.sourceArn, TABLE.arn);
        assert.equal(inputs.targetArn, NAMESPACE);
        const resourceOf = (name: string) =>
            (engine.find(name).inputs.member as { statement: { Resource: string } }).statement.Resource;
        assert.equal(resourceOf("invoices-export"), TABLE.arn);
        assert.equal(resourceOf("invoices-export-status"), `${TABLE.arn}/export/*`);
        const database = engine.find("invoices-database").inputs;
        assert.equal(database.source, "dynamodb");
        assert.equal(database.integrationArn, `arn:aws:glue:${REGION}:${ACCOUNT}:integration:1`);
        assert.deepEqual(database.options, { refreshInterval: 1800, historyMode: true, truncateColumns: true });
        assert.equal((database.warehouse as { workgroupName: string }).workgroupName, "analytics");
    });

    it("with a warehouse of another stack leaves the target's half to it, and makes the database", async () => {
        const invoices = new DynamoDbToRedshift("invoices", { table: TABLE, warehouse: REFERENCE });
        await valueOf(invoices.databaseName);
        assert.deepEqual(engine.made(""), [
            "zeroetl:DynamoDbTablePolicyMember invoices-export",
            "zeroetl:DynamoDbTablePolicyMember invoices-export-status",
            "zeroetl:RedshiftIntegration invoices-integration",
            "zeroetl:RedshiftIntegrationDatabase invoices-database",
            "zeroetl:index:DynamoDbToRedshift invoices",
        ]);
        assert.deepEqual(engine.find("invoices-database").inputs.warehouse, REFERENCE.connection);
    });

    it("leaves the database of a warehouse in another account to its stack", async () => {
        const invoices = new DynamoDbToRedshift("invoices", { table: TABLE, warehouse: FOREIGN, database: false });
        await valueOf(invoices.status);
        assert.deepEqual(invoices.databases, []);
        assert.throws(() => invoices.databaseName, /^InvalidArgument: database: The integration makes none/);
    });

    it("refuses to make a database in an account that it has no way into", async () => {
        const failed = unhandled();
        new DynamoDbToRedshift("invoices", { table: TABLE, warehouse: FOREIGN });
        assert.match(
            (await failed).message,
            /warehouse: It is in account 999988887777.*111122223333.*warehouseAccount.*database: false/,
        );
    });

    it("makes the database in the warehouse's account, by the way that is given", async () => {
        const roleArn = "arn:aws:iam::999988887777:role/deploy";
        const there = MockEngine.start({ accounts: { there: "999988887777" } });
        const warehouseAccount = new AwsAccount("there", { region: REGION, assumeRole: { roleArn } });
        const invoices = new DynamoDbToRedshift("invoices", { table: TABLE, warehouse: FOREIGN, warehouseAccount });
        await valueOf(invoices.databaseName);
        assert.equal((there.find("invoices-database").inputs.account as { roleArn: string }).roleArn, roleArn);
        assert.equal((there.find("invoices-integration").inputs.account as { accountId: string }).accountId, ACCOUNT);
    });

    it("makes the integrations of one table one after the other", async () => {
        engine = MockEngine.start({ slow: ["first-integration"] });
        const table = new Table("invoices", { attributes: [{ name: "ID", type: "S" }], hashKey: "ID" });
        const other = { ...REFERENCE, namespaceArn: `${NAMESPACE}-2` };
        const first = new DynamoDbToRedshift("first", { table, warehouse: REFERENCE });
        const second = new DynamoDbToRedshift("second", { table, warehouse: other });
        await Promise.all([valueOf(first.databaseName), valueOf(second.databaseName)]);
        assert.ok(engine.find("second-integration").after.includes("first-integration"));
    });

    const refused: [string, object, RegExp][] = [
        [
            "an interval that is too short for a table",
            { database: { refreshInterval: "5 minutes" } },
            /^InvalidArgument: refreshInterval: 300 .*900/,
        ],
        ["an interval in no words", { database: { refreshInterval: "often" } }, /^InvalidArgument: refreshInterval: /],
        ["a name that is too long", { integrationName: "x".repeat(64) }, /^InvalidArgument: integrationName: .*63/],
        ["a name that is no name", { integrationName: "my_invoices" }, /^InvalidArgument: integrationName: /],
        [
            "a database name that is too long",
            { database: { databaseName: "x".repeat(128) } },
            /^InvalidArgument: databaseName: .*127/,
        ],
        ["a source that is no table", { table: { arn: `${TABLE.arn}/stream/1` } }, /^InvalidArgument: table: /],
    ];
    for (const [what, args, message] of refused) {
        it(`refuses ${what}`, () => {
            const all = { table: TABLE, warehouse: REFERENCE, ...args } as DynamoDbToRedshiftArgs;
            assert.throws(() => new DynamoDbToRedshift("invoices", all), message);
        });
    }

    it("has types that refuse what a table does not have", () => {
        const of = <T extends object>(args: T) => ({ table: TABLE, warehouse: REFERENCE, ...args });
        const wrong: DynamoDbToRedshiftArgs[] = [
            // @ts-expect-error A table is integrated as a whole
            { table: TABLE, warehouse: REFERENCE, dataFilter: "include: *.*" },
            // @ts-expect-error ... and has no databases
            of({ database: { sourceDatabase: "bank" } }),
            // @ts-expect-error The warehouse's stack has let the source in
            of({ creatorArns: [] as string[] }),
        ];
        assert.equal(wrong.length, 3);
    });
});
