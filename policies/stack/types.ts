// Tokens instead of the classes: loading `@pulumi/aws` would take longer than everything else that the pack does.

export const DYNAMODB_TABLE = "aws:dynamodb/table:Table";
export const DYNAMODB_RESOURCE_POLICY = "aws:dynamodb/resourcePolicy:ResourcePolicy";
export const GLUE_DATABASE = "aws:glue/catalogDatabase:CatalogDatabase";
export const GLUE_RESOURCE_POLICY = "aws:glue/resourcePolicy:ResourcePolicy";
export const IAM_POLICY = "aws:iam/policy:Policy";
export const IAM_ROLE = "aws:iam/role:Role";
export const IAM_ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
export const IAM_ROLE_POLICY_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

export const NATIVE_INTEGRATION = "aws-native:glue:Integration";
export const NATIVE_RESOURCE_PROPERTY = "aws-native:glue:IntegrationResourceProperty";

export const INTEGRATION = "pulumi-nodejs:dynamic/zeroetl:GlueIntegration";
export const RESOURCE_PROPERTY = "pulumi-nodejs:dynamic/zeroetl:GlueIntegrationResourceProperty";
export const TABLE_PROPERTIES = "pulumi-nodejs:dynamic/zeroetl:GlueIntegrationTableProperties";
export const CATALOG_POLICY_MEMBER = "pulumi-nodejs:dynamic/zeroetl:GlueCatalogPolicyMember";
export const TABLE_POLICY_MEMBER = "pulumi-nodejs:dynamic/zeroetl:DynamoDbTablePolicyMember";
