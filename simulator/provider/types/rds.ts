import type {
    DBCluster,
    DBClusterMessage,
    DBInstance,
    DBInstanceMessage,
    DBSubnetGroupMessage,
    MasterUserSecret,
    Parameter,
    TagListMessage,
    VpcSecurityGroupMembership,
} from "@aws-sdk/client-rds";
import { hours } from "../../world/clock";
import { orGone, type Client } from "../client";
import { capitalized, changedMembers, fromMembers, toMembers, type Members } from "../members";
import {
    changed,
    DESCRIPTION,
    inOrderOf,
    retag,
    tagList,
    tagMap,
    type ResourceType,
    type ResourceTypes,
} from "../resource";
import type { Properties } from "../values";
import { integrationType } from "./integration";

const SERVICE = "rds";

const retagged = (aws: Client, before: Properties, args: Properties, ResourceName: string) =>
    retag(before, args, {
        tag: (tags) => aws.call(SERVICE, "AddTagsToResource", { ResourceName, Tags: tagList(tags) }),
        untag: (TagKeys) => aws.call(SERVICE, "RemoveTagsFromResource", { ResourceName, TagKeys }),
    });

async function tagsOf(aws: Client, ResourceName: string) {
    return tagMap((await aws.call<TagListMessage>(SERVICE, "ListTagsForResource", { ResourceName })).TagList);
}

/** A program may name a version by its beginning, and AWS moves on within it. */
const versionState = ({ EngineVersion: actual = "" }: DBCluster | DBInstance, { engineVersion }: Properties) => ({
    engineVersion: engineVersion && actual.startsWith(engineVersion) ? engineVersion : actual,
    engineVersionActual: actual,
});

const securityGroupIds = (groups: VpcSecurityGroupMembership[] = []) => groups.map((g) => g.VpcSecurityGroupId);

const secretState = (secret?: MasterUserSecret) =>
    secret ? [{ kmsKeyId: secret.KmsKeyId, secretArn: secret.SecretArn, secretStatus: secret.SecretStatus }] : [];

/** Which logs go to CloudWatch is changed by what comes and what goes. */
function logExports(before: Properties, after: Properties) {
    const [old, wanted]: string[][] = [before, after].map((args) => args.enabledCloudwatchLogsExports ?? []);
    return changed({ logs: old }, { logs: wanted }, "logs")
        ? {
              CloudwatchLogsExportConfiguration: {
                  EnableLogTypes: wanted.filter((type) => !old.includes(type)),
                  DisableLogTypes: old.filter((type) => !wanted.includes(type)),
              },
          }
        : {};
}

/** A database goes without a last snapshot only when the program says so. */
function finalSnapshot(label: string, { skipFinalSnapshot = false, finalSnapshotIdentifier }: Properties) {
    if (!skipFinalSnapshot && !finalSnapshotIdentifier) {
        throw new Error(`${label} final_snapshot_identifier is required when skip_final_snapshot is false`);
    }
    return {
        SkipFinalSnapshot: skipFinalSnapshot,
        FinalDBSnapshotIdentifier: skipFinalSnapshot ? undefined : finalSnapshotIdentifier,
    };
}

/** What both clusters and instances may be without. */
const WITHOUT = {
    kmsKeyId: "",
    monitoringInterval: 0,
    monitoringRoleArn: "",
    performanceInsightsKmsKeyId: "",
    performanceInsightsRetentionPeriod: 0,
};

