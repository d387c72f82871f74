import { strict as assert } from "node:assert";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from "@aws-sdk/core/protocols";
import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as glue from "@aws-sdk/client-glue";
import * as iam from "@aws-sdk/client-iam";
import * as lakeformation from "@aws-sdk/client-lakeformation";
import * as s3 from "@aws-sdk/client-s3";
import * as sts from "@aws-sdk/client-sts";
import type { PolicyDocument } from "../../../simulator/access/policy";
import { HttpDoor } from "../../../simulator/http/server";
import type { Context } from "../../../simulator/world/context";
import { AwsError } from "../../../simulator/world/error";
import type { Service } from "../../../simulator/world/service";
import type { Credentials } from "../../../simulator/world/identity";
import { World } from "../../../simulator/world/world";

/** Services that answer what a test tells them to, and remember what they were asked. */
class Puppets {
    asked: object = {};
    by: Context | undefined;
    calls = 0;
    answer: () => object = () => ({});

    readonly services: Service[] = [
        this.service("cloudwatch", cloudwatch, "monitoring"),
        this.service("dynamodb", dynamodb),
        this.service("glue", glue),
        {
            ...this.service("iam", iam),
            identityPolicies: () => ({ identity: [ALLOW_ALL] }),
        },
        this.service("lakeformation", lakeformation),
        this.service("s3", s3),
        this.service("sts", sts),
    ];

    private service(id: string, model: object, signingName?: string): Service {
        const handle = (input: object, ctx: Context) => {
            this.asked = input;
            this.by = ctx;
            this.calls++;
            return this.answer();
        };
        const names = Object.keys(model)
            .filter((name) => name.endsWith("Command"))
            .map((name) => name.slice(0, -7));
        const simulated = names.filter((name) => name !== NOT_SIMULATED);
        return {
            id,
            signingName,
            model: () => model as Record<string, unknown>,
            operations: Object.fromEntries(simulated.map((name) => [name, { handle }])),
        };
    }
}

const NOT_SIMULATED = "CreateCrawler";
const ALLOW_ALL: PolicyDocument = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
};
const MOMENT = new Date("2026-03-01T12:30:45.000Z");

