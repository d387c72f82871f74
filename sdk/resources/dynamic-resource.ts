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

/**
 * A dynamic resource whose handler is in the runtime. Its outputs have other names than its inputs, which are outputs as well.
 *
 * Not a `pulumi.dynamic.Resource`: that one writes every method of a provider object into the state, twice, 2.2 kB each, as the
 * versions of Pulumi and TypeScript at hand print them.
 */
export abstract class DynamicResource extends pulumi.CustomResource {
    /** @param outputs The names of what the handler adds to the inputs. */
    protected constructor(
        type: string,
        name: string,
        args: DynamicResourceArgs,
        outputs: readonly string[],
        opts: pulumi.CustomResourceOptions = {},
    ) {
        super(
            dynamicType(type),
            name,
            {
                ...Object.fromEntries(outputs.map((output) => [output, undefined])),
                ...args,
                account: args.account ?? accountFor(opts),
                owner: [pulumi.getProject(), pulumi.getStack(), type, name].join("/"),
                __provider: shim(type),
            },
            {
                ...opts,
                // An aws provider says which account is meant; the engine would send this resource to it.
                provider: undefined,
                // A replacement made first would take over what is there, and the deletion of the old one would take it away.
                deleteBeforeReplace: true,
            },
        );
    }
}

/** The type of a dynamic resource in states, outputs and policies. */
export function dynamicType(type: string): string {
    return `pulumi-nodejs:dynamic/zeroetl:${type}`;
}

/**
 * What Pulumi's dynamic provider loads: a module whose `handler()` is the resource's provider. The same text in every release, so that
 * an upgrade makes no difference, and refresh and destroy run the code that is installed.
 */
function shim(type: string): string {
    return `exports.handler = () => require("pulumi-aws-zero-etl/runtime").${type[0]!.toLowerCase()}${type.slice(1)};\n`;
}
