import type { SearchEndpoint } from "../search/endpoint";
import type { Context } from "../world/context";
import { AwsError } from "../world/error";
import { CUSTOM } from "./plugins/opensearch";
import type { Options } from "./schema";

/** What a sink sets up before it writes to an index: a template first, then the index itself. */
export async function setUpIndex(
    endpoint: SearchEndpoint,
    role: Context,
    options: Options,
    index: string,
): Promise<void> {
    // Whoever has management disabled finds the index there, or leaves its mapping to the cluster.
    if (indexType(options, endpoint) !== CUSTOM) {
        return;
    }
    await putTemplate(endpoint, role, options, index);
    if (!(await endpoint.hasIndex(role, index))) {
        await endpoint.createIndex(role, index).catch((error) => {
            if (!(error instanceof AwsError && error.code === "resource_already_exists_exception")) {
                throw error;
            }
        });
    }
}

export const indexType = ({ index_type }: Options, { kind }: SearchEndpoint): string =>
    index_type ?? (kind === "collection" ? "management_disabled" : CUSTOM);

async function putTemplate(endpoint: SearchEndpoint, role: Context, options: Options, index: string): Promise<void> {
    const { template_content, template_type = "v1", number_of_shards, number_of_replicas } = options;
    const settings = { number_of_shards, number_of_replicas };
    if (template_content === undefined && number_of_shards === undefined && number_of_replicas === undefined) {
        return;
    }
    const content = JSON.parse(template_content ?? "{}");
    const { prefix, pattern } = namesOf(options.index, index);
    const template = {
        ...content,
        settings: { ...content.settings, ...settings },
        index_patterns: [pattern],
    };
    const name = `${prefix}-index-template`;
    const existing = await endpoint.indexTemplate(role, name).catch(orMissing);
    // Without a number there is nothing to compare: it is put anew at each start.
    if (existing?.version === undefined || (content.version ?? -1) > (existing.version as number)) {
        await endpoint.putIndexTemplate(role, name, bare(template, template_type), template_type);
    }
}

/** Composable templates know settings under `template` alone: what is not said is left out. */
function bare(template: Options, type: string): Options {
    const { settings, ...rest } = template;
    const said = Object.fromEntries(Object.entries(settings as Options).filter(([, value]) => value !== undefined));
    return type === "index-template" && Object.keys(said).length === 0 ? rest : { ...rest, settings: said };
}

/** `orders-%{yyyy.MM}` has one template for the indexes of all months. */
function namesOf(configured: string, index: string): { prefix: string; pattern: string } {
    const [beforeDate, date] = configured.split("%{");
    return date === undefined
        ? { prefix: index, pattern: index }
        : { prefix: beforeDate.replace(/-$/, ""), pattern: `${beforeDate}*` };
}

function orMissing(error: unknown): undefined {
    if (!(error instanceof AwsError && error.status === 404)) {
        throw error;
    }
}
