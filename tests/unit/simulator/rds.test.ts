import * as assert from "node:assert/strict";

import {
    CreateDBInstanceCommand,
    DBInstanceNotFoundFault,
    DescribeDBInstancesCommand,
    RDSClient,
    type IntegrationError,
} from "@aws-sdk/client-rds";

import { feedOf, type RelationalIntegration } from "../../../simulator/integrations/relational";
import { startSimulator } from "../../../simulator/local";
import { allServices } from "../../../simulator/services";
import { sql } from "../../../simulator/services/rds/sql";
import { days, minutes, seconds } from "../../../simulator/world/clock";
import { AwsError } from "../../../simulator/world/error";
import type { Service } from "../../../simulator/world/service";
import { World } from "../../../simulator/world/world";

const ACCOUNT = "123456789012";
const REGION = "eu-west-1";
const KEYS = { accessKeyId: "test", secretAccessKey: "test" };
const TARGET = `arn:aws:redshift-serverless:${REGION}:${ACCOUNT}:namespace/11111111-2222-3333-4444-555555555555`;

interface Parameter {
    ParameterName: string;
    ParameterValue: string;
    ApplyMethod: "immediate" | "pending-reboot";
}

const pending = (ParameterName: string, ParameterValue: string): Parameter => ({
    ParameterName,
    ParameterValue,
    ApplyMethod: "pending-reboot",
});
const immediate = (name: string, value: string): Parameter => ({ ...pending(name, value), ApplyMethod: "immediate" });

/** What each engine's groups must say, as the facts have it. */
const WANTED: Record<string, Parameter[]> = {
    "aurora-mysql": [
        pending("aurora_enhanced_binlog", "1"),
        pending("binlog_backup", "0"),
        pending("binlog_format", "ROW"),
        pending("binlog_replication_globaldb", "0"),
        pending("binlog_row_image", "full"),
        pending("binlog_row_metadata", "full"),
    ],
    "aurora-postgresql": [
        pending("rds.logical_replication", "1"),
        pending("aurora.enhanced_logical_replication", "1"),
        pending("aurora.logical_replication_backup", "0"),
        pending("aurora.logical_replication_globaldb", "0"),
    ],
    mysql: [immediate("binlog_format", "ROW"), immediate("binlog_row_image", "full")],
    postgres: [
        pending("rds.logical_replication", "1"),
        immediate("rds.replica_identity_full", "1"),
        immediate("session_replication_role", "origin"),
        immediate("wal_sender_timeout", "20000"),
        pending("max_wal_senders", "20"),
        pending("max_replication_slots", "20"),
    ],
    "oracle-ee": [],
};

const FAMILY: Record<string, string> = {
    "aurora-mysql": "aurora-mysql8.0",
    "aurora-postgresql": "aurora-postgresql16",
    mysql: "mysql8.0",
    postgres: "postgres16",
    "oracle-ee": "oracle-ee-19",
};

const VERSION: Record<string, string> = {
    "aurora-mysql": "8.0.mysql_aurora.3.05.2",
    "aurora-postgresql": "16.4",
    mysql: "8.0.40",
    postgres: "16.8",
    "oracle-ee": "19.0.0.0.ru-2019-07.rur-2019-07.r1",
};

const FILTER: Record<string, string> = {
    "aurora-postgresql": "include: shop.*.*",
    postgres: "include: shop.*.*",
    "oracle-ee": "include: SHOP.*.*",
};

/** An account with one source, made step by step, and a target that takes everything unless it is told otherwise. */
class Shop {
    targetProblems: IntegrationError[] = [];
    readonly ingested: string[] = [];
    readonly world = new World({ services: [...allServices, this.target()] });
    readonly admin = this.world.administrator(ACCOUNT, REGION);
    readonly isAurora: boolean;
    readonly arn: string;
    parameters: Parameter[];
    version: string;
    instance: object = {};

    constructor(readonly engine: string) {
        this.isAurora = engine.startsWith("aurora");
        this.arn = `arn:aws:rds:${REGION}:${ACCOUNT}:${this.isAurora ? "cluster" : "db"}:shop`;
        this.parameters = WANTED[engine]!;
        this.version = VERSION[engine]!;
    }

    async setUp(): Promise<this> {
        await this.createGroup("wanted", this.parameters);
        await this.createDatabase(this.groupName("wanted"));
        return this;
    }

