import * as assert from "node:assert/strict";

import { listOf, statementsOf, type PolicyDocument } from "../../sdk/requirements";

import { Orders, type SourceKind } from "./orders-pipeline";

/** A policy, and each of its statements that is taken away. */
const lessOne = (document: PolicyDocument) =>
    statementsOf(document).map((statement) => ({
        statement,
        rest: { ...document, Statement: statementsOf(document).filter((each) => each !== statement) },
    }));

const WAYS: [SourceKind, "domain" | "collection"][] = [
    ["dynamodb", "domain"],
    ["dynamodb", "collection"],
    ["documentdb", "domain"],
    ["mysql", "domain"],
    ["aurora-postgresql", "collection"],
];

for (const [kind, into] of WAYS) {
    describe(`a pipeline's role from ${kind} into a ${into}, against the simulator`, function () {
        this.timeout(60_000);

        let orders: Orders;

        before(async () => {
            orders = await Orders.make(kind, into);
        });
        after(() => orders?.world.stop());

        it("has what is asked for", async () => {
            assert.deepEqual(await orders.refusedTo(orders.rolePolicy), []);
            assert.deepEqual(await orders.found(), { ids: ["1"], deadLetters: 1 });
        });

        it("has no statement that is not asked for: without it, one of its actions is refused, and none of another's", async () => {
            for (const { statement, rest } of lessOne(orders.rolePolicy)) {
                const own = listOf(statement.Action).map((action) => new RegExp(`^${action.replace("*", ".*")}$`));
                const refused = await orders.refusedTo(rest);
                assert.ok(refused.length > 0, `${statement.Sid} is never asked for`);
                const others = refused.filter((action) => !own.some((pattern) => pattern.test(action)));
                assert.deepEqual(others, [], `without ${statement.Sid}`);
            }
        });
    });
}
