import { isDeepStrictEqual } from "node:util";

import { durationProblems, type Duration } from "../../requirements/duration";
import { problem, renamed, type Problem } from "../../requirements/errors";
import {
    indexProblems,
    mappingChangeProblems,
    type IndexDefinition as Definition,
    type IndexMappings,
} from "../../requirements/opensearch/index-definition";
import { enter } from "../account-guard";
import { awsFailure, InitializationFailed, isNotFound, ResourceError, type Subject } from "../errors";
import { handlerOf, inputsOf, type CommonInputs, type InputRules } from "../handler";
import { obtain, Refusals, remove, within } from "../lifecycle";
import { OWNER_TAG, ownerTagValue } from "../owner";
import { isUnknown, plain } from "../values";

import { changedSince, declaredIn } from "./seen";
import { flatSettings, isSameSetting } from "./settings";
import { Domain, storeOf, type IndexDefinition, type IndexStore, type IndexTarget, type IndexTemplate } from "./store";

/** An ingest pipeline of the domain, through which documents go on their way into the index. */
export interface IngestPipeline {
    name: string;
    definition: Record<string, unknown>;
}

export interface OpenSearchIndexInputs extends CommonInputs {
    /** In `check` also as its user wrote it: with a scheme, or by a collection's endpoint. */
    target: IndexTarget;
    indexName: string;
    mappings?: IndexMappings;
    settings?: Record<string, unknown>;
    ingestPipeline?: IngestPipeline;
    template?: IndexTemplate;
    /** @default false */
    adoptExisting?: boolean;
    /** @default "10m" */
    timeout?: Duration;
}

export interface OpenSearchIndexOutputs {
    /** What OpenSearch shows of the definition after it was written. */
    storedDefinition: { mappings: unknown; settings: unknown; ingestPipeline?: unknown };
}

type Outputs = OpenSearchIndexInputs & OpenSearchIndexOutputs;

const TYPE = "OpenSearchIndex";
const DEFAULT_TIMEOUT = "10m";

/** An access policy that the same update wrote counts after a minute or two. */
const MAX_DENIALS = 9;

const rules: InputRules<OpenSearchIndexInputs> = {
    keys: ["target", "indexName", "mappings", "settings", "ingestPipeline", "template", "adoptExisting", "timeout"],
    place: () => ({ argument: "target", arn: "" }),
    canonical: (inputs) => ({
        ...inputs,
        target: isUnknown(inputs.target) ? inputs.target : inOneForm(inputs.target),
    }),
    problems: (inputs, olds) => [
        ...targetProblems(inputs),
        ...(isUnknown([inputs.indexName, inputs.mappings, inputs.settings, inputs.target])
            ? []
            : definitionProblems(olds, inputs)),
        ...pipelineProblems(inputs),
        ...durationProblems("timeout", inputs.timeout),
    ],
    replaces: (key, olds, news) =>
        key === "target" ||
        key === "indexName" ||
        (key === "template" && (olds.template === undefined) !== (news.template === undefined)),
};

/** An index that a pipeline writes to, made before the pipeline writes. */
export const openSearchIndex = handlerOf<OpenSearchIndexInputs, Outputs>(rules, {
    async create(inputs) {
        const work = await connect(inputs);
        await work.putPipeline();
        await work.obtain();
        const id = idOf(inputs);
        try {
            return { id, outs: await work.outputs() };
        } catch (error) {
            const storedDefinition = { mappings: {}, settings: {} };
            throw new InitializationFailed(id, plain({ ...inputs, storedDefinition }), error as Error);
        }
    },

    async read(id, props) {
        const work = await connect(props);
        const actual = await work.stored();
        if (!actual) {
            return { id: "" };
        }
        const inputs = { ...inputsOf(rules, props), ...observed(props, actual) };
        return { id, props: plain({ ...inputs, storedDefinition: actual }), inputs: plain(inputs) };
    },

    async update(_id, olds, news) {
        const work = await connect(news);
        await work.putPipeline(olds.ingestPipeline);
        await work.change(olds);
        await work.deletePipeline(olds.ingestPipeline);
        return { outs: await work.outputs() };
    },

    async delete(_id, props) {
        const work = await connect(props);
        await work.delete();
        await work.deletePipeline(props.ingestPipeline, true);
    },
});

