import { setTimeout } from "node:timers/promises";

import {
    DescribeStatementCommand,
    ExecuteStatementCommand,
    GetStatementResultCommand,
    RedshiftDataClient,
} from "@aws-sdk/client-redshift-data";

import { waitFor, type ClientConfig } from "./demo";

export type Row = unknown[];

/** Asks a warehouse by the Data API, as an analyst's tool does. */
export class WarehouseReader {
    private readonly client: RedshiftDataClient;

    constructor(
        config: ClientConfig,
        private readonly warehouse: { WorkgroupName: string } | { ClusterIdentifier: string },
    ) {
        this.client = new RedshiftDataClient(config);
    }

    /** Asks until the answer is as it should be. */
    waitFor(sql: string, ready: (records: Row[]) => boolean): Promise<Row[]> {
        return waitFor(sql, () => this.query(sql), ready);
    }

    /** The rows; nothing if the statement fails, as while a table has not arrived. */
    private async query(Sql: string): Promise<Row[] | undefined> {
        const statement = { ...this.warehouse, Database: "dev", Sql };
        const { Id } = await this.client.send(new ExecuteStatementCommand(statement));
        for (;;) {
            const { Status } = await this.client.send(new DescribeStatementCommand({ Id }));
            if (Status === "FINISHED") {
                const { Records = [] } = await this.client.send(new GetStatementResultCommand({ Id }));
                return Records.map((record) => record.map((field) => (field.isNull ? null : Object.values(field)[0])));
            }
            if (Status === "FAILED" || Status === "ABORTED") {
                return undefined;
            }
            await setTimeout(100);
        }
    }
}
