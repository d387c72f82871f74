import * as assert from "node:assert/strict";

import {
    availabilityZoneProblems,
    deriveCollectionName,
    deriveDomainName,
    endpointUrl,
    searchNameProblems,
} from "../../../../sdk/requirements";

describe("a search target's names", () => {
    for (const kind of ["domain", "collection"] as const) {
        it(`of a ${kind} are taken as AWS takes them`, () => {
            const longest = kind === "domain" ? 28 : 32;
            for (const name of ["abc", "a-1", "a".repeat(longest)]) {
                assert.deepEqual(searchNameProblems("name", kind, name), [], name);
            }
            for (const name of ["ab", "1ab", "-ab", "Abc", "a_b", "a".repeat(longest + 1), ""]) {
                assert.equal(searchNameProblems("name", kind, name).length, 1, name);
            }
        });

        it(`are derived for a ${kind} from anything`, () => {
            const derive = kind === "domain" ? deriveDomainName : deriveCollectionName;
            const named = (name: string) => derive({ project: "shop", stack: "dev", name });
            for (const name of ["catalog", "a", "Ü", "42", "x".repeat(40), "Orders_1", "a-"]) {
                assert.deepEqual(searchNameProblems("name", kind, named(name)), [], name);
            }
            assert.equal(named("orders"), "shop-dev-orders");
            assert.notEqual(named("x".repeat(40)), named("x".repeat(41)));
        });
    }

    it("become the address that a sink takes", () => {
        assert.equal(endpointUrl("search-x.es.amazonaws.com"), "https://search-x.es.amazonaws.com");
        assert.equal(endpointUrl("https://x.aoss.amazonaws.com/"), "https://x.aoss.amazonaws.com");
    });
});

describe("a domain's nodes", () => {
    it("are spread over as many zones as they can be", () => {
        const severities = (nodes: Parameters<typeof availabilityZoneProblems>[1]) =>
            availabilityZoneProblems("availabilityZones", nodes).map(({ severity }) => severity);
        assert.deepEqual(severities({ zones: 3, instances: 3 }), []);
        assert.deepEqual(severities({ zones: 2, instances: 4, subnets: 2 }), []);
        assert.deepEqual(severities({ zones: 3, instances: 4 }), ["warning"]);
        assert.deepEqual(severities({ zones: 3, instances: 2 }), ["error"]);
        assert.deepEqual(severities({ zones: 3, instances: 3, subnets: 2 }), ["error"]);
    });
});
