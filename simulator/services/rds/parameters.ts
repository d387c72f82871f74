/** A DB parameter group belongs to an instance, a DB cluster parameter group to all instances of a cluster. */
export type GroupKind = "cluster" | "instance";

export interface ParameterDefinition {
    /** a static one takes effect when the instance restarts */
    apply: "static" | "dynamic";
    type: "string" | "integer" | "boolean";
    /** the engine's own. @default none shown */
    value?: string;
    /** `0,1`, `0-100` or `ROW,STATEMENT` */
    allowed?: string;
    /** @default true */
    modifiable?: boolean;
}

export interface ParameterFamily {
    /** `aurora-mysql8.0` */
    name: string;
    engine: string;
    /** the parameters of each kind of group; families without clusters have one kind */
    groups: Partial<Record<GroupKind, Record<string, ParameterDefinition>>>;
}

const BIT = "0,1";
const ON_OFF = "ON,OFF";

const bit = (apply: "static" | "dynamic", value?: string): ParameterDefinition => ({
    apply,
    type: "boolean",
    value,
    allowed: BIT,
});
const oneOf = (apply: "static" | "dynamic", allowed: string, value?: string): ParameterDefinition => ({
    apply,
    type: "string",
    value,
    allowed,
});
const integer = (apply: "static" | "dynamic", allowed: string, value?: string): ParameterDefinition => ({
    apply,
    type: "integer",
    value,
    allowed,
});
const text = (apply: "static" | "dynamic", value?: string): ParameterDefinition => ({ apply, type: "string", value });

const MYSQL_INSTANCE = {
    autocommit: bit("dynamic"),
    general_log: bit("dynamic"),
    innodb_lock_wait_timeout: integer("dynamic", "1-1073741824"),
    long_query_time: integer("dynamic", "0-31536000"),
    max_connections: integer("dynamic", "1-100000", "{DBInstanceClassMemory/12582880}"),
    performance_schema: bit("static", "0"),
    slow_query_log: bit("dynamic"),
    sql_mode: text("dynamic"),
    wait_timeout: integer("dynamic", "1-31536000"),
};

const MYSQL_SERVER = {
    character_set_server: text("dynamic"),
    collation_server: text("dynamic"),
    lower_case_table_names: bit("static"),
    time_zone: text("dynamic"),
    server_id: { ...integer("static", "1-4294967295"), modifiable: false },
};

const MYSQL_REPLICATION = {
    binlog_format: oneOf("dynamic", "ROW,STATEMENT,MIXED", "MIXED"),
    binlog_row_image: oneOf("dynamic", "full,minimal,noblob", "full"),
    binlog_row_metadata: oneOf("dynamic", "full,minimal", "minimal"),
    binlog_row_value_options: oneOf("dynamic", "PARTIAL_JSON"),
    binlog_transaction_compression: oneOf("dynamic", ON_OFF, "OFF"),
};

const AURORA_MYSQL_CLUSTER = {
    ...MYSQL_SERVER,
    ...MYSQL_REPLICATION,
    // Aurora starts with the binary log off, and changes its format at the next start only.
    binlog_format: oneOf("static", "ROW,STATEMENT,MIXED,OFF", "OFF"),
    aurora_enhanced_binlog: bit("static", "0"),
    binlog_backup: bit("static", "1"),
    binlog_replication_globaldb: bit("static", "1"),
    require_secure_transport: oneOf("dynamic", ON_OFF, "OFF"),
    server_audit_logging: bit("dynamic", "0"),
};

const POSTGRES_INSTANCE = {
    log_min_duration_statement: integer("dynamic", "-1-2147483647"),
    log_statement: oneOf("dynamic", "none,ddl,mod,all"),
    max_connections: integer("static", "6-262143", "LEAST({DBInstanceClassMemory/9531392},5000)"),
    shared_preload_libraries: text("static", "pg_stat_statements"),
    work_mem: integer("dynamic", "64-2147483647"),
};

const POSTGRES_SERVER = {
    max_replication_slots: integer("static", "5-1000", "20"),
    max_wal_senders: integer("static", "5-1000", "20"),
    "rds.force_ssl": bit("dynamic", "1"),
    "rds.logical_replication": bit("static", "0"),
    session_replication_role: oneOf("dynamic", "origin,replica,local", "origin"),
    timezone: text("dynamic", "UTC"),
    wal_sender_timeout: integer("dynamic", "0-3600000", "30000"),
};

