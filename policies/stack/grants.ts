import {
    allowedResources,
    isDenied,
    listOf,
    overlaps,
    problem,
    statementsOf,
    type PolicyDocument,
    type Problem,
    type Statement,
} from "../../sdk/requirements";

/** What somebody has to be allowed, or is. */
export interface Grant {
    actions: string[];
    resources: string[];
}

/** What the statements of a document allow. */
export function grantsOf(policy: PolicyDocument): Grant[] {
    return statementsOf(policy).map(({ Action, Resource }) => ({
        actions: listOf(Action),
        resources: listOf(Resource),
    }));
}

/** Grants that no statement gives. */
export function missingProblems(grants: Grant[], granted: Statement[]): Problem[] {
    const missing = described(grants, (action, resources) => {
        const allowed = allowedResources({ Statement: granted }, [action]);
        return !resources.every((resource) => allowed.some((pattern) => overlaps(pattern, resource)));
    });
    return missing === "" ? [] : [problem("policy", "The role may not do all that AWS needs", `Allow it ${missing}`)];
}

/** Grants that a statement takes away. */
export function deniedProblems(grants: Grant[], granted: Statement[]): Problem[] {
    const denied = described(grants, (action, resources) =>
        resources.some((resource) => isDenied({ Statement: granted }, action, resource)),
    );
    return denied === ""
        ? []
        : [problem("policy", `A Deny keeps the role from ${denied}`, "Take what AWS needs out of it")];
}

/** In words, the actions of grants that `isMeant` picks. */
function described(grants: Grant[], isMeant: (action: string, resources: string[]) => boolean): string {
    return grants
        .map(({ actions, resources }) => ({
            actions: actions.filter((action) => isMeant(action, resources)),
            resources,
        }))
        .filter(({ actions }) => actions.length > 0)
        .map(({ actions, resources }) => `${actions.join(", ")} on ${resources.join(", ")}`)
        .join("; ");
}
