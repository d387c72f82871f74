import assert from "node:assert/strict";

import {
    addMember,
    allowRedshiftCreation,
    authorizeRedshiftSource,
    explain,
    integrationCountProblems,
    integrationEvent,
    integrationKeyStatements,
    isRedshiftSourceAuthorized,
    managedCatalogNameProblems,
    missingExportActions,
    missingRedshiftExportActions,
    namespaceMembers,
    RDS_INTEGRATION_CHANGES,
    rdsIntegrationProblems,
    redshiftExportMembers,
    redshiftIntegrationProblems,
    removeMember,
    tableKeyStatement,
    warehouseKind,
    warehouseProblems,
    withParameter,
    WORKGROUP_PARAMETERS,
    type CommonIntegrationInputs,
    type PolicyDocument,
    type RdsIntegrationInputs,
    type Statement,
    type WarehouseState,
} from "../../../sdk/requirements";

const sourceArn = "arn:aws:rds:eu-west-1:111122223333:cluster:orders";
const tableArn = "arn:aws:dynamodb:eu-west-1:111122223333:table/Orders";
const targetArn = "arn:aws:redshift-serverless:eu-west-1:111122223333:namespace/0a1b-2c";
const elsewhere = "arn:aws:redshift:eu-west-1:444455556666:namespace:0a1b-2c";

describe("an integration of RDS", () => {
    const good: RdsIntegrationInputs = { integrationName: "orders", sourceArn, targetArn, tags: { team: "shop" } };
    const key = { kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/1" };
    const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, "v"]));

    const fine: [string, Partial<RdsIntegrationInputs>][] = [
        ["its smallest form", {}],
        ["an instance", { sourceArn: sourceArn.replace("cluster", "db") }],
        ["a catalog as its target", { targetArn: "arn:aws:glue:eu-west-1:111122223333:catalog/lake" }],
        ["a warehouse in another account", { targetArn: elsewhere }],
        ["a filter of MySQL", { dataFilter: "include: shop.*" }],
        ["a filter of PostgreSQL", { dataFilter: "include: crm.*.*" }],
        ["a context of six pairs", { ...key, additionalEncryptionContext: pairs(6) }],
    ];
    for (const [what, change] of fine) {
        it(`is fine with ${what}`, () => assert.deepEqual(rdsIntegrationProblems({ ...good, ...change }), []));
    }

    const refused: [string, Partial<RdsIntegrationInputs>, keyof RdsIntegrationInputs, RegExp][] = [
        ["a name with an underscore", { integrationName: "a_b" }, "integrationName", /hyphens/],
        ["a name of 64 characters", { integrationName: "x".repeat(64) }, "integrationName", /1 to 63/],
        ["a table", { sourceArn: tableArn }, "sourceArn", /neither a cluster nor an instance/],
        ["a snapshot", { sourceArn: sourceArn.replace("cluster", "cluster-snapshot") }, "sourceArn", /neither/],
        ["another Region", { sourceArn: sourceArn.replace("eu-west-1", "us-east-1") }, "sourceArn", /us-east-1/],
        ["a long source", { sourceArn: `${sourceArn}${"x".repeat(255)}` }, "sourceArn", /1 to 255/],
        [
            "a Glue database",
            { targetArn: "arn:aws:glue:eu-west-1:111122223333:database/bank" },
            "targetArn",
            /nothing that RDS/,
        ],
        ["a cluster's ARN", { targetArn: targetArn.replace("namespace", "workgroup") }, "targetArn", /namespace/],
        ["an empty filter", { dataFilter: "" }, "dataFilter", /1 to 25600/],
        ["no filter at all", { dataFilter: "shop" }, "dataFilter", /At character 1/],
        ["a long description", { description: "x".repeat(1001) }, "description", /0 to 1000/],
        [
            "a context without a key",
            { additionalEncryptionContext: { a: "b" } },
            "additionalEncryptionContext",
            /kmsKeyId/,
        ],
        [
            "a context of seven pairs",
            { ...key, additionalEncryptionContext: pairs(7) },
            "additionalEncryptionContext",
            /7 pairs.*6 at most/,
        ],
        ["51 tags", { tags: pairs(51) }, "tags", /50 at most/],
    ];
    for (const [what, change, argument, message] of refused) {
        it(`is refused for ${what}`, () => {
            const problems = rdsIntegrationProblems({ ...good, ...change });
            assert.deepEqual(
                problems.map((each) => each.argument),
                [argument],
            );
            assert.match(problems[0]!.message, message);
        });
    }

    it("is judged by the engine's rules for filters where it is known", () => {
        const inputs = { ...good, dataFilter: "include: shop.*" };
        assert.deepEqual(rdsIntegrationProblems(inputs, undefined, "aurora-mysql"), []);
        assert.match(rdsIntegrationProblems(inputs, undefined, "postgres")[0]!.message, /database\.schema\.table/);
        assert.match(rdsIntegrationProblems(good, undefined, "postgres")[0]!.message, /names a database/);
    });

    it("is judged only by what is known", () => {
        const unknown = "?";
        const inputs = { ...good, sourceArn: unknown, targetArn: unknown, dataFilter: unknown, integrationName: "a_b" };
        const problems = rdsIntegrationProblems(inputs, (value) => value === unknown);
        assert.deepEqual(
            problems.map(({ argument }) => argument),
            ["integrationName"],
        );
    });

    it("keeps its source, target and key for life", () => {
        const fixed = Object.entries(RDS_INTEGRATION_CHANGES).filter(([, change]) => change === "replace");
        assert.deepEqual(
            fixed.map(([input]) => input),
            ["sourceArn", "targetArn", "kmsKeyId", "additionalEncryptionContext"],
        );
    });
});

