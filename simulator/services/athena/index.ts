import type { Service } from "../../world/service";
import { namedQueries } from "./queries";
import { workGroups } from "./workgroups";

/** Saved queries and workgroups; nothing is executed. */
export const athena: Service = {
    id: "athena",
    model: () => require("@aws-sdk/client-athena"),
    operations: { ...namedQueries, ...workGroups },
};
