import type { Service } from "../world/service";

/** Every service of the world. */
export const allServices: Service[] = [];
