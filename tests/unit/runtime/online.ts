import * as runtime from "../../../sdk/runtime";
import { HttpDoor } from "../../../simulator/http/server";
import type { World } from "../../../simulator/world/world";
import { REGION } from "../simulator/glue-world";

/** As the provider's `endpoints` names them. */
const SERVICES = [
    "glue",
    "dynamodb",
    "lakeformation",
    "opensearch",
    "opensearchserverless",
    "osis",
    "sts",
    "rds",
    "redshift",
    "redshiftdata",
    "redshiftserverless",
];

/** A world behind the HTTP door that runs 600 times as fast, and the runtime pointed at it. */
export class Online {
    private door!: HttpDoor;

    constructor(readonly world: World) {}

    async start(account: string, more: Record<string, string> = {}): Promise<this> {
        process.env.ZERO_ETL_POLL_SECONDS = "0.05";
        this.world.clock.setSpeed(600);
        this.door = await HttpDoor.open(this.world);
        await this.signIn(account, more);
        return this;
    }

    /** The stack's configuration leads to this account from now on. */
    async signIn(account: string, more: Record<string, string> = {}, process = runtime): Promise<void> {
        const { endpoint } = this.door;
        const endpoints = SERVICES.map((service) => ({ [service]: endpoint }));
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
        return this.world.requests
            .find({})
            .filter((call) => call.door === "http" && call.operation === operation)
            .filter(({ error, fault }) => !error || fault === "lost-answer").length;
    }

    async close(): Promise<void> {
        this.world.stop();
        await this.door.close();
    }
}
