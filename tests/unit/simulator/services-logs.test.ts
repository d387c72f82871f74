import * as assert from "node:assert/strict";
import { iam } from "../../../simulator/services/iam";
import { kms } from "../../../simulator/services/kms";
import { logs } from "../../../simulator/services/logs";
import { days } from "../../../simulator/world/clock";
import type { Context } from "../../../simulator/world/context";
import { World } from "../../../simulator/world/world";

const ACCOUNT = "123456789012";
const GROUP = { logGroupName: "/aws-glue/zeroETL-integrations/logs/" };
const STREAM = { ...GROUP, logStreamName: "0a-1b" };
const ARN = `arn:aws:logs:eu-west-1:${ACCOUNT}:log-group:${GROUP.logGroupName}`;

describe("simulator: CloudWatch Logs", () => {
    let world: World;
    let admin: Context;

    beforeEach(async () => {
        world = new World({ services: [iam, kms, logs] });
        admin = world.administrator(ACCOUNT);
        await admin.call("logs", "CreateLogGroup", { ...GROUP, tags: { team: "a" } });
        await admin.call("logs", "CreateLogStream", STREAM);
    });
    afterEach(() => world.stop());

    const put = (...messages: string[]) => {
        const timestamp = admin.now;
        return admin.call("logs", "PutLogEvents", {
            ...STREAM,
            logEvents: messages.map((message) => ({ timestamp, message })),
        });
    };
    const filter = async (filterPattern: string): Promise<string[]> =>
        (await admin.call("logs", "FilterLogEvents", { ...GROUP, filterPattern })).events.map(
            (e: { message: string }) => e.message,
        );

    it("a group is there once, with its tags and retention, until it is deleted", async () => {
        await assert.rejects(admin.call("logs", "CreateLogGroup", GROUP), {
            code: "ResourceAlreadyExistsException",
            message: "The specified log group already exists",
        });
        await assert.rejects(admin.call("logs", "PutRetentionPolicy", { ...GROUP, retentionInDays: 8 }), {
            code: "InvalidParameterException",
        });
        await admin.call("logs", "PutRetentionPolicy", { ...GROUP, retentionInDays: 7 });
        const { logGroups } = await admin.call("logs", "DescribeLogGroups", { logGroupNamePrefix: "/aws-glue" });
        assert.equal(logGroups.length, 1);
        assert.equal(logGroups[0].arn, `${ARN}:*`);
        assert.equal(logGroups[0].retentionInDays, 7);
        await admin.call("logs", "TagResource", { resourceArn: ARN, tags: { cost: "b" } });
        await admin.call("logs", "UntagResource", { resourceArn: ARN, tagKeys: ["team"] });
        assert.deepEqual(await admin.call("logs", "ListTagsForResource", { resourceArn: ARN }), {
            tags: { cost: "b" },
        });
        await admin.call("logs", "DeleteLogGroup", GROUP);
        await assert.rejects(admin.call("logs", "DescribeLogStreams", GROUP), { code: "ResourceNotFoundException" });
    });

    it("events come back in order, by page and by term, as long as the retention keeps them", async () => {
        await put("IngestionStarted", "IngestionFailed client_error", "IngestionCompleted");
        assert.deepEqual(await filter(""), ["IngestionStarted", "IngestionFailed client_error", "IngestionCompleted"]);
        assert.deepEqual(await filter("Ingestion -Failed"), ["IngestionStarted", "IngestionCompleted"]);
        assert.deepEqual(await filter('"Failed client"'), ["IngestionFailed client_error"]);

        const page = (more: object) => admin.call("logs", "GetLogEvents", { ...STREAM, limit: 2, ...more });
        const first = await page({ startFromHead: true });
        assert.deepEqual(
            first.events.map((e: { message: string }) => e.message),
            ["IngestionStarted", "IngestionFailed client_error"],
        );
        const second = await page({ nextToken: first.nextForwardToken });
        assert.deepEqual(
            second.events.map((e: { message: string }) => e.message),
            ["IngestionCompleted"],
        );
        assert.equal((await page({ nextToken: second.nextForwardToken })).nextForwardToken, second.nextForwardToken);

        await admin.call("logs", "PutRetentionPolicy", { ...GROUP, retentionInDays: 1 });
        await world.clock.advance(days(1));
        assert.deepEqual(await filter(""), []);
    });

    it("events from before two weeks ago are not taken", async () => {
        const answer = await admin.call("logs", "PutLogEvents", {
            ...STREAM,
            logEvents: [
                { timestamp: admin.now - days(15), message: "old" },
                { timestamp: admin.now, message: "new" },
            ],
        });
        assert.deepEqual(answer.rejectedLogEventsInfo, { tooOldLogEventEndIndex: 1 });
        assert.deepEqual(await filter(""), ["new"]);
    });

    it("a role writes where its policy lets it, with the resource as AWS asks for it", async () => {
        const { User } = await admin.call("iam", "CreateUser", { UserName: "writer" });
        const PolicyDocument = JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: "logs:PutLogEvents", Resource: `${ARN}:*` }],
        });
        await admin.call("iam", "PutUserPolicy", { UserName: "writer", PolicyName: "p", PolicyDocument });
        const writer = admin.as({ kind: "user", accountId: ACCOUNT, arn: User.Arn, userId: User.UserId });
        await writer.call("logs", "PutLogEvents", { ...STREAM, logEvents: [{ timestamp: admin.now, message: "x" }] });
        await assert.rejects(writer.call("logs", "CreateLogStream", { ...GROUP, logStreamName: "other" }), {
            code: "AccessDeniedException",
            message: `User: ${User.Arn} is not authorized to perform: logs:CreateLogStream on resource: ${ARN}:log-stream:other because no identity-based policy allows the logs:CreateLogStream action`,
        });
    });

    it("takes a key only if the key's policy lets the service in for this group", async () => {
        const statement = { Effect: "Allow", Action: "kms:*", Resource: "*" };
        const root = { ...statement, Principal: { AWS: ACCOUNT } };
        const service = (group: string) => ({
            ...statement,
            Principal: { Service: "logs.eu-west-1.amazonaws.com" },
            Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": group } },
        });
        const createKey = async (...Statement: object[]): Promise<string> =>
            (await admin.call("kms", "CreateKey", { Policy: JSON.stringify({ Version: "2012-10-17", Statement }) }))
                .KeyMetadata.Arn;
        const associate = (kmsKeyId: string) => admin.call("logs", "AssociateKmsKey", { ...GROUP, kmsKeyId });
        await assert.rejects(associate(await createKey(root)), { code: "InvalidParameterException" });
        await assert.rejects(associate(await createKey(root, service(`${ARN}x`))), {
            code: "InvalidParameterException",
        });
        await associate(await createKey(root, service(ARN)));
    });
});
