import * as pulumi from "@pulumi/pulumi";
import { Permissions } from "@pulumi/aws/lakeformation/permissions";
import { Resource as RegisteredLocation } from "@pulumi/aws/lakeformation/resource";

import { accountOf } from "../../sdk/resources/aws-account";
import { LakeFormationAdministrator } from "../../sdk/resources/lake-formation-administrator";

/** Who sees the tables of a lakehouse. */
export interface LakehouseReader {
    /** A user, a role, or an account: for instance the project role of a SageMaker Unified Studio project, so that the project sees the tables. */
    principal: pulumi.Input<string>;
    /** What it may do with every table, the coming ones included. @default `["SELECT", "DESCRIBE"]` */
    permissions?: ("SELECT" | "DESCRIBE" | "INSERT" | "DELETE" | "ALTER" | "DROP")[];
}

/** How Lake Formation governs a lakehouse. */
export interface LakehouseLakeFormation {
    /**
     * Users or roles that become administrators of the account's data lake, beside those that are there. Whoever deploys must be one to grant.
     *
     * @default none is added
     */
    administrators?: pulumi.Input<string>[];
    /** Who sees the tables. @default nobody but administrators */
    readers?: LakehouseReader[];
    /**
     * Whether to register the lakehouse's location with Lake Formation, with its service-linked role. `false` where it, or a path above it, is
     * registered already.
     *
     * @default true
     */
    registerLocation?: boolean;
}

/** What Glue's role needs on a governed database: it makes tables and changes them. */
const WRITER_DATABASE = ["CREATE_TABLE", "ALTER", "DROP", "DESCRIBE"];
const WRITER_TABLES = ["SELECT", "INSERT", "DELETE", "DESCRIBE", "ALTER", "DROP"];
const READER_TABLES = ["SELECT", "DESCRIBE"];

/** Registers the location and grants; whatever must exist before the first table is written comes back. */
export function governByLakeFormation(
    parent: pulumi.Resource,
    name: string,
    govern: LakehouseLakeFormation | undefined,
    lakehouse: { databaseName: pulumi.Output<string>; location: pulumi.Output<string>; roleArn: pulumi.Output<string> },
): pulumi.Resource[] {
    if (!govern) {
        return [];
    }
    const administrators = (govern.administrators ?? []).map(
        (principalArn, i) =>
            new LakeFormationAdministrator(
                `${name}-administrator-${i}`,
                { principalArn, account: accountOf(parent) },
                { parent },
            ),
    );
    const location =
        govern.registerLocation === false
            ? []
            : [
                  new RegisteredLocation(
                      `${name}-location`,
                      { arn: lakehouse.location, useServiceLinkedRole: true },
                      { parent, dependsOn: administrators },
                  ),
              ];
    const child = { parent, dependsOn: [...administrators, ...location] };

    const grantOnDatabase = (who: string, principal: pulumi.Input<string>, permissions: string[]) =>
        new Permissions(
            `${name}-${who}-database`,
            { principal, permissions, database: { name: lakehouse.databaseName } },
            child,
        );
    const grantOnTables = (who: string, principal: pulumi.Input<string>, permissions: string[]) =>
        new Permissions(
            `${name}-${who}-tables`,
            { principal, permissions, table: { databaseName: lakehouse.databaseName, wildcard: true } },
            child,
        );

    return [
        grantOnDatabase("writer", lakehouse.roleArn, WRITER_DATABASE),
        grantOnTables("writer", lakehouse.roleArn, WRITER_TABLES),
        new Permissions(
            `${name}-writer-location`,
            {
                principal: lakehouse.roleArn,
                permissions: ["DATA_LOCATION_ACCESS"],
                dataLocation: { arn: lakehouse.location },
            },
            child,
        ),
        ...(govern.readers ?? []).flatMap(({ principal, permissions = READER_TABLES }, i) => [
            grantOnDatabase(`reader-${i}`, principal, ["DESCRIBE"]),
            grantOnTables(`reader-${i}`, principal, permissions),
        ]),
    ];
}
