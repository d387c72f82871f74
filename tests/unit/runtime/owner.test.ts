import * as assert from "node:assert/strict";

import * as fc from "fast-check";

import { isOwnedBy, ownerTagValue, withOwner } from "../../../sdk/runtime/owner";

describe("The owner tag", () => {
    it("is the owner itself where AWS takes it", () => {
        assert.equal(ownerTagValue("bank/dev/GlueIntegration/customers"), "bank/dev/GlueIntegration/customers");
    });

    it("fits into a tag and tells owners apart, whatever their names", () => {
        fc.assert(
            fc.property(
                fc.string({ maxLength: 600, unit: "grapheme" }),
                fc.string({ maxLength: 600 }),
                (one, other) => {
                    const value = ownerTagValue(one);
                    assert.ok(value.length <= 256, `${value.length} characters`);
                    assert.match(value, /^[\p{L}\p{N} _.:/=+@-]*$/u);
                    assert.equal(isOwnedBy(withOwner(undefined, one), other), one === other);
                },
            ),
        );
    });
});
