import * as assert from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";
import { packageRoot } from "../../simulator/engine/install";

/** What users read in their editor. */
const PUBLIC = ["components", "sdk/resources"];

const sources = PUBLIC.flatMap(typeScriptFiles).map((name) =>
    ts.createSourceFile(name, readFileSync(path.join(packageRoot, name), "utf8"), ts.ScriptTarget.Latest, true),
);

describe("the documentation", () => {
    it("says something of every exported class, interface and member", () => {
        const declarations = sources.flatMap(exportedDeclarations);
        assert.ok(declarations.length > 100, `only ${declarations.length} declarations`);
        assert.deepStrictEqual(declarations.filter(isUndocumented).map(placeOf), []);
    });

    it("has only examples that compile", function () {
        this.timeout(60_000);
        // Beside the real examples, so that they see the packages that a program sees.
        const examples = new Map(
            sources
                .flatMap(examplesOf)
                .map(({ place, code }, i) => [path.join(packageRoot, "examples", `doc-${i}.ts`), { place, code }]),
        );
        assert.ok(examples.size >= 2, `only ${examples.size} examples`);
        assert.deepStrictEqual(
            compile(examples).map(({ file, messageText }) => {
                const place = file && examples.get(file.fileName)?.place;
                return `${place}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
            }),
            [],
        );
    });
});

function typeScriptFiles(folder: string): string[] {
    return readdirSync(path.join(packageRoot, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .map((name) => path.join(folder, name));
}

function exportedDeclarations(source: ts.SourceFile): ts.Declaration[] {
    return source.statements
        .filter((statement) => ts.isInterfaceDeclaration(statement) || ts.isClassDeclaration(statement))
        .filter((statement) => modifiersOf(statement) & ts.ModifierFlags.Export)
        .flatMap((statement) => [statement, ...statement.members.filter(isPublicMember)]);
}

function isPublicMember(member: ts.TypeElement | ts.ClassElement): boolean {
    const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
    return !ts.isConstructorDeclaration(member) && !(modifiersOf(member) & hidden);
}

function modifiersOf(declaration: ts.Declaration): ts.ModifierFlags {
    return ts.getCombinedModifierFlags(declaration);
}

function isUndocumented(declaration: ts.Declaration): boolean {
    return ts.getJSDocCommentsAndTags(declaration).length === 0;
}

function placeOf(node: ts.Node): string {
    const source = node.getSourceFile();
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    return `${source.fileName}:${line + 1}`;
}

function examplesOf(source: ts.SourceFile): { place: string; code: string }[] {
    const found: { place: string; code: string }[] = [];
    const visit = (node: ts.Node) => {
        for (const tag of ts.getJSDocTags(node).filter(({ tagName }) => tagName.text === "example")) {
            const text = ts.getTextOfJSDocComment(tag.comment) ?? "";
            const [, code = text] = /```ts\n(.*)```/s.exec(text) ?? [];
            found.push({ place: placeOf(tag), code });
        }
        ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
}

/** The errors of all examples, in one program: most of the time goes into the types of `@pulumi/aws`. */
function compile(examples: Map<string, { code: string }>): readonly ts.Diagnostic[] {
    const options: ts.CompilerOptions = {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        strict: true,
        skipLibCheck: true,
        noEmit: true,
        types: ["node"],
    };
    const host = ts.createCompilerHost(options);
    const { fileExists, readFile } = host;
    host.fileExists = (name) => examples.has(name) || fileExists(name);
    host.readFile = (name) => examples.get(name)?.code ?? readFile(name);
    return ts.getPreEmitDiagnostics(ts.createProgram([...examples.keys()], options, host));
}
