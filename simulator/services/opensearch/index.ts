import type { Service } from "../../world/service";
import { accessPolicy, data } from "./data";
import { domains } from "./domains";
import { tags } from "./tags";
import { versions } from "./versions";

/** Amazon OpenSearch Service: domains, and the OpenSearch API of each. */
export const opensearch: Service = {
    id: "es",
    model: () => require("@aws-sdk/client-opensearch"),
    operations: { ...domains, ...tags, ...versions, ...data },
    resourcePolicy: accessPolicy,
};
