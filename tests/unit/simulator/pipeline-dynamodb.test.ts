import * as assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";

import { hours, minutes, seconds } from "../../../simulator/world/clock";
import { EXPORTS, FakeEndpoint, NAME, PipelineWorld, TABLE_ARN } from "./pipeline-world";

describe("simulator/pipelines: DynamoDB as a source", () => {
    const order = (id: string, more: object = {}) => ({ id: { S: id }, ...more });

    it("loads the table's export, then follows its stream within seconds", async () => {
        const pipelines = await new PipelineWorld().setUp();
        await pipelines.put(order("1", { total: { N: "10" }, tags: { SS: ["a", "b"] }, raw: { B: Buffer.from("x") } }));
        assert.equal((await pipelines.created()).Status, "ACTIVE");
        await pipelines.pass(minutes(3));
        const { documents, indexes } = pipelines.endpoint;
        assert.deepEqual(Object.fromEntries(documents), {
            "1": { id: "1", total: 10, tags: ["a", "b"], raw: "eA==" },
        });
        assert.ok(indexes.has("orders-v1"));
        await pipelines.put(order("2", { total: { N: "20.5" } }));
        await pipelines.pass(seconds(2));
        assert.deepEqual(documents.get("2"), { id: "2", total: 20.5 });
        await pipelines.delete({ id: { S: "1" } });
        await pipelines.pass(seconds(2));
        assert.deepEqual([...documents.keys()], ["2"]);
    });

    it("gives each event the metadata that Data Prepper documents", async () => {
        const pipelines = new PipelineWorld();
        pipelines.tableKey = [
            { AttributeName: "id", KeyType: "HASH" },
            { AttributeName: "at", KeyType: "RANGE" },
        ];
        const keys = [
            "primary_key",
            "partition_key",
            "sort_key",
            "table_name",
            "opensearch_action",
            "dynamodb_event_name",
            "dynamodb_timestamp",
            "document_version",
            "ttl_delete",
        ];
        pipelines.pipeline.processor = [
            { add_entries: { entries: keys.map((key) => ({ key, value_expression: `getMetadata("${key}")` })) } },
        ];
        Object.assign(pipelines.sink, { action: "index" });
        await pipelines.setUp();
        await pipelines.put({ id: { S: "1" }, at: { S: "x" } });
        await pipelines.loaded();
        const exported = pipelines.endpoint.bulks.flat()[0].document as Record<string, unknown>;
        assert.deepEqual(
            [exported.primary_key, exported.partition_key, exported.sort_key, exported.table_name],
            ["1|x", "1", "x", "orders"],
        );
        assert.deepEqual([exported.opensearch_action, exported.dynamodb_event_name], ["index", null]);
        // The export's versions lie five minutes back, so that changes meanwhile are newer.
        assert.equal(exported.document_version, ((exported.dynamodb_timestamp as number) - minutes(5)) * 1000);
        await pipelines.put({ id: { S: "2" }, at: { S: "y" } });
        await pipelines.put({ id: { S: "2" }, at: { S: "z" } });
        await pipelines.delete({ id: { S: "2" }, at: { S: "z" } });
        await pipelines.pass(seconds(2));
        const changes = pipelines.endpoint.bulks
            .flat()
            .slice(-3)
            .map(({ document }) => document as Record<string, number | string | boolean>);
        assert.deepEqual(
            changes.map(({ dynamodb_event_name: name, opensearch_action: action }) => [name, action]),
            [
                ["INSERT", "index"],
                ["INSERT", "index"],
                ["REMOVE", "delete"],
            ],
        );
        const versions = changes.map(({ document_version: version }) => version as number);
        assert.ok(versions[0] < versions[1] && versions[1] < versions[2]);
        assert.equal(Math.floor(versions[0] / 1e6) * 1000, changes[0].dynamodb_timestamp);
        assert.equal(changes[0].ttl_delete, false);
    });

    it("gives the old image of what is removed where it is told to", async () => {
        for (const [view, expected] of [
            ["OLD_IMAGE", { id: "1", total: 10 }],
            ["NEW_IMAGE", {}],
        ] as const) {
            const pipelines = new PipelineWorld();
            pipelines.table.stream.view_on_remove = view;
            pipelines.sink.action = "index";
            await pipelines.setUp();
            await pipelines.put(order("1", { total: { N: "10" } }));
            await pipelines.loaded();
            await pipelines.delete({ id: { S: "1" } });
            await pipelines.pass(seconds(2));
            assert.deepEqual(pipelines.endpoint.documents.get("1"), expected);
        }
    });

    it("reads from now on where there is no export", async () => {
        const pipelines = new PipelineWorld();
        delete pipelines.table.export;
        pipelines.pointInTimeRecovery = false;
        await pipelines.setUp();
        await pipelines.put(order("before"));
        await pipelines.created();
        await pipelines.put(order("after"));
        await pipelines.pass(seconds(2));
        assert.deepEqual([...pipelines.endpoint.documents.keys()], ["after"]);
    });

    it("reads the export alone where there is no stream", async () => {
        const pipelines = new PipelineWorld();
        delete pipelines.table.stream;
        pipelines.viewType = undefined;
        await pipelines.setUp();
        await pipelines.put(order("1"));
        await pipelines.loaded();
        await pipelines.put(order("2"));
        await pipelines.pass(minutes(5));
        assert.deepEqual([...pipelines.endpoint.documents.keys()], ["1"]);
    });

    describe("does not start", () => {
        const cases: Record<string, [(pipelines: PipelineWorld) => void, RegExp]> = {
            "without point-in-time recovery": [(p) => (p.pointInTimeRecovery = false), /PITR/],
            "without a stream": [(p) => (p.viewType = undefined), /Streams must be enabled/],
            "from a stream of old images": [(p) => (p.viewType = "OLD_IMAGE"), /it is OLD_IMAGE/],
            "from a stream of keys": [(p) => (p.viewType = "KEYS_ONLY"), /it is KEYS_ONLY/],
            "with old images that the stream lacks": [
                (p) => {
                    p.viewType = "NEW_IMAGE";
                    p.table.stream.view_on_remove = "OLD_IMAGE";
                },
                /needs a stream with NEW_AND_OLD_IMAGES/,
            ],
            "from a table that does not exist": [
                (p) => (p.table.table_arn = `${TABLE_ARN}s`),
                /not authorized to perform: dynamodb:DescribeTable|not found/,
            ],
            "from a table of another Region than it signs for": [
                (p) => (p.pipeline.source.dynamodb.aws.region = "eu-central-1"),
                /aws\.region is eu-central-1: a source must be in the pipeline's Region, eu-west-1/,
            ],
            "from a table of another Region": [
                (p) => (p.table.table_arn = TABLE_ARN.replace("eu-west-1", "eu-central-1")),
                /must be in the account and the Region of the pipeline/,
            ],
            "from a table of another account": [
                (p) => (p.table.table_arn = TABLE_ARN.replace(/\d{12}/, "210987654321")),
                /must be in the account and the Region of the pipeline/,
            ],
            "with an external id, which nobody would ask for": [
                (p) => (p.pipeline.source.dynamodb.aws.sts_external_id = "orders"),
                /^orders-pipeline\.source\.dynamodb\.aws\.sts_external_id is not simulated$/,
            ],
            "with headers of its own for a sink's role": [
                (p) => (p.sink.aws.sts_header_overrides = { "x-amz-source-account": "1" }),
                /^orders-pipeline\.sink\[0\]\.opensearch\.aws\.sts_header_overrides is not simulated$/,
            ],
        };
        for (const [what, [change, reason]] of Object.entries(cases)) {
            it(what, async () => {
                const pipelines = new PipelineWorld();
                change(pipelines);
                assert.match(await pipelines.failure(), reason);
            });
        }
    });

    describe("needs of its role", () => {
        /** Removed from the role, each keeps exactly its own step from being done. */
        const steps: Record<string, "start" | string> = {
            "dynamodb:DescribeTable": "start",
            "dynamodb:DescribeContinuousBackups": "start",
            "dynamodb:ExportTableToPointInTime": "dynamodb.export4xxErrors.count",
            "dynamodb:DescribeExport": "dynamodb.export4xxErrors.count",
            "s3:PutObject": "orders-pipeline.dynamodb.exportJobFailure.count",
            "s3:PutObjectAcl": "orders-pipeline.dynamodb.exportJobFailure.count",
            "s3:AbortMultipartUpload": "orders-pipeline.dynamodb.exportJobFailure.count",
            "s3:GetObject": "orders-pipeline.dynamodb.exportJobFailure.count",
            "dynamodb:DescribeStream": "dynamodb.stream4xxErrors.count",
            "dynamodb:GetShardIterator": "dynamodb.stream4xxErrors.count",
            "dynamodb:GetRecords": "dynamodb.stream4xxErrors.count",
        };
        for (const [action, step] of Object.entries(steps)) {
            it(`${action} (${step})`, async () => {
                const pipelines = new PipelineWorld();
                pipelines.withdraw(action);
                await pipelines.setUp();
                await pipelines.put(order("1"));
                const { Status, StatusReason } = await pipelines.created();
                if (step === "start") {
                    assert.equal(Status, "CREATE_FAILED");
                    assert.match(StatusReason.Description, new RegExp(`perform: ${action}`));
                    return;
                }
                assert.equal(Status, "ACTIVE");
                await pipelines.pass(minutes(4));
                // The export is read before the stream.
                assert.equal(pipelines.endpoint.documents.has("1"), step.includes("stream"));
                await pipelines.put(order("2"));
                await pipelines.pass(minutes(1));
                assert.equal(pipelines.endpoint.documents.has("2"), false);
                assert.ok((await pipelines.sum(step)) > 0, `${step} is not counted`);
            });
        }

        it("and nothing else: with these statements everything arrives and nothing fails", async () => {
            const pipelines = await new PipelineWorld().setUp();
            await pipelines.put(order("1"));
            await pipelines.loaded();
            const counted = ["exportJobSuccess", "exportRecordsTotal", "exportRecordsProcessed"];
            for (const metric of counted) {
                assert.equal(await pipelines.sum(`orders-pipeline.dynamodb.${metric}.count`), 1, metric);
            }
            assert.equal(await pipelines.sum("dynamodb.export4xxErrors.count"), 0);
            assert.equal(await pipelines.sum("dynamodb.stream4xxErrors.count"), 0);
        });
    });

    it("fails an export into a bucket of another Region", async () => {
        const pipelines = new PipelineWorld();
        pipelines.exportBucketRegion = "eu-central-1";
        await pipelines.setUp();
        await pipelines.put(order("1"));
        await pipelines.loaded();
        assert.equal(await pipelines.sum("orders-pipeline.dynamodb.exportJobFailure.count"), 1);
        assert.equal(pipelines.endpoint.documents.size, 0);
    });

    it("encrypts an export with a key that the role may use", async () => {
        const pipelines = await new PipelineWorld().setUp();
        const { KeyMetadata } = await pipelines.ctx.call("kms", "CreateKey");
        pipelines.table.export.s3_sse_kms_key_id = KeyMetadata.Arn;
        await pipelines.put(order("1"));
        await pipelines.loaded();
        const failures = () => pipelines.sum("orders-pipeline.dynamodb.exportJobFailure.count");
        assert.equal(await failures(), 1);
        pipelines.rolePolicy.push({
            Effect: "Allow",
            Action: ["kms:GenerateDataKey", "kms:Decrypt"],
            Resource: KeyMetadata.Arn,
        });
        await pipelines.putRolePolicy();
        // A failed export is not tried again before the pipeline starts anew.
        await pipelines.pass(minutes(30));
        assert.equal(pipelines.endpoint.documents.size, 0);
        await pipelines.osis("StopPipeline", { PipelineName: NAME });
        await pipelines.pass(minutes(2));
        await pipelines.osis("StartPipeline", { PipelineName: NAME });
        await pipelines.pass(minutes(9));
        assert.deepEqual([...pipelines.endpoint.documents.keys()], ["1"]);
        assert.equal(await failures(), 1);
        const { Contents } = await pipelines.ctx.call("s3", "ListObjectsV2", { Bucket: EXPORTS });
        const data = Contents.find(({ Key }: { Key: string }) => Key.endsWith(".ion.gz"));
        const head = await pipelines.ctx.call("s3", "HeadObject", { Bucket: EXPORTS, Key: data.Key });
        assert.equal(head.SSEKMSKeyId, KeyMetadata.Arn);
        const { Body } = await pipelines.ctx.call("s3", "GetObject", { Bucket: EXPORTS, Key: data.Key });
        assert.equal(gunzipSync(Body).toString(), '$ion_1_0 {Item:{"id":"1"}}\n');
    });

    it("goes on with the stream once the role is let in", async () => {
        const pipelines = new PipelineWorld();
        const whole = pipelines.rolePolicy;
        pipelines.withdraw("dynamodb:GetRecords");
        await pipelines.setUp();
        await pipelines.loaded();
        await pipelines.put(order("1"));
        await pipelines.pass(minutes(1));
        pipelines.rolePolicy = whole;
        await pipelines.putRolePolicy();
        await pipelines.pass(seconds(15));
        assert.deepEqual([...pipelines.endpoint.documents.keys()], ["1"]);
    });

    it("keeps its place while it is stopped, for as long as the stream keeps its records", async () => {
        const pipelines = await new PipelineWorld().setUp();
        await pipelines.put(order("1"));
        await pipelines.loaded();
        const cycle = async (pause: number, id: string) => {
            await pipelines.osis("StopPipeline", { PipelineName: NAME });
            await pipelines.pass(minutes(2));
            await pipelines.put(order(id));
            await pipelines.pass(pause);
            await pipelines.osis("StartPipeline", { PipelineName: NAME });
            await pipelines.pass(minutes(6));
        };
        pipelines.endpoint.documents.clear();
        await cycle(hours(2), "kept");
        // The table is not loaded again.
        assert.deepEqual([...pipelines.endpoint.documents.keys()], ["kept"]);
        await cycle(hours(25), "lost");
        await pipelines.put(order("new"));
        await pipelines.pass(seconds(2));
        assert.deepEqual([...pipelines.endpoint.documents.keys()], ["kept", "new"]);
    });

    it("keeps its place when its body changes", async () => {
        const pipelines = await new PipelineWorld().setUp();
        await pipelines.put(order("1"));
        await pipelines.loaded();
        pipelines.pipeline.processor = [{ add_entries: { entries: [{ key: "channel", value: "web" }] } }];
        await pipelines.osis("UpdatePipeline", {
            PipelineName: NAME,
            PipelineConfigurationBody: pipelines.bodyText,
        });
        // The old configuration works until the new one is there.
        await pipelines.pass(minutes(1));
        await pipelines.put(order("2"));
        await pipelines.pass(seconds(2));
        assert.deepEqual(pipelines.endpoint.documents.get("2"), { id: "2" });
        await pipelines.pass(minutes(5));
        await pipelines.put(order("3"));
        await pipelines.pass(seconds(2));
        assert.deepEqual(pipelines.endpoint.documents.get("3"), { id: "3", channel: "web" });
        assert.deepEqual(pipelines.endpoint.documents.get("1"), { id: "1" });
    });

    it("starts from the beginning after it was deleted", async () => {
        const pipelines = await new PipelineWorld().setUp();
        await pipelines.put(order("1"));
        await pipelines.loaded();
        await pipelines.osis("DeletePipeline", { PipelineName: NAME });
        await pipelines.pass(minutes(3));
        pipelines.endpoint = new FakeEndpoint();
        await pipelines.loaded();
        assert.deepEqual([...pipelines.endpoint.documents.keys()], ["1"]);
    });
});
