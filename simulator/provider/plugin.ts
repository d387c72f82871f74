import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import type { Surroundings } from "./session";

/**
 * `pulumi-resource-aws`, as the engine starts it for each provider: it gets a provider from the simulator that
 * AWS_ENDPOINT_URL leads to, tells the engine its port, and stays until the engine ends it.
 */
async function main(): Promise<void> {
    const endpoint = process.env.ZERO_ETL_CONTROL ?? process.env.AWS_ENDPOINT_URL;
    if (!endpoint) {
        throw new Error("AWS_ENDPOINT_URL is not set: start Pulumi with `zero-etl local -- pulumi up`");
    }
    const answer = await fetch(new URL("/_zero-etl/provider", endpoint)).catch(() => undefined);
    if (!answer?.ok) {
        throw new Error(`no simulator answers at ${endpoint}: start one with \`zero-etl local\``);
    }
    const { port } = (await answer.json()) as { port: number };
    const lifeline = connect(port, "127.0.0.1");
    // Without the simulator there is nobody who could answer the engine.
    lifeline.on("close", () => process.exit(1));
    lifeline.write(`${JSON.stringify(surroundings())}\n`);
    const [line] = await once(createInterface({ input: lifeline }), "line");
    const provider = JSON.parse(line) as { port: number } | { error: string };
    if ("error" in provider) {
        throw new Error(provider.error);
    }
    console.log(provider.port);
}

function surroundings(): Surroundings {
    const environment = Object.entries(process.env).filter(([name]) => /^(HOME$|AWS_|TF_AWS_)/.test(name));
    return { environment: Object.fromEntries(environment), folder: process.cwd() };
}

main().catch((error: Error) => {
    console.error(`pulumi-resource-aws: ${error.message}`);
    process.exit(1);
});
