import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import * as assert from "node:assert/strict";

import { Journal } from "../../../simulator/pipelines/journal";
import { HttpDoor } from "../../../simulator/http/server";
import { days, minutes, seconds } from "../../../simulator/world/clock";
import { ACCOUNT, refusal, REGION } from "./glue-world";
import { CREATION, HOST, LOG_GROUP, NAME, PIPELINE_ARN, PipelineWorld, ROLE_ARN } from "./pipeline-world";

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers, taken apart by tests
type Any = any;

/** Calls of the REST API, signed by hand: there is no client that knows all of it. */
class Rest {
    constructor(
        private readonly endpoint: string,
        private readonly accessKeyId = ACCOUNT,
    ) {}

    async call(method: string, path: string, body?: object): Promise<{ status: number; type?: string; body: Any }> {
        const url = new URL(`/2022-01-01/osis/${path}`, this.endpoint);
        const signer = new SignatureV4({
            service: "osis",
            region: REGION,
            credentials: { accessKeyId: this.accessKeyId, secretAccessKey: "any" },
            sha256: Sha256,
        });
        const { headers } = await signer.sign({
            method,
            protocol: "http:",
            hostname: url.hostname,
            path: url.pathname,
            query: Object.fromEntries(url.searchParams),
            headers: { host: url.host, "content-type": "application/json" },
            body: body && JSON.stringify(body),
        });
        const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
        return {
            status: answer.status,
            type: answer.headers.get("x-amzn-errortype") ?? undefined,
            body: JSON.parse(await answer.text()),
        };
    }
}

