import * as assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";

import { Cluster } from "@pulumi/aws/rds/cluster";
import { ClusterParameterGroup } from "@pulumi/aws/rds/clusterParameterGroup";
import { Instance } from "@pulumi/aws/rds/instance";
import * as pulumi from "@pulumi/pulumi";

import {
    AuroraToRedshift,
    RdsToRedshift,
    RedshiftWarehouse,
    SourceParameterGroup,
    type AuroraToRedshiftArgs,
    type RdsToRedshiftArgs,
    type SourceParameterGroupArgs,
} from "../../../components";
import { ACCOUNT, MockEngine, REGION, unhandled, valueOf } from "./mocks";

const HERE = `${REGION}:${ACCOUNT}`;
const CLUSTER = { arn: `arn:aws:rds:${HERE}:cluster:orders` };
const INSTANCE = { arn: `arn:aws:rds:${HERE}:db:crm` };
const NAMESPACE = `arn:aws:redshift-serverless:${HERE}:namespace/analytics`;
const WAREHOUSE = { namespaceArn: NAMESPACE, connection: { workgroupName: "analytics", database: "dev" } };

const mysql = { engine: "aurora-mysql", source: CLUSTER, warehouse: WAREHOUSE } as const;
const postgres = { engine: "postgres", source: INSTANCE, warehouse: WAREHOUSE } as const;
const crm = {
    dataFilter: "include: crm.public.*",
    databases: [{ sourceDatabase: "crm" }] as [{ sourceDatabase: string }],
};

