import { integrationLimits } from "./integration-limits";
import { oneIntegrationPerPair } from "./one-integration-per-pair";
import { onePolicyOwner } from "./one-policy-owner";
import { oneResourceProperty } from "./one-resource-property";
import { oneTableLayout } from "./one-table-layout";
import { policySize } from "./policy-size";
import { sameRegion } from "./same-region";
import { sourceAuthorized } from "./source-authorized";
import { sourceEncryption } from "./source-encryption";
import { sourcePointInTimeRecovery } from "./source-point-in-time-recovery";
import { sourceTablePolicy } from "./source-table-policy";
import { tableLayoutLimits } from "./table-layout-limits";
import { targetDatabaseLocation } from "./target-database-location";
import { targetDatabaseName } from "./target-database-name";
import { targetRoleArn } from "./target-role-arn";
import { targetRolePermissions } from "./target-role-permissions";
import { targetRoleTrust } from "./target-role-trust";
import { targetRoleWrites } from "./target-role-writes";
import { warehouseRules } from "./warehouse";

/** All rules, in the order in which they are reported: source, target, the way between them, limits, what exists once. */
export const rules = [
    sourcePointInTimeRecovery,
    sourceEncryption,
    sourceTablePolicy,
    targetDatabaseLocation,
    targetDatabaseName,
    targetRoleTrust,
    targetRolePermissions,
    targetRoleWrites,
    targetRoleArn,
    sourceAuthorized,
    sameRegion,
    integrationLimits,
    tableLayoutLimits,
    policySize,
    onePolicyOwner,
    oneResourceProperty,
    oneTableLayout,
    oneIntegrationPerPair,
    ...warehouseRules,
] as const;

export type RuleId = (typeof rules)[number]["id"];
