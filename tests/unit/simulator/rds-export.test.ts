import { strict as assert } from "node:assert";
import { DescribeExportTasksCommand, RDSClient, StartExportTaskCommand } from "@aws-sdk/client-rds";

import { HttpDoor } from "../../../simulator/http/server";
import { exportedTables } from "../../../simulator/services/rds/export-tasks";
import { sql } from "../../../simulator/services/rds/sql";
import { minutes } from "../../../simulator/world/clock";
import { ACCOUNT, allow, BUCKET, REGION, SourceWorld } from "./source-world";

const SNAPSHOT = `arn:aws:rds:${REGION}:${ACCOUNT}:snapshot:monday`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/export`;
const USER = { MasterUsername: "owner", MasterUserPassword: "correct-horse" };

describe("simulated snapshots of RDS and their exports", () => {
    let bank: SourceWorld;
    let task: Record<string, unknown>;

    beforeEach(async () => {
        bank = await new SourceWorld().setUp(3306);
        await bank.rds("CreateDBInstance", {
            ...{ DBInstanceIdentifier: "bank", DBInstanceClass: "db.r6g.large", Engine: "mysql" },
            ...{ AllocatedStorage: 20, DBName: "bank", ...USER },
        });
        await bank.advance();
        run("CREATE TABLE accounts (id INT PRIMARY KEY); INSERT INTO accounts (id) VALUES (1)");
        const { KeyMetadata } = await bank.admin.call("kms", "CreateKey", {});
        task = {
            ExportTaskIdentifier: "first",
            SourceArn: SNAPSHOT,
            S3BucketName: BUCKET,
            IamRoleArn: ROLE,
            KmsKeyId: KeyMetadata.Arn,
        };
        await makeRole("export", "export.rds.amazonaws.com");
    });
    afterEach(() => bank.world.stop());

    const run = (text: string) => sql(bank.world, `arn:aws:rds:${REGION}:${ACCOUNT}:db:bank`, "bank", text);
    const take = () => bank.rds("CreateDBSnapshot", { DBInstanceIdentifier: "bank", DBSnapshotIdentifier: "monday" });
    const start = (more: object = {}) => bank.rds("StartExportTask", { ...task, ...more });

    const makeRole = (name: string, service: string) =>
        bank.roleOf(service, name, [allow("s3:*", [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`])]);

    it("have the data of their moment", async () => {
        await take();
        run("INSERT INTO accounts (id) VALUES (2)");
        await bank.advance();
        await start();
        assert.deepEqual(exportedTables(bank.admin, "first"), []);
        await bank.advance(minutes(15));
        assert.deepEqual(
            exportedTables(bank.admin, "first").map(({ table, rows }) => [table, rows]),
            [["accounts", [{ id: 1 }]]],
        );
    });

    it("are exported step by step, for clients of RDS as well", async () => {
        await take();
        await assert.rejects(start(), { code: "InvalidExportSourceStateFault", message: /it is creating/ });
        await bank.advance();
        const door = await HttpDoor.open(bank.world);
        const credentials = { accessKeyId: ACCOUNT, secretAccessKey: "test" };
        const client = new RDSClient({ endpoint: door.endpoint, region: REGION, credentials });
        try {
            const started = await client.send(new StartExportTaskCommand(task as never));
            assert.equal(started.Status, "STARTING");
            const states = [];
            for (const pause of [minutes(3), minutes(8)]) {
                await bank.advance(pause);
                const { ExportTasks } = await client.send(new DescribeExportTasksCommand({}));
                states.push(ExportTasks!.map(({ Status, PercentProgress }) => [Status, PercentProgress]));
            }
            assert.deepEqual(states, [[["IN_PROGRESS", 0]], [["COMPLETE", 100]]]);
        } finally {
            await door.close();
        }
        await assert.rejects(start(), { code: "ExportTaskAlreadyExistsFault" });
        await assert.rejects(bank.rds("DescribeExportTasks", { ExportTaskIdentifier: "x" }), {
            code: "ExportTaskNotFoundFault",
        });
    });

    it("are exported in part", async () => {
        run("CREATE TABLE audits (id INT PRIMARY KEY)");
        await take();
        await bank.advance();
        await start({ ExportOnly: ["bank.audits"] });
        await bank.advance(minutes(15));
        assert.deepEqual(
            exportedTables(bank.admin, "first").map(({ table }) => table),
            ["audits"],
        );
    });

    it("need a bucket, a key and a role that are fit for it", async () => {
        await take();
        await bank.advance();
        await assert.rejects(start({ S3BucketName: "nowhere" }), { code: "InvalidS3BucketFault" });
        await makeRole("reader", "glue.amazonaws.com");
        await assert.rejects(start({ IamRoleArn: ROLE.replace("export", "reader") }), {
            code: "IamRoleMissingPermissionsFault",
            message: /sts:AssumeRole/,
        });
        await bank.admin.call("kms", "DisableKey", { KeyId: task.KmsKeyId });
        await assert.rejects(start(), { code: "KMSKeyNotAccessibleFault", message: /Disabled/ });
    });

    it("fail when the bucket is gone in the end", async () => {
        await take();
        await bank.advance();
        await start();
        await bank.admin.call("s3", "DeleteBucket", { Bucket: BUCKET });
        await bank.advance(minutes(15));
        const { ExportTasks } = await bank.rds("DescribeExportTasks", {});
        assert.equal(ExportTasks[0].Status, "FAILED");
        assert.match(ExportTasks[0].FailureCause, /NoSuchBucket/);
    });

    it("are taken when a database goes, unless it is told not to", async () => {
        await bank.rds("DeleteDBInstance", { DBInstanceIdentifier: "bank", FinalDBSnapshotIdentifier: "last" });
        await bank.advance();
        const { DBSnapshots } = await bank.rds("DescribeDBSnapshots", {});
        assert.deepEqual(
            DBSnapshots.map((s: Record<string, string>) => [s.DBSnapshotIdentifier, s.Status, s.DBInstanceIdentifier]),
            [["last", "available", "bank"]],
        );
    });

    it("of DocumentDB are not exported", async () => {
        await bank.rds("CreateDBCluster", { DBClusterIdentifier: "catalog", Engine: "docdb", ...USER });
        await bank.advance();
        const { DBClusterSnapshot } = await bank.rds("CreateDBClusterSnapshot", {
            DBClusterIdentifier: "catalog",
            DBClusterSnapshotIdentifier: "monday",
        });
        await bank.advance();
        await assert.rejects(start({ SourceArn: DBClusterSnapshot.DBClusterSnapshotArn }), {
            code: "InvalidExportSourceStateFault",
            message: /the engine docdb has no exports/,
        });
        await bank.rds("DeleteDBClusterSnapshot", { DBClusterSnapshotIdentifier: "monday" });
        await assert.rejects(bank.rds("DescribeDBClusterSnapshots", { DBClusterSnapshotIdentifier: "monday" }), {
            code: "DBClusterSnapshotNotFoundFault",
        });
    });
});
