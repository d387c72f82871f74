import { strict as assert } from "node:assert";

import type { PipelineSource, SourceReader } from "../../../simulator/pipelines/source";
import { openRds } from "../../../simulator/pipelines/sources/rds";
import { replicationSlots } from "../../../simulator/services/rds/slots";
import { sql } from "../../../simulator/services/rds/sql";
import { hours, minutes } from "../../../simulator/world/clock";
import {
    ACCOUNT,
    allow,
    ATTACHMENT,
    BUCKET,
    EXPORTER,
    REGION,
    SourceWorld,
    STAGING,
    withoutOne,
    type Statement,
} from "./source-world";

const PASSWORD = "correct-horse";
const EXPORT_ROLE = `arn:aws:iam::${ACCOUNT}:role/export`;

interface Engine {
    name: string;
    /** RDS's name */
    engine: string;
    version: string;
    family: string;
    cluster: boolean;
    port: number;
    parameters: Record<string, string>;
    /** one that keeps the log from being read */
    broken: [name: string, value: string];
    create: string;
    table: string;
}

const AURORA_POSTGRESQL: Engine = {
    name: "aurora-postgresql",
    engine: "aurora-postgresql",
    version: "16.4",
    family: "aurora-postgresql16",
    cluster: true,
    port: 5432,
    parameters: {
        "rds.logical_replication": "1",
        "aurora.enhanced_logical_replication": "1",
        "aurora.logical_replication_backup": "0",
        "aurora.logical_replication_globaldb": "0",
    },
    broken: ["rds.logical_replication", "0"],
    create: "CREATE TABLE lines (id INT, no INT, price NUMERIC(12,2), at TIMESTAMPTZ, day DATE, doc JSONB, raw BYTEA, PRIMARY KEY (id, no))",
    table: "public.lines",
};

const MYSQL: Engine = {
    name: "mysql",
    engine: "mysql",
    version: "8.0.40",
    family: "mysql8.0",
    cluster: false,
    port: 3306,
    parameters: { binlog_format: "ROW", binlog_row_image: "full", binlog_row_metadata: "full" },
    broken: ["binlog_row_metadata", "minimal"],
    create: "CREATE TABLE lines (id INT, no INT, price DECIMAL(12,2), at DATETIME, day DATE, doc JSON, raw BLOB, PRIMARY KEY (id, no))",
    table: "lines",
};

/** A shop whose lines flow. */
class Billing extends SourceWorld {
    arn = "";
    key = "";

    constructor(readonly engine: Engine) {
        super();
    }

    async prepare(): Promise<this> {
        await this.setUp(this.engine.port);
        await this.makeGroup("log", this.engine.parameters);
        await this.makeDatabase(this.engine);
        const { KeyMetadata } = await this.admin.call("kms", "CreateKey", {});
        this.key = KeyMetadata.Arn;
        await this.roleOf(EXPORTER, "export", this.exporting());
        await this.advance(minutes(20));
        sql(this.world, this.arn, "billing", this.engine.create);
        return this;
    }

    exporting(): Statement[] {
        return [
            allow(["s3:PutObject*", "s3:GetObject*", "s3:DeleteObject*"], `arn:aws:s3:::${BUCKET}/*`),
            allow(["s3:ListBucket", "s3:GetBucketLocation"], `arn:aws:s3:::${BUCKET}`),
        ];
    }

    letExport(...statements: Statement[]) {
        return this.let("export", statements);
    }

