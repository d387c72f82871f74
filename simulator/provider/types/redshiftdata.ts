import type { DescribeStatementResponse, ExecuteStatementOutput } from "@aws-sdk/client-redshift-data";
import { type Client } from "../client";
import { toMembers, capitalized } from "../members";
import type { ResourceType, ResourceTypes } from "../resource";

const SERVICE = "redshift-data";

const describe = (aws: Client, Id: string) => aws.find<DescribeStatementResponse>(SERVICE, "DescribeStatement", { Id });

const INPUT = {
    ...capitalized("clusterIdentifier", "database", "dbUser", "secretArn", "sql", "statementName", "withEvent"),
    ...capitalized("parameters", "workgroupName"),
};

/** It runs its SQL once, and again after AWS has forgotten it; what the SQL has made stays when it is deleted. */
const statement: ResourceType = {
    label: "Redshift Data Statement",

    async create(aws, args) {
        const { Id } = await aws.call<ExecuteStatementOutput>(SERVICE, "ExecuteStatement", toMembers(INPUT, args));
        return Id!;
    },

    async settle(aws, id) {
        await aws.until(`Redshift Data Statement (${id}) to finish`, async () => {
            const found = await describe(aws, id);
            if (found?.Status === "FAILED" || found?.Status === "ABORTED") {
                const reason = `unexpected state '${found.Status}', wanted target 'FINISHED'`;
                throw new Error(`waiting for Redshift Data Statement (${id}): ${reason}. last error: ${found.Error}`);
            }
            return found?.Status === "FINISHED" ? true : undefined;
        });
    },

    async read(aws, id, state) {
        const found = await describe(aws, id);
        return (
            found && {
                clusterIdentifier: found.ClusterIdentifier,
                database: state.database ?? found.Database,
                dbUser: state.dbUser,
                parameters: found.QueryParameters?.map(({ name, value }) => ({ name, value })),
                secretArn: found.SecretArn,
                sql: found.QueryString,
                statementName: state.statementName,
                withEvent: state.withEvent,
                workgroupName: found.WorkgroupName,
            }
        );
    },

    async delete() {},
};

export const redshiftdata: ResourceTypes = { "aws:redshiftdata/statement:Statement": statement };
