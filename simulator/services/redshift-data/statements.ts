import { randomUUID } from "node:crypto";
import type * as api from "@aws-sdk/client-redshift-data";

import { execute } from "../../warehouse/execute";
import type { ResultSet } from "../../warehouse/select";
import { SqlError } from "../../warehouse/sql/error";
import type { SqlValue } from "../../warehouse/warehouse";
import type { AccessCheck } from "../../world/access";
import { hours, seconds } from "../../world/clock";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { pageOf } from "../operations";
import {
    invalid,
    resourceArn,
    StatementsState,
    warehouseOf,
    type Connection,
    type SqlStatement,
    type Submission,
} from "./state";

const RUN_TIME = seconds(1);
/** AWS forgets statements, results and client tokens after a day. */
const KEPT = hours(24);
const MAX_BATCH = 40;
const MAX_WAIT_SECONDS = 30;
const PAGE_SIZE = 1000;

export const statements = {
    ExecuteStatement: operation<api.ExecuteStatementInput, api.ExecuteStatementOutput>({
        access: (input, ctx) => access(ctx, "ExecuteStatement", input),
        handle: (input, ctx) => submit(ctx, input, { sqls: [input.Sql!], isBatch: false, isTransaction: false }),
    }),

    BatchExecuteStatement: operation<api.BatchExecuteStatementInput, api.BatchExecuteStatementOutput>({
        access: (input, ctx) => access(ctx, "BatchExecuteStatement", input),
        handle(input, ctx) {
            const sqls = input.Sqls!;
            if (sqls.length === 0 || sqls.length > MAX_BATCH) {
                throw invalid(`A batch has 1 to ${MAX_BATCH} statements, not ${sqls.length}.`);
            }
            return submit(ctx, input, { sqls, isBatch: true, isTransaction: input.ExecutionMode !== "AUTO_COMMIT" });
        },
    }),

    DescribeStatement: operation<api.DescribeStatementRequest, api.DescribeStatementResponse>({
        handle: ({ Id }, ctx) => describe(find(ctx, Id!).submission),
    }),

    GetStatementResult: operation<api.GetStatementResultRequest, api.GetStatementResultResponse>({
        handle({ Id, NextToken }, ctx) {
            const { submission, statement } = find(ctx, Id!);
            if (submission.isBatch && !Id!.includes(":")) {
                throw invalid("The results of a batch are those of its statements: give the id of one.");
            }
            if (statement.status !== "FINISHED") {
                throw new AwsError(
                    "ResourceNotFoundException",
                    `Query is not finished yet or failed: ${statement.status}.`,
                );
            }
            if (!statement.result) {
                throw new AwsError(
                    "ResourceNotFoundException",
                    "Query does not have result. Please check query status with DescribeStatement.",
                );
            }
            const { columns, rows } = statement.result;
            const { page, next } = pageOf(rows, PAGE_SIZE, NextToken);
            return {
                Records: page.map((row) => row.map(field)),
                ColumnMetadata: columns.map(({ name, type }) => metadata(name, type)),
                TotalNumRows: rows.length,
                NextToken: next,
            };
        },
    }),

    ListStatements: operation<api.ListStatementsRequest, api.ListStatementsResponse>({
        handle({ StatementName, Status = "ALL", MaxResults = 100, NextToken, ...connection }, ctx) {
            const { ClusterIdentifier, WorkgroupName, Database } = connection;
            const all = [...ctx.state(StatementsState).byId.values()].filter(
                ({ request, status }) =>
                    (request.StatementName ?? "").startsWith(StatementName ?? "") &&
                    (Status === "ALL" || Status === status) &&
                    request.ClusterIdentifier === (ClusterIdentifier ?? request.ClusterIdentifier) &&
                    request.WorkgroupName === (WorkgroupName ?? request.WorkgroupName) &&
                    request.Database === (Database ?? request.Database),
            );
            const { page, next } = pageOf(all.toReversed(), MaxResults, NextToken);
            return { Statements: page.map(summary), NextToken: next };
        },
    }),

    CancelStatement: operation<api.CancelStatementRequest, api.CancelStatementResponse>({
        handle({ Id }, ctx) {
            const { submission } = find(ctx, Id!);
            if (!["SUBMITTED", "PICKED", "STARTED"].includes(submission.status)) {
                throw invalid(`Could not cancel a query that is already in ${submission.status} state.`);
            }
            submission.cancel();
            Object.assign(submission, { status: "ABORTED", updated: ctx.now });
            submission.statements.forEach((statement) => Object.assign(statement, { status: "ABORTED" }));
            return { Status: true };
        },
    }),
};

