import * as aws from "@pulumi/aws";
import * as zeroetl from "pulumi-aws-zero-etl";

// The network of the accounts' database.
const subnetIds = aws.ec2.getSubnetsOutput().ids.apply((ids) => ids.slice(0, 2));
const pipelineGroup = new aws.ec2.SecurityGroup("pipeline", { description: "Pipelines that read the accounts" });
const databaseGroup = new aws.ec2.SecurityGroup("accounts", { description: "The accounts' database" });
const port = { ipProtocol: "tcp", fromPort: 27017, toPort: 27017 };
const rules = [
    new aws.vpc.SecurityGroupEgressRule("to-accounts", {
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

// The accounts, which keep their changes for a day.
const parameterGroup = new aws.docdb.ClusterParameterGroup("accounts", {
    family: "docdb5.0",
    parameters: [{ name: "change_stream_log_retention_duration", value: "86400" }],
});
const cluster = new aws.docdb.Cluster("accounts", {
    clusterIdentifier: "accounts",
    engineVersion: "5.0.0",
    masterUsername: "master",
    manageMasterUserPassword: true,
    dbClusterParameterGroupName: parameterGroup.name,
    dbSubnetGroupName: new aws.docdb.SubnetGroup("accounts", { subnetIds }).name,
    vpcSecurityGroupIds: [databaseGroup.id],
    skipFinalSnapshot: true,
});
const writer = new aws.docdb.ClusterInstance("accounts", {
    clusterIdentifier: cluster.id,
    instanceClass: "db.r6g.large",
});

// Where profiles are looked up.
const search = new zeroetl.SearchTarget("profiles", { kind: "collection" });

const profiles = new zeroetl.DocumentDbToOpenSearch(
    "profiles",
    {
        cluster,
        parameterGroup,
        collection: "accounts.profiles",
        search,
        index: {
            name: "profiles",
            mapping: { properties: { email: { type: "keyword" }, name: { type: "text" } } },
        },
        processors: [{ deleteEntries: { withKeys: ["passwordHash"] } }],
        vpc: { subnetIds, securityGroupIds: [pipelineGroup.id], attachmentCidr: "10.99.20.0/24" },
    },
    { dependsOn: [writer, ...rules] },
);

export const clusterArn = cluster.arn;
export const endpoint = search.endpoint;
export const { changeStreamCommand, explanation, status } = profiles;
