import type {
    CreateDBClusterParameterGroupMessage,
    CreateDBParameterGroupMessage,
    DBClusterParameterGroup,
    DBParameterGroup,
    Parameter,
} from "@aws-sdk/client-rds";

import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import type { Operation } from "../../world/service";
import { operationsOn } from "../operations";
import { applyDeclared, declaredValue, isAttached } from "./applied";
import { paged } from "./listings";
import { isAllowed, parameterFamily, type GroupKind, type ParameterDefinition } from "./parameters";
import {
    findParameterGroup,
    groupKey,
    invalidCombination,
    invalidParameter,
    isDefaultGroup,
    parameterGroupArn,
    RdsState,
    type ParameterGroup,
} from "./state";
import { tagOnCreation } from "./tags";

const GROUP_NAME = /^[a-z](?:-?[a-z0-9])*$/;
const MAX_NAME = 255;
/** Of one call. */
const MAX_PARAMETERS = 20;

interface ParameterChange {
    Parameters?: Parameter[];
    ResetAllParameters?: boolean;
}

interface Listing {
    MaxRecords?: number;
    Marker?: string;
    Source?: string;
}

/** The operations on one kind of group; both kinds have the same, under other names. */
function groupOperations<Description>(
    kind: GroupKind,
    nameMember: "DBParameterGroupName" | "DBClusterParameterGroupName",
    describe: (group: ParameterGroup, arn: string) => Description,
) {
    type Named = Partial<Record<typeof nameMember, string>>;
    const nameOf = (input: Named) => input[nameMember]!;
    const find = (ctx: Context, input: Named) => findParameterGroup(ctx, kind, nameOf(input));
    const describeIn = (ctx: Context, group: ParameterGroup) =>
        describe(group, parameterGroupArn(ctx, kind, group.name));
    return {
        create(input: CreateDBParameterGroupMessage | CreateDBClusterParameterGroupMessage, ctx: Context) {
            const group = newGroup(ctx, kind, nameOf(input), input);
            tagOnCreation(ctx, parameterGroupArn(ctx, kind, group.name), input.Tags);
            ctx.state(RdsState).parameterGroups.set(groupKey(kind, group.name), group);
            return describeIn(ctx, group);
        },

        list(input: Named & Listing, ctx: Context) {
            const mine = [...ctx.state(RdsState).parameterGroups.values()].filter((group) => group.kind === kind);
            const all = input[nameMember] === undefined ? mine : [find(ctx, input)];
            const { page, Marker } = paged(all, input);
            return { groups: page.map((group) => describeIn(ctx, group)), Marker };
        },

        parameters(input: Named & Listing, ctx: Context) {
            const group = find(ctx, input);
            const all = Object.entries(group.family.groups[kind]!)
                .map(([name, definition]) => describeParameter(group, name, definition))
                .filter(({ Source }) => Source === (input.Source ?? Source));
            const { page, Marker } = paged(all, input);
            return { Parameters: page, Marker };
        },

        modify(input: Named & ParameterChange, ctx: Context) {
            const group = modifiable(find(ctx, input));
            const changes = input.Parameters ?? [];
            checkCount(changes);
            changes.forEach((change) => checkChange(group, change));
            for (const { ParameterName, ParameterValue, ApplyMethod } of changes) {
                group.values.set(ParameterName!, { value: ParameterValue!, applyMethod: ApplyMethod! });
            }
            applyDeclared(ctx, group, immediateOf(changes));
            return { [nameMember]: group.name };
        },

        reset(input: Named & ParameterChange, ctx: Context) {
            const group = modifiable(find(ctx, input));
            const changes = input.ResetAllParameters ? allDeclared(group) : (input.Parameters ?? []);
            if (!input.ResetAllParameters) {
                checkCount(changes);
            }
            changes.forEach((change) => checkReset(group, change));
            changes.forEach(({ ParameterName }) => group.values.delete(ParameterName!));
            applyDeclared(ctx, group, immediateOf(changes));
            return { [nameMember]: group.name };
        },

        delete(input: Named, ctx: Context): void {
            const group = modifiable(find(ctx, input));
            if (isAttached(ctx, group)) {
                throw invalidState(`One or more database instances are still members of ${group.name}.`);
            }
            const state = ctx.state(RdsState);
            state.parameterGroups.delete(groupKey(kind, group.name));
            state.tags.delete(parameterGroupArn(ctx, kind, group.name));
        },
    };
}

const clusterGroups = groupOperations(
    "cluster",
    "DBClusterParameterGroupName",
    ({ name, family, description }, arn): DBClusterParameterGroup => ({
        DBClusterParameterGroupName: name,
        DBParameterGroupFamily: family.name,
        Description: description,
        DBClusterParameterGroupArn: arn,
    }),
);

const instanceGroups = groupOperations(
    "instance",
    "DBParameterGroupName",
    ({ name, family, description }, arn): DBParameterGroup => ({
        DBParameterGroupName: name,
        DBParameterGroupFamily: family.name,
        Description: description,
        DBParameterGroupArn: arn,
    }),
);

