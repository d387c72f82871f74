import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

const config = new pulumi.Config();
const mysql = { engine: "mysql", engineVersion: "8.0.42" } as const;

// The shop's orders.
const parameterGroup = new zeroetl.SourceParameterGroup("shop", mysql);
const source = new aws.rds.Instance("shop", {
    ...mysql,
    username: "master",
    manageMasterUserPassword: true,
    dbName: "shop",
    parameterGroupName: parameterGroup.name,
    instanceClass: "db.r6g.large",
    allocatedStorage: 20,
    storageType: config.get("storageType") ?? "gp3",
    backupRetentionPeriod: 7,
    skipFinalSnapshot: true,
});

// Lake Formation lets an administrator alone make a catalog: whoever deploys becomes one.
const { arn } = aws.getCallerIdentityOutput();
const deployer = aws.iam.getSessionContextOutput({ arn }).issuerArn;
const catalog = new zeroetl.ManagedCatalog("shop", { administrators: [deployer] });

const shop = new zeroetl.RdsToLakehouse("shop", {
    engine: mysql.engine,
    source,
    parameterGroup,
    catalog,
    dataFilter: [
        { include: { database: "shop", table: "*" } },
        { exclude: { database: "shop", table: { regex: "tmp_.*" } } },
    ],
});

export const sourceArn = source.arn;
export const catalogArn = catalog.catalogArn;
export const replicated = shop.tables;
export const integrationStatus = shop.status;
