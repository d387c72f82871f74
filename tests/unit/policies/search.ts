import {
    changeStreamRetention,
    collectionNetworkPolicy,
    domainAccessMember,
    pipelineRolePolicy,
    pipelineTrustPolicy,
    pipelineYaml,
    requiredParameters,
    secretCredentials,
    type OpenSearchSink,
    type PipelineRoleArgs,
} from "../../../sdk/requirements";
import { ACCOUNT, later, REGION, tableArn, type Declared, type Shop } from "./shop";

const place = { partition: "aws", region: REGION, accountId: ACCOUNT };
const account = { accountId: ACCOUNT, region: REGION };
const ours = (type: string) => `pulumi-nodejs:dynamic/zeroetl:${type}`;
const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

export const domainArn = arn("es", "domain/catalog");
export const domainHost = `search-catalog-abcdefghijklmnopqrstuvwxyz.${REGION}.es.amazonaws.com`;
export const collectionArn = arn("aoss", "collection/abc123");
export const collectionHost = `abc123.${REGION}.aoss.amazonaws.com`;
export const clusterHost = `docs.cluster-abc.${REGION}.docdb.amazonaws.com`;
export const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;

const dlq = { s3: { bucket: "dead-letters", keyPathPrefix: "osis/", region: REGION } };
const toDomain: OpenSearchSink = { hosts: [`https://${domainHost}`], aws: { region: REGION }, index: "orders-v1", dlq };
const toCollection: OpenSearchSink = {
    hosts: [`https://${collectionHost}`],
    aws: { region: REGION, serverless: true, serverlessOptions: { networkPolicyName: "profiles-osis" } },
    index: "profiles-v1",
    dlq,
};

export const tableBody = pipelineYaml({
    name: "orders",
    source: {
        dynamodb: {
            tables: [{ tableArn, export: { s3Bucket: "exports", s3Prefix: "orders", s3Region: REGION }, stream: {} }],
            aws: { region: REGION },
        },
    },
    sinks: [toDomain],
});

export const documentBody = pipelineYaml({
    name: "profiles",
    source: {
        documentdb: {
            host: clusterHost,
            authentication: secretCredentials("docs"),
            collections: [{ collection: "people.profiles" }],
            s3Bucket: "staging",
            s3Prefix: "profiles",
            s3Region: REGION,
        },
    },
    sinks: [toCollection],
    secrets: { docs: { secretId: arn("secretsmanager", "secret:docs-AbCdEf"), region: REGION } },
});

export const databaseBody = pipelineYaml({
    name: "billing",
    source: {
        rds: {
            dbIdentifier: "billing",
            engine: "mysql",
            database: "billing",
            s3Bucket: "staging",
            s3Prefix: "billing",
            s3Region: REGION,
            stream: true,
            authentication: secretCredentials("billing"),
            aws: { region: REGION },
        },
    },
    sinks: [toDomain],
    secrets: { billing: { secretId: "billing", region: REGION } },
});

const bucket = (name: string): Shop => ({
    [name]: {
        type: "aws:s3/bucket:Bucket",
        name,
        inputs: { bucket: name },
        outputs: { arn: later(`arn:aws:s3:::${name}`), region: REGION },
    },
    [`${name}Lifecycle`]: {
        type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        name: `${name}-lifecycle`,
        inputs: { bucket: name, rules: [{ id: "old", status: "Enabled", expiration: { days: 30 } }] },
        from: { bucket: [name] },
    },
});

function role(name: string, args: Omit<PipelineRoleArgs, keyof typeof place>): Shop {
    return {
        [`${name}Role`]: {
            type: "aws:iam/role:Role",
            name: `${name}-pipeline`,
            inputs: { name: `${name}-pipeline`, assumeRolePolicy: JSON.stringify(pipelineTrustPolicy(place)) },
            outputs: { arn: later(roleArn(name)), inlinePolicies: later([]), managedPolicyArns: later([]) },
        },
        [`${name}RolePolicy`]: {
            type: "aws:iam/rolePolicy:RolePolicy",
            name: `${name}-pipeline`,
            inputs: {
                role: `${name}-pipeline`,
                policy: later(JSON.stringify(pipelineRolePolicy({ ...place, ...args }))),
            },
            from: { role: [`${name}Role`], policy: [] },
        },
    };
}

