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
    return pulumi.output(value).apply(check) as pulumi.Output<pulumi.Unwrap<T>>;
}
