import { setTimeout as sleep } from "node:timers/promises";

import { jittered } from "./poll";

/** Milliseconds after which another writer, who had read before us, has written. */
const LOOK_AGAIN_AFTER = 250;

/** Looks at which it is still there: the second, after twice the time, is for a writer who was slower. */
const LOOKS = 2;

const MAX_WRITES = 20;

/**
 * Writes what has no revision to guard it: again for as long as others, who had read before us, write over it. Whom this is too
 * quick for is left to the next refresh.
 *
 * @param write Reads, changes and writes; tells whether there was anything to write.
 * @returns `false` when others never left it alone.
 */
export async function untilItStands(write: () => Promise<boolean>): Promise<boolean> {
    for (let writes = 0, quiet = 0; writes < MAX_WRITES; await sleep(jittered(LOOK_AGAIN_AFTER * (quiet + 1)))) {
        if (await write()) {
            writes++;
            quiet = 0;
        } else if (writes === 0 || ++quiet === LOOKS) {
            return true;
        }
    }
    return false;
}
