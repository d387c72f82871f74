import * as assert from "node:assert/strict";
import type { Stack } from "../../simulator/engine/stack";
import { minutes } from "../../simulator/world/clock";
import { ACCOUNT, configured, NO_CHANGES, REGION, resourceOf, withLab, type Lab } from "./fixture";

const SOURCE_ARN = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/Customers`;
const user = (name: string) => `arn:aws:iam::${ACCOUNT}:user/${name}`;

/** By hand, and in a hand's own spacing. */
const tablePolicyOf = (account: string) => `{
    "Version": "2012-10-17",
    "Statement": [ {"Sid": "ByHand", "Effect": "Allow", "Principal": {"AWS": "${account}"},
                    "Action": ["dynamodb:Query"],   "Resource": "*"} ]
}`;
const CATALOG_POLICY = `{"Version" : "2012-10-17",
  "Statement" : [{ "Sid" : "ByHand", "Effect" : "Allow", "Principal" : { "AWS" : "arn:aws:iam::${ACCOUNT}:root" },
    "Action" : "glue:GetTables" ,  "Resource" : "arn:aws:glue:${REGION}:${ACCOUNT}:*" } ]}`;

describe("what others own as well", function () {
    this.timeout(120_000);

    let lab: Lab;

    withLab((opened) => (lab = opened), { each: true });

    const catalogPolicy = async (): Promise<string> => (await lab.call("glue", "GetResourcePolicy", {})).PolicyInJson;
    const setUser = (UserName: string) => lab.call("iam", "CreateUser", { UserName });

    async function assertRowsArrive(more: object = {}): Promise<void> {
        await lab.putItem("Customers", "1", more);
        await lab.pass(() => lab.rows("bank", "customers").length === 1);
    }

    describe("a table, a bucket and a key that exist already", () => {
        let stack: Stack;
        let keyArn: string;

        beforeEach(async () => {
            await lab.call("dynamodb", "CreateTable", {
                TableName: "Customers",
                AttributeDefinitions: [{ AttributeName: "Id", AttributeType: "S" }],
                KeySchema: [{ AttributeName: "Id", KeyType: "HASH" }],
                BillingMode: "PAY_PER_REQUEST",
            });
            await lab.world.clock.advance(minutes(1));
            await lab.call("dynamodb", "UpdateContinuousBackups", {
                TableName: "Customers",
                PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
            });
            await lab.call("dynamodb", "PutResourcePolicy", {
                ResourceArn: SOURCE_ARN,
                Policy: tablePolicyOf(ACCOUNT),
            });
            await lab.call("glue", "PutResourcePolicy", { PolicyInJson: CATALOG_POLICY });
            await lab.call("s3", "CreateBucket", {
                Bucket: "the-lake",
                CreateBucketConfiguration: { LocationConstraint: REGION },
            });
            keyArn = (await lab.call("kms", "CreateKey", {})).KeyMetadata.Arn;
            stack = await lab.stack("bank");
        });

        const tablePolicy = async () =>
            (await lab.call("dynamodb", "GetResourcePolicy", { ResourceArn: SOURCE_ARN })).Policy;
        /** A key policy that lets the account's own policies decide, for all roles or for those of a name. */
        const setKeyPolicy = (Condition: object) =>
            lab.call("kms", "PutKeyPolicy", {
                KeyId: keyArn,
                PolicyName: "default",
                Policy: JSON.stringify({
                    Version: "2012-10-17",
                    Statement: [
                        {
                            Effect: "Allow",
                            Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
                            Action: "kms:*",
                            Resource: "*",
                            Condition,
                        },
                    ],
                }),
            });

        it("are used as they are, and left as they were", async () => {
            await setKeyPolicy({ ArnNotLike: { "aws:PrincipalArn": "arn:*:iam::*:role/*" } });
            const values = {
                tableArn: SOURCE_ARN,
                lakehouse: { bucket: { name: "the-lake" }, kmsKeyArn: keyArn },
                integration: { kmsKeyArn: keyArn, timeouts: { needsAttention: "1s" } },
            };
            const refused = await stack.up({ ...configured(values), expectFailure: true });
            assert.match(refused.stdout, /is in NEEDS_ATTENTION\. AWS says .*kms:GenerateDataKey/);

            await setKeyPolicy({});
            await stack.up(configured({ integration: { kmsKeyArn: keyArn } }));
            await assertRowsArrive();
            assert.equal((await lab.integrations())[0]!.KmsKeyId, keyArn);
            const files = await filesOf("the-lake");
            assert.ok(files.length > 0);
            const { SSEKMSKeyId } = await lab.call("s3", "HeadObject", { Bucket: "the-lake", Key: files[0] });
            assert.equal(SSEKMSKeyId, keyArn);
            await stack.refresh(NO_CHANGES);

            await stack.destroy(configured());
            assert.equal(await tablePolicy(), tablePolicyOf(ACCOUNT));
            assert.equal(await catalogPolicy(), CATALOG_POLICY);
            assert.deepEqual(await filesOf("the-lake"), files);
        });

        async function filesOf(Bucket: string): Promise<string[]> {
            const { Contents = [] } = await lab.call("s3", "ListObjectsV2", { Bucket, Prefix: "bank/customers/" });
            return Contents.map(({ Key }: { Key: string }) => Key).filter((key: string) => key.endsWith(".parquet"));
        }
    });

    it("one catalog's policy and one data lake, by two stacks at the same time", async () => {
        await Promise.all(["by-hand", "one", "two", "reader"].map(setUser));
        const me = user("administrator");
        await lab.call("glue", "PutResourcePolicy", { PolicyInJson: CATALOG_POLICY });
        // Without the defaults of old, grants alone decide on what is made from now on.
        await lab.call("lakeformation", "PutDataLakeSettings", {
            DataLakeSettings: {
                DataLakeAdmins: [me, user("by-hand")].map((DataLakePrincipalIdentifier) => ({
                    DataLakePrincipalIdentifier,
                })),
                CreateDatabaseDefaultPermissions: [],
                CreateTableDefaultPermissions: [],
            },
        });
        const [one, two] = [await lab.stack("bank"), await lab.stack("target")];
        const accept = Array.from({ length: 8 }, (_, i) => SOURCE_ARN.replace("Customers", `Table${i}`));
        const govern = (name: string) => ({ administrators: [user(name)], readers: [{ principal: user("reader") }] });
        await Promise.all([
            one.up(configured({ lakehouse: { lakeFormation: govern("one") } })),
            two.up(configured({ name: "shop", accept, lakeFormation: govern("two") })),
        ]);

        await assertRowsArrive();
        assert.deepEqual(await administrators(), [me, user("by-hand"), user("one"), user("two")].sort());
        assert.deepEqual(await readerOf("bank"), ["DATABASE DESCRIBE", "TABLE DESCRIBE", "TABLE SELECT"]);
        const both = await catalogPolicy();
        assert.ok(both.includes(statementByHand()));
        assert.deepEqual(sourcesIn(both), [SOURCE_ARN, ...accept].sort());
        assert.deepEqual((await resourceOf(one, "GlueIntegration")).outputs.status, "ACTIVE");

        await one.destroy(configured());
        assert.deepEqual(sourcesIn(await catalogPolicy()), [...accept].sort());
        assert.ok((await catalogPolicy()).includes(statementByHand()));
        assert.deepEqual(await administrators(), [me, user("by-hand"), user("two")].sort());
        assert.deepEqual(await readerOf("bank"), []);
        assert.notDeepEqual(await readerOf("shop"), []);

        await two.destroy(configured());
        assert.equal(await catalogPolicy(), CATALOG_POLICY);
        assert.deepEqual(await administrators(), [me, user("by-hand")].sort());
    });

    async function administrators(): Promise<string[]> {
        const { DataLakeSettings } = await lab.call("lakeformation", "GetDataLakeSettings", {});
        return DataLakeSettings.DataLakeAdmins.map(
            (admin: { DataLakePrincipalIdentifier: string }) => admin.DataLakePrincipalIdentifier,
        ).sort();
    }

    /** What the reader may do with a database and its tables. */
    async function readerOf(database: string): Promise<string[]> {
        const { PrincipalResourcePermissions } = await lab.call("lakeformation", "ListPermissions", {
            Principal: { DataLakePrincipalIdentifier: user("reader") },
        });
        return (PrincipalResourcePermissions as { Resource: Granted; Permissions: string[] }[])
            .filter(({ Resource: { Database, Table } }) => (Database?.Name ?? Table?.DatabaseName) === database)
            .flatMap(({ Resource, Permissions }) =>
                Permissions.map((permission) => `${Resource.Database ? "DATABASE" : "TABLE"} ${permission}`),
            )
            .sort();
    }
});

interface Granted {
    Database?: { Name: string };
    Table?: { DatabaseName: string };
}

function statementByHand(): string {
    return CATALOG_POLICY.slice(CATALOG_POLICY.indexOf('{ "Sid"'), CATALOG_POLICY.lastIndexOf("]")).trim();
}

/** The sources that the statements of a catalog's policy let in. */
function sourcesIn(policy: string): string[] {
    const statements: { Condition?: { StringEquals: Record<string, string | string[]> } }[] =
        JSON.parse(policy).Statement;
    return statements.flatMap(({ Condition }) => Condition?.StringEquals["aws:SourceArn"] ?? []).sort();
}
