import type { Service } from "../../world/service";
import { catalog } from "./catalog";
import { statements } from "./statements";

/** The Redshift Data API: SQL without a connection. */
export const redshiftData: Service = {
    id: "redshift-data",
    model: () => require("@aws-sdk/client-redshift-data"),
    operations: { ...statements, ...catalog },
};
