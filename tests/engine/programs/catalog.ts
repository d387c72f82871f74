import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import * as zeroetl from "pulumi-aws-zero-etl";
import { auroraSource, rdsSource } from "./sources";

// Lake Formation lets an administrator alone make a catalog.
const catalog = new zeroetl.ManagedCatalog("shop", { administrators: [getCallerIdentityOutput().arn] });

const aurora = auroraSource("aurora-mysql", "aurora-mysql");
new zeroetl.AuroraToLakehouse("aurora-mysql", { ...aurora.args, catalog }, aurora.opts);

const postgresql = auroraSource("aurora-postgresql", "aurora-postgresql");
const dataFilter = "include: shop.public.*";
new zeroetl.AuroraToLakehouse("aurora-postgresql", { ...postgresql.args, catalog, dataFilter }, postgresql.opts);

const mysql = rdsSource("mysql", "mysql");
new zeroetl.RdsToLakehouse("mysql", { ...mysql, catalog, dataFilter: "include: shop.*" });

export const sourceArns = {
    "aurora-mysql": aurora.args.source.arn,
    "aurora-postgresql": postgresql.args.source.arn,
    mysql: mysql.source.arn,
};
export const catalogArn = catalog.catalogArn;
