export * from "./aws-account";
export type { DynamicResourceArgs } from "./dynamic-resource";
export * from "./dynamodb-table-policy-member";
export * from "./glue-catalog-policy-member";
export * from "./glue-integration";
export * from "./glue-integration-resource-property";
export * from "./glue-integration-table-properties";
export * from "./lake-formation-administrator";
export * from "./redshift-namespace-policy-member";