async function connect(inputs: OpenSearchIndexInputs): Promise<Work> {
    // What OpenSearch refuses has nothing to do with the causes that are known of integrations.
    const subject: Subject = { type: TYPE, owner: inputs.owner, explain: () => undefined };
    const clients = await enter(inputs.account, subject);
    const { target, indexName, template } = inputs;
    const domain = target.kind === "domain" ? new Domain(clients.opensearchDomains, target.endpoint) : undefined;
    return new Work(storeOf(clients, target, indexName, template), domain, subject, inputs);
}

/** The steps on one index. */
class Work {
    private readonly timeout: Duration;
    private readonly name: string;

    constructor(
        private readonly store: IndexStore,
        private readonly domain: Domain | undefined,
        private readonly subject: Subject,
        private readonly inputs: OpenSearchIndexInputs,
    ) {
        this.timeout = inputs.timeout ?? DEFAULT_TIMEOUT;
        this.name = `the index ${inputs.template ? "template " : ""}"${inputs.indexName}"`;
    }

    /** Makes it, or goes on with what an interrupted update made. */
    async obtain(): Promise<void> {
        const definition = definitionOf(this.inputs);
        await obtain({
            subject: this.subject,
            what: this.name,
            timeout: this.timeout,
            maxUnready: MAX_DENIALS,
            holder: () => absentAsUndefined(this.store.get()),
            claim: async (holder) => {
                this.refuseAnothers(holder);
                await this.store.change(definition, this.otherSettings(holder));
                return holder;
            },
            create: async () => {
                await this.store.create(definition);
                return definition;
            },
        });
    }

    async change(olds: OpenSearchIndexInputs): Promise<void> {
        const present = await this.describe(absentAsUndefined(this.store.get()));
        if (!present) {
            throw new ResourceError(
                this.subject,
                `${this.name} was deleted outside of this stack`,
                "Run `pulumi refresh`, then the update makes a new one, which a new export of the source has to fill",
            );
        }
        const left = Object.keys(wantedSettings(olds)).filter((key) => !(key in wantedSettings(this.inputs)));
        const reset = Object.fromEntries(left.map((key) => [key, null]));
        await this.ask(`change ${this.name}`, () =>
            this.store.change(definitionOf(this.inputs), { ...reset, ...this.otherSettings(present) }),
        );
    }

    async delete(): Promise<void> {
        await remove({
            subject: this.subject,
            name: this.name,
            timeout: this.timeout,
            find: () => this.describe(absentAsUndefined(this.store.get())),
            isLeaving: () => false,
            delete: () => this.store.delete(),
        });
    }

    /** @param before The one of the last update, which may be changed. */
    async putPipeline(before?: IngestPipeline): Promise<void> {
        const { ingestPipeline, adoptExisting } = this.inputs;
        if (!ingestPipeline) {
            return;
        }
        const { name, definition } = ingestPipeline;
        await this.ask(`change the ingest pipeline "${name}"`, async () => {
            const present = await this.storedPipeline(name);
            const isOurs = before?.name === name || adoptExisting || isDeepStrictEqual(present, definition);
            if (present !== undefined && !isOurs) {
                throw new ResourceError(
                    this.subject,
                    `there is already an ingest pipeline "${name}", which says something else`,
                    "Set adoptExisting: true to put this one in its place, or choose another name",
                );
            }
            await this.domain!.put(definition, "_ingest", "pipeline", name);
        });
    }

    /** Takes away a pipeline of the last update that is in no use any more. */
    async deletePipeline(before: IngestPipeline | undefined, isWithIndex = false): Promise<void> {
        if (before && (isWithIndex || before.name !== this.inputs.ingestPipeline?.name)) {
            await this.ask(`delete the ingest pipeline "${before.name}"`, () =>
                absentAsUndefined(this.domain!.delete("_ingest", "pipeline", before.name)),
            );
        }
    }

