import * as pulumi from "@pulumi/pulumi";

import { deriveIntegrationName, integrationNameProblems, type IntegrationApi } from "../../sdk/requirements";
import type { Integration, IntegrationTimeouts } from "../../sdk/resources/integration";
import { checked } from "../checked";
import { nameParts } from "../names";

/** What every integration takes, whatever its source and its target. */
export interface IntegrationComponentArgs {
    /**
     * The integration's name, unique in its account and Region. Into a lakehouse of DynamoDB 1–128 characters; in all other cases 1–63 letters, digits
     * and single hyphens, a letter first. Changed in place.
     *
     * @default `project-stack-name`, shortened where needed
     */
    integrationName?: pulumi.Input<string>;
    /** At most 1,000 characters. Changed in place. @default none */
    description?: pulumi.Input<string>;
    /** A customer managed key for the data on its way. Another key replaces the integration. @default a key of AWS */
    kmsKeyArn?: pulumi.Input<string>;
    /** Pairs that the key's policy can ask for; only with `kmsKeyArn`. Replaces the integration. @default none */
    additionalEncryptionContext?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** The integration's tags, 49 at most beside the one that says whose it is. */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** Whether to take over an integration between this source and this target that exists already. @default false: it is refused */
    adoptExisting?: boolean;
    /** How long to wait. @default 60 minutes to create, 30 to update and to delete */
    timeouts?: IntegrationTimeouts;
}

/** An integration with all that it needs at its source and its target. */
export abstract class IntegrationComponent<I extends Integration> extends pulumi.ComponentResource {
    /** The integration itself. */
    abstract readonly integration: I;

    /** The integration's ARN. */
    get integrationArn(): pulumi.Output<string> {
        return this.integration.integrationArn;
    }

    /** The integration's name. */
    get integrationName(): pulumi.Output<string> {
        return this.integration.integrationName;
    }

    /** The integration's status when it was last looked at: `ACTIVE`, `SYNCING`, `NEEDS_ATTENTION`, … */
    get status(): pulumi.Output<string> {
        return this.integration.status;
    }

    /** Ends the constructor. */
    protected override registerOutputs(outputs: pulumi.Inputs = {}): void {
        const { integrationArn, integrationName, status } = this;
        super.registerOutputs({ integrationArn, integrationName, status, ...outputs });
    }
}

/** What the integration itself takes of a component's arguments. */
export function integrationInputs(api: IntegrationApi, name: string, args: IntegrationComponentArgs) {
    const { integrationName = deriveIntegrationName(api, nameParts(name)), kmsKeyArn } = args;
    const { description, additionalEncryptionContext, tags, adoptExisting, timeouts } = args;
    return {
        integrationName: checked(integrationName, (value) => integrationNameProblems("integrationName", api, value)),
        description,
        kmsKeyId: kmsKeyArn,
        additionalEncryptionContext,
        tags,
        adoptExisting,
        timeouts,
    };
}

/** Whose a statement in a shared policy is. Not the component's own URN: a child that waits for it waits for itself. */
export function ownerOf(name: string): string {
    return [pulumi.getProject(), pulumi.getStack(), name].join("/");
}
