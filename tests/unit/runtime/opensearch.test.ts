import * as assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { domainAccessMember } from "../../../sdk/requirements/opensearch/search-access";
import * as runtime from "../../../sdk/runtime";
import { clientsOf } from "../../../sdk/runtime/clients";
import type { OsisPipelineInputs } from "../../../sdk/runtime/osis/inputs";
import { OWNER_TAG } from "../../../sdk/runtime/owner";
import type { DomainPolicyMemberInputs } from "../../../sdk/runtime/policy-member";
import type { OpenSearchIndexInputs } from "../../../sdk/runtime/search-index/search-index";
import { allServices } from "../../../simulator/services";
import { minutes } from "../../../simulator/world/clock";
import type { Context } from "../../../simulator/world/context";
import { World } from "../../../simulator/world/world";
import { ACCOUNT, REGION } from "../simulator/glue-world";
import { PipelineWorld, ROLE_ARN, TABLE_ARN } from "../simulator/pipeline-world";

import { anotherProcess, common, rejection } from "./offline";
import { Online } from "./online";

const { openSearchDomainPolicyMember, openSearchIndex, osisPipeline } = runtime;
const DOMAIN_ARN = `arn:aws:es:${REGION}:${ACCOUNT}:domain/catalog`;
const DEPLOYER = `arn:aws:iam::${ACCOUNT}:root`;
const BY_HAND = `{"Sid":"ByHand","Effect":"Allow","Principal":{"AWS":"${DEPLOYER}"},"Action":"es:ESHttp*","Resource":"${DOMAIN_ARN}/*"}`;

/** A domain that is ready, by its endpoint. */
async function makeDomain(world: World, accountId: string, region: string, AccessPolicies: string): Promise<string> {
    const ctx = world.administrator(accountId, region);
    await ctx.call("es", "CreateDomain", {
        DomainName: "catalog",
        EngineVersion: "OpenSearch_2.19",
        ClusterConfig: { InstanceType: "r6g.large.search", InstanceCount: 1 },
        EBSOptions: { EBSEnabled: true, VolumeType: "gp3", VolumeSize: 10 },
        AccessPolicies,
    });
    await world.clock.advance(minutes(16));
    const { DomainStatus } = await ctx.call("es", "DescribeDomain", { DomainName: "catalog" });
    return DomainStatus.Endpoint;
}

async function makeRole(ctx: Context, RoleName: string, trust: object): Promise<string> {
    const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
    const { Role } = await ctx.call("iam", "CreateRole", { RoleName, AssumeRolePolicyDocument });
    return Role.Arn;
}

