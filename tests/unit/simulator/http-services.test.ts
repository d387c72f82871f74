import { strict as assert } from "node:assert";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as glue from "@aws-sdk/client-glue";
import * as iam from "@aws-sdk/client-iam";
import * as kms from "@aws-sdk/client-kms";
import * as lakeformation from "@aws-sdk/client-lakeformation";
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
        await simulator.world.clock.advance(900_000 * simulator.world.clock.speed);
        await assert.rejects(whoAmI(), { name: "ExpiredToken" });
        await roles.send(new iam.DeleteRoleCommand({ RoleName: "reader" }));
        await assert.rejects(roles.send(new iam.GetRoleCommand({ RoleName: "reader" })), iam.NoSuchEntityException);
    });

    it("Glue keeps a database, and its catalog policy with a hash", async () => {
        const client = new glue.GlueClient(config);
        await client.send(
            new glue.CreateDatabaseCommand({ DatabaseInput: { Name: "bank", LocationUri: "s3://b/p/" } }),
        );
        const { Database } = await client.send(new glue.GetDatabaseCommand({ Name: "bank" }));
        assert.equal(Database?.LocationUri, "s3://b/p/");
        assert.ok(Database.CreateTime instanceof Date);
        await assert.rejects(
            client.send(new glue.GetDatabaseCommand({ Name: "nothing" })),
            glue.EntityNotFoundException,
        );
        const statement = {
            Effect: "Allow",
            Principal: { AWS: "123456789012" },
            Action: "glue:GetDatabase",
            Resource: "arn:aws:glue:eu-west-1:123456789012:catalog",
        };
        const PolicyInJson = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
        const { PolicyHash } = await client.send(new glue.PutResourcePolicyCommand({ PolicyInJson }));
        const { PolicyHash: read, PolicyInJson: kept } = await client.send(new glue.GetResourcePolicyCommand({}));
        assert.equal(read, PolicyHash);
        assert.deepEqual(JSON.parse(kept!), JSON.parse(PolicyInJson));
        await assert.rejects(
            client.send(new glue.PutResourcePolicyCommand({ PolicyInJson, PolicyHashCondition: "stale" })),
            glue.ConditionCheckFailureException,
        );
    });

    it("Lake Formation keeps its settings", async () => {
        const client = new lakeformation.LakeFormationClient(config);
        const DataLakeAdmins = [{ DataLakePrincipalIdentifier: "arn:aws:iam::123456789012:user/administrator" }];
        await client.send(new lakeformation.PutDataLakeSettingsCommand({ DataLakeSettings: { DataLakeAdmins } }));
        const { DataLakeSettings } = await client.send(new lakeformation.GetDataLakeSettingsCommand({}));
        assert.deepEqual(DataLakeSettings?.DataLakeAdmins, DataLakeAdmins);
    });

    it("KMS encrypts and decrypts", async () => {
        const client = new kms.KMSClient(config);
        const { KeyMetadata } = await client.send(new kms.CreateKeyCommand({}));
        const Plaintext = new Uint8Array([0, 1, 255]);
        const { CiphertextBlob } = await client.send(new kms.EncryptCommand({ KeyId: KeyMetadata!.KeyId, Plaintext }));
        assert.notDeepEqual(CiphertextBlob, Plaintext);
        assert.deepEqual((await client.send(new kms.DecryptCommand({ CiphertextBlob }))).Plaintext, Plaintext);
        await assert.rejects(client.send(new kms.DescribeKeyCommand({ KeyId: "alias/none" })), kms.NotFoundException);
    });

    it("CloudWatch keeps an alarm, Logs a log group", async () => {
        const alarms = new cloudwatch.CloudWatchClient(config);
        await alarms.send(
            new cloudwatch.PutMetricAlarmCommand({
                AlarmName: "a & b",
                Namespace: "n",
                MetricName: "m",
                Statistic: "Sum",
                Period: 60,
                EvaluationPeriods: 1,
                Threshold: 0.5,
                ComparisonOperator: "GreaterThanThreshold",
                Dimensions: [{ Name: "d", Value: "v" }],
            }),
        );
        const { MetricAlarms } = await alarms.send(new cloudwatch.DescribeAlarmsCommand({ AlarmNames: ["a & b"] }));
        assert.deepEqual(
            MetricAlarms?.map((a) => [a.AlarmName, a.Threshold, a.Dimensions]),
            [["a & b", 0.5, [{ Name: "d", Value: "v" }]]],
        );
        const groups = new logs.CloudWatchLogsClient(config);
        await groups.send(new logs.CreateLogGroupCommand({ logGroupName: "/zero-etl/test" }));
        const { logGroups } = await groups.send(new logs.DescribeLogGroupsCommand({ logGroupNamePrefix: "/zero" }));
        assert.deepEqual(
            logGroups?.map((g) => g.logGroupName),
            ["/zero-etl/test"],
        );
    });
});
