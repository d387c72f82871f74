import * as assert from "node:assert/strict";

import { namespaceMembers } from "../../../sdk/requirements/namespace-policy";
import { requiredParameters } from "../../../sdk/requirements/rds-source";
import * as runtime from "../../../sdk/runtime";
import type { RdsIntegrationInputs } from "../../../sdk/runtime/integration/rds";
import type { RdsParametersInputs } from "../../../sdk/runtime/parameters/rds";
import { minutes } from "../../../simulator/world/clock";
import { ACCOUNT, Bank, REGION } from "../simulator/glue-world";

import { BankOnline } from "./bank-online";
import { anotherProcess, common, rejection } from "./offline";
import { openSales } from "./sales";

const CLUSTER = `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:shop`;
const { integrationHealth, rdsIntegration, rdsParametersInEffect, redshiftIntegrationDatabase } = runtime;

describe("From Aurora to a warehouse, against the simulator", function () {
    this.timeout(60_000);

    let bank: Bank;
    let online: BankOnline;
    let namespaceArn: string;
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- any operation's
    const rds = (operation: string, input: object = {}): Promise<any> => bank.source.call("rds", operation, input);

    /** A cluster whose parameter group was attached after it had been made. */
    beforeEach(async () => {
        bank = new Bank();
        online = await BankOnline.open(bank);
        namespaceArn = await openSales(bank);
        const group = { DBClusterParameterGroupName: "zero-etl" };
        await rds("CreateDBClusterParameterGroup", {
            ...group,
            DBParameterGroupFamily: "aurora-mysql8.0",
            Description: "x",
        });
        await rds("ModifyDBClusterParameterGroup", {
            ...group,
            Parameters: requiredParameters("aurora-mysql").map(({ name, value, applyMethod }) => ({
                ParameterName: name,
                ParameterValue: value,
                ApplyMethod: applyMethod,
            })),
        });
        const engine = { Engine: "aurora-mysql", EngineVersion: "8.0.mysql_aurora.3.05.2" };
        const cluster = { DBClusterIdentifier: "shop" };
        await rds("CreateDBCluster", {
            ...cluster,
            ...engine,
            MasterUsername: "admin",
            ManageMasterUserPassword: true,
            DatabaseName: "shop",
        });
        await rds("CreateDBInstance", {
            ...cluster,
            Engine: engine.Engine,
            DBInstanceIdentifier: "shop-1",
            DBInstanceClass: "db.r6g.large",
        });
        await bank.world.clock.advance(minutes(10));
        await rds("ModifyDBCluster", { ...cluster, ...group, ApplyImmediately: true });
        await bank.world.clock.advance(minutes(5));
    });
    afterEach(() => online.close());

    const parameters = (more: Partial<RdsParametersInputs> = {}): RdsParametersInputs => ({
        ...common("RdsParametersInEffect", "shop"),
        sourceArn: CLUSTER,
        timeout: "20s",
        ...more,
    });
    const integration = async (name: string, more: Partial<RdsIntegrationInputs> = {}) => {
        const { inputs, failures } = await rdsIntegration.check({} as never, {
            ...common("RdsIntegration", name),
            integrationName: name,
            sourceArn: CLUSTER,
            targetArn: namespaceArn,
            timeouts: { create: "30s", update: "20s", delete: "20s", needsAttention: "0s" },
            ...more,
        });
        assert.deepEqual(failures, []);
        return inputs;
    };
    const authorize = (process = runtime, sourceArn = CLUSTER) =>
        process.redshiftNamespacePolicyMember.create({
            ...common("RedshiftNamespacePolicyMember", sourceArn),
            namespaceArn,
            members: namespaceMembers({ targetArn: namespaceArn, sourceArn }),
        });
    const reboots = () => online.accepted("RebootDBInstance");

    it("says before the integration is made that the writer waits for a reboot, and reboots it once when told to", async () => {
        const { message } = await rejection(rdsParametersInEffect.create(parameters()));
        assert.match(message, /aurora_enhanced_binlog.* may not be in effect: shop-1 waits for a reboot/);
        assert.equal(reboots(), 0);

        bank.world.faults.add({ kind: "lost-answer", service: "rds", operation: "RebootDBInstance", times: 1 });
        bank.world.faults.add({ kind: "throttle", service: "rds", rate: 0.3 });
        const { outs } = await rdsParametersInEffect.create(parameters({ reboot: "now" }));
        assert.deepEqual([outs.inEffect, outs.pending, reboots()], [true, [], 1]);

        bank.world.faults.clear();
        await rds("ModifyDBClusterParameterGroup", {
            DBClusterParameterGroupName: "zero-etl",
            Parameters: [{ ParameterName: "binlog_format", ParameterValue: "MIXED", ApplyMethod: "pending-reboot" }],
        });
        const { props } = await rdsParametersInEffect.read(CLUSTER, outs);
        assert.equal(props!.inEffect, false);
        const refusal = await rejection(rdsParametersInEffect.update(CLUSTER, props!, parameters({ reboot: "now" })));
        assert.match(refusal.message, /binlog_format is "MIXED" .* ROW is needed/);
        assert.equal(reboots(), 1);
    });

    it("is made, changed in place and deleted, also where answers are lost", async () => {
        await rdsParametersInEffect.create(parameters({ reboot: "now" }));
        await authorize();
        bank.world.faults.add({ kind: "lost-answer", service: "rds", operation: "CreateIntegration", times: 1 });
        bank.world.faults.add({ kind: "throttle", service: "rds", rate: 0.3 });
        const inputs = await integration("shop", { dataFilter: "include: shop.*", tags: { team: "shop" } });
        const { id, outs } = await rdsIntegration.create(inputs);
        bank.world.faults.clear();
        assert.deepEqual([outs.status, online.accepted("CreateIntegration")], ["ACTIVE", 1]);
        assert.deepEqual((await rdsIntegration.read(id, outs)).props, outs);

        const everything = await integration("renamed", { description: "all of it" });
        const updated = await rdsIntegration.update(id, outs, everything);
        const { Integrations } = await rds("DescribeIntegrations");
        assert.deepEqual([Integrations[0].IntegrationName, Integrations[0].Description], ["renamed", "all of it"]);
        const { props } = await rdsIntegration.read(id, updated.outs);
        assert.equal((await rdsIntegration.diff(id, props!, everything)).changes, false);

        const { outs: health } = await integrationHealth.create({
            ...common("IntegrationHealth", "all"),
            integrationArns: [id],
        });
        assert.deepEqual([health.healthy, health.integrations[0]!.settings.integrationName], [true, "renamed"]);

        const database = await redshiftIntegrationDatabase.create({
            ...common("RedshiftIntegrationDatabase", "shop"),
            integrationArn: id,
            source: "aurora-mysql",
            databaseName: "Shop",
            warehouse: { workgroupName: "sales" },
            options: { refreshInterval: 60, historyMode: true },
            timeout: "20s",
        });
        await redshiftIntegrationDatabase.delete(database.id, database.outs);
        await rdsIntegration.delete(id, updated.outs);
        assert.deepEqual((await rds("DescribeIntegrations")).Integrations, []);
    });

    it("stays in the state where the parameters are not in effect, with AWS's reason, and is made anew once they are", async () => {
        await authorize();
        const inputs = await integration("shop");
        const failed = await rejection(rdsIntegration.create(inputs));
        assert.match(failed.message, /is FAILED, which is final\. .*aurora_enhanced_binlog is 0 in effect on shop-1/);
        assert.match(failed.message, /the next update replaces the integration/);
        const state = failed.properties as never;
        assert.deepEqual((await rdsIntegration.diff(failed.id!, state, inputs)).replaces, ["status"]);
        await rdsParametersInEffect.create(parameters({ reboot: "now" }));
        await rdsIntegration.delete(failed.id!, state);
        assert.equal((await rdsIntegration.create(inputs)).outs.status, "ACTIVE");
    });

    it("has its place in the policy of the namespace among 30 writers in two processes", async () => {
        const other = anotherProcess().runtime;
        await online.signIn(ACCOUNT, {}, other);
        const sources = Array.from({ length: 30 }, (_, i) => `${CLUSTER}-${i}`);
        bank.world.faults.add({ kind: "throttle", service: "redshift", rate: 0.2 });
        await Promise.all(sources.map((source, i) => authorize(i % 2 ? other : runtime, source)));
        bank.world.faults.clear();
        const { ResourcePolicy } = await bank.source.call("redshift", "GetResourcePolicy", {
            ResourceArn: namespaceArn,
        });
        const [statement] = JSON.parse(ResourcePolicy.Policy).Statement;
        assert.deepEqual(statement.Condition.StringEquals["aws:SourceArn"].sort(), sources.sort());
    });
});