describe("an integration of Redshift", () => {
    const good: CommonIntegrationInputs = { integrationName: "orders", sourceArn: tableArn, targetArn };
    const refused: [string, Partial<CommonIntegrationInputs>, RegExp][] = [
        ["an RDS source", { sourceArn }, /no DynamoDB table/],
        ["an index", { sourceArn: `${tableArn}/index/x` }, /no DynamoDB table/],
        ["a catalog", { targetArn: "arn:aws:glue:eu-west-1:111122223333:catalog/lake" }, /no Redshift namespace/],
        ["another Region", { targetArn: targetArn.replace("eu-west-1", "us-east-1") }, /global table/],
    ];
    it("is fine from a table into a warehouse", () => assert.deepEqual(redshiftIntegrationProblems(good), []));
    for (const [what, change, message] of refused) {
        it(`is refused for ${what}`, () => {
            const problems = redshiftIntegrationProblems({ ...good, ...change });
            assert.equal(problems.length, 1);
            assert.match(problems[0]!.message, message);
        });
    }
});

describe("a namespace's policy", () => {
    const grant = { targetArn: elsewhere, sourceArn };

    it("is AWS's own, for a source of another account", () => {
        const text = namespaceMembers(grant).reduce<string | undefined>(addMember, undefined)!;
        const policy = JSON.parse(text) as { Statement: Statement[] };
        assert.deepEqual(
            policy.Statement.map(({ Sid: _sid, ...statement }) => statement),
            [
                {
                    Effect: "Allow",
                    Principal: { Service: "redshift.amazonaws.com" },
                    Action: "redshift:AuthorizeInboundIntegration",
                    Resource: elsewhere,
                    Condition: { StringEquals: { "aws:SourceArn": [sourceArn] } },
                },
                {
                    Effect: "Allow",
                    Principal: { AWS: ["arn:aws:iam::111122223333:root"] },
                    Action: "redshift:CreateInboundIntegration",
                    Resource: elsewhere,
                },
            ],
        );
        assert.ok(isRedshiftSourceAuthorized(policy, grant));
        assert.equal(isRedshiftSourceAuthorized(policy, { ...grant, sourceArn: tableArn }), false);
    });

    it("names creators of its own account only when they are given", () => {
        const role = "arn:aws:iam::111122223333:role/ci";
        assert.equal(namespaceMembers({ targetArn, sourceArn }).length, 1);
        const [, creation] = namespaceMembers({ targetArn, sourceArn, principalArns: [role] });
        assert.deepEqual(creation!.statement.Principal, { AWS: [role] });
    });

    it("has one statement for all sources, and one for the creators of each", () => {
        const sids = (source: string) =>
            namespaceMembers({ ...grant, sourceArn: source }).map(({ statement }) => statement.Sid);
        const [one, other] = [sids(sourceArn), sids(tableArn)];
        assert.equal(one[0], other[0]);
        assert.notEqual(one[1], other[1]);
        const both = [sourceArn, tableArn].flatMap((source) => namespaceMembers({ ...grant, sourceArn: source }));
        const text = both.reduce<string | undefined>(addMember, undefined)!;
        const rest = namespaceMembers(grant).reduce((left, member) => removeMember(left, member)!, text);
        assert.deepEqual(
            JSON.parse(rest),
            JSON.parse(
                namespaceMembers({ ...grant, sourceArn: tableArn }).reduce<string | undefined>(addMember, undefined)!,
            ),
        );
    });

    it("leaves the resource out when it is told to, and says the same", () => {
        const bare = { ...grant, nameResource: false };
        assert.equal("Resource" in authorizeRedshiftSource(bare).statement, false);
        const creation = allowRedshiftCreation({ ...bare, principalArns: ["b", "a"], owner: "x" }).statement;
        assert.equal("Resource" in creation, false);
        assert.deepEqual(creation.Principal, { AWS: ["a", "b"] });
        const policy = JSON.parse(addMember(undefined, authorizeRedshiftSource(bare))) as PolicyDocument;
        assert.ok(isRedshiftSourceAuthorized(policy, grant));
    });

    it("takes the other form in the same statement", () => {
        const text = addMember(undefined, authorizeRedshiftSource(grant));
        const bare = addMember(text, authorizeRedshiftSource({ ...grant, nameResource: false }));
        assert.equal((JSON.parse(bare) as { Statement: unknown[] }).Statement.length, 1);
        assert.equal(bare.includes("Resource"), false);
    });
});

