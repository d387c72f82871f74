import type { RuleId } from "pulumi-policy-aws-zero-etl";

import {
    collectionNetworkPolicy,
    OSIS_SERVICE,
    pipelineRolePolicy,
    statementsOf,
    type Statement,
} from "../../../sdk/requirements";
import { add, again, all, input, nothing, output, preview, tagged, without, type Cases, type Edit } from "./cases";
import {
    classicPipeline,
    databaseBody,
    documentBody,
    domainArn,
    networks,
    roleArn,
    tableBody,
    tableRole,
} from "./search";
import { ACCOUNT, later, REGION, tableArn, unknown, type Declared } from "./shop";

const right = { "as it should be": nothing };
const noPipeline = without("tablePipeline", "documentsPipeline", "databasePipeline");

/** The table's body, with one text in place of another. */
const body = (text: string | RegExp, other: string): Edit =>
    input("tablePipeline", { body: later(tableBody.replace(text, other)) });
const classic = (inputs: Record<string, unknown> = {}): Edit =>
    all(without("tablePipeline"), add("classic", classicPipeline(inputs)));
const roleInBody = classic({
    pipelineRoleArn: undefined,
    pipelineConfigurationBody: tableBody.replace(/aws:\n( *)/g, `$&sts_role_arn: ${roleArn("table")}\n$1`),
});
const openBody = input("tablePipeline", { body: unknown });

const policy = (...Statement: Partial<Statement>[]) =>
    JSON.stringify({
        Version: "2012-10-17",
        Statement: Statement.map((each) => ({ Effect: "Allow", Resource: "*", ...each })),
    });

const rights = (change: (statements: Statement[]) => Statement[]): Edit =>
    input("tableRolePolicy", {
        policy: JSON.stringify({
            Version: "2012-10-17",
            Statement: change(
                statementsOf(
                    pipelineRolePolicy({ partition: "aws", region: REGION, accountId: ACCOUNT, ...tableRole }),
                ),
            ),
        }),
    });
const withoutStatement = (sid: string) => rights((statements) => statements.filter(({ Sid }) => Sid !== sid));
const widened = (sid: string, Resource: string) =>
    rights((statements) => statements.map((each) => (each.Sid === sid ? { ...each, Resource } : each)));
const allowing = (statement: Partial<Statement>) =>
    rights((statements) => [...statements, { Effect: "Allow", Resource: "*", ...statement }]);

const trusting = (...statements: Partial<Statement>[]): Edit =>
    input("tableRole", {
        assumeRolePolicy: policy(
            ...statements.map((each) => ({ Resource: undefined, Action: "sts:AssumeRole", ...each })),
        ),
    });
const service = { Service: OSIS_SERVICE };

const domainPolicy = (Statement: Partial<Statement>): Declared => ({
    type: "aws:opensearch/domainPolicy:DomainPolicy",
    name: "catalog-policy",
    inputs: { domainName: "catalog", accessPolicies: policy(Statement) },
    from: { domainName: ["domain"] },
});
const everybody = { Principal: { AWS: "*" }, Action: "es:*", Resource: `${domainArn}/*` };

