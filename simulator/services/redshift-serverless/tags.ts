import type * as api from "@aws-sdk/client-redshift-serverless";

import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { addTags, tagOperations } from "../arn-tags";
import { notFound, ServerlessState } from "./state";

const rules = {
    stateOf: (ctx: Context) => ctx.state(ServerlessState).tags,
    notFound,
    tooMany: (message: string) => new AwsError("TooManyTagsException", message),
};

export const tags = tagOperations("redshift-serverless", rules);

export const setTags = (ctx: Context, arn: string, added?: api.Tag[]) => addTags(ctx, rules, arn, added);
