import * as assert from "node:assert/strict";
import type { Properties } from "../../../simulator/provider/values";
import { allServices } from "../../../simulator/services";
import { days } from "../../../simulator/world/clock";
import { World } from "../../../simulator/world/world";
import { databaseCases, makeDatabases, type DatabaseFixtures } from "./provider-cases";
import { CallError, ProviderClient } from "./provider-client";

const CLUSTER = "aws:rds/cluster:Cluster";
const CLUSTER_INSTANCE = "aws:rds/clusterInstance:ClusterInstance";
const CLUSTER_GROUP = "aws:rds/clusterParameterGroup:ClusterParameterGroup";
const RDS_INTEGRATION = "aws:rds/integration:Integration";
const REDSHIFT_INTEGRATION = "aws:redshift/integration:Integration";
const POLICY = "aws:redshift/resourcePolicy:ResourcePolicy";
const REDSHIFT_CLUSTER = "aws:redshift/cluster:Cluster";
const STATEMENT = "aws:redshiftdata/statement:Statement";
const WORKGROUP = "aws:redshiftserverless/workgroup:Workgroup";

/** The real provider's habits with databases and warehouses, of which programs have to know. */
describe("the aws provider's databases", () => {
    const world = new World({ services: allServices, speed: 10_000 });
    let provider: ProviderClient;
    let fixtures: DatabaseFixtures;

    before(async () => {
        provider = await ProviderClient.configured(world);
        fixtures = await makeDatabases(async (token, args) => (await provider.make(token, args)).state);
    });

    after(() => {
        provider.close();
        world.stop();
    });

    const argsOf = (token: string) => databaseCases[token].args(fixtures);

    async function refusal(token: string, args: Properties): Promise<CallError> {
        const error = await provider.make(token, args).then(
            () => undefined,
            (reason) => reason,
        );
        assert.ok(error instanceof CallError, `${token} was made`);
        return error;
    }

    it("apply parameters at once unless told, which AWS refuses for static ones", async () => {
        const group = (applyMethod?: string) => ({
            family: "aurora-mysql8.0",
            parameters: [{ name: "aurora_enhanced_binlog", value: "1", applyMethod }],
        });
        const { message, halfMade } = await refusal(CLUSTER_GROUP, group());
        assert.match(message, /cannot use immediate apply method for static parameter/);
        assert.deepEqual(halfMade?.state.parameters, []);
        const { state } = await provider.make(CLUSTER_GROUP, group("pending-reboot"));
        assert.deepEqual(state.parameters, group("pending-reboot").parameters);
    });

    it("are deleted without a last snapshot only when the program says so", async () => {
        for (const token of [CLUSTER, REDSHIFT_CLUSTER]) {
            const { id, state } = await provider.make(token, { ...argsOf(token), skipFinalSnapshot: undefined });
            await assert.rejects(provider.delete(token, id, state), /required when/);
            await provider.delete(token, id, { ...state, finalSnapshotIdentifier: "last" });
        }
    });

    it("keep an integration of RDS whose creation goes wrong, and lose one of Redshift", async () => {
        const aurora = await provider.make(CLUSTER, {
            clusterIdentifier: "unprepared",
            engine: "aurora-mysql",
            masterUsername: "admin",
            masterPassword: "correct-horse",
        });
        await provider.make(CLUSTER_INSTANCE, {
            clusterIdentifier: aurora.state.clusterIdentifier,
            engine: "aurora-mysql",
            instanceClass: "db.r6g.large",
        });
        const { warehouse, orders } = fixtures;
        const sources = [orders.arn, aurora.state.arn];
        const authorize = {
            Effect: "Allow",
            Principal: { Service: "redshift.amazonaws.com" },
            Action: "redshift:AuthorizeInboundIntegration",
            Resource: warehouse.arn,
            Condition: { StringEquals: { "aws:SourceArn": sources } },
        };
        await provider.make(POLICY, {
            resourceArn: warehouse.arn,
            policy: JSON.stringify({ Version: "2012-10-17", Statement: [authorize] }),
        });
        const rds = await refusal(RDS_INTEGRATION, {
            integrationName: "unprepared",
            sourceArn: aurora.state.arn,
            targetArn: warehouse.arn,
        });
        assert.match(rds.message, /unexpected state '\w+', wanted target 'active'\. last error: [A-Z_]+: /);
        assert.match(rds.halfMade!.id, /:integration:/);
        assert.equal(rds.halfMade!.state.integrationName, "unprepared");

        await provider.make("aws:dynamodb/resourcePolicy:ResourcePolicy", {
            resourceArn: orders.arn,
            policy: JSON.stringify({
                Version: "2012-10-17",
                Statement: [
                    { Effect: "Allow", Principal: { AWS: "123456789012" }, Action: "dynamodb:*", Resource: orders.arn },
                ],
            }),
        });
        const redshift = await refusal(REDSHIFT_INTEGRATION, argsOf(REDSHIFT_INTEGRATION));
        assert.match(redshift.message, /unexpected state '\w+', wanted target 'active'/);
        assert.equal(redshift.halfMade, undefined);
    });

    it("differ for ever when a workgroup is given some of its parameters", async () => {
        const all = argsOf(WORKGROUP);
        const some = { ...all, configParameters: all.configParameters.slice(0, 1) };
        const { inputs, state } = await provider.make(WORKGROUP, some);
        assert.equal(state.configParameters.length, 9);
        assert.deepEqual((await provider.diff(WORKGROUP, state, inputs, inputs)).changed, ["configParameters"]);
        assert.deepEqual((await provider.diff(WORKGROUP, state, inputs, all)).changed, []);
    });

    it("run a statement again when AWS has forgotten it, and never undo it", async () => {
        const args = { workgroupName: fixtures.workgroup, database: "dev", sql: "CREATE DATABASE bank" };
        const { id, state, inputs } = await provider.make(STATEMENT, args);
        await provider.delete(STATEMENT, id, state);
        assert.match((await refusal(STATEMENT, args)).message, /already exists/);

        await world.clock.advance(days(4));
        const forgotten = await provider.read(STATEMENT, id, state, inputs);
        assert.equal(forgotten.state.sql, undefined);
        const { replaces } = await provider.diff(STATEMENT, forgotten.state, forgotten.inputs, inputs);
        assert.deepEqual(replaces, ["sql"]);
    });
});
