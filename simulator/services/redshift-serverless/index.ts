import { warehouseTarget } from "../../integrations/warehouse-target";
import type { Service } from "../../world/service";
import { namespacePolicy } from "../redshift/policies";
import { namespaces, snapshotPolicies } from "./namespaces";
import { tags } from "./tags";
import { workgroups } from "./workgroups";

/** Amazon Redshift Serverless: namespaces with the workgroups that compute for them. */
export const redshiftServerless: Service = {
    id: "redshift-serverless",
    model: () => require("@aws-sdk/client-redshift-serverless"),
    operations: { ...namespaces, ...workgroups, ...snapshotPolicies, ...tags },
    // Put by way of the redshift service.
    resourcePolicy: namespacePolicy,
    relationalTarget: warehouseTarget,
};
