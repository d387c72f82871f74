import { strict as assert } from "node:assert";
import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import {
    DescribeStreamCommand,
    DynamoDBStreamsClient,
    GetRecordsCommand,
    GetShardIteratorCommand,
    ListStreamsCommand,
    type _Record,
} from "@aws-sdk/client-dynamodb-streams";

import { HttpDoor } from "../../../simulator/http/server";
import { allServices } from "../../../simulator/services";
import { hours, minutes } from "../../../simulator/world/clock";
import type { Context } from "../../../simulator/world/context";
import { World } from "../../../simulator/world/world";

const ACCOUNT = "123456789012";
const KEYS = { accessKeyId: ACCOUNT, secretAccessKey: "test" };

describe("simulated DynamoDB streams", () => {
    let world: World;
    let admin: Context;

    beforeEach(() => {
        world = new World({ services: allServices });
        admin = world.administrator(ACCOUNT);
    });
    afterEach(() => world.stop());

    const table = (operation: string, input: object = {}) =>
        admin.call("dynamodb", operation, { TableName: "orders", ...input });
    const streams = (operation: string, input: object, ctx = admin) => ctx.call("dynamodb-streams", operation, input);
    const item = (id: string, total: number) => ({ id: { S: id }, total: { N: String(total) } });
    const put = (id: string, total: number) => table("PutItem", { Item: item(id, total) });

    async function makeTable(view?: string): Promise<string> {
        await table("CreateTable", {
            BillingMode: "PAY_PER_REQUEST",
            AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
            KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
            ...(view && { StreamSpecification: { StreamEnabled: true, StreamViewType: view } }),
        });
        await world.clock.advance(minutes(1));
        return (await table("DescribeTable")).Table.LatestStreamArn;
    }

    async function iterator(StreamArn: string, from: object = { ShardIteratorType: "TRIM_HORIZON" }, ctx = admin) {
        const { StreamDescription } = await streams("DescribeStream", { StreamArn });
        const [{ ShardId }] = StreamDescription.Shards;
        return (await streams("GetShardIterator", { StreamArn, ShardId, ...from }, ctx)).ShardIterator as string;
    }

    async function records(StreamArn: string, from?: object): Promise<_Record[]> {
        return (await streams("GetRecords", { ShardIterator: await iterator(StreamArn, from) })).Records;
    }

    it("answers its own client at the door that it shares with DynamoDB", async () => {
        const door = await HttpDoor.open(world);
        const config = { endpoint: door.endpoint, region: "eu-west-1", credentials: KEYS };
        try {
            const StreamArn = await makeTable("NEW_AND_OLD_IMAGES");
            const items = new DynamoDBClient(config);
            await items.send(new PutItemCommand({ TableName: "orders", Item: item("a", 1) }));
            const client = new DynamoDBStreamsClient(config);
            const { Streams } = await client.send(new ListStreamsCommand({ TableName: "orders" }));
            assert.deepEqual(
                Streams!.map((stream) => [stream.StreamArn, stream.TableName]),
                [[StreamArn, "orders"]],
            );
            const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }));
            assert.equal(StreamDescription!.StreamStatus, "ENABLED");
            assert.deepEqual(StreamDescription!.KeySchema, [{ AttributeName: "id", KeyType: "HASH" }]);
            const { ShardIterator } = await client.send(
                new GetShardIteratorCommand({
                    StreamArn,
                    ShardId: StreamDescription!.Shards![0]!.ShardId,
                    ShardIteratorType: "TRIM_HORIZON",
                }),
            );
            const { Records, NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator }));
            assert.deepEqual(
                Records!.map(({ eventName, dynamodb }) => [eventName, dynamodb!.Keys, dynamodb!.NewImage]),
                [["INSERT", { id: { S: "a" } }, item("a", 1)]],
            );
            assert.ok(NextShardIterator);
        } finally {
            await door.close();
        }
    });

    for (const [view, images] of Object.entries<string[]>({
        KEYS_ONLY: [],
        NEW_IMAGE: ["NewImage"],
        OLD_IMAGE: ["OldImage"],
        NEW_AND_OLD_IMAGES: ["NewImage", "OldImage"],
    })) {
        it(`shows in a record what ${view} says`, async () => {
            const arn = await makeTable(view);
            await put("a", 1);
            await put("a", 2);
            await table("DeleteItem", { Key: { id: { S: "a" } } });
            const found = await records(arn);
            assert.deepEqual(
                found.map(({ eventName }) => eventName),
                ["INSERT", "MODIFY", "REMOVE"],
            );
            const modified = found[1]!.dynamodb!;
            assert.deepEqual(
                Object.keys(modified)
                    .filter((name) => name.endsWith("Image"))
                    .sort(),
                images,
            );
            assert.deepEqual(modified.OldImage, images.includes("OldImage") ? item("a", 1) : undefined);
        });
    }

    it("keeps records for a day", async () => {
        const arn = await makeTable("NEW_IMAGE");
        await put("a", 1);
        await world.clock.advance(hours(20));
        await put("b", 1);
        const [first] = await records(arn);
        await world.clock.advance(hours(5));
        assert.deepEqual(
            (await records(arn)).map(({ dynamodb }) => dynamodb!.Keys!.id),
            [{ S: "b" }],
        );
        const SequenceNumber = first!.dynamodb!.SequenceNumber;
        await assert.rejects(records(arn, { ShardIteratorType: "AT_SEQUENCE_NUMBER", SequenceNumber }), {
            code: "TrimmedDataAccessException",
        });
    });

    it("goes on after a sequence number, and from the end", async () => {
        const arn = await makeTable("NEW_IMAGE");
        await put("a", 1);
        await put("b", 1);
        const [first] = await records(arn);
        const after = await records(arn, {
            ShardIteratorType: "AFTER_SEQUENCE_NUMBER",
            SequenceNumber: first!.dynamodb!.SequenceNumber,
        });
        assert.deepEqual(
            after.map(({ dynamodb }) => dynamodb!.Keys!.id),
            [{ S: "b" }],
        );
        const latest = await iterator(arn, { ShardIteratorType: "LATEST" });
        await put("c", 1);
        const { Records } = await streams("GetRecords", { ShardIterator: latest });
        assert.deepEqual(
            Records.map(({ dynamodb }: _Record) => dynamodb!.Keys!.id),
            [{ S: "c" }],
        );
    });

    it("lets an iterator expire", async () => {
        const old = await iterator(await makeTable("NEW_IMAGE"));
        await world.clock.advance(minutes(16));
        await assert.rejects(streams("GetRecords", { ShardIterator: old }), { code: "ExpiredIteratorException" });
    });

    it("ends a closed stream, which can be read for another day", async () => {
        const arn = await makeTable("NEW_IMAGE");
        await put("a", 1);
        await table("UpdateTable", { StreamSpecification: { StreamEnabled: false } });
        await world.clock.advance(minutes(1));
        await put("b", 1);
        const { Records, NextShardIterator } = await streams("GetRecords", { ShardIterator: await iterator(arn) });
        assert.deepEqual([Records.length, NextShardIterator], [1, undefined]);
        assert.equal((await streams("DescribeStream", { StreamArn: arn })).StreamDescription.StreamStatus, "DISABLED");
        await world.clock.advance(hours(24));
        await assert.rejects(streams("DescribeStream", { StreamArn: arn }), { code: "ResourceNotFoundException" });
    });

    it("wants each right on the stream, which is not the right on the table", async () => {
        const arn = await makeTable("NEW_IMAGE");
        const reader = await userWho("dynamodb:GetShardIterator", arn);
        const ShardIterator = await iterator(arn, undefined, reader);
        await assert.rejects(streams("GetRecords", { ShardIterator }, reader), {
            code: "AccessDeniedException",
            message: new RegExp(`dynamodb:GetRecords on resource: ${arn}`),
        });
        const tableReader = await userWho("dynamodb:*", arn.replace(/\/stream\/.*/, ""));
        await assert.rejects(streams("DescribeStream", { StreamArn: arn }, tableReader), {
            code: "AccessDeniedException",
        });
    });

    it("is not opened to another account by the policy of its table", async () => {
        const arn = await makeTable("NEW_IMAGE");
        const { TableArn } = (await table("DescribeTable")).Table;
        const strange = world.administrator("222222222222");
        const Policy = JSON.stringify({
            Version: "2012-10-17",
            Statement: [
                {
                    Effect: "Allow",
                    Principal: { AWS: strange.accountId },
                    Action: "dynamodb:*",
                    Resource: [TableArn, `${TableArn}/*`],
                },
            ],
        });
        await admin.call("dynamodb", "PutResourcePolicy", { ResourceArn: TableArn, Policy });
        await strange.call("dynamodb", "DescribeTable", { TableName: TableArn });
        await assert.rejects(streams("DescribeStream", { StreamArn: arn }, strange), { code: "AccessDeniedException" });
    });

    async function userWho(Action: string, Resource: string): Promise<Context> {
        const UserName = Action.replace(/\W/g, "-");
        await admin.call("iam", "CreateUser", { UserName });
        const PolicyDocument = JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action, Resource }],
        });
        await admin.call("iam", "PutUserPolicy", { UserName, PolicyName: "own", PolicyDocument });
        const { User } = await admin.call("iam", "GetUser", { UserName });
        return admin.as({ kind: "user", accountId: ACCOUNT, arn: User.Arn, userId: User.UserId });
    }
});