    /** What the documentation gives a pipeline's role. */
    statements(): Record<string, Statement> {
        const rds = `arn:aws:rds:${REGION}:${ACCOUNT}`;
        const [snapshots, database] = this.engine.cluster
            ? [`${rds}:cluster-snapshot:billing*`, `${rds}:cluster:billing*`]
            : [`${rds}:snapshot:billing*`, `${rds}:db:billing*`];
        const of = this.engine.cluster ? "DBCluster" : "DB";
        return {
            ...STAGING,
            ...ATTACHMENT,
            database: allow(`rds:Describe${this.engine.cluster ? "DBClusters" : "DBInstances"}`, `${database}`),
            snapshot: allow([`rds:Create${of}Snapshot`, `rds:Describe${of}Snapshots`], [database, snapshots]),
            task: allow("rds:StartExportTask", [snapshots, database]),
            tasks: allow("rds:DescribeExportTasks"),
            key: allow(
                [
                    ...["Decrypt", "Encrypt", "DescribeKey", "RetireGrant", "CreateGrant"].map((a) => `kms:${a}`),
                    ...["kms:ReEncrypt*", "kms:GenerateDataKey*"],
                ],
                this.key,
            ),
            pass: allow("iam:PassRole", EXPORT_ROLE),
        };
    }

    async makeGroup(name: string, parameters: Record<string, string>): Promise<void> {
        const kind = this.engine.cluster ? "DBClusterParameterGroup" : "DBParameterGroup";
        const group = { [`${kind}Name`]: name };
        await this.rds(`Create${kind}`, { ...group, DBParameterGroupFamily: this.engine.family, Description: "-" });
        await this.set(name, parameters);
    }

    set(name: string, parameters: Record<string, string>) {
        const kind = this.engine.cluster ? "DBClusterParameterGroup" : "DBParameterGroup";
        const Parameters = Object.entries(parameters).map(([ParameterName, ParameterValue]) => ({
            ParameterName,
            ParameterValue,
            ApplyMethod: "pending-reboot",
        }));
        return this.rds(`Modify${kind}`, { [`${kind}Name`]: name, Parameters });
    }

    private async makeDatabase({ engine: Engine, version: EngineVersion, cluster }: Engine): Promise<void> {
        const user = { MasterUsername: "owner", MasterUserPassword: PASSWORD };
        const network = { DBSubnetGroupName: "private", VpcSecurityGroupIds: [this.databaseGroup] };
        const instance = { DBInstanceClass: "db.r6g.large", Engine };
        if (!cluster) {
            const { DBInstance } = await this.rds("CreateDBInstance", {
                ...{ DBInstanceIdentifier: "billing", EngineVersion, AllocatedStorage: 20, DBName: "billing" },
                ...{ DBParameterGroupName: "log", ...instance, ...user, ...network },
            });
            this.arn = DBInstance.DBInstanceArn;
            return;
        }
        const { DBCluster } = await this.rds("CreateDBCluster", {
            ...{ DBClusterIdentifier: "billing", Engine, EngineVersion, DatabaseName: "billing" },
            ...{ DBClusterParameterGroupName: "log", ...user, ...network },
        });
        this.arn = DBCluster.DBClusterArn;
        await this.rds("CreateDBInstance", {
            ...{ DBInstanceIdentifier: "billing-1", DBClusterIdentifier: "billing", ...instance },
        });
    }

    options(more: object = {}) {
        return {
            db_identifier: "billing",
            engine: this.engine.name,
            database: "billing",
            s3_bucket: BUCKET,
            s3_prefix: "products",
            export: { kms_key_id: this.key, iam_role_arn: EXPORT_ROLE },
            stream: true,
            authentication: { username: "owner", password: PASSWORD },
            ...more,
        };
    }

    run(text: string): void {
        sql(this.world, this.arn, "billing", text);
    }

    /** Reads until the initial load is there, or nothing comes within an hour. */
    async load(source: PipelineSource) {
        for (let round = 0; round < 12; round++) {
            const events = await source.read();
            if (events.length > 0) {
                return events;
            }
            await this.advance(minutes(5));
        }
        return [];
    }
}

