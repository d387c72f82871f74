import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

const config = new pulumi.Config();
const PORT = 5432;

// The network that is there already. A pipeline takes three subnets at most.
const vpcId = aws.ec2.getVpcOutput({ default: true }).id;
const subnets = aws.ec2.getSubnetsOutput({ filters: [{ name: "vpc-id", values: [vpcId] }] });
const subnetIds = subnets.ids.apply((ids) => ids.slice(0, 3));

// The pipeline may go to the database, and the database lets it in; nothing else.
const pipelineGroup = new aws.ec2.SecurityGroup("pipeline", { vpcId });
const databaseGroup = new aws.ec2.SecurityGroup("database", { vpcId });
const toDatabase = { ipProtocol: "tcp", fromPort: PORT, toPort: PORT };
const outbound = new aws.vpc.SecurityGroupEgressRule("pipeline-to-database", {
    ...toDatabase,
    securityGroupId: pipelineGroup.id,
    referencedSecurityGroupId: databaseGroup.id,
});
const inbound = new aws.vpc.SecurityGroupIngressRule("database-from-pipeline", {
    ...toDatabase,
    securityGroupId: databaseGroup.id,
    referencedSecurityGroupId: pipelineGroup.id,
});

// The shop's orders and customers.
const postgres = { engine: "aurora-postgresql", engineVersion: config.get("engineVersion") ?? "16.6" } as const;
const parameterGroup = new zeroetl.SourceParameterGroup("shop", { ...postgres, target: "opensearch" });
const cluster = new aws.rds.Cluster("shop", {
    ...postgres,
    masterUsername: "master",
    manageMasterUserPassword: true,
    databaseName: "shop",
    dbClusterParameterGroupName: parameterGroup.name,
    vpcSecurityGroupIds: [databaseGroup.id],
    storageEncrypted: true,
    skipFinalSnapshot: true,
});
const writer = new aws.rds.ClusterInstance("shop", {
    clusterIdentifier: cluster.id,
    engine: postgres.engine,
    instanceClass: "db.r6g.large",
});

// Where its clerks look for them.
const search = new zeroetl.SearchTarget("shop", { kind: "domain" });

const orders = new zeroetl.AuroraToOpenSearch(
    "orders",
    {
        engine: postgres.engine,
        source: cluster,
        parameterGroup,
        database: "shop",
        search,
        indexes: [
            {
                table: "public.orders",
                when: config.get("when") ?? '/status != "cart"',
                name: "orders",
                mapping: {
                    properties: {
                        customer: { type: "integer" },
                        status: { type: "keyword" },
                        total: { type: "double" },
                        placed_at: { type: "date" },
                    },
                },
            },
            { table: "public.customers", name: "customers", mapping: { properties: { name: { type: "text" } } } },
        ],
        // RDS exports the rows that are there with a key of yours alone.
        initialLoad: { kmsKeyArn: new aws.kms.Key("export", { enableKeyRotation: true }).arn },
        vpc: { subnetIds, securityGroupIds: [pipelineGroup.id], attachmentCidr: "10.99.20.0/24" },
    },
    { dependsOn: [writer, outbound, inbound] },
);

export const clusterArn = cluster.arn;
export const endpoint = search.endpoint;
export const explanation = orders.explanation;
export const afterDestroy = orders.slotCleanupCommands;
