import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { Instance } from "@pulumi/aws/rds/instance";
import * as zeroetl from "pulumi-aws-zero-etl";

const mysql = { engine: "mysql", engineVersion: "8.0.40" } as const;

const parameterGroup = new zeroetl.SourceParameterGroup("shop", mysql);
const source = new Instance("shop", {
    ...mysql,
    username: "master",
    manageMasterUserPassword: true,
    dbName: "shop",
    parameterGroupName: parameterGroup.name,
    instanceClass: "db.r6g.large",
    allocatedStorage: 20,
    backupRetentionPeriod: 1,
    skipFinalSnapshot: true,
});
// Lake Formation lets an administrator alone make a catalog.
const catalog = new zeroetl.ManagedCatalog("shop", { administrators: [getCallerIdentityOutput().arn] });
const shop = new zeroetl.RdsToLakehouse("shop", {
    engine: mysql.engine,
    source,
    parameterGroup,
    catalog,
    dataFilter: "include: shop.*",
});

export const sourceArn = source.arn;
export const catalogArn = catalog.catalogArn;
export const status = shop.status;
