import * as assert from "node:assert/strict";

import { sql as sourceSql } from "../../../simulator/services/rds/sql";
import { hours, minutes, seconds } from "../../../simulator/world/clock";
import { ACCOUNT, REGION } from "./glue-world";
import { idOf, Warehousing } from "./warehouse-world";

const order = (customer: string, number: number, more: object = {}) => ({
    Customer: { S: customer },
    Number: { N: String(number) },
    ...more,
});

const read = (warehousing: Warehousing, more = "") =>
    warehousing.sql(`SELECT * FROM orders.public."Orders" ${more} ORDER BY "Number"`);

describe("simulator: DynamoDB rows in a warehouse", () => {
    it("arrive when the database is made: keys as columns, the rest with its tags in one SUPER value", async () => {
        const warehousing = await new Warehousing().setUp();
        await warehousing.put(order("C1", 1, { Total: { N: "9.90" }, Lines: { L: [{ S: "a" }, { BOOL: true }] } }));
        await warehousing.replicate();
        await assert.rejects(read(warehousing), /relation .* does not exist/);
        await warehousing.pass(minutes(10));
        const [{ Customer, Number: number, value }] = await read(warehousing);
        assert.deepEqual([Customer, number], ["C1", "1.000000000000000000"]);
        assert.deepEqual(JSON.parse(String(value)), {
            Total: { N: "9.9" },
            Lines: { L: [{ S: "a" }, { BOOL: true }] },
        });
        const { ColumnList } = await warehousing.target.call("redshift-data", "DescribeTable", {
            ...warehousing.workgroup,
            Database: "orders",
            Table: "Orders",
        });
        assert.deepEqual(
            ColumnList.map((c: { name: string; typeName: string }) => [c.name, c.typeName]),
            [
                ["Customer", "varchar"],
                ["Number", "decimal"],
                ["value", "super"],
            ],
        );
    });

    it("follow changes at the refresh interval, and are measured", async () => {
        const warehousing = await new Warehousing().setUp();
        await warehousing.put(order("C1", 1));
        await warehousing.put(order("C2", 2));
        const arn = await warehousing.replicate("REFRESH_INTERVAL 3600");
        await warehousing.pass(minutes(10));
        assert.equal((await read(warehousing)).length, 2);

        await warehousing.put(order("C1", 1, { Paid: { BOOL: true } }));
        await warehousing.put(order("C3", 3));
        await warehousing.source.call("dynamodb", "DeleteItem", { TableName: "Orders", Key: order("C2", 2) });
        await warehousing.pass(minutes(30));
        assert.deepEqual(await numbers(warehousing), ["1", "2"]);
        await warehousing.pass(minutes(45));
        assert.deepEqual(await numbers(warehousing), ["1", "3"]);
        assert.equal((await read(warehousing))[0].value, '{"Paid":{"BOOL":true}}');

        const activity = await warehousing.sql(
            "SELECT inserted_rows, updated_rows, deleted_rows FROM sys_integration_table_activity",
        );
        assert.deepEqual(activity, [
            { inserted_rows: 2, updated_rows: 0, deleted_rows: 0 },
            { inserted_rows: 1, updated_rows: 1, deleted_rows: 1 },
        ]);
        const { Metrics } = await warehousing.target.call("cloudwatch", "ListMetrics", { Namespace: "AWS/Redshift" });
        assert.ok(
            Metrics.some(
                (m: { MetricName: string; Dimensions: object[] }) =>
                    m.MetricName === "IntegrationLag" &&
                    JSON.stringify(m.Dimensions) === JSON.stringify([{ Name: "IntegrationId", Value: idOf(arn) }]),
            ),
        );
    });

    it("keep their history where that is wanted", async () => {
        const warehousing = await new Warehousing().setUp();
        await warehousing.put(order("C1", 1));
        await warehousing.replicate("HISTORY_MODE = TRUE");
        await warehousing.pass(minutes(10));
        await warehousing.put(order("C1", 1, { Paid: { BOOL: true } }));
        await warehousing.pass(minutes(30));
        const rows = await warehousing.sql(
            'SELECT value, _record_is_active FROM orders.public."Orders" ORDER BY _record_create_time',
        );
        assert.deepEqual(rows, [
            { value: "{}", _record_is_active: false },
            { value: '{"Paid":{"BOOL":true}}', _record_is_active: true },
        ]);
        await warehousing.sql("ALTER DATABASE orders INTEGRATION SET HISTORY_MODE = FALSE");
        assert.deepEqual(Object.keys((await read(warehousing))[0]), ["Customer", "Number", "value"]);
        const { Tables } = await warehousing.target.call("redshift-data", "ListTables", {
            ...warehousing.workgroup,
            Database: "orders",
        });
        assert.equal(Tables.filter((t: { name: string }) => /^Orders_historical_\d+$/.test(t.name)).length, 1);
    });

    it("are loaded anew on request, after point-in-time recovery was off", async () => {
        const warehousing = await new Warehousing().setUp();
        await warehousing.put(order("C1", 1));
        const arn = await warehousing.replicate();
        await warehousing.pass(minutes(10));
        await warehousing.setRecovery(false);
        await warehousing.put(order("C2", 2));
        await warehousing.pass(minutes(30));
        assert.equal((await warehousing.describe(arn)).Status, "needs_attention");
        await warehousing.setRecovery(true);
        await warehousing.pass(minutes(30));
        await warehousing.sql("ALTER DATABASE orders INTEGRATION REFRESH ALL TABLES");
        await warehousing.pass(minutes(30));
        assert.equal((await warehousing.describe(arn)).Status, "active");
        assert.deepEqual(await numbers(warehousing), ["1", "2"]);
        await assert.rejects(
            warehousing.sql("ALTER DATABASE orders INTEGRATION REFRESH TABLE public.nothing"),
            /does not exist in database/,
        );
    });

    it("stay when the integration is deleted, and come no more", async () => {
        const warehousing = await new Warehousing().setUp();
        await warehousing.put(order("C1", 1));
        const IntegrationArn = await warehousing.replicate();
        await warehousing.pass(minutes(10));
        await warehousing.source.call("redshift", "DeleteIntegration", { IntegrationArn });
        await warehousing.put(order("C2", 2));
        await warehousing.pass(hours(2));
        assert.deepEqual(await numbers(warehousing), ["1"]);
    });
});