for (const engine of [AURORA_POSTGRESQL, MYSQL]) {
    describe(`a pipeline's rds source, simulated, of ${engine.name}`, () => {
        let billing: Billing;
        let reader: SourceReader;
        let source: PipelineSource;

        beforeEach(async () => {
            billing = await new Billing(engine).prepare();
            reader = billing.reader(await billing.role(billing.statements()), billing.options());
            source = openRds(reader);
        });
        afterEach(() => billing.world.stop());

        const open = (more: object = {}, rest: Partial<SourceReader> = {}) =>
            openRds({ ...reader, options: billing.options(more), ...rest });
        const codes = async (from = source) => (await from.problems()).map(({ code }) => code);
        const messages = async (from = source) => (await from.problems()).map(({ message }) => message);

        it("exports a snapshot, then follows the log", async () => {
            assert.deepEqual(await source.problems(), []);
            const [at, raw] = engine.cluster ? ["2026-01-31 12:00:00+02", "\\x41"] : ["2026-01-31 10:00:00", "A"];
            billing.run(
                `INSERT INTO lines (id, no, price, at, day, doc, raw) VALUES (1, 1, 12.5, '${at}', '2026-01-31', '{"a":1}', '${raw}')`,
            );
            const before = billing.world.clock.now();
            const [event, ...others] = await billing.load(source);
            assert.deepEqual(others, []);
            assert.deepEqual(event!.data, {
                id: 1,
                no: 1,
                price: "12.50",
                at: Date.UTC(2026, 0, 31, 10),
                day: Date.UTC(2026, 0, 31),
                doc: engine.cluster ? { a: 1 } : '{"a":1}',
                raw: "QQ==",
            });
            const {
                s3_partition_key: partition,
                event_timestamp: when,
                document_version: version,
                ...rest
            } = event!.metadata;
            assert.match(String(partition), /^products\/buffer\/[0-9a-f]{2}$/);
            assert.ok(Number(when) >= Math.floor(before) && Number(when) < before + minutes(1));
            assert.equal(Number(when) - Number(version), minutes(5));
            assert.deepEqual(rest, {
                primary_key: "1|1",
                database_name: "billing",
                schema_name: engine.cluster ? "public" : "billing",
                table_name: "lines",
                opensearch_action: "index",
                ingestion_type: "EXPORT",
            });

            billing.run("INSERT INTO lines (id, no) VALUES (2, 1)");
            billing.run("UPDATE lines SET price = 1 WHERE id = 1");
            billing.run("UPDATE lines SET no = 2 WHERE id = 2");
            billing.run("DELETE FROM lines WHERE id = 1");
            const changes = await source.read();
            assert.deepEqual(
                changes.map(({ metadata }) => [
                    metadata.change_event_type,
                    metadata.opensearch_action,
                    metadata.primary_key,
                ]),
                [
                    ["insert", "index", "2|1"],
                    ["update", "index", "1|1"],
                    ["delete", "delete", "2|1"],
                    ["update", "index", "2|2"],
                    ["delete", "delete", "1|1"],
                ],
            );
            // PostgreSQL's log has nothing but the key of what was deleted.
            assert.equal(changes[4]!.data.price, engine.cluster ? undefined : "1.00");
            const versions = changes.map(({ metadata }) => Number(metadata.document_version));
            assert.deepEqual(
                versions,
                [...new Set(versions)].sort((a, b) => a - b),
            );
            assert.deepEqual(await source.read(), []);
        });

        it("makes the snapshot and the export task under the names that the service gives", async () => {
            billing.run("INSERT INTO lines (id, no) VALUES (1, 1)");
            await billing.load(source);
            const { ExportTasks } = await billing.rds("DescribeExportTasks", {});
            const [{ ExportTaskIdentifier, SourceArn, Status, S3Bucket }] = ExportTasks;
            assert.deepEqual([Status, S3Bucket], ["COMPLETE", BUCKET]);
            assert.match(SourceArn, /snapshot:billing-snapshot-[0-9a-f]{8}$/);
            assert.match(ExportTaskIdentifier, /^billing-snapshot-[0-9a-f]{8}-export-[0-9a-f]{8}$/);
            const { Contents } = await billing.admin.call("s3", "ListObjectsV2", { Bucket: BUCKET });
            assert.ok(Contents.some(({ Key }: { Key: string }) => Key.endsWith("lines/1/part-00000.gz.parquet")));
        });

        it("loses no change between the snapshot and the end of its export", async () => {
            billing.run(
                "CALL mysql.rds_set_configuration('binlog retention hours', 24)".repeat(engine.cluster ? 0 : 1),
            );
            billing.run("INSERT INTO lines (id, no) VALUES (1, 1)");
            await source.read();
            billing.run("INSERT INTO lines (id, no) VALUES (2, 1)");
            const events = await billing.load(source);
            assert.deepEqual(
                events.map(({ metadata }) => [metadata.ingestion_type, metadata.primary_key]),
                [
                    ["EXPORT", "1|1"],
                    ["STREAM", "2|1"],
                ],
            );
        });

        it("takes the tables that it is told", async () => {
            billing.run("CREATE TABLE notes (id INT PRIMARY KEY)");
            const sources = Object.entries({
                all: {},
                included: { tables: { include: [engine.table] } },
                excluded: { tables: { exclude: [engine.table] } },
                both: { tables: { include: [engine.table], exclude: [engine.table] } },
            }).map(([pipelineName, tables]) => open({ export: undefined, ...tables }, { pipelineName }));
            await Promise.all(sources.map((one) => one.read()));
            billing.run("INSERT INTO lines (id, no) VALUES (1, 1)");
            billing.run("INSERT INTO notes (id) VALUES (1)");
            const read = await Promise.all(sources.map((one) => one.read()));
            assert.deepEqual(
                read.map((events) => events.map(({ metadata }) => metadata.table_name)),
                [["lines", "notes"], ["lines"], ["notes"], []],
            );
        });

        it("streams only when it is told to", async () => {
            const still = open({ export: undefined, stream: undefined });
            await still.read();
            billing.run("INSERT INTO lines (id, no) VALUES (1, 1)");
            assert.deepEqual(await still.read(), []);
        });

        it("tells each missing statement of its role", async () => {
            for (const [name, statements] of withoutOne(billing.statements())) {
                const problems = await open({}, { role: await billing.role(statements, `no-${name}`) }).problems();
                assert.ok(problems.length > 0, `it starts without ${name}`);
                assert.ok(
                    problems.every(({ code }) => /^AccessDenied/.test(code)),
                    `${name}: ${JSON.stringify(problems)}`,
                );
            }
        });

        it("needs its log's parameters in effect, not only declared", async () => {
            const [name, value] = engine.broken;
            await billing.set("log", { [name]: value });
            assert.deepEqual(await codes(), []);
            const DBInstanceIdentifier = engine.cluster ? "billing-1" : "billing";
            await billing.rds("RebootDBInstance", { DBInstanceIdentifier });
            await billing.advance();
            const [problem, ...others] = await source.problems();
            assert.deepEqual(others, []);
            assert.match(problem!.message, new RegExp(`${name.replaceAll(".", "\\.")} is ${value} in effect`));
            assert.equal(problem!.metric, "rds.streamReplicationNotEnabledErrors");
            assert.deepEqual(await codes(open({ stream: false })), []);
        });

        it("refuses what it can't connect to", async () => {
            assert.deepEqual(await codes(open({ db_identifier: "billing-other" })), [
                engine.cluster ? "DBClusterNotFoundFault" : "DBInstanceNotFoundFault",
            ]);
            if (engine.cluster) {
                const member = open({ db_identifier: "billing-1", cluster: false }, { role: billing.admin });
                assert.match((await messages(member))[0]!, /belongs to a cluster, which is to be the source/);
            }
            assert.deepEqual(await codes(open({ authentication: { username: "owner", password: "x" } })), [
                "AuthenticationFailed",
            ]);
            assert.deepEqual(await codes(open({ database: "other" })), ["UnknownDatabase"]);
            assert.deepEqual(await codes(open({}, { vpc: undefined })), ["ValidationException"]);
            assert.match((await messages(open({ joins: {} })))[0]!, /joins .* not simulated/);
            const other = engine.cluster ? "aurora-mysql" : "postgresql";
            assert.match((await messages(open({ engine: other })))[0]!, /has the engine/);
        });

        it("tells why the initial load does not come forward, and goes on once it can", async () => {
            billing.run("INSERT INTO lines (id, no) VALUES (1, 1)");
            const [objects] = billing.exporting();
            await billing.letExport(objects!);
            await assert.rejects(billing.load(source), {
                code: "IamRoleMissingPermissionsFault",
                message: /s3:GetBucketLocation/,
                metric: "rds.exportJobFailure",
            });
            await billing.letExport(...billing.exporting());
            await billing.advance();
            assert.equal((await billing.load(source)).length, 1);
        });
    });
}

