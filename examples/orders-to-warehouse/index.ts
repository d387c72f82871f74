import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

const config = new pulumi.Config();
const instanceClass = "db.r6g.large";
const credentials = { masterUsername: "master", manageMasterUserPassword: true };

// The shop's orders.
const mysql = { engine: "aurora-mysql", engineVersion: "8.0.mysql_aurora.3.08.0" } as const;
const ordersParameters = new zeroetl.SourceParameterGroup("orders", mysql);
const ordersCluster = new aws.rds.Cluster("orders", {
    ...mysql,
    ...credentials,
    databaseName: "shop",
    backtrackWindow: config.getNumber("backtrackWindow"),
    dbClusterParameterGroupName: ordersParameters.name,
    skipFinalSnapshot: true,
});
const ordersWriter = new aws.rds.ClusterInstance("orders", {
    clusterIdentifier: ordersCluster.id,
    engine: mysql.engine,
    instanceClass,
});

// Its customers.
const postgres = { engine: "aurora-postgresql", engineVersion: "16.6" } as const;
const customersParameters = new zeroetl.SourceParameterGroup("customers", postgres);
const customersCluster = new aws.rds.Cluster("customers", {
    ...postgres,
    ...credentials,
    databaseName: "crm",
    dbClusterParameterGroupName: customersParameters.name,
    skipFinalSnapshot: true,
});
const customersWriter = new aws.rds.ClusterInstance("customers", {
    clusterIdentifier: customersCluster.id,
    engine: postgres.engine,
    instanceClass,
});

// Their carts.
const cartsTable = new aws.dynamodb.Table("carts", {
    name: "carts",
    billingMode: "PAY_PER_REQUEST",
    hashKey: "customer",
    attributes: [{ name: "customer", type: "N" }],
    pointInTimeRecovery: { enabled: true },
});

// Where analysts look for all of them.
const warehouse = new zeroetl.RedshiftWarehouse("sales", { kind: "serverless" });

const orders = new zeroetl.AuroraToRedshift(
    "orders",
    {
        engine: mysql.engine,
        source: ordersCluster,
        parameterGroup: ordersParameters,
        warehouse,
        dataFilter: [
            { include: { database: "shop", table: "*" } },
            { exclude: { database: "shop", table: { regex: "tmp_.*" } } },
        ],
    },
    { dependsOn: ordersWriter },
);
const customers = new zeroetl.AuroraToRedshift(
    "customers",
    {
        engine: postgres.engine,
        source: customersCluster,
        parameterGroup: customersParameters,
        warehouse,
        dataFilter: [{ include: { database: "crm", schema: "public", table: "*" } }],
        databases: [{ sourceDatabase: "crm", databaseName: "customers" }],
    },
    { dependsOn: customersWriter },
);
const carts = new zeroetl.DynamoDbToRedshift("carts", { table: cartsTable, warehouse });

export const ordersArn = ordersCluster.arn;
export const customersArn = customersCluster.arn;
export const replicated = orders.tables;
export const databases = [orders.databaseName, customers.databaseName, carts.databaseName];
