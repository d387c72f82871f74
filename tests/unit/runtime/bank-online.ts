import * as runtime from "../../../sdk/runtime";
import type { CommonInputs } from "../../../sdk/runtime/handler";
import { HttpDoor } from "../../../simulator/http/server";
import { ACCOUNT, Bank, REGION } from "../simulator/glue-world";

/** A bank behind the HTTP door, in a world that runs 600 times as fast, and the runtime pointed at it. */
export class BankOnline {
    private constructor(
        readonly bank: Bank,
        private readonly door: HttpDoor,
    ) {}

    static async open(bank = new Bank()): Promise<BankOnline> {
        process.env.ZERO_ETL_POLL_SECONDS = "0.05";
        bank.world.clock.setSpeed(600);
        const online = new BankOnline(bank, await HttpDoor.open(bank.world));
        await online.signIn(ACCOUNT);
        return online;
    }

    /** The stack's configuration leads to this account from now on. */
    async signIn(account: string, more: Record<string, string> = {}, process = runtime): Promise<void> {
        const { endpoint } = this.door;
        const endpoints = ["glue", "dynamodb", "lakeformation", "sts"].map((service) => ({ [service]: endpoint }));
        await process.glueIntegration.configure({
            config: {
                rawConfig: {
                    "aws:region": REGION,
                    "aws:accessKey": account,
                    "aws:secretKey": "simulated",
                    "aws:endpoints": JSON.stringify(endpoints),
                    ...more,
                },
            },
        });
    }

    /** How many calls of an operation AWS carried out, answered or not. */
    accepted(operation: string): number {
        return this.bank.world.requests
            .find({})
            .filter((call) => call.door === "http" && call.operation === operation)
            .filter(({ error, fault }) => !error || fault === "lost-answer").length;
    }

    async close(): Promise<void> {
        this.bank.world.stop();
        await this.door.close();
    }
}

/** The same code once more, as it is in another process: nothing in memory is shared. */
export function anotherProcess(): typeof runtime {
    const entry = require.resolve("../../../sdk/runtime");
    const loaded = Object.keys(require.cache).filter((file) => /\/sdk\/runtime\//.test(file));
    const modules = loaded.map((file) => [file, require.cache[file]] as const);
    loaded.forEach((file) => delete require.cache[file]);
    try {
        return require(entry) as typeof runtime;
    } finally {
        modules.forEach(([file, module]) => (require.cache[file] = module));
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
