import * as assert from "node:assert/strict";

import { Domain } from "@pulumi/aws/opensearch/domain";
import { SearchTarget, type SearchTargetArgs } from "../../../components";
import { ACCOUNT, DEPLOYER, MockEngine, REGION, valueOf } from "./mocks";

const ROLE = `arn:aws:iam::${ACCOUNT}:role/pipeline`;
const DOMAIN = {
    arn: `arn:aws:es:${REGION}:${ACCOUNT}:domain/shop`,
    endpoint: `search-shop-x.${REGION}.es.amazonaws.com`,
};
const COLLECTION = {
    arn: `arn:aws:aoss:${REGION}:${ACCOUNT}:collection/abc`,
    id: "abc",
    endpoint: `https://abc.${REGION}.aoss.amazonaws.com`,
    name: "shop",
};

describe("SearchTarget", () => {
    let engine: MockEngine;

    beforeEach(() => {
        engine = MockEngine.start();
    });

    describe("of a domain", () => {
        it("is one domain, encrypted everywhere, in three zones", async () => {
            const search = new SearchTarget("catalog", { kind: "domain" });
            assert.equal(
                await valueOf(search.endpoint),
                `https://search-bank-dev-catalog-x.${REGION}.es.amazonaws.com`,
            );
            assert.deepEqual(engine.made("catalog"), [
                "domain:Domain catalog-domain",
                "zeroetl:index:SearchTarget catalog",
            ]);
            const { inputs } = engine.find("catalog-domain");
            assert.deepEqual(inputs.clusterConfig, {
                instanceType: "r7g.large.search",
                instanceCount: 3,
                zoneAwarenessEnabled: true,
                zoneAwarenessConfig: { availabilityZoneCount: 3 },
            });
            assert.deepEqual(inputs.encryptAtRest, { enabled: true });
            assert.deepEqual(inputs.nodeToNodeEncryption, { enabled: true });
            assert.deepEqual(inputs.domainEndpointOptions, {
                enforceHttps: true,
                tlsSecurityPolicy: "Policy-Min-TLS-1-2-PFS-2023-10",
            });
            assert.equal(inputs.accessPolicies, undefined);
            assert.equal(inputs.advancedSecurityOptions, undefined);
        });

        it("is encrypted with the key that is given", async () => {
            const kmsKeyArn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`;
            await valueOf(new SearchTarget("catalog", { kind: "domain", kmsKeyArn }).arn);
            assert.deepEqual(engine.find("catalog-domain").inputs.encryptAtRest, {
                enabled: true,
                kmsKeyId: kmsKeyArn,
            });
        });

        it("lets a pipeline's role in beside others, and says nothing of roles inside", async () => {
            const accepted = new SearchTarget("catalog", { kind: "domain" }).accept("products", {
                roleArn: ROLE,
                indexes: ["products"],
            });
            assert.equal(await valueOf(accepted.roleMapping), undefined);
            await valueOf(accepted.admission.urn);
            assert.deepEqual(engine.made("products"), [
                "zeroetl:OpenSearchDomainPolicyMember products-authorized",
                "zeroetl:index:AcceptedPipeline products",
            ]);
            assert.match(JSON.stringify(engine.find("products-authorized").inputs.members), new RegExp(ROLE));
            assert.deepEqual(engine.warnings, []);
        });

        it("under fine-grained access control tells the request that maps the role", async () => {
            const search = new SearchTarget("catalog", {
                kind: "domain",
                masterUserArn: `arn:aws:iam::${ACCOUNT}:role/master`,
            });
            const accepted = search.accept("products", {
                roleArn: ROLE,
                indexes: ["products"],
                securityRole: "products",
            });
            const mapping = await valueOf(accepted.roleMapping);
            assert.equal(mapping?.path, "/_plugins/_security/api/rolesmapping/products");
            assert.match(mapping.body, new RegExp(ROLE));
            assert.deepEqual(engine.warnings.length, 1);
            assert.match(engine.warnings[0]!, /fine-grained access control: map the pipeline's role/);
        });

        it("takes one of the program and one of elsewhere", async () => {
            const domain = new Domain("own", { domainName: "own" });
            const own = new SearchTarget("own-search", { kind: "domain", domain });
            assert.equal(await valueOf(own.name), "own");
            const other = new SearchTarget("other-search", { kind: "domain", domain: DOMAIN });
            assert.equal(await valueOf(other.name), "shop");
            assert.equal(await valueOf(other.endpoint), `https://${DOMAIN.endpoint}`);
            assert.deepEqual(engine.made("other-search"), ["zeroetl:index:SearchTarget other-search"]);
        });

        it("is what its reference says, in another program", async () => {
            const there = new SearchTarget("there", {
                kind: "domain",
                masterUserArn: ROLE,
            });
            const here = new SearchTarget("here", {
                kind: "domain",
                domain: there.reference() as NonNullable<Extract<SearchTargetArgs, { domain: object }>>["domain"],
            });
            assert.deepEqual(await valueOf(here.reference()), await valueOf(there.reference()));
        });

        it("changes the domain as it is told", async () => {
            const search = new SearchTarget("catalog", {
                kind: "domain",
                transform: { domain: { autoTuneOptions: { desiredState: "DISABLED" } } },
            });
            await valueOf(search.arn);
            assert.deepEqual(engine.find("catalog-domain").inputs.autoTuneOptions, { desiredState: "DISABLED" });
        });
    });

    describe("of a collection", () => {
        it("is a collection, its key and its network", async () => {
            const search = new SearchTarget("catalog", { kind: "collection" });
            assert.equal(await valueOf(search.endpoint), `https://catalog-collection-id.${REGION}.aoss.amazonaws.com`);
            assert.deepEqual(engine.made("catalog"), [
                "serverlessCollection:ServerlessCollection catalog-collection",
                "serverlessSecurityPolicy:ServerlessSecurityPolicy catalog-encryption",
                "serverlessSecurityPolicy:ServerlessSecurityPolicy catalog-network",
                "zeroetl:index:SearchTarget catalog",
            ]);
            const collection = engine.find("catalog-collection");
            assert.deepEqual(collection.inputs, {
                name: "bank-dev-catalog",
                type: "SEARCH",
                standbyReplicas: "ENABLED",
            });
            assert.deepEqual(JSON.parse(engine.find("catalog-encryption").inputs.policy as string), {
                Rules: [{ ResourceType: "collection", Resource: ["collection/bank-dev-catalog"] }],
                AWSOwnedKey: true,
            });
        });

        for (const first of ["catalog-encryption", "catalog-network"]) {
            it(`is made after ${first}`, async () => {
                engine = MockEngine.start({ slow: [first] });
                await valueOf(new SearchTarget("catalog", { kind: "collection" }).arn);
                assert.ok(engine.find("catalog-collection").after.includes(first));
            });
        }

        it("is reached through endpoints alone where they are given", async () => {
            const search = new SearchTarget("catalog", { kind: "collection", vpcEndpointIds: ["vpce-1"] });
            await valueOf(search.arn);
            const [{ AllowFromPublic, SourceVPCEs }] = JSON.parse(
                engine.find("catalog-network").inputs.policy as string,
            );
            assert.deepEqual({ AllowFromPublic, SourceVPCEs }, { AllowFromPublic: false, SourceVPCEs: ["vpce-1"] });
            assert.equal((await valueOf(search.reference())).isPrivate, true);
        });

        it("lets the pipeline's role write, and whoever deploys make the indexes", async () => {
            const search = new SearchTarget("catalog", { kind: "collection", collection: COLLECTION });
            const accepted = search.accept("products", { roleArn: ROLE, indexes: ["products"] });
            assert.equal(await valueOf(accepted.roleMapping), undefined);
            await valueOf(accepted.admission.urn);
            assert.deepEqual(engine.made("products"), [
                "serverlessAccessPolicy:ServerlessAccessPolicy products-access",
                "zeroetl:index:AcceptedPipeline products",
            ]);
            const { type, policy } = engine.find("products-access").inputs;
            assert.equal(type, "data");
            const principals = JSON.parse(policy as string).flatMap(
                ({ Principal }: { Principal: string[] }) => Principal,
            );
            assert.deepEqual([...new Set(principals)].sort(), [DEPLOYER, ROLE].sort());
            assert.match(policy as string, /index\/shop\/products/);
        });

        it("lets others make the indexes where they are named", async () => {
            const search = new SearchTarget("catalog", {
                kind: "collection",
                collection: COLLECTION,
                indexAdministrators: [`arn:aws:iam::${ACCOUNT}:role/search`],
            });
            await valueOf(search.accept("products", { roleArn: ROLE, indexes: ["products"] }).admission.urn);
            const policy = engine.find("products-access").inputs.policy as string;
            assert.match(policy, /role\/search/);
            assert.doesNotMatch(policy, /role\/ci\/deploy/);
        });

        it("lets nobody but pipelines in where there are no administrators", async () => {
            const search = new SearchTarget("catalog", {
                kind: "collection",
                collection: COLLECTION,
                indexAdministrators: [],
            });
            await valueOf(search.accept("products", { roleArn: ROLE, indexes: ["products"] }).admission.urn);
            const statements = JSON.parse(engine.find("products-access").inputs.policy as string);
            assert.deepEqual(
                statements.map(({ Principal }: { Principal: string[] }) => Principal),
                [[ROLE]],
            );
        });
    });

    it("tells how a domain gets a model, and that a collection has one", async () => {
        const connectorRoleArn = `arn:aws:iam::${ACCOUNT}:role/bedrock`;
        const domain = new SearchTarget("catalog", { kind: "domain" });
        assert.match(
            await valueOf(domain.modelInstructions({ connectorRoleArn })),
            /POST https:\/\/search-bank-dev-catalog-x.*\/connectors\/_create[^]*role\/bedrock/,
        );
        const collection = new SearchTarget("profiles", { kind: "collection" });
        assert.throws(() => collection.modelInstructions({ connectorRoleArn }), /enrichedText/);
    });

    const refused: [string, SearchTargetArgs, RegExp][] = [
        [
            "a domain's name that is too long",
            { kind: "domain", domainName: "a".repeat(29) },
            /^InvalidArgument: domainName: .*3 to 28/,
        ],
        [
            "a collection's name in capitals",
            { kind: "collection", collectionName: "Shop" },
            /^InvalidArgument: collectionName: "Shop"/,
        ],
        [
            "more zones than nodes",
            { kind: "domain", instanceCount: 1, availabilityZones: 3 },
            /^InvalidArgument: availabilityZones: 1 node /,
        ],
        [
            "fewer subnets than zones",
            { kind: "domain", vpc: { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] } },
            /^InvalidArgument: availabilityZones: .*3 Availability Zones and 1 subnets/,
        ],
    ];
    for (const [what, args, message] of refused) {
        it(`refuses ${what}`, () => {
            assert.throws(() => new SearchTarget("catalog", args), message);
        });
    }

    it("has no argument of a new one for one that exists", () => {
        // @ts-expect-error - the domain is there already
        const domain: SearchTargetArgs = { kind: "domain", domain: DOMAIN, instanceCount: 3 };
        // @ts-expect-error - a domain has no administrators of indexes
        const other: SearchTargetArgs = { kind: "domain", indexAdministrators: [] };
        // @ts-expect-error - a collection has no nodes
        const collection: SearchTargetArgs = { kind: "collection", instanceCount: 3 };
        assert.ok(domain && other && collection);
    });
});
