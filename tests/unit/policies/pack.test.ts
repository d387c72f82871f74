import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";

import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import {
    packConfig,
    rules,
    zeroEtlPolicies,
    type RuleId,
    type RuleParameters,
    type ZeroEtlPoliciesArgs,
} from "pulumi-policy-aws-zero-etl";
import * as semver from "semver";

import { shop, shown, unknown, type Shop } from "./shop";

const packageRoot = path.resolve(__dirname, "../../../..");
const recovery: RuleId = "source-point-in-time-recovery";

const withRecovery = (pointInTimeRecovery: unknown): Shop => {
    const stack = shop();
    Object.assign(stack.table!.inputs, { pointInTimeRecovery });
    return stack;
};
const off = withRecovery({ enabled: false });

class NotApplicable extends Error {}

const host = (parameters: RuleParameters) => ({
    getConfig: () => parameters as never,
    notApplicable: (reason?: string): never => {
        throw new NotApplicable(reason);
    },
});

/** What the engine is told, first of each resource, then of the stack. */
async function run(declared: Shop, parameters: RuleParameters = {}, preview = false) {
    const policies = zeroEtlPolicies() as (ResourceValidationPolicy & StackValidationPolicy)[];
    const { declarations, resources } = shown(declared, preview);
    const [recorder] = policies;
    for (const [urn, props] of declarations) {
        const validate = recorder!.validateResource as (args: object) => void;
        assert.throws(() => validate({ urn, props, ...host({}) }), NotApplicable);
    }
    const reports: { message: string; urn?: string }[] = [];
    const policy = policies.find(({ name }) => name === recovery)!;
    try {
        await policy.validateStack({ resources, stackTags: new Map(), ...host(parameters) }, (message, urn) =>
            reports.push({ message, urn }),
        );
    } catch (error) {
        assert.ok(error instanceof NotApplicable);
        return { reports, notApplicable: error.message };
    }
    return { reports, notApplicable: undefined };
}

describe("a rule as the engine runs it", () => {
    it("names the resource, what is found, what is needed, and why", async () => {
        const { reports } = await run(off);
        assert.equal(reports.length, 1);
        assert.match(reports[0]!.urn!, /Table::orders$/);
        assert.match(
            reports[0]!.message,
            /^orders: pointInTimeRecovery: .* is off, .*\. Set pointInTimeRecovery: \{ enabled: true \} .*\nAWS accepts/,
        );
    });

    it("passes what is right", async () => {
        assert.deepEqual(await run(shop()), { reports: [], notApplicable: undefined });
    });

    it("does not count as passed where it cannot tell yet, or has nothing to judge", async () => {
        const open = await run(withRecovery({ enabled: unknown }));
        assert.deepEqual(open.reports, []);
        assert.match(open.notApplicable!, /^orders: cannot tell yet, /);
        assert.match((await run({})).notApplicable!, /^Nothing in the stack/);
    });

    it("tells what is left out from what is unknown, by what the program declares", async () => {
        const stack = withRecovery(undefined);
        stack.table!.outputs!.pointInTimeRecovery = unknown;
        assert.equal((await run(stack, {}, true)).reports.length, 1);
    });

    it("judges what it is configured to", async () => {
        assert.equal((await run(off, { scope: ["linked"] })).reports.length, 1);
        assert.equal((await run(off, { scope: ["tagged"] })).reports.length, 0);
    });
});

describe("an exemption", () => {
    const exempt = (resource: string, expires = "2999-12-31") => ({
        exemptions: [{ resource, reason: "ticket 12", expires }],
    });

    for (const resource of [
        "orders",
        "ord*",
        "urn:pulumi:dev::shop::aws:dynamodb/table:Table::orders",
        "*Table::orders",
    ]) {
        it(`counts for ${resource}`, async () => assert.deepEqual((await run(off, exempt(resource))).reports, []));
    }

    it("is not a pass", async () => assert.equal((await run(off, exempt("orders"))).notApplicable, "orders: exempt"));

    it("counts for nothing else", async () => {
        assert.equal((await run(off, exempt("order"))).reports.length, 1);
    });

    it("counts no more when it has expired, and says so", async () => {
        const { reports } = await run(off, exempt("orders", "2020-01-31"));
        assert.match(reports[0]!.message, /Its exemption ended on 2020-01-31 \(ticket 12\)\.$/);
    });

    it("counts on its last day", async () => {
        const today = new Date().toISOString().slice(0, 10);
        assert.deepEqual((await run(off, exempt("orders", today))).reports, []);
    });
});