    async createGroup(name: string, parameters: Parameter[]): Promise<void> {
        const group = this.groupName(name);
        const kind = this.isAurora ? "DBClusterParameterGroup" : "DBParameterGroup";
        await this.call(`Create${kind}`, { ...group, DBParameterGroupFamily: FAMILY[this.engine], Description: "x" });
        if (parameters.length > 0) {
            await this.call(`Modify${kind}`, { ...group, Parameters: parameters });
        }
    }

    modifyGroup(name: string, ...Parameters: Parameter[]): Promise<unknown> {
        const kind = this.isAurora ? "DBClusterParameterGroup" : "DBParameterGroup";
        return this.call(`Modify${kind}`, { ...this.groupName(name), Parameters });
    }

    groupName(name: string): object {
        return this.isAurora ? { DBClusterParameterGroupName: name } : { DBParameterGroupName: name };
    }

    async createDatabase(group: object): Promise<void> {
        const common = { Engine: this.engine, EngineVersion: this.version };
        const user = { MasterUsername: "admin", ManageMasterUserPassword: true };
        const database = this.engine === "oracle-ee" ? "SHOP" : "shop";
        if (this.isAurora) {
            await this.call("CreateDBCluster", {
                DBClusterIdentifier: "shop",
                ...common,
                ...user,
                ...group,
                DatabaseName: database,
                ...this.instance,
            });
        }
        await this.call("CreateDBInstance", {
            DBInstanceIdentifier: this.isAurora ? "shop-1" : "shop",
            DBInstanceClass: "db.r6g.large",
            Engine: this.engine,
            ...(this.isAurora
                ? { DBClusterIdentifier: "shop" }
                : { ...common, ...user, ...group, AllocatedStorage: 20, DBName: database, ...this.instance }),
        });
        await this.world.clock.advance(minutes(6));
    }

    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- any operation's
    call(operation: string, input: object = {}): Promise<any> {
        return this.admin.call("rds", operation, input);
    }

    integrate(more: object = {}) {
        return this.call("CreateIntegration", {
            SourceArn: this.arn,
            TargetArn: TARGET,
            IntegrationName: "shop-to-warehouse",
            DataFilter: FILTER[this.engine],
            ...more,
        });
    }

    /** A new integration when its set-up is over. */
    async integrated(more: object = {}) {
        await this.integrate(more);
        await this.world.clock.advance(minutes(11));
        return this.integration();
    }

    async integration() {
        const { Integrations } = await this.call("DescribeIntegrations");
        return Integrations[0] as {
            Status: string;
            Errors: IntegrationError[];
            IntegrationArn: string;
            DataFilter?: string;
        };
    }

    async reboot(): Promise<void> {
        await this.call("RebootDBInstance", { DBInstanceIdentifier: this.isAurora ? "shop-1" : "shop" });
        await this.world.clock.advance(minutes(2));
    }

    sql(text: string): void {
        sql(this.world, this.arn, this.engine === "oracle-ee" ? "SHOP" : "shop", text);
    }

    async applyStatus(): Promise<string> {
        if (this.isAurora) {
            const { DBClusters } = await this.call("DescribeDBClusters");
            return DBClusters[0].DBClusterMembers[0].DBClusterParameterGroupStatus;
        }
        const { DBInstances } = await this.call("DescribeDBInstances");
        return DBInstances[0].DBParameterGroups[0].ParameterApplyStatus;
    }

    private target(): Service {
        return {
            ...allServices[0]!,
            id: "redshift-serverless",
            operations: {},
            relationalTarget: {
                access: (_, resource) => [{ action: "redshift:CreateInboundIntegration", resource }],
                requireTarget: () => undefined,
                problems: () => this.targetProblems,
                ingest: (_, { arn }) => void this.ingested.push(arn),
            },
        };
    }
}

const ENGINES = Object.keys(WANTED);

async function refusal(call: Promise<unknown>): Promise<{ code: string; message: string }> {
    try {
        await call;
    } catch (error) {
        assert.ok(error instanceof AwsError, String(error));
        return { code: error.code, message: error.message };
    }
    throw new assert.AssertionError({ message: "nothing was refused" });
}