    async outputs(): Promise<Outputs> {
        const storedDefinition = await this.stored();
        if (!storedDefinition) {
            throw new ResourceError(this.subject, `${this.name} is gone`, "Run the update again");
        }
        return plain({ ...this.inputs, storedDefinition });
    }

    /** What OpenSearch shows of the definition. */
    async stored(): Promise<OpenSearchIndexOutputs["storedDefinition"] | undefined> {
        const actual = await this.describe(absentAsUndefined(this.store.get()));
        const { mappings, ingestPipeline } = this.inputs;
        return (
            actual && {
                mappings: declaredIn(mappings ?? {}, actual.mappings),
                settings: declaredIn(wantedSettings(this.inputs), flatSettings(actual.settings)),
                ingestPipeline: ingestPipeline && (await this.describe(this.storedPipeline(ingestPipeline.name))),
            }
        );
    }

    private async storedPipeline(name: string): Promise<unknown> {
        const found = await absentAsUndefined(this.domain!.get<Record<string, unknown>>("_ingest", "pipeline", name));
        return found?.[name];
    }

    private refuseAnothers({ mappings }: IndexDefinition): void {
        const owner = (mappings._meta as Record<string, unknown> | undefined)?.[OWNER_TAG];
        if (owner === ownerTagValue(this.inputs.owner) || this.inputs.adoptExisting) {
            return;
        }
        const other = owner === undefined ? "which this stack did not make" : `made by ${String(owner)}`;
        throw new ResourceError(
            this.subject,
            `there is already ${this.name.replace("the", "an")}, ${other}`,
            "Set adoptExisting: true to take it over with its documents, or choose another name",
        );
    }

    /** The settings that the index has other values of. */
    private otherSettings({ settings }: IndexDefinition): Record<string, unknown> {
        const actual = flatSettings(settings);
        return Object.fromEntries(
            Object.entries(wantedSettings(this.inputs)).filter(([key, value]) => !isSameSetting(value, actual[key])),
        );
    }

    /** Asks until a policy that is only minutes old counts. */
    private async ask(doing: string, call: () => Promise<unknown>): Promise<void> {
        const refusals = new Refusals({ maxUnready: MAX_DENIALS });
        const done = await within(this.timeout, async () => {
            try {
                await call();
                return true;
            } catch (error) {
                if (error instanceof ResourceError || !refusals.mayPass(error)) {
                    throw awsFailure(this.subject, `AWS refuses to ${doing}`, error);
                }
                return undefined;
            }
        });
        if (!done) {
            throw awsFailure(this.subject, `AWS refuses to ${doing}`, refusals.last);
        }
    }

    private async describe<T>(found: Promise<T>): Promise<T> {
        return found.catch((error) => {
            throw awsFailure(this.subject, `AWS does not describe ${this.name}`, error);
        });
    }
}

async function absentAsUndefined<T>(found: Promise<T>): Promise<T | undefined> {
    return found.catch((error) => {
        if (isNotFound(error)) {
            return undefined;
        }
        throw error;
    });
}

/** With the mark of who made it, which mappings have room for. */
function definitionOf(inputs: OpenSearchIndexInputs): IndexDefinition {
    const { mappings = {}, settings = {}, ingestPipeline, owner } = inputs;
    return {
        mappings: { ...mappings, _meta: { ...(mappings._meta as object), [OWNER_TAG]: ownerTagValue(owner) } },
        settings:
            ingestPipeline && flatSettings(settings).default_pipeline === undefined
                ? { ...settings, default_pipeline: ingestPipeline.name }
                : settings,
    };
}

/** By their whole names. */
function wantedSettings(inputs: OpenSearchIndexInputs): Record<string, unknown> {
    return flatSettings(definitionOf(inputs).settings);
}

/** The inputs that others may have changed. */
function observed(
    { mappings, settings, ingestPipeline, storedDefinition: stored }: Outputs,
    actual: Outputs["storedDefinition"],
): Partial<OpenSearchIndexInputs> {
    return {
        mappings: changedSince(mappings, stored.mappings, actual.mappings) as IndexMappings | undefined,
        settings: (isDeepStrictEqual(stored.settings, actual.settings)
            ? settings
            : changedSince(flatSettings(settings), stored.settings, actual.settings)) as Record<string, unknown>,
        ingestPipeline: isDeepStrictEqual(stored.ingestPipeline, actual.ingestPipeline)
            ? ingestPipeline
            : { name: ingestPipeline!.name, definition: (actual.ingestPipeline ?? {}) as Record<string, unknown> },
    };
}