describe("the versions of Aurora that a pipeline reads, simulated", () => {
    for (const [version, expected] of [
        ["16.3", /pipelines read it from 16\.4 on/],
        ["16.8", undefined],
        ["17.2", undefined],
    ] as const) {
        it(`PostgreSQL ${version}: ${expected ? "too old" : "taken"}`, async () => {
            const family = `aurora-postgresql${version.slice(0, 2)}`;
            const billing = await new Billing({ ...AURORA_POSTGRESQL, version, family }).prepare();
            const source = openRds(billing.reader(await billing.role(billing.statements()), billing.options()));
            const [problem] = await source.problems();
            assert.equal(problem !== undefined, expected !== undefined, problem?.message);
            assert.match(problem?.message ?? "", expected ?? /^$/);
            billing.world.stop();
        });
    }
});

describe("what a pipeline leaves behind, simulated", () => {
    it("is a replication slot of PostgreSQL, which holds the log for a pipeline that starts again", async () => {
        const billing = await new Billing(AURORA_POSTGRESQL).prepare();
        const reader = billing.reader(await billing.role(billing.statements()), billing.options({ export: undefined }));
        const first = openRds(reader);
        await first.read();
        first.close();
        const [slot, ...others] = replicationSlots(billing.world, billing.arn);
        assert.deepEqual(others, []);
        assert.match(slot!, /^data_prepper_billing_slot_[0-9a-f]{8}$/);
        billing.run("INSERT INTO lines (id, no) VALUES (1, 1)");
        await billing.advance(hours(48));
        assert.equal((await openRds(reader).read()).length, 1);
        billing.run(`SELECT pg_drop_replication_slot('${slot}')`);
        assert.deepEqual(replicationSlots(billing.world, billing.arn), []);
        assert.throws(() => billing.run("SELECT pg_drop_replication_slot('x')"), /does not exist/);
        billing.world.stop();
    });

    it("is nothing of MySQL, whose binary log goes after its hours, or at once", async () => {
        const billing = await new Billing(MYSQL).prepare();
        const reader = billing.reader(await billing.role(billing.statements()), billing.options({ export: undefined }));
        const source = openRds(reader);
        const afterPause = async (pause: number) => {
            await source.read();
            billing.run("DELETE FROM lines");
            billing.run("INSERT INTO lines (id, no) VALUES (1, 1)");
            await billing.advance(pause);
            return (await source.read()).map(({ metadata }) => metadata.change_event_type);
        };
        assert.deepEqual(await afterPause(hours(1)), []);
        billing.run("CALL mysql.rds_set_configuration('binlog retention hours', 24)");
        assert.deepEqual(await afterPause(hours(23)), ["delete", "insert"]);
        assert.deepEqual(await afterPause(hours(25)), []);
        assert.throws(
            () => billing.run("CALL mysql.rds_set_configuration('binlog retention hours', 1000)"),
            /not simulated/,
        );
        billing.world.stop();
    });
});
