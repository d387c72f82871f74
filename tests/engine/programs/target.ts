import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

const config = new pulumi.Config();

const lakehouse = new zeroetl.Lakehouse(config.get("name") ?? "bank", {
    lakeFormation: config.getObject<zeroetl.LakehouseLakeFormation>("lakeFormation"),
});
config
    .getObject<string[]>("accept")
    ?.forEach((sourceArn) => lakehouse.accept(`from-${sourceArn.split("/")[1]}`, { sourceArn, saveQueries: false }));

export const reference = lakehouse.reference();