describe("the HTTP door", () => {
    let puppets: Puppets;
    let world: World;
    let door: HttpDoor;
    let config: { endpoint: string; region: string; credentials: Credentials; maxAttempts: number };

    before(async () => {
        puppets = new Puppets();
        world = new World({ services: puppets.services });
        door = await HttpDoor.open(world);
        config = {
            endpoint: door.endpoint,
            region: "eu-west-1",
            credentials: { accessKeyId: "210987654321", secretAccessKey: "any" },
            maxAttempts: 1,
        };
    });

    beforeEach(() => {
        puppets.calls = 0;
        puppets.answer = () => ({});
        world.faults.clear();
        world.requests.clear();
    });

    after(async () => {
        world.stop();
        await door.close();
    });

    /** Sends a command, expects the puppet to be asked exactly its input, and its answer to arrive. */
    async function roundTrip(
        // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each client has its own command type
        client: { send(command: any): Promise<object> },
        command: { input: object },
        answer: object,
    ) {
        puppets.answer = () => answer;
        const { $metadata, ...received } = (await client.send(command)) as { $metadata?: { httpStatusCode: number } };
        assert.deepEqual(puppets.asked, command.input);
        assert.deepEqual(received, answer);
        return $metadata!.httpStatusCode;
    }

    function refusal(code: string, fields: object = {}, status = 400): void {
        puppets.answer = () => {
            throw new AwsError(code, `because of ${code}`, status, fields as Record<string, unknown>);
        };
    }

    async function failure(promise: Promise<unknown>) {
        return promise.then(
            () => assert.fail("it succeeded"),
            (error) =>
                error as Error & Record<string, unknown> & { $metadata: { httpStatusCode: number; requestId: string } },
        );
    }

    describe("AWS JSON", () => {
        it("carries every DynamoDB attribute type, blobs and sets of them both ways", async () => {
            const item = {
                S: { S: 'é\u2028"<' },
                N: { N: "123456789012345678901234567890.12345" },
                B: { B: new Uint8Array([0, 255, 10]) },
                BS: { BS: [new Uint8Array([1]), new Uint8Array([2])] },
                M: { M: { inner: { L: [{ NULL: true }, { BOOL: false }] } } },
            };
            const client = new dynamodb.DynamoDBClient(config);
            await roundTrip(client, new dynamodb.PutItemCommand({ TableName: "t", Item: item }), { Attributes: item });
        });

        it("carries times as numbers of seconds, to the millisecond", async () => {
            const client = new glue.GlueClient(config);
            const Database = { Name: "d", CreateTime: new Date("2026-03-01T12:30:45.678Z") };
            await roundTrip(client, new glue.GetDatabaseCommand({ Name: "d" }), { Database });
        });

        it("carries errors with their own members", async () => {
            refusal("EntityNotFoundException", { FromFederationSource: true });
            const error = await failure(new glue.GlueClient(config).send(new glue.GetDatabaseCommand({ Name: "d" })));
            assert.ok(error instanceof glue.EntityNotFoundException);
            assert.equal(error.message, "because of EntityNotFoundException");
            assert.equal(error.FromFederationSource, true);
            assert.match(error.$metadata.requestId ?? "", /^[0-9a-f-]{36}$/);
        });

        it("names an operation that is not simulated, or that nobody knows", async () => {
            const command = new glue.CreateCrawlerCommand({ Name: "c", Role: "r", Targets: {} });
            const error = await failure(new glue.GlueClient(config).send(command));
            assert.equal(error.name, "UnknownOperationException");
            assert.match(error.message, /glue:CreateCrawler is not simulated/);
            const answer = await raw("POST", "/", { "x-amz-target": "AWSGlue.Nonsense" }, "{}", "glue");
            assert.deepEqual(JSON.parse(answer.body), {
                __type: "UnknownOperationException",
                message: "glue:Nonsense is not simulated",
            });
        });

        it("refuses what is no JSON", async () => {
            const answer = await raw("POST", "/", { "x-amz-target": "AWSGlue.GetDatabase" }, "{", "glue");
            assert.equal(answer.status, 400);
            assert.equal(JSON.parse(answer.body).__type, "SerializationException");
        });
    });

    describe("AWS query", () => {
        it("reads lists of structures, and writes times, lists and nested structures", async () => {
            const command = new sts.AssumeRoleCommand({
                RoleArn: "arn:aws:iam::210987654321:role/r",
                RoleSessionName: "a&b=c d+e",
                DurationSeconds: 900,
                PolicyArns: [{ arn: "arn:aws:iam::aws:policy/A" }, { arn: "arn:aws:iam::aws:policy/B" }],
                Tags: Array.from({ length: 11 }, (_, i) => ({ Key: `k${i}`, Value: "" })),
                TransitiveTagKeys: ["k1"],
            });
            const Credentials = { AccessKeyId: "A", SecretAccessKey: "s", SessionToken: "t<&>", Expiration: MOMENT };
            await roundTrip(new sts.STSClient(config), command, { Credentials, PackedPolicySize: 6 });
        });

        it("answers operations without a result", async () => {
            const command = new iam.DeleteRoleCommand({ RoleName: "r" });
            assert.equal(await roundTrip(new iam.IAMClient(config), command, {}), 200);
        });

        it("gives errors the codes of the query protocol", async () => {
            refusal("NoSuchEntityException");
            const error = await failure(new iam.IAMClient(config).send(new iam.GetRoleCommand({ RoleName: "r" })));
            assert.ok(error instanceof iam.NoSuchEntityException);
            assert.equal(error.$metadata.httpStatusCode, 404);
            assert.equal(error.Code, "NoSuchEntity");
            const answer = await raw("POST", "/", FORM, "Action=GetRole&Version=2010-05-08&RoleName=r", "iam");
            assert.match(answer.body, /<Type>Sender<\/Type><Code>NoSuchEntity<\/Code>/);
        });

        it("takes its parameters from the URL as well", async () => {
            await raw("GET", "/?Action=GetRole&Version=2010-05-08&RoleName=r", {}, "", "iam");
            assert.deepEqual(puppets.asked, { RoleName: "r" });
        });
    });

    describe("CloudWatch", () => {
        const input = {
            Namespace: "n",
            MetricData: [
                { MetricName: "m", Value: 1.5, Timestamp: MOMENT, Dimensions: [{ Name: "a", Value: "b" }] },
                { MetricName: "k", Values: [1, 2], Counts: [3, 4] },
            ],
        };
        const answer = {
            Datapoints: [{ Timestamp: MOMENT, Average: 0.25, ExtendedStatistics: { p99: 1.5 } }],
            Label: "m",
        };
        const query = {
            Namespace: "n",
            MetricName: "m",
            StartTime: MOMENT,
            EndTime: MOMENT,
            Period: 60,
            ExtendedStatistics: ["p99"],
        };

        for (const [name, protocol] of [
            ["JSON", undefined],
            ["CBOR", AwsSmithyRpcV2CborProtocol],
            ["query", AwsQueryProtocol],
        ] as const) {
            it(`speaks ${name}`, async () => {
                const client = new cloudwatch.CloudWatchClient({ ...config, ...(protocol && { protocol }) } as object);
                await roundTrip(client, new cloudwatch.PutMetricDataCommand(input as object as never), {});
                await roundTrip(client, new cloudwatch.GetMetricStatisticsCommand(query as never), answer);
                refusal("ResourceNotFound");
                const error = await failure(client.send(new cloudwatch.GetDashboardCommand({ DashboardName: "d" })));
                assert.ok(error instanceof cloudwatch.ResourceNotFound, error.name);
                assert.equal(error.message, "because of ResourceNotFound");
                assert.equal(error.$metadata.httpStatusCode, 404);
            });
        }

        it("tells the query protocol's error codes in the others", async () => {
            refusal("InternalServiceFault");
            const target = { "x-amz-target": "GraniteServiceVersion20100801.ListDashboards" };
            const answer = await raw("POST", "/", target, "{}", "monitoring");
            assert.match(answer.headers, /x-amzn-query-error: InternalServiceError;Receiver/);
            assert.equal(JSON.parse(answer.body).__type, "InternalServiceFault");
        });

        it("takes compressed bodies", async () => {
            const many = {
                Namespace: "n",
                MetricData: Array.from({ length: 300 }, (_, i) => ({ MetricName: `metric${i}` })),
            };
            await roundTrip(new cloudwatch.CloudWatchClient(config), new cloudwatch.PutMetricDataCommand(many), {});
        });
    });

    describe("REST-JSON", () => {
        it("finds the operation by its path", async () => {
            const command = new lakeformation.GrantPermissionsCommand({
                Principal: { DataLakePrincipalIdentifier: "arn:aws:iam::210987654321:role/r" },
                Resource: { Table: { DatabaseName: "d", TableWildcard: {} } },
                Permissions: ["SELECT", "DESCRIBE"],
            });
            await roundTrip(new lakeformation.LakeFormationClient(config), command, {});
        });

        it("names errors in a header", async () => {
            refusal("EntityNotFoundException");
            const command = new lakeformation.GetDataLakeSettingsCommand({});
            const error = await failure(new lakeformation.LakeFormationClient(config).send(command));
            assert.ok(error instanceof lakeformation.EntityNotFoundException);
            assert.equal(error.message, "because of EntityNotFoundException");
        });
    });

    describe("S3", () => {
        let client: s3.S3Client;
        const object = { Bucket: "my.bucket", Key: "a folder/ü+&?.txt" };

        before(() => {
            client = new s3.S3Client(config);
        });

        it("takes an object with metadata, tags and the checksum that the SDK sends", async () => {
            await client.send(
                new s3.PutObjectCommand({
                    ...object,
                    Body: "hello",
                    ContentType: "text/plain",
                    Metadata: { owner: "me" },
                    Tagging: "a=b",
                }),
            );
            const { Body, Metadata, ChecksumCRC32, ...rest } = puppets.asked as s3.PutObjectCommandInput;
            assert.equal(Buffer.from(Body as Uint8Array).toString(), "hello");
            assert.deepEqual(Metadata, { owner: "me" });
            assert.equal(ChecksumCRC32, "NhCmhg==");
            assert.deepEqual(
                { Bucket: rest.Bucket, Key: rest.Key, ContentType: rest.ContentType, Tagging: rest.Tagging },
                { ...object, ContentType: "text/plain", Tagging: "a=b" },
            );
        });

        it("takes a stream in aws-chunked framing, its checksum in the trailer", async () => {
            const chunks = ["x".repeat(70_000), "\r\n0\r\n", "y".repeat(70_000)];
            const length = chunks.join("").length;
            await client.send(
                new s3.PutObjectCommand({
                    ...object,
                    Body: Readable.from(chunks.map((c) => Buffer.from(c))),
                    ContentLength: length,
                }),
            );
            const asked = puppets.asked as s3.PutObjectCommandInput;
            assert.equal(Buffer.from(asked.Body as Uint8Array).toString(), chunks.join(""));
            assert.equal(asked.ContentLength, length);
            assert.equal(asked.ContentEncoding, undefined);
            assert.ok(asked.ChecksumCRC32);
        });

        it("keeps a compressed object as it comes", async () => {
            await client.send(new s3.PutObjectCommand({ ...object, Body: "not gzip", ContentEncoding: "gzip" }));
            const asked = puppets.asked as s3.PutObjectCommandInput;
            assert.equal(Buffer.from(asked.Body as Uint8Array).toString(), "not gzip");
            assert.equal(asked.ContentEncoding, "gzip");
        });

        it("gives an object with its headers, or a part of it", async () => {
            puppets.answer = () => ({
                Body: Buffer.from("hello"),
                ContentLength: 5,
                ContentType: "text/plain",
                ETag: '"e"',
                LastModified: MOMENT,
                Metadata: { owner: "me" },
            });
            const whole = await client.send(new s3.GetObjectCommand(object));
            assert.equal(await text(whole.Body as Readable), "hello");
            assert.deepEqual(
                [whole.ContentType, whole.ETag, whole.LastModified, whole.Metadata, whole.$metadata.httpStatusCode],
                ["text/plain", '"e"', MOMENT, { owner: "me" }, 200],
            );
            puppets.answer = () => ({ Body: Buffer.from("el"), ContentLength: 2, ContentRange: "bytes 1-2/5" });
            const part = await client.send(new s3.GetObjectCommand({ ...object, Range: "bytes=1-2" }));
            assert.equal((puppets.asked as s3.GetObjectCommandInput).Range, "bytes=1-2");
            assert.equal(part.$metadata.httpStatusCode, 206);
            assert.equal(await text(part.Body as Readable), "el");
        });

        it("answers HEAD with headers alone", async () => {
            puppets.answer = () => ({ ContentLength: 1_000_000, ETag: '"e"' });
            const head = await client.send(new s3.HeadObjectCommand(object));
            assert.equal(head.ContentLength, 1_000_000);
            refusal("NotFound", {}, 404);
            assert.ok((await failure(client.send(new s3.HeadObjectCommand(object)))) instanceof s3.NotFound);
            assert.equal((await failure(client.send(new s3.HeadBucketCommand(object)))).$metadata.httpStatusCode, 404);
        });

        it("tells operations on the same path apart", async () => {
            const { Bucket } = object;
            const upload = { ...object, UploadId: "u" };
            const commands = [
                new s3.ListBucketsCommand({}),
                new s3.CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: "eu-west-1" } }),
                new s3.ListObjectsCommand({ Bucket, Prefix: "p/" }),
                new s3.ListObjectsV2Command({ Bucket, Prefix: "p/", Delimiter: "/", MaxKeys: 3, FetchOwner: true }),
                new s3.ListObjectVersionsCommand({ Bucket }),
                new s3.GetBucketPolicyCommand({ Bucket }),
                new s3.GetBucketPolicyStatusCommand({ Bucket }),
                new s3.PutBucketPolicyCommand({ Bucket, Policy: '{"a":"<é>"}', ChecksumAlgorithm: "CRC32" }),
                new s3.GetBucketLocationCommand({ Bucket }),
                new s3.DeleteBucketCommand({ Bucket }),
                new s3.DeleteBucketPolicyCommand({ Bucket }),
                new s3.DeleteObjectCommand({ ...object, VersionId: "v" }),
                new s3.AbortMultipartUploadCommand(upload),
                new s3.CopyObjectCommand({ ...object, CopySource: "other/key" }),
                new s3.CreateMultipartUploadCommand(object),
                new s3.ListPartsCommand(upload),
                new s3.UploadPartCopyCommand({ ...upload, PartNumber: 1, CopySource: "other/key" }),
                new s3.CompleteMultipartUploadCommand({
                    ...upload,
                    MultipartUpload: {
                        Parts: [
                            { ETag: "e", PartNumber: 1 },
                            { ETag: "f", PartNumber: 2 },
                        ],
                    },
                }),
                new s3.GetObjectTaggingCommand(object),
                new s3.GetBucketTaggingCommand({ Bucket }),
                new s3.GetBucketInventoryConfigurationCommand({ Bucket, Id: "i" }),
                new s3.ListBucketInventoryConfigurationsCommand({ Bucket }),
            ];
            puppets.answer = () => ({ CopyObjectResult: { ETag: "e" }, CopyPartResult: { ETag: "e" } });
            for (const command of commands) {
                world.requests.clear();
                // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a union of commands
                await client.send(command as any);
                const [record] = world.requests.find();
                assert.equal(`${record.operation}Command`, command.constructor.name);
                assert.deepEqual(puppets.asked, command.input, record.operation);
            }
        });

        it("tells them apart for clients that do not name the operation", async () => {
            const operationOf = async (method: string, path: string, headers = {}, body = "") => {
                world.requests.clear();
                await raw(method, path, headers, body, "s3");
                return world.requests.find()[0].operation;
            };
            assert.equal(await operationOf("GET", "/"), "ListBuckets");
            assert.equal(await operationOf("GET", "/b"), "ListObjects");
            assert.equal(await operationOf("GET", "/b/k"), "GetObject");
            assert.equal(await operationOf("GET", "/b/k?uploadId=u"), "ListParts");
            assert.equal(await operationOf("PUT", "/b/k"), "PutObject");
            assert.equal(await operationOf("PUT", "/b/k?partNumber=1&uploadId=u"), "UploadPart");
            assert.equal(await operationOf("PUT", "/b/k", { "x-amz-copy-source": "b/c" }), "CopyObject");
            assert.equal(await operationOf("DELETE", "/b/k"), "DeleteObject");
            assert.equal(await operationOf("DELETE", "/b/k?uploadId=u"), "AbortMultipartUpload");
        });

        it("lists, with keys that XML has to escape", async () => {
            const answer = {
                Name: "b",
                IsTruncated: false,
                KeyCount: 2,
                Contents: [
                    { Key: "a<&>\"'é", Size: 5, LastModified: MOMENT, ETag: '"e"', StorageClass: "STANDARD" },
                    { Key: " b ", Size: 0, LastModified: MOMENT },
                ],
                CommonPrefixes: [{ Prefix: "p/" }],
            };
            await roundTrip(client, new s3.ListObjectsV2Command({ Bucket: "b" }), answer);
        });

        it("deletes many, and answers deletes with nothing", async () => {
            await client.send(
                new s3.DeleteObjectsCommand({ Bucket: "b", Delete: { Objects: [{ Key: "x&" }, { Key: "y" }] } }),
            );
            assert.deepEqual((puppets.asked as s3.DeleteObjectsCommandInput).Delete, {
                Objects: [{ Key: "x&" }, { Key: "y" }],
            });
            assert.equal(await roundTrip(client, new s3.DeleteObjectCommand(object), {}), 204);
            assert.doesNotMatch((await raw("DELETE", "/b/k", {}, "", "s3")).headers, /content-length/i);
        });

        it("answers a bucket's location as the text of the root", async () => {
            const command = new s3.GetBucketLocationCommand({ Bucket: "b" });
            await roundTrip(client, command, { LocationConstraint: "eu-central-1" });
            const answer = await raw("GET", "/b?location", {}, "", "s3");
            assert.match(answer.body, /<LocationConstraint xmlns="[^"]+">eu-central-1<\/LocationConstraint>$/);
        });

        it("takes the bucket from the host as well", async () => {
            await raw("GET", "/folder/key", { host: `my.bucket.localhost:${door.port}` }, "", "s3");
            assert.deepEqual(puppets.asked, { Bucket: "my.bucket", Key: "folder/key" });
            await raw("GET", "/?list-type=2", { host: "data.s3.eu-west-1.amazonaws.com" }, "", "s3");
            assert.deepEqual(puppets.asked, { Bucket: "data" });
        });

        it("writes errors without an envelope, modelled or not", async () => {
            refusal("NoSuchKey", { Key: "k" }, 404);
            assert.ok((await failure(client.send(new s3.GetObjectCommand(object)))) instanceof s3.NoSuchKey);
            refusal("NoSuchBucketPolicy", { BucketName: "b" }, 404);
            const error = await failure(client.send(new s3.GetBucketPolicyCommand({ Bucket: "b" })));
            assert.equal(error.name, "NoSuchBucketPolicy");
            assert.equal(error.BucketName, "b");
            const answer = await raw("GET", "/b?policy", {}, "", "s3");
            assert.match(answer.body, /^<\?xml[^>]*>\n<Error><Code>NoSuchBucketPolicy<\/Code>/);
            assert.match(answer.headers, /x-amz-request-id: \S+/);
        });

        it("lets a client wait for 100 Continue", async () => {
            const answer = await raw("PUT", "/b/k", { expect: "100-continue" }, "hello", "s3");
            assert.match(answer.interim, /^HTTP\/1.1 100 Continue/);
            assert.equal(answer.status, 200);
        });

        it("takes presigned requests", async () => {
            await fetch(`${door.endpoint}/b/k?X-Amz-Credential=${encodeURIComponent(scope("s3"))}&X-Amz-Signature=0`);
            assert.deepEqual(puppets.asked, { Bucket: "b", Key: "k" });
        });
    });

    describe("identity", () => {
        it("comes from the access key, the Region from the signature's scope", async () => {
            await new glue.GlueClient({ ...config, region: "us-gov-west-1" }).send(new glue.GetDatabasesCommand({}));
            assert.equal(puppets.by?.accountId, "210987654321");
            assert.equal(puppets.by?.region, "us-gov-west-1");
            assert.equal(puppets.by?.partition, "aws-us-gov");
            assert.equal(puppets.by?.door, "http");
        });

        it("is refused in each protocol's words when unknown, expired or without its token", async () => {
            const role = {
                kind: "role" as const,
                accountId: "210987654321",
                arn: "arn:aws:sts::210987654321:assumed-role/r/s",
                userId: "AROA:s",
            };
            const expired = world.identities.issue(role, world.clock.now() - 1);
            const tokenless = { ...world.identities.issue(role), sessionToken: undefined };
            const unknown = { accessKeyId: "AKIA0123456789ABCDEF", secretAccessKey: "x" };
            const codes = async (credentials: Credentials) => {
                const given = { ...config, credentials };
                return [
                    await failure(new glue.GlueClient(given).send(new glue.GetDatabasesCommand({}))),
                    await failure(new sts.STSClient(given).send(new sts.GetCallerIdentityCommand({}))),
                    await failure(new s3.S3Client(given).send(new s3.ListBucketsCommand({}))),
                ].map(({ name }) => name);
            };
            const invalid = ["UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId"];
            assert.deepEqual(await codes(unknown), invalid);
            assert.deepEqual(await codes(tokenless), invalid);
            assert.deepEqual(await codes(expired), ["ExpiredTokenException", "ExpiredToken", "ExpiredToken"]);
            assert.equal(puppets.calls, 0);
        });

        it("is needed", async () => {
            const target = { "x-amz-target": "AWSGlue.GetDatabases" };
            assert.match((await raw("POST", "/", target, "{}")).body, /"MissingAuthenticationTokenException"/);
            assert.match((await raw("POST", "/", FORM, "Action=ListRoles")).body, /<Code>MissingAuthenticationToken</);
            assert.match((await raw("GET", "/b")).body, /<Code>AccessDenied</);
        });

        it("leads to services of the world only", async () => {
            const answer = await raw("GET", "/2015-03-31/functions", {}, "", "lambda");
            assert.match(answer.headers, /x-amzn-errortype: UnknownOperationException/);
            assert.deepEqual(JSON.parse(answer.body), { message: "lambda is not simulated" });
        });
    });

    describe("faults", () => {
        it("throttle in words that clients retry on", async () => {
            const clients = [
                () => new glue.GlueClient({ ...config, maxAttempts: 2 }).send(new glue.GetDatabasesCommand({})),
                () => new iam.IAMClient({ ...config, maxAttempts: 2 }).send(new iam.ListRolesCommand({})),
                () => new s3.S3Client({ ...config, maxAttempts: 2 }).send(new s3.ListBucketsCommand({})),
            ];
            for (const send of clients) {
                world.requests.clear();
                world.faults.add({ kind: "throttle", times: 1 });
                await send();
                assert.deepEqual(
                    world.requests.find().map((r) => r.error),
                    ["ThrottlingException", undefined],
                );
            }
        });

        it("fail on the server's side before anything is done", async () => {
            world.faults.add({ kind: "server-error", service: "glue" });
            const error = await failure(new glue.GlueClient(config).send(new glue.GetDatabasesCommand({})));
            assert.equal(error.$metadata.httpStatusCode, 500);
            assert.equal(puppets.calls, 0);
        });

        it("lose the answer after the call was carried out", async () => {
            world.faults.add({ kind: "lost-answer", times: 1 });
            const error = await failure(new glue.GlueClient(config).send(new glue.GetDatabasesCommand({})));
            assert.match(`${error.code} ${error.message}`, /ECONNRESET|socket hang up/);
            assert.equal(puppets.calls, 1);
        });
    });

    describe("control", () => {
        const control = async (method: string, path: string, body?: object) => {
            const response = await fetch(`${door.endpoint}/_zero-etl/${path}`, {
                method,
                body: body && JSON.stringify(body),
            });
            // eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever JSON it is
            return { status: response.status, body: (await response.json()) as any };
        };

        it("sets faults and clears them", async () => {
            const fault = { kind: "throttle", service: "glue", rate: 0.3 };
            assert.deepEqual((await control("POST", "faults", fault)).body, [fault]);
            assert.deepEqual((await control("GET", "faults")).body, [fault]);
            await control("DELETE", "faults");
            assert.deepEqual((await control("GET", "faults")).body, []);
            const refused = await control("POST", "faults", { kind: "flood" });
            assert.equal(refused.status, 400);
            assert.match(refused.body.error, /"flood", not one of throttle/);
        });

        it("shows the requests that match", async () => {
            await new glue.GlueClient(config).send(new glue.GetDatabasesCommand({}));
            await new sts.STSClient(config).send(new sts.GetCallerIdentityCommand({}));
            const { body } = await control("GET", "requests?service=glue&door=http");
            assert.deepEqual(
                body.map((r: { operation: string; region: string }) => [r.operation, r.region]),
                [["GetDatabases", "eu-west-1"]],
            );
            await control("DELETE", "requests");
            assert.deepEqual((await control("GET", "requests")).body, []);
        });

        it("moves the clock", async () => {
            const before = world.clock.now();
            const { body } = await control("POST", "clock", { advance: 3_600_000 });
            assert.ok(Date.parse(body.now) >= before + 3_600_000);
            assert.equal((await control("POST", "clock", { speed: 60 })).body.speed, 60);
            assert.equal((await control("POST", "clock", { speed: 1 })).body.speed, 1);
            assert.equal((await control("POST", "clock", { speed: 0 })).status, 400);
            assert.equal((await control("POST", "clock", { advance: -1 })).status, 400);
        });

        it("lets others answer, and names what it knows", async () => {
            door.control("POST", "echo", ({ query, body }) => ({ query: query.get("a"), body }));
            const echoed = await control("POST", "echo?a=1", { b: 2 });
            assert.deepEqual(echoed.body, { query: "1", body: { b: 2 } });
            const { status, body } = await control("GET", "echo");
            assert.equal(status, 404);
            assert.ok(body.known.includes("POST echo"));
        });
    });

    const FORM = { "content-type": "application/x-www-form-urlencoded; charset=utf-8" };
    const scope = (service: string) => `210987654321/20260301/eu-west-1/${service}/aws4_request`;

    /** A request byte by byte: what no SDK sends, and what it hides of the answer. */
    async function raw(method: string, path: string, headers: object = {}, body = "", service?: string) {
        const all = {
            host: `127.0.0.1:${door.port}`,
            connection: "close",
            "content-length": String(Buffer.byteLength(body)),
            ...(service && { authorization: `AWS4-HMAC-SHA256 Credential=${scope(service)}, Signature=0` }),
            ...headers,
        };
        const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
        const socket = connect(door.port, "127.0.0.1");
        socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
        const answer = await text(socket);
        const interim = /^HTTP\/1.1 100[^]*?\r\n\r\n/.exec(answer)?.[0] ?? "";
        const final = answer.slice(interim.length);
        const end = final.indexOf("\r\n\r\n");
        return {
            interim,
            status: Number(final.split(" ")[1]),
            headers: final.slice(0, end),
            body: final.slice(end + 4),
        };
    }
});
