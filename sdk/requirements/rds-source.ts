import { isRdsClusterArn, isRdsInstanceArn } from "./arn";
import { problem, warning, type Problem } from "./errors";
import { isAurora, sourceEngineOf, type SourceEngine } from "./rds-engine";

/** Which of its parameter groups a source reads. */
export type ParameterGroupKind = "cluster" | "instance";

/** `immediate` for a dynamic parameter; a static one takes effect at the next reboot of the writer. */
export type ApplyMethod = "immediate" | "pending-reboot";

/** A parameter that AWS reads before it replicates. */
export interface SourceParameter {
    name: string;
    /** What a group of ours sets; nothing where all values but one are good. */
    value?: string;
    /** @default - `value` alone, in any case, and however a switch is written */
    accepts?: (found: string) => boolean;
    /** What is accepted, in words. @default - `value` */
    needed?: string;
    applyMethod: ApplyMethod;
    /** Whether a change may well take effect at once all the same: AWS's documents and what others saw disagree. */
    disputed?: true;
    /** What counts where a group says nothing, as far as it is known. */
    engineDefault?: string;
    /** Only clusters of RDS with two readable standbys have to have it. */
    onlyMultiAzCluster?: true;
    /** For which targets it counts. @default - all */
    targets?: readonly TargetKind[];
}

/** Where a source's data goes: an integration into Redshift or a lakehouse, or a pipeline into OpenSearch. */
export type TargetKind = "redshift" | "lakehouse" | "opensearch";

const INTEGRATIONS: readonly TargetKind[] = ["redshift", "lakehouse"];

/** What the rules about a source depend on beside its engine. */
export interface SourceUse {
    /** A cluster of RDS for MySQL or PostgreSQL: three instances, and no Aurora. @default false */
    multiAzCluster?: boolean;
    /** @default "redshift" */
    target?: TargetKind;
}

const atLeast = (least: number) => ({
    accepts: (found: string) => Number(found) >= least,
    needed: `${least} or more`,
});

const isNot = (refused: string) => ({
    accepts: (found: string) => normal(found) !== normal(refused),
    needed: `anything but ${refused}`,
});

const NO_COMPRESSION = {
    name: "binlog_transaction_compression",
    ...isNot("ON"),
    applyMethod: "immediate",
    engineDefault: "OFF",
} as const;

const WHOLE_JSON = {
    name: "binlog_row_value_options",
    ...isNot("PARTIAL_JSON"),
    applyMethod: "immediate",
    engineDefault: "",
} as const;

// What a pipeline, which reads a slot of its own, does not ask for.
const INTEGRATED_POSTGRES: readonly SourceParameter[] = [
    { name: "rds.replica_identity_full", value: "1", applyMethod: "immediate" },
    { name: "session_replication_role", value: "origin", applyMethod: "immediate", engineDefault: "origin" },
    {
        name: "wal_sender_timeout",
        value: "0",
        accepts: (found) => Number(found) === 0 || Number(found) >= 20_000,
        needed: "0, or 20000 milliseconds or more",
        applyMethod: "immediate",
        engineDefault: "60000",
    },
    { name: "max_wal_senders", value: "20", ...atLeast(20), applyMethod: "pending-reboot" },
    { name: "max_replication_slots", value: "20", ...atLeast(20), applyMethod: "pending-reboot" },
];

