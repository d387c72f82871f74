import assert from "node:assert/strict";

import {
    needsReboot,
    pairProblems,
    parameterGroupFamily,
    parameterGroupKind,
    parameterProblems,
    rdsSourceProblems,
    requiredParameters,
    sourceEngineOf,
    versionProblems,
    type RdsSourceState,
    type SourceEngine,
} from "../../../sdk/requirements";

/** Every row of AWS's tables: a good group, and for each parameter a wrong value, what is needed, and whether a reboot follows. */
type Row = [name: string, wrong: string, needed: string, reboot: boolean];
const GROUPS: { engine: SourceEngine; multiAzCluster?: boolean; good: Record<string, string>; rows: Row[] }[] = [
    {
        engine: "aurora-mysql",
        good: {
            aurora_enhanced_binlog: "1",
            binlog_backup: "0",
            binlog_format: "ROW",
            binlog_replication_globaldb: "0",
            binlog_row_image: "full",
            binlog_row_metadata: "full",
        },
        rows: [
            ["aurora_enhanced_binlog", "0", "1", true],
            ["binlog_backup", "1", "0", true],
            ["binlog_format", "MIXED", "ROW", true],
            ["binlog_replication_globaldb", "1", "0", true],
            ["binlog_row_image", "minimal", "full", true],
            ["binlog_row_metadata", "minimal", "full", true],
            ["binlog_transaction_compression", "ON", "anything but ON", false],
            ["binlog_row_value_options", "PARTIAL_JSON", "anything but PARTIAL_JSON", false],
        ],
    },
    {
        engine: "aurora-postgresql",
        good: {
            "rds.logical_replication": "1",
            "aurora.enhanced_logical_replication": "1",
            "aurora.logical_replication_backup": "0",
            "aurora.logical_replication_globaldb": "0",
        },
        rows: [
            ["rds.logical_replication", "0", "1", true],
            ["aurora.enhanced_logical_replication", "0", "1", true],
            ["aurora.logical_replication_backup", "1", "0", true],
            ["aurora.logical_replication_globaldb", "1", "0", true],
        ],
    },
    {
        engine: "mysql",
        good: { binlog_format: "ROW", binlog_row_image: "full" },
        rows: [
            ["binlog_format", "STATEMENT", "ROW", false],
            ["binlog_row_image", "noblob", "full", false],
            ["binlog_row_value_options", "PARTIAL_JSON", "anything but PARTIAL_JSON", false],
        ],
    },
    {
        engine: "mysql",
        multiAzCluster: true,
        good: { binlog_format: "ROW", binlog_row_image: "full" },
        rows: [["binlog_transaction_compression", "1", "anything but ON", false]],
    },
    {
        engine: "postgres",
        good: {
            "rds.logical_replication": "1",
            "rds.replica_identity_full": "1",
            session_replication_role: "origin",
            wal_sender_timeout: "0",
            max_wal_senders: "20",
            max_replication_slots: "20",
        },
        rows: [
            ["rds.logical_replication", "0", "1", true],
            ["rds.replica_identity_full", "0", "1", false],
            ["session_replication_role", "replica", "origin", false],
            ["wal_sender_timeout", "19999", "0, or 20000 milliseconds or more", false],
            ["max_wal_senders", "19", "20 or more", true],
            ["max_replication_slots", "5", "20 or more", true],
        ],
    },
    { engine: "oracle", good: {}, rows: [] },
];

