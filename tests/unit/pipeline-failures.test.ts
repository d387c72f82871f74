import * as assert from "node:assert/strict";

import {
    capacityProblems,
    documentDbSourceProblems,
    explainPipelineFailure,
    listOf,
    osisPipelineProblems,
    pipelineBodyProblems,
    pipelineTableProblems,
    statementsOf,
    type OsisPipelineInputs,
    type PolicyDocument,
    type Problem,
} from "../../sdk/requirements";

import { Orders, type SourceKind, type Start } from "./orders-pipeline";
import { ACCOUNT } from "./simulator/source-world";

type Way = [source: SourceKind, target: "domain" | "collection"];

interface Failure {
    cause: string;
    /** @default ["dynamodb", "domain"] */
    way?: Way;
    start?: Start;
    /** Brings it about. */
    bring?: (orders: Orders) => unknown;
    /** What is left of the role's policy. */
    role?: (policy: PolicyDocument) => PolicyDocument;
    /** What AWS says, in answer to the call, by the pipeline's status or in its log. */
    says: RegExp;
    /** What is judged before anything is made, and what is said then. */
    preview?: [judge: (orders: Orders) => Problem[], says: RegExp];
    /** What is said of AWS's words. */
    next?: RegExp;
}

const inputs = (orders: Orders, more: Partial<OsisPipelineInputs> = {}): OsisPipelineInputs => ({
    pipelineName: "orders",
    body: orders.body,
    minUnits: 2,
    maxUnits: 4,
    roleArn: `arn:aws:iam::${ACCOUNT}:role/orders`,
    ...more,
});
const asPipeline =
    (more?: Partial<OsisPipelineInputs>) =>
    (orders: Orders): Problem[] =>
        osisPipelineProblems(inputs(orders, more));
const asBody = (orders: Orders) => pipelineBodyProblems("body", orders.body);
const asTable = (state: Parameters<typeof pipelineTableProblems>[1]) => () =>
    pipelineTableProblems("table", state, { export: true, stream: true });

const body =
    (text: string | RegExp, other: string) =>
    (orders: Orders): void => {
        assert.match(orders.body, new RegExp(text));
        orders.body = orders.body.replace(text, other);
    };
const more =
    (options: object) =>
    (orders: Orders): void => {
        orders.more = options;
    };
const network =
    (change: object) =>
    (orders: Orders): void => {
        orders.more = { VpcOptions: { ...orders.network, ...change } };
    };
