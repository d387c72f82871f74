import * as assert from "node:assert/strict";

import { isInMaintenanceWindow, maintenanceWindowProblems } from "../../../sdk/requirements/maintenance-window";
import { requiredParameters } from "../../../sdk/requirements/rds-source";
import {
    WORKGROUP_PARAMETERS,
    withParameter,
    type WorkgroupParameter,
} from "../../../sdk/requirements/redshift-target";
import { rdsParametersInEffect, redshiftParametersInEffect } from "../../../sdk/runtime";
import type { RdsParametersInputs } from "../../../sdk/runtime/parameters/rds";
import type { RedshiftParametersInputs } from "../../../sdk/runtime/parameters/redshift";

import { ACCOUNT, awsError, common, lostAnswer, offline, REGION, rejection } from "./offline";

const CLUSTER = `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:orders`;
const INSTANCE = `arn:aws:rds:${REGION}:${ACCOUNT}:db:crm`;

/** A cluster with a writer and a reader, and an instance; a reboot takes some looks. */
class FakeRds {
    clusterEngine = "aurora-mysql";
    cluster: Record<string, string | undefined> = valuesOf("aurora-mysql");
    instance: Record<string, string | undefined> = valuesOf("postgres");
    /** By instance. */
    pending = new Set(["orders-1", "orders-2", "crm"]);
    reboots: string[] = [];
    /** Whether the parameters are in effect after a reboot. */
    helps = true;
    /** Looks until a rebooting instance is available. */
    looksLeft = 0;
    fault?: { error: Error; carriedOut: boolean };
    /** Reboots that AWS has accepted, and does not show yet. */
    private accepted?: { id: string; instances: string[]; unseenLooks: number };
    private rebooting?: string;

    readonly describeDBClusters = async () => ({
        DBClusters: [
            {
                DBClusterIdentifier: "orders",
                Engine: this.clusterEngine,
                Status: this.statusOf("orders"),
                DBClusterParameterGroup: "orders-group",
                DBClusterMembers: ["orders-1", "orders-2"].map((id, i) => ({
                    DBInstanceIdentifier: id,
                    IsClusterWriter: i === 0,
                    DBClusterParameterGroupStatus: this.pending.has(id) ? "pending-reboot" : "in-sync",
                })),
            },
        ],
    });
    readonly describeDBInstances = async ({ DBInstanceIdentifier: id }: { DBInstanceIdentifier: string }) => ({
        DBInstances: [
            {
                DBInstanceIdentifier: id,
                Engine: "postgres",
                DBInstanceStatus: this.statusOf(id),
                DBParameterGroups: [
                    {
                        DBParameterGroupName: "crm-group",
                        ParameterApplyStatus: this.pending.has(id) ? "pending-reboot" : "in-sync",
                    },
                ],
            },
        ],
    });
    readonly describeDBClusterParameters = async ({ Marker }: { Marker?: string }) => inPages(this.cluster, Marker);
    readonly describeDBParameters = async ({ Marker }: { Marker?: string }) => inPages(this.instance, Marker);
    readonly rebootDBInstance = async ({ DBInstanceIdentifier: id }: { DBInstanceIdentifier: string }) =>
        this.reboot(id, [id]);
    readonly rebootDBCluster = async () => this.reboot("orders", ["orders-1", "orders-2"]);

    private async reboot(id: string, instances: string[]): Promise<object> {
        const { fault } = this;
        this.fault = undefined;
        if (!fault || fault.carriedOut) {
            this.reboots.push(id);
            this.accepted = { id, instances, unseenLooks: 2 };
        }
        if (fault) {
            throw fault.error;
        }
        return {};
    }

    /** Each look passes the time. */
    private statusOf(id: string): string {
        if (this.accepted?.id === id && this.accepted.unseenLooks-- === 0) {
            this.accepted.instances.forEach((instance) => this.helps && this.pending.delete(instance));
            this.rebooting = id;
            this.looksLeft = 3;
        }
        return this.rebooting === id && this.looksLeft-- > 0 ? "rebooting" : "available";
    }
}

function valuesOf(engine: "aurora-mysql" | "postgres" | "mysql"): Record<string, string | undefined> {
    return Object.fromEntries(requiredParameters(engine).map(({ name, value }) => [name, value]));
}

/** Two pages, as AWS gives long lists. */
function inPages(values: Record<string, string | undefined>, Marker: string | undefined) {
    const all = Object.entries(values).map(([ParameterName, ParameterValue]) => ({ ParameterName, ParameterValue }));
    return Marker ? { Parameters: all.slice(1) } : { Parameters: all.slice(0, 1), Marker: "more" };
}