describe("simulator: relational rows in a warehouse", () => {
    it("arrive as schemas of MySQL's databases, and follow commits within seconds", async () => {
        const shop = await new Shop("mysql").setUp();
        await shop.run(
            "CREATE TABLE orders (id BIGINT UNSIGNED PRIMARY KEY, note VARCHAR(20), total DECIMAL(10,2), extra JSON)",
            `INSERT INTO orders VALUES (1, 'first', 9.90, '{"a": 1}')`,
        );
        await shop.connect();
        const all = () => shop.read("SELECT * FROM shop.shop.orders ORDER BY id");
        assert.deepEqual(await all(), [{ id: "1", note: "first", total: "9.90", extra: '{"a":1}' }]);
        await shop.run("UPDATE orders SET note = 'x' WHERE id = 1", "INSERT INTO orders VALUES (2, NULL, 1, NULL)");
        assert.deepEqual(await shop.read("SELECT note FROM shop.shop.orders ORDER BY id"), [
            { note: "x" },
            { note: null },
        ]);
        await shop.run("DELETE FROM orders WHERE id = 1", "CREATE TABLE shop.customers (id INT PRIMARY KEY)");
        assert.deepEqual(await shop.tables(), { customers: "Synced", orders: "Synced" });
        assert.equal((await all()).length, 1);
    });

    it("wait for the refresh interval, where there is one", async () => {
        const shop = await new Shop("mysql").setUp();
        await shop.run("CREATE TABLE orders (id INT PRIMARY KEY)");
        await shop.connect("REFRESH_INTERVAL 600");
        await shop.run("INSERT INTO orders VALUES (1)");
        await shop.pass(minutes(5));
        assert.deepEqual(await shop.read("SELECT * FROM shop.shop.orders"), []);
        await shop.pass(minutes(6));
        assert.deepEqual(await shop.read("SELECT * FROM shop.shop.orders"), [{ id: 1 }]);
    });

    it("are behind their source until the interval is over, as metrics and system views tell each minute", async () => {
        const shop = await new Shop("mysql").setUp();
        await shop.run("CREATE TABLE orders (id INT PRIMARY KEY)");
        await shop.connect("REFRESH_INTERVAL 600");
        const lags = async () => {
            const { Datapoints } = await shop.warehousing.target.call("cloudwatch", "GetMetricStatistics", {
                Namespace: "AWS/Redshift",
                MetricName: "IntegrationLag",
                Dimensions: [{ Name: "IntegrationId", Value: idOf(shop.integrationArn) }],
                StartTime: new Date(0),
                EndTime: new Date(shop.warehousing.world.clock.now() + minutes(1)),
                Period: 60,
                Statistics: ["Minimum"],
            });
            return (Datapoints as { Timestamp: Date; Minimum: number }[])
                .toSorted((a, b) => a.Timestamp.getTime() - b.Timestamp.getTime())
                .map(({ Minimum }) => Minimum);
        };
        const current = async () => (await shop.read("SELECT current_lag FROM svv_integration"))[0].current_lag;
        assert.deepEqual([await lags(), await current()], [[0], 0]);
        await shop.run("INSERT INTO orders VALUES (1)");
        await shop.pass(minutes(4));
        const [caughtUp, ...behind] = await lags();
        assert.equal(caughtUp, 0);
        assert.ok(behind.length >= 3 && behind[0] >= 60 && behind.every((lag, i) => lag === behind[0] + 60 * i));
        assert.ok(Number(await current()) > 240_000);
        await shop.pass(minutes(7));
        assert.deepEqual([(await lags()).at(-1), await current()], [0, 0]);
    });

    it("follow new and dropped columns, and are loaded anew where they can't", async () => {
        const shop = await new Shop("mysql").setUp();
        await shop.run("CREATE TABLE orders (id INT PRIMARY KEY, note TEXT)", "INSERT INTO orders VALUES (1, 'a')");
        await shop.connect();
        const all = () => shop.read("SELECT * FROM shop.shop.orders");
        await shop.run("ALTER TABLE orders ADD COLUMN state VARCHAR(10) DEFAULT 'open'");
        assert.deepEqual(await all(), [{ id: 1, note: "a", state: "open" }]);
        await shop.run("ALTER TABLE orders DROP COLUMN note");
        assert.deepEqual(await all(), [{ id: 1, state: "open" }]);

        await shop.run("ALTER TABLE orders ADD COLUMN first INT FIRST");
        await assert.rejects(all(), /is in the state ResyncInitiated/);
        await shop.pass(minutes(2));
        assert.deepEqual(Object.keys((await all())[0]), ["first", "id", "state"]);
        const changes = await shop.read("SELECT new_state FROM sys_integration_table_state_change");
        assert.deepEqual(changes.map((c) => c.new_state).slice(-3), ["ResyncRequired", "ResyncInitiated", "Synced"]);
    });

    it("of tables that can't be replicated stay out, with the reason, until the cause is gone", async () => {
        const shop = await new Shop("mysql").setUp();
        await shop.run(
            "CREATE TABLE good (id INT PRIMARY KEY)",
            "CREATE TABLE keyless (id INT)",
            "INSERT INTO keyless VALUES (7)",
        );
        await shop.connect();
        assert.deepEqual(await shop.tables(), { good: "Synced", keyless: "Failed" });
        const [{ reason }] = await shop.read(
            "SELECT reason FROM svv_integration_table_state WHERE table_state = 'Failed'",
        );
        assert.match(String(reason), /primary key/i);
        await shop.run("ALTER TABLE keyless ADD PRIMARY KEY (id)");
        await shop.pass(minutes(2));
        assert.deepEqual(await shop.tables(), { good: "Synced", keyless: "Synced" });
        assert.deepEqual(await shop.read("SELECT id FROM shop.shop.keyless"), [{ id: 7 }]);
    });

    it("too long for their column fail the table, or are cut", async () => {
        const shop = await new Shop("mysql").setUp();
        await shop.run("CREATE TABLE notes (id INT PRIMARY KEY, text LONGTEXT)");
        await shop.connect();
        await shop.run(`INSERT INTO notes VALUES (1, '${"é".repeat(40_000)}')`);
        assert.deepEqual(await shop.tables(), { notes: "Failed" });
        await shop.read("ALTER DATABASE shop INTEGRATION SET TRUNCATECOLUMNS = TRUE");
        await shop.read("ALTER DATABASE shop INTEGRATION REFRESH INERROR TABLES");
        await shop.pass(minutes(2));
        const [{ text }] = await shop.read("SELECT text FROM shop.shop.notes");
        assert.equal(String(text), "é".repeat(32_767));
    });

    it("leave with a filter that lets them through no more, and come back", async () => {
        const shop = await new Shop("mysql").setUp();
        await shop.run("CREATE TABLE a (id INT PRIMARY KEY)", "CREATE TABLE b (id INT PRIMARY KEY)");
        const IntegrationIdentifier = await shop.connect();
        const filter = async (DataFilter: string) => {
            await shop.warehousing.source.call("rds", "ModifyIntegration", { IntegrationIdentifier, DataFilter });
            await shop.pass(minutes(5));
        };
        await filter("include: shop.a");
        assert.deepEqual(await shop.tables(), { a: "Synced", b: "Deleted" });
        const keepHistory = "ALTER DATABASE shop INTEGRATION SET HISTORY_MODE = TRUE";
        await assert.rejects(
            shop.read(`${keepHistory} FOR TABLE shop.b`),
            /shop\.b can't be switched in the state Deleted/,
        );
        await shop.read(keepHistory);
        await filter("include: *.*");
        assert.deepEqual(await shop.tables(), { a: "Synced", b: "Synced" });
    });

    it("of Oracle keep three levels: the database is named, and has no history", async () => {
        const shop = await new Shop("oracle-ee").setUp();
        await shop.run("CREATE TABLE ORDERS (ID NUMBER(10) PRIMARY KEY)", "INSERT INTO ORDERS VALUES (1)");
        await assert.rejects(shop.connect(), /DATABASE clause is mandatory for an integration from Oracle/);
        const create = (options: string) =>
            shop.read(`CREATE DATABASE shop FROM INTEGRATION '${idOf(shop.integrationArn)}' ${options}`);
        await assert.rejects(create(`DATABASE 'SHOP' HISTORY_MODE TRUE`), /HISTORY_MODE is not supported/);
        await create(`DATABASE 'SHOP'`);
        await shop.pass(minutes(1));
        assert.deepEqual(await shop.tables(), { ORDERS: "Synced" });
        assert.equal((await shop.read('SELECT "ID" FROM shop."ADMIN"."ORDERS"')).length, 1);
        const [{ source, source_database }] = await shop.read("SELECT * FROM svv_integration");
        assert.deepEqual([source, source_database], ["Oracle", "SHOP"]);
    });

    it("come no more when the warehouse authorizes the source no more", async () => {
        const shop = await new Shop("mysql").setUp();
        const IntegrationIdentifier = await shop.connect();
        await shop.warehousing.authorize(["arn:aws:rds:eu-west-1:123456789012:db:other"]);
        await shop.pass(minutes(3));
        const { Integrations } = await shop.warehousing.source.call("rds", "DescribeIntegrations", {
            IntegrationIdentifier,
        });
        assert.equal(Integrations[0].Status, "failed");
        const { InboundIntegrations } = await shop.warehousing.target.call("redshift", "DescribeInboundIntegrations", {
            TargetArn: shop.warehousing.namespaceArn,
        });
        assert.deepEqual(
            InboundIntegrations.map((i: { SourceArn: string; Status: string }) => [i.SourceArn, i.Status]),
            [[shop.sourceArn, "failed"]],
        );
    });
});

