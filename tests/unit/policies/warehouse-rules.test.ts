import assert from "node:assert/strict";

import { complaints, describeRules, edited, preview } from "./cases";
import { warehouse } from "./warehouse";
import { parameter, sharedCases, warehouseCases } from "./warehouse-cases";

describeRules("the APIs of RDS and Redshift", { ...warehouseCases, ...sharedCases }, warehouse);

/** What AWS asks of parameters, as its guides have it: the group, the parameter, a wrong value, what is needed, and whether a reboot follows. */
const PARAMETERS: [group: string, name: string, wrong: string, needed: string, reboot: boolean][] = [
    ["shopGroup", "aurora_enhanced_binlog", "0", "1", true],
    ["shopGroup", "binlog_backup", "1", "0", true],
    ["shopGroup", "binlog_format", "MIXED", "ROW", true],
    ["shopGroup", "binlog_replication_globaldb", "1", "0", true],
    ["shopGroup", "binlog_row_image", "minimal", "full", true],
    ["shopGroup", "binlog_row_metadata", "minimal", "full", true],
    ["shopGroup", "binlog_transaction_compression", "ON", "anything but ON", false],
    ["shopGroup", "binlog_row_value_options", "PARTIAL_JSON", "anything but PARTIAL_JSON", false],
    ["peopleGroup", "rds.logical_replication", "0", "1", true],
    ["peopleGroup", "aurora.enhanced_logical_replication", "0", "1", true],
    ["peopleGroup", "aurora.logical_replication_backup", "1", "0", true],
    ["peopleGroup", "aurora.logical_replication_globaldb", "1", "0", true],
    ["stockGroup", "binlog_format", "STATEMENT", "ROW", false],
    ["stockGroup", "binlog_row_image", "noblob", "full", false],
    ["stockGroup", "binlog_row_value_options", "PARTIAL_JSON", "anything but PARTIAL_JSON", false],
    ["ledgerGroup", "rds.logical_replication", "0", "1", true],
    ["ledgerGroup", "rds.replica_identity_full", "0", "1", false],
    ["ledgerGroup", "session_replication_role", "replica", "origin", false],
    ["ledgerGroup", "wal_sender_timeout", "19999", "0, or 20000 milliseconds or more", false],
    ["ledgerGroup", "max_wal_senders", "19", "20 or more", true],
    ["ledgerGroup", "max_replication_slots", "10", "20 or more", true],
];

describe("a wrong parameter of a source", () => {
    for (const [group, name, wrong, needed, reboot] of PARAMETERS) {
        it(`${name} of ${group}: found, needed, and whether a reboot follows, at a first preview`, () => {
            const said = complaints(
                "relational-source-parameters",
                edited(warehouse, parameter(group, name, wrong)),
                preview,
            );
            assert.equal(said.split("\n").length, 1, said);
            assert.ok(said.includes(`${name} is "${wrong}"`), said);
            assert.ok(said.includes(`needs ${needed}.`), said);
            assert.ok(said.includes(reboot ? "takes effect when the writer is rebooted" : "no reboot follows"), said);
        });
    }

    it("binlog_transaction_compression of a Multi-AZ cluster: found, needed, and that no reboot follows", () => {
        const stack = edited(warehouse, (declared) => {
            const { stock, stockGroup } = declared;
            Object.assign(stock!, {
                type: "aws:rds/cluster:Cluster",
                from: { dbClusterParameterGroupName: ["stockGroup"] },
            });
            Object.assign(stock!.inputs, { dbClusterParameterGroupName: "stock-group", parameterGroupName: undefined });
            stockGroup!.type = "aws:rds/clusterParameterGroup:ClusterParameterGroup";
            parameter("stockGroup", "binlog_transaction_compression", "ON")(declared);
        });
        assert.match(
            complaints("relational-source-parameters", stack, preview),
            /^\S+ binlog_transaction_compression is "ON", .* needs anything but ON\. .*no reboot follows\.$/,
        );
    });
});