describe("RdsParametersInEffect's handler", () => {
    let rds: FakeRds;

    beforeEach(() => {
        rds = new FakeRds();
        offline({ rds, rdsOnce: rds });
    });

    const inputs = (more: Partial<RdsParametersInputs> = {}): RdsParametersInputs => ({
        ...common("RdsParametersInEffect", "orders"),
        sourceArn: CLUSTER,
        timeout: "5s",
        ...more,
    });

    it("ends with what to do where nothing may be rebooted, and reboots nothing", async () => {
        const { message } = await rejection(rdsParametersInEffect.create(inputs()));
        assert.match(message, /RdsParametersInEffect "orders": aurora_enhanced_binlog, .* may not be in effect/);
        assert.match(message, /orders-1 waits for a reboot/);
        assert.match(message, /aws rds reboot-db-instance --db-instance-identifier orders-1/);
        assert.match(message, /reboot: "now"/);
        assert.deepEqual(rds.reboots, []);
    });

    it("reboots the writer once when told to, and waits until it is back", async () => {
        const { id, outs } = await rdsParametersInEffect.create(inputs({ reboot: "now" }));
        assert.deepEqual(rds.reboots, ["orders-1"]);
        assert.ok(rds.looksLeft < 0);
        assert.deepEqual([outs.inEffect, outs.pending], [true, ["orders-2"]]);
        // What was said once is not said for ever.
        await rdsParametersInEffect.update(id, outs, inputs({ reboot: "now" }));
        assert.deepEqual(rds.reboots, ["orders-1"]);
    });

    it("reboots once when the answer to an accepted reboot is lost", async () => {
        rds.fault = { error: lostAnswer(), carriedOut: true };
        await rdsParametersInEffect.create(inputs({ reboot: "now" }));
        assert.deepEqual(rds.reboots, ["orders-1"]);
    });

    it("asks again for a reboot that was throttled, or refused in the middle of another change", async () => {
        for (const error of [awsError("Throttling"), awsError("InvalidDBInstanceStateFault", "backing up")]) {
            rds.reboots = [];
            rds.pending.add("orders-1");
            rds.fault = { error, carriedOut: false };
            await rdsParametersInEffect.create(inputs({ reboot: "now" }));
            assert.deepEqual(rds.reboots, ["orders-1"], error.name);
        }
    });

    it("never reboots twice: what still waits afterwards is told", async () => {
        rds.helps = false;
        const { message } = await rejection(rdsParametersInEffect.create(inputs({ reboot: "now", timeout: "0.5s" })));
        assert.match(message, /orders-1 waits for a reboot/);
        assert.deepEqual(rds.reboots, ["orders-1"]);
    });

    it("reboots in its window only", async () => {
        const day = (offset: number) =>
            ["sun", "mon", "tue", "wed", "thu", "fri", "sat"][(new Date().getUTCDay() + offset + 7) % 7];
        const { message } = await rejection(
            rdsParametersInEffect.create(inputs({ reboot: { window: `${day(2)}:03:00-${day(2)}:04:00` } })),
        );
        assert.match(message, /Run the update again in its window, \w{3}:03:00-\w{3}:04:00 UTC/);
        assert.deepEqual(rds.reboots, []);
        await rdsParametersInEffect.create(inputs({ reboot: { window: `${day(-1)}:00:00-${day(1)}:23:59` } }));
        assert.deepEqual(rds.reboots, ["orders-1"]);
    });

    it("names each value that is not as it has to be, before anything is rebooted", async () => {
        rds.cluster.binlog_format = "MIXED";
        rds.cluster.time_zone = "UTC";
        const { message } = await rejection(
            rdsParametersInEffect.create(inputs({ reboot: "now", parameters: { time_zone: "Europe/Paris" } })),
        );
        assert.match(
            message,
            /binlog_format is "MIXED" in the cluster's parameter group orders-group, and ROW is needed/,
        );
        assert.match(message, /time_zone is "UTC" in .*, and Europe\/Paris is needed/);
        assert.deepEqual(rds.reboots, []);
    });

    it("asks for what the target asks for: a pipeline into OpenSearch reads a slot of its own", async () => {
        rds.pending.clear();
        rds.instance = { "rds.logical_replication": "1" };
        const { message } = await rejection(rdsParametersInEffect.create(inputs({ sourceArn: INSTANCE })));
        assert.match(message, /max_replication_slots/);
        await rdsParametersInEffect.create(inputs({ sourceArn: INSTANCE, target: "opensearch" }));
    });

    it("reboots a Multi-AZ cluster as a whole, and an instance by itself", async () => {
        rds.clusterEngine = "mysql";
        rds.cluster = valuesOf("mysql");
        await rdsParametersInEffect.create(inputs({ reboot: "now" }));
        await rdsParametersInEffect.create(inputs({ sourceArn: INSTANCE, reboot: "now" }));
        assert.deepEqual(rds.reboots, ["orders", "crm"]);
    });

    it("tells with a refresh of what is not in effect any more, and an update sees to it", async () => {
        const wanted = inputs({ reboot: "now" });
        const { id, outs } = await rdsParametersInEffect.create(wanted);
        assert.deepEqual((await rdsParametersInEffect.read(id, outs)).props, outs);
        rds.pending.add("orders-1");
        const { props } = await rdsParametersInEffect.read(id, outs);
        assert.deepEqual([props!.inEffect, props!.pending], [false, ["orders-1", "orders-2"]]);
        assert.equal((await rdsParametersInEffect.diff(id, props!, wanted)).changes, true);
        assert.equal((await rdsParametersInEffect.diff(id, outs, wanted)).changes, false);
        await rdsParametersInEffect.update(id, props!, wanted);
        assert.equal(rds.reboots.length, 2);
    });

    it("finds with a refresh that the source is gone", async () => {
        Object.assign(rds, { describeDBClusters: async () => Promise.reject(awsError("DBClusterNotFoundFault")) });
        const props = { ...inputs(), inEffect: true, pending: [] };
        assert.deepEqual(await rdsParametersInEffect.read(CLUSTER, props), { id: "" });
        assert.match((await rejection(rdsParametersInEffect.create(inputs()))).message, /there is no arn:/);
    });
});

