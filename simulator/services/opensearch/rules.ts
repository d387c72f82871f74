import type {
    AdvancedSecurityOptionsInput,
    ClusterConfig,
    DomainStatus,
    EBSOptions,
    LogPublishingOption,
    MasterUserOptions,
    VPCDerivedInfo,
    VPCOptions,
} from "@aws-sdk/client-opensearch";

import { MalformedPolicyError, parsePolicy } from "../../access/parse";
import { listOf, statementsOf, type Statement } from "../../access/policy";
import type { MasterUser } from "../../search/security";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { network } from "../ec2/state";
import { principalExists } from "../iam";
import { findKey } from "../kms/state";
import { LogsState, groupName } from "../logs/state";
import { invalid } from "./state";

/** The configuration as a whole: what a change would leave behind. */
export function checkDomain(ctx: Context, domain: DomainStatus): void {
    checkCluster(domain.ClusterConfig ?? {});
    checkStorage(domain.ClusterConfig ?? {}, domain.EBSOptions ?? {});
    checkFineGrained(domain);
    checkPolicy(ctx, domain);
    checkKey(ctx, domain);
    checkLogs(ctx, domain);
}

const INSTANCE_TYPE = /^[a-z0-9]+\.(\w+\.)?(search|elasticsearch)$/;

function checkCluster(config: ClusterConfig): void {
    const { InstanceType, InstanceCount = 1, ZoneAwarenessEnabled, ZoneAwarenessConfig } = config;
    if (!INSTANCE_TYPE.test(InstanceType ?? "")) {
        throw invalid(`Invalid instance type: ${InstanceType}`);
    }
    const zones = ZoneAwarenessConfig?.AvailabilityZoneCount ?? 2;
    if (ZoneAwarenessEnabled && ![2, 3].includes(zones)) {
        throw invalid("The number of Availability Zones must be 2 or 3.");
    }
    if (ZoneAwarenessEnabled && InstanceCount < zones) {
        throw invalid(`You must choose a minimum of ${zones} data nodes for a ${zones} Availability Zone deployment.`);
    }
    if (
        config.DedicatedMasterEnabled &&
        (!config.DedicatedMasterType || ![3, 5].includes(config.DedicatedMasterCount!))
    ) {
        throw invalid("Dedicated masters need an instance type, and there must be 3 or 5 of them.");
    }
    if (config.MultiAZWithStandbyEnabled && !(ZoneAwarenessEnabled && zones === 3 && config.DedicatedMasterEnabled)) {
        throw invalid("Multi-AZ with Standby needs three Availability Zones and dedicated masters.");
    }
}

/** Instances that come with a disk of their own. */
const WITH_DISK = /^(i2|i3|i4i|i4g|i7i|i8g|im4gn|m3|r3|r6gd|c6gd|m6gd)\./;

function checkStorage({ InstanceType }: ClusterConfig, { EBSEnabled, VolumeSize, VolumeType }: EBSOptions): void {
    if (!EBSEnabled && !WITH_DISK.test(InstanceType!)) {
        throw invalid(`EBS storage must be enabled for instance type ${InstanceType}.`);
    }
    if (EBSEnabled && WITH_DISK.test(InstanceType!)) {
        throw invalid(`EBS storage is not supported for instance type ${InstanceType}.`);
    }
    if (EBSEnabled && !(VolumeSize! >= 10)) {
        throw invalid("Volume size must be at least 10 GiB when EBS storage is enabled.");
    }
    if (EBSEnabled && !["standard", "gp2", "gp3", "io1"].includes(VolumeType!)) {
        throw invalid(`Invalid volume type: ${VolumeType}`);
    }
}

/** Roles and users of OpenSearch are worth nothing where somebody could read the disks or the wires. */
function checkFineGrained(domain: DomainStatus): void {
    if (!domain.AdvancedSecurityOptions?.Enabled) {
        return;
    }
    if (
        !domain.EncryptionAtRestOptions?.Enabled ||
        !domain.NodeToNodeEncryptionOptions?.Enabled ||
        !domain.DomainEndpointOptions?.EnforceHTTPS
    ) {
        throw invalid(
            "You must enable a custom encryption key or default encryption at rest, node-to-node encryption and HTTPS for all traffic to the domain to use advanced security options.",
        );
    }
}

function checkKey(ctx: Context, { EncryptionAtRestOptions }: DomainStatus): void {
    const { KmsKeyId } = EncryptionAtRestOptions ?? {};
    if (KmsKeyId && keyState(ctx, KmsKeyId) !== "Enabled") {
        throw invalid(`The KMS key ${KmsKeyId} is not found or not enabled.`);
    }
}

function keyState(ctx: Context, id: string): string | undefined {
    try {
        return findKey(ctx, id).state;
    } catch (error) {
        if (error instanceof AwsError) {
            return undefined;
        }
        throw error;
    }
}

/** Names nobody who is not there, and does not let anybody on the internet in. */
function checkPolicy(ctx: Context, { AccessPolicies, VPCOptions, AdvancedSecurityOptions }: DomainStatus): void {
    if (!AccessPolicies) {
        return;
    }
    const statements = parsed(ctx, AccessPolicies);
    const isProtected = VPCOptions?.VPCId !== undefined || AdvancedSecurityOptions?.Enabled;
    if (!isProtected && statements.some(isOpen)) {
        throw invalid("Enable fine-grained access control or apply a restrictive access policy to your domain.");
    }
}

