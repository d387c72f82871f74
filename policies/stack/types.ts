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

/** What the types of our dynamic resources begin with. */
export const OURS = "pulumi-nodejs:dynamic/zeroetl:";

export const INTEGRATION = "pulumi-nodejs:dynamic/zeroetl:GlueIntegration";
export const RESOURCE_PROPERTY = "pulumi-nodejs:dynamic/zeroetl:GlueIntegrationResourceProperty";
export const TABLE_PROPERTIES = "pulumi-nodejs:dynamic/zeroetl:GlueIntegrationTableProperties";
export const CATALOG_POLICY_MEMBER = "pulumi-nodejs:dynamic/zeroetl:GlueCatalogPolicyMember";
export const TABLE_POLICY_MEMBER = "pulumi-nodejs:dynamic/zeroetl:DynamoDbTablePolicyMember";

export const GLUE_CATALOG = "aws:glue/catalog:Catalog";
export const RDS_CLUSTER = "aws:rds/cluster:Cluster";
export const RDS_CLUSTER_PARAMETER_GROUP = "aws:rds/clusterParameterGroup:ClusterParameterGroup";
export const RDS_INSTANCE = "aws:rds/instance:Instance";
export const RDS_PARAMETER_GROUP = "aws:rds/parameterGroup:ParameterGroup";
export const REDSHIFT_CLUSTER = "aws:redshift/cluster:Cluster";
export const REDSHIFT_NAMESPACE = "aws:redshiftserverless/namespace:Namespace";
export const REDSHIFT_PARAMETER_GROUP = "aws:redshift/parameterGroup:ParameterGroup";
export const REDSHIFT_RESOURCE_POLICY = "aws:redshift/resourcePolicy:ResourcePolicy";
export const REDSHIFT_WORKGROUP = "aws:redshiftserverless/workgroup:Workgroup";

export const LAKE_FORMATION_ADMINISTRATOR = "pulumi-nodejs:dynamic/zeroetl:LakeFormationAdministrator";
export const NAMESPACE_POLICY_MEMBER = "pulumi-nodejs:dynamic/zeroetl:RedshiftNamespacePolicyMember";
export const INTEGRATION_DATABASE = "pulumi-nodejs:dynamic/zeroetl:RedshiftIntegrationDatabase";
export const WAREHOUSE_PARAMETERS = "pulumi-nodejs:dynamic/zeroetl:RedshiftParametersInEffect";

/** Integrations that the API of RDS creates, whoever declares them. */
export const RDS_INTEGRATIONS = [
    "pulumi-nodejs:dynamic/zeroetl:RdsIntegration",
    "aws:rds/integration:Integration",
    "aws-native:rds:Integration",
];

/** Those of the API of Redshift, whose sources are DynamoDB tables. */
export const REDSHIFT_INTEGRATIONS = [
    "pulumi-nodejs:dynamic/zeroetl:RedshiftIntegration",
    "aws:redshift/integration:Integration",
    "aws-native:redshift:Integration",
];

export const INTEGRATION_TYPES = [INTEGRATION, NATIVE_INTEGRATION, ...RDS_INTEGRATIONS, ...REDSHIFT_INTEGRATIONS];

export const DOCDB_CLUSTER = "aws:docdb/cluster:Cluster";
export const DOCDB_CLUSTER_PARAMETER_GROUP = "aws:docdb/clusterParameterGroup:ClusterParameterGroup";
export const S3_LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
export const S3_LIFECYCLE_V2 = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2";
export const SEARCH_COLLECTION = "aws:opensearch/serverlessCollection:ServerlessCollection";
export const SEARCH_DOMAIN = "aws:opensearch/domain:Domain";
export const SEARCH_DOMAIN_POLICY = "aws:opensearch/domainPolicy:DomainPolicy";
export const SEARCH_SECURITY_POLICY = "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy";

export const DOMAIN_POLICY_MEMBER = "pulumi-nodejs:dynamic/zeroetl:OpenSearchDomainPolicyMember";

export const OSIS_PIPELINE = "pulumi-nodejs:dynamic/zeroetl:OsisPipeline";
export const CLASSIC_PIPELINE = "aws:opensearchingest/pipeline:Pipeline";
export const NATIVE_PIPELINE = "aws-native:osis:Pipeline";

/** Pipelines of OpenSearch Ingestion, whoever declares them. */
export const PIPELINES = [OSIS_PIPELINE, CLASSIC_PIPELINE, NATIVE_PIPELINE];
