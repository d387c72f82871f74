import type { DBEngineVersion, DBEngineVersionMessage } from "@aws-sdk/client-rds";
import type { Cluster, LoggingStatus } from "@aws-sdk/client-redshift";
import type {
    DescribeSecretResponse,
    GetResourcePolicyResponse,
    GetSecretValueResponse,
} from "@aws-sdk/client-secrets-manager";
import { tagMap, type Invoke, type Invokes } from "../resource";
import type { Properties } from "../values";
import { existing } from "./existing";
import { filtersOf } from "./networks";

const byVersion = (a: DBEngineVersion, b: DBEngineVersion) =>
    a.EngineVersion!.localeCompare(b.EngineVersion!, "en", { numeric: true });

/** Of the versions that fit: the first preferred one, the latest where that is asked for, or the only one. */
function chosenVersion(versions: DBEngineVersion[], args: Properties): DBEngineVersion {
    const preferred = (args.preferredVersions ?? []).map((wanted: string) =>
        versions.find(({ EngineVersion }) => EngineVersion === wanted),
    );
    const found = preferred.find(Boolean) ?? (args.latest ? versions.toSorted(byVersion).at(-1) : versions[0]);
    if (!found) {
        throw new Error(
            "no RDS engine versions match the criteria and preferred versions. " +
                "Change the query criteria and try again",
        );
    }
    const isChoice = args.latest || preferred.some(Boolean) || versions.length === 1;
    if (!isChoice) {
        const all = versions.map(({ EngineVersion }) => EngineVersion).join(", ");
        throw new Error(`multiple RDS engine versions (${all}) match the criteria. Try a different search`);
    }
    return found;
}

const getEngineVersion: Invoke = async (aws, args) => {
    const isOpen = !args.version && !args.preferredVersions && !args.latest && !args.filters;
    const { DBEngineVersions = [] } = await aws.call<DBEngineVersionMessage>("rds", "DescribeDBEngineVersions", {
        Engine: args.engine,
        EngineVersion: args.version,
        DBParameterGroupFamily: args.parameterGroupFamily,
        DefaultOnly: args.defaultOnly ?? isOpen,
        IncludeAll: args.includeAll,
        Filters: filtersOf(args.filters),
    });
    const targets = (version: DBEngineVersion, isMajor?: boolean) =>
        (version.ValidUpgradeTarget ?? [])
            .filter(({ IsMajorVersionUpgrade }) => isMajor === undefined || IsMajorVersionUpgrade === isMajor)
            .map(({ EngineVersion }) => EngineVersion);
    const fitting = DBEngineVersions.filter(
        (version) =>
            (args.hasMajorTarget === undefined || targets(version, true).length > 0 === args.hasMajorTarget) &&
            (args.hasMinorTarget === undefined || targets(version, false).length > 0 === args.hasMinorTarget),
    );
    const found = chosenVersion(fitting, args);
    return {
        ...args,
        defaultCharacterSet: found.DefaultCharacterSet?.CharacterSetName ?? "",
        engineDescription: found.DBEngineDescription,
        exportableLogTypes: found.ExportableLogTypes ?? [],
        id: found.EngineVersion,
        parameterGroupFamily: found.DBParameterGroupFamily,
        region: aws.region,
        status: found.Status,
        supportedCharacterSets: (found.SupportedCharacterSets ?? []).map((set) => set.CharacterSetName),
        supportedFeatureNames: found.SupportedFeatureNames ?? [],
        supportedModes: found.SupportedEngineModes ?? [],
        supportedTimezones: (found.SupportedTimezones ?? []).map((zone) => zone.TimezoneName),
        supportsCertificateRotationWithoutRestart: found.SupportsCertificateRotationWithoutRestart ?? false,
        supportsGlobalDatabases: found.SupportsGlobalDatabases ?? false,
        supportsIntegrations: found.SupportsIntegrations ?? false,
        supportsLimitlessDatabase: found.SupportsLimitlessDatabase ?? false,
        supportsLocalWriteForwarding: found.SupportsLocalWriteForwarding ?? false,
        supportsLogExportsToCloudwatch: found.SupportsLogExportsToCloudwatchLogs ?? false,
        supportsParallelQuery: found.SupportsParallelQuery ?? false,
        supportsReadReplica: found.SupportsReadReplica ?? false,
        validMajorTargets: targets(found, true),
        validMinorTargets: targets(found, false),
        validUpgradeTargets: targets(found),
        version: found.EngineVersion,
        versionActual: found.EngineVersion,
        versionDescription: found.DBEngineVersionDescription,
    };
};

