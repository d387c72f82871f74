/** What AWS does and the simulator does not. */
export class NotSimulated extends Error {}
