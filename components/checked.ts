import * as pulumi from "@pulumi/pulumi";

import { refuse, type Problem } from "../sdk/requirements";

/**
 * A value that has been looked at: a plain one at once, in the constructor; an output as soon as it is known, at preview where it can be.
 */
export function checked<T>(
    value: pulumi.Input<T>,
    problems: (value: pulumi.Unwrap<T>) => Problem[],
): pulumi.Output<pulumi.Unwrap<T>> {
    const check = (known: pulumi.Unwrap<T>) => {
        refuse(problems(known));
        return known;
    };
    if (!pulumi.Output.isInstance(value) && !(value instanceof Promise)) {
        check(value as pulumi.Unwrap<T>);
    }
    return derived(value, (known) => {
        try {
            return check(known);
        } catch (error) {
            // Its stack holds no line of the program: Pulumi shows a RunError's message alone.
            throw new pulumi.RunError((error as Error).message);
        }
    });
}

/** The same as {@link checked}, and says what AWS may well refuse. */
export function judged<T>(
    resource: pulumi.Resource,
    value: pulumi.Input<T>,
    problems: (value: pulumi.Unwrap<T>) => Problem[],
): pulumi.Output<pulumi.Unwrap<T>> {
    return derived(checked(value, problems), (known) => {
        warnOf(
            resource,
            problems(known as pulumi.Unwrap<T>).filter(({ severity }) => severity === "warning"),
        );
        return known;
    }) as pulumi.Output<pulumi.Unwrap<T>>;
}

/**
 * What follows from a value, or from each of a list; an argument that may be missing is given as `null`. With `pulumi up --target` the engine answers
 * `undefined` for the outputs of resources that it leaves out: nothing follows from those, and nobody asks.
 */
export function derived<T, U>(
    value: pulumi.Input<T>,
    derive: (value: pulumi.Unwrap<T>) => pulumi.Input<U>,
): pulumi.Output<U> {
    const isLeftOut = (known: unknown) =>
        known === undefined || (Array.isArray(known) && known.some((each) => each === undefined));
    return pulumi
        .output(value)
        .apply((known) =>
            isLeftOut(known) ? (undefined as U) : derive(known as pulumi.Unwrap<T>),
        ) as pulumi.Output<U>;
}

/** Says what AWS may well refuse, and lets the update go on. */
export function warnOf(resource: pulumi.Resource, problems: Problem[]): void {
    problems.forEach(({ argument, message }) => void pulumi.log.warn(`${argument}: ${message}`, resource));
}