export const parameterGroups: Record<string, Operation> = {
    ...operationsOn(
        "rds",
        (input, ctx) => parameterGroupArn(ctx, "cluster", input.DBClusterParameterGroupName ?? "*"),
        {
            CreateDBClusterParameterGroup: (input, ctx) => ({
                DBClusterParameterGroup: clusterGroups.create(input, ctx),
            }),
            DescribeDBClusterParameterGroups(input, ctx) {
                const { groups, Marker } = clusterGroups.list(input, ctx);
                return { DBClusterParameterGroups: groups, Marker };
            },
            DescribeDBClusterParameters: clusterGroups.parameters,
            ModifyDBClusterParameterGroup: clusterGroups.modify,
            ResetDBClusterParameterGroup: clusterGroups.reset,
            DeleteDBClusterParameterGroup: clusterGroups.delete,
        },
    ),
    ...operationsOn("rds", (input, ctx) => parameterGroupArn(ctx, "instance", input.DBParameterGroupName ?? "*"), {
        CreateDBParameterGroup: (input, ctx) => ({ DBParameterGroup: instanceGroups.create(input, ctx) }),
        DescribeDBParameterGroups(input, ctx) {
            const { groups, Marker } = instanceGroups.list(input, ctx);
            return { DBParameterGroups: groups, Marker };
        },
        DescribeDBParameters: instanceGroups.parameters,
        ModifyDBParameterGroup: instanceGroups.modify,
        ResetDBParameterGroup: instanceGroups.reset,
        DeleteDBParameterGroup: instanceGroups.delete,
    }),
};

function newGroup(
    ctx: Context,
    kind: GroupKind,
    wanted: string,
    { DBParameterGroupFamily, Description }: CreateDBParameterGroupMessage | CreateDBClusterParameterGroupMessage,
): ParameterGroup {
    const name = wanted.toLowerCase();
    if (!GROUP_NAME.test(name) || name.length > MAX_NAME) {
        throw invalidParameter(`The parameter ${name} is not a valid name of a parameter group.`);
    }
    const family = parameterFamily(DBParameterGroupFamily!);
    if (!family?.groups[kind]) {
        throw invalidParameter(`ParameterGroupFamily ${DBParameterGroupFamily} is not a valid parameter group family`);
    }
    if (ctx.state(RdsState).parameterGroups.has(groupKey(kind, name))) {
        throw new AwsError("DBParameterGroupAlreadyExistsFault", `Parameter group ${name} already exists`);
    }
    return { kind, name, family, description: Description!, values: new Map() };
}

function describeParameter(group: ParameterGroup, name: string, definition: ParameterDefinition): Parameter {
    const declared = group.values.get(name);
    const { apply, type, value, allowed, modifiable: isModifiable = true } = definition;
    return {
        ParameterName: name,
        ParameterValue: declaredValue(group, name),
        Source: declared ? "user" : value === undefined ? "engine-default" : "system",
        ApplyType: apply,
        ApplyMethod: declared?.applyMethod ?? "pending-reboot",
        DataType: type,
        AllowedValues: allowed,
        IsModifiable: isModifiable,
    };
}

function modifiable(group: ParameterGroup): ParameterGroup {
    if (isDefaultGroup(group.name)) {
        throw invalidState(`The parameter group ${group.name} is a default one, which can't be modified.`);
    }
    return group;
}

function checkCount(changes: Parameter[]): void {
    if (changes.length < 1 || changes.length > MAX_PARAMETERS) {
        throw invalidParameter(`A call modifies 1 to ${MAX_PARAMETERS} parameters, not ${changes.length}.`);
    }
}

function checkChange(group: ParameterGroup, { ParameterName: name, ParameterValue: value, ApplyMethod }: Parameter) {
    const definition = checkReset(group, { ParameterName: name, ApplyMethod });
    if (definition.modifiable === false) {
        throw invalidParameter(`The parameter ${name} cannot be modified.`);
    }
    if (value === undefined || !isAllowed(definition, value)) {
        throw invalidParameter(
            `Invalid parameter value: ${value} for: ${name} allowed values are: ${definition.allowed}`,
        );
    }
}

function checkReset({ kind, family }: ParameterGroup, { ParameterName: name, ApplyMethod }: Parameter) {
    const definition = family.groups[kind]![name!];
    if (!definition) {
        throw invalidParameter(`Could not find parameter with name: ${name}`);
    }
    if (ApplyMethod !== "immediate" && ApplyMethod !== "pending-reboot") {
        throw invalidParameter(`Invalid apply method for ${name}: ${ApplyMethod}`);
    }
    if (definition.apply === "static" && ApplyMethod === "immediate") {
        throw invalidCombination(`cannot use immediate apply method for static parameter`);
    }
    return definition;
}

/** With a reset of everything, static parameters wait for the reboot. */
function allDeclared({ kind, family, values }: ParameterGroup): Parameter[] {
    return [...values.keys()].map((ParameterName) => ({
        ParameterName,
        ApplyMethod: family.groups[kind]![ParameterName]!.apply === "static" ? "pending-reboot" : "immediate",
    }));
}

const immediateOf = (changes: Parameter[]) =>
    new Set(changes.filter(({ ApplyMethod }) => ApplyMethod === "immediate").map((change) => change.ParameterName!));

const invalidState = (message: string) => new AwsError("InvalidDBParameterGroupStateFault", message);
