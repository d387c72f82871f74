import * as assert from "node:assert/strict";

import * as pulumi from "@pulumi/pulumi";

import { DynamoDbToLakehouse, Lakehouse, type DynamoDbToLakehouseArgs } from "../../../components";
import { ACCOUNT, MockEngine, REGION, unhandled, valueOf } from "./mocks";

const TABLE = { arn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/CustomerAccounts` };
const DATABASE = { databaseArn: `arn:aws:glue:${REGION}:${ACCOUNT}:database/bank`, databaseName: "bank" };

describe("DynamoDbToLakehouse", () => {
    let engine: MockEngine;

    beforeEach(() => {
        engine = MockEngine.start();
    });

    it("prepares the table, lets the lakehouse accept it, and makes the integration", async () => {
        const lakehouse = new Lakehouse("bank");
        const accounts = new DynamoDbToLakehouse("accounts", { table: TABLE, lakehouse });
        assert.equal(await valueOf(accounts.status), "ACTIVE");

        assert.deepEqual(engine.made("accounts"), [
            "namedQuery:NamedQuery accounts-rows",
            "namedQuery:NamedQuery accounts-snapshots",
            "namedQuery:NamedQuery accounts-timestamp",
            "namedQuery:NamedQuery accounts-version",
            "zeroetl:DynamoDbTablePolicyMember accounts-export",
            "zeroetl:GlueCatalogPolicyMember accounts-authorized",
            "zeroetl:GlueIntegration accounts-integration",
            "zeroetl:GlueIntegrationTableProperties accounts-table",
            "zeroetl:index:AcceptedSource accounts",
            "zeroetl:index:DynamoDbToLakehouse accounts",
        ]);
        const { inputs } = engine.find("accounts-integration");
        assert.equal(inputs.integrationName, "bank-dev-accounts");
        assert.equal(inputs.sourceArn, TABLE.arn);
        assert.equal(inputs.targetArn, DATABASE.databaseArn);
        assert.equal(inputs.refreshInterval, "15 minutes");
        assert.equal(engine.find("accounts-table").inputs.targetTableName, "customeraccounts");
    });

    it("with a lakehouse of another stack leaves the target's half to it", async () => {
        const accounts = new DynamoDbToLakehouse("accounts", { table: TABLE, lakehouse: pulumi.output(DATABASE) });
        assert.equal(await valueOf(accounts.databaseName), "bank");
        await valueOf(accounts.status);
        assert.deepEqual(engine.made(""), [
            "zeroetl:DynamoDbTablePolicyMember accounts-export",
            "zeroetl:GlueIntegration accounts-integration",
            "zeroetl:index:DynamoDbToLakehouse accounts",
        ]);
    });

    it("a one-time load has no interval", async () => {
        const once = new DynamoDbToLakehouse("once", { table: TABLE, lakehouse: DATABASE, mode: "snapshot" });
        await valueOf(once.status);
        const { inputs } = engine.find("once-integration");
        assert.equal(inputs.continuousSync, false);
        assert.equal(inputs.refreshInterval, undefined);
    });

    describe("refuses at construction", () => {
        const refused: [string, unknown, RegExp][] = [
            [
                "an interval below the least",
                { refreshInterval: "5 minutes" },
                /^InvalidArgument: refreshInterval: .*15/,
            ],
            [
                "an interval above the most",
                { refreshInterval: "7 days" },
                /^InvalidArgument: refreshInterval: .*6 days/,
            ],
            ["an interval in no words", { refreshInterval: "often" }, /^InvalidArgument: refreshInterval: /],
            [
                "an interval of a one-time load",
                { refreshInterval: "1 hour", mode: "snapshot" },
                /^InvalidArgument: refreshInterval: .*snapshot/,
            ],
            [
                "a name that is too long",
                { integrationName: "x".repeat(129) },
                /^InvalidArgument: integrationName: .*128/,
            ],
            ["a source that is no table", { table: { arn: `${TABLE.arn}/stream/1` } }, /^InvalidArgument: table: /],
            ["a layout that is settled elsewhere", { unnest: "full" }, /^InvalidArgument: unnest: .*accept\(\)/],
        ];
        for (const [what, args, message] of refused) {
            it(what, () => {
                const all = { table: TABLE, lakehouse: DATABASE, ...(args as object) } as DynamoDbToLakehouseArgs;
                assert.throws(() => new DynamoDbToLakehouse("accounts", all), message);
            });
        }

        const layouts: [string, object, RegExp][] = [
            [
                "a time function without a format",
                { partitionBy: [{ field: "OpenedAt", by: "month" }] },
                /partitionBy\[0\]/,
            ],
            [
                "a format without a time function",
                { partitionBy: [{ field: "State", by: "identity", format: "iso" }] },
                /partitionBy\[0\]/,
            ],
            [
                "more than ten partition fields",
                { partitionBy: Array.from({ length: 11 }, (_, i) => ({ field: `f${i}`, by: "identity" })) },
                /partitionBy: .*10/,
            ],
            ["a table name that Glue does not take", { tableName: "Customer-Accounts" }, /tableName: /],
        ];
        for (const [what, args, message] of layouts) {
            it(what, () => {
                const lakehouse = new Lakehouse("bank");
                const all = { table: TABLE, lakehouse, ...args } as DynamoDbToLakehouseArgs;
                assert.throws(() => new DynamoDbToLakehouse("accounts", all), message);
            });
        }
    });

    describe("refuses as soon as ARNs are known", () => {
        const elsewhere: [string, string, RegExp][] = [
            [
                "another Region",
                `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/Orders`,
                /us-east-1.*eu-west-1.*global table/s,
            ],
            ["another partition", `arn:aws-cn:dynamodb:cn-north-1:${ACCOUNT}:table/Orders`, /aws-cn/],
            ["another account", `arn:aws:dynamodb:${REGION}:999988887777:table/Orders`, /999988887777.*111122223333/s],
        ];
        for (const [what, arn, message] of elsewhere) {
            it(what, async () => {
                const failed = unhandled();
                new DynamoDbToLakehouse("accounts", { table: { arn: pulumi.output(arn) }, lakehouse: DATABASE });
                assert.match((await failed).message, message);
            });
        }
    });
});
