import * as assert from "node:assert/strict";

import { OpenSearch, ResourceNotFoundException } from "@aws-sdk/client-opensearch";
import { findEndpoint } from "../../../simulator/search/store";
import { minutes, seconds } from "../../../simulator/world/clock";
import { refusal } from "./glue-world";
import { ACCOUNT, policy, SearchWorld, type Person } from "./search-world";

const small = {
    ClusterConfig: { InstanceType: "t3.small.search" as const },
    EBSOptions: { EBSEnabled: true, VolumeSize: 10 },
};

const encrypted = {
    EncryptionAtRestOptions: { Enabled: true },
    NodeToNodeEncryptionOptions: { Enabled: true },
    DomainEndpointOptions: { EnforceHTTPS: true },
};

const lines = (...each: object[]) => each.map((line) => `${JSON.stringify(line)}\n`).join("");

describe("simulator/opensearch", () => {
    let world: SearchWorld;

    beforeEach(async () => (world = await SearchWorld.open()));
    afterEach(() => world.stop());

    const es = (operation: string, input: object = {}) => world.call("es", operation, { DomainName: "shop", ...input });
    const describeDomain = async () => (await es("DescribeDomain")).DomainStatus;
    const arn = `arn:aws:es:eu-west-1:${ACCOUNT}:domain/shop`;

    /** A domain that is ready, and its host. */
    async function domain(more: object = {}): Promise<string> {
        await es("CreateDomain", { ...small, ...more });
        await world.pass(minutes(16));
        const { Endpoint, Endpoints } = await describeDomain();
        return Endpoint ?? Endpoints.vpc;
    }

    const refusedWith = async (input: object) => refusal(es("CreateDomain", { ...small, ...input }));

    describe("domains", () => {
        it("have an address once they are created, and none when they are deleted", async () => {
            await es("CreateDomain", small);
            const { Created, Processing, Endpoint } = await describeDomain();
            assert.deepEqual([Created, Processing, Endpoint], [false, true, undefined]);
            await world.pass(minutes(16));
            const ready = await describeDomain();
            assert.deepEqual([ready.Created, ready.Processing, ready.DomainProcessingStatus], [true, false, "Active"]);
            assert.match(ready.Endpoint, /^search-shop-[a-z0-9]{26}\.eu-west-1\.es\.amazonaws\.com$/);
            assert.equal(findEndpoint(world.simulator.world, ready.Endpoint)!.arn, arn);
            await es("DeleteDomain");
            assert.equal(findEndpoint(world.simulator.world, ready.Endpoint), undefined);
            assert.equal((await describeDomain()).Deleted, true);
            await world.pass(minutes(11));
            assert.equal((await refusal(describeDomain())).code, "ResourceNotFoundException");
        });

        it("are found by an AWS client, with tags and names", async () => {
            const credentials = { accessKeyId: ACCOUNT, secretAccessKey: "any" };
            const { endpoint } = world.simulator;
            const client = new OpenSearch({ endpoint, region: "eu-west-1", maxAttempts: 1, credentials });
            await client.createDomain({ DomainName: "shop", ...small, TagList: [{ Key: "a", Value: "1" }] });
            await client.addTags({ ARN: arn, TagList: [{ Key: "b", Value: "2" }] });
            await client.removeTags({ ARN: arn, TagKeys: ["a"] });
            assert.deepEqual((await client.listTags({ ARN: arn })).TagList, [{ Key: "b", Value: "2" }]);
            assert.deepEqual((await client.listDomainNames({})).DomainNames, [
                { DomainName: "shop", EngineType: "OpenSearch" },
            ]);
            const { DomainStatusList } = await client.describeDomains({ DomainNames: ["shop", "none"] });
            assert.deepEqual(
                DomainStatusList!.map(({ ARN }) => ARN),
                [arn],
            );
            await assert.rejects(client.describeDomain({ DomainName: "none" }), ResourceNotFoundException);
        });

        it("are refused where AWS refuses them", async () => {
            const message = async (input: object) => (await refusedWith(input)).message;
            assert.match(await message({ DomainName: "Shop" }), /Domain name Shop/);
            assert.match(await message({ EngineVersion: "OpenSearch_9.9" }), /Unsupported engine version/);
            assert.match(await message({ EBSOptions: { EBSEnabled: false } }), /EBS storage must be enabled/);
            assert.match(await message({ EBSOptions: { EBSEnabled: true } }), /at least 10 GiB/);
            assert.match(
                await message({ ClusterConfig: { ...small.ClusterConfig, ZoneAwarenessEnabled: true } }),
                /minimum of 2 data nodes/,
            );
            const log = {
                Enabled: true,
                CloudWatchLogsLogGroupArn: `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:none`,
            };
            assert.match(await message({ LogPublishingOptions: { INDEX_SLOW_LOGS: log } }), /does not exist/);
            assert.match(await message({ LogPublishingOptions: { AUDIT_LOGS: log } }), /advanced security options/);
            const key = { Enabled: true, KmsKeyId: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/none` };
            assert.match(await message({ EncryptionAtRestOptions: key }), /KMS key .* is not found/);
            await es("CreateDomain", small);
            assert.equal((await refusedWith({})).code, "ResourceAlreadyExistsException");
        });

        it("have fine-grained access control only where everything is encrypted, and a master user", async () => {
            const named = { MasterUserName: "boss", MasterUserPassword: "Correct1horse!" };
            const control = (options: object) => ({ AdvancedSecurityOptions: { Enabled: true, ...options } });
            const internal = { InternalUserDatabaseEnabled: true, MasterUserOptions: named };
            for (const part of Object.keys(encrypted)) {
                const without = { ...encrypted, ...control(internal), [part]: undefined };
                assert.match(
                    (await refusedWith(without)).message,
                    /encryption at rest, node-to-node encryption and HTTPS/,
                );
            }
            const message = async (options: object) =>
                (await refusedWith({ ...encrypted, ...control(options) })).message;
            assert.match(await message({}), /master user ARN/);
            assert.match(
                await message({ ...internal, MasterUserOptions: { MasterUserARN: arn } }),
                /internal user database/,
            );
            const weak = { MasterUserOptions: { ...named, MasterUserPassword: "correct" } };
            assert.match(await message({ ...internal, ...weak }), /at least 8 characters/);
            await domain({ ...encrypted, ...control(internal) });
            const off = es("UpdateDomainConfig", { AdvancedSecurityOptions: { Enabled: false } });
            assert.match((await refusal(off)).message, /cannot disable/);
            const { AdvancedSecurityOptions } = await describeDomain();
            assert.equal(AdvancedSecurityOptions.MasterUserOptions, undefined);
        });

        it("are never open to everybody, unless roles of their own or a VPC keep people out", async () => {
            const open = policy({ Principal: { AWS: "*" }, Action: "es:*", Resource: `${arn}/*` });
            const fromOffice = policy({
                Principal: "*",
                Action: "es:*",
                Resource: `${arn}/*`,
                Condition: { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } },
            });
            assert.match((await refusedWith({ AccessPolicies: open })).message, /restrictive access policy/);
            assert.equal((await refusedWith({ AccessPolicies: "{}" })).code, "InvalidTypeException");
            const nobody = policy({ Principal: { AWS: world.iam("role/none") }, Action: "es:*", Resource: "*" });
            assert.equal((await refusedWith({ AccessPolicies: nobody })).code, "InvalidTypeException");
            await domain({ AccessPolicies: fromOffice });
            assert.match((await refusal(es("UpdateDomainConfig", { AccessPolicies: open }))).message, /restrictive/);
        });

        it("are in a VPC with a subnet in each of their zones, out of reach of the internet", async () => {
            const { Subnets } = await world.call("ec2", "DescribeSubnets");
            const ids = Subnets.map(({ SubnetId }: { SubnetId: string }) => SubnetId);
            assert.match((await refusedWith({ VPCOptions: { SubnetIds: ids } })).message, /exactly one subnet/);
            assert.match((await refusedWith({ VPCOptions: { SubnetIds: ["subnet-1"] } })).message, /does not exist/);
            const host = await domain({ VPCOptions: { SubnetIds: [ids[0]] } });
            assert.match(host, /^vpc-shop-/);
            const { VPCOptions, Endpoint } = await describeDomain();
            assert.deepEqual([VPCOptions.VPCId, Endpoint], [Subnets[0].VpcId, undefined]);
            await assert.rejects(world.send(host, "es", world.boss, "GET", "/_cat/indices"), { code: "ECONNRESET" });
            const inside = findEndpoint(world.simulator.world, host)!;
            assert.equal(await inside.hasIndex(world.admin, "none"), false);
        });

        it("change one thing after the other, and are upgraded step by step", async () => {
            await domain({ EngineVersion: "OpenSearch_1.3" });
            const processing = async () => (await describeDomain()).Processing;
            const config = async () => (await es("DescribeDomainConfig")).DomainConfig;
            await es("UpdateDomainConfig", { EBSOptions: { VolumeSize: 20 } });
            assert.deepEqual([await processing(), (await config()).EBSOptions.Status.State], [true, "Processing"]);
            const second = await refusal(es("UpdateDomainConfig", { ClusterConfig: { InstanceCount: 2 } }));
            assert.match(second.message, /change\/update is in progress/);
            await world.pass(minutes(21));
            const { Options, Status } = (await config()).EBSOptions;
            assert.deepEqual([Options.VolumeSize, Options.EBSEnabled, Status.State], [20, true, "Active"]);
            const skip = es("UpgradeDomain", { TargetVersion: "OpenSearch_3.1" });
            assert.match((await refusal(skip)).message, /cannot be upgraded from OpenSearch_1.3/);
            await es("UpgradeDomain", { TargetVersion: "OpenSearch_2.19" });
            // A small change joins it, and does not cut it short.
            await es("UpdateDomainConfig", { SnapshotOptions: { AutomatedSnapshotStartHour: 3 } });
            await world.pass(minutes(19));
            assert.deepEqual([(await describeDomain()).EngineVersion, await processing()], ["OpenSearch_1.3", true]);
            await world.pass(minutes(2));
            assert.equal((await describeDomain()).EngineVersion, "OpenSearch_2.19");
            const { CompatibleVersions } = await es("GetCompatibleVersions");
            assert.deepEqual(CompatibleVersions, [
                { SourceVersion: "OpenSearch_2.19", TargetVersions: ["OpenSearch_3.1"] },
            ]);
        });
    });

    describe("access", () => {
        const write = { Action: ["es:ESHttpPut", "es:ESHttpPost"], Resource: `${arn}/*` };
        const put = (host: string, person: Person) => world.send(host, "es", person, "PUT", "/orders/_doc/1", { a: 1 });

        it("needs the identity's policy, or the domain's, for the method and the path", async () => {
            const writer = await world.user("writer", policy(write));
            const reader = await world.user("reader", policy({ Action: "es:ESHttpGet", Resource: `${arn}/orders/*` }));
            const host = await domain();
            assert.equal((await put(host, writer)).status, 201);
            const refused = await put(host, reader);
            assert.equal(refused.status, 403);
            assert.match(
                refused.body.Message,
                /reader is not authorized to perform: es:ESHttpPut .*identity-based policy/,
            );
            const get = (path: string) => world.send(host, "es", reader, "GET", path);
            assert.equal((await get("/orders/_doc/1")).status, 200);
            assert.equal((await get("/invoices/_doc/1")).status, 403);
            const AccessPolicies = policy({ ...write, Principal: { AWS: reader.arn } });
            await es("UpdateDomainConfig", { AccessPolicies });
            // Until it is processed, the old one holds.
            assert.equal((await put(host, reader)).status, 403);
            await world.pass(seconds(31));
            assert.equal((await put(host, reader)).status, 200);
        });

        it("is taken away by a Deny of the domain's policy", async () => {
            const writer = await world.user("writer", policy(write));
            const AccessPolicies = policy({
                Effect: "Deny",
                Principal: { AWS: writer.arn },
                Action: "es:ESHttpPut",
                Resource: `${arn}/*`,
            });
            const host = await domain({ AccessPolicies });
            assert.match((await put(host, writer)).body.Message, /explicit deny in a resource-based policy/);
            const bulk = lines({ index: { _index: "orders" } }, {});
            assert.equal((await world.send(host, "es", writer, "POST", "/_bulk", bulk)).status, 200);
        });

        it("needs a key, of the right service and Region", async () => {
            const host = await domain();
            const anonymous = await world.sendRaw(host, "GET", "/", "", {});
            assert.equal(anonymous.status, 403);
            const nowhere = await world.send(host, "es", world.boss, "GET", "/orders/_explain/1");
            assert.equal(nowhere.body.error, "no handler found for uri [/orders/_explain/1] and method [GET]");
            const broken = await world.send(host, "es", world.boss, "GET", "/%E0%A4%A");
            assert.deepEqual([broken.status, broken.body.error.type], [400, "illegal_argument_exception"]);
            assert.match(anonymous.body.Message, /anonymous is not authorized to perform: es:ESHttpGet/);
            const wrong = await world.send(host, "aoss", world.boss, "GET", "/_cat/indices");
            assert.match(wrong.body.Message, /correct service: 'eu-west-1' and 'es'/);
            const lost = await world.send(host, "es", { arn: "", key: "AKIA0123456789ABCDEF" }, "GET", "/_cat/indices");
            assert.equal(lost.body.Message, "The security token included in the request is invalid.");
        });

        it("is seen in the log of requests, and struck by faults", async () => {
            const host = await domain();
            await put(host, world.boss);
            const [{ operation, door, caller, input }] = world.simulator.world.requests.find({
                service: "es",
                door: "http",
            });
            assert.deepEqual([operation, caller], ["ESHttpPut", world.boss.arn]);
            assert.equal((input as { path: string }).path, "/orders/_doc/1");
            assert.equal(door, "http");
            world.simulator.world.faults.add({ kind: "server-error", service: "es", times: 1 });
            assert.equal((await put(host, world.boss)).status, 500);
            assert.equal((await put(host, world.boss)).status, 200);
        });
    });

    describe("fine-grained access control", () => {
        const everybody = policy({ Principal: { AWS: "*" }, Action: "es:ESHttp*", Resource: `${arn}/*` });

        const controlled = (options: object) =>
            domain({
                ...encrypted,
                AccessPolicies: everybody,
                AdvancedSecurityOptions: { Enabled: true, ...options },
            });
        const byArn = () => controlled({ MasterUserOptions: { MasterUserARN: world.boss.arn } });

        const mapping = (host: string, role: string, body: object, person = world.boss) =>
            world.send(host, "es", person, "PUT", `/_plugins/_security/api/rolesmapping/${role}`, body);

        it("refuses whom no role is mapped to, though IAM allows; a mapped backend role lets in", async () => {
            const host = await byArn();
            const pipeline = await world.user("pipeline", policy({ Action: "es:ESHttp*", Resource: "*" }));
            const endpoint = findEndpoint(world.simulator.world, host)!;
            const caller = world.contextOf(pipeline);
            const write = () => endpoint.bulk(caller, [{ action: "index", index: "orders", id: "1", document: {} }]);
            const error = await refusal(write());
            assert.deepEqual([error.code, error.status], ["security_exception", 403]);
            assert.match(
                error.message,
                /no permissions for \[indices:data\/write\/bulk\] and User \[name=arn:aws:iam::/,
            );
            assert.equal((await mapping(host, "all_access", { backend_roles: [pipeline.arn] })).status, 200);
            assert.deepEqual(await write(), [{ status: 201, id: "1" }]);
        });

        it("a mapping replaces the one before: the master user can put itself out", async () => {
            const host = await byArn();
            await mapping(host, "all_access", { backend_roles: ["somebody"] });
            const denied = await world.send(host, "es", world.boss, "PUT", "/orders");
            assert.equal(denied.status, 403);
            assert.equal(denied.body.error.type, "security_exception");
            // It still manages security.
            assert.equal((await mapping(host, "all_access", { users: [world.boss.arn] })).status, 200);
            assert.equal((await world.send(host, "es", world.boss, "PUT", "/orders")).status, 200);
        });

        it("a role of its own says which indices and what; the rest of a bulk request is refused line by line", async () => {
            const host = await byArn();
            const writer = await world.user("writer");
            const api = "/_plugins/_security/api/roles/writer";
            const role = {
                cluster_permissions: ["cluster_composite_ops"],
                index_permissions: [{ index_patterns: ["orders*"], allowed_actions: ["crud", "create_index"] }],
            };
            assert.equal((await world.send(host, "es", world.boss, "PUT", api, role)).status, 201);
            assert.equal((await mapping(host, "writer", { users: [writer.arn] })).status, 201);
            const body = lines(
                { index: { _index: "orders-1" } },
                { a: 1 },
                { index: { _index: "invoices" } },
                { a: 1 },
            );
            const { items } = (await world.send(host, "es", writer, "POST", "/_bulk", body)).body;
            assert.deepEqual(
                items.map(({ index }: { index: { status: number } }) => index.status),
                [201, 403],
            );
            const several = await world.send(host, "es", writer, "GET", "/orders-1,invoices/_count");
            assert.equal(several.status, 403);
            assert.equal((await world.send(host, "es", writer, "GET", "/orders-*/_count")).body.count, 1);
            assert.equal((await mapping(host, "writers", { users: [writer.arn] })).status, 404);
            const template = { index_patterns: ["orders*"] };
            assert.equal((await world.send(host, "es", writer, "PUT", "/_index_template/t", template)).status, 403);
            assert.equal((await world.send(host, "es", writer, "DELETE", "/orders-1")).status, 403);
            assert.equal((await mapping(host, "all_access", { users: [writer.arn] }, writer)).status, 403);
            const fixed = "/_plugins/_security/api/roles/all_access";
            assert.equal((await world.send(host, "es", world.boss, "PUT", fixed, role)).status, 403);
        });

        it("knows the master user of the internal database by its password", async () => {
            const host = await controlled({
                InternalUserDatabaseEnabled: true,
                MasterUserOptions: { MasterUserName: "boss", MasterUserPassword: "Correct1horse!" },
            });
            const login = (password: string) => {
                const authorization = `Basic ${Buffer.from(`boss:${password}`).toString("base64")}`;
                return world.sendRaw(host, "PUT", "/orders", "", { authorization });
            };
            assert.equal((await login("wrong")).status, 401);
            assert.equal((await login("Correct1horse!")).status, 200);
            // The administrator of the account is nobody here.
            assert.equal((await world.send(host, "es", world.boss, "PUT", "/invoices")).status, 403);
        });

        it("refuses conditions of roles that it would pass over, and users without a password", async () => {
            const host = await byArn();
            const api = (path: string, body: object) =>
                world.send(host, "es", world.boss, "PUT", `/_plugins/_security/api/${path}`, body);
            const role = (dls: string) => ({
                index_permissions: [{ index_patterns: ["*"], allowed_actions: [], dls }],
            });
            assert.match((await api("roles/reader", role('{"match_all":{}}'))).body.error.reason, /\[dls\] is not sim/);
            assert.equal((await api("roles/reader", role(""))).status, 201);
            const both = { and_backend_roles: ["a", "b"] };
            assert.match((await mapping(host, "reader", both)).body.error.reason, /\[and_backend_roles\] is not sim/);
            assert.equal((await mapping(host, "reader", { hosts: [], users: ["ann"] })).status, 201);
            assert.equal((await api("internalusers/ann", {})).status, 400);
            assert.equal((await api("internalusers/ann", { password: "Correct1horse!" })).status, 201);
            // It keeps the one that it has.
            assert.equal((await api("internalusers/ann", { backend_roles: ["a"] })).status, 200);
        });

        it("is managed only where it is", async () => {
            const host = await domain();
            assert.equal((await mapping(host, "all_access", {})).status, 400);
        });
    });

    it("a sink puts templates, and finds them again", async () => {
        const endpoint = findEndpoint(world.simulator.world, await domain())!;
        const mappings = { properties: { price: { type: "double" } } };
        assert.equal(await endpoint.indexTemplate(world.admin, "orders"), undefined);
        await endpoint.putIndexTemplate(
            world.admin,
            "orders",
            { index_patterns: ["orders*"], version: 3, mappings },
            "v1",
        );
        assert.equal((await endpoint.indexTemplate(world.admin, "orders"))!.version, 3);
        const template = { index_patterns: ["orders*"], template: { mappings }, version: 4 };
        await endpoint.putIndexTemplate(world.admin, "orders", template, "index-template");
        assert.equal((await endpoint.indexTemplate(world.admin, "orders"))!.version, 4);
        await endpoint.createIndex(world.admin, "orders");
        assert.equal(await endpoint.hasIndex(world.admin, "orders"), true);
        const version = { version: 2, versionType: "external" as const };
        const results = await endpoint.bulk(world.admin, [
            { action: "upsert", index: "orders", id: "a", document: { price: 1 } },
            { action: "index", index: "orders", id: "b", document: { price: "x" } },
            { action: "index", index: "orders", id: "c", document: {}, ...version },
            { action: "delete", index: "orders", id: "c", ...version },
            { action: "delete", index: "orders", id: "d" },
        ]);
        assert.deepEqual(
            results.map(({ status, error }) => [status, error?.type]),
            [
                [201, undefined],
                [400, "mapper_parsing_exception"],
                [201, undefined],
                [409, "version_conflict_engine_exception"],
                [404, undefined],
            ],
        );
    });

    it("what has arrived is shown to people, once for each domain", async () => {
        const host = await domain();
        await world.send(host, "es", world.boss, "PUT", "/orders/_doc/1", { a: 1 });
        const response = await fetch(`${world.simulator.endpoint}/_zero-etl/documents?index=orders`);
        assert.deepEqual(await response.json(), [
            { name: "orders", location: arn, documents: [{ id: "1", version: 1, document: { a: 1 } }] },
        ]);
        const others = await fetch(`${world.simulator.endpoint}/_zero-etl/documents?index=none`);
        assert.deepEqual(await others.json(), []);
    });

    it("in China domains have China's addresses", async () => {
        const china = await SearchWorld.open("cn-north-1");
        try {
            await china.call("es", "CreateDomain", { DomainName: "shop", ...small });
            await china.pass(minutes(16));
            const { DomainStatus } = await china.call("es", "DescribeDomain", { DomainName: "shop" });
            assert.match(DomainStatus.Endpoint, /\.cn-north-1\.es\.amazonaws\.com\.cn$/);
            const answer = await china.send(DomainStatus.Endpoint, "es", china.boss, "PUT", "/orders");
            assert.equal(answer.status, 200);
            const [{ caller }] = china.simulator.world.requests.find({ operation: "ESHttpPut" });
            assert.equal(caller, `arn:aws-cn:iam::${ACCOUNT}:user/administrator`);
        } finally {
            await china.stop();
        }
    });
});
