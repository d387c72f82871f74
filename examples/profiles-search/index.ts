import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

const config = new pulumi.Config();
const DAY = 24 * 3600;
const PORT = 27017;

// A network that nothing from outside reaches.
const vpc = new aws.ec2.Vpc("accounts", { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true });
const { names: zones } = aws.getAvailabilityZonesOutput({ state: "available" });
const subnets = [0, 1].map(
    (i) =>
        new aws.ec2.Subnet(`accounts-${i}`, {
            vpcId: vpc.id,
            cidrBlock: `10.0.${i}.0/24`,
            availabilityZone: zones[i],
        }),
);
const subnetIds = subnets.map(({ id }) => id);

// The pipeline may go to the database, and the database lets it in; nothing else.
const pipelineGroup = new aws.ec2.SecurityGroup("pipeline", { vpcId: vpc.id });
const databaseGroup = new aws.ec2.SecurityGroup("database", { vpcId: vpc.id });
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

// The profiles of those who have an account. Changes are kept for a day, in case the pipeline rests.
const parameterGroup = new aws.docdb.ClusterParameterGroup("accounts", {
    family: "docdb5.0",
    parameters: [
        {
            name: "change_stream_log_retention_duration",
            value: String(config.getNumber("retentionSeconds") ?? DAY),
        },
    ],
});
const cluster = new aws.docdb.Cluster("accounts", {
    engineVersion: "5.0.0",
    masterUsername: "master",
    manageMasterUserPassword: true,
    dbSubnetGroupName: new aws.docdb.SubnetGroup("accounts", { subnetIds }).name,
    vpcSecurityGroupIds: [databaseGroup.id],
    dbClusterParameterGroupName: parameterGroup.name,
    storageEncrypted: true,
    skipFinalSnapshot: true,
});
const instance = new aws.docdb.ClusterInstance("accounts", {
    clusterIdentifier: cluster.id,
    instanceClass: "db.r6g.large",
});

// Where support looks for them, which is whoever deploys here.
const search = new zeroetl.SearchTarget("profiles", { kind: "collection" });
const { arn } = aws.getCallerIdentityOutput();
const { issuerArn: support } = aws.iam.getSessionContextOutput({ arn });
new aws.opensearch.ServerlessAccessPolicy("support", {
    type: "data",
    policy: pulumi
        .all([search.name, support])
        .apply(([name, arn]) =>
            zeroetl.requirements.collectionAccessPolicy(name, [
                { principalArns: [arn], to: "read", indexes: ["profiles"] },
            ]),
        ),
});

const profiles = new zeroetl.DocumentDbToOpenSearch(
    "profiles",
    {
        cluster,
        parameterGroup,
        collection: "accounts.profiles",
        search,
        index: {
            name: "profiles",
            mapping: {
                properties: { name: { type: "text" }, email: { type: "keyword" }, city: { type: "keyword" } },
            },
        },
        vpc: {
            subnetIds,
            securityGroupIds: [pipelineGroup.id],
            attachmentCidr: config.get("attachmentCidr") ?? "10.99.20.0/24",
        },
    },
    { dependsOn: [instance, outbound, inbound] },
);

export const clusterArn = cluster.arn;
export const sendOnce = profiles.changeStreamCommand;
export const endpoint = search.endpoint;
export const explanation = profiles.explanation;
