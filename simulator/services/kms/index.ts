import { splitArn } from "../../world/context";
import type { Service } from "../../world/service";
import { aliases } from "./aliases";
import { encryption } from "./encryption";
import { grants } from "./grants";
import { keys } from "./keys";
import { KmsState } from "./state";

export const kms: Service = {
    id: "kms",
    model: () => require("@aws-sdk/client-kms"),
    operations: { ...keys, ...aliases, ...grants, ...encryption },
    resourcePolicy(ctx, arn) {
        const { accountId, region, resource } = splitArn(arn);
        const key = ctx.state(KmsState, accountId, region).keys.get(resource.replace(/^key\//, ""));
        return key && { accountId, document: key.policy, required: true };
    },
};
