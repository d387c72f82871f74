import type {
    DBEngineVersion,
    DBEngineVersionMessage,
    DescribeDBEngineVersionsMessage,
    DescribeOrderableDBInstanceOptionsMessage,
    OrderableDBInstanceOptionsMessage,
} from "@aws-sdk/client-rds";

import { operation } from "../../world/service";
import { paged } from "./listings";
import { parameterFamily, type ParameterFamily } from "./parameters";
import { invalidCombination, invalidParameter } from "./state";

interface EngineVersions {
    /** every version that there may be; the first group is the major one */
    pattern: RegExp;
    /** a family's name for a major version */
    family(major: string): string;
    /** the ones that a listing shows, the default of each major version last */
    listed: string[];
    /** The first version with zero-ETL of each major one; none of those before it has it. */
    integrationsSince: Record<string, string>;
}

const AURORA_MYSQL: EngineVersions = {
    pattern: /^8\.0\.mysql_aurora\.(3)\.\d+\.\d+$/,
    family: () => "aurora-mysql8.0",
    listed: ["3.04.1", "3.05.2", "3.08.2", "3.10.1"].map((minor) => `8.0.mysql_aurora.${minor}`),
    integrationsSince: { "3": "8.0.mysql_aurora.3.05.2" },
};

const AURORA_POSTGRESQL: EngineVersions = {
    pattern: /^(15|16|17)\.\d+$/,
    family: (major) => `aurora-postgresql${major}`,
    listed: ["15.10", "16.3", "16.4", "16.8", "17.4", "17.5"],
    integrationsSince: { "16": "16.4", "17": "17.4" },
};

const MYSQL: EngineVersions = {
    pattern: /^(8\.[04])\.\d+$/,
    family: (major) => `mysql${major}`,
    listed: ["8.0.40", "8.0.42", "8.4.4", "8.4.6"],
    integrationsSince: { "8.0": "8.0.0", "8.4": "8.4.0" },
};

const POSTGRES: EngineVersions = {
    pattern: /^(15|16|17)\.\d+$/,
    family: (major) => `postgres${major}`,
    listed: ["15.7", "15.12", "16.3", "16.8", "17.2", "17.4"],
    // One page of the documentation says 15.7, 16.3 and 17.1; these hold by either.
    integrationsSince: { "15": "15.11", "16": "16.7", "17": "17.3" },
};

const oracle = (edition: string): EngineVersions => ({
    pattern: /^(19)\.0\.0\.0\.ru-\d{4}-\d{2}\.rur-\d{4}-\d{2}\.r\d+$/,
    family: () => `${edition}-19`,
    listed: ["2019-04", "2019-07", "2025-04"].map((ru) => `19.0.0.0.ru-${ru}.rur-${ru}.r1`),
    integrationsSince: { "19": "19.0.0.0.ru-2019-07.rur-2019-07.r1" },
});

const DOCDB: EngineVersions = {
    pattern: /^(3\.6|4\.0|5\.0)\.\d+$/,
    family: (major) => `docdb${major}`,
    listed: ["3.6.0", "4.0.0", "5.0.0"],
    integrationsSince: {},
};

const ENGINES: Record<string, EngineVersions> = {
    "aurora-mysql": AURORA_MYSQL,
    "aurora-postgresql": AURORA_POSTGRESQL,
    docdb: DOCDB,
    mysql: MYSQL,
    postgres: POSTGRES,
    "oracle-ee": oracle("oracle-ee"),
    "oracle-ee-cdb": oracle("oracle-ee-cdb"),
    "oracle-se2": oracle("oracle-se2"),
    "oracle-se2-cdb": oracle("oracle-se2-cdb"),
};

export const isAurora = (engine: string) => engine.startsWith("aurora-");

/** Amazon DocumentDB, whose control plane is that of RDS. */
export const isDocumentDb = (engine: string) => engine === "docdb";

/** Whether instances are made one by one in a cluster, whose storage they share. */
export const sharesStorage = (engine: string) => isAurora(engine) || isDocumentDb(engine);

/** The full version that a call means: a major one stands for its default, none for the engine's. */
export function resolveVersion(engine: string, wanted: string | undefined): string {
    const versions = ENGINES[engine];
    if (!versions) {
        throw invalidParameter(`Invalid DB engine: ${engine}`);
    }
    const { listed, pattern } = versions;
    const version =
        wanted === undefined || pattern.test(wanted) ? (wanted ?? listed.at(-1)!) : defaultOf(versions, wanted);
    if (version === undefined) {
        throw invalidCombination(`Cannot find version ${wanted} for ${engine}`);
    }
    return version;
}

/** Of a major version; Aurora MySQL's is called 8.0, as the family's MySQL. */
function defaultOf({ listed, pattern }: EngineVersions, major: string): string | undefined {
    return listed.findLast((version) => pattern.exec(version)![1] === major || version.startsWith(`${major}.mysql_`));
}

