import { redshiftParametersInEffect } from "../../../sdk/runtime";
import type { Bank } from "../simulator/glue-world";

import { common } from "./offline";

/** A serverless warehouse `sales` that takes integrations; answers with its namespace's ARN. */
export async function openSales(bank: Bank): Promise<string> {
    // An integration takes twenty minutes to be active.
    bank.world.clock.setSpeed(6000);
    const { namespace } = await bank.source.call("redshift-serverless", "CreateNamespace", { namespaceName: "sales" });
    await bank.source.call("redshift-serverless", "CreateWorkgroup", {
        workgroupName: "sales",
        namespaceName: "sales",
    });
    await redshiftParametersInEffect.create({
        ...common("RedshiftParametersInEffect", "sales"),
        workgroupName: "sales",
        timeout: "20s",
    });
    return namespace.namespaceArn;
}