/** What each rule says of pipelines into OpenSearch. */
export const searchCases = {
    "pipeline-source-stream": {
        right: {
            ...right,
            "new images alone": input("table", { streamViewType: "NEW_IMAGE" }),
            "none, for a pipeline that exports once": all(
                input("table", { streamEnabled: false, streamViewType: undefined }),
                body(/^ *stream: \{\}\n/m, ""),
            ),
            "of aws": classic(),
        },
        wrong: {
            "no stream": [
                input("table", { streamEnabled: false, streamViewType: undefined }),
                /streamViewType: The table has no stream/,
            ],
            "keys alone": [input("table", { streamViewType: "KEYS_ONLY" }), /carries KEYS_ONLY.*NEW_AND_OLD_IMAGES/],
            "old images alone": [input("table", { streamViewType: "OLD_IMAGE" }), /carries OLD_IMAGE/],
            "new images, where the old one is asked for": [
                all(
                    input("table", { streamViewType: "NEW_IMAGE" }),
                    body("stream: {}", "stream: { view_on_remove: OLD_IMAGE }"),
                ),
                /asks for the old one/,
            ],
            "of a pipeline of aws": [all(classic(), input("table", { streamViewType: "KEYS_ONLY" })), /KEYS_ONLY/],
            "tagged, with its pipeline in another stack": [
                all(
                    noPipeline,
                    tagged("table", "pipeline-source"),
                    input("table", { streamEnabled: false, streamViewType: undefined }),
                ),
                /no stream/,
                preview,
            ],
        },
        unknown: {
            "whether a stream is read at all": [input("table", { streamViewType: "KEYS_ONLY" }), preview],
            "whether a body that is no YAML reads one": [
                all(input("table", { streamViewType: "KEYS_ONLY" }), input("tablePipeline", { body: "a: [" })),
            ],
            "what the stream carries": [input("table", { streamViewType: unknown })],
        },
        notApplicable: { "no pipeline": noPipeline },
    },
    "pipeline-source-recovery": {
        right: {
            ...right,
            "off, for a pipeline that reads the stream alone": all(
                input("table", { pointInTimeRecovery: { enabled: false } }),
                body(/^ *export:\n(?: +s3_.*\n)+/m, ""),
            ),
        },
        wrong: {
            off: [
                input("table", { pointInTimeRecovery: { enabled: false } }),
                /pointInTimeRecovery: Point-in-time recovery is off/,
            ],
            "left out": [input("table", { pointInTimeRecovery: undefined }), /recovery is off/],
            tagged: [
                all(noPipeline, tagged("table", "pipeline-source"), input("table", { pointInTimeRecovery: undefined })),
                /recovery is off/,
            ],
        },
        unknown: {
            "whether the pipeline exports": [input("table", { pointInTimeRecovery: { enabled: false } }), preview],
        },
        notApplicable: { "no pipeline": noPipeline },
    },
    "pipeline-change-stream-retention": {
        right: { ...right, "a week": retention("604800") },
        wrong: {
            "half a day": [retention("43200"), /dbClusterParameterGroupName: Changes are kept for 12 hours/, preview],
            "what AWS keeps": [input("documentGroup", { parameters: [] }), /kept for 3 hours/],
            "of AWS's own group": [
                input("documents", { dbClusterParameterGroupName: "default.docdb5.0" }),
                /kept for 3 hours/,
            ],
            "too long": [retention("999999"), /3600 to 604800/],
        },
        unknown: { "the group of another stack": [without("documentGroup")] },
        notApplicable: {
            "no pipeline": noPipeline,
            "an export alone": all(
                retention("43200"),
                input("documentsPipeline", {
                    pipelineConfigurationBody: documentBody.replace(
                        /^( *)(- collection: .*\n)/m,
                        "$1$2$1  stream: false\n",
                    ),
                }),
            ),
        },
    },
    "pipeline-body": {
        right: { ...right, "of aws": classic() },
        wrong: {
            "a misspelt option": [
                body("table_arn", "tabel_arn"),
                /^body\.orders\.source\.dynamodb\.tables\[0\]\.tabel_arn: .*Did you mean table_arn\?/,
            ],
            "a route that nobody declared": [
                body("index: orders-v1", "index: orders-v1\n        routes: [live]"),
                /^body\.orders\.sink\[0\]\.opensearch\.routes\[0\]/,
            ],
            "in a pipeline of aws": [
                classic({ pipelineConfigurationBody: tableBody.replace("table_arn", "table") }),
                /^pipelineConfigurationBody\.orders\.source/,
                preview,
            ],
            "no YAML": [input("tablePipeline", { body: "a: [" }), /^body: It is neither YAML nor JSON/, preview],
        },
        unknown: { "at a first preview": [nothing, preview], "what the body is": [openBody] },
        notApplicable: { "no pipeline": noPipeline },
    },
    "pipeline-dead-letters": {
        right,
        wrong: {
            none: [
                body(/^ *dlq:\n(?: {10,}.*\n)+/m, ""),
                /^body\.orders\.sink\[0\]\.opensearch\.dlq: Documents that OpenSearch refuses are lost/,
            ],
        },
        unknown: { "what the body is": [openBody] },
        notApplicable: { "no pipeline": noPipeline },
    },
    "pipeline-time-series": {
        right: { ...right, "a collection for vectors": input("collection", { type: "VECTORSEARCH" }) },
        wrong: {
            "a collection of time series": [
                input("collection", { type: "TIMESERIES" }),
                /^pipelineConfigurationBody\.profiles\.sink\[0\]\.opensearch\.document_id: .*takes no ids/,
            ],
            "what AWS makes where no type is given": [input("collection", { type: undefined }), /takes no ids/],
        },
        unknown: { "what the body is": [input("collection", { type: "TIMESERIES" }), preview] },
        notApplicable: { "no collection": without("collection") },
    },
    "pipeline-role-trust": {
        right: {
            ...right,
            "one condition": trusting({
                Principal: service,
                Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
            }),
        },
        wrong: {
            "no condition": [trusting({ Principal: service }), /for anybody's pipeline/, preview],
            "of a role that the body names": [
                all(roleInBody, trusting({ Principal: service })),
                /for anybody's pipeline/,
            ],
            "another service": [
                trusting({ Principal: { Service: "ec2.amazonaws.com" } }),
                /may not take the role.*\n.*service:ec2/,
                preview,
            ],
            "an account beside it": [
                trusting(
                    { Principal: service, Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } },
                    { Principal: { AWS: ACCOUNT } },
                ),
                /aws:111122223333 may take the role/,
                preview,
            ],
        },
        unknown: { "whom it trusts": [input("tableRole", { assumeRolePolicy: unknown })] },
        notApplicable: { "no pipeline": noPipeline },
    },
    "pipeline-role-permissions": {
        right: {
            ...right,
            "the resources as patterns": widened("ReadStream", `${tableArn}/*`),
            "of aws": classic(),
            "of aws, by the body": roleInBody,
        },
        wrong: {
            "no way to the stream": [
                withoutStatement("ReadStream"),
                /dynamodb:DescribeStream, dynamodb:GetRecords, dynamodb:GetShardIterator on .*stream/,
            ],
            "the export described on the table": [
                widened("FollowExport", tableArn),
                /dynamodb:DescribeExport on .*\/export\/\*/,
            ],
            "no way to the domain": [withoutStatement("WriteDocuments"), /es:ESHttp\* on .*domain\/catalog/],
            "no way to dead letters": [
                withoutStatement("WriteDeadLetters"),
                /s3:PutObject on arn:aws:s3:::dead-letters\/osis\/\*/,
            ],
            "a Deny": [
                rights((statements) => [...statements, { Effect: "Deny", Action: "s3:PutObject", Resource: "*" }]),
                /A Deny keeps the role from/,
            ],
        },
        unknown: {
            "at a first preview": [nothing, preview],
            "what the body is": [openBody],
            "a policy that another stack declares": [
                all(
                    without("tableRolePolicy"),
                    input("tableRole", { managedPolicyArns: [`arn:aws:iam::${ACCOUNT}:policy/theirs`] }),
                    output("tableRole", { managedPolicyArns: [`arn:aws:iam::${ACCOUNT}:policy/theirs`] }),
                ),
            ],
        },
        notApplicable: { "no pipeline": noPipeline },
    },
    "pipeline-role-width": {
        right: {
            ...right,
            "one of the stream's own": widened("ReadStream", `${tableArn}/stream/2026-01-01T00:00:00.000`),
        },
        wrong: {
            "every bucket": [widened("WriteDeadLetters", "arn:aws:s3:::*"), /s3:PutObject on arn:aws:s3:::\*/],
            "another prefix": [
                widened("UseExport", "arn:aws:s3:::exports/*"),
                /s3:GetObject on arn:aws:s3:::exports\/\*/,
            ],
            "every table": [
                widened("ReadStream", `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/*`),
                /dynamodb:GetRecords on/,
            ],
            "changes of the table": [allowing({ Action: "dynamodb:*", Resource: tableArn }), /dynamodb:PutItem on/],
            "every domain": [widened("WriteDocuments", "*"), /es:ESHttpPost on \*/],
            everything: [allowing({ Action: "*" }), /iam:PassRole on \*/],
            "everything, while the body is not known": [all(openBody, allowing({ Action: "*" })), /iam:PassRole on \*/],
        },
        unknown: {
            "at a first preview": [nothing, preview],
            "what the body is": [openBody],
            "what a function needs": [
                body(
                    /^ {2}sink:/m,
                    "  processor:\n    - aws_lambda: { function_name: f, aws: { region: eu-west-1 } }\n  sink:",
                ),
            ],
        },
        notApplicable: { "no pipeline": noPipeline },
    },
    "pipeline-bucket-region": {
        right: { ...right, "a bucket of another stack": without("exports") },
        wrong: {
            "exports elsewhere": [
                output("exports", { region: "us-east-1" }),
                /^body\.orders\.source\.dynamodb\.tables\[0\]\.export: The bucket exports \(export\) is in us-east-1, and eu-west-1 is meant/,
            ],
            "dead letters elsewhere": [
                output("dead-letters", { region: "us-east-1" }),
                /\.dlq\.s3: .*Write region: us-east-1/,
            ],
            "dead letters elsewhere, and exports nobody knows where": [
                all(output("dead-letters", { region: "us-east-1" }), output("exports", { region: unknown })),
                /\.dlq\.s3: .*Write region: us-east-1/,
            ],
            "dead letters without their Region": [
                body(/(key_path_prefix: osis\/\n) *region: eu-west-1\n/, "$1"),
                /\.dlq\.s3: The bucket dead-letters \(dead letters\) is in eu-west-1, and us-east-1 is meant/,
            ],
            "staging elsewhere": [
                output("staging", { region: "us-east-1" }),
                /pipelineConfigurationBody\.profiles\.source\.documentdb: The bucket staging/,
            ],
        },
        unknown: { "what the body is": [openBody], "the bucket's Region": [output("exports", { region: unknown })] },
        notApplicable: { "no pipeline": noPipeline },
    },
    "pipeline-bucket-lifecycle": {
        right: {
            ...right,
            "rules in the bucket": all(
                without("exportsLifecycle"),
                input("exports", { lifecycleRules: [{ enabled: true }] }),
            ),
        },
        wrong: {
            none: [
                without("exportsLifecycle"),
                /tables\[0\]\.export: Nothing expires in the bucket exports \(export\)/,
            ],
        },
        unknown: {
            "what the body is": [openBody],
            "of which bucket it is": [
                all(input("exportsLifecycle", { bucket: unknown }), (stack) => (stack.exportsLifecycle!.from = {})),
            ],
        },
        notApplicable: { "no pipeline": noPipeline },
    },
    "pipeline-network": {
        right: {
            ...right,
            "a table, from a VPC without an attachment": input("tablePipeline", {
                vpc: { ...networks, attachmentCidr: undefined },
            }),
        },
        wrong: {
            "a database without a network": [
                input("databasePipeline", { vpc: undefined }),
                /^vpc: AWS refuses a pipeline of rds/,
            ],
            "a collection without an attachment": [
                input("documentsPipeline", {
                    vpcOptions: { subnetIds: networks.subnetIds, securityGroupIds: networks.securityGroupIds },
                }),
                /^vpcOptions\.vpcAttachmentOptions\.cidrBlock: AWS refuses a pipeline of documentdb/,
            ],
            "of @pulumi/aws, which has none": [
                add("classic", classicPipeline({ pipelineConfigurationBody: databaseBody })),
                /^vpcOptions: AWS refuses a pipeline of rds/,
                preview,
            ],
            "a range of 65,536 addresses": [
                input("databasePipeline", { vpc: { ...networks, attachmentCidr: "10.99.0.0/16" } }),
                /^vpc\.attachmentCidr: .*no?t? a \/24/,
                preview,
            ],
        },
        unknown: { "what the body is": [all(input("tablePipeline", { vpc: undefined }), openBody)] },
        notApplicable: { "no pipeline": noPipeline },
    },
    "search-domain-open": {
        right: {
            ...right,
            "everybody, from some addresses": add(
                "policy",
                domainPolicy({ ...everybody, Condition: { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } } }),
            ),
            "everybody in its VPC": all(
                add("policy", domainPolicy(everybody)),
                input("domain", { vpcOptions: { subnetIds: ["subnet-1"] } }),
            ),
            "everybody whom the domain itself knows": all(
                add("policy", domainPolicy(everybody)),
                input("domain", { advancedSecurityOptions: { enabled: true } }),
            ),
        },
        wrong: {
            "everybody, by a policy of its own": [add("policy", domainPolicy(everybody)), /lets everybody in/, preview],
            "everybody, by the domain": [
                input("domain", { accessPolicies: policy({ ...everybody, Principal: "*" }) }),
                /lets everybody in/,
                preview,
            ],
        },
        unknown: { "what the policy says": [input("domain", { accessPolicies: unknown })] },
        notApplicable: { "no pipeline": noPipeline },
    },
    "search-collection-public": {
        right: {
            ...right,
            "an endpoint of the VPC": input("network", {
                policy: collectionNetworkPolicy("profiles", { vpcEndpointIds: ["vpce-1"] }),
            }),
        },
        wrong: {
            public: [
                input("network", { policy: collectionNetworkPolicy("profiles", { public: true }) }),
                /^policy: .*to the internet/,
                preview,
            ],
            "public, by a pattern": [
                input("network", { policy: collectionNetworkPolicy("pro*", { public: true }) }),
                /to the internet/,
            ],
        },
        unknown: { "what the policy says": [input("network", { policy: unknown })] },
        notApplicable: {
            "no pipeline": noPipeline,
            "another collection's": input("network", { policy: collectionNetworkPolicy("other", { public: true }) }),
            "a policy of encryption": input("network", { type: "encryption" }),
        },
    },
    "pipeline-limits": {
        right: { ...right, "of aws": classic({ tags: { team: "search" } }) },
        wrong: {
            "a name in capitals": [
                input("tablePipeline", { pipelineName: "Orders" }),
                /^pipelineName: "Orders" is no name/,
                preview,
            ],
            "more units at least than at most": [
                input("tablePipeline", { minUnits: 8 }),
                /^maxUnits: It is 4, and minUnits is 8/,
                preview,
            ],
            "no role": [input("tablePipeline", { roleArn: undefined }), /^roleArn: Neither/],
            "a buffer in front of a table": [
                classic({ bufferOptions: { persistentBufferEnabled: true } }),
                /^bufferOptions\.persistentBufferEnabled: .*dynamodb is read/,
            ],
            "51 tags of aws-native": [
                input("documentsPipeline", {
                    tags: Array.from({ length: 51 }, (_, i) => ({ key: `t${i}`, value: "" })),
                }),
                /^tags: There are 51/,
                preview,
            ],
        },
        unknown: {
            "what the body is": [nothing, preview],
            "the name": [input("tablePipeline", { pipelineName: unknown })],
        },
        notApplicable: { "no pipeline": noPipeline },
    },
    "pipeline-log-group": {
        right: { ...right, "no logs": input("tablePipeline", { logGroupName: undefined }) },
        wrong: {
            "a group of one's own": [
                input("tablePipeline", { logGroupName: "/orders" }),
                /^logGroupName: .*\/aws\/vendedlogs\//,
                preview,
            ],
            "of aws": [
                classic({
                    logPublishingOptions: { isLoggingEnabled: true, cloudwatchLogDestination: { logGroup: "/orders" } },
                }),
                /^logPublishingOptions\.cloudwatchLogDestination\.logGroup/,
                preview,
            ],
            "of aws-native": [
                input("documentsPipeline", { logPublishingOptions: { cloudWatchLogDestination: { logGroup: "/x" } } }),
                /^logPublishingOptions\.cloudWatchLogDestination\.logGroup/,
                preview,
            ],
        },
        unknown: { "the name": [input("tablePipeline", { logGroupName: unknown })] },
        notApplicable: { "no pipeline": noPipeline },
    },
    "pipeline-capacity": {
        right: {
            ...right,
            "a table on demand": input("table", { billingMode: "PAY_PER_REQUEST", writeCapacity: undefined }),
        },
        wrong: {
            "one unit": [input("tablePipeline", { minUnits: 1 }), /^minUnits: One unit is in one zone/, preview],
            "too few for the table": [
                input("table", { writeCapacity: 9000 }),
                /^maxUnits: It is 4, and 9 MB a second at 1 MB a unit need 9\./,
                preview,
            ],
            "too few for a table on demand with a limit": [
                input("table", { billingMode: "PAY_PER_REQUEST", onDemandThroughput: { maxWriteRequestUnits: 6000 } }),
                /need 6/,
            ],
            "more than a pipeline that keeps events back grows to": [
                all(
                    input("tablePipeline", { maxUnits: 60 }),
                    body(/^( *)sink:/m, "$1processor:\n$1  - aggregate: { identification_keys: [id] }\n$&"),
                ),
                /^maxUnits: It is 60, and with aggregate a pipeline grows to 48/,
            ],
            "one unit behind a buffer": [
                classic({ minUnits: 1, bufferOptions: { persistentBufferEnabled: true } }),
                /^minUnits: .*a persistent buffer begins with two units/m,
            ],
        },
        unknown: { "the units": [input("tablePipeline", { minUnits: unknown })] },
        notApplicable: { "no pipeline": noPipeline },
    },
    "one-domain-policy-writer": {
        right: { "one document alone": all(without("domainMember"), add("policy", domainPolicy(everybody))) },
        wrong: {
            "a document and members": [
                add("policy", domainPolicy(everybody)),
                /The document overwrites catalog-writers/,
                preview,
            ],
            "the domain's own and members": [
                input("domain", { accessPolicies: policy(everybody) }),
                /overwrites catalog-writers/,
                preview,
            ],
            "two documents": [
                all(without("domainMember"), add("policy", domainPolicy(everybody)), again("policy")),
                /catalog-policy is the policy of the same domain already/,
                preview,
            ],
        },
        unknown: {
            "of which domain the members are": [
                all(
                    add("policy", domainPolicy(everybody)),
                    input("domainMember", { domainArn: unknown }),
                    (stack) => (stack.domainMember!.from = {}),
                ),
            ],
        },
        notApplicable: { "members alone": nothing },
    },
    "pipeline-advice": {
        right,
        wrong: {
            "new images alone": [
                input("table", { streamViewType: "NEW_IMAGE" }),
                /^streamViewType: .*an item that is removed/,
            ],
            "no Region of the sink": [
                body(/(aws:\n) *region: eu-west-1\n( *index)/, "aws: {}\n$2"),
                /\.aws\.region: .*us-east-1/,
            ],
            "an index from a value": [body("index: orders-v1", "index: orders-${/type}"), /\.index: .*normalize_index/],
        },
        unknown: {
            "what the body is": [openBody],
            "whether the stream is read": [input("table", { streamViewType: "NEW_IMAGE" }), preview],
            "whether a body that is no YAML reads it": [
                all(input("table", { streamViewType: "NEW_IMAGE" }), input("tablePipeline", { body: "a: [" })),
            ],
        },
        notApplicable: { "no pipeline": noPipeline },
    },
} satisfies Partial<Record<RuleId, Cases>>;