/** A cluster and a workgroup. */
class FakeWarehouses {
    cluster: Record<string, string> = { enable_case_sensitive_identifier: "true" };
    pending = true;
    reboots = 0;
    workgroup = withParameter(WORKGROUP_PARAMETERS, "enable_case_sensitive_identifier", "false");
    updates = 0;
    busyLooks = 0;
    conflict = false;

    readonly describeClusters = async () => ({
        Clusters: [
            {
                ClusterStatus: this.busyLooks-- > 0 ? "rebooting" : "available",
                ClusterParameterGroups: [
                    {
                        ParameterGroupName: "zero-etl",
                        ParameterApplyStatus: this.pending ? "pending-reboot" : "in-sync",
                        ClusterParameterStatusList: [
                            {
                                ParameterName: "enable_case_sensitive_identifier",
                                ParameterApplyStatus: this.pending ? "pending-reboot" : "in-sync",
                            },
                        ],
                    },
                ],
            },
        ],
    });
    readonly describeClusterParameters = async ({ Marker }: { Marker?: string }) => inPages(this.cluster, Marker);
    readonly rebootCluster = async () => {
        this.reboots++;
        this.pending = false;
        this.busyLooks = 3;
        return {};
    };
    readonly getWorkgroup = async () => ({
        workgroup: {
            status: this.busyLooks-- > 0 ? "MODIFYING" : "AVAILABLE",
            configParameters: this.workgroup,
        },
    });
    readonly updateWorkgroup = async ({ configParameters }: { configParameters: WorkgroupParameter[] }) => {
        if (this.conflict) {
            this.conflict = false;
            throw awsError("ConflictException", "another change is going on");
        }
        this.workgroup = configParameters;
        this.busyLooks = 3;
        this.updates++;
        return {};
    };
}

