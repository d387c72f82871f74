import { SearchError } from "./error";
import type { Gate } from "./gate";
import { glob } from "./glob";
import type { Json } from "./json";

/** Who a caller is to fine-grained access control. */
export interface SecurityUser {
    /** The ARN of a user or a role, or a name of the internal user database. */
    name: string;
    backendRoles: string[];
}

/** By an ARN, or by a name and a password. */
export type MasterUser = { arn: string } | { name: string; password: string };

export interface InternalUser {
    password: string;
    backendRoles: string[];
    roles: string[];
    body: Json;
}

/** Roles of features that are not simulated. */
const OTHER_ROLES = [
    "alerting_full_access",
    "alerting_read_access",
    "anomaly_full_access",
    "anomaly_read_access",
    "index_management_full_access",
    "kibana_read_only",
    "kibana_user",
    "knn_full_access",
    "knn_read_access",
    "logstash",
    "manage_snapshots",
    "ml_full_access",
    "ml_read_access",
    "observability_full_access",
    "own_index",
    "readall_and_monitor",
];

/** Roles that every domain has. */
const STATIC_ROLES: Record<string, Json> = {
    ...Object.fromEntries(OTHER_ROLES.map((name) => [name, { cluster_permissions: [], index_permissions: [] }])),
    all_access: { cluster_permissions: ["*"], index_permissions: [{ index_patterns: ["*"], allowed_actions: ["*"] }] },
    security_manager: { cluster_permissions: [], index_permissions: [] },
    readall: {
        cluster_permissions: ["cluster_composite_ops_ro"],
        index_permissions: [{ index_patterns: ["*"], allowed_actions: ["read"] }],
    },
};

/** Names that stand for several permissions. */
const ACTION_GROUPS: Record<string, string[]> = {
    unlimited: ["*"],
    cluster_all: ["cluster:*", "indices:admin/index_template/*", "indices:admin/template/*", "indices:data/write/bulk"],
    cluster_monitor: ["cluster:monitor/*"],
    cluster_composite_ops: ["indices:data/write/bulk", "cluster_composite_ops_ro"],
    cluster_composite_ops_ro: ["indices:data/read/mget", "indices:data/read/msearch", "cluster:monitor/main"],
    cluster_manage_index_templates: [
        "indices:admin/index_template/*",
        "indices:admin/template/*",
        "cluster:admin/component_template/*",
    ],
    cluster_manage_pipelines: ["cluster:admin/ingest/pipeline/*"],
    manage_pipelines: ["cluster:admin/ingest/pipeline/*"],
    indices_all: ["indices:*"],
    indices_monitor: ["indices:monitor/*"],
    create_index: ["indices:admin/create", "indices:admin/mapping/put"],
    manage: ["indices:monitor/*", "indices:admin/*"],
    crud: ["read", "write"],
    read: ["indices:data/read/*", "indices:admin/mappings/get"],
    search: ["indices:data/read/search", "indices:data/read/msearch"],
    get: ["indices:data/read/get", "indices:data/read/mget"],
    write: ["indices:data/write/*", "indices:admin/mapping/put"],
    index: [
        "indices:data/write/index",
        "indices:data/write/update",
        "indices:data/write/bulk",
        "indices:admin/mapping/put",
    ],
    delete: ["indices:data/write/delete"],
};

export const isStaticRole = (name: string) => name in STATIC_ROLES;

/** A user as it is put: with backend roles, and roles of its own. */
export const internalUser = (password: string, body: Json): InternalUser => ({
    password,
    backendRoles: (body.backend_roles ?? []) as string[],
    roles: (body.opendistro_security_roles ?? []) as string[],
    body,
});

/** Fine-grained access control of a domain: which roles users have, and what roles may do. */
export class Security {
    readonly roles = new Map<string, Json>(Object.entries(STATIC_ROLES));
    /** by role */
    readonly mappings = new Map<string, Json>();
    readonly users = new Map<string, InternalUser>();

    /** One who may do everything: the first to map roles. */
    setMaster(master: MasterUser): void {
        const user = "arn" in master ? master.arn : master.name;
        if ("password" in master) {
            this.users.set(user, internalUser(master.password, {}));
        }
        for (const role of ["all_access", "security_manager"]) {
            const known = (this.mappings.get(role)?.users ?? []) as string[];
            this.mappings.set(role, { ...this.mappings.get(role), users: [...new Set([...known, user])] });
        }
    }

    /** The user with a name and a password; undefined if there is none. */
    login(name: string, password: string): SecurityUser | undefined {
        const user = this.users.get(name);
        return user?.password === password ? { name, backendRoles: user.backendRoles } : undefined;
    }

    gateOf(user: SecurityUser): Gate {
        return {
            check: (action, index) => {
                if (!this.allows(user, action, index)) {
                    throw new SearchError("security_exception", denial(user, action), 403);
                }
            },
        };
    }

    /** Throws unless the user may manage roles and their mappings. */
    requireManager(user: SecurityUser): void {
        if (!this.rolesOf(user).some((role) => role === "security_manager" || role === "all_access")) {
            throw new SearchError("security_exception", denial(user, "cluster:admin/security/api"), 403);
        }
    }

    private allows(user: SecurityUser, action: string, index: string | undefined): boolean {
        return this.rolesOf(user).some((name) => {
            const { cluster_permissions: cluster = [], index_permissions: indices = [] } = this.roles.get(name) ?? {};
            if (index === undefined) {
                return includesAction(cluster as string[], action);
            }
            return (indices as { index_patterns?: string[]; allowed_actions?: string[] }[]).some(
                ({ index_patterns: patterns = [], allowed_actions: actions = [] }) =>
                    patterns.some((pattern) => glob(pattern).test(index)) && includesAction(actions, action),
            );
        });
    }

    private rolesOf({ name, backendRoles }: SecurityUser): string[] {
        const mapped = [...this.mappings].filter(([, { users = [], backend_roles: backends = [] }]) => {
            const given = { users: users as string[], backends: backends as string[] };
            return (
                given.users.some((pattern) => glob(pattern).test(name)) ||
                given.backends.some((pattern) => backendRoles.some((role) => glob(pattern).test(role)))
            );
        });
        return [...mapped.map(([role]) => role), ...(this.users.get(name)?.roles ?? [])];
    }
}

function includesAction(permissions: string[], action: string): boolean {
    return permissions.some((permission) =>
        ACTION_GROUPS[permission] ? includesAction(ACTION_GROUPS[permission], action) : glob(permission).test(action),
    );
}

const denial = ({ name, backendRoles }: SecurityUser, action: string) =>
    `no permissions for [${action}] and User [name=${name}, backend_roles=[${backendRoles.join(", ")}], requestedTenant=null]`;
