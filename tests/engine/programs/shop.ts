import { Table } from "@pulumi/aws/dynamodb/table";
import { Cluster } from "@pulumi/aws/rds/cluster";
import { ClusterInstance } from "@pulumi/aws/rds/clusterInstance";
import { Instance } from "@pulumi/aws/rds/instance";
import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

const config = new pulumi.Config();
const instanceClass = "db.r6g.large";

const warehouse = new zeroetl.RedshiftWarehouse(
    "sales",
    config.get("warehouse") === "provisioned" ? { kind: "provisioned" } : { kind: "serverless" },
);

function auroraCluster<E extends "aurora-mysql" | "aurora-postgresql">(engine: E, engineVersion: string) {
    const parameterGroup = new zeroetl.SourceParameterGroup("shop", { engine, engineVersion });
    const source = new Cluster("shop", {
        masterUsername: "master",
        manageMasterUserPassword: true,
        engine,
        engineVersion,
        databaseName: "shop",
        dbClusterParameterGroupName: parameterGroup.name,
        skipFinalSnapshot: true,
    });
    const writer = new ClusterInstance("shop-writer", { clusterIdentifier: source.id, engine, instanceClass });
    return { args: { source, parameterGroup, warehouse }, opts: { dependsOn: writer } };
}

const instanceOf = (engine: string, engineVersion: string, more: object) => ({
    username: "master",
    manageMasterUserPassword: true,
    engine,
    engineVersion,
    instanceClass,
    allocatedStorage: 20,
    backupRetentionPeriod: 1,
    skipFinalSnapshot: true,
    ...more,
});

function rdsInstance<E extends "mysql" | "postgres">(engine: E, engineVersion: string) {
    const parameterGroup = new zeroetl.SourceParameterGroup("shop", { engine, engineVersion });
    const source = new Instance(
        "shop",
        instanceOf(engine, engineVersion, { dbName: "shop", parameterGroupName: parameterGroup.name }),
    );
    return { source, parameterGroup, warehouse };
}

const sources = {
    "aurora-mysql"() {
        const { args, opts } = auroraCluster("aurora-mysql", "8.0.mysql_aurora.3.08.0");
        const shop = new zeroetl.AuroraToRedshift("shop", { engine: "aurora-mysql", ...args }, opts);
        return { shop, sourceArn: args.source.arn };
    },
    "aurora-postgresql"() {
        const { args, opts } = auroraCluster("aurora-postgresql", "16.6");
        const dataFilter = [{ include: { database: "shop", schema: "public", table: "*" } }];
        const databases = [{ sourceDatabase: "shop", databaseName: "shop" }] as const;
        const shop = new zeroetl.AuroraToRedshift(
            "shop",
            { engine: "aurora-postgresql", dataFilter, databases: [...databases], ...args },
            opts,
        );
        return { shop, sourceArn: args.source.arn };
    },
    mysql() {
        const args = rdsInstance("mysql", "8.0.40");
        return { shop: new zeroetl.RdsToRedshift("shop", { engine: "mysql", ...args }), sourceArn: args.source.arn };
    },
    postgres() {
        const args = rdsInstance("postgres", "16.8");
        const shop = new zeroetl.RdsToRedshift("shop", {
            engine: "postgres",
            dataFilter: "include: shop.public.*",
            databases: [{ sourceDatabase: "shop", databaseName: "shop" }],
            ...args,
        });
        return { shop, sourceArn: args.source.arn };
    },
    oracle() {
        const version = "19.0.0.0.ru-2019-07.rur-2019-07.r1";
        const source = new Instance(
            "shop",
            instanceOf("oracle-ee", version, { dbName: "SHOP", licenseModel: "bring-your-own-license" }),
        );
        const shop = new zeroetl.RdsToRedshift("shop", {
            engine: "oracle",
            source,
            warehouse,
            dataFilter: "include: SHOP.*.*",
            database: { sourceDatabase: "SHOP" },
        });
        return { shop, sourceArn: source.arn };
    },
    dynamodb() {
        const table = new Table("shop", {
            name: "orders",
            attributes: [{ name: "id", type: "N" }],
            hashKey: "id",
            billingMode: "PAY_PER_REQUEST",
            pointInTimeRecovery: { enabled: true },
        });
        return { shop: new zeroetl.DynamoDbToRedshift("shop", { table, warehouse }), sourceArn: table.arn };
    },
};

const { shop, sourceArn: arn } = sources[config.require<keyof typeof sources>("source")]();

export const sourceArn = arn;
export const integrationArn = shop.integrationArn;
export const databaseName = shop.databaseName;
