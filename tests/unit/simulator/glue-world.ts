import * as assert from "node:assert/strict";

import type { Item } from "../../../simulator/lakehouse/unnest";
import { readRows } from "../../../simulator/lakehouse/iceberg";
import { allServices } from "../../../simulator/services";
import { findLakehouseTable } from "../../../simulator/services/glue/state";
import { minutes, seconds } from "../../../simulator/world/clock";
import type { Context } from "../../../simulator/world/context";
import { AwsError } from "../../../simulator/world/error";
import { World } from "../../../simulator/world/world";

export const ACCOUNT = "123456789012";
export const OTHER_ACCOUNT = "210987654321";
export const REGION = "eu-west-1";
export const SOURCE_ARN = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/Customers`;
export const ROLE_NAME = "lakehouse";

export interface Statement {
    Sid?: string;
    Effect: string;
    Principal?: object;
    Action: string | string[];
    Resource?: string | string[];
    Condition?: Record<string, Record<string, string>>;
}

/**
 * Two accounts, and everything that a table `Customers` (key Id) needs to replicate to the database `bank`, as data that
 * a test can take pieces from before it is set up.
 */
export class Bank {
    readonly world = new World({ services: allServices });
    readonly source = this.world.administrator(ACCOUNT, REGION);
    readonly target: Context;
    readonly targetArn: string;
    readonly roleArn: string;

    pointInTimeRecovery = true;
    encryption: object | undefined;
    location: string | undefined = "s3://lake/bank/";
    bucketRegion = REGION;
    resourceProperty = true;
    kmsArn: string | undefined;
    trust: Statement = { Effect: "Allow", Principal: { Service: "glue.amazonaws.com" }, Action: "sts:AssumeRole" };
    tablePolicy: Statement[] = [
        {
            Effect: "Allow",
            Principal: { Service: "glue.amazonaws.com" },
            Action: ["dynamodb:DescribeTable", "dynamodb:DescribeExport", "dynamodb:ExportTableToPointInTime"],
            Resource: "*",
            Condition: {
                StringEquals: { "aws:SourceAccount": ACCOUNT },
                ArnLike: { "aws:SourceArn": `arn:aws:glue:${REGION}:${ACCOUNT}:integration:*` },
            },
        },
    ];
    catalogPolicy: Statement[];
    rolePolicy: Statement[];

    constructor(readonly targetAccount = ACCOUNT) {
        this.target = this.world.administrator(targetAccount, REGION);
        this.targetArn = `arn:aws:glue:${REGION}:${targetAccount}:database/bank`;
        this.roleArn = `arn:aws:iam::${targetAccount}:role/${ROLE_NAME}`;
        const catalog = `arn:aws:glue:${REGION}:${targetAccount}:catalog`;
        const condition = { StringEquals: { "aws:SourceArn": SOURCE_ARN } };
        this.catalogPolicy = [
            {
                Sid: "Create",
                Effect: "Allow",
                Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
                Action: "glue:CreateInboundIntegration",
                Resource: [catalog, this.targetArn],
                Condition: condition,
            },
            {
                Sid: "Authorize",
                Effect: "Allow",
                Principal: { Service: "glue.amazonaws.com" },
                Action: "glue:AuthorizeInboundIntegration",
                Resource: [catalog, this.targetArn],
                Condition: condition,
            },
        ];
        const allow = (Action: string[], ...Resource: string[]) => ({ Effect: "Allow", Action, Resource });
        this.rolePolicy = [
            allow(["s3:ListBucket"], "arn:aws:s3:::lake"),
            allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], "arn:aws:s3:::lake/bank/*"),
            allow(["glue:GetDatabase"], catalog, this.targetArn),
            allow(
                [
                    "glue:CreateTable",
                    "glue:GetTable",
                    "glue:GetTables",
                    "glue:DeleteTable",
                    "glue:UpdateTable",
                    "glue:GetTableVersion",
                    "glue:GetTableVersions",
                    "glue:GetResourcePolicy",
                ],
                catalog,
                this.targetArn,
                `arn:aws:glue:${REGION}:${targetAccount}:table/bank/*`,
            ),
            {
                ...allow(["cloudwatch:PutMetricData"], "*"),
                Condition: { StringEquals: { "cloudwatch:namespace": "AWS/Glue/ZeroETL" } },
            },
            allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], "*"),
        ];
    }

    async setUp(): Promise<this> {
        await this.source.call("dynamodb", "CreateTable", {
            TableName: "Customers",
            AttributeDefinitions: [{ AttributeName: "Id", AttributeType: "S" }],
            KeySchema: [{ AttributeName: "Id", KeyType: "HASH" }],
            BillingMode: "PAY_PER_REQUEST",
            SSESpecification: this.encryption,
        });
        await this.world.clock.advance(seconds(30));
        await this.setRecovery(this.pointInTimeRecovery);
        await this.putTablePolicy();
        await this.world.administrator(this.targetAccount, this.bucketRegion).call("s3", "CreateBucket", {
            Bucket: "lake",
            CreateBucketConfiguration: { LocationConstraint: this.bucketRegion },
        });
        await this.target.call("glue", "CreateDatabase", {
            DatabaseInput: { Name: "bank", LocationUri: this.location },
        });
        await this.putCatalogPolicy();
        await this.target.call("iam", "CreateRole", {
            RoleName: ROLE_NAME,
            AssumeRolePolicyDocument: document([this.trust]),
        });
        await this.putRolePolicy();
        if (this.resourceProperty) {
            await this.createResourceProperty();
        }
        return this;
    }

    setRecovery(enabled: boolean): Promise<unknown> {
        return this.source.call("dynamodb", "UpdateContinuousBackups", {
            TableName: "Customers",
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: enabled },
        });
    }

    putTablePolicy(): Promise<unknown> {
        return this.source.call("dynamodb", "PutResourcePolicy", {
            ResourceArn: SOURCE_ARN,
            Policy: document(this.tablePolicy),
        });
    }

    putCatalogPolicy(): Promise<unknown> {
        return this.target.call("glue", "PutResourcePolicy", { PolicyInJson: document(this.catalogPolicy) });
    }

    putRolePolicy(): Promise<unknown> {
        return this.target.call("iam", "PutRolePolicy", {
            RoleName: ROLE_NAME,
            PolicyName: "target",
            PolicyDocument: document(this.rolePolicy),
        });
    }

    putTrust(): Promise<unknown> {
        return this.target.call("iam", "UpdateAssumeRolePolicy", {
            RoleName: ROLE_NAME,
            PolicyDocument: document([this.trust]),
        });
    }

    createResourceProperty(): Promise<unknown> {
        return this.target.call("glue", "CreateIntegrationResourceProperty", {
            ResourceArn: this.targetArn,
            TargetProcessingProperties: { RoleArn: this.roleArn, KmsArn: this.kmsArn },
        });
    }

    async create(more: object = {}): Promise<string> {
        const { IntegrationArn } = await this.source.call("glue", "CreateIntegration", {
            IntegrationName: "customers",
            SourceArn: SOURCE_ARN,
            TargetArn: this.targetArn,
            ...more,
        });
        return IntegrationArn;
    }

    async describe(arn: string) {
        const { Integrations } = await this.source.call("glue", "DescribeIntegrations", { IntegrationIdentifier: arn });
        return Integrations[0] as { Status: string; Errors: { ErrorCode: string; ErrorMessage: string }[] };
    }

    async status(arn: string): Promise<string> {
        return (await this.describe(arn)).Status;
    }

    put(item: Item): Promise<unknown> {
        return this.source.call("dynamodb", "PutItem", { TableName: "Customers", Item: item });
    }

    /** Waits in the world's own time. */
    async pass(count: number): Promise<void> {
        await this.world.clock.advance(minutes(count));
    }

    /** The target's rows by their key, as JSON. */
    rows(table = "customers", at: Parameters<typeof readRows>[1] = {}) {
        const lakehouse = findLakehouseTable(this.target, "bank", table);
        assert.ok(lakehouse, `bank.${table} does not exist`);
        return Object.fromEntries(readRows(lakehouse, at).map((row) => [row.Id, row]));
    }

    lakehouse(table = "customers") {
        return findLakehouseTable(this.target, "bank", table);
    }
}

export function document(statements: Statement[]): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** The error's code, of a call that must be refused. */
export async function refusal(call: Promise<unknown>): Promise<AwsError> {
    const error = await call.then(
        () => undefined,
        (e: unknown) => e,
    );
    assert.ok(error instanceof AwsError, `not refused: ${String(error)}`);
    return error;
}
