import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

const config = new pulumi.Config();

const warehouse = new zeroetl.RedshiftWarehouse("sales", { kind: "serverless" });
const sourceArn = config.get("accept");
if (sourceArn !== undefined) {
    warehouse.accept("shop", { sourceArn });
}
const integrationArn = config.get("integrationArn");
if (integrationArn !== undefined) {
    warehouse.database("shop", { source: "aurora-mysql", integrationArn });
}

export const reference = warehouse.reference();
