import * as assert from "node:assert/strict";

import { integrationHealth, rdsIntegration, redshiftIntegration } from "../../../sdk/runtime";
import type { IntegrationHealthInputs } from "../../../sdk/runtime/integration/health";
import type { RdsIntegrationInputs } from "../../../sdk/runtime/integration/rds";
import type { RedshiftIntegrationInputs } from "../../../sdk/runtime/integration/redshift";
import { OWNER_TAG } from "../../../sdk/runtime/owner";

import { FakeIntegrations } from "./integrations-offline";
import { ACCOUNT, awsError, common, offline, REGION, rejection } from "./offline";

const CLUSTER = `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:orders`;
const TABLE = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/Orders`;
const NAMESPACE = `arn:aws:redshift-serverless:${REGION}:${ACCOUNT}:namespace/11111111-2222-3333-4444-555555555555`;
const TIMEOUTS = { create: "2s", update: "2s", delete: "2s", needsAttention: "0s" } as const;

describe("Integrations of RDS and Redshift", () => {
    let rds: FakeIntegrations;
    let redshift: FakeIntegrations;

    beforeEach(() => {
        rds = new FakeIntegrations("rds");
        redshift = new FakeIntegrations("redshift");
        offline({ rds, rdsOnce: rds, redshift, redshiftOnce: redshift });
    });

    const ofRds = async (more: Partial<RdsIntegrationInputs> = {}): Promise<RdsIntegrationInputs> => {
        const { inputs, failures } = await rdsIntegration.check({} as never, {
            ...common("RdsIntegration", "orders"),
            integrationName: "orders",
            sourceArn: CLUSTER,
            targetArn: NAMESPACE,
            timeouts: TIMEOUTS,
            ...more,
        });
        assert.deepEqual(failures, []);
        return inputs;
    };
    const ofRedshift = async (more: Partial<RedshiftIntegrationInputs> = {}): Promise<RedshiftIntegrationInputs> => {
        const { inputs, failures } = await redshiftIntegration.check({} as never, {
            ...common("RedshiftIntegration", "orders"),
            integrationName: "orders",
            sourceArn: TABLE,
            targetArn: NAMESPACE,
            timeouts: TIMEOUTS,
            ...more,
        });
        assert.deepEqual(failures, []);
        return inputs;
    };

    describe("RdsIntegration", () => {
        it("is created, changed in place and deleted", async () => {
            const first = await ofRds({
                description: "first",
                dataFilter: "include:shop.*",
                kmsKeyId: `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`,
                tags: { team: "shop", old: "1" },
            });
            const { id, outs } = await rdsIntegration.create(first);
            assert.equal(outs.status, "ACTIVE");
            assert.equal(rds.called("createIntegration")[0]!.KMSKeyId, `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`);
            assert.deepEqual((await rdsIntegration.read(id, outs)).props, outs);

            const news = { ...first, integrationName: "renamed", dataFilter: "include: shop.*, exclude: shop.tmp" };
            const second = await ofRds({ ...news, description: undefined, tags: { team: "shop" } });
            assert.deepEqual((await rdsIntegration.diff(id, outs, second)).replaces, []);
            const updated = await rdsIntegration.update(id, outs, second);
            assert.deepEqual(rds.called("modifyIntegration"), [
                {
                    IntegrationIdentifier: id,
                    IntegrationName: "renamed",
                    Description: "",
                    DataFilter: "include: shop.*, exclude: shop.tmp",
                },
            ]);
            assert.deepEqual(rds.all[0]!.Tags.map(({ Key }) => Key).sort(), [OWNER_TAG, "team"].sort());
            assert.deepEqual((await rdsIntegration.read(id, updated.outs)).props, updated.outs);

            await rdsIntegration.delete(id, updated.outs);
            assert.deepEqual(rds.all, []);
            await rdsIntegration.delete(id, updated.outs);
        });

        it("is rid of a filter by one that takes everything, and then shows no difference", async () => {
            const { id, outs } = await rdsIntegration.create(await ofRds({ dataFilter: "include: shop.*" }));
            const news = await ofRds();
            assert.deepEqual((await rdsIntegration.diff(id, outs, news)).replaces, []);
            const updated = await rdsIntegration.update(id, outs, news);
            assert.equal(rds.called("modifyIntegration")[0]!.DataFilter, "include: *.*");
            const { props } = await rdsIntegration.read(id, updated.outs);
            assert.equal((await rdsIntegration.diff(id, props!, news)).changes, false);
            assert.equal(
                (await rdsIntegration.diff(id, props!, await ofRds({ dataFilter: "include:*.*" }))).changes,
                false,
            );
        });

        it("sees no difference in how a filter is written, and sees one that was changed by hand", async () => {
            const inputs = await ofRds({ dataFilter: "Include:shop.* ,exclude:shop.tmp" });
            const { id, outs } = await rdsIntegration.create(inputs);
            rds.all[0]!.DataFilter = "include:shop.*,exclude:shop.tmp";
            assert.deepEqual((await rdsIntegration.read(id, outs)).props, outs);
            rds.all[0]!.DataFilter = "include: shop.*";
            const { props } = await rdsIntegration.read(id, outs);
            assert.equal((await rdsIntegration.diff(id, props!, inputs)).changes, true);
            await rdsIntegration.update(id, props!, inputs);
            assert.equal(rds.all[0]!.DataFilter, "include: shop.*, exclude: shop.tmp");
        });

        it("waits for its turn while another of the source is being created", async () => {
            rds.conflicts = 3;
            const { outs } = await rdsIntegration.create(await ofRds());
            assert.equal(outs.status, "ACTIVE");
            assert.equal(rds.called("createIntegration").length, 4);
        });

        it("is taken as it is while it is syncing", async () => {
            rds.outcome = "syncing";
            const { id, outs } = await rdsIntegration.create(await ofRds());
            assert.equal(outs.status, "SYNCING");
            assert.equal((await rdsIntegration.diff(id, outs, await ofRds())).changes, false);
        });

        it("stays in the state when it needs attention or has failed, and the next update goes on", async () => {
            rds.outcome = "needs_attention";
            const inputs = await ofRds();
            const failed = await rejection(rdsIntegration.create(inputs));
            assert.match(failed.message, /is in NEEDS_ATTENTION\. .*the next update goes on waiting/);
            assert.equal(failed.properties!.status, "NEEDS_ATTENTION");
            rds.all[0]!.Status = "active";
            const { outs } = await rdsIntegration.update(failed.id!, failed.properties as never, inputs);
            assert.equal(outs.status, "ACTIVE");

            rds.all[0]!.Status = "failed";
            rds.all[0]!.Errors = [{ ErrorCode: "X", ErrorMessage: "the source parameters are wrong" }];
            const broken = await rejection(rdsIntegration.update(failed.id!, outs, inputs));
            assert.match(broken.message, /is FAILED, which is final\. AWS says X: the source parameters are wrong/);
            assert.deepEqual((await rdsIntegration.diff("", broken.properties as never, inputs)).replaces, ["status"]);
        });

        it("is deleted once AWS allows it", async () => {
            const { id, outs } = await rdsIntegration.create(await ofRds());
            rds.all[0]!.Status = "modifying";
            await rdsIntegration.delete(id, outs);
            assert.deepEqual(rds.all, []);
        });

        it("is replaced for another source, target, key or context", async () => {
            const olds = { ...(await ofRds()), status: "ACTIVE" } as never;
            const news = await ofRds({
                sourceArn: `${CLUSTER}2`,
                targetArn: NAMESPACE.replace(/5$/, "6"),
                kmsKeyId: "arn:aws:kms:eu-west-1:123456789012:key/2",
                additionalEncryptionContext: { team: "shop" },
            });
            const { replaces } = await rdsIntegration.diff("id", olds, news);
            assert.deepEqual(replaces.sort(), ["additionalEncryptionContext", "kmsKeyId", "sourceArn", "targetArn"]);
        });
    });

    describe("RedshiftIntegration", () => {
        it("is created, changed in place and deleted", async () => {
            redshift.conflicts = 1;
            const first = await ofRedshift({ description: "first", tags: { team: "shop" } });
            const { id, outs } = await redshiftIntegration.create(first);
            assert.equal(outs.status, "ACTIVE");
            const [request] = redshift.called("createIntegration");
            assert.deepEqual(request!.TagList!.map(({ Key }) => Key).sort(), [OWNER_TAG, "team"].sort());
            assert.deepEqual((await redshiftIntegration.read(id, outs)).props, outs);

            const second = await ofRedshift({ integrationName: "renamed" });
            assert.deepEqual((await redshiftIntegration.diff(id, outs, second)).replaces, []);
            const updated = await redshiftIntegration.update(id, outs, second);
            assert.deepEqual(redshift.called("modifyIntegration"), [
                { IntegrationArn: id, IntegrationName: "renamed", Description: "" },
            ]);
            assert.deepEqual(
                redshift.all[0]!.Tags.map(({ Key }) => Key),
                [OWNER_TAG],
            );
            redshift.all[0]!.Status = "modifying";
            await redshiftIntegration.delete(id, updated.outs);
            assert.deepEqual(redshift.all, []);
        });

        it("goes on with what a killed update made, and takes over another's only when told to", async () => {
            const { id } = await redshiftIntegration.create(await ofRedshift({ waitFor: "accepted" }));
            assert.equal((await redshiftIntegration.create(await ofRedshift())).id, id);
            const stranger = await ofRedshift(common("RedshiftIntegration", "another"));
            assert.match((await rejection(redshiftIntegration.create(stranger))).message, /adoptExisting: true/);
            assert.equal((await redshiftIntegration.create({ ...stranger, adoptExisting: true })).id, id);
            assert.equal(redshift.called("createIntegration").length, 1);
        });
    });

    describe("IntegrationHealth", () => {
        const health = async (more: Partial<IntegrationHealthInputs> = {}): Promise<IntegrationHealthInputs> => {
            const { inputs, failures } = await integrationHealth.check({} as never, {
                ...common("IntegrationHealth", "all"),
                integrationArns: [...rds.all, ...redshift.all].map(({ IntegrationArn }) => IntegrationArn),
                timeout: "2s",
                ...more,
            });
            assert.deepEqual(failures, []);
            return inputs;
        };

        it("tells of Glue's beside the others", async () => {
            await rds.createIntegration({ IntegrationName: "orders", SourceArn: CLUSTER, Tags: [] });
            const arn = `arn:aws:glue:${REGION}:${ACCOUNT}:integration:1`;
            const ofGlue = {
                IntegrationArn: arn,
                IntegrationName: "accounts",
                SourceArn: TABLE,
                Status: "ACTIVE",
                CreateTime: new Date(),
            };
            offline({ rds, redshift, glue: { describeIntegrations: async () => ({ Integrations: [ofGlue] }) } });
            const integrationArns = [arn, rds.all[0]!.IntegrationArn];
            const { outs } = await integrationHealth.create(await health({ integrationArns }));
            assert.deepEqual(
                outs.integrations.map(({ settings, status }) => [settings.integrationName, status]),
                [
                    ["accounts", "ACTIVE"],
                    ["orders", "ACTIVE"],
                ],
            );
        });

        it("waits for integrations of both services with the calls of one", async () => {
            for (const integrationName of ["one", "two", "three"]) {
                await rds.createIntegration({ IntegrationName: integrationName, SourceArn: CLUSTER, Tags: [] });
                await redshift.createIntegration({ IntegrationName: integrationName, SourceArn: TABLE, TagList: [] });
            }
            const { outs } = await integrationHealth.create(await health());
            assert.equal(outs.healthy, true);
            assert.deepEqual(outs.warnings, []);
            assert.deepEqual(
                outs.integrations.map(({ status }) => status),
                Array(6).fill("ACTIVE"),
            );
        });

        it("fails for one that needs attention, with AWS's errors, or warns of it", async () => {
            await rds.createIntegration({ IntegrationName: "orders", SourceArn: CLUSTER, Tags: [] });
            Object.assign(rds.all[0]!, {
                Status: "needs_attention",
                Errors: [{ ErrorCode: "NO_PRIMARY_KEY", ErrorMessage: "shop.tmp has no primary key" }],
            });
            const { message } = await rejection(integrationHealth.create(await health()));
            assert.match(message, /IntegrationHealth "all": The integration "orders" \(arn:.*\) is NEEDS_ATTENTION\./);
            assert.match(message, /AWS says NO_PRIMARY_KEY: shop.tmp has no primary key/);
            const { outs } = await integrationHealth.create(await health({ whenUnhealthy: "warn" }));
            assert.equal(outs.healthy, false);
            assert.match(outs.warnings[0]!, /shop.tmp has no primary key/);
        });

        it("tells of one that is gone, and of settings that were changed by hand", async () => {
            await rds.createIntegration({ IntegrationName: "orders", SourceArn: CLUSTER, Tags: [] });
            await redshift.createIntegration({ IntegrationName: "orders", SourceArn: TABLE, TagList: [] });
            const inputs = await health();
            const { id, outs } = await integrationHealth.create(inputs);
            assert.equal((await integrationHealth.diff(id, outs, inputs)).changes, false);
            rds.all[0]!.DataFilter = "include: shop.*";
            redshift.all.pop();
            for (const state of [outs, (await integrationHealth.read(id, outs)).props!]) {
                const { props } = await integrationHealth.read(id, state);
                const [ofRds, ofRedshift] = props!.integrations;
                assert.deepEqual(ofRds!.drift, [{ setting: "dataFilter", was: "", is: "include: shop.*" }]);
                assert.equal(ofRedshift!.status, "GONE");
                assert.deepEqual([props!.healthy, props!.warnings.length], [false, 1]);
                assert.equal((await integrationHealth.diff(id, props!, inputs)).changes, true);
            }
        });

        it("does not wait when it is told not to", async () => {
            await rds.createIntegration({ IntegrationName: "orders", SourceArn: CLUSTER, Tags: [] });
            const { outs } = await integrationHealth.create(await health({ waitFor: "none" }));
            assert.equal(outs.integrations[0]!.status, "CREATING");
        });

        it("says who does not list them, and refuses what is no integration", async () => {
            await rds.createIntegration({ IntegrationName: "orders", SourceArn: CLUSTER, Tags: [] });
            const inputs = await health();
            Object.assign(rds, { describeIntegrations: async () => Promise.reject(awsError("AccessDenied")) });
            assert.match(
                (await rejection(integrationHealth.create(inputs))).message,
                /integrations of rds: AccessDenied/,
            );
            const { failures } = await integrationHealth.check({} as never, { ...inputs, integrationArns: [CLUSTER] });
            assert.match(failures[0]!.reason, /is not an integration of RDS, Redshift or Glue/);
        });
    });
});
