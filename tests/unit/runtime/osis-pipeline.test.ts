import * as assert from "node:assert/strict";

import { osisPipeline } from "../../../sdk/runtime";
import type { OsisPipelineInputs } from "../../../sdk/runtime/osis/inputs";
import { OWNER_TAG } from "../../../sdk/runtime/owner";
import { UNKNOWN } from "../../../sdk/runtime/values";

import { ACCOUNT, awsError, common, lostAnswer, offline, rejection } from "./offline";
import { FakeOsis } from "./osis-offline";

const ROLE = `arn:aws:iam::${ACCOUNT}:role/osis-orders`;
const TABLE = `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/orders`;
const BODY = `
version: "2"
orders-pipeline:
  source:
    dynamodb:
      tables: [{ table_arn: "${TABLE}", stream: { start_position: LATEST } }]
      aws: { region: eu-west-1, sts_role_arn: "${ROLE}" }
  sink:
    - opensearch:
        hosts: ["https://search-orders-abcdefghijklmnopqrstuvwxyz.eu-west-1.es.amazonaws.com"]
        index: orders-v1
        aws: { region: eu-west-1, sts_role_arn: "${ROLE}" }
        dlq: { s3: { bucket: orders-dlq, region: eu-west-1, sts_role_arn: "${ROLE}" } }
`;
const OTHER_BODY = BODY.replace("orders-v1", "orders-v2");
const SHORT = { create: "0.2s", update: "0.2s", delete: "0.2s" } as const;

