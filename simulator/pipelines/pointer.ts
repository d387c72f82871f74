import type { PipelineEvent } from "./source";

type Tree = Record<string, unknown>;

/** The parts of a key as Data Prepper's options name it: `a`, `a/b`, `/a/b`; the root is `` or `/`. */
export function parts(key: string): string[] {
    return key
        .split("/")
        .filter((part, index) => part !== "" || index > 0)
        .filter((part, index, all) => part !== "" || all.length > index + 1)
        .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null;
const own = (tree: Tree, part: string) => (Object.hasOwn(tree, part) ? tree[part] : undefined);

/** The value at a key, undefined where there is none. */
export function valueAt(tree: unknown, key: string): unknown {
    return parts(key).reduce<unknown>((at, part) => (isTree(at) ? own(at, part) : undefined), tree);
}

export const has = ({ data }: PipelineEvent, key: string): boolean => valueAt(data, key) !== undefined;

/** Sets a value, and makes the maps on the way to it. */
export function setAt(tree: Tree, key: string, value: unknown): void {
    const path = parts(key);
    const last = path.pop();
    if (last === undefined) {
        Object.assign(tree, value);
        return;
    }
    const parent = path.reduce<Tree>((at, part) => {
        const next = own(at, part);
        return isTree(next) ? next : (define(at, part, {}) as Tree);
    }, tree);
    define(parent, last, value);
}

/** Not by assignment: a member may be called `__proto__`. */
function define(tree: Tree, part: string, value: unknown): unknown {
    Object.defineProperty(tree, part, { value, writable: true, enumerable: true, configurable: true });
    return value;
}

export function deleteAt(tree: Tree, key: string): void {
    const path = parts(key);
    const last = path.pop();
    const parent = valueAt(tree, path.join("/"));
    if (last !== undefined && isTree(parent)) {
        delete parent[last];
    }
}
