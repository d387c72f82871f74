import * as assert from "node:assert/strict";

import { allServices } from "../../../simulator/services";
import { days, hours, minutes, seconds } from "../../../simulator/world/clock";
import { World } from "../../../simulator/world/world";
import { ACCOUNT, document, OTHER_ACCOUNT, refusal, REGION } from "./glue-world";
import { idOf, TABLE_ARN, Warehousing } from "./warehouse-world";

const CLUSTER = {
    ClusterIdentifier: "dwh",
    NodeType: "ra3.large",
    NumberOfNodes: 2,
    MasterUsername: "admin",
    MasterUserPassword: "Secret123",
};

function clusterWorld() {
    const world = new World({ services: allServices });
    const ctx = world.administrator(ACCOUNT, REGION);
    const call = (operation: string, input: object = {}) => ctx.call("redshift", operation, input);
    const cluster = async () => (await call("DescribeClusters", { ClusterIdentifier: "dwh" })).Clusters[0];
    const pass = (ms: number) => world.clock.advance(ms);
    return { world, ctx, call, cluster, pass };
}

describe("simulator/redshift: clusters", () => {
    it("are created, rebooted, paused, resumed and deleted in the world's time", async () => {
        const { call, cluster, pass } = clusterWorld();
        await call("CreateCluster", CLUSTER);
        assert.equal((await cluster()).ClusterStatus, "creating");
        assert.equal((await refusal(call("RebootCluster", CLUSTER))).code, "InvalidClusterStateFault");
        await pass(minutes(6));
        const { ClusterStatus, ClusterNamespaceArn, Encrypted, Endpoint } = await cluster();
        assert.deepEqual([ClusterStatus, Encrypted, Endpoint.Port], ["available", true, 5439]);
        assert.match(ClusterNamespaceArn, /^arn:aws:redshift:eu-west-1:123456789012:namespace:[0-9a-f-]{36}$/);
        for (const [operation, during, after] of [
            ["RebootCluster", "rebooting", "available"],
            ["PauseCluster", "pausing", "paused"],
            ["ResumeCluster", "resuming", "available"],
        ]) {
            await call(operation, { ClusterIdentifier: "dwh" });
            assert.equal((await cluster()).ClusterStatus, during);
            await pass(minutes(6));
            assert.equal((await cluster()).ClusterStatus, after);
        }
        await call("DeleteCluster", { ClusterIdentifier: "dwh", SkipFinalClusterSnapshot: true });
        await pass(minutes(3));
        assert.equal((await refusal(cluster())).code, "ClusterNotFoundFault");
    });

    it("have no node types, node counts or passwords that AWS does not take", async () => {
        const { call } = clusterWorld();
        for (const [more, code] of [
            [{ NodeType: "ra3.medium" }, "InvalidParameterValue"],
            [{ NumberOfNodes: 129 }, "NumberOfNodesPerClusterLimitExceededFault"],
            [{ ClusterType: "single-node" }, "InvalidParameterCombination"],
            [{ ManageMasterPassword: true }, "InvalidParameterCombination"],
            [{ ClusterParameterGroupName: "none" }, "ClusterParameterGroupNotFoundFault"],
            [{ ClusterSubnetGroupName: "none" }, "ClusterSubnetGroupNotFoundFault"],
        ] as const) {
            assert.equal((await refusal(call("CreateCluster", { ...CLUSTER, ...more }))).code, code);
        }
    });

    it("take static parameters with a reboot, and say so before", async () => {
        const { call, cluster, pass } = clusterWorld();
        const status = async () => (await cluster()).ClusterParameterGroups[0];
        await call("CreateCluster", CLUSTER);
        await pass(minutes(6));
        assert.equal((await status()).ParameterApplyStatus, "in-sync");

        await call("CreateClusterParameterGroup", {
            ParameterGroupName: "zero-etl",
            ParameterGroupFamily: "redshift-1.0",
            Description: "case sensitive",
        });
        await call("ModifyClusterParameterGroup", {
            ParameterGroupName: "zero-etl",
            Parameters: [{ ParameterName: "enable_case_sensitive_identifier", ParameterValue: "true" }],
        });
        await call("ModifyCluster", { ClusterIdentifier: "dwh", ClusterParameterGroupName: "zero-etl" });
        assert.equal((await status()).ParameterApplyStatus, "applying");
        await pass(minutes(1));
        assert.deepEqual(await status(), {
            ParameterGroupName: "zero-etl",
            ParameterApplyStatus: "pending-reboot",
            ClusterParameterStatusList: [
                { ParameterName: "enable_case_sensitive_identifier", ParameterApplyStatus: "pending-reboot" },
            ],
        });
        await call("RebootCluster", { ClusterIdentifier: "dwh" });
        await pass(minutes(4));
        assert.equal((await status()).ParameterApplyStatus, "in-sync");
        const inUse = call("DeleteClusterParameterGroup", { ParameterGroupName: "zero-etl" });
        assert.equal((await refusal(inUse)).code, "InvalidClusterParameterGroupStateFault");
    });

    it("parameter groups refuse what is no parameter or no value of it, and are reset", async () => {
        const { call } = clusterWorld();
        const group = { ParameterGroupName: "g" };
        await call("CreateClusterParameterGroup", { ...group, ParameterGroupFamily: "redshift-2.0", Description: "d" });
        const set = (ParameterName: string, ParameterValue: string) =>
            call("ModifyClusterParameterGroup", { ...group, Parameters: [{ ParameterName, ParameterValue }] });
        assert.equal((await refusal(set("enable_case_sensitivity", "true"))).code, "InvalidParameterValue");
        assert.equal((await refusal(set("enable_case_sensitive_identifier", "yes"))).code, "InvalidParameterValue");
        await set("enable_case_sensitive_identifier", "true");
        const own = async () => (await call("DescribeClusterParameters", { ...group, Source: "user" })).Parameters;
        assert.deepEqual(
            (await own()).map((p: { ParameterName: string; ApplyType: string }) => [p.ParameterName, p.ApplyType]),
            [["enable_case_sensitive_identifier", "static"]],
        );
        await call("ResetClusterParameterGroup", { ...group, ResetAllParameters: true });
        assert.deepEqual(await own(), []);
        const changed = call("ModifyClusterParameterGroup", {
            ParameterGroupName: "default.redshift-1.0",
            Parameters: [],
        });
        assert.equal((await refusal(changed)).code, "InvalidClusterParameterGroupStateFault");
    });
});

