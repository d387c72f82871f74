import { strict as assert } from "node:assert";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as iam from "@aws-sdk/client-iam";
import * as s3 from "@aws-sdk/client-s3";
import * as sts from "@aws-sdk/client-sts";
import { startSimulator, type Simulator } from "../../../simulator";
import type { Credentials } from "../../../simulator/world/identity";

/** What an SDK does with the services themselves, through the door that is tested alone in `http.test.ts`. */
describe("the services through the HTTP door", () => {
    let simulator: Simulator;
    let config: object;

    before(async () => {
        simulator = await startSimulator({ speed: 100 });
        config = configOf({ accessKeyId: "123456789012", secretAccessKey: "any" });
    });

    after(() => simulator.stop());

    function configOf(credentials: Credentials) {
        return { endpoint: simulator.endpoint, region: "eu-west-1", maxAttempts: 1, credentials };
    }

    it("DynamoDB keeps a table and its items", async () => {
        const client = new dynamodb.DynamoDBClient(config);
        await client.send(
            new dynamodb.CreateTableCommand({
                TableName: "accounts",
                KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
                AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
                BillingMode: "PAY_PER_REQUEST",
            }),
        );
        await dynamodb.waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.1 }, { TableName: "accounts" });
        const Item = { id: { S: "é" }, raw: { B: new Uint8Array([0, 255]) }, tags: { SS: ["a", "b"] } };
        await client.send(new dynamodb.PutItemCommand({ TableName: "accounts", Item }));
        const Key = { id: { S: "é" } };
        assert.deepEqual((await client.send(new dynamodb.GetItemCommand({ TableName: "accounts", Key }))).Item, Item);
        const conditional = new dynamodb.PutItemCommand({
            TableName: "accounts",
            Item,
            ConditionExpression: "attribute_not_exists(id)",
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        });
        await assert.rejects(client.send(conditional), (error) => {
            assert.ok(error instanceof dynamodb.ConditionalCheckFailedException);
            assert.deepEqual(error.Item, Item);
            return true;
        });
        await assert.rejects(
            client.send(new dynamodb.DescribeTableCommand({ TableName: "nothing" })),
            dynamodb.ResourceNotFoundException,
        );
    });

    it("S3 keeps objects, lists them and deletes them", async () => {
        const client = new s3.S3Client(config);
        const Bucket = "zero-etl-http-test";
        await client.send(
            new s3.CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: "eu-west-1" } }),
        );
        assert.equal((await client.send(new s3.GetBucketLocationCommand({ Bucket }))).LocationConstraint, "eu-west-1");
        const Key = "a folder/ü&.txt";
        await client.send(new s3.PutObjectCommand({ Bucket, Key, Body: "hello", Metadata: { owner: "me" } }));
        const object = await client.send(new s3.GetObjectCommand({ Bucket, Key }));
        assert.equal(await text(object.Body as Readable), "hello");
        assert.deepEqual(object.Metadata, { owner: "me" });
        const part = await client.send(new s3.GetObjectCommand({ Bucket, Key, Range: "bytes=1-2" }));
        assert.equal(await text(part.Body as Readable), "el");
        const head = await client.send(new s3.HeadObjectCommand({ Bucket, Key }));
        assert.equal(head.ContentLength, 5);
        assert.equal(head.ETag, '"5d41402abc4b2a76b9719d911017c592"');
        const list = await client.send(new s3.ListObjectsV2Command({ Bucket, Prefix: "a f" }));
        assert.deepEqual(
            list.Contents?.map((o) => [o.Key, o.Size]),
            [[Key, 5]],
        );
        const folders = await client.send(new s3.ListObjectsV2Command({ Bucket, Delimiter: "/" }));
        assert.deepEqual(folders.CommonPrefixes, [{ Prefix: "a folder/" }]);
        await client.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key }] } }));
        await assert.rejects(client.send(new s3.GetObjectCommand({ Bucket, Key })), s3.NoSuchKey);
        await assert.rejects(client.send(new s3.HeadObjectCommand({ Bucket, Key })), s3.NotFound);
        await client.send(new s3.DeleteBucketCommand({ Bucket }));
    });

    it("IAM makes a role, STS assumes it, and its session ends when its time is over", async () => {
        const roles = new iam.IAMClient(config);
        const statement = { Effect: "Allow", Principal: { AWS: "123456789012" }, Action: "sts:AssumeRole" };
        const { Role } = await roles.send(
            new iam.CreateRoleCommand({
                RoleName: "reader",
                AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
                Tags: [{ Key: "team", Value: "a & b" }],
            }),
        );
        assert.ok(Role?.CreateDate instanceof Date);
        assert.deepEqual(Role.Tags, [{ Key: "team", Value: "a & b" }]);
        const { Credentials } = await new sts.STSClient(config).send(
            new sts.AssumeRoleCommand({ RoleArn: Role.Arn, RoleSessionName: "session", DurationSeconds: 900 }),
        );
        const session = configOf({
            accessKeyId: Credentials!.AccessKeyId!,
            secretAccessKey: Credentials!.SecretAccessKey!,
            sessionToken: Credentials!.SessionToken,
        });
        const whoAmI = () => new sts.STSClient(session).send(new sts.GetCallerIdentityCommand({}));
        assert.equal((await whoAmI()).Arn, "arn:aws:sts::123456789012:assumed-role/reader/session");
        await assert.rejects(new s3.S3Client(session).send(new s3.ListBucketsCommand({})), { name: "AccessDenied" });
        await assert.rejects(new iam.IAMClient(session).send(new iam.ListRolesCommand({})), { name: "AccessDenied" });
        await assert.rejects(new dynamodb.DynamoDBClient(session).send(new dynamodb.ListTablesCommand({})), {
            name: "AccessDeniedException",
            message: /assumed-role\/reader\/session is not authorized to perform: dynamodb:ListTables/,
        });
        await simulator.world.clock.advance(900_000);
        await assert.rejects(whoAmI(), { name: "ExpiredToken" });
        await roles.send(new iam.DeleteRoleCommand({ RoleName: "reader" }));
        await assert.rejects(roles.send(new iam.GetRoleCommand({ RoleName: "reader" })), iam.NoSuchEntityException);
    });
});
