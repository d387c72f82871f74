import assert from "node:assert/strict";

import fc from "fast-check";

import {
    allowedPrincipals,
    allowedResources,
    EXPORT_ACTIONS,
    exportMember,
    glueTrustPolicy,
    isSourceAuthorized,
    catalogMembers,
    addMember,
    missingExportActions,
    overlaps,
    type PolicyDocument,
    type Statement,
} from "../../../sdk/requirements";

const tableArn = "arn:aws:dynamodb:eu-west-1:111122223333:table/CustomerAccounts";
const targetArn = "arn:aws:glue:eu-west-1:111122223333:database/bank";

const glueMayExport: Statement = {
    Effect: "Allow",
    Principal: { Service: "glue.amazonaws.com" },
    Action: [...EXPORT_ACTIONS],
    Resource: "*",
    Condition: {
        StringEquals: { "aws:SourceAccount": "111122223333" },
        ArnLike: { "aws:SourceArn": "arn:aws:glue:eu-west-1:111122223333:integration:*" },
    },
};
const missing = (...changes: Partial<Statement>[]) =>
    missingExportActions({ Statement: changes.map((change) => ({ ...glueMayExport, ...change })) }, tableArn);

describe("what a table's policy lets Glue do", () => {
    it("is everything by our own statement", () => {
        const policy = JSON.parse(addMember(undefined, exportMember({ tableArn, owner: "urn:one" }))) as PolicyDocument;
        assert.deepEqual(missingExportActions(policy, tableArn), []);
        assert.deepEqual([policy.Statement].flat()[0], {
            Sid: ([policy.Statement].flat()[0] as Statement).Sid,
            ...glueMayExport,
        });
    });

    const enough: Record<string, Partial<Statement>[]> = {
        "wildcards and another case in actions": [{ Action: "DynamoDB:*" }],
        "actions over several statements": EXPORT_ACTIONS.map((Action) => ({ Action })),
        "several principals": [{ Principal: { Service: ["lambda.amazonaws.com", "glue.amazonaws.com"] } }],
        "the table by its ARN": [{ Resource: [tableArn, `${tableArn}/export/*`] }],
        "condition keys in another case, as lists": [
            {
                Condition: {
                    StringEquals: { "AWS:sourceaccount": ["999999999999", "111122223333"] },
                    StringLike: { "AWS:SourceARN": ["arn:aws:glue:eu-west-1:111122223333:integration:*"] },
                },
            },
        ],
        "one integration by its id": [
            {
                Condition: {
                    StringEquals: {
                        "aws:SourceAccount": "111122223333",
                        "aws:SourceArn": "arn:aws:glue:eu-west-1:111122223333:integration:0a1b",
                    },
                },
            },
        ],
        "a Deny for others": [{}, { Effect: "Deny", Principal: { AWS: "*" }, Condition: undefined }],
    };
    for (const [name, changes] of Object.entries(enough)) {
        it(`is enough with ${name}`, () => assert.deepEqual(missing(...changes), []));
    }

    const nothing: Record<string, Partial<Statement>[]> = {
        "no statement": [],
        "another service": [{ Principal: { Service: "redshift.amazonaws.com" } }],
        "another table": [{ Resource: tableArn.replace("Customer", "Other") }],
        "no condition": [{ Condition: undefined }],
        "no condition on the account": [{ Condition: { ArnLike: glueMayExport.Condition!.ArnLike! } }],
        "another account": [
            { Condition: { ...glueMayExport.Condition, StringEquals: { "aws:SourceAccount": "999999999999" } } },
        ],
        "another Region's integrations": [
            {
                Condition: {
                    ...glueMayExport.Condition,
                    ArnLike: { "aws:SourceArn": "arn:aws:glue:us-east-1:111122223333:integration:*" },
                },
            },
        ],
        "a wildcard where AWS compares literally": [
            {
                Condition: {
                    StringEquals: { "aws:SourceAccount": "1111*", "aws:SourceArn": "arn:aws:glue:eu-west-1:1111*" },
                },
            },
        ],
        "a condition that lets requests without the key pass": [
            {
                Condition: {
                    ...glueMayExport.Condition,
                    StringEquals: {},
                    StringEqualsIfExists: { "aws:SourceAccount": "111122223333" },
                },
            },
        ],
        "a condition that any account meets": [
            {
                Condition: {
                    ArnLike: glueMayExport.Condition!.ArnLike!,
                    StringLike: { "aws:SourceAccount": ["111122223333", "*"] },
                },
            },
        ],
        "actions named as exceptions": [{ Action: undefined, NotAction: "dynamodb:*" }],
        "a Deny beside it": [{}, { Effect: "Deny", Principal: "*", Condition: undefined }],
    };
    for (const [name, changes] of Object.entries(nothing)) {
        it(`is nothing with ${name}`, () => assert.deepEqual(missing(...changes), [...EXPORT_ACTIONS]));
    }

    for (const action of EXPORT_ACTIONS) {
        it(`lacks ${action} when that is left out`, () =>
            assert.deepEqual(missing({ Action: EXPORT_ACTIONS.filter((other) => other !== action) }), [action]));
    }
});

