import { createHash, randomUUID } from "node:crypto";

import type { Field } from "@aws-sdk/client-redshift-data";

import { problem, type Problem } from "../requirements/errors";

import type { Clients } from "./clients";
import { awsFailure, isNotFound, ResourceError, type Subject } from "./errors";
import { everyPage } from "./pages";
import { poll, pollInterval } from "./poll";

/** How statements get into a warehouse: a workgroup or a cluster, and whose rights they have. */
export interface WarehouseConnection {
    workgroupName?: string;
    clusterIdentifier?: string;
    /** The database to sign in to. @default "dev" */
    database?: string;
    /** A secret with user and password. @default - the IAM identity of the caller, or `dbUser` */
    secretArn?: string;
    /** A user of a cluster, for whom the caller gets temporary credentials. */
    dbUser?: string;
}

export type Row = Record<string, string | number | boolean | undefined>;

/** A statement that the warehouse did not carry out. */
export class StatementFailed extends Error {
    override readonly name = "StatementFailed";
}

export function connectionProblems(argument: string, connection: WarehouseConnection): Problem[] {
    const { workgroupName, clusterIdentifier, secretArn, dbUser } = connection;
    return [
        ...((workgroupName === undefined) === (clusterIdentifier === undefined)
            ? [
                  problem(
                      argument,
                      "It has to name either a workgroup or a cluster",
                      "Give workgroupName or clusterIdentifier",
                  ),
              ]
            : []),
        ...(dbUser !== undefined && (secretArn !== undefined || workgroupName !== undefined)
            ? [
                  problem(
                      `${argument}.dbUser`,
                      "A user is named for a cluster alone, and not beside a secret",
                      "Give secretArn in its place, or leave both out: then the caller's IAM identity counts",
                  ),
              ]
            : []),
    ];
}

/** Whether it is the same warehouse, whoever signs in. */
export function isSameWarehouse(one: WarehouseConnection, other: WarehouseConnection): boolean {
    return one.workgroupName === other.workgroupName && one.clusterIdentifier === other.clusterIdentifier;
}

