import type { Service } from "../../world/service";
import { alarms } from "./alarms";
import { metrics } from "./metrics";

export const cloudwatch: Service = {
    id: "cloudwatch",
    signingName: "monitoring",
    model: () => require("@aws-sdk/client-cloudwatch"),
    operations: { ...metrics, ...alarms },
};