describe("AuroraToRedshift", () => {
    let engine: MockEngine;

    beforeEach(() => {
        engine = MockEngine.start();
    });

    it("sees to the parameters, lets the warehouse accept the cluster, makes the integration and its database", async () => {
        const warehouse = new RedshiftWarehouse("analytics", { kind: "serverless" });
        const orders = new AuroraToRedshift("orders", {
            ...mysql,
            warehouse,
            dataFilter: [
                { include: { database: "shop", table: "*" } },
                { exclude: { database: "shop", table: { regex: "tmp_.*" } } },
            ],
            database: { databaseName: "Shop", refreshInterval: "continuously" },
        });
        assert.equal(await valueOf(orders.databaseName), "Shop");
        assert.equal(await valueOf(orders.tables), "every table of shop except tmp_*");
        assert.deepEqual(engine.made("orders"), [
            "zeroetl:RdsIntegration orders-integration",
            "zeroetl:RdsParametersInEffect orders-parameters",
            "zeroetl:RedshiftIntegrationDatabase orders-database",
            "zeroetl:RedshiftNamespacePolicyMember orders-authorized",
            "zeroetl:index:AuroraToRedshift orders",
        ]);
        const { sourceArn, targetArn, dataFilter, integrationName } = engine.find("orders-integration").inputs;
        assert.deepEqual(
            { sourceArn, targetArn, dataFilter, integrationName },
            {
                sourceArn: CLUSTER.arn,
                targetArn: NAMESPACE,
                dataFilter: "include: shop.*, exclude: shop./tmp_.*/",
                integrationName: "bank-dev-orders",
            },
        );
        assert.equal(engine.find("orders-parameters").inputs.sourceArn, CLUSTER.arn);
        assert.deepEqual(engine.find("orders-database").inputs.options, { refreshInterval: 0 });
        assert.deepEqual(engine.warnings, []);
    });

    it("of PostgreSQL makes a database for each that is named", async () => {
        const orders = new AuroraToRedshift("orders", {
            ...mysql,
            engine: "aurora-postgresql",
            dataFilter: "include: shop.*.*, include: crm.public.*",
            databases: [
                { sourceDatabase: "shop", historyMode: true },
                { sourceDatabase: "crm", databaseName: "customers" },
            ],
        });
        const databases = await Promise.all(orders.databases.map(({ databaseName }) => valueOf(databaseName)));
        assert.deepEqual(databases, ["orders_shop", "customers"]);
        assert.deepEqual(
            engine.made("orders-database").map((made) => made.split(" ")[1]),
            ["orders-database-crm", "orders-database-shop"],
        );
        assert.equal(engine.find("orders-database-crm").inputs.sourceDatabase, "crm");
    });

    it("looks for the values of the group that it is given", async () => {
        const parameterGroup = new SourceParameterGroup("group", {
            engine: "aurora-mysql",
            engineVersion: "8.0.mysql_aurora.3.08.0",
        });
        const orders = new AuroraToRedshift("orders", { ...mysql, parameterGroup });
        await valueOf(orders.status);
        assert.deepEqual(engine.find("orders-parameters").inputs.parameters, {
            aurora_enhanced_binlog: "1",
            binlog_backup: "0",
            binlog_format: "ROW",
            binlog_replication_globaldb: "0",
            binlog_row_image: "full",
            binlog_row_metadata: "full",
        });
    });

    it("refuses a group that AWS would not accept, naming parameter, value and what follows", async () => {
        const parameterGroup = new ClusterParameterGroup("group", {
            family: "aurora-mysql8.0",
            parameters: [{ name: "aurora_enhanced_binlog", value: "0" }],
        });
        const failed = unhandled();
        new AuroraToRedshift("orders", { ...mysql, parameterGroup });
        assert.match(
            (await failed).message,
            /parameterGroup: aurora_enhanced_binlog is "0".*needs 1.*writer is rebooted/,
        );
    });

    it("warns of a reboot that is allowed, naming what may go down", async () => {
        const source = new Cluster("shop", { engine: "aurora-mysql" });
        const declared = new AuroraToRedshift("orders", { ...mysql, source, reboot: "now" });
        const elsewhere = new AuroraToRedshift("others", { ...mysql, reboot: { window: "sun:03:00-sun:04:00" } });
        await Promise.all([valueOf(declared.status), valueOf(elsewhere.status)]);
        await setImmediate();
        assert.deepEqual(
            engine.warnings
                .map((warning) => warning.replace("warning: [runtime] ", "").replace(/, once.*for a/, " for a"))
                .sort(),
            [
                "The writer of orders is one of orders-1, orders-2.",
                'The writer of orders may be rebooted if the update runs in sun:03:00-sun:04:00 UTC for a minute or so then. Say reboot: "never" to leave it alone.',
                "The writer of shop is one of shop-1, shop-2.",
                'The writer of shop may be rebooted in this update for a minute or so then. Say reboot: "never" to leave it alone.',
            ],
        );
        assert.equal(engine.find("orders-parameters").inputs.reboot, "now");
    });

    it("warns of a reboot at a first preview, before any ARN is known", async () => {
        engine = MockEngine.start({ preview: true });
        const source = new Cluster("shop", { engine: "aurora-mysql", clusterIdentifier: "shop" });
        new AuroraToRedshift("orders", { ...mysql, source, reboot: "now" });
        await valueOf(source.clusterIdentifier);
        await setImmediate();
        assert.match(engine.warnings.join(), /The writer of shop may be rebooted in this update/);
    });

    it("warns of what AWS does not integrate, each as soon as it is known", async () => {
        const source = new Cluster("shop", {
            engine: "aurora-mysql",
            engineVersion: "8.0.mysql_aurora.3.04.0",
            backtrackWindow: 3600,
            engineMode: "serverless",
        });
        await valueOf(new AuroraToRedshift("orders", { ...mysql, source }).status);
        assert.deepEqual(engine.warnings.map((warning) => /too old|Backtrack|of a mode/.exec(warning)?.[0]).sort(), [
            "Backtrack",
            "of a mode",
            "too old",
        ]);
    });

    it("makes the integrations of one cluster one after the other, five at most", async () => {
        engine = MockEngine.start({ slow: ["orders-0-integration"] });
        const source = new Cluster("shop", { engine: "aurora-mysql" });
        const make = (i: number) =>
            new AuroraToRedshift(`orders-${i}`, {
                ...mysql,
                source,
                warehouse: { ...WAREHOUSE, namespaceArn: `${NAMESPACE}-${i}` },
            });
        const made = Array.from({ length: 5 }, (_, i) => make(i));
        assert.throws(() => make(5), /^InvalidArgument: source: There would be 6 integrations of this source/);
        await Promise.all(made.map(({ status }) => valueOf(status)));
        assert.ok(engine.find("orders-1-integration").after.includes("orders-0-integration"));
        assert.ok(engine.find("orders-1-parameters").after.includes("orders-0-integration"));
    });

    it("refuses a cluster of another engine than it says", async () => {
        const source = new Cluster("shop", { engine: "aurora-postgresql" });
        const failed = unhandled();
        new AuroraToRedshift("orders", { ...mysql, source });
        assert.match(
            (await failed).message,
            /engine: The source is of aurora-postgresql, and engine says aurora-mysql/,
        );
    });

    const refused: [string, object, RegExp][] = [
        ["an instance", { source: INSTANCE }, /^InvalidArgument: source: .*cluster/],
        [
            "a filter with three parts",
            { dataFilter: "include: shop.public.*" },
            /^InvalidArgument: dataFilter: .*database\.table/,
        ],
        ["a filter that AWS cannot read", { dataFilter: "shop.*" }, /^InvalidArgument: dataFilter: At character 1/],
        [
            "an interval above the most",
            { database: { refreshInterval: "6 days" } },
            /^InvalidArgument: refreshInterval: .*432000/,
        ],
    ];
    for (const [what, args, message] of refused) {
        it(`refuses ${what}`, () => {
            assert.throws(() => new AuroraToRedshift("orders", { ...mysql, ...args } as AuroraToRedshiftArgs), message);
        });
    }

    it("refuses a cluster in another Region as soon as that is known", async () => {
        const failed = unhandled();
        new AuroraToRedshift("orders", { ...mysql, source: { arn: CLUSTER.arn.replace(REGION, "us-east-1") } });
        const error = await failed;
        assert.match(error.message, /source: The source is in us-east-1, the target in eu-west-1/);
        assert.ok(pulumi.RunError.isInstance(error), "the engine would print its stack");
    });

    it("has types that refuse what an engine does not have", () => {
        const wrong: AuroraToRedshiftArgs[] = [
            // @ts-expect-error MySQL has one database here for all of its own
            { ...mysql, databases: [{ sourceDatabase: "shop" }] },
            // @ts-expect-error ... and no schemas
            { ...mysql, dataFilter: [{ include: { database: "shop", schema: "public", table: "*" } }] },
            // @ts-expect-error PostgreSQL needs a filter
            { ...mysql, engine: "aurora-postgresql", databases: crm.databases },
            // @ts-expect-error ... the databases that are meant
            { ...mysql, engine: "aurora-postgresql", dataFilter: crm.dataFilter },
            // @ts-expect-error ... one at least
            { ...mysql, engine: "aurora-postgresql", dataFilter: crm.dataFilter, databases: [] },
            {
                ...mysql,
                ...crm,
                engine: "aurora-postgresql",
                // @ts-expect-error ... each by its name
                dataFilter: [{ include: { database: { regex: "c.*" }, schema: "*", table: "*" } }],
            },
            // @ts-expect-error What is no Aurora has a component of its own
            { ...mysql, engine: "mysql" },
        ];
        assert.equal(wrong.length, 7);
    });
});

