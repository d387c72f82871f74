/**
 * What the dynamic resources of this package call, and nothing of Pulumi: the state of a stack holds only
 * `require("pulumi-aws-zero-etl/runtime")`, so that refresh and destroy run the code that is installed.
 */
export type { Account } from "./clients";
export type { Handler } from "./handler";
export { lakeFormationAdministrator } from "./lake-formation-administrator";
export {
    dynamoDbTablePolicyMember,
    glueCatalogPolicyMember,
    openSearchDomainPolicyMember,
    redshiftNamespacePolicyMember,
} from "./policy-member";
export { glueIntegration } from "./integration/glue";
export { integrationHealth } from "./integration/health";
export { redshiftIntegrationDatabase } from "./integration-database";
export { rdsIntegration } from "./integration/rds";
export { redshiftIntegration } from "./integration/redshift";
export { glueIntegrationResourceProperty } from "./glue-resource-property";
export { glueIntegrationTableProperties } from "./glue-table-properties";
export { redshiftView } from "./view";
export { rdsParametersInEffect } from "./parameters/rds";
export { redshiftParametersInEffect } from "./parameters/redshift";
export { osisPipeline } from "./osis/pipeline";
export { openSearchIndex } from "./search-index/search-index";