/** What a statement is known by, so that AWS runs it once however often it is sent. */
export function statementToken(...parts: string[]): string {
    return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** SQL by way of the Data API. */
export class Warehouse {
    private readonly name: string;

    constructor(
        private readonly clients: Clients,
        private readonly subject: Subject,
        private readonly connection: WarehouseConnection,
        private readonly timeoutSeconds: number,
    ) {
        this.name = connection.workgroupName ?? connection.clusterIdentifier!;
    }

    /**
     * The rows of a statement, once it is carried out. Waits for a warehouse that is busy or being changed.
     *
     * @param token AWS carries out one statement for each, within the day that it remembers them.
     * @throws {@link StatementFailed} with Redshift's own text.
     */
    async run(Sql: string, token?: string): Promise<Row[]> {
        let lastError: unknown;
        const rows = await this.until(async () => {
            try {
                const id = await this.submit(Sql, token ?? randomUUID());
                return id === undefined ? undefined : await this.resultOf(id);
            } catch (error) {
                if (!isTemporary(error)) {
                    throw error;
                }
                lastError = error;
                return undefined;
            }
        });
        if (!rows) {
            throw awsFailure(
                this.subject,
                `${this.name} took no statement within ${this.timeoutSeconds} seconds`,
                lastError ?? new Error(`it is ${await this.status()}`),
            );
        }
        return rows;
    }

    /** In lower case, such as `available` or `paused`; `undefined` when there is no such workgroup or cluster. */
    async status(): Promise<string | undefined> {
        const { workgroupName, clusterIdentifier: ClusterIdentifier } = this.connection;
        try {
            if (workgroupName !== undefined) {
                const { workgroup } = await this.clients.redshiftServerless.getWorkgroup({ workgroupName });
                return workgroup?.status?.toLowerCase();
            }
            const { Clusters } = await this.clients.redshift.describeClusters({ ClusterIdentifier });
            return Clusters?.[0]?.ClusterStatus?.toLowerCase();
        } catch (error) {
            if (isNotFound(error)) {
                return undefined;
            }
            throw awsFailure(this.subject, `AWS does not describe ${this.name}`, error);
        }
    }

    /** The statement's id, or `undefined` while the warehouse takes none. */
    private async submit(Sql: string, ClientToken: string): Promise<string | undefined> {
        const status = await this.status();
        if (status === undefined || /^paus/.test(status)) {
            throw new ResourceError(
                this.subject,
                `${this.name} is ${status ?? "not there"}, and takes no statements`,
                status ? "Resume it, then run the update again" : "Name the workgroup or the cluster of the warehouse",
            );
        }
        // "available, resize-cleanup" takes statements too.
        if (!status.startsWith("available")) {
            return undefined;
        }
        const { workgroupName, clusterIdentifier, database, secretArn, dbUser } = this.connection;
        try {
            const { Id } = await this.clients.redshiftData.executeStatement({
                Sql,
                ClientToken,
                WorkgroupName: workgroupName,
                ClusterIdentifier: clusterIdentifier,
                Database: database ?? "dev",
                SecretArn: secretArn,
                DbUser: dbUser,
            });
            return Id;
        } catch (error) {
            if (isTemporary(error)) {
                throw error;
            }
            throw awsFailure(this.subject, `AWS takes no statement for ${this.name}`, error);
        }
    }

    private async resultOf(Id: string): Promise<Row[] | undefined> {
        const ended = await this.until(async () => {
            const { Status, Error: error, HasResultSet } = await this.describe(Id);
            if (Status === "FAILED" || Status === "ABORTED") {
                throw new StatementFailed(error ?? `It was ${Status.toLowerCase()}`);
            }
            return Status === "FINISHED" ? { HasResultSet } : undefined;
        });
        if (!ended) {
            throw new ResourceError(
                this.subject,
                `a statement still runs in ${this.name} after ${this.timeoutSeconds} seconds`,
                "The next update goes on; a longer timeout would wait for it",
            );
        }
        return ended.HasResultSet ? this.rowsOf(Id) : [];
    }

    /** AWS forgets a statement after a day: one that was sent with the same token before has long ended. */
    private async describe(Id: string): Promise<{ Status?: string; Error?: string; HasResultSet?: boolean }> {
        try {
            return await this.clients.redshiftData.describeStatement({ Id });
        } catch (error) {
            if (isNotFound(error)) {
                return { Status: "FINISHED" };
            }
            throw awsFailure(this.subject, "AWS does not tell how a statement went", error);
        }
    }

    private async rowsOf(Id: string): Promise<Row[]> {
        return everyPage(
            async (NextToken) => {
                const page = await this.clients.redshiftData.getStatementResult({ Id, NextToken });
                return { ...page, Marker: page.NextToken };
            },
            ({ Records = [], ColumnMetadata = [] }) =>
                Records.map((record) =>
                    Object.fromEntries(record.map((field, i) => [ColumnMetadata[i]!.name!, valueOf(field)])),
                ),
        );
    }

    private until<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
        return poll(this.timeoutSeconds, look, pollInterval() / 10);
    }
}

/** Another statement, session or change is in the way, and will be over. */
function isTemporary(error: unknown): boolean {
    const { name, message } = error as Error;
    return (
        [
            "ActiveStatementsExceededException",
            "ActiveSessionsExceededException",
            "ActiveWaitingRequestsExceededException",
        ].includes(name) ||
        (name === "DatabaseConnectionException" && !/password|authentication|does not exist|denied/i.test(message)) ||
        /concurrent transaction|accessed by other users|not (available|active)|(is|being) (modified|resum|pausing|reboot)/i.test(
            message,
        )
    );
}

function valueOf(field: Field): Row[string] {
    return field.isNull ? undefined : (field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue);
}
