import type { IndexMappings } from "../../requirements/opensearch/index-definition";
import type { Clients } from "../clients";
import type { RestRequest, SignedRest } from "../rest";

/** Where the index is. */
export type IndexTarget =
    | {
          kind: "domain";
          /** Without a scheme. */
          endpoint: string;
      }
    | { kind: "collection"; collectionId: string };

/** An index template in place of an index: for indexes that are made later. */
export interface IndexTemplate {
    indexPatterns: string[];
    /** The highest of those that fit a name counts. */
    priority?: number;
}

export interface IndexDefinition {
    mappings: IndexMappings;
    settings: Record<string, unknown>;
}

/** An index, or an index template, in a domain or a collection. Errors are AWS's own. */
export interface IndexStore {
    /** `undefined` or a not-found error when there is none. */
    get(): Promise<IndexDefinition | undefined>;
    create(definition: IndexDefinition): Promise<unknown>;
    /** @param settings Those that are to become others. */
    change(definition: IndexDefinition, settings: Record<string, unknown>): Promise<unknown>;
    delete(): Promise<unknown>;
}

export function storeOf(
    clients: Clients,
    target: IndexTarget,
    name: string,
    template: IndexTemplate | undefined,
): IndexStore {
    if (target.kind === "collection") {
        return collectionIndex(clients, target.collectionId, name);
    }
    const domain = new Domain(clients.opensearchDomains, target.endpoint);
    return template ? domainTemplate(domain, name, template) : domainIndex(domain, name);
}

/** OpenSearch's own API of one domain. */
export class Domain {
    constructor(
        private readonly rest: SignedRest,
        private readonly host: string,
    ) {}

    get<T>(...path: string[]): Promise<T> {
        return this.send("GET", path);
    }

    put(body: object, ...path: string[]): Promise<unknown> {
        return this.send("PUT", path, body);
    }

    delete(...path: string[]): Promise<unknown> {
        return this.send("DELETE", path);
    }

    private send<T>(method: RestRequest["method"], path: string[], body?: object): Promise<T> {
        return this.rest.send({
            method,
            path: path.map((part) => `/${encodeURIComponent(part)}`).join(""),
            body,
            host: this.host,
        });
    }
}

function domainIndex(domain: Domain, index: string): IndexStore {
    return {
        async get() {
            const found = await domain.get<Record<string, Partial<IndexDefinition>>>(index);
            const { mappings = {}, settings = {} } = found[index] ?? {};
            return { mappings, settings };
        },
        create: (definition) => domain.put(definition, index),
        async change({ mappings }, settings) {
            if (Object.keys(settings).length > 0) {
                await domain.put(settings, index, "_settings");
            }
            await domain.put(mappings, index, "_mapping");
        },
        delete: () => domain.delete(index),
    };
}

function domainTemplate(domain: Domain, name: string, { indexPatterns, priority }: IndexTemplate): IndexStore {
    const put = (template: IndexDefinition) =>
        domain.put({ index_patterns: indexPatterns, priority, template }, "_index_template", name);
    return {
        async get() {
            const { index_templates: found } = await domain.get<{
                index_templates: { index_template: { template?: Partial<IndexDefinition> } }[];
            }>("_index_template", name);
            const { mappings = {}, settings = {} } = found[0]?.index_template.template ?? {};
            return { mappings, settings };
        },
        create: put,
        change: put,
        delete: () => domain.delete("_index_template", name),
    };
}

/** The API of OpenSearch Serverless itself: it needs no way into the collection's network. */
function collectionIndex({ opensearchServerless: aoss }: Clients, id: string, indexName: string): IndexStore {
    type Schema = Parameters<typeof aoss.createIndex>[0]["indexSchema"];
    return {
        async get() {
            const { indexSchema } = await aoss.getIndex({ id, indexName });
            const { mappings = {}, settings = {} } = (indexSchema ?? {}) as unknown as Partial<IndexDefinition>;
            return { mappings, settings };
        },
        create: (definition) => aoss.createIndex({ id, indexName, indexSchema: definition as unknown as Schema }),
        change: (definition) => aoss.updateIndex({ id, indexName, indexSchema: definition as unknown as Schema }),
        delete: () => aoss.deleteIndex({ id, indexName }),
    };
}
