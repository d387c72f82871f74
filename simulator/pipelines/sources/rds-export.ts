import { randomBytes } from "node:crypto";

import { refusals } from "../../integrations/callers";
import type { TableSnapshot } from "../../relational/feed";
import { EXPORT_KEY_ACTIONS, exportedTables } from "../../services/rds/export-tasks";
import { seconds } from "../../world/clock";
import { AwsError } from "../../world/error";
import type { SourceProblem, SourceReader } from "../source";
import { asProblem, SourceFailure } from "./problem";
import type { Staging } from "./staging";

const EXPORTER = "export.rds.amazonaws.com";
const FAILURE = "rds.exportJobFailure";
/** How often the pipeline asks how the snapshot and the export go. */
const LOOK = seconds(30);
/** An export task's name has 60 characters at most, of which its own part takes 16. */
const MAX_SNAPSHOT_PART = 44;

export interface ExportOptions {
    kms_key_id: string;
    iam_role_arn?: string;
    /** another name of iam_role_arn */
    export_role_arn?: string;
}

/** How far the initial load is. */
export interface ExportPlace {
    snapshotId?: string;
    /** ms since the epoch */
    snapshotAt?: number;
    taskId?: string;
    exported: boolean;
    /** when to look again how it goes. @default at once */
    lookAt?: number;
}

/** The initial load of a database: a snapshot, and its export to the staging bucket, both made as the pipeline's role. */
export class SnapshotExport {
    private readonly isCluster: boolean;
    private readonly roleArn: string;

    /** @param arn the cluster's or the instance's */
    constructor(
        private readonly reader: SourceReader,
        private readonly identifier: string,
        private readonly options: ExportOptions,
        private readonly arn: string,
        private readonly staging: Staging,
        private readonly place: ExportPlace,
    ) {
        this.isCluster = arn.includes(":cluster:");
        this.roleArn = (options.iam_role_arn ?? options.export_role_arn)!;
    }

    /** What the role lacks, beside what the staging bucket asks for. */
    refusals(): SourceProblem[] {
        const { role } = this.reader;
        const [kind, of] = this.isCluster ? ["cluster-snapshot", "DBCluster"] : ["snapshot", "DB"];
        const snapshot = role.arn("rds", `${kind}:${this.identifier.toLowerCase()}-snapshot-00000000`);
        const { kms_key_id: keyId } = this.options;
        const key = keyId.startsWith("arn:") ? keyId : role.arn("kms", `key/${keyId}`);
        return refusals(role, [
            { action: `rds:Create${of}Snapshot`, resource: this.arn },
            { action: `rds:Create${of}Snapshot`, resource: snapshot },
            { action: `rds:Describe${of}Snapshots`, resource: snapshot },
            { action: "rds:StartExportTask", resource: snapshot },
            { action: "rds:DescribeExportTasks", resource: "*" },
            { action: "iam:PassRole", resource: this.roleArn, context: { "iam:PassedToService": EXPORTER } },
            ...["DescribeKey", ...EXPORT_KEY_ACTIONS].map((action) => ({ action: `kms:${action}`, resource: key })),
        ]).map((refusal) => ({ ...asProblem(refusal), metric: FAILURE }));
    }

    /**
     * Takes the next step; the tables, when the export is there to be read. A SourceFailure says why it can't.
     *
     * @param taken called at the moment of the snapshot
     */
    async proceed(taken: () => void): Promise<TableSnapshot[] | undefined> {
        const { place, reader } = this;
        const now = reader.world.clock.now();
        if (now < (place.lookAt ?? now)) {
            return undefined;
        }
        place.lookAt = now + LOOK;
        try {
            return await this.step(taken);
        } catch (error) {
            throw error instanceof AwsError ? new SourceFailure(error, FAILURE) : error;
        }
    }

    private async step(taken: () => void): Promise<TableSnapshot[] | undefined> {
        const { place, reader } = this;
        if (place.snapshotId === undefined) {
            place.snapshotId = await this.takeSnapshot();
            place.snapshotAt = Math.floor(reader.world.clock.now());
            taken();
            return undefined;
        }
        if (place.taskId === undefined) {
            const { status, arn } = await this.describeSnapshot(place.snapshotId);
            place.taskId = status === "available" ? await this.startExport(place.snapshotId, arn) : undefined;
            return undefined;
        }
        const { taskId } = place;
        const { ExportTasks } = await this.call("DescribeExportTasks", { ExportTaskIdentifier: taskId });
        const [{ Status, FailureCause }] = ExportTasks;
        if (Status === "FAILED") {
            // It is tried again.
            place.taskId = undefined;
            throw new AwsError("ExportTaskFailed", `The export task ${taskId} failed: ${FailureCause}`);
        }
        return Status === "COMPLETE" ? this.readExport(taskId) : undefined;
    }

    private call(operation: string, input: object) {
        return this.reader.role.call("rds", operation, input);
    }

    private async takeSnapshot(): Promise<string> {
        const id = `${this.identifier}-snapshot-${hex()}`;
        await (this.isCluster
            ? this.call("CreateDBClusterSnapshot", {
                  DBClusterIdentifier: this.identifier,
                  DBClusterSnapshotIdentifier: id,
              })
            : this.call("CreateDBSnapshot", { DBInstanceIdentifier: this.identifier, DBSnapshotIdentifier: id }));
        return id;
    }

    private async describeSnapshot(id: string): Promise<{ status: string; arn: string }> {
        if (this.isCluster) {
            const input = { DBClusterSnapshotIdentifier: id };
            const { DBClusterSnapshots } = await this.call("DescribeDBClusterSnapshots", input);
            return { status: DBClusterSnapshots[0].Status, arn: DBClusterSnapshots[0].DBClusterSnapshotArn };
        }
        const { DBSnapshots } = await this.call("DescribeDBSnapshots", { DBSnapshotIdentifier: id });
        return { status: DBSnapshots[0].Status, arn: DBSnapshots[0].DBSnapshotArn };
    }

    private async startExport(snapshotId: string, SourceArn: string): Promise<string> {
        const taskId = `${snapshotId.slice(0, MAX_SNAPSHOT_PART)}-export-${hex()}`;
        await this.call("StartExportTask", {
            ExportTaskIdentifier: taskId,
            SourceArn,
            S3BucketName: this.staging.bucket,
            S3Prefix: this.staging.prefix || undefined,
            IamRoleArn: this.roleArn,
            KmsKeyId: this.options.kms_key_id,
        });
        return taskId;
    }

    /** The role lists the files and gets them; what is in them is known inside the world. */
    private async readExport(taskId: string): Promise<TableSnapshot[]> {
        const { reader, staging } = this;
        const Bucket = staging.bucket;
        const Prefix = `${staging.prefix === "" ? "" : `${staging.prefix}/`}${taskId}/`;
        const { Contents = [] } = await reader.role.call("s3", "ListObjectsV2", { Bucket, Prefix });
        for (const { Key } of Contents) {
            await reader.role.call("s3", "GetObject", { Bucket, Key });
        }
        return exportedTables(reader.role, taskId);
    }
}

const hex = () => randomBytes(4).toString("hex");