/** Members of a cluster that are the same in calls and in answers. */
const CLUSTER: Members = {
    ...capitalized("allocatedStorage", "autoMinorVersionUpgrade", "availabilityZones", "backtrackWindow"),
    ...capitalized("backupRetentionPeriod", "clusterScalabilityType", "copyTagsToSnapshot", "databaseInsightsMode"),
    ...capitalized("databaseName", "deletionProtection", "engine", "engineLifecycleSupport", "engineMode", "iops"),
    ...capitalized("kmsKeyId", "masterUsername", "monitoringInterval", "monitoringRoleArn", "networkType"),
    ...capitalized("performanceInsightsRetentionPeriod", "port", "preferredBackupWindow"),
    ...capitalized("preferredMaintenanceWindow", "storageEncrypted", "storageType"),
    clusterIdentifier: "DBClusterIdentifier",
    dbClusterInstanceClass: "DBClusterInstanceClass",
    dbSystemId: "DBSystemId",
    performanceInsightsKmsKeyId: "PerformanceInsightsKMSKeyId",
};

const CLUSTER_INPUT: Members = {
    ...CLUSTER,
    ...capitalized("enableGlobalWriteForwarding", "enableHttpEndpoint", "enableLocalWriteForwarding", "engineVersion"),
    ...capitalized("manageMasterUserPassword", "masterUserSecretKmsKeyId", "vpcSecurityGroupIds"),
    caCertificateIdentifier: "CACertificateIdentifier",
    dbClusterParameterGroupName: "DBClusterParameterGroupName",
    dbSubnetGroupName: "DBSubnetGroupName",
    enabledCloudwatchLogsExports: "EnableCloudwatchLogsExports",
    iamDatabaseAuthenticationEnabled: "EnableIAMDatabaseAuthentication",
    masterPassword: "MasterUserPassword",
    performanceInsightsEnabled: "EnablePerformanceInsights",
};

const CLUSTER_FIXED = [
    "availabilityZones",
    "clusterIdentifier",
    "clusterIdentifierPrefix",
    "clusterMembers",
    "clusterScalabilityType",
    "databaseName",
    "dbSubnetGroupName",
    "dbSystemId",
    "engine",
    "engineMode",
    "kmsKeyId",
    "masterUsername",
    "storageEncrypted",
];

const CLUSTER_CHANGEABLE = without(CLUSTER_INPUT, [...CLUSTER_FIXED, "enabledCloudwatchLogsExports"]);

function without(members: Members, keys: string[]): Members {
    return Object.fromEntries(Object.entries(members).filter(([key]) => !keys.includes(key)));
}

const scaling = (given?: Properties) =>
    given && {
        MinCapacity: given.minCapacity,
        MaxCapacity: given.maxCapacity,
        SecondsUntilAutoPause: given.secondsUntilAutoPause,
    };

async function findCluster(aws: Client, DBClusterIdentifier: string): Promise<DBCluster | undefined> {
    const operation = "DescribeDBClusters";
    return (await aws.find<DBClusterMessage>(SERVICE, operation, { DBClusterIdentifier }))?.DBClusters?.[0];
}

const clusterAvailable = (aws: Client, label: string, id: string) =>
    aws.until(
        `${label} (${id}) to become available`,
        async () => ((await findCluster(aws, id))?.Status === "available" ? true : undefined),
        hours(2),
    );

