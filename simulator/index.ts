export { startSimulator, type Simulator, type SimulatorOptions } from "./local";
export type { ControlHandler, ControlRequest } from "./http/control";
export type { Fault } from "./world/faults";
export type { RequestRecord } from "./world/requests";
export type { World } from "./world/world";
