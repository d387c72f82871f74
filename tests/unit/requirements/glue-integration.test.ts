import assert from "node:assert/strict";

import {
    changeOf,
    declaredEncryption,
    dynamoDbSourceProblems,
    explain,
    glueIntegrationProblems,
    healthOf,
    type DynamoDbTableState,
    type GlueIntegrationInputs,
} from "../../../sdk/requirements";

const good: GlueIntegrationInputs = {
    integrationName: "customers",
    sourceArn: "arn:aws:dynamodb:eu-west-1:111122223333:table/CustomerAccounts",
    targetArn: "arn:aws:glue:eu-west-1:444455556666:database/bank",
    refreshInterval: "15 minutes",
    tags: { team: "lake" },
};
const s3Tables = "arn:aws:glue:eu-west-1:444455556666:catalog/s3tablescatalog/bucket";

describe("an integration", () => {
    const fine: [string, Partial<GlueIntegrationInputs>][] = [
        ["its smallest form", {}],
        ["a namespace in S3 Tables", { targetArn: s3Tables, targetNamespace: "bank" }],
        ["Redshift as its target", { targetArn: "arn:aws:redshift:eu-west-1:444455556666:namespace:0a1b" }],
        ["a Redshift catalog as its target", { targetArn: "arn:aws:glue:eu-west-1:444455556666:catalog/rms" }],
        ["a context for its key", { kmsKeyId: "alias/bank", additionalEncryptionContext: { app: "bank" } }],
        [
            "a filter for a SaaS source",
            { sourceArn: "arn:aws:glue:eu-west-1:111122223333:connection/crm", dataFilter: "include: Account" },
        ],
    ];
    for (const [what, change] of fine) {
        it(`is fine with ${what}`, () => assert.deepEqual(glueIntegrationProblems({ ...good, ...change }), []));
    }

    const manyTags = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, ""]));
    const refused: [string, Partial<GlueIntegrationInputs>, string, RegExp][] = [
        ["no name", { integrationName: "" }, "integrationName", /1 to 128/],
        ["a source that is no ARN", { sourceArn: "CustomerAccounts" }, "sourceArn", /not an ARN/],
        ["a table's index", { sourceArn: `${good.sourceArn}/index/x` }, "sourceArn", /not one of an index/],
        [
            "another Region",
            { sourceArn: good.sourceArn.replace("eu-west-1", "us-east-1") },
            "sourceArn",
            /us-east-1.*eu-west-1.*global table/,
        ],
        ["another partition", { sourceArn: good.sourceArn.replace("arn:aws:", "arn:aws-cn:") }, "sourceArn", /aws-cn/],
        [
            "a long target",
            { targetArn: `${good.targetArn.replace("database", "catalog")}${"x".repeat(512)}` },
            "targetArn",
            /1 to 512/,
        ],
        [
            "an RDS source",
            { sourceArn: "arn:aws:rds:eu-west-1:111122223333:cluster:orders" },
            "sourceArn",
            /API of RDS/,
        ],
        [
            "a namespace of S3 Tables as its target",
            { targetArn: `${s3Tables}/bank` },
            "targetArn",
            /s3tablescatalog\/bucket/,
        ],
        ["a database with a hyphen", { targetArn: `${good.targetArn}-x` }, "targetArn", /lower-case letters, digits/],
        ["a long description", { description: "x".repeat(1001) }, "description", /0 to 1000/],
        ["a filter on a table", { dataFilter: "include: *" }, "dataFilter", /as a whole/],
        [
            "a context without a key",
            { additionalEncryptionContext: { a: "b" } },
            "additionalEncryptionContext",
            /kmsKeyId/,
        ],
        ["too short an interval", { refreshInterval: "5 minutes" }, "refreshInterval", /15 minutes/],
        ["a namespace without S3 Tables", { targetNamespace: "bank" }, "targetNamespace", /S3 Tables/],
        ["a bad namespace", { targetArn: s3Tables, targetNamespace: "Bank" }, "targetNamespace", /lower-case/],
        ["51 tags", { tags: manyTags }, "tags", /51 .* 50 at most/],
        ["a tag of AWS", { tags: { "aws:x": "" } }, "tags.aws:x", /AWS's own/],
        ["a long tag", { tags: { x: "y".repeat(257) } }, "tags.x", /0 to 256/],
    ];
    for (const [what, change, argument, message] of refused) {
        it(`is refused for ${what}`, () => {
            const problems = glueIntegrationProblems({ ...good, ...change });
            assert.deepEqual(
                problems.map((each) => [each.argument, each.severity]),
                [[argument, "error"]],
            );
            assert.match(problems[0]!.message, message);
        });
    }

    it("of one snapshot from DynamoDB is allowed with a warning", () => {
        const problems = glueIntegrationProblems({ ...good, continuousSync: false });
        assert.deepEqual(
            problems.map((each) => [each.argument, each.severity]),
            [["continuousSync", "warning"]],
        );
    });

    it("is judged only by what is known", () => {
        const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
        const inputs = {
            ...good,
            sourceArn: unknown,
            kmsKeyId: unknown,
            refreshInterval: unknown,
            additionalEncryptionContext: { a: "b" },
            dataFilter: "include: *",
            description: "x".repeat(1001),
        };
        const problems = glueIntegrationProblems(inputs, (value) => value === unknown);
        assert.deepEqual(
            problems.map(({ argument }) => argument),
            ["description"],
        );
    });

    it("changes its interval in place, except for Redshift", () => {
        assert.equal(changeOf("refreshInterval", good), "modify");
        const targetArn = "arn:aws:redshift:eu-west-1:111122223333:namespace:0a1b";
        assert.equal(changeOf("refreshInterval", { targetArn }), "replace");
        assert.equal(changeOf("integrationName", { targetArn }), "modify");
    });

    it("has a health, in the words of either API", () => {
        const statuses = ["CREATING", "ACTIVE", "syncing", "needs_attention", "FAILED", "SOMETHING_NEW"];
        assert.deepEqual(statuses.map(healthOf), [
            "pending",
            "healthy",
            "healthy",
            "needs attention",
            "failed",
            "unknown",
        ]);
    });

    const explained: [string, RegExp][] = [
        ["Insufficient lake formation permissions on Target Glue database", /DATA_LOCATION_ACCESS/],
        ["Authorization failed because the target role does not have access to Lake Formation", /grants/],
        ["Target Glue database not found", /Create it with the name in targetArn/],
        ["Provided role is not authorized to perform glue:GetConnection", /VPC/],
        ["Provided role is not authorized to perform ec2:DescribeSubnets", /VPC/],
        ["subnet-1 does not contain a valid S3 endpoint or NAT gateway", /endpoint/],
        ["User: x is not authorized to perform: glue:CreateInboundIntegration on resource: y", /lakehouse\.accept\(\)/],
        ["not authorized to perform: s3:PutObject on resource", /target role/],
        ["not authorized to perform: dynamodb:ExportTableToPointInTime", /table's policy/],
        ["Point in time recovery is not enabled for table x", /Turn it on/],
        ["name contains invalid characters", /lower-case/],
        ["Provided target id is not valid", /s3tablescatalog/],
        ["another operation is in progress", /Wait/],
    ];
    for (const [message, hint] of explained) {
        it(`explains "${message}"`, () => assert.match(explain("CLIENT_ERROR", message)!, hint));
    }

    it("does not take a caller's missing right for the target role's", () => {
        const message = "User: ann is not authorized to perform: glue:PutResourcePolicy on resource: catalog";
        assert.match(explain("AccessDeniedException", message)!, /target role/);
        assert.equal(explain("AccessDeniedException", message, "call"), undefined);
        assert.match(explain("AccessDenied", `${message} with an explicit deny in a policy`, "call")!, /Deny/);
    });

    it("explains by the code too, and nothing that it does not know", () => {
        assert.match(explain("UNRECOVERABLE_ACCESS_DENIED", undefined)!, /resource property/);
        assert.equal(explain("Internal", "Something else"), undefined);
    });
});