/** A cluster of RDS, or of a service that has RDS's. */
export const clusterType = (label: string): ResourceType => ({
    label,
    autoname: { property: "clusterIdentifier", max: 63, late: "tf-" },
    defaults: { backupRetentionPeriod: 1, engineMode: "provisioned" },
    replaces: CLUSTER_FIXED,
    sets: ["availabilityZones", "clusterMembers", "enabledCloudwatchLogsExports", "iamRoles", "vpcSecurityGroupIds"],
    recomputes: { engineVersion: ["engineVersionActual"] },
    notSimulated: [
        "domain",
        "domainIamRoleName",
        "globalClusterIdentifier",
        "iamRoles",
        "masterPasswordWo",
        "masterPasswordWoVersion",
        "replicationSourceIdentifier",
        "restoreToPointInTime",
        "s3Import",
        "scalingConfiguration",
        "snapshotIdentifier",
        "sourceRegion",
        "warningEventCategories",
    ],

    async create(aws, args) {
        await aws.call(SERVICE, "CreateDBCluster", {
            ...toMembers(CLUSTER_INPUT, args),
            ServerlessV2ScalingConfiguration: scaling(args.serverlessv2ScalingConfiguration),
            Tags: args.tags && tagList(args.tags),
        });
        return args.clusterIdentifier;
    },

    async settle(aws, id) {
        await clusterAvailable(aws, label, id);
    },

    async read(aws, id, state) {
        const found = await findCluster(aws, id);
        const serverless = found?.ServerlessV2ScalingConfiguration;
        return (
            found && {
                ...fromMembers(CLUSTER, found, { ...WITHOUT, databaseName: "", dbSystemId: "" }),
                ...versionState(found, state),
                applyImmediately: state.applyImmediately ?? false,
                arn: found.DBClusterArn,
                caCertificateIdentifier: found.CertificateDetails?.CAIdentifier ?? "",
                caCertificateValidTill: found.CertificateDetails?.ValidTill ?? "",
                clusterIdentifierPrefix: state.clusterIdentifierPrefix ?? "",
                clusterMembers: (found.DBClusterMembers ?? []).map((member) => member.DBInstanceIdentifier),
                clusterResourceId: found.DbClusterResourceId,
                dbClusterParameterGroupName: found.DBClusterParameterGroup,
                dbSubnetGroupName: found.DBSubnetGroup,
                enableGlobalWriteForwarding: found.GlobalWriteForwardingRequested ?? false,
                enableHttpEndpoint: found.HttpEndpointEnabled ?? false,
                enableLocalWriteForwarding: found.LocalWriteForwardingStatus === "enabled",
                enabledCloudwatchLogsExports: found.EnabledCloudwatchLogsExports ?? [],
                endpoint: found.Endpoint,
                globalClusterIdentifier: found.GlobalClusterIdentifier ?? "",
                hostedZoneId: found.HostedZoneId ?? "",
                iamDatabaseAuthenticationEnabled: found.IAMDatabaseAuthenticationEnabled ?? false,
                iamRoles: (found.AssociatedRoles ?? []).map((role) => role.RoleArn),
                masterUserSecretKmsKeyId: found.MasterUserSecret?.KmsKeyId ?? "",
                masterUserSecrets: secretState(found.MasterUserSecret),
                performanceInsightsEnabled: found.PerformanceInsightsEnabled ?? false,
                readerEndpoint: found.ReaderEndpoint ?? "",
                serverlessv2ScalingConfiguration: serverless && {
                    minCapacity: serverless.MinCapacity,
                    maxCapacity: serverless.MaxCapacity,
                    secondsUntilAutoPause: serverless.SecondsUntilAutoPause ?? 0,
                },
                tagsAll: tagMap(found.TagList),
                upgradeRolloutOrder: found.UpgradeRolloutOrder ?? "",
                vpcSecurityGroupIds: securityGroupIds(found.VpcSecurityGroups),
            }
        );
    },

    async update(aws, id, args, before, { arn }) {
        const changes = {
            ...changedMembers(CLUSTER_CHANGEABLE, before, args),
            ...logExports(before, args),
            ...(changed(before, args, "serverlessv2ScalingConfiguration") && {
                ServerlessV2ScalingConfiguration: scaling(args.serverlessv2ScalingConfiguration),
            }),
        };
        if (Object.keys(changes).length > 0) {
            await aws.call(SERVICE, "ModifyDBCluster", {
                DBClusterIdentifier: id,
                ...changes,
                AllowMajorVersionUpgrade: args.allowMajorVersionUpgrade,
                ApplyImmediately: args.applyImmediately ?? false,
            });
            await clusterAvailable(aws, label, id);
        }
        await retagged(aws, before, args, arn);
    },

    async delete(aws, id, state) {
        await orGone(
            aws.call(SERVICE, "DeleteDBCluster", {
                DBClusterIdentifier: id,
                ...finalSnapshot(label, state),
                DeleteAutomatedBackups: state.deleteAutomatedBackups,
            }),
        );
        await aws.until(
            `${label} (${id}) to be deleted`,
            async () => ((await findCluster(aws, id)) ? undefined : true),
            hours(2),
        );
    },
});

