import { Table } from "@pulumi/aws/dynamodb/table";
import { Cluster } from "@pulumi/aws/rds/cluster";
import { ClusterInstance } from "@pulumi/aws/rds/clusterInstance";
import { Instance } from "@pulumi/aws/rds/instance";
import type * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";
import type { SourceKind } from "../application";

const INSTANCE_CLASS = "db.r6g.large";

/** What a source is read for, and who may connect to it. */
interface Surroundings {
    target?: zeroetl.SourceParameterGroupArgs["target"];
    vpcSecurityGroupIds?: pulumi.Input<string>[];
}

/** An Aurora cluster with one instance, and the arguments of an integration from it. */
export function auroraSource<E extends "aurora-mysql" | "aurora-postgresql">(
    name: string,
    engine: E,
    opts?: pulumi.CustomResourceOptions,
    { target, vpcSecurityGroupIds }: Surroundings = {},
) {
    const engineVersion = engine === "aurora-mysql" ? "8.0.mysql_aurora.3.08.0" : "16.6";
    const parameterGroup = new zeroetl.SourceParameterGroup(name, { engine, engineVersion, target }, opts);
    const source = new Cluster(
        name,
        {
            clusterIdentifier: name,
            masterUsername: "master",
            manageMasterUserPassword: true,
            engine,
            engineVersion,
            databaseName: "shop",
            dbClusterParameterGroupName: parameterGroup.name,
            vpcSecurityGroupIds,
            skipFinalSnapshot: true,
        },
        opts,
    );
    const writer = new ClusterInstance(
        `${name}-writer`,
        { clusterIdentifier: source.id, engine, instanceClass: INSTANCE_CLASS },
        opts,
    );
    return { args: { engine, source, parameterGroup }, opts: { ...opts, dependsOn: writer } };
}

/** An instance of RDS, and the arguments of an integration from it. */
export function rdsSource<E extends "mysql" | "postgres">(
    name: string,
    engine: E,
    { target, vpcSecurityGroupIds }: Surroundings = {},
) {
    const engineVersion = engine === "mysql" ? "8.0.40" : "16.8";
    const parameterGroup = new zeroetl.SourceParameterGroup(name, { engine, engineVersion, target });
    const more = { dbName: "shop", parameterGroupName: parameterGroup.name, vpcSecurityGroupIds };
    return { engine, source: rdsInstance(name, engine, engineVersion, more), parameterGroup };
}

function rdsInstance(name: string, engine: string, engineVersion: string, more: object): Instance {
    return new Instance(name, {
        identifier: name,
        username: "master",
        manageMasterUserPassword: true,
        engine,
        engineVersion,
        instanceClass: INSTANCE_CLASS,
        allocatedStorage: 20,
        backupRetentionPeriod: 1,
        skipFinalSnapshot: true,
        ...more,
    });
}

/** A source of its kind, under a name of its own, that flows into a warehouse, to a database of that name. */
export const flows: Record<SourceKind, (name: string, to: zeroetl.WarehouseTargetArgs) => Flow> = {
    "aurora-mysql"(name, to) {
        const { args, opts } = auroraSource(name, "aurora-mysql");
        return {
            integration: new zeroetl.AuroraToRedshift(name, { ...args, ...to }, opts),
            sourceArn: args.source.arn,
        };
    },
    "aurora-postgresql"(name, to) {
        const { args, opts } = auroraSource(name, "aurora-postgresql");
        const integration = new zeroetl.AuroraToRedshift(
            name,
            {
                ...args,
                ...to,
                dataFilter: [{ include: { database: "shop", schema: "public", table: "*" } }],
                databases: [{ sourceDatabase: "shop", databaseName: name }],
            },
            opts,
        );
        return { integration, sourceArn: args.source.arn };
    },
    mysql(name, to) {
        const args = rdsSource(name, "mysql");
        return { integration: new zeroetl.RdsToRedshift(name, { ...args, ...to }), sourceArn: args.source.arn };
    },
    postgres(name, to) {
        const args = rdsSource(name, "postgres");
        const integration = new zeroetl.RdsToRedshift(name, {
            ...args,
            ...to,
            dataFilter: "include: shop.public.*",
            databases: [{ sourceDatabase: "shop", databaseName: name }],
        });
        return { integration, sourceArn: args.source.arn };
    },
    oracle(name, to) {
        const more = { dbName: "SHOP", licenseModel: "bring-your-own-license" };
        const source = rdsInstance(name, "oracle-ee", "19.0.0.0.ru-2019-07.rur-2019-07.r1", more);
        const integration = new zeroetl.RdsToRedshift(name, {
            engine: "oracle",
            source,
            ...to,
            dataFilter: "include: SHOP.*.*",
            database: { sourceDatabase: "SHOP" },
        });
        return { integration, sourceArn: source.arn };
    },
    dynamodb(name, to) {
        const table = new Table(name, {
            name,
            attributes: [{ name: "id", type: "N" }],
            hashKey: "id",
            billingMode: "PAY_PER_REQUEST",
            pointInTimeRecovery: { enabled: true },
        });
        return { integration: new zeroetl.DynamoDbToRedshift(name, { table, ...to }), sourceArn: table.arn };
    },
};

export interface Flow {
    integration: zeroetl.AuroraToRedshift | zeroetl.RdsToRedshift | zeroetl.DynamoDbToRedshift;
    sourceArn: pulumi.Output<string>;
}
