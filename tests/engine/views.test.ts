import * as assert from "node:assert/strict";
import type { Stack } from "../../simulator/engine/stack";
import { configured, resourceOf, withLab, type Lab } from "./fixture";

const ITEMS = [
    { DocumentID: { S: "1" }, Type: { S: "invoice" }, Total: { N: "12.50" }, Lines: { L: [{ S: "tea" }] } },
    { DocumentID: { S: "2" }, Type: { S: "bill" }, Total: { N: "3" } },
    { DocumentID: { S: "3" }, Type: { S: "invoice" }, Total: { N: "99.9" }, Lines: { L: [{ S: "milk" }] } },
];

/** One DynamoDB table holds invoices and bills, which a type tells apart. */
describe("views over the items of a table", function () {
    this.timeout(120_000);

    let lab: Lab;
    let stack: Stack;

    withLab(async (opened) => {
        lab = opened;
        stack = await lab.stack("documents");
    });

    const view = (name: string) => lab.query(`SELECT * FROM ${name} ORDER BY 1`);
    const viewsInState = async () =>
        (await stack.export()).deployment.resources!.filter(({ type }) => type.endsWith(":RedshiftView")).length;

    it("show each kind by itself, with columns out of the SUPER value", async () => {
        await stack.up(configured({ views: [{ of: "invoice" }, { of: "bill", materialized: true }] }));
        assert.deepEqual(await view("invoices"), []);
        for (const Item of ITEMS) {
            await lab.call("dynamodb", "PutItem", { TableName: "Documents", Item });
        }
        await lab.pass(async () => (await view("invoices")).length === 2 && (await view("bills")).length === 1);
        assert.deepEqual(await view("invoices"), [
            { DocumentID: "1", Total: "12.50" },
            { DocumentID: "3", Total: "99.90" },
        ]);
        assert.deepEqual(await view("bills"), [{ DocumentID: "2", Total: "3.00" }]);
    });

    it("change with the program, and go when they are taken out of it", async () => {
        const columns = [{ column: "DocumentID" }, { attribute: ["Lines", 0], name: "first" }];
        const where = [
            { attribute: "Type", equals: "invoice" },
            { column: "DocumentID", equals: "3" },
        ];
        await stack.up(configured({ views: [{ of: "invoice", columns, where }] }));
        assert.deepEqual(await view("invoices"), [{ DocumentID: "3", first: "milk" }]);
        await assert.rejects(view("bills"), /does not exist/);
        assert.equal(await viewsInState(), 1);
    });

    it("are seen to be gone on refresh, and made again", async () => {
        await lab.query("DROP VIEW invoices");
        await stack.refresh(configured());
        assert.equal(await viewsInState(), 0);
        await stack.up(configured());
        assert.equal((await view("invoices")).length, 1);
        assert.match(String((await resourceOf(stack, "RedshiftView")).outputs.storedDefinition), /invoices/);
    });
});
