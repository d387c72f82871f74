import * as assert from "node:assert/strict";

import { endpointAt } from "../../../simulator/search/store";
import { minutes, seconds } from "../../../simulator/world/clock";
import { ACCOUNT, REGION } from "./glue-world";
import { NAME, PipelineWorld, ROLE_ARN } from "./pipeline-world";

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers, taken apart by tests
type Any = any;

/** A pipeline whose sink is a domain or a collection of the simulator's own, not a fake. */
class SearchPipeline extends PipelineWorld {
    host = "";

    pointAt(endpoint: string): void {
        this.host = endpoint.replace(/^https:\/\//, "");
        this.sink.hosts = [`https://${this.host}`];
    }

    /** @param principal who may use the domain, by its access policy */
    async makeDomain(principal: string, more: object = {}): Promise<void> {
        await this.ctx.call("es", "CreateDomain", {
            DomainName: "orders",
            EBSOptions: { EBSEnabled: true, VolumeType: "gp3", VolumeSize: 10 },
            AccessPolicies: JSON.stringify({
                Version: "2012-10-17",
                Statement: [
                    {
                        Effect: "Allow",
                        Principal: { AWS: principal },
                        Action: "es:ESHttp*",
                        Resource: `arn:aws:es:${REGION}:${ACCOUNT}:domain/orders/*`,
                    },
                ],
            }),
            ...more,
        });
        await this.pass(minutes(60));
        const { DomainStatus } = await this.ctx.call("es", "DescribeDomain", { DomainName: "orders" });
        this.pointAt(DomainStatus.Endpoint);
    }

    /** @param permissions of the role on the collection's indexes */
    async makeCollection(permissions: string[]): Promise<void> {
        const rules = (ResourceType: string, Resource: string) => ({ ResourceType, Resource: [Resource] });
        await this.ctx.call("aoss", "CreateSecurityPolicy", {
            name: "orders",
            type: "encryption",
            policy: JSON.stringify({ Rules: [rules("collection", "collection/orders")], AWSOwnedKey: true }),
        });
        await this.ctx.call("aoss", "CreateAccessPolicy", {
            name: "orders",
            type: "data",
            policy: JSON.stringify([
                {
                    Rules: [{ ...rules("index", "index/orders/*"), Permission: permissions }],
                    Principal: [ROLE_ARN],
                },
            ]),
        });
        await this.ctx.call("aoss", "CreateCollection", { name: "orders", type: "SEARCH" });
        await this.pass(minutes(10));
        const { collectionDetails } = await this.ctx.call("aoss", "BatchGetCollection", { names: ["orders"] });
        this.pointAt(collectionDetails[0].collectionEndpoint);
        Object.assign(this.sink.aws, {
            serverless: true,
            serverless_options: { network_policy_name: "orders-pipeline", collection_name: "orders" },
        });
    }

    /** What the cluster holds, whoever may see it. */
    documents(index = "orders-v1"): Any {
        return Object.fromEntries(
            [...endpointAt(this.world, this.host)!.cluster.index(index).documents].map(([id, { source }]: Any) => [
                id,
                source,
            ]),
        );
    }
}

describe("simulator/pipelines: from a table to a search cluster", () => {
    const order = (id: string, more: object = {}) => ({ id: { S: id }, ...more });
    const TEMPLATE = JSON.stringify({
        version: 1,
        mappings: { properties: { id: { type: "keyword" }, total: { type: "double" } } },
    });

    it("a domain: documents follow the table, what does not fit is among the dead letters", async () => {
        const pipelines = new SearchPipeline();
        pipelines.sink.template_content = TEMPLATE;
        await pipelines.setUp();
        await pipelines.makeDomain(ROLE_ARN);
        await pipelines.put(order("1", { total: { N: "10" } }));
        const { Status, StatusReason } = await pipelines.created();
        assert.equal(Status, "ACTIVE", StatusReason?.Description);
        await pipelines.pass(minutes(3));
        assert.deepEqual(pipelines.documents(), { "1": { id: "1", total: 10 } });
        await pipelines.put(order("2", { total: { S: "many" } }));
        await pipelines.put(order("3", { total: { N: "30" } }));
        await pipelines.put(order("1", { total: { N: "11" } }));
        await pipelines.delete({ id: { S: "3" } });
        await pipelines.pass(seconds(3));
        assert.deepEqual(pipelines.documents(), { "1": { id: "1", total: 11 } });
        const [{ letters }] = await pipelines.deadLetters();
        assert.equal(letters.length, 1);
        assert.equal(letters[0].failedData.indexId, "2");
        assert.match(letters[0].failedData.message, /mapper_parsing_exception/);
    });

    it("a domain whose access policy leaves the role out: nothing arrives, 403 is counted", async () => {
        const pipelines = new SearchPipeline();
        await pipelines.setUp();
        await pipelines.makeDomain(`arn:aws:iam::${ACCOUNT}:user/administrator`);
        await pipelines.put(order("1"));
        assert.equal((await pipelines.created()).Status, "ACTIVE");
        await pipelines.pass(minutes(4));
        const refused = "orders-pipeline.opensearch.bulkRequestNotAllowedErrors.count";
        assert.ok((await pipelines.sum(refused)) > 0);
        pipelines.rolePolicy.push({
            Effect: "Allow",
            Action: ["es:ESHttp*"],
            Resource: `arn:aws:es:${REGION}:${ACCOUNT}:domain/orders/*`,
        });
        await pipelines.putRolePolicy();
        await pipelines.pass(minutes(10));
        assert.deepEqual(pipelines.documents(), { "1": { id: "1" } });
    });

    it("a domain with fine-grained access control: nothing arrives until the role is mapped", async () => {
        const pipelines = new SearchPipeline();
        await pipelines.setUp();
        await pipelines.makeDomain("*", {
            AdvancedSecurityOptions: {
                Enabled: true,
                MasterUserOptions: { MasterUserARN: `arn:aws:iam::${ACCOUNT}:user/administrator` },
            },
            NodeToNodeEncryptionOptions: { Enabled: true },
            EncryptionAtRestOptions: { Enabled: true },
            DomainEndpointOptions: { EnforceHTTPS: true },
        });
        await pipelines.put(order("1"));
        assert.equal((await pipelines.created()).Status, "ACTIVE");
        await pipelines.pass(minutes(4));
        assert.ok((await pipelines.sum("orders-pipeline.opensearch.bulkRequestNotAllowedErrors.count")) > 0);
        await endpointAt(pipelines.world, pipelines.host)!.request(pipelines.ctx, {
            method: "PUT",
            path: "/_plugins/_security/api/rolesmapping/all_access",
            query: {},
            body: JSON.stringify({ backend_roles: [ROLE_ARN] }),
        });
        await pipelines.pass(minutes(15));
        assert.deepEqual(pipelines.documents(), { "1": { id: "1" } });
    });

    const PERMISSIONS = ["aoss:CreateIndex", "aoss:UpdateIndex", "aoss:DescribeIndex", "aoss:WriteDocument"];
    const COLLECTION = {
        Effect: "Allow",
        Action: ["APIAccessAll", "CreateSecurityPolicy", "GetSecurityPolicy", "UpdateSecurityPolicy"].map(
            (action) => `aoss:${action}`,
        ),
        Resource: "*",
    };

    it("a collection: the service opens its own way in, and closes it when the pipeline stops", async () => {
        const pipelines = new SearchPipeline();
        pipelines.rolePolicy.push(COLLECTION);
        await pipelines.setUp();
        await pipelines.makeCollection(PERMISSIONS);
        await pipelines.put(order("1", { total: { N: "10" } }));
        const { Status, StatusReason, ServiceVpcEndpoints } = await pipelines.created();
        assert.equal(Status, "ACTIVE", StatusReason?.Description);
        await pipelines.pass(minutes(4));
        assert.deepEqual(pipelines.documents(), { "1": { id: "1", total: 10 } });
        const network = { name: "orders-pipeline", type: "network" };
        const { securityPolicyDetail } = await pipelines.ctx.call("aoss", "GetSecurityPolicy", network);
        assert.deepEqual(securityPolicyDetail.policy, [
            {
                Rules: [{ ResourceType: "collection", Resource: ["collection/orders"] }],
                SourceVPCEs: [ServiceVpcEndpoints[0].VpcEndpointId],
            },
        ]);
        await pipelines.osis("StopPipeline", { PipelineName: NAME });
        await pipelines.pass(minutes(2));
        await assert.rejects(pipelines.ctx.call("aoss", "GetSecurityPolicy", network), {
            code: "ResourceNotFoundException",
        });
        await pipelines.put(order("2"));
        await pipelines.osis("StartPipeline", { PipelineName: NAME });
        await pipelines.pass(minutes(6));
        assert.deepEqual(Object.keys(pipelines.documents()), ["1", "2"]);
    });

    it("a collection: two sinks come in by the same way", async () => {
        const pipelines = new SearchPipeline();
        pipelines.rolePolicy.push(COLLECTION);
        await pipelines.setUp();
        await pipelines.makeCollection(PERMISSIONS);
        pipelines.pipeline.sink.push({ opensearch: { ...pipelines.sink, index: "copies" } });
        await pipelines.put(order("1"));
        const { Status, StatusReason } = await pipelines.created();
        assert.equal(Status, "ACTIVE", StatusReason?.Description);
        await pipelines.pass(minutes(4));
        assert.deepEqual(pipelines.documents("copies"), pipelines.documents());
    });

    it("a collection: keeps what else a network policy says", async () => {
        const pipelines = new SearchPipeline();
        pipelines.rolePolicy.push(COLLECTION);
        await pipelines.setUp();
        await pipelines.makeCollection(PERMISSIONS);
        const rest = [
            { Rules: [{ ResourceType: "dashboard", Resource: ["collection/orders"] }], AllowFromPublic: true },
        ];
        const network = { name: "orders-pipeline", type: "network" };
        await pipelines.ctx.call("aoss", "CreateSecurityPolicy", { ...network, policy: JSON.stringify(rest) });
        assert.equal((await pipelines.created()).Status, "ACTIVE");
        const policy = async () =>
            (await pipelines.ctx.call("aoss", "GetSecurityPolicy", network)).securityPolicyDetail.policy;
        assert.equal((await policy()).length, 2);
        await pipelines.osis("DeletePipeline", { PipelineName: NAME });
        await pipelines.pass(minutes(3));
        assert.deepEqual(await policy(), rest);
    });

    for (const action of [...COLLECTION.Action.filter((each) => each !== "aoss:UpdateSecurityPolicy")]) {
        it(`a collection: a role without ${action} does not get in`, async () => {
            const pipelines = new SearchPipeline();
            pipelines.rolePolicy.push(COLLECTION);
            pipelines.withdraw(action);
            await pipelines.setUp();
            await pipelines.makeCollection(PERMISSIONS);
            const { Status, StatusReason } = await pipelines.created();
            assert.equal(Status, "CREATE_FAILED");
            assert.match(StatusReason.Description, new RegExp(`perform: ${action}`));
        });
    }

    it("a collection: a data access policy without DescribeIndex keeps the pipeline from starting", async () => {
        const pipelines = new SearchPipeline();
        pipelines.rolePolicy.push(COLLECTION);
        await pipelines.setUp();
        await pipelines.makeCollection(PERMISSIONS.filter((each) => each !== "aoss:DescribeIndex"));
        assert.equal((await pipelines.created()).Status, "CREATE_FAILED");
        // The way in that was opened to find this out is closed again.
        const network = { name: "orders-pipeline", type: "network" };
        await assert.rejects(pipelines.ctx.call("aoss", "GetSecurityPolicy", network), {
            code: "ResourceNotFoundException",
        });
    });
});