describe("RdsToRedshift", () => {
    let engine: MockEngine;

    beforeEach(() => {
        engine = MockEngine.start();
    });

    it("of PostgreSQL sees to the parameters, and makes a database for each that is named", async () => {
        const made = new RdsToRedshift("crm", { ...postgres, ...crm });
        assert.equal(await valueOf(made.databaseName), "crm_crm");
        assert.equal(await valueOf(made.tables), "every table of crm.public");
        assert.deepEqual(engine.made(""), [
            "zeroetl:RdsIntegration crm-integration",
            "zeroetl:RdsParametersInEffect crm-parameters",
            "zeroetl:RedshiftIntegrationDatabase crm-database-crm",
            "zeroetl:index:RdsToRedshift crm",
        ]);
    });

    it("warns of a database that the filter leaves empty", async () => {
        const made = new RdsToRedshift("crm", {
            ...postgres,
            dataFilter: "include: crm.public.*, exclude: hr.*.*",
            databases: [{ sourceDatabase: "crm" }, { sourceDatabase: "hr" }],
        });
        await Promise.all(made.databases.map(({ databaseName }) => valueOf(databaseName)));
        assert.equal(engine.warnings.length, 1);
        assert.match(engine.warnings[0]!, /includes no table of "hr".*Include "hr\.\*\.\*"/);
    });

    it("of Oracle asks for no parameters", async () => {
        const source = new Instance("erp", { instanceClass: "db.m5.large", engine: "oracle-se2-cdb" });
        const erp = new RdsToRedshift("erp", {
            engine: "oracle",
            source,
            warehouse: WAREHOUSE,
            dataFilter: [{ include: { database: "ERP", schema: "SALES", table: "*" } }],
            database: { sourceDatabase: "ERP" },
        });
        assert.equal(await valueOf(erp.databaseName), "erp");
        assert.deepEqual(engine.made("erp-"), [
            "zeroetl:RdsIntegration erp-integration",
            "zeroetl:RedshiftIntegrationDatabase erp-database",
        ]);
        assert.equal(engine.find("erp-integration").inputs.dataFilter, "include: ERP.SALES.*");
        assert.equal(engine.find("erp-database").inputs.source, "oracle");
    });

    it("of MySQL takes an instance, and a Multi-AZ cluster with what that needs in addition", async () => {
        const source = new Cluster("shop", { engine: "mysql" });
        const parameterGroup = new SourceParameterGroup("group", {
            engine: "mysql",
            engineVersion: "8.4.5",
            multiAzCluster: true,
        });
        const clustered = new RdsToRedshift("one", { engine: "mysql", source, parameterGroup, warehouse: WAREHOUSE });
        const single = new RdsToRedshift("two", { engine: "mysql", source: INSTANCE, warehouse: WAREHOUSE });
        await Promise.all([valueOf(clustered.status), valueOf(single.status)]);
        assert.equal(engine.find("one-integration").inputs.dataFilter, undefined);
        assert.equal(await valueOf(single.tables), "every table");
        assert.deepEqual(engine.warnings, []);
    });

    const refused: [string, object, RegExp][] = [
        ["a cluster of PostgreSQL", { source: CLUSTER }, /^InvalidArgument: source: /],
        ["a filter that names no database", { dataFilter: "include: *.*.*" }, /^InvalidArgument: dataFilter: .*name/],
    ];
    for (const [what, args, message] of refused) {
        it(`refuses ${what}`, () => {
            assert.throws(
                () => new RdsToRedshift("crm", { ...postgres, ...crm, ...args } as RdsToRedshiftArgs),
                message,
            );
        });
    }

    it("has types that refuse what an engine does not have", () => {
        const oracle = { engine: "oracle", source: INSTANCE, warehouse: WAREHOUSE } as const;
        const database = { sourceDatabase: "ERP" };
        const wrong: RdsToRedshiftArgs[] = [
            // @ts-expect-error Redshift keeps no history of PostgreSQL in RDS
            { ...postgres, ...crm, databases: [{ sourceDatabase: "crm", historyMode: true }] },
            // @ts-expect-error ... nor of Oracle
            { ...oracle, database: { ...database, historyMode: true } },
            // @ts-expect-error Oracle needs the database that is meant
            { ...oracle },
            // @ts-expect-error ... takes no regular expressions
            {
                ...oracle,
                database,
                dataFilter: [{ include: { database: "ERP", schema: { regex: "S.*" }, table: "*" } }],
            },
            // @ts-expect-error ... and no parameters, so that it is never rebooted
            { ...oracle, database, reboot: "now" },
            // @ts-expect-error Aurora has a component of its own
            { ...postgres, ...crm, engine: "aurora-postgresql" },
        ];
        assert.equal(wrong.length, 6);
    });
});

