import { runSimulation } from "@cloud-copilot/iam-simulate";
import * as assert from "node:assert/strict";
import * as fc from "fast-check";
import { accessDeniedMessage, evaluate, type AccessRequest, type Policies } from "../../../simulator/access/evaluate";
import { parsePolicy } from "../../../simulator/access/parse";
import { type PolicyDocument, type Statement } from "../../../simulator/access/policy";

const ACCOUNT = "111122223333";
const OTHER_ACCOUNT = "444455556666";
const USER = { kind: "aws", arn: `arn:aws:iam::${ACCOUNT}:user/ann`, accountId: ACCOUNT } as const;
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/loader`;
const SESSION = {
    kind: "aws",
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/loader/night`,
    accountId: ACCOUNT,
    roleArn: ROLE_ARN,
} as const;
const GLUE = { kind: "service", name: "glue.amazonaws.com" } as const;
const OBJECT = "arn:aws:s3:::reports/2026/a.csv";

const policy = (...statements: Partial<Statement>[]): PolicyDocument => ({
    Version: "2012-10-17",
    Statement: statements.map((s) => ({ Effect: "Allow", Action: "*", Resource: "*", ...s })),
});
const ALL = policy({});
const NOTHING = policy({ Action: "iam:ListUsers" });

const request = (changes: Partial<AccessRequest> = {}): AccessRequest => ({
    principal: USER,
    action: "s3:GetObject",
    resource: OBJECT,
    resourceAccountId: ACCOUNT,
    context: {},
    ...changes,
});

/** `allow`, `explicit-deny`, or the kind of policy that lacks an Allow. */
function outcome(policies: Partial<Policies>, changes: Partial<AccessRequest> = {}): string {
    const decision = evaluate(request(changes), { identity: [], ...policies });
    return decision.allowed ? "allow" : decision.reason === "no-allow" ? decision.policyKind : decision.reason;
}

const CROSS = { resourceAccountId: OTHER_ACCOUNT };
const AS_SESSION = { principal: SESSION };
const AS_GLUE = { principal: GLUE };
const REQUIRED = { resourcePolicyRequired: true };

/** The answer of `@cloud-copilot/iam-simulate` to the same question. */
async function established(wanted: AccessRequest, policies: Policies): Promise<string> {
    const named = (documents: PolicyDocument[] = []) =>
        documents.map((document, index) => ({ name: `policy-${index}`, policy: document }));
    const { principal } = wanted;
    const result = await runSimulation(
        {
            request: {
                principal: principal.kind === "service" ? principal.name : principal.arn,
                action: wanted.action,
                resource: { resource: wanted.resource, accountId: wanted.resourceAccountId },
                contextVariables: wanted.context,
            },
            identityPolicies: principal.kind === "service" ? [] : named(policies.identity),
            permissionBoundaryPolicies: policies.permissionsBoundary && named([policies.permissionsBoundary]),
            sessionPolicy: policies.session?.[0],
            resourcePolicy: policies.resource,
            serviceControlPolicies: [],
            resourceControlPolicies: [],
        },
        {},
    );
    assert.ok(result.resultType !== "error", JSON.stringify(result));
    return result.overallResult;
}

const someOf = (...values: string[]) => fc.subarray(values, { minLength: 1 });

const conditionValues: [operators: string[], key: string, values: string[]][] = [
    [
        ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"],
        "aws:SourceAccount",
        [ACCOUNT, OTHER_ACCOUNT, "1111*"],
    ],
    [["StringEquals", "StringLike"], "aws:SourceAccount", ["${aws:PrincipalAccount}", "${aws:ResourceAccount}"]],
    [
        ["ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"],
        "aws:SourceArn",
        [
            "arn:aws:glue:*:*:integration:*",
            "arn:aws:glue:eu-west-1:111122223333:integration:a",
            "arn:aws:dynamodb:*:*:table/?",
        ],
    ],
    [
        ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals"],
        "aws:MultiFactorAuthAge",
        ["60", "3600"],
    ],
    [["DateLessThan", "DateGreaterThanEquals"], "aws:CurrentTime", ["2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"]],
    [["Bool"], "aws:SecureTransport", ["true", "false"]],
    [["IpAddress", "NotIpAddress"], "aws:SourceIp", ["10.0.0.0/8", "10.1.0.0/16", "192.168.1.1/32"]],
    [["StringEquals", "StringNotEquals", "StringLike"], "aws:TagKeys", ["team", "cost", "t*"]],
];

