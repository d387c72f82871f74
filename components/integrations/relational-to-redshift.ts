import * as pulumi from "@pulumi/pulumi";

import { includesDatabase, warning } from "../../sdk/requirements";
import { accountOf } from "../../sdk/resources/aws-account";
import { RdsIntegration } from "../../sdk/resources/rds-integration";
import type { RedshiftIntegrationDatabase } from "../../sdk/resources/redshift-integration-database";
import { derived, warnOf } from "../checked";
import { warehouseTarget } from "../targets/warehouse-target";
import { dataFilterOf } from "./data-filter";
import { integrationInputs, type IntegrationComponentArgs } from "./integration";
import { relationalSource, type RelationalSourceArgs } from "./relational-source";
import { besideTarget, integrationsOf } from "./source";
import {
    acceptedByWarehouse,
    integrationDatabases,
    WarehouseIntegration,
    type AnyDatabaseArgs,
    type WarehouseTargetArgs,
} from "./warehouse-integration";

/** What the integrations of all engines come down to. */
type RelationalToRedshiftArgs = IntegrationComponentArgs &
    WarehouseTargetArgs &
    RelationalSourceArgs & {
        database?: AnyDatabaseArgs | false;
        databases?: AnyDatabaseArgs[] | false;
    };

/** A relational database in a Redshift warehouse, by the API of RDS. */
export abstract class RelationalToRedshift extends WarehouseIntegration<RdsIntegration> {
    /** The integration itself. */
    readonly integration: RdsIntegration;
    /** The databases that the integration fills: one, but for PostgreSQL; none with `false`. */
    readonly databases: RedshiftIntegrationDatabase[];
    /** What is replicated, in words: `every table of shop except tmp_*`. */
    readonly tables: pulumi.Output<string>;

    protected constructor(
        type: string,
        name: string,
        args: RelationalToRedshiftArgs,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super(`zeroetl:index:${type}`, name, {}, opts);

        const account = accountOf(this);
        const target = warehouseTarget(args, account);
        const earlier = integrationsOf(args.source);
        const after = earlier.slice(-1);
        const source = relationalSource(this, name, args, {
            account,
            beside: (arn) => besideTarget({ argument: "source", service: "rds", arn }, account, target),
            use: "redshift",
            after,
        });
        const { dataFilter, tables } = dataFilterOf(this, args.engine, args.dataFilter);
        const databases = databasesOf(args);
        if (dataFilter && databases) {
            warnOfEmptyDatabases(this, dataFilter, databases);
        }

        const accepted = acceptedByWarehouse(args, name, source.arn);
        this.integration = new RdsIntegration(
            `${name}-integration`,
            {
                ...integrationInputs("rds", name, args),
                sourceArn: source.arn,
                targetArn: target.arn,
                dataFilter,
                account,
            },
            { parent: this, dependsOn: [...source.ready, ...accepted, ...after] },
        );
        earlier.push(this.integration);
        this.databases = integrationDatabases(this, name, {
            source: args.engine,
            databases,
            target,
        });
        this.tables = tables;
        this.registerOutputs({ tables });
    }
}

function databasesOf({ database = {}, databases }: RelationalToRedshiftArgs): AnyDatabaseArgs[] | false {
    return databases ?? (database && [database]);
}

/** Redshift makes a database that no table of the filter goes to, and it stays empty. */
function warnOfEmptyDatabases(
    component: pulumi.Resource,
    dataFilter: pulumi.Output<string>,
    databases: AnyDatabaseArgs[],
): void {
    const named = databases.flatMap(({ sourceDatabase }) => (sourceDatabase === undefined ? [] : [sourceDatabase]));
    derived(dataFilter, (filter) => {
        const empty = named.filter((database) => !includesDatabase(filter, database));
        warnOf(
            component,
            empty.map((database) =>
                warning(
                    "sourceDatabase",
                    `The data filter includes no table of "${database}", so that its database here stays empty`,
                    `Include "${database}.*.*", or leave the database out`,
                ),
            ),
        );
    });
}
