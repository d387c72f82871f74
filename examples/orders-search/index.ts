import * as aws from "@pulumi/aws";
import * as zeroetl from "pulumi-aws-zero-etl";

// The network of the shop's database.
const subnetIds = aws.ec2.getSubnetsOutput().ids.apply((ids) => ids.slice(0, 2));
const pipelineGroup = new aws.ec2.SecurityGroup("pipeline", { description: "Pipelines that read the shop" });
const databaseGroup = new aws.ec2.SecurityGroup("shop", { description: "The shop's database" });
const port = { ipProtocol: "tcp", fromPort: 5432, toPort: 5432 };
const rules = [
    new aws.vpc.SecurityGroupEgressRule("to-shop", {
        securityGroupId: pipelineGroup.id,
        referencedSecurityGroupId: databaseGroup.id,
        ...port,
    }),
    new aws.vpc.SecurityGroupIngressRule("from-pipelines", {
        securityGroupId: databaseGroup.id,
        referencedSecurityGroupId: pipelineGroup.id,
        ...port,
    }),
];

// The shop's orders and customers.
const engine = { engine: "aurora-postgresql", engineVersion: "16.6" } as const;
const parameterGroup = new zeroetl.SourceParameterGroup("shop", { ...engine, target: "opensearch" });
const cluster = new aws.rds.Cluster("shop", {
    ...engine,
    clusterIdentifier: "shop",
    databaseName: "shop",
    masterUsername: "master",
    manageMasterUserPassword: true,
    dbClusterParameterGroupName: parameterGroup.name,
    dbSubnetGroupName: new aws.rds.SubnetGroup("shop", { subnetIds }).name,
    vpcSecurityGroupIds: [databaseGroup.id],
    skipFinalSnapshot: true,
});
const writer = new aws.rds.ClusterInstance("shop", {
    clusterIdentifier: cluster.id,
    engine: engine.engine,
    instanceClass: "db.r6g.large",
});

// Where the help desk looks for them.
const search = new zeroetl.SearchTarget("help-desk", { kind: "domain" });

const orders = new zeroetl.AuroraToOpenSearch(
    "orders",
    {
        engine: engine.engine,
        source: cluster,
        parameterGroup,
        database: "shop",
        search,
        indexes: [
            {
                table: "public.orders",
                name: "orders",
                mapping: { properties: { total: { type: "double" }, placed_at: { type: "date" } } },
            },
            { table: "public.customers", name: "customers" },
        ],
        initialLoad: { kmsKeyArn: new aws.kms.Key("export", { description: "Exports of the shop's snapshots" }).arn },
        vpc: { subnetIds, securityGroupIds: [pipelineGroup.id], attachmentCidr: "10.99.21.0/24" },
    },
    { dependsOn: [writer, ...rules] },
);

export const clusterArn = cluster.arn;
export const endpoint = search.endpoint;
export const { explanation, slotCleanupCommands, status } = orders;
