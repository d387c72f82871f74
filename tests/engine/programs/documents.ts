import { Table } from "@pulumi/aws/dynamodb/table";
import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

const config = new pulumi.Config();

const table = new Table("documents", {
    name: "Documents",
    attributes: [{ name: "DocumentID", type: "S" }],
    hashKey: "DocumentID",
    billingMode: "PAY_PER_REQUEST",
    pointInTimeRecovery: { enabled: true },
});
const warehouse = new zeroetl.RedshiftWarehouse("sales", { kind: "serverless" });
const documents = new zeroetl.DynamoDbToRedshift("documents", { table, warehouse });

const from = { database: documents.databaseName, table: table.name };
for (const view of config.requireObject<(Partial<zeroetl.ViewOfTableArgs> & { of: string })[]>("views")) {
    const { of, ...more } = view;
    new zeroetl.WarehouseView(`${of}s`, {
        warehouse,
        from,
        columns: [{ column: "DocumentID" }, { attribute: "Total", tag: "N", type: "decimal(12,2)" }],
        where: [{ attribute: "Type", equals: of }],
        ...more,
    });
}
