import { Cluster } from "@pulumi/aws/rds/cluster";
import { ClusterInstance } from "@pulumi/aws/rds/clusterInstance";
import { ClusterParameterGroup } from "@pulumi/aws/rds/clusterParameterGroup";
import { Integration } from "@pulumi/aws/rds/integration";
import { Cluster as Warehouse } from "@pulumi/aws/redshift/cluster";
import { ParameterGroup } from "@pulumi/aws/redshift/parameterGroup";
import { ResourcePolicy } from "@pulumi/aws/redshift/resourcePolicy";
import * as pulumi from "@pulumi/pulumi";
import { requirements } from "pulumi-aws-zero-etl";

/* From Aurora to a warehouse with plain aws resources. What is configured as wrong shows in the inputs, while all ARNs are unknown. */
const wrong = new pulumi.Config().getBoolean("wrong");
const engine = "aurora-mysql";

const parameters = requirements
    .requiredParameters(engine)
    .map((each) => (wrong && each.name === "binlog_format" ? { ...each, value: "MIXED" } : each));
const group = new ClusterParameterGroup("shop", { family: "aurora-mysql8.0", parameters });
const cluster = new Cluster("shop", {
    engine,
    engineVersion: wrong ? "8.0.mysql_aurora.3.04.1" : "8.0.mysql_aurora.3.08.0",
    dbClusterParameterGroupName: group.name,
    backtrackWindow: wrong ? 3600 : undefined,
    masterUsername: "master",
    manageMasterUserPassword: true,
});
const writer = new ClusterInstance("shop", { clusterIdentifier: cluster.id, engine, instanceClass: "db.r6g.large" });

const warehouseGroup = new ParameterGroup("sales", {
    family: "redshift-1.0",
    parameters: [{ name: "enable_case_sensitive_identifier", value: wrong ? "false" : "true" }],
});
const warehouse = new Warehouse("sales", {
    clusterIdentifier: "sales",
    nodeType: wrong ? "dc2.large" : "ra3.large",
    numberOfNodes: 2,
    encrypted: wrong ? "false" : "true",
    clusterParameterGroupName: warehouseGroup.name,
    masterUsername: "master",
    manageMasterPassword: true,
});
const authorized = new ResourcePolicy("sales", {
    resourceArn: warehouse.clusterNamespaceArn,
    policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: {
            Effect: "Allow",
            Principal: { Service: "redshift.amazonaws.com" },
            Action: wrong ? "redshift:CreateInboundIntegration" : "redshift:AuthorizeInboundIntegration",
            Resource: wrong ? "*" : warehouse.clusterNamespaceArn,
            Condition: wrong ? undefined : { StringEquals: { "aws:SourceArn": cluster.arn } },
        },
    }),
});
new Integration(
    "orders",
    {
        integrationName: "orders",
        sourceArn: cluster.arn,
        targetArn: warehouse.clusterNamespaceArn,
        dataFilter: wrong ? "include: shop./(a|b)/" : "include: shop.*",
    },
    { dependsOn: [writer, authorized] },
);
