import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";
import { auroraSource } from "./sources";

const config = new pulumi.Config();
const region = "eu-west-1";

const application = new zeroetl.AwsAccount("application", { region });
const analytics = new zeroetl.AwsAccount("analytics", {
    region,
    assumeRole: { roleArn: config.require("analyticsRole") },
});
const { args, opts } = auroraSource("shop", "aurora-mysql", { provider: application });
const warehouse = new zeroetl.RedshiftWarehouse("sales", { kind: "serverless" }, { provider: analytics });

new zeroetl.AuroraToRedshift("shop", { ...args, warehouse }, opts);