describe("Pipelines into OpenSearch, against the simulator", function () {
    this.timeout(60_000);

    const environment = { ...process.env };
    let shop: PipelineWorld;
    let online: Online;
    let endpoint: string;

    beforeEach(async () => {
        shop = new PipelineWorld();
        await shop.setUp();
        endpoint = await makeDomain(shop.world, ACCOUNT, REGION, `{"Version":"2012-10-17","Statement":[${BY_HAND}]}`);
        shop.sink.hosts = [`https://${endpoint}`];
        shop.rolePolicy.push({ Effect: "Allow", Action: ["es:ESHttp*"], Resource: `${DOMAIN_ARN}/*` });
        await shop.putRolePolicy();
        online = await new Online(shop.world).start(ACCOUNT);
    });
    afterEach(() => {
        process.env = { ...environment };
        return online.close();
    });

    const pipeline = async (more: Partial<OsisPipelineInputs> = {}): Promise<OsisPipelineInputs> => {
        const { inputs, failures } = await osisPipeline.check({} as never, {
            ...common("OsisPipeline", "orders"),
            pipelineName: "orders",
            body: shop.bodyText,
            minUnits: 2,
            maxUnits: 4,
            roleArn: ROLE_ARN,
            timeouts: { create: "20s", update: "20s", delete: "20s" },
            ...more,
        });
        assert.deepEqual(failures, []);
        return inputs;
    };
    const index = async (more: Partial<OpenSearchIndexInputs> = {}): Promise<OpenSearchIndexInputs> => {
        const { inputs, failures } = await openSearchIndex.check({} as never, {
            ...common("OpenSearchIndex", "orders"),
            target: { kind: "domain", endpoint },
            indexName: "orders-v1",
            mappings: { properties: { id: { type: "keyword" }, total: { type: "double" } } },
            settings: { number_of_shards: 2, index: { refresh_interval: "5s" } },
            timeout: "20s",
            ...more,
        });
        assert.deepEqual(failures, []);
        return inputs;
    };
    const member = (name: string, roleArn: string): DomainPolicyMemberInputs => ({
        ...common("OpenSearchDomainPolicyMember", name),
        domainArn: DOMAIN_ARN,
        members: [domainAccessMember({ domainArn: DOMAIN_ARN, roleArn })],
        timeout: "20s",
    });
    const policy = async () =>
        (await shop.ctx.call("es", "DescribeDomain", { DomainName: "catalog" })).DomainStatus.AccessPolicies as string;
    const described = async () => (await shop.read()) as { MinUnits: number; Status: string; Tags: object[] };

    const allowBackups = () => {
        shop.rolePolicy.push({ Effect: "Allow", Action: ["dynamodb:DescribeContinuousBackups"], Resource: TABLE_ARN });
        return shop.putRolePolicy();
    };

    describe("together", () => {
        it("bring a table's items into an index that has its mapping before", async () => {
            await shop.put({ id: { S: "o-1" }, total: { N: "12.5" } });
            const admission = await openSearchDomainPolicyMember.create(member("orders", ROLE_ARN));
            const made = await openSearchIndex.create(await index());
            const { id, outs } = await osisPipeline.create(await pipeline());
            assert.deepEqual([outs.status, outs.statusReason], ["ACTIVE", ""]);
            const { opensearchDomains } = clientsOf({ accountId: ACCOUNT, region: REGION });
            const hits = async () => {
                const { hits } = await opensearchDomains.send<{ hits: { hits: { _id: string; _source: object }[] } }>({
                    method: "GET",
                    path: "/orders-v1/_search",
                    host: endpoint,
                });
                return hits.hits.map(({ _id, _source }) => [_id, _source]);
            };
            await shop.pass(minutes(6));
            assert.deepEqual(await hits(), [["o-1", { id: "o-1", total: 12.5 }]]);
            // The documents' fields are none of the index's business.
            assert.deepEqual((await openSearchIndex.read(made.id, made.outs)).props, made.outs);

            await osisPipeline.delete(id, outs);
            await openSearchDomainPolicyMember.delete(admission.id, admission.outs);
            assert.equal((await hits()).length, 1);
            await openSearchIndex.delete(made.id, made.outs);
            assert.equal(await policy(), `{"Version":"2012-10-17","Statement":[${BY_HAND}]}`);
        });
    });

    describe("OsisPipeline", () => {
        beforeEach(() => openSearchDomainPolicyMember.create(member("orders", ROLE_ARN)));

        it("is changed in place, stopped and started, and shows no difference afterwards", async () => {
            const { id, outs } = await osisPipeline.create(await pipeline({ tags: { team: "shop", old: "1" } }));
            assert.deepEqual((await osisPipeline.read(id, outs)).props, outs);
            shop.sink.index = "orders-v2";
            const news = await pipeline({ minUnits: 3, running: false, tags: { team: "data" } });
            const stopped = await osisPipeline.update(id, outs, news);
            assert.equal(stopped.outs.status, "STOPPED");
            assert.deepEqual((await osisPipeline.read(id, stopped.outs)).props, stopped.outs);
            assert.equal((await osisPipeline.diff(id, stopped.outs, news)).changes, false);
            const { MinUnits, Tags } = await described();
            assert.equal(MinUnits, 3);
            assert.deepEqual(Tags, [
                { Key: "team", Value: "data" },
                { Key: OWNER_TAG, Value: "bank/dev/OsisPipeline/orders" },
            ]);
            const { outs: started } = await osisPipeline.update(id, stopped.outs, await pipeline({ minUnits: 3 }));
            assert.equal(started.status, "ACTIVE");
            await osisPipeline.delete(id, started);
            assert.deepEqual(await osisPipeline.read(id, started), { id: "" });
        });

        it("is made once, though answers are lost, calls are throttled and AWS fails", async () => {
            shop.world.faults.add({ kind: "lost-answer", service: "osis", operation: "CreatePipeline", times: 1 });
            shop.world.faults.add({ kind: "throttle", service: "osis", rate: 0.3 });
            shop.world.faults.add({ kind: "server-error", service: "osis", rate: 0.1 });
            const { id, outs } = await osisPipeline.create(await pipeline());
            assert.equal(online.accepted("CreatePipeline"), 1);
            const { outs: changed } = await osisPipeline.update(id, outs, await pipeline({ minUnits: 3 }));
            assert.equal((await described()).MinUnits, 3);
            await osisPipeline.delete(id, changed);
            assert.deepEqual(await osisPipeline.read(id, changed), { id: "" });
        });

        it("goes on with what a killed update made", async () => {
            const { id } = await osisPipeline.create(await pipeline({ waitFor: "accepted" }));
            const again = await osisPipeline.create(await pipeline({ maxUnits: 6 }));
            assert.deepEqual([again.id, again.outs.status], [id, "ACTIVE"]);
            assert.equal(online.accepted("CreatePipeline"), 1);
        });

        it("names each fault that AWS finds in a body, and makes nothing", async () => {
            const inputs = {
                ...(await pipeline()),
                body: shop.bodyText.replace("document_version_type", "version_typ"),
            };
            const { message, id } = await rejection(osisPipeline.create(inputs));
            assert.match(message, /AWS does not accept the body, and nothing was changed\. .*sink.*version_typ/);
            assert.equal(id, undefined);
            assert.equal(online.accepted("CreatePipeline"), 0);
        });

        it("says in which stage and why it could not be created, and is made again", async () => {
            shop.withdraw("dynamodb:DescribeContinuousBackups");
            await shop.putRolePolicy();
            const inputs = await pipeline();
            const failed = await rejection(osisPipeline.create(inputs));
            assert.match(
                failed.message,
                /is CREATE_FAILED\. AWS says: .*DescribeContinuousBackups.*Allow the pipeline's role the action that AWS names/,
            );
            assert.match(failed.message, /The stage "Check pipeline health" is FAILED/);
            const state = failed.properties as never;
            assert.deepEqual((await osisPipeline.diff(failed.id!, state, inputs)).replaces, ["status"]);

            await allowBackups();
            await osisPipeline.delete(failed.id!, state);
            assert.equal((await osisPipeline.create(inputs)).outs.status, "ACTIVE");
        });

        it("keeps running as it was when a change fails, says why, and changes again", async () => {
            const before = await pipeline();
            const { id, outs } = await osisPipeline.create(before);
            shop.withdraw("dynamodb:DescribeContinuousBackups");
            await shop.putRolePolicy();
            shop.sink.index = "orders-v2";
            const news = await pipeline();
            const failed = await rejection(osisPipeline.update(id, outs, news));
            assert.match(
                failed.message,
                /is UPDATE_FAILED\. AWS says: .*DescribeContinuousBackups.*The next update tries again/,
            );
            const { props } = await osisPipeline.read(id, failed.properties as never);
            assert.equal(props!.body, before.body);
            assert.equal((await osisPipeline.diff(id, props!, news)).changes, true);
            await allowBackups();
            const { outs: healed } = await osisPipeline.update(id, props!, news);
            assert.equal(healed.status, "ACTIVE");
            assert.deepEqual((await osisPipeline.read(id, healed)).props, healed);
        });

        it("waits for all that are made at once with the calls of one", async () => {
            const names = Array.from({ length: 10 }, (_, i) => `orders-${i}`);
            const began = Date.now();
            await Promise.all(
                names.map(async (pipelineName) =>
                    osisPipeline.create(await pipeline({ ...common("OsisPipeline", pipelineName), pipelineName })),
                ),
            );
            const lists = online.accepted("ListPipelines");
            assert.ok(lists <= (Date.now() - began) / 35 + 10, `${lists} lists in ${Date.now() - began} ms`);
        });

        it("keeps no secret in the state or in a message", async () => {
            const { outs } = await osisPipeline.create(await pipeline());
            const { message } = await rejection(
                osisPipeline.create(await pipeline({ ...common("OsisPipeline", "other") })),
            );
            assert.doesNotMatch(JSON.stringify(outs) + message, /simulated|Signature|Credential=/);
        });
    });

    describe("OpenSearchIndex", () => {
        it("waits until the domain's policy lets it in", async () => {
            await shop.ctx.call("es", "UpdateDomainConfig", {
                DomainName: "catalog",
                AccessPolicies: `{"Version":"2012-10-17","Statement":[${BY_HAND.replace("Allow", "Deny")}]}`,
            });
            await shop.pass(minutes(2));
            const creation = openSearchIndex.create(await index());
            await sleep(200);
            await shop.ctx.call("es", "UpdateDomainConfig", {
                DomainName: "catalog",
                AccessPolicies: `{"Version":"2012-10-17","Statement":[${BY_HAND}]}`,
            });
            assert.deepEqual((await creation).outs.storedDefinition, {
                mappings: { properties: { id: { type: "keyword" }, total: { type: "double" } } },
                settings: { number_of_shards: "2", refresh_interval: "5s" },
            });
        });

        it("takes new fields, settings and an ingest pipeline in place, and refuses another type", async () => {
            const { id, outs } = await openSearchIndex.create(await index());
            const ingestPipeline = {
                name: "brands",
                definition: { processors: [{ set: { field: "brand", value: "none", override: false } }] },
            };
            const news = await index({
                mappings: { properties: { total: { type: "double" }, brand: { type: "keyword" } } },
                settings: { number_of_shards: 2, refresh_interval: "1s" },
                ingestPipeline,
            });
            const { outs: changed } = await openSearchIndex.update(id, outs, news);
            assert.deepEqual(changed.storedDefinition, {
                mappings: { properties: { total: { type: "double" }, brand: { type: "keyword" } } },
                settings: { number_of_shards: "2", refresh_interval: "1s", default_pipeline: "brands" },
                ingestPipeline: ingestPipeline.definition,
            });
            assert.deepEqual((await openSearchIndex.read(id, changed)).props, changed);

            // Not seen at preview where the state knows nothing of the index.
            const adopted = await index({
                ...common("OpenSearchIndex", "other"),
                adoptExisting: true,
                mappings: { properties: { total: { type: "keyword" } } },
            });
            const { message } = await rejection(openSearchIndex.create(adopted));
            assert.match(message, /cannot be changed from type \[double\] to \[keyword\]\. Use a new index name/);
            await openSearchIndex.delete(id, changed);
            assert.deepEqual(await openSearchIndex.read(id, changed), { id: "" });
        });

        it("makes a template for indexes that come later", async () => {
            const template = { indexPatterns: ["orders-2*"], priority: 5 };
            const { id, outs } = await openSearchIndex.create(await index({ indexName: "orders", template }));
            const { opensearchDomains } = clientsOf({ accountId: ACCOUNT, region: REGION });
            await opensearchDomains.send({ method: "PUT", path: "/orders-2026", host: endpoint });
            const later = await opensearchDomains.send<Record<string, { mappings: object }>>({
                method: "GET",
                path: "/orders-2026",
                host: endpoint,
            });
            assert.match(JSON.stringify(later["orders-2026"]!.mappings), /"total":\{"type":"double"\}/);
            assert.deepEqual((await openSearchIndex.read(id, outs)).props, outs);
            await openSearchIndex.delete(id, outs);
            assert.deepEqual(await openSearchIndex.read(id, outs), { id: "" });
        });

        it("makes, changes and deletes an index of a collection", async () => {
            const aoss = (operation: string, input: object) => shop.ctx.call("aoss", operation, input);
            await aoss("CreateSecurityPolicy", {
                name: "profiles",
                type: "encryption",
                policy: JSON.stringify({
                    Rules: [{ ResourceType: "collection", Resource: ["collection/profiles"] }],
                    AWSOwnedKey: true,
                }),
            });
            const { createCollectionDetail } = await aoss("CreateCollection", { name: "profiles", type: "SEARCH" });
            await shop.pass(minutes(10));
            const target = { kind: "collection", collectionId: createCollectionDetail.id } as const;
            // A data access policy names no account's root.
            const trust = { Effect: "Allow", Principal: { AWS: DEPLOYER }, Action: "sts:AssumeRole" };
            const role = await makeRole(shop.ctx, "deployer", trust);
            await shop.ctx.call("iam", "PutRolePolicy", {
                RoleName: "deployer",
                PolicyName: "all",
                PolicyDocument: JSON.stringify({
                    Version: "2012-10-17",
                    Statement: [{ Effect: "Allow", Action: "aoss:*", Resource: "*" }],
                }),
            });
            await online.signIn(ACCOUNT, { "aws:assumeRoles": JSON.stringify([{ roleArn: role }]) });
            const creation = openSearchIndex.create(await index({ target, settings: undefined }));
            // Without a data access policy nobody is let in.
            await sleep(200);
            await aoss("CreateAccessPolicy", {
                name: "profiles",
                type: "data",
                policy: JSON.stringify([
                    {
                        Rules: [
                            {
                                ResourceType: "index",
                                Resource: ["index/profiles/*"],
                                Permission: ["CreateIndex", "DescribeIndex", "UpdateIndex", "DeleteIndex"].map(
                                    (name) => `aoss:${name}`,
                                ),
                            },
                        ],
                        Principal: [role],
                    },
                ]),
            });
            const { id, outs } = await creation;
            assert.equal(id, `${target.collectionId}/orders-v1`);
            assert.deepEqual((await openSearchIndex.read(id, outs)).props, outs);
            const news = await index({
                target,
                settings: undefined,
                mappings: { properties: { total: { type: "double" }, brand: { type: "keyword" } } },
            });
            const { outs: changed } = await openSearchIndex.update(id, outs, news);
            assert.deepEqual(changed.storedDefinition.mappings, news.mappings);
            const again = await openSearchIndex.create(news);
            assert.equal(again.id, id);
            await openSearchIndex.delete(id, changed);
            assert.deepEqual(await openSearchIndex.read(id, changed), { id: "" });
        });
    });

    describe("OpenSearchDomainPolicyMember", () => {
        it("loses none of eight writers in two processes, and leaves others' statements to the byte", async () => {
            const other = anotherProcess();
            await online.signIn(ACCOUNT, {}, other.runtime);
            const names = Array.from({ length: 8 }, (_, i) => `osis-${i}`);
            const roles = await Promise.all(names.map((name) => makeRole(shop.ctx, name, shop.trust)));
            await Promise.all(
                roles.map((roleArn, i) =>
                    [runtime, other.runtime][i % 2]!.openSearchDomainPolicyMember.create(member(`${i}`, roleArn)),
                ),
            );
            const text = await policy();
            assert.ok(text.includes(BY_HAND));
            assert.deepEqual(
                JSON.parse(text)
                    .Statement.flatMap(({ Principal }: { Principal: { AWS: string | string[] } }) => Principal.AWS)
                    .sort(),
                [...roles, DEPLOYER].sort(),
            );
        });
    });
});

