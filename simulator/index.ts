export { startSimulator, type Simulator, type SimulatorOptions } from "./local";
export { findEngine, type Engine, type FindEngineOptions } from "./engine/engine";
export {
    Stack,
    type CommandOptions,
    type CommandResult,
    type OperationOptions,
    type StackOptions,
    type StackState,
    type UpdateOptions,
} from "./engine/stack";
export type { ControlHandler, ControlRequest } from "./http/control";
export { managedRows } from "./services/glue/replication/managed-catalog";
export type { DocumentCommand, DocumentCommandResult, GivenDocument } from "./documents/store";
export { documents } from "./services/rds/documents";
export { replicationSlots } from "./services/rds/slots";
export { sql } from "./services/rds/sql";
export { queryWarehouse, type QueryTarget } from "./services/redshift-data/query";
export type { Fault } from "./world/faults";
export type { RequestRecord } from "./world/requests";
export type { World } from "./world/world";
