import type * as api from "@aws-sdk/client-opensearchserverless";

import { operationsOn } from "../operations";
import { CollectionsState } from "./state";

/** How far all collections of an account may grow together. */
export const accountSettings = operationsOn("aoss", () => "*", {
    GetAccountSettings: (_input: api.GetAccountSettingsRequest, ctx) => ({
        accountSettingsDetail: { capacityLimits: { ...ctx.state(CollectionsState).capacityLimits } },
    }),

    UpdateAccountSettings({ capacityLimits = {} }: api.UpdateAccountSettingsRequest, ctx) {
        const state = ctx.state(CollectionsState);
        state.capacityLimits = { ...state.capacityLimits, ...capacityLimits };
        return { accountSettingsDetail: { capacityLimits: { ...state.capacityLimits } } };
    },
});
