import assert from "node:assert/strict";

import { runSimulation } from "@cloud-copilot/iam-simulate";
import fc from "fast-check";

import {
    addMember,
    backendRoleMapping,
    bodyNeeds,
    bucketsOf,
    capacityProblems,
    collectionAccessPolicy,
    collectionEncryptionPolicy,
    collectionNetworkPolicy,
    deriveCollectionName,
    derivePipelineName,
    domainAccessMember,
    exportRolePolicy,
    exportRoleTrustPolicy,
    needsOtherRights,
    OSIS_PIPELINE_CHANGES,
    osisPipelineProblems,
    pipelineCapacity,
    pipelineLogGroup,
    pipelineRolePolicy,
    pipelineTrustPolicy,
    removeMember,
    statementsOf,
    targetIn,
    type OsisPipelineInputs,
    type PipelineRoleArgs,
    type PolicyDocument,
    type Problem,
} from "../../../../sdk/requirements";
import { DATABASE_BODY, DOCUMENT_BODY, TABLE_BODY } from "./bodies";

const ACCOUNT = "111122223333";
const REGION = "eu-west-1";
const place = { partition: "aws", region: REGION, accountId: ACCOUNT };
const roleArn = `arn:aws:iam::${ACCOUNT}:role/osis`;

const said = (problems: Problem[]) =>
    problems.map(({ severity, argument, message }) => `${severity} ${argument}: ${message}`).join("\n");

describe("the units of a pipeline", () => {
    const CASES: [Parameters<typeof pipelineCapacity>[0], number, number][] = [
        [{}, 2, 4],
        [{ writesPerSecond: 100, itemBytes: 1024 }, 2, 4],
        [{ writesPerSecond: 5000, itemBytes: 2048 }, 10, 20],
        [{ writesPerSecond: 5001, itemBytes: 2048 }, 11, 22],
        [{ writeCapacityUnits: 2000 }, 2, 4],
        [{ writeCapacityUnits: 2001 }, 3, 6],
        [{ writeCapacityUnits: 40_000 }, 40, 80],
        [{ writeCapacityUnits: 60_000 }, 60, 96],
        [{ writeCapacityUnits: 120_000 }, 120, 120],
        [{ shards: 300 }, 2, 4],
        [{ shards: 301 }, 3, 6],
        [{ writesPerSecond: 4000, shards: 1000 }, 7, 14],
    ];
    for (const [load, minUnits, maxUnits] of CASES) {
        it(`are ${minUnits} to ${maxUnits} for ${JSON.stringify(load)}`, () =>
            assert.deepEqual(pipelineCapacity(load), { minUnits, maxUnits }));
    }

    it("never need more than they are given by this arithmetic", () => {
        const load = fc.record({
            writesPerSecond: fc.nat(80_000),
            itemBytes: fc.integer({ min: 1, max: 1024 }),
            shards: fc.nat(14_000),
        });
        fc.assert(fc.property(load, (each) => said(capacityProblems("", pipelineCapacity(each), each)) === ""));
    });

    it("are warned of with the numbers where they are too few", () => {
        assert.match(
            said(
                capacityProblems("capacity", { minUnits: 2, maxUnits: 4 }, { writesPerSecond: 8000, itemBytes: 1024 }),
            ),
            /^warning capacity\.maxUnits: It is 4, and 8 MB a second at 1 MB a unit need 8\. Give 8 or more/,
        );
        assert.match(
            said(capacityProblems("", { minUnits: 2, maxUnits: 8 }, { shards: 600 })),
            /^warning minUnits: It is 2, and 600 shards at 150 a unit need 4\./,
        );
        assert.match(
            said(capacityProblems("", { minUnits: 1, maxUnits: 4 }, {})),
            /^warning minUnits: One unit is in one zone/,
        );
    });

    it("are refused where AWS refuses them", () => {
        assert.match(said(capacityProblems("", { minUnits: 0, maxUnits: 4 }, {})), /^error minUnits: It is 0/);
        assert.match(said(capacityProblems("", { minUnits: 2, maxUnits: 385 }, {})), /^error maxUnits: It is 385/);
        assert.match(said(capacityProblems("", { minUnits: 2.5, maxUnits: 4 }, {})), /^error minUnits/);
        assert.match(
            said(capacityProblems("", { minUnits: 4, maxUnits: 2 }, {})),
            /^error maxUnits: It is 2, and minUnits is 4/,
        );
        assert.match(said(capacityProblems("", { minUnits: 2, maxUnits: 97 }, {})), /^warning maxUnits: It is 97/);
    });
});

