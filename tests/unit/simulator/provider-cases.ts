import type { Properties } from "../../../simulator/provider/values";

/** A type's life: how it is made, and changed in place. */
export interface Case<Fixtures> {
    args(fixtures: Fixtures): Properties;
    /** Inputs changed in place, with their effect on the outputs. @default nothing can be changed in place */
    update?(fixtures: Fixtures): Properties;
    id: RegExp;
}

/** What databases and warehouses belong to. */
export interface DatabaseFixtures {
    aurora: Properties;
    /** a DocumentDB cluster */
    catalog: Properties;
    /** a DynamoDB table that Redshift may read */
    orders: Properties;
    /** a namespace that takes both of them */
    warehouse: Properties;
    workgroup: string;
    /** a namespace without anything */
    spare: Properties;
    secret: string;
    /** of a managed catalog */
    transferRole: string;
    vpc: string;
    subnets: string[];
    group: string;
}

type Make = (token: string, args: Properties) => Promise<Properties>;

export async function makeDatabases(make: Make): Promise<DatabaseFixtures> {
    const [aurora, orders, network] = await Promise.all([makeAurora(make), makeOrders(make), makeNetwork(make)]);
    const sources = [aurora.arn, orders.arn];
    return {
        ...network,
        ...(await makeWarehouse(make, sources)),
        aurora,
        catalog: await make("aws:docdb/cluster:Cluster", {
            clusterIdentifier: "catalog",
            masterUsername: "owner",
            masterPassword: "correct-horse",
            skipFinalSnapshot: true,
        }),
        orders,
        spare: await make("aws:redshiftserverless/namespace:Namespace", { namespaceName: "spare" }),
        transferRole: (await makeTransferRole(make)).arn,
        secret: (await make("aws:secretsmanager/secret:Secret", { name: "base" })).arn,
    };
}

/** Only an administrator of Lake Formation makes catalogs. */
async function makeTransferRole(make: Make): Promise<Properties> {
    await make("aws:lakeformation/dataLakeSettings:DataLakeSettings", {
        admins: ["arn:aws:iam::123456789012:user/administrator"],
    });
    return make("aws:iam/role:Role", {
        name: "transfer",
        assumeRolePolicy: document({
            Effect: "Allow",
            Principal: { Service: ["glue.amazonaws.com", "redshift.amazonaws.com"] },
            Action: "sts:AssumeRole",
        }),
    });
}

async function makeNetwork(make: Make) {
    const { arn } = await make("aws:ec2/vpc:Vpc", { cidrBlock: "10.1.0.0/16" });
    const vpc = arn.split("/")[1];
    const subnets = ["a", "b"].map(async (zone, i) => {
        const subnet = await make("aws:ec2/subnet:Subnet", {
            vpcId: vpc,
            availabilityZone: `eu-west-1${zone}`,
            cidrBlock: `10.1.${i}.0/24`,
        });
        return subnet.arn.split("/")[1];
    });
    const group = await make("aws:ec2/securityGroup:SecurityGroup", { name: "base", vpcId: vpc });
    return { vpc, subnets: await Promise.all(subnets), group: group.arn.split("/")[1] };
}

async function makeAurora(make: Make): Promise<Properties> {
    const parameters = {
        aurora_enhanced_binlog: "1",
        binlog_backup: "0",
        binlog_format: "ROW",
        binlog_replication_globaldb: "0",
        binlog_row_image: "full",
        binlog_row_metadata: "full",
    };
    const group = await make("aws:rds/clusterParameterGroup:ClusterParameterGroup", {
        name: "base",
        family: "aurora-mysql8.0",
        parameters: Object.entries(parameters).map(([name, value]) => ({
            name,
            value,
            applyMethod: "pending-reboot",
        })),
    });
    const aurora = await make("aws:rds/cluster:Cluster", {
        clusterIdentifier: "base",
        engine: "aurora-mysql",
        dbClusterParameterGroupName: group.name,
        masterUsername: "admin",
        masterPassword: "correct-horse",
        skipFinalSnapshot: true,
    });
    await make("aws:rds/clusterInstance:ClusterInstance", {
        clusterIdentifier: aurora.clusterIdentifier,
        engine: "aurora-mysql",
        instanceClass: "db.r6g.large",
    });
    return aurora;
}

