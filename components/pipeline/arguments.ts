import type { Processor } from "../../sdk/requirements";
import { indexArgument, type RoutedIndexArgs } from "./indexes";

/** Where in a sub-pipeline something is, and the argument that it comes from; the first that fits counts. */
export type ArgumentNames = [place: string, argument: string][];

/** What a sub-pipeline is made of. */
interface Given {
    processors?: Processor[];
    /** Whether the user has written `index`, and not `indexes`. */
    isOne: boolean;
    indexes: RoutedIndexArgs[];
    source: ArgumentNames;
}

/** Where the parts of a sub-pipeline come from: who gives arguments has written no body. */
export function argumentNames({ processors = [], isOne, indexes, source }: Given): ArgumentNames {
    const indexNames = indexes.map((_, i) => indexArgument(i, isOne));
    const routed = indexNames.filter((_, i) => indexes[i]!.when !== undefined);
    return [
        ...source,
        ...processors.map((each, i): ArgumentNames[number] => [
            `processor[${i}]`,
            `processors[${i}]${"raw" in each ? ".raw" : ""}`,
        ]),
        ...routed.map((name, i): ArgumentNames[number] => [`routes[${i}]`, `${name}.when`]),
        ...indexNames.flatMap((name, i) => sinkNames(`sink[${i}].opensearch`, name)),
    ];
}

function sinkNames(place: string, index: string): ArgumentNames {
    return [
        [`${place}.hosts`, "search"],
        [`${place}.aws`, "search"],
        [`${place}.dlq`, "deadLetters"],
        [`${place}.index`, `${index}.name`],
        [`${place}.document_version`, `${index}.versions`],
        [`${place}.document_version_type`, `${index}.versions`],
        [`${place}.actions`, `${index}.action.cases`],
        [place, index],
    ];
}

/** The argument that a path of a body comes from; the path itself where that is none alone. */
export function argumentOf(path: string, subPipeline: string, names: ArgumentNames): string {
    const inside = path.replace(`body.${subPipeline}.`, "");
    const found = names.find(([place]) => inside.startsWith(place) && /^($|[.[])/.test(inside.slice(place.length)));
    if (found === undefined) {
        return path;
    }
    const [place, argument] = found;
    const rest = inside.slice(place.length);
    // A route stands under its own name, and what is raw is written as in a body.
    return argument.endsWith(".when") ? argument : argument + (argument.endsWith(".raw") ? rest : camelCase(rest));
}

function camelCase(path: string): string {
    return path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