describe("SourceParameterGroup", () => {
    let engine: MockEngine;

    beforeEach(() => {
        engine = MockEngine.start();
    });

    it("is a cluster's group with all that AWS asks for, the user's parameters beside them", async () => {
        const group = new SourceParameterGroup("orders", {
            engine: "aurora-postgresql",
            engineVersion: "16.8",
            parameters: { log_statement: "ddl" },
        });
        assert.equal(await valueOf(group.name), "orders-group");
        assert.deepEqual(engine.made(""), [
            "clusterParameterGroup:ClusterParameterGroup orders-group",
            "zeroetl:index:SourceParameterGroup orders",
        ]);
        const { family, parameters } = engine.find("orders-group").inputs;
        assert.equal(family, "aurora-postgresql16");
        assert.deepEqual(parameters, [
            { name: "rds.logical_replication", value: "1", applyMethod: "pending-reboot" },
            { name: "aurora.enhanced_logical_replication", value: "1", applyMethod: "pending-reboot" },
            { name: "aurora.logical_replication_backup", value: "0", applyMethod: "pending-reboot" },
            { name: "aurora.logical_replication_globaldb", value: "0", applyMethod: "pending-reboot" },
            { name: "log_statement", value: "ddl", applyMethod: "pending-reboot" },
        ]);
    });

    it("is an instance's group for RDS, and takes another good value in place of its own", async () => {
        const parameters = { max_wal_senders: "40" };
        const group = new SourceParameterGroup("crm", { engine: "postgres", engineVersion: "16.8", parameters });
        await valueOf(group.name);
        assert.equal(engine.made("crm-group")[0], "parameterGroup:ParameterGroup crm-group");
        const declared = engine.find("crm-group").inputs.parameters as { name: string; value: string }[];
        assert.deepEqual(
            declared.filter(({ name }) => name === "max_wal_senders"),
            [{ name: "max_wal_senders", value: "40", applyMethod: "pending-reboot" }],
        );
    });

    it("is for engines that AWS asks parameters of", () => {
        // @ts-expect-error Oracle needs none
        const args: SourceParameterGroupArgs = { engine: "oracle", engineVersion: "19" };
        assert.ok(args);
    });

    it("refuses a value that contradicts", () => {
        const make = () =>
            new SourceParameterGroup("shop", {
                engine: "mysql",
                engineVersion: "8.0.40",
                parameters: { binlog_format: "MIXED" },
            });
        assert.throws(make, /^InvalidArgument: parameters: binlog_format is "MIXED".*ROW/);
    });
});
