import { DynamoDB, type AttributeValue, type SSESpecification } from "@aws-sdk/client-dynamodb";
import { Glue } from "@aws-sdk/client-glue";
import { IAM } from "@aws-sdk/client-iam";
import { KMS } from "@aws-sdk/client-kms";
import { LakeFormation, type Permission, type Resource } from "@aws-sdk/client-lakeformation";
import { S3, type BucketLocationConstraint } from "@aws-sdk/client-s3";

import {
    catalogMembers,
    exportMember,
    glueTrustPolicy,
    targetRolePolicy,
    type PartitionField,
    type PolicyDocument,
    type PolicyMember,
} from "../../sdk/requirements";
import {
    dynamoDbTablePolicyMember,
    glueCatalogPolicyMember,
    glueIntegration,
    glueIntegrationResourceProperty,
    glueIntegrationTableProperties,
} from "../../sdk/runtime";
import type { CommonInputs } from "../../sdk/runtime/handler";
import type { GlueIntegrationInputs } from "../../sdk/runtime/integration/glue";

export const REGION = "eu-west-1";
export const OTHER_REGION = "eu-central-1";
const TABLE = "Customers";
const ROLE_NAME = "lakehouse";

/** All that an integration needs around it, as data from which a test takes pieces. */
export interface Pieces {
    /** `undefined` once somebody has deleted the table. */
    table?: { pointInTimeRecovery: boolean; encryption: SSESpecification };
    items: Record<string, AttributeValue>[];
    /** Our own members of the table's policy and of the catalog's. */
    tablePolicy: PolicyMember[];
    catalogPolicy: PolicyMember[];
    database?: { name: string; locationUri?: string };
    bucketRegion?: string;
    role?: { trust: PolicyDocument; policy: PolicyDocument };
    resourceProperty: boolean;
    /** Whether the resource property names a key. */
    encrypted: boolean;
    /** Whether Lake Formation governs database and location, and what it grants the role. */
    governed: boolean;
    grants: boolean;
    partitionBy?: PartitionField[];
    /** The integration's own key. @default AWS's */
    ownKey?: "enabled" | "disabled";
}

/** A link from a table to a lakehouse in accounts of its own, made of pieces that can be changed later. */
export class Link {
    /** @default so long that the first load alone counts */
    refreshInterval = "6 days";
    readonly tableArn: string;
    readonly bucket: string;
    private readonly bucketArn: string;
    private readonly roleArn: string;
    private readonly catalogPrefix: string;
    private present: Partial<Pieces> = {};
    private keyArn: string | undefined;
    private ownKeyArn: string | undefined;

    private constructor(
        private readonly endpoint: string,
        readonly sourceAccount: string,
        readonly targetAccount: string,
    ) {
        this.tableArn = `arn:aws:dynamodb:${REGION}:${sourceAccount}:table/${TABLE}`;
        this.bucket = `lake-${targetAccount}`;
        this.bucketArn = `arn:aws:s3:::${this.bucket}`;
        this.roleArn = `arn:aws:iam::${targetAccount}:role/${ROLE_NAME}`;
        this.catalogPrefix = `arn:aws:glue:${REGION}:${targetAccount}`;
    }

    /** Accounts with their keys; `pieces` are what is there when the integration is created. */
    static async make(
        endpoint: string,
        accounts: { source: string; target: string },
        take: (pieces: Pieces, link: Link) => void,
    ): Promise<Link> {
        const link = new Link(endpoint, accounts.source, accounts.target);
        const kms = link.client(KMS, link.targetAccount);
        link.keyArn = (await kms.createKey({})).KeyMetadata!.Arn!;
        await link.change(take);
        return link;
    }

    /** Nothing is missing. */
    whole(): Pieces {
        const database = { name: "bank", locationUri: `s3://${this.bucket}/bank/` };
        const grant = { targetArn: this.databaseArn(database.name), sourceArn: this.tableArn };
        return {
            table: { pointInTimeRecovery: true, encryption: { Enabled: false } },
            items: [{ Id: { S: "c1" }, Opened: { S: "2026-02-03" } }],
            tablePolicy: [exportMember({ tableArn: this.tableArn, owner: "customers" })],
            catalogPolicy: catalogMembers(grant),
            database,
            bucketRegion: REGION,
            role: { trust: glueTrustPolicy(), policy: this.rolePolicy({ prefix: "bank" }) },
            resourceProperty: true,
            encrypted: false,
            governed: false,
            grants: true,
        };
    }

    rolePolicy({ prefix }: { prefix: string }): PolicyDocument {
        return targetRolePolicy({
            databaseArn: this.databaseArn("bank"),
            bucketArn: this.bucketArn,
            prefix,
            kmsKeyArns: [this.keyArn!],
            lakeFormation: true,
        });
    }

