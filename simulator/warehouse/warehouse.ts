import type { IntegrationError } from "@aws-sdk/client-redshift";

import type { World } from "../world/world";
import { splitArn } from "../world/context";
import type { IntegrationDatabase } from "./integration-database";
import type { Select } from "./sql/syntax";

/** What a column holds: decimals as strings that keep their digits, SUPER as JSON's values. */
export type SqlValue = string | number | boolean | null | SqlValue[] | { [attribute: string]: SqlValue };
export type Row = Record<string, SqlValue>;

export interface Column {
    name: string;
    /** in capitals: `VARCHAR(65535)`, `SUPER` */
    type: string;
    isDistributionKey?: boolean;
}

export interface Table {
    kind: "table";
    columns: Column[];
    rows: Row[];
}

export interface View {
    kind: "view" | "materialized";
    columns: Column[];
    query: Select;
    /** the statement that made it, as it was sent */
    definition: string;
    /** WITH NO SCHEMA BINDING: what it reads is looked up when it is read */
    lateBinding: boolean;
    /** of a materialized view: what its last refresh read, and when that was */
    rows: Row[];
    refreshed: number;
    /** AUTO REFRESH YES: it follows its tables by itself */
    autoRefresh: boolean;
}

export type Relation = Table | View;

export interface Database {
    name: string;
    owner: string;
    schemas: Map<string, Map<string, Relation>>;
    /** of a database FROM INTEGRATION, which only its integration writes */
    integration?: IntegrationDatabase;
}

/** The cluster or the workgroup that a namespace's data is reached through. */
export interface Compute {
    /** Why it takes no statements now. @default it does */
    unavailable(): string | undefined;
    /** the value of enable_case_sensitive_identifier in effect */
    caseSensitive(): boolean;
    /** what it lacks to be an integration's target */
    shortcomings(): IntegrationError[];
}

/** A namespace: databases, and who may bring data into them. It is the same behind a cluster and behind a workgroup. */
export class Warehouse {
    readonly databases = new Map<string, Database>();
    /** which integrations and principals it takes, as it was put */
    policy?: string;
    /** until when a new policy is being applied */
    policyBusyUntil = 0;

    constructor(
        /** of the namespace */
        readonly arn: string,
        firstDatabase: string,
        readonly owner: string,
        readonly compute: Compute,
    ) {
        this.databases.set(firstDatabase, newDatabase(firstDatabase, owner));
    }

    get accountId(): string {
        return splitArn(this.arn).accountId;
    }

    get region(): string {
        return splitArn(this.arn).region;
    }

    /** What puts everything that statements of a transaction can change back as it is now. */
    savepoint(): () => void {
        const saved = [...this.databases.values()].map((database) => ({
            database,
            schemas: [...database.schemas].map(([name, relations]) => [name, new Map(relations)] as const),
        }));
        return () =>
            saved.forEach(({ database, schemas }) => {
                database.schemas = new Map(schemas);
            });
    }

    /** The databases of an integration: several where the source has several. */
    databasesOf(integrationId: string): (Database & { integration: IntegrationDatabase })[] {
        return [...this.databases.values()].filter(
            (database): database is Database & { integration: IntegrationDatabase } =>
                database.integration?.integrationId === integrationId,
        );
    }
}

export function newDatabase(name: string, owner: string, integration?: IntegrationDatabase): Database {
    return { name, owner, schemas: new Map([["public", new Map()]]), integration };
}

/** Every namespace of the partition, by its ARN. */
export class Warehouses {
    static readonly scope = "partition";
    readonly byArn = new Map<string, Warehouse>();
}

export function findWarehouse(world: World, namespaceArn: string): Warehouse | undefined {
    const { accountId, region } = splitArn(namespaceArn);
    return world.state(Warehouses, accountId, region).byArn.get(namespaceArn);
}
