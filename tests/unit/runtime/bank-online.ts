import * as runtime from "../../../sdk/runtime";
import { HttpDoor } from "../../../simulator/http/server";
import { ACCOUNT, Bank, REGION } from "../simulator/glue-world";

export { common, rejection } from "./offline";

/** As the provider's `endpoints` names them. */
const SERVICES = ["glue", "dynamodb", "lakeformation", "sts", "rds", "redshift", "redshiftdata", "redshiftserverless"];

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