/** What AWS asks of each engine's parameters. A value that is changed later leaves the integration syncing. */
export const RDS_SOURCE_PARAMETERS: Record<SourceEngine, readonly SourceParameter[]> = {
    "aurora-mysql": [
        { name: "aurora_enhanced_binlog", value: "1", applyMethod: "pending-reboot" },
        { name: "binlog_backup", value: "0", applyMethod: "pending-reboot", engineDefault: "1" },
        { name: "binlog_format", value: "ROW", applyMethod: "pending-reboot" },
        { name: "binlog_replication_globaldb", value: "0", applyMethod: "pending-reboot", engineDefault: "1" },
        // AWS's sample sets these two at a reboot, where others saw them take effect at once: the careful reading serves both.
        {
            name: "binlog_row_image",
            value: "full",
            applyMethod: "pending-reboot",
            disputed: true,
            engineDefault: "FULL",
        },
        { name: "binlog_row_metadata", value: "full", applyMethod: "pending-reboot", disputed: true },
        NO_COMPRESSION,
        { ...WHOLE_JSON, targets: INTEGRATIONS },
    ],
    "aurora-postgresql": [
        { name: "rds.logical_replication", value: "1", applyMethod: "pending-reboot" },
        { name: "aurora.enhanced_logical_replication", value: "1", applyMethod: "pending-reboot" },
        { name: "aurora.logical_replication_backup", value: "0", applyMethod: "pending-reboot" },
        { name: "aurora.logical_replication_globaldb", value: "0", applyMethod: "pending-reboot" },
    ],
    mysql: [
        { name: "binlog_format", value: "ROW", applyMethod: "immediate" },
        { name: "binlog_row_image", value: "full", applyMethod: "immediate", engineDefault: "FULL" },
        WHOLE_JSON,
        { ...NO_COMPRESSION, onlyMultiAzCluster: true },
        { name: "binlog_row_metadata", value: "full", applyMethod: "immediate", targets: ["opensearch"] },
    ],
    postgres: [
        { name: "rds.logical_replication", value: "1", applyMethod: "pending-reboot" },
        ...INTEGRATED_POSTGRES.map((parameter) => ({ ...parameter, targets: INTEGRATIONS })),
    ],
    oracle: [],
};

/** A parameter as `aws.rds.ClusterParameterGroup` and `aws.rds.ParameterGroup` take it. */
export interface GroupParameter {
    name: string;
    value: string;
    applyMethod: ApplyMethod;
}

/** What a parameter group has to set for the engine; empty where AWS asks for nothing. */
export function requiredParameters(engine: SourceEngine, use: SourceUse = {}): GroupParameter[] {
    return parametersFor(engine, use).flatMap(({ name, value, applyMethod }) =>
        value === undefined ? [] : [{ name, value, applyMethod }],
    );
}

/** Which of the changed parameters wait for a reboot of the writer before they count. */
export function needsReboot(engine: SourceEngine, changed: string[]): string[] {
    return RDS_SOURCE_PARAMETERS[engine]
        .filter(({ name, applyMethod }) => changed.includes(name) && applyMethod === "pending-reboot")
        .map(({ name }) => name);
}

/** Aurora, and clusters of RDS, read a cluster's parameter group; an instance reads its own. */
export function parameterGroupKind(
    engine: SourceEngine,
    { multiAzCluster = false }: SourceUse = {},
): ParameterGroupKind {
    return isAurora(engine) || multiAzCluster ? "cluster" : "instance";
}

/** The family of parameter groups, such as `aurora-mysql8.0` or `postgres16`; `undefined` for Oracle, which needs none. */
export function parameterGroupFamily(engine: SourceEngine, engineVersion: string): string | undefined {
    const [major, minor] = engineVersion.split(".");
    switch (engine) {
        case "aurora-mysql":
        case "mysql":
            return `${engine}${major}.${minor}`;
        case "aurora-postgresql":
        case "postgres":
            return `${engine}${major}`;
        case "oracle":
            return undefined;
    }
}

/** A wrong parameter: what it is, what it should be, and whether a reboot follows. */
export interface WrongParameter {
    name: string;
    /** `undefined` when nothing sets it. */
    found: string | undefined;
    needed: string;
    reboot: boolean;
}

/**
 * The parameters that AWS would not accept.
 *
 * @param found The values that are set, or in effect. What is not among them has the engine's default.
 */
export function wrongParameters(
    engine: SourceEngine,
    found: Record<string, string | undefined>,
    use: SourceUse = {},
): WrongParameter[] {
    return parametersFor(engine, use)
        .filter((parameter) => !isAccepted(parameter, found[parameter.name] ?? parameter.engineDefault))
        .map(({ name, value = "", needed = value, applyMethod }) => ({
            name,
            found: found[name],
            needed,
            reboot: applyMethod === "pending-reboot",
        }));
}

