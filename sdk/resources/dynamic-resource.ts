import * as pulumi from "@pulumi/pulumi";

import { accountFor, type AccountArgs } from "./aws-account";

/** What every dynamic resource takes beside its own arguments. */
export interface DynamicResourceArgs {
    /**
     * The account and Region that it is in.
     *
     * @default - those of the `aws` provider that the options or the parent give, else of the stack's default provider
     */
    account?: pulumi.Input<AccountArgs>;
}

/** A resource whose handler is in the runtime. Its outputs have other names than its inputs, which are outputs as well. */
export abstract class DynamicResource extends pulumi.dynamic.Resource {
    /** @param outputs The names of what the handler adds to the inputs. */
    protected constructor(
        shim: pulumi.dynamic.ResourceProvider,
        type: string,
        name: string,
        args: DynamicResourceArgs,
        outputs: readonly string[],
        opts: pulumi.CustomResourceOptions = {},
    ) {
        super(
            shim,
            name,
            {
                ...Object.fromEntries(outputs.map((output) => [output, undefined])),
                ...args,
                account: args.account ?? accountFor(opts),
                owner: [pulumi.getProject(), pulumi.getStack(), type, name].join("/"),
            },
            {
                ...opts,
                // An aws provider says which account is meant; the engine would send this resource to it.
                provider: undefined,
                // A replacement made first would take over what is there, and the deletion of the old one would take it away.
                deleteBeforeReplace: true,
            },
            MODULE,
            type,
        );
    }
}

const MODULE = "zeroetl";

/** The type of a dynamic resource in states, outputs and policies. */
export function dynamicType(type: string): string {
    return `pulumi-nodejs:dynamic/${MODULE}:${type}`;
}