/** Members of an instance that are the same in calls and in answers, in a cluster or alone. */
const ANY_INSTANCE: Members = {
    ...capitalized("autoMinorVersionUpgrade", "availabilityZone", "copyTagsToSnapshot", "customIamInstanceProfile"),
    ...capitalized("engine", "monitoringInterval", "monitoringRoleArn", "performanceInsightsRetentionPeriod"),
    ...capitalized("publiclyAccessible"),
    caCertIdentifier: "CACertificateIdentifier",
    identifier: "DBInstanceIdentifier",
    instanceClass: "DBInstanceClass",
    performanceInsightsKmsKeyId: "PerformanceInsightsKMSKeyId",
};

const ANY_INSTANCE_INPUT: Members = {
    ...ANY_INSTANCE,
    ...capitalized("engineVersion"),
    dbSubnetGroupName: "DBSubnetGroupName",
    performanceInsightsEnabled: "EnablePerformanceInsights",
};

const MEMBER: Members = {
    ...ANY_INSTANCE,
    ...capitalized("preferredBackupWindow", "preferredMaintenanceWindow", "promotionTier"),
    clusterIdentifier: "DBClusterIdentifier",
};

const MEMBER_INPUT: Members = { ...ANY_INSTANCE_INPUT, ...MEMBER, dbParameterGroupName: "DBParameterGroupName" };

const MEMBER_FIXED = [
    "availabilityZone",
    "clusterIdentifier",
    "customIamInstanceProfile",
    "dbSubnetGroupName",
    "engine",
    "engineVersion",
    "identifier",
    "identifierPrefix",
    "performanceInsightsKmsKeyId",
];

/** @param id an identifier, or the `db-…` under which RDS knows an instance for good */
async function findInstance(aws: Client, id: string): Promise<DBInstance | undefined> {
    const input = /^db-[A-Z0-9]{2,}$/.test(id)
        ? { Filters: [{ Name: "dbi-resource-id", Values: [id] }] }
        : { DBInstanceIdentifier: id };
    return (await aws.find<DBInstanceMessage>(SERVICE, "DescribeDBInstances", input))?.DBInstances?.[0];
}

const instanceAvailable = (aws: Client, id: string) =>
    aws.until(
        `RDS DB Instance (${id}) to become available`,
        async () => ((await findInstance(aws, id))?.DBInstanceStatus === "available" ? true : undefined),
        hours(2),
    );

const instanceGone = (aws: Client, id: string) =>
    aws.until(
        `RDS DB Instance (${id}) to be deleted`,
        async () => ((await findInstance(aws, id)) ? undefined : true),
        hours(1),
    );

/** Outputs of an instance in a cluster or alone that are not simply a member of AWS's answer. */
const anyInstanceState = (found: DBInstance, state: Properties): Properties => ({
    ...versionState(found, state),
    arn: found.DBInstanceArn,
    dbSubnetGroupName: found.DBSubnetGroup?.DBSubnetGroupName ?? "",
    identifierPrefix: state.identifierPrefix ?? "",
    kmsKeyId: found.KmsKeyId ?? "",
    networkType: found.NetworkType ?? "",
    performanceInsightsEnabled: found.PerformanceInsightsEnabled ?? false,
    port: found.Endpoint?.Port,
    storageEncrypted: found.StorageEncrypted ?? false,
    tagsAll: tagMap(found.TagList),
});

const parameterGroupOf = ({ DBParameterGroups: [group] = [] }: DBInstance) => group?.DBParameterGroupName;