const attachedAt = (CidrBlock: string) => network({ VpcAttachmentOptions: { AttachToVpc: true, CidrBlock } });
const vpc = (attachmentCidr?: string) => ({
    vpc: { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"], attachmentCidr },
});
const statements = (change: (sid: string, resource: string[]) => string[]) => (policy: PolicyDocument) => ({
    ...policy,
    Statement: statementsOf(policy).map((each) => ({ ...each, Resource: change(each.Sid!, listOf(each.Resource)) })),
});
const without = (sid: string) => (policy: PolicyDocument) => ({
    ...policy,
    Statement: statementsOf(policy).filter((each) => each.Sid !== sid),
});

const same = (policy: PolicyDocument) => policy;

const TABLE: Way = ["dynamodb", "domain"];
const DOCUMENTS: Way = ["documentdb", "domain"];
const COLLECTION: Way = ["dynamodb", "collection"];
const NO_STREAM = /NEW_AND_OLD_IMAGES/;

// prettier-ignore
const FAILURES: Failure[] = [
    { cause: "no attachment to the database's VPC", way: DOCUMENTS, bring: more({ VpcOptions: undefined }), says: /vpcAttachmentOptions is a required parameter/, preview: [asPipeline(), /without an attachment/], next: /attachmentCidr/ },
    { cause: "no role", bring: more({ PipelineRoleArn: undefined }), says: /A pipeline role is required/, preview: [asPipeline({ roleArn: undefined }), /Give roleArn/] },

    { cause: "no aoss:BatchGetCollection", way: COLLECTION, role: without("FindCollection"), says: /aoss:BatchGetCollection/, next: /Allow the pipeline's role aoss:BatchGetCollection/ },
    { cause: "no data access policy", way: COLLECTION, bring: (orders) => orders.admin.call("aoss", "DeleteAccessPolicy", { name: "orders", type: "data" }), says: /data access polic/i, next: /a data access policy of the collection/ },
    { cause: "an index of the type custom in a collection", way: COLLECTION, bring: body("index_type: management_disabled", "index_type: custom"), says: /custom is not supported for a collection/, preview: [asBody, /index_type.*management_disabled/] },
    { cause: "a collection that is not said to be one", way: COLLECTION, bring: body(/serverless: true\n/, "serverless: false\n"), says: /aws\.serverless must be true/, preview: [asBody, /aws\.serverless/] },

    { cause: "no point-in-time recovery", bring: (orders) => orders.admin.call("dynamodb", "UpdateContinuousBackups", { TableName: "orders", PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false } }), says: /PITR/, preview: [asTable({ pointInTimeRecovery: false }), /Set pointInTimeRecovery/], next: /Turn on point-in-time recovery/ },
    { cause: "dynamodb:DescribeExport on the table", role: statements((sid, resource) => (sid === "FollowExport" ? resource.map((arn) => arn.replace("/export/*", "")) : resource)), says: /dynamodb:DescribeExport/, next: /\/export\/\*/ },
    { cause: "a bucket in another Region", bring: body("s3_region: eu-west-1", "s3_region: us-east-1"), says: /PermanentRedirect/, preview: [asBody, /Use a bucket of eu-west-1/], next: /own account and Region/ },

    ...["KEYS_ONLY", "OLD_IMAGE"].map((viewType): Failure => (
        { cause: `a stream of ${viewType}`, start: { viewType }, says: new RegExp(`it is ${viewType}`), preview: [asTable({ streamEnabled: true, streamViewType: viewType }), NO_STREAM], next: NO_STREAM }
    )),
    { cause: "no stream", start: { viewType: null }, says: /Streams must be enabled/, preview: [asTable({ streamEnabled: false }), NO_STREAM], next: NO_STREAM },

    { cause: "fine-grained access control", start: { domain: { AccessPolicies: undefined, AdvancedSecurityOptions: { Enabled: true, MasterUserOptions: { MasterUserARN: `arn:aws:iam::${ACCOUNT}:user/administrator` } }, NodeToNodeEncryptionOptions: { Enabled: true }, EncryptionAtRestOptions: { Enabled: true }, DomainEndpointOptions: { EnforceHTTPS: true } } }, says: /security_exception|no permissions for/, next: /map the pipeline's role, as a backend role/ },
    { cause: "a domain that the role may not enter", role: without("WriteDocuments"), says: /es:ESHttp/, next: /domain's access policy/ },
    { cause: "a document that does not fit, and no place for dead letters", bring: body(/ {6}dlq:\n(?: {8}.*\n)+/, ""), says: /1 documents failed, the first in orders: 400 mapper_parsing_exception/, preview: [asBody, /dlq/] },

    { cause: "a body of more than 24,000 characters", bring: body("version:", `# ${"x".repeat(24_000)}\nversion:`), says: /24,?000/, preview: [asBody, /24,?000/] },
    { cause: "a buffer", bring: body("  source:", "  buffer: { bounded_blocking: {} }\n  source:"), says: /buffer/, preview: [asBody, /buffer.*refuses it/] },
    { cause: "workers", bring: body("  source:", "  workers: 2\n  source:"), says: /workers/, preview: [asBody, /workers.*refuses it/] },
    { cause: "a name of 29 characters", bring: more({ PipelineName: "o".repeat(29) }), says: /'pipelineName' failed to satisfy constraint/, preview: [asPipeline({ pipelineName: "o".repeat(29) }), /pipelineName/] },
    { cause: "a name in capitals", bring: more({ PipelineName: "Orders" }), says: /'pipelineName' failed to satisfy constraint/, preview: [asPipeline({ pipelineName: "Orders" }), /lower-case/] },
    { cause: "a log group of one's own", bring: more({ LogPublishingOptions: { IsLoggingEnabled: true, CloudWatchLogDestination: { LogGroup: "/orders" } } }), says: /logGroup' failed to satisfy constraint/, preview: [asPipeline({ logGroupName: "/orders" }), /Begin it with \/aws\/vendedlogs/] },

    { cause: "an attachment of another size", way: DOCUMENTS, bring: attachedAt("10.99.0.0/16"), says: /must be a \/24/, preview: [asPipeline(vpc("10.99.0.0/16")), /\/24 of a private network/], next: /a \/24 of RFC 1918/ },
    { cause: "an attachment in a public network", way: DOCUMENTS, bring: attachedAt("9.9.9.0/24"), says: /RFC 1918/, preview: [asPipeline(vpc("9.9.9.0/24")), /\/24 of a private network/] },
    { cause: "an attachment that overlaps with the VPC", way: DOCUMENTS, bring: attachedAt("172.31.5.0/24"), says: /overlaps with 172\.31\./, next: /neither the database's VPC nor another attachment/ },
    { cause: "a database that lets the pipeline's group not in", way: DOCUMENTS, bring: (orders) => orders.close(), says: /Timed out while connecting/, next: /security groups/ },
    { cause: "a VPC without DNS hostnames", way: DOCUMENTS, bring: (orders) => orders.nameNoHosts(), says: /DNS hostnames/, next: /Turn on DNS support and DNS hostnames/ },
];

/** What AWS takes, and lets go wrong later or not at all. */
// prettier-ignore
const TAKEN: { cause: string; judge: (orders: Orders) => Problem[]; says: RegExp; bring?: Failure["bring"] }[] = [
    { cause: "three hours of changes", judge: () => documentDbSourceProblems("cluster", { engineVersion: "5.0.0", parameters: {} }), says: /kept for 3 hours, and a pipeline that is stopped for longer loses/ },
    { cause: "too few units for its shards", judge: () => capacityProblems("capacity", { minUnits: 2, maxUnits: 2 }, { shards: 400 }), says: /400/ },
    { cause: "too few units for its writes", judge: () => capacityProblems("capacity", { minUnits: 2, maxUnits: 2 }, { writeCapacityUnits: 9000 }), says: /9/ },
    { cause: "the default action first", bring: body(/( *)action: .*\n/, "$1actions:\n$1  - type: index\n$1  - type: delete\n$1    when: /gone == true\n"), judge: asBody, says: /Put it last/ },
];

describe("what goes wrong with pipelines, against the simulator", function () {
    this.timeout(20_000);

    for (const { cause, way: [source, target] = TABLE, start, bring, role = same, says, preview, next } of FAILURES) {
        it(`${cause}: ${preview ? "is refused at preview" : "is explained afterwards"}`, async () => {
            const orders = await Orders.make(source, target, start);
            const rolePolicy = role(orders.rolePolicy);
            await bring?.(orders);
            const said = await orders.said(rolePolicy, (text) => says.test(text));
            orders.world.stop();
            assert.match(said, says);
            if (preview) {
                const [judge, expected] = preview;
                const told = judge(orders).map(({ argument, message }) => `${argument}: ${message}`);
                assert.match(told.join("\n"), expected);
            }
            if (next) {
                assert.match(explainPipelineFailure(said) ?? "", next);
            }
            assert.ok(preview ?? next);
        });
    }

    for (const { cause, bring, judge, says } of TAKEN) {
        it(`${cause}: AWS takes it, and preview tells of it`, async () => {
            const orders = await Orders.make(...TABLE);
            await bring?.(orders);
            orders.world.stop();
            const told = judge(orders).map(({ argument, message }) => `${argument}: ${message}`);
            assert.match(told.join("\n"), says);
        });
    }
});
