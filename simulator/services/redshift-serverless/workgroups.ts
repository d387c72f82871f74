import { randomUUID } from "node:crypto";
import type * as api from "@aws-sdk/client-redshift-serverless";

import { isReceiving } from "../../integrations/warehouse-target";
import { minutes } from "../../world/clock";
import type { Context } from "../../world/context";
import { operationsOn, pageOf } from "../operations";
import { defined } from "./namespaces";
import { conflict, findNamespace, findWorkgroup, invalid, ServerlessState, workgroupOf, type Workgroup } from "./state";
import { setTags } from "./tags";

const CREATION = minutes(3);
const MODIFICATION = minutes(1);
const DELETION = minutes(2);
const PAGE_SIZE = 100;
const DEFAULT_CAPACITY = 128;

export const CASE_SENSITIVITY = "enable_case_sensitive_identifier";

/** What a workgroup has unless told otherwise; reads give all of them. */
const PARAMETERS: Record<string, string> = {
    auto_mv: "true",
    datestyle: "ISO, MDY",
    [CASE_SENSITIVITY]: "false",
    enable_user_activity_logging: "true",
    max_query_execution_time: "14400",
    query_group: "default",
    require_ssl: "true",
    search_path: "$user, public",
    use_fips_ssl: "false",
};
const MORE_PARAMETERS = ["max_query_blocks_read", "max_scan_row_count", "max_query_cpu_time"];

/** What UpdateWorkgroup takes one of at a time; a network's members go together. */
const KINDS: (keyof api.UpdateWorkgroupRequest)[][] = [
    ["baseCapacity"],
    ["enhancedVpcRouting"],
    ["configParameters"],
    ["publiclyAccessible"],
    ["subnetIds", "securityGroupIds"],
    ["port"],
    ["maxCapacity"],
    ["ipAddressType"],
    ["pricePerformanceTarget"],
    ["trackName"],
    ["extraComputeForAutomaticOptimization"],
];

export const workgroups = operationsOn(
    "redshift-serverless",
    ({ workgroupName }, ctx) => {
        const known = ctx.state(ServerlessState).workgroups.get(workgroupName ?? "");
        return known?.description.workgroupArn ?? "*";
    },
    {
        CreateWorkgroup(input: api.CreateWorkgroupRequest, ctx) {
            const { workgroups: all } = ctx.state(ServerlessState);
            const name = input.workgroupName!;
            if (!/^[a-z0-9-]{3,64}$/.test(name)) {
                throw invalid(`Workgroup name ${name} must have 3 to 64 lowercase letters, digits and hyphens.`);
            }
            if (all.has(name)) {
                throw conflict(`Workgroup ${name} already exists.`);
            }
            const { description: namespace } = findNamespace(ctx, input.namespaceName!);
            if (workgroupOf(ctx, namespace.namespaceName)) {
                throw conflict(`Namespace ${namespace.namespaceName} has a workgroup already.`);
            }
            const workgroup = newWorkgroup(ctx, input);
            all.set(name, workgroup);
            setTags(ctx, workgroup.description.workgroupArn, input.tags);
            become(ctx, workgroup, "CREATING", CREATION);
            return { workgroup: describe(ctx, workgroup) };
        },

        GetWorkgroup: ({ workgroupName }: api.GetWorkgroupRequest, ctx) => ({
            workgroup: describe(ctx, findWorkgroup(ctx, workgroupName!)),
        }),

        ListWorkgroups({ maxResults = PAGE_SIZE, nextToken }: api.ListWorkgroupsRequest, ctx) {
            const { page, next } = pageOf([...ctx.state(ServerlessState).workgroups.values()], maxResults, nextToken);
            return { workgroups: page.map((workgroup) => describe(ctx, workgroup)), nextToken: next };
        },

        UpdateWorkgroup(input: api.UpdateWorkgroupRequest, ctx) {
            const workgroup = requireAvailable(ctx, input.workgroupName!);
            const kinds = KINDS.filter((members) => members.some((member) => input[member] !== undefined));
            if (kinds.length !== 1) {
                throw invalid(
                    kinds.length === 0
                        ? "Give something to update."
                        : `One kind of change per request: ${kinds.flat().join(", ")} were given.`,
                );
            }
            const { workgroupName: _, configParameters, ...others } = input;
            setParameters(workgroup, configParameters);
            Object.assign(workgroup.description, defined(others));
            become(ctx, workgroup, "MODIFYING", MODIFICATION);
            return { workgroup: describe(ctx, workgroup) };
        },

        DeleteWorkgroup({ workgroupName }: api.DeleteWorkgroupRequest, ctx) {
            const workgroup = requireAvailable(ctx, workgroupName!);
            become(ctx, workgroup, "DELETING", DELETION, () => {
                const { workgroups: all, tags } = ctx.state(ServerlessState);
                all.delete(workgroup.description.workgroupName);
                tags.delete(workgroup.description.workgroupArn);
            });
            return { workgroup: describe(ctx, workgroup) };
        },
    },
);

