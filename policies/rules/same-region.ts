import { parseArn, regionProblems, sameRegionProblems } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { SOURCES, TARGETS, type Reference } from "../stack/stack";
import { DYNAMODB_TABLE, INTEGRATION_TYPES } from "../stack/types";
import { CannotTellYet } from "../stack/unknown";

export const sameRegion = {
    id: "same-region",
    title: "The source and the target of an integration are in one Region.",
    level: "mandatory",
    severity: "medium",
    reads: [
        ...INTEGRATION_TYPES.map((type) => `${type} sourceArn, targetArn`),
        ...[...Object.keys(SOURCES), ...Object.keys(TARGETS)].map((type) => `${type} region`),
    ],
    why: "AWS integrates within one Region of one partition; accounts may differ.",
    fix: "Choose a target beside the source, or replicate the table with a DynamoDB global table and integrate the replica.",
    subjects: (stack) => stack.allIntegrations,
    judge: (integration, stack) => {
        const [source, target] = [stack.sourceOf(integration), stack.targetOf(integration)];
        return isArn(source.value) && isArn(target.value)
            ? sameRegionProblems("sourceArn", { sourceArn: source.value, targetArn: target.value })
            : regionProblems("sourceArn", {
                  service: source.resource?.type === DYNAMODB_TABLE ? "dynamodb" : "",
                  sourceRegion: regionOf(source),
                  targetRegion: regionOf(target),
              });
    },
} as const satisfies Rule;

function regionOf({ value, resource }: Reference): string {
    if (isArn(value)) {
        return parseArn(value).region;
    }
    if (resource === undefined) {
        throw new CannotTellYet("a Region is not known");
    }
    return resource.region;
}

function isArn(value: string | undefined): value is string {
    return value?.startsWith("arn:") === true && value.split(":").length >= 6;
}