/** Beside the call itself, the right to the credentials that it signs in with. */
export function access(ctx: Context, action: string, connection: Connection): AccessCheck[] {
    const resource = resourceArn(ctx, connection);
    const { ClusterIdentifier, DbUser, SecretArn } = connection;
    const credentials: AccessCheck = SecretArn
        ? { action: "secretsmanager:GetSecretValue", resource: SecretArn }
        : ClusterIdentifier === undefined
          ? { action: "redshift-serverless:GetCredentials", resource }
          : {
                action: DbUser ? "redshift:GetClusterCredentials" : "redshift:GetClusterCredentialsWithIAM",
                resource: DbUser ? ctx.arn("redshift", `dbuser:${ClusterIdentifier}/${DbUser}`) : resource,
            };
    return [{ action: `redshift-data:${action}`, resource }, credentials];
}

async function submit(
    ctx: Context,
    input: api.ExecuteStatementInput | api.BatchExecuteStatementInput,
    { sqls, isBatch, isTransaction }: { sqls: string[]; isBatch: boolean; isTransaction: boolean },
): Promise<api.ExecuteStatementOutput> {
    const { ClientToken, WaitTimeSeconds = 0, Database, StatementName, Parameters } = input;
    if (Database === undefined) {
        throw invalid("Database must be given.");
    }
    if (WaitTimeSeconds > MAX_WAIT_SECONDS) {
        throw invalid(`WaitTimeSeconds is at most ${MAX_WAIT_SECONDS}.`);
    }
    const { byId, byToken } = ctx.state(StatementsState);
    const known = ClientToken === undefined ? undefined : byToken.get(ClientToken);
    if (known) {
        return accepted(known);
    }
    const { ClusterIdentifier, WorkgroupName, DbUser, SecretArn } = input;
    const warehouse = warehouseOf(ctx, input);
    const id = randomUUID();
    const submission: Submission = {
        id,
        request: { ClusterIdentifier, WorkgroupName, DbUser, SecretArn, Database, StatementName, Parameters },
        statements: sqls.map((sql, index) => ({
            id: isBatch ? `${id}:${index + 1}` : id,
            sql,
            status: "SUBMITTED",
            updated: ctx.now,
        })),
        isBatch,
        isTransaction,
        warehouse,
        user: await userOf(ctx, input),
        status: "SUBMITTED",
        created: ctx.now,
        updated: ctx.now,
        cancel: () => undefined,
    };
    byId.set(id, submission);
    if (ClientToken !== undefined) {
        byToken.set(ClientToken, submission);
    }
    submission.cancel = ctx.world.clock.schedule(ctx.world.duration("redshift-data", RUN_TIME), () =>
        run(ctx, submission),
    );
    ctx.world.clock.schedule(KEPT, () => {
        byId.delete(id);
        byToken.delete(ClientToken ?? "");
    });
    if (WaitTimeSeconds > 0) {
        await ctx.world.clock.sleep(Math.min(seconds(WaitTimeSeconds), ctx.world.duration("redshift-data", RUN_TIME)));
    }
    return accepted(submission);
}

/** Who a session is, and so owns what it makes. */
async function userOf(ctx: Context, { DbUser, SecretArn }: Connection): Promise<string> {
    if (SecretArn) {
        const { SecretString = "{}" } = await ctx.call("secretsmanager", "GetSecretValue", { SecretId: SecretArn });
        return (JSON.parse(SecretString) as { username?: string }).username ?? "secret";
    }
    const { caller } = ctx;
    return (
        DbUser ?? (caller.kind === "service" ? caller.name : `IAM:${caller.arn.slice(caller.arn.lastIndexOf("/") + 1)}`)
    );
}

/** One after the other; a failure ends the batch, and undoes it if it is a transaction. */
function run(ctx: Context, submission: Submission): void {
    const { statements: parts, warehouse, isTransaction } = submission;
    const undo = warehouse.savepoint();
    parts.forEach((part) => (part.updated = ctx.now));
    const failed = parts.find((part) => !runOne(ctx, submission, part));
    Object.assign(submission, { status: failed ? "FAILED" : "FINISHED", updated: ctx.now });
    if (!failed) {
        return;
    }
    const index = parts.indexOf(failed);
    submission.error = submission.isBatch ? `Query #${index + 1} failed with ${failed.error}` : failed.error;
    parts.slice(index + 1).forEach((part) => (part.status = "ABORTED"));
    if (isTransaction) {
        undo();
    }
}