describe("what a catalog's policy accepts", () => {
    const grant = { targetArn, sourceArn: tableArn };
    const policy = JSON.parse(
        catalogMembers(grant).reduce<string | undefined>(addMember, undefined)!,
    ) as PolicyDocument;

    it("is the source that was authorised, and no other", () => {
        assert.ok(isSourceAuthorized(policy, grant));
        assert.equal(isSourceAuthorized(policy, { ...grant, sourceArn: `${tableArn}2` }), false);
        assert.equal(isSourceAuthorized(policy, { ...grant, targetArn: `${targetArn}2` }), false);
        assert.equal(isSourceAuthorized({}, grant), false);
    });

    it("needs the catalog beside the database", () => {
        const [statement] = [policy.Statement].flat() as [Statement];
        assert.equal(isSourceAuthorized({ Statement: { ...statement, Resource: targetArn } }, grant), false);
    });
});

describe("who and what a document names", () => {
    it("is the principals of the statements with the action", () => {
        assert.deepEqual(allowedPrincipals(glueTrustPolicy(), ["sts:AssumeRole"]), ["service:glue.amazonaws.com"]);
        const Statement: Statement[] = [
            { Effect: "Allow", Action: "sts:*", Principal: { AWS: ["arn:aws:iam::1:root", "*"] } },
            { Effect: "Allow", Action: "sts:TagSession", Principal: { Service: "ec2.amazonaws.com" } },
            { Effect: "Deny", Action: "sts:AssumeRole", Principal: "*" },
        ];
        assert.deepEqual(allowedPrincipals({ Statement }, ["sts:AssumeRole"]), ["aws:arn:aws:iam::1:root", "*"]);
    });

    it("is the resources of the statements with the action, everything for NotResource", () => {
        const Statement: Statement[] = [
            { Effect: "Allow", Action: ["s3:Put*"], Resource: ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"] },
            { Effect: "Allow", NotAction: "iam:*", NotResource: "arn:aws:s3:::c" },
            { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::d/*" },
        ];
        assert.deepEqual(allowedResources({ Statement }, ["s3:PutObject"]), [
            "arn:aws:s3:::a/*",
            "arn:aws:s3:::b/*",
            "*",
        ]);
    });
});

describe("overlaps", () => {
    const pattern = fc.stringMatching(/^[ab*?]{0,8}$/);
    const text = fc.stringMatching(/^[ab]{0,8}$/);
    const matches = (wildcards: string, literal: string) =>
        new RegExp(`^${wildcards.replaceAll("?", ".").replaceAll("*", ".*")}$`).test(literal);

    it("is matching when one side has no wildcards", () => {
        fc.assert(
            fc.property(pattern, text, (p, t) => assert.equal(overlaps(p, t), matches(p, t))),
            { numRuns: 2000 },
        );
    });

    it("is true exactly when some text matches both", () => {
        const texts = [
            "",
            ...[1, 2, 3, 4, 5, 6].flatMap((n) =>
                Array.from({ length: 2 ** n }, (_, i) =>
                    i.toString(2).padStart(n, "0").replaceAll("0", "a").replaceAll("1", "b"),
                ),
            ),
        ];
        const short = fc.stringMatching(/^[ab*?]{0,3}$/);
        fc.assert(
            fc.property(short, short, (left, right) =>
                assert.equal(
                    overlaps(left, right),
                    texts.some((t) => matches(left, t) && matches(right, t)),
                ),
            ),
            { numRuns: 2000 },
        );
    });
});
