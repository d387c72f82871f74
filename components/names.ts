import * as pulumi from "@pulumi/pulumi";

import type { NameParts } from "../sdk/requirements";

/** What names in AWS are derived from, so that two stacks do not meet in one account. */
export function nameParts(name: string): NameParts {
    return { project: pulumi.getProject(), stack: pulumi.getStack(), name };
}