const generatedCondition = fc.constantFrom(...conditionValues).chain(([operators, key, values]) =>
    fc
        .record({
            prefix: key === "aws:TagKeys" ? fc.constantFrom("ForAllValues:", "ForAnyValue:") : fc.constant(""),
            operator: fc.constantFrom(...operators),
            // What IfExists means together with a set operator is not documented.
            suffix: key === "aws:TagKeys" ? fc.constant("") : fc.constantFrom("", "", "IfExists"),
            values: someOf(...values),
        })
        .map(({ prefix, operator, suffix, values }) => ({ [prefix + operator + suffix]: { [key]: values } })),
);

const generatedStatement = fc
    .record({
        Effect: fc.constantFrom("Allow" as const, "Allow" as const, "Allow" as const, "Deny" as const),
        Action: someOf("s3:GetObject", "s3:Get*", "S3:PutObjec?", "s3:*", "kms:Decrypt", "kms:*", "*"),
        Resource: someOf(
            "*",
            "arn:aws:s3:::reports/*",
            "arn:aws:s3:::reports/2026/a.csv",
            "arn:aws:s3:::reports/?",
            `arn:aws:kms:*:${ACCOUNT}:key/*`,
        ),
        Condition: fc.option(generatedCondition, { nil: undefined, freq: 2 }),
        negate: fc.constantFrom("", "", "", "", "Action", "Resource"),
    })
    .map(({ negate, Action, Resource, Condition, Effect }) => ({
        Effect,
        ...(negate === "Action" ? { NotAction: Action } : { Action }),
        ...(negate === "Resource" ? { NotResource: Resource } : { Resource }),
        ...(Condition && { Condition }),
    }));

const documentOf = (statement: fc.Arbitrary<Statement>): fc.Arbitrary<PolicyDocument> =>
    fc.array(statement, { minLength: 1, maxLength: 3 }).map((Statement) => ({ Version: "2012-10-17", Statement }));

