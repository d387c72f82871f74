import * as pulumi from "@pulumi/pulumi";
import { NamedQuery } from "@pulumi/aws/athena/namedQuery";

import {
    catalogMembers,
    nameIn,
    partitionProblems,
    savedQueries,
    targetTableNameProblems,
    type PartitionField,
    type UnnestOption,
} from "../../sdk/requirements";
import { accountOf } from "../../sdk/resources/aws-account";
import { GlueCatalogPolicyMember } from "../../sdk/resources/glue-catalog-policy-member";
import { GlueIntegrationTableProperties } from "../../sdk/resources/glue-integration-table-properties";
import { checked, derived } from "../checked";
import type { Lakehouse } from "./lakehouse";

/** How a source's items become a table: what is settled at the target. */
export interface TargetTableArgs {
    /**
     * What becomes of nested attributes. `"full"`: every nested map's members are columns of their own, `a.b.c`; beware of the limit of 1,000
     * columns. `"top-level"`: top-level attributes are columns, nested maps stay structs. `"none"`: the key columns and one struct `value` with
     * DynamoDB's type tags.
     *
     * Changing it makes AWS load the whole table again: see `allowResync`.
     *
     * @default "full"
     */
    unnest?: UnnestOption;
    /**
     * The table's partitions, ten fields at most. A time function says how the attribute is written: `iso`, `epoch_sec` or `epoch_milli`.
     * An item that lacks the field, or whose value cannot be converted, stops the integration until it is mended.
     *
     * Changing it makes AWS load the whole table again: see `allowResync`.
     *
     * @default buckets by the table's keys
     */
    partitionBy?: PartitionField[];
    /** The table's name in the database: lower-case letters, digits, underscores, 128 at most. @default the source's name, as AWS derives it */
    tableName?: pulumi.Input<string>;
    /**
     * Whether `unnest` and `partitionBy` of a table that exists may change. AWS then exports and loads the whole source again, which is billed like
     * the first load; until it has finished, queries see the old layout.
     *
     * @default false: such a change is refused
     */
    allowResync?: boolean;
    /** Whether to save Athena queries for the table: rows, snapshots, version and time travel. @default true */
    saveQueries?: boolean;
}

/** A source that a {@link Lakehouse} lets in. */
export interface AcceptedSourceArgs extends TargetTableArgs {
    /** The DynamoDB table's ARN, of this account or another, in the lakehouse's Region. */
    sourceArn: pulumi.Input<string>;
    /**
     * Who may create the integration, where the source is in another account: ARNs of roles in the source's account, such as the role that its stack
     * is deployed with. In the lakehouse's own account identity policies decide, and nothing is written.
     *
     * @default everyone in the source's account whom its own policies allow it, for this source alone
     */
    creatorArns?: pulumi.Input<string>[];
}

/**
 * The target's half of an integration: the source is authorised in the catalog's policy, the table's layout is set, and queries
 * are saved. Made by {@link Lakehouse.accept}.
 */
export class AcceptedSource extends pulumi.ComponentResource {
    /** The table's name in the lakehouse. */
    readonly tableName: pulumi.Output<string>;

    constructor(name: string, lakehouse: Lakehouse, args: AcceptedSourceArgs, opts: pulumi.ComponentResourceOptions) {
        super("zeroetl:index:AcceptedSource", name, {}, opts);

        const account = accountOf(this);
        const partitionBy = checked(args.partitionBy ?? [], (fields) => partitionProblems("partitionBy", fields));
        const sourceTableName = derived(args.sourceArn, (arn) => nameIn(arn));
        this.tableName = checked(args.tableName ?? derived(sourceTableName, targetTableName), (value) =>
            targetTableNameProblems("tableName", value),
        );

        new GlueCatalogPolicyMember(
            `${name}-authorized`,
            {
                members: derived(
                    pulumi.all([lakehouse.databaseArn, args.sourceArn, args.creatorArns ?? null]),
                    ([targetArn, sourceArn, creatorArns]) =>
                        catalogMembers({ targetArn, sourceArn, principalArns: creatorArns ?? undefined }),
                ),
                enableHybrid: lakehouse.hybridPolicy,
                account,
            },
            { parent: this },
        );
        new GlueIntegrationTableProperties(
            `${name}-table`,
            {
                resourceArn: lakehouse.databaseArn,
                sourceTableName,
                unnest: args.unnest,
                partitionBy,
                targetTableName: this.tableName,
                allowResync: args.allowResync,
                account,
            },
            { parent: this },
        );
        if (args.saveQueries ?? true) {
            saveQueries(this, name, lakehouse.databaseName, this.tableName);
        }
        this.registerOutputs({ tableName: this.tableName });
    }
}

/** What AWS makes of a source's name that is no table name in Glue. */
function targetTableName(sourceTableName: string): string {
    return sourceTableName.toLowerCase().replace(/[^a-z0-9_]/g, "_");
}

function saveQueries(
    parent: AcceptedSource,
    name: string,
    database: pulumi.Output<string>,
    table: pulumi.Output<string>,
): void {
    const queries = derived(pulumi.all([database, table]), ([database, table]) =>
        Object.fromEntries(savedQueries({ database, table }).map((query) => [query.name, query])),
    );
    for (const kind of ["rows", "snapshots", "version", "timestamp"] as const) {
        new NamedQuery(
            `${name}-${kind}`,
            {
                name: pulumi.interpolate`${table} ${kind}`,
                database,
                query: derived(queries, (queries) => queries[kind]!.query),
                description: derived(queries, (queries) => queries[kind]!.description),
            },
            { parent },
        );
    }
}