/** An instance of such a cluster. */
export const clusterInstanceType = (label: string): ResourceType => ({
    label,
    autoname: { property: "identifier", max: 63, late: "tf-" },
    defaults: { autoMinorVersionUpgrade: true },
    replaces: MEMBER_FIXED,
    recomputes: { engineVersion: ["engineVersionActual"] },
    notSimulated: ["warningEventCategories"],

    async create(aws, args) {
        await aws.call(SERVICE, "CreateDBInstance", {
            ...toMembers(MEMBER_INPUT, args),
            Tags: args.tags && tagList(args.tags),
        });
        return args.identifier;
    },

    async settle(aws, id) {
        await instanceAvailable(aws, id);
    },

    async read(aws, id, state) {
        const found = await findInstance(aws, id);
        if (!found?.DBClusterIdentifier) {
            return undefined;
        }
        const members = (await findCluster(aws, found.DBClusterIdentifier))?.DBClusterMembers ?? [];
        return {
            ...fromMembers(MEMBER, found, WITHOUT),
            ...anyInstanceState(found, state),
            applyImmediately: state.applyImmediately ?? false,
            dbParameterGroupName: parameterGroupOf(found),
            dbiResourceId: found.DbiResourceId,
            endpoint: found.Endpoint?.Address,
            writer: members.some((member) => member.DBInstanceIdentifier === id && member.IsClusterWriter),
        };
    },

    async update(aws, id, args, before, { arn }) {
        const changes = changedMembers(without(MEMBER_INPUT, MEMBER_FIXED), before, args);
        if (Object.keys(changes).length > 0) {
            await aws.call(SERVICE, "ModifyDBInstance", {
                DBInstanceIdentifier: id,
                ...changes,
                ApplyImmediately: args.applyImmediately ?? false,
            });
            await instanceAvailable(aws, id);
        }
        await retagged(aws, before, args, arn);
    },

    async delete(aws, id) {
        await orGone(aws.call(SERVICE, "DeleteDBInstance", { DBInstanceIdentifier: id, SkipFinalSnapshot: true }));
        await instanceGone(aws, id);
    },
});

const INSTANCE: Members = {
    ...ANY_INSTANCE,
    ...capitalized("allocatedStorage", "backupRetentionPeriod", "backupTarget", "characterSetName"),
    ...capitalized("customerOwnedIpEnabled", "databaseInsightsMode", "dedicatedLogVolume", "deletionProtection"),
    ...capitalized("engineLifecycleSupport", "iops", "kmsKeyId", "licenseModel", "maxAllocatedStorage"),
    ...capitalized("ncharCharacterSetName", "networkType", "storageEncrypted", "storageThroughput", "storageType"),
    ...capitalized("timezone"),
    backupWindow: "PreferredBackupWindow",
    dbName: "DBName",
    maintenanceWindow: "PreferredMaintenanceWindow",
    multiAz: "MultiAZ",
    username: "MasterUsername",
};

const INSTANCE_INPUT: Members = {
    ...ANY_INSTANCE_INPUT,
    ...INSTANCE,
    ...capitalized("manageMasterUserPassword", "masterUserSecretKmsKeyId", "optionGroupName", "port"),
    ...capitalized("vpcSecurityGroupIds"),
    customerOwnedIpEnabled: "EnableCustomerOwnedIp",
    enabledCloudwatchLogsExports: "EnableCloudwatchLogsExports",
    iamDatabaseAuthenticationEnabled: "EnableIAMDatabaseAuthentication",
    parameterGroupName: "DBParameterGroupName",
    password: "MasterUserPassword",
};

const INSTANCE_WITHOUT = {
    ...WITHOUT,
    characterSetName: "",
    dbName: "",
    iops: 0,
    ncharCharacterSetName: "",
    storageThroughput: 0,
    timezone: "",
};

/** What a replica has from its source. */
const OF_THE_SOURCE = ["backupRetentionPeriod", "dbName", "engine", "engineVersion", "password", "username"];

const INSTANCE_FIXED = [
    "availabilityZone",
    "backupTarget",
    "characterSetName",
    "customIamInstanceProfile",
    "dbName",
    "engine",
    "identifier",
    "identifierPrefix",
    "kmsKeyId",
    "ncharCharacterSetName",
    "storageEncrypted",
    "timezone",
    "username",
];

