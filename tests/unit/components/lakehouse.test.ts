import * as assert from "node:assert/strict";

import { Lakehouse, type LakehouseArgs } from "../../../components";
import { ACCOUNT, MockEngine, REGION, valueOf } from "./mocks";

describe("Lakehouse", () => {
    let engine: MockEngine;

    beforeEach(() => {
        engine = MockEngine.start();
    });

    it("is a private bucket, a database with a location, a role and the property that names it", async () => {
        const lakehouse = new Lakehouse("bank");
        assert.equal(await valueOf(lakehouse.databaseArn), `arn:aws:glue:${REGION}:${ACCOUNT}:database/bank`);
        assert.deepEqual(engine.made("bank"), [
            "bucket:Bucket bank-bucket",
            "bucketPolicy:BucketPolicy bank-bucket-policy",
            "bucketPublicAccessBlock:BucketPublicAccessBlock bank-bucket-private",
            "catalogDatabase:CatalogDatabase bank-database",
            "role:Role bank-role",
            "rolePolicy:RolePolicy bank-role-policy",
            "zeroetl:GlueIntegrationResourceProperty bank-property",
            "zeroetl:index:Lakehouse bank",
        ]);
        assert.equal(engine.find("bank-database").inputs.locationUri, "s3://bank-bucket/bank/");
        assert.deepEqual(engine.find("bank-property").inputs.target, {
            roleArn: `arn:aws:iam::${ACCOUNT}:role/bank-role`,
        });
    });

    it("gives the role its prefix and no more", async () => {
        const lakehouse = new Lakehouse("bank", { bucket: { name: "shared" }, prefix: "/raw/bank/" });
        await valueOf(lakehouse.databaseArn);
        const policy = JSON.parse(engine.find("bank-role-policy").inputs.policy as string);
        const writes = policy.Statement.find(({ Action }: { Action: string[] }) => Action.includes("s3:PutObject"));
        assert.deepEqual(writes.Resource, ["arn:aws:s3:::shared/raw/bank/*"]);
    });

    it("takes a bucket and a role that exist", async () => {
        const roleArn = `arn:aws:iam::${ACCOUNT}:role/writer`;
        const lakehouse = new Lakehouse("bank", { bucket: { name: "shared" }, roleArn });
        await valueOf(lakehouse.databaseArn);
        assert.deepEqual(engine.made("bank"), [
            "catalogDatabase:CatalogDatabase bank-database",
            "zeroetl:GlueIntegrationResourceProperty bank-property",
            "zeroetl:index:Lakehouse bank",
        ]);
    });

    it("encrypts bucket and tables with the key that is given", async () => {
        const kmsKeyArn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`;
        await valueOf(new Lakehouse("bank", { kmsKeyArn }).databaseArn);
        assert.equal((engine.find("bank-property").inputs.target as { kmsKeyArn: string }).kmsKeyArn, kmsKeyArn);
        assert.match(engine.find("bank-role-policy").inputs.policy as string, new RegExp(kmsKeyArn));
        engine.find("bank-bucket-encryption");
    });

    it("under Lake Formation grants its role, and readers, what they need", async () => {
        const project = `arn:aws:iam::${ACCOUNT}:role/datazone_usr_role_project`;
        const lakehouse = new Lakehouse("bank", {
            lakeFormation: {
                administrators: [`arn:aws:iam::${ACCOUNT}:role/deploy`],
                readers: [{ principal: project }],
            },
        });
        await valueOf(lakehouse.databaseArn);
        assert.deepEqual(
            engine.made("bank").filter((made) => /Permissions|Resource bank|Administrator/.test(made)),
            [
                "permissions:Permissions bank-reader-0-database",
                "permissions:Permissions bank-reader-0-tables",
                "permissions:Permissions bank-writer-database",
                "permissions:Permissions bank-writer-location",
                "permissions:Permissions bank-writer-tables",
                "resource:Resource bank-location",
                "zeroetl:LakeFormationAdministrator bank-administrator-0",
            ],
        );
        assert.deepEqual(engine.find("bank-reader-0-tables").inputs.permissions, ["SELECT", "DESCRIBE"]);
    });

    it("changes a child as it is told", async () => {
        const lakehouse = new Lakehouse("bank", {
            transform: {
                database: { description: "The bank's tables" },
                role: (args) => {
                    args.path = "/analytics/";
                },
            },
        });
        await valueOf(lakehouse.databaseArn);
        assert.equal(engine.find("bank-database").inputs.description, "The bank's tables");
        assert.equal(engine.find("bank-role").inputs.path, "/analytics/");
    });

    const refused: [string, LakehouseArgs, RegExp][] = [
        ["a database name with a hyphen", { databaseName: "my-bank" }, /^InvalidArgument: databaseName: "my-bank"/],
        [
            "a role that is given and changed",
            { roleArn: "arn:aws:iam::111122223333:role/r", transform: { role: {} } },
            /^InvalidArgument: transform: .*roleArn/,
        ],
        [
            "a role ARN that the property cannot hold",
            { roleArn: `arn:aws:iam::${ACCOUNT}:role/${"p".repeat(128)}` },
            /^InvalidArgument: roleArn: .*128/,
        ],
    ];
    for (const [what, args, message] of refused) {
        it(`refuses ${what}`, () => {
            assert.throws(() => new Lakehouse("bank", args), message);
        });
    }
});
