import * as assert from "node:assert/strict";

import { namespaceMembers } from "../../../sdk/requirements/namespace-policy";
import {
    redshiftIntegration,
    redshiftIntegrationDatabase,
    redshiftNamespacePolicyMember,
    redshiftView,
} from "../../../sdk/runtime";
import type { IntegrationInputs } from "../../../sdk/runtime/integration/core";
import type { IntegrationDatabaseInputs } from "../../../sdk/runtime/integration-database";
import type { RedshiftViewInputs } from "../../../sdk/runtime/view";
import { ACCOUNT, Bank, REGION } from "../simulator/glue-world";

import { BankOnline } from "./bank-online";
import { common, rejection } from "./offline";
import { openSales } from "./sales";

const { create, read, update, diff, check } = redshiftIntegrationDatabase;
const NAME = `Ord"ers; DROP DATABASE dev --`;

describe("What is in a warehouse, against the simulator", function () {
    this.timeout(60_000);

    let bank: Bank;
    let online: BankOnline;
    let namespaceArn: string;

    beforeEach(async () => {
        bank = new Bank();
        online = await BankOnline.open(bank);
        namespaceArn = await openSales(bank);
    });
    afterEach(() => online.close());

    const arnOf = (table: string) => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${table}`;

    /** A table of DynamoDB with two items, which the warehouse takes. */
    const prepare = async (table: string): Promise<void> => {
        const { source } = bank;
        const sourceArn = arnOf(table);
        await source.call("dynamodb", "CreateTable", {
            TableName: table,
            AttributeDefinitions: [{ AttributeName: "Id", AttributeType: "S" }],
            KeySchema: [{ AttributeName: "Id", KeyType: "HASH" }],
            BillingMode: "PAY_PER_REQUEST",
        });
        await bank.pass(1);
        await source.call("dynamodb", "UpdateContinuousBackups", {
            TableName: table,
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        });
        await source.call("dynamodb", "PutResourcePolicy", {
            ResourceArn: sourceArn,
            Policy: JSON.stringify({
                Version: "2012-10-17",
                Statement: [
                    ["dynamodb:ExportTableToPointInTime", sourceArn],
                    ["dynamodb:DescribeTable", sourceArn],
                    ["dynamodb:DescribeExport", `${sourceArn}/export/*`],
                ].map(([Action, Resource]) => ({
                    Effect: "Allow",
                    Principal: { Service: "redshift.amazonaws.com" },
                    Action,
                    Resource,
                    Condition: {
                        StringEquals: { "aws:SourceAccount": ACCOUNT },
                        ArnLike: { "aws:SourceArn": `arn:aws:redshift:${REGION}:${ACCOUNT}:integration:*` },
                    },
                })),
            }),
        });
        for (const Id of ["1", "2"]) {
            const Item = { Id: { S: Id }, Total: { N: "12.5" } };
            await source.call("dynamodb", "PutItem", { TableName: table, Item });
        }
        await redshiftNamespacePolicyMember.create({
            ...common("RedshiftNamespacePolicyMember", table),
            namespaceArn,
            members: namespaceMembers({ targetArn: namespaceArn, sourceArn }),
        });
    };

    const integration = (table: string): IntegrationInputs => ({
        ...common("RedshiftIntegration", table),
        integrationName: table,
        sourceArn: arnOf(table),
        targetArn: namespaceArn,
        timeouts: { create: "30s", delete: "30s", needsAttention: "0s" },
    });

    /** A table that is integrated into the warehouse, active; answers with the integration's ARN. */
    const integrate = async (table: string): Promise<string> => {
        await prepare(table);
        return (await redshiftIntegration.create(integration(table))).id;
    };

    /** The integration is deleted, and another one made. */
    const replace = async (arn: string): Promise<string> => {
        const outputs = { integrationArn: arn, status: "", integrationErrors: [], createdAt: "" };
        await redshiftIntegration.delete(arn, { ...integration("Orders"), ...outputs });
        return (await redshiftIntegration.create(integration("Orders"))).id;
    };

    /** In the order in which they were made or named. */
    const databases = async () => (await sql("SELECT datname FROM pg_database")).map(({ datname }) => `${datname}`);

    const database = async (
        integrationArn: string,
        more: Partial<IntegrationDatabaseInputs> = {},
    ): Promise<IntegrationDatabaseInputs> => {
        const { inputs, failures } = await check({} as never, {
            ...common("RedshiftIntegrationDatabase", "orders"),
            integrationArn,
            source: "dynamodb",
            databaseName: NAME,
            warehouse: { workgroupName: "sales" },
            timeout: "20s",
            ...more,
        });
        assert.deepEqual(failures, []);
        return inputs;
    };

    const sql = async (Sql: string, Database = "dev"): Promise<Record<string, unknown>[]> => {
        const { Id } = await bank.source.call("redshift-data", "ExecuteStatement", {
            Sql,
            Database,
            WorkgroupName: "sales",
        });
        await bank.pass(5);
        const {
            Status,
            Error: error,
            HasResultSet,
        } = await bank.source.call("redshift-data", "DescribeStatement", {
            Id,
        });
        assert.equal(Status, "FINISHED", error);
        if (!HasResultSet) {
            return [];
        }
        const { Records, ColumnMetadata } = await bank.source.call("redshift-data", "GetStatementResult", { Id });
        return Records.map((record: object[]) =>
            Object.fromEntries(record.map((field, i) => [ColumnMetadata[i].name, Object.values(field)[0]])),
        );
    };
    const statements = (start: string): string[] =>
        bank.world.requests
            .find({})
            .filter(({ operation, door }) => operation === "ExecuteStatement" && door === "http")
            .map(({ input }) => (input as { Sql: string }).Sql)
            .filter((text) => text.startsWith(start));

    it("comes from fifty sources at most; AWS's refusal of another is told with what to do", async () => {
        const arns = await Promise.all(Array.from({ length: 50 }, (_, i) => integrate(`Table${i}`)));
        assert.equal(new Set(arns).size, 50);
        await prepare("Table50");
        const refused = await rejection(redshiftIntegration.create(integration("Table50")));
        assert.match(refused.message, /IntegrationQuotaExceededFault.*50 integrations already/);
        assert.match(refused.message, /Ask AWS to raise the quota, or delete what is not needed/);
    });

    describe("RedshiftIntegrationDatabase", () => {
        it("is made with a name that would be SQL, changed option by option, and dropped", async () => {
            const arn = await integrate("Orders");
            const first = await database(arn, { options: { refreshInterval: 1800, truncateColumns: true } });
            const { id, outs } = await create(first);
            assert.deepEqual((await sql("SELECT target_database, refresh_interval FROM svv_integration")).at(-1), {
                target_database: NAME,
                refresh_interval: 1800,
            });
            assert.deepEqual(outs.failedTables, []);
            assert.deepEqual(await diff(id, outs, first), {
                changes: false,
                replaces: [],
                deleteBeforeReplace: true,
            });

            const second = await database(arn, { options: { refreshInterval: 900, acceptInvalidCharacters: true } });
            assert.deepEqual((await diff(id, outs, second)).replaces, []);
            const updated = await update(id, outs, second);
            assert.deepEqual(statements("ALTER"), [
                `ALTER DATABASE "Ord""ers; DROP DATABASE dev --" INTEGRATION SET ACCEPTINVCHARS = TRUE REFRESH_INTERVAL 900 TRUNCATECOLUMNS = FALSE`,
            ]);
            assert.equal((await sql("SELECT refresh_interval FROM svv_integration")).at(-1)!.refresh_interval, 900);
            const dropped = { ...updated.outs, dropOnDestroy: true };
            await redshiftIntegrationDatabase.delete(id, dropped);
            assert.deepEqual(await databases(), ["dev"]);
            await redshiftIntegrationDatabase.delete(id, dropped);
        });

        it("goes on with what a killed update made, and makes no second one when an answer is lost", async () => {
            const arn = await integrate("Orders");
            bank.world.faults.add({ kind: "lost-answer", service: "redshift-data", rate: 0.3 });
            const { id } = await create(await database(arn));
            bank.world.faults.clear();
            // The state knows nothing of it; meanwhile the user has changed the options.
            const again = await create(
                await database(arn, { options: { refreshInterval: 1800, queryAllStates: true } }),
            );
            assert.equal(again.id, id);
            assert.equal(new Set(statements("CREATE")).size, 1);
            // What the warehouse does not tell is set, whatever it is.
            const [alter, ...more] = statements("ALTER");
            assert.match(alter!, /QUERY_ALL_STATES = TRUE ACCEPTINVCHARS = FALSE REFRESH_INTERVAL 1800 TRUNCATE/);
            assert.deepEqual(more, []);
            assert.equal((await sql("SELECT refresh_interval FROM svv_integration")).at(-1)!.refresh_interval, 1800);
        });

        it("survives throttling and failures on AWS's side", async () => {
            const arn = await integrate("Orders");
            bank.world.faults.add({ kind: "throttle", rate: 0.3 });
            bank.world.faults.add({ kind: "server-error", rate: 0.1 });
            const { id, outs } = await create(await database(arn, { dropOnDestroy: true }));
            await redshiftIntegrationDatabase.delete(id, outs);
            bank.world.faults.clear();
            assert.deepEqual(await databases(), ["dev"]);
        });

        it("stays with its rows when it is destroyed, and makes room for the one that comes after", async () => {
            const arn = await integrate("Orders");
            const inputs = await database(arn, { databaseName: "orders" });
            const { id, outs } = await create(inputs);
            await bank.pass(3600);
            await redshiftIntegrationDatabase.delete(id, outs);
            const next = await replace(arn);
            assert.equal((await sql(`SELECT * FROM orders.public."Orders"`)).length, 2);

            const anew = { ...inputs, integrationArn: next };
            const again = await create(anew);
            const kept = again.outs.earlierCopy!;
            assert.match(kept, /^orders_kept_\d{14}$/);
            assert.deepEqual((await databases()).sort(), ["dev", "orders", kept]);
            assert.equal((await sql(`SELECT * FROM "${kept}".public."Orders"`)).length, 2);
            // Every later update and refresh tells where it is.
            assert.equal((await update(again.id, again.outs, anew)).outs.earlierCopy, kept);
            assert.equal((await read(again.id, again.outs)).props!.earlierCopy, kept);
        });

        it("is filled anew by an integration in the place of its own, and what it had stays", async () => {
            const arn = await integrate("Orders");
            const inputs = await database(arn, { databaseName: "orders", options: { refreshInterval: 1800 } });
            const { id, outs } = await create(inputs);
            const next = { ...inputs, integrationArn: await replace(arn) };
            assert.deepEqual((await diff(id, outs, next)).replaces, []);

            await update(id, outs, next);
            // The state of an update that was killed after its last statement knows nothing of it.
            const { outs: last } = await update(id, outs, next);
            const all = await databases();
            assert.deepEqual(all.map((name) => name.replace(/\d{14}/, "…")).sort(), ["dev", "orders", "orders_kept_…"]);
            assert.equal(last.integrationArn, next.integrationArn);
            const filled = await sql("SELECT target_database, integration_id FROM svv_integration");
            const [, integrationId] = /:([^:]+)$/.exec(next.integrationArn)!;
            assert.deepEqual(
                filled.find(({ target_database }) => target_database === "orders")?.integration_id,
                integrationId,
            );
        });

        it("is made after an update that was killed when the copy had made room", async () => {
            const arn = await integrate("Orders");
            const inputs = await database(arn, { databaseName: "orders" });
            const { id, outs } = await create(inputs);
            const next = { ...inputs, integrationArn: await replace(arn) };
            await sql(`ALTER DATABASE orders RENAME TO orders_kept_20261121093000`);
            await update(id, outs, next);
            assert.deepEqual(await databases(), ["dev", "orders_kept_20261121093000", "orders"]);
        });

        it("is dropped for an integration in the place of its own when it is told to be", async () => {
            const arn = await integrate("Orders");
            const inputs = await database(arn, { dropOnDestroy: true });
            const { id, outs } = await create(inputs);
            await update(id, outs, { ...inputs, integrationArn: await replace(arn) });
            assert.deepEqual((await databases()).sort(), [NAME, "dev"]);
        });

        it("gets another name without a load", async () => {
            const arn = await integrate("Orders");
            const inputs = await database(arn);
            const { id, outs } = await create(inputs);
            await bank.pass(3600);
            const renamed = { ...inputs, databaseName: "orders" };
            assert.deepEqual((await diff(id, outs, renamed)).replaces, []);
            const { outs: last } = await update(id, outs, renamed);
            // As after a killed update.
            await update(id, outs, renamed);
            assert.deepEqual([await databases(), last.databaseName], [["dev", "orders"], "orders"]);
            assert.equal((await sql(`SELECT * FROM orders.public."Orders"`)).length, 2);
            await sql(`CREATE DATABASE mine`);
            const { message } = await rejection(update(id, last, { ...inputs, databaseName: "mine" }));
            assert.match(message, /Redshift refuses to rename "orders" to "mine": .*database "mine" already exists/);
        });

        it("takes no name that has its holder: the user's own never, another integration's when told to", async () => {
            const [orders, bills] = [await integrate("Orders"), await integrate("Bills")];
            await sql(`CREATE DATABASE mine`);
            const { message } = await rejection(
                create(await database(orders, { databaseName: "mine", adoptExisting: true })),
            );
            assert.match(message, /there is already a database "mine", which is not known as one that an integration/);

            await create(await database(orders));
            const ofBills = await database(bills);
            assert.match((await rejection(create(ofBills))).message, /is filled by the integration .* adoptExisting/);
            const { outs } = await create({ ...ofBills, adoptExisting: true });
            assert.deepEqual((await databases()).sort(), [NAME, outs.earlierCopy, "dev", "mine"].sort());
        });

        it("finds with a refresh what was changed by hand, and that it was dropped", async () => {
            const arn = await integrate("Orders");
            const inputs = await database(arn, { options: { refreshInterval: 1800 } });
            const { id, outs } = await create(inputs);
            const quoted = `"${NAME.replaceAll('"', '""')}"`;
            await sql(`ALTER DATABASE ${quoted} INTEGRATION SET REFRESH_INTERVAL 3600`);
            const { props } = await read(id, outs);
            assert.equal(props!.options!.refreshInterval, 3600);
            assert.equal((await diff(id, props!, inputs)).changes, true);
            await update(id, props!, inputs);
            assert.equal((await sql("SELECT refresh_interval FROM svv_integration")).at(-1)!.refresh_interval, 1800);

            await sql(`DROP DATABASE ${quoted}`);
            assert.deepEqual(await read(id, outs), { id: "" });
            assert.match((await rejection(update(id, outs, inputs))).message, /does not exist|is gone/);
        });

        it("loads tables again once for each token", async () => {
            const arn = await integrate("Orders");
            const inputs = await database(arn);
            const { id, outs } = await create(inputs);
            await bank.pass(3600);
            const resync = { ...inputs, resyncTables: { tables: "all", token: "2026-11-21" } } as const;
            const first = await update(id, outs, resync);
            await update(id, first.outs, resync);
            // A killed update: the state does not know that it was done.
            await update(id, outs, resync);
            const sent = bank.world.requests
                .find({})
                .map(({ input }) => input as { Sql?: string; ClientToken?: string })
                .filter(({ Sql }) => Sql?.includes("REFRESH ALL TABLES"));
            assert.deepEqual([sent.length, new Set(sent.map(({ ClientToken }) => ClientToken)).size], [2, 1]);
        });

        it("switches the history of a table once it is loaded, and back", async () => {
            const arn = await integrate("Orders");
            const table = { schema: "public", table: "Orders" };
            const inputs = await database(arn, { options: { historyMode: { tables: [table] } } });
            const { id, outs } = await create(inputs);
            const history = async () =>
                (await sql("SELECT is_history_mode FROM svv_integration_table_state")).at(-1)!.is_history_mode;
            assert.equal(await history(), true);
            assert.equal((await diff(id, (await read(id, outs)).props!, inputs)).changes, false);
            await bank.pass(3600);
            await update(id, outs, await database(arn));
            assert.equal(await history(), false);
        });

        it("is gone with its warehouse", async () => {
            const arn = await integrate("Orders");
            const { id, outs } = await create(await database(arn));
            const elsewhere = { ...outs, warehouse: { workgroupName: "gone" } };
            assert.deepEqual(await read(id, elsewhere), { id: "" });
            await redshiftIntegrationDatabase.delete(id, elsewhere);
            assert.match((await rejection(create(elsewhere))).message, /gone is not there, and takes no statements/);
        });

        it("is another for another warehouse, and the same for who signs in, another integration or name", async () => {
            const arn = `arn:aws:redshift:${REGION}:${ACCOUNT}:integration:11111111-2222-3333-4444-555555555555`;
            const olds = { ...(await database(arn)), databaseState: "", failedTables: [] };
            const replaces = async (more: Partial<IntegrationDatabaseInputs>) =>
                (await diff("id", olds, await database(arn, more))).replaces;
            assert.deepEqual(await replaces({ integrationArn: `${arn}6`, databaseName: "other" }), []);
            assert.deepEqual(await replaces({ warehouse: { workgroupName: "other" } }), ["warehouse"]);
            const signedIn = { workgroupName: "sales", secretArn: "arn:secret", database: "other" };
            assert.deepEqual(await replaces({ warehouse: signedIn }), []);
        });

        it("is refused for what Redshift would refuse", async () => {
            const failures = async (more: Partial<IntegrationDatabaseInputs>) => {
                const inputs = { ...(await database("arn:aws:rds:eu-west-1:123456789012:integration:1")), ...more };
                return (await check({} as never, inputs)).failures;
            };
            const [name] = await failures({ databaseName: "x".repeat(128) });
            assert.deepEqual([name!.property, /128 bytes/.test(name!.reason)], ["databaseName", true]);
            assert.match((await failures({ options: { refreshInterval: 60 } }))[0]!.reason, /from 900 to 432000/);
            assert.match((await failures({ integrationArn: "orders" }))[0]!.reason, /"orders" is not an ARN/);
            assert.match((await failures({ warehouse: {} }))[0]!.reason, /either a workgroup or a cluster/);
            assert.match((await failures({ source: "postgres" }))[0]!.reason, /needs the database that is meant/);
        });
    });

    describe("RedshiftView", () => {
        const view = (more: Partial<RedshiftViewInputs> = {}): RedshiftViewInputs => ({
            ...common("RedshiftView", "totals"),
            warehouse: { workgroupName: "sales" },
            view: {
                database: "dev",
                name: "totals",
                from: { database: NAME, table: "Orders" },
                columns: [{ column: "Id" }, { attribute: "Total", tag: "N" }],
            },
            timeout: "20s",
            ...more,
        });
        const { name: _, ...definition } = view().view;
        const inputs = (name: string, more: object): RedshiftViewInputs =>
            view({ view: { ...definition, name, ...more } as RedshiftViewInputs["view"] });

        beforeEach(async () => {
            await create(await database(await integrate("Orders")));
            await bank.pass(3600);
        });

        it("is made, changed in place or anew, and dropped", async () => {
            const { id, outs } = await redshiftView.create(view());
            assert.equal((await sql("SELECT * FROM totals")).length, 2);
            assert.deepEqual((await redshiftView.read(id, outs)).props, outs);
            assert.equal((await redshiftView.diff(id, outs, view())).changes, false);

            const filtered = inputs("totals", { where: [{ column: "Id", equals: "1" }] });
            assert.deepEqual((await redshiftView.diff(id, outs, filtered)).replaces, []);
            const changed = await redshiftView.update(id, outs, filtered);
            assert.equal((await sql("SELECT * FROM totals")).length, 1);
            const wider = inputs("totals", { columns: [{ column: "Id" }] });
            const { outs: latest } = await redshiftView.update(id, changed.outs, wider);
            assert.deepEqual(await sql("SELECT * FROM totals WHERE \"Id\" = '2'"), [{ Id: "2" }]);
            assert.deepEqual((await redshiftView.diff(id, latest, inputs("other", {}))).replaces, ["view"]);

            await redshiftView.delete(id, latest);
            assert.deepEqual(await redshiftView.read(id, latest), { id: "" });
            await redshiftView.delete(id, latest);
        });

        it("is found changed or dropped by a refresh, and put right", async () => {
            const { id, outs } = await redshiftView.create(view());
            await sql(`DROP VIEW totals`);
            assert.deepEqual(await redshiftView.read(id, outs), { id: "" });
            await sql(`CREATE VIEW totals AS SELECT 1 AS one`);
            const { props } = await redshiftView.read(id, outs);
            assert.equal(props!.storedDefinition, "");
            assert.equal((await redshiftView.diff(id, props!, view())).changes, true);
        });

        it("takes its own from a killed update, and another's only when told to", async () => {
            await redshiftView.create(view());
            await redshiftView.create(view());
            assert.equal(statements("CREATE VIEW").length, 1);
            await sql(`DROP VIEW totals`);
            await sql(`CREATE VIEW totals AS SELECT 1 AS one`);
            const { message } = await rejection(redshiftView.create(view()));
            assert.match(message, /there is already a view "public"."totals", which says something else/);
            await redshiftView.create(view({ adoptExisting: true }));
            assert.equal((await sql("SELECT * FROM totals")).length, 2);
        });

        it("waits, when it is materialized, for the table that it reads", async () => {
            const late = inputs("kept", { materialized: true, from: { database: "later", table: "Bills" } });
            const creation = redshiftView.create(late);
            await create(await database(await integrate("Bills"), { databaseName: "later" }));
            const { id, outs } = await creation;
            assert.equal((await sql("SELECT * FROM kept")).length, 2);
            await redshiftView.delete(id, outs);
        });
    });
});
