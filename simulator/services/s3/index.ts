import type { Service } from "../../world/service";
import { resourcePolicy } from "./bucket";
import { buckets } from "./buckets";
import { listings } from "./listings";
import { objects } from "./objects";
import { policies } from "./policies";
import { settings } from "./settings";
import { uploads } from "./uploads";

export const s3: Service = {
    id: "s3",
    model: () => require("@aws-sdk/client-s3"),
    operations: { ...buckets, ...settings, ...policies, ...objects, ...listings, ...uploads },
    accessDenied: "AccessDenied",
    resourcePolicy,
};