async function makeOrders(make: Make): Promise<Properties> {
    const table = await make("aws:dynamodb/table:Table", {
        name: "orders",
        billingMode: "PAY_PER_REQUEST",
        attributes: [{ name: "id", type: "S" }],
        hashKey: "id",
        pointInTimeRecovery: { enabled: true },
    });
    const allow = (actions: string[], resource: string) => ({
        Effect: "Allow",
        Principal: { Service: "redshift.amazonaws.com" },
        Action: actions.map((action) => `dynamodb:${action}`),
        Resource: resource,
    });
    await make("aws:dynamodb/resourcePolicy:ResourcePolicy", {
        resourceArn: table.arn,
        policy: document(
            allow(["ExportTableToPointInTime", "DescribeTable"], table.arn),
            allow(["DescribeExport"], `${table.arn}/export/*`),
        ),
    });
    return table;
}

async function makeWarehouse(make: Make, sources: string[]) {
    const warehouse = await make("aws:redshiftserverless/namespace:Namespace", { namespaceName: "warehouse" });
    const { workgroupName } = await make("aws:redshiftserverless/workgroup:Workgroup", {
        workgroupName: "warehouse",
        namespaceName: warehouse.namespaceName,
        configParameters: ALL_PARAMETERS,
    });
    await make("aws:redshift/resourcePolicy:ResourcePolicy", {
        resourceArn: warehouse.arn,
        policy: namespacePolicy(warehouse.arn, sources),
    });
    return { warehouse, workgroup: workgroupName };
}

/** AWS answers with all of them. */
const ALL_PARAMETERS = Object.entries({
    enable_case_sensitive_identifier: "true",
    auto_mv: "true",
    datestyle: "ISO, MDY",
    enable_user_activity_logging: "true",
    max_query_execution_time: "14400",
    query_group: "default",
    require_ssl: "true",
    search_path: "$user, public",
    use_fips_ssl: "false",
}).map(([parameterKey, parameterValue]) => ({ parameterKey, parameterValue }));

const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });

const namespacePolicy = (arn: string, sources: string[]) =>
    document({
        Effect: "Allow",
        Principal: { Service: "redshift.amazonaws.com" },
        Action: "redshift:AuthorizeInboundIntegration",
        Resource: arn,
        Condition: { StringEquals: { "aws:SourceArn": sources } },
    });

const secretPolicy = (action: string) =>
    document({ Effect: "Allow", Principal: { AWS: "123456789012" }, Action: action, Resource: "*" });

