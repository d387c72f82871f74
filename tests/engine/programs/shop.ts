import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";
import { flows } from "./sources";

const config = new pulumi.Config();

const warehouse = new zeroetl.RedshiftWarehouse(
    "sales",
    config.get("warehouse") === "provisioned" ? { kind: "provisioned" } : { kind: "serverless" },
);
const shop = flows[config.require<keyof typeof flows>("source")]("shop", { warehouse });

export const sourceArn = shop.sourceArn;
