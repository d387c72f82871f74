import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

const config = new pulumi.Config();
const instance = {
    username: "master",
    manageMasterUserPassword: true,
    instanceClass: "db.r6g.large",
    allocatedStorage: 20,
    backupRetentionPeriod: config.getNumber("backupRetentionPeriod") ?? 7,
    skipFinalSnapshot: true,
};

// Customers.
const postgres = { engine: "postgres", engineVersion: "16.8" } as const;
const crmParameters = new zeroetl.SourceParameterGroup("crm", postgres);
const crmInstance = new aws.rds.Instance("crm", {
    ...instance,
    ...postgres,
    dbName: "crm",
    parameterGroupName: crmParameters.name,
});

// Their orders.
const mysql = { engine: "mysql", engineVersion: "8.0.42" } as const;
const shopParameters = new zeroetl.SourceParameterGroup("shop", mysql);
const shopInstance = new aws.rds.Instance("shop", {
    ...instance,
    ...mysql,
    dbName: "shop",
    parameterGroupName: shopParameters.name,
});

// What they have paid. Oracle needs no parameters.
const booksInstance = new aws.rds.Instance("books", {
    ...instance,
    engine: "oracle-se2",
    engineVersion: "19.0.0.0.ru-2025-04.rur-2025-04.r1",
    licenseModel: "license-included",
    dbName: "BOOKS",
});

// Where analysts look for all of them.
const warehouse = new zeroetl.RedshiftWarehouse("sales", { kind: "provisioned" });

const crm = new zeroetl.RdsToRedshift("crm", {
    engine: postgres.engine,
    source: crmInstance,
    parameterGroup: crmParameters,
    warehouse,
    dataFilter: [{ include: { database: "crm", schema: "public", table: "*" } }],
    databases: [{ sourceDatabase: "crm", databaseName: "crm" }],
});
const shop = new zeroetl.RdsToRedshift("shop", {
    engine: mysql.engine,
    source: shopInstance,
    parameterGroup: shopParameters,
    warehouse,
    dataFilter: [{ include: { database: "shop", table: "*" } }],
});
const books = new zeroetl.RdsToRedshift("books", {
    engine: "oracle",
    source: booksInstance,
    warehouse,
    dataFilter: [{ include: { database: "BOOKS", schema: "LEDGER", table: "*" } }],
    database: { sourceDatabase: "BOOKS" },
});

export const crmArn = crmInstance.arn;
export const shopArn = shopInstance.arn;
export const booksArn = booksInstance.arn;
export const replicated = [crm.tables, shop.tables, books.tables];
export const databases = [crm.databaseName, shop.databaseName, books.databaseName];