export function parameterProblems(
    argument: string,
    engine: SourceEngine,
    found: Record<string, string | undefined>,
    use: SourceUse = {},
): Problem[] {
    const kind = parameterGroupKind(engine, use);
    return wrongParameters(engine, found, use).map((wrong) =>
        problem(
            argument,
            `${wrong.name} is ${wrong.found === undefined ? "not set" : `"${wrong.found}"`}, and a source of ${engine} needs ${wrong.needed}`,
            `Set it in the ${kind}'s parameter group. ${wrong.reboot ? "It is static: it takes effect when the writer is rebooted" : "It is dynamic: no reboot follows"}`,
        ),
    );
}

/** Static parameters that a group declares as if they took effect at once, which AWS refuses. */
export function applyMethodProblems(
    argument: string,
    engine: SourceEngine,
    declared: { name: string; applyMethod?: string }[],
): Problem[] {
    const isStatic = (name: string) =>
        RDS_SOURCE_PARAMETERS[engine].some(
            (parameter) => parameter.name === name && parameter.applyMethod === "pending-reboot" && !parameter.disputed,
        );
    return declared
        .filter(({ name, applyMethod = "immediate" }) => applyMethod === "immediate" && isStatic(name))
        .map(({ name }) =>
            problem(
                argument,
                `${name} is static, and is declared to take effect at once`,
                "Set its applyMethod to pending-reboot, and reboot the writer before the integration is made",
            ),
        );
}

/** What is known of a source. What is left out cannot be told yet, and is not judged. */
export interface RdsSourceState {
    arn?: string;
    /** As RDS has it, such as `aurora-mysql` or `oracle-se2`. */
    engine: string;
    engineVersion?: string;
    /** A cluster of RDS for MySQL or PostgreSQL: three instances, and no Aurora. */
    multiAzCluster?: boolean;
    /** In days. */
    backupRetentionPeriod?: number;
    /** In seconds. */
    backtrackWindow?: number;
    /** `standard` is magnetic. */
    storageType?: string;
    isReadReplica?: boolean;
    /** Aurora: `provisioned`, or `serverless` for the first version of Serverless. */
    engineMode?: string;
    /** Aurora PostgreSQL: `limitless` or `standard`. */
    clusterScalabilityType?: string;
    /** How many instances a cluster has. */
    instances?: number;
    /** Values of the parameter group, or in effect. */
    parameters?: Record<string, string | undefined>;
    /** Parameters that wait for a reboot. */
    pendingReboot?: string[];
}

/** What AWS asks of a source beside its version and parameters. */
export interface RdsSourceRequirement {
    id:
        | "arn"
        | "backups"
        | "backtrack"
        | "storage"
        | "read-replica"
        | "multi-az-cluster"
        | "serverless-v1"
        | "limitless"
        | "babelfish"
        | "instances"
        | "pending-reboot";
    engines: readonly SourceEngine[];
    /** For which targets it counts. @default - all */
    targets?: readonly TargetKind[];
    /** @default "error" */
    severity?: Problem["severity"];
    isMet(source: RdsSourceState): boolean;
    rule: string;
    fix: string;
}

const AURORA: SourceEngine[] = ["aurora-mysql", "aurora-postgresql"];
const RDS: SourceEngine[] = ["mysql", "postgres", "oracle"];

const BACKUPS: Omit<RdsSourceRequirement, "engines"> = {
    id: "backups",
    isMet: ({ backupRetentionPeriod = 1 }) => backupRetentionPeriod >= 1,
    rule: "Automated backups are off, and AWS seeds the target from one",
    fix: "Set backupRetentionPeriod to 1 day at least",
};

