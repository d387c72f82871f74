import * as assert from "node:assert/strict";

import * as pulumi from "@pulumi/pulumi";

import { DynamoDbToRedshift, RedshiftWarehouse, WarehouseView, type WarehouseViewArgs } from "../../../components";
import { ACCOUNT, MockEngine, REGION, unhandled, valueOf } from "./mocks";

const WAREHOUSE = {
    namespaceArn: `arn:aws:redshift-serverless:${REGION}:${ACCOUNT}:namespace/analytics`,
    connection: { workgroupName: "analytics", database: "dev" },
};
const FROM = { database: "documents", table: "Documents" };

describe("WarehouseView", () => {
    let engine: MockEngine;

    beforeEach(() => {
        engine = MockEngine.start();
    });

    it("shows columns and rows of a table, after the database that has it", async () => {
        engine = MockEngine.start({ slow: ["documents-database"] });
        const warehouse = new RedshiftWarehouse("analytics", { kind: "serverless", databaseName: "reports" });
        const table = { arn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/Documents` };
        const documents = new DynamoDbToRedshift("documents", { table, warehouse });
        const invoices = new WarehouseView("invoices", {
            warehouse,
            from: { database: documents.databaseName, table: "Documents" },
            columns: [{ column: "DocumentID" }, { attribute: "Total", tag: "N", type: "decimal(12,2)" }],
            where: [{ attribute: "Type", equals: "invoice" }],
        });
        assert.equal(await valueOf(invoices.database), "reports");
        assert.equal(await valueOf(invoices.viewName), "invoices");
        await valueOf(invoices.view.urn);
        assert.deepEqual(engine.made("invoices"), [
            "zeroetl:RedshiftView invoices-view",
            "zeroetl:index:WarehouseView invoices",
        ]);
        const { inputs, after } = engine.find("invoices-view");
        assert.deepEqual(inputs.view, {
            database: "reports",
            schema: "public",
            name: "invoices",
            from: { database: "documents", table: "Documents" },
            columns: [{ column: "DocumentID" }, { attribute: "Total", tag: "N", type: "decimal(12,2)" }],
            where: [{ attribute: "Type", equals: "invoice" }],
        });
        assert.equal((inputs.warehouse as { workgroupName: string }).workgroupName, "analytics");
        assert.ok(after.includes("documents-database"));
    });

    it("keeps the rows of a query, in a warehouse of another stack", async () => {
        const query = 'SELECT * FROM "documents"."public"."Documents"';
        const final = new WarehouseView("final", {
            warehouse: pulumi.output(WAREHOUSE),
            database: "reports",
            schema: "finance",
            query,
            materialized: { autoRefresh: false },
        });
        await valueOf(final.view.urn);
        assert.deepEqual(engine.find("final-view").inputs.view, {
            database: "reports",
            schema: "finance",
            name: "final",
            query,
            materialized: { autoRefresh: false },
        });
    });

    const refused: [string, object, RegExp][] = [
        [
            "a view in an integration's database",
            { from: FROM, columns: [{ column: "ID" }], database: "documents" },
            /database: "documents" is filled by an integration/,
        ],
        ["no columns", { from: FROM, columns: [] }, /columns: The view has no columns/],
        ["what is no SELECT", { query: "DROP TABLE x" }, /query: It is not a SELECT/],
        [
            "a warehouse that it has no way into",
            {
                query: "SELECT 1",
                warehouse: { ...WAREHOUSE, namespaceArn: WAREHOUSE.namespaceArn.replace(ACCOUNT, "999988887777") },
            },
            /warehouse: It is in account 999988887777.*warehouseAccount/,
        ],
    ];
    for (const [what, args, message] of refused) {
        it(`refuses ${what}`, async () => {
            const failed = unhandled();
            new WarehouseView("invoices", { warehouse: WAREHOUSE, ...args } as WarehouseViewArgs);
            assert.match((await failed).message, message);
        });
    }

    it("has types that refuse a query with columns", () => {
        const wrong: WarehouseViewArgs[] = [
            // @ts-expect-error The query says which columns there are
            { warehouse: WAREHOUSE, query: "SELECT 1", columns: [{ column: "ID" }] },
            // @ts-expect-error A table needs columns
            { warehouse: WAREHOUSE, from: FROM },
        ];
        assert.equal(wrong.length, 2);
    });
});
