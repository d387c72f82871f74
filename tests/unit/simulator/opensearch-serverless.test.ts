import * as assert from "node:assert/strict";

import { OpenSearchServerless } from "@aws-sdk/client-opensearchserverless";
import { findEndpoint } from "../../../simulator/search/store";
import { minutes } from "../../../simulator/world/clock";
import { refusal } from "./glue-world";
import { ACCOUNT, policy, SearchWorld, type Person } from "./search-world";

const encryption = (resource: string, key: object = { AWSOwnedKey: true }) => ({
    type: "encryption",
    policy: JSON.stringify({ Rules: [{ ResourceType: "collection", Resource: [resource] }], ...key }),
});

const network = (statement: object) => ({
    type: "network",
    policy: JSON.stringify([{ Rules: [{ ResourceType: "collection", Resource: ["collection/shop"] }], ...statement }]),
});

const data = (Principal: string[], Permission: string[], Resource = ["index/shop/*"]) => ({
    type: "data",
    policy: JSON.stringify([{ Rules: [{ ResourceType: "index", Resource, Permission }], Principal }]),
});

describe("simulator/opensearchserverless", () => {
    let world: SearchWorld;

    beforeEach(async () => (world = await SearchWorld.open()));
    afterEach(() => world.stop());

    const aoss = (operation: string, input: object = {}) => world.call("aoss", operation, input);
    const security = (name: string, input: object) => aoss("CreateSecurityPolicy", { name, ...input });
    const detail = async () => (await aoss("BatchGetCollection", { names: ["shop"] })).collectionDetails[0];

    /** A collection that is open to everybody who may; its host. */
    async function collection(type = "SEARCH"): Promise<string> {
        await security("keys", encryption("collection/shop"));
        await security("open", network({ AllowFromPublic: true }));
        await aoss("CreateCollection", { name: "shop", type });
        await world.pass(minutes(5));
        return (await detail()).collectionEndpoint.replace("https://", "");
    }

    const grant = (person: Person, ...permissions: string[]) =>
        aoss("CreateAccessPolicy", {
            name: "writers",
            ...data(
                [person.arn],
                permissions.map((each) => `aoss:${each}`),
            ),
        });

    describe("collections", () => {
        it("need an encryption policy that names them, and take a while", async () => {
            const create = () => aoss("CreateCollection", { name: "shop" });
            await security("other", encryption("collection/else"));
            const { code, message } = await refusal(create());
            assert.equal(code, "ValidationException");
            assert.match(message, /No matching security policy of encryption type found for collection name: shop/);
            await security("keys", encryption("collection/sh*"));
            const { createCollectionDetail } = await create();
            assert.match(createCollectionDetail.arn, /^arn:aws:aoss:eu-west-1:123456789012:collection\/[a-z0-9]{20}$/);
            const early = await detail();
            assert.deepEqual(
                [early.status, early.type, early.collectionEndpoint],
                ["CREATING", "TIMESERIES", undefined],
            );
            assert.equal((await refusal(create())).code, "ConflictException");
            await world.pass(minutes(5));
            const { status, collectionEndpoint, id } = await detail();
            assert.deepEqual([status, collectionEndpoint], ["ACTIVE", `https://${id}.eu-west-1.aoss.amazonaws.com`]);
            await aoss("DeleteCollection", { id });
            assert.equal((await detail()).status, "DELETING");
            await world.pass(minutes(2));
            const gone = await aoss("BatchGetCollection", { ids: [id] });
            assert.deepEqual([gone.collectionDetails, gone.collectionErrorDetails[0].errorCode], [[], "NOT_FOUND"]);
        });

        it("are in no group, of which there are none", async () => {
            await security("keys", encryption("collection/shop"));
            const { code, message } = await refusal(
                aoss("CreateCollection", { name: "shop", collectionGroupName: "a" }),
            );
            assert.equal(code, "ValidationException");
            assert.match(message, /collection groups are not simulated/);
        });

        it("have the key of the policy that names them most precisely", async () => {
            const KmsARN = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`;
            await security("all", encryption("collection/*"));
            await security("exact", encryption("collection/shop", { KmsARN }));
            await aoss("CreateCollection", { name: "shop" });
            await aoss("CreateCollection", { name: "other" });
            const keys = (await aoss("ListCollections")).collectionSummaries.map(
                ({ kmsKeyArn }: { kmsKeyArn: string }) => kmsKeyArn,
            );
            assert.deepEqual(keys, [KmsARN, "auto"]);
        });

        it("are found by an AWS client, with the policies as documents", async () => {
            const credentials = { accessKeyId: ACCOUNT, secretAccessKey: "any" };
            const { endpoint } = world.simulator;
            const client = new OpenSearchServerless({ endpoint, region: "eu-west-1", maxAttempts: 1, credentials });
            await client.createSecurityPolicy({ name: "keys", ...encryption("collection/shop") } as never);
            const { createCollectionDetail } = await client.createCollection({
                name: "shop",
                type: "SEARCH",
                tags: [{ key: "a", value: "1" }],
            });
            const { arn: resourceArn, id } = createCollectionDetail!;
            await client.tagResource({ resourceArn, tags: [{ key: "b", value: "2" }] });
            await client.untagResource({ resourceArn, tagKeys: ["a"] });
            assert.deepEqual((await client.listTagsForResource({ resourceArn })).tags, [{ key: "b", value: "2" }]);
            const { securityPolicyDetail } = await client.getSecurityPolicy({ name: "keys", type: "encryption" });
            assert.deepEqual(securityPolicyDetail!.policy, JSON.parse(encryption("collection/shop").policy));
            await world.pass(minutes(5));
            await client.createAccessPolicy({ name: "all", ...data([world.boss.arn], ["aoss:*"]) } as never);
            const mappings = { _meta: { version: 1 }, properties: { price: { type: "double" } } };
            await client.createIndex({ id, indexName: "orders", indexSchema: { mappings } });
            const { indexSchema } = await client.getIndex({ id, indexName: "orders" });
            assert.deepEqual((indexSchema as { mappings: object }).mappings, mappings);
            await assert.rejects(client.getIndex({ id, indexName: "none" }), { name: "ResourceNotFoundException" });
        });

        it("stay while they are protected", async () => {
            await security("keys", encryption("collection/*"));
            const { createCollectionDetail } = await aoss("CreateCollection", {
                name: "shop",
                deletionProtection: "ENABLED",
            });
            const { id } = createCollectionDetail;
            assert.match((await refusal(aoss("DeleteCollection", { id }))).message, /is CREATING/);
            await world.pass(minutes(5));
            assert.match((await refusal(aoss("DeleteCollection", { id }))).message, /deletion protection/);
            await aoss("UpdateCollection", { id, deletionProtection: "DISABLED" });
            await aoss("DeleteCollection", { id });
        });
    });

    describe("policies", () => {
        it("are refused unless their form is right", async () => {
            const refused = async (operation: string, input: object) =>
                (await refusal(aoss(operation, { name: "some", ...input }))).message;
            const create = (input: object) => refused("CreateSecurityPolicy", input);
            assert.match(await create({ type: "encryption", policy: "no" }), /Policy json is invalid.*not JSON/);
            assert.match(await create(encryption("index/shop/*")), /Policy json is invalid, error: \[\$\.Rules/);
            assert.match(await create(encryption("collection/shop", {})), /invalid/);
            assert.match(await create(encryption("collection/shop", { AWSOwnedKey: true, KmsARN: "k" })), /invalid/);
            assert.match(await create(network({})), /invalid/);
            assert.match(await create(network({ AllowFromPublic: true, SourceVPCEs: ["vpce-1"] })), /invalid/);
            assert.match(await create(data([world.boss.arn], ["aoss:ReadDocument"])), /at 'type'/);
            const access = (input: object) => refused("CreateAccessPolicy", input);
            assert.match(await access(data(["*"], ["aoss:ReadDocument"])), /Principal/);
            assert.match(await access(data([world.boss.arn], ["es:ESHttpGet"])), /invalid/);
            assert.match(await access(data([world.boss.arn], ["aoss:ReadDocument"], ["collection/shop"])), /invalid/);
            assert.match(
                await refused("CreateSecurityPolicy", { ...encryption("collection/a"), name: "Aa" }),
                /name Aa/,
            );
        });

        it("change from the version that one knows, and only if something changes", async () => {
            const name = "keys";
            const created = await security(name, encryption("collection/a"));
            const { policyVersion } = created.securityPolicyDetail;
            const update = (version: string, input: object) =>
                aoss("UpdateSecurityPolicy", { name, type: "encryption", policyVersion: version, ...input });
            const same = await refusal(update(policyVersion, encryption("collection/a")));
            assert.match(same.message, /No changes detected/);
            await update(policyVersion, encryption("collection/b"));
            assert.equal((await refusal(update(policyVersion, encryption("collection/c")))).code, "ConflictException");
            assert.equal((await refusal(security(name, encryption("collection/a")))).code, "ConflictException");
            const { securityPolicySummaries } = await aoss("ListSecurityPolicies", {
                type: "encryption",
                resource: ["collection/b"],
            });
            assert.deepEqual(
                securityPolicySummaries.map((each: { name: string }) => each.name),
                [name],
            );
            await aoss("DeleteSecurityPolicy", { name, type: "encryption" });
            assert.equal((await refusal(update(policyVersion, {}))).code, "ResourceNotFoundException");
        });
    });

    describe("access", () => {
        const identity = policy({ Action: "aoss:APIAccessAll", Resource: "*" });
        const put = (host: string, person: Person) =>
            world.send(host, "aoss", person, "PUT", "/orders/_doc/1", { a: 1 });
        const forbidden = async (host: string, person: Person) => {
            const { status, body } = await put(host, person);
            assert.deepEqual([status, body.error.type], [403, "Forbidden"]);
            return body.error.reason;
        };

        it("needs the identity's policy, the network's and the data's: each taken away refuses", async () => {
            const host = await collection();
            const writer = await world.user("writer", identity);
            await grant(writer, "WriteDocument", "CreateIndex");
            assert.equal((await put(host, writer)).status, 201);

            const outsider = await world.user("outsider");
            assert.match(await forbidden(host, outsider), /not authorized to perform: aoss:APIAccessAll/);

            const stranger = await world.user("stranger", identity);
            assert.match(await forbidden(host, stranger), /no data access policy.*aoss:WriteDocument/);

            await aoss("DeleteSecurityPolicy", { name: "open", type: "network" });
            assert.match(await forbidden(host, writer), /no network policy/);
        });

        it("is by permission: to write is not to read, to make an index or to change it", async () => {
            const host = await collection();
            const writer = await world.user("writer", identity);
            await grant(writer, "WriteDocument");
            const send = async (method: string, path: string, body: unknown = "") =>
                (await world.send(host, "aoss", writer, method, path, body)).status;
            assert.equal((await put(host, writer)).status, 403);
            await aoss("CreateAccessPolicy", { name: "boss", ...data([world.boss.arn], ["aoss:*"]) });
            assert.equal((await put(host, world.boss)).status, 201);
            assert.equal((await put(host, writer)).status, 200);
            assert.equal(await send("GET", "/orders/_doc/1"), 403);
            assert.equal(await send("GET", "/orders/_search"), 403);
            assert.equal(await send("GET", "/orders"), 403);
            assert.equal(await send("PUT", "/orders/_mapping", { properties: {} }), 403);
            assert.equal(await send("DELETE", "/orders"), 403);
            assert.equal(await send("PUT", "/_ingest/pipeline/p", { processors: [] }), 403);
        });

        it("is to the indices that the policy names, for a role as well as for its sessions", async () => {
            const host = await collection();
            const trust = policy({ Principal: { AWS: ACCOUNT }, Action: "sts:AssumeRole" });
            await world.call("iam", "CreateRole", { RoleName: "pipeline", AssumeRolePolicyDocument: trust });
            await world.call("iam", "PutRolePolicy", {
                RoleName: "pipeline",
                PolicyName: "own",
                PolicyDocument: identity,
            });
            const RoleArn = world.iam("role/pipeline");
            const { Credentials } = await world.call("sts", "AssumeRole", { RoleArn, RoleSessionName: "s" });
            const session = world.contextOf({ arn: RoleArn, key: Credentials.AccessKeyId });
            await aoss("CreateAccessPolicy", {
                name: "pipeline",
                ...data([RoleArn], ["aoss:WriteDocument", "aoss:CreateIndex"], ["index/shop/orders-*"]),
            });
            const endpoint = findEndpoint(world.simulator.world, host)!;
            const bulk = (index: string) => endpoint.bulk(session, [{ action: "index", index, id: "1", document: {} }]);
            assert.deepEqual(await bulk("orders-1"), [{ status: 201, id: "1" }]);
            const { code, status } = await refusal(bulk("invoices"));
            assert.deepEqual([code, status], ["AccessDeniedException", 403]);
        });

        it("over the internet or through a VPC endpoint, as the network policy says", async () => {
            const host = await collection();
            await aoss("CreateAccessPolicy", { name: "boss", ...data([world.boss.arn], ["aoss:*"]) });
            const { Subnets } = await world.call("ec2", "DescribeSubnets");
            const { createVpcEndpointDetail } = await aoss("CreateVpcEndpoint", {
                name: "inside",
                vpcId: Subnets[0].VpcId,
                subnetIds: [Subnets[0].SubnetId],
            });
            const { id } = createVpcEndpointDetail;
            await world.pass(minutes(3));
            const { vpcEndpointDetails } = await aoss("BatchGetVpcEndpoint", { ids: [id] });
            assert.equal(vpcEndpointDetails[0].status, "ACTIVE");
            const { securityPolicyDetail } = await aoss("GetSecurityPolicy", { name: "open", type: "network" });
            await aoss("UpdateSecurityPolicy", {
                name: "open",
                policyVersion: securityPolicyDetail.policyVersion,
                ...network({ SourceVPCEs: [id] }),
            });
            assert.match(await forbidden(host, world.boss), /no network policy/);
            const has = (vpce?: string) =>
                findEndpoint(world.simulator.world, host, vpce)!.hasIndex(world.admin, "orders");
            assert.equal(await has(id), false);
            assert.match((await refusal(has("vpce-other"))).message, /through vpce-other/);
            assert.match((await refusal(has())).message, /from public networks/);
        });

        it("to indices by the service's own API asks the data access policy too, not the network", async () => {
            await collection();
            await aoss("DeleteSecurityPolicy", { name: "open", type: "network" });
            const { id } = await detail();
            const index = (operation: string, more: object = {}) =>
                aoss(operation, { id, indexName: "orders", ...more });
            assert.match((await refusal(index("CreateIndex"))).message, /aoss:CreateIndex on index\/shop\/orders/);
            await grant(world.boss, "CreateIndex", "UpdateIndex", "DescribeIndex");
            const schema = (type: string) => ({ indexSchema: { mappings: { properties: { price: { type } } } } });
            await index("CreateIndex", schema("double"));
            assert.equal((await refusal(index("CreateIndex"))).code, "ConflictException");
            const changed = await refusal(index("UpdateIndex", schema("keyword")));
            assert.equal(changed.code, "ValidationException");
            assert.match(changed.message, /cannot be changed from type \[double\] to \[keyword\]/);
            await index("UpdateIndex", { indexSchema: { mappings: { properties: { name: { type: "text" } } } } });
            const { indexSchema } = await index("GetIndex");
            assert.deepEqual(Object.keys(indexSchema.mappings.properties), ["price", "name"]);
            assert.match((await refusal(index("DeleteIndex"))).message, /aoss:DeleteIndex/);
        });
    });

    it("has no templates, no security plugin and no models to manage", async () => {
        const host = await collection();
        await grant(world.boss, "*");
        const status = async (path: string) => (await world.send(host, "aoss", world.boss, "PUT", path, {})).status;
        assert.equal(await status("/_index_template/t"), 400);
        assert.equal(await status("/_template/t"), 400);
        assert.equal(await status("/_plugins/_security/api/rolesmapping/all_access"), 400);
    });

    it("a time series takes no ids, no updates and no deletes", async () => {
        const host = await collection("TIMESERIES");
        await grant(world.boss, "*");
        const send = (method: string, path: string, body: unknown = {}) =>
            world.send(host, "aoss", world.boss, method, path, body);
        assert.equal((await send("POST", "/logs/_doc")).status, 201);
        const refused = await send("PUT", "/logs/_doc/1");
        assert.deepEqual([refused.status, refused.body.error.type], [400, "illegal_argument_exception"]);
        assert.match(refused.body.error.reason, /Document ID is not supported/);
        assert.equal((await send("POST", "/logs/_update/1", { doc: {} })).status, 400);
        assert.equal((await send("DELETE", "/logs/_doc/1", "")).status, 400);
        const endpoint = findEndpoint(world.simulator.world, host)!;
        const [one, other] = await endpoint.bulk(world.admin, [
            { action: "index", index: "logs", document: { a: 1 } },
            { action: "index", index: "logs", id: "1", document: { a: 1 } },
        ]);
        assert.deepEqual([one.status, other.status, other.error!.type], [201, 400, "illegal_argument_exception"]);
    });

    it("in China collections have China's addresses", async () => {
        const china = await SearchWorld.open("cn-northwest-1");
        try {
            await china.call("aoss", "CreateSecurityPolicy", { name: "keys", ...encryption("collection/*") });
            await china.call("aoss", "CreateSecurityPolicy", { name: "open", ...network({ AllowFromPublic: true }) });
            await china.call("aoss", "CreateAccessPolicy", { name: "boss", ...data([china.boss.arn], ["aoss:*"]) });
            await china.call("aoss", "CreateCollection", { name: "shop", type: "SEARCH" });
            await china.pass(minutes(5));
            const { collectionDetails } = await china.call("aoss", "BatchGetCollection", { names: ["shop"] });
            const { arn, collectionEndpoint } = collectionDetails[0];
            assert.match(arn, /^arn:aws-cn:aoss:/);
            assert.match(collectionEndpoint, /\.cn-northwest-1\.aoss\.amazonaws\.com\.cn$/);
            const host = collectionEndpoint.replace("https://", "");
            assert.equal((await china.send(host, "aoss", china.boss, "PUT", "/orders/_doc/1", {})).status, 201);
        } finally {
            await china.stop();
        }
    });
});
