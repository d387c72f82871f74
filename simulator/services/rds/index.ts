import type { Service } from "../../world/service";
import { clusters } from "./clusters";
import { engines } from "./engines";
import { exportTasks } from "./export-tasks";
import { instances } from "./instances";
import { integrations } from "./integrations";
import { parameterGroups } from "./parameter-groups";
import { snapshots } from "./snapshots";
import { subnetGroups } from "./subnet-groups";
import { tags } from "./tags";

/** Amazon RDS and Aurora: databases with their parameters, and zero-ETL integrations. */
export const rds: Service = {
    id: "rds",
    model: () => require("@aws-sdk/client-rds"),
    accessDenied: "AccessDenied",
    operations: {
        ...clusters,
        ...instances,
        ...parameterGroups,
        ...subnetGroups,
        ...engines,
        ...snapshots,
        ...exportTasks,
        ...integrations,
        ...tags,
    },
};
