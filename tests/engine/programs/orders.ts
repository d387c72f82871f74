import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";
import { auroraSource } from "./sources";

const config = new pulumi.Config();

const { args, opts } = auroraSource("shop", "aurora-postgresql");
const warehouse = new zeroetl.RedshiftWarehouse("sales", { kind: "serverless" });

if (config.getBoolean("integrated") ?? true) {
    new zeroetl.AuroraToRedshift(
        "orders",
        {
            ...args,
            warehouse,
            dataFilter: config.get("dataFilter") ?? "include: shop.*.*, include: crm.*.*",
            databases: [
                { sourceDatabase: "shop", databaseName: "shop", ...config.getObject<object>("shop") },
                { sourceDatabase: "crm", databaseName: "crm" },
            ],
            ...config.getObject<object>("integration"),
        },
        opts,
    );
}

export const sourceArn = args.source.arn;
export const groupName = args.parameterGroup.name;
export const namespaceArn = warehouse.namespaceArn;
