import { Cluster } from "@pulumi/aws/docdb/cluster";
import { ClusterInstance } from "@pulumi/aws/docdb/clusterInstance";
import { ClusterParameterGroup } from "@pulumi/aws/docdb/clusterParameterGroup";
import { Table } from "@pulumi/aws/dynamodb/table";
import { getSubnetsOutput } from "@pulumi/aws/ec2/getSubnets";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup";
import { Key } from "@pulumi/aws/kms/key";
import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";
import { auroraSource, rdsSource } from "./sources";

// Every source, and a pipeline from each into a domain, or a collection, or both.

const config = new pulumi.Config();
const EVERYWHERE = { protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] };

const pipelines = new SecurityGroup("pipelines", { egress: [EVERYWHERE] });
const databases = new SecurityGroup("databases", {
    ingress: [{ protocol: "tcp", fromPort: 1024, toPort: 65535, securityGroups: [pipelines.id] }],
    egress: [EVERYWHERE],
});
const within = { target: "opensearch" as const, vpcSecurityGroupIds: [databases.id] };

const table = new Table("orders", {
    name: "orders",
    attributes: [{ name: "id", type: "N" }],
    hashKey: "id",
    billingMode: "PAY_PER_REQUEST",
    pointInTimeRecovery: { enabled: true },
    streamEnabled: true,
    streamViewType: "NEW_AND_OLD_IMAGES",
});
const parameterGroup = new ClusterParameterGroup("documentdb", {
    family: "docdb5.0",
    parameters: [zeroetl.requirements.changeStreamRetention()],
});
const cluster = new Cluster("documentdb", {
    clusterIdentifier: "documentdb",
    masterUsername: "master",
    manageMasterUserPassword: true,
    dbClusterParameterGroupName: parameterGroup.name,
    vpcSecurityGroupIds: within.vpcSecurityGroupIds,
    skipFinalSnapshot: true,
});
const member = new ClusterInstance("documentdb", { clusterIdentifier: cluster.id, instanceClass: "db.r6g.large" });
const auroraMySql = auroraSource("aurora-mysql", "aurora-mysql", undefined, within);
const auroraPostgreSql = auroraSource("aurora-postgresql", "aurora-postgresql", undefined, within);
const mySql = rdsSource("mysql", "mysql", within);
const postgreSql = rdsSource("postgres", "postgres", within);

export const sourceArns = {
    dynamodb: table.arn,
    documentdb: cluster.arn,
    "aurora-mysql": auroraMySql.args.source.arn,
    "aurora-postgresql": auroraPostgreSql.args.source.arn,
    mysql: mySql.source.arn,
    postgres: postgreSql.source.arn,
};

// An application fills them before anybody searches.
if (config.getBoolean("searched")) {
    makePipelines();
}

function makePipelines(): void {
    const domain = new zeroetl.SearchTarget("domain", { kind: "domain" });
    const collection = new zeroetl.SearchTarget("collection", { kind: "collection" });
    const subnetIds = getSubnetsOutput({ filters: [{ name: "default-for-az", values: ["true"] }] }).ids;
    let networks = 0;
    const attached = () => ({
        vpc: {
            subnetIds: [subnetIds[0]!, subnetIds[1]!],
            securityGroupIds: [pipelines.id],
            attachmentCidr: `10.99.${networks++}.0/24`,
        },
    });
    const rows = { database: "shop", initialLoad: { kmsKeyArn: new Key("export").arn } };
    const into = (search: zeroetl.SearchTarget, name: string) => ({ search, index: { name } });

    new zeroetl.DynamoDbToOpenSearch("table-domain", { table, ...into(domain, "dynamodb") });
    new zeroetl.DynamoDbToOpenSearch("table-collection", { table, ...into(collection, "dynamodb") });
    for (const [name, search] of Object.entries({ domain, collection })) {
        new zeroetl.DocumentDbToOpenSearch(
            `documents-${name}`,
            { cluster, parameterGroup, collection: "shop.orders", ...into(search, "documentdb"), ...attached() },
            { dependsOn: member },
        );
    }
    new zeroetl.AuroraToOpenSearch(
        "aurora-mysql",
        { ...auroraMySql.args, ...rows, ...into(domain, "aurora-mysql"), ...attached() },
        auroraMySql.opts,
    );
    new zeroetl.AuroraToOpenSearch(
        "aurora-postgresql",
        { ...auroraPostgreSql.args, ...rows, ...into(collection, "aurora-postgresql"), ...attached() },
        auroraPostgreSql.opts,
    );
    new zeroetl.RdsToOpenSearch("mysql", { ...mySql, ...rows, ...into(domain, "mysql"), ...attached() });
    new zeroetl.RdsToOpenSearch("postgres", { ...postgreSql, ...rows, ...into(domain, "postgres"), ...attached() });
}
