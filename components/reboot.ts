import * as pulumi from "@pulumi/pulumi";

import type { Reboot } from "../sdk/resources/rds-parameters-in-effect";
import { derived } from "./checked";

/** Says at preview what may go down, and for how long, where a reboot is allowed. */
export function warnOfReboot(
    resource: pulumi.Resource,
    reboot: Reboot = "never",
    { oneOf, downtime }: { oneOf: pulumi.Input<string[]>; downtime: string },
): void {
    if (reboot === "never") {
        return;
    }
    const when = reboot === "now" ? "in this update" : `in an update that runs in ${reboot.window} UTC`;
    derived(oneOf, (names) => {
        if (names.length > 0) {
            void pulumi.log.warn(
                `${names.join(" or ")} may be rebooted ${when}, if parameters wait for it, and is down for ${downtime} then. reboot: "never" leaves it alone.`,
                resource,
            );
        }
    });
}
