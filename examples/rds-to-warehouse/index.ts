import * as aws from "@pulumi/aws";
import * as zeroetl from "pulumi-aws-zero-etl";

const postgres = { engine: "postgres", engineVersion: "16.8" } as const;

const parameterGroup = new zeroetl.SourceParameterGroup("crm", postgres);
const source = new aws.rds.Instance("crm", {
    ...postgres,
    username: "master",
    manageMasterUserPassword: true,
    dbName: "crm",
    parameterGroupName: parameterGroup.name,
    instanceClass: "db.r6g.large",
    allocatedStorage: 20,
    backupRetentionPeriod: 1,
    skipFinalSnapshot: true,
});
const warehouse = new zeroetl.RedshiftWarehouse("sales", { kind: "provisioned" });
const crm = new zeroetl.RdsToRedshift("crm", {
    engine: postgres.engine,
    source,
    parameterGroup,
    warehouse,
    dataFilter: [{ include: { database: "crm", schema: "public", table: "*" } }],
    databases: [{ sourceDatabase: "crm", databaseName: "crm" }],
});

export const sourceArn = source.arn;
export const replicated = crm.tables;
export const database = crm.databaseName;