    databaseArn(name: string): string {
        return `${this.catalogPrefix}:database/${name}`;
    }

    /** What is there becomes what is whole, but for what `take` takes. */
    async change(take: (pieces: Pieces, link: Link) => void = () => undefined): Promise<void> {
        const pieces = { ...this.whole(), governed: this.present.governed ?? false };
        take(pieces, this);
        const before = this.present;
        this.present = pieces;
        await this.changeBucket(before, pieces);
        await this.changeDatabase(before, pieces);
        await this.changeRole(before, pieces);
        await this.changeTable(before, pieces);
        await this.changePolicies(before, pieces);
        await this.changeTarget(before, pieces);
        await this.changeKey(pieces);
    }

    /** Canonical inputs of the integration, with what the check says of them. */
    integration({ patient = false } = {}): ReturnType<typeof glueIntegration.check> {
        const wait = { create: "25s", update: "25s", delete: "25s" } as const;
        return glueIntegration.check({} as GlueIntegrationInputs, {
            ...this.common("GlueIntegration", "customers", this.sourceAccount),
            integrationName: "customers",
            sourceArn: this.tableArn,
            targetArn: this.databaseArn(this.present.database?.name ?? "bank"),
            refreshInterval: this.refreshInterval,
            kmsKeyId: this.ownKeyArn,
            timeouts: { ...wait, needsAttention: patient ? "25s" : "0s" },
        });
    }

    /** The integrations of the source's account. */
    async integrations() {
        return (await this.client(Glue, this.sourceAccount).describeIntegrations({})).Integrations!;
    }

    /** Whether the rows have arrived in the target. */
    async hasArrived(): Promise<boolean> {
        const { TableList } = await this.client(Glue, this.targetAccount).getTables({
            DatabaseName: this.present.database!.name,
        });
        return TableList!.some(({ Name }) => Name === TABLE.toLowerCase());
    }

    private client<C>(Client: new (config: object) => C, account: string, region = REGION): C {
        const credentials = { accessKeyId: account, secretAccessKey: "simulated" };
        return new Client({ endpoint: this.endpoint, region, credentials });
    }

    /** What the engine and the resources add to inputs; each account has its profile. */
    private common(type: string, name: string, accountId: string): CommonInputs {
        return {
            account: { accountId, region: REGION, profile: accountId },
            owner: `bank/dev/${type}/${name}`,
            __provider: "shim",
        };
    }

    private async changeBucket({ bucketRegion: before }: Partial<Pieces>, { bucketRegion }: Pieces): Promise<void> {
        if (before !== undefined && before !== bucketRegion) {
            await this.client(S3, this.targetAccount, before).deleteBucket({ Bucket: this.bucket });
        }
        if (bucketRegion !== undefined && before !== bucketRegion) {
            const LocationConstraint = bucketRegion as BucketLocationConstraint;
            await this.client(S3, this.targetAccount, bucketRegion).createBucket({
                Bucket: this.bucket,
                CreateBucketConfiguration: { LocationConstraint },
            });
        }
    }

    private async changeDatabase({ database: before }: Partial<Pieces>, { database }: Pieces): Promise<void> {
        const glue = this.client(Glue, this.targetAccount);
        if (before !== undefined && before.name !== database?.name) {
            await glue.deleteDatabase({ Name: before.name });
        }
        if (database !== undefined) {
            const DatabaseInput = { Name: database.name, LocationUri: database.locationUri };
            await (before?.name === database.name
                ? glue.updateDatabase({ Name: database.name, DatabaseInput })
                : glue.createDatabase({ DatabaseInput }));
        }
    }

