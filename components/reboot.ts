import * as pulumi from "@pulumi/pulumi";

import type { Reboot } from "../sdk/resources/rds-parameters-in-effect";
import { derived } from "./checked";

/**
 * Says at preview what may go down, and for how long, where a reboot is allowed.
 *
 * @param candidates Finds the instances of which one goes down, where that is not known before; they are named as soon as they exist.
 */
export function warnOfReboot(
    resource: pulumi.Resource,
    reboot: Reboot = "never",
    {
        what,
        downtime,
        candidates,
    }: { what: pulumi.Input<string>; downtime: string; candidates?: () => pulumi.Output<string[]> },
): void {
    if (reboot === "never") {
        return;
    }
    const when = reboot === "now" ? "in this update" : `if the update runs in ${reboot.window} UTC`;
    derived(what, (name) => {
        void pulumi.log.warn(
            `${name} may be rebooted ${when}, once and only where parameters wait for it, and is down for ${downtime} then. Say reboot: "never" to leave it alone.`,
            resource,
        );
    });
    derived(pulumi.all([what, candidates?.() ?? []]), ([name, instances]) => {
        if (instances.length > 0) {
            void pulumi.log.warn(`${name} is one of ${instances.join(", ")}.`, resource);
        }
    });
}