function idOf({ target, indexName }: OpenSearchIndexInputs): string {
    return `${target.kind === "domain" ? target.endpoint : target.collectionId}/${indexName}`;
}

/** The endpoint of a collection has its id, and users write a domain's with and without a scheme. */
function inOneForm(target: IndexTarget | { kind: "collection"; endpoint: string }): IndexTarget {
    const host = "endpoint" in target ? target.endpoint.replace(/^https:\/\//, "").replace(/\/+$/, "") : "";
    if (target.kind === "domain") {
        return { kind: "domain", endpoint: host };
    }
    return "collectionId" in target ? target : { kind: "collection", collectionId: host.split(".")[0]! };
}

function targetProblems({ target, account }: OpenSearchIndexInputs): Problem[] {
    if (isUnknown(target)) {
        return [];
    }
    if (target.kind === "collection") {
        return /^[a-z0-9]{3,40}$/.test(target.collectionId)
            ? []
            : [
                  problem(
                      "target",
                      `"${target.collectionId}" is not a collection's id`,
                      "Give the collection's id or collectionEndpoint",
                  ),
              ];
    }
    const { endpoint } = target;
    const [, region] = /^[a-z0-9-]+\.(?:aos\.)?([a-z]{2}(?:-[a-z]+)+-\d+)\.(?:es\..+|on\.aws)$/.exec(endpoint) ?? [];
    if (region === undefined) {
        return [
            problem(
                "target.endpoint",
                `"${endpoint}" is not the endpoint that AWS gave a domain`,
                "Give the domain's endpoint: search-….region.es.amazonaws.com, or vpc-… for one in a VPC",
            ),
        ];
    }
    return account.region === undefined || isUnknown(account.region) || region === account.region
        ? []
        : [
              problem(
                  "target.endpoint",
                  `The domain is in ${region}, and the provider's Region is ${account.region}`,
                  `Give the resource a provider of ${region}`,
              ),
          ];
}

function definitionProblems(olds: Partial<OpenSearchIndexInputs>, inputs: OpenSearchIndexInputs): Problem[] {
    const { target, template } = inputs;
    const isSameIndex = isDeepStrictEqual(olds.target, plain(target)) && olds.template === undefined && !template;
    const [before, now] = [olds as OpenSearchIndexInputs, inputs].map(asDefinition);
    return renamed(
        [...indexProblems("", now!), ...(isSameIndex ? mappingChangeProblems("", before!, now!) : [])],
        (argument) => INPUTS.reduce((path, [of, ours]) => path.replace(of, ours), argument),
    );
}

/** Where each part of a definition is among the inputs. */
const INPUTS: [RegExp, string][] = [
    [/^\.name/, "indexName"],
    [/^\.mapping/, "mappings"],
    [/^\.settings/, "settings"],
];

function asDefinition({ indexName, mappings, settings }: OpenSearchIndexInputs): Definition {
    return { name: indexName, mapping: mappings, settings };
}

function pipelineProblems({ target, template, ingestPipeline, settings }: OpenSearchIndexInputs): Problem[] {
    if (isUnknown(target) || isUnknown(settings)) {
        return [];
    }
    const isMisplaced = (argument: string) =>
        problem(argument, "A collection takes none", "Leave it out, or use a domain");
    const other = flatSettings(settings).default_pipeline;
    return [
        ...(target.kind === "collection" && template ? [isMisplaced("template")] : []),
        ...(target.kind === "collection" && ingestPipeline ? [isMisplaced("ingestPipeline")] : []),
        ...(ingestPipeline && other !== undefined && other !== ingestPipeline.name
            ? [
                  problem(
                      "settings.default_pipeline",
                      "Documents go through the ingestPipeline, and this names another",
                      "Leave one of them out",
                  ),
              ]
            : []),
    ];
}