describe("simulator/redshift: the policy of a namespace", () => {
    const policy = (account: string) =>
        document([
            {
                Effect: "Allow",
                Principal: { AWS: `arn:aws:iam::${account}:root` },
                Action: "redshift:CreateInboundIntegration",
                Resource: "*",
            },
        ]);

    it("is one document, to the byte; Put replaces it, and conflicts while another is applied", async () => {
        const { target, namespaceArn: ResourceArn, pass, world } = await readyWarehouse();
        const put = (Policy: string) => target.call("redshift", "PutResourcePolicy", { ResourceArn, Policy });
        await pass(seconds(2));
        await put(` ${policy(ACCOUNT)}\n`);
        assert.equal((await refusal(put(policy(OTHER_ACCOUNT)))).code, "ConflictPolicyUpdateFault");
        await pass(seconds(2));
        await put(policy(OTHER_ACCOUNT));
        const read = () => target.call("redshift", "GetResourcePolicy", { ResourceArn });
        assert.equal((await read()).ResourcePolicy.Policy, policy(OTHER_ACCOUNT));
        await pass(seconds(2));
        assert.equal((await refusal(put("{}"))).code, "InvalidPolicyFault");
        await target.call("redshift", "DeleteResourcePolicy", { ResourceArn });
        assert.equal((await refusal(read())).code, "ResourceNotFoundFault");
        const stranger = world
            .administrator(OTHER_ACCOUNT, REGION)
            .call("redshift", "GetResourcePolicy", { ResourceArn });
        assert.match((await refusal(stranger)).code, /AccessDenied|ResourceNotFoundFault/);
    });

    it("is not the one of Redshift Serverless, which has no effect on integrations", async () => {
        const warehousing = await new Warehousing().setUp();
        const { target, namespaceArn, pass } = bound(warehousing);
        await target.call("redshift", "DeleteResourcePolicy", { ResourceArn: namespaceArn });
        await target.call("redshift-serverless", "PutResourcePolicy", {
            resourceArn: namespaceArn,
            policy: document([
                {
                    Effect: "Allow",
                    Principal: { Service: "redshift.amazonaws.com" },
                    Action: "redshift:AuthorizeInboundIntegration",
                    Resource: namespaceArn,
                },
            ]),
        });
        const arn = await warehousing.create();
        await pass(minutes(20));
        assert.equal((await warehousing.describe(arn)).Status, "failed");
    });
});

