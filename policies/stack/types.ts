// Tokens instead of the classes: loading `@pulumi/aws` would take longer than everything else that the pack does.

export const DYNAMODB_TABLE = "aws:dynamodb/table:Table";
export const DYNAMODB_RESOURCE_POLICY = "aws:dynamodb/resourcePolicy:ResourcePolicy";
export const GLUE_CONNECTION = "aws:glue/connection:Connection";
export const GLUE_DATABASE = "aws:glue/catalogDatabase:CatalogDatabase";
export const GLUE_RESOURCE_POLICY = "aws:glue/resourcePolicy:ResourcePolicy";
export const IAM_POLICY = "aws:iam/policy:Policy";
export const IAM_ROLE = "aws:iam/role:Role";
export const IAM_ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
export const IAM_ROLE_POLICY_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
export const KMS_GRANT = "aws:kms/grant:Grant";
export const KMS_KEY = "aws:kms/key:Key";
export const KMS_KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy";
export const LAKE_FORMATION_LOCATION = "aws:lakeformation/resource:Resource";
export const LAKE_FORMATION_PERMISSIONS = "aws:lakeformation/permissions:Permissions";
export const LAKE_FORMATION_SETTINGS = "aws:lakeformation/dataLakeSettings:DataLakeSettings";
export const S3_BUCKET = "aws:s3/bucket:Bucket";
export const S3_BUCKET_V2 = "aws:s3/bucketV2:BucketV2";

export const NATIVE_INTEGRATION = "aws-native:glue:Integration";
export const NATIVE_RESOURCE_PROPERTY = "aws-native:glue:IntegrationResourceProperty";

export const INTEGRATION = "pulumi-nodejs:dynamic/zeroetl:GlueIntegration";
export const RESOURCE_PROPERTY = "pulumi-nodejs:dynamic/zeroetl:GlueIntegrationResourceProperty";
export const TABLE_PROPERTIES = "pulumi-nodejs:dynamic/zeroetl:GlueIntegrationTableProperties";
export const CATALOG_POLICY_MEMBER = "pulumi-nodejs:dynamic/zeroetl:GlueCatalogPolicyMember";
export const TABLE_POLICY_MEMBER = "pulumi-nodejs:dynamic/zeroetl:DynamoDbTablePolicyMember";
