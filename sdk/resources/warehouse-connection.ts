import * as pulumi from "@pulumi/pulumi";

/** How statements get into a warehouse, and whose rights they have. They go by the Redshift Data API. */
export interface WarehouseConnectionArgs {
    /** A serverless workgroup; either this or `clusterIdentifier`. Another one replaces what is in the warehouse. */
    workgroupName?: pulumi.Input<string>;
    /** A provisioned cluster; either this or `workgroupName`. Another one replaces what is in the warehouse. */
    clusterIdentifier?: pulumi.Input<string>;
    /** The database to sign in to. Changed without a call. @default "dev" */
    database?: pulumi.Input<string>;
    /** A secret of Secrets Manager with a user and a password. Changed without a call. @default - the IAM identity of the caller, or `dbUser` */
    secretArn?: pulumi.Input<string>;
    /** A user of the cluster, for whom the caller gets temporary credentials; not for a workgroup. Changed without a call. @default - the IAM identity of the caller */
    dbUser?: pulumi.Input<string>;
}