describe("a DynamoDB table as a source", () => {
    const refused: [DynamoDbTableState, RegExp][] = [
        [{ pointInTimeRecovery: false }, /pointInTimeRecovery/],
        [{ encryption: "aws-managed" }, /customer managed/],
        [{ sizeBytes: 100 * 1024 ** 4 + 1 }, /100 TB/],
        [{ arn: `${good.sourceArn}/stream/2026` }, /stream/],
    ];
    for (const [state, message] of refused) {
        it(`is refused with ${JSON.stringify(state)}`, () => {
            const problems = dynamoDbSourceProblems("table", {
                arn: good.sourceArn,
                pointInTimeRecovery: true,
                ...state,
            });
            assert.equal(problems.length, 1);
            assert.match(problems[0]!.message, message);
        });
    }

    it("is fine otherwise, and where it cannot be told", () => {
        assert.deepEqual(dynamoDbSourceProblems("table", {}), []);
        assert.deepEqual(
            dynamoDbSourceProblems("table", {
                pointInTimeRecovery: true,
                encryption: "customer-managed",
                sizeBytes: 1,
            }),
            [],
        );
    });

    it("is encrypted as it declares", () => {
        const key = "arn:aws:kms:eu-west-1:111122223333:key/1";
        assert.deepEqual(
            [undefined, { enabled: false }, { enabled: true }, { enabled: true, kmsKeyArn: key }].map(
                declaredEncryption,
            ),
            ["aws-owned", "aws-owned", "aws-managed", "customer-managed"],
        );
        const kmsKeyArn = "arn:aws:kms:eu-west-1:111122223333:alias/aws/dynamodb";
        assert.equal(declaredEncryption({ enabled: true, kmsKeyArn }), "aws-managed");
    });
});