export function familyOf(engine: string, version: string): ParameterFamily {
    const { family, pattern } = ENGINES[engine]!;
    return parameterFamily(family(pattern.exec(version)![1]!))!;
}

/** The version from which an engine takes part in zero-ETL, if its major version does at all. */
export function integrationsSince(engine: string, version: string): string | undefined {
    const { pattern, integrationsSince: since } = ENGINES[engine]!;
    return since[pattern.exec(version)![1]!];
}

export function supportsIntegrations(engine: string, version: string): boolean {
    const floor = integrationsSince(engine, version);
    return floor !== undefined && isAtLeast(version, floor);
}

export const isAtLeast = (version: string, floor: string) => compareVersions(version, floor) >= 0;

const compareVersions = (a: string, b: string) => a.localeCompare(b, "en", { numeric: true });

/** The versions that a listing is about: all, those of a major one, or the one that is named. */
function versionsOf(engine: string, { EngineVersion: wanted, DefaultOnly }: DescribeDBEngineVersionsMessage): string[] {
    const { pattern, listed } = ENGINES[engine]!;
    const isFull = wanted !== undefined && pattern.test(wanted);
    const versions = isFull ? [wanted] : listed.filter((version) => version.startsWith(wanted ?? ""));
    const isDefault = (version: string) => defaultOf(ENGINES[engine]!, pattern.exec(version)![1]!) === version;
    return DefaultOnly ? versions.filter(isDefault) : versions;
}

function describe(engine: string, version: string): DBEngineVersion {
    const { pattern, listed } = ENGINES[engine]!;
    const major = pattern.exec(version)![1]!;
    return {
        Engine: engine,
        EngineVersion: version,
        MajorEngineVersion: major === "3" ? "8.0" : major,
        DBParameterGroupFamily: familyOf(engine, version).name,
        DBEngineDescription: engine,
        DBEngineVersionDescription: `${engine} ${version}`,
        Status: "available",
        SupportsReadReplica: true,
        SupportsIntegrations: supportsIntegrations(engine, version),
        SupportedEngineModes: isAurora(engine) ? ["provisioned"] : [],
        ValidUpgradeTarget: listed
            .filter((target) => compareVersions(target, version) > 0)
            .map((target) => ({
                Engine: engine,
                EngineVersion: target,
                IsMajorVersionUpgrade: pattern.exec(target)![1] !== major,
                SupportsIntegrations: supportsIntegrations(engine, target),
            })),
    };
}

export const engines = {
    DescribeDBEngineVersions: operation<DescribeDBEngineVersionsMessage, DBEngineVersionMessage>({
        handle(input) {
            const names = Object.keys(ENGINES).filter((name) => name === (input.Engine ?? name));
            const all = names
                .flatMap((engine) => versionsOf(engine, input).map((version) => describe(engine, version)))
                .filter(({ DBParameterGroupFamily: family }) => family === (input.DBParameterGroupFamily ?? family));
            const { page, Marker } = paged(all, input);
            return { DBEngineVersions: page, Marker };
        },
    }),

    DescribeOrderableDBInstanceOptions: operation<
        DescribeOrderableDBInstanceOptionsMessage,
        OrderableDBInstanceOptionsMessage
    >({
        handle(input, ctx) {
            const engine = input.Engine!;
            const versions =
                input.EngineVersion === undefined ? (ENGINES[engine]?.listed ?? []) : [input.EngineVersion];
            const classes = sharesStorage(engine) ? [...CLASSES, "db.serverless"] : CLASSES;
            const all = versions.flatMap((version) =>
                classes
                    .filter((name) => name === (input.DBInstanceClass ?? name))
                    .map((DBInstanceClass) => ({
                        Engine: engine,
                        EngineVersion: resolveVersion(engine, version),
                        DBInstanceClass,
                        LicenseModel: input.LicenseModel,
                        StorageType: isAurora(engine) ? "aurora" : isDocumentDb(engine) ? "standard" : "gp3",
                        AvailabilityZones: ["a", "b", "c"].map((zone) => ({ Name: `${ctx.region}${zone}` })),
                        MultiAZCapable: true,
                        ReadReplicaCapable: true,
                        Vpc: true,
                        SupportsStorageEncryption: true,
                        SupportedEngineModes: ["provisioned"],
                    })),
            );
            const { page, Marker } = paged(all, input);
            return { OrderableDBInstanceOptions: page, Marker };
        },
    }),
};

/** Some of the instance classes; any `db.` class can be created. */
const CLASSES = ["db.t3.medium", "db.t4g.medium", "db.m5.large", "db.r5.large", "db.r6g.large", "db.r6g.2xlarge"];
