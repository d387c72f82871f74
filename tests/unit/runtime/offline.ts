import { randomUUID } from "node:crypto";

import type * as clients from "../../../sdk/runtime/clients";
import type * as runtime from "../../../sdk/runtime";
import type { CommonInputs } from "../../../sdk/runtime/handler";

export const ACCOUNT = "123456789012";
export const REGION = "eu-west-1";

/** The runtime as a process has it. */
export interface Process {
    runtime: typeof runtime;
    clients: typeof clients;
}

/** The same code once more, as it is in another process: nothing in memory is shared. */
export function anotherProcess(): Process {
    const entry = require.resolve("../../../sdk/runtime");
    const loaded = Object.keys(require.cache).filter((file) => /\/sdk\/runtime\//.test(file));
    const modules = loaded.map((file) => [file, require.cache[file]] as const);
    loaded.forEach((file) => delete require.cache[file]);
    try {
        return {
            runtime: require(entry) as typeof runtime,
            clients: require("../../../sdk/runtime/clients") as typeof clients,
        };
    } finally {
        modules.forEach(([file, module]) => (require.cache[file] = module));
    }
}

/** Puts hand-made services in the place of AWS's clients; of each, only the operations that a test is about. */
export function offline(
    fakes: Partial<Record<Exclude<keyof clients.Clients, "region">, object>>,
    process: Pick<Process, "clients"> = { clients: require("../../../sdk/runtime/clients") },
): void {
    globalThis.process.env.ZERO_ETL_POLL_SECONDS = "0.01";
    // Another way in, and so other clients than those of the test before, with what the runtime remembers of them.
    process.clients.configure({ "aws:endpoints": JSON.stringify([{ test: `http://127.0.0.1/${randomUUID()}` }]) });
    const target = process.clients.clientsOf({ accountId: ACCOUNT, region: REGION });
    const sts = { getCallerIdentity: async () => ({ Account: ACCOUNT }) };
    for (const [service, fake] of Object.entries({ sts, ...fakes })) {
        Object.defineProperty(target, service, { value: fake, configurable: true });
    }
}

/** What the engine and the resources add to inputs. */
export function common(type: string, name: string, accountId = ACCOUNT): CommonInputs {
    return {
        account: { accountId, region: REGION },
        owner: `bank/dev/${type}/${name}`,
        __provider: "shim",
    };
}

/** What a promise is rejected with; fails if it is not. */
export async function rejection(
    promise: Promise<unknown>,
): Promise<Error & { id?: string; properties?: Record<string, unknown> }> {
    const result = await promise.then(
        (value) => ({ value }),
        (error: Error) => ({ error }),
    );
    if (!("error" in result)) {
        throw new Error(`nothing was refused: ${JSON.stringify(result.value)}`);
    }
    return result.error;
}

/** An error as AWS's clients throw it. */
export function awsError(name: string, message = "said by AWS", httpStatusCode = 400): Error {
    return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

/** AWS did it, and the answer was lost. */
export function lostAnswer(): Error {
    return awsError("InternalFailure", "the connection broke", 500);
}
