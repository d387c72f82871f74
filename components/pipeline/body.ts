import * as pulumi from "@pulumi/pulumi";

import {
    parseArn,
    pipelineBodyProblems,
    pipelineYaml,
    problem,
    type CollectionType,
    type PipelineDefinition,
    type Problem,
    type Processor,
} from "../../sdk/requirements";
import { checked, derived, warnOf } from "../checked";
import type { UsableBucket } from "../private-bucket";
import type { SearchPlace } from "../targets/search-place";
import type { RoutedIndexArgs } from "./indexes";
import { routingOf, type SinkTarget } from "./sinks";

/** What a source contributes to a body. */
export type SourceHalf = Pick<PipelineDefinition, "source" | "secrets">;

/** A source's half of a body, whose values become known one by one. */
export interface SourceWriting<V extends Record<string, string>> {
    /** What becomes known. */
    values: { [key in keyof V]: pulumi.Input<V[key]> };
    /** Values of the same form, with which the body is judged before the others are known. */
    standIns: V;
    /** The half, once all is known. */
    write(values: V): SourceHalf;
}

/** All that a body is made of. */
export interface BodyWriting<V extends Record<string, string>> {
    /** The sub-pipeline's name, with which metrics begin. */
    subPipeline: pulumi.Output<string>;
    /** What is read. */
    source: SourceWriting<V>;
    /** What happens on the way. */
    processors: Processor[] | undefined;
    /** Where documents go. */
    place: SearchPlace;
    /** Of a collection that is reached through a VPC. */
    networkPolicyName: pulumi.Output<string> | undefined;
    /** Which documents go to which index. */
    indexes: RoutedIndexArgs[];
    /** Where refused documents go. */
    deadLetters: UsableBucket | undefined;
    /** The pipeline's own. */
    region: pulumi.Output<string>;
}

/** The body as YAML. What AWS would refuse of it is refused at once, in the constructor, whatever is not known yet. */
export function bodyOf<V extends Record<string, string>>(
    component: pulumi.Resource,
    writing: BodyWriting<V>,
): pulumi.Output<string> {
    judge(component, write(writing, { ...standIns(writing.place.kind), source: writing.source.standIns }));
    const { source, deadLetters } = writing;
    const known = pulumi.all([
        writing.subPipeline,
        targetOf(writing),
        deadLetters?.name ?? null,
        writing.region,
        pulumi.output(source.values as Record<string, pulumi.Input<string>>),
    ]);
    return derived(known, ([subPipeline, target, deadLetterBucket, region, values]) =>
        pipelineYaml(write(writing, { subPipeline, target, deadLetterBucket, region, source: values as V })),
    );
}

/** What becomes known. */
interface Known<V> {
    subPipeline: string;
    target: SinkTarget;
    deadLetterBucket: string | null;
    region: string;
    source: V;
}

function write<V extends Record<string, string>>(
    { source, processors, indexes, deadLetters }: BodyWriting<V>,
    known: Known<V>,
): PipelineDefinition {
    const { subPipeline, deadLetterBucket, region } = known;
    return {
        name: subPipeline,
        ...source.write(known.source),
        ...routingOf(indexes, known.target, {
            processors,
            deadLetters:
                deadLetters && deadLetterBucket !== null
                    ? { bucket: deadLetterBucket, keyPathPrefix: `${subPipeline}/`, region }
                    : undefined,
        }),
    };
}

const STAND_IN_REGION = "eu-west-1";

function standIns(kind: SearchPlace["kind"]): Omit<Known<never>, "source"> {
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

function judge(component: pulumi.Resource, definition: PipelineDefinition): void {
    const yaml = pipelineYaml(definition);
    warnOf(
        component,
        pipelineBodyProblems("body", yaml).filter(({ severity }) => severity === "warning"),
    );
}

function targetOf<V extends Record<string, string>>({
    place,
    networkPolicyName,
    indexes,
}: BodyWriting<V>): pulumi.Output<SinkTarget> {
    return pulumi
        .all([
            place.endpoint,
            place.name,
            place.arn,
            place.kind === "collection" ? checked(place.type, (type) => idProblems(indexes, type)) : null,
            networkPolicyName ?? null,
        ])
        .apply(([endpoint, name, arn, type, policy]) => ({
            kind: place.kind,
            endpoint,
            name,
            region: parseArn(arn, "search").region,
            type: (type as CollectionType | null) ?? undefined,
            networkPolicyName: policy ?? undefined,
        }));
}

function idProblems(indexes: RoutedIndexArgs[], collectionType: string): Problem[] {
    return collectionType !== "TIMESERIES"
        ? []
        : indexes
              .filter(({ documentId = "generated" }) => documentId !== "generated")
              .map(({ name }) =>
                  problem(
                      "documentId",
                      `The collection is of type TIMESERIES, which takes no ids of documents, and index ${name} gives them`,
                      "Leave documentId out, or choose a collection of type SEARCH",
                  ),
              );
}