export const RDS_SOURCE_REQUIREMENTS: readonly RdsSourceRequirement[] = [
    {
        id: "arn",
        engines: AURORA,
        isMet: ({ arn }) => arn === undefined || isRdsClusterArn(arn),
        rule: "The source is not the ARN of a cluster",
        fix: "Give arn:partition:rds:region:account:cluster:name, not one of an instance of it",
    },
    {
        id: "arn",
        engines: RDS,
        isMet: ({ arn, multiAzCluster = false }) =>
            arn === undefined || (multiAzCluster ? isRdsClusterArn(arn) : isRdsInstanceArn(arn)),
        rule: "The source is not the ARN of an instance, or of the cluster that the instances make",
        fix: "Give arn:partition:rds:region:account:db:name, or :cluster:name for a Multi-AZ cluster",
    },
    { ...BACKUPS, engines: ["mysql"] },
    // Of RDS for PostgreSQL, AWS asks a pipeline for its parameters alone.
    { ...BACKUPS, engines: ["postgres", "oracle"], targets: INTEGRATIONS },
    {
        id: "backtrack",
        engines: ["aurora-mysql"],
        isMet: ({ backtrackWindow = 0 }) => backtrackWindow === 0,
        rule: "Backtrack is on, and the enhanced binlog is refused on a cluster that has or ever had it",
        fix: "Leave backtrackWindow out; a cluster that ever had it has to be made anew, from a dump and not from its snapshot",
    },
    {
        id: "storage",
        engines: ["mysql"],
        targets: INTEGRATIONS,
        isMet: ({ storageType }) => storageType !== "standard",
        rule: "The storage is magnetic, which AWS does not integrate",
        fix: "Choose gp3 or io2 as storageType",
    },
    {
        id: "storage",
        engines: ["postgres", "oracle"],
        targets: INTEGRATIONS,
        severity: "warning",
        isMet: ({ storageType }) => storageType !== "standard",
        rule: "The storage is magnetic, which AWS refuses for MySQL",
        fix: "Choose gp3 or io2 as storageType",
    },
    {
        id: "read-replica",
        engines: ["postgres", "oracle"],
        targets: INTEGRATIONS,
        isMet: ({ isReadReplica }) => isReadReplica !== true,
        rule: "The source is a read replica",
        fix: "Give the instance that it replicates",
    },
    {
        id: "read-replica",
        engines: ["mysql"],
        targets: INTEGRATIONS,
        severity: "warning",
        isMet: ({ isReadReplica }) => isReadReplica !== true,
        rule: "The source is a read replica, and AWS takes it or the instance that it replicates in the same Region, not both",
        fix: "See that the other has no integration",
    },
    {
        id: "multi-az-cluster",
        engines: ["postgres", "oracle"],
        targets: INTEGRATIONS,
        isMet: ({ multiAzCluster }) => multiAzCluster !== true,
        rule: "The source is a Multi-AZ cluster, which AWS integrates for MySQL alone",
        fix: "Use an instance, with multiAz for its standby",
    },
    {
        id: "multi-az-cluster",
        engines: ["mysql"],
        targets: ["opensearch"],
        isMet: ({ multiAzCluster }) => multiAzCluster !== true,
        rule: "The source is a Multi-AZ cluster, which pipelines do not read",
        fix: "Use an instance, with multiAz for its standby",
    },
    {
        id: "serverless-v1",
        engines: AURORA,
        isMet: ({ engineMode = "provisioned" }) => engineMode === "provisioned",
        rule: "The cluster is of a mode that AWS does not integrate",
        fix: "Use engineMode provisioned, with db.serverless instances for Serverless v2",
    },
    {
        id: "limitless",
        engines: ["aurora-postgresql"],
        targets: INTEGRATIONS,
        isMet: ({ clusterScalabilityType }) => clusterScalabilityType !== "limitless",
        rule: "The source is a Limitless Database, which AWS does not integrate",
        fix: "Choose a cluster whose clusterScalabilityType is standard",
    },
    {
        id: "babelfish",
        engines: ["aurora-postgresql"],
        targets: INTEGRATIONS,
        isMet: ({ parameters = {} }) => normal(parameters["rds.babelfish_status"] ?? "off") !== "1",
        rule: "Babelfish is on, and AWS does not integrate such a cluster",
        fix: "Choose a cluster without rds.babelfish_status",
    },
    {
        id: "instances",
        engines: AURORA,
        isMet: ({ instances = 1 }) => instances >= 1,
        rule: "The cluster has no instance",
        fix: "Give it one",
    },
    {
        id: "pending-reboot",
        engines: [...AURORA, ...RDS],
        isMet: ({ pendingReboot = [] }) => pendingReboot.length === 0,
        rule: "Parameters wait for a reboot, and AWS judges those in effect",
        fix: "Reboot the writer before the integration is made",
    },
];