describe("parameter groups of RDS", () => {
    it("take a dynamic parameter soon, and a static one with the reboot", async () => {
        const shop = await new Shop("postgres").setUp();
        assert.equal(await shop.applyStatus(), "in-sync");
        await shop.modifyGroup("wanted", immediate("wal_sender_timeout", "0"));
        assert.equal(await shop.applyStatus(), "applying");
        await shop.world.clock.advance(seconds(30));
        assert.equal(await shop.applyStatus(), "in-sync");
        await shop.modifyGroup("wanted", pending("max_wal_senders", "40"));
        assert.equal(await shop.applyStatus(), "pending-reboot");
        await shop.world.clock.advance(days(1));
        assert.equal(await shop.applyStatus(), "pending-reboot");
        await shop.reboot();
        assert.equal(await shop.applyStatus(), "in-sync");
    });

    for (const engine of ["aurora-mysql", "aurora-postgresql", "mysql", "postgres"]) {
        it(`attached to a running database wait for its reboot: ${engine}`, async () => {
            const shop = new Shop(engine);
            await shop.createDatabase({});
            await shop.createGroup("wanted", WANTED[engine]!);
            await shop.call(
                shop.isAurora ? "ModifyDBCluster" : "ModifyDBInstance",
                shop.isAurora
                    ? { DBClusterIdentifier: "shop", ...shop.groupName("wanted") }
                    : { DBInstanceIdentifier: "shop", ...shop.groupName("wanted") },
            );
            await shop.world.clock.advance(minutes(2));
            assert.equal(await shop.applyStatus(), "pending-reboot");
            // Nothing of the group is in effect, what is dynamic neither.
            await shop.modifyGroup("wanted", ...WANTED[engine]!.slice(0, 1));
            await shop.world.clock.advance(minutes(1));
            assert.equal(await shop.applyStatus(), "pending-reboot");
            const { Status, Errors } = await shop.integrated();
            assert.equal(Status, "failed");
            assert.match(Errors[0]!.ErrorMessage!, /^The parameter \S+ is .* in effect on shop/);
            await shop.call("DeleteIntegration", { IntegrationIdentifier: "shop-to-warehouse" });
            await shop.reboot();
            await shop.world.clock.advance(minutes(5));
            assert.equal(await shop.applyStatus(), "in-sync");
            assert.equal((await shop.integrated()).Status, "active");
        });
    }

    for (const [what, parameter, code, reason] of [
        ["an unknown parameter", pending("no_such", "1"), "InvalidParameterValue", /Could not find parameter/],
        ["a value out of range", pending("max_wal_senders", "3"), "InvalidParameterValue", /allowed values are: 5-100/],
        ["another word", immediate("session_replication_role", "x"), "InvalidParameterValue", /origin,replica,local/],
        ["static and immediate", immediate("rds.logical_replication", "1"), "InvalidParameterCombination", /static/],
    ] as const) {
        it(`refuse ${what}`, async () => {
            const shop = await new Shop("postgres").setUp();
            const refused = await refusal(shop.modifyGroup("wanted", parameter));
            assert.equal(refused.code, code);
            assert.match(refused.message, reason);
        });
    }

    it("of the defaults can't be modified, and of another family can't be attached", async () => {
        const shop = await new Shop("mysql").setUp();
        const { code } = await refusal(shop.modifyGroup("default.mysql8.0", immediate("binlog_format", "ROW")));
        assert.equal(code, "InvalidDBParameterGroupStateFault");
        await shop.call("CreateDBParameterGroup", {
            DBParameterGroupName: "other",
            DBParameterGroupFamily: "postgres16",
            Description: "x",
        });
        const attached = shop.call("ModifyDBInstance", { DBInstanceIdentifier: "shop", DBParameterGroupName: "other" });
        assert.equal((await refusal(attached)).code, "InvalidParameterCombination");
    });

    it("list their parameters in pages, by source", async () => {
        const shop = await new Shop("aurora-mysql").setUp();
        const group = shop.groupName("wanted");
        const first = await shop.call("DescribeDBClusterParameters", { ...group, MaxRecords: 20 });
        const rest = await shop.call("DescribeDBClusterParameters", {
            ...group,
            MaxRecords: 100,
            Marker: first.Marker,
        });
        const all = [...first.Parameters, ...rest.Parameters] as { ParameterName: string; ApplyType: string }[];
        assert.equal(first.Parameters.length, 20);
        assert.equal(new Set(all.map((p) => p.ParameterName)).size, all.length);
        assert.equal(all.find((p) => p.ParameterName === "aurora_enhanced_binlog")!.ApplyType, "static");
        const user = await shop.call("DescribeDBClusterParameters", { ...group, Source: "user" });
        assert.deepEqual(
            new Set(user.Parameters.map((p: { ParameterName: string }) => p.ParameterName)),
            new Set(WANTED["aurora-mysql"]!.map((p) => p.ParameterName)),
        );
    });
});