describe("simulator/osis over HTTP", () => {
    let pipelines: PipelineWorld;
    let door: HttpDoor;
    let rest: Rest;
    let input: Any;

    beforeEach(async () => {
        pipelines = await new PipelineWorld().setUp();
        door = await HttpDoor.open(pipelines.world);
        rest = new Rest(door.endpoint);
        input = { PipelineName: NAME, PipelineConfigurationBody: pipelines.bodyText, ...pipelines.settings };
    });

    afterEach(async () => {
        await door.close();
        pipelines.world.stop();
    });

    const create = (more: object = {}) => rest.call("POST", "createPipeline", { ...input, ...more });
    const get = async () => (await rest.call("GET", `getPipeline/${NAME}`)).body.Pipeline;

    it("makes a pipeline, tells of it, lists and deletes it", async () => {
        const { status, body } = await create({ Tags: [{ Key: "team", Value: "sales" }] });
        assert.equal(status, 200);
        assert.equal(body.Pipeline.Status, "CREATING");
        assert.equal(body.Pipeline.PipelineArn, PIPELINE_ARN);
        await pipelines.pass(CREATION);
        const found = await get();
        assert.equal(found.Status, "ACTIVE");
        assert.deepEqual([found.MinUnits, found.MaxUnits, found.PipelineRoleArn], [2, 4, ROLE_ARN]);
        assert.equal(found.PipelineConfigurationBody, input.PipelineConfigurationBody);
        assert.deepEqual(found.Destinations, [{ ServiceName: "OpenSearch", Endpoint: `https://${HOST}` }]);
        assert.match(found.IngestEndpointUrls[0], /^orders-[0-9a-f]+\.eu-west-1\.osis\.amazonaws\.com$/);
        assert.equal(typeof found.CreatedAt, "number");
        assert.deepEqual(found.Tags, [{ Key: "team", Value: "sales" }]);
        const listed = (await rest.call("GET", "listPipelines?maxResults=10")).body.Pipelines;
        assert.deepEqual(
            listed.map((each: Any) => [each.PipelineName, each.Status, "PipelineConfigurationBody" in each]),
            [[NAME, "ACTIVE", false]],
        );
        assert.equal((await rest.call("DELETE", `deletePipeline/${NAME}`)).status, 200);
        assert.equal((await get()).Status, "DELETING");
        await pipelines.pass(minutes(3));
        const gone = await rest.call("GET", `getPipeline/${NAME}`);
        assert.deepEqual([gone.status, gone.type], [404, "ResourceNotFoundException"]);
    });

    it("answers with the errors and statuses of the API", async () => {
        await create();
        const again = await create();
        assert.deepEqual([again.status, again.type], [409, "ResourceAlreadyExistsException"]);
        const busy = await rest.call("PUT", `stopPipeline/${NAME}`);
        assert.deepEqual([busy.status, busy.type], [409, "ConflictException"]);
        const invalid = await create({ PipelineName: "Orders" });
        assert.deepEqual([invalid.status, invalid.type], [400, "ValidationException"]);
        assert.match(invalid.body.message, /'pipelineName' failed to satisfy constraint/);
        const token = await rest.call("GET", "listPipelines?nextToken=nowhere");
        assert.deepEqual([token.status, token.type], [400, "InvalidPaginationTokenException"]);
        const keys: Any = await pipelines.ctx
            .call("iam", "CreateUser", { UserName: "ann" })
            .then(() => pipelines.ctx.call("iam", "CreateAccessKey", { UserName: "ann" }));
        const ann = new Rest(door.endpoint, keys.AccessKey.AccessKeyId);
        const denied = await ann.call("GET", `getPipeline/${NAME}`);
        assert.deepEqual([denied.status, denied.type], [403, "AccessDeniedException"]);
        assert.match(denied.body.message, /osis:GetPipeline on resource: arn:aws:osis/);
        const endpoint = await rest.call("POST", "createPipelineEndpoint", { PipelineArn: PIPELINE_ARN });
        assert.equal(endpoint.status, 404);
        assert.match(endpoint.body.message, /osis:CreatePipelineEndpoint is not simulated/);
    });

    it("tells how far a change is, in five stages", async () => {
        await create();
        const progress = async () =>
            (await rest.call("GET", `getPipelineChangeProgress/${NAME}`)).body.ChangeProgressStatuses[0];
        const statuses = async () => (await progress()).ChangeProgressStages.map((stage: Any) => stage.Status);
        assert.equal((await progress()).TotalNumberOfStages, 5);
        assert.deepEqual(await statuses(), ["IN_PROGRESS", "PENDING", "PENDING", "PENDING", "PENDING"]);
        await pipelines.pass(minutes(2) + seconds(1));
        assert.deepEqual(await statuses(), ["COMPLETED", "COMPLETED", "IN_PROGRESS", "PENDING", "PENDING"]);
        await pipelines.pass(minutes(3));
        assert.equal((await progress()).Status, "COMPLETED");
    });

    it("stops, changes while stopped, and starts", async () => {
        await create();
        await pipelines.pass(CREATION);
        const put = async (operation: string, more?: object) =>
            (await rest.call("PUT", `${operation}/${NAME}`, more)).body.Pipeline?.Status;
        assert.equal(await put("stopPipeline"), "STOPPING");
        await pipelines.pass(minutes(2));
        assert.equal((await get()).Status, "STOPPED");
        assert.equal(await put("updatePipeline", { MaxUnits: 8 }), "UPDATING");
        await pipelines.pass(minutes(2));
        const { Status, MaxUnits, MinUnits } = await get();
        assert.deepEqual([Status, MaxUnits, MinUnits], ["STOPPED", 8, 2]);
        assert.equal(await put("startPipeline"), "STARTING");
        await pipelines.pass(minutes(6));
        assert.equal((await get()).Status, "ACTIVE");
    });

    it("keeps the old configuration where an update fails", async () => {
        await create();
        await pipelines.pass(CREATION);
        pipelines.sink.hosts = ["https://search-nothing-abc.eu-west-1.es.amazonaws.com"];
        const { body } = await rest.call("PUT", `updatePipeline/${NAME}`, {
            PipelineConfigurationBody: pipelines.bodyText,
        });
        assert.equal(body.Pipeline.Status, "UPDATING");
        await pipelines.pass(minutes(6));
        const { Status, StatusReason, PipelineConfigurationBody } = await get();
        assert.equal(Status, "UPDATE_FAILED");
        assert.match(StatusReason.Description, /search-nothing-abc/);
        assert.equal(PipelineConfigurationBody, input.PipelineConfigurationBody);
        await pipelines.put({ id: { S: "1" } });
        await pipelines.pass(minutes(3));
        assert.ok(pipelines.endpoint.documents.has("1"));
    });

    it("fails to start where the role is taken away meanwhile", async () => {
        await create();
        await pipelines.pass(CREATION);
        await rest.call("PUT", `stopPipeline/${NAME}`);
        await pipelines.pass(minutes(2));
        await pipelines.ctx.call("iam", "UpdateAssumeRolePolicy", {
            RoleName: "osis-orders",
            PolicyDocument: JSON.stringify({
                Version: "2012-10-17",
                Statement: [{ ...pipelines.trust, Principal: { Service: "glue.amazonaws.com" } }],
            }),
        });
        await rest.call("PUT", `startPipeline/${NAME}`);
        await pipelines.pass(minutes(6));
        const { Status, StatusReason } = await get();
        assert.equal(Status, "START_FAILED");
        assert.match(StatusReason.Description, /sts:AssumeRole/);
    });

    it("validates a body", async () => {
        const validate = async (body: string) =>
            (await rest.call("POST", "validatePipeline", { PipelineConfigurationBody: body })).body;
        assert.deepEqual(await validate(input.PipelineConfigurationBody), { isValid: true, Errors: [] });
        delete pipelines.table.table_arn;
        assert.deepEqual(await validate(pipelines.bodyText), {
            isValid: false,
            Errors: [{ Message: "orders-pipeline.source.dynamodb.tables[0].table_arn: is required" }],
        });
    });

    it("tags by ARN in the query", async () => {
        await create();
        const arn = encodeURIComponent(PIPELINE_ARN);
        await rest.call("POST", `tagResource/?arn=${arn}`, {
            Tags: [
                { Key: "a", Value: "1" },
                { Key: "b", Value: "2" },
            ],
        });
        await rest.call("POST", `untagResource/?arn=${arn}`, { TagKeys: ["a"] });
        const { body } = await rest.call("GET", `listTagsForResource/?arn=${arn}`);
        assert.deepEqual(body.Tags, [{ Key: "b", Value: "2" }]);
        const other = await rest.call("GET", `listTagsForResource/?arn=${arn}s`);
        assert.equal(other.type, "ResourceNotFoundException");
    });

    it("keeps a resource policy, which lets another account in", async () => {
        await create();
        const path = `resourcePolicy/${encodeURIComponent(PIPELINE_ARN)}`;
        assert.equal((await rest.call("GET", path)).type, "ResourceNotFoundException");
        const Policy = JSON.stringify({
            Version: "2012-10-17",
            Statement: [
                {
                    Effect: "Allow",
                    Principal: { AWS: "210987654321" },
                    Action: "osis:ListTagsForResource",
                    Resource: PIPELINE_ARN,
                },
            ],
        });
        assert.equal((await rest.call("PUT", path, { Policy: "{}" })).type, "ValidationException");
        assert.deepEqual((await rest.call("PUT", path, { Policy })).body, { ResourceArn: PIPELINE_ARN, Policy });
        assert.deepEqual((await rest.call("GET", path)).body, { ResourceArn: PIPELINE_ARN, Policy });
        const neighbour = new Rest(door.endpoint, "210987654321");
        const arn = encodeURIComponent(PIPELINE_ARN);
        assert.equal((await neighbour.call("GET", `listTagsForResource/?arn=${arn}`)).status, 200);
        await rest.call("DELETE", path);
        assert.equal((await neighbour.call("GET", `listTagsForResource/?arn=${arn}`)).status, 403);
    });

    it("knows one blueprint, and no more than its name", async () => {
        const { body } = await rest.call("POST", "listPipelineBlueprints", {});
        assert.deepEqual(body.Blueprints, [{ BlueprintName: "AWS-ApacheLogPipeline" }]);
        const known = await rest.call("GET", "getPipelineBlueprint/AWS-ApacheLogPipeline?format=YAML");
        assert.deepEqual([known.status, known.type], [409, "DisabledOperationException"]);
        assert.equal((await rest.call("GET", "getPipelineBlueprint/AWS-Other")).type, "ResourceNotFoundException");
    });

    it("writes its log to the group that it is given", async () => {
        await create({
            LogPublishingOptions: { IsLoggingEnabled: true, CloudWatchLogDestination: { LogGroup: LOG_GROUP } },
        });
        await pipelines.pass(CREATION);
        const { events } = await pipelines.ctx.call("logs", "FilterLogEvents", { logGroupName: LOG_GROUP });
        assert.match(events[0].message, /Pipeline orders is running/);
    });

    it("goes on without its log, which it makes again", async () => {
        const ctx = pipelines.world.administrator(ACCOUNT, REGION);
        const journal = new Journal(ctx, LOG_GROUP, "audit");
        const logged = async () =>
            (await ctx.call("logs", "GetLogEvents", { logGroupName: LOG_GROUP, logStreamName: "audit" })).events.map(
                ({ message }: Any) => message.replace(/^\S+ /, ""),
            );
        await journal.write("INFO", "one");
        assert.deepEqual(await logged(), ["INFO one"]);
        await ctx.call("logs", "DeleteLogGroup", { logGroupName: LOG_GROUP });
        await journal.write("INFO", "two");
        await journal.write("INFO", "three");
        assert.deepEqual(await logged(), ["INFO three"]);
    });

    it("tells CloudWatch how many units it has", async () => {
        await create();
        await pipelines.pass(CREATION + seconds(10));
        assert.equal(await pipelines.sum("computeUnits"), 2);
    });

    it("has 50 pipelines in a Region at most", async () => {
        for (let i = 0; i < 50; i++) {
            assert.equal((await create({ PipelineName: `orders-${i}` })).status, 200);
        }
        const { status, type } = await create({ PipelineName: "orders-50" });
        assert.deepEqual([status, type], [409, "LimitExceededException"]);
    });

    describe("refuses at creation", () => {
        const vpc = (more: object) => async () => {
            const { Vpc } = await pipelines.ctx.call("ec2", "CreateVpc", { CidrBlock: "10.1.0.0/16" });
            const { Subnet } = await pipelines.ctx.call("ec2", "CreateSubnet", {
                VpcId: Vpc.VpcId,
                CidrBlock: "10.1.0.0/24",
            });
            return { VpcOptions: { SubnetIds: [Subnet.SubnetId], ...more } };
        };
        const attached = (CidrBlock?: string) => vpc({ VpcAttachmentOptions: { AttachToVpc: true, CidrBlock } });
        const logs = (LogGroup: string) => ({
            LogPublishingOptions: { IsLoggingEnabled: true, CloudWatchLogDestination: { LogGroup } },
        });
        const body = (change: (p: PipelineWorld) => void) => () => {
            change(pipelines);
            return { PipelineConfigurationBody: pipelines.bodyText };
        };
        const cases: Record<string, [object | (() => object | Promise<object>), RegExp]> = {
            "a short name": [{ PipelineName: "ab" }, /length greater than or equal to 3/],
            "a long name": [{ PipelineName: "a".repeat(29) }, /length less than or equal to 28/],
            "a name in upper case": [{ PipelineName: "Orders" }, /regular expression/],
            "no unit": [{ MinUnits: 0 }, /MinUnits must be between 1 and 96/],
            "too many units": [{ MaxUnits: 97 }, /MaxUnits must be between 1 and 96/],
            "more units at least than at most": [{ MinUnits: 5 }, /must not be greater/],
            "no body": [{ PipelineConfigurationBody: "" }, /length greater than or equal to 1/],
            "more than 24,000 characters": [{ PipelineConfigurationBody: "#".repeat(24_001) }, /the quota is 24000/],
            "a broken body": [body((p) => delete p.pipeline.sink), /orders-pipeline\.sink: is required/],
            "no role anywhere": [{ PipelineRoleArn: undefined }, /A pipeline role is required/],
            "what is no role": [{ PipelineRoleArn: "arn:aws:iam::123456789012:user/ann" }, /'pipelineRoleArn'/],
            "a log group elsewhere": [logs("/aws/lambda/orders"), /'logPublishingOptions/],
            "logging to nowhere": [{ LogPublishingOptions: { IsLoggingEnabled: true } }, /is required when/],
            "a persistent buffer": [{ BufferOptions: { PersistentBufferEnabled: true } }, /push-based/],
            "tags of AWS": [{ Tags: [{ Key: "aws:x", Value: "1" }] }, /reserved/],
            "a subnet that is not there": [
                { VpcOptions: { SubnetIds: ["subnet-0123456789abcdef0"] } },
                /does not exist/,
            ],
            "four subnets": [
                { VpcOptions: { SubnetIds: ["a", "b", "c", "d"].map((x) => `subnet-${x.repeat(8)}`) } },
                /1 to 3 subnets/,
            ],
            "a security group of another VPC": [vpc({ SecurityGroupIds: ["sg-0123456789abcdef0"] }), /does not exist/],
            "an attachment without a range": [attached(), /must be a \/24 block/],
            "an attachment of another size": [attached("10.9.0.0/16"), /must be a \/24 block/],
            "an attachment to a range that begins within": [attached("10.9.0.5/24"), /must be a \/24 block/],
            "an attachment to public addresses": [attached("52.1.2.0/24"), /RFC 1918/],
            "an attachment within the VPC": [attached("10.1.9.0/24"), /overlaps with 10\.1\.0\.0\/16/],
            "a database without an attachment": [
                body((p) => {
                    p.pipeline.source = {
                        documentdb: { host: "h", collections: [{ collection: "shop.products" }] },
                    };
                }),
                /vpcAttachmentOptions is a required parameter/,
            ],
        };
        for (const [what, [change, message]] of Object.entries(cases)) {
            it(what, async () => {
                const more = typeof change === "function" ? await change() : change;
                const { status, type, body: answer } = await create(more);
                assert.deepEqual([status, type], [400, "ValidationException"], JSON.stringify(answer));
                assert.match(answer.message, message);
            });
        }

        it("an attachment that fits is none of them", async () => {
            const { status } = await create(await attached("10.9.0.0/24")());
            assert.equal(status, 200);
        });
    });

    it("takes no role of another account", async () => {
        const { status, type, body } = await create({ PipelineRoleArn: "arn:aws:iam::210987654321:role/orders" });
        assert.deepEqual([status, type], [403, "AccessDeniedException"]);
        assert.match(body.message, /Cross-account pass role is not allowed/);
    });

    it("asks of its caller what the service asks", async () => {
        const actions = [
            "osis:CreatePipeline",
            "osis:ValidatePipeline",
            "osis:TagResource",
            "iam:PassRole",
            ...["Create", "Update", "Delete", "Get"].map((verb) => `logs:${verb}LogDelivery`),
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:DescribeResourcePolicies",
        ];
        await pipelines.ctx.call("iam", "CreateUser", { UserName: "ann" });
        const ann = pipelines.ctx.as({
            kind: "user",
            accountId: ACCOUNT,
            arn: `arn:aws:iam::${ACCOUNT}:user/ann`,
            userId: "AIDAANN",
        });
        const grant = (allowed: string[]) =>
            pipelines.ctx.call("iam", "PutUserPolicy", {
                UserName: "ann",
                PolicyName: "deploy",
                PolicyDocument: JSON.stringify({
                    Version: "2012-10-17",
                    Statement: [{ Effect: "Allow", Action: allowed, Resource: "*" }],
                }),
            });
        const request = {
            ...input,
            Tags: [{ Key: "team", Value: "sales" }],
            LogPublishingOptions: { IsLoggingEnabled: true, CloudWatchLogDestination: { LogGroup: LOG_GROUP } },
        };
        for (const action of actions) {
            await grant(actions.filter((each) => each !== action));
            const { code, message } = await refusal(ann.call("osis", "CreatePipeline", request));
            assert.equal(code, "AccessDeniedException");
            assert.match(message, new RegExp(`perform: ${action} on`));
        }
        await grant(actions);
        assert.equal((await ann.call("osis", "CreatePipeline", request)).Pipeline.Status, "CREATING");
    });

    describe("is not let into a role", () => {
        const other = { StringEquals: { "aws:SourceAccount": "210987654321" } };
        const cases: Record<string, object> = {
            "of another service": { Principal: { Service: "glue.amazonaws.com" } },
            "that trusts pipelines of another account": { Condition: other },
            "that trusts another pipeline": {
                Condition: { ArnLike: { "aws:SourceArn": `arn:aws:osis:${REGION}:${ACCOUNT}:pipeline/other` } },
            },
        };
        for (const [what, change] of Object.entries(cases)) {
            it(what, async () => {
                const own = new PipelineWorld();
                Object.assign(own.trust, change);
                assert.match(await own.failure(), /sts:AssumeRole/);
            });
        }
    });

    it("needs names in the VPC of its subnets", async () => {
        const { Vpc } = await pipelines.ctx.call("ec2", "CreateVpc", { CidrBlock: "10.1.0.0/16" });
        const { Subnet } = await pipelines.ctx.call("ec2", "CreateSubnet", {
            VpcId: Vpc.VpcId,
            CidrBlock: "10.1.0.0/24",
        });
        const { Status, StatusReason } = await pipelines.created({ VpcOptions: { SubnetIds: [Subnet.SubnetId] } });
        assert.equal(Status, "CREATE_FAILED");
        assert.match(StatusReason.Description, /DNS hostnames/);
        await pipelines.osis("DeletePipeline", { PipelineName: NAME });
        await pipelines.pass(days(1));
        await pipelines.ctx.call("ec2", "ModifyVpcAttribute", {
            VpcId: Vpc.VpcId,
            EnableDnsHostnames: { Value: true },
        });
        const made = await pipelines.created({ VpcOptions: { SubnetIds: [Subnet.SubnetId] } });
        assert.equal(made.Status, "ACTIVE");
        assert.equal(made.VpcEndpoints[0].VpcId, Vpc.VpcId);
        assert.equal(made.VpcEndpoints[0].VpcOptions.VpcEndpointManagement, "SERVICE");
    });
});
