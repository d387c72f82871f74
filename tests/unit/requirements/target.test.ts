import assert from "node:assert/strict";

import {
    allowCreation,
    authorizeSource,
    catalogMembers,
    exportMember,
    glueTrustPolicy,
    roleArnProblems,
    savedQueries,
    statementsOf,
    targetRolePolicy,
    type Statement,
} from "../../../sdk/requirements";

const sourceArn = "arn:aws:dynamodb:eu-west-1:111122223333:table/CustomerAccounts";
const targetArn = "arn:aws:glue:eu-west-1:444455556666:database/bank";
const here = "arn:aws:glue:eu-west-1:111122223333:database/bank";
const list = ["Condition", "StringEquals", "aws:SourceArn"];

describe("the catalog's policy", () => {
    it("has a statement for Glue, with the source as its member", () => {
        const { statement, ...rest } = authorizeSource({ targetArn, sourceArn });
        assert.deepEqual(rest, { list, value: sourceArn });
        const { Sid, ...body } = statement;
        assert.match(Sid, /^ZeroEtlAuthorizebank[0-9a-f]{8}$/);
        assert.deepEqual(body, {
            Effect: "Allow",
            Principal: { Service: "glue.amazonaws.com" },
            Action: "glue:AuthorizeInboundIntegration",
            Resource: ["arn:aws:glue:eu-west-1:444455556666:catalog", targetArn],
        });
    });

    it("lets creators in only from another account", () => {
        const actions = (target: string) =>
            catalogMembers({ targetArn: target, sourceArn }).map((m) => m.statement.Action);
        assert.deepEqual(actions(here), ["glue:AuthorizeInboundIntegration"]);
        assert.deepEqual(actions(targetArn), ["glue:AuthorizeInboundIntegration", "glue:CreateInboundIntegration"]);
    });

    it("lets the source's account create, or those of it who are named", () => {
        const principal = (principalArns?: string[]) =>
            allowCreation({ targetArn, sourceArn, principalArns }).statement.Principal;
        assert.deepEqual(principal(), { AWS: ["arn:aws:iam::111122223333:root"] });
        assert.deepEqual(principal(["arn:aws:iam::111122223333:role/ci"]), {
            AWS: ["arn:aws:iam::111122223333:role/ci"],
        });
    });

    it("shares a statement among the sources of a target, but not among targets, accounts and principals", () => {
        const ci = "arn:aws:iam::111122223333:role/ci";
        const sids = [
            { targetArn, sourceArn },
            { targetArn, sourceArn: `${sourceArn}2` },
            { targetArn: targetArn.replace("bank", "ba-nk"), sourceArn },
            { targetArn, sourceArn: sourceArn.replace("111122223333", "777788889999") },
            { targetArn, sourceArn, principalArns: [ci] },
            { targetArn, sourceArn: sourceArn.replace("111122223333", "777788889999"), principalArns: [ci] },
        ].map((grant) => allowCreation(grant).statement.Sid);
        assert.equal(sids[0], sids[1]);
        assert.equal(new Set(sids).size, 5);
        sids.forEach((sid) => assert.match(sid, /^[a-zA-Z0-9]+$/));
    });
});

describe("the table's policy", () => {
    it("has a statement for each owner", () => {
        const sid = (owner: string) => exportMember({ tableArn: sourceArn, owner }).statement.Sid;
        assert.notEqual(sid("urn:one"), sid("urn:two"));
        assert.equal(sid("urn:one"), sid("urn:one"));
    });

    it("is for the integrations of the table's own partition, Region and account", () => {
        const tableArn = "arn:aws-us-gov:dynamodb:us-gov-west-1:111122223333:table/Orders";
        assert.deepEqual(exportMember({ tableArn, owner: "urn:one" }).statement.Condition, {
            StringEquals: { "aws:SourceAccount": "111122223333" },
            ArnLike: { "aws:SourceArn": "arn:aws-us-gov:glue:us-gov-west-1:111122223333:integration:*" },
        });
    });
});

