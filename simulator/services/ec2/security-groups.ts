import type * as api from "@aws-sdk/client-ec2";

import { AwsError } from "../../world/error";
import type { Operation } from "../../world/service";
import { chosen, read } from "./listings";
import {
    addRule,
    addSecurityGroup,
    dropSecurityGroup,
    found,
    network,
    newId,
    rulesOf,
    tagsGiven,
    type NetworkState,
} from "./state";

export const securityGroups = {
    DescribeSecurityGroups: read(({ GroupIds, Filters }: api.DescribeSecurityGroupsRequest, ctx) => {
        const state = network(ctx);
        const groups = chosen(state.securityGroups, GroupIds, "Group", Filters, {
            "group-id": ({ GroupId }) => GroupId,
            "group-name": ({ GroupName }) => GroupName,
            "vpc-id": ({ VpcId }) => VpcId,
        });
        return { SecurityGroups: groups.map((group) => describe(state, group)) };
    }),

    CreateSecurityGroup: read((input: api.CreateSecurityGroupRequest, ctx) => {
        const state = network(ctx);
        const vpcId = input.VpcId ?? [...state.vpcs.values()].find(({ IsDefault }) => IsDefault)!.VpcId!;
        found(state.vpcs, vpcId, "VpcID");
        const taken = [...state.securityGroups.values()].some(
            ({ GroupName, VpcId }) => GroupName === input.GroupName && VpcId === vpcId,
        );
        if (taken) {
            throw new AwsError(
                "InvalidGroup.Duplicate",
                `The security group '${input.GroupName}' already exists for VPC '${vpcId}'`,
            );
        }
        const group = addSecurityGroup(ctx, state, newId("sg"), vpcId, input.GroupName!, input.Description!);
        group.Tags = tagsGiven(input.TagSpecifications);
        return { GroupId: group.GroupId, SecurityGroupArn: group.SecurityGroupArn, Tags: group.Tags };
    }),

    DeleteSecurityGroup: read(({ GroupId }: api.DeleteSecurityGroupRequest, ctx) => {
        const state = network(ctx);
        if (found(state.securityGroups, GroupId!, "Group").GroupName === "default") {
            throw new AwsError(
                "CannotDelete",
                `the specified group: "${GroupId}" name: "default" cannot be deleted by a user`,
            );
        }
        const isReferenced = (rule: api.SecurityGroupRule) =>
            rule.ReferencedGroupInfo?.GroupId === GroupId && rule.GroupId !== GroupId;
        if ([...state.rules.values()].some(isReferenced)) {
            throw new AwsError("DependencyViolation", `resource ${GroupId} has a dependent object`);
        }
        dropSecurityGroup(state, GroupId!);
        return { Return: true, GroupId };
    }),

    AuthorizeSecurityGroupIngress: authorize(false),
    AuthorizeSecurityGroupEgress: authorize(true),
    RevokeSecurityGroupIngress: revoke(false),
    RevokeSecurityGroupEgress: revoke(true),

    DescribeSecurityGroupRules: read(
        ({ SecurityGroupRuleIds, Filters }: api.DescribeSecurityGroupRulesRequest, ctx) => ({
            SecurityGroupRules: chosen(network(ctx).rules, SecurityGroupRuleIds, "SecurityGroupRuleId", Filters, {
                "group-id": ({ GroupId }) => GroupId,
                "security-group-rule-id": ({ SecurityGroupRuleId }) => SecurityGroupRuleId,
            }),
        }),
    ),

    ModifySecurityGroupRules: read(({ GroupId, SecurityGroupRules = [] }: api.ModifySecurityGroupRulesRequest, ctx) => {
        const state = network(ctx);
        const group = found(state.securityGroups, GroupId!, "Group");
        for (const { SecurityGroupRuleId, SecurityGroupRule: change } of SecurityGroupRules) {
            const rule = found(state.rules, SecurityGroupRuleId!, "SecurityGroupRuleId");
            const { ReferencedGroupId, ...rest } = change!;
            state.rules.set(SecurityGroupRuleId!, {
                ...identityOf(rule),
                ...rest,
                ReferencedGroupInfo: ReferencedGroupId ? referenced(group, ReferencedGroupId) : undefined,
            });
        }
        return { Return: true };
    }),
};

function authorize(isEgress: boolean): Operation {
    return read((input: api.AuthorizeSecurityGroupIngressRequest, ctx) => {
        const state = network(ctx);
        const group = found(state.securityGroups, input.GroupId!, "Group");
        const added = (input.IpPermissions ?? []).flatMap((permission) => rulesFor(group, permission, isEgress));
        const known = rulesOf(state, input.GroupId!).map(target);
        if (added.some((rule) => known.includes(target(rule)))) {
            throw new AwsError("InvalidPermission.Duplicate", "the specified rule already exists");
        }
        const rules = added.map((rule) => addRule(ctx, state, rule, input.TagSpecifications));
        return { Return: true, SecurityGroupRules: rules };
    });
}