describe("integrations of the RDS API", () => {
    for (const engine of ENGINES) {
        it(`become active where all is as it must be: ${engine}`, async () => {
            const shop = await new Shop(engine).setUp();
            const created = await shop.integrate();
            assert.equal(created.Status, "creating");
            await shop.world.clock.advance(minutes(11));
            const { Status, Errors } = await shop.integration();
            assert.deepEqual([Status, Errors], ["active", []]);
            assert.deepEqual(shop.ingested, [created.IntegrationArn]);
        });
    }

    /** Every row of AWS's tables with a value that it does not take. */
    const WRONG: Record<string, Record<string, string>> = {
        "aurora-mysql": {
            aurora_enhanced_binlog: "0",
            binlog_backup: "1",
            binlog_format: "MIXED",
            binlog_replication_globaldb: "1",
            binlog_row_image: "minimal",
            binlog_row_metadata: "minimal",
            binlog_row_value_options: "PARTIAL_JSON",
            binlog_transaction_compression: "ON",
        },
        "aurora-postgresql": {
            "rds.logical_replication": "0",
            "aurora.enhanced_logical_replication": "0",
            "aurora.logical_replication_backup": "1",
            "aurora.logical_replication_globaldb": "1",
        },
        mysql: { binlog_format: "STATEMENT", binlog_row_image: "noblob", binlog_row_value_options: "PARTIAL_JSON" },
        postgres: {
            "rds.logical_replication": "0",
            "rds.replica_identity_full": "0",
            session_replication_role: "replica",
            wal_sender_timeout: "19999",
            max_wal_senders: "19",
            max_replication_slots: "19",
        },
    };
    /** Those that are right when nobody sets them. */
    const RIGHT_BY_DEFAULT = [
        "binlog_row_image",
        "session_replication_role",
        "wal_sender_timeout",
        "max_wal_senders",
        "max_replication_slots",
    ];

    for (const engine of ENGINES) {
        const left = WANTED[engine]!.map((p) => p.ParameterName).filter((name) => !RIGHT_BY_DEFAULT.includes(name));
        for (const [name, value] of [
            ...left.map((name) => [name, undefined] as const),
            ...Object.entries(WRONG[engine] ?? {}),
        ]) {
            it(`fail for ${engine} where ${name} is ${value ?? "the default"}`, async () => {
                const shop = new Shop(engine);
                shop.parameters = [
                    ...shop.parameters.filter((p) => p.ParameterName !== name),
                    ...(value === undefined ? [] : [pending(name, value)]),
                ];
                await shop.setUp();
                const { Status, Errors } = await shop.integrated();
                assert.equal(Status, "failed");
                assert.equal(Errors.length, 1);
                assert.match(
                    Errors[0]!.ErrorMessage!,
                    new RegExp(`^The parameter ${name} is ${value ?? ".*"} in effect on .* must be `),
                );
            });
        }
    }

    for (const [engine, below] of [
        ["aurora-mysql", "8.0.mysql_aurora.3.05.1"],
        ["aurora-postgresql", "16.3"],
        ["postgres", "16.6"],
        ["oracle-ee", "19.0.0.0.ru-2019-04.rur-2019-04.r1"],
    ] as const) {
        it(`fail for ${engine} ${below}`, async () => {
            const shop = new Shop(engine);
            shop.version = below;
            const { Status, Errors } = await (await shop.setUp()).integrated();
            assert.equal(Status, "failed");
            assert.deepEqual(
                Errors.map((e) => e.ErrorCode),
                ["UNSUPPORTED_ENGINE_VERSION"],
            );
        });
    }

    for (const [what, engine, settings, code] of [
        ["backups off", "mysql", { BackupRetentionPeriod: 0 }, "BACKUPS_DISABLED"],
        ["backtrack", "aurora-mysql", { BacktrackWindow: 3600 }, "BACKTRACK_ENABLED"],
        ["magnetic storage", "mysql", { StorageType: "standard" }, "MAGNETIC_STORAGE"],
        ["Limitless", "aurora-postgresql", { ClusterScalabilityType: "limitless" }, "LIMITLESS_DATABASE"],
    ] as const) {
        it(`fail with ${what}`, async () => {
            const shop = new Shop(engine);
            shop.instance = settings;
            const { Status, Errors } = await (await shop.setUp()).integrated();
            assert.equal(Status, "failed");
            assert.deepEqual(
                Errors.map((e) => e.ErrorCode),
                [code],
            );
        });
    }

    it("fail without an instance, as it is for a cluster that has just its storage", async () => {
        const shop = await new Shop("aurora-mysql").setUp();
        await shop.call("DeleteDBInstance", { DBInstanceIdentifier: "shop-1" });
        await shop.world.clock.advance(minutes(4));
        assert.deepEqual(
            (await shop.integrated()).Errors.map((e) => e.ErrorCode),
            ["SOURCE_WITHOUT_INSTANCE"],
        );
    });

    for (const [engine, ofReplica, ofBoth] of [
        ["mysql", "active", "failed"],
        ["postgres", "failed", "failed"],
        ["oracle-ee", "failed", "failed"],
    ] as const) {
        it(`from a read replica of ${engine}: ${ofReplica}, beside one from its source: ${ofBoth}`, async () => {
            const shop = await new Shop(engine).setUp();
            const replicate = (id: string) =>
                shop.call("CreateDBInstanceReadReplica", {
                    DBInstanceIdentifier: id,
                    SourceDBInstanceIdentifier: "shop",
                });
            await replicate("replica");
            await shop.world.clock.advance(minutes(6));
            const { ReadReplicaDBInstanceIdentifiers } = (
                await shop.call("DescribeDBInstances", { DBInstanceIdentifier: "shop" })
            ).DBInstances[0];
            assert.deepEqual(ReadReplicaDBInstanceIdentifiers, ["replica"]);
            await shop.call("ModifyDBInstance", {
                DBInstanceIdentifier: "replica",
                BackupRetentionPeriod: 1,
                ApplyImmediately: true,
            });
            const status = async (name: string) => {
                await shop.integrate({ SourceArn: shop.arn.replace("shop", "replica"), IntegrationName: name });
                await shop.world.clock.advance(minutes(11));
                const { Integrations } = await shop.call("DescribeIntegrations", { IntegrationIdentifier: name });
                await shop.call("DeleteIntegration", { IntegrationIdentifier: name });
                await shop.world.clock.advance(minutes(4));
                return Integrations[0].Status;
            };
            assert.equal(await status("replica"), ofReplica);
            await shop.integrated();
            assert.equal(await status("both"), ofBoth);
        });
    }

    for (const [engine, parameters, code] of [
        ["mysql", [], undefined],
        ["mysql", [immediate("binlog_transaction_compression", "ON")], "INVALID_SOURCE_PARAMETER"],
        ["postgres", [], "MULTI_AZ_CLUSTER"],
    ] as const) {
        it(`from a Multi-AZ DB cluster of ${engine}: ${code ?? "active"}`, async () => {
            const shop = new Shop(engine);
            const group = { DBClusterParameterGroupName: "cluster" };
            await shop.call("CreateDBClusterParameterGroup", {
                ...group,
                DBParameterGroupFamily: FAMILY[engine],
                Description: "x",
            });
            const Parameters = [...WANTED[engine]!, ...parameters];
            await shop.call("ModifyDBClusterParameterGroup", { ...group, Parameters });
            await shop.call("CreateDBCluster", {
                DBClusterIdentifier: "shop",
                DBClusterInstanceClass: "db.r6g.large",
                AllocatedStorage: 100,
                Engine: engine,
                EngineVersion: shop.version,
                MasterUsername: "admin",
                ManageMasterUserPassword: true,
                ...group,
            });
            await shop.world.clock.advance(minutes(6));
            const { DBClusters } = await shop.call("DescribeDBClusters");
            assert.equal(DBClusters[0].DBClusterMembers.length, 3);
            const { Errors } = await shop.integrated({ SourceArn: shop.arn.replace(":db:", ":cluster:") });
            assert.deepEqual(
                Errors.map((e) => e.ErrorCode),
                code === undefined ? [] : [code],
            );
        });
    }

    it("fail where backtrack was on once", async () => {
        const shop = new Shop("aurora-mysql");
        shop.instance = { BacktrackWindow: 3600 };
        await shop.setUp();
        await shop.call("ModifyDBCluster", { DBClusterIdentifier: "shop", BacktrackWindow: 0 });
        await shop.world.clock.advance(minutes(2));
        assert.deepEqual(
            (await shop.integrated()).Errors.map((e) => e.ErrorCode),
            ["BACKTRACK_ENABLED"],
        );
    });

    it("go to syncing while a parameter is wrong, and come back", async () => {
        const shop = await new Shop("mysql").setUp();
        await shop.integrated();
        await shop.modifyGroup("wanted", immediate("binlog_row_image", "minimal"));
        await shop.world.clock.advance(minutes(2));
        assert.equal((await shop.integration()).Status, "syncing");
        await shop.modifyGroup("wanted", immediate("binlog_row_image", "full"));
        await shop.world.clock.advance(minutes(2));
        assert.deepEqual([(await shop.integration()).Status, shop.ingested.length], ["active", 2]);
    });

    it("need attention for tables and targets, and fail for good without authorization", async () => {
        const shop = await new Shop("mysql").setUp();
        await shop.integrated();
        shop.sql("CREATE TABLE t (id INT)");
        await shop.world.clock.advance(seconds(10));
        const { Status, Errors } = await shop.integration();
        assert.deepEqual([Status, Errors.map((e) => e.ErrorCode)], ["needs_attention", ["NO_PRIMARY_KEY"]]);
        shop.sql("ALTER TABLE t ADD PRIMARY KEY (id)");
        await shop.world.clock.advance(seconds(10));
        assert.equal((await shop.integration()).Status, "active");
        shop.targetProblems = [{ ErrorCode: "CASE_SENSITIVITY", ErrorMessage: "off" }];
        await shop.world.clock.advance(minutes(2));
        assert.equal((await shop.integration()).Status, "needs_attention");
        shop.targetProblems = [{ ErrorCode: "AUTHORIZATION_REVOKED", ErrorMessage: "gone" }];
        await shop.world.clock.advance(minutes(2));
        shop.targetProblems = [];
        await shop.world.clock.advance(days(1));
        assert.equal((await shop.integration()).Status, "failed");
    });

    it("show their target what the filter lets through", async () => {
        const shop = await new Shop("aurora-mysql").setUp();
        shop.sql("CREATE TABLE orders (id INT PRIMARY KEY); CREATE TABLE tmp_a (id INT PRIMARY KEY)");
        const integration = await shop.integrated({ DataFilter: "include: shop.*, exclude: shop./tmp_.*/" });
        const feed = () =>
            feedOf(shop.world, { arn: integration.IntegrationArn, sourceArn: shop.arn } as RelationalIntegration)!;
        const tables = () =>
            feed()
                .snapshot()
                .tables.map(({ table }) => table);
        assert.deepEqual(tables(), ["orders"]);
        await shop.call("ModifyIntegration", {
            IntegrationIdentifier: "shop-to-warehouse",
            DataFilter: "include: *.*",
        });
        assert.equal((await shop.integration()).Status, "modifying");
        await shop.world.clock.advance(minutes(3));
        assert.equal((await shop.integration()).Status, "active");
        assert.deepEqual(tables(), ["orders", "tmp_a"]);
    });

    for (const [what, engine, input, code, reason] of [
        ["a wrong filter", "mysql", { DataFilter: "include: shop" }, "InvalidParameterValue", /database\.table/],
        [
            "PostgreSQL without a filter",
            "postgres",
            { DataFilter: undefined },
            "InvalidParameterValue",
            /^Your data filter must contain at least one include statement$/,
        ],
        ["a wrong name", "mysql", { IntegrationName: "a--b" }, "InvalidParameterValue", /integration name/],
        [
            "a missing source",
            "mysql",
            { SourceArn: `arn:aws:rds:${REGION}:${ACCOUNT}:db:other` },
            "DBInstanceNotFoundFault",
            /other/,
        ],
        [
            "a missing cluster",
            "mysql",
            { SourceArn: `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:x` },
            "DBClusterNotFoundFault",
            /x/,
        ],
        [
            "a source of another kind",
            "mysql",
            { SourceArn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/t` },
            "InvalidParameterValue",
            /source ARN/,
        ],
        [
            "a target of another kind",
            "mysql",
            { TargetArn: `arn:aws:s3:::bucket-of-mine` },
            "InvalidParameterValue",
            /target ARN/,
        ],
        [
            "a target elsewhere",
            "mysql",
            { TargetArn: TARGET.replace(REGION, "us-east-1") },
            "InvalidParameterValue",
            /Region/,
        ],
        ["a key that is not there", "mysql", { KMSKeyId: "alias/none" }, "KMSKeyNotAccessibleFault", /alias\/none/],
        [
            "a context without a key",
            "mysql",
            { AdditionalEncryptionContext: { a: "b" } },
            "InvalidParameterCombination",
            /key/,
        ],
    ] as const) {
        it(`are refused for ${what}`, async () => {
            const shop = await new Shop(engine).setUp();
            const refused = await refusal(shop.integrate(input));
            assert.equal(refused.code, code);
            assert.match(refused.message, reason);
            assert.equal(await shop.integration(), undefined);
        });
    }

    it("are created one at a time per source, one per target, at most five", async () => {
        const shop = await new Shop("mysql").setUp();
        await shop.integrate();
        const target = (n: number) => TARGET.replace(/.$/, String(n));
        const other = (n: number) => ({ IntegrationName: `i${n}`, TargetArn: target(n) });
        assert.equal((await refusal(shop.integrate({ ...other(1) }))).code, "IntegrationConflictOperationFault");
        await shop.world.clock.advance(minutes(11));
        assert.equal((await refusal(shop.integrate({ IntegrationName: "x" }))).code, "IntegrationAlreadyExistsFault");
        assert.equal((await refusal(shop.integrate({ TargetArn: target(1) }))).code, "IntegrationAlreadyExistsFault");
        for (const n of [1, 2, 3, 4]) {
            await shop.integrated(other(n));
        }
        assert.equal((await refusal(shop.integrate(other(6)))).code, "IntegrationQuotaExceededFault");
    });

    it("can't be changed while they change, nor deleted while the source is stopped, which can't be deleted", async () => {
        const shop = await new Shop("mysql").setUp();
        await shop.integrate();
        const remove = () => shop.call("DeleteIntegration", { IntegrationIdentifier: "shop-to-warehouse" });
        assert.equal((await refusal(remove())).code, "InvalidIntegrationStateFault");
        await shop.world.clock.advance(minutes(11));
        const drop = shop.call("DeleteDBInstance", { DBInstanceIdentifier: "shop", SkipFinalSnapshot: true });
        assert.equal((await refusal(drop)).code, "InvalidDBInstanceStateFault");
        await shop.call("StopDBInstance", { DBInstanceIdentifier: "shop" });
        await shop.world.clock.advance(minutes(5));
        assert.equal((await refusal(remove())).code, "InvalidIntegrationStateFault");
        await shop.call("StartDBInstance", { DBInstanceIdentifier: "shop" });
        await shop.world.clock.advance(minutes(6));
        await remove();
        assert.equal((await shop.integration()).Status, "deleting");
        await shop.world.clock.advance(minutes(4));
        assert.equal(await shop.integration(), undefined);
    });

    it("need a key that both the caller and Redshift may use, and fail when it is disabled", async () => {
        const shop = await new Shop("mysql").setUp();
        const statement = (Principal: object) => ({ Effect: "Allow", Principal, Action: "kms:*", Resource: "*" });
        const own = statement({ AWS: `arn:aws:iam::${ACCOUNT}:root` });
        const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
        const { KeyMetadata } = await shop.admin.call("kms", "CreateKey", { Policy: policy(own) });
        const KMSKeyId = KeyMetadata.Arn;
        assert.match(
            (await refusal(shop.integrate({ KMSKeyId }))).message,
            /redshift\.amazonaws\.com is not authorized/,
        );
        await shop.admin.call("kms", "PutKeyPolicy", {
            KeyId: KMSKeyId,
            PolicyName: "default",
            Policy: policy(own, statement({ Service: "redshift.amazonaws.com" })),
        });
        assert.equal((await shop.integrated({ KMSKeyId })).Status, "active");
        await shop.admin.call("kms", "DisableKey", { KeyId: KMSKeyId });
        await shop.world.clock.advance(minutes(2));
        assert.equal((await shop.integration()).Status, "failed");
    });
});

describe("databases of RDS", () => {
    it("make each cluster's first instance its writer, and the next one when it goes", async () => {
        const shop = await new Shop("aurora-postgresql").setUp();
        await shop.call("CreateDBInstance", {
            DBInstanceIdentifier: "shop-2",
            DBInstanceClass: "db.serverless",
            DBClusterIdentifier: "shop",
            Engine: "aurora-postgresql",
        });
        const writers = async () => {
            const { DBClusters } = await shop.call("DescribeDBClusters");
            return DBClusters[0].DBClusterMembers.filter((m: { IsClusterWriter: boolean }) => m.IsClusterWriter).map(
                (m: { DBInstanceIdentifier: string }) => m.DBInstanceIdentifier,
            );
        };
        assert.deepEqual(await writers(), ["shop-1"]);
        await shop.call("DeleteDBInstance", { DBInstanceIdentifier: "shop-1" });
        await shop.world.clock.advance(minutes(4));
        assert.deepEqual(await writers(), ["shop-2"]);
    });

    it("are rebooted within a minute, once at a time", async () => {
        const shop = await new Shop("mysql").setUp();
        const status = async () => (await shop.call("DescribeDBInstances")).DBInstances[0].DBInstanceStatus;
        await shop.call("RebootDBInstance", { DBInstanceIdentifier: "shop" });
        assert.equal(await status(), "rebooting");
        const again = shop.call("RebootDBInstance", { DBInstanceIdentifier: "shop" });
        assert.equal((await refusal(again)).code, "InvalidDBInstanceStateFault");
        assert.throws(() => shop.sql("CREATE TABLE t (id INT)"), /not available/);
        await shop.world.clock.advance(minutes(1));
        assert.equal(await status(), "available");
    });

    it("say which versions take part in zero-ETL", async () => {
        const shop = new Shop("mysql");
        for (const [Engine, EngineVersion, expected] of [
            ["aurora-mysql", "8.0.mysql_aurora.3.05.2", true],
            ["aurora-mysql", "8.0.mysql_aurora.3.04.1", false],
            ["aurora-mysql", "8.0.mysql_aurora.3.10.1", true],
            ["aurora-postgresql", "15.10", false],
            ["aurora-postgresql", "16.10", true],
            ["aurora-postgresql", "17.4", true],
            ["postgres", "15.12", true],
            ["oracle-se2", "19.0.0.0.ru-2025-04.rur-2025-04.r1", true],
        ] as const) {
            const { DBEngineVersions } = await shop.call("DescribeDBEngineVersions", { Engine, EngineVersion });
            assert.deepEqual([EngineVersion, DBEngineVersions[0].SupportsIntegrations], [EngineVersion, expected]);
        }
    });

    it("are in subnets of one network, in two zones at least", async () => {
        const shop = new Shop("mysql");
        const { Subnets } = await shop.admin.call("ec2", "DescribeSubnets", {});
        const ids = Subnets.map(({ SubnetId }: { SubnetId: string }) => SubnetId) as string[];
        const create = (SubnetIds: string[]) =>
            shop.call("CreateDBSubnetGroup", { DBSubnetGroupName: "db", DBSubnetGroupDescription: "x", SubnetIds });
        assert.equal((await refusal(create(ids.slice(0, 1)))).code, "DBSubnetGroupDoesNotCoverEnoughAZs");
        assert.equal((await refusal(create(["subnet-0", ids[0]!]))).code, "InvalidSubnet");
        const { DBSubnetGroup } = await create(ids.slice(0, 2));
        assert.deepEqual([DBSubnetGroup.VpcId, DBSubnetGroup.Subnets.length], [Subnets[0].VpcId, 2]);
        shop.instance = { DBSubnetGroupName: "db" };
        await shop.setUp();
        const remove = shop.call("DeleteDBSubnetGroup", { DBSubnetGroupName: "db" });
        assert.equal((await refusal(remove)).code, "InvalidDBSubnetGroupStateFault");
    });

    it("are reached by the SDK's client, and their SQL by the control door", async () => {
        const simulator = await startSimulator();
        const client = new RDSClient({
            endpoint: simulator.endpoint,
            region: REGION,
            credentials: KEYS,
            maxAttempts: 1,
        });
        try {
            await assert.rejects(
                client.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: "shop" })),
                DBInstanceNotFoundFault,
            );
            const { DBInstance } = await client.send(
                new CreateDBInstanceCommand({
                    DBInstanceIdentifier: "shop",
                    DBInstanceClass: "db.r6g.large",
                    Engine: "mysql",
                    AllocatedStorage: 20,
                    MasterUsername: "admin",
                    ManageMasterUserPassword: true,
                    DBName: "shop",
                    Tags: [{ Key: "a", Value: "b" }],
                }),
            );
            assert.deepEqual(DBInstance!.TagList, [{ Key: "a", Value: "b" }]);
            assert.equal(DBInstance!.DBParameterGroups![0]!.ParameterApplyStatus, "in-sync");
            await simulator.world.clock.advance(minutes(6));
            const post = async (text: string) => {
                const body = JSON.stringify({
                    clusterOrInstance: DBInstance!.DBInstanceArn,
                    database: "shop",
                    sql: text,
                });
                const response = await fetch(`${simulator.endpoint}/_zero-etl/sql`, { method: "POST", body });
                return [response.status, ((await response.json()) as { error?: string }).error];
            };
            assert.deepEqual(await post("CREATE TABLE t (id INT PRIMARY KEY); INSERT INTO t VALUES (1)"), [
                200,
                undefined,
            ]);
            assert.deepEqual(await post("SELECT * FROM t"), [400, "SELECT is not simulated"]);
        } finally {
            client.destroy();
            await simulator.stop();
        }
    });

    it("keep no password, but the ARN of a secret", async () => {
        const shop = await new Shop("mysql").setUp();
        const { DBInstances } = await shop.call("DescribeDBInstances");
        assert.match(DBInstances[0].MasterUserSecret.SecretArn, /^arn:aws:secretsmanager:.*:secret:rds!db-/);
    });
});