const INSTANCE_CHANGEABLE: Members = {
    ...without(INSTANCE_INPUT, [...INSTANCE_FIXED, "enabledCloudwatchLogsExports"]),
    port: "DBPortNumber",
};

const instance: ResourceType = {
    label: "RDS DB Instance",
    autoname: { property: "identifier", max: 255 },
    defaults: { autoMinorVersionUpgrade: true },
    replaces: INSTANCE_FIXED,
    sets: ["enabledCloudwatchLogsExports", "vpcSecurityGroupIds"],
    recomputes: { engineVersion: ["engineVersionActual"] },
    notSimulated: [
        "blueGreenUpdate",
        "domain",
        "domainAuthSecretArn",
        "domainDnsIps",
        "domainFqdn",
        "domainIamRoleName",
        "domainOu",
        "passwordWo",
        "passwordWoVersion",
        "replicaMode",
        "restoreToPointInTime",
        "s3Import",
        "snapshotIdentifier",
        "upgradeStorageConfig",
        "warningEventCategories",
    ],

    async create(aws, args) {
        const Tags = args.tags && tagList(args.tags);
        const { DBInstance: made } = await (args.replicateSourceDb
            ? aws.call<{ DBInstance: DBInstance }>(SERVICE, "CreateDBInstanceReadReplica", {
                  ...toMembers(without(INSTANCE_INPUT, OF_THE_SOURCE), args),
                  SourceDBInstanceIdentifier: args.replicateSourceDb,
                  Tags,
              })
            : aws.call<{ DBInstance: DBInstance }>(SERVICE, "CreateDBInstance", {
                  ...toMembers(INSTANCE_INPUT, args),
                  Tags,
              }));
        return made.DbiResourceId!;
    },

    async settle(aws, id) {
        await instanceAvailable(aws, id);
    },

    async read(aws, id, state) {
        const found = await findInstance(aws, id);
        const listener = found?.ListenerEndpoint;
        return (
            found && {
                ...fromMembers(INSTANCE, found, INSTANCE_WITHOUT),
                ...anyInstanceState(found, state),
                address: found.Endpoint?.Address,
                domainFqdn: "",
                enabledCloudwatchLogsExports: found.EnabledCloudwatchLogsExports ?? [],
                endpoint: found.Endpoint && `${found.Endpoint.Address}:${found.Endpoint.Port}`,
                hostedZoneId: found.Endpoint?.HostedZoneId ?? "",
                iamDatabaseAuthenticationEnabled: found.IAMDatabaseAuthenticationEnabled ?? false,
                latestRestorableTime: found.LatestRestorableTime ?? "",
                listenerEndpoints: listener
                    ? [{ address: listener.Address, hostedZoneId: listener.HostedZoneId, port: listener.Port }]
                    : [],
                masterUserSecretKmsKeyId: found.MasterUserSecret?.KmsKeyId ?? "",
                masterUserSecrets: secretState(found.MasterUserSecret),
                optionGroupName: found.OptionGroupMemberships?.[0]?.OptionGroupName ?? "",
                parameterGroupName: parameterGroupOf(found),
                replicaMode: found.ReplicaMode ?? "",
                replicas: found.ReadReplicaDBInstanceIdentifiers ?? [],
                replicateSourceDb: found.ReadReplicaSourceDBInstanceIdentifier ? state.replicateSourceDb : "",
                resourceId: found.DbiResourceId,
                snapshotIdentifier: "",
                status: found.DBInstanceStatus,
                upgradeRolloutOrder: found.UpgradeRolloutOrder ?? "",
                vpcSecurityGroupIds: securityGroupIds(found.VpcSecurityGroups),
            }
        );
    },

    async update(aws, id, args, before, { arn, identifier }) {
        const changes = { ...changedMembers(INSTANCE_CHANGEABLE, before, args), ...logExports(before, args) };
        if (Object.keys(changes).length > 0) {
            await aws.call(SERVICE, "ModifyDBInstance", {
                DBInstanceIdentifier: identifier,
                ...changes,
                AllowMajorVersionUpgrade: args.allowMajorVersionUpgrade,
                ApplyImmediately: args.applyImmediately ?? false,
            });
            await instanceAvailable(aws, id);
        }
        await retagged(aws, before, args, arn);
    },

    async delete(aws, id, state) {
        await orGone(
            aws.call(SERVICE, "DeleteDBInstance", {
                DBInstanceIdentifier: state.identifier,
                ...(state.replicateSourceDb ? { SkipFinalSnapshot: true } : finalSnapshot("RDS DB Instance", state)),
                DeleteAutomatedBackups: state.deleteAutomatedBackups,
            }),
        );
        await instanceGone(aws, id);
    },
};

