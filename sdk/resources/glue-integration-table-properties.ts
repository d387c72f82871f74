import * as pulumi from "@pulumi/pulumi";

import type { PartitionField, UnnestOption } from "../requirements/partition";

import { DynamicResource, dynamicType, type DynamicResourceArgs } from "./dynamic-resource";

/** Arguments of {@link GlueIntegrationTableProperties}. */
export interface GlueIntegrationTablePropertiesArgs extends DynamicResourceArgs {
    /** The target database's or catalog's ARN. Another one replaces the record. */
    resourceArn: pulumi.Input<string>;
    /** The table's name in the source. Another one replaces the record. */
    sourceTableName: pulumi.Input<string>;
    /** What becomes of nested attributes. A change needs `allowResync`. @default "full" */
    unnest?: pulumi.Input<UnnestOption>;
    /** Partition keys of the target table, ten at most. A change needs `allowResync`. @default - buckets of the source's keys */
    partitionBy?: pulumi.Input<PartitionField[]>;
    /** Lower-case letters, digits and underscores, 128 at most. A change needs `allowResync`. @default - as AWS derives it from the source's */
    targetTableName?: pulumi.Input<string>;
    /** Lets a change make AWS export the source and write the target table again, which is billed like the first load. @default false */
    allowResync?: pulumi.Input<boolean>;
    /** Takes over a record that something else made and that says something else. @default false */
    adoptExisting?: pulumi.Input<boolean>;
}

/**
 * How a source's table is laid out in a target: AWS keeps one record for each pair.
 *
 * A dynamic resource, because no provider has one.
 */
export class GlueIntegrationTableProperties extends DynamicResource {
    /** @internal */
    static readonly __pulumiType = dynamicType("GlueIntegrationTableProperties");

    /** The target database or catalog. */
    declare readonly resourceArn: pulumi.Output<string>;
    /** The table's name in the source. */
    declare readonly sourceTableName: pulumi.Output<string>;

    constructor(name: string, args: GlueIntegrationTablePropertiesArgs, opts?: pulumi.CustomResourceOptions) {
        super("GlueIntegrationTableProperties", name, args, [], opts);
    }
}