describe("Pipelines into OpenSearch in China, against the simulator", function () {
    this.timeout(60_000);

    it("make an index in a domain of another partition, and let a role in", async () => {
        const world = new World({ services: allServices });
        const region = "cn-north-1";
        const domainArn = `arn:aws-cn:es:${region}:${ACCOUNT}:domain/catalog`;
        const roleArn = await makeRole(world.administrator(ACCOUNT, region), "osis", {
            Effect: "Allow",
            Principal: { Service: "osis-pipelines.amazonaws.com" },
            Action: "sts:AssumeRole",
        });
        assert.match(roleArn, /^arn:aws-cn:/);
        const endpoint = await makeDomain(world, ACCOUNT, region, "");
        assert.match(endpoint, /\.cn-north-1\.es\.amazonaws\.com\.cn$/);
        const online = await new Online(world).start(ACCOUNT, { "aws:region": region });
        try {
            const account = { accountId: ACCOUNT, region };
            const members = [roleArn, `arn:aws-cn:iam::${ACCOUNT}:root`].map((role) =>
                domainAccessMember({ domainArn, roleArn: role }),
            );
            const inputs = { ...common("OpenSearchDomainPolicyMember", "orders"), account, domainArn, members };
            const member = await openSearchDomainPolicyMember.create(inputs);
            const index = await openSearchIndex.create({
                ...common("OpenSearchIndex", "orders"),
                account,
                target: { kind: "domain", endpoint },
                indexName: "orders",
                timeout: "20s",
            });
            assert.equal(index.id, `${endpoint}/orders`);
            await openSearchIndex.delete(index.id, index.outs);
            // The last statement goes, and the policy with it.
            await openSearchDomainPolicyMember.delete(member.id, member.outs);
            assert.deepEqual(await openSearchDomainPolicyMember.read(member.id, member.outs), { id: "" });
        } finally {
            await online.close();
        }
    });
});
