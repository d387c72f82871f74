import type * as api from "@aws-sdk/client-redshift";

import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operationsOn, pageOf } from "../operations";
import { describeParameters, FAMILIES, isAllowed, isParameter } from "./parameters";
import { parameterGroupArn, RedshiftState, tagList, type ParameterGroup } from "./state";
import { invalidParameter } from "./validation";
import { setTags } from "./tags";

const MAX_GROUPS = 20;
const PAGE_SIZE = 100;
const DEFAULT_PREFIX = "default.";

export const parameterGroups = operationsOn(
    "redshift",
    ({ ParameterGroupName = "*" }, ctx) => parameterGroupArn(ctx, ParameterGroupName),
    {
        CreateClusterParameterGroup(input: api.CreateClusterParameterGroupMessage, ctx) {
            const { parameterGroups: groups } = ctx.state(RedshiftState);
            const name = input.ParameterGroupName!.toLowerCase();
            if (groups.has(name) || name.startsWith(DEFAULT_PREFIX)) {
                throw new AwsError("ClusterParameterGroupAlreadyExistsFault", `ParameterGroup ${name} already exists`);
            }
            if (!/^[a-z](-?[a-z0-9])*$/.test(name) || name.length > 255) {
                throw invalidParameter(`The parameter ParameterGroupName is not a valid identifier: ${name}`);
            }
            if (!FAMILIES.includes(input.ParameterGroupFamily!)) {
                throw invalidParameter(`ParameterGroupFamily ${input.ParameterGroupFamily} is not a valid family`);
            }
            if (groups.size >= MAX_GROUPS) {
                throw new AwsError(
                    "ClusterParameterGroupQuotaExceededFault",
                    `The account has ${MAX_GROUPS} cluster parameter groups already`,
                );
            }
            groups.set(name, {
                description: {
                    ParameterGroupName: name,
                    ParameterGroupFamily: input.ParameterGroupFamily!,
                    Description: input.Description!,
                },
                values: new Map(),
            });
            setTags(ctx, parameterGroupArn(ctx, name), input.Tags);
            return { ClusterParameterGroup: describe(ctx, groups.get(name)!) };
        },

        DescribeClusterParameterGroups(input: api.DescribeClusterParameterGroupsMessage, ctx) {
            const { ParameterGroupName, MaxRecords = PAGE_SIZE, Marker } = input;
            const groups = ParameterGroupName
                ? [findGroup(ctx, ParameterGroupName)]
                : [...defaults(), ...ctx.state(RedshiftState).parameterGroups.values()];
            const { page, next } = pageOf(groups, MaxRecords, Marker);
            return { ParameterGroups: page.map((group) => describe(ctx, group)), Marker: next };
        },

        DescribeClusterParameters(input: api.DescribeClusterParametersMessage, ctx) {
            const { ParameterGroupName, Source, MaxRecords = PAGE_SIZE, Marker } = input;
            const parameters = describeParameters(findGroup(ctx, ParameterGroupName!)).filter(
                (parameter) => parameter.Source === (Source ?? parameter.Source),
            );
            const { page, next } = pageOf(parameters, MaxRecords, Marker);
            return { Parameters: page, Marker: next };
        },

        ModifyClusterParameterGroup({ ParameterGroupName, Parameters }: api.ModifyClusterParameterGroupMessage, ctx) {
            const group = ownGroup(ctx, ParameterGroupName!);
            for (const { ParameterName = "", ParameterValue = "" } of Parameters!) {
                if (!isParameter(ParameterName)) {
                    throw invalidParameter(`Could not find parameter with name: ${ParameterName}`);
                }
                if (!isAllowed(ParameterName, ParameterValue)) {
                    throw invalidParameter(`Invalid value for parameter ${ParameterName}: ${ParameterValue}`);
                }
            }
            Parameters!.forEach((p) => group.values.set(p.ParameterName!, p.ParameterValue!));
            return modified(ParameterGroupName!);
        },

        ResetClusterParameterGroup(input: api.ResetClusterParameterGroupMessage, ctx) {
            const group = ownGroup(ctx, input.ParameterGroupName!);
            const names = input.ResetAllParameters
                ? [...group.values.keys()]
                : (input.Parameters ?? []).map((parameter) => parameter.ParameterName!);
            names.forEach((name) => group.values.delete(name));
            return modified(input.ParameterGroupName!);
        },

        DeleteClusterParameterGroup({ ParameterGroupName }: api.DeleteClusterParameterGroupMessage, ctx) {
            const { description } = ownGroup(ctx, ParameterGroupName!);
            const { clusters, parameterGroups: groups, tags } = ctx.state(RedshiftState);
            const name = description.ParameterGroupName;
            if ([...clusters.values()].some((cluster) => cluster.parameterGroup === name)) {
                throw new AwsError(
                    "InvalidClusterParameterGroupStateFault",
                    `Parameter group ${name} is in use by a cluster`,
                );
            }
            groups.delete(name);
            tags.delete(parameterGroupArn(ctx, name));
        },
    },
);

/** A group by its name; those of AWS are there without being made. */
export function findGroup(ctx: Context, name: string): ParameterGroup {
    const wanted = name.toLowerCase();
    const group =
        ctx.state(RedshiftState).parameterGroups.get(wanted) ??
        defaults().find(({ description }) => description.ParameterGroupName === wanted);
    if (!group) {
        throw new AwsError("ClusterParameterGroupNotFoundFault", `ParameterGroup not found: ${name}`, 404);
    }
    return group;
}

export const DEFAULT_GROUP = `${DEFAULT_PREFIX}redshift-1.0`;

function defaults(): ParameterGroup[] {
    return FAMILIES.map((family) => ({
        description: {
            ParameterGroupName: DEFAULT_PREFIX + family,
            ParameterGroupFamily: family,
            Description: `Default parameter group for ${family}`,
        },
        values: new Map(),
    }));
}

function ownGroup(ctx: Context, name: string): ParameterGroup {
    if (name.toLowerCase().startsWith(DEFAULT_PREFIX)) {
        throw new AwsError(
            "InvalidClusterParameterGroupStateFault",
            `The default parameter group ${name} can't be changed`,
        );
    }
    return findGroup(ctx, name);
}

function modified(ParameterGroupName: string) {
    return {
        ParameterGroupName,
        ParameterGroupStatus:
            "Your parameter group has been updated. If you changed only dynamic parameters, associated clusters are being modified now. If you changed static parameters, all updates, including dynamic parameters, will be applied when you reboot the associated clusters.",
    };
}

function describe(ctx: Context, { description }: ParameterGroup) {
    return { ...description, Tags: tagList(ctx, parameterGroupArn(ctx, description.ParameterGroupName)) };
}
