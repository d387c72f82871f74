import type { BodyProblem, Options } from "../schema";

/** The tables that a pipeline joins to one document: one parent, and children that have no children of their own. */
export function joinProblems(relations: Options[], included: string[], path: string): BodyProblem[] {
    const parents = new Set(relations.map(({ parent }) => parent));
    return relations.flatMap(({ parent, child }, index) => {
        const at = `${path}.relations[${index}]`;
        const earlier = relations.slice(0, index).some((other) => other.child === child);
        return [
            ...(parent === relations[0].parent
                ? []
                : [{ path: `${at}.parent`, message: `a pipeline joins one parent, which is ${relations[0].parent}` }]),
            ...(parents.has(child)
                ? [{ path: `${at}.child`, message: `${child} is a parent: joins have a single level` }]
                : []),
            ...(earlier ? [{ path: `${at}.child`, message: `${child} has a parent already` }] : []),
            ...[["parent", parent] as const, ["child", child] as const]
                .filter(([, table]) => !included.includes(table))
                .map(([key, table]) => ({ path: `${at}.${key}`, message: `${table} must be in tables.include` })),
        ];
    });
}
