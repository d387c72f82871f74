import type { Service } from "../../world/service";
import { batches } from "./batches";
import { exportOperations } from "./exports";
import { items } from "./items";
import { policies, resourcePolicy } from "./policies";
import { queries } from "./queries";
import { settings } from "./settings";
import { tables } from "./tables";

export { exportedItems, toJson, type ExportedItems } from "./exports";
export type { Item } from "./values";

export const dynamodb: Service = {
    id: "dynamodb",
    model: () => require("@aws-sdk/client-dynamodb"),
    operations: { ...tables, ...settings, ...policies, ...items, ...batches, ...queries, ...exportOperations },
    resourcePolicy,
};
