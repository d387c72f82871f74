import * as assert from "node:assert/strict";

import { Clock } from "../../../simulator/world/clock";

describe("simulator/world: the clock", () => {
    it("comes to rest when it is stopped, though a task was running that starts itself again", async () => {
        const clock = new Clock();
        let runs = 0;
        const tick = (): void => {
            if (++runs === 3) {
                clock.stop();
            }
            clock.schedule(1, tick);
        };
        clock.schedule(1, tick);
        await clock.advance(10);
        assert.equal(runs, 3);
    });
});
