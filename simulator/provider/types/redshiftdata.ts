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

/** It runs its SQL once; what the SQL has made stays when it is deleted. */
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
        if (!found && state.database === undefined) {
            return undefined;
        }
        return {
            clusterIdentifier: found?.ClusterIdentifier ?? state.clusterIdentifier,
            database: state.database ?? found?.Database,
            dbUser: state.dbUser,
            parameters: found?.QueryParameters?.map(({ name, value }) => ({ name, value })) ?? state.parameters,
            secretArn: found?.SecretArn ?? state.secretArn,
            // Without it once AWS has forgotten the statement, which makes the engine run it again as a replacement.
            sql: found?.QueryString,
            statementName: state.statementName,
            withEvent: state.withEvent,
            workgroupName: found?.WorkgroupName ?? state.workgroupName,
        };
    },

    async delete() {},
};

export const redshiftdata: ResourceTypes = { "aws:redshiftdata/statement:Statement": statement };
