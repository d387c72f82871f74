import * as pulumi from "@pulumi/pulumi";

import { DynamicResource, dynamicType, type DynamicResourceArgs } from "./dynamic-resource";

/** How Glue reads a source. */
export interface SourceProcessingArgs {
    /** Reads the connection. The ARN has 128 characters at most. */
    roleArn: pulumi.Input<string>;
}

/** How Glue writes a target. */
export interface TargetProcessingArgs {
    /** Writes the tables. The ARN has 128 characters at most. */
    roleArn: pulumi.Input<string>;
    /** A customer managed key for the tables' files. @default - the bucket's own encryption */
    kmsKeyArn?: pulumi.Input<string>;
    /** A Glue connection of type NETWORK: the writers go through its subnet. @default - AWS's own network */
    connectionName?: pulumi.Input<string>;
    /** The bus that gets the integrations' events. @default - the account's default bus */
    eventBusArn?: pulumi.Input<string>;
}

/** Arguments of {@link GlueIntegrationResourceProperty}. */
export interface GlueIntegrationResourcePropertyArgs extends DynamicResourceArgs {
    /** The database, the catalog or the connection. Another one replaces the property. */
    resourceArn: pulumi.Input<string>;
    /** Of a connection. Changed in place, for all integrations of the resource. @default - none */
    source?: pulumi.Input<SourceProcessingArgs>;
    /** Of a database or a catalog. Changed in place, for all integrations of the resource. @default - none */
    target?: pulumi.Input<TargetProcessingArgs>;
    /** At most 49, beside the one that says whose the property is. @default - none */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** Takes over a property that something else made, and changes it for all integrations of the resource. @default false */
    adoptExisting?: pulumi.Input<boolean>;
}

/**
 * What integrations need to know of a source or a target: AWS keeps one for each resource, and all its integrations share it.
 *
 * A dynamic resource, because `@pulumi/aws` has none, and several stacks may have integrations of one resource. A property with
 * the same content is shared; one that says something else is refused, unless `adoptExisting` takes it over. It is deleted by the
 * one that made it, once no integration uses the resource.
 */
export class GlueIntegrationResourceProperty extends DynamicResource {
    /** @internal */
    static readonly __pulumiType = dynamicType("GlueIntegrationResourceProperty");

    /** The database, the catalog or the connection. */
    declare readonly resourceArn: pulumi.Output<string>;
    /** The property's own ARN, which its tags are on. */
    declare readonly resourcePropertyArn: pulumi.Output<string>;
    /** Whether this resource made it, or took it over; another's is used and left alone. */
    declare readonly owned: pulumi.Output<boolean>;

    constructor(name: string, args: GlueIntegrationResourcePropertyArgs, opts?: pulumi.CustomResourceOptions) {
        super("GlueIntegrationResourceProperty", name, args, ["resourcePropertyArn", "owned"], opts);
    }
}
