import * as pulumi from "@pulumi/pulumi";

import {
    bodyNeedsProblems,
    InvalidArgument,
    deriveCollectionName,
    parseArn,
    pipelineBodyProblems,
    pipelineYaml,
    problem,
    renamed,
    searchNameProblems,
    type CollectionType,
    type PipelineDefinition,
    type PipelineSourceKind,
    type Problem,
} from "../../sdk/requirements";
import { accountOf } from "../../sdk/resources/aws-account";
import type { PipelineVpcArgs } from "../../sdk/resources/osis-pipeline";
import { checked, derived, judged, warnOf } from "../checked";
import { nameParts } from "../names";
import type { SearchPlace } from "../targets/search-place";
import { argumentNames, argumentOf, type ArgumentNames } from "./arguments";
import { indexArgument, refuseImpossibleIndexes, type IndexesArgs, type RoutedIndexArgs } from "./indexes";
import type { PipelineArgs, ProcessingArgs } from "./search-pipeline";
import { routingOf, type SinkTarget } from "./sinks";
import { deadLetterBucket, type PipelineStorageArgs } from "./storage";

/** A pipeline's body, and what comes before it. */
export interface PipelineBody {
    /** As YAML, or as its user wrote it. */
    text: pulumi.Output<string>;
    /** The indexes that the stack may make. */
    indexes: RoutedIndexArgs[];
    /** Customers' keys that the body does not name. */
    kmsKeyArns: pulumi.Output<string[]>;
    /** What comes before the pipeline. */
    ready: pulumi.Resource[];
}

/** A body of the user's own. It excludes the arguments that it replaces. */
export interface OwnBodyArgs {
    /**
     * What the pipeline does, as YAML or JSON: it is judged by the same rules as those that are made here, and its role and its access to the target
     * follow from what it says. Its indexes, buckets and secrets are there already.
     */
    body: pulumi.Input<string>;
}

type AnyKey<T> = T extends unknown ? keyof T : never;

/** What makes a body, or a body. */
export type BodyArgs<Making> = (Making & { body?: never }) | (OwnBodyArgs & { [argument in AnyKey<Making>]?: never });

/** What becomes of documents, and where those go that are refused: what the bodies of all sources are made of. */
export type BodyMakingArgs = ProcessingArgs & IndexesArgs & PipelineStorageArgs;

/** What a source contributes to a body, whose values become known one by one. */
export interface SourceWriting<V extends Record<string, string>> {
    /** What becomes known. */
    values: { [key in keyof V]: pulumi.Input<V[key]> };
    /** Values of the same form, with which the body is judged before the others are known. */
    standIns: V;
    /** The source's half of the body, once all is known. */
    write(values: V): Pick<PipelineDefinition, "source" | "secrets">;
    /** The arguments that it comes from. */
    arguments: ArgumentNames;
    /** Customers' keys of the source. */
    kmsKeyArns?: pulumi.Input<string | null>[];
    /** What comes before the pipeline. */
    ready: pulumi.Resource[];
}

/** What differs from source to source. */
interface BodyWriting<V extends Record<string, string>> {
    pipelineName: pulumi.Output<string>;
    indexes: RoutedIndexArgs[];
    source: SourceWriting<V>;
}

const REPLACED = ["processors", "index", "indexes", "deadLetters", "kmsKeyArn"] as const;

/**
 * A body of the user's own, once it is known that AWS takes it.
 *
 * @param replaces What it replaces of the source's arguments: types leave it out, and a program in JavaScript does not.
 * @param problems What does not fit the source's other arguments.
 */
export function ownBody(
    component: pulumi.Resource,
    args: OwnBodyArgs,
    {
        kind,
        replaces,
        problems: others = () => [],
    }: { kind: PipelineSourceKind; replaces: readonly string[]; problems?: (body: string) => Problem[] },
): PipelineBody {
    const replaced = [...REPLACED, ...replaces].find(
        (argument) => (args as unknown as Record<string, unknown>)[argument] !== undefined,
    );
    if (replaced !== undefined) {
        throw new InvalidArgument(replaced, "The body says it already", "Leave one of them out");
    }
    const text = judged(component, args.body, (known) => {
        const problems = pipelineBodyProblems("body", known);
        const isBroken = problems.some(({ severity }) => severity === "error");
        return isBroken ? problems : [...problems, ...bodyNeedsProblems("body", known, kind), ...others(known)];
    });
    return { text, indexes: [], kmsKeyArns: pulumi.output([]), ready: [] };
}

/**
 * A body that is made of arguments. What AWS would refuse of it is refused at once, in the constructor, whatever is not known yet.
 */