/** Of one call. */
const MAX_PARAMETERS = 20;

type ApplyMethod = "immediate" | "pending-reboot";

const parameters = (given: Properties[] = [], byDefault: ApplyMethod): Parameter[] =>
    given.map(({ name, value, applyMethod = byDefault }) => ({
        ParameterName: name,
        ParameterValue: value,
        ApplyMethod: applyMethod,
    }));

const parametersState = (found: Parameter[]) =>
    found.map((parameter) => ({
        name: parameter.ParameterName,
        value: parameter.ParameterValue,
        applyMethod: parameter.ApplyMethod,
    }));

/**
 * Parameter groups of clusters and of instances: the same under different names.
 *
 * @param byDefault how a parameter is applied of which the program does not say
 */
export function parameterGroupType(
    label: string,
    group: "DBClusterParameterGroup" | "DBParameterGroup",
    describeParameters: "DescribeDBClusterParameters" | "DescribeDBParameters",
    byDefault: ApplyMethod = "immediate",
): ResourceType {
    const named = (id: string) => ({ [`${group}Name`]: id });

    async function inChunks(aws: Client, operation: string, id: string, all: Parameter[]): Promise<void> {
        for (let at = 0; at < all.length; at += MAX_PARAMETERS) {
            const Parameters = all.slice(at, at + MAX_PARAMETERS);
            await aws.call(SERVICE, `${operation}${group}`, { ...named(id), Parameters });
        }
    }

    async function declared(aws: Client, id: string): Promise<Parameter[]> {
        const all: Parameter[] = [];
        let Marker: string | undefined;
        do {
            const input = { ...named(id), Source: "user", Marker };
            const page = await aws.call<{ Parameters?: Parameter[]; Marker?: string }>(
                SERVICE,
                describeParameters,
                input,
            );
            all.push(...(page.Parameters ?? []));
            Marker = page.Marker;
        } while (Marker);
        return all;
    }

    return {
        label,
        autoname: { property: "name", max: 255 },
        defaults: { description: DESCRIPTION },
        replaces: ["name", "namePrefix", "family", "description"],
        sets: ["parameters"],

        async create(aws, args) {
            await aws.call(SERVICE, `Create${group}`, {
                ...named(args.name),
                DBParameterGroupFamily: args.family,
                Description: args.description,
                Tags: args.tags && tagList(args.tags),
            });
            return args.name;
        },

        async settle(aws, id, args) {
            await inChunks(aws, "Modify", id, parameters(args.parameters, byDefault));
        },

        async read(aws, id, state) {
            const found = (await aws.find<Properties>(SERVICE, `Describe${group}s`, named(id)))?.[`${group}s`][0];
            return (
                found && {
                    arn: found[`${group}Arn`],
                    description: found.Description,
                    family: found.DBParameterGroupFamily,
                    name: found[`${group}Name`],
                    namePrefix: state.namePrefix ?? "",
                    parameters: inOrderOf(state.parameters, parametersState(await declared(aws, id))),
                    tagsAll: await tagsOf(aws, found[`${group}Arn`]),
                }
            );
        },

        async update(aws, id, args, before, { arn }) {
            const [old, wanted] = [before, args].map((given) => parameters(given.parameters, byDefault));
            const texts = old.map((parameter) => JSON.stringify(parameter));
            const names = wanted.map(({ ParameterName }) => ParameterName);
            const reset = old.filter(({ ParameterName }) => !names.includes(ParameterName));
            const set = wanted.filter((parameter) => !texts.includes(JSON.stringify(parameter)));
            await inChunks(aws, "Reset", id, reset);
            await inChunks(aws, "Modify", id, set);
            await retagged(aws, before, args, arn);
        },

        async delete(aws, id, state) {
            if (!state.skipDestroy) {
                await orGone(aws.call(SERVICE, `Delete${group}`, named(id)));
            }
        },
    };
}

