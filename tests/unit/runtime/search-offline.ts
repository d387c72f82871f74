import type { RestRequest } from "../../../sdk/runtime/rest";

import { awsError } from "./offline";

interface Index {
    mappings: { properties?: Record<string, Record<string, unknown>> } & Record<string, unknown>;
    settings: { index: Record<string, unknown> };
}

/** OpenSearch's API of one domain, as far as the runtime asks it; and that of OpenSearch Serverless, which says the same in other words. */
export class FakeSearch {
    readonly indexes: Record<string, Index> = {};
    readonly templates: Record<string, { template: Index } & Record<string, unknown>> = {};
    readonly pipelines: Record<string, object> = {};
    /** Each call that writes. */
    readonly writes: string[] = [];
    readonly hosts = new Set<string>();
    /** What the next calls end with, before they are carried out or after. */
    faults: { error: Error; isCarriedOut?: boolean }[] = [];

    /** As the client sends it. */
    readonly send = async ({ method, path, body, host }: RestRequest): Promise<object> => {
        this.hosts.add(host!);
        const fault = this.faults.shift();
        if (fault && !fault.isCarriedOut) {
            throw fault.error;
        }
        const answer = structuredClone(this.answer(method, path, body as never));
        if (fault) {
            throw fault.error;
        }
        return answer;
    };

    /** The client of OpenSearch Serverless. */
    readonly serverless = {
        getIndex: async ({ indexName }: { indexName: string }) => {
            const { mappings, settings } = this.index(indexName);
            return { indexSchema: structuredClone({ mappings, settings }) };
        },
        createIndex: async ({ indexName, indexSchema }: { indexName: string; indexSchema: never }) =>
            this.send({ method: "PUT", path: `/${indexName}`, body: indexSchema }),
        updateIndex: async ({ indexName, indexSchema }: { indexName: string; indexSchema: Index }) =>
            this.send({ method: "PUT", path: `/${indexName}/_mapping`, body: indexSchema.mappings }),
        deleteIndex: async ({ indexName }: { indexName: string }) =>
            this.send({ method: "DELETE", path: `/${indexName}` }),
    };

    private answer(method: string, path: string, body: never): object {
        const [first, second, third] = path.slice(1).split("/");
        if (method !== "GET") {
            this.writes.push(`${method} ${path}`);
        }
        if (first === "_ingest") {
            return this.named(method, this.pipelines, third!, body);
        }
        if (first === "_index_template") {
            const answer = this.named(method, this.templates, second!, body);
            return method === "GET"
                ? {
                      index_templates: Object.entries(answer).map(([name, index_template]) => ({
                          name,
                          index_template,
                      })),
                  }
                : answer;
        }
        if (second === "_mapping") {
            return this.addFields(this.index(first!), body);
        }
        if (second === "_settings") {
            return this.set(this.index(first!), body);
        }
        return this.onIndex(method, first!, body);
    }

    private onIndex(method: string, name: string, { mappings = {}, settings }: Partial<Index> = {}): object {
        if (method === "PUT") {
            if (name in this.indexes) {
                throw awsError("resource_already_exists_exception", `index [${name}] already exists`);
            }
            this.indexes[name] = { mappings: {}, settings: { index: { uuid: "u", provided_name: name } } };
            this.addFields(this.indexes[name], mappings);
            return this.set(this.indexes[name], { ...settings }, false);
        }
        const index = this.index(name);
        if (method === "DELETE") {
            delete this.indexes[name];
            return {};
        }
        return { [name]: index };
    }

    private addFields(index: Index, { properties = {}, ...more }: Index["mappings"]): object {
        const present = index.mappings.properties ?? {};
        for (const [name, field] of Object.entries(properties)) {
            const old = present[name];
            if (old?.type !== undefined && old.type !== field.type) {
                throw awsError(
                    "illegal_argument_exception",
                    `mapper [${name}] cannot be changed from type [${String(old.type)}] to [${String(field.type)}]`,
                );
            }
            // A parameter with its default is not shown.
            const { index: isIndexed, ...shown } = field;
            present[name] = { ...old, ...shown, ...(isIndexed === false && { index: false }) };
        }
        Object.assign(index.mappings, more, { properties: present });
        return {};
    }

    private set(index: Index, { index: own = {}, ...settings }: Record<string, unknown>, isOpen = true): object {
        for (const [key, value] of Object.entries({ ...(own as object), ...settings })) {
            if (isOpen && key === "number_of_shards") {
                throw awsError(
                    "illegal_argument_exception",
                    "Can't update non dynamic settings [[index.number_of_shards]]",
                );
            }
            if (value === null) {
                delete index.settings.index[key];
            } else {
                // Numbers come back as text.
                index.settings.index[key] = String(value);
            }
        }
        return {};
    }

    private named(method: string, all: Record<string, object>, name: string, body: never): object {
        if (method === "PUT") {
            all[name] = body;
            return {};
        }
        const found = all[name];
        if (!found) {
            throw awsError("resource_not_found_exception", `${name} is missing`, 404);
        }
        if (method === "DELETE") {
            delete all[name];
        }
        return { [name]: found };
    }

    private index(name: string): Index {
        const found = this.indexes[name];
        if (!found) {
            throw awsError("index_not_found_exception", `no such index [${name}]`, 404);
        }
        return found;
    }
}
