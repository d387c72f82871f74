import { Cluster } from "@pulumi/aws/rds/cluster";
import { ClusterInstance } from "@pulumi/aws/rds/clusterInstance";
import { Cluster as Warehouse } from "@pulumi/aws/redshift/cluster";
import { ParameterGroup } from "@pulumi/aws/redshift/parameterGroup";
import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

const config = new pulumi.Config();
/** Whether zero-ETL has come: its groups are attached to what has run without. */
const integrated = config.getBoolean("integrated");

const mysql = { engine: "aurora-mysql", engineVersion: "8.0.mysql_aurora.3.08.0" } as const;
const parameterGroup = new zeroetl.SourceParameterGroup("shop", mysql);
const source = new Cluster("shop", {
    ...mysql,
    clusterIdentifier: "shop",
    masterUsername: "master",
    manageMasterUserPassword: true,
    databaseName: "shop",
    dbClusterParameterGroupName: integrated ? parameterGroup.name : "default.aurora-mysql8.0",
    applyImmediately: true,
    skipFinalSnapshot: true,
});
const instanceOf = (identifier: string, opts?: pulumi.CustomResourceOptions) =>
    new ClusterInstance(
        identifier,
        { identifier, clusterIdentifier: source.id, engine: mysql.engine, instanceClass: "db.r6g.large" },
        opts,
    );
const writer = instanceOf("shop-writer");
const reader = instanceOf("shop-reader", { dependsOn: writer });

const warehouseGroup = new ParameterGroup("sales", {
    family: "redshift-1.0",
    parameters: [{ name: "enable_case_sensitive_identifier", value: "true" }],
});
const cluster = new Warehouse("sales", {
    clusterIdentifier: "sales",
    nodeType: "ra3.large",
    numberOfNodes: 2,
    encrypted: "true",
    masterUsername: "master",
    manageMasterPassword: true,
    clusterParameterGroupName: integrated ? warehouseGroup.name : "default.redshift-1.0",
    skipFinalSnapshot: true,
});

if (integrated) {
    const reboot = config.require<"never" | "now">("reboot");
    const warehouse = new zeroetl.RedshiftWarehouse("sales", {
        kind: "provisioned",
        existing: cluster,
        secretArn: cluster.masterPasswordSecretArn,
        reboot,
    });
    new zeroetl.AuroraToRedshift(
        "orders",
        { engine: mysql.engine, source, parameterGroup, warehouse, reboot },
        { dependsOn: [writer, reader] },
    );
}
