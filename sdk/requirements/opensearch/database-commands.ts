/** Hours for which MySQL is to keep its binary log: as long as a table of DynamoDB keeps its stream. */
export const BINLOG_RETENTION_HOURS = 24;

/** How RDS for MySQL keeps its binary log for long enough. It is SQL for the database's master user: AWS has no API for it. */
export function binlogRetentionCommand(hours: number = BINLOG_RETENTION_HOURS): string {
    return `CALL mysql.rds_set_configuration('binlog retention hours', ${hours});`;
}

/**
 * What to run in PostgreSQL after a pipeline is deleted, which may leave its replication slot behind: the slot keeps every change from
 * then on, until the disk is full.
 */
export function slotCleanupCommands(): string[] {
    return [
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE starts_with(slot_name, 'data_prepper_') AND NOT active;",
        // Each line of its answer is the next command.
        "SELECT format('DROP PUBLICATION %I;', pubname) FROM pg_publication WHERE starts_with(pubname, 'data_prepper_');",
    ];
}
