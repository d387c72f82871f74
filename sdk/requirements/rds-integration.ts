import { validate } from "@aws-sdk/util-arn-parser";

import { isRdsClusterArn, isRdsInstanceArn, isRedshiftCatalogArn, isRedshiftNamespaceArn } from "./arn";
import { dataFilterProblems } from "./data-filter";
import { problem, type Problem } from "./errors";
import {
    integrationRules,
    problemsBy,
    type CommonIntegrationInputs,
    type IntegrationChange,
    type IntegrationRule,
} from "./integration-rules";
import type { SourceEngine } from "./rds-engine";

/** What `rds:CreateIntegration` takes. */
export interface RdsIntegrationInputs extends CommonIntegrationInputs {
    /** Which tables are replicated, such as `include: shop.*, exclude: shop.tmp`. @default - every table, where MySQL is the source */
    dataFilter?: string;
}

/** How AWS changes each input. A filter that is taken away is not empty: see `EVERY_MYSQL_TABLE`. */
export const RDS_INTEGRATION_CHANGES: Record<keyof RdsIntegrationInputs, IntegrationChange> = {
    integrationName: "modify",
    description: "modify",
    dataFilter: "modify",
    tags: "tag",
    sourceArn: "replace",
    targetArn: "replace",
    kmsKeyId: "replace",
    additionalEncryptionContext: "replace",
};

/**
 * What AWS would refuse.
 *
 * @param isUnknown Tells a value that is not known yet: what depends on it is not judged.
 * @param engine What the source is, which its ARN does not say; without it a filter is judged by what holds for all.
 */
export function rdsIntegrationProblems(
    inputs: RdsIntegrationInputs,
    isUnknown?: (value: unknown) => boolean,
    engine?: SourceEngine,
): Problem[] {
    const filter: IntegrationRule<RdsIntegrationInputs> = {
        reads: ["dataFilter"],
        judge: ({ dataFilter }) => dataFilterProblems("dataFilter", dataFilter, engine),
    };
    return problemsBy([...RULES, filter], inputs, isUnknown);
}

const RULES: IntegrationRule<RdsIntegrationInputs>[] = [
    ...integrationRules("rds"),
    {
        reads: ["sourceArn"],
        judge: ({ sourceArn }) =>
            !validate(sourceArn) || isRdsClusterArn(sourceArn) || isRdsInstanceArn(sourceArn)
                ? []
                : [
                      problem(
                          "sourceArn",
                          `"${sourceArn}" is neither a cluster nor an instance of RDS`,
                          "Give arn:partition:rds:region:account:cluster:name for Aurora, :db:name for an instance",
                      ),
                  ],
    },
    {
        reads: ["targetArn"],
        judge: ({ targetArn }) =>
            !validate(targetArn) || isRedshiftNamespaceArn(targetArn) || isRedshiftCatalogArn(targetArn)
                ? []
                : [
                      problem(
                          "targetArn",
                          `"${targetArn}" is nothing that RDS integrates into`,
                          "Give the ARN of a Redshift namespace, or of a catalog in Redshift managed storage",
                      ),
                  ],
    },
];
