import { warehouseTarget } from "../../integrations/warehouse-target";
import type { Service } from "../../world/service";
import { clusters } from "./clusters";
import { integrations } from "./integrations";
import { parameterGroups } from "./parameter-groups";
import { namespacePolicy, policies } from "./policies";
import { subnetGroups } from "./subnet-groups";
import { tags } from "./tags";

/** Amazon Redshift: provisioned clusters, policies of every namespace, and integrations from DynamoDB. */
export const redshift: Service = {
    id: "redshift",
    model: () => require("@aws-sdk/client-redshift"),
    operations: { ...clusters, ...parameterGroups, ...subnetGroups, ...policies, ...integrations, ...tags },
    resourcePolicy: namespacePolicy,
    relationalTarget: warehouseTarget,
};
