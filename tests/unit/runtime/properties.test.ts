import * as assert from "node:assert/strict";

import { glueIntegrationResourceProperty, glueIntegrationTableProperties } from "../../../sdk/runtime";
import type { ResourcePropertyInputs } from "../../../sdk/runtime/glue-resource-property";
import type { TablePropertiesInputs } from "../../../sdk/runtime/glue-table-properties";
import { OWNER_TAG } from "../../../sdk/runtime/owner";
import { AwsError } from "../../../simulator/world/error";
import { Bank } from "../simulator/glue-world";

import { BankOnline, common, rejection } from "./bank-online";

describe("What belongs to a target, against the simulator", function () {
    this.timeout(60_000);

    let bank: Bank;
    let online: BankOnline;

    beforeEach(async () => {
        bank = new Bank();
        bank.resourceProperty = false;
        online = await BankOnline.open(bank);
        await bank.setUp();
    });
    afterEach(() => online.close());

    describe("GlueIntegrationResourceProperty", () => {
        const handler = glueIntegrationResourceProperty;
        const ofStack = (stack: string, more: Partial<ResourcePropertyInputs> = {}): ResourcePropertyInputs => ({
            ...common("GlueIntegrationResourceProperty", stack),
            resourceArn: bank.targetArn,
            target: { roleArn: bank.roleArn },
            ...more,
        });
        const property = () =>
            bank.target.call("glue", "GetIntegrationResourceProperty", { ResourceArn: bank.targetArn });
        const tagsOf = async (ResourceArn: string) => (await bank.target.call("glue", "GetTags", { ResourceArn })).Tags;

        it("is made, changed in place and deleted by its owner", async () => {
            const { id, outs } = await handler.create(ofStack("one", { tags: { team: "bank" } }));
            assert.equal(outs.owned, true);
            assert.deepEqual(await tagsOf(outs.resourcePropertyArn), {
                team: "bank",
                [OWNER_TAG]: "bank/dev/GlueIntegrationResourceProperty/one",
            });
            assert.deepEqual((await handler.read(id, outs)).props, outs);

            const news = ofStack("one", {
                target: { roleArn: bank.roleArn, kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/1" },
            });
            assert.deepEqual((await handler.diff(id, outs, news)).replaces, []);
            const { outs: updated } = await handler.update(id, outs, news);
            assert.match((await property()).TargetProcessingProperties.KmsArn, /key\/1$/);
            assert.deepEqual(Object.keys(await tagsOf(outs.resourcePropertyArn)), [OWNER_TAG]);

            await handler.delete(id, updated);
            await assert.rejects(property());
            assert.deepEqual(await handler.read(id, updated), { id: "" });
        });

        it("is shared by stacks that say the same, and left alone by who only uses it", async () => {
            const one = await handler.create(ofStack("one"));
            const two = await handler.create(ofStack("two"));
            assert.equal(two.outs.owned, false);
            assert.equal(online.accepted("CreateIntegrationResourceProperty"), 1);
            await handler.delete(two.id, two.outs);
            assert.equal((await property()).ResourcePropertyArn, one.outs.resourcePropertyArn);
        });

        it("refuses to change another's, unless told to", async () => {
            await handler.create(ofStack("one"));
            const other = ofStack("two", {
                target: { roleArn: bank.roleArn, eventBusArn: "arn:aws:events:eu-west-1:123456789012:event-bus/x" },
            });
            const { message } = await rejection(handler.create(other));
            assert.match(message, /already has a property, made by bank\/dev\/GlueIntegrationResourceProperty\/one/);
            const { outs } = await handler.create({ ...other, adoptExisting: true });
            assert.equal(outs.owned, true);
            assert.match((await property()).TargetProcessingProperties.EventBusArn, /event-bus\/x/);
        });

        it("goes on with what an interrupted update made", async () => {
            bank.world.faults.add({ kind: "lost-answer", operation: "CreateIntegrationResourceProperty", times: 1 });
            const { outs } = await handler.create(ofStack("one"));
            assert.equal(outs.owned, true);
            assert.equal((await handler.create(ofStack("one"))).outs.owned, true);
            assert.equal(online.accepted("CreateIntegrationResourceProperty"), 1);
        });

        it("outlives its owner while an integration uses the target, and then belongs to nobody", async () => {
            const { id, outs } = await handler.create(ofStack("one"));
            await bank.create();
            await handler.delete(id, outs);
            assert.equal((await property()).ResourcePropertyArn, outs.resourcePropertyArn);
            assert.deepEqual(await tagsOf(outs.resourcePropertyArn), {});
        });

        it("is left where AWS does not tell who uses the target", async () => {
            const { id, outs } = await handler.create(ofStack("one"));
            const operation = bank.world.services.get("glue")!.operations.DescribeInboundIntegrations!;
            const { handle } = operation;
            operation.handle = () => {
                throw new AwsError("OperationNotSupportedException", "The operation is not available in this Region.");
            };
            await handler.delete(id, outs).finally(() => (operation.handle = handle));
            assert.equal((await property()).ResourcePropertyArn, outs.resourcePropertyArn);
        });

        it("shows a role that somebody changed as drift", async () => {
            const { id, outs } = await handler.create(ofStack("one"));
            await bank.target.call("glue", "UpdateIntegrationResourceProperty", {
                ResourceArn: bank.targetArn,
                TargetProcessingProperties: { RoleArn: bank.roleArn.replace("lakehouse", "other") },
            });
            const { props } = await handler.read(id, outs);
            assert.match(props!.target!.roleArn!, /other/);
            assert.equal((await handler.diff(id, props!, ofStack("one"))).changes, true);
        });

        it("refuses a role whose ARN AWS does not take", async () => {
            const roleArn = `arn:aws:iam::123456789012:role/${"path/".repeat(25)}x`;
            const { failures } = await handler.check({} as never, ofStack("one", { target: { roleArn } }));
            assert.equal(failures[0]!.property, "target.roleArn");
        });
    });

    describe("GlueIntegrationTableProperties", () => {
        const handler = glueIntegrationTableProperties;
        const inputs = async (more: Partial<TablePropertiesInputs> = {}, olds: unknown = {}) => {
            const news: TablePropertiesInputs = {
                ...common("GlueIntegrationTableProperties", "customers"),
                resourceArn: bank.targetArn,
                sourceTableName: "Customers",
                ...more,
            };
            return handler.check(olds as TablePropertiesInputs, news);
        };
        const known = async (more: Partial<TablePropertiesInputs> = {}) => (await inputs(more)).inputs;
        const key = () => ({ ResourceArn: bank.targetArn, TableName: "Customers" });
        const config = async () =>
            (await bank.target.call("glue", "GetIntegrationTableProperties", key())).TargetTableConfig;

        it("are made, changed as a whole, read and deleted", async () => {
            const { id, outs } = await handler.create(await known({ unnest: "top-level", targetTableName: "people" }));
            assert.deepEqual({ ...(await config()) }, { UnnestSpec: "TOPLEVEL", TargetTableName: "people" });
            assert.deepEqual((await handler.read(id, outs)).props, outs);

            const news = await known({
                unnest: "full",
                targetTableName: "people",
                partitionBy: [{ field: "OpenedAt", by: "month", format: "iso" }],
                allowResync: true,
            });
            assert.deepEqual((await handler.diff(id, outs, news)).replaces, []);
            const { outs: updated } = await handler.update(id, outs, news);
            assert.deepEqual(JSON.parse(JSON.stringify(await config())), {
                UnnestSpec: "FULL",
                TargetTableName: "people",
                PartitionSpec: [{ FieldName: "OpenedAt", FunctionSpec: "month", ConversionSpec: "iso" }],
            });
            await handler.delete(id, updated);
            assert.deepEqual(await handler.read(id, updated), { id: "" });
            await handler.delete(id, updated);
        });

        it("refuse at preview a change that loads the table again, and say what it costs", async () => {
            const olds = await known();
            const { failures } = await inputs({ unnest: "none" }, olds);
            assert.equal(failures[0]!.property, "allowResync");
            assert.match(
                failures[0]!.reason,
                /unnest from "full" to "none".*exports the whole source table again.*allowResync: true/,
            );
            assert.deepEqual((await inputs({ unnest: "none", allowResync: true }, olds)).failures, []);
            assert.deepEqual((await inputs({ unnest: "none", sourceTableName: "Orders" }, olds)).failures, []);
        });

        it("refuse in an update what AWS holds otherwise than the state", async () => {
            const { id, outs } = await handler.create(await known());
            await bank.target.call("glue", "UpdateIntegrationTableProperties", {
                ...key(),
                TargetTableConfig: { UnnestSpec: "NOUNNEST" },
            });
            const { props } = await handler.read(id, outs);
            assert.equal(props!.unnest, "none");
            const { message } = await rejection(handler.update(id, outs, await known()));
            assert.match(message, /GlueIntegrationTableProperties "customers": .*Nothing was changed/);
            assert.equal((await config()).UnnestSpec, "NOUNNEST");
        });

        it("refuse another's record that says something else, and take the same for their own", async () => {
            await bank.target.call("glue", "CreateIntegrationTableProperties", {
                ...key(),
                TargetTableConfig: { UnnestSpec: "NOUNNEST" },
            });
            const { message } = await rejection(handler.create(await known()));
            assert.match(message, /already has properties .*NOUNNEST.*adoptExisting: true/);
            await handler.create(await known({ unnest: "none" }));
            await handler.create(await known({ adoptExisting: true, allowResync: true }));
            assert.equal((await config()).UnnestSpec, "FULL");
        });

        it("survive a lost answer", async () => {
            bank.world.faults.add({ kind: "lost-answer", operation: "CreateIntegrationTableProperties", times: 1 });
            await handler.create(await known());
            assert.equal((await config()).UnnestSpec, "FULL");
        });
    });
});
