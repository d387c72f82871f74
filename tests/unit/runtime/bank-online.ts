import type { World } from "../../../simulator/world/world";
import { ACCOUNT, Bank } from "../simulator/glue-world";

import { Online } from "./online";

export { common, rejection } from "./offline";

/** A bank behind the HTTP door, and the runtime pointed at it. */
export class BankOnline extends Online {
    private constructor(
        readonly bank: Bank,
        world: World,
    ) {
        super(world);
    }

    static async open(bank = new Bank()): Promise<BankOnline> {
        const online = new BankOnline(bank, bank.world);
        await online.start(ACCOUNT);
        return online;
    }
}
