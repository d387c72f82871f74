import { randomUUID } from "node:crypto";
import type * as api from "@aws-sdk/client-redshift-serverless";

import { problem } from "../../integrations/callers";
import { inboundIntegrations } from "../../integrations/inbound";
import { Warehouse, Warehouses } from "../../warehouse/warehouse";
import { minutes, seconds } from "../../world/clock";
import type { Context } from "../../world/context";
import { operationsOn, pageOf } from "../operations";
import { createManagedSecret, deleteManagedSecret } from "../secretsmanager";
import { conflict, findNamespace, invalid, notFound, ServerlessState, workgroupOf, type Namespace } from "./state";
import { setTags } from "./tags";
import { CASE_SENSITIVITY, statusOf } from "./workgroups";

const MODIFICATION = seconds(20);
const DELETION = minutes(1);
const PAGE_SIZE = 100;

export const namespaces = operationsOn(
    "redshift-serverless",
    ({ namespaceName }, ctx) => {
        const known = ctx.state(ServerlessState).namespaces.get(namespaceName ?? "");
        return known?.description.namespaceArn ?? "*";
    },
    {
        CreateNamespace(input: api.CreateNamespaceRequest, ctx) {
            const { namespaces: all } = ctx.state(ServerlessState);
            const name = input.namespaceName!;
            if (!/^[a-z0-9-]{3,64}$/.test(name)) {
                throw invalid(`Namespace name ${name} must have 3 to 64 lowercase letters, digits and hyphens.`);
            }
            if (all.has(name)) {
                throw conflict(`Namespace ${name} already exists.`);
            }
            if (input.manageAdminPassword && input.adminUserPassword !== undefined) {
                throw invalid("adminUserPassword can't be given when manageAdminPassword is true.");
            }
            const namespace = newNamespace(ctx, input);
            all.set(name, namespace);
            ctx.state(Warehouses).byArn.set(namespace.warehouse.arn, namespace.warehouse);
            setTags(ctx, namespace.description.namespaceArn, input.tags);
            return { namespace: { ...namespace.description } };
        },

        GetNamespace: ({ namespaceName }: api.GetNamespaceRequest, ctx) => ({
            namespace: findNamespace(ctx, namespaceName!).description,
        }),

        ListNamespaces({ maxResults = PAGE_SIZE, nextToken }: api.ListNamespacesRequest, ctx) {
            const { page, next } = pageOf([...ctx.state(ServerlessState).namespaces.values()], maxResults, nextToken);
            return { namespaces: page.map(({ description }) => description), nextToken: next };
        },

        UpdateNamespace(input: api.UpdateNamespaceRequest, ctx) {
            const { description } = requireAvailable(ctx, input.namespaceName!);
            const { adminUsername, kmsKeyId, defaultIamRoleArn, iamRoles, logExports } = input;
            const change = { adminUsername, kmsKeyId, defaultIamRoleArn, iamRoles, logExports };
            Object.assign(description, defined(change), { status: "MODIFYING" });
            later(ctx, MODIFICATION, () => Object.assign(description, { status: "AVAILABLE" }));
            return { namespace: { ...description } };
        },

        DeleteNamespace({ namespaceName }: api.DeleteNamespaceRequest, ctx) {
            const { description, warehouse } = requireAvailable(ctx, namespaceName!);
            if (workgroupOf(ctx, description.namespaceName)) {
                throw conflict(`Namespace ${namespaceName} has a workgroup: delete the workgroup first.`);
            }
            if (inboundIntegrations(ctx.world, warehouse.arn).some(({ status }) => status !== "failed")) {
                throw conflict(`Namespace ${namespaceName} is the target of zero-ETL integrations.`);
            }
            description.status = "DELETING";
            later(ctx, DELETION, () => {
                ctx.state(ServerlessState).namespaces.delete(description.namespaceName);
                ctx.state(Warehouses).byArn.delete(warehouse.arn);
                deleteManagedSecret(ctx, description.adminPasswordSecretArn);
            });
            return { namespace: { ...description } };
        },
    },
);

/** Of snapshots: for integrations the call succeeds and means nothing. */
export const snapshotPolicies = operationsOn("redshift-serverless", ({ resourceArn }) => resourceArn, {
    PutResourcePolicy({ resourceArn, policy }: api.PutResourcePolicyRequest, ctx) {
        ctx.state(ServerlessState).snapshotPolicies.set(resourceArn!, policy!);
        return { resourcePolicy: { resourceArn, policy } };
    },

    GetResourcePolicy({ resourceArn }: api.GetResourcePolicyRequest, ctx) {
        const policy = ctx.state(ServerlessState).snapshotPolicies.get(resourceArn!);
        if (policy === undefined) {
            throw notFound(`No resource policy was found for ${resourceArn}.`);
        }
        return { resourcePolicy: { resourceArn, policy } };
    },

    DeleteResourcePolicy({ resourceArn }: api.DeleteResourcePolicyRequest, ctx) {
        ctx.state(ServerlessState).snapshotPolicies.delete(resourceArn!);
    },
});

export function defined<T extends object>(members: T): Partial<T> {
    return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function later(ctx: Context, ms: number, task: () => void): void {
    ctx.world.clock.schedule(ctx.world.duration("redshift-serverless", ms), task);
}

function newNamespace(ctx: Context, input: api.CreateNamespaceRequest): Namespace {
    const name = input.namespaceName!;
    const namespaceId = randomUUID();
    const namespaceArn = ctx.arn("redshift-serverless", `namespace/${namespaceId}`);
    const dbName = input.dbName ?? "dev";
    const adminUsername = input.adminUsername ?? "admin";
    const workgroup = () => workgroupOf(ctx, name);
    const isCaseSensitive = () => workgroup()?.parameters.get(CASE_SENSITIVITY) === "true";
    return {
        description: {
            namespaceArn,
            namespaceId,
            namespaceName: name,
            adminUsername,
            dbName,
            kmsKeyId: input.kmsKeyId ?? "AWS_OWNED_KMS_KEY",
            defaultIamRoleArn: input.defaultIamRoleArn,
            iamRoles: input.iamRoles ?? [],
            logExports: input.logExports ?? [],
            status: "AVAILABLE",
            creationDate: new Date(ctx.now),
            ...(input.manageAdminPassword && {
                adminPasswordSecretArn: createManagedSecret(ctx, "redshift", `${name}-${adminUsername}`, adminUsername),
                adminPasswordSecretKmsKeyId: input.adminPasswordSecretKmsKeyId,
            }),
        },
        warehouse: new Warehouse(namespaceArn, dbName, adminUsername, {
            unavailable() {
                const found = workgroup();
                const status = found ? statusOf(ctx, found) : "missing";
                return status === "AVAILABLE" ? undefined : `the workgroup of namespace ${name} is ${status}`;
            },
            caseSensitive: isCaseSensitive,
            shortcomings: () => [
                ...(workgroup() ? [] : [problem("TARGET_WITHOUT_WORKGROUP", `Namespace ${name} has no workgroup`)]),
                ...(isCaseSensitive()
                    ? []
                    : [
                          problem(
                              "TARGET_CASE_SENSITIVITY",
                              `${CASE_SENSITIVITY} is not true on the workgroup of namespace ${name}`,
                          ),
                      ]),
            ],
        }),
    };
}

function requireAvailable(ctx: Context, name: string): Namespace {
    const namespace = findNamespace(ctx, name);
    if (namespace.description.status !== "AVAILABLE") {
        throw conflict(`Namespace ${name} is ${namespace.description.status}: another operation is in progress.`);
    }
    return namespace;
}