describe("OsisPipeline's handler", () => {
    let osis: FakeOsis;

    beforeEach(() => {
        osis = new FakeOsis();
        offline({ osis });
    });

    const checked = async (more: Partial<OsisPipelineInputs> = {}): Promise<OsisPipelineInputs> => {
        const { inputs, failures } = await osisPipeline.check({} as never, {
            ...common("OsisPipeline", "orders"),
            pipelineName: "orders",
            body: BODY,
            minUnits: 2,
            maxUnits: 4,
            roleArn: ROLE,
            timeouts: { create: "2s", update: "2s", delete: "2s" },
            ...more,
        });
        assert.deepEqual(failures, []);
        return inputs;
    };

    describe("create", () => {
        it("validates the body, orders the pipeline with its owner's tag, and waits until it runs", async () => {
            const inputs = await checked({
                logGroupName: "/aws/vendedlogs/orders",
                kmsKeyArn: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`,
                vpc: {
                    subnetIds: ["subnet-22222222", "subnet-11111111"],
                    securityGroupIds: ["sg-1"],
                    attachmentCidr: "10.99.1.0/24",
                },
                tags: { team: "shop" },
            });
            const { id, outs } = await osisPipeline.create(inputs);
            assert.deepEqual(
                osis.calls.map(([operation]) => operation).filter((operation) => !/^(get|list)/.test(operation)),
                ["validatePipeline", "createPipeline"],
            );
            assert.deepEqual(osis.called("createPipeline")[0]!.body, {
                PipelineName: "orders",
                PipelineConfigurationBody: BODY,
                MinUnits: 2,
                MaxUnits: 4,
                PipelineRoleArn: ROLE,
                LogPublishingOptions: {
                    IsLoggingEnabled: true,
                    CloudWatchLogDestination: { LogGroup: "/aws/vendedlogs/orders" },
                },
                BufferOptions: { PersistentBufferEnabled: false },
                EncryptionAtRestOptions: { KmsKeyArn: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1` },
                VpcOptions: {
                    SubnetIds: ["subnet-11111111", "subnet-22222222"],
                    SecurityGroupIds: ["sg-1"],
                    VpcEndpointManagement: "SERVICE",
                    VpcAttachmentOptions: { AttachToVpc: true, CidrBlock: "10.99.1.0/24" },
                },
                Tags: [
                    { Key: "team", Value: "shop" },
                    { Key: OWNER_TAG, Value: "bank/dev/OsisPipeline/orders" },
                ],
            });
            const { status, statusReason, vpcEndpoints, pipelineArn, __provider } = outs;
            assert.deepEqual(
                { status, statusReason, vpcEndpoints, __provider },
                {
                    status: "ACTIVE",
                    statusReason: "",
                    vpcEndpoints: [{ vpcEndpointId: "vpce-1", vpcId: "vpc-1" }],
                    __provider: "shim",
                },
            );
            assert.equal(pipelineArn, id);
            assert.deepEqual((await osisPipeline.read(id, outs)).props, outs);
            assert.equal((await osisPipeline.diff(id, outs, inputs)).changes, false);
        });

        it("makes nothing of a body that AWS finds faults in, and names each of them", async () => {
            osis.bodyFaults = [
                "orders-pipeline.source.dynamodb.tables: size must be between 1 and 1.",
                "orders-pipeline.sink[0].opensearch: unknown option indx",
            ];
            const { message, id } = await rejection(osisPipeline.create(await checked()));
            assert.match(message, /^OsisPipeline "orders": AWS does not accept the body, and nothing was changed/);
            assert.match(
                message,
                /tables: size must be between 1 and 1\. .*sink\[0\]\.opensearch: unknown option indx/,
            );
            assert.equal(id, undefined);
            assert.deepEqual(osis.all, []);
        });

        for (const [what, error] of [
            ["the answer to an accepted create is lost", lostAnswer()],
            ["the client repeats it, and AWS has it already", awsError("ResourceAlreadyExistsException", "taken", 409)],
        ] as const) {
            it(`makes one pipeline when ${what}`, async () => {
                osis.faults = [{ operation: "createPipeline", error, isCarriedOut: true }];
                const { outs } = await osisPipeline.create(await checked());
                assert.equal(outs.status, "ACTIVE");
                assert.equal(osis.called("createPipeline").length, 1);
            });
        }

        it("waits for a pipeline that AWS does not describe at once", async () => {
            osis.hiddenLooks = 5;
            const { outs } = await osisPipeline.create(await checked());
            assert.equal(outs.status, "ACTIVE");
            assert.equal(osis.hiddenLooks, 0);
        });

        it("goes on with what a killed update made, and changes what was changed since", async () => {
            osis.outcome = { CREATING: "CREATING" };
            const accepted = await checked({ waitFor: "accepted" });
            const { id, outs } = await osisPipeline.create(accepted);
            assert.equal(outs.status, "CREATING");
            assert.equal((await osisPipeline.diff(id, outs, accepted)).changes, false);
            assert.equal((await osisPipeline.diff(id, outs, await checked())).changes, true);
            osis.outcome = {};
            const again = await osisPipeline.create(await checked({ body: OTHER_BODY }));
            assert.equal(again.id, id);
            assert.equal(osis.called("createPipeline").length, 1);
            assert.deepEqual(
                osis.called("updatePipeline").map(({ body }) => body),
                [{ PipelineConfigurationBody: OTHER_BODY }],
            );
        });

        it("takes over another's only when told to", async () => {
            await osisPipeline.create({ ...(await checked()), owner: "bank/prod/OsisPipeline/orders" });
            const { message } = await rejection(osisPipeline.create(await checked()));
            assert.match(
                message,
                /there is already a pipeline "orders", made by bank\/prod\/OsisPipeline\/orders\. Set adoptExisting: true/,
            );
            await osisPipeline.create(await checked({ adoptExisting: true, maxUnits: 6 }));
            assert.deepEqual(
                osis.called("updatePipeline").map(({ body }) => body),
                [{ MaxUnits: 6 }],
            );
            assert.deepEqual(osis.all[0]!.Tags, [{ Key: OWNER_TAG, Value: "bank/dev/OsisPipeline/orders" }]);
        });

        it("refuses to take over a pipeline in another network", async () => {
            const vpc = { subnetIds: ["subnet-11111111"], securityGroupIds: ["sg-1"] };
            await osisPipeline.create(await checked({ vpc }));
            const other = await checked({ vpc: { ...vpc, subnetIds: ["subnet-22222222"] } });
            assert.match(
                (await rejection(osisPipeline.create(other))).message,
                /the pipeline "orders" has other subnets or security groups\. AWS can't change that/,
            );
        });

        it("waits while a pipeline of the name is being deleted", async () => {
            await osisPipeline.create(await checked());
            osis.all[0]!.Status = "DELETING";
            const { outs: again } = await osisPipeline.create(await checked());
            assert.equal(again.status, "ACTIVE");
            assert.equal(osis.called("createPipeline").length, 2);
        });

        it("waits for a role that is only seconds old, and says what AWS said when it never comes", async () => {
            const unready = () =>
                awsError("ValidationException", `The role ${ROLE} cannot be assumed by osis-pipelines`);
            osis.faults = [
                { operation: "validatePipeline", error: unready() },
                { operation: "validatePipeline", faults: [unready().message] },
                { operation: "createPipeline", error: unready() },
                { operation: "createPipeline", error: awsError("AccessDeniedException", "iam:PassRole") },
            ];
            assert.equal((await osisPipeline.create(await checked())).outs.status, "ACTIVE");

            osis.faults = Array.from({ length: 20 }, () => ({ operation: "createPipeline", error: unready() }));
            const { message } = await rejection(
                osisPipeline.create(await checked({ ...common("OsisPipeline", "other"), pipelineName: "other" })),
            );
            assert.match(message, /AWS refuses to create the pipeline "other": ValidationException: The role arn:/);
            assert.equal(osis.faults.length, 16);
        });

        it("refuses at once what AWS calls wrong for another reason, and says what to do", async () => {
            const error = awsError(
                "ValidationException",
                "vpcAttachmentOptions is a required parameter for the source documentdb",
            );
            osis.faults = [{ operation: "createPipeline", error }];
            const { message } = await rejection(osisPipeline.create(await checked()));
            assert.match(
                message,
                /vpcAttachmentOptions is a required parameter.*give vpc with subnetIds, securityGroupIds and attachmentCidr/,
            );
            assert.equal(osis.called("createPipeline").length, 1);
        });

        it("stops what is not to run, once it has been made", async () => {
            const { id, outs } = await osisPipeline.create(await checked({ running: false }));
            assert.equal(outs.status, "STOPPED");
            assert.equal((await osisPipeline.diff(id, outs, await checked({ running: false }))).changes, false);
        });

        it("waits for all that are created at once with the lists of one", async () => {
            const names = Array.from({ length: 20 }, (_, i) => `orders-${i}`);
            osis.outcome = { CREATING: "CREATING" };
            setTimeout(() => (osis.outcome = {}), 300);
            const began = Date.now();
            await Promise.all(
                names.map(async (pipelineName) =>
                    osisPipeline.create(await checked({ ...common("OsisPipeline", pipelineName), pipelineName })),
                ),
            );
            const pages = osis.called("listPipelines").length;
            assert.ok(pages / 2 <= (Date.now() - began) / 7 + 5, `${pages} pages in ${Date.now() - began} ms`);
            // One look before, one that finds it settled, and one where the list was older.
            assert.ok(osis.called("getPipeline").length <= 3 * names.length + 3);
        });
    });

    describe("a pipeline that failed", () => {
        const stages = (Name: string, Description: string): FakeOsis["changes"] => [
            {
                Status: "FAILED",
                ChangeProgressStages: [
                    { Name: "Validation", Status: "COMPLETED", Description: "" },
                    { Name, Status: "FAILED", Description },
                ],
            },
        ];

        it("is in the state when it could not be created, and made again by the next update", async () => {
            osis.outcome = { CREATING: "CREATE_FAILED" };
            osis.changes = stages("Check pipeline health", "no access to the collection");
            const inputs = await checked();
            const failed = await rejection(osisPipeline.create(inputs));
            assert.match(
                failed.message,
                /the pipeline "orders" is CREATE_FAILED\. AWS gives no reason\. The stage "Check pipeline health" is FAILED: no access to the collection\. Put the cause right\. The next update deletes/,
            );
            const { status, pipelineArn, __provider } = failed.properties!;
            assert.deepEqual([status, pipelineArn, __provider], ["CREATE_FAILED", failed.id, "shim"]);
            assert.deepEqual((await osisPipeline.diff(failed.id!, failed.properties as never, inputs)).replaces, [
                "status",
            ]);

            osis.outcome = {};
            await osisPipeline.delete(failed.id!, failed.properties as never);
            assert.equal((await osisPipeline.create(inputs)).outs.status, "ACTIVE");
        });

        it("is made again by a create that finds it", async () => {
            osis.outcome = { CREATING: "CREATE_FAILED" };
            await rejection(osisPipeline.create(await checked()));
            osis.outcome = {};
            assert.equal((await osisPipeline.create(await checked())).outs.status, "ACTIVE");
            assert.equal(osis.called("createPipeline").length, 2);
        });

        it("is changed again when it could not be changed, though no input is another", async () => {
            const { id, outs } = await osisPipeline.create(await checked());
            osis.outcome = { UPDATING: "UPDATE_FAILED" };
            osis.changes = stages("Deploy pipeline", "the role lacks es:ESHttpPut");
            const news = await checked({ body: OTHER_BODY });
            const failed = await rejection(osisPipeline.update(id, outs, news));
            assert.match(
                failed.message,
                /is UPDATE_FAILED\..* "Deploy pipeline" is FAILED: the role lacks es:ESHttpPut/,
            );
            const state = failed.properties as never;
            const { changes, replaces } = await osisPipeline.diff(id, state, news);
            assert.deepEqual([changes, replaces], [true, []]);

            osis.outcome = {};
            const { outs: healed } = await osisPipeline.update(id, state, news);
            assert.equal(healed.status, "ACTIVE");
            assert.equal(osis.called("updatePipeline").length, 2);
        });

        it("is started again when it could not be started", async () => {
            const { id, outs } = await osisPipeline.create(await checked({ running: false }));
            osis.outcome = { STARTING: "START_FAILED" };
            const news = await checked();
            const failed = await rejection(osisPipeline.update(id, outs, news));
            assert.match(failed.message, /is START_FAILED/);
            assert.equal((await osisPipeline.diff(id, failed.properties as never, news)).changes, true);
            osis.outcome = {};
            assert.equal((await osisPipeline.update(id, failed.properties as never, news)).outs.status, "ACTIVE");
        });

        it("tells where AWS is when it is not there in time, and waits on in the next update", async () => {
            osis.outcome = { CREATING: "CREATING" };
            osis.changes = [
                {
                    Status: "IN_PROGRESS",
                    ChangeProgressStages: [
                        { Name: "Deploy pipeline", Status: "IN_PROGRESS", Description: "export of the table" },
                    ],
                },
            ];
            const late = await rejection(osisPipeline.create(await checked({ timeouts: SHORT })));
            assert.match(
                late.message,
                /is CREATING after 0\.2s\. The stage "Deploy pipeline" is IN_PROGRESS: export of the table\. It is in the state/,
            );
            osis.outcome = {};
            const { outs } = await osisPipeline.update(late.id!, late.properties as never, await checked());
            assert.equal(outs.status, "ACTIVE");
            assert.equal(osis.called("updatePipeline").length, 0);
        });

        it("is waited for while AWS names a status that its model lacks", async () => {
            const { id, outs } = await osisPipeline.create(await checked());
            osis.outcome = { STOPPING: "STOP_FAILED" };
            const stopped = await checked({ running: false, timeouts: SHORT });
            const { message } = await rejection(osisPipeline.update(id, outs, stopped));
            assert.match(message, /is STOP_FAILED after 0\.2s/);
        });
    });

    describe("update", () => {
        it("sends what has changed, and nothing for another way to write the body", async () => {
            const { id, outs } = await osisPipeline.create(
                await checked({ logGroupName: "/aws/vendedlogs/orders", tags: { team: "shop", old: "1" } }),
            );
            const same = await checked({
                logGroupName: "/aws/vendedlogs/orders",
                body: `# a remark\n${BODY}`,
                tags: { team: "data" },
            });
            const { outs: written } = await osisPipeline.update(id, outs, same);
            assert.deepEqual(osis.called("updatePipeline"), []);
            assert.equal(osis.called("validatePipeline").length, 1);
            assert.equal(written.body, same.body);
            assert.deepEqual((await osisPipeline.read(id, written)).props, written);
            assert.deepEqual(osis.all[0]!.Tags.map(({ Key, Value }) => `${Key}=${Value}`).sort(), [
                `${OWNER_TAG}=bank/dev/OsisPipeline/orders`,
                "team=data",
            ]);

            const news = await checked({ body: OTHER_BODY, maxUnits: 8, tags: { team: "data" } });
            assert.deepEqual((await osisPipeline.diff(id, written, news)).replaces, []);
            const { outs: changed } = await osisPipeline.update(id, written, news);
            assert.equal(osis.called("validatePipeline").length, 2);
            assert.deepEqual(
                osis.called("updatePipeline").map(({ body }) => body),
                [
                    {
                        PipelineConfigurationBody: OTHER_BODY,
                        MaxUnits: 8,
                        LogPublishingOptions: { IsLoggingEnabled: false },
                    },
                ],
            );
            assert.deepEqual((await osisPipeline.read(id, changed)).props, changed);
        });

        it("changes nothing when AWS finds a fault in the new body, and leaves the state as it was", async () => {
            const { id, outs } = await osisPipeline.create(await checked());
            osis.bodyFaults = ["orders-pipeline.sink: no such host"];
            const refused = await rejection(osisPipeline.update(id, outs, await checked({ body: OTHER_BODY })));
            assert.match(refused.message, /nothing was changed\. orders-pipeline\.sink: no such host/);
            assert.equal(refused.properties, undefined);
            assert.deepEqual(osis.called("updatePipeline"), []);
        });

        it("waits for its turn", async () => {
            const { id, outs } = await osisPipeline.create(await checked({ waitFor: "accepted" }));
            osis.faults = [
                { operation: "updatePipeline", error: awsError("ConflictException", "busy", 409) },
                { operation: "updatePipeline", error: awsError("ConflictException", "busy", 409) },
            ];
            const { outs: changed } = await osisPipeline.update(id, outs, await checked({ minUnits: 3 }));
            assert.deepEqual([changed.status, osis.all[0]!.MinUnits], ["ACTIVE", 3]);
        });

        it("says what AWS did not take in time", async () => {
            const { id, outs } = await osisPipeline.create(await checked());
            osis.faults = Array.from({ length: 200 }, () => ({
                operation: "updatePipeline",
                error: awsError("ConflictException", "a blueprint is being applied", 409),
            }));
            const { message } = await rejection(
                osisPipeline.update(id, outs, await checked({ minUnits: 3, timeouts: SHORT })),
            );
            assert.match(message, /did not take the order .* within 0\.2s: ConflictException: a blueprint/);
        });

        it("stops first and changes then, changes first and starts then", async () => {
            const { id, outs } = await osisPipeline.create(await checked());
            const stopped = await osisPipeline.update(id, outs, await checked({ running: false, minUnits: 3 }));
            const started = await osisPipeline.update(id, stopped.outs, await checked({ minUnits: 4 }));
            assert.equal(started.outs.status, "ACTIVE");
            const orders = osis.calls
                .map(([operation]) => operation)
                .filter((name) => /^(update|start|stop)/.test(name));
            assert.deepEqual(orders, ["stopPipeline", "updatePipeline", "updatePipeline", "startPipeline"]);
        });

        it("is done with a change that AWS takes and shows in another form", async () => {
            const { id, outs } = await osisPipeline.create(await checked());
            const send = osis.send;
            offline({
                osis: {
                    send: async (request: Parameters<typeof send>[0]) => {
                        const answer = (await send(request)) as { Pipeline?: { PipelineConfigurationBody: string } };
                        if (answer.Pipeline) {
                            answer.Pipeline.PipelineConfigurationBody += "more: {}";
                        }
                        return answer;
                    },
                },
            });
            await osisPipeline.update(id, outs, await checked({ body: OTHER_BODY }));
            assert.equal(osis.called("updatePipeline").length, 1);
        });

        it("says so when the pipeline is gone", async () => {
            const { id, outs } = await osisPipeline.create(await checked());
            osis.all.length = 0;
            const { message } = await rejection(osisPipeline.update(id, outs, await checked()));
            assert.match(message, /was deleted outside of this stack\. Run `pulumi refresh`/);
        });
    });

    describe("read", () => {
        it("finds what was changed by hand, and that it is gone", async () => {
            osis.tellsTags = false;
            const inputs = await checked({ tags: { team: "shop" } });
            const { id, outs } = await osisPipeline.create(inputs);
            assert.deepEqual((await osisPipeline.read(id, outs)).props, outs);

            const [pipeline] = osis.all;
            Object.assign(pipeline!, { PipelineConfigurationBody: OTHER_BODY, MinUnits: 1, Status: "STOPPED" });
            pipeline!.LogPublishingOptions = {
                IsLoggingEnabled: true,
                CloudWatchLogDestination: { LogGroup: "/aws/vendedlogs/by-hand" },
            };
            pipeline!.Tags.push({ Key: "stray", Value: "1" });
            const { props, inputs: seen } = await osisPipeline.read(id, outs);
            const { body, minUnits, running, logGroupName, tags } = seen!;
            assert.deepEqual(
                { body, minUnits, running, logGroupName, tags },
                {
                    body: OTHER_BODY,
                    minUnits: 1,
                    running: false,
                    logGroupName: "/aws/vendedlogs/by-hand",
                    tags: { team: "shop", stray: "1" },
                },
            );
            assert.equal((await osisPipeline.diff(id, props!, inputs)).changes, true);
            const { outs: put } = await osisPipeline.update(id, props!, inputs);
            assert.deepEqual((await osisPipeline.read(id, put)).props, put);
            assert.deepEqual([put.status, put.body], ["ACTIVE", BODY]);

            osis.all.length = 0;
            assert.deepEqual(await osisPipeline.read(id, put), { id: "" });
        });
    });

    describe("delete", () => {
        it("waits until AWS takes the order, and until it is gone", async () => {
            const { id, outs } = await osisPipeline.create(await checked({ waitFor: "accepted" }));
            await osisPipeline.delete(id, outs);
            assert.deepEqual(osis.all, []);
            await osisPipeline.delete(id, outs);
        });

        it("says what AWS does when it is not over in time", async () => {
            const { id, outs } = await osisPipeline.create(await checked({ timeouts: SHORT }));
            osis.outcome = {};
            osis.all[0]!.Status = "UPDATING";
            osis.outcome = { UPDATING: "UPDATING" };
            const { message } = await rejection(osisPipeline.delete(id, outs));
            assert.match(message, /the pipeline "orders" was not gone after 0\.2s: ConflictException: It is UPDATING/);
        });
    });

    describe("check and diff", () => {
        it("see no difference between two ways to write the same", async () => {
            const vpc = { subnetIds: ["subnet-11111111", "subnet-22222222"], securityGroupIds: ["sg-1"] };
            const { id, outs } = await osisPipeline.create(await checked({ vpc }));
            const news = await checked({
                vpc: { ...vpc, subnetIds: ["subnet-22222222", "subnet-11111111"], endpointManagement: "service" },
                running: true,
                persistentBuffer: false,
                logGroupName: "",
            });
            assert.equal((await osisPipeline.diff(id, outs, news)).changes, false);
        });

        it("replace for what AWS can't change", async () => {
            const kmsKeyArn = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`;
            const state = { ...(await checked({ kmsKeyArn })), status: "ACTIVE" } as never;
            const diff = await osisPipeline.diff(
                "id",
                state,
                await checked({
                    pipelineName: "renamed",
                    vpc: { subnetIds: ["subnet-11111111"], securityGroupIds: ["sg-1"] },
                }),
            );
            assert.deepEqual(diff.replaces.sort(), ["kmsKeyArn", "pipelineName", "vpc"]);
            assert.equal(diff.deleteBeforeReplace, true);
        });

        it("replace a pipeline that is to read another table, which it would not load", async () => {
            const state = { ...(await checked()), status: "ACTIVE" } as never;
            const replacesWith = async (body: string) =>
                (await osisPipeline.diff("id", state, await checked({ body }))).replaces;
            assert.deepEqual(await replacesWith(BODY.replace("table/orders", "table/carts")), ["body"]);
            assert.deepEqual(await replacesWith(OTHER_BODY), []);
        });

        it("leave unknown values alone: they change something, and replace nothing", async () => {
            const { inputs, failures } = await osisPipeline.check({} as never, {
                ...(await checked()),
                body: `hosts: [${UNKNOWN}]`,
                roleArn: UNKNOWN,
                vpc: { subnetIds: UNKNOWN as never, securityGroupIds: [UNKNOWN] },
            });
            assert.deepEqual(failures, []);
            const diff = await osisPipeline.diff("id", { ...(await checked()), status: "ACTIVE" } as never, inputs);
            assert.deepEqual([diff.changes, diff.replaces], [true, []]);
        });

        it("name what is wrong, and where", async () => {
            const { failures } = await osisPipeline.check({} as never, {
                ...(await checked()),
                pipelineName: "Orders",
                body: BODY.replace("index:", "indx:"),
                minUnits: 8,
                vpc: { subnetIds: ["subnet-11111111"], securityGroupIds: [], attachmentCidr: "8.8.8.0/24" },
                roleArn: ROLE.replace(ACCOUNT, "210987654321"),
                timeouts: { create: "soon" as never },
            });
            assert.deepEqual(
                failures.map(({ property }) => property),
                [
                    "pipelineName",
                    "body.orders-pipeline.sink[0].opensearch.indx",
                    "body.orders-pipeline.sink[0].opensearch.index",
                    "maxUnits",
                    "vpc.securityGroupIds",
                    "vpc.attachmentCidr",
                    "timeouts.create",
                    "roleArn",
                ],
            );
        });

        it("ask a network for its groups where it has none", async () => {
            const { failures } = await osisPipeline.check({} as never, {
                ...(await checked()),
                vpc: { subnetIds: ["subnet-11111111"] } as never,
            });
            assert.deepEqual(
                failures.map(({ property }) => property),
                ["vpc.securityGroupIds"],
            );
        });
    });
});
