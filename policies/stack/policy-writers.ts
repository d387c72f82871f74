import { problem, type Problem } from "../../sdk/requirements";
import { duplicateProblems } from "./duplicates";
import type { Resource } from "./resource";
import { identityOf, type Reference } from "./stack";
import { found, readEach } from "./unknown";

/** Who writes one policy: whole documents, each of which takes the place of what is there, and members of ours, which leave the rest alone. */
interface PolicyWriters {
    argument: string;
    documents: Resource[];
    members: Resource[];
    /** What a writer's policy is of. */
    owner(writer: Resource): Reference;
    /** What that is, such as `domain`. */
    what: string;
    fix: string;
}

/** What is wrong with a whole document that is not the only one, or that stands beside members. @throws where that is not known */
export function writerProblems(
    document: Resource,
    { argument, documents, members, owner, what, fix }: PolicyWriters,
): Problem[] {
    const identity = (writer: Resource) => identityOf(owner(writer));
    const own = identity(document);
    const overwritten = readEach(members, (member) => (identity(member) === own ? [member.name] : []));
    const problems = [
        ...duplicateProblems(document, documents, { argument, identity, what: `the policy of the same ${what}`, fix }),
        ...(overwritten.values.length === 0
            ? []
            : [problem(argument, `The document overwrites ${overwritten.values.join(", ")} in the same policy`, fix)]),
    ];
    return found({ ...overwritten, values: problems }, `the ${what} of a member is not known`);
}
