import * as assert from "node:assert/strict";

import { Table } from "@pulumi/aws/dynamodb/table";
import { load } from "js-yaml";
import {
    DynamoDbToOpenSearch,
    SearchTarget,
    type DynamoDbToOpenSearchArgs,
    type TableToCreate,
} from "../../../components";
import { ACCOUNT, MockEngine, REGION, unhandled, valueOf } from "./mocks";

const TABLE = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/products`;

const declaredTable = (args: object = {}) =>
    new Table("products", {
        hashKey: "sku",
        attributes: [{ name: "sku", type: "S" }],
        pointInTimeRecovery: { enabled: true },
        streamEnabled: true,
        streamViewType: "NEW_AND_OLD_IMAGES",
        ...args,
    });

const domain = () => new SearchTarget("search", { kind: "domain" });
const collection = (type?: "SEARCH" | "TIMESERIES") => new SearchTarget("search", { kind: "collection", type });

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a document of YAML
const documentOf = async (made: DynamoDbToOpenSearch): Promise<any> => load(await valueOf(made.body));
const subPipelineOf = async (made: DynamoDbToOpenSearch) => (await documentOf(made))["bank-dev-catalog"];

describe("DynamoDbToOpenSearch", () => {
    let engine: MockEngine;

    beforeEach(() => {
        engine = MockEngine.start();
    });

    const make = (args: Partial<DynamoDbToOpenSearchArgs> = {}) =>
        new DynamoDbToOpenSearch("catalog", {
            table: declaredTable(),
            search: domain(),
            index: { name: "products" },
            ...args,
        } as DynamoDbToOpenSearchArgs);

    it("is a role, buckets, logs, access, an index and then the pipeline", async () => {
        const made = make();
        await valueOf(made.pipeline.urn);
        assert.deepEqual(engine.made("catalog"), [
            "bucket:Bucket catalog-dead-letters",
            "bucket:Bucket catalog-staging",
            "bucketLifecycleConfiguration:BucketLifecycleConfiguration catalog-dead-letters-lifecycle",
            "bucketLifecycleConfiguration:BucketLifecycleConfiguration catalog-staging-lifecycle",
            "bucketPolicy:BucketPolicy catalog-dead-letters-policy",
            "bucketPolicy:BucketPolicy catalog-staging-policy",
            "bucketPublicAccessBlock:BucketPublicAccessBlock catalog-dead-letters-private",
            "bucketPublicAccessBlock:BucketPublicAccessBlock catalog-staging-private",
            "logGroup:LogGroup catalog-logs",
            "role:Role catalog-role",
            "rolePolicy:RolePolicy catalog-role-policy",
            "zeroetl:OpenSearchDomainPolicyMember catalog-authorized",
            "zeroetl:OpenSearchIndex catalog-index-products",
            "zeroetl:OsisPipeline catalog-pipeline",
            "zeroetl:index:AcceptedPipeline catalog",
            "zeroetl:index:DynamoDbToOpenSearch catalog",
        ]);
        const { inputs } = engine.find("catalog-pipeline");
        assert.equal(inputs.pipelineName, "bank-dev-catalog");
        assert.deepEqual([inputs.minUnits, inputs.maxUnits], [2, 4]);
        assert.equal(inputs.logGroupName, "/aws/vendedlogs/OpenSearchIngestion/bank-dev-catalog/audit-logs");
        assert.equal(inputs.roleArn, `arn:aws:iam::${ACCOUNT}:role/catalog-role`);
        assert.equal(inputs.vpc, undefined);
        assert.deepEqual(engine.warnings, []);
    });

    it("reads the table into the index, with ids, actions and versions of the source", async () => {
        const { source, sink, routes, processor } = await subPipelineOf(make());
        assert.deepEqual(source, {
            dynamodb: {
                tables: [
                    {
                        table_arn: TABLE,
                        export: { s3_bucket: "catalog-staging", s3_region: REGION, s3_prefix: "bank-dev-catalog/" },
                        stream: { start_position: "LATEST", view_on_remove: "NEW_IMAGE" },
                    },
                ],
                aws: { region: REGION },
                acknowledgments: true,
            },
        });
        assert.deepEqual(sink, [
            {
                opensearch: {
                    hosts: [`https://search-bank-dev-search-x.${REGION}.es.amazonaws.com`],
                    aws: { region: REGION },
                    index: "products",
                    index_type: "management_disabled",
                    document_id: '${getMetadata("primary_key")}',
                    action: '${getMetadata("opensearch_action")}',
                    document_version: '${getMetadata("document_version")}',
                    document_version_type: "external",
                    dlq: {
                        s3: { bucket: "catalog-dead-letters", key_path_prefix: "bank-dev-catalog/", region: REGION },
                    },
                },
            },
        ]);
        assert.equal(routes, undefined);
        assert.equal(processor, undefined);
    });

    it("makes everything that the pipeline needs before it, and the index after the access to it", async () => {
        const before = [
            "catalog-role-policy",
            "catalog-authorized",
            "catalog-index-products",
            "catalog-staging-policy",
            "catalog-dead-letters-policy",
        ];
        for (const slow of before) {
            engine = MockEngine.start({ slow: [slow] });
            await valueOf(make().pipeline.urn);
            assert.ok(engine.find("catalog-pipeline").after.includes(slow), slow);
        }
        engine = MockEngine.start({ slow: ["catalog-authorized"] });
        await valueOf(make().pipeline.urn);
        assert.ok(engine.find("catalog-index-products").after.includes("catalog-authorized"));
        engine = MockEngine.start({ slow: ["catalog-authorized"] });
        await valueOf(make({ index: { name: "products", createdBy: "none" } }).pipeline.urn);
        assert.ok(engine.find("catalog-pipeline").after.includes("catalog-authorized"));
    });

    it("gives the role what this pipeline needs and no more", async () => {
        await valueOf(make().pipeline.urn);
        const policy = JSON.parse(engine.find("catalog-role-policy").inputs.policy as string);
        assert.deepEqual(
            policy.Statement.map(({ Sid, Resource }: { Sid: string; Resource: string[] }) => [Sid, ...Resource]),
            [
                ["DescribeTable", TABLE],
                ["ExportTable", TABLE],
                ["FollowExport", `${TABLE}/export/*`],
                ["UseExport", "arn:aws:s3:::catalog-staging/bank-dev-catalog/*"],
                ["ReadStream", `${TABLE}/stream/*`],
                ["DescribeDomains", `arn:aws:es:${REGION}:${ACCOUNT}:domain/*`],
                ["WriteDocuments", `arn:aws:es:${REGION}:${ACCOUNT}:domain/bank-dev-search/*`],
                ["WriteDeadLetters", "arn:aws:s3:::catalog-dead-letters/bank-dev-catalog/*"],
            ],
        );
        const trust = JSON.parse(engine.find("catalog-role").inputs.assumeRolePolicy as string);
        assert.equal(trust.Statement[0].Condition.StringEquals["aws:SourceAccount"], ACCOUNT);
    });

    it("uses a customer's keys of the buckets and of the table", async () => {
        const [bucketKey, tableKey] = ["1", "2"].map((id) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${id}`);
        const table = declaredTable({ serverSideEncryption: { enabled: true, kmsKeyArn: tableKey } });
        await valueOf(make({ table, kmsKeyArn: bucketKey }).pipeline.urn);
        const policy = JSON.parse(engine.find("catalog-role-policy").inputs.policy as string);
        const keys = policy.Statement.find(({ Sid }: { Sid: string }) => Sid === "UseKeys");
        assert.deepEqual(keys.Resource.sort(), [bucketKey, tableKey].sort());
        engine.find("catalog-staging-encryption");
        engine.find("catalog-dead-letters-encryption");
    });

    it("reads changes alone without a staging bucket, and an export alone without the stream", async () => {
        const changes = await subPipelineOf(make({ read: "stream" }));
        assert.deepEqual(Object.keys(changes.source.dynamodb.tables[0]), ["table_arn", "stream"]);
        assert.throws(() => engine.find("catalog-staging"), /There is no/);

        engine = MockEngine.start();
        const loaded = await subPipelineOf(make({ read: "export" }));
        assert.deepEqual(Object.keys(loaded.source.dynamodb.tables[0]), ["table_arn", "export"]);
    });

    it("routes several kinds of items to several indexes, and sees what is removed", async () => {
        const { source, sink, routes } = await subPipelineOf(
            make({
                index: undefined,
                indexes: [
                    { name: "products", when: '/type == "product"' },
                    { name: "orders", when: '/type == "order"', documentId: "${/orderId}" },
                    { name: "others" },
                ],
            } as Partial<DynamoDbToOpenSearchArgs>),
        );
        assert.deepEqual(routes, [{ products: '/type == "product"' }, { orders: '/type == "order"' }]);
        assert.deepEqual(
            // eslint-disable-next-line @typescript-eslint/no-explicit-any -- YAML
            sink.map(({ opensearch: { index, routes, document_id } }: any) => [index, routes, document_id]),
            [
                ["products", ["products"], '${getMetadata("primary_key")}'],
                ["orders", ["orders"], "${/orderId}"],
                ["others", ["_default"], '${getMetadata("primary_key")}'],
            ],
        );
        assert.equal(source.dynamodb.tables[0].stream.view_on_remove, "OLD_IMAGE");
        assert.deepEqual(
            engine.made("catalog-index").map((made) => made.split(" ")[1]),
            ["catalog-index-orders", "catalog-index-others", "catalog-index-products"],
        );
    });

    it("writes several kinds of items into one index, each in its way", async () => {
        const made = make({
            index: undefined,
            indexes: [
                { name: "all", when: '/type == "product"' },
                { name: "all", when: '/type == "review"', action: "upsert", mapping: { dynamic: "strict" } },
            ],
        } as Partial<DynamoDbToOpenSearchArgs>);
        const { routes } = await subPipelineOf(made);
        assert.deepEqual(routes.map(Object.keys).flat(), ["all-0", "all-1"]);
        await valueOf(made.pipeline.urn);
        assert.deepEqual(engine.made("catalog-index"), ["zeroetl:OpenSearchIndex catalog-index-all"]);
        assert.deepEqual(engine.find("catalog-index-all").inputs.mappings, { dynamic: "strict" });
        assert.deepEqual(await valueOf(made.indexNames), ["all"]);
    });

    it("gives mappings to the index that the stack makes, and a template to one that the pipeline makes", async () => {
        const mapping = { properties: { price: { type: "double" as const } } };
        await valueOf(make({ index: { name: "products", mapping } }).pipeline.urn);
        assert.deepEqual(engine.find("catalog-index-products").inputs.mappings, mapping);

        engine = MockEngine.start();
        const { sink } = await subPipelineOf(
            make({ index: { name: "products-${/region}", mapping, normalizeIndex: true } }),
        );
        const { index_type, template_type, template_content } = sink[0].opensearch;
        assert.deepEqual([index_type, template_type], ["custom", "index-template"]);
        assert.deepEqual(JSON.parse(template_content), { template: { mappings: mapping } });
        assert.deepEqual(engine.made("catalog-index"), []);
    });

    it("makes vectors of text in a domain", async () => {
        const index = {
            name: "products",
            semanticSearch: { modelId: "model-1", fields: { description: "meaning" }, dimension: 1024 },
        };
        await valueOf(make({ index }).pipeline.urn);
        // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what was registered
        const { mappings, settings, ingestPipeline } = engine.find("catalog-index-products").inputs as any;
        assert.equal(mappings.properties.meaning.type, "knn_vector");
        assert.equal(settings.index.default_pipeline, ingestPipeline.name);
        assert.deepEqual(ingestPipeline.definition.processors, [
            { text_embedding: { model_id: "model-1", field_map: { description: "meaning" } } },
        ]);
    });

    it("writes to a collection with access of its own, and through a VPC with a network policy of its own", async () => {
        const made = make({
            search: collection(),
            vpc: { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"] },
        });
        const { sink } = await subPipelineOf(made);
        assert.deepEqual(sink[0].opensearch.aws, {
            region: REGION,
            serverless: true,
            serverless_options: {
                network_policy_name: "bank-dev-catalog-pipeline",
                collection_name: "bank-dev-search",
            },
        });
        assert.equal(sink[0].opensearch.index_type, "management_disabled");
        await valueOf(made.pipeline.urn);
        engine.find("catalog-access");
        assert.deepEqual(engine.find("catalog-index-products").inputs.target, {
            kind: "collection",
            collectionId: "search-collection-id",
        });
    });

    it("leaves the network policy of a collection alone whose target has the pipeline's name", async () => {
        const made = make({
            search: new SearchTarget("catalog", { kind: "collection" }),
            vpc: { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"] },
        });
        const { sink } = await subPipelineOf(made);
        const { name } = engine.find("catalog-network").inputs;
        assert.notEqual(sink[0].opensearch.aws.serverless_options.network_policy_name, name);
    });

    it("gives a time-series collection no ids, and no deletes", async () => {
        const { sink, processor } = await subPipelineOf(make({ search: collection("TIMESERIES") }));
        assert.equal(sink[0].opensearch.document_id, undefined);
        assert.equal(sink[0].opensearch.action, undefined);
        assert.deepEqual(processor, [{ drop_events: { drop_when: 'getMetadata("opensearch_action") == "delete"' } }]);
    });

    it("makes a table that can be read, if it is told to", async () => {
        const made = make({
            table: {
                create: { hashKey: "sku", attributes: [{ name: "sku", type: "S" }], billingMode: "PAY_PER_REQUEST" },
            },
        });
        assert.equal(await valueOf(made.tableName), "catalog-table");
        const { streamEnabled, streamViewType, pointInTimeRecovery } = engine.find("catalog-table").inputs;
        assert.deepEqual(
            [streamEnabled, streamViewType, pointInTimeRecovery],
            [true, "NEW_AND_OLD_IMAGES", { enabled: true }],
        );
    });

    it("looks at a table that is declared elsewhere", async () => {
        const made = make({ table: { arn: TABLE } });
        assert.equal(await valueOf(made.tableArn), TABLE);
    });

    it("changes the pipeline as it is told", async () => {
        await valueOf(make({ transform: { pipeline: { persistentBuffer: false } } }).pipeline.urn);
        assert.equal(engine.find("catalog-pipeline").inputs.persistentBuffer, false);
    });

    it("says what it does", async () => {
        assert.match(await valueOf(make().explanation), /DynamoDB table products/);
    });

    it("sizes the pipeline by its load, and warns of one that is too small", async () => {
        await valueOf(make({ capacity: { writesPerSecond: 5000, itemBytes: 2048, shards: 400 } }).pipeline.urn);
        const { minUnits, maxUnits } = engine.find("catalog-pipeline").inputs;
        assert.deepEqual([minUnits, maxUnits], [10, 20]);

        engine = MockEngine.start();
        await valueOf(make({ capacity: { minUnits: 2, maxUnits: 2, shards: 400 } }).pipeline.urn);
        assert.match(engine.warnings.join(), /capacity\.maxUnits: It is 2, and 400 shards at 150 a unit need 3/);
    });

    it("warns of a stream without old images, and of what it misses", async () => {
        await valueOf(make({ table: declaredTable({ streamViewType: "NEW_IMAGE" }) }).pipeline.urn);
        assert.match(engine.warnings.join(), /new images alone/);
    });

    it("warns of a function that the role may not call, unless its rights are the user's", async () => {
        const aws = { region: REGION };
        const processors = [{ awsLambda: { functionName: "enrich", aws } }];
        await valueOf(make({ processors }).pipeline.urn);
        assert.match(engine.warnings.join(), /roleArn: What aws_lambda asks of .* transform\.rolePolicy/);

        engine = MockEngine.start();
        await valueOf(make({ processors, roleArn: `arn:aws:iam::${ACCOUNT}:role/caller` }).pipeline.urn);
        assert.deepEqual(engine.warnings, []);
    });

    it("warns of an index in a VPC that the stack makes, unless its user says so", async () => {
        const endpoint = `vpc-shop-x.${REGION}.es.amazonaws.com`;
        const arn = `arn:aws:es:${REGION}:${ACCOUNT}:domain/shop`;
        const given = () => ({
            search: new SearchTarget("search", { kind: "domain", domain: { arn, endpoint, isPrivate: true } }),
            vpc: { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"] },
        });
        await valueOf(make(given()).pipeline.urn);
        assert.match(engine.warnings.join(), /createdBy: The domain is in a VPC, and the stack makes products from/);

        engine = MockEngine.start();
        await valueOf(make({ ...given(), index: { name: "products", createdBy: "stack" } }).pipeline.urn);
        assert.deepEqual(engine.warnings, []);
    });

    it("leaves out what it is told to leave out", async () => {
        const made = make({ deadLetters: false, logs: false });
        await valueOf(made.pipeline.urn);
        assert.deepEqual([await valueOf(made.deadLetterBucket), made.logGroupName], [undefined, undefined]);
        assert.deepEqual(engine.made("catalog-dead"), []);
        assert.deepEqual(engine.made("catalog-logs"), []);
        assert.match(engine.warnings.join(), /deadLetters: Documents that OpenSearch refuses are lost/);
    });

    it("takes buckets and a role that exist", async () => {
        const roleArn = `arn:aws:iam::${ACCOUNT}:role/reader`;
        const made = make({ roleArn, stagingBucket: { name: "shared" }, deadLetters: { bucket: { name: "lost" } } });
        const { source, sink } = await subPipelineOf(made);
        assert.equal(source.dynamodb.tables[0].export.s3_bucket, "shared");
        assert.equal(sink[0].opensearch.dlq.s3.bucket, "lost");
        await valueOf(made.pipeline.urn);
        assert.deepEqual(engine.made("catalog-role"), []);
        assert.equal(engine.find("catalog-pipeline").inputs.roleArn, roleArn);
    });

    describe("with a body of the user's own", () => {
        const body = (change: (text: string) => string = (text) => text) =>
            change(`
version: "2"
products:
  source:
    dynamodb:
      tables: [{ table_arn: "${TABLE}", stream: { view_on_remove: OLD_IMAGE } }]
      aws: { region: ${REGION} }
  sink:
    - opensearch:
        hosts: ["https://search-x.${REGION}.es.amazonaws.com"]
        aws: { region: ${REGION} }
        index: "products-\${/type}"
        normalize_index: true
        document_id: '\${getMetadata("primary_key")}'
        action: '\${getMetadata("opensearch_action")}'
        dlq: { s3: { bucket: lost, key_path_prefix: products, region: ${REGION} } }
`);
        const withBody = (text: string, args: Partial<DynamoDbToOpenSearchArgs> = {}) =>
            new DynamoDbToOpenSearch("catalog", {
                table: declaredTable(),
                search: domain(),
                body: text,
                ...args,
            } as DynamoDbToOpenSearchArgs);

        it("gives the role what that body says, and makes nothing that it names", async () => {
            const made = withBody(body());
            await valueOf(made.pipeline.urn);
            assert.deepEqual(
                engine.made("catalog").filter((each) => /bucket|Index/.test(each)),
                [],
            );
            assert.equal(engine.find("catalog-pipeline").inputs.body, body());
            const policy = JSON.parse(engine.find("catalog-role-policy").inputs.policy as string);
            assert.deepEqual(
                policy.Statement.map(({ Sid, Resource }: { Sid: string; Resource: string[] }) => [Sid, ...Resource]),
                [
                    ["DescribeTable", TABLE],
                    ["ReadStream", `${TABLE}/stream/*`],
                    ["DescribeDomains", `arn:aws:es:${REGION}:${ACCOUNT}:domain/*`],
                    ["WriteDocuments", `arn:aws:es:${REGION}:${ACCOUNT}:domain/bank-dev-search/*`],
                    ["WriteDeadLetters", "arn:aws:s3:::lost/products/*"],
                ],
            );
            assert.deepEqual(await valueOf(made.indexNames), ["products-*"]);
            assert.equal(await valueOf(made.deadLetterBucket), "lost");
            assert.match((await valueOf(made.metrics)).documents, /^products\.opensearch\./);
        });

        it("judges it by the same rules, and the table by what it reads", async () => {
            assert.throws(
                () => withBody(body((text) => text.replace("hosts:", "host:"))),
                /^InvalidArgument: body\.products\.sink\[0\]/,
            );
            assert.throws(
                () => withBody("version: '2'\na-b:\n  source: { http: {} }\n  sink: [{ s3: { a: b } }]"),
                /^InvalidArgument: body/,
            );
            const error = unhandled();
            withBody(body(), { table: declaredTable({ streamViewType: "NEW_IMAGE" }) });
            assert.match((await error).message, /table: The stream carries new images alone/);
        });

        it("leaves no argument that it replaces", () => {
            assert.throws(
                () => withBody(body(), { read: "stream" } as never),
                /^InvalidArgument: read: The body says it/,
            );
            const given = { table: { arn: TABLE }, search: domain(), body: body() };
            // @ts-expect-error - the body says which index
            const index: DynamoDbToOpenSearchArgs = { ...given, index: { name: "a" } };
            // @ts-expect-error - the body says how the table is read
            const read: DynamoDbToOpenSearchArgs = { ...given, read: "stream" };
            assert.ok(index && read);
        });
    });

    const refused: [string, () => Partial<DynamoDbToOpenSearchArgs>, RegExp][] = [
        ["a name in capitals", () => ({ pipelineName: "Catalog" }), /^InvalidArgument: pipelineName: "Catalog"/],
        [
            "a table by another ARN",
            () => ({ table: { arn: `${TABLE}/stream/1` } }),
            /^InvalidArgument: table: .*is not the ARN of a DynamoDB table/,
        ],
        ["an index in capitals", () => ({ index: { name: "Products" } }), /^InvalidArgument: index\.name: "Products"/],
        [
            "a condition that is none",
            () => ({ index: undefined, indexes: [{ name: "a", when: "type == product" }] }) as never,
            /^InvalidArgument: indexes\[0\]\.when: /,
        ],
        [
            "two indexes for the rest",
            () => ({ index: undefined, indexes: [{ name: "a" }, { name: "b" }] }) as never,
            /^InvalidArgument: indexes: a and b have no condition/,
        ],
        [
            "two mappings of one index",
            () =>
                ({
                    index: undefined,
                    indexes: [
                        { name: "a", when: "/b == 1", mapping: { dynamic: false } },
                        { name: "a", mapping: { dynamic: true } },
                    ],
                }) as never,
            /^InvalidArgument: indexes\[1\]: What a is made of has been said already/,
        ],
        [
            "a mapping of an index that nobody here makes",
            () => ({ index: { name: "a", createdBy: "none", mapping: {} } }),
            /^InvalidArgument: index\.mapping/,
        ],
        [
            "a collection's index that the pipeline is to make",
            () => ({ search: collection(), index: { name: "a-${/b}" } }),
            /^InvalidArgument: index\.name: A pipeline makes no indexes in a collection/,
        ],
        [
            "a stack's index with a name for each document",
            () => ({ index: { name: "a-${/b}", createdBy: "stack" } }),
            /^InvalidArgument: index\.createdBy/,
        ],
        [
            "an unknown type of a field",
            () => ({ index: { name: "a", mapping: { properties: { b: { type: "txt" as never } } } } }),
            /^InvalidArgument: index\.mapping\.properties\.b\.type/,
        ],
        [
            "vectors in a collection",
            () => ({
                search: collection(),
                index: { name: "a", semanticSearch: { modelId: "m", fields: { a: "b" }, dimension: 2 } },
            }),
            /^InvalidArgument: index\.semanticSearch/,
        ],
        [
            "a processor with an option that there is not",
            () => ({ processors: [{ raw: { drop_events: { drop_if: "true" } } }] }),
            /^InvalidArgument: processors\[0\]\.raw\.drop_events\.drop_if: /,
        ],
        [
            "an option of a typed processor that there is not",
            () => ({ processors: [{ deleteEntries: { keys: ["a"], deleteWhen: "/a == 1" } as never }] }),
            /^InvalidArgument: processors\[0\]\.deleteEntries\.keys: There is no such option/,
        ],
        [
            "an option of an index that there is not",
            () => ({ index: { name: "a", documentID: "${/b}" } as never }),
            /^InvalidArgument: index\.document/,
        ],
        [
            "a processor without an option that it needs",
            () => ({ processors: [{ copyValues: { entries: [{ fromKey: "a" } as never] } }] }),
            /^InvalidArgument: processors\[0\]\.copyValues\.entries\[0\]\.toKey: /,
        ],
        [
            "an index that is tried again too seldom",
            () => ({ index: { name: "a", maxRetries: 3 } }),
            /^InvalidArgument: index\.maxRetries: It is 3/,
        ],
        [
            "a condition that asks for what the source does not tell",
            () =>
                ({
                    index: undefined,
                    indexes: [{ name: "a" }, { name: "b", when: 'getMetadata("tabel_name") == "b"' }],
                }) as never,
            /^InvalidArgument: indexes\[1\]\.when: .*Did you mean table_name/,
        ],
        [
            "so many units at least, beside a load, and none at most",
            () => ({ capacity: { minUnits: 8, shards: 400 } }),
            /^InvalidArgument: capacity\.maxUnits: It is not given, and minUnits is/,
        ],
        [
            "more at least than at most",
            () => ({ capacity: { minUnits: 4, maxUnits: 2 } }),
            /^InvalidArgument: capacity\.maxUnits/,
        ],
        [
            "an expiry of a bucket that is declared elsewhere",
            () => ({ deadLetters: { bucket: { name: "lost" }, expireAfterDays: 1 } }),
            /^InvalidArgument: deadLetters\.expireAfterDays/,
        ],
        [
            "a role that is given and changed",
            () => ({ roleArn: `arn:aws:iam::${ACCOUNT}:role/r`, transform: { role: {} } }),
            /^InvalidArgument: transform: .*roleArn/,
        ],
    ];
    for (const [what, args, message] of refused) {
        it(`refuses ${what}`, () => {
            assert.throws(() => make(args()), message);
        });
    }

    const refusedLater: [string, () => Partial<DynamoDbToOpenSearchArgs>, RegExp][] = [
        [
            "a table without recovery",
            () => ({ table: declaredTable({ pointInTimeRecovery: { enabled: false } }) }),
            /table: Point-in-time recovery/,
        ],
        [
            "a table without a stream",
            () => ({ table: declaredTable({ streamEnabled: false, streamViewType: undefined }) }),
            /table: The table has no stream/,
        ],
        [
            "a stream of keys",
            () => ({ table: declaredTable({ streamViewType: "KEYS_ONLY" }) }),
            /table: The stream carries KEYS_ONLY/,
        ],
        [
            "old images of a stream that has none",
            () => ({ table: declaredTable({ streamViewType: "NEW_IMAGE" }), viewOnRemove: "OLD_IMAGE" }),
            /table: The stream carries new images alone/,
        ],
        [
            "a table of another Region",
            () => ({ table: { arn: TABLE.replace(REGION, "us-east-1") } }),
            /table: .*us-east-1/,
        ],
        [
            "ids of a time-series collection",
            () => ({ search: collection("TIMESERIES"), index: { name: "a", documentId: "${/id}" } }),
            /index\.documentId: .*TIMESERIES/,
        ],
        [
            "a collection in a VPC by a name that is too long for a pipeline",
            () => {
                const arn = `arn:aws:aoss:${REGION}:${ACCOUNT}:collection/abc`;
                const endpoint = `https://abc.${REGION}.aoss.amazonaws.com`;
                const there = { arn, id: "abc", endpoint, name: "a".repeat(40) };
                return {
                    search: new SearchTarget("search", { kind: "collection", collection: there }),
                    vpc: { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"] },
                };
            },
            /search: "a{40}" is no name of a collection that pipelines can name/,
        ],
        [
            "a private collection without a way in",
            () => ({ search: new SearchTarget("search", { kind: "collection", vpcEndpointIds: ["vpce-1"] }) }),
            /vpc: The collection is reached through a VPC alone/,
        ],
    ];
    for (const [what, args, message] of refusedLater) {
        it(`refuses ${what} at preview`, async () => {
            engine = MockEngine.start({ preview: true });
            const error = unhandled();
            make(args());
            assert.match((await error).message, message);
        });
    }

    it("has no argument that contradicts another", () => {
        const given = { table: { arn: TABLE }, search: domain() };
        // @ts-expect-error - one index or several
        const both: DynamoDbToOpenSearchArgs = { ...given, index: { name: "a" }, indexes: [{ name: "b" }] };
        // @ts-expect-error - no index
        const none: DynamoDbToOpenSearchArgs = given;
        // @ts-expect-error - a condition has nothing to choose from
        const condition: DynamoDbToOpenSearchArgs = { ...given, index: { name: "a", when: "/b == 1" } };
        // @ts-expect-error - a table that is made here has a stream
        const create: TableToCreate["create"] = { hashKey: "a", streamEnabled: false };
        assert.ok(both && none && condition && create);
    });
});
