import * as pulumi from "@pulumi/pulumi";

import type { Duration } from "../requirements/duration";
import type { WarehouseViewDefinition } from "../requirements/warehouse-view";

import { DynamicResource, dynamicType, type DynamicResourceArgs } from "./dynamic-resource";
import type { WarehouseConnectionArgs } from "./warehouse-connection";

/** Arguments of {@link RedshiftView}. */
export interface RedshiftViewArgs extends DynamicResourceArgs {
    /** How to get into the warehouse; its `database` does not count, since statements run in the view's. */
    warehouse: pulumi.Input<WarehouseConnectionArgs>;
    /** The view. Another database, schema or name replaces it; new columns drop it and make it again, without its grants. */
    view: pulumi.Input<WarehouseViewDefinition>;
    /** Takes the place of a view that something else made. @default false */
    adoptExisting?: pulumi.Input<boolean>;
    /** How long to wait for the warehouse, and for the tables that a materialized view reads. @default "30m" */
    timeout?: pulumi.Input<Duration>;
}

/**
 * A view, or a materialized one, in a database of the user's own: the database of an integration takes none.
 *
 * A dynamic resource, because `aws.redshiftdata.Statement` neither changes nor drops what it made. A refresh finds a view that
 * somebody dropped or changed.
 */
export class RedshiftView extends DynamicResource {
    /** @internal */
    static readonly __pulumiType = dynamicType("RedshiftView");

    /** The view's statement as Redshift keeps it; "" when a refresh found it changed: an update puts it right. */
    declare readonly storedDefinition: pulumi.Output<string>;

    constructor(name: string, args: RedshiftViewArgs, opts?: pulumi.CustomResourceOptions) {
        super("RedshiftView", name, args, ["storedDefinition"], opts);
    }
}