/** While an integration is set up, the workgroup can be neither queried nor changed. */
export function statusOf(ctx: Context, { description }: Workgroup): api.WorkgroupStatus {
    const { warehouse } = findNamespace(ctx, description.namespaceName);
    const isBusy = description.status === "AVAILABLE" && isReceiving(ctx.world, warehouse.arn);
    return isBusy ? "MODIFYING" : description.status!;
}

function newWorkgroup(ctx: Context, input: api.CreateWorkgroupRequest): Workgroup {
    const name = input.workgroupName!;
    const workgroupId = randomUUID();
    const port = input.port ?? 5439;
    const workgroup: Workgroup = {
        description: {
            workgroupId,
            workgroupArn: ctx.arn("redshift-serverless", `workgroup/${workgroupId}`),
            workgroupName: name,
            namespaceName: input.namespaceName!,
            baseCapacity: input.baseCapacity ?? DEFAULT_CAPACITY,
            maxCapacity: input.maxCapacity,
            enhancedVpcRouting: input.enhancedVpcRouting ?? false,
            publiclyAccessible: input.publiclyAccessible ?? false,
            securityGroupIds: input.securityGroupIds ?? [],
            subnetIds: input.subnetIds ?? [],
            creationDate: new Date(ctx.now),
            port,
            endpoint: {
                address: `${name}.${ctx.accountId}.${ctx.region}.redshift-serverless.amazonaws.com`,
                port,
                vpcEndpoints: [],
            },
            ipAddressType: input.ipAddressType ?? "ipv4",
            pricePerformanceTarget: input.pricePerformanceTarget ?? { status: "DISABLED" },
            trackName: input.trackName ?? "current",
            workgroupVersion: "1.0.188000",
            patchVersion: "188",
        },
        parameters: new Map(Object.entries(PARAMETERS)),
        cancel: () => undefined,
    };
    setParameters(workgroup, input.configParameters);
    return workgroup;
}

/** Those that are given replace all that were: what is left out is AWS's default again. */
function setParameters(workgroup: Workgroup, given: api.ConfigParameter[] | undefined): void {
    if (!given) {
        return;
    }
    const unknown = given.find(
        ({ parameterKey = "" }) => !(parameterKey in PARAMETERS || MORE_PARAMETERS.includes(parameterKey)),
    );
    if (unknown) {
        throw invalid(`Config parameter ${unknown.parameterKey} is not supported.`);
    }
    const values = given.map(({ parameterKey, parameterValue }) => [parameterKey!, parameterValue!] as const);
    workgroup.parameters = new Map([...Object.entries(PARAMETERS), ...values]);
}

function become(ctx: Context, workgroup: Workgroup, status: api.WorkgroupStatus, ms: number, done?: () => void): void {
    workgroup.description.status = status;
    workgroup.cancel();
    workgroup.cancel = ctx.world.clock.schedule(ctx.world.duration("redshift-serverless", ms), () => {
        workgroup.description.status = "AVAILABLE";
        done?.();
    });
}

function requireAvailable(ctx: Context, name: string): Workgroup {
    const workgroup = findWorkgroup(ctx, name);
    const status = statusOf(ctx, workgroup);
    if (status !== "AVAILABLE") {
        throw conflict(`There is an operation running on the workgroup ${name}: it is ${status}. Try again later.`);
    }
    return workgroup;
}

function describe(ctx: Context, workgroup: Workgroup): api.Workgroup {
    return {
        ...workgroup.description,
        status: statusOf(ctx, workgroup),
        configParameters: [...workgroup.parameters].map(([parameterKey, parameterValue]) => ({
            parameterKey,
            parameterValue,
        })),
    };
}
