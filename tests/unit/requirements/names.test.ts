import assert from "node:assert/strict";

import fc from "fast-check";

import {
    databaseNameProblems,
    deriveIntegrationName,
    formatArn,
    integrationIdOf,
    integrationNameProblems,
    InvalidArgument,
    isDynamoDbTableArn,
    isRedshiftCatalogArn,
    isGlueDatabaseArn,
    isRedshiftNamespaceArn,
    isS3TablesCatalogArn,
    locationUriProblems,
    parseArn,
    parseS3Uri,
    partitionOf,
    problem,
    refuse,
    targetNamespaceProblems,
    targetTableNameProblems,
    warning,
    type IntegrationApi,
} from "../../../sdk/requirements";

describe("names", () => {
    it("of integrations are derived readably", () => {
        assert.equal(
            deriveIntegrationName("glue", { project: "bank", stack: "prod", name: "customers" }),
            "bank-prod-customers",
        );
    });

    it("of integrations have letters even when nothing gives them one", () => {
        const name = deriveIntegrationName("rds", { project: "1", stack: "2", name: "3" });
        assert.match(name, /^zero-etl-[0-9a-f]{8}$/);
    });

    it("of integrations are good for every API, whatever they are derived from, and stay apart", () => {
        const part = fc.oneof(
            fc.string(),
            fc.string({ minLength: 60, maxLength: 120 }),
            fc.stringMatching(/^[a-z._-]{1,12}$/),
        );
        const parts = fc.record({ project: part, stack: part, name: part });
        fc.assert(
            fc.property(parts, parts, fc.constantFrom<IntegrationApi>("glue", "rds", "redshift"), (one, two, api) => {
                const name = deriveIntegrationName(api, one);
                assert.deepEqual(integrationNameProblems("name", api, name), []);
                if (Object.values(one).join("-") !== Object.values(two).join("-")) {
                    assert.notEqual(name, deriveIntegrationName(api, two));
                }
            }),
            { numRuns: 500 },
        );
    });

    const cases: [what: string, problems: (name: string) => { message: string }[], good: string[], bad: string[]][] = [
        [
            "of Glue integrations",
            (n) => integrationNameProblems("name", "glue", n),
            ["a", "Any name!", "x".repeat(128)],
            ["", "x".repeat(129)],
        ],
        [
            "of RDS integrations",
            (n) => integrationNameProblems("name", "rds", n),
            ["a-b1", "x".repeat(63)],
            ["1a", "a--b", "a-", "a_b", "x".repeat(64)],
        ],
        ["of databases", (n) => databaseNameProblems("name", n), ["bank_1"], ["", "bank-1", "Bank", "x".repeat(256)]],
        [
            "of target tables",
            (n) => targetTableNameProblems("name", n),
            ["orders", "x".repeat(128)],
            ["Orders", "a.b", "x".repeat(129)],
        ],
        [
            "of target namespaces",
            (n) => targetNamespaceProblems("name", n),
            ["a", "a_b", "9"],
            ["_a", "a_", "aws_x", "a-b", "", "x".repeat(256)],
        ],
        [
            "of locations",
            (n) => locationUriProblems("name", n),
            ["s3://bucket", "s3://bucket/a/b/"],
            ["", "bucket/a", "s3://B", "s3://bucket/a*", "s3://bucket/${x}", "https://bucket"],
        ],
    ];
    for (const [what, problems, good, bad] of cases) {
        it(`${what} are held to AWS's rule`, () => {
            good.forEach((name) => assert.deepEqual(problems(name), [], name));
            bad.forEach((name) => assert.equal(problems(name).length, 1, name));
        });
    }

    it("of a location are its bucket and prefix", () => {
        assert.deepEqual(parseS3Uri("s3://bucket/a/b//"), { bucket: "bucket", prefix: "a/b" });
        assert.deepEqual(parseS3Uri("s3://my.bucket"), { bucket: "my.bucket", prefix: "" });
        assert.equal(parseS3Uri("s3://bucket/a?"), undefined);
    });
});

describe("ARNs", () => {
    const arn = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:111122223333:${resource}`;
    const kinds: [(text: string) => boolean, good: string[], bad: string[]][] = [
        [
            isDynamoDbTableArn,
            [arn("dynamodb", "table/A.b-c_1")],
            [
                arn("dynamodb", "table/Orders/index/x"),
                arn("dynamodb", "table/ab"),
                arn("dynamodb", "table/Orders").replace("eu-west-1", ""),
                arn("dynamodb", "table/Orders").replace("111122223333", "1"),
                "table/Orders",
            ],
        ],
        [
            isGlueDatabaseArn,
            [arn("glue", "database/bank")],
            [arn("glue", "table/bank/x"), arn("dynamodb", "database/bank")],
        ],
        [
            isRedshiftCatalogArn,
            [arn("glue", "catalog/rms")],
            [arn("glue", "catalog"), arn("glue", "catalog/s3tablescatalog/bucket")],
        ],
        [
            isS3TablesCatalogArn,
            [arn("glue", "catalog/s3tablescatalog/bucket-1")],
            [arn("glue", "catalog/s3tablescatalog/bucket/namespace"), arn("glue", "catalog/other/bucket")],
        ],
        [
            isRedshiftNamespaceArn,
            [arn("redshift", "namespace:0a-1b"), arn("redshift-serverless", "namespace/0a-1b")],
            [arn("redshift", "cluster:x"), arn("redshift", "namespace/0a")],
        ],
    ];
    for (const [is, good, bad] of kinds) {
        it(`${is.name} knows its own`, () => {
            good.forEach((text) => assert.ok(is(text), text));
            bad.forEach((text) => assert.equal(is(text), false, text));
        });
    }

    it("survive parsing and formatting in any partition", () => {
        const text = "arn:aws-us-gov:glue:us-gov-west-1:111122223333:integration:0a:1b";
        assert.equal(formatArn(parseArn(text)), text);
        assert.throws(
            () => parseArn("orders", "sourceArn"),
            /^InvalidArgument: sourceArn: "orders" is not an ARN\. Give arn:/,
        );
    });

    it("of integrations have their id after a colon or a slash", () => {
        assert.equal(integrationIdOf(arn("glue", "integration:0a-1b")), "0a-1b");
        assert.equal(integrationIdOf(arn("glue", "integration/0a-1b")), "0a-1b");
    });

    it("have the partition of their Region", () => {
        const regions = [
            "eu-west-1",
            "cn-north-1",
            "us-gov-west-1",
            "us-iso-east-1",
            "us-isob-east-1",
            "eusc-de-east-1",
        ];
        assert.deepEqual(regions.map(partitionOf), ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-eusc"]);
    });
});

describe("problems", () => {
    it("are thrown with the argument, what is wrong and what to do; warnings are not", () => {
        const hint = warning("b", "Odd", "Look twice");
        refuse([hint]);
        assert.throws(
            () => refuse([hint, problem("a", "It is bad", "Make it good.")]),
            (error) => {
                assert.ok(error instanceof InvalidArgument);
                assert.equal(error.argument, "a");
                assert.equal(error.message, "a: It is bad. Make it good.");
                return true;
            },
        );
    });
});
