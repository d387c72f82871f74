import { Table } from "@pulumi/aws/dynamodb/table";
import * as zeroetl from "pulumi-aws-zero-etl";

const lakehouse = new zeroetl.Lakehouse("bank");

for (let i = 0; i < Number(process.env.INTEGRATIONS); i++) {
    const table = new Table(`table-${i}`, {
        name: `Table${i}`,
        attributes: [{ name: "Id", type: "S" }],
        hashKey: "Id",
        billingMode: "PAY_PER_REQUEST",
        pointInTimeRecovery: { enabled: true },
    });
    new zeroetl.DynamoDbToLakehouse(`table-${i}`, { table, lakehouse, saveQueries: false });
}