describe("the name of a pipeline", () => {
    it("is project, stack and name, as far as 28 characters take them", () => {
        assert.equal(derivePipelineName({ project: "shop", stack: "dev", name: "catalog" }), "shop-dev-catalog");
        const long = derivePipelineName({ project: "catalog-search", stack: "production", name: "products" });
        assert.match(long, /^catalog-search-prod-[0-9a-f]{8}$/);
        assert.notEqual(
            derivePipelineName({ project: "Shop", stack: "dev", name: "catalog" }),
            derivePipelineName({ project: "shop", stack: "dev", name: "catalog" }),
        );
    });

    it("is one that AWS takes, whatever the parts", () => {
        const parts = fc.record({ project: fc.string(), stack: fc.string(), name: fc.string() });
        fc.assert(
            fc.property(parts, (each) => {
                assert.match(derivePipelineName(each), /^[a-z][a-z0-9-]{2,27}$/);
                assert.match(deriveCollectionName(each), /^[a-z][a-z0-9-]{2,31}$/);
            }),
        );
    });
});

const inputs: OsisPipelineInputs = {
    pipelineName: "orders",
    body: TABLE_BODY,
    minUnits: 2,
    maxUnits: 4,
    roleArn,
    logGroupName: pipelineLogGroup("orders"),
    vpc: {
        subnetIds: ["subnet-0a1b2c3d", "subnet-0a1b2c3d4e5f60718"],
        securityGroupIds: ["sg-1"],
        attachmentCidr: "10.99.20.0/24",
    },
    kmsKeyArn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`,
    tags: { team: "search" },
};

describe("what AWS takes as a pipeline", () => {
    it("is taken", () => assert.equal(said(osisPipelineProblems(inputs)), ""));

    const WRONG: [what: string, change: Partial<OsisPipelineInputs>, said: RegExp][] = [
        ["a name of two", { pipelineName: "ab" }, /^error pipelineName: It has 2 characters/],
        ["a name of 29", { pipelineName: "a".repeat(29) }, /^error pipelineName: It has 29/],
        ["a name in capitals", { pipelineName: "Orders" }, /^error pipelineName: "Orders" is no name/],
        [
            "a body with a fault",
            { body: TABLE_BODY.replace("table_arn", "table") },
            /^error body\.orders-pipeline\.source\.dynamodb\.tables\[0\]\.table:/,
        ],
        [
            "no role",
            { roleArn: undefined, body: TABLE_BODY.replaceAll(/,? sts_role_arn: "[^"]+"/g, "") },
            /^error roleArn: Neither/,
        ],
        ["a role by its name", { roleArn: "osis-role-of-the-orders" }, /^error roleArn: .* is not the ARN of a role/],
        [
            "a log group of one's own",
            { logGroupName: "/orders" },
            /^error logGroupName: .*Begin it with \/aws\/vendedlogs\//,
        ],
        [
            "four subnets",
            { vpc: { ...inputs.vpc!, subnetIds: ["a", "b", "c", "d"].map((x) => `subnet-0000000${x}`) } },
            /^error vpc\.subnetIds: There are 4/,
        ],
        ["a subnet by its name", { vpc: { ...inputs.vpc!, subnetIds: ["private"] } }, /^error vpc\.subnetIds\[0\]/],
        ["no security group", { vpc: { ...inputs.vpc!, securityGroupIds: [] } }, /^error vpc\.securityGroupIds/],
        [
            "an attachment of a /16",
            { vpc: { ...inputs.vpc!, attachmentCidr: "10.99.0.0/16" } },
            /^error vpc\.attachmentCidr: .* is not a \/24/,
        ],
        [
            "a public attachment",
            { vpc: { ...inputs.vpc!, attachmentCidr: "11.0.0.0/24" } },
            /^error vpc\.attachmentCidr/,
        ],
        [
            "an attachment that begins inside",
            { vpc: { ...inputs.vpc!, attachmentCidr: "10.0.0.1/24" } },
            /^error vpc\.attachmentCidr/,
        ],
        [
            "a database without a network",
            { body: DATABASE_BODY, vpc: undefined },
            /^error vpc: AWS refuses a pipeline of rds/,
        ],
        [
            "a database without an attachment",
            { body: DATABASE_BODY, vpc: { ...inputs.vpc!, attachmentCidr: undefined } },
            /^error vpc\.attachmentCidr: AWS refuses/,
        ],
        ["a buffer in front of a table", { persistentBuffer: true }, /^error persistentBuffer: .*dynamodb is read/],
        ["no units", { minUnits: 0 }, /^error minUnits/],
        [
            "a pipeline of 49 units that aggregates",
            {
                maxUnits: 49,
                body: TABLE_BODY.replace("acknowledgments: true", "acknowledgments: false").replace(
                    "  sink:",
                    "  processor: [ { aggregate: {} } ]\n  sink:",
                ),
            },
            /^warning maxUnits: It is 49, and with aggregate a pipeline grows to 48/,
        ],
        [
            "51 tags",
            { tags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`t${i}`, ""])) },
            /^error tags: There are 51/,
        ],
    ];
    for (const [what, change, expected] of WRONG) {
        it(`is not ${what}`, () => {
            const problems = osisPipelineProblems({ ...inputs, ...change });
            assert.equal(problems.length, 1, said(problems));
            assert.match(said(problems), expected);
        });
    }

    it("is not judged by what is not known yet", () => {
        const UNKNOWN = Symbol("unknown") as never;
        const open = Object.fromEntries(Object.keys(OSIS_PIPELINE_CHANGES).map((input) => [input, UNKNOWN]));
        assert.deepEqual(
            osisPipelineProblems(open as never, (value) => value === UNKNOWN),
            [],
        );
        const some = { ...inputs, pipelineName: "X", vpc: UNKNOWN, body: UNKNOWN };
        assert.match(said(osisPipelineProblems(some, (value) => value === UNKNOWN)), /^error pipelineName/);
    });
});

const bucket = (name: string) => `arn:aws:s3:::${name}`;
const tableArn = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders`;
const domainArn = `arn:aws:es:${REGION}:${ACCOUNT}:domain/orders`;
const collectionArn = `arn:aws:aoss:${REGION}:${ACCOUNT}:collection/abc123`;
const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

const ROLES: Record<string, PipelineRoleArgs> = {
    table: {
        ...place,
        source: {
            kind: "dynamodb",
            tableArn,
            export: { bucketArn: bucket("exports"), prefix: "/orders/" },
            stream: true,
        },
        target: { domainArn },
        deadLetters: { bucketArn: bucket("dlq"), prefix: "osis/orders/" },
        kmsKeyArns: [arn("kms", "key/1")],
    },
    documents: {
        ...place,
        source: { kind: "documentdb", staging: { bucketArn: bucket("staging"), prefix: "products" } },
        target: { collectionArn },
        deadLetters: { bucketArn: bucket("dlq") },
        secretArns: [arn("secretsmanager", "secret:docdb-AbCdEf")],
        vpc: { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-1"] },
    },
    database: {
        ...place,
        source: {
            kind: "rds",
            engine: "aurora-postgresql",
            dbIdentifier: "billing",
            staging: { bucketArn: bucket("staging"), prefix: "billing" },
            export: { roleArn: `arn:aws:iam::${ACCOUNT}:role/export`, kmsKeyArn: arn("kms", "key/2") },
        },
        target: { domainArn },
        secretArns: [arn("secretsmanager", "secret:billing-AbCdEf")],
        vpc: {},
        bufferKeyArn: arn("kms", "key/3"),
    },
};

/** What a pipeline does with its role, step by step: the facts of AWS, not what our policy says. */
const STEPS: Record<string, [action: string, resource: string, context?: Record<string, string>][]> = {
    table: [
        ["dynamodb:DescribeTable", tableArn],
        ["dynamodb:DescribeContinuousBackups", tableArn],
        ["dynamodb:ExportTableToPointInTime", tableArn],
        ["dynamodb:DescribeExport", `${tableArn}/export/01234`],
        ["dynamodb:DescribeStream", `${tableArn}/stream/2026-01-01T00:00:00.000`],
        ["dynamodb:GetShardIterator", `${tableArn}/stream/2026-01-01T00:00:00.000`],
        ["dynamodb:GetRecords", `${tableArn}/stream/2026-01-01T00:00:00.000`],
        ["s3:PutObject", `${bucket("exports")}/orders/AWSDynamoDB/01/data/x.ion.gz`],
        ["s3:PutObjectAcl", `${bucket("exports")}/orders/x`],
        ["s3:AbortMultipartUpload", `${bucket("exports")}/orders/x`],
        ["s3:GetObject", `${bucket("exports")}/orders/x`],
        ["kms:GenerateDataKey", arn("kms", "key/1")],
        ["kms:Decrypt", arn("kms", "key/1")],
        ["es:DescribeDomain", domainArn],
        ["es:ESHttpPost", `${domainArn}/_bulk`],
        ["es:ESHttpPut", `${domainArn}/orders-v1`],
        ["es:ESHttpHead", `${domainArn}/orders-v1`],
        ["s3:PutObject", `${bucket("dlq")}/osis/orders/dlq-v2-x`],
    ],
    documents: [
        ["s3:ListBucket", bucket("staging")],
        ["s3:PutObject", `${bucket("staging")}/products/x`],
        ["s3:GetObject", `${bucket("staging")}/products/x`],
        ["s3:DeleteObject", `${bucket("staging")}/products/x`],
        ["secretsmanager:GetSecretValue", arn("secretsmanager", "secret:docdb-AbCdEf")],
        ["aoss:APIAccessAll", collectionArn],
        ["aoss:BatchGetCollection", "*"],
        ["aoss:CreateSecurityPolicy", "*"],
        ["aoss:GetSecurityPolicy", "*"],
        ["aoss:UpdateSecurityPolicy", "*"],
        ["s3:PutObject", `${bucket("dlq")}/dlq-v2-x`],
        ["ec2:CreateNetworkInterface", arn("ec2", "network-interface/eni-1")],
        ["ec2:CreateNetworkInterface", arn("ec2", "subnet/subnet-0a1b2c3d")],
        ["ec2:CreateNetworkInterface", arn("ec2", "security-group/sg-1")],
        ["ec2:DeleteNetworkInterface", arn("ec2", "network-interface/eni-1")],
        ["ec2:CreateNetworkInterfacePermission", arn("ec2", "network-interface/eni-1")],
        ["ec2:DescribeSubnets", "*"],
        ["ec2:CreateTags", arn("ec2", "network-interface/eni-1"), { "aws:RequestTag/OSISManaged": "true" }],
    ],
    database: [
        ["s3:ListBucket", bucket("staging")],
        ["s3:GetBucketLocation", bucket("staging")],
        ["s3:PutObject", `${bucket("staging")}/billing/x`],
        ["rds:DescribeDBClusters", arn("rds", "cluster:billing")],
        ["rds:CreateDBClusterSnapshot", arn("rds", "cluster:billing")],
        ["rds:CreateDBClusterSnapshot", arn("rds", "cluster-snapshot:billing-snapshot-0a1b2c3d")],
        ["rds:DescribeDBClusterSnapshots", arn("rds", "cluster-snapshot:billing-snapshot-0a1b2c3d")],
        ["rds:AddTagsToResource", arn("rds", "cluster-snapshot:billing-snapshot-0a1b2c3d")],
        ["rds:StartExportTask", arn("rds", "cluster-snapshot:billing-snapshot-0a1b2c3d")],
        ["rds:DescribeExportTasks", "*", { "aws:RequestedRegion": REGION, "aws:ResourceAccount": ACCOUNT }],
        ["kms:CreateGrant", arn("kms", "key/2")],
        ["kms:DescribeKey", arn("kms", "key/2")],
        ["kms:ReEncryptFrom", arn("kms", "key/2")],
        ["kms:GenerateDataKey", arn("kms", "key/2")],
        ["iam:PassRole", `arn:aws:iam::${ACCOUNT}:role/export`],
        ["secretsmanager:GetSecretValue", arn("secretsmanager", "secret:billing-AbCdEf")],
        ["kms:GenerateDataKeyWithoutPlaintext", arn("kms", "key/3")],
        ["es:DescribeDomain", domainArn],
        ["es:ESHttpPost", `${domainArn}/_bulk`],
        ["ec2:AttachNetworkInterface", arn("ec2", "network-interface/eni-1")],
        ["ec2:CreateNetworkInterface", arn("ec2", "subnet/subnet-any")],
        ["ec2:DescribeVpcs", "*"],
        ["ec2:CreateTags", arn("ec2", "network-interface/eni-1"), { "aws:RequestTag/OSISManaged": "true" }],
    ],
};

/** What none of them may do. */
const NEVER: [action: string, resource: string, context?: Record<string, string>][] = [
    ["dynamodb:PutItem", tableArn],
    ["dynamodb:Scan", tableArn],
    ["dynamodb:DescribeTable", `${tableArn}-other`],
    ["s3:PutObject", `${bucket("exports")}/other/x`],
    ["s3:PutObject", `${bucket("staging")}/other/x`],
    ["s3:DeleteObject", `${bucket("dlq")}/osis/orders/x`],
    ["es:ESHttpPost", `${domainArn}-other/_bulk`],
    ["es:DeleteDomain", domainArn],
    ["aoss:DeleteCollection", collectionArn],
    ["rds:DeleteDBCluster", arn("rds", "cluster:billing")],
    ["rds:CreateDBClusterSnapshot", arn("rds", "cluster:other")],
    ["iam:PassRole", `arn:aws:iam::${ACCOUNT}:role/admin`],
    ["ec2:CreateTags", arn("ec2", "network-interface/eni-1")],
    ["ec2:CreateTags", arn("ec2", "instance/i-1"), { "aws:RequestTag/OSISManaged": "true" }],
    ["secretsmanager:GetSecretValue", arn("secretsmanager", "secret:other-AbCdEf")],
];

/** The answer of `@cloud-copilot/iam-simulate`. */
async function may(
    policy: PolicyDocument,
    [action, resource, context = {}]: [string, string, Record<string, string>?],
): Promise<boolean> {
    const result = await runSimulation(
        {
            request: {
                principal: `arn:aws:sts::${ACCOUNT}:assumed-role/osis/pipeline`,
                action,
                resource: { resource, accountId: ACCOUNT },
                contextVariables: context,
            },
            identityPolicies: [{ name: "pipeline", policy }],
            // A key's own policy leaves it to those of roles, as AWS's default does.
            resourcePolicy: action.startsWith("kms:")
                ? {
                      Version: "2012-10-17",
                      Statement: [
                          {
                              Effect: "Allow",
                              Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
                              Action: "kms:*",
                              Resource: "*",
                          },
                      ],
                  }
                : undefined,
            serviceControlPolicies: [],
            resourceControlPolicies: [],
        },
        {},
    );
    assert.ok(result.resultType !== "error", JSON.stringify(result));
    return result.overallResult === "Allowed";
}

/** Steps that only one statement of each policy allows: what is taken away, and what then stops. */
const only = (document: PolicyDocument, sid: string): PolicyDocument => ({
    ...document,
    Statement: statementsOf(document).filter(({ Sid }) => Sid !== sid),
});

describe("a pipeline's role", () => {
    for (const [name, args] of Object.entries(ROLES)) {
        const policy = pipelineRolePolicy(args);

        it(`may do each step of its pipeline, and nothing else: ${name}`, async () => {
            for (const step of STEPS[name]!) {
                assert.ok(await may(policy, step), step.join(" "));
            }
            for (const step of NEVER) {
                assert.ok(!(await may(policy, step)), step.join(" "));
            }
        });

        it(`needs each of its statements: ${name}`, async () => {
            for (const { Sid } of statementsOf(policy)) {
                const rest = only(policy, Sid!);
                const stopped = [];
                for (const step of STEPS[name]!) {
                    stopped.push(!(await may(rest, step)));
                }
                assert.ok(stopped.includes(true), `nothing stops without ${Sid}`);
            }
        });

        it(`has statements of different names, in its own partition: ${name}`, () => {
            const sids = statementsOf(policy).map(({ Sid }) => Sid);
            assert.equal(new Set(sids).size, sids.length);
            const china = JSON.parse(JSON.stringify(args).replaceAll("arn:aws:", "arn:aws-cn:")) as PipelineRoleArgs;
            assert.doesNotMatch(JSON.stringify(pipelineRolePolicy({ ...china, partition: "aws-cn" })), /arn:aws:/);
        });
    }

    it("of an instance takes and exports the instance's snapshots", async () => {
        const policy = pipelineRolePolicy({
            ...ROLES.database!,
            source: { ...(ROLES.database!.source as object), engine: "mysql" } as never,
        });
        assert.ok(await may(policy, ["rds:DescribeDBInstances", arn("rds", "db:billing")]));
        assert.ok(await may(policy, ["rds:CreateDBSnapshot", arn("rds", "snapshot:billing-snapshot-0a1b2c3d")]));
        assert.ok(!(await may(policy, ["rds:DescribeDBClusters", arn("rds", "cluster:billing")])));
    });

    it("is told by a body, as far as it is in there", () => {
        const host = "search-orders-abcdefghijklmnopqrstuvwxyz.eu-west-1.es.amazonaws.com";
        const body = TABLE_BODY.replace(/search-orders[^"]*/, host);
        const target = targetIn(body, place);
        const expected = JSON.stringify(pipelineRolePolicy({ ...ROLES.table!, kmsKeyArns: [] }))
            .replaceAll("s3:::exports", "s3:::orders-export-bucket")
            .replaceAll("s3:::dlq", "s3:::orders-dlq");
        assert.equal(
            JSON.stringify(pipelineRolePolicy({ ...place, ...bodyNeeds(body, place).role, target })),
            expected,
        );
        assert.deepEqual(targetIn(DATABASE_BODY, place), { collectionArn: arn("aoss", "collection/abcdefghij") });
        assert.deepEqual(bodyNeeds(DATABASE_BODY, place).role.secretArns, [
            arn("secretsmanager", "secret:billing-db-credentials-??????"),
        ]);
        assert.equal(needsOtherRights(TABLE_BODY), false);
        assert.equal(
            needsOtherRights(TABLE_BODY.replace("  sink:", "  processor: [ { aws_lambda: {} } ]\n  sink:")),
            true,
        );
    });

    it("names its buckets, and nothing where it is no body", () => {
        assert.deepEqual(
            bucketsOf("body", TABLE_BODY).map(({ path, use, bucket }) => [path, use, bucket]),
            [
                ["body.orders-pipeline.source.dynamodb.tables[0].export", "export", "orders-export-bucket"],
                ["body.orders-pipeline.sink[0].opensearch.dlq.s3", "dead letters", "orders-dlq"],
            ],
        );
        assert.equal(bucketsOf("body", DOCUMENT_BODY)[0]!.use, "staging");
        for (const body of ["{", "{}", "a: b"]) {
            assert.deepEqual(bucketsOf("body", body), []);
        }
    });

    it("without an export has nothing of it, and without a stream nothing of that", () => {
        const sids = (source: PipelineRoleArgs["source"]) =>
            statementsOf(pipelineRolePolicy({ ...place, source, target: { domainArn } })).map(({ Sid }) => Sid);
        assert.deepEqual(sids({ kind: "dynamodb", tableArn, stream: true }), [
            "DescribeTable",
            "ReadStream",
            "DescribeDomains",
            "WriteDocuments",
        ]);
        assert.deepEqual(sids({ kind: "dynamodb", tableArn, export: { bucketArn: bucket("e") }, stream: false }), [
            "DescribeTable",
            "ExportTable",
            "FollowExport",
            "UseExport",
            "DescribeDomains",
            "WriteDocuments",
        ]);
    });

    it("is taken by OpenSearch Ingestion alone, for pipelines of its account and Region", () => {
        assert.deepEqual(statementsOf(pipelineTrustPolicy({ ...place, partition: "aws-us-gov" })), [
            {
                Sid: "RunPipelines",
                Effect: "Allow",
                Principal: { Service: "osis-pipelines.amazonaws.com" },
                Action: "sts:AssumeRole",
                Condition: {
                    StringEquals: { "aws:SourceAccount": ACCOUNT },
                    ArnLike: { "aws:SourceArn": `arn:aws-us-gov:osis:${REGION}:${ACCOUNT}:pipeline/*` },
                },
            },
        ]);
    });

    it("hands exports to one that RDS takes, which writes to the staging bucket and nowhere else", async () => {
        assert.deepEqual(statementsOf(exportRoleTrustPolicy())[0]!.Principal, { Service: "export.rds.amazonaws.com" });
        const policy = exportRolePolicy({ bucketArn: bucket("staging"), prefix: "billing" });
        assert.ok(await may(policy, ["s3:PutObject", `${bucket("staging")}/billing/x`]));
        assert.ok(await may(policy, ["s3:DeleteObject", `${bucket("staging")}/billing/x`]));
        assert.ok(await may(policy, ["s3:ListBucket", bucket("staging")]));
        assert.ok(!(await may(policy, ["s3:PutObject", `${bucket("staging")}/other/x`])));
    });
});

describe("who may write to a target", () => {
    it("is a list of roles in one statement of a domain's policy, beside everybody else's", () => {
        const others = `{"Version":"2012-10-17","Statement":[{"Sid":"Mine","Effect":"Deny","Principal":"*","Action":"es:*","Resource":"*"}]}`;
        const second = roleArn.replace("osis", "other");
        const both = [roleArn, second].reduce<string>(
            (text, each) => addMember(text, domainAccessMember({ domainArn, roleArn: each })),
            others,
        );
        const [mine, ours] = statementsOf(JSON.parse(both) as PolicyDocument);
        assert.deepEqual(
            [mine!.Sid, ours!.Principal, ours!.Resource],
            ["Mine", { AWS: [roleArn, second] }, `${domainArn}/*`],
        );
        const one = removeMember(both, domainAccessMember({ domainArn, roleArn }))!;
        assert.deepEqual(statementsOf(JSON.parse(one) as PolicyDocument)[1]!.Principal, { AWS: [second] });
        assert.equal(removeMember(one, domainAccessMember({ domainArn, roleArn: second })), others);
    });

    it("is told for a domain with fine-grained access control, and takes nobody else's rights away", () => {
        const { method, instructions, body } = backendRoleMapping({
            endpoint: "https://search-x.es.amazonaws.com/",
            roleArn,
        });
        assert.equal(method, "PATCH");
        assert.ok(
            instructions.includes(
                "PATCH https://search-x.es.amazonaws.com/_plugins/_security/api/rolesmapping/all_access",
            ),
        );
        assert.deepEqual(JSON.parse(body), [{ op: "add", path: "/backend_roles/-", value: roleArn }]);
    });

    it("is in a collection's data access policy, by index", () => {
        const [rule] = JSON.parse(
            collectionAccessPolicy("catalog", [{ principalArns: [roleArn], to: "write", indexes: ["products*"] }]),
        ) as {
            Rules: unknown[];
            Principal: string[];
        }[];
        assert.deepEqual(rule!.Principal, [roleArn]);
        assert.deepEqual(rule!.Rules, [
            {
                ResourceType: "index",
                Resource: ["index/catalog/products*"],
                Permission: ["aoss:CreateIndex", "aoss:UpdateIndex", "aoss:DescribeIndex", "aoss:WriteDocument"],
            },
        ]);
    });

    it("reaches a collection from nowhere, unless it is said from where", () => {
        const policy = (network: Parameters<typeof collectionNetworkPolicy>[1]) =>
            JSON.parse(collectionNetworkPolicy("catalog", network)) as object[];
        assert.deepEqual(policy({}), [
            { Rules: [{ ResourceType: "collection", Resource: ["collection/catalog"] }], AllowFromPublic: false },
        ]);
        assert.deepEqual(
            (policy({ vpcEndpointIds: ["vpce-2", "vpce-1"] })[0] as { SourceVPCEs: string[] }).SourceVPCEs,
            ["vpce-1", "vpce-2"],
        );
        assert.equal((JSON.parse(collectionEncryptionPolicy("catalog")) as { AWSOwnedKey: boolean }).AWSOwnedKey, true);
    });
});
