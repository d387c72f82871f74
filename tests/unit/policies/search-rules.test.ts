import assert from "node:assert/strict";

import { rules, type Rule, type RuleId } from "pulumi-policy-aws-zero-etl";

import { describeRules } from "./cases";
import { search } from "./search";
import { searchCases, sharedSearchCases } from "./search-cases";

describeRules("pipelines into OpenSearch", { ...searchCases, ...sharedSearchCases }, search);

describe("the remediation of a table that a pipeline of another stack reads", () => {
    const remediated = (id: RuleId, inputs: Record<string, unknown>) => {
        const { remediation } = rules.find((rule) => rule.id === id) as Rule;
        assert.equal(remediation!.tag, "pipeline-source");
        return remediation!.apply(inputs) ? inputs : undefined;
    };

    it("turns on a stream of both images, and leaves one with new images alone", () => {
        const right = { streamEnabled: true, streamViewType: "NEW_AND_OLD_IMAGES" };
        assert.deepEqual(remediated("pipeline-source-stream", { name: "orders" }), { name: "orders", ...right });
        assert.deepEqual(remediated("pipeline-source-stream", { ...right, streamViewType: "KEYS_ONLY" }), right);
        assert.equal(remediated("pipeline-source-stream", { ...right, streamViewType: "NEW_IMAGE" }), undefined);
        assert.equal(remediated("pipeline-source-stream", right), undefined);
    });

    it("turns recovery on", () => {
        assert.deepEqual(remediated("pipeline-source-recovery", {}), { pointInTimeRecovery: { enabled: true } });
    });
});
