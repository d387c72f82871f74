import { advice } from "./advice";
import { catalogPolicyPrincipals } from "./catalog-policy-principals";
import { creationAllowed } from "./creation-allowed";
import { integrationLimits } from "./integration-limits";
import { oneIntegrationPerName } from "./one-integration-per-name";
import { oneIntegrationPerPair } from "./one-integration-per-pair";
import { onePolicyOwner } from "./one-policy-owner";
import { oneResourceProperty } from "./one-resource-property";
import { oneTableLayout } from "./one-table-layout";
import { pipelineRules } from "./pipeline";
import { policySize } from "./policy-size";
import { sameRegion } from "./same-region";
import { sourceAuthorized } from "./source-authorized";
import { sourceEncryption } from "./source-encryption";
import { sourcePointInTimeRecovery } from "./source-point-in-time-recovery";
import { sourceTablePolicy } from "./source-table-policy";
import { tableLayoutLimits } from "./table-layout-limits";
import { targetBucketRegion } from "./target-bucket-region";
import { targetDatabaseLocation } from "./target-database-location";
import { targetDatabaseName } from "./target-database-name";
import { targetResourceProperty } from "./target-resource-property";
import { targetRoleArn } from "./target-role-arn";
import { targetRoleGrants } from "./target-role-grants";
import { targetRolePermissions } from "./target-role-permissions";
import { targetRoleTrust } from "./target-role-trust";
import { targetRoleWrites } from "./target-role-writes";
import { warehouseRules } from "./warehouse";

/** All rules, as the README lists them: source, target, the way between them, limits, what exists once, advice. */
export const rules = [
    sourcePointInTimeRecovery,
    sourceEncryption,
    sourceTablePolicy,
    targetDatabaseLocation,
    targetBucketRegion,
    targetDatabaseName,
    targetResourceProperty,
    targetRoleTrust,
    targetRolePermissions,
    targetRoleGrants,
    targetRoleWrites,
    targetRoleArn,
    sourceAuthorized,
    creationAllowed,
    catalogPolicyPrincipals,
    sameRegion,
    integrationLimits,
    tableLayoutLimits,
    policySize,
    onePolicyOwner,
    oneResourceProperty,
    oneTableLayout,
    oneIntegrationPerPair,
    oneIntegrationPerName,
    advice,
    ...warehouseRules,
    ...pipelineRules,
] as const;

export type RuleId = (typeof rules)[number]["id"];
