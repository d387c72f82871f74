import * as pulumi from "@pulumi/pulumi";

import {
    conditionProblems,
    embeddingPipeline,
    indexProblems,
    problem,
    refuse,
    warning,
    withVectors,
    type IndexMappings,
    type OpenSearchSink,
    type Problem,
    type SemanticSearch,
} from "../../sdk/requirements";
import { accountOf } from "../../sdk/resources/aws-account";
import { OpenSearchIndex } from "../../sdk/resources/opensearch-index";
import { judged } from "../checked";
import type { SearchPlace } from "../targets/search-place";
import type { SearchTarget } from "../targets/search-target";

/** What is done with documents on their way into an index. What is left out follows from the source. */
export type IndexWriting = Pick<
    OpenSearchSink,
    | "documentId"
    | "action"
    | "versions"
    | "routing"
    | "script"
    | "includeKeys"
    | "excludeKeys"
    | "documentRootKey"
    | "normalizeIndex"
    | "bulkSize"
    | "flushTimeout"
    | "maxRetries"
>;

/** An index that a pipeline fills. It stays when the pipeline is destroyed. */
export interface SearchIndexArgs extends IndexWriting {
    /**
     * Lower-case letters, digits, hyphens and underscores. With expressions (`orders-${/region}`) or dates (`orders-%{yyyy.MM.dd}`) it is many
     * indexes, which only the pipeline can make. Another name makes another index, filled by a new load alone, and the old one stays.
     */
    name: string;
    /**
     * The fields and their types, as OpenSearch has it in `mappings`: `{ properties: { price: { type: "double" } } }`. A new field is added in place;
     * another type of a field needs another index.
     *
     * @default OpenSearch takes a field's type from the first document that has it, and refuses documents that do not fit it later
     */
    mapping?: IndexMappings;
    /** As OpenSearch has it in `settings`, such as `{ number_of_shards: 3 }`. @default OpenSearch's own */
    settings?: Record<string, unknown>;
    /**
     * Who makes the index. `"stack"`: whoever deploys, before the pipeline; a domain has to be within reach of where Pulumi runs. `"pipeline"`: the pipeline,
     * from a template with mapping and settings; a domain alone, and the way for one in a VPC. `"none"`: somebody else, or OpenSearch with the first
     * document.
     *
     * @default "stack", or "pipeline" where the name has expressions
     */
    createdBy?: "stack" | "pipeline" | "none";
    /**
     * Search by meaning, in a domain: fields of text become vectors when a document comes in. The model is the domain's own: see
     * {@link SearchTarget.modelInstructions}. In a collection a field does it by itself: `requirements.enrichedText()` in the mapping.
     *
     * @default none
     */
    semanticSearch?: SemanticSearch;
    /** Whether to take over an index of this name that something else has made. @default false: it is refused */
    adoptExisting?: boolean;
}

/** An index for some of what is read. */
export interface RoutedIndexArgs extends SearchIndexArgs {
    /**
     * What goes there, as a condition: `'/type == "product"'`. Where several hold, all of them get the document; an index without one gets what none
     * of the others takes. A change that makes a condition fail goes elsewhere, and the document stays where it was: choose an attribute that does not change.
     *
     * @default - what no other index takes
     */
    when?: string;
}

/** One index for all. */
export interface OneIndexArgs<Index> {
    /** The index that all documents go to. */
    index: Index;
    /** There is one: see `index`. */
    indexes?: never;
}

/** Several indexes, or none. */
export interface SeveralIndexesArgs<Index> {
    /** The indexes, and what goes where. One name may stand several times, so that several kinds of items go to one index in ways of their own. */
    indexes: [Index, ...Index[]];
    /** There are several: see `indexes`. */
    index?: never;
}

/** Where documents go. */
export type IndexesArgs = OneIndexArgs<SearchIndexArgs> | SeveralIndexesArgs<RoutedIndexArgs>;

/** The indexes, once their conditions are known to be such: in a body, they stand beside what else decides. */
export function indexesOf<One extends SearchIndexArgs, Each extends One & RoutedIndexArgs>(
    args: OneIndexArgs<One> | SeveralIndexesArgs<Each>,
): (One | Each)[] {
    if (args.indexes === undefined) {
        return [args.index];
    }
    refuse(
        args.indexes.flatMap(({ when }, i) =>
            when === undefined ? [] : conditionProblems(`indexes[${i}].when`, when),
        ),
    );
    return args.indexes;
}

/** Who makes an index. */
export function makerOf({ createdBy, name }: SearchIndexArgs): NonNullable<SearchIndexArgs["createdBy"]> {
    return createdBy ?? (isDynamic(name) ? "pipeline" : "stack");
}

/** @param isOne Whether the user has written `index`, and not `indexes`. */
export function indexArgument(i: number, isOne: boolean): string {
    return isOne ? "index" : `indexes[${i}]`;
}

/** @param isOne Whether the user has written `index`, and not `indexes`. */
export function refuseImpossibleIndexes(
    kind: SearchPlace["kind"],
    indexes: RoutedIndexArgs[],
    { isOne }: { isOne: boolean },
): void {
    refuse(indexes.flatMap((index, i) => problemsOf(indexArgument(i, isOne), kind, index)));
    refuse(indexes.flatMap((index, i) => contradictions(`indexes[${i}]`, index, indexes.slice(0, i))));
    const unconditional = indexes.filter(({ when }) => when === undefined);
    if (indexes.length > 1 && unconditional.length > 1) {
        refuse([
            problem(
                "indexes",
                `${unconditional.map(({ name }) => name).join(" and ")} have no condition, and what no other index takes goes to one`,
                "Give all but one of them when",
            ),
        ]);
    }
}