function revoke(isEgress: boolean): Operation {
    return read((input: api.RevokeSecurityGroupIngressRequest, ctx) => {
        const { GroupId, IpPermissions = [], SecurityGroupRuleIds: ids = [] } = input;
        const state = network(ctx);
        const group = found(state.securityGroups, GroupId!, "Group");
        const targets = IpPermissions.flatMap((permission) => rulesFor(group, permission, isEgress)).map(target);
        const known = rulesOf(state, GroupId!);
        const named = [
            ...ids.map((id) => found(state.rules, id, "SecurityGroupRuleId")),
            ...targets.map((wanted) => known.find((rule) => target(rule) === wanted)),
        ];
        if (named.includes(undefined)) {
            throw new AwsError(
                "InvalidPermission.NotFound",
                "The specified rule does not exist in this security group.",
            );
        }
        named.forEach((rule) => state.rules.delete(rule!.SecurityGroupRuleId!));
        return { Return: true };
    });
}

/** A permission is as many rules as it names ranges, lists and groups. */
function rulesFor(group: api.SecurityGroup, permission: api.IpPermission, IsEgress: boolean): api.SecurityGroupRule[] {
    const { IpProtocol, FromPort = -1, ToPort = -1 } = permission;
    const base = { GroupId: group.GroupId, GroupOwnerId: group.OwnerId, IsEgress, IpProtocol, FromPort, ToPort };
    const { IpRanges = [], Ipv6Ranges = [], PrefixListIds = [], UserIdGroupPairs = [] } = permission;
    return [
        ...IpRanges.map(({ CidrIp, Description }) => ({ ...base, CidrIpv4: CidrIp, Description })),
        ...Ipv6Ranges.map(({ CidrIpv6, Description }) => ({ ...base, CidrIpv6, Description })),
        ...PrefixListIds.map(({ PrefixListId, Description }) => ({ ...base, PrefixListId, Description })),
        ...UserIdGroupPairs.map(({ GroupId, Description }) => ({
            ...base,
            ReferencedGroupInfo: referenced(group, GroupId!),
            Description,
        })),
    ];
}

const referenced = ({ OwnerId, VpcId }: api.SecurityGroup, GroupId: string) => ({ GroupId, UserId: OwnerId, VpcId });

/** What makes a rule the same as another. */
function target(rule: api.SecurityGroupRule): string {
    const { IsEgress, IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo } = rule;
    const group = ReferencedGroupInfo?.GroupId;
    return JSON.stringify([IsEgress, IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, PrefixListId, group]);
}

/** What a rule keeps when it is changed. */
function identityOf(rule: api.SecurityGroupRule): api.SecurityGroupRule {
    const { SecurityGroupRuleId, SecurityGroupRuleArn, GroupId, GroupOwnerId, IsEgress, Tags } = rule;
    return { SecurityGroupRuleId, SecurityGroupRuleArn, GroupId, GroupOwnerId, IsEgress, Tags };
}

function describe(state: NetworkState, group: api.SecurityGroup): api.SecurityGroup {
    const rules = rulesOf(state, group.GroupId!);
    return {
        ...group,
        IpPermissions: permissions(rules.filter(({ IsEgress }) => !IsEgress)),
        IpPermissionsEgress: permissions(rules.filter(({ IsEgress }) => IsEgress)),
    };
}

/** Rules with the same protocol and ports are one permission. */
function permissions(rules: api.SecurityGroupRule[]): api.IpPermission[] {
    const together = Map.groupBy(rules, ({ IpProtocol, FromPort, ToPort }) => [IpProtocol, FromPort, ToPort].join());
    return [...together.values()].map((same) => {
        const [{ IpProtocol, FromPort, ToPort }] = same;
        const ports = IpProtocol === "-1" ? {} : { FromPort, ToPort };
        return {
            IpProtocol,
            ...ports,
            IpRanges: same.flatMap(({ CidrIpv4, Description }) =>
                CidrIpv4 ? [{ CidrIp: CidrIpv4, Description }] : [],
            ),
            Ipv6Ranges: same.flatMap(({ CidrIpv6, Description }) => (CidrIpv6 ? [{ CidrIpv6, Description }] : [])),
            PrefixListIds: same.flatMap(({ PrefixListId, Description }) =>
                PrefixListId ? [{ PrefixListId, Description }] : [],
            ),
            UserIdGroupPairs: same.flatMap(({ ReferencedGroupInfo: info, Description }) =>
                info ? [{ GroupId: info.GroupId, UserId: info.UserId, Description }] : [],
            ),
        };
    });
}
