import { problem, type Problem } from "../../sdk/requirements";
import type { Resource } from "./resource";
import { known } from "./unknown";

/**
 * A problem of each resource but the first that is about the same thing.
 *
 * @param identity Tells things apart; throws where it is not known. Those of the others that are not known yet count as different.
 */
export function duplicateProblems(
    subject: Resource,
    all: Resource[],
    {
        argument,
        identity,
        what,
        fix,
    }: { argument: string; identity(resource: Resource): string; what: string; fix: string },
): Problem[] {
    const own = identity(subject);
    const first = all.find((resource) => known(() => identity(resource)) === own)!;
    return first === subject ? [] : [problem(argument, `${first.name} is ${what} already`, fix)];
}
