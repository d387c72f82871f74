/**
 * The Node.js language host for an engine that was built from source: `pulumi-language-nodejs <engine address>`.
 * Speaks `pulumirpc.LanguageRuntime`; what it does not answer is UNIMPLEMENTED, which the engine puts up with.
 */
import { ChildProcess, spawn, StdioOptions } from "node:child_process";
import { once } from "node:events";
import { realpathSync } from "node:fs";
import {
    handleServerStreamingCall,
    handleUnaryCall,
    Server,
    ServerCredentials,
    UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
    GetRequiredPackagesRequest,
    GetRequiredPackagesResponse,
    LanguageHandshakeRequest,
    LanguageHandshakeResponse,
    ProgramInfo,
    RunPluginRequest,
    RunPluginResponse,
    RunRequest,
    RunResponse,
} from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { engineVersion } from "./install";
import { onEngineGone } from "./orphan";

type Unary<Request, Response> = handleUnaryCall<Request, Response>;

/** `@pulumi/pulumi/cmd/*` ends with this code when it has told the user already what is wrong. */
const alreadyReported = 32;

/** Messages may hold whole states: the engine allows 400 MB. */
const maxMessageBytes = 400 * 1024 * 1024;

const children = new Set<ChildProcess>();

let engineAddress = process.argv.at(-1)!;

const handshake: Unary<LanguageHandshakeRequest, LanguageHandshakeResponse> = (call, callback) => {
    engineAddress = call.request.getEngineAddress();
    callback(null, new LanguageHandshakeResponse());
};

const getPluginInfo: Unary<unknown, PluginInfo> = (_call, callback) =>
    callback(null, new PluginInfo().setVersion(engineVersion));

/** None: what a program needs is on PATH, and the engine must not download it. */
const getRequiredPackages: Unary<GetRequiredPackagesRequest, GetRequiredPackagesResponse> = (_call, callback) =>
    callback(null, new GetRequiredPackagesResponse());

const run: Unary<RunRequest, RunResponse> = async ({ request }, callback) => {
    try {
        const info = request.getInfo()!;
        const script = sdkScript("run", info.getProgramDirectory());
        const child = start(script, [...runFlags(request), info.getEntryPoint()], {
            cwd: info.getProgramDirectory(),
            env: { ...process.env, ...typeScriptEnv(info), ...configEnv(request) },
            stdio: ["ignore", "inherit", "inherit"],
        });
        const [code, signal] = await once(child, "close");
        callback(null, outcome(code, signal));
    } catch (error) {
        callback(null, new RunResponse().setError((error as Error).message));
    }
};

function runFlags(request: RunRequest): string[] {
    const flags = {
        engine: engineAddress,
        monitor: request.getMonitorAddress(),
        project: request.getProject(),
        stack: request.getStack(),
        organization: request.getOrganization(),
        pwd: request.getPwd(),
        "root-directory": request.getInfo()!.getRootDirectory(),
        parallel: String(request.getParallel()),
    };
    return [
        ...Object.entries(flags).flatMap(([flag, value]) => (value ? [`--${flag}`, value] : [])),
        ...(request.getDryrun() ? ["--dry-run"] : []),
    ];
}

function configEnv(request: RunRequest): Record<string, string> {
    return {
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    };
}

function outcome(code: number | null, signal: NodeJS.Signals | null): RunResponse {
    switch (code) {
        case 0:
            return new RunResponse();
        case alreadyReported:
            return new RunResponse().setBail(true);
        default:
            return new RunResponse().setError(`the program ended with ${code === null ? signal : `code ${code}`}`);
    }
}

const runPlugin: handleServerStreamingCall<RunPluginRequest, RunPluginResponse> = async (call) => {
    try {
        const info = call.request.getInfo()!;
        const folder = info.getProgramDirectory();
        const args = call.request.getArgsList();
        const isPolicyPack = call.request.getKind() === "analyzer";
        const child = start(
            sdkScript(isPolicyPack ? "run-policy-pack" : "run-plugin", folder),
            isPolicyPack ? [...args, folder] : [folder, ...args],
            {
                // A policy pack reads its package.json from the working directory.
                cwd: isPolicyPack ? folder : call.request.getPwd(),
                env: { ...environment(call.request.getEnvList()), ...typeScriptEnv(info) },
                stdio: ["ignore", "pipe", "pipe"],
            },
        );
        call.on("cancelled", () => child.kill());
        child.stdout!.on("data", (chunk: Buffer) => call.write(new RunPluginResponse().setStdout(chunk)));
        child.stderr!.on("data", (chunk: Buffer) => call.write(new RunPluginResponse().setStderr(chunk)));
        const [code] = await once(child, "close");
        call.write(new RunPluginResponse().setExitcode(code ?? 1));
        call.end();
    } catch (error) {
        call.destroy(error as Error);
    }
};

function environment(entries: string[]): NodeJS.ProcessEnv {
    return Object.fromEntries(
        entries.map((entry) => {
            const equals = entry.indexOf("=");
            return [entry.slice(0, equals), entry.slice(equals + 1)];
        }),
    );
}

function typeScriptEnv(info: ProgramInfo): Record<string, string> {
    const enabled = info.getOptions()?.toJavaScript().typescript ?? true;
    return { PULUMI_NODEJS_TYPESCRIPT: String(enabled) };
}

/**
 * The SDK of the program, not ours: two copies in one process would not know each other's resources. A pack that pnpm has
 * linked into a project finds its dependencies beside the folder that the link leads to.
 */
function sdkScript(name: string, folder: string): string {
    try {
        return require.resolve(`@pulumi/pulumi/cmd/${name}`, { paths: [realpathSync(folder), folder] });
    } catch {
        throw new Error(`@pulumi/pulumi is not installed in ${folder} or above: install its dependencies first`);
    }
}

function start(
    script: string,
    args: string[],
    options: { cwd: string; env: NodeJS.ProcessEnv; stdio: StdioOptions },
): ChildProcess {
    const child = spawn(process.execPath, [script, ...args], options);
    children.add(child);
    child.once("close", () => children.delete(child));
    return child;
}

const cancel: Unary<unknown, unknown> = (call, callback) => {
    endChildren("SIGTERM");
    callback(null, call.request); // both are Empty
};

function endChildren(signal: NodeJS.Signals): void {
    for (const child of children) {
        child.kill(signal);
    }
}

onEngineGone(() => {
    endChildren("SIGKILL");
    process.exit(1);
});

const implementation: UntypedServiceImplementation = {
    handshake,
    getPluginInfo,
    getRequiredPackages,
    run,
    runPlugin,
    cancel,
};
const server = new Server({
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
});
server.addService(LanguageRuntimeService, implementation);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
        throw error;
    }
    console.log(port);
});
