import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";

const config = new pulumi.Config();
const kind = config.require<"documentdb" | "aurora-postgresql" | "mysql">("source");
const port = { documentdb: 27017, "aurora-postgresql": 5432, mysql: 3306 }[kind];

const subnetIds = aws.ec2.getSubnetsOutput().ids.apply((ids) => ids.slice(0, 2));
const subnetGroup = new aws.rds.SubnetGroup("private", { subnetIds });
const pipelineGroup = new aws.ec2.SecurityGroup("pipeline", { description: "-" });
const databaseGroup = new aws.ec2.SecurityGroup("database", { description: "-" });
const traffic = { ipProtocol: "tcp", fromPort: port, toPort: port };
const rules = [
    new aws.vpc.SecurityGroupIngressRule("from-pipeline", {
        securityGroupId: databaseGroup.id,
        referencedSecurityGroupId: pipelineGroup.id,
        ...traffic,
    }),
    new aws.vpc.SecurityGroupEgressRule("to-database", {
        securityGroupId: pipelineGroup.id,
        referencedSecurityGroupId: databaseGroup.id,
        ...traffic,
    }),
];

const instanceClass = "db.r6g.large";
const master = { masterUsername: "master", manageMasterUserPassword: true };
const place = { dbSubnetGroupName: subnetGroup.name, vpcSecurityGroupIds: [databaseGroup.id], skipFinalSnapshot: true };
const key = new aws.kms.Key("export");
const vpc = { subnetIds, securityGroupIds: [pipelineGroup.id], attachmentCidr: "10.99.20.0/24" };
const isSearched = config.getBoolean("isSearched") ?? true;

const flows = {
    documentdb() {
        const cluster = new aws.docdb.Cluster("shop", { clusterIdentifier: "shop", ...master, ...place });
        const writer = new aws.docdb.ClusterInstance("shop", { clusterIdentifier: cluster.id, instanceClass });
        const pipeline = () =>
            new zeroetl.DocumentDbToOpenSearch(
                "orders",
                {
                    cluster,
                    collection: "shop.orders",
                    search: new zeroetl.SearchTarget("shop", { kind: "collection" }),
                    index: { name: "orders" },
                    vpc,
                },
                { dependsOn: [writer, ...rules] },
            );
        return { source: cluster, pipeline };
    },
    "aurora-postgresql"() {
        const engine = { engine: "aurora-postgresql", engineVersion: "16.6" } as const;
        const parameterGroup = new zeroetl.SourceParameterGroup("shop", { ...engine, target: "opensearch" });
        const source = new aws.rds.Cluster("shop", {
            clusterIdentifier: "shop",
            databaseName: "shop",
            dbClusterParameterGroupName: parameterGroup.name,
            ...engine,
            ...master,
            ...place,
        });
        const writer = new aws.rds.ClusterInstance("shop", {
            clusterIdentifier: source.id,
            engine: engine.engine,
            instanceClass,
        });
        const pipeline = () =>
            new zeroetl.AuroraToOpenSearch(
                "orders",
                {
                    engine: engine.engine,
                    source,
                    parameterGroup,
                    database: "shop",
                    search: new zeroetl.SearchTarget("shop", { kind: "domain" }),
                    indexes: [{ table: "public.orders", name: "orders" }],
                    initialLoad: { kmsKeyArn: key.arn },
                    vpc,
                },
                { dependsOn: [writer, ...rules] },
            );
        return { source, pipeline };
    },
    mysql() {
        const engine = { engine: "mysql", engineVersion: "8.0.40" } as const;
        const parameterGroup = new zeroetl.SourceParameterGroup("shop", { ...engine, target: "opensearch" });
        const source = new aws.rds.Instance("shop", {
            identifier: "shop",
            dbName: "shop",
            username: "master",
            manageMasterUserPassword: true,
            parameterGroupName: parameterGroup.name,
            instanceClass,
            allocatedStorage: 20,
            backupRetentionPeriod: 1,
            ...engine,
            ...place,
        });
        const pipeline = () =>
            new zeroetl.RdsToOpenSearch(
                "orders",
                {
                    engine: engine.engine,
                    source,
                    parameterGroup,
                    database: "shop",
                    tables: { include: ["orders"] },
                    search: new zeroetl.SearchTarget("shop", { kind: "domain" }),
                    index: { name: "orders" },
                    initialLoad: { kmsKeyArn: key.arn },
                    vpc,
                },
                { dependsOn: rules },
            );
        return { source, pipeline };
    },
};

const { source, pipeline } = flows[kind]();
export const sourceArn = source.arn;
export const status = isSearched ? pipeline().status : undefined;