const AURORA_POSTGRES_CLUSTER = {
    ...POSTGRES_SERVER,
    "aurora.enhanced_logical_replication": bit("static", "0"),
    "aurora.logical_replication_backup": bit("static", "1"),
    "aurora.logical_replication_globaldb": bit("static", "1"),
};

const RDS_POSTGRES = {
    ...POSTGRES_INSTANCE,
    ...POSTGRES_SERVER,
    max_wal_senders: integer("static", "5-100", "35"),
    "rds.replica_identity_full": bit("dynamic", "0"),
};

const RDS_MYSQL = { ...MYSQL_INSTANCE, ...MYSQL_SERVER, ...MYSQL_REPLICATION };

const ORACLE = {
    open_cursors: integer("dynamic", "0-65535", "300"),
    processes: integer("static", "80-20000", "LEAST({DBInstanceClassMemory/9868951}, 20000)"),
    sga_target: integer("dynamic", "0-2199023255552"),
};

const DOCDB_CLUSTER = {
    // One or more of enabled, disabled, all, none, ddl, dml_read, dml_write.
    audit_logs: text("dynamic", "disabled"),
    change_stream_log_retention_duration: integer("dynamic", "3600-604800", "10800"),
    profiler: oneOf("dynamic", "enabled,disabled", "disabled"),
    profiler_sampling_rate: text("dynamic", "1.0"),
    profiler_threshold_ms: integer("dynamic", "50-2147483646", "100"),
    tls: oneOf("static", "enabled,disabled,fips-140-3,tls1.2+,tls1.3+", "enabled"),
    ttl_monitor: oneOf("dynamic", "enabled,disabled", "enabled"),
};

const FAMILIES: ParameterFamily[] = [
    {
        name: "aurora-mysql8.0",
        engine: "aurora-mysql",
        groups: { cluster: { ...MYSQL_INSTANCE, ...AURORA_MYSQL_CLUSTER }, instance: MYSQL_INSTANCE },
    },
    ...["15", "16", "17"].map((major) => ({
        name: `aurora-postgresql${major}`,
        engine: "aurora-postgresql",
        groups: { cluster: { ...POSTGRES_INSTANCE, ...AURORA_POSTGRES_CLUSTER }, instance: POSTGRES_INSTANCE },
    })),
    ...["3.6", "4.0", "5.0"].map((major) => ({
        name: `docdb${major}`,
        engine: "docdb",
        // Instances have the cluster's parameters and none of their own.
        groups: { cluster: DOCDB_CLUSTER, instance: {} },
    })),
    // A Multi-AZ DB cluster has the same parameters in a cluster's group.
    ...["8.0", "8.4"].map((major) => ({
        name: `mysql${major}`,
        engine: "mysql",
        groups: { cluster: RDS_MYSQL, instance: RDS_MYSQL },
    })),
    ...["15", "16", "17"].map((major) => ({
        name: `postgres${major}`,
        engine: "postgres",
        groups: { cluster: RDS_POSTGRES, instance: RDS_POSTGRES },
    })),
    ...["oracle-ee", "oracle-ee-cdb", "oracle-se2", "oracle-se2-cdb"].map((engine) => ({
        name: `${engine}-19`,
        engine,
        groups: { instance: ORACLE },
    })),
];

export const parameterFamily = (name: string): ParameterFamily | undefined =>
    FAMILIES.find((family) => family.name === name);

/** Whether a parameter may have a value; formulas of the instance's memory are not calculated. */
export function isAllowed({ allowed, type }: ParameterDefinition, value: string): boolean {
    if (allowed === undefined || value.includes("{")) {
        return true;
    }
    const range = /^(-?\d+)-(\d+)$/.exec(allowed);
    if (range) {
        return /^-?\d+$/.test(value) && Number(value) >= Number(range[1]) && Number(value) <= Number(range[2]);
    }
    const same = (option: string) =>
        type === "string" ? option.toLowerCase() === value.toLowerCase() : option === value;
    return allowed.split(",").some(same);
}
