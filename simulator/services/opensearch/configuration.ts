import type {
    AIMLOptionsInput,
    AutoTuneOptionsInput,
    CreateDomainRequest,
    DomainConfig,
    DomainStatus,
    EBSOptions,
    EncryptionAtRestOptions,
    OptionStatus,
} from "@aws-sdk/client-opensearch";

import type { Context } from "../../world/context";
import { findKey } from "../kms/state";
import { placement } from "./rules";
import { DEFAULT_VERSION } from "./versions";

/** The parts of a domain's configuration: each is given, changed and followed by itself. */
const PARTS = [
    "ClusterConfig",
    "EBSOptions",
    "AccessPolicies",
    "IPAddressType",
    "SnapshotOptions",
    "VPCOptions",
    "CognitoOptions",
    "EncryptionAtRestOptions",
    "NodeToNodeEncryptionOptions",
    "AdvancedOptions",
    "LogPublishingOptions",
    "DomainEndpointOptions",
    "AdvancedSecurityOptions",
    "IdentityCenterOptions",
    "AutoTuneOptions",
    "OffPeakWindowOptions",
    "SoftwareUpdateOptions",
    "AIMLOptions",
    "DeploymentStrategyOptions",
] as const;

type Part = (typeof PARTS)[number];
export type Configuration = Pick<CreateDomainRequest, Part>;

/** What a domain has of which nobody says anything. */
export const DEFAULTS = {
    EngineVersion: DEFAULT_VERSION,
    ClusterConfig: {
        InstanceType: "m5.large.search",
        InstanceCount: 1,
        DedicatedMasterEnabled: false,
        ZoneAwarenessEnabled: false,
        WarmEnabled: false,
        ColdStorageOptions: { Enabled: false },
        MultiAZWithStandbyEnabled: false,
    },
    EBSOptions: { EBSEnabled: false },
    AccessPolicies: "",
    IPAddressType: "ipv4",
    SnapshotOptions: { AutomatedSnapshotStartHour: 0 },
    CognitoOptions: { Enabled: false },
    EncryptionAtRestOptions: { Enabled: false },
    NodeToNodeEncryptionOptions: { Enabled: false },
    AdvancedOptions: {
        "indices.fielddata.cache.size": "20",
        "indices.query.bool.max_clause_count": "1024",
        override_main_response_version: "false",
        "rest.action.multi.allow_explicit_index": "true",
    },
    DomainEndpointOptions: {
        EnforceHTTPS: false,
        TLSSecurityPolicy: "Policy-Min-TLS-1-2-2019-07",
        CustomEndpointEnabled: false,
    },
    AdvancedSecurityOptions: { Enabled: false, InternalUserDatabaseEnabled: false, AnonymousAuthEnabled: false },
    AutoTuneOptions: { State: "DISABLED", UseOffPeakWindow: false },
    OffPeakWindowOptions: { Enabled: true, OffPeakWindow: { WindowStartTime: { Hours: 22, Minutes: 0 } } },
    SoftwareUpdateOptions: { AutoSoftwareUpdateEnabled: false },
    AIMLOptions: {
        NaturalLanguageQueryGenerationOptions: { DesiredState: "DISABLED", CurrentState: "NOT_ENABLED" },
        S3VectorsEngine: { Enabled: false },
        ServerlessVectorAcceleration: { Enabled: false },
    },
    DeploymentStrategyOptions: { DeploymentStrategy: "Default" },
} satisfies Partial<DomainStatus>;

export const partsOf = (input: Configuration): Part[] => PARTS.filter((part) => input[part] !== undefined);

/** `before` with what `input` says of its parts; members that it leaves out stay as they are. */
export function configured(ctx: Context, before: DomainStatus, input: Configuration): DomainStatus {
    const changes = partsOf(input).map((part) => [part, shown(part, merged(before[part], input[part]))]);
    const after = { ...before, ...Object.fromEntries(changes) } as DomainStatus;
    const isPlaced = input.VPCOptions?.SubnetIds !== undefined && input.VPCOptions.SubnetIds.length > 0;
    return {
        ...after,
        EBSOptions: withVolume(after.EBSOptions ?? {}),
        EncryptionAtRestOptions: withKey(ctx, after.EncryptionAtRestOptions ?? {}),
        VPCOptions: isPlaced ? placement(ctx, input.VPCOptions!, after.ClusterConfig) : before.VPCOptions,
    };
}

function merged(old: unknown, given: unknown): unknown {
    const isObject = typeof given === "object" && given !== null && !Array.isArray(given);
    return isObject ? { ...(old as object), ...withoutUndefined(given) } : given;
}

const withoutUndefined = (members: object) =>
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

/** What is told of a part: never a password, and states for wishes. */
function shown(part: Part, value: unknown): unknown {
    switch (part) {
        case "AdvancedSecurityOptions": {
            const { MasterUserOptions: _, ...others } = value as { MasterUserOptions?: unknown };
            return others;
        }
        case "AutoTuneOptions": {
            const { DesiredState, MaintenanceSchedules: _, ...others } = value as AutoTuneOptionsInput;
            return { ...others, ...(DesiredState && { State: DesiredState }) };
        }
        case "AIMLOptions": {
            const { NaturalLanguageQueryGenerationOptions: queries, ...others } = value as AIMLOptionsInput;
            const CurrentState = queries?.DesiredState === "ENABLED" ? "ENABLE_COMPLETE" : "NOT_ENABLED";
            return { ...others, NaturalLanguageQueryGenerationOptions: { ...queries, CurrentState } };
        }
        default:
            return value;
    }
}

function withVolume(options: EBSOptions): EBSOptions {
    if (!options.EBSEnabled) {
        return { EBSEnabled: false };
    }
    const { VolumeType = "gp3" } = options;
    return { ...(VolumeType === "gp3" && { Iops: 3000, Throughput: 125 }), ...options, VolumeType };
}

/** A key of the caller's choice must be there; AWS's own always is. */
function withKey(ctx: Context, { Enabled, KmsKeyId }: EncryptionAtRestOptions): EncryptionAtRestOptions {
    return Enabled ? { Enabled, KmsKeyId: KmsKeyId || findKey(ctx, "alias/aws/es").arn } : { Enabled: false };
}

/** As DescribeDomainConfig tells: each part with how far it is. */
export function domainConfig(status: DomainStatus, options: Map<string, OptionStatus>): DomainConfig {
    const parts = ["EngineVersion", ...PARTS] as const;
    return Object.fromEntries(
        parts
            .filter((part) => status[part] !== undefined)
            .map((part) => [part, { Options: status[part], Status: options.get(part) }]),
    ) as DomainConfig;
}

/** How far each part is after a change, or a creation. */
export function optionStatuses(
    now: number,
    state: "Processing" | "Active",
    known: Map<string, OptionStatus>,
    changed: readonly string[] = ["EngineVersion", ...PARTS],
): Map<string, OptionStatus> {
    const date = new Date(now);
    const next = changed.map((part): [string, OptionStatus] => {
        const { CreationDate = date, UpdateVersion = 0 } = known.get(part) ?? {};
        return [
            part,
            { CreationDate, UpdateDate: date, UpdateVersion: UpdateVersion + 1, State: state, PendingDeletion: false },
        ];
    });
    return new Map([...known, ...next]);
}
