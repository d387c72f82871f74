import type { Service } from "../../world/service";
import { catalogs } from "./catalogs";
import { databases } from "./databases";
import { integrations } from "./integrations";
import { optimizers } from "./optimizers";
import { managedCatalog } from "./replication/managed-catalog";
import { catalogPolicy, resourcePolicies } from "./resource-policy";
import { resourceProperties } from "./resource-properties";
import { tableProperties } from "./table-properties";
import { tables } from "./tables";
import { tags } from "./tags";

/** AWS Glue: the data catalog, and zero-ETL integrations with their replication. */
export const glue: Service = {
    id: "glue",
    model: () => require("@aws-sdk/client-glue"),
    operations: {
        ...catalogs,
        ...databases,
        ...tables,
        ...resourcePolicies,
        ...resourceProperties,
        ...tableProperties,
        ...integrations,
        ...optimizers,
        ...tags,
    },
    resourcePolicy: catalogPolicy,
    relationalTarget: managedCatalog,
};