describe("the target role", () => {
    const args = { databaseArn: targetArn, bucketArn: "arn:aws:s3:::lake", prefix: "bank" };
    const bySid = (policy: ReturnType<typeof targetRolePolicy>) =>
        Object.fromEntries(statementsOf(policy).map(({ Sid, ...statement }) => [Sid, statement])) as Record<
            string,
            Statement
        >;

    it("trusts Glue alone, for one account if asked", () => {
        const trust = { Effect: "Allow", Principal: { Service: "glue.amazonaws.com" }, Action: "sts:AssumeRole" };
        assert.deepEqual(statementsOf(glueTrustPolicy()), [trust]);
        assert.deepEqual(statementsOf(glueTrustPolicy({ sourceAccount: "111122223333" })), [
            { ...trust, Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } } },
        ]);
    });

    it("writes below its prefix, to its database, and nothing else", () => {
        const statements = bySid(targetRolePolicy(args));
        assert.deepEqual(Object.fromEntries(Object.entries(statements).map(([sid, { Resource }]) => [sid, Resource])), {
            ListBucket: ["arn:aws:s3:::lake"],
            WriteTables: ["arn:aws:s3:::lake/bank/*"],
            ReadDatabase: ["arn:aws:glue:eu-west-1:444455556666:catalog", targetArn],
            MaintainTables: [
                "arn:aws:glue:eu-west-1:444455556666:catalog",
                targetArn,
                "arn:aws:glue:eu-west-1:444455556666:table/bank/*",
            ],
            PublishMetrics: ["*"],
            WriteLogs: ["arn:aws:logs:eu-west-1:444455556666:log-group:/aws-glue/zeroETL-integrations/logs*"],
        });
        assert.deepEqual(statements.PublishMetrics!.Condition, {
            StringEquals: { "cloudwatch:namespace": "AWS/Glue/ZeroETL" },
        });
    });

    it("writes to the whole bucket when there is no prefix", () => {
        assert.deepEqual(bySid(targetRolePolicy({ ...args, prefix: "" })).WriteTables!.Resource, [
            "arn:aws:s3:::lake/*",
        ]);
    });

    it("gets keys, Lake Formation and the network only when they are used", () => {
        const key = "arn:aws:kms:eu-west-1:444455556666:key/1";
        const connectionArn = "arn:aws:glue:eu-west-1:444455556666:connection/vpc";
        const more = bySid(targetRolePolicy({ ...args, kmsKeyArns: [key], lakeFormation: true, connectionArn }));
        const added = Object.keys(more).filter((sid) => !(sid in bySid(targetRolePolicy(args))));
        assert.deepEqual(added, ["UseKeys", "GetLakeFormationAccess", "ReadConnection", "UseNetwork"]);
        assert.deepEqual(more.UseKeys!.Resource, [key]);
    });

    it("has an ARN of at most 128 characters", () => {
        assert.deepEqual(roleArnProblems("roleArn", "x".repeat(128)), []);
        assert.match(roleArnProblems("roleArn", "x".repeat(129))[0]!.message, /129 characters, and AWS takes 128/);
    });
});

describe("saved queries", () => {
    it("ask for rows, snapshots, a version and a time, with names quoted", () => {
        const queries = Object.fromEntries(
            savedQueries({ database: "bank", table: 'a"b' }).map((q) => [q.name, q.query]),
        );
        assert.match(queries.rows!, /FROM "bank"\."a""b" LIMIT/);
        assert.match(queries.snapshots!, /FROM "bank"\."a""b\$snapshots" /);
        assert.match(queries.version!, /FROM "bank"\."a""b" FOR VERSION AS OF 0 /);
        assert.match(queries.timestamp!, /FROM "bank"\."a""b" FOR TIMESTAMP AS OF \(/);
    });
});
