import type { Service } from "../../world/service";
import { data } from "./access";
import { accountSettings } from "./account-settings";
import { collections } from "./collections";
import { indices } from "./indices";
import { policies } from "./policies";
import { tags } from "./tags";
import { vpcEndpoints } from "./vpc-endpoints";

/** Amazon OpenSearch Serverless: collections, the policies that open them, and the OpenSearch API of each. */
export const opensearchServerless: Service = {
    id: "aoss",
    model: () => require("@aws-sdk/client-opensearchserverless"),
    operations: { ...collections, ...indices, ...policies, ...vpcEndpoints, ...accountSettings, ...tags, ...data },
};
