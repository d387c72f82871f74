import * as pulumi from "@pulumi/pulumi";

/**
 * A change to a child that a component makes: members that replace its arguments, or a function that may change
 * arguments and options in place.
 */
export type Transform<Args> = Partial<Args> | ((args: Args, opts: pulumi.CustomResourceOptions, name: string) => void);

/** A child's constructor arguments, changed as the component's user asked. */
export function transformed<Args extends object>(
    change: Transform<Args> | undefined,
    name: string,
    args: Args,
    opts: pulumi.CustomResourceOptions,
): [string, Args, pulumi.CustomResourceOptions] {
    if (typeof change !== "function") {
        return [name, { ...args, ...change }, opts];
    }
    const changed = { ...args };
    const options = { ...opts };
    change(changed, options, name);
    return [name, changed, options];
}
