import * as assert from "node:assert/strict";

import type { IndexMappings } from "../../../sdk/requirements/opensearch/index-definition";
import { openSearchIndex } from "../../../sdk/runtime";
import { OWNER_TAG } from "../../../sdk/runtime/owner";
import { declaredIn } from "../../../sdk/runtime/search-index/seen";
import type { OpenSearchIndexInputs } from "../../../sdk/runtime/search-index/search-index";
import { UNKNOWN } from "../../../sdk/runtime/values";

import { awsError, common, lostAnswer, offline, rejection } from "./offline";
import { FakeSearch } from "./search-offline";

const DOMAIN = "search-catalog-abcdefghijklmnopqrstuvwxyz.eu-west-1.es.amazonaws.com";
const MAPPINGS: IndexMappings = { properties: { name: { type: "text" }, price: { type: "double", index: true } } };
const OWNER = "bank/dev/OpenSearchIndex/products";

describe("OpenSearchIndex's handler", () => {
    let search: FakeSearch;

    beforeEach(() => {
        search = new FakeSearch();
        offline({ opensearchDomains: search, opensearchServerless: search.serverless });
    });

    const inputsOf = (more: Partial<OpenSearchIndexInputs> = {}): OpenSearchIndexInputs => ({
        ...common("OpenSearchIndex", "products"),
        target: { kind: "domain", endpoint: `https://${DOMAIN}/` },
        indexName: "products",
        mappings: MAPPINGS,
        settings: { number_of_shards: 3, index: { refresh_interval: "10s" } },
        timeout: "2s",
        ...more,
    });
    const checked = async (more: Partial<OpenSearchIndexInputs> = {}, olds: object = {}) => {
        const { inputs, failures } = await openSearchIndex.check(olds as never, inputsOf(more));
        assert.deepEqual(failures, []);
        return inputs;
    };
    const failuresOf = async (more: Partial<OpenSearchIndexInputs>, olds: object = {}) =>
        (await openSearchIndex.check(olds as never, inputsOf(more))).failures;
    const isUnchanged = async (id: string, outs: OpenSearchIndexInputs, more: Partial<OpenSearchIndexInputs> = {}) =>
        assert.deepEqual(await openSearchIndex.diff(id, outs as never, await checked(more, outs)), {
            changes: false,
            replaces: [],
            deleteBeforeReplace: true,
        });

    it("makes an index with its mapping, its settings and its owner's mark, and deletes it", async () => {
        const { id, outs } = await openSearchIndex.create(await checked());
        assert.equal(id, `${DOMAIN}/products`);
        assert.deepEqual([...search.hosts], [DOMAIN]);
        assert.deepEqual(search.indexes.products!.mappings._meta, { [OWNER_TAG]: OWNER });
        assert.deepEqual(outs.storedDefinition, {
            mappings: { properties: { name: { type: "text" }, price: { type: "double" } } },
            settings: { number_of_shards: "3", refresh_interval: "10s" },
        });
        assert.deepEqual((await openSearchIndex.read(id, outs)).props, outs);
        await isUnchanged(id, outs);
        await openSearchIndex.delete(id, outs);
        assert.deepEqual(search.indexes, {});
        await openSearchIndex.delete(id, outs);
    });

    it("says the same to the API of OpenSearch Serverless for a collection, by its id or its endpoint", async () => {
        const target = { kind: "collection", endpoint: "https://abc123.eu-west-1.aoss.amazonaws.com" } as never;
        const { id, outs } = await openSearchIndex.create(await checked({ target }));
        assert.equal(id, "abc123/products");
        assert.deepEqual(outs.target, { kind: "collection", collectionId: "abc123" });
        assert.deepEqual((await openSearchIndex.read(id, outs)).props, outs);
        await isUnchanged(id, outs, { target: { kind: "collection", collectionId: "abc123" } });
        const mappings: IndexMappings = { properties: { ...MAPPINGS.properties, brand: { type: "keyword" } } };
        await openSearchIndex.update(id, outs, await checked({ target, mappings }, outs));
        assert.deepEqual(search.indexes.products!.mappings.properties!.brand, { type: "keyword" });
        await openSearchIndex.delete(id, outs);
        assert.deepEqual(search.indexes, {});
    });

    it("adds fields and changes settings in place, and nothing else is sent", async () => {
        const { id, outs } = await openSearchIndex.create(await checked());
        const more: Partial<OpenSearchIndexInputs> = {
            mappings: { properties: { name: { type: "text" }, brand: { type: "keyword" } } },
            settings: { number_of_shards: 3, number_of_replicas: 2 },
        };
        const news = await checked(more, outs);
        assert.deepEqual((await openSearchIndex.diff(id, outs, news)).replaces, []);
        search.writes.length = 0;
        const { outs: updated } = await openSearchIndex.update(id, outs, news);
        assert.deepEqual(search.writes, ["PUT /products/_settings", "PUT /products/_mapping"]);
        const { number_of_shards, number_of_replicas, refresh_interval } = search.indexes.products!.settings.index;
        assert.deepEqual([number_of_shards, number_of_replicas, refresh_interval], ["3", "2", undefined]);
        // A field that is left out stays in the index.
        assert.deepEqual(Object.keys(search.indexes.products!.mappings.properties!), ["name", "price", "brand"]);
        assert.deepEqual((await openSearchIndex.read(id, updated)).props, updated);
        search.writes.length = 0;
        await openSearchIndex.update(id, updated, await checked({ ...more, mappings: MAPPINGS }, updated));
        assert.deepEqual(search.writes, ["PUT /products/_mapping"]);
    });

    it("refuses another type of a field and a fixed setting beforehand, and says what to do", async () => {
        const { outs } = await openSearchIndex.create(await checked());
        const other: Partial<OpenSearchIndexInputs> = {
            mappings: {
                properties: { name: { type: "text", analyzer: "english" }, price: { type: "float" } },
            },
            settings: { number_of_shards: 5, refresh_interval: "10s" },
        };
        const failures = await failuresOf(other, outs);
        assert.deepEqual(
            failures.map(({ property }) => property),
            [
                "mappings.properties.name.analyzer",
                "mappings.properties.price.type",
                "mappings.properties.price.index",
                "settings",
            ],
        );
        assert.match(
            failures[1]!.reason,
            /from "double" to "float", which OpenSearch refuses on an index that is there\. Name the index products-v2, and load everything again/,
        );
        assert.deepEqual(await failuresOf({ ...other, indexName: "products-v2" }, outs), []);
    });

    it("goes on with what a killed update made, and refuses another's unless told to take it over", async () => {
        search.faults = [
            { error: awsError("index_not_found_exception", "none", 404) },
            { error: lostAnswer(), isCarriedOut: true },
        ];
        await openSearchIndex.create(await checked());
        const mappings: IndexMappings = { properties: { ...MAPPINGS.properties, brand: { type: "keyword" } } };
        await openSearchIndex.create(await checked({ mappings }));
        assert.equal(search.writes.filter((write) => write === "PUT /products").length, 1);
        assert.ok(search.indexes.products!.mappings.properties!.brand);

        const others = { owner: "bank/prod/OpenSearchIndex/products" };
        const { message } = await rejection(openSearchIndex.create(await checked(others)));
        assert.match(
            message,
            /there is already an index "products", made by bank\/dev\/OpenSearchIndex\/products\. Set adoptExisting: true/,
        );
        await openSearchIndex.create(await checked({ ...others, adoptExisting: true }));
        assert.deepEqual(search.indexes.products!.mappings._meta, { [OWNER_TAG]: others.owner });

        const differing: Partial<OpenSearchIndexInputs> = {
            adoptExisting: true,
            mappings: { properties: { price: { type: "keyword" } } },
        };
        const refused = await rejection(openSearchIndex.create(await checked(differing)));
        assert.match(
            refused.message,
            /mapper \[price\] cannot be changed from type \[double\] to \[keyword\]\. Use a new index name/,
        );
    });

    it("says what OpenSearch does not take", async () => {
        const error = awsError("mapper_parsing_exception", "unsupported parameters: [store : not_analyzed]");
        search.faults = [{ error: awsError("index_not_found_exception", "none", 404) }, { error }];
        const { message } = await rejection(openSearchIndex.create(await checked()));
        assert.match(
            message,
            /AWS refuses to create the index "products": mapper_parsing_exception: .*not_analyzed\]\.$/,
        );
    });

    it("waits for a policy that is only minutes old, and says what is missing when it never counts", async () => {
        const denied = () => awsError("AccessDeniedException", "not authorized to perform: es:ESHttpPut", 403);
        search.faults = Array.from({ length: 6 }, () => ({ error: denied() }));
        await openSearchIndex.create(await checked());

        search.faults = Array.from({ length: 20 }, () => ({ error: denied() }));
        const { message } = await rejection(openSearchIndex.create(await checked({ indexName: "orders" })));
        assert.match(
            message,
            /AWS refuses to create the index "orders": AccessDeniedException: not authorized to perform: es:ESHttpPut\. Allow the caller/,
        );
        assert.equal(search.faults.length, 10);
    });

    it("tells of fine-grained access control, and of a domain that is out of reach", async () => {
        search.faults = Array.from({ length: 10 }, () => ({
            error: awsError("security_exception", "no permissions for [indices:admin/create]", 403),
        }));
        const mapped = await rejection(openSearchIndex.create(await checked()));
        assert.match(mapped.message, /Map the caller's role to a role of OpenSearch/);
        search.faults = [{ error: Object.assign(new Error("getaddrinfo ENOTFOUND vpc-catalog"), { name: "Error" }) }];
        const unreachable = await rejection(openSearchIndex.create(await checked()));
        assert.match(unreachable.message, /what is in a VPC answers only from within/);
    });

    it("finds with a refresh what was changed, and nothing in fields that documents brought", async () => {
        const { id, outs } = await openSearchIndex.create(await checked());
        const index = search.indexes.products!;
        index.mappings.properties!.colour = { type: "text", fields: { keyword: { type: "keyword" } } };
        index.settings.index.number_of_replicas = "4";
        assert.deepEqual((await openSearchIndex.read(id, outs)).props, outs);

        // Somebody deleted it, and documents made it anew.
        search.indexes.products = {
            mappings: { properties: { price: { type: "float" } } },
            settings: { index: { number_of_shards: "3", refresh_interval: "60s" } },
        };
        const { props, inputs } = await openSearchIndex.read(id, outs);
        assert.deepEqual(inputs!.mappings, { properties: { price: { type: "float", index: true } } });
        assert.deepEqual(inputs!.settings, { number_of_shards: 3, refresh_interval: "60s" });
        const [failure] = await failuresOf({}, props);
        assert.match(failure!.reason, /from "float" to "double", which OpenSearch refuses on an index that is there/);

        search.indexes.products.mappings.properties = { price: { type: "double" } };
        const { props: mild } = await openSearchIndex.read(id, outs);
        const news = await checked({}, mild);
        assert.equal((await openSearchIndex.diff(id, mild!, news)).changes, true);
        const { outs: put } = await openSearchIndex.update(id, mild!, news);
        assert.deepEqual(put, outs);
        assert.equal(search.indexes.products.settings.index.refresh_interval, "10s");

        delete search.indexes.products;
        assert.deepEqual(await openSearchIndex.read(id, put), { id: "" });
        const { message } = await rejection(openSearchIndex.update(id, put, news));
        assert.match(message, /was deleted outside of this stack.*a new export of the source/);
    });

    it("looks at what is declared, though OpenSearch does not show all of it", () => {
        const declared = { properties: { price: { type: "double", index: true }, name: { type: "text" } } };
        const shown = { properties: { price: { type: "double" }, colour: { type: "text" } } };
        assert.deepEqual(declaredIn(declared, shown), { properties: { price: { type: "double" } } });
    });

    it("keeps an ingest pipeline, through which the index sends its documents", async () => {
        const embed = (model_id: string) => ({
            name: "embed",
            definition: { processors: [{ text_embedding: { model_id, field_map: { name: "name_vector" } } }] },
        });
        const ingestPipeline = embed("m1");
        const { id, outs } = await openSearchIndex.create(await checked({ ingestPipeline }));
        assert.deepEqual(search.writes, ["PUT /_ingest/pipeline/embed", "PUT /products"]);
        assert.equal(search.indexes.products!.settings.index.default_pipeline, "embed");
        assert.deepEqual((await openSearchIndex.read(id, outs)).props, outs);
        await isUnchanged(id, outs, { ingestPipeline });

        search.pipelines.embed = embed("by hand").definition;
        const { props } = await openSearchIndex.read(id, outs);
        assert.deepEqual(props!.ingestPipeline, embed("by hand"));
        const again = await openSearchIndex.update(id, props!, await checked({ ingestPipeline: embed("m2") }, props));
        assert.deepEqual(search.pipelines, { embed: embed("m2").definition });

        const renamed = await checked({ ingestPipeline: { ...embed("m2"), name: "embed-2" } }, again.outs);
        const moved = await openSearchIndex.update(id, again.outs, renamed);
        assert.deepEqual(Object.keys(search.pipelines), ["embed-2"]);
        assert.equal(search.indexes.products!.settings.index.default_pipeline, "embed-2");

        const without = await openSearchIndex.update(id, moved.outs, await checked({}, moved.outs));
        assert.deepEqual(search.pipelines, {});
        assert.equal(search.indexes.products!.settings.index.default_pipeline, undefined);
        const last = await openSearchIndex.update(id, without.outs, await checked({ ingestPipeline }, without.outs));
        await openSearchIndex.delete(id, last.outs);
        assert.deepEqual([search.indexes, search.pipelines], [{}, {}]);
    });

    it("leaves another's ingest pipeline alone", async () => {
        search.pipelines.embed = { processors: [] };
        const ingestPipeline = { name: "embed", definition: { processors: [{ lowercase: { field: "name" } }] } };
        const { message } = await rejection(openSearchIndex.create(await checked({ ingestPipeline })));
        assert.match(message, /there is already an ingest pipeline "embed", which says something else/);
        assert.deepEqual(search.writes, []);
        await openSearchIndex.create(await checked({ ingestPipeline, adoptExisting: true }));
        assert.deepEqual(search.pipelines.embed, ingestPipeline.definition);
    });

    it("makes a template for indexes that come later", async () => {
        const template = { indexPatterns: ["orders-*"], priority: 10 };
        const inputs = await checked({ indexName: "orders", template });
        const { id, outs } = await openSearchIndex.create(inputs);
        const { index_patterns, priority } = search.templates.orders!;
        assert.deepEqual([index_patterns, priority, search.indexes], [["orders-*"], 10, {}]);
        await isUnchanged(id, outs, { indexName: "orders", template });
        // Indexes that are there stay as they are: any type may change.
        const mappings: IndexMappings = { properties: { price: { type: "keyword" } } };
        const news = await checked({ indexName: "orders", template, mappings }, outs);
        assert.deepEqual((await openSearchIndex.diff(id, outs, news)).replaces, []);
        await openSearchIndex.update(id, outs, news);
        assert.deepEqual(search.templates.orders!.template.mappings.properties, mappings.properties);
        await openSearchIndex.delete(id, outs);
        assert.deepEqual(search.templates, {});
    });

    it("names what is wrong, and where", async () => {
        const properties = async (more: Partial<OpenSearchIndexInputs>) =>
            (await failuresOf(more)).map(({ property, reason }) => `${property}: ${reason}`);
        const elsewhere = DOMAIN.replace("eu-west-1", "us-east-1");
        assert.match(
            (await properties({ target: { kind: "domain", endpoint: elsewhere } }))[0]!,
            /^target\.endpoint: The domain is in us-east-1, and the provider's Region is eu-west-1/,
        );
        assert.match(
            (await properties({ target: { kind: "domain", endpoint: "search.example.com" } }))[0]!,
            /is not the endpoint that AWS gave a domain/,
        );
        for (const indexName of ["Products", "_products", "a b", "-x", "x".repeat(256)]) {
            assert.match((await properties({ indexName }))[0]!, /^indexName: .*(is no name of an index|has 256 bytes)/);
        }
        const target = { kind: "collection", collectionId: "abc123" } as const;
        const ingestPipeline = { name: "embed", definition: {} };
        assert.deepEqual(
            (await failuresOf({ target, ingestPipeline, template: { indexPatterns: ["x"] } })).map(
                ({ property }) => property,
            ),
            ["template", "ingestPipeline"],
        );
        assert.deepEqual(
            (await failuresOf({ ingestPipeline, settings: { default_pipeline: "other" } })).map(
                ({ property }) => property,
            ),
            ["settings.default_pipeline"],
        );
        const china = { kind: "domain", endpoint: "vpc-x-1.cn-north-1.es.amazonaws.com.cn" } as const;
        assert.deepEqual(await failuresOf({ target: china, account: { region: "cn-north-1" } }), []);
    });

    it("leaves unknown values alone", async () => {
        const { outs } = await openSearchIndex.create(await checked());
        const news = await checked({ target: { kind: "domain", endpoint: UNKNOWN }, indexName: UNKNOWN }, outs);
        const { changes, replaces } = await openSearchIndex.diff("id", outs, news);
        assert.deepEqual([changes, replaces], [true, []]);
        const moved = await checked({ indexName: "products-v2" }, outs);
        assert.deepEqual((await openSearchIndex.diff("id", outs, moved)).replaces, ["indexName"]);
    });
});
