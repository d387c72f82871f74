import type { Service } from "../../world/service";
import { events } from "./events";
import { groups } from "./groups";

export const logs: Service = {
    id: "logs",
    model: () => require("@aws-sdk/client-cloudwatch-logs"),
    operations: { ...groups, ...events },
};
