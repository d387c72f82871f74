import {
    bodyNeeds,
    collectionAccessPolicy,
    exportRolePolicy,
    exportRoleTrustPolicy,
    pipelineRolePolicy,
    pipelineTrustPolicy,
    pipelineYaml,
    secretCredentials,
    type PipelineRoleArgs,
    type PipelineSource,
    type PolicyDocument,
} from "../../sdk/requirements";
import type { DocumentCommand } from "../../simulator/documents/store";
import { arrivedDocuments } from "../../simulator/search/arrived";
import { documents } from "../../simulator/services/rds/documents";
import { sql } from "../../simulator/services/rds/sql";
import { hours, minutes } from "../../simulator/world/clock";

import { ACCOUNT, BUCKET, REGION, SourceWorld } from "./simulator/source-world";

const PLACE = { partition: "aws", region: REGION, accountId: ACCOUNT };
const DEAD_LETTERS = "orders-dead-letters";
const TABLE_ARN = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders`;
const USER = { username: "owner", password: "correct-horse" };
const MASTER = { MasterUsername: USER.username, MasterUserPassword: USER.password };
const STAGING = { s3Bucket: BUCKET, s3Region: REGION, s3Prefix: "orders" };
const PORTS = { documentdb: 27017, "aurora-postgresql": 5432, mysql: 3306 };
/** From the pipeline's creation until its load is in, and a change after it. */
const ENOUGH_MINUTES = 30;
/** The second does not fit the mapping. */
const TOTALS = ["1", "many"];
const MAPPINGS = { properties: { total: { type: "double" } } };

export type SourceKind = "dynamodb" | keyof typeof PORTS;

/** Of what is there before the pipeline. */
export interface Start {
    /** What the table's stream carries; `null` for none. @default "NEW_AND_OLD_IMAGES" */
    viewType?: string | null;
    /** What else the domain has. */
    domain?: object;
}

/** A source with two orders, a domain or a collection, and a pipeline between them whose role has what follows from its body, or less. */
export class Orders extends SourceWorld {
    /** of the buckets */
    private keyArn = "";
    private exportKeyArn = "";
    private secretArn = "";
    private endpoint = "";
    private readonly target: PipelineRoleArgs["target"];
    private host = "";
    private pipelines = 0;
    body = "";
    /** What else `CreatePipeline` is given, or given otherwise. */
    more: object = {};

    private constructor(
        private readonly kind: SourceKind,
        into: "domain" | "collection",
        private readonly start: Start,
    ) {
        super();
        this.target =
            into === "domain"
                ? { domainArn: this.admin.arn("es", "domain/orders") }
                : { collectionArn: this.admin.arn("aoss", "collection/*") };
    }

    static async make(kind: SourceKind, into: "domain" | "collection", start: Start = {}): Promise<Orders> {
        const orders = new Orders(kind, into, start);
        await orders.setUp(kind === "dynamodb" ? 443 : PORTS[kind]);
        orders.keyArn = await orders.makeKey();
        orders.exportKeyArn = await orders.makeKey();
        await orders.admin.call("s3", "CreateBucket", {
            Bucket: DEAD_LETTERS,
            CreateBucketConfiguration: { LocationConstraint: REGION },
        });
        for (const Bucket of [BUCKET, DEAD_LETTERS]) {
            const encryption = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: orders.keyArn };
            await orders.admin.call("s3", "PutBucketEncryption", {
                Bucket,
                ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: encryption }] },
            });
        }
        orders.secretArn = (
            await orders.admin.call("secretsmanager", "CreateSecret", {
                Name: "database",
                SecretString: JSON.stringify(USER),
            })
        ).ARN;
        await orders.makeRole("export", exportRoleTrustPolicy());
        await orders.putPolicy(
            "export",
            exportRolePolicy({ bucketArn: `arn:aws:s3:::${BUCKET}`, prefix: STAGING.s3Prefix }),
        );
        await orders.makeRole("orders", pipelineTrustPolicy(PLACE));
        await (into === "domain" ? orders.makeDomain() : orders.makeCollection());
        const source = await orders.makeSource();
        orders.body = pipelineYaml({
            name: "orders",
            source,
            secrets: "dynamodb" in source ? {} : { database: { secretId: orders.secretArn, region: REGION } },
            sinks: [
                {
                    hosts: [`https://${orders.endpoint}`],
                    aws: {
                        region: REGION,
                        ...(into === "collection" && {
                            serverless: true,
                            serverlessOptions: { networkPolicyName: "orders-pipeline", collectionName: "orders" },
                        }),
                    },
                    index: "orders",
                    ...(into === "domain"
                        ? {
                              indexType: "custom",
                              templateType: "index-template",
                              templateContent: JSON.stringify({ template: { mappings: MAPPINGS } }),
                          }
                        : { indexType: "management_disabled" }),
                    dlq: { s3: { bucket: DEAD_LETTERS, keyPathPrefix: "orders/", region: REGION } },
                },
            ],
        });
        return orders;
    }

    /** What follows from the body. */
    get rolePolicy(): PolicyDocument {
        return pipelineRolePolicy({
            ...PLACE,
            ...bodyNeeds(this.body, PLACE).role,
            target: this.target,
            kmsKeyArns: [this.keyArn],
            vpc:
                this.kind === "dynamodb"
                    ? undefined
                    : { subnetIds: this.subnets, securityGroupIds: [this.pipelineGroup] },
        });
    }

    /** What AWS refuses to the role, by the status and the log of a pipeline that has the time to load all. */
    async refusedTo(rolePolicy: PolicyDocument): Promise<string[]> {
        const refused = (said: string) => [...said.matchAll(/perform: (\S+) on/g)].map(([, action]) => action!);
        const said = await this.said(rolePolicy, (text) => refused(text).length > 0);
        return [...new Set(refused(said))];
    }

    /** What AWS says of a pipeline, in answer to the call, by its status and in its log, until that is enough or there was time to load all. */
    async said(rolePolicy: PolicyDocument, isEnough: (said: string) => boolean): Promise<string> {
        await this.putPolicy("orders", rolePolicy);
        const PipelineName = `orders-${++this.pipelines}`;
        const LogGroup = `/aws/vendedlogs/${PipelineName}`;
        try {
            await this.admin.call("osis", "CreatePipeline", {
                PipelineName,
                MinUnits: 2,
                MaxUnits: 4,
                PipelineRoleArn: `arn:aws:iam::${ACCOUNT}:role/orders`,
                PipelineConfigurationBody: this.body,
                LogPublishingOptions: { IsLoggingEnabled: true, CloudWatchLogDestination: { LogGroup } },
                VpcOptions: this.kind === "dynamodb" ? undefined : this.network,
                ...this.more,
            });
        } catch (error) {
            return String(error);
        }
        let said = "";
        for (let minute = 0; minute < ENOUGH_MINUTES && !isEnough(said); minute++) {
            await this.advance(minutes(1));
            const { Pipeline } = await this.admin.call("osis", "GetPipeline", { PipelineName });
            said = [Pipeline.StatusReason?.Description ?? "", ...(await this.log(LogGroup))].join("\n");
            if (this.kind === "dynamodb") {
                // What changes is read from the stream once the export is in.
                await this.put("1", TOTALS[0]!, { minute: { N: `${minute}` } });
            }
        }
        await this.admin.call("osis", "DeletePipeline", { PipelineName });
        await this.advance(minutes(5));
        return said;
    }

    /** The orders in the index, and those among the dead letters. */
    async found(): Promise<{ ids: string[]; deadLetters: number }> {
        const { Contents = [] } = await this.admin.call("s3", "ListObjectsV2", { Bucket: DEAD_LETTERS });
        const found = arrivedDocuments(this.world, "orders").flatMap(({ documents }) => documents);
        return { ids: found.map(({ id }) => id), deadLetters: Contents.length };
    }

    get network() {
        return {
            SubnetIds: this.subnets,
            SecurityGroupIds: [this.pipelineGroup],
            VpcAttachmentOptions: { AttachToVpc: true, CidrBlock: "10.99.20.0/24" },
        };
    }

    /** Nobody is let into the database any more. */
    async close(): Promise<void> {
        const GroupId = this.databaseGroup;
        const { SecurityGroups } = await this.admin.call("ec2", "DescribeSecurityGroups", { GroupIds: [GroupId] });
        const { IpPermissions } = SecurityGroups[0];
        await this.admin.call("ec2", "RevokeSecurityGroupIngress", { GroupId, IpPermissions });
    }

    async nameNoHosts(): Promise<void> {
        const { Subnets } = await this.admin.call("ec2", "DescribeSubnets", { SubnetIds: this.subnets });
        const [{ VpcId }] = Subnets;
        await this.admin.call("ec2", "ModifyVpcAttribute", { VpcId, EnableDnsHostnames: { Value: false } });
    }

    private async log(logGroupName: string): Promise<string[]> {
        const { logGroups } = await this.admin.call("logs", "DescribeLogGroups", { logGroupNamePrefix: logGroupName });
        // A pipeline that never ran has none.
        const { events } =
            logGroups.length === 0
                ? { events: [] }
                : await this.admin.call("logs", "FilterLogEvents", { logGroupName });
        return events.map(({ message }: { message: string }) => message);
    }

    private async makeKey(): Promise<string> {
        return (await this.admin.call("kms", "CreateKey", {})).KeyMetadata.Arn;
    }

    private async makeRole(RoleName: string, trust: PolicyDocument): Promise<void> {
        await this.admin.call("iam", "CreateRole", { RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) });
    }

    private async putPolicy(RoleName: string, document: PolicyDocument): Promise<void> {
        const PolicyDocument = JSON.stringify(document);
        await this.admin.call("iam", "PutRolePolicy", { RoleName, PolicyName: "own", PolicyDocument });
    }

    private async makeDomain(): Promise<void> {
        await this.admin.call("es", "CreateDomain", {
            DomainName: "orders",
            EBSOptions: { EBSEnabled: true, VolumeType: "gp3", VolumeSize: 10 },
            ...this.start.domain,
        });
        await this.advance(hours(1));
        const { DomainStatus } = await this.admin.call("es", "DescribeDomain", { DomainName: "orders" });
        this.endpoint = DomainStatus.Endpoint;
    }

    private async makeCollection(): Promise<void> {
        const aoss = (operation: string, input: object) => this.admin.call("aoss", operation, input);
        await aoss("CreateSecurityPolicy", {
            name: "orders",
            type: "encryption",
            policy: JSON.stringify({
                Rules: [{ ResourceType: "collection", Resource: ["collection/orders"] }],
                AWSOwnedKey: true,
            }),
        });
        await aoss("CreateAccessPolicy", {
            name: "orders",
            type: "data",
            policy: collectionAccessPolicy("orders", [
                { principalArns: [`arn:aws:iam::${ACCOUNT}:role/orders`], to: "write", indexes: ["orders"] },
                { principalArns: [`arn:aws:iam::${ACCOUNT}:user/administrator`], to: "manage", indexes: ["orders"] },
            ]),
        });
        const { createCollectionDetail } = await aoss("CreateCollection", { name: "orders", type: "SEARCH" });
        await this.advance();
        const indexSchema = { mappings: MAPPINGS };
        await aoss("CreateIndex", { id: createCollectionDetail.id, indexName: "orders", indexSchema });
        const { collectionDetails } = await aoss("BatchGetCollection", { names: ["orders"] });
        this.endpoint = collectionDetails[0].collectionEndpoint.replace("https://", "");
    }

    private async makeSource(): Promise<PipelineSource> {
        const authentication = secretCredentials("database");
        switch (this.kind) {
            case "dynamodb":
                await this.makeTable();
                return {
                    dynamodb: {
                        tables: [{ tableArn: TABLE_ARN, export: STAGING, stream: { startPosition: "LATEST" } }],
                        aws: { region: REGION },
                    },
                };
            case "documentdb":
                await this.makeCluster({ Engine: "docdb" });
                this.fillCollection();
                return {
                    documentdb: {
                        host: this.host,
                        authentication,
                        collections: [{ collection: "shop.orders" }],
                        ...STAGING,
                    },
                };
            default:
                return { rds: { ...(await this.makeRelational(this.kind)), authentication, ...STAGING } };
        }
    }

    private async makeTable(): Promise<void> {
        const { viewType: StreamViewType = "NEW_AND_OLD_IMAGES" } = this.start;
        await this.admin.call("dynamodb", "CreateTable", {
            TableName: "orders",
            AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
            KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
            BillingMode: "PAY_PER_REQUEST",
            StreamSpecification: StreamViewType === null ? undefined : { StreamEnabled: true, StreamViewType },
        });
        await this.advance(minutes(1));
        await this.admin.call("dynamodb", "UpdateContinuousBackups", {
            TableName: "orders",
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        });
        for (const [i, total] of TOTALS.entries()) {
            await this.put(`${i + 1}`, total);
        }
    }

    private async put(id: string, total: string, more: object = {}): Promise<void> {
        const Item = { id: { S: id }, total: { S: total }, ...more };
        await this.admin.call("dynamodb", "PutItem", { TableName: "orders", Item });
    }

    private async makeCluster(more: { Engine: string }): Promise<string> {
        const { DBCluster } = await this.rds("CreateDBCluster", {
            ...{ DBClusterIdentifier: "orders", ...MASTER, DBSubnetGroupName: "private", ...more },
            VpcSecurityGroupIds: [this.databaseGroup],
        });
        await this.rds("CreateDBInstance", {
            ...{ DBInstanceIdentifier: "orders-1", DBInstanceClass: "db.r6g.large", Engine: more.Engine },
            DBClusterIdentifier: "orders",
        });
        await this.advance(minutes(30));
        this.host = DBCluster.Endpoint;
        return DBCluster.DBClusterArn;
    }

    private fillCollection(): void {
        const run = (database: string, command: DocumentCommand) =>
            documents(this.world, this.admin.arn("rds", "cluster:orders"), database, command);
        run("admin", { modifyChangeStreams: 1, database: "shop", collection: "orders", enable: true });
        run("shop", { insert: "orders", documents: TOTALS.map((total, i) => ({ _id: i + 1, total })) });
    }

    private async makeRelational(engine: "aurora-postgresql" | "mysql") {
        const isMySql = engine === "mysql";
        const parameters = isMySql
            ? { binlog_format: "ROW", binlog_row_metadata: "full" }
            : {
                  "rds.logical_replication": "1",
                  "aurora.enhanced_logical_replication": "1",
                  "aurora.logical_replication_backup": "0",
                  "aurora.logical_replication_globaldb": "0",
              };
        const of = isMySql ? "DBParameterGroup" : "DBClusterParameterGroup";
        const group = { [`${of}Name`]: "log" };
        const family = isMySql ? "mysql8.0" : "aurora-postgresql16";
        await this.rds(`Create${of}`, { ...group, DBParameterGroupFamily: family, Description: "-" });
        const Parameters = Object.entries(parameters).map(([ParameterName, ParameterValue]) => ({
            ...{ ParameterName, ParameterValue, ApplyMethod: "pending-reboot" },
        }));
        await this.rds(`Modify${of}`, { ...group, Parameters });
        const arn = isMySql
            ? await this.makeInstance(group)
            : await this.makeCluster({
                  ...{ Engine: engine, EngineVersion: "16.6", DatabaseName: "shop", ...group },
              });
        const table = isMySql ? "orders" : "public.orders";
        const rows = TOTALS.map((total, i) => `(${i + 1}, '${total}')`).join(", ");
        for (const text of [
            `CREATE TABLE ${table} (id INT PRIMARY KEY, total VARCHAR(20))`,
            `INSERT INTO ${table} VALUES ${rows}`,
            ...(isMySql ? ["CALL mysql.rds_set_configuration('binlog retention hours', 24)"] : []),
        ]) {
            sql(this.world, arn, "shop", text);
        }
        return {
            dbIdentifier: "orders",
            engine,
            database: "shop",
            tables: { include: [table] },
            export: { kmsKeyId: this.exportKeyArn, iamRoleArn: `arn:aws:iam::${ACCOUNT}:role/export` },
            stream: true,
            aws: { region: REGION },
        };
    }

    private async makeInstance(group: object): Promise<string> {
        const { DBInstance } = await this.rds("CreateDBInstance", {
            ...{ DBInstanceIdentifier: "orders", DBInstanceClass: "db.r6g.large", Engine: "mysql" },
            ...{ EngineVersion: "8.0.40", DBName: "shop", AllocatedStorage: 20, ...MASTER, ...group },
            ...{ DBSubnetGroupName: "private", VpcSecurityGroupIds: [this.databaseGroup] },
        });
        await this.advance(minutes(30));
        return DBInstance.DBInstanceArn;
    }
}