export const networks = { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-1"], attachmentCidr: "10.99.20.0/24" };

const sinkRights = { deadLetters: { bucketArn: "arn:aws:s3:::dead-letters", prefix: "osis" } };

export const tableRole: Omit<PipelineRoleArgs, keyof typeof place> = {
    source: {
        kind: "dynamodb",
        tableArn,
        export: { bucketArn: "arn:aws:s3:::exports", prefix: "orders" },
        stream: true,
    },
    target: { domainArn },
    ...sinkRights,
};

/** A table and a database in a domain, a collection of DocumentDB in one of OpenSearch Serverless, with everything that AWS asks for, by each way to declare a pipeline. */
export function search(): Shop {
    return {
        table: {
            type: "aws:dynamodb/table:Table",
            name: "orders",
            inputs: {
                name: "orders",
                pointInTimeRecovery: { enabled: true },
                streamEnabled: true,
                streamViewType: "NEW_AND_OLD_IMAGES",
                writeCapacity: 3000,
            },
            outputs: { arn: later(tableArn), region: REGION },
        },
        documentGroup: {
            type: "aws:docdb/clusterParameterGroup:ClusterParameterGroup",
            name: "docs-group",
            inputs: { name: "docs-group", parameters: [changeStreamRetention()] },
        },
        documents: {
            type: "aws:docdb/cluster:Cluster",
            name: "docs",
            inputs: { clusterIdentifier: "docs", dbClusterParameterGroupName: "docs-group" },
            outputs: { endpoint: later(clusterHost), region: REGION },
            from: { dbClusterParameterGroupName: ["documentGroup"] },
        },
        databaseGroup: {
            type: "aws:rds/parameterGroup:ParameterGroup",
            name: "billing-group",
            inputs: { name: "billing-group", parameters: requiredParameters("mysql", { target: "opensearch" }) },
        },
        database: {
            type: "aws:rds/instance:Instance",
            name: "billing",
            inputs: {
                identifier: "billing",
                engine: "mysql",
                engineVersion: "8.0.40",
                backupRetentionPeriod: 7,
                storageType: "gp3",
                parameterGroupName: "billing-group",
            },
            outputs: { arn: later(arn("rds", "db:billing")), region: REGION },
            from: { parameterGroupName: ["databaseGroup"] },
        },
        ...bucket("exports"),
        ...bucket("staging"),
        ...bucket("dead-letters"),
        domain: {
            type: "aws:opensearch/domain:Domain",
            name: "catalog",
            inputs: { domainName: "catalog" },
            outputs: {
                arn: later(domainArn),
                endpoint: later(domainHost),
                accessPolicies: later(""),
                region: REGION,
            },
        },
        domainMember: {
            type: ours("OpenSearchDomainPolicyMember"),
            name: "catalog-writers",
            inputs: {
                account,
                domainArn: later(domainArn),
                members: later(
                    ["table", "database"].map((name) => domainAccessMember({ domainArn, roleArn: roleArn(name) })),
                ),
            },
            from: { domainArn: ["domain"], members: ["domain", "tableRole", "databaseRole"] },
        },
        network: {
            type: "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy",
            name: "profiles",
            inputs: { name: "profiles", type: "network", policy: collectionNetworkPolicy("profiles", {}) },
        },
        collection: {
            type: "aws:opensearch/serverlessCollection:ServerlessCollection",
            name: "profiles",
            inputs: { name: "profiles", type: "SEARCH" },
            outputs: {
                arn: later(collectionArn),
                collectionEndpoint: later(`https://${collectionHost}`),
                region: REGION,
            },
        },
        ...role("table", tableRole),
        ...role("documents", {
            source: { kind: "documentdb", staging: { bucketArn: "arn:aws:s3:::staging", prefix: "profiles" } },
            target: { collectionArn },
            ...sinkRights,
            secretArns: [arn("secretsmanager", "secret:docs-AbCdEf")],
            vpc: networks,
        }),
        ...role("database", {
            source: {
                kind: "rds",
                engine: "mysql",
                dbIdentifier: "billing",
                staging: { bucketArn: "arn:aws:s3:::staging", prefix: "billing" },
            },
            target: { domainArn },
            ...sinkRights,
            secretArns: [arn("secretsmanager", "secret:billing-AbCdEf")],
            vpc: networks,
        }),
        tablePipeline: {
            type: ours("OsisPipeline"),
            name: "orders-search",
            inputs: {
                account,
                pipelineName: "orders-search",
                body: later(tableBody),
                minUnits: 2,
                maxUnits: 4,
                roleArn: later(roleArn("table")),
                logGroupName: "/aws/vendedlogs/OpenSearchIngestion/orders-search/audit-logs",
            },
            from: { body: ["table", "domain", "exports", "dead-letters"], roleArn: ["tableRole"] },
        },
        documentsPipeline: nativePipeline(),
        databasePipeline: {
            type: ours("OsisPipeline"),
            name: "billing-search",
            inputs: {
                account,
                pipelineName: "billing-search",
                body: later(databaseBody),
                minUnits: 2,
                maxUnits: 4,
                roleArn: later(roleArn("database")),
                vpc: networks,
            },
            from: { body: ["database", "domain"], roleArn: ["databaseRole"] },
        },
    };
}

function nativePipeline(): Declared {
    const { subnetIds, securityGroupIds, attachmentCidr } = networks;
    return {
        type: "aws-native:osis:Pipeline",
        name: "profiles-search",
        inputs: {
            pipelineName: "profiles-search",
            pipelineConfigurationBody: later(documentBody),
            minUnits: 2,
            maxUnits: 4,
            pipelineRoleArn: later(roleArn("documents")),
            logPublishingOptions: {
                isLoggingEnabled: true,
                cloudWatchLogDestination: { logGroup: "/aws/vendedlogs/profiles" },
            },
            vpcOptions: {
                subnetIds,
                securityGroupIds,
                vpcAttachmentOptions: { attachToVpc: true, cidrBlock: attachmentCidr },
            },
            tags: [{ key: "team", value: "people" }],
        },
        // It has no Region.
        outputs: { pipelineArn: later(arn("osis", "pipeline/profiles-search")) },
        from: { pipelineConfigurationBody: ["documents", "collection"], pipelineRoleArn: ["documentsRole"] },
    };
}

/** The table's pipeline as `@pulumi/aws` declares it. */
export const classicPipeline = (inputs: Record<string, unknown> = {}): Declared => ({
    type: "aws:opensearchingest/pipeline:Pipeline",
    name: "orders-classic",
    inputs: {
        pipelineName: "orders-classic",
        pipelineConfigurationBody: later(tableBody),
        minUnits: 2,
        maxUnits: 4,
        pipelineRoleArn: later(roleArn("table")),
        ...inputs,
    },
    outputs: { region: REGION },
    from: { pipelineConfigurationBody: ["table", "domain"], pipelineRoleArn: ["tableRole"] },
});
