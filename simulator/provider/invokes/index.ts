import type { Invokes } from "../resource";

/** Every function of `@pulumi/aws` that is simulated, by its token. */
export const invokes: Invokes = {};
