import * as assert from "node:assert/strict";

import { redshiftIntegrationDatabase } from "../../../sdk/runtime";
import type { IntegrationDatabaseInputs } from "../../../sdk/runtime/integration-database";

import { awsError, common, offline, rejection } from "./offline";

const ID = "11111111-2222-3333-4444-555555555555";

/** A cluster with one statement after the other, and the answers that a test has for them. */
class FakeCluster {
    statuses = ["available"];
    /** What refuses the next statements. */
    refusals: Error[] = [];
    /** Whether AWS has forgotten what became of a statement. */
    isForgetful = false;
    /** The integration of the database, as far as Redshift tells. */
    filledBy?: string;
    /** Its database at the source. */
    filledFrom?: string;
    readonly sent: string[] = [];
    /** The integrations into it. */
    inbound: { IntegrationArn: string; Status: string }[] = [];

    readonly describeInboundIntegrations = async () => ({ InboundIntegrations: this.inbound });
    readonly describeClusters = async () => ({
        Clusters: [{ ClusterStatus: this.statuses.length > 1 ? this.statuses.shift() : this.statuses[0] }],
    });
    readonly executeStatement = async ({ Sql, DbUser }: { Sql: string; DbUser?: string }) => {
        const refusal = this.refusals.shift();
        if (refusal) {
            throw refusal;
        }
        assert.equal(DbUser, "etl");
        this.sent.push(Sql);
        const [created, integration, database] =
            /^CREATE DATABASE .* FROM INTEGRATION '(.*?)'(?: DATABASE '(.*?)')?/.exec(Sql) ?? [];
        if (created) {
            [this.filledBy, this.filledFrom] = [integration, database];
        }
        return { Id: String(this.sent.length - 1) };
    };
    readonly describeStatement = async ({ Id }: { Id: string }) => {
        const isQuery = this.sent[Number(Id)]!.startsWith("SELECT");
        if (this.isForgetful && !isQuery) {
            throw awsError("ResourceNotFoundException", "Query does not exist.");
        }
        return { Status: "FINISHED", HasResultSet: isQuery };
    };
    readonly getStatementResult = async ({ Id }: { Id: string }) => ({
        ColumnMetadata: ["integration_id", "state", "refresh_interval", "source_database"].map((name) => ({ name })),
        Records:
            this.filledBy && this.sent[Number(Id)]!.includes("svv_integration ")
                ? [
                      [
                          { stringValue: this.filledBy },
                          { stringValue: "CdcRefreshState" },
                          { longValue: 900 },
                          this.filledFrom ? { stringValue: this.filledFrom } : { isNull: true },
                      ],
                  ]
                : [],
    });
}

