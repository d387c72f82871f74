import type * as pulumi from "@pulumi/pulumi";

import {
    canonicalDataFilter,
    dataFilterProblems,
    explainDataFilter,
    type DataFilter,
    type NamePattern,
    type SourceEngine,
} from "../../sdk/requirements";
import { derived, judged } from "../checked";

/** Tables of MySQL: each part a name, `"*"`, or a regular expression, `{ regex: "tmp_.*" }`. */
export interface MySqlTables {
    /** The database. */
    database: NamePattern;
    /** The table. */
    table: NamePattern;
    /** MySQL has none. */
    schema?: never;
}

/** Tables of PostgreSQL: the database a name or `"*"`, the others also a regular expression, `{ regex: "tmp_.*" }`. */
export interface PostgreSqlTables {
    /** The database; one clause at least includes one by its name. */
    database: string;
    /** The schema. */
    schema: NamePattern;
    /** The table. */
    table: NamePattern;
}

/** Tables of Oracle: each part a name as the data dictionary has it, mostly in capitals, or `"*"`. AWS takes no regular expression. */
export interface OracleTables {
    /** The tenant database. */
    database: string;
    /** The schema. */
    schema: string;
    /** The table. */
    table: string;
}

/**
 * Which tables are replicated, those that come later included: the text that AWS takes, or clauses. A later clause overrides an earlier one; what no
 * clause takes is left out. 99 patterns at most.
 */
export type TableFilter<Tables> = pulumi.Input<string> | ({ include: Tables } | { exclude: Tables })[];

/** The filter as AWS takes it, once it is known to be one for this engine, and in words. */
export function dataFilterOf(
    component: pulumi.Resource,
    engine: SourceEngine,
    filter: pulumi.Input<string> | DataFilter | undefined,
): { dataFilter: pulumi.Output<string> | undefined; tables: pulumi.Output<string> } {
    const fitting = judged(component, filter ?? null, (given) =>
        dataFilterProblems("dataFilter", given ?? undefined, engine),
    );
    return {
        dataFilter: filter === undefined ? undefined : derived(fitting, (given) => canonicalDataFilter(given!)),
        tables: derived(fitting, (given) => explainDataFilter(given ?? undefined)),
    };
}