/** Everything that AWS would refuse in the source, as far as it is known. */
export function rdsSourceProblems(
    argument: string,
    source: RdsSourceState,
    { target = "redshift" }: Pick<SourceUse, "target"> = {},
): Problem[] {
    const engine = sourceEngineOf(source.engine);
    if (engine === undefined) {
        return [
            problem(
                argument,
                `AWS does not integrate ${source.engine}`,
                "Use Aurora MySQL, Aurora PostgreSQL, MySQL, PostgreSQL, or Oracle Enterprise or Standard Edition 2",
            ),
        ];
    }
    const { engineVersion, parameters, multiAzCluster } = source;
    return [
        ...(engineVersion === undefined || (target === "opensearch" && engine === "postgres")
            ? [] // Of which versions of RDS for PostgreSQL a pipeline reads, AWS says nothing.
            : versionProblems(argument, engine, engineVersion)),
        ...RDS_SOURCE_REQUIREMENTS.filter(
            ({ engines, targets, isMet }) =>
                engines.includes(engine) && (targets?.includes(target) ?? true) && !isMet(source),
        ).map(({ severity, rule, fix }) => (severity === "warning" ? warning : problem)(argument, rule, fix)),
        ...(parameters === undefined
            ? []
            : parameterProblems(argument, engine, parameters, { multiAzCluster, target })),
    ];
}

/** The versions of a series that AWS takes: those from `from` on. */
interface VersionFloor {
    series: number[];
    from: number[];
    /** AWS's documents disagree: one of them says so, which is lower. */
    disputedFrom?: number[];
}

/** The lowest versions, series by series, as numbers: 3.05.2 is Aurora MySQL's own, of Oracle it is the year and month of the Release Update. */
export const RDS_VERSION_FLOORS: Record<SourceEngine, readonly VersionFloor[]> = {
    "aurora-mysql": [{ series: [3], from: [3, 5, 2] }],
    "aurora-postgresql": [
        { series: [16], from: [16, 4] },
        { series: [17], from: [17, 4] },
    ],
    mysql: [
        { series: [8, 0], from: [8, 0] },
        { series: [8, 4], from: [8, 4] },
    ],
    postgres: [
        { series: [15], from: [15, 11], disputedFrom: [15, 7] },
        { series: [16], from: [16, 7], disputedFrom: [16, 3] },
        { series: [17], from: [17, 3], disputedFrom: [17, 1] },
    ],
    oracle: [{ series: [19], from: [19, 2019, 7] }],
};

const VERSION_PARTS: Record<SourceEngine, RegExp> = {
    "aurora-mysql": /mysql_aurora\.(\d+)(?:\.(\d+))?(?:\.(\d+))?/,
    "aurora-postgresql": /^(\d+)(?:\.(\d+))?/,
    mysql: /^(\d+)(?:\.(\d+))?(?:\.(\d+))?/,
    postgres: /^(\d+)(?:\.(\d+))?/,
    oracle: /^(\d+)(?:\.\d+)*(?:\.ru-(\d{4})-(\d{2}))?/,
};