/** Whether it succeeded. */
function runOne({ world }: Context, submission: Submission, statement: SqlStatement): boolean {
    const { warehouse, user, isTransaction, request } = submission;
    const parameters = Object.fromEntries((request.Parameters ?? []).map(({ name, value }) => [name!, value!]));
    try {
        const session = {
            world,
            warehouse,
            user,
            database: request.Database!,
            parameters,
            inTransaction: isTransaction,
        };
        statement.result = execute(session, statement.sql);
        statement.status = "FINISHED";
        return true;
    } catch (error) {
        if (!(error instanceof SqlError)) {
            throw error;
        }
        Object.assign(statement, { status: "FAILED", error: error.message });
        return false;
    }
}

function find(ctx: Context, id: string): { submission: Submission; statement: SqlStatement } {
    const submission = ctx.state(StatementsState).byId.get(id.split(":")[0]);
    const statement = submission?.statements.find((s) => s.id === id) ?? submission?.statements[0];
    if (!submission || !statement) {
        throw new AwsError("ResourceNotFoundException", "Query does not exist.");
    }
    return { submission, statement };
}

function accepted({ id, request, created, status }: Submission): api.ExecuteStatementOutput {
    const { ClusterIdentifier, WorkgroupName, Database, DbUser, SecretArn } = request;
    return {
        Id: id,
        CreatedAt: new Date(created),
        ...{ ClusterIdentifier, WorkgroupName, Database, DbUser, SecretArn },
        Status: status === "PICKED" ? "SUBMITTED" : status,
    };
}

function describe(submission: Submission): api.DescribeStatementResponse {
    const { request, statements: parts, isBatch } = submission;
    const { ClusterIdentifier, WorkgroupName, Database, DbUser, SecretArn, Parameters } = request;
    return {
        Id: submission.id,
        ...{ ClusterIdentifier, WorkgroupName, Database, DbUser, SecretArn },
        Status: submission.status,
        Error: submission.error,
        CreatedAt: new Date(submission.created),
        UpdatedAt: new Date(submission.updated),
        Duration: nanoseconds(submission),
        RedshiftPid: 1,
        RedshiftQueryId: 1,
        QueryParameters: Parameters,
        ...(isBatch
            ? {
                  SubStatements: parts.map((part) => ({
                      ...resultOf(part),
                      Id: part.id,
                      QueryString: part.sql,
                      Status: part.status,
                      Error: part.error,
                  })),
              }
            : { ...resultOf(parts[0]), QueryString: parts[0].sql }),
        HasResultSet: parts.some(({ result }) => result !== undefined),
    };
}

const nanoseconds = ({ created, updated }: Submission) => Math.round((updated - created) * 1e6);

function resultOf({ result }: SqlStatement) {
    return {
        HasResultSet: result !== undefined,
        ResultRows: result?.rows.length ?? -1,
        ResultSize: result ? sizeOf(result) : -1,
    };
}

const sizeOf = ({ rows }: ResultSet) => Buffer.byteLength(JSON.stringify(rows));

function summary(submission: Submission): api.StatementData {
    const sqls = submission.statements.map(({ sql }) => sql);
    return {
        Id: submission.id,
        StatementName: submission.request.StatementName,
        SecretArn: submission.request.SecretArn,
        QueryString: sqls[0],
        QueryStrings: submission.isBatch ? sqls : undefined,
        IsBatchStatement: submission.isBatch,
        Status: submission.status,
        CreatedAt: new Date(submission.created),
        UpdatedAt: new Date(submission.updated),
    };
}

function field(value: SqlValue): api.Field {
    switch (typeof value) {
        case "string":
            return { stringValue: value };
        case "boolean":
            return { booleanValue: value };
        case "number":
            return Number.isInteger(value) ? { longValue: value } : { doubleValue: value };
        default:
            return value === null ? { isNull: true } : { stringValue: JSON.stringify(value) };
    }
}

export function metadata(name: string, type: string): api.ColumnMetadata {
    const [, base, size] = /^([^(]+)(?:\((.*)\))?$/.exec(type)!;
    const [precision = 0, scale = 0] = (size ?? "").split(",").filter(Boolean).map(Number);
    return {
        name,
        label: name,
        typeName: base.toLowerCase(),
        length: 0,
        precision,
        scale,
        nullable: 1,
        isCaseSensitive: base === "VARCHAR",
        isCurrency: false,
        isSigned: /INT|DECIMAL|DOUBLE|REAL/.test(base),
    };
}
