import * as assert from "node:assert/strict";

import { readsSomethingElse } from "../../../../sdk/requirements/opensearch/body-source";
import { DATABASE_BODY, DOCUMENT_BODY, TABLE_BODY } from "./bodies";

describe("what a body reads", () => {
    const others: [string, string, string, string][] = [
        ["another table", TABLE_BODY, ":table/orders", ":table/carts"],
        ["another collection", DOCUMENT_BODY, "shop.products", "shop.makers"],
        ["another cluster", DOCUMENT_BODY, "host: catalog", "host: other"],
        ["another database", DATABASE_BODY, "database: billing", "database: shop"],
        ["one table more", DATABASE_BODY, "public.invoices,", "public.invoices, public.payments,"],
    ];
    for (const [what, body, from, to] of others) {
        it(`is something else with ${what}`, () => {
            assert.ok(body.includes(from), from);
            assert.equal(readsSomethingElse(body, body.replace(from, to)), true);
        });
    }

    const same: [string, string, string, string][] = [
        ["another index", TABLE_BODY, "index: orders-v1", "index: orders-v2"],
        ["another bucket on its way", DOCUMENT_BODY, "s3_bucket: catalog", "s3_bucket: other"],
        [
            "its tables in another order",
            DATABASE_BODY,
            "public.invoices, public.lines",
            "public.lines, public.invoices",
        ],
    ];
    for (const [what, body, from, to] of same) {
        it(`is the same with ${what}`, () => {
            assert.ok(body.includes(from), from);
            assert.equal(readsSomethingElse(body, body.replace(from, to)), false);
        });
    }
});