describe("the parameters of a source", () => {
    for (const { engine, multiAzCluster, good, rows } of GROUPS) {
        const title = `${engine}${multiAzCluster ? " in a Multi-AZ cluster" : ""}`;

        it(`of ${title} are those that a group of ours sets`, () => {
            const set = requiredParameters(engine, { multiAzCluster });
            assert.deepEqual(Object.fromEntries(set.map(({ name, value }) => [name, value])), good);
            assert.deepEqual(parameterProblems("group", engine, good, { multiAzCluster }), []);
        });

        for (const [name, wrong, needed, reboot] of rows) {
            it(`of ${title} are refused with ${name} = ${wrong}`, () => {
                const found = { ...good, [name]: wrong };
                const problems = parameterProblems("group", engine, found, { multiAzCluster });
                assert.equal(problems.length, 1);
                const { message } = problems[0]!;
                assert.ok(
                    message.startsWith(`${name} is "${wrong}", and a source of ${engine} needs ${needed}.`),
                    message,
                );
                assert.equal(/takes effect when the writer is rebooted/.test(message), reboot);
                assert.equal(/no reboot follows/.test(message), !reboot);
                assert.deepEqual(needsReboot(engine, [name, "max_connections"]), reboot ? [name] : []);
            });
        }

        it(`of ${title} are set at a reboot where they are static`, () => {
            for (const { name, applyMethod } of requiredParameters(engine, { multiAzCluster })) {
                const row = rows.find(([each]) => each === name);
                assert.equal(applyMethod, (row?.[3] ?? false) ? "pending-reboot" : "immediate", name);
            }
        });
    }

    it("that a group does not set have the engine's own value, where it is known", () => {
        const missing = (engine: SourceEngine) =>
            parameterProblems("group", engine, {}).map((p) => p.message.split(" ")[0]);
        assert.deepEqual(missing("aurora-mysql"), [
            "aurora_enhanced_binlog",
            "binlog_backup",
            "binlog_format",
            "binlog_replication_globaldb",
            "binlog_row_metadata",
        ]);
        assert.deepEqual(missing("mysql"), ["binlog_format"]);
        assert.match(parameterProblems("group", "mysql", {})[0]!.message, /^binlog_format is not set/);
    });

    it("are compared as databases read them", () => {
        const good = GROUPS[4]!.good;
        for (const found of [
            { "rds.logical_replication": "on" },
            { session_replication_role: "ORIGIN" },
            { wal_sender_timeout: "20000" },
            { max_wal_senders: "100" },
        ]) {
            assert.deepEqual(parameterProblems("group", "postgres", { ...good, ...found }), []);
        }
    });

    it("are in a group of the cluster, or of the instance, and of the version's family", () => {
        assert.equal(parameterGroupKind("aurora-mysql"), "cluster");
        assert.equal(parameterGroupKind("mysql"), "instance");
        assert.equal(parameterGroupKind("mysql", { multiAzCluster: true }), "cluster");
        assert.equal(parameterGroupFamily("aurora-mysql", "8.0.mysql_aurora.3.05.2"), "aurora-mysql8.0");
        assert.equal(parameterGroupFamily("aurora-postgresql", "16.4"), "aurora-postgresql16");
        assert.equal(parameterGroupFamily("mysql", "8.4.3"), "mysql8.4");
        assert.equal(parameterGroupFamily("postgres", "17.3"), "postgres17");
        assert.equal(parameterGroupFamily("oracle", "19"), undefined);
    });
});

describe("the version of a source", () => {
    const versions: [SourceEngine, version: string, "good" | "warning" | "error"][] = [
        ["aurora-mysql", "8.0.mysql_aurora.3.05.2", "good"],
        ["aurora-mysql", "8.0.mysql_aurora.3.05.1", "error"],
        ["aurora-mysql", "8.0.mysql_aurora.3.04.3", "error"],
        ["aurora-mysql", "8.0.mysql_aurora.3.10.0", "good"],
        ["aurora-mysql", "8.0.mysql_aurora.3.05", "good"],
        ["aurora-mysql", "8.0", "good"],
        ["aurora-mysql", "5.7.mysql_aurora.2.11.5", "error"],
        ["aurora-mysql", "newest", "error"],
        ["aurora-postgresql", "16.4", "good"],
        ["aurora-postgresql", "16.3", "error"],
        ["aurora-postgresql", "16.10", "good"],
        ["aurora-postgresql", "16", "good"],
        ["aurora-postgresql", "17.3", "error"],
        ["aurora-postgresql", "17.4", "good"],
        ["aurora-postgresql", "15.12", "error"],
        ["aurora-postgresql", "18.1", "warning"],
        ["mysql", "8.0.36", "good"],
        ["mysql", "8.4.3", "good"],
        ["mysql", "8.2.0", "error"],
        ["mysql", "5.7.44", "error"],
        ["mysql", "9.1.0", "warning"],
        ["postgres", "15.11", "good"],
        ["postgres", "15.10", "warning"],
        ["postgres", "15.6", "error"],
        ["postgres", "16.7", "good"],
        ["postgres", "16.3", "warning"],
        ["postgres", "16.2", "error"],
        ["postgres", "17.3", "good"],
        ["postgres", "17.1", "warning"],
        ["postgres", "17.0", "error"],
        ["postgres", "14.17", "error"],
        ["oracle", "19.0.0.0.ru-2019-07.rur-2019-07.r1", "good"],
        ["oracle", "19.0.0.0.ru-2024-01.rur-2024-01.r1", "good"],
        ["oracle", "19.0.0.0.ru-2019-04.rur-2019-04.r1", "error"],
        ["oracle", "19", "good"],
        ["oracle", "12.2.0.1.ru-2020-01.rur-2020-01.r1", "error"],
        ["oracle", "21.0.0.0.ru-2022-01.rur-2022-01.r1", "warning"],
    ];
    for (const [engine, version, expected] of versions) {
        it(`${version} of ${engine} is ${expected === "good" ? "good" : `met with a${expected === "error" ? "n" : ""} ${expected}`}`, () => {
            assert.equal(versionProblems("engineVersion", engine, version)[0]?.severity ?? "good", expected);
        });
    }

    it("is refused with the versions to use", () => {
        const said = (engine: SourceEngine, version: string) =>
            versionProblems("engineVersion", engine, version)[0]!.message;
        assert.match(said("aurora-mysql", "8.0.mysql_aurora.3.04.0"), /Use 8\.0\.mysql_aurora\.3\.05\.2 or a later/);
        assert.match(said("postgres", "14.1"), /Use 15\.11, 16\.7, 17\.3 or a later/);
        assert.match(said("oracle", "18"), /Use 19\.0\.0\.0\.ru-2019-07 or a later/);
    });
});