describe("a table's policy for Redshift", () => {
    const members = redshiftExportMembers({ tableArn, owner: "urn:one" });
    const policy: PolicyDocument = { Statement: members.map(({ statement }) => statement) };

    it("lets Redshift export the table and follow the exports", () => {
        assert.deepEqual(
            members.map(({ statement: { Action, Resource } }) => ({ Action, Resource })),
            [
                { Action: ["dynamodb:ExportTableToPointInTime", "dynamodb:DescribeTable"], Resource: tableArn },
                { Action: ["dynamodb:DescribeExport"], Resource: `${tableArn}/export/*` },
            ],
        );
        members.forEach(({ statement }) =>
            assert.deepEqual(statement.Condition, {
                StringEquals: { "aws:SourceAccount": "111122223333" },
                ArnLike: { "aws:SourceArn": "arn:aws:redshift:eu-west-1:111122223333:integration:*" },
            }),
        );
        assert.deepEqual(missingRedshiftExportActions(policy, tableArn), []);
    });

    it("is no policy for Glue, nor is Glue's one for Redshift", () => {
        assert.equal(missingExportActions(policy, tableArn).length, 3);
        assert.equal(missingRedshiftExportActions({ Statement: [members[0]!.statement] }, tableArn).length, 1);
        assert.equal(missingRedshiftExportActions(policy, `${tableArn}2`).length, 3);
    });

    it("is for the account that has the integrations, when it is another", () => {
        const account = { integrationAccountId: "444455556666" };
        const [member] = redshiftExportMembers({ tableArn, owner: "urn:one", ...account });
        assert.deepEqual(member!.statement.Condition!.StringEquals, { "aws:SourceAccount": "444455556666" });
        const other: PolicyDocument = { Statement: [member!.statement] };
        assert.deepEqual(missingRedshiftExportActions(other, tableArn, "444455556666"), ["dynamodb:DescribeExport"]);
    });

    it("has statements of each owner's own", () => {
        const all = ["urn:one", "urn:two"].flatMap((owner) => redshiftExportMembers({ tableArn, owner }));
        assert.equal(new Set(all.map(({ statement }) => statement.Sid)).size, 4);
    });
});