    private async changeRole({ role: before }: Partial<Pieces>, { role }: Pieces): Promise<void> {
        const iam = this.client(IAM, this.targetAccount);
        const RoleName = ROLE_NAME;
        if (role !== undefined) {
            const trust = JSON.stringify(role.trust);
            await (before === undefined
                ? iam.createRole({ RoleName, AssumeRolePolicyDocument: trust })
                : iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: trust }));
            const PolicyDocument = JSON.stringify(role.policy);
            await iam.putRolePolicy({ RoleName, PolicyName: "target", PolicyDocument });
        }
    }

    private async changeTable(before: Partial<Pieces>, { table, items }: Pieces): Promise<void> {
        const dynamodb = this.client(DynamoDB, this.sourceAccount);
        const TableName = TABLE;
        if (table === undefined) {
            await dynamodb.deleteTable({ TableName });
            return;
        }
        const SSESpecification = table.encryption;
        if (before.table === undefined) {
            await dynamodb.createTable({
                TableName,
                AttributeDefinitions: [{ AttributeName: "Id", AttributeType: "S" }],
                KeySchema: [{ AttributeName: "Id", KeyType: "HASH" }],
                BillingMode: "PAY_PER_REQUEST",
                SSESpecification,
            });
        } else if (before.table.encryption.Enabled !== SSESpecification.Enabled) {
            await dynamodb.updateTable({ TableName, SSESpecification });
        }
        await this.untilTableIsActive(dynamodb);
        await dynamodb.updateContinuousBackups({
            TableName,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: table.pointInTimeRecovery },
        });
        for (const { Id } of before.table === undefined ? [] : before.items!) {
            await dynamodb.deleteItem({ TableName, Key: { Id: Id! } });
        }
        for (const Item of items) {
            await dynamodb.putItem({ TableName, Item });
        }
    }

    private async untilTableIsActive(dynamodb: DynamoDB): Promise<void> {
        while ((await dynamodb.describeTable({ TableName: TABLE })).Table!.TableStatus !== "ACTIVE") {
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
    }

    private async changePolicies(before: Partial<Pieces>, pieces: Pieces): Promise<void> {
        const tablePolicy = (member: PolicyMember) => ({
            ...this.common("DynamoDbTablePolicyMember", member.statement.Sid, this.sourceAccount),
            tableArn: this.tableArn,
            member,
        });
        const catalogPolicy = (members: PolicyMember[]) => ({
            ...this.common("GlueCatalogPolicyMember", "customers", this.targetAccount),
            members,
        });
        const none = { statementIds: [], lostStatementIds: [] };
        // A table's policy comes and goes with the table.
        for (const member of before.table && pieces.table ? before.tablePolicy! : []) {
            await dynamoDbTablePolicyMember.delete("", { ...tablePolicy(member), ...none });
        }
        for (const member of pieces.table ? pieces.tablePolicy : []) {
            await dynamoDbTablePolicyMember.create(tablePolicy(member));
        }
        await glueCatalogPolicyMember.update(
            "",
            { ...catalogPolicy(before.catalogPolicy ?? []), ...none },
            catalogPolicy(pieces.catalogPolicy),
        );
    }

    private async changeTarget(before: Partial<Pieces>, pieces: Pieces): Promise<void> {
        const resourceArn = this.databaseArn(pieces.database?.name ?? "bank");
        if (pieces.resourceProperty) {
            await glueIntegrationResourceProperty.create({
                ...this.common("GlueIntegrationResourceProperty", "bank", this.targetAccount),
                resourceArn,
                target: { roleArn: this.roleArn, kmsKeyArn: pieces.encrypted ? this.keyArn : undefined },
            });
        }
        if (pieces.partitionBy !== undefined || before.partitionBy !== undefined) {
            await glueIntegrationTableProperties.create({
                ...this.common("GlueIntegrationTableProperties", "customers", this.targetAccount),
                resourceArn,
                sourceTableName: TABLE,
                partitionBy: pieces.partitionBy,
                allowResync: true,
                adoptExisting: true,
            });
        }
        if (pieces.governed) {
            await this.govern(before, pieces);
        }
    }

    private async govern(before: Partial<Pieces>, { grants }: Pieces): Promise<void> {
        const lake = this.client(LakeFormation, this.targetAccount);
        const location = `${this.bucketArn}/bank`;
        const database = { Database: { Name: "bank" } };
        if (!before.governed) {
            await lake.registerResource({ ResourceArn: location, UseServiceLinkedRole: true });
            await lake.revokePermissions({
                Principal: { DataLakePrincipalIdentifier: "IAM_ALLOWED_PRINCIPALS" },
                Resource: database,
                Permissions: ["ALL"],
            });
        }
        const grant = (Resource: Resource, ...Permissions: Permission[]) =>
            lake.grantPermissions({
                Principal: { DataLakePrincipalIdentifier: this.roleArn },
                Resource,
                Permissions,
            });
        if (grants) {
            await grant(database, "ALL");
            await grant({ Table: { DatabaseName: "bank", TableWildcard: {} } }, "ALL");
            await grant({ DataLocation: { ResourceArn: location } }, "DATA_LOCATION_ACCESS");
        }
    }

    private async changeKey({ ownKey }: Pieces): Promise<void> {
        const kms = this.client(KMS, this.sourceAccount);
        if (ownKey !== undefined) {
            this.ownKeyArn ??= (await kms.createKey({})).KeyMetadata!.Arn!;
        }
        if (this.ownKeyArn !== undefined) {
            const key = { KeyId: this.ownKeyArn };
            await (ownKey === "disabled" ? kms.disableKey(key) : kms.enableKey(key));
        }
    }
}
