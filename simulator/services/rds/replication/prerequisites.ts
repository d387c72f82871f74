import type { IntegrationError } from "@aws-sdk/client-rds";

import { problem } from "../../../integrations/callers";
import { feedOf } from "../../../integrations/relational";
import type { Context } from "../../../world/context";
import { integrationsSince, isAurora, supportsIntegrations } from "../engines";
import { RdsState, type Instance, type Integration } from "../state";
import {
    atLeast,
    AURORA_MYSQL_PARAMETERS,
    AURORA_POSTGRESQL_PARAMETERS,
    brokenRules,
    is,
    MYSQL_BINLOG,
    NO_COMPRESSION,
} from "./parameter-rules";
import type { Source } from "./source";

const PARAMETERS = {
    "aurora-mysql": AURORA_MYSQL_PARAMETERS,
    "aurora-postgresql": AURORA_POSTGRESQL_PARAMETERS,
    mysql: MYSQL_BINLOG,
    postgres: [
        is("rds.logical_replication", "1"),
        is("rds.replica_identity_full", "1"),
        is("session_replication_role", "origin"),
        atLeast("wal_sender_timeout", 20_000, true),
        atLeast("max_wal_senders", 20),
        atLeast("max_replication_slots", 20),
    ],
};

/** Storage of the first generation, which RDS calls standard. */
const MAGNETIC = "standard";

/** What the source lacks to be one, now: parameters count with the values that its writer runs with. */
export function sourceProblems(ctx: Context, source: Source): IntegrationError[] {
    const { engine, version, writer } = source;
    return [
        ...shapeProblems(ctx, source),
        ...(supportsIntegrations(engine, version)
            ? []
            : [
                  problem(
                      "UNSUPPORTED_ENGINE_VERSION",
                      `${engine} ${version} does not support zero-ETL integrations; ${integrationsSince(engine, version) ?? "no version of this major version"} is the first that does.`,
                  ),
              ]),
        ...(writer
            ? parameterProblems(ctx, source, writer)
            : [problem("SOURCE_WITHOUT_INSTANCE", `The DB cluster ${source.arn} has no instance.`)]),
    ];
}

function parameterProblems(ctx: Context, { engine, cluster }: Source, writer: Instance): IntegrationError[] {
    const isMultiAzMySql = engine === "mysql" && cluster !== undefined;
    const rules = [
        ...(PARAMETERS[engine as keyof typeof PARAMETERS] ?? []),
        ...(isMultiAzMySql ? [NO_COMPRESSION] : []),
    ];
    return brokenRules(ctx, writer, rules).map((message) => problem("INVALID_SOURCE_PARAMETER", message));
}

function shapeProblems(ctx: Context, source: Source): IntegrationError[] {
    const { arn, engine, cluster, writer } = source;
    const replicaOf = writer?.db.ReadReplicaSourceDBInstanceIdentifier;
    const rules: [boolean, string, string][] = [
        [
            source.backupRetention < 1,
            "BACKUPS_DISABLED",
            `Automated backups of ${arn} are off; the backup retention period must be at least one day.`,
        ],
        [
            cluster?.everBacktracked ?? false,
            "BACKTRACK_ENABLED",
            `Backtrack is, or once was, enabled for ${arn}, which enhanced binlog does not allow.`,
        ],
        [
            cluster?.db.ClusterScalabilityType === "limitless",
            "LIMITLESS_DATABASE",
            `${arn} is an Aurora Limitless Database, which can't be a source.`,
        ],
        [
            engine === "mysql" && source.storageType === MAGNETIC,
            "MAGNETIC_STORAGE",
            `${arn} has magnetic storage, which can't be a source.`,
        ],
        [
            engine === "postgres" && cluster !== undefined,
            "MULTI_AZ_CLUSTER",
            `${arn} is a Multi-AZ DB cluster of RDS for PostgreSQL, which can't be a source.`,
        ],
        [
            replicaOf !== undefined && (engine !== "mysql" || isSource(ctx, replicaOf)),
            "READ_REPLICA",
            `${arn} is a read replica${engine === "mysql" ? ` of ${replicaOf}, which is a source already` : ""}.`,
        ],
    ];
    return rules.filter(([applies]) => applies).map(([, code, message]) => problem(code, message));
}

function isSource(ctx: Context, instance: string): boolean {
    const arn = ctx.state(RdsState).instances.get(instance)?.db.DBInstanceArn;
    return [...ctx.state(RdsState).integrations.values()].some(({ sourceArn }) => sourceArn === arn);
}

/** Tables that can't be replicated as they are, though somebody could make them so. */
export function tableProblems({ world }: Context, integration: Integration): IntegrationError[] {
    const tables = feedOf(world, integration)?.snapshot().tables ?? [];
    return tables.flatMap(({ trouble }) =>
        trouble && trouble.code !== "FAILED" ? [problem(trouble.code, trouble.reason)] : [],
    );
}

/** The key of the integration's own storage must stay usable. */
export async function keyProblems(owner: Context, { kmsKeyId }: Integration): Promise<IntegrationError[]> {
    if (kmsKeyId === undefined) {
        return [];
    }
    const { KeyMetadata } = await owner.call("kms", "DescribeKey", { KeyId: kmsKeyId });
    const message = `The KMS key ${KeyMetadata.Arn} is not accessible: it is ${KeyMetadata.KeyState}.`;
    return KeyMetadata.KeyState === "Enabled" ? [] : [problem("KMS_KEY_NOT_ACCESSIBLE", message)];
}

/** An Oracle tenant takes one integration, which its filter names. */
export function tenantOf(dataFilter: string | undefined): string | undefined {
    return /include\s*:\s*([^.,\s]+)\./.exec(dataFilter ?? "")?.[1];
}

export const isLakehouseSource = (engine: string): boolean => isAurora(engine) || engine === "mysql";
