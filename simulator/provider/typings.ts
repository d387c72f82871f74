import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
// Types only: the parser takes a third of a second to load, and a warm cache needs none of it.
import type { ts as TypeScript } from "@ts-morph/common";

/** What a property holds. `json` is text that may also be given as an object; `asset` is a file or an archive. */
export type Shape =
    | "string"
    | "number"
    | "boolean"
    | "json"
    | "asset"
    | "any"
    | { list: Shape }
    | { map: Shape }
    | { object: string; side: "input" | "output" };

export interface Field {
    shape: Shape;
    optional: boolean;
}

export type Fields = Record<string, Field>;

/** What a resource type, or a function, takes and gives. */
export interface TokenTypings {
    inputs: Fields;
    outputs: Fields;
}

/** Every interface and class of a declaration file, by its name with its namespace: `dynamodb.TableAttribute`. */
type Declarations = Record<string, Fields>;

/**
 * The properties of every `aws` type, read from the declarations of the `@pulumi/aws` that a program has installed.
 *
 * They are exact: `Args` say what is required, and an output that is never undefined without being an input
 * that was given is one that AWS computes.
 */
export class Typings {
    private readonly files = new Map<string, Declarations | undefined>();
    private readonly root: string;
    readonly version: string;

    /** @param from folders to look from for `@pulumi/aws`, the first that has it wins */
    constructor(from: string[]) {
        const manifest = require.resolve("@pulumi/aws/package.json", { paths: from });
        this.root = dirname(manifest);
        this.version = JSON.parse(readFileSync(manifest, "utf8")).version;
    }

    /** @param token `aws:dynamodb/table:Table` */
    resource(token: string): TokenTypings | undefined {
        const { file, name } = parseToken(token);
        const declarations = this.declarations(file);
        const outputs = declarations?.[name];
        return outputs && { inputs: declarations[`${name}Args`] ?? {}, outputs };
    }

    /** @param token `aws:iam/getPolicyDocument:getPolicyDocument` */
    invoke(token: string): TokenTypings | undefined {
        const { file, name } = parseToken(token);
        const declarations = this.declarations(file);
        const type = name[0].toUpperCase() + name.slice(1);
        const outputs = declarations?.[`${type}Result`];
        return outputs && { inputs: declarations[`${type}Args`] ?? {}, outputs };
    }

    /** The members of a nested object. */
    object(shape: { object: string; side: "input" | "output" }): Fields {
        return this.declarations(`types/${shape.side}`)?.[shape.object] ?? {};
    }

    private declarations(file: string): Declarations | undefined {
        if (!this.files.has(file)) {
            this.files.set(file, this.load(file));
        }
        return this.files.get(file);
    }

    private load(file: string): Declarations | undefined {
        const cache = join(cacheFolder(), `aws-${this.version}`, `${file}.json`);
        try {
            return JSON.parse(readFileSync(cache, "utf8"));
        } catch {
            const text = readText(join(this.root, `${file}.d.ts`));
            const declarations = text === undefined ? undefined : parseDeclarations(text);
            if (declarations) {
                writeAtomically(cache, JSON.stringify(declarations));
            }
            return declarations;
        }
    }
}

/** Raised with every change of what is written to the cache. */
const CACHE_FORMAT = "1";

function cacheFolder(): string {
    const caches = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
    return join(caches, "pulumi-aws-zero-etl", "typings", CACHE_FORMAT);
}

