import * as assert from "node:assert/strict";

import { minutes, seconds } from "../../../simulator/world/clock";
import { AwsError } from "../../../simulator/world/error";
import { FakeEndpoint, HOST, NAME, PipelineWorld } from "./pipeline-world";

const mappingConflict = (id: string) => ({
    status: 400,
    id,
    error: { type: "mapper_parsing_exception", reason: "failed to parse field [total]" },
});
const forbidden = () => new AwsError("security_exception", "no permissions for [indices:data/write/bulk]", 403);

describe("simulator/pipelines: the sink", () => {
    const order = (id: string, more: object = {}) => ({ id: { S: id }, ...more });
    const sum = (pipelines: PipelineWorld, metric: string) =>
        pipelines.sum(`orders-pipeline.opensearch.${metric}.count`);

    /** A pipeline that runs, from an empty table. */
    async function running(change: (pipelines: PipelineWorld) => unknown = () => undefined): Promise<PipelineWorld> {
        const pipelines = new PipelineWorld();
        delete pipelines.table.export;
        change(pipelines);
        await pipelines.setUp();
        const { Status, StatusReason } = await pipelines.created();
        assert.equal(Status, "ACTIVE", StatusReason?.Description);
        return pipelines;
    }

    const sinkIs = (more: object) => (pipelines: PipelineWorld) => Object.assign(pipelines.sink, more);

    it("counts what is written", async () => {
        const pipelines = await running();
        await pipelines.put(order("1"));
        await pipelines.put(order("2"));
        await pipelines.pass(seconds(3));
        assert.equal(await sum(pipelines, "documentsSuccess"), 2);
        assert.equal(await sum(pipelines, "documentsSuccessFirstAttempt"), 2);
        assert.equal(await pipelines.sum("orders-pipeline.recordsProcessed.count"), 2);
        assert.equal(await pipelines.sum("orders-pipeline.dynamodb.changeEventsProcessed.count"), 2);
        assert.ok((await pipelines.sum("orders-pipeline.opensearch.EndToEndLatency.avg")) > 0);
    });

    it("puts what the cluster refuses among the dead letters, with its reason", async () => {
        const pipelines = await running();
        pipelines.endpoint.refuse = ({ id }) => (id === "1" ? mappingConflict("1") : undefined);
        await pipelines.put(order("1", { total: { S: "many" } }));
        await pipelines.put(order("2"));
        await pipelines.pass(seconds(3));
        assert.deepEqual([...pipelines.endpoint.documents.keys()], ["2"]);
        const [{ key, letters }] = await pipelines.deadLetters();
        assert.match(key, /^osis\/orders\/dlq-v2-orders-pipeline-opensearch-20\d\d-[^/]+Z-[0-9a-f-]{36}$/);
        assert.deepEqual(letters, [
            {
                pluginId: "opensearch",
                pluginName: "opensearch",
                pipelineName: "orders-pipeline",
                failedData: {
                    index: "orders-v1",
                    indexId: "1",
                    status: 400,
                    message: "mapper_parsing_exception: failed to parse field [total]",
                    document: { id: "1", total: "many" },
                },
            },
        ]);
        assert.equal(await sum(pipelines, "documentErrors"), 1);
        assert.equal(await sum(pipelines, "s3.dlqS3RecordsSuccess"), 1);
    });

    it("loses what the cluster refuses where there is no place for it", async () => {
        const pipelines = await running(({ sink }) => delete sink.dlq);
        pipelines.endpoint.refuse = () => mappingConflict("1");
        await pipelines.put(order("1"));
        await pipelines.pass(seconds(3));
        pipelines.endpoint.refuse = () => undefined;
        await pipelines.pass(minutes(20));
        assert.equal(pipelines.endpoint.documents.size, 0);
        assert.equal(await sum(pipelines, "documentErrors"), 1);
    });

    it("loses dead letters that the role may not write, or that lie in another Region", async () => {
        for (const change of [
            (p: PipelineWorld) => (p.sink.dlq.s3.key_path_prefix = "elsewhere"),
            (p: PipelineWorld) => delete p.sink.dlq.s3.region,
        ]) {
            const pipelines = await running(change);
            pipelines.endpoint.refuse = () => mappingConflict("1");
            await pipelines.put(order("1"));
            await pipelines.pass(seconds(3));
            assert.equal(await sum(pipelines, "s3.dlqS3RecordsFailed"), 1);
            assert.deepEqual(await pipelines.deadLetters(), []);
        }
    });

    it("drops what an external version says is old, and only counts it", async () => {
        const pipelines = await running();
        pipelines.endpoint.versions.set("1", Number.MAX_SAFE_INTEGER);
        await pipelines.put(order("1"));
        await pipelines.pass(seconds(3));
        assert.equal(await sum(pipelines, "documentsVersionConflictErrors"), 1);
        assert.equal(await sum(pipelines, "documentErrors"), 0);
        assert.deepEqual(await pipelines.deadLetters(), []);
    });

    it("tries to delete what is not there three times more, then gives up", async () => {
        const pipelines = await running();
        await pipelines.put(order("1"));
        await pipelines.pass(seconds(3));
        pipelines.endpoint.documents.clear();
        pipelines.endpoint.bulks.length = 0;
        await pipelines.delete({ id: { S: "1" } });
        // The fake keeps versions; each attempt is the same delete.
        pipelines.endpoint.versions.clear();
        pipelines.endpoint.refuse = ({ id }) => ({ status: 404, id: id! });
        await pipelines.pass(minutes(1));
        assert.equal(pipelines.endpoint.bulks.length, 4);
        const [{ letters }] = await pipelines.deadLetters();
        assert.equal(letters[0].failedData.status, 404);
        assert.equal(await sum(pipelines, "documentErrors"), 1);
    });

    it("waits longer and longer before it sends again what a busy cluster refuses", async () => {
        const pipelines = await running();
        pipelines.endpoint.refuse = ({ id }) => ({ status: 429, id: id! });
        await pipelines.put(order("1"));
        const sent = async (ms: number) => {
            pipelines.endpoint.bulks.length = 0;
            await pipelines.pass(ms);
            return pipelines.endpoint.bulks.length;
        };
        // 50 ms, doubled each time, up to ten minutes: the first of them within the second in which it looks.
        assert.equal(await sent(seconds(6)), 6);
        assert.ok((await sent(minutes(1))) <= 5);
        await pipelines.pass(minutes(60));
        assert.equal(await sent(minutes(20)), 2);
        pipelines.endpoint.refuse = () => undefined;
        await pipelines.pass(minutes(10));
        assert.deepEqual([...pipelines.endpoint.documents.keys()], ["1"]);
    });

    describe("refused as a whole (403)", () => {
        it("tries again until it is let in, and reads no further meanwhile", async () => {
            const pipelines = await running();
            pipelines.endpoint.forbidden = forbidden();
            await pipelines.put(order("1"));
            await pipelines.pass(seconds(5));
            await pipelines.put(order("2"));
            await pipelines.pass(seconds(30));
            assert.ok((await sum(pipelines, "bulkRequestNotAllowedErrors")) > 1);
            assert.equal((await pipelines.read()).Status, "ACTIVE");
            pipelines.endpoint.forbidden = undefined;
            await pipelines.pass(minutes(2));
            assert.deepEqual([...pipelines.endpoint.documents.keys()], ["1", "2"]);
        });

        it("gives up after max_retries", async () => {
            const pipelines = await running(sinkIs({ max_retries: 16 }));
            pipelines.endpoint.forbidden = forbidden();
            await pipelines.put(order("1"));
            await pipelines.pass(minutes(120));
            const [{ letters }] = await pipelines.deadLetters();
            assert.equal(letters[0].failedData.status, 403);
            assert.equal(await sum(pipelines, "bulkRequestFailed"), 1);
        });

        it("begins where the index can't be set up", async () => {
            const pipelines = await running(({ endpoint }) => (endpoint.forbidden = forbidden()));
            await pipelines.pass(seconds(5));
            assert.ok((await sum(pipelines, "bulkRequestNotAllowedErrors")) > 0);
            pipelines.endpoint.forbidden = undefined;
            await pipelines.pass(minutes(1));
            assert.ok(pipelines.endpoint.indexes.has("orders-v1"));
        });

        it("is what signing for another Region comes to", async () => {
            const pipelines = await running(({ sink }) => delete sink.aws.region);
            await pipelines.put(order("1"));
            await pipelines.pass(seconds(10));
            assert.ok((await sum(pipelines, "bulkRequestNotAllowedErrors")) > 0);
            assert.equal(pipelines.endpoint.documents.size, 0);
        });

        it("does not lose what was read when the pipeline is stopped, or its body mended", async () => {
            const pipelines = await running();
            pipelines.endpoint.forbidden = forbidden();
            await pipelines.put(order("1"));
            await pipelines.pass(seconds(5));
            await pipelines.osis("StopPipeline", { PipelineName: NAME });
            await pipelines.pass(minutes(2));
            await pipelines.osis("StartPipeline", { PipelineName: NAME });
            await pipelines.pass(minutes(6));
            pipelines.pipeline.processor = [{ add_entries: { entries: [{ key: "mended", value: true }] } }];
            await pipelines.osis("UpdatePipeline", {
                PipelineName: NAME,
                PipelineConfigurationBody: pipelines.bodyText,
            });
            await pipelines.pass(minutes(3));
            pipelines.endpoint.forbidden = undefined;
            await pipelines.pass(minutes(20));
            assert.ok(pipelines.endpoint.documents.has("1"));
        });
    });

    describe("chooses the action", () => {
        const actionsOf = async (sink: object, ...ids: string[]) => {
            const pipelines = await running(sinkIs({ document_version: undefined, action: undefined, ...sink }));
            for (const id of ids) {
                await pipelines.put(order(id));
            }
            await pipelines.pass(seconds(3));
            return pipelines.endpoint.bulks.flat().map(({ action }) => action);
        };

        it("index, unless told", async () => assert.deepEqual(await actionsOf({}, "1"), ["index"]));

        it("by the first condition that holds, and by the last entry where none does", async () => {
            const actions = [
                { type: "create", when: '/id == "1"' },
                { type: "update", when: '/id == "2"' },
                { type: "upsert" },
            ];
            assert.deepEqual(await actionsOf({ actions }, "1", "2", "3"), ["create", "update", "upsert"]);
        });

        it("past an entry without a condition that is not the last", async () => {
            const actions = [
                { type: "upsert" },
                { type: "create", when: '/id == "1"' },
                { type: "update", when: "false" },
            ];
            assert.deepEqual(await actionsOf({ actions }, "1", "2"), ["create", "update"]);
        });

        it("and counts one that is none", async () => {
            const pipelines = await running(sinkIs({ action: "${/kind}" }));
            await pipelines.put(order("1", { kind: { S: "upset" } }));
            await pipelines.pass(seconds(3));
            assert.equal(await sum(pipelines, "invalidActionErrors"), 1);
            assert.equal(pipelines.endpoint.bulks.length, 0);
        });
    });

    it("takes id, routing, version and ingest pipeline from the event", async () => {
        const pipelines = await running(
            sinkIs({
                document_id: "${/customer}-${/id}",
                routing: "${customer}",
                document_version: "${/revision}",
                document_version_type: "external_gte",
                pipeline: "enrich",
            }),
        );
        await pipelines.put(order("1", { customer: { S: "ann" }, revision: { N: "7" } }));
        await pipelines.put(order("2", { revision: { N: "8" } }));
        await pipelines.put(order("3", { customer: { S: "eve" } }));
        await pipelines.pass(seconds(3));
        assert.deepEqual(
            pipelines.endpoint.bulks.flat().map(({ id, routing, version, versionType, pipeline }) => ({
                id,
                routing,
                version,
                versionType,
                pipeline,
            })),
            [
                { id: "ann-1", routing: "ann", version: 7, versionType: "external_gte", pipeline: "enrich" },
                // The cluster makes an id where there is none.
                { id: undefined, routing: undefined, version: 8, versionType: "external_gte", pipeline: "enrich" },
            ],
        );
        // Without a version nothing is written.
        const [{ letters }] = await pipelines.deadLetters();
        assert.deepEqual(letters[0].failedData.document, { id: "3", customer: "eve" });
    });

    it("writes parts of documents", async () => {
        const item = order("1", { total: { N: "1" }, note: { S: "x" }, at: { M: { city: { S: "Bonn" } } } });
        const cases: [object, object][] = [
            [{ include_keys: ["id", "at/city"] }, { id: "1", at: { city: "Bonn" } }],
            [{ exclude_keys: ["note", "at"] }, { id: "1", total: 1 }],
            [{ document_root_key: "at" }, { city: "Bonn" }],
        ];
        for (const [sink, expected] of cases) {
            const pipelines = await running(sinkIs(sink));
            await pipelines.put(item);
            await pipelines.pass(seconds(3));
            assert.deepEqual(pipelines.endpoint.documents.get("1"), expected);
        }
    });

    it("gets what its routes let through, and the rest by _default", async () => {
        const pipelines = await running((p) => {
            p.pipeline.routes = [{ large: "/total > 100" }, { small: "/total <= 100" }];
            const to = (index: string, routes: string[]) => ({ opensearch: { ...p.sink, index, routes } });
            p.pipeline.sink = [to("large", ["large"]), to("sized", ["large", "small"]), to("others", ["_default"])];
        });
        await pipelines.put(order("big", { total: { N: "101" } }));
        await pipelines.put(order("little", { total: { N: "1" } }));
        await pipelines.put(order("unknown"));
        await pipelines.pass(seconds(3));
        const written = pipelines.endpoint.bulks.flat().map(({ index, id }) => `${index}/${id}`);
        assert.deepEqual(written.sort(), ["large/big", "others/unknown", "sized/big", "sized/little"]);
    });

    it("is fed through other sub-pipelines, whose changes stay their own", async () => {
        const pipelines = await running((p) => {
            const { source, sink } = p.pipeline;
            p.body = {
                version: "2",
                "orders-pipeline": {
                    source,
                    sink: [{ pipeline: { name: "marked" } }, { pipeline: { name: "plain" } }],
                },
                marked: {
                    source: { pipeline: { name: "orders-pipeline" } },
                    processor: [{ add_entries: { entries: [{ key: "marked", value: true }] } }],
                    sink: [{ opensearch: { ...sink[0].opensearch, index: "marked" } }],
                },
                plain: {
                    source: { pipeline: { name: "orders-pipeline" } },
                    sink: [{ opensearch: { ...sink[0].opensearch, index: "plain" } }],
                },
            };
        });
        await pipelines.put(order("1"));
        await pipelines.pass(seconds(3));
        const written = pipelines.endpoint.bulks.flat().map(({ index, document }) => [index, document]);
        assert.deepEqual(written, [
            ["marked", { id: "1", marked: true }],
            ["plain", { id: "1" }],
        ]);
        assert.equal(await pipelines.sum("marked.opensearch.documentsSuccess.count"), 1);
    });

    describe("sets up its index", () => {
        const content = (version?: number, type = "double") =>
            JSON.stringify({ ...(version && { version }), mappings: { properties: { total: { type } } } });
        const restart = async (pipelines: PipelineWorld) => {
            await pipelines.osis("StopPipeline", { PipelineName: NAME });
            await pipelines.pass(minutes(2));
            await pipelines.osis("UpdatePipeline", {
                PipelineName: NAME,
                PipelineConfigurationBody: pipelines.bodyText,
            });
            await pipelines.pass(minutes(2));
            await pipelines.osis("StartPipeline", { PipelineName: NAME });
            await pipelines.pass(minutes(6));
        };
        const template = ({ endpoint }: PipelineWorld) => endpoint.templates.get("orders-v1-index-template") as Any;

        it("after its template, whose pattern and name are the sink's", async () => {
            const pipelines = await running(sinkIs({ template_content: content(1), number_of_shards: 3 }));
            await pipelines.pass(seconds(3));
            assert.deepEqual(template(pipelines), {
                version: 1,
                index_patterns: ["orders-v1"],
                mappings: { properties: { total: { type: "double" } } },
                settings: { number_of_shards: 3 },
            });
            assert.ok(pipelines.endpoint.indexes.has("orders-v1"));
        });

        it("with a new template only where its version is higher", async () => {
            const pipelines = await running(sinkIs({ template_content: content(2) }));
            await pipelines.pass(seconds(3));
            for (const [version, kept] of [
                [2, "double"],
                [1, "double"],
                [3, "keyword"],
            ] as const) {
                pipelines.sink.template_content = content(version, "keyword");
                await restart(pipelines);
                assert.equal(template(pipelines).mappings.properties.total.type, kept);
            }
        });

        it("with its template at each start where there is no version", async () => {
            const pipelines = await running(sinkIs({ template_content: content() }));
            await pipelines.pass(seconds(3));
            pipelines.endpoint.templates.set("orders-v1-index-template", { mappings: "changed" });
            await restart(pipelines);
            assert.notEqual(template(pipelines).mappings, "changed");
        });

        it("for each name that documents give it", async () => {
            const pipelines = await running(sinkIs({ index: "orders-${/shop}" }));
            await pipelines.put(order("1", { shop: { S: "north" } }));
            await pipelines.put(order("2", { shop: { S: "south" } }));
            await pipelines.put(order("3"));
            await pipelines.pass(seconds(3));
            assert.deepEqual([...pipelines.endpoint.indexes.keys()], ["orders-north", "orders-south"]);
            assert.equal(await sum(pipelines, "dynamicIndexDroppedEvents"), 1);
        });

        it("not at all where management is disabled", async () => {
            const pipelines = await running(
                sinkIs({ index_type: "management_disabled", template_content: content(1) }),
            );
            await pipelines.put(order("1"));
            await pipelines.pass(seconds(3));
            assert.equal(pipelines.endpoint.indexes.size, 0);
            assert.equal(pipelines.endpoint.templates.size, 0);
            assert.ok(pipelines.endpoint.documents.has("1"));
        });
    });

    describe("keeps a pipeline from starting", () => {
        const collection = (p: PipelineWorld) => {
            p.endpoint = new FakeEndpoint("collection");
            Object.assign(p.sink.aws, { serverless: true });
        };
        const cases: Record<string, [(p: PipelineWorld) => unknown, RegExp]> = {
            "without the right to look up domains": [(p) => p.withdraw("es:DescribeDomain"), /es:DescribeDomain/],
            "at an endpoint that is not there": [sinkIs({ hosts: [`https://other-${HOST}`] }), /no domain and no coll/],
            "called serverless at a domain": [(p) => (p.sink.aws.serverless = true), /must be false/],
            "not called serverless at a collection": [
                (p) => (p.endpoint = new FakeEndpoint("collection")),
                /must be true/,
            ],
            "with index_type custom at a collection": [
                (p) => (collection(p), (p.sink.index_type = "custom")),
                /custom is not supported for a collection/,
            ],
            "without the right to look up collections": [
                (p) => (collection(p), p.withdraw("aoss:BatchGetCollection")),
                /aoss:BatchGetCollection/,
            ],
            "at a collection that does not let it in": [
                (p) => (collection(p), (p.endpoint.forbidden = forbidden())),
                /no permissions/,
            ],
            "with an unknown index type": [sinkIs({ index_type: "customised" }), /customised is no index type/],
            "with an index type of logs": [sinkIs({ index_type: "log-analytics" }), /log-analytics is not simulated/],
            "with an unknown action": [sinkIs({ action: "upset" }), /upset is none of/],
            "with an unknown version type": [sinkIs({ document_version_type: "eternal" }), /document_version_type/],
            "with a route that nobody declared": [sinkIs({ routes: ["nowhere"] }), /no route is called nowhere/],
            "with dead letters in no bucket": [sinkIs({ dlq: { s3: {} } }), /dlq\.s3\.bucket: is required/],
            "with a template that is no JSON": [sinkIs({ template_content: "{" }), /template_content: must be/],
            "with a long name of a network policy": [
                (p) => (p.sink.aws.serverless_options = { network_policy_name: "x".repeat(33) }),
                /network_policy_name: must have 3 to 32/,
            ],
            "with a script": [
                sinkIs({ script: { source: "x" }, action: "upsert", document_version_type: "internal" }),
                /script: is not simulated/,
            ],
            "beside a processor that is not simulated": [
                (p) => (p.pipeline.processor = [{ aws_lambda: { function_name: "f", aws: {} } }]),
                /aws_lambda is not simulated/,
            ],
            "with a secret that is not there": [
                (p) => {
                    p.body.extension = { aws: { secrets: { routing: { secret_id: "none", region: "eu-west-1" } } } };
                    p.sink.routing = "${{aws_secrets:routing:key}}";
                },
                /GetSecretValue/,
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

    it("reads secrets as the role, in the Region that the body says", async () => {
        const setUp = async (change: (p: PipelineWorld) => unknown) => {
            const pipelines = new PipelineWorld();
            delete pipelines.table.export;
            pipelines.body.extension = { aws: { secrets: { shop: { secret_id: "shop", region: "eu-west-1" } } } };
            pipelines.sink.routing = "${{aws_secrets:shop:routing}}";
            pipelines.rolePolicy.push({
                Effect: "Allow",
                Action: ["secretsmanager:GetSecretValue"],
                Resource: "*",
            });
            change(pipelines);
            await pipelines.setUp();
            const secret = { Name: "shop", SecretString: JSON.stringify({ routing: "north" }) };
            await pipelines.ctx.call("secretsmanager", "CreateSecret", secret);
            await pipelines.created();
            return pipelines;
        };
        const pipelines = await setUp(() => undefined);
        await pipelines.put(order("1"));
        await pipelines.pass(seconds(3));
        assert.equal(pipelines.endpoint.bulks[0][0].routing, "north");
        const reasons: [(p: PipelineWorld) => unknown, RegExp][] = [
            [(p) => p.withdraw("secretsmanager:GetSecretValue"), /perform: secretsmanager:GetSecretValue/],
            [(p) => delete p.body.extension.aws.secrets.shop.region, /can't find the specified secret/],
            [(p) => (p.sink.routing = "${{aws_secrets:shop:way}}"), /has no key way/],
        ];
        for (const [change, reason] of reasons) {
            const failed = await (await setUp(change)).read();
            assert.equal(failed.Status, "CREATE_FAILED");
            assert.match(failed.StatusReason.Description, reason);
        }
    });
});

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- templates, taken apart by tests
type Any = any;