const generatedPrincipal = fc.oneof(
    fc.constantFrom<Statement["Principal"]>("*", { Service: GLUE.name }, { Service: "redshift.amazonaws.com" }),
    someOf(USER.arn, ROLE_ARN, ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`, OTHER_ACCOUNT, "*").map((AWS) => ({ AWS })),
);

const generatedPolicies: fc.Arbitrary<Policies> = fc.record({
    identity: fc.array(documentOf(generatedStatement), { maxLength: 2 }),
    permissionsBoundary: fc.option(documentOf(generatedStatement), { nil: undefined, freq: 2 }),
    session: fc.option(
        documentOf(generatedStatement).map((document) => [document]),
        { nil: undefined, freq: 2 },
    ),
    resource: fc.option(
        documentOf(
            fc
                .tuple(generatedStatement, generatedPrincipal)
                .map(([statement, Principal]) => ({ ...statement, Principal })),
        ),
        { nil: undefined },
    ),
});

const generatedRequest: fc.Arbitrary<AccessRequest> = fc
    .record({
        principal: fc.constantFrom(USER, SESSION, GLUE),
        target: fc.constantFrom<[string, string]>(
            ["s3:GetObject", OBJECT],
            ["s3:PutObject", "arn:aws:s3:::reports/b"],
            ["s3:GetObject", "arn:aws:s3:::secrets/b"],
            ["kms:Decrypt", `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`],
        ),
        resourceAccountId: fc.constantFrom(ACCOUNT, ACCOUNT, OTHER_ACCOUNT),
        context: fc.record(
            {
                "aws:SourceAccount": fc.constantFrom(ACCOUNT, OTHER_ACCOUNT),
                "aws:SourceArn": fc.constantFrom(
                    "arn:aws:glue:eu-west-1:111122223333:integration:a",
                    "arn:aws:dynamodb:eu-west-1:111122223333:table/t",
                ),
                "aws:MultiFactorAuthAge": fc.constantFrom("60", "61", "3600"),
                "aws:CurrentTime": fc.constantFrom("2026-01-01T00:00:00Z", "2026-11-21T10:00:00Z"),
                "aws:SecureTransport": fc.constantFrom("true", "false"),
                "aws:SourceIp": fc.constantFrom("10.1.2.3", "10.2.2.3", "192.168.1.1"),
                "aws:TagKeys": fc.uniqueArray(fc.constantFrom("team", "cost", "other"), { minLength: 1 }),
                "aws:PrincipalAccount": fc.constant(ACCOUNT),
                "aws:ResourceAccount": fc.constant(OTHER_ACCOUNT),
            },
            { requiredKeys: [] },
        ),
    })
    .map(({ target: [action, resource], resourceAccountId, ...rest }) => ({
        ...rest,
        action,
        resource,
        resourceAccountId: action === "kms:Decrypt" ? ACCOUNT : resourceAccountId,
    }));

describe("simulator: access decisions", () => {
    describe("which policies must allow (AWS's documented evaluation logic)", () => {
        const grantTo = (AWS: string) => policy({ Principal: { AWS } });
        const cases: [name: string, expected: string, policies: Partial<Policies>, request?: Partial<AccessRequest>][] =
            [
                ["nothing allows", "identity-based policy", {}],
                ["same account, identity alone", "allow", { identity: [ALL] }],
                ["same account, resource alone, by user", "allow", { resource: grantTo(USER.arn) }],
                ["same account, resource alone, by *", "allow", { resource: policy({ Principal: "*" }) }],
                [
                    "same account, resource alone, by account id",
                    "identity-based policy",
                    { resource: grantTo(ACCOUNT) },
                ],
                [
                    "same account, resource alone, by root",
                    "identity-based policy",
                    { resource: grantTo(`arn:aws:iam::${ACCOUNT}:root`) },
                ],
                ["another user is named", "identity-based policy", { resource: grantTo(`${USER.arn}e`) }],
                ["across accounts, identity alone", "resource-based policy", { identity: [ALL] }, CROSS],
                ["across accounts, resource alone", "identity-based policy", { resource: grantTo(USER.arn) }, CROSS],
                ["across accounts, both", "allow", { identity: [ALL], resource: grantTo(USER.arn) }, CROSS],
                ["across accounts, both, by account", "allow", { identity: [ALL], resource: grantTo(ACCOUNT) }, CROSS],
                ["key without a word for the caller", "resource-based policy", { identity: [ALL], ...REQUIRED }],
                ["key that trusts the account", "allow", { identity: [ALL], resource: grantTo(ACCOUNT), ...REQUIRED }],
                [
                    "key that trusts the account, no identity policy",
                    "identity-based policy",
                    {
                        resource: grantTo(ACCOUNT),
                        ...REQUIRED,
                    },
                ],
                ["key that trusts the user", "allow", { resource: grantTo(USER.arn), ...REQUIRED }],
                [
                    "boundary without the action",
                    "permissions boundary",
                    { identity: [ALL], permissionsBoundary: NOTHING },
                ],
                ["boundary with the action", "allow", { identity: [ALL], permissionsBoundary: ALL }],
                ["a boundary grants nothing", "identity-based policy", { permissionsBoundary: ALL }],
                [
                    "boundary, resource grants to user",
                    "allow",
                    {
                        permissionsBoundary: NOTHING,
                        resource: grantTo(USER.arn),
                    },
                ],
                [
                    "boundary, resource grants to role",
                    "permissions boundary",
                    {
                        permissionsBoundary: NOTHING,
                        resource: grantTo(ROLE_ARN),
                    },
                    AS_SESSION,
                ],
                [
                    "session policy without the action",
                    "session policy",
                    { identity: [ALL], session: [NOTHING] },
                    AS_SESSION,
                ],
                [
                    "one of two session policies allows",
                    "allow",
                    { identity: [ALL], session: [NOTHING, ALL] },
                    AS_SESSION,
                ],
                [
                    "session policy, resource grants to role",
                    "session policy",
                    {
                        session: [NOTHING],
                        resource: grantTo(ROLE_ARN),
                    },
                    AS_SESSION,
                ],
                [
                    "session policy, resource grants to session",
                    "allow",
                    {
                        session: [NOTHING],
                        resource: grantTo(SESSION.arn),
                    },
                    AS_SESSION,
                ],
                [
                    "resource grants to another session",
                    "identity-based policy",
                    {
                        resource: grantTo(`${SESSION.arn}ly`),
                    },
                    AS_SESSION,
                ],
                [
                    "service, resource policy",
                    "allow",
                    { resource: policy({ Principal: { Service: GLUE.name } }) },
                    AS_GLUE,
                ],
                [
                    "service, another one is named",
                    "resource-based policy",
                    {
                        resource: policy({ Principal: { Service: "redshift.amazonaws.com" } }),
                    },
                    AS_GLUE,
                ],
                ["service, no resource policy", "resource-based policy", { identity: [ALL] }, AS_GLUE],
                ["deny in identity", "explicit-deny", { identity: [ALL, policy({ Effect: "Deny" })] }],
                [
                    "deny in boundary",
                    "explicit-deny",
                    {
                        identity: [ALL],
                        permissionsBoundary: policy({}, { Effect: "Deny" }),
                    },
                ],
                [
                    "deny in session",
                    "explicit-deny",
                    {
                        identity: [ALL],
                        session: [policy({}, { Effect: "Deny" })],
                    },
                    AS_SESSION,
                ],
                [
                    "deny in resource, by account",
                    "explicit-deny",
                    {
                        identity: [ALL],
                        resource: policy({ Effect: "Deny", Principal: { AWS: ACCOUNT } }),
                    },
                ],
                [
                    "deny in resource, for another",
                    "allow",
                    {
                        identity: [ALL],
                        resource: policy({ Effect: "Deny", Principal: { AWS: OTHER_ACCOUNT } }),
                    },
                ],
                [
                    "deny in resource, for all but the caller",
                    "allow",
                    {
                        identity: [ALL],
                        resource: policy({ Effect: "Deny", NotPrincipal: { AWS: USER.arn } }),
                    },
                ],
                [
                    "deny in resource, for all but another",
                    "explicit-deny",
                    {
                        identity: [ALL],
                        resource: policy({ Effect: "Deny", NotPrincipal: { AWS: ROLE_ARN } }),
                    },
                ],
            ];
        for (const [name, expected, policies, changes] of cases) {
            it(`${name}: ${expected}`, () => assert.equal(outcome(policies, changes), expected));
        }
    });

    describe("what a statement speaks of", () => {
        const speaksOf = (
            statement: Partial<Statement>,
            changes: Partial<AccessRequest> = {},
            version?: "2008-10-17",
        ) =>
            outcome({ identity: [{ ...policy(statement), ...(version && { Version: version }) }] }, changes) ===
            "allow";

        it("actions without regard to case, with * and ?", () => {
            for (const Action of ["S3:getobject", "s3:Get*", "s3:GetObjec?", "*", ["iam:*", "s3:*Object"]]) {
                assert.ok(speaksOf({ Action }), String(Action));
            }
            for (const Action of ["s3:GetObjectAcl", "s3:Get", "s3:GetObject?", "s4:*"]) {
                assert.ok(!speaksOf({ Action }), Action);
            }
            assert.ok(speaksOf({ Action: undefined, NotAction: "s3:Put*" }));
            assert.ok(!speaksOf({ Action: undefined, NotAction: ["s3:Put*", "s3:Get*"] }));
        });

        it("resources with regard to case; * reaches over slashes; a dot is a dot", () => {
            for (const Resource of ["arn:aws:s3:::reports/*", "arn:aws:s3:::*", "arn:aws:s3:::reports/2026/?.csv"]) {
                assert.ok(speaksOf({ Resource }), Resource);
            }
            for (const Resource of [
                "arn:aws:s3:::Reports/*",
                "arn:aws:s3:::reports",
                "arn:aws:s3:::reports/2026/aXcsv",
            ]) {
                assert.ok(!speaksOf({ Resource }), Resource);
            }
            assert.ok(!speaksOf({ Resource: undefined, NotResource: "arn:aws:s3:::reports/*" }));
            assert.ok(speaksOf({ Resource: undefined, NotResource: "arn:aws:s3:::secrets/*" }));
        });

        it("policy variables, their values taken literally, with defaults, and only since version 2012-10-17", () => {
            const Resource = "arn:aws:s3:::reports/${aws:PrincipalTag/year}/*";
            assert.ok(speaksOf({ Resource }, { context: { "aws:principaltag/YEAR": "2026" } }));
            assert.ok(!speaksOf({ Resource }, { context: { "aws:PrincipalTag/year": "20*" } }));
            assert.ok(!speaksOf({ Resource }));
            assert.ok(!speaksOf({ Resource }, { context: { "aws:PrincipalTag/year": "2026" } }, "2008-10-17"));
            assert.ok(speaksOf({ Resource: "arn:aws:s3:::reports/${aws:PrincipalTag/year, '2026'}/*" }));
            assert.ok(speaksOf({ Resource: "arn:aws:s3:::a${*}b" }, { resource: "arn:aws:s3:::a*b" }));
            assert.ok(!speaksOf({ Resource: "arn:aws:s3:::a${*}b" }, { resource: "arn:aws:s3:::axb" }));
        });
    });

    describe("conditions", () => {
        const SOURCE = "arn:aws:glue:eu-west-1:111122223333:integration:0a-1b";
        const context = {
            "aws:SourceArn": SOURCE,
            "aws:SourceAccount": ACCOUNT,
            "aws:SourceIp": "10.1.2.3",
            "aws:CurrentTime": "2026-11-21T10:00:00Z",
            "s3:max-keys": "10",
            "aws:SecureTransport": "true",
            "aws:TagKeys": ["team", "cost"],
        };
        const truths: [operator: string, key: string, value: string | string[], expected: boolean][] = [
            ["StringEquals", "AWS:sourceaccount", ACCOUNT, true],
            ["StringEquals", "aws:SourceAccount", [OTHER_ACCOUNT, ACCOUNT], true],
            ["StringEquals", "aws:SourceAccount", "1111*", false],
            ["StringEquals", "aws:SourceArn", SOURCE.toUpperCase(), false],
            ["StringEqualsIgnoreCase", "aws:SourceArn", SOURCE.toUpperCase(), true],
            ["StringEquals", "absent", "x", false],
            ["StringEqualsIfExists", "absent", "x", true],
            ["StringEqualsIfExists", "aws:SourceAccount", OTHER_ACCOUNT, false],
            ["StringNotEquals", "absent", "x", true],
            ["StringNotEquals", "aws:SourceAccount", [OTHER_ACCOUNT, ACCOUNT], false],
            ["StringLike", "aws:SourceAccount", "1111*", true],
            ["StringNotLike", "aws:SourceAccount", "1111*", false],
            ["StringEquals", "aws:SourceAccount", "${aws:SourceAccount}", true],
            ["ArnLike", "aws:SourceArn", "arn:aws:glue:*:111122223333:integration:*", true],
            ["ArnEquals", "aws:SourceArn", "arn:aws:glue:*:111122223333:integration:*", true],
            ["ArnLike", "aws:SourceArn", "arn:aws:glue:eu-west-1:${aws:SourceAccount}:integration:*", true],
            ["ArnLike", "aws:SourceArn", "arn:aws:glue:*:integration:*", false],
            ["ArnLike", "aws:SourceArn", "arn:aws:glue:*", false],
            ["StringLike", "aws:SourceArn", "arn:aws:glue:*", true],
            ["ArnNotLike", "aws:SourceArn", "arn:aws:glue:*:444455556666:integration:*", true],
            ["NumericEquals", "s3:max-keys", "10.0", true],
            ["NumericLessThan", "s3:max-keys", "9", false],
            ["NumericLessThanEquals", "s3:max-keys", "10", true],
            ["NumericGreaterThan", "s3:max-keys", "9", true],
            ["NumericGreaterThanEquals", "s3:max-keys", "11", false],
            ["NumericNotEquals", "s3:max-keys", "10", false],
            ["NumericEquals", "aws:SourceArn", "10", false],
            ["DateLessThan", "aws:CurrentTime", "2026-11-21T10:00:01Z", true],
            ["DateGreaterThan", "aws:CurrentTime", "2026-11-21T10:00:00Z", false],
            ["DateGreaterThanEquals", "aws:CurrentTime", "2026-11-21T12:00:00+02:00", true],
            ["DateEquals", "aws:CurrentTime", "1795255200", true],
            ["Bool", "aws:SecureTransport", "true", true],
            ["Bool", "aws:SecureTransport", "false", false],
            ["BoolIfExists", "aws:MultiFactorAuthPresent", "true", true],
            ["IpAddress", "aws:SourceIp", "10.1.0.0/16", true],
            ["IpAddress", "aws:SourceIp", "10.1.2.4", false],
            ["IpAddress", "aws:SourceIp", "2001:db8::/32", false],
            ["NotIpAddress", "aws:SourceIp", "10.1.0.0/16", false],
            ["Null", "aws:SourceArn", "false", true],
            ["Null", "aws:SourceArn", "true", false],
            ["Null", "absent", "true", true],
            ["ForAllValues:StringEquals", "aws:TagKeys", ["team", "cost", "x"], true],
            ["ForAllValues:StringEquals", "aws:TagKeys", ["team"], false],
            ["ForAllValues:StringEquals", "absent", "x", true],
            ["ForAnyValue:StringEquals", "aws:TagKeys", ["team"], true],
            ["ForAnyValue:StringEquals", "aws:TagKeys", ["x"], false],
            ["ForAnyValue:StringEquals", "absent", "x", false],
            ["ForAnyValue:StringNotEquals", "absent", "x", false],
            ["ForAllValues:StringNotLike", "aws:TagKeys", ["secret*"], true],
            ["ForAnyValue:StringNotEquals", "aws:TagKeys", ["team"], true],
        ];
        for (const [operator, key, value, expected] of truths) {
            it(`${operator} ${key} ${String(value)}: ${expected}`, () => {
                const identity = [policy({ Condition: { [operator]: { [key]: value } } })];
                assert.equal(outcome({ identity }, { context }) === "allow", expected);
            });
        }

        it("all operators and keys of a statement hold together", () => {
            const identity = (ip: string) => [
                policy({
                    Condition: {
                        StringEquals: { "aws:SourceAccount": ACCOUNT, "aws:SourceArn": SOURCE },
                        IpAddress: { "aws:SourceIp": ip },
                    },
                }),
            ];
            assert.equal(outcome({ identity: identity("10.0.0.0/8") }, { context }), "allow");
            assert.equal(outcome({ identity: identity("11.0.0.0/8") }, { context }), "identity-based policy");
        });
    });

    it("says in AWS's words who may not do what, and why", () => {
        const message = (policies: Partial<Policies>, changes: Partial<AccessRequest> = {}) => {
            const decision = evaluate(request(changes), { identity: [], ...policies });
            assert.ok(!decision.allowed);
            return accessDeniedMessage(request(changes), decision);
        };
        const start = `User: ${USER.arn} is not authorized to perform: s3:GetObject on resource: ${OBJECT}`;
        assert.equal(message({}), `${start} because no identity-based policy allows the s3:GetObject action`);
        assert.equal(
            message({ identity: [policy({ Effect: "Deny", Sid: "Stop" })] }),
            `${start} with an explicit deny in an identity-based policy`,
        );
        assert.equal(
            message({ identity: [ALL], permissionsBoundary: policy({ Effect: "Deny" }) }),
            `${start} with an explicit deny in a permissions boundary`,
        );
        const denied = evaluate(request(), { identity: [policy({ Effect: "Deny", Sid: "Stop" })] });
        assert.equal("deniedBy" in denied && denied.deniedBy, "Stop");
    });

    describe("zero-ETL", () => {
        const TABLE = `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/CustomerAccounts`;
        const DATABASE = `arn:aws:glue:eu-west-1:${OTHER_ACCOUNT}:database/bank`;
        const INTEGRATION = `arn:aws:glue:eu-west-1:${ACCOUNT}:integration:11-22`;
        const tablePolicy = policy({
            Principal: { Service: GLUE.name },
            Action: ["dynamodb:DescribeTable", "dynamodb:DescribeExport", "dynamodb:ExportTableToPointInTime"],
            Condition: {
                StringEquals: { "aws:SourceAccount": ACCOUNT },
                ArnLike: { "aws:SourceArn": `arn:aws:glue:eu-west-1:${ACCOUNT}:integration:*` },
            },
        });
        const catalogPolicy = policy(
            {
                Principal: { AWS: ROLE_ARN },
                Action: "glue:CreateInboundIntegration",
                Resource: [`arn:aws:glue:eu-west-1:${OTHER_ACCOUNT}:catalog`, DATABASE],
                Condition: { StringLike: { "aws:SourceArn": TABLE } },
            },
            {
                Principal: { Service: GLUE.name },
                Action: "glue:AuthorizeInboundIntegration",
                Resource: [`arn:aws:glue:eu-west-1:${OTHER_ACCOUNT}:catalog`, DATABASE],
                Condition: { StringEquals: { "aws:SourceArn": TABLE } },
            },
        );

        // The established evaluator has rules for DynamoDB, none for Glue's inbound integrations: there S3 stands in.
        const S3_STAND_INS: Record<string, string> = {
            "glue:CreateInboundIntegration": "s3:GetObject",
            "glue:AuthorizeInboundIntegration": "s3:PutObject",
            [DATABASE]: "arn:aws:s3:::stand-in/database",
            [`arn:aws:glue:eu-west-1:${OTHER_ACCOUNT}:catalog`]: "arn:aws:s3:::stand-in/catalog",
        };
        const standIn = <T>(value: T): T =>
            JSON.parse(
                Object.entries(S3_STAND_INS).reduce(
                    (text, [from, to]) => text.replaceAll(`"${from}"`, `"${to}"`),
                    JSON.stringify(value),
                ),
            ) as T;

        const exportTable = (context: Record<string, string>) => ({
            principal: GLUE,
            action: "dynamodb:ExportTableToPointInTime",
            resource: TABLE,
            resourceAccountId: ACCOUNT,
            context,
        });
        const inbound = (changes: Partial<AccessRequest>) =>
            request({
                principal: SESSION,
                action: "glue:CreateInboundIntegration",
                resource: DATABASE,
                resourceAccountId: OTHER_ACCOUNT,
                context: { "aws:SourceArn": TABLE },
                ...changes,
            });
        const cases: [string, boolean, AccessRequest, Partial<Policies>][] = [
            [
                "Glue exports the table for its integration",
                true,
                exportTable({ "aws:SourceAccount": ACCOUNT, "aws:SourceArn": INTEGRATION }),
                { resource: tablePolicy },
            ],
            [
                "Glue exports for another account",
                false,
                exportTable({ "aws:SourceAccount": OTHER_ACCOUNT, "aws:SourceArn": INTEGRATION }),
                { resource: tablePolicy },
            ],
            [
                "Glue exports for something else",
                false,
                exportTable({ "aws:SourceAccount": ACCOUNT, "aws:SourceArn": TABLE }),
                { resource: tablePolicy },
            ],
            [
                "Glue exports without a table policy",
                false,
                exportTable({ "aws:SourceAccount": ACCOUNT, "aws:SourceArn": INTEGRATION }),
                {},
            ],
            [
                "a deployer of the source's account, both sides",
                true,
                inbound({}),
                { identity: [ALL], resource: catalogPolicy },
            ],
            ["a deployer of the source's account, no catalog policy", false, inbound({}), { identity: [ALL] }],
            ["a deployer of the source's account, no identity policy", false, inbound({}), { resource: catalogPolicy }],
            [
                "a deployer, another source",
                false,
                inbound({ context: { "aws:SourceArn": `${TABLE}2` } }),
                { identity: [ALL], resource: catalogPolicy },
            ],
            [
                "a deployer of the target's account, identity alone",
                true,
                inbound({ resourceAccountId: ACCOUNT }),
                { identity: [ALL] },
            ],
            [
                "a deployer of the target's account, catalog policy alone",
                true,
                inbound({ resourceAccountId: ACCOUNT }),
                { resource: catalogPolicy },
            ],
            [
                "Glue checks the target",
                true,
                inbound({ principal: GLUE, action: "glue:AuthorizeInboundIntegration" }),
                { resource: catalogPolicy },
            ],
            [
                "Glue checks the target for another source",
                false,
                inbound({
                    principal: GLUE,
                    action: "glue:AuthorizeInboundIntegration",
                    context: { "aws:SourceArn": `${TABLE}2` },
                }),
                { resource: catalogPolicy },
            ],
            [
                "Glue checks the target, an account is not a service",
                false,
                inbound({ principal: GLUE, action: "glue:AuthorizeInboundIntegration" }),
                { resource: policy({ Principal: { AWS: ACCOUNT } }) },
            ],
        ];
        for (const [name, expected, wanted, policies] of cases) {
            it(`${name}: ${expected ? "allowed" : "refused"}`, async () => {
                const complete = { identity: [], ...policies };
                assert.equal(evaluate(wanted, complete).allowed, expected);
                assert.equal(
                    await established(standIn(wanted), standIn(complete)),
                    expected ? "Allowed" : "ImplicitlyDenied",
                );
            });
        }
    });

    it("decides as an established evaluator does, whatever the policies", async function () {
        this.timeout(60_000);
        await fc.assert(
            fc.asyncProperty(generatedRequest, generatedPolicies, async (wanted, policies) => {
                const { identity, permissionsBoundary, session } = policies;
                const resource = {
                    resource: policies.resource,
                    resourcePolicyRequired: wanted.action.startsWith("kms:"),
                };
                const relevant = {
                    [USER.arn]: { identity, permissionsBoundary, ...resource },
                    [SESSION.arn]: { identity, permissionsBoundary, session, ...resource },
                    [GLUE.name]: { identity: [], ...resource },
                }[wanted.principal.kind === "aws" ? wanted.principal.arn : wanted.principal.name];
                assert.ok(relevant);
                const decision = evaluate(wanted, relevant);
                const ours = decision.allowed
                    ? "Allowed"
                    : decision.reason === "explicit-deny"
                      ? "ExplicitlyDenied"
                      : "ImplicitlyDenied";
                assert.equal(ours, await established(wanted, relevant));
            }),
            { numRuns: 1000 },
        );
    });
});

describe("simulator: policy documents", () => {
    const ALLOW = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
    const TRUST = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "glue.amazonaws.com" } };
    const text = (statement: unknown, rest: object = { Version: "2012-10-17" }) =>
        JSON.stringify({ ...rest, Statement: statement });

    it("come back as they were written", () => {
        assert.deepEqual(parsePolicy(text(ALLOW), "identity"), { Version: "2012-10-17", Statement: ALLOW });
        parsePolicy(text([{ ...ALLOW, Sid: "a b: c", Principal: "*" }], { Id: "x" }), "resource");
        parsePolicy(text(TRUST), "trust");
        parsePolicy(text({ ...TRUST, Principal: { AWS: [ACCOUNT, USER.arn, ROLE_ARN, SESSION.arn] } }), "trust");
    });

    const SYNTAX = "Syntax errors in policy.";
    const refused: [name: string, use: "identity" | "resource" | "trust", document: string, message: string][] = [
        ["no JSON", "identity", "{", "This policy contains invalid Json"],
        ["no object", "identity", "[]", "This policy contains invalid Json"],
        ["no version", "identity", text(ALLOW, {}), "Policy document must be version 2012-10-17 or greater."],
        ["unknown version", "resource", text(ALLOW, { Version: "2026-01-01" }), SYNTAX],
        ["unknown element", "identity", text(ALLOW, { Version: "2012-10-17", Statements: [] }), SYNTAX],
        ["no statement", "identity", text([]), SYNTAX],
        ["unknown element of a statement", "identity", text({ ...ALLOW, Actions: "s3:*" }), SYNTAX],
        ["unknown effect", "identity", text({ ...ALLOW, Effect: "allow" }), SYNTAX],
        ["no action", "identity", text({ ...ALLOW, Action: undefined }), "Policy statement must contain actions."],
        [
            "no resource",
            "identity",
            text({ ...ALLOW, Resource: undefined }),
            "Policy statement must contain resources.",
        ],
        ["action and its opposite", "identity", text({ ...ALLOW, NotAction: "s3:Put*" }), SYNTAX],
        [
            "action without service",
            "identity",
            text({ ...ALLOW, Action: "GetObject" }),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ],
        [
            "resource that is no ARN",
            "identity",
            text({ ...ALLOW, Resource: "bucket" }),
            'Resource bucket must be in ARN format or "*".',
        ],
        [
            "principal of an identity",
            "identity",
            text({ ...ALLOW, Principal: "*" }),
            "Policy document should not specify a principal.",
        ],
        ["resource without principal", "resource", text(ALLOW), "Missing required field Principal"],
        [
            "wildcard in a principal",
            "resource",
            text({ ...ALLOW, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/*` } }),
            `Invalid principal in policy: "AWS":"arn:aws:iam::${ACCOUNT}:role/*"`,
        ],
        [
            "name that no service has",
            "trust",
            text({ ...TRUST, Principal: { Service: "glue.amazon.com" } }),
            'Invalid principal in policy: "SERVICE":"glue.amazon.com"',
        ],
        ["unknown kind of principal", "resource", text({ ...ALLOW, Principal: { Aws: ACCOUNT } }), SYNTAX],
        ["trust with a resource", "trust", text({ ...TRUST, Resource: "*" }), "Has prohibited field Resource"],
        [
            "trust in another action",
            "trust",
            text({ ...TRUST, Action: "s3:GetObject" }),
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ],
        [
            "the same Sid twice",
            "identity",
            text([
                { ...ALLOW, Sid: "A" },
                { ...ALLOW, Sid: "A" },
            ]),
            "Statement IDs (SID) in a single policy must be unique.",
        ],
        [
            "unknown operator",
            "identity",
            text({ ...ALLOW, Condition: { StringIs: { "aws:SourceArn": "x" } } }),
            "Invalid Condition type : StringIs.",
        ],
        ["condition without key", "identity", text({ ...ALLOW, Condition: { StringEquals: "x" } }), SYNTAX],
    ];
    for (const [name, use, document, message] of refused) {
        it(`are refused: ${name}`, () => assert.throws(() => parsePolicy(document, use), { message }));
    }
});