describe("a source in RDS", () => {
    const arn = (kind: "cluster" | "db") => `arn:aws:rds:eu-west-1:111122223333:${kind}:orders-1`;
    const auroraMySql: RdsSourceState = {
        engine: "aurora-mysql",
        arn: arn("cluster"),
        backtrackWindow: 0,
        instances: 1,
    };
    const auroraPostgreSql: RdsSourceState = { engine: "aurora-postgresql", arn: arn("cluster") };
    const mySql: RdsSourceState = { engine: "mysql", arn: arn("db"), backupRetentionPeriod: 1, storageType: "gp3" };
    const postgreSql: RdsSourceState = { engine: "postgres", arn: arn("db") };
    const oracle: RdsSourceState = { engine: "oracle-se2", arn: arn("db") };

    const states: [what: string, state: RdsSourceState, expected: RegExp][] = [
        ["Aurora MySQL as it should be", auroraMySql, /^$/],
        ["Aurora PostgreSQL as it should be", auroraPostgreSql, /^$/],
        ["MySQL as it should be", mySql, /^$/],
        ["PostgreSQL as it should be", postgreSql, /^$/],
        ["Oracle as it should be", oracle, /^$/],
        ["a Multi-AZ cluster of MySQL", { ...mySql, arn: arn("cluster"), multiAzCluster: true }, /^$/],
        ["an instance of Aurora", { ...auroraMySql, arn: arn("db") }, /^error.*not the ARN of a cluster/],
        ["a cluster for MySQL", { ...mySql, arn: arn("cluster") }, /^error.*not the ARN of an instance/],
        ["no backups", { ...postgreSql, backupRetentionPeriod: 0 }, /^error.*backupRetentionPeriod/],
        ["no backups of Aurora, which always has them", { ...auroraMySql, backupRetentionPeriod: 0 }, /^$/],
        ["backtrack", { ...auroraMySql, backtrackWindow: 3600 }, /^error.*ever had it/],
        ["magnetic storage of MySQL", { ...mySql, storageType: "standard" }, /^error.*magnetic/],
        ["magnetic storage of Oracle", { ...oracle, storageType: "standard" }, /^warning.*magnetic/],
        ["a replica of PostgreSQL", { ...postgreSql, isReadReplica: true }, /^error.*replica/],
        ["a replica of Oracle", { ...oracle, isReadReplica: true }, /^error.*replica/],
        ["a replica of MySQL", { ...mySql, isReadReplica: true }, /^warning.*not both/],
        [
            "a Multi-AZ cluster of PostgreSQL",
            { ...postgreSql, arn: arn("cluster"), multiAzCluster: true },
            /^error.*MySQL alone/,
        ],
        ["Serverless v1", { ...auroraMySql, engineMode: "serverless" }, /^error.*Serverless v2/],
        ["Limitless", { ...auroraPostgreSql, clusterScalabilityType: "limitless" }, /^error.*Limitless/],
        ["no instance", { ...auroraMySql, instances: 0 }, /^error.*no instance/],
        ["parameters that wait", { ...auroraMySql, pendingReboot: ["binlog_format"] }, /^error.*Reboot the writer/],
        ["a version", { ...auroraMySql, engineVersion: "5.7.mysql_aurora.2.11.5" }, /^error.*2\.11\.5/],
        ["SQL Server", { engine: "sqlserver-se" }, /^error.*does not integrate sqlserver-se/],
    ];
    for (const [what, state, expected] of states) {
        it(`is judged with ${what}`, () => {
            const problems = rdsSourceProblems("source", state);
            assert.ok(problems.length <= 1, JSON.stringify(problems));
            assert.match(problems.map(({ severity, message }) => `${severity}: ${message}`).join(), expected);
        });
    }

    it("with Babelfish is refused, and its parameters are judged too", () => {
        const parameters = { ...GROUPS[1]!.good, "rds.babelfish_status": "on", "rds.logical_replication": "0" };
        const messages = rdsSourceProblems("source", { ...auroraPostgreSql, parameters }).map(({ message }) => message);
        assert.equal(messages.length, 2);
        assert.match(messages[0]!, /Babelfish/);
        assert.match(messages[1]!, /rds\.logical_replication is "0"/);
    });

    it("is of an engine, by any of its names", () => {
        const names = ["oracle-ee", "oracle-se2-cdb", "aurora-mysql", "postgres", "oracle-se1", "mariadb", "aurora"];
        assert.deepEqual(names.map(sourceEngineOf), [
            "oracle",
            "oracle",
            "aurora-mysql",
            "postgres",
            undefined,
            undefined,
            undefined,
        ]);
    });

    it("goes into a lakehouse only from Aurora and MySQL", () => {
        const engines: SourceEngine[] = ["aurora-mysql", "aurora-postgresql", "mysql", "postgres", "oracle"];
        assert.deepEqual(
            engines.map((engine) => pairProblems("target", engine, "lakehouse").length),
            [0, 0, 0, 1, 1],
        );
        engines.forEach((engine) => assert.deepEqual(pairProblems("target", engine, "redshift"), []));
        assert.match(pairProblems("target", "oracle", "lakehouse")[0]!.message, /lists no integration of oracle/);
    });
});
