import * as assert from "node:assert/strict";
import type { Stack } from "../../simulator/engine/stack";
import { arrivedDocuments } from "../../simulator/search/arrived";
import { configured, NO_DRIFT, rowOf, settings, until, withLab, type Lab } from "./fixture";

describe("from a table to a collection", function () {
    this.timeout(240_000);

    let lab: Lab;
    let stack: Stack;

    withLab(async (opened) => {
        lab = opened;
        stack = await lab.stack("catalog-search");
    });

    const documentsIn = (index: string) =>
        arrivedDocuments(lab.world, index).flatMap(({ documents }) => documents.map(({ document }) => document));

    it("goes up, and each item arrives in its index", async () => {
        await stack.up();
        assert.equal((await stack.outputs()).status, "ACTIVE");
        await lab.putItem("catalog", "1", { type: { S: "product" }, name: { S: "Kettle" }, price: { N: "19.5" } });
        await lab.putItem("catalog", "2", { type: { S: "order" } });
        await until(() => documentsIn("products").length > 0 && documentsIn("others").length > 0);
        assert.deepEqual(documentsIn("products"), [{ Id: "1", type: "product", name: "Kettle", price: 19.5 }]);
        assert.deepEqual(documentsIn("others"), [{ Id: "2", type: "order" }]);
    });

    it("takes a removed item out of the index that its attributes led to", async () => {
        await lab.call("dynamodb", "DeleteItem", { TableName: "catalog", Key: { Id: { S: "1" } } });
        await until(() => documentsIn("products").length === 0);
    });

    it("leaves what does not fit the mapping in the bucket of dead letters", async () => {
        const { deadLetterBucket } = (await stack.outputs()) as { deadLetterBucket: string };
        await lab.putItem("catalog", "3", { type: { S: "product" }, price: { S: "nineteen" } });
        await until(async () => {
            const { Contents = [] } = await lab.call("s3", "ListObjectsV2", { Bucket: deadLetterBucket });
            return Contents.length > 0;
        });
    });

    it("stays as it is when nothing changes, at AWS either", async () => {
        await stack.up(NO_DRIFT);
    });

    it("changes its processors in place", async () => {
        const before = (await stack.outputs()).pipelineArn;
        await stack.up(configured({ processors: JSON.stringify([{ deleteEntries: { withKeys: ["secret"] } }]) }));
        assert.equal((await stack.outputs()).pipelineArn, before);
        await lab.putItem("catalog", "4", { type: { S: "product" }, secret: { S: "x" } });
        await until(() => documentsIn("products").some(({ Id }) => Id === "4"));
        assert.deepEqual(documentsIn("products"), [{ Id: "4", type: "product" }]);
    });

    it("shows a new name as a replacement before it is one", async () => {
        const { stdout } = await stack.preview({ args: settings({ pipelineName: "catalog-v2" }) });
        assert.match(rowOf(stdout, "OsisPipeline"), /replace/);
    });

    it("keeps the indexes when it is destroyed", async () => {
        await stack.destroy(configured());
        assert.deepEqual((await stack.export()).deployment.resources, undefined);
        assert.equal(documentsIn("products").length, 1);
    });
});
