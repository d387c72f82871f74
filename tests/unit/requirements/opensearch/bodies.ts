const role = "arn:aws:iam::111122223333:role/osis-orders";

/** A body of a table, whole, as a user might have written it. */
export const TABLE_BODY = `
version: "2"
orders-pipeline:
  source:
    dynamodb:
      acknowledgments: true
      tables:
        - table_arn: "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
          stream: { start_position: LATEST }
          export:
            s3_bucket: orders-export-bucket
            s3_region: eu-west-1
            s3_prefix: "orders/"
      aws: { region: eu-west-1, sts_role_arn: "${role}" }
  sink:
    - opensearch:
        hosts: ["https://search-orders-abc.eu-west-1.es.amazonaws.com"]
        index: orders-v1
        index_type: custom
        document_id: '\${getMetadata("primary_key")}'
        action: '\${getMetadata("opensearch_action")}'
        document_version: '\${getMetadata("document_version")}'
        document_version_type: external
        max_retries: 20
        aws: { region: eu-west-1, sts_role_arn: "${role}" }
        dlq:
          s3: { bucket: orders-dlq, key_path_prefix: "osis/orders/", region: eu-west-1, sts_role_arn: "${role}" }
`;

const SINK = `
  sink:
    - opensearch:
        hosts: ["https://abcdefghij.eu-west-1.aoss.amazonaws.com"]
        index: products
        document_id: '\${getMetadata("primary_key")}'
        action: '\${getMetadata("opensearch_action")}'
        aws: { region: eu-west-1, serverless: true, serverless_options: { network_policy_name: catalog-osis } }
        dlq: { s3: { bucket: catalog-dlq, region: eu-west-1 } }
`;

/** One of a collection of DocumentDB, into a collection of OpenSearch Serverless. */
export const DOCUMENT_BODY = `
version: "2"
extension:
  aws: { secrets: { docdb: { secret_id: catalog-docdb-credentials, region: eu-west-1 } } }
catalog-pipeline:
  source:
    documentdb:
      host: catalog.cluster-abc.eu-west-1.docdb.amazonaws.com
      port: 27017
      acknowledgments: true
      authentication:
        username: "\${{aws_secrets:docdb:username}}"
        password: "\${{aws_secrets:docdb:password}}"
      collections: [ { collection: shop.products, export: true, stream: true } ]
      s3_bucket: catalog-osis-staging
      s3_region: eu-west-1
      s3_prefix: "products/"
      aws: { sts_role_arn: "arn:aws:iam::111122223333:role/osis-catalog" }
${SINK}`;

/** One of a database of Aurora. */
export const DATABASE_BODY = `
version: "2"
extension:
  aws: { secrets: { db: { secret_id: billing-db-credentials, region: eu-west-1 } } }
billing-pipeline:
  source:
    rds:
      db_identifier: billing-cluster
      engine: aurora-postgresql
      database: billing
      tables: { include: [public.invoices, public.lines] }
      s3_bucket: billing-osis-staging
      s3_region: eu-west-1
      s3_prefix: billing
      export:
        kms_key_id: "arn:aws:kms:eu-west-1:111122223333:key/1111"
        iam_role_arn: "arn:aws:iam::111122223333:role/rds-snapshot-export"
      stream: true
      authentication: { username: "\${{aws_secrets:db:username}}", password: "\${{aws_secrets:db:password}}" }
      aws: { region: eu-west-1 }
${SINK}`;
