import * as assert from "node:assert/strict";
import type { Stack } from "../../simulator/engine/stack";
import { arrivedDocuments } from "../../simulator/search/arrived";
import { endpointAt } from "../../simulator/search/store";
import { ACCOUNT, configured, NO_CHANGES, rowOf, settings, until, withLab, type Lab } from "./fixture";

interface Outputs {
    endpoint: string;
    roleArns: string[];
    deadLetterBuckets: string[];
}

/** A pipeline as AWS lists it. */
interface Listed {
    PipelineName: string;
    Status: string;
    MinUnits: number;
    MaxUnits: number;
    CreatedAt: Date;
}

/** The length of the model's vectors. */
const DIMENSION = 4;
const PRICED = { properties: { price: { type: "double" } } };
const CHANGED = {
    index: { name: "all", mapping: { properties: { ...PRICED.properties, brand: { type: "keyword" } } } },
    processors: [{ deleteEntries: { withKeys: ["secret"] } }],
    capacity: { minUnits: 3, maxUnits: 6 },
};

/** Two stacks with a domain of the first between them: what comes earlier is there for what comes later. */
describe("the life of pipelines into a domain", function () {
    this.timeout(120_000);

    let lab: Lab;
    let stack: Stack;
    let other: Stack;
    let outputs: Outputs;
    let modelId: string;
    let first: Record<string, Listed>;

    withLab(async (opened) => {
        lab = opened;
        stack = await lab.stack("products");
        other = await lab.stack("products", { name: "other" });
        await stack.up(configured());
        const { endpoint } = (await stack.outputs()) as unknown as Outputs;
        const registered = await endpointAt(lab.world, endpoint.replace("https://", ""))!.request(
            lab.world.administrator(ACCOUNT, "eu-west-1"),
            {
                method: "POST",
                path: "/_plugins/_ml/models/_register",
                query: {},
                body: JSON.stringify({ name: "titan", model_config: { embedding_dimension: DIMENSION } }),
            },
        );
        ({ model_id: modelId } = registered.body as { model_id: string });
        await put("1", { name: { S: "Kettle" }, price: { N: "19.5" } });
    });
    beforeEach(() => lab.world.requests.clear());

    const programOf = (changes: Record<string, object> = {}) => ({
        all: { index: { name: "all", mapping: PRICED }, capacity: { minUnits: 2, maxUnits: 4 }, ...changes.all },
        once: { read: "export", index: { name: "once" }, ...changes.once },
        later: {
            read: "stream",
            index: {
                name: "later",
                semanticSearch: { modelId, fields: { name: "vector" }, dimension: DIMENSION },
            },
            ...changes.later,
        },
    });
    const put = (id: string, more: object = {}, from = stack) => lab.putItem(`products-${from.name}`, id, more);
    const documentsIn = (index: string) => arrivedDocuments(lab.world, index).flatMap(({ documents }) => documents);
    const arrive = (index: string, ids: string[]) =>
        until(() => `${documentsIn(index).map(({ id }) => id)}` === `${ids}`);

    /** By their names in the program. */
    const pipelines = async (): Promise<Record<string, Listed>> => {
        const { Pipelines } = await lab.call("osis", "ListPipelines", {});
        return Object.fromEntries(Pipelines.map((each: Listed) => [each.PipelineName.split("-").at(-1), each]));
    };
    const domainPolicy = async (): Promise<string> => {
        const { DomainNames } = await lab.call("es", "ListDomainNames", {});
        const { DomainStatus } = await lab.call("es", "DescribeDomain", { DomainName: DomainNames[0].DomainName });
        return DomainStatus.AccessPolicies;
    };

    it("begins: all that there is and changes, all that there is alone, or changes alone, with vectors of texts", async () => {
        await stack.up(configured({ pipelines: programOf() }));
        outputs = (await stack.outputs()) as unknown as Outputs;
        first = await pipelines();
        await arrive("all", ["1"]);
        await arrive("once", ["1"]);
        await put("2", { name: { S: "Lamp" } });
        await arrive("all", ["1", "2"]);
        await arrive("later", ["2"]);
        assert.equal((documentsIn("later")[0]!.document.vector as number[]).length, DIMENSION);
        assert.deepEqual(
            documentsIn("once").map(({ id }) => id),
            ["1"],
        );
    });

    it("puts what does not fit the mapping among the dead letters, counts it, and the alarm rings", async () => {
        await put("3", { price: { S: "cheap" } });
        const Bucket = outputs.deadLetterBuckets[0]!;
        const listed = async () => (await lab.call("s3", "ListObjectsV2", { Bucket })).Contents ?? [];
        await until(async () => (await listed()).length === 1);
        const { Body } = await lab.call("s3", "GetObject", { Bucket, Key: (await listed())[0].Key });
        const { dlqObjects } = JSON.parse(Buffer.from(Body).toString());
        assert.equal(dlqObjects[0].failedData.indexId, "3");
        assert.match(dlqObjects[0].failedData.message, /failed to parse field \[price\] of type \[double\]/);

        // The numbers come with the next minute.
        const ringing = async () => {
            const { MetricAlarms } = await lab.call("cloudwatch", "DescribeAlarms", { StateValue: "ALARM" });
            return MetricAlarms.map(({ MetricName }: { MetricName: string }) => MetricName);
        };
        await until(async () => (await ringing()).length > 0);
        assert.deepEqual(await ringing(), [`${first.all!.PipelineName}.opensearch.documentErrors.count`]);
    });

    it("changes processors, capacity and mapping in place, and stops one", async () => {
        await stack.up(configured({ pipelines: programOf({ all: CHANGED, later: { running: false } }) }));
        const now = await pipelines();
        assert.deepEqual(
            Object.values(now).map(({ CreatedAt }) => CreatedAt),
            Object.values(first).map(({ CreatedAt }) => CreatedAt),
        );
        assert.deepEqual([now.all!.MinUnits, now.all!.MaxUnits], [3, 6]);
        assert.deepEqual([now.all!.Status, now.once!.Status, now.later!.Status], ["ACTIVE", "ACTIVE", "STOPPED"]);
        assert.equal(lab.calls("CreatePipeline").length + lab.calls("DeletePipeline").length, 0);
        await put("4", { brand: { S: "Bodum" }, secret: { S: "x" } });
        await arrive("all", ["1", "2", "4"]);
        assert.deepEqual(documentsIn("all")[2]!.document, { Id: "4", brand: "Bodum" });
        assert.deepEqual(
            documentsIn("later").map(({ id }) => id),
            ["2", "3"],
        );
    });

    it("refuses another type of a field at preview, and shows another name of the pipeline as a replacement", async () => {
        const changed = programOf({
            all: { index: { name: "all", mapping: { properties: { price: { type: "keyword" } } } } },
        });
        const { stdout } = await stack.preview({ args: settings({ pipelines: changed }), expectFailure: true });
        assert.match(stdout, /price.*from type double to keyword|price.*double.*keyword/);
        const renamed = await stack.preview({
            args: settings({ pipelines: programOf({ once: { pipelineName: "another-name" } }) }),
        });
        assert.match(rowOf(renamed.stdout, "once-pipeline"), / replacement .*pipelineName/);
    });

    it("starts again where it stopped, while another stack comes into the domain: nobody is lost from its policy", async () => {
        await Promise.all([
            stack.up(configured({ pipelines: programOf({ all: CHANGED }) })),
            other.up(
                configured({
                    owner: "organization/products/dev",
                    pipelines: { theirs: { index: { name: "theirs" } }, too: { index: { name: "too" } } },
                }),
            ),
        ]);
        await arrive("later", ["2", "3", "4"]);
        await put("1", {}, other);
        await arrive("theirs", ["1"]);
        await arrive("too", ["1"]);
        const theirs = (await other.outputs()) as unknown as Outputs;
        const text = await domainPolicy();
        for (const roleArn of [...outputs.roleArns, ...theirs.roleArns]) {
            assert.ok(text.includes(`"${roleArn}"`), roleArn);
        }
    });

    it("leaves the other stack's roles in the policy, and its own documents in the domain, when one goes", async () => {
        const theirs = (await other.outputs()) as unknown as Outputs;
        await other.destroy(configured());
        await stack.up(NO_CHANGES);
        const text = await domainPolicy();
        assert.ok(outputs.roleArns.every((roleArn) => text.includes(`"${roleArn}"`)));
        assert.ok(!theirs.roleArns.some((roleArn) => text.includes(`"${roleArn}"`)));
        assert.equal(documentsIn("theirs").length, 1);
    });
});
