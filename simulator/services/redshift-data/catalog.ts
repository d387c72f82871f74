import type * as api from "@aws-sdk/client-redshift-data";

import { connect } from "../../warehouse/execute";
import { SqlError } from "../../warehouse/sql/error";
import type { Database } from "../../warehouse/warehouse";
import type { Context } from "../../world/context";
import { operation } from "../../world/service";
import { pageOf } from "../operations";
import { invalid, warehouseOf, type Connection } from "./state";
import { access, metadata } from "./statements";

const PAGE_SIZE = 1000;

interface Page extends Connection {
    MaxResults?: number;
    NextToken?: string;
}

export const catalog = {
    ListDatabases: operation<api.ListDatabasesRequest, api.ListDatabasesResponse>({
        access: (input, ctx) => access(ctx, "ListDatabases", input),
        handle(input, ctx) {
            const { page, next } = paged([...warehouseOf(ctx, input).databases.keys()].toSorted(), input);
            return { Databases: page, NextToken: next };
        },
    }),

    ListSchemas: operation<api.ListSchemasRequest, api.ListSchemasResponse>({
        access: (input, ctx) => access(ctx, "ListSchemas", input),
        handle(input, ctx) {
            const names = [...databaseOf(ctx, input).schemas.keys()].filter(matches(input.SchemaPattern));
            const { page, next } = paged(names.toSorted(), input);
            return { Schemas: page, NextToken: next };
        },
    }),

    ListTables: operation<api.ListTablesRequest, api.ListTablesResponse>({
        access: (input, ctx) => access(ctx, "ListTables", input),
        handle(input, ctx) {
            const all = [...databaseOf(ctx, input).schemas]
                .filter(([schema]) => matches(input.SchemaPattern)(schema))
                .flatMap(([schema, relations]) =>
                    [...relations].map(([name, { kind }]) => ({
                        schema,
                        name,
                        type: kind === "table" ? "TABLE" : "VIEW",
                    })),
                )
                .filter(({ name }) => matches(input.TablePattern)(name));
            const { page, next } = paged(all, input);
            return { Tables: page, NextToken: next };
        },
    }),

    DescribeTable: operation<api.DescribeTableRequest, api.DescribeTableResponse>({
        access: (input, ctx) => access(ctx, "DescribeTable", input),
        handle(input, ctx) {
            const { Schema = "public", Table = "" } = input;
            const relation = databaseOf(ctx, input).schemas.get(Schema)?.get(Table);
            return {
                TableName: Table,
                ColumnList:
                    relation?.columns.map(({ name, type }) => ({
                        ...metadata(name, type),
                        schemaName: Schema,
                        tableName: Table,
                    })) ?? [],
            };
        },
    }),
};

function paged<T>(items: T[], { MaxResults = PAGE_SIZE, NextToken }: Page) {
    return pageOf(items, MaxResults, NextToken);
}

function databaseOf(ctx: Context, input: Connection): Database {
    try {
        return connect({ warehouse: warehouseOf(ctx, input), database: input.Database! });
    } catch (error) {
        throw error instanceof SqlError ? invalid(error.message) : error;
    }
}

/** SQL's LIKE. */
function matches(pattern = "%"): (name: string) => boolean {
    const source = pattern
        .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
        .replaceAll("%", ".*")
        .replaceAll("_", ".");
    const expression = new RegExp(`^${source}$`, "s");
    return (name) => expression.test(name);
}
