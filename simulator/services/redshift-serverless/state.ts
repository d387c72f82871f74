import type {
    Namespace as NamespaceDescription,
    Workgroup as WorkgroupDescription,
} from "@aws-sdk/client-redshift-serverless";

import type { Warehouse } from "../../warehouse/warehouse";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";

/** What Redshift Serverless keeps in an account and Region. */
export class ServerlessState {
    readonly namespaces = new Map<string, Namespace>();
    readonly workgroups = new Map<string, Workgroup>();
    /** by ARN */
    readonly tags = new Map<string, Map<string, string>>();
    /** by ARN; they say who may restore snapshots, and mean nothing to integrations */
    readonly snapshotPolicies = new Map<string, string>();
}

export interface Namespace {
    description: NamespaceDescription & { namespaceName: string; namespaceArn: string };
    warehouse: Warehouse;
}

export interface Workgroup {
    description: WorkgroupDescription & { workgroupName: string; workgroupArn: string; namespaceName: string };
    parameters: Map<string, string>;
    /** calls off what happens next */
    cancel: () => void;
}

export const notFound = (message: string) => new AwsError("ResourceNotFoundException", message);
export const conflict = (message: string) => new AwsError("ConflictException", message);
export const invalid = (message: string) => new AwsError("ValidationException", message);

export function findNamespace(ctx: Context, name: string): Namespace {
    const namespace = ctx.state(ServerlessState).namespaces.get(name.toLowerCase());
    if (!namespace) {
        throw notFound(`Namespace ${name} not found.`);
    }
    return namespace;
}

export function findWorkgroup(ctx: Context, name: string): Workgroup {
    const workgroup = ctx.state(ServerlessState).workgroups.get(name.toLowerCase());
    if (!workgroup) {
        throw notFound(`Workgroup ${name} not found.`);
    }
    return workgroup;
}

/** Namespaces have one workgroup, or none. */
export function workgroupOf(ctx: Context, namespaceName: string): Workgroup | undefined {
    return [...ctx.state(ServerlessState).workgroups.values()].find(
        ({ description }) => description.namespaceName === namespaceName,
    );
}
