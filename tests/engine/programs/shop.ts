import { Cluster } from "@pulumi/aws/rds/cluster";
import { ClusterInstance } from "@pulumi/aws/rds/clusterInstance";
import * as zeroetl from "pulumi-aws-zero-etl";

const engineVersion = "8.0.mysql_aurora.3.08.0";

const parameterGroup = new zeroetl.SourceParameterGroup("shop", { engine: "aurora-mysql", engineVersion });
const cluster = new Cluster("shop", {
    clusterIdentifier: "shop",
    databaseName: "shop",
    engine: "aurora-mysql",
    engineVersion,
    dbClusterParameterGroupName: parameterGroup.name,
    masterUsername: "admin",
    manageMasterUserPassword: true,
    skipFinalSnapshot: true,
});
const writer = new ClusterInstance("shop-writer", {
    clusterIdentifier: cluster.id,
    engine: "aurora-mysql",
    instanceClass: "db.r6g.large",
});
const warehouse = new zeroetl.RedshiftWarehouse("sales", { kind: "serverless" });
const shop = new zeroetl.AuroraToRedshift(
    "shop",
    { engine: "aurora-mysql", source: cluster, parameterGroup, warehouse },
    { dependsOn: writer },
);

export const sourceArn = cluster.arn;
export const integrationArn = shop.integrationArn;
export const databaseName = shop.databaseName;
export const tables = shop.tables;