function problemsOf(argument: string, kind: SearchPlace["kind"], index: RoutedIndexArgs): Problem[] {
    const { name, createdBy, mapping, settings, semanticSearch } = index;
    const maker = makerOf(index);
    if (semanticSearch && (kind === "collection" || maker !== "stack")) {
        return [
            problem(
                `${argument}.semanticSearch`,
                kind === "collection"
                    ? "A collection makes vectors by itself"
                    : "Its ingest pipeline and its index are made by the stack alone",
                kind === "collection"
                    ? "Give the field the mapping requirements.enrichedText() instead"
                    : 'Give the index a name without expressions, and createdBy: "stack"',
            ),
        ];
    }
    if (kind === "collection" && maker === "pipeline") {
        return [
            problem(
                `${argument}.${createdBy ? "createdBy" : "name"}`,
                "A pipeline makes no indexes in a collection",
                isDynamic(name)
                    ? 'Give a name without expressions, or createdBy: "none" and see to each index by yourself'
                    : "Leave createdBy out: the stack makes the index",
            ),
        ];
    }
    if (isDynamic(name) && createdBy === "stack") {
        return [
            problem(
                `${argument}.createdBy`,
                `"${name}" becomes the name of an index only with each document`,
                'Give a name without expressions, or createdBy: "pipeline"',
            ),
        ];
    }
    if (maker === "stack") {
        return indexProblems(argument, { name, ...definitionOf(index) });
    }
    return createdBy === "none" && (mapping ?? settings)
        ? [
              problem(
                  `${argument}.${mapping ? "mapping" : "settings"}`,
                  'Nobody here makes the index (createdBy: "none")',
                  "Leave one of them out",
              ),
          ]
        : [];
}

/** Several entries for one index say once what it is. */
function contradictions(argument: string, index: RoutedIndexArgs, earlier: RoutedIndexArgs[]): Problem[] {
    return isDefined(index) && earlier.some((other) => other.name === index.name && isDefined(other))
        ? [
              problem(
                  argument,
                  `What ${index.name} is made of has been said already`,
                  "Say it in one of the entries alone",
              ),
          ]
        : [];
}

function isDefined({ mapping, settings, semanticSearch, createdBy }: SearchIndexArgs): boolean {
    return [mapping, settings, semanticSearch, createdBy].some((each) => each !== undefined);
}

function isDynamic(name: string): boolean {
    return /[$%]\{/.test(name);
}

/** The indexes that are there before the pipeline is, each once. They outlive it. */
export function madeBeforehand(
    parent: pulumi.Resource,
    name: string,
    { search, indexes, dependsOn }: { search: SearchTarget; indexes: RoutedIndexArgs[]; dependsOn: pulumi.Resource[] },
): OpenSearchIndex[] {
    // Of several entries for one index, the one that says what it is.
    const byName = new Map(
        indexes.toSorted((a, b) => +isDefined(a) - +isDefined(b)).map((index) => [index.name, index]),
    );
    const made = [...byName.values()].filter((index) => makerOf(index) === "stack");
    const { place } = search;
    warnOfDistance(parent, place, made);
    return made.map((index) => {
        const { mapping, settings, ingestPipeline } = definitionOf(index);
        return new OpenSearchIndex(
            `${name}-index-${index.name}`,
            {
                target:
                    place.kind === "domain"
                        ? { kind: "domain", endpoint: place.endpoint }
                        : { kind: "collection", collectionId: place.id },
                indexName: index.name,
                mappings: mapping,
                settings,
                ingestPipeline,
                adoptExisting: index.adoptExisting,
                account: accountOf(search),
            },
            // Documents are worth more than the pipeline that brought them.
            { parent, dependsOn, retainOnDelete: true },
        );
    });
}

/** A domain in a VPC answers from within alone: whoever says `createdBy` knows where Pulumi runs. */
function warnOfDistance(parent: pulumi.Resource, place: SearchPlace, made: RoutedIndexArgs[]): void {
    const names = made.filter(({ createdBy }) => createdBy === undefined).map(({ name }) => name);
    if (place.kind === "domain" && names.length > 0) {
        judged(parent, place.isPrivate, (isPrivate) =>
            isPrivate
                ? [
                      warning(
                          "createdBy",
                          `The domain is in a VPC, and the stack makes ${names.join(" and ")} from where Pulumi runs`,
                          'Give the index createdBy: "stack" if that is within the domain\'s reach, else "pipeline"',
                      ),
                  ]
                : [],
        );
    }
}

interface MadeIndex extends Pick<SearchIndexArgs, "mapping" | "settings"> {
    ingestPipeline?: { name: string; definition: Record<string, unknown> };
}

/** What is made, the fields of vectors and the ingest pipeline that fills them included. */
function definitionOf({ name, mapping, settings, semanticSearch }: SearchIndexArgs): MadeIndex {
    if (semanticSearch === undefined) {
        return { mapping, settings };
    }
    const pipelineName = `${name}-vectors`;
    return {
        ...withVectors({ name, mapping, settings }, semanticSearch, pipelineName),
        ingestPipeline: { name: pipelineName, definition: embeddingPipeline(semanticSearch) },
    };
}
