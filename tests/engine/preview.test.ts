import * as assert from "node:assert/strict";
import type { Stack } from "../../simulator/engine/stack";
import { configured, withLab, type Lab } from "./fixture";

describe("a preview", function () {
    this.timeout(120_000);

    let lab: Lab;
    let stack: Stack;

    withLab(async (opened) => {
        lab = opened;
        stack = await lab.stack("bank");
    });

    /** What our handlers called, credentials included: the resources of `@pulumi/aws` come through the provider's door. */
    const calls = () => lab.world.requests.find({ door: "http" }).map(({ operation }) => operation);

    it("of a new stack calls nothing in AWS", async () => {
        await stack.preview();
        assert.deepEqual(calls(), []);
    });

    it("of a stack that is up calls nothing in AWS", async () => {
        await stack.up(configured());
        assert.ok(calls().includes("CreateIntegration"));
        lab.world.requests.clear();
        await stack.preview({ args: ["--expect-no-changes"] });
        assert.deepEqual(calls(), []);
    });
});
