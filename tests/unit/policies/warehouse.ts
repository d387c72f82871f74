import {
    authorizeRedshiftSource,
    authorizeSource,
    redshiftExportMembers,
    requiredParameters,
    addMember,
    type SourceEngine,
} from "../../../sdk/requirements";
import { ACCOUNT, later, REGION, tableArn, type Declared, type Shop } from "./shop";

const rds = (kind: "cluster" | "db", name: string) => `arn:aws:rds:${REGION}:${ACCOUNT}:${kind}:${name}`;

export const auroraArn = rds("cluster", "shop");
export const mysqlArn = rds("db", "stock");
export const namespaceArn = `arn:aws:redshift-serverless:${REGION}:${ACCOUNT}:namespace/1111-aaaa`;
export const clusterArn = `arn:aws:redshift:${REGION}:${ACCOUNT}:namespace:2222-bbbb`;
export const catalogArn = `arn:aws:glue:${REGION}:${ACCOUNT}:catalog/lake`;

const account = { accountId: ACCOUNT, region: REGION };
const ours = (type: string) => `pulumi-nodejs:dynamic/zeroetl:${type}`;

/** A group with what AWS asks for, and a cluster or an instance with it. */
function source(engine: SourceEngine, name: string, engineVersion: string, arn: string): Shop {
    const isCluster = arn.includes(":cluster:");
    const group = isCluster ? "dbClusterParameterGroupName" : "parameterGroupName";
    return {
        [`${name}Group`]: {
            type: isCluster
                ? "aws:rds/clusterParameterGroup:ClusterParameterGroup"
                : "aws:rds/parameterGroup:ParameterGroup",
            name: `${name}-group`,
            inputs: { name: `${name}-group`, parameters: requiredParameters(engine) },
        },
        [name]: {
            type: isCluster ? "aws:rds/cluster:Cluster" : "aws:rds/instance:Instance",
            name,
            inputs: {
                engine: engine === "oracle" ? "oracle-ee" : engine,
                engineVersion,
                [group]: `${name}-group`,
                ...(isCluster ? {} : { backupRetentionPeriod: 7, storageType: "gp3" }),
            },
            outputs: { arn: later(arn), identifier: name, region: REGION },
            from: { [group]: [`${name}Group`] },
        },
    };
}

function integration(
    type: string,
    name: string,
    from: [key: string, arn: string],
    to: [key: string, arn: string],
    inputs: object = {},
): Declared {
    return {
        type,
        name: `${name}-integration`,
        inputs: { integrationName: name, sourceArn: later(from[1]), targetArn: later(to[1]), ...inputs },
        from: { sourceArn: [from[0]], targetArn: [to[0]] },
    };
}

const authorized = (name: string, sourceArn: string, [key, targetArn]: [string, string]): Declared => ({
    type: ours("RedshiftNamespacePolicyMember"),
    name: `${name}-authorized`,
    inputs: {
        account,
        namespaceArn: later(targetArn),
        members: later([authorizeRedshiftSource({ sourceArn, targetArn })]),
    },
    from: { namespaceArn: [key], members: [key, name] },
});

