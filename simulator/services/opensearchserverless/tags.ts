import type * as api from "@aws-sdk/client-opensearchserverless";

import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { addTags, tagOperations } from "../arn-tags";
import { CollectionsState, notFound } from "./state";

const rules = {
    stateOf: (ctx: Context) => ctx.state(CollectionsState).tags,
    notFound,
    tooMany: (message: string) => new AwsError("ServiceQuotaExceededException", message, 402),
};

export const tags = tagOperations("aoss", rules);

export const setTags = (ctx: Context, arn: string, added?: api.Tag[]) => addTags(ctx, rules, arn, added);