async function numbers(warehousing: Warehousing): Promise<string[]> {
    return (await read(warehousing)).map((row) => String(Number(row.Number)));
}

/** A database of RDS with an integration into a warehouse, whose database there is `shop`. */
class Shop {
    readonly warehousing = new Warehousing();
    readonly sourceArn = `arn:aws:rds:${REGION}:${ACCOUNT}:db:shop`;
    integrationArn = "";
    private readonly database: string;

    constructor(private readonly engine: "mysql" | "oracle-ee") {
        this.database = engine === "mysql" ? "shop" : "SHOP";
    }

    async setUp(): Promise<this> {
        const isMySql = this.engine === "mysql";
        this.warehousing.authorizedSources = [this.sourceArn];
        await this.warehousing.setUpWarehouse();
        const call = (operation: string, input: object) => this.warehousing.source.call("rds", operation, input);
        const group = { DBParameterGroupName: "zero-etl" };
        if (isMySql) {
            await call("CreateDBParameterGroup", { ...group, DBParameterGroupFamily: "mysql8.0", Description: "x" });
            const parameter = (ParameterName: string, ParameterValue: string) => ({
                ParameterName,
                ParameterValue,
                ApplyMethod: "immediate",
            });
            await call("ModifyDBParameterGroup", {
                ...group,
                Parameters: [parameter("binlog_format", "ROW"), parameter("binlog_row_image", "full")],
            });
        }
        await call("CreateDBInstance", {
            DBInstanceIdentifier: "shop",
            DBInstanceClass: "db.r6g.large",
            Engine: this.engine,
            EngineVersion: isMySql ? "8.0.40" : "19.0.0.0.ru-2019-07.rur-2019-07.r1",
            MasterUsername: "admin",
            ManageMasterUserPassword: true,
            AllocatedStorage: 20,
            DBName: this.database,
            BackupRetentionPeriod: 1,
            ...(isMySql && group),
        });
        await this.pass(minutes(6));
        const { IntegrationArn } = await call("CreateIntegration", {
            SourceArn: this.sourceArn,
            TargetArn: this.warehousing.namespaceArn,
            IntegrationName: "shop",
            ...(!isMySql && { DataFilter: "include: SHOP.*.*" }),
        });
        this.integrationArn = IntegrationArn;
        await this.pass(minutes(12));
        return this;
    }

    /** Makes the database in the warehouse. */
    async connect(options = ""): Promise<string> {
        await this.read(`CREATE DATABASE shop FROM INTEGRATION '${idOf(this.integrationArn)}' ${options}`);
        await this.pass(seconds(10));
        return this.integrationArn;
    }

    async run(...statements: string[]): Promise<void> {
        statements.forEach((text) => sourceSql(this.warehousing.world, this.sourceArn, this.database, text));
        await this.pass(seconds(15));
    }

    read(text: string) {
        return this.warehousing.sql(text);
    }

    async tables() {
        const rows = await this.read("SELECT table_name, table_state FROM svv_integration_table_state ORDER BY 1");
        return Object.fromEntries(rows.map((row) => [row.table_name, row.table_state]));
    }

    pass(ms: number): Promise<void> {
        return this.warehousing.pass(ms);
    }
}