export function madeBody<V extends Record<string, string>>(
    component: pulumi.Resource,
    name: string,
    args: ProcessingArgs &
        PipelineStorageArgs &
        Pick<PipelineArgs, "search" | "tags" | "transform"> & { vpc?: PipelineVpcArgs; index?: object },
    { pipelineName, indexes, source }: BodyWriting<V>,
): PipelineBody {
    const { kmsKeyArn, tags, processors } = args;
    const { place } = args.search;
    const isOne = args.index !== undefined;
    refuseImpossibleIndexes(place.kind, indexes, { isOne });
    const deadLetters = deadLetterBucket(component, name, args.deadLetters, {
        kmsKeyArn,
        tags,
        transform: args.transform?.deadLetterBucket,
    });
    const write = ({ subPipeline, target, deadLetterBucket, region, values }: Known<V>): PipelineDefinition => ({
        name: subPipeline,
        ...source.write(values),
        ...routingOf(indexes, target, {
            processors,
            deadLetters: deadLetters && { bucket: deadLetterBucket, keyPathPrefix: `${subPipeline}/`, region },
        }),
    });

    const names = argumentNames({ processors, isOne, indexes, source: source.arguments });
    const called = (known: Known<V>) => (path: string) => argumentOf(path, known.subPipeline, names);
    const yaml = (known: Known<V>) => pipelineYaml(write(known), called(known));

    const example = { ...standIns(place.kind), values: source.standIns };
    warnOf(component, renamed(pipelineBodyProblems("body", yaml(example)), called(example)));
    const known = pulumi.all([
        pipelineName,
        targetOf(place, { networkPolicyName: networkPolicyName(name, place, args.vpc), indexes, isOne }),
        deadLetters?.name ?? "",
        accountOf(component).region,
        valuesOf(source),
    ]);
    return {
        text: derived(known, ([subPipeline, target, deadLetterBucket, region, values]) =>
            yaml({ subPipeline, target, deadLetterBucket, region, values: values as V }),
        ),
        indexes,
        kmsKeyArns: pulumi
            .all([kmsKeyArn ?? null, ...(source.kmsKeyArns ?? [])])
            .apply((keys) => [...new Set(keys.filter((key) => key !== null))]),
        ready: [...source.ready, ...(deadLetters?.guards ?? [])],
    };
}

/** All of them, once each is known. */
function valuesOf({ values }: { values: Record<string, pulumi.Input<string>> }): pulumi.Output<Record<string, string>> {
    return derived(pulumi.all(Object.values(values)), (known) =>
        Object.fromEntries(Object.keys(values).map((key, i) => [key, known[i]!])),
    );
}

/** What becomes known. */
interface Known<V> {
    subPipeline: string;
    target: SinkTarget;
    deadLetterBucket: string;
    region: string;
    values: V;
}

const STAND_IN_REGION = "eu-west-1";

function standIns(kind: SearchPlace["kind"]): Omit<Known<never>, "values"> {
    return {
        subPipeline: "pipeline",
        target: {
            kind,
            endpoint: `https://search.${STAND_IN_REGION}.${kind === "domain" ? "es" : "aoss"}.amazonaws.com`,
            name: "search",
            region: STAND_IN_REGION,
        },
        deadLetterBucket: "dead-letters",
        region: STAND_IN_REGION,
    };
}

function targetOf(
    place: SearchPlace,
    {
        networkPolicyName,
        indexes,
        isOne,
    }: { networkPolicyName: string | undefined; indexes: RoutedIndexArgs[]; isOne: boolean },
): pulumi.Output<SinkTarget> {
    const type = place.kind === "collection" ? checked(place.type, (type) => idProblems(indexes, isOne, type)) : null;
    // Where the body names a collection, its name ends sooner than AWS lets others be.
    const name = networkPolicyName
        ? checked(place.name, (known) => searchNameProblems("search", "collection", known))
        : place.name;
    return derived(pulumi.all([place.endpoint, name, place.arn, type]), ([endpoint, name, arn, collectionType]) => ({
        kind: place.kind,
        endpoint,
        name,
        region: parseArn(arn, "search").region,
        type: (collectionType as CollectionType | null) ?? undefined,
        networkPolicyName,
    }));
}

/**
 * A policy of the pipeline's own, which the service edits, and removes with the pipeline: one that Pulumi manages would drift, such as that of a collection
 * whose target has the pipeline's name.
 */
function networkPolicyName(name: string, place: SearchPlace, vpc?: PipelineVpcArgs): string | undefined {
    return place.kind === "collection" && vpc ? deriveCollectionName(nameParts(`${name}-pipeline`)) : undefined;
}

function idProblems(indexes: RoutedIndexArgs[], isOne: boolean, collectionType: string): Problem[] {
    return indexes.flatMap(({ name, documentId = "generated" }, i) =>
        collectionType === "TIMESERIES" && documentId !== "generated"
            ? [
                  problem(
                      `${indexArgument(i, isOne)}.documentId`,
                      `The collection is of type TIMESERIES, which takes no ids of documents, and index ${name} gives them`,
                      "Leave documentId out, or choose a collection of type SEARCH",
                  ),
              ]
            : [],
    );
}