describe("the key of an integration", () => {
    const role = "arn:aws:iam::111122223333:role/ci";
    const conditions = (statements: ReturnType<typeof integrationKeyStatements>) => statements.map((s) => s.Condition);
    const operations = { "kms:GrantOperations": ["Decrypt", "GenerateDataKey", "CreateGrant"] };

    it("is for Redshift, and for the creator by way of the API", () => {
        const statements = integrationKeyStatements({
            api: "rds",
            targetArn,
            sourceArn,
            principalArns: [role],
            encryptionContext: { app: "shop" },
        });
        assert.deepEqual(
            statements.map(({ Principal, Action }) => [Principal, Action]),
            [
                [{ Service: "redshift.amazonaws.com" }, "kms:CreateGrant"],
                [{ AWS: [role] }, "kms:CreateGrant"],
                [{ AWS: [role] }, "kms:DescribeKey"],
            ],
        );
        assert.deepEqual(conditions(statements), [
            {
                "ForAllValues:StringEquals": operations,
                StringEquals: { "kms:EncryptionContext:app": "shop" },
            },
            {
                "ForAllValues:StringEquals": operations,
                StringEquals: { "kms:EncryptionContext:app": "shop", "kms:ViaService": "rds.eu-west-1.amazonaws.com" },
            },
            undefined,
        ]);
    });

    it("is for Glue where the target is a catalog, and held to the account when asked", () => {
        const catalog = "arn:aws:glue:eu-west-1:111122223333:catalog/lake";
        const [lake] = integrationKeyStatements({ api: "rds", targetArn: catalog, sourceArn, principalArns: [role] });
        assert.deepEqual(lake!.Principal, { Service: "glue.amazonaws.com" });
        const [own] = integrationKeyStatements({
            api: "redshift",
            targetArn,
            sourceArn: tableArn,
            principalArns: [role],
            onlyOwnIntegrations: true,
        });
        assert.deepEqual(own!.Condition, {
            "ForAllValues:StringEquals": operations,
            StringEquals: { "aws:SourceAccount": "111122223333" },
            ArnLike: { "aws:SourceArn": "arn:aws:*:eu-west-1:111122223333:integration:*" },
        });
    });

    it("of a table is read by Redshift's integrations of its account", () => {
        const statement = tableKeyStatement({ tableArn: tableArn.replace("arn:aws:", "arn:aws-cn:") });
        assert.equal(statement.Action, "kms:Decrypt");
        assert.deepEqual(statement.Condition!.ArnLike, {
            "aws:SourceArn": "arn:aws-cn:redshift:eu-west-1:111122223333:integration:*",
        });
    });
});

