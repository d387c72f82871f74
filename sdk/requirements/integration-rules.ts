import { validate } from "@aws-sdk/util-arn-parser";

import { sameRegionProblems } from "./dynamodb-source";
import { problem, type Problem } from "./errors";
import { integrationNameProblems, type IntegrationApi } from "./names";

/** What every API that creates integrations takes. */
export interface CommonIntegrationInputs {
    /** Unique in the account and Region. */
    integrationName: string;
    sourceArn: string;
    targetArn: string;
    /** At most 1000 characters. */
    description?: string;
    /** Encrypts what is on its way. @default - a key of AWS */
    kmsKeyId?: string;
    /** Only with `kmsKeyId`. */
    additionalEncryptionContext?: Record<string, string>;
    /** At most 50. */
    tags?: Record<string, string>;
}

/**
 * How AWS changes an input: in place, by way of the tags, or not at all, so that another value means another
 * integration, which loads everything again.
 */
export type IntegrationChange = "modify" | "tag" | "replace";

/** What a judgement reads, so that it waits until all of it is known. */
export interface IntegrationRule<I> {
    reads: (keyof I)[];
    judge(inputs: I): Problem[];
}

/** What the rules find wrong, leaving out those that read an unknown value. */
export function problemsBy<I>(
    rules: IntegrationRule<I>[],
    inputs: I,
    isUnknown: (value: unknown) => boolean = () => false,
): Problem[] {
    return rules
        .filter(({ reads }) => !reads.some((input) => isUnknown(inputs[input])))
        .flatMap(({ judge }) => judge(inputs));
}

interface IntegrationLimits {
    sourceArn: [min: number, max: number];
    targetArn: [min: number, max: number];
    /** Pairs of the encryption context; AWS adds two of its own, and KMS takes eight. */
    contextPairs: number;
}

const REDSHIFT_LIMITS: IntegrationLimits = { sourceArn: [1, 255], targetArn: [20, 2048], contextPairs: 6 };

const LIMITS: Record<IntegrationApi, IntegrationLimits> = {
    glue: { sourceArn: [1, 512], targetArn: [1, 512], contextPairs: Infinity },
    rds: REDSHIFT_LIMITS,
    redshift: REDSHIFT_LIMITS,
};

export const MAX_TAGS = 50;

/** The rules for what the APIs have in common. */
export function integrationRules(api: IntegrationApi): IntegrationRule<CommonIntegrationInputs>[] {
    const limits = LIMITS[api];
    return [
        {
            reads: ["integrationName"],
            judge: ({ integrationName }) => integrationNameProblems("integrationName", api, integrationName),
        },
        { reads: ["sourceArn"], judge: ({ sourceArn }) => arnProblems("sourceArn", sourceArn, ...limits.sourceArn) },
        { reads: ["targetArn"], judge: ({ targetArn }) => arnProblems("targetArn", targetArn, ...limits.targetArn) },
        {
            reads: ["sourceArn", "targetArn"],
            judge: ({ sourceArn, targetArn }) =>
                validate(sourceArn) && validate(targetArn)
                    ? sameRegionProblems("sourceArn", { sourceArn, targetArn })
                    : [],
        },
        { reads: ["description"], judge: ({ description }) => lengthProblems("description", description, 0, 1000) },
        { reads: ["kmsKeyId"], judge: ({ kmsKeyId }) => lengthProblems("kmsKeyId", kmsKeyId, 1, 2048) },
        {
            reads: ["kmsKeyId", "additionalEncryptionContext"],
            judge: (inputs) => contextProblems(inputs, limits.contextPairs),
        },
        { reads: ["tags"], judge: ({ tags = {} }) => tagProblems(tags) },
    ];
}

export function lengthProblems(argument: string, value: string | undefined, min: number, max: number): Problem[] {
    return value === undefined || (value.length >= min && value.length <= max)
        ? []
        : [problem(argument, `It has ${value.length} characters`, `AWS takes ${min} to ${max}`)];
}

function arnProblems(argument: string, arn: string, min: number, max: number): Problem[] {
    return validate(arn)
        ? lengthProblems(argument, arn, min, max)
        : [problem(argument, `"${arn}" is not an ARN`, "Give arn:partition:service:region:account:resource")];
}

function contextProblems(
    { kmsKeyId, additionalEncryptionContext: context }: CommonIntegrationInputs,
    maxPairs: number,
): Problem[] {
    const argument = "additionalEncryptionContext";
    const count = Object.keys(context ?? {}).length;
    return [
        ...(context !== undefined && kmsKeyId === undefined
            ? [
                  problem(
                      argument,
                      "An encryption context needs a key of yours",
                      "Give kmsKeyId, or leave the context out",
                  ),
              ]
            : []),
        ...(count > maxPairs ? [problem(argument, `There are ${count} pairs`, `AWS takes ${maxPairs} at most`)] : []),
    ];
}

export function tagProblems(tags: Record<string, string>): Problem[] {
    const count = Object.keys(tags).length;
    return [
        ...(count > MAX_TAGS ? [problem("tags", `There are ${count} tags`, `AWS takes ${MAX_TAGS} at most`)] : []),
        ...Object.entries(tags).flatMap(([key, value]) => [
            ...lengthProblems("tags", key, 1, 128),
            ...lengthProblems(`tags.${key}`, value, 0, 256),
            ...(/^aws/i.test(key)
                ? [problem(`tags.${key}`, `Keys that begin with "aws" are AWS's own`, "Choose another")]
                : []),
        ]),
    ];
}