const getCluster: Invoke = async (aws, { clusterIdentifier }) => {
    const cluster = await existing(aws, "aws:rds/cluster:Cluster", clusterIdentifier);
    return {
        ...cluster,
        clusterIdentifier,
        backtrackWindow: cluster.backtrackWindow ?? 0,
        finalSnapshotIdentifier: "",
        replicationSourceIdentifier: "",
    };
};

const getNamespace: Invoke = async (aws, { namespaceName }) => {
    const token = "aws:redshiftserverless/namespace:Namespace";
    const { defaultIamRoleArn = "", ...namespace } = await existing(aws, token, namespaceName);
    return { ...namespace, defaultIamRoleArn };
};

const getWorkgroup: Invoke = (aws, { workgroupName }) =>
    existing(aws, "aws:redshiftserverless/workgroup:Workgroup", workgroupName);

const getWarehouseCluster: Invoke = async (aws, { clusterIdentifier }) => {
    const input = { ClusterIdentifier: clusterIdentifier };
    const [cluster, described, logging] = await Promise.all([
        existing(aws, "aws:redshift/cluster:Cluster", clusterIdentifier),
        aws.call<{ Clusters: Cluster[] }>("redshift", "DescribeClusters", input),
        aws.call<LoggingStatus>("redshift", "DescribeLoggingStatus", input),
    ]);
    return {
        ...cluster,
        bucketName: logging.BucketName ?? "",
        elasticIp: cluster.elasticIp ?? "",
        enableLogging: logging.LoggingEnabled ?? false,
        // Without the port, which the resource's own has.
        endpoint: cluster.dnsName,
        logDestinationType: logging.LogDestinationType ?? "",
        logExports: logging.LogExports ?? [],
        s3KeyPrefix: logging.S3KeyPrefix ?? "",
        vpcId: described.Clusters[0].VpcId ?? "",
    };
};

const getSecret: Invoke = async (aws, { arn, name }) => {
    const SecretId = arn ?? name;
    const [secret, { ResourcePolicy }] = await Promise.all([
        aws.call<DescribeSecretResponse>("secretsmanager", "DescribeSecret", { SecretId }),
        aws.call<GetResourcePolicyResponse>("secretsmanager", "GetResourcePolicy", { SecretId }),
    ]);
    return {
        arn: secret.ARN,
        createdDate: secret.CreatedDate,
        description: secret.Description ?? "",
        id: secret.ARN,
        kmsKeyId: secret.KmsKeyId ?? "",
        lastChangedDate: secret.LastChangedDate,
        name: secret.Name,
        policy: ResourcePolicy ?? "",
        region: aws.region,
        tags: tagMap(secret.Tags),
        type: secret.Type ?? "",
    };
};

const getSecretVersion: Invoke = async (aws, { secretId, versionId, versionStage = "AWSCURRENT" }) => {
    const found = await aws.call<GetSecretValueResponse>("secretsmanager", "GetSecretValue", {
        SecretId: secretId,
        ...(versionId ? { VersionId: versionId } : { VersionStage: versionStage }),
    });
    return {
        arn: found.ARN,
        createdDate: found.CreatedDate,
        id: `${secretId}|${versionId ?? versionStage}`,
        region: aws.region,
        secretArn: found.ARN,
        secretBinary: found.SecretBinary ? Buffer.from(found.SecretBinary).toString("base64") : "",
        secretId,
        secretString: found.SecretString ?? "",
        versionId: found.VersionId,
        versionStage,
        versionStages: found.VersionStages,
    };
};

export const databases: Invokes = {
    "aws:rds/getCluster:getCluster": getCluster,
    "aws:rds/getEngineVersion:getEngineVersion": getEngineVersion,
    "aws:redshift/getCluster:getCluster": getWarehouseCluster,
    "aws:redshiftserverless/getNamespace:getNamespace": getNamespace,
    "aws:redshiftserverless/getWorkgroup:getWorkgroup": getWorkgroup,
    "aws:secretsmanager/getSecret:getSecret": getSecret,
    "aws:secretsmanager/getSecretVersion:getSecretVersion": getSecretVersion,
};