describe("a warehouse", () => {
    const cluster: WarehouseState = { kind: "provisioned", nodeType: "ra3.large", numberOfNodes: 2, encrypted: true };
    const states: [string, WarehouseState, RegExp][] = [
        ["RA3", { ...cluster, caseSensitive: "true" }, /^$/],
        ["RG", { ...cluster, nodeType: "rg.xlarge" }, /^$/],
        ["dense compute", { ...cluster, nodeType: "dc2.large" }, /^error.*ra3/],
        ["one node", { ...cluster, numberOfNodes: 1 }, /^warning.*two/],
        ["no encryption", { ...cluster, encrypted: false }, /^error.*encrypted: true/],
        ["names in any case", { ...cluster, caseSensitive: "false" }, /^error.*reboot the cluster/],
        ["a parameter not set", { kind: "serverless", caseSensitive: "" }, /^error.*no reboot follows/],
        ["a parameter that waits", { ...cluster, pendingReboot: ["x"] }, /^error.*Reboot/],
        ["a serverless one's lack of nodes", { kind: "serverless", nodeType: "dc2.large", encrypted: false }, /^$/],
    ];
    for (const [what, state, expected] of states) {
        it(`is judged with ${what}`, () => {
            const problems = warehouseProblems("warehouse", state);
            assert.ok(problems.length <= 1);
            assert.match(problems.map(({ severity, message }) => `${severity}: ${message}`).join(), expected);
        });
    }

    it("is of a kind that its namespace's ARN tells", () => {
        assert.equal(warehouseKind(targetArn), "serverless");
        assert.equal(warehouseKind(elsewhere), "provisioned");
    });

    it("has nine parameters, and keeps eight when one is set", () => {
        assert.equal(WORKGROUP_PARAMETERS.length, 9);
        const key = "enable_case_sensitive_identifier";
        const own = [
            { parameterKey: "max_query_execution_time", parameterValue: "60" },
            { parameterKey: key, parameterValue: "false" },
        ];
        assert.deepEqual(withParameter(own, key, "true"), [own[0], { parameterKey: key, parameterValue: "true" }]);
        assert.deepEqual(withParameter([own[0]!], key, "true"), [
            own[0],
            { parameterKey: key, parameterValue: "true" },
        ]);
    });

    it("takes 50 integrations, five of a source, 100 of an account", () => {
        const of = (what: "target" | "source" | "account", count: number) =>
            integrationCountProblems("integrations", what, count).length;
        assert.deepEqual([of("target", 50), of("target", 51)], [0, 1]);
        assert.deepEqual([of("source", 5), of("source", 6)], [0, 1]);
        assert.deepEqual([of("account", 100), of("account", 101)], [0, 1]);
    });

    it("in a lakehouse has a short name", () => {
        const problems = (name: string) => managedCatalogNameProblems("name", name).length;
        assert.deepEqual(["lake", "lake_1-a", "x".repeat(19)].map(problems), [0, 0, 0]);
        assert.deepEqual(["", "Lake", "1_2", "x".repeat(20)].map(problems), [1, 1, 1, 1]);
    });
});

describe("what AWS says of integrations into Redshift", () => {
    const said: [string, RegExp][] = [
        ["Your data filter must contain at least one include statement", /crm\.\*\.\*/],
        ["The caller is not an authorized principal of the warehouse", /namespace's policy|policy of the warehouse/],
        ["not authorized to perform: redshift:CreateInboundIntegration on resource x", /whoever creates the integration \(creatorArns\)/],
        ["enable_case_sensitive_identifier is not true", /reboot a provisioned cluster/],
        ["binlog_format must be ROW", /reboot the writer/],
        ["Table shop.log has no primary key", /Add one/],
        ["unsupported data type in column x", /Exclude/],
        ["Foreign key with ON DELETE CASCADE", /cascade/],
        ["DATA_COLUMN_LENGTH_EXCEEDED", /truncateColumns/],
    ];
    for (const [message, hint] of said) {
        it(`"${message}" is explained`, () => assert.match(explain(undefined, message)!, hint));
    }

    it("in a code is explained", () => assert.match(explain("INVALID_TABLE_PERMISSIONS", "x")!, /redshift\.amazonaws/));

    it("in events has a meaning", () => {
        const event = (number: string) => integrationEvent(`REDSHIFT-INTEGRATION-EVENT-${number}`);
        assert.equal(event("0000")!.severity, "info");
        assert.match(event("0008")!.nextStep!, /policy.*create it again/);
        assert.equal(event("1006")!.severity, "warning");
        assert.equal(event("9999"), undefined);
        assert.equal(integrationEvent("0000"), undefined);
    });
});