export const databaseCases: Record<string, Case<DatabaseFixtures>> = {
    "aws:glue/catalog:Catalog": {
        args: ({ transferRole }) => ({
            catalogProperties: {
                dataLakeAccessProperties: {
                    dataLakeAccess: true,
                    catalogType: "aws:redshift",
                    dataTransferRole: transferRole,
                },
            },
            tags: { a: "1" },
        }),
        update: () => ({ description: "for shops", tags: { b: "2" } }),
        id: /^thing-[0-9a-f]{7}$/,
    },
    "aws:docdb/cluster:Cluster": {
        args: ({ group }) => ({
            engineVersion: "5.0.0",
            masterUsername: "owner",
            masterPassword: "correct-horse",
            skipFinalSnapshot: true,
            vpcSecurityGroupIds: [group],
            tags: { a: "1" },
        }),
        update: () => ({ backupRetentionPeriod: 7, deletionProtection: false, applyImmediately: true, tags: {} }),
        id: /^tf-[0-9a-f]{26}$/,
    },
    "aws:docdb/clusterInstance:ClusterInstance": {
        args: ({ catalog }) => ({ clusterIdentifier: catalog.clusterIdentifier, instanceClass: "db.r6g.large" }),
        update: () => ({ promotionTier: 2, tags: { a: "1" } }),
        id: /^tf-[0-9a-f]{26}$/,
    },
    "aws:docdb/clusterParameterGroup:ClusterParameterGroup": {
        args: () => ({
            family: "docdb5.0",
            parameters: [
                { name: "tls", value: "disabled" },
                { name: "change_stream_log_retention_duration", value: "86400", applyMethod: "immediate" },
            ],
        }),
        update: () => ({
            parameters: [
                { name: "change_stream_log_retention_duration", value: "604800", applyMethod: "immediate" },
                { name: "audit_logs", value: "enabled", applyMethod: "immediate" },
            ],
            tags: { a: "1" },
        }),
        id: /^thing-[0-9a-f]{7}$/,
    },
    "aws:docdb/clusterSnapshot:ClusterSnapshot": {
        args: ({ catalog }) => ({
            dbClusterIdentifier: catalog.clusterIdentifier,
            dbClusterSnapshotIdentifier: "before-the-sale",
        }),
        id: /^before-the-sale$/,
    },
    "aws:docdb/subnetGroup:SubnetGroup": {
        args: ({ subnets }) => ({ subnetIds: subnets }),
        update: () => ({ description: "both of them", tags: { a: "1" } }),
        id: /^thing-[0-9a-f]{7}$/,
    },
    "aws:rds/cluster:Cluster": {
        args: () => ({
            engine: "aurora-postgresql",
            engineVersion: "16.4",
            databaseName: "bank",
            masterUsername: "admin1",
            masterPassword: "correct-horse",
            serverlessv2ScalingConfiguration: { minCapacity: 0.5, maxCapacity: 4 },
            skipFinalSnapshot: true,
            tags: { a: "1" },
        }),
        update: () => ({
            backupRetentionPeriod: 7,
            applyImmediately: true,
            serverlessv2ScalingConfiguration: { minCapacity: 1, maxCapacity: 8 },
            tags: { b: "2" },
        }),
        id: /^tf-[0-9a-f]{26}$/,
    },
    "aws:rds/clusterInstance:ClusterInstance": {
        args: ({ aurora }) => ({
            clusterIdentifier: aurora.clusterIdentifier,
            identifierPrefix: "one-",
            engine: "aurora-mysql",
            instanceClass: "db.r6g.large",
        }),
        update: () => ({ promotionTier: 2, tags: { a: "1" } }),
        id: /^one-[0-9a-f]{26}$/,
    },
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": {
        args: () => ({
            family: "aurora-mysql8.0",
            parameters: [
                { name: "binlog_row_metadata", value: "full" },
                { name: "binlog_format", value: "ROW", applyMethod: "pending-reboot" },
            ],
            tags: { a: "1" },
        }),
        update: () => ({
            parameters: [
                { name: "binlog_backup", value: "0", applyMethod: "pending-reboot" },
                { name: "binlog_row_metadata", value: "minimal" },
            ],
        }),
        id: /^thing-[0-9a-f]{7}$/,
    },
    "aws:rds/instance:Instance": {
        args: () => ({
            allocatedStorage: 20,
            engine: "mysql",
            engineVersion: "8.0",
            instanceClass: "db.m5.large",
            username: "admin",
            password: "correct-horse",
            skipFinalSnapshot: true,
            tags: { a: "1" },
        }),
        update: () => ({ backupRetentionPeriod: 3, applyImmediately: true, tags: {} }),
        id: /^db-[A-Z0-9]+$/,
    },
    "aws:rds/parameterGroup:ParameterGroup": {
        args: () => ({
            family: "postgres16",
            parameters: [
                { name: "wal_sender_timeout", value: "20000" },
                { name: "rds.logical_replication", value: "1", applyMethod: "pending-reboot" },
            ],
        }),
        update: () => ({ parameters: [{ name: "wal_sender_timeout", value: "0" }], tags: { a: "1" } }),
        id: /^thing-[0-9a-f]{7}$/,
    },
    "aws:rds/subnetGroup:SubnetGroup": {
        args: ({ subnets }) => ({ subnetIds: subnets }),
        update: () => ({ description: "both of them", tags: { a: "1" } }),
        id: /^thing-[0-9a-f]{7}$/,
    },
    "aws:rds/integration:Integration": {
        args: ({ aurora, warehouse }) => ({
            integrationName: "shop",
            sourceArn: aurora.arn,
            targetArn: warehouse.arn,
            dataFilter: "include: shop.*",
            tags: { a: "1" },
            timeouts: { create: "1h30m" },
        }),
        update: () => ({ integrationName: "shops", dataFilter: "include: shop.*, exclude: shop.tmp", tags: {} }),
        id: /^arn:aws:rds:eu-west-1:123456789012:integration:/,
    },
    "aws:redshift/cluster:Cluster": {
        args: () => ({
            clusterIdentifier: "reports",
            nodeType: "ra3.large",
            numberOfNodes: 2,
            masterUsername: "admin",
            masterPassword: "Correct1horse",
            skipFinalSnapshot: true,
            tags: { a: "1" },
        }),
        update: ({ transferRole }) => ({
            numberOfNodes: 3,
            automatedSnapshotRetentionPeriod: 7,
            availabilityZoneRelocationEnabled: true,
            iamRoles: [transferRole],
            tags: { b: "2" },
        }),
        id: /^reports$/,
    },
    "aws:redshift/integration:Integration": {
        args: ({ orders, warehouse }) => ({
            integrationName: "orders",
            sourceArn: orders.arn,
            targetArn: warehouse.arn,
            description: "all orders",
            tags: { a: "1" },
        }),
        update: () => ({ description: "orders", tags: { b: "2" } }),
        id: /^arn:aws:redshift:eu-west-1:123456789012:integration:/,
    },
    "aws:redshift/parameterGroup:ParameterGroup": {
        args: () => ({
            family: "redshift-2.0",
            parameters: [
                { name: "require_ssl", value: "true" },
                { name: "enable_case_sensitive_identifier", value: "true" },
            ],
            tags: { a: "1" },
        }),
        update: () => ({
            parameters: [
                { name: "enable_case_sensitive_identifier", value: "true" },
                { name: "require_ssl", value: "false" },
            ],
        }),
        id: /^thing-[0-9a-f]{7}$/,
    },
    "aws:redshift/resourcePolicy:ResourcePolicy": {
        args: ({ spare, orders }) => ({
            resourceArn: spare.arn,
            policy: namespacePolicy(spare.arn, [orders.arn]),
        }),
        update: ({ spare, aurora }) => ({ policy: namespacePolicy(spare.arn, [aurora.arn]) }),
        id: /^arn:aws:redshift-serverless:.*:namespace\//,
    },
    "aws:redshift/subnetGroup:SubnetGroup": {
        args: ({ subnets }) => ({ subnetIds: subnets }),
        update: ({ subnets }) => ({ description: "one of them", subnetIds: subnets.slice(1), tags: { a: "1" } }),
        id: /^thing-[0-9a-f]{7}$/,
    },
    "aws:redshiftdata/statement:Statement": {
        args: ({ workgroup }) => ({ workgroupName: workgroup, database: "dev", sql: "SELECT 1" }),
        id: /^[0-9a-f-]{36}$/,
    },
    "aws:redshiftserverless/namespace:Namespace": {
        args: () => ({ namespaceName: "finance", adminUsername: "boss", adminUserPassword: "Correct1horse" }),
        update: () => ({ logExports: ["userlog"], tags: { a: "1" } }),
        id: /^finance$/,
    },
    "aws:redshiftserverless/resourcePolicy:ResourcePolicy": {
        args: ({ spare, orders }) => ({ resourceArn: spare.arn, policy: namespacePolicy(spare.arn, [orders.arn]) }),
        update: ({ spare, aurora }) => ({ policy: namespacePolicy(spare.arn, [aurora.arn]) }),
        id: /^arn:aws:redshift-serverless:.*:namespace\//,
    },
    "aws:redshiftserverless/workgroup:Workgroup": {
        args: ({ spare }) => ({
            workgroupName: "spare",
            namespaceName: spare.namespaceName,
            baseCapacity: 8,
            configParameters: ALL_PARAMETERS,
            tags: { a: "1" },
        }),
        update: () => ({
            baseCapacity: 16,
            configParameters: ALL_PARAMETERS.map((parameter) =>
                parameter.parameterKey === "auto_mv" ? { ...parameter, parameterValue: "false" } : parameter,
            ),
            publiclyAccessible: true,
        }),
        id: /^spare$/,
    },
    "aws:secretsmanager/secret:Secret": {
        args: () => ({ description: "of a database", policy: secretPolicy("secretsmanager:GetSecretValue") }),
        update: () => ({
            description: "of all",
            policy: secretPolicy("secretsmanager:DescribeSecret"),
            tags: { a: "1" },
        }),
        id: /^arn:aws:secretsmanager:eu-west-1:123456789012:secret:thing-[0-9a-f]{7}-\w{6}$/,
    },
    "aws:secretsmanager/secretPolicy:SecretPolicy": {
        args: ({ secret }) => ({ secretArn: secret, policy: secretPolicy("secretsmanager:GetSecretValue") }),
        update: () => ({ policy: secretPolicy("secretsmanager:DescribeSecret") }),
        id: /^arn:aws:secretsmanager:/,
    },
    "aws:secretsmanager/secretVersion:SecretVersion": {
        args: ({ secret }) => ({ secretId: secret, secretString: "open sesame" }),
        update: () => ({ versionStages: ["AWSCURRENT", "checked"] }),
        id: /^arn:aws:secretsmanager:.*\|/,
    },
    "aws:ec2/securityGroup:SecurityGroup": {
        args: ({ vpc }) => ({
            vpcId: vpc,
            ingress: [{ protocol: "tcp", fromPort: 3306, toPort: 3306, cidrBlocks: ["10.0.0.0/8"], self: true }],
            tags: { a: "1" },
        }),
        update: () => ({
            ingress: [],
            egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
            tags: {},
        }),
        id: /^sg-[0-9a-f]+$/,
    },
    "aws:ec2/subnet:Subnet": {
        args: ({ vpc }) => ({ vpcId: vpc, cidrBlock: "10.1.9.0/24", availabilityZone: "eu-west-1c" }),
        update: () => ({ mapPublicIpOnLaunch: true, tags: { a: "1" } }),
        id: /^subnet-[0-9a-f]+$/,
    },
    "aws:ec2/vpc:Vpc": {
        args: () => ({ cidrBlock: "10.0.0.0/16", enableDnsHostnames: true, tags: { a: "1" } }),
        update: () => ({ enableDnsHostnames: false, tags: { b: "2" } }),
        id: /^vpc-[0-9a-f]+$/,
    },
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {
        args: ({ group }) => ({ securityGroupId: group, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" }),
        update: () => ({ description: "everything", tags: { a: "1" } }),
        id: /^sgr-[0-9a-f]+$/,
    },
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
        args: ({ group }) => ({
            securityGroupId: group,
            ipProtocol: "tcp",
            fromPort: 5439,
            toPort: 5439,
            referencedSecurityGroupId: group,
        }),
        update: () => ({ fromPort: 5431, toPort: 5431 }),
        id: /^sgr-[0-9a-f]+$/,
    },
};