describe("the remediation", () => {
    const type = "aws:dynamodb/table:Table";
    const source = { "zero-etl:source": "true" };
    const remediate = (props: Record<string, unknown>, parameters: RuleParameters = {}, of = type) => {
        const policy = zeroEtlPolicies().find(({ name }) => name === recovery) as ResourceValidationPolicy;
        const args = { type: of, name: "orders", urn: "urn:orders", props, ...host(parameters) };
        return policy.remediateResource!(args as never);
    };

    it("turns recovery on, and keeps what else is set", () => {
        assert.deepEqual(
            remediate({ tags: source, pointInTimeRecovery: { enabled: false, recoveryPeriodInDays: 7 } }),
            { tags: source, pointInTimeRecovery: { enabled: true, recoveryPeriodInDays: 7 } },
        );
    });

    it("turns it on everywhere where all tables are judged", () => {
        assert.deepEqual(remediate({}, { scope: ["all"] }), { pointInTimeRecovery: { enabled: true } });
    });

    it("leaves alone what is not known yet", () => {
        const { declarations, urns } = shown(withRecovery({ enabled: unknown }), true);
        assert.equal(remediate(declarations.get(urns.table!)!, { scope: ["all"] }), undefined);
    });

    it("leaves alone what is right, what may be no source, what is exempt, and what is no table", () => {
        const exemptions = [{ resource: "orders", reason: "ticket 12", expires: "2999-12-31" }];
        assert.equal(remediate({ tags: source, pointInTimeRecovery: { enabled: true } }), undefined);
        assert.equal(remediate({}), undefined);
        assert.equal(remediate({ tags: source }, { exemptions }), undefined);
        assert.equal(remediate({ tags: source }, {}, "aws:s3/bucket:Bucket"), undefined);
    });
});

describe("the pack's configuration", () => {
    const configOf = (args: ZeroEtlPoliciesArgs, id: string = recovery) => packConfig(args)[id];

    it("gives all rules the pack's scope and exemptions, and each its own", () => {
        const args: ZeroEtlPoliciesArgs = {
            all: "advisory",
            scope: ["all"],
            rules: { [recovery]: { enforcementLevel: "remediate", scope: ["tagged"] }, "policy-size": "disabled" },
        };
        assert.equal(configOf(args, "all"), "advisory");
        assert.deepEqual(configOf(args), { enforcementLevel: "remediate", scope: ["tagged"] });
        assert.deepEqual(configOf(args, "policy-size"), { enforcementLevel: "disabled", scope: ["all"] });
        assert.deepEqual(configOf(args, "same-region"), { scope: ["all"] });
    });

    it("names no policy that the pack lacks", () => {
        const names = zeroEtlPolicies().map(({ name }) => name);
        assert.deepEqual(
            Object.keys(packConfig({})).filter((name) => !names.includes(name)),
            [],
        );
    });
});

describe("the pack's package", () => {
    const manifest = (folder: string) =>
        JSON.parse(readFileSync(path.join(packageRoot, folder, "package.json"), "utf8"));

    it("takes the libraries that the tests run with", () => {
        const root = manifest(".");
        const tested: Record<string, string> = { ...root.devDependencies, ...root.dependencies };
        const others = Object.entries<string>(manifest("policies").dependencies).filter(
            ([name, range]) => !semver.satisfies(tested[name] ?? "", range),
        );
        assert.deepEqual(others, []);
    });
});

describe("the pack's README", () => {
    const { withRules } = require(path.join(packageRoot, "policies/dist/policies/docs.js")) as {
        withRules(readme: string): string;
    };

    it("describes the rules as they are (node policies/dist/policies/docs.js)", () => {
        const readme = readFileSync(path.join(packageRoot, "policies/README.md"), "utf8");
        assert.equal(readme, withRules(readme));
        assert.ok(rules.every(({ id, fix }) => readme.includes(`### ${id}`) && fix.length > 0));
    });
});
