import { problem, warning, type Problem } from "../errors";
import type { GroupParameter } from "../rds-source";

/** How long a cluster keeps changes, in its parameter group. */
export const CHANGE_STREAM_RETENTION = {
    name: "change_stream_log_retention_duration",
    /** In seconds, 3 hours: less than a pause over night. */
    engineDefault: 10_800,
    min: 3600,
    max: 604_800,
    /** A day, as a table's stream keeps them. */
    advised: 86_400,
} as const;

/** The parameter that keeps changes for so long. @default - a day */
export function changeStreamRetention(seconds: number = CHANGE_STREAM_RETENTION.advised): GroupParameter {
    return { name: CHANGE_STREAM_RETENTION.name, value: String(seconds), applyMethod: "immediate" };
}

/** How long a cluster keeps changes, in seconds; what nobody sets is 3 hours. */
export function changeStreamRetentionProblems(argument: string, found: string | number | undefined): Problem[] {
    const { name, engineDefault, min, max, advised } = CHANGE_STREAM_RETENTION;
    const seconds = Number(found ?? engineDefault);
    if (!Number.isInteger(seconds) || seconds < min || seconds > max) {
        return [problem(argument, `${name} is ${found}`, `Give ${min} to ${max} seconds`)];
    }
    return seconds >= advised
        ? []
        : [
              warning(
                  argument,
                  `Changes are kept for ${Number((seconds / 3600).toFixed(1))} hours, and a pipeline that is stopped for longer loses what it has not read`,
                  `Set ${name} to ${advised} seconds or more in the cluster's parameter group. It is dynamic: no reboot follows`,
              ),
          ];
}

/** What is known of a cluster of DocumentDB. What is left out cannot be told yet, and is not judged. */
export interface DocumentDbSourceState {
    /** As DocumentDB has it, such as `5.0.0`. */
    engineVersion?: string;
    /** Whether it is an elastic cluster, which is another service. */
    elastic?: boolean;
    /** Of the cluster's parameter group. `undefined` where nothing sets it. */
    parameters?: Record<string, string | undefined>;
    /** As the pipeline asks for it. */
    readPreference?: string;
}

/** What AWS asks of a cluster that a pipeline reads. */
export function documentDbSourceProblems(argument: string, source: DocumentDbSourceState): Problem[] {
    const { engineVersion, elastic, parameters, readPreference = "primaryPreferred" } = source;
    const major = /^(\d+)\.(\d+)/.exec(engineVersion ?? "")?.[0];
    return [
        ...(elastic
            ? [
                  problem(
                      argument,
                      "It is an elastic cluster, which has no change streams that a pipeline reads",
                      "Use a cluster of instances",
                  ),
              ]
            : []),
        ...(major !== undefined && Number(major) < 3.6
            ? [problem(argument, `Version ${engineVersion} has no change streams`, "Use 5.0")]
            : []),
        ...(major !== undefined && ["3.6", "4.0"].includes(major) && readPreference.startsWith("secondary")
            ? [
                  problem(
                      argument,
                      `Version ${major} has change streams on its primary alone, and the pipeline asks for ${readPreference}`,
                      "Use primaryPreferred, or version 5.0",
                  ),
              ]
            : []),
        ...(parameters === undefined
            ? []
            : changeStreamRetentionProblems(argument, parameters[CHANGE_STREAM_RETENTION.name])),
    ];
}

/** Which collections have change streams: one, all of a database, or all. */
export interface ChangeStreamScope {
    /** @default - every database */
    database?: string;
    /** @default - every collection of it */
    collection?: string;
}

/** The command that turns change streams on. It is one of the database, for mongosh: AWS has no API for it, and a pipeline reads nothing before. */
export function changeStreamCommand({ database = "", collection = "" }: ChangeStreamScope): string {
    return `db.adminCommand(${JSON.stringify({ modifyChangeStreams: 1, database, collection, enable: true })})`;
}

/** `database.collection`, taken apart at its first point. */
export function collectionScope(collection: string): Required<ChangeStreamScope> {
    const [database = "", ...rest] = collection.split(".");
    return { database, collection: rest.join(".") };
}

/** The command of AWS's command line that keeps changes for so many seconds in a parameter group that is not ours. */
export function changeStreamRetentionCommand(parameterGroupName: string, seconds?: number): string {
    const { name, value, applyMethod } = changeStreamRetention(seconds);
    return [
        `aws docdb modify-db-cluster-parameter-group --db-cluster-parameter-group-name ${parameterGroupName}`,
        `--parameters ParameterName=${name},ParameterValue=${value},ApplyMethod=${applyMethod}`,
    ].join(" ");
}