describe("RedshiftParametersInEffect's handler", () => {
    let redshift: FakeWarehouses;

    beforeEach(() => {
        redshift = new FakeWarehouses();
        offline({ redshift, redshiftOnce: redshift, redshiftServerless: redshift });
    });

    const inputs = (more: Partial<RedshiftParametersInputs>): RedshiftParametersInputs => ({
        ...common("RedshiftParametersInEffect", "sales"),
        timeout: "5s",
        ...more,
    });

    it("sets what is needed in a workgroup, keeps what others set, and waits until it is available", async () => {
        redshift.workgroup = withParameter(redshift.workgroup, "max_query_execution_time", "60").filter(
            ({ parameterKey }) => parameterKey !== "auto_mv",
        );
        redshift.conflict = true;
        const { outs } = await redshiftParametersInEffect.create(inputs({ workgroupName: "sales" }));
        const values = Object.fromEntries(redshift.workgroup.map((each) => [each.parameterKey, each.parameterValue]));
        assert.equal(values.enable_case_sensitive_identifier, "true");
        assert.equal(values.max_query_execution_time, "60");
        assert.equal(Object.keys(values).length, 9);
        assert.deepEqual([redshift.updates, outs.inEffect, redshift.busyLooks < 0], [1, true, true]);
        await redshiftParametersInEffect.create(inputs({ workgroupName: "sales" }));
        assert.equal(redshift.updates, 1);
    });

    it("reboots a cluster once, and only when told to", async () => {
        const cluster = inputs({ clusterIdentifier: "sales" });
        const { message } = await rejection(redshiftParametersInEffect.create(cluster));
        assert.match(message, /enable_case_sensitive_identifier may not be in effect: sales waits for a reboot/);
        assert.match(message, /aws redshift reboot-cluster --cluster-identifier sales/);
        const { outs } = await redshiftParametersInEffect.create({ ...cluster, reboot: "now" });
        assert.deepEqual([redshift.reboots, outs.inEffect, outs.pending], [1, true, []]);
    });

    it("names what the cluster's group says instead", async () => {
        redshift.cluster.enable_case_sensitive_identifier = "false";
        const { message } = await rejection(
            redshiftParametersInEffect.create(inputs({ clusterIdentifier: "sales", reboot: "now" })),
        );
        assert.match(message, /is "false" in the parameter group zero-etl, and true is needed/);
        assert.equal(redshift.reboots, 0);
    });

    it("finds with a refresh what somebody has set back", async () => {
        const wanted = inputs({ workgroupName: "sales" });
        const { id, outs } = await redshiftParametersInEffect.create(wanted);
        redshift.workgroup = withParameter(redshift.workgroup, "enable_case_sensitive_identifier", "false");
        const { props } = await redshiftParametersInEffect.read(id, outs);
        assert.equal(props!.inEffect, false);
        assert.equal((await redshiftParametersInEffect.diff(id, props!, wanted)).changes, true);
    });

    it("refuses neither, both, a reboot of a workgroup, and what is no window", async () => {
        const failures = async (more: Partial<RedshiftParametersInputs>) =>
            (await redshiftParametersInEffect.check({} as never, inputs(more))).failures.map(({ reason }) => reason);
        assert.match((await failures({}))[0]!, /Either a workgroup or a cluster/);
        assert.match((await failures({ workgroupName: "a", clusterIdentifier: "b" }))[0]!, /Give one of the two/);
        assert.match((await failures({ workgroupName: "a", reboot: "now" }))[0]!, /needs no reboot/);
        assert.match(
            (await failures({ clusterIdentifier: "a", reboot: { window: "sunday" } }))[0]!,
            /"sunday" is not a weekly window/,
        );
        assert.deepEqual(await failures({ clusterIdentifier: "a", reboot: "now" }), []);
    });
});

describe("Maintenance windows", () => {
    const at = (text: string) => new Date(`${text}Z`);

    it("go over midnight, and over the end of the week", () => {
        // 2026-11-22 is a Sunday.
        assert.equal(isInMaintenanceWindow("sun:03:00-sun:04:00", at("2026-11-22T03:00")), true);
        assert.equal(isInMaintenanceWindow("sun:03:00-sun:04:00", at("2026-11-22T04:00")), false);
        assert.equal(isInMaintenanceWindow("sun:03:00-sun:04:00", at("2026-11-23T03:30")), false);
        assert.equal(isInMaintenanceWindow("sat:23:30-sun:00:30", at("2026-11-21T23:45")), true);
        assert.equal(isInMaintenanceWindow("sat:23:30-sun:00:30", at("2026-11-22T00:15")), true);
        assert.equal(isInMaintenanceWindow("sat:23:30-sun:00:30", at("2026-11-22T00:30")), false);
        assert.equal(isInMaintenanceWindow("Mon:00:00-Tue:00:00", at("2026-11-23T12:00")), true);
    });

    it("are days and times", () => {
        for (const window of ["", "sun:3:00-sun:04:00", "sun:24:00-mon:01:00", "son:01:00-son:02:00", "03:00-04:00"]) {
            assert.equal(maintenanceWindowProblems("reboot.window", window).length, 1, window);
        }
        assert.deepEqual(maintenanceWindowProblems("reboot.window", "sun:03:00-sun:04:00"), []);
    });
});