describe("simulator/redshift: integrations", () => {
    it("are created, changed and deleted, and told of by their filters", async () => {
        const warehousing = await new Warehousing().setUp();
        const { source, pass } = bound(warehousing);
        const arn = await warehousing.create({ TagList: [{ Key: "team", Value: "sales" }], Description: "all orders" });
        assert.match(arn, /^arn:aws:redshift:eu-west-1:123456789012:integration:[0-9a-f-]{36}$/);
        const early = source.call("redshift", "DeleteIntegration", { IntegrationArn: arn });
        assert.equal((await refusal(early)).code, "IntegrationConflictStateFault");
        await pass(minutes(20));
        const found = async (Name: string, Value: string) =>
            (await source.call("redshift", "DescribeIntegrations", { Filters: [{ Name, Values: [Value] }] }))
                .Integrations.length;
        assert.deepEqual(
            [
                await found("status", "active"),
                await found("status", "failed"),
                await found("source-arn", TABLE_ARN),
                await found("source-types", "dynamodb"),
                await found("integration-arn", arn),
            ],
            [1, 0, 1, 1, 1],
        );
        await source.call("redshift", "ModifyIntegration", { IntegrationArn: arn, IntegrationName: "all-orders" });
        assert.equal((await warehousing.describe(arn)).Status, "modifying");
        await pass(minutes(2));
        const { Integrations } = await source.call("redshift", "DescribeIntegrations");
        const { IntegrationName, Description, Status, Tags } = Integrations[0];
        assert.deepEqual(
            [IntegrationName, Description, Status, Tags],
            ["all-orders", "all orders", "active", [{ Key: "team", Value: "sales" }]],
        );
        await source.call("redshift", "DeleteIntegration", { IntegrationArn: arn });
        await pass(minutes(4));
        assert.equal((await refusal(warehousing.describe(arn))).code, "IntegrationNotFoundFault");
    });

    it("refuse what AWS refuses", async () => {
        const warehousing = await new Warehousing().setUp();
        const refused = async (more: object) => (await refusal(warehousing.create(more))).code;
        const other = TABLE_ARN.replace("Orders", "None");
        const unknown = warehousing.namespaceArn.replace(/[^/]*$/, "00000000-0000-0000-0000-000000000000");
        assert.equal(await refused({ IntegrationName: "a--b" }), "InvalidParameterValue");
        assert.equal(await refused({ SourceArn: "arn:aws:rds:eu-west-1:123456789012:db:x" }), "InvalidParameterValue");
        assert.equal(await refused({ SourceArn: other }), "IntegrationSourceNotFoundFault");
        assert.equal(await refused({ TargetArn: unknown }), "IntegrationTargetNotFoundFault");
        assert.equal(await refused({ AdditionalEncryptionContext: { a: "b" } }), "InvalidParameterCombination");
        await warehousing.create();
        assert.equal(await refused({ IntegrationName: "again" }), "IntegrationAlreadyExistsFault");
        assert.equal(await refused({}), "IntegrationAlreadyExistsFault");
    });

    it("from another account need the namespace's leave", async () => {
        const warehousing = await new Warehousing(OTHER_ACCOUNT).setUp();
        const arn = await warehousing.create();
        await warehousing.pass(minutes(20));
        assert.equal((await warehousing.describe(arn)).Status, "active");
        const inbound = await warehousing.target.call("redshift", "DescribeInboundIntegrations", {
            TargetArn: warehousing.namespaceArn,
        });
        assert.deepEqual(
            inbound.InboundIntegrations.map((i: { IntegrationArn: string }) => i.IntegrationArn),
            [arn],
        );

        const closed = await new Warehousing(OTHER_ACCOUNT).setUp();
        await closed.target.call("redshift", "DeleteResourcePolicy", { ResourceArn: closed.namespaceArn });
        assert.equal((await refusal(closed.create())).code, "AccessDeniedException");
    });

    it("keep the warehouse from being queried and changed while they are set up", async () => {
        const warehousing = await new Warehousing().setUp();
        const { target, pass } = bound(warehousing);
        await warehousing.create();
        const status = async () =>
            (await target.call("redshift-serverless", "GetWorkgroup", { workgroupName: "sales" })).workgroup.status;
        assert.equal(await status(), "MODIFYING");
        const busy = target.call("redshift-serverless", "UpdateWorkgroup", { workgroupName: "sales", baseCapacity: 8 });
        assert.equal((await refusal(busy)).code, "ConflictException");
        assert.match((await refusal(warehousing.sql("SELECT 1"))).message, /not available/);
        await pass(minutes(20));
        assert.equal(await status(), "AVAILABLE");
    });

    it("are 50 at most in one warehouse", async function () {
        this.timeout(20_000);
        const warehousing = await new Warehousing().setUp();
        const { source } = bound(warehousing);
        const create = async (n: number) => {
            await source.call("dynamodb", "CreateTable", {
                TableName: `Table${n}`,
                AttributeDefinitions: [{ AttributeName: "Id", AttributeType: "S" }],
                KeySchema: [{ AttributeName: "Id", KeyType: "HASH" }],
                BillingMode: "PAY_PER_REQUEST",
            });
            return warehousing.create({
                IntegrationName: `t${n}`,
                SourceArn: TABLE_ARN.replace("Orders", `Table${n}`),
            });
        };
        for (let n = 1; n <= 50; n++) {
            await create(n);
        }
        assert.equal((await refusal(create(51))).code, "IntegrationQuotaExceededFault");
    });
});

