import type { SqlParameter, StatusString } from "@aws-sdk/client-redshift-data";

import type { ResultSet } from "../../warehouse/select";
import type { Warehouse } from "../../warehouse/warehouse";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { findCluster } from "../redshift/clusters";
import { clusterArn } from "../redshift/state";
import { findNamespace, findWorkgroup } from "../redshift-serverless/state";

/** The statements of an account in a Region. */
export class StatementsState {
    readonly byId = new Map<string, Submission>();
    /** by client token */
    readonly byToken = new Map<string, Submission>();
}

/** A statement, or a batch of them. */
export interface Submission {
    id: string;
    request: Connection & { StatementName?: string; Parameters?: SqlParameter[] };
    statements: SqlStatement[];
    isBatch: boolean;
    isTransaction: boolean;
    warehouse: Warehouse;
    user: string;
    status: Exclude<StatusString, "ALL">;
    error?: string;
    created: number;
    updated: number;
    /** calls off what happens next */
    cancel: () => void;
}

export interface SqlStatement {
    id: string;
    sql: string;
    status: Exclude<StatusString, "ALL" | "PICKED">;
    error?: string;
    updated: number;
    result?: ResultSet;
}

/** Where a statement goes, as every operation says it. */
export interface Connection {
    ClusterIdentifier?: string;
    WorkgroupName?: string;
    Database?: string;
    DbUser?: string;
    SecretArn?: string;
}

export const invalid = (message: string) => new AwsError("ValidationException", message);

/** The cluster's or the workgroup's ARN, on which the caller must be allowed to act. */
export function resourceArn(ctx: Context, { ClusterIdentifier, WorkgroupName }: Connection): string {
    if ((ClusterIdentifier === undefined) === (WorkgroupName === undefined)) {
        throw invalid("Give either ClusterIdentifier or WorkgroupName.");
    }
    return ClusterIdentifier === undefined
        ? endpoint(() => findWorkgroup(ctx, WorkgroupName!).description.workgroupArn)
        : clusterArn(ctx, ClusterIdentifier);
}

/** The warehouse that a connection leads to, which must take statements. */
export function warehouseOf(ctx: Context, { ClusterIdentifier, WorkgroupName }: Connection): Warehouse {
    const warehouse = endpoint(() =>
        ClusterIdentifier === undefined
            ? findNamespace(ctx, findWorkgroup(ctx, WorkgroupName!).description.namespaceName).warehouse
            : findCluster(ctx, ClusterIdentifier).warehouse,
    );
    const unavailable = warehouse.compute.unavailable();
    if (unavailable !== undefined) {
        throw invalid(`Redshift endpoint is not available: ${unavailable}.`);
    }
    return warehouse;
}

function endpoint<T>(find: () => T): T {
    try {
        return find();
    } catch (error) {
        throw error instanceof AwsError ? invalid("Redshift endpoint doesn't exist in this region.") : error;
    }
}
