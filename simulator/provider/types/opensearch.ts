import type {
    DescribeDomainResponse,
    DomainStatus,
    ListTagsResponse,
    LogPublishingOption,
} from "@aws-sdk/client-opensearch";
import { minutes } from "../../world/clock";
import { orGone, type Client } from "../client";
import { changed, retag, tagList, tagMap, type ResourceType, type ResourceTypes } from "../resource";
import { isObject, type Properties } from "../values";

const SERVICE = "es";

/** Names whose capitals AWS writes in another way; in all others only the first letter differs. */
const SPELLED: Record<string, string> = {
    aimlOptions: "AIMLOptions",
    ebsEnabled: "EBSEnabled",
    ebsOptions: "EBSOptions",
    enabledApiAccess: "EnabledAPIAccess",
    encryptAtRest: "EncryptionAtRestOptions",
    enforceHttps: "EnforceHTTPS",
    identityCenterInstanceArn: "IdentityCenterInstanceARN",
    ipAddressType: "IPAddressType",
    jwtOptions: "JWTOptions",
    masterUserArn: "MasterUserARN",
    multiAzWithStandbyEnabled: "MultiAZWithStandbyEnabled",
    nodeToNodeEncryption: "NodeToNodeEncryptionOptions",
    tlsSecurityPolicy: "TLSSecurityPolicy",
    vpcId: "VPCId",
    vpcOptions: "VPCOptions",
};

const BACK = Object.fromEntries(Object.entries(SPELLED).map(([key, member]) => [member, key]));

const memberOf = (key: string) => SPELLED[key] ?? key[0].toUpperCase() + key.slice(1);
const keyOf = (member: string) => BACK[member] ?? member[0].toLowerCase() + member.slice(1);

/** The same value with other names. */
function renamed(value: unknown, rename: (name: string) => string): unknown {
    if (Array.isArray(value)) {
        return value.map((item) => renamed(item, rename));
    }
    return isObject(value)
        ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [rename(name), renamed(inner, rename)]))
        : value;
}

/** Parts of a domain's configuration, which are given and read alike. */
const PARTS = [
    "advancedSecurityOptions",
    "aimlOptions",
    "clusterConfig",
    "cognitoOptions",
    "deploymentStrategyOptions",
    "domainEndpointOptions",
    "ebsOptions",
    "encryptAtRest",
    "identityCenterOptions",
    "ipAddressType",
    "nodeToNodeEncryption",
    "offPeakWindowOptions",
    "snapshotOptions",
    "softwareUpdateOptions",
    "vpcOptions",
];

/** All that can be changed without another domain. */
const CHANGEABLE = [...PARTS, "accessPolicies", "advancedOptions", "autoTuneOptions", "logPublishingOptions"];

const logOptions = (given: Properties[] = []) =>
    Object.fromEntries(
        given.map(({ logType, cloudwatchLogGroupArn, enabled = true }) => [
            logType,
            { CloudWatchLogsLogGroupArn: cloudwatchLogGroupArn, Enabled: enabled },
        ]),
    );

/** @param keys those that AWS is to be told */
function domainInput(args: Properties, keys: readonly string[] = CHANGEABLE): Properties {
    const { accessPolicies, advancedOptions, autoTuneOptions, logPublishingOptions } = args;
    const { rollbackOnDisable: _, ...autoTune } = autoTuneOptions ?? {};
    const all: Properties = {
        ...Object.fromEntries(PARTS.map((key) => [key, renamed(args[key], memberOf)])),
        accessPolicies,
        advancedOptions,
        autoTuneOptions: autoTuneOptions && renamed(autoTune, memberOf),
        logPublishingOptions: logPublishingOptions && logOptions(logPublishingOptions),
    };
    return Object.fromEntries(keys.map((key) => [memberOf(key), all[key]]));
}

async function findDomain(aws: Client, DomainName: string): Promise<DomainStatus | undefined> {
    const found = await aws.find<DescribeDomainResponse>(SERVICE, "DescribeDomain", { DomainName });
    return found?.DomainStatus;
}

const nameIn = (id: string) => id.slice(id.indexOf("/") + 1);

const domainReady = (aws: Client, name: string) =>
    aws.until(
        `OpenSearch Domain (${name}) to be processed`,
        async () => {
            const found = await findDomain(aws, name);
            return found?.Created && !found.Processing ? true : undefined;
        },
        minutes(60),
    );