/** What is wrong with a version. One that leaves open which it will be, such as "16", is not judged by what it leaves open. */
export function versionProblems(argument: string, engine: SourceEngine, engineVersion: string): Problem[] {
    const found = VERSION_PARTS[engine].exec(engineVersion)?.slice(1).filter(Boolean).map(Number);
    if (found === undefined) {
        return engine === "aurora-mysql" && /^8\.\d+$/.test(engineVersion)
            ? []
            : [problem(argument, `"${engineVersion}" is no version of ${engine}`, `Use ${floorsInWords(engine)}`)];
    }
    const floors = RDS_VERSION_FLOORS[engine];
    const floor = floors.find(({ series }) => compareKnown(found.slice(0, series.length), series) === 0);
    if (!floor) {
        const isLater = compareKnown(found, floors.at(-1)!.series) > 0;
        return [
            (isLater ? warning : problem)(
                argument,
                `${engineVersion} is not among the versions of ${engine} that AWS is known to integrate`,
                `Use ${floorsInWords(engine)}`,
            ),
        ];
    }
    if (compareKnown(found, floor.from) >= 0) {
        return [];
    }
    const isDisputed = floor.disputedFrom !== undefined && compareKnown(found, floor.disputedFrom) >= 0;
    return [
        (isDisputed ? warning : problem)(
            argument,
            isDisputed
                ? `${engineVersion} of ${engine} is old enough that AWS's documents disagree whether it is integrated`
                : `${engineVersion} of ${engine} is too old to be integrated`,
            `Use ${floorsInWords(engine)}`,
        ),
    ];
}

/** The targets of each engine, as AWS lists them. */
export const RDS_TARGETS: Record<SourceEngine, readonly TargetKind[]> = {
    "aurora-mysql": ["redshift", "lakehouse", "opensearch"],
    "aurora-postgresql": ["redshift", "lakehouse", "opensearch"],
    mysql: ["redshift", "lakehouse", "opensearch"],
    postgres: ["redshift", "opensearch"],
    oracle: ["redshift"],
};

/** A pair that AWS does not have. */
export function pairProblems(argument: string, engine: SourceEngine, target: TargetKind): Problem[] {
    return RDS_TARGETS[engine].includes(target)
        ? []
        : [
              problem(
                  argument,
                  target === "opensearch"
                      ? `No pipeline reads ${engine}`
                      : `AWS lists no integration of ${engine} into a lakehouse: what it documents for RDS is MySQL alone`,
                  "Integrate it into a Redshift warehouse, and read it from there",
              ),
          ];
}

function parametersFor(
    engine: SourceEngine,
    { multiAzCluster = false, target = "redshift" }: SourceUse,
): readonly SourceParameter[] {
    return RDS_SOURCE_PARAMETERS[engine].filter(
        ({ onlyMultiAzCluster, targets }) =>
            (!onlyMultiAzCluster || multiAzCluster) && (targets?.includes(target) ?? true),
    );
}

function isAccepted({ value, accepts }: SourceParameter, found: string | undefined): boolean {
    if (found === undefined) {
        return false;
    }
    return accepts?.(found) ?? normal(found) === normal(value ?? "");
}

/** MySQL and PostgreSQL write on and off in several ways, and names of values in any case. */
function normal(value: string): string {
    const lower = value.trim().toLowerCase();
    return SWITCHES[lower] ?? lower;
}

const SWITCHES: Record<string, string> = { on: "1", true: "1", yes: "1", off: "0", false: "0", no: "0" };

/** Negative, zero or positive, by the parts that both have. */
function compareKnown(left: number[], right: number[]): number {
    const index = left.findIndex((part, i) => right[i] !== undefined && part !== right[i]);
    return index < 0 ? 0 : left[index]! - right[index]!;
}

function floorsInWords(engine: SourceEngine): string {
    const words = RDS_VERSION_FLOORS[engine].map(({ from }) => VERSION_IN_WORDS[engine](from));
    return `${words.join(", ")} or a later one of the same series`;
}

const VERSION_IN_WORDS: Record<SourceEngine, (parts: number[]) => string> = {
    "aurora-mysql": ([major, minor, patch]) => `8.0.mysql_aurora.${major}.${String(minor).padStart(2, "0")}.${patch}`,
    "aurora-postgresql": (parts) => parts.join("."),
    mysql: (parts) => parts.join("."),
    postgres: (parts) => parts.join("."),
    oracle: ([major, year, month]) => `${major}.0.0.0.ru-${year}-${String(month).padStart(2, "0")}`,
};
