import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";
import { auroraSource } from "./sources";

const { args, opts } = auroraSource("shop", "aurora-mysql");
const target = new pulumi.StackReference("organization/warehouse/dev");

const shop = new zeroetl.AuroraToRedshift(
    "shop",
    {
        ...args,
        warehouse: target.requireOutput("reference") as pulumi.Output<zeroetl.RedshiftWarehouseReference>,
        // The warehouse's own stack makes it: this one has no way into that account.
        database: false,
    },
    opts,
);

export const integrationArn = shop.integrationArn;
