import { CloudWatchClient, DescribeAlarmsCommand, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, CreateLogGroupCommand, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
    CreateAccessKeyCommand,
    CreateRoleCommand,
    CreateUserCommand,
    GetRoleCommand,
    IAMClient,
    ListUsersCommand,
    NoSuchEntityException,
} from "@aws-sdk/client-iam";
import { CreateKeyCommand, DecryptCommand, EncryptCommand, KMSClient } from "@aws-sdk/client-kms";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import * as assert from "node:assert/strict";
import { HttpDoor } from "../../../simulator/http/server";
import { cloudwatch } from "../../../simulator/services/cloudwatch";
import { iam } from "../../../simulator/services/iam";
import { kms } from "../../../simulator/services/kms";
import { logs } from "../../../simulator/services/logs";
import { sts } from "../../../simulator/services/sts";
import { World } from "../../../simulator/world/world";

const MEMBER = "111122223333";

describe("simulator: IAM, STS, KMS, Logs and CloudWatch through the SDK's clients", () => {
    let world: World;
    let door: HttpDoor;
    let config: { endpoint: string; region: string; maxAttempts: number };
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };

    before(async () => {
        world = new World({ services: [cloudwatch, iam, kms, logs, sts] });
        door = await HttpDoor.open(world);
        config = { endpoint: door.endpoint, region: "eu-west-1", maxAttempts: 1 };
    });
    after(async () => {
        await door.close();
        world.stop();
    });

    it("a role's documents come and go, and its absence has the name and status of AWS", async () => {
        const client = new IAMClient({ ...config, credentials });
        const trust = JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Principal: { Service: "glue.amazonaws.com" }, Action: "sts:AssumeRole" }],
        });
        await client.send(new CreateRoleCommand({ RoleName: "loader", AssumeRolePolicyDocument: trust }));
        const { Role } = await client.send(new GetRoleCommand({ RoleName: "loader" }));
        assert.equal(decodeURIComponent(Role!.AssumeRolePolicyDocument!), trust);
        assert.ok(Role!.CreateDate instanceof Date);
        await assert.rejects(
            client.send(new GetRoleCommand({ RoleName: "none" })),
            (error) => error instanceof NoSuchEntityException && error.$metadata.httpStatusCode === 404,
        );
    });

    it("keys from AssumeRole act in the other account, keys of a new user may nothing yet", async () => {
        const RoleArn = `arn:aws:iam::${MEMBER}:role/OrganizationAccountAccessRole`;
        const { Credentials } = await new STSClient({ ...config, credentials }).send(
            new AssumeRoleCommand({ RoleArn, RoleSessionName: "test" }),
        );
        const member = {
            accessKeyId: Credentials!.AccessKeyId!,
            secretAccessKey: Credentials!.SecretAccessKey!,
            sessionToken: Credentials!.SessionToken,
        };
        const identity = await new STSClient({ ...config, credentials: member }).send(new GetCallerIdentityCommand({}));
        assert.equal(identity.Arn, `arn:aws:sts::${MEMBER}:assumed-role/OrganizationAccountAccessRole/test`);

        const client = new IAMClient({ ...config, credentials: member });
        await client.send(new CreateUserCommand({ UserName: "ann" }));
        const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName: "ann" }));
        const own = { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
        await assert.rejects(new IAMClient({ ...config, credentials: own }).send(new ListUsersCommand({})), {
            name: "AccessDenied",
            message: `User: arn:aws:iam::${MEMBER}:user/ann is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::${MEMBER}:user/ because no identity-based policy allows the iam:ListUsers action`,
        });
    });

    it("bytes survive KMS, lists survive Logs and CloudWatch", async () => {
        const kmsClient = new KMSClient({ ...config, credentials });
        const { KeyMetadata } = await kmsClient.send(new CreateKeyCommand({}));
        const { CiphertextBlob } = await kmsClient.send(
            new EncryptCommand({ KeyId: KeyMetadata!.KeyId, Plaintext: Buffer.from("secret") }),
        );
        const { Plaintext } = await kmsClient.send(new DecryptCommand({ CiphertextBlob }));
        assert.equal(Buffer.from(Plaintext!).toString(), "secret");

        const logsClient = new CloudWatchLogsClient({ ...config, credentials });
        await logsClient.send(new CreateLogGroupCommand({ logGroupName: "/a" }));
        assert.equal((await logsClient.send(new DescribeLogGroupsCommand({}))).logGroups?.[0].logGroupName, "/a");

        const cloudwatchClient = new CloudWatchClient({ ...config, credentials });
        await cloudwatchClient.send(
            new PutMetricAlarmCommand({
                AlarmName: "failed",
                Namespace: "AWS/Glue/ZeroETL",
                MetricName: "IngestionFailed",
                Statistic: "Sum",
                Period: 60,
                EvaluationPeriods: 1,
                Threshold: 0,
                ComparisonOperator: "GreaterThanThreshold",
            }),
        );
        const { MetricAlarms } = await cloudwatchClient.send(new DescribeAlarmsCommand({}));
        assert.equal(MetricAlarms?.[0].StateValue, "INSUFFICIENT_DATA");
        assert.ok(MetricAlarms[0].StateUpdatedTimestamp instanceof Date);
    });
});