describe("simulator/redshift: an integration's prerequisites", () => {
    const cases: [string, (w: Warehousing) => void, (w: Warehousing) => unknown, code: string][] = [
        [
            "point-in-time recovery",
            (w) => (w.pointInTimeRecovery = false),
            (w) => w.setRecovery(true),
            "INVALID_TABLE_POINT_IN_TIME_RECOVERY",
        ],
        [
            "the table policy's export statement",
            (w) => w.tablePolicy.shift(),
            async (w) => {
                w.tablePolicy = new Warehousing().tablePolicy;
                await w.putTablePolicy();
            },
            "INVALID_TABLE_PERMISSIONS",
        ],
        [
            "the table policy's statement for the exports' status",
            (w) => w.tablePolicy.pop(),
            async (w) => {
                w.tablePolicy = new Warehousing().tablePolicy;
                await w.putTablePolicy();
            },
            "INVALID_TABLE_PERMISSIONS",
        ],
        [
            "case-sensitive identifiers",
            (w) => (w.caseSensitive = false),
            (w) =>
                w.target.call("redshift-serverless", "UpdateWorkgroup", {
                    workgroupName: "sales",
                    configParameters: [{ parameterKey: "enable_case_sensitive_identifier", parameterValue: "true" }],
                }),
            "TARGET_CASE_SENSITIVITY",
        ],
    ];
    for (const [what, spoil, repair, code] of cases) {
        it(`without ${what}, it needs attention, and heals`, async () => {
            const warehousing = new Warehousing();
            spoil(warehousing);
            await warehousing.setUp();
            const arn = await warehousing.create();
            await warehousing.pass(minutes(20));
            const { Status, Errors } = await warehousing.describe(arn);
            assert.deepEqual([Status, Errors[0].ErrorCode], ["needs_attention", code]);
            await repair(warehousing);
            await warehousing.pass(minutes(10));
            assert.deepEqual(await statusOf(warehousing, arn), ["active", 0]);
        });
    }

    it("with the AWS managed key on the table, it needs attention", async () => {
        const warehousing = new Warehousing();
        warehousing.encryption = { Enabled: true, SSEType: "KMS" };
        await warehousing.setUp();
        const arn = await warehousing.create();
        await warehousing.pass(minutes(20));
        assert.equal((await warehousing.describe(arn)).Errors[0].ErrorCode, "INVALID_TABLE_ENCRYPTION");
    });

    it("without the source's authorization it fails for good, and so it does when that is taken away", async () => {
        const never = new Warehousing();
        never.authorizedSources = [TABLE_ARN.replace("Orders", "Others")];
        await never.setUp();
        const first = await never.create();
        await never.pass(minutes(20));
        assert.equal((await never.describe(first)).Status, "failed");

        const revoked = await new Warehousing().setUp();
        const arn = await revoked.create();
        await revoked.pass(minutes(20));
        assert.equal((await revoked.describe(arn)).Status, "active");
        await revoked.authorize([TABLE_ARN.replace("Orders", "Others")]);
        await revoked.pass(minutes(1));
        assert.equal((await revoked.describe(arn)).Status, "failed");
        await revoked.authorize([TABLE_ARN]);
        await revoked.pass(days(1));
        assert.equal((await revoked.describe(arn)).Status, "failed");
    });

    it("of a cluster: encryption, node type, and parameters in effect, not only declared", async () => {
        const warehousing = await new Warehousing().setUp();
        const { target, pass } = bound(warehousing);
        const call = (operation: string, input: object) => target.call("redshift", operation, input);
        await call("CreateClusterParameterGroup", {
            ParameterGroupName: "zero-etl",
            ParameterGroupFamily: "redshift-1.0",
            Description: "d",
        });
        await call("CreateCluster", {
            ...CLUSTER,
            NodeType: "dc2.large",
            Encrypted: false,
            ClusterParameterGroupName: "zero-etl",
        });
        await pass(minutes(6));
        await call("ModifyClusterParameterGroup", {
            ParameterGroupName: "zero-etl",
            Parameters: [{ ParameterName: "enable_case_sensitive_identifier", ParameterValue: "true" }],
        });
        const { Clusters } = await call("DescribeClusters", { ClusterIdentifier: "dwh" });
        warehousing.namespaceArn = Clusters[0].ClusterNamespaceArn;
        await warehousing.authorize([TABLE_ARN]);
        const arn = await warehousing.create();
        await pass(minutes(20));
        const codes = async () => (await warehousing.describe(arn)).Errors.map((e) => e.ErrorCode);
        assert.deepEqual(await codes(), ["TARGET_NODE_TYPE", "TARGET_NOT_ENCRYPTED", "TARGET_CASE_SENSITIVITY"]);
        await call("RebootCluster", { ClusterIdentifier: "dwh" });
        await pass(hours(1));
        assert.deepEqual(await codes(), ["TARGET_NODE_TYPE", "TARGET_NOT_ENCRYPTED"]);
        assert.equal(idOf(arn).length, 36);
    });
});

async function statusOf(warehousing: Warehousing, arn: string) {
    const { Status, Errors } = await warehousing.describe(arn);
    return [Status, Errors.length];
}

async function readyWarehouse() {
    return bound(await new Warehousing().setUpWarehouse());
}

function bound(warehousing: Warehousing) {
    const { world, source, target, namespaceArn } = warehousing;
    return { world, source, target, namespaceArn, pass: (ms: number) => warehousing.pass(ms) };
}
