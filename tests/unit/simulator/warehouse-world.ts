import * as assert from "node:assert/strict";

import { allServices } from "../../../simulator/services";
import { hours, minutes, seconds } from "../../../simulator/world/clock";
import { World } from "../../../simulator/world/world";
import { ACCOUNT, document, REGION, type Statement } from "./glue-world";

export const TABLE_ARN = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/Orders`;

/** A serverless warehouse, a DynamoDB table `Orders` (Customer, Number), and all that the one needs to flow into the other. */
export class Warehousing {
    readonly world = new World({ services: allServices });
    readonly source = this.world.administrator(ACCOUNT, REGION);
    readonly target;
    namespaceArn = "";
    workgroup = { WorkgroupName: "sales" };

    caseSensitive = true;
    pointInTimeRecovery = true;
    encryption: object | undefined;
    tablePolicy: Statement[] = [statement("RedshiftExport"), statement("RedshiftExportStatus")];
    authorizedSources = [TABLE_ARN];

    constructor(readonly targetAccount = ACCOUNT) {
        this.target = this.world.administrator(targetAccount, REGION);
    }

    async setUp(): Promise<this> {
        await this.setUpWarehouse();
        await this.source.call("dynamodb", "CreateTable", {
            TableName: "Orders",
            AttributeDefinitions: [
                { AttributeName: "Customer", AttributeType: "S" },
                { AttributeName: "Number", AttributeType: "N" },
            ],
            KeySchema: [
                { AttributeName: "Customer", KeyType: "HASH" },
                { AttributeName: "Number", KeyType: "RANGE" },
            ],
            BillingMode: "PAY_PER_REQUEST",
            SSESpecification: this.encryption,
        });
        await this.pass(seconds(30));
        await this.setRecovery(this.pointInTimeRecovery);
        await this.putTablePolicy();
        return this;
    }

    async setUpWarehouse(): Promise<this> {
        const { namespace } = await this.target.call("redshift-serverless", "CreateNamespace", {
            namespaceName: "sales",
        });
        this.namespaceArn = namespace.namespaceArn;
        await this.target.call("redshift-serverless", "CreateWorkgroup", {
            workgroupName: "sales",
            namespaceName: "sales",
            configParameters: [
                { parameterKey: "enable_case_sensitive_identifier", parameterValue: String(this.caseSensitive) },
            ],
        });
        await this.pass(minutes(5));
        await this.authorize(this.authorizedSources);
        return this;
    }

    setRecovery(enabled: boolean): Promise<unknown> {
        return this.source.call("dynamodb", "UpdateContinuousBackups", {
            TableName: "Orders",
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: enabled },
        });
    }

    putTablePolicy(): Promise<unknown> {
        const Policy = document(this.tablePolicy);
        return this.source.call("dynamodb", "PutResourcePolicy", { ResourceArn: TABLE_ARN, Policy });
    }

    /** Puts a namespace policy for these sources, and for principals of the sources' account. */
    async authorize(sources: string[]): Promise<void> {
        await this.pass(minutes(1));
        await this.target.call("redshift", "PutResourcePolicy", {
            ResourceArn: this.namespaceArn,
            Policy: document([
                {
                    Effect: "Allow",
                    Principal: { Service: "redshift.amazonaws.com" },
                    Action: "redshift:AuthorizeInboundIntegration",
                    Resource: this.namespaceArn,
                    Condition: { StringEquals: { "aws:SourceArn": sources as never } },
                },
                {
                    Effect: "Allow",
                    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
                    Action: "redshift:CreateInboundIntegration",
                    Resource: this.namespaceArn,
                },
            ]),
        });
    }

    async create(more: object = {}): Promise<string> {
        const { IntegrationArn } = await this.source.call("redshift", "CreateIntegration", {
            IntegrationName: "orders",
            SourceArn: TABLE_ARN,
            TargetArn: this.namespaceArn,
            ...more,
        });
        return IntegrationArn;
    }

    async describe(IntegrationArn: string) {
        const { Integrations } = await this.source.call("redshift", "DescribeIntegrations", { IntegrationArn });
        return Integrations[0] as { Status: string; Errors: { ErrorCode: string; ErrorMessage: string }[] };
    }

    /** An active integration with its database `orders`. */
    async replicate(options = ""): Promise<string> {
        const arn = await this.create();
        await this.pass(minutes(20));
        assert.equal((await this.describe(arn)).Status, "active");
        await this.sql(`CREATE DATABASE orders FROM INTEGRATION '${idOf(arn)}' ${options}`);
        return arn;
    }

    put(item: object): Promise<unknown> {
        return this.source.call("dynamodb", "PutItem", { TableName: "Orders", Item: item });
    }

    pass(ms: number): Promise<void> {
        return this.world.clock.advance(ms);
    }

    /** Runs a statement and gives its rows; a failed one throws Redshift's words. */
    async sql(Sql: string, { database = "dev", ...more }: Record<string, unknown> = {}) {
        const input = { ...this.workgroup, Database: database, Sql, ...more };
        const { Id } = await this.target.call("redshift-data", "ExecuteStatement", input);
        return this.result(Id);
    }

    async result(Id: string) {
        await this.pass(seconds(2));
        const {
            Status,
            Error: error,
            HasResultSet,
        } = await this.target.call("redshift-data", "DescribeStatement", { Id });
        if (Status !== "FINISHED") {
            throw new Error(error ?? Status);
        }
        if (!HasResultSet) {
            return [];
        }
        const { Records, ColumnMetadata } = await this.target.call("redshift-data", "GetStatementResult", { Id });
        return (Records as Record<string, unknown>[][]).map((record) =>
            Object.fromEntries(
                record.map((field, i) => [ColumnMetadata[i].name, field.isNull ? null : Object.values(field)[0]]),
            ),
        );
    }
}

function statement(Sid: "RedshiftExport" | "RedshiftExportStatus"): Statement {
    const isExport = Sid === "RedshiftExport";
    return {
        Sid,
        Effect: "Allow",
        Principal: { Service: "redshift.amazonaws.com" },
        Action: isExport ? ["dynamodb:ExportTableToPointInTime", "dynamodb:DescribeTable"] : "dynamodb:DescribeExport",
        Resource: isExport ? TABLE_ARN : `${TABLE_ARN}/export/*`,
        Condition: {
            StringEquals: { "aws:SourceAccount": ACCOUNT },
            ArnEquals: { "aws:SourceArn": `arn:aws:redshift:${REGION}:${ACCOUNT}:integration:*` },
        },
    };
}

export const idOf = (arn: string) => arn.split(":").at(-1)!;

export const DAY = hours(24);