describe("A warehouse that takes no statement now", () => {
    let cluster: FakeCluster;

    beforeEach(() => {
        cluster = new FakeCluster();
        offline({ redshift: cluster, redshiftData: cluster });
    });

    const inputs: IntegrationDatabaseInputs = {
        ...common("RedshiftIntegrationDatabase", "orders"),
        integrationArn: `arn:aws:redshift:eu-west-1:123456789012:integration:${ID}`,
        source: "dynamodb",
        databaseName: "orders",
        warehouse: { clusterIdentifier: "sales", dbUser: "etl" },
        timeout: "1s",
    };
    const created = () => cluster.sent.filter((sql) => sql.startsWith("CREATE"));

    it("is waited for while it is changed or resumes, and while others keep it busy", async () => {
        cluster.statuses = ["modifying", "resuming", "available, resize-cleanup"];
        cluster.refusals = [
            awsError("ActiveStatementsExceededException", "too many statements"),
            awsError("DatabaseConnectionException", "the connection timed out"),
        ];
        const { outs } = await redshiftIntegrationDatabase.create(inputs);
        assert.deepEqual([outs.databaseState, created().length], ["CdcRefreshState", 1]);
    });

    it("is not waited for while it is paused, and a refresh leaves the state alone", async () => {
        const { id, outs } = await redshiftIntegrationDatabase.create(inputs);
        cluster.statuses = ["paused"];
        assert.deepEqual((await redshiftIntegrationDatabase.read(id, outs)).props, outs);
        const { message } = await rejection(redshiftIntegrationDatabase.update(id, outs, inputs));
        assert.match(message, /sales is paused, and takes no statements\. Resume it/);
    });

    it("is told of when it never comes", async () => {
        cluster.statuses = ["modifying"];
        assert.match(
            (await rejection(redshiftIntegrationDatabase.create(inputs))).message,
            /sales took no statement within 1 seconds: Error: it is modifying/,
        );
    });

    it("lets nobody in for the wrong password, and says so at once", async () => {
        cluster.refusals = [awsError("DatabaseConnectionException", "password authentication failed for user etl")];
        assert.match(
            (await rejection(redshiftIntegrationDatabase.create(inputs))).message,
            /AWS takes no statement for sales: DatabaseConnectionException: password authentication failed/,
        );
    });

    it("makes room for another integration, though it tells nothing of a database whose own is gone", async () => {
        const { id, outs } = await redshiftIntegrationDatabase.create(inputs);
        cluster.filledBy = undefined;
        const next = inputs.integrationArn.replace(ID, ID.replaceAll("1", "6"));
        const { outs: last } = await redshiftIntegrationDatabase.update(id, outs, { ...inputs, integrationArn: next });
        const [, rename, create] = cluster.sent.filter((sql) => !sql.startsWith("SELECT"));
        assert.equal(rename, `ALTER DATABASE "orders" RENAME TO "${last.earlierCopy}"`);
        assert.match(create!, /^CREATE DATABASE "orders" FROM INTEGRATION '66666666/);
    });

    it("makes room for a new database beside an integration that is being deleted, not beside one that lives", async () => {
        const IntegrationArn = inputs.integrationArn.replace(ID, "77777777-aaaa");
        for (const [Status, sent] of [
            ["active", 0],
            ["deleting", 2],
        ] as const) {
            cluster.filledBy = "77777777-aaaa";
            cluster.inbound = [{ IntegrationArn, Status }];
            const creation = redshiftIntegrationDatabase.create(inputs);
            await (sent === 0 ? rejection(creation) : creation);
            assert.equal(cluster.sent.filter((sql) => !sql.startsWith("SELECT")).length, sent, Status);
        }
    });

    it("makes room for another database of the same source", async () => {
        const of = (sourceDatabase: string) => ({
            ...inputs,
            source: "postgres" as const,
            sourceDatabase,
            integrationArn: inputs.integrationArn.replace(":redshift:", ":rds:"),
        });
        await redshiftIntegrationDatabase.create(of("hr"));
        cluster.inbound = [{ IntegrationArn: of("hr").integrationArn, Status: "active" }];
        const { outs } = await redshiftIntegrationDatabase.create(of("crm"));
        const [, rename, create] = cluster.sent.filter((sql) => !sql.startsWith("SELECT"));
        assert.equal(rename, `ALTER DATABASE "orders" RENAME TO "${outs.earlierCopy}"`);
        assert.match(create!, /^CREATE DATABASE "orders" .* DATABASE 'crm'/);
    });

    it("is asked for nothing when a database is destroyed that stays", async () => {
        const { id, outs } = await redshiftIntegrationDatabase.create(inputs);
        const { length } = cluster.sent;
        await redshiftIntegrationDatabase.delete(id, outs);
        assert.equal(cluster.sent.length, length);
        await redshiftIntegrationDatabase.delete(id, { ...outs, dropOnDestroy: true });
        assert.equal(cluster.sent.at(-1), `DROP DATABASE "orders"`);
    });

    it("gets no statement twice when AWS has forgotten what became of it", async () => {
        cluster.isForgetful = true;
        const { outs } = await redshiftIntegrationDatabase.create(inputs);
        assert.deepEqual([outs.databaseState, created().length], ["CdcRefreshState", 1]);
        // Nor by an update that begins anew, as after a killed one.
        await redshiftIntegrationDatabase.create(inputs);
        assert.equal(created().length, 1);
    });
});