export const subnetGroup: ResourceType = {
    label: "RDS DB Subnet Group",
    autoname: { property: "name", max: 255 },
    defaults: { description: DESCRIPTION },
    replaces: ["name", "namePrefix"],
    sets: ["subnetIds"],

    async create(aws, args) {
        await aws.call(SERVICE, "CreateDBSubnetGroup", {
            DBSubnetGroupName: args.name,
            DBSubnetGroupDescription: args.description,
            SubnetIds: args.subnetIds,
            Tags: args.tags && tagList(args.tags),
        });
        return args.name;
    },

    async read(aws, id, state) {
        const input = { DBSubnetGroupName: id };
        const found = await aws.find<DBSubnetGroupMessage>(SERVICE, "DescribeDBSubnetGroups", input);
        const group = found?.DBSubnetGroups?.[0];
        return (
            group && {
                arn: group.DBSubnetGroupArn,
                description: group.DBSubnetGroupDescription,
                name: group.DBSubnetGroupName,
                namePrefix: state.namePrefix ?? "",
                subnetIds: (group.Subnets ?? []).map((subnet) => subnet.SubnetIdentifier),
                supportedNetworkTypes: group.SupportedNetworkTypes ?? [],
                tagsAll: await tagsOf(aws, group.DBSubnetGroupArn!),
                vpcId: group.VpcId,
            }
        );
    },

    async update(aws, id, args, before, { arn }) {
        if (changed(before, args, "description", "subnetIds")) {
            await aws.call(SERVICE, "ModifyDBSubnetGroup", {
                DBSubnetGroupName: id,
                DBSubnetGroupDescription: args.description,
                SubnetIds: args.subnetIds,
            });
        }
        await retagged(aws, before, args, arn);
    },

    async delete(aws, id) {
        await orGone(aws.call(SERVICE, "DeleteDBSubnetGroup", { DBSubnetGroupName: id }));
    },
};

export const rds: ResourceTypes = {
    "aws:rds/cluster:Cluster": clusterType("RDS Cluster"),
    "aws:rds/clusterInstance:ClusterInstance": clusterInstanceType("RDS Cluster Instance"),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": parameterGroupType(
        "RDS Cluster Parameter Group",
        "DBClusterParameterGroup",
        "DescribeDBClusterParameters",
    ),
    "aws:rds/instance:Instance": instance,
    "aws:rds/integration:Integration": integrationType({
        service: SERVICE,
        label: "RDS Integration",
        changeable: capitalized("dataFilter", "integrationName"),
        identifier: "IntegrationIdentifier",
        tags: "Tags",
        tagOperations: { tag: "AddTagsToResource", untag: "RemoveTagsFromResource" },
        loses: false,
        outputs: ({ IntegrationArn }) => ({ integrationIdentifier: IntegrationArn!.split(":").at(-1) }),
    }),
    "aws:rds/parameterGroup:ParameterGroup": parameterGroupType(
        "RDS DB Parameter Group",
        "DBParameterGroup",
        "DescribeDBParameters",
    ),
    "aws:rds/subnetGroup:SubnetGroup": subnetGroup,
};
