import type { Service } from "../world/service";
import { dynamodb } from "./dynamodb";

/** Every service of the world. */
export const allServices: Service[] = [dynamodb];
