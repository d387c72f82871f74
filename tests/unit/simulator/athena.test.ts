import { strict as assert } from "node:assert";
import { allServices } from "../../../simulator/services";
import type { Context } from "../../../simulator/world/context";
import { World } from "../../../simulator/world/world";

const QUERY = { Name: "rows", Database: "bank", QueryString: "SELECT * FROM accounts" };

describe("simulated Athena", () => {
    let world: World;
    let owner: Context;

    beforeEach(() => {
        world = new World({ services: allServices });
        owner = world.administrator();
    });
    afterEach(() => world.stop());

    const call = (operation: string, input: object = {}) => owner.call("athena", operation, input);

    it("saves queries in the primary workgroup, once per token, and changes and deletes them", async () => {
        const ClientRequestToken = "a".repeat(32);
        const { NamedQueryId } = await call("CreateNamedQuery", { ...QUERY, ClientRequestToken });
        const again = await call("CreateNamedQuery", { ...QUERY, ClientRequestToken });
        assert.equal(again.NamedQueryId, NamedQueryId);
        await call("UpdateNamedQuery", { ...QUERY, NamedQueryId, QueryString: "SELECT 1" });
        const { NamedQuery } = await call("GetNamedQuery", { NamedQueryId });
        assert.deepEqual(NamedQuery, { ...QUERY, NamedQueryId, WorkGroup: "primary", QueryString: "SELECT 1" });
        assert.deepEqual((await call("ListNamedQueries")).NamedQueryIds, [NamedQueryId]);
        await call("DeleteNamedQuery", { NamedQueryId });
        await refused(call("GetNamedQuery", { NamedQueryId }), /does not exist/);
        const { UnprocessedNamedQueryIds } = await call("BatchGetNamedQuery", { NamedQueryIds: [NamedQueryId] });
        assert.equal(UnprocessedNamedQueryIds[0].NamedQueryId, NamedQueryId);
    });

    it("refuses a query without text, too long, or in a workgroup that is not there", async () => {
        await refused(call("CreateNamedQuery", { ...QUERY, QueryString: "" }), /QueryString/);
        await refused(call("CreateNamedQuery", { ...QUERY, Name: "x".repeat(129) }), /128/);
        await refused(call("CreateNamedQuery", { ...QUERY, WorkGroup: "none" }), /WorkGroup none is not found/);
    });

    it("keeps workgroups, with what is set, what is changed and what is removed", async () => {
        await call("CreateWorkGroup", {
            Name: "bank",
            Configuration: {
                BytesScannedCutoffPerQuery: 10_000_000,
                ResultConfiguration: { OutputLocation: "s3://results/", ExpectedBucketOwner: "111111111111" },
            },
        });
        await refused(call("CreateWorkGroup", { Name: "bank" }), /already created/);
        await call("UpdateWorkGroup", {
            WorkGroup: "bank",
            Description: "Bank",
            ConfigurationUpdates: {
                RemoveBytesScannedCutoffPerQuery: true,
                RequesterPaysEnabled: true,
                ResultConfigurationUpdates: { OutputLocation: "s3://other/", RemoveExpectedBucketOwner: true },
            },
        });
        const { WorkGroup } = await call("GetWorkGroup", { WorkGroup: "bank" });
        assert.equal(WorkGroup.Description, "Bank");
        assert.deepEqual(WorkGroup.Configuration, {
            EnforceWorkGroupConfiguration: true,
            PublishCloudWatchMetricsEnabled: true,
            RequesterPaysEnabled: true,
            ResultConfiguration: { OutputLocation: "s3://other/" },
            EngineVersion: { SelectedEngineVersion: "AUTO", EffectiveEngineVersion: "Athena engine version 3" },
        });
        const { WorkGroups } = await call("ListWorkGroups");
        assert.deepEqual(
            WorkGroups.map((each: { Name: string }) => each.Name),
            ["primary", "bank"],
        );
    });

    it("deletes a workgroup with queries only when told so, and never the primary one", async () => {
        await call("CreateWorkGroup", { Name: "bank" });
        const { NamedQueryId } = await call("CreateNamedQuery", { ...QUERY, WorkGroup: "bank" });
        await refused(call("DeleteWorkGroup", { WorkGroup: "bank" }), /not empty/);
        await call("DeleteWorkGroup", { WorkGroup: "bank", RecursiveDeleteOption: true });
        await refused(call("GetNamedQuery", { NamedQueryId }), /does not exist/);
        await refused(call("GetWorkGroup", { WorkGroup: "bank" }), /not found/);
        await refused(call("DeleteWorkGroup", { WorkGroup: "primary" }), /cannot be deleted/);
    });

    it("tags workgroups", async () => {
        await call("CreateWorkGroup", { Name: "bank", Tags: [{ Key: "team", Value: "bank" }] });
        const ResourceARN = "arn:aws:athena:eu-west-1:123456789012:workgroup/bank";
        await call("TagResource", { ResourceARN, Tags: [{ Key: "env", Value: "test" }] });
        await call("UntagResource", { ResourceARN, TagKeys: ["team"] });
        assert.deepEqual((await call("ListTagsForResource", { ResourceARN })).Tags, [{ Key: "env", Value: "test" }]);
    });

    it("refuses by name to execute anything", async () => {
        await assert.rejects(call("StartQueryExecution", { QueryString: "SELECT 1" }), {
            code: "UnknownOperationException",
            message: "athena:StartQueryExecution is not simulated",
        });
    });
});

async function refused(answer: Promise<unknown>, message: RegExp): Promise<void> {
    await assert.rejects(answer, { code: "InvalidRequestException", message });
}