function parsed(ctx: Context, text: string): Statement[] {
    const unsettable = () => new AwsError("InvalidTypeException", `Error setting policy: [${text}]`, 409);
    try {
        const statements = statementsOf(parsePolicy(text, "resource"));
        const names = statements.flatMap(({ Principal }) => (Principal === "*" ? [] : listOf(Principal?.AWS)));
        if (!names.every((name) => principalExists(ctx, name))) {
            throw unsettable();
        }
        return statements;
    } catch (error) {
        throw error instanceof MalformedPolicyError ? unsettable() : error;
    }
}

function isOpen({ Effect, Principal, Condition }: Statement): boolean {
    const names = Principal === "*" ? ["*"] : listOf(Principal?.AWS);
    return Effect === "Allow" && names.includes("*") && Object.keys(Condition ?? {}).length === 0;
}

function checkLogs(ctx: Context, { LogPublishingOptions, AdvancedSecurityOptions }: DomainStatus): void {
    const options = Object.entries(LogPublishingOptions ?? {}) as [string, LogPublishingOption][];
    for (const [type, { Enabled, CloudWatchLogsLogGroupArn: resourceArn }] of options) {
        if (Enabled && type === "AUDIT_LOGS" && !AdvancedSecurityOptions?.Enabled) {
            throw invalid(
                "audit log publishing cannot be enabled as you do not have advanced security options configured.",
            );
        }
        if (Enabled && !(resourceArn && ctx.state(LogsState).groups.has(groupName({ resourceArn })))) {
            throw invalid(`The log group ${resourceArn} of ${type} does not exist.`);
        }
    }
}

/** Who is the first to map roles; how, depends on where users are kept. */
export function masterUser(options: AdvancedSecurityOptionsInput): MasterUser {
    const {
        MasterUserARN,
        MasterUserName,
        MasterUserPassword = "",
    }: MasterUserOptions = options.MasterUserOptions ?? {};
    if (!options.InternalUserDatabaseEnabled) {
        if (!MasterUserARN) {
            throw invalid("You must provide a master user ARN when the internal user database is disabled.");
        }
        return { arn: MasterUserARN };
    }
    if (MasterUserARN) {
        throw invalid("A master user ARN can only be given when the internal user database is disabled.");
    }
    if (!MasterUserName) {
        throw invalid("You must provide a master user name and password when the internal user database is enabled.");
    }
    if (!/^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^\w\s]).{8,128}$/s.test(MasterUserPassword)) {
        throw invalid(
            "The master user password must have at least 8 characters: uppercase and lowercase letters, numbers and special characters.",
        );
    }
    return { name: MasterUserName, password: MasterUserPassword };
}

/** What never goes back. */
export function checkOneWay(before: DomainStatus, after: DomainStatus): void {
    const isTurnedOff = (option: (domain: DomainStatus) => boolean | undefined) => option(before) && !option(after);
    if (isTurnedOff(({ AdvancedSecurityOptions }) => AdvancedSecurityOptions?.Enabled)) {
        throw invalid("You cannot disable advanced security options.");
    }
    if (isTurnedOff(({ EncryptionAtRestOptions }) => EncryptionAtRestOptions?.Enabled)) {
        throw invalid("You cannot disable encryption at rest.");
    }
    if (isTurnedOff(({ NodeToNodeEncryptionOptions }) => NodeToNodeEncryptionOptions?.Enabled)) {
        throw invalid("You cannot disable node-to-node encryption.");
    }
    if ((before.VPCOptions?.VPCId === undefined) !== (after.VPCOptions?.VPCId === undefined)) {
        throw invalid("A domain cannot be moved between a VPC and the internet.");
    }
}

/** Where in a VPC a domain is: one subnet in each of its zones. */
export function placement(
    ctx: Context,
    { SubnetIds = [], SecurityGroupIds = [] }: VPCOptions,
    { ZoneAwarenessEnabled, ZoneAwarenessConfig }: ClusterConfig = {},
): VPCDerivedInfo {
    const state = network(ctx);
    const zones = ZoneAwarenessEnabled ? (ZoneAwarenessConfig?.AvailabilityZoneCount ?? 2) : 1;
    if (SubnetIds.length !== zones) {
        throw invalid(
            zones === 1
                ? "You must specify exactly one subnet."
                : `You must specify exactly ${zones} subnets, because you've set zone count to ${zones}.`,
        );
    }
    const subnets = SubnetIds.map((id) => existing(state.subnets, id, "subnet"));
    const vpcIds = new Set(subnets.map(({ VpcId }) => VpcId!));
    const availabilityZones = new Set(subnets.map(({ AvailabilityZone }) => AvailabilityZone!));
    if (vpcIds.size !== 1 || availabilityZones.size !== zones) {
        throw invalid("Subnets must be of one VPC, each in an Availability Zone of its own.");
    }
    const [VPCId] = vpcIds;
    const isDefault = (group: { VpcId?: string; GroupName?: string }) =>
        group.VpcId === VPCId && group.GroupName === "default";
    const groups =
        SecurityGroupIds.length > 0
            ? SecurityGroupIds.map((id) => existing(state.securityGroups, id, "security group"))
            : [...state.securityGroups.values()].filter(isDefault);
    if (groups.some(({ VpcId }) => VpcId !== VPCId)) {
        throw invalid("Security groups must belong to the VPC of the subnets.");
    }
    return {
        VPCId,
        SubnetIds,
        AvailabilityZones: [...availabilityZones],
        SecurityGroupIds: groups.map(({ GroupId }) => GroupId!),
    };
}

function existing<T>(resources: Map<string, T>, id: string, kind: string): T {
    const resource = resources.get(id);
    if (!resource) {
        throw invalid(`The ${kind} ID '${id}' does not exist`);
    }
    return resource;
}
