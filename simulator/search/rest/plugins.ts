import { randomBytes } from "node:crypto";
import { illegalArgument, notSimulated, SearchError } from "../error";
import { parseJson, type Json } from "../json";
import { internalUser, isStaticRole, type Security } from "../security";
import type { Call, Route } from "./route";

/** The length of vectors of a model whose configuration tells none. */
const DEFAULT_DIMENSION = 768;

const models: Route[] = [
    {
        methods: ["POST"],
        path: "/_plugins/_ml/models/_register",
        domainOnly: true,
        answer({ cluster, gate, body }) {
            gate.check("cluster:admin/opensearch/ml/register_model");
            const { name, model_config: config } = parseJson(body) as { name?: string; model_config?: Json };
            if (!name) {
                throw new SearchError("illegal_argument_exception", "model name is null");
            }
            const dimension = Number(config?.embedding_dimension ?? DEFAULT_DIMENSION);
            const id = randomBytes(15).toString("base64url");
            cluster.models.set(id, { id, name, dimension });
            return { task_id: randomBytes(15).toString("base64url"), status: "CREATED", model_id: id };
        },
    },
    {
        methods: ["GET"],
        path: "/_plugins/_ml/models/{id}",
        domainOnly: true,
        answer({ cluster, gate, path: { id } }) {
            gate.check("cluster:admin/opensearch/ml/models/get");
            const model = cluster.models.get(id);
            if (!model) {
                throw new SearchError("status_exception", "Failed to find model", 404);
            }
            const { name, dimension } = model;
            return { name, model_id: id, model_state: "DEPLOYED", model_config: { embedding_dimension: dimension } };
        },
    },
];

/** What the security plugin keeps by name. */
interface Store {
    get(name: string): Json | undefined;
    set(name: string, body: Json): void;
    delete(name: string): void;
}

/** Things of the security plugin that are put, read and deleted by their names. */
function managed(kind: string, storeOf: (security: Security) => Store): Route[] {
    const path = `/_plugins/_security/api/${kind}/{name}`;
    const found = (call: Call) => {
        const store = storeOf(managedSecurity(call));
        return { store, known: store.get(call.path.name) };
    };
    const missing = (name: string) => ({
        status: 404,
        body: { status: "NOT_FOUND", message: `Resource '${name}' not found.` },
    });
    return [
        {
            methods: ["GET"],
            path,
            domainOnly: true,
            answer(call) {
                const { known } = found(call);
                return known ? { [call.path.name]: known } : missing(call.path.name);
            },
        },
        {
            methods: ["PUT"],
            path,
            domainOnly: true,
            answer(call) {
                const { store, known } = found(call);
                const { name } = call.path;
                store.set(name, parseJson(call.body));
                return known
                    ? { status: 200, body: { status: "OK", message: `'${name}' updated.` } }
                    : { status: 201, body: { status: "CREATED", message: `'${name}' created.` } };
            },
        },
        {
            methods: ["DELETE"],
            path,
            domainOnly: true,
            answer(call) {
                const { store, known } = found(call);
                const { name } = call.path;
                store.delete(name);
                return known ? { status: 200, body: { status: "OK", message: `'${name}' deleted.` } } : missing(name);
            },
        },
    ];
}

/** The roles that every domain has stay as they are. */
function writable(name: string): boolean {
    if (isStaticRole(name)) {
        throw new SearchError("security_exception", `Resource '${name}' is static.`, 403);
    }
    return true;
}

/** Members that may be there as long as they say nothing. */
function requireSimulated(body: Json, members: string[]): void {
    const said = members.find((name) => ![undefined, null, ""].includes(body[name] as string) && !isEmpty(body[name]));
    if (said) {
        throw notSimulated(`[${said}]`);
    }
}

const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0;

/** Only managers of security get that far, and only where there is any. */
function managedSecurity({ cluster: { security }, user }: Call): Security {
    if (!security || !user) {
        throw new SearchError("no_handler_found", "no handler found: fine-grained access control is not enabled");
    }
    security.requireManager(user);
    return security;
}

export const pluginRoutes: Route[] = [
    ...models,
    ...managed("rolesmapping", ({ mappings, roles }) => ({
        get: (name) => mappings.get(name),
        set(name, body) {
            if (!roles.has(name)) {
                throw new SearchError("not_found", `Role '${name}' is not available for role-mapping.`, 404);
            }
            requireSimulated(body, ["and_backend_roles", "hosts"]);
            mappings.set(name, body);
        },
        delete: (name) => mappings.delete(name),
    })),
    ...managed("roles", ({ roles }) => ({
        get: (name) => roles.get(name),
        set(name, body) {
            writable(name);
            requireSimulated(body, ["tenant_permissions"]);
            ((body.index_permissions ?? []) as Json[]).forEach((each) =>
                requireSimulated(each, ["dls", "fls", "masked_fields"]),
            );
            roles.set(name, body);
        },
        delete: (name) => writable(name) && roles.delete(name),
    })),
    ...managed("internalusers", ({ users }) => ({
        get: (name) => users.get(name)?.body,
        set(name, { password = users.get(name)?.password, ...body }) {
            requireSimulated(body, ["hash"]);
            if (typeof password !== "string" || password === "") {
                throw illegalArgument("Please specify either 'hash' or 'password' when creating a new internal user.");
            }
            users.set(name, internalUser(password, body));
        },
        delete: (name) => users.delete(name),
    })),
];