function retention(value: string): Edit {
    return input("documentGroup", {
        parameters: [{ name: "change_stream_log_retention_duration", value, applyMethod: "immediate" }],
    });
}

/** Rules that are about integrations as well. */
export const sharedSearchCases: Partial<Record<RuleId, Cases>> = {
    "relational-source-parameters": {
        right: {
            ...right,
            "in capitals": input("databaseGroup", {
                parameters: [
                    { name: "binlog_format", value: "row" },
                    { name: "binlog_row_image", value: "FULL" },
                    { name: "binlog_row_metadata", value: "FULL" },
                ],
            }),
        },
        wrong: {
            "no metadata of rows": [
                input("databaseGroup", {
                    parameters: [
                        { name: "binlog_format", value: "ROW" },
                        { name: "binlog_row_image", value: "full" },
                    ],
                }),
                /^parameterGroupName: binlog_row_metadata is not set, and a source of mysql needs full/,
                preview,
            ],
        },
        unknown: { "the group of another stack": [without("databaseGroup")] },
        notApplicable: { "no pipeline": noPipeline },
    },
    "relational-source-backups": {
        right,
        wrong: { none: [input("database", { backupRetentionPeriod: 0 }), /backups are off/, preview] },
        unknown: {},
        notApplicable: { "no pipeline": noPipeline },
    },
    "relational-source-storage": {
        right: { ...right, "magnetic, which pipelines do not mind": input("database", { storageType: "standard" }) },
        wrong: {},
        unknown: {},
        notApplicable: { "no pipeline": noPipeline },
    },
};
