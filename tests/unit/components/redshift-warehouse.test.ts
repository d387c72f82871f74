import * as assert from "node:assert/strict";

import { Cluster } from "@pulumi/aws/redshift/cluster";
import { Workgroup } from "@pulumi/aws/redshiftserverless/workgroup";

import { RedshiftWarehouse, type RedshiftWarehouseArgs, type WarehouseDatabaseOfArgs } from "../../../components";
import { ACCOUNT, MockEngine, REGION, valueOf } from "./mocks";

const HERE = `${REGION}:${ACCOUNT}`;
const NAMESPACE = { arn: `arn:aws:redshift-serverless:${HERE}:namespace/there` };
const SOURCE = `arn:aws:rds:${HERE}:cluster:orders`;

describe("RedshiftWarehouse", () => {
    let engine: MockEngine;

    beforeEach(() => {
        engine = MockEngine.start();
    });

    it("serverless is a namespace and a private workgroup, with all parameters in effect", async () => {
        const warehouse = new RedshiftWarehouse("Analytics_1", { kind: "serverless", baseCapacity: 32 });
        assert.equal(
            await valueOf(warehouse.namespaceArn),
            `arn:aws:redshift-serverless:${HERE}:namespace/analytics-1`,
        );
        assert.deepEqual(engine.made(""), [
            "namespace:Namespace Analytics_1-namespace",
            "workgroup:Workgroup Analytics_1-workgroup",
            "zeroetl:RedshiftParametersInEffect Analytics_1-parameters",
            "zeroetl:index:RedshiftWarehouse Analytics_1",
        ]);
        const namespace = engine.find("Analytics_1-namespace").inputs;
        assert.equal(namespace.manageAdminPassword, true);
        assert.equal(namespace.adminUserPassword, undefined);
        assert.equal(namespace.dbName, "dev");
        const workgroup = engine.find("Analytics_1-workgroup").inputs;
        assert.equal(workgroup.publiclyAccessible, false);
        assert.equal(workgroup.baseCapacity, 32);
        const parameters = workgroup.configParameters as { parameterKey: string; parameterValue: string }[];
        assert.equal(parameters.length, 9);
        assert.deepEqual(
            parameters.filter(({ parameterKey }) => parameterKey === "enable_case_sensitive_identifier"),
            [{ parameterKey: "enable_case_sensitive_identifier", parameterValue: "true" }],
        );
        assert.equal(engine.find("Analytics_1-parameters").inputs.workgroupName, "analytics-1");
        assert.deepEqual(await valueOf(warehouse.connection), {
            workgroupName: "analytics-1",
            database: "dev",
            secretArn: `arn:aws:secretsmanager:${HERE}:secret:analytics-1`,
        });
    });

    it("serverless keeps the other parameters beside the user's", async () => {
        const parameters = { max_query_execution_time: "600" };
        const warehouse = new RedshiftWarehouse("analytics", { kind: "serverless", parameters });
        await valueOf(warehouse.namespaceArn);
        const declared = engine.find("analytics-workgroup").inputs.configParameters as { parameterKey: string }[];
        assert.equal(declared.length, 9);
        assert.deepEqual(
            declared.filter(({ parameterKey }) => parameterKey === "max_query_execution_time"),
            [{ parameterKey: "max_query_execution_time", parameterValue: "600" }],
        );
        assert.deepEqual(engine.find("analytics-parameters").inputs.parameters, parameters);
    });

    it("provisioned is an encrypted, private cluster with a parameter group of its own", async () => {
        const kmsKeyArn = `arn:aws:kms:${HERE}:key/1`;
        const warehouse = new RedshiftWarehouse("analytics", { kind: "provisioned", kmsKeyArn });
        assert.equal(await valueOf(warehouse.namespaceArn), `arn:aws:redshift:${HERE}:namespace:analytics`);
        assert.deepEqual(engine.made(""), [
            "cluster:Cluster analytics-cluster",
            "parameterGroup:ParameterGroup analytics-parameter-group",
            "zeroetl:RedshiftParametersInEffect analytics-parameters",
            "zeroetl:index:RedshiftWarehouse analytics",
        ]);
        const { family, parameters } = engine.find("analytics-parameter-group").inputs;
        assert.equal(family, "redshift-1.0");
        assert.deepEqual(parameters, [{ name: "enable_case_sensitive_identifier", value: "true" }]);
        assert.deepEqual(engine.find("analytics-cluster").inputs, {
            clusterIdentifier: "analytics",
            clusterParameterGroupName: "analytics-parameter-group",
            databaseName: "dev",
            encrypted: "true",
            finalSnapshotIdentifier: "analytics-final",
            kmsKeyId: kmsKeyArn,
            manageMasterPassword: true,
            masterPasswordSecretKmsKeyId: kmsKeyArn,
            masterUsername: "admin",
            nodeType: "ra3.large",
            numberOfNodes: 2,
            publiclyAccessible: false,
        });
        const { secretArn } = await valueOf(warehouse.connection);
        assert.equal(secretArn, `arn:aws:secretsmanager:${HERE}:secret:analytics`);
        assert.deepEqual(engine.warnings, []);
    });

    it("takes a workgroup and a namespace that exist, and signs in as whoever deploys", async () => {
        const warehouse = new RedshiftWarehouse("analytics", {
            kind: "serverless",
            existing: { workgroup: { workgroupName: "there" }, namespace: NAMESPACE },
        });
        assert.deepEqual(await valueOf(warehouse.reference()), {
            namespaceArn: NAMESPACE.arn,
            connection: { workgroupName: "there", database: "dev", secretArn: undefined },
        });
        assert.deepEqual(engine.made(""), [
            "zeroetl:RedshiftParametersInEffect analytics-parameters",
            "zeroetl:index:RedshiftWarehouse analytics",
        ]);
    });

    it("takes a cluster that exists, and warns of a reboot that is allowed", async () => {
        const clusterNamespaceArn = `arn:aws:redshift:${HERE}:namespace:there`;
        const warehouse = new RedshiftWarehouse("analytics", {
            kind: "provisioned",
            existing: { clusterIdentifier: "there", clusterNamespaceArn },
            secretArn: `arn:aws:secretsmanager:${HERE}:secret:mine`,
            reboot: { window: "sun:03:00-sun:04:00" },
        });
        assert.deepEqual(await valueOf(warehouse.connection), {
            clusterIdentifier: "there",
            database: "dev",
            secretArn: `arn:aws:secretsmanager:${HERE}:secret:mine`,
        });
        await valueOf(warehouse.namespaceArn);
        assert.deepEqual(engine.find("analytics-parameters").inputs.reboot, { window: "sun:03:00-sun:04:00" });
        assert.equal(engine.warnings.length, 1);
        assert.match(
            engine.warnings[0]!,
            /there may be rebooted if the update runs in sun:03:00-sun:04:00 UTC.*some minutes/,
        );
    });

    it("signs in as a user of the cluster where one is named", async () => {
        const warehouse = new RedshiftWarehouse("analytics", { kind: "provisioned", dbUser: "etl" });
        assert.deepEqual(await valueOf(warehouse.connection), {
            clusterIdentifier: "analytics",
            database: "dev",
            dbUser: "etl",
        });
    });

    it("warns of a declared cluster and a declared workgroup that are no targets", async () => {
        const cluster = new Cluster("old", { clusterIdentifier: "old", nodeType: "dc2.large", encrypted: "false" });
        const workgroup = new Workgroup("other", {
            workgroupName: "other",
            namespaceName: "other",
            configParameters: [{ parameterKey: "auto_mv", parameterValue: "true" }],
        });
        const provisioned = new RedshiftWarehouse("one", { kind: "provisioned", existing: cluster });
        const serverless = new RedshiftWarehouse("two", {
            kind: "serverless",
            existing: { workgroup, namespace: NAMESPACE },
        });
        await valueOf(provisioned.namespaceArn);
        await valueOf(serverless.namespaceArn);
        assert.deepEqual(
            engine.warnings.map((warning) => /nodes are not|not encrypted|case_sensitive/.exec(warning)?.[0]).sort(),
            ["case_sensitive", "nodes are not", "not encrypted"],
        );
    });

    it("lets a source of another account in, with those who may create the integration", async () => {
        const warehouse = new RedshiftWarehouse("analytics", { kind: "serverless", policyNamesResource: false });
        const sourceArn = `arn:aws:rds:${REGION}:999988887777:cluster:orders`;
        await valueOf(warehouse.accept("orders", { sourceArn }).urn);
        const { namespaceArn, members } = engine.find("orders-authorized").inputs;
        assert.equal(namespaceArn, `arn:aws:redshift-serverless:${HERE}:namespace/analytics`);
        assert.deepEqual(
            (members as { statement: object; value?: string }[]).map(({ statement, value }) => {
                const { Action, Principal, Resource } = statement as Record<string, unknown>;
                return { Action, Principal, Resource, value };
            }),
            [
                {
                    Action: "redshift:AuthorizeInboundIntegration",
                    Principal: { Service: "redshift.amazonaws.com" },
                    Resource: undefined,
                    value: sourceArn,
                },
                {
                    Action: "redshift:CreateInboundIntegration",
                    Principal: { AWS: ["arn:aws:iam::999988887777:root"] },
                    Resource: undefined,
                    value: undefined,
                },
            ],
        );
    });

    it("takes fifty sources, and no more", () => {
        const warehouse = new RedshiftWarehouse("analytics", { kind: "serverless" });
        const accept = (i: number) => warehouse.accept(`source-${i}`, { sourceArn: `${SOURCE}-${i}` });
        Array.from({ length: 50 }, (_, i) => accept(i));
        assert.throws(() => accept(50), /^InvalidArgument: warehouse: There would be 51 integrations/);
    });

    it("makes the database of an integration that another stack makes", async () => {
        const warehouse = new RedshiftWarehouse("analytics", { kind: "serverless" });
        const integrationArn = `arn:aws:rds:${REGION}:999988887777:integration:1`;
        const database = warehouse.database("crm", {
            source: "aurora-postgresql",
            integrationArn,
            sourceDatabase: "crm",
            refreshInterval: "2 minutes",
            historyMode: { schemas: ["public"] },
        });
        await valueOf(database.urn);
        const { inputs } = engine.find("crm-database");
        assert.equal(inputs.integrationArn, integrationArn);
        assert.equal(inputs.databaseName, "crm");
        assert.equal(inputs.sourceDatabase, "crm");
        assert.deepEqual(inputs.options, { refreshInterval: 120, historyMode: { schemas: ["public"] } });
        assert.deepEqual(inputs.account, { accountId: ACCOUNT, region: REGION });
    });

    const refused: [string, RedshiftWarehouseArgs, RegExp][] = [
        [
            "identifiers in any case",
            { kind: "serverless", parameters: { enable_case_sensitive_identifier: "false" } },
            /^InvalidArgument: parameters: enable_case_sensitive_identifier/,
        ],
        [
            "two ways to sign in",
            { kind: "provisioned", dbUser: "etl", secretArn: "arn:secret" },
            /^InvalidArgument: dbUser: .*secretArn/,
        ],
        [
            "nodes that AWS does not integrate",
            { kind: "provisioned", nodeType: "dc2.large" },
            /^InvalidArgument: nodeType: .*ra3/,
        ],
    ];
    for (const [what, args, message] of refused) {
        it(`refuses ${what}`, () => {
            assert.throws(() => new RedshiftWarehouse("analytics", args), message);
        });
    }

    it("has types that refuse a database what its source does not have", () => {
        const integrationArn = `arn:aws:rds:${REGION}:999988887777:integration:1`;
        const wrong: WarehouseDatabaseOfArgs[] = [
            // @ts-expect-error Redshift keeps no history of PostgreSQL in RDS
            { source: "postgres", integrationArn, sourceDatabase: "crm", historyMode: true },
            // @ts-expect-error Oracle needs the database that is meant
            { source: "oracle", integrationArn },
            // @ts-expect-error MySQL has one database here for all of its own
            { source: "mysql", integrationArn, sourceDatabase: "shop" },
        ];
        assert.equal(wrong.length, 3);
    });

    it("has types that refuse what the kind does not have", () => {
        const existing = { workgroup: { workgroupName: "there" }, namespace: NAMESPACE };
        const wrong: RedshiftWarehouseArgs[] = [
            // @ts-expect-error A serverless warehouse has no nodes
            { kind: "serverless", nodeType: "ra3.large" },
            // @ts-expect-error ... and is never rebooted
            { kind: "serverless", reboot: "now" },
            // @ts-expect-error ... and has no users with temporary credentials
            { kind: "serverless", dbUser: "etl" },
            // @ts-expect-error A cluster has no capacity
            { kind: "provisioned", baseCapacity: 32 },
            // @ts-expect-error What exists is not made
            { kind: "serverless", existing, baseCapacity: 32 },
            // @ts-expect-error A cluster is no workgroup
            { kind: "provisioned", existing },
        ];
        assert.equal(wrong.length, 6);
    });
});
