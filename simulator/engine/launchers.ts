import { createHash } from "node:crypto";
import { chmod, link, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { isExecutable, packageRoot } from "./install";

/** What the engine looks for to run Node.js programs. */
export const languageHostName = "pulumi-language-nodejs";

const launchers = {
    [languageHostName]: path.join(__dirname, "language-host.js"),
    "pulumi-resource-pulumi-nodejs": path.join(__dirname, "dynamic-provider.js"),
};

/**
 * The folder with the engine and its Node.js language host. An official CLI brings its host. Beside an engine that was built
 * from source go launchers of ours, which lead into one checkout and one Node.js, so each checkout has a folder of its
 * own. The engine is linked into it, since it warns about a host that is on PATH but not beside it.
 */
export async function withLanguageHost(installation: string, cache: string): Promise<string> {
    if (await isExecutable(path.join(installation, languageHostName))) {
        return installation;
    }
    const folder = await launcherFolder(path.join(cache, "hosts"), installation, launchers);
    await link(path.join(installation, "pulumi"), path.join(folder, "pulumi")).catch(ignoreExisting);
    return folder;
}

/**
 * A folder with a launcher for each script, of this checkout and this Node.js alone.
 *
 * @param purpose tells folders of one checkout apart
 * @param scripts absolute paths, by the launchers' names
 */
export async function launcherFolder(
    parent: string,
    purpose: string,
    scripts: Record<string, string>,
): Promise<string> {
    const owner = createHash("sha256").update(`${purpose}\0${packageRoot}\0${process.execPath}`).digest("hex");
    const folder = path.join(parent, owner.slice(0, 16));
    await mkdir(folder, { recursive: true });
    for (const [name, script] of Object.entries(scripts)) {
        await writeExecutable(path.join(folder, name), launcher(script));
    }
    return folder;
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
    if (error.code !== "EEXIST") {
        throw error;
    }
}

/** A shell script that becomes the Node.js that runs us, with `script`. */
export function launcher(script: string): string {
    return `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(script)} "$@"\n`;
}

/** One word for the shell, whatever it contains. */
export function quote(text: string): string {
    return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Leaves an equal file alone: another process may be starting it. */
async function writeExecutable(file: string, content: string): Promise<void> {
    if ((await readFile(file, "utf8").catch(() => undefined)) === content) {
        return;
    }
    const staging = `${file}.${process.pid}`;
    await writeFile(staging, content);
    await chmod(staging, 0o755);
    await rename(staging, file);
}
