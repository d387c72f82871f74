import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { Item } from "../values";
import type { Path } from "./parser";

/** What an item holds at a path. */
export function valueAt(item: Item, path: Path): AttributeValue | undefined {
    return path.reduce<AttributeValue | undefined>(childOf, { M: item });
}

function childOf(parent: AttributeValue | undefined, step: string | number): AttributeValue | undefined {
    return typeof step === "number" ? parent?.L?.[step] : parent?.M?.[step];
}

/** The parts of an item that the paths name; list elements close up in their order. */
export function project(item: Item, paths: Path[] | undefined): Item {
    return paths ? (projectValue({ M: item }, paths).M ?? {}) : item;
}

function projectValue(value: AttributeValue, paths: Path[]): AttributeValue {
    if (paths.some((path) => path.length === 0)) {
        return value;
    }
    const below = new Map<string | number, Path[]>();
    for (const [step, ...rest] of paths) {
        below.set(step, [...(below.get(step) ?? []), rest]);
    }
    const steps = [...below.keys()].filter((step) => childOf(value, step) !== undefined);
    const part = (step: string | number) => projectValue(childOf(value, step)!, below.get(step)!);
    const isNothing = (child: AttributeValue) => (child.L ?? (child.M && Object.keys(child.M)))?.length === 0;
    const parts = steps
        .map((step) => [step, part(step)] as const)
        // A path that ends nowhere leaves no trace, though the way to it exists.
        .filter(([step, child]) => !isNothing(child) || below.get(step)!.some((path) => path.length === 0));
    if (value.L) {
        return { L: parts.sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => child) };
    }
    return { M: Object.fromEntries(parts) };
}
