import * as pulumi from "@pulumi/pulumi";

import { dynamicType } from "./dynamic-resource";
import { Integration, type IntegrationArgs } from "./integration";

/** Arguments of {@link RedshiftIntegration}. */
export interface RedshiftIntegrationArgs extends IntegrationArgs {
    /** 1–63 letters, digits and single hyphens, a letter first; unique in the account and Region. Changed in place. */
    integrationName: pulumi.Input<string>;
    /** A DynamoDB table, in the integration's account and Region. Another one replaces the integration. */
    sourceArn: pulumi.Input<string>;
    /** The namespace of a warehouse, provisioned or serverless, in the same Region. Another one replaces the integration. */
    targetArn: pulumi.Input<string>;
    /** The ARN of a customer managed key for data on its way. Another one replaces the integration. @default - a key of AWS */
    kmsKeyId?: pulumi.Input<string>;
}

/**
 * A zero-ETL integration of Amazon Redshift: a DynamoDB table into a warehouse.
 *
 * A dynamic resource, because `aws.redshift.Integration` tells neither status nor errors, loses from the state an integration that does
 * not come out active, and cannot take over what exists.
 *
 * Destroying it keeps the data in the warehouse.
 */
export class RedshiftIntegration extends Integration {
    /** @internal */
    static readonly __pulumiType = dynamicType("RedshiftIntegration");

    constructor(name: string, args: RedshiftIntegrationArgs, opts?: pulumi.CustomResourceOptions) {
        super("RedshiftIntegration", name, args, opts);
    }
}