function parseToken(token: string): { file: string; name: string } {
    const [, path, name] = token.split(":");
    return { file: path.replace(/^index\//, ""), name };
}

function readText(path: string): string | undefined {
    try {
        return readFileSync(path, "utf8");
    } catch {
        return undefined;
    }
}

/** Two simulators may fill the cache at the same time; a reader never sees half a file. */
function writeAtomically(path: string, text: string): void {
    try {
        mkdirSync(dirname(path), { recursive: true });
        const draft = `${path}.${process.pid}`;
        writeFileSync(draft, text);
        renameSync(draft, path);
    } catch {
        // A read-only home costs time, nothing else.
    }
}

function parseDeclarations(text: string): Declarations {
    // Not from "typescript": beside Pulumi's range for it, npm can't install a package that depends on that.
    const { ts } = require("@ts-morph/common") as typeof import("@ts-morph/common");
    const declarations: Declarations = {};

    const visit = (statements: readonly TypeScript.Statement[], namespace: string): void => {
        for (const statement of statements) {
            if (ts.isModuleDeclaration(statement) && statement.body && ts.isModuleBlock(statement.body)) {
                visit(statement.body.statements, `${namespace}${statement.name.text}.`);
            } else if (ts.isInterfaceDeclaration(statement)) {
                declarations[namespace + statement.name.text] = fieldsOf(statement.members);
            } else if (ts.isClassDeclaration(statement) && statement.name) {
                declarations[namespace + statement.name.text] = fieldsOf(statement.members);
            }
        }
    };

    const fieldsOf = (members: readonly (TypeScript.TypeElement | TypeScript.ClassElement)[]): Fields =>
        Object.fromEntries(
            members.flatMap((member): [string, Field][] => {
                const property = ts.isPropertySignature(member) || ts.isPropertyDeclaration(member);
                if (!property || !member.type || !ts.isIdentifier(member.name)) {
                    return [];
                }
                const alternatives = alternativesOf(member.type);
                const optional = !!member.questionToken || alternatives.some(isUndefined);
                return [[member.name.text, { shape: shapeOf(alternatives), optional }]];
            }),
        );

    const isUndefined = (node: TypeScript.TypeNode) => node.kind === ts.SyntaxKind.UndefinedKeyword;

    /** The members of a union, with Input<> and Output<> taken off. */
    const alternativesOf = (node: TypeScript.TypeNode): TypeScript.TypeNode[] => {
        if (ts.isUnionTypeNode(node)) {
            return node.types.flatMap(alternativesOf);
        }
        if (ts.isTypeReferenceNode(node) && /^pulumi\.(Input|Output)$/.test(node.typeName.getText(source))) {
            return alternativesOf(node.typeArguments![0]);
        }
        return [node];
    };

    const shapeOf = (alternatives: TypeScript.TypeNode[]): Shape => {
        const shapes = alternatives.filter((node) => !isUndefined(node)).map(shapeOfOne);
        const text = shapes.includes("string");
        return text ? (shapes.some((s) => typeof s === "object") ? "json" : "string") : (shapes[0] ?? "any");
    };

    const shapeOfOne = (node: TypeScript.TypeNode): Shape => {
        if (ts.isArrayTypeNode(node)) {
            return { list: shapeOf(alternativesOf(node.elementType)) };
        }
        if (ts.isTypeLiteralNode(node)) {
            const index = node.members.find(ts.isIndexSignatureDeclaration);
            return index ? { map: shapeOf(alternativesOf(index.type)) } : "any";
        }
        if (ts.isParenthesizedTypeNode(node)) {
            return shapeOf(alternativesOf(node.type));
        }
        if (ts.isTypeReferenceNode(node)) {
            const [side, ...name] = node.typeName.getText(source).split(".");
            return side === "inputs" || side === "outputs"
                ? { object: name.join("."), side: side === "inputs" ? "input" : "output" }
                : node.typeName.getText(source).startsWith("pulumi.asset")
                  ? "asset"
                  : "string"; // an enum, an ARN, or a resource that stands for its id
        }
        switch (node.kind) {
            case ts.SyntaxKind.NumberKeyword:
                return "number";
            case ts.SyntaxKind.BooleanKeyword:
                return "boolean";
            case ts.SyntaxKind.StringKeyword:
            case ts.SyntaxKind.LiteralType:
                return "string";
            default:
                return "any";
        }
    };

    const source = ts.createSourceFile("declarations.d.ts", text, ts.ScriptTarget.Latest);
    visit(source.statements, "");
    return declarations;
}
