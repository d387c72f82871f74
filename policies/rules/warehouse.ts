import { managedCatalog } from "./managed-catalog";
import { managedCatalogAdministrators } from "./managed-catalog-administrators";
import { oneDatabasePerName } from "./one-database-per-name";
import { oneNamespacePolicyWriter } from "./one-namespace-policy-writer";
import { redshiftExportPolicy } from "./redshift-export-policy";
import { relationalSourceApplyMethod } from "./relational-source-apply-method";
import { relationalSourceBacktrack } from "./relational-source-backtrack";
import { relationalSourceBackups } from "./relational-source-backups";
import { relationalSourceEngine } from "./relational-source-engine";
import { relationalSourceParameters } from "./relational-source-parameters";
import { relationalSourceReplica } from "./relational-source-replica";
import { relationalSourceStorage } from "./relational-source-storage";
import { warehouseAdvice } from "./warehouse-advice";
import { warehouseCaseSensitivity } from "./warehouse-case-sensitivity";
import { warehouseEncryption } from "./warehouse-encryption";
import { warehouseIntegrationCount } from "./warehouse-integration-count";
import { warehouseIntegrationLimits } from "./warehouse-integration-limits";
import { warehouseNodeType } from "./warehouse-node-type";
import { warehouseSourceAuthorized } from "./warehouse-source-authorized";

/** The rules for what the APIs of RDS and Redshift integrate: source, target, the way between them, limits, what exists once, advice. */
export const warehouseRules = [
    relationalSourceEngine,
    relationalSourceParameters,
    relationalSourceApplyMethod,
    relationalSourceBackups,
    relationalSourceBacktrack,
    relationalSourceStorage,
    relationalSourceReplica,
    redshiftExportPolicy,
    warehouseNodeType,
    warehouseEncryption,
    warehouseCaseSensitivity,
    managedCatalog,
    managedCatalogAdministrators,
    warehouseSourceAuthorized,
    warehouseIntegrationLimits,
    warehouseIntegrationCount,
    oneNamespacePolicyWriter,
    oneDatabasePerName,
    warehouseAdvice,
] as const;
