import type * as pulumi from "@pulumi/pulumi";

/** An account and Region, and maybe the way into them. */
export type Location = pulumi.Output<{ accountId: string; region: string }>;

/** Where an integration writes to. */
export interface Target {
    /** What integrations point at. */
    arn: pulumi.Output<string>;
    /** Known at a first preview, when the ARN is not. */
    region: pulumi.Output<string>;
}
