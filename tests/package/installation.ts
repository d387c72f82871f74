import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { promisify } from "node:util";
import * as ts from "typescript";
import { packageRoot } from "../../simulator/engine/install";
import { PROGRAM } from "./program";

/** A packed package. */
export interface Tarball {
    file: string;
    /** The paths in it, sorted. */
    contents: string[];
    /** Bytes on a user's disk. */
    unpackedSize: number;
}

/** How a package manager is called; all take packages from the caches that they share with the user's other projects. */
interface Manager {
    install: string[];
    /** Its own files in a project. */
    files: Record<string, string>;
}

const bin = (name: string) => path.join(packageRoot, "node_modules/.bin", name);

const MANAGERS = {
    npm: { install: ["npm", "install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"], files: {} },
    pnpm: { install: [bin("pnpm"), "install", "--prefer-offline", "--ignore-scripts"], files: {} },
    yarn: {
        install: [bin("yarn"), "install"],
        files: {
            // Pulumi does not find packages in zip files.
            ".yarnrc.yml": "nodeLinker: node-modules\nenableScripts: false\nenableImmutableInstalls: false\n",
            "yarn.lock": "",
        },
    },
} satisfies Record<string, Manager>;

/** `npm pack` of a folder. */
export async function pack(folder: string, destination: string): Promise<Tarball> {
    const { stdout } = await run(folder, [
        "npm",
        "pack",
        "--json",
        "--ignore-scripts",
        "--pack-destination",
        destination,
    ]);
    const [{ filename, files, unpackedSize }] = JSON.parse(stdout);
    return {
        file: path.join(destination, filename),
        contents: files.map((file: { path: string }) => file.path).sort(),
        unpackedSize,
    };
}

/** The package as an earlier version would have been: another number, and other code in every file. */
export async function earlierVersion({ file }: Tarball, destination: string): Promise<Tarball> {
    const folder = path.join(destination, "earlier");
    await mkdir(folder);
    await run(folder, ["tar", "-xzf", file, "--strip-components=1"]);
    const manifest = await readManifest(folder);
    await writeFile(path.join(folder, "package.json"), JSON.stringify({ ...manifest, version: EARLIER }));
    for (const name of await readdir(path.join(folder, "dist"), { recursive: true })) {
        if (name.endsWith(".js")) {
            await writeFile(path.join(folder, "dist", name), `// ${EARLIER}\n`, { flag: "a" });
        }
    }
    return pack(folder, destination);
}

export const EARLIER = "0.0.9";

interface Manifest {
    version: string;
    devDependencies: Record<string, string>;
}

async function readManifest(folder: string): Promise<Manifest> {
    return JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
}

/** A project of a user's, outside the repository. */
export class Project {
    private constructor(
        readonly dir: string,
        private readonly manager: keyof typeof MANAGERS,
    ) {}

    /** @param language `typescript` is compiled as Pulumi does it, with the user's compiler */
    static async create(
        parent: string,
        manager: keyof typeof MANAGERS,
        tarball: Tarball,
        language: "javascript" | "typescript" = "javascript",
    ): Promise<Project> {
        const project = new Project(await mkdtemp(path.join(parent, `${manager}-`)), manager);
        const isTypeScript = language === "typescript";
        const main = isTypeScript ? "index.ts" : "index.js";
        const { devDependencies } = await readManifest(packageRoot);
        const files = {
            "Pulumi.yaml": `name: user\nruntime: { name: nodejs, options: { typescript: ${isTypeScript} } }\n`,
            "package.json": JSON.stringify({
                name: "user",
                version: "1.0.0",
                main,
                dependencies: {
                    "@pulumi/aws": devDependencies["@pulumi/aws"],
                    "@pulumi/pulumi": devDependencies["@pulumi/pulumi"],
                    "pulumi-aws-zero-etl": `file:${tarball.file}`,
                },
                devDependencies: isTypeScript ? { typescript: devDependencies.typescript } : {},
                // @pulumi/aws takes any newer SDK as well; two of them would not know each other's resources.
                resolutions: { "@pulumi/pulumi": devDependencies["@pulumi/pulumi"] },
            }),
            [main]: isTypeScript ? PROGRAM : toJavaScript(PROGRAM),
            ...MANAGERS[manager].files,
        };
        for (const [name, content] of Object.entries(files)) {
            await writeFile(path.join(project.dir, name), content);
        }
        await project.install();
        return project;
    }

    /** Installs what package.json says, after `tarball` has taken the place of the package, if there is one. */
    async install(...tarball: Tarball[]): Promise<void> {
        await run(this.dir, [...MANAGERS[this.manager].install, ...tarball.map(({ file }) => file)]);
    }

    /** The version of this package that is installed. */
    async installedVersion(): Promise<string> {
        return (await readManifest(path.join(this.dir, "node_modules/pulumi-aws-zero-etl"))).version;
    }

    /** Runs a script there, with the Node.js that runs us. */
    async node(script: string, env: Record<string, string>): Promise<string> {
        const file = path.join(this.dir, "script.js");
        await writeFile(file, script);
        return (await run(this.dir, [process.execPath, file], env)).stdout;
    }
}

/** Installs a policy pack in an empty folder. */
export async function installAlone({ file }: Tarball, folder: string): Promise<void> {
    await mkdir(folder);
    await run(folder, [...MANAGERS.npm.install, "--prefix", folder, file]);
}

async function run(cwd: string, [command, ...args]: string[], env: Record<string, string> = {}) {
    return promisify(execFile)(command!, args, {
        cwd,
        env: { ...process.env, ...env },
        maxBuffer: Infinity,
    }).catch((error: Error & { stdout: string; stderr: string }) => {
        throw new Error(`${error.message}\n${error.stdout}`);
    });
}

function toJavaScript(program: string): string {
    return ts.transpileModule(program, { compilerOptions: { module: ts.ModuleKind.CommonJS } }).outputText;
}
