import assert from "node:assert/strict";

import { Table } from "@pulumi/aws/dynamodb/table";
import { Cluster as DocumentDbCluster } from "@pulumi/aws/docdb/cluster";
import { ClusterParameterGroup } from "@pulumi/aws/docdb/clusterParameterGroup";
import { Cluster } from "@pulumi/aws/rds/cluster";
import type { PolicyResource } from "@pulumi/policy";
import { evaluate, rules, Stack, type Rule } from "pulumi-policy-aws-zero-etl";

import {
    AuroraToOpenSearch,
    DocumentDbToOpenSearch,
    DynamoDbToOpenSearch,
    SearchTarget,
    SourceParameterGroup,
    type SearchPipeline,
} from "../../../components";
import { ACCOUNT, MockEngine, REGION, valueOf } from "../components/mocks";

const { unknownCheckingProxy } = require("@pulumi/policy/proxy") as {
    unknownCheckingProxy(properties: object): Record<string, unknown>;
};

const vpc = { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"], attachmentCidr: "10.99.20.0/24" };

/** What our components make of each source, with nothing but what they need. */
const PROGRAMS: Record<string, () => SearchPipeline> = {
    "a table in a domain": () =>
        new DynamoDbToOpenSearch("catalog", {
            table: new Table("products", {
                hashKey: "sku",
                attributes: [{ name: "sku", type: "S" }],
                billingMode: "PAY_PER_REQUEST",
                pointInTimeRecovery: { enabled: true },
                streamEnabled: true,
                streamViewType: "NEW_AND_OLD_IMAGES",
            }),
            search: new SearchTarget("search", { kind: "domain" }),
            index: { name: "products" },
        }),
    "a collection in a collection": () =>
        new DocumentDbToOpenSearch("profiles", {
            cluster: new DocumentDbCluster("accounts", {
                manageMasterUserPassword: true,
                dbClusterParameterGroupName: new ClusterParameterGroup("keeps", {
                    name: "keeps",
                    family: "docdb5.0",
                    parameters: [{ name: "change_stream_log_retention_duration", value: "86400" }],
                }).name,
            }),
            collection: "accounts.profiles",
            search: new SearchTarget("search", { kind: "collection", vpcEndpointIds: ["vpce-0a1b2c3d"] }),
            index: { name: "profiles" },
            vpc,
        }),
    "a database in a domain": () => {
        const parameterGroup = new SourceParameterGroup("orders", {
            engine: "aurora-postgresql",
            engineVersion: "16.6",
            target: "opensearch",
        });
        return new AuroraToOpenSearch("orders", {
            engine: "aurora-postgresql",
            source: new Cluster("shop", {
                engine: "aurora-postgresql",
                engineVersion: "16.6",
                manageMasterUserPassword: true,
                dbClusterParameterGroupName: parameterGroup.name,
            }),
            database: "shop",
            initialLoad: { kmsKeyArn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/1` },
            search: new SearchTarget("search", { kind: "domain" }),
            index: { name: "orders" },
            tables: { include: ["public.orders"] },
            vpc,
        });
    },
};

/** The program's resources, as the engine shows them to policies when all is made. */
async function resourcesOf(program: () => SearchPipeline): Promise<PolicyResource[]> {
    const engine = MockEngine.start();
    const resources: PolicyResource[] = [];
    const answer = engine.newResource.bind(engine);
    engine.newResource = async (args) => {
        const made = await answer(args);
        resources.push({
            urn: `urn:pulumi:dev::bank::${args.type}::${args.name}`,
            type: args.type,
            name: args.name,
            props: unknownCheckingProxy({ region: REGION, ...made.state, ...args.inputs }),
            provider: { urn: "urn:default" },
            propertyDependencies: {},
        } as unknown as PolicyResource);
        return made;
    };
    await valueOf(program().pipeline.urn);
    return resources;
}

describe("what our components make", () => {
    for (const [what, program] of Object.entries(PROGRAMS)) {
        it(`breaks no rule, and leaves none undecided that is about pipelines: ${what}`, async () => {
            const stack = new Stack(await resourcesOf(program));
            const verdicts = rules.flatMap((rule: Rule) =>
                evaluate(rule, stack, ["linked", "tagged"]).map((verdict) => ({ rule: rule.id, ...verdict })),
            );
            assert.deepEqual(
                verdicts
                    .filter(({ answer }) => answer !== "compliant")
                    .map(
                        (verdict) =>
                            `${verdict.rule} ${verdict.subject.name}: ${JSON.stringify({ ...verdict, subject: undefined })}`,
                    ),
                [],
            );
            const judged = new Set(verdicts.map(({ rule }) => rule));
            for (const id of [
                "pipeline-body",
                "pipeline-dead-letters",
                "pipeline-role-permissions",
                "pipeline-role-width",
            ]) {
                assert.ok(judged.has(id), id);
            }
        });
    }
});
