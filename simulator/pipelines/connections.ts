import { subPipelineEntries } from "./body";
import type { BodyProblem, Options } from "./schema";

/** How the sub-pipelines feed each other: in pairs, in no circle, and from one source outside. */
export function connectionProblems(document: Options): BodyProblem[] {
    const all = new Map(subPipelineEntries(document).map(([name, definition]) => [name, definition]));
    const outside = [...all].filter(([, { source }]) => !source.pipeline);
    return [
        ...[...all].flatMap(([name, definition]) => pairProblems(name, definition, all)),
        ...(outside.length === 1
            ? []
            : [{ path: "body", message: `must have one source that is no pipeline; it has ${outside.length}` }]),
        ...[...all.keys()]
            .filter((name) => returns(name, all))
            .map((name) => ({
                path: name,
                message: "feeds itself: pipelines must not form a circle",
            })),
    ];
}

const feeds = ({ sink }: Options): string[] =>
    sink.flatMap((use: Options) => (use.pipeline ? [use.pipeline.name] : []));

function pairProblems(name: string, definition: Options, all: Map<string, Options>): BodyProblem[] {
    const from = definition.source.pipeline?.name;
    const feeder = from === undefined ? undefined : all.get(from);
    return [
        ...(from !== undefined && !(feeder && feeds(feeder).includes(name))
            ? [{ path: `${name}.source.pipeline.name`, message: `${from} has no sink that leads to ${name}` }]
            : []),
        ...feeds(definition)
            .filter((to) => all.get(to)?.source.pipeline?.name !== name)
            .map((to) => ({ path: `${name}.sink`, message: `${to} does not have ${name} as its source` })),
    ];
}

/** Whether a way leads from a sub-pipeline back to it. */
function returns(name: string, all: Map<string, Options>, from = name, seen = new Set<string>()): boolean {
    return feeds(all.get(from) ?? { sink: [] }).some((to) => {
        if (to === name) {
            return true;
        }
        if (seen.has(to)) {
            return false;
        }
        seen.add(to);
        return returns(name, all, to, seen);
    });
}
