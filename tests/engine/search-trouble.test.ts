import * as assert from "node:assert/strict";
import { pipelineTrustPolicy } from "../../sdk/requirements";
import type { Stack } from "../../simulator/engine/stack";
import { ACCOUNT, configured, NO_DRIFT, REGION, until, withLab, type Lab } from "./fixture";

const ROLE = "products-by-hand";
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/${ROLE}`;
const GROK = { raw: { grok: { match: { name: ["%{WORD:brand}"] } } } };

/** One stack whose pipelines fail in ways of their own: each time the state keeps what there is, and the next update goes on. */
describe("pipelines in trouble", function () {
    this.timeout(120_000);

    let lab: Lab;
    let stack: Stack;

    withLab(async (opened) => {
        lab = opened;
        stack = await lab.stack("products");
    });
    beforeEach(() => lab.world.requests.clear());
    afterEach(() => lab.world.faults.clear());

    const osis = (operation: string, input: object = {}) => lab.call("osis", operation, input);
    /** How many pipelines AWS was told to make, answered or not. */
    const made = () =>
        lab.calls("CreatePipeline").filter(({ error, fault }) => !error || fault === "lost-answer").length;
    /** Of the pipelines in the state, by their names in the program. */
    const statuses = async () => {
        const { resources = [] } = (await stack.export()).deployment;
        return Object.fromEntries(
            resources
                .filter(({ type }) => type.endsWith(":OsisPipeline"))
                .map(({ urn, outputs }) => [urn.split("::").at(-1), outputs!.status]),
        );
    };
    const programOf = (pipelines: Record<string, object>) =>
        Object.fromEntries(Object.entries(pipelines).map(([name, more]) => [name, { index: { name }, ...more }]));

    it("are made once where the answer to an accepted CreatePipeline is lost", async () => {
        lab.world.faults.add({ kind: "lost-answer", service: "osis", operation: "CreatePipeline", times: 1 });
        await stack.up(configured({ pipelines: programOf({ lost: {} }) }));
        assert.equal(made(), 1);
        assert.deepEqual(await statuses(), { "lost-pipeline": "ACTIVE" });
    });

    it("each say what is wrong and what to do, and what AWS has made of them stays in the state", async () => {
        const AssumeRolePolicyDocument = JSON.stringify(
            pipelineTrustPolicy({ partition: "aws", region: REGION, accountId: ACCOUNT }),
        );
        await lab.call("iam", "CreateRole", { RoleName: ROLE, AssumeRolePolicyDocument });
        const [{ PipelineName }] = (await osis("ListPipelines")).Pipelines;
        const { PipelineConfigurationBody, PipelineRoleArn } = (await osis("GetPipeline", { PipelineName })).Pipeline;
        const byHand = { PipelineName: "by-hand", MinUnits: 1, MaxUnits: 1 };
        await osis("CreatePipeline", { ...byHand, PipelineConfigurationBody, PipelineRoleArn });

        const { stdout } = await stack.up({
            ...configured(
                {
                    pipelines: programOf({
                        lost: {},
                        weak: { roleArn: ROLE_ARN },
                        wrong: { processors: [GROK] },
                        taken: { pipelineName: "by-hand" },
                    }),
                },
                "--continue-on-error",
            ),
            expectFailure: true,
        });
        assert.match(stdout, /is CREATE_FAILED\. AWS says: .*perform: dynamodb:DescribeTable on .*table\/products-dev/);
        assert.match(stdout, /Allow the pipeline's role es:DescribeDomain .*The next update deletes the pipeline/);
        assert.match(stdout, /AWS does not accept the body, and nothing was changed\. .*grok/);
        assert.match(stdout, /there is already a pipeline "by-hand".*Set adoptExisting: true to take it over/);
        assert.deepEqual(await statuses(), { "lost-pipeline": "ACTIVE", "weak-pipeline": "CREATE_FAILED" });
    });

    it("go on with the next update, once the causes are gone", async () => {
        const Statement = [{ Effect: "Allow", Action: ["dynamodb:*", "s3:*", "es:*"], Resource: "*" }];
        const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
        await lab.call("iam", "PutRolePolicy", { RoleName: ROLE, PolicyName: "all", PolicyDocument });
        const { CreatedAt } = (await osis("GetPipeline", { PipelineName: "by-hand" })).Pipeline;
        await stack.up(
            configured({
                pipelines: programOf({
                    lost: {},
                    weak: { roleArn: ROLE_ARN },
                    wrong: {},
                    taken: { pipelineName: "by-hand", adoptExisting: true },
                }),
            }),
        );
        assert.equal(made(), 2);
        assert.deepEqual(await statuses(), {
            "lost-pipeline": "ACTIVE",
            "weak-pipeline": "ACTIVE",
            "wrong-pipeline": "ACTIVE",
            "taken-pipeline": "ACTIVE",
        });
        const taken = (await osis("GetPipeline", { PipelineName: "by-hand" })).Pipeline;
        assert.deepEqual(taken.CreatedAt, CreatedAt);
        assert.match(taken.PipelineConfigurationBody, /index: taken/);
    });

    it("are taken up by the next update when one is killed in its wait", async () => {
        lab.world.faults.add({ kind: "slow-state", service: "osis", factor: 5 });
        const pipelines = programOf({ lost: {}, killed: {} });
        const killer = new AbortController();
        const killed = stack.up({ ...configured({ pipelines }), signal: killer.signal, expectFailure: true });
        await until(() => made() === 1 && lab.calls("ListPipelines").length > 3);
        killer.abort();
        lab.world.faults.clear();
        assert.equal((await killed).code, null);
        const { pending_operations = [] } = (await stack.export()).deployment;
        assert.ok(pending_operations.some(({ resource }) => resource.type.endsWith(":OsisPipeline")));

        await stack.cancel();
        await stack.up(configured());
        assert.equal(made(), 1);
        await stack.refresh(configured({}, "--clear-pending-creates"));
        assert.deepEqual(await statuses(), { "lost-pipeline": "ACTIVE", "killed-pipeline": "ACTIVE" });
        await stack.up(NO_DRIFT);
    });
});