/** What a domain's state says in the words of the properties. */
function domainProperties(found: DomainStatus, state: Properties): Properties {
    const parts = PARTS.map((key) => [key, renamed((found as Properties)[memberOf(key)], keyOf)]);
    const properties: Properties = Object.fromEntries(parts);
    const endpoint = found.Endpoint ?? found.Endpoints?.vpc ?? "";
    const { State, UseOffPeakWindow } = found.AutoTuneOptions ?? {};
    const logs = Object.entries(found.LogPublishingOptions ?? {}) as [string, LogPublishingOption][];
    return {
        ...properties,
        accessPolicies: found.AccessPolicies ?? "",
        advancedOptions: found.AdvancedOptions ?? {},
        advancedSecurityOptions: {
            ...properties.advancedSecurityOptions,
            // AWS never tells who it is.
            masterUserOptions: state.advancedSecurityOptions?.masterUserOptions,
        },
        aimlOptions: withoutCurrentState(properties.aimlOptions),
        arn: found.ARN,
        autoTuneOptions: {
            desiredState: State,
            maintenanceSchedules: state.autoTuneOptions?.maintenanceSchedules,
            rollbackOnDisable: state.autoTuneOptions?.rollbackOnDisable ?? "NO_ROLLBACK",
            useOffPeakWindow: UseOffPeakWindow,
        },
        clusterConfig: { ...properties.clusterConfig, nodeOptions: properties.clusterConfig.nodeOptions ?? [] },
        cognitoOptions: found.CognitoOptions?.Enabled ? properties.cognitoOptions : undefined,
        dashboardEndpoint: `${endpoint}/_dashboards`,
        dashboardEndpointV2: `${found.EndpointV2 ?? ""}/_dashboards`,
        domainEndpointV2HostedZoneId: found.DomainEndpointV2HostedZoneId ?? "",
        domainId: found.DomainId,
        domainName: found.DomainName,
        ebsOptions: { iops: 0, throughput: 0, volumeSize: 0, volumeType: "", ...properties.ebsOptions },
        encryptAtRest: { kmsKeyId: "", ...properties.encryptAtRest },
        endpoint,
        endpointV2: found.EndpointV2 ?? "",
        engineVersion: found.EngineVersion,
        logPublishingOptions: logs.map(([logType, { CloudWatchLogsLogGroupArn, Enabled }]) => ({
            logType,
            cloudwatchLogGroupArn: CloudWatchLogsLogGroupArn,
            enabled: Enabled,
        })),
    };
}

function withoutCurrentState({ naturalLanguageQueryGenerationOptions: queries, ...others }: Properties): Properties {
    return { ...others, naturalLanguageQueryGenerationOptions: { desiredState: queries?.desiredState } };
}

async function updateDomain(aws: Client, DomainName: string, input: Properties): Promise<void> {
    await aws.call(SERVICE, "UpdateDomainConfig", { DomainName, ...input });
    await domainReady(aws, DomainName);
}

const domain: ResourceType = {
    label: "OpenSearch Domain",
    autoname: { property: "domainName", max: 28 },
    replaces: ["domainName"],
    documents: ["accessPolicies"],
    sets: ["logPublishingOptions"],

    async create(aws, args) {
        await aws.call(SERVICE, "CreateDomain", {
            DomainName: args.domainName,
            EngineVersion: args.engineVersion,
            ...domainInput(args),
            TagList: args.tags && tagList(args.tags),
        });
        return aws.arn(SERVICE, `domain/${args.domainName}`, { accountId: aws.accountId });
    },

    async settle(aws, id) {
        await domainReady(aws, nameIn(id));
    },

    async read(aws, id, state) {
        const found = await findDomain(aws, nameIn(id));
        if (!found || found.Deleted) {
            return undefined;
        }
        const { TagList } = await aws.call<ListTagsResponse>(SERVICE, "ListTags", { ARN: found.ARN });
        return { ...domainProperties(found, state), tagsAll: tagMap(TagList) };
    },

    async update(aws, id, args, before) {
        const DomainName = nameIn(id);
        const keys = CHANGEABLE.filter((key) => changed(before, args, key));
        if (keys.length > 0) {
            await updateDomain(aws, DomainName, domainInput(args, keys));
        }
        if (changed(before, args, "engineVersion")) {
            await aws.call(SERVICE, "UpgradeDomain", { DomainName, TargetVersion: args.engineVersion });
            await domainReady(aws, DomainName);
        }
        await retag(before, args, {
            tag: (tags) => aws.call(SERVICE, "AddTags", { ARN: id, TagList: tagList(tags) }),
            untag: (TagKeys) => aws.call(SERVICE, "RemoveTags", { ARN: id, TagKeys }),
        });
    },

    async delete(aws, id) {
        const DomainName = nameIn(id);
        await orGone(aws.call(SERVICE, "DeleteDomain", { DomainName }));
        await aws.until(
            `OpenSearch Domain (${DomainName}) to be deleted`,
            async () => ((await findDomain(aws, DomainName)) ? undefined : true),
            minutes(60),
        );
    },
};

const policyId = (name: string) => `esd-policy-${name}`;

const domainPolicy: ResourceType = {
    label: "OpenSearch Domain Policy",
    replaces: ["domainName"],
    documents: ["accessPolicies"],

    async create(aws, { domainName, accessPolicies }) {
        await updateDomain(aws, domainName, { AccessPolicies: accessPolicies });
        return policyId(domainName);
    },

    async read(aws, id, { domainName = id.replace(policyId(""), "") }) {
        const found = await findDomain(aws, domainName);
        return found?.AccessPolicies ? { accessPolicies: found.AccessPolicies, domainName } : undefined;
    },

    async update(aws, _id, { domainName, accessPolicies }) {
        await updateDomain(aws, domainName, { AccessPolicies: accessPolicies });
    },

    async delete(aws, _id, { domainName }) {
        await orGone(updateDomain(aws, domainName, { AccessPolicies: "" }));
    },
};

export const opensearch: ResourceTypes = {
    "aws:opensearch/domain:Domain": domain,
    "aws:opensearch/domainPolicy:DomainPolicy": domainPolicy,
};