/** Every kind of source, in a serverless warehouse, a provisioned one and a managed catalog, with everything that AWS asks for. */
export function warehouse(): Shop {
    const serverless: [string, string] = ["namespace", namespaceArn];
    const provisioned: [string, string] = ["cluster", clusterArn];
    const [people, ledger, legacy] = [rds("cluster", "people"), rds("db", "ledger"), rds("db", "legacy")];
    return {
        ...source("aurora-mysql", "shop", "8.0.mysql_aurora.3.08.0", auroraArn),
        ...source("aurora-postgresql", "people", "16.6", people),
        ...source("mysql", "stock", "8.0.40", mysqlArn),
        ...source("postgres", "ledger", "17.4", ledger),
        ...source("oracle", "legacy", "19.0.0.0.ru-2024-07.rur-2024-07.r1", legacy),
        table: {
            type: "aws:dynamodb/table:Table",
            name: "orders",
            inputs: { name: "orders", pointInTimeRecovery: { enabled: true } },
            outputs: { arn: later(tableArn), region: REGION, serverSideEncryption: later(undefined) },
        },
        tablePolicy: {
            type: "aws:dynamodb/resourcePolicy:ResourcePolicy",
            name: "orders-export",
            inputs: {
                resourceArn: later(tableArn),
                policy: later(
                    redshiftExportMembers({ tableArn, owner: "orders" }).reduce<string | undefined>(
                        addMember,
                        undefined,
                    ),
                ),
            },
            from: { resourceArn: ["table"], policy: ["table"] },
        },
        namespace: {
            type: "aws:redshiftserverless/namespace:Namespace",
            name: "warehouse",
            inputs: { namespaceName: "warehouse" },
            outputs: { arn: later(namespaceArn), region: REGION },
        },
        workgroup: {
            type: "aws:redshiftserverless/workgroup:Workgroup",
            name: "warehouse",
            inputs: {
                workgroupName: "warehouse",
                namespaceName: "warehouse",
                configParameters: [{ parameterKey: "enable_case_sensitive_identifier", parameterValue: "true" }],
            },
            from: { namespaceName: ["namespace"] },
        },
        clusterGroup: {
            type: "aws:redshift/parameterGroup:ParameterGroup",
            name: "finance-group",
            inputs: {
                name: "finance-group",
                family: "redshift-1.0",
                parameters: [{ name: "enable_case_sensitive_identifier", value: "true" }],
            },
        },
        cluster: {
            type: "aws:redshift/cluster:Cluster",
            name: "finance",
            inputs: {
                clusterIdentifier: "finance",
                nodeType: "ra3.large",
                numberOfNodes: 2,
                clusterParameterGroupName: "finance-group",
            },
            outputs: { clusterNamespaceArn: later(clusterArn), encrypted: later("true"), region: REGION },
            from: { clusterParameterGroupName: ["clusterGroup"] },
        },
        catalog: {
            type: "aws:glue/catalog:Catalog",
            name: "lake",
            inputs: {
                name: "lake",
                catalogProperties: { dataLakeAccessProperties: { catalogType: "aws:redshift" } },
            },
            outputs: { arn: later(catalogArn), region: REGION },
        },
        catalogMember: {
            type: ours("GlueCatalogPolicyMember"),
            name: "shop-authorized-lake",
            inputs: { account, members: later([authorizeSource({ targetArn: catalogArn, sourceArn: auroraArn })]) },
        },
        shopMember: authorized("shop", auroraArn, serverless),
        stockMember: authorized("stock", mysqlArn, serverless),
        tableMember: authorized("table", tableArn, serverless),
        peopleMember: authorized("people", people, provisioned),
        ledgerMember: authorized("ledger", ledger, provisioned),
        legacyMember: authorized("legacy", legacy, provisioned),
        shopIntegration: integration(ours("RdsIntegration"), "shop", ["shop", auroraArn], serverless, { account }),
        shopLakeIntegration: integration(
            ours("RdsIntegration"),
            "shop-lake",
            ["shop", auroraArn],
            ["catalog", catalogArn],
            {
                account,
            },
        ),
        stockIntegration: integration("aws:rds/integration:Integration", "stock", ["stock", mysqlArn], serverless),
        tableIntegration: integration(ours("RedshiftIntegration"), "orders", ["table", tableArn], serverless, {
            account,
        }),
        peopleIntegration: integration("aws-native:rds:Integration", "people", ["people", people], provisioned, {
            dataFilter: "include: crm.*.*",
            tags: [{ key: "team", value: "crm" }],
        }),
        ledgerIntegration: integration(ours("RdsIntegration"), "ledger", ["ledger", ledger], provisioned, {
            account,
            dataFilter: "include: books.public.*",
        }),
        legacyIntegration: integration(ours("RdsIntegration"), "legacy", ["legacy", legacy], provisioned, {
            account,
            dataFilter: "include: ORCL.SALES.*",
        }),
    };
}
