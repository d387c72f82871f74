import type { BulkAction } from "../search/documents";
import { ExpressionError } from "./expressions/error";
import { holds } from "./expressions/condition";
import { isTemplate, parseTemplate, type Template } from "./expressions/format";
import { deleteAt, valueAt } from "./pointer";
import { only } from "./processors/select-entries";
import type { Options } from "./schema";
import type { PipelineEvent } from "./source";

export const ACTIONS = ["index", "create", "update", "upsert", "delete"] as const;

/** What keeps an event from becoming a document, and the metric that counts it. */
export interface Unwritable {
    reason: string;
    metric: string;
}

/** How a sink makes a line of a bulk request of an event. */
export class DocumentMaker {
    private readonly templates = new Map<string, Template>();

    constructor(
        private readonly options: Options,
        private readonly now: () => number,
    ) {}

    make(event: PipelineEvent): BulkAction | Unwritable {
        const { options } = this;
        const index = this.indexOf(event);
        if (index === undefined) {
            return unwritable(`there is no value for the index ${options.index}`, "dynamicIndexDroppedEvents");
        }
        const action = this.actionOf(event);
        if (!ACTIONS.includes(action as never)) {
            return unwritable(`${action} is no action`, "invalidActionErrors");
        }
        const version = this.versionOf(event);
        if (Number.isNaN(version)) {
            return unwritable(`${options.document_version} gives no version`, "documentErrors");
        }
        return {
            action: action as BulkAction["action"],
            index,
            id: this.textOf(options.document_id ?? bracketed(options.document_id_field), event),
            routing: this.textOf(options.routing ?? bracketed(options.routing_field), event),
            pipeline: this.textOf(options.pipeline, event),
            version,
            ...(version !== undefined && { versionType: options.document_version_type ?? "external" }),
            ...(action !== "delete" && { document: this.documentOf(event) }),
        };
    }

    /** Undefined where the event lacks a value that the name needs. */
    indexOf(event: PipelineEvent): string | undefined {
        const index = this.textOf(this.options.index, event);
        return index !== undefined && this.options.normalize_index ? normalized(index) : index;
    }

    private documentOf({ data, metadata }: PipelineEvent): Options {
        const { document_root_key: root, include_keys, exclude_keys, tags_target_key } = this.options;
        const under = root === undefined ? data : valueAt(data, root);
        const whole = structuredClone(typeof under === "object" && under !== null ? under : { data: under }) as Options;
        const document = include_keys ? only(whole, include_keys) : whole;
        (exclude_keys ?? []).forEach((key: string) => deleteAt(document, key));
        if (tags_target_key !== undefined && Array.isArray(metadata.tags)) {
            document[tags_target_key] = metadata.tags;
        }
        return document;
    }

    /** The first entry whose condition holds; entries without one don't end the search, and the last one is the rest's. */
    private actionOf(event: PipelineEvent): string {
        const { action = "index", actions = [] } = this.options;
        const now = this.now();
        const chosen = actions.find(({ when }: Options) => when !== undefined && holds(when, event, now));
        return this.textOf((chosen ?? actions.at(-1))?.type ?? action, event) ?? "";
    }

    private versionOf(event: PipelineEvent): number | undefined {
        const { document_version } = this.options;
        const text = this.textOf(document_version, event);
        return document_version === undefined ? undefined : /^\d+$/.test(text ?? "") ? Number(text) : NaN;
    }

    /** Undefined where the event lacks a value. */
    private textOf(text: string | undefined, event: PipelineEvent): string | undefined {
        if (text === undefined) {
            return undefined;
        }
        try {
            const template = this.templates.get(text) ?? parseTemplate(text);
            this.templates.set(text, template);
            return template(event, this.now());
        } catch (error) {
            if (error instanceof ExpressionError) {
                return undefined;
            }
            throw error;
        }
    }
}

const unwritable = (reason: string, metric: string): Unwritable => ({ reason, metric });

const bracketed = (field: string | undefined) => field && (isTemplate(field) ? field : `\${${field}}`);

/** What OpenSearch takes as an index's name. */
const normalized = (index: string) => index.toLowerCase().replace(/^[-_+]+|[\\/*?"<>| ,#:]/g, "");
