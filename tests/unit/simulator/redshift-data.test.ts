import * as assert from "node:assert/strict";

import { minutes, seconds } from "../../../simulator/world/clock";
import { refusal } from "./glue-world";
import { DAY, idOf, Warehousing } from "./warehouse-world";

describe("simulator/redshift-data: statements", () => {
    it("pass through their states, keep their results for a day, and run once per token", async () => {
        const { target, pass, workgroup } = await ready();
        const call = (operation: string, input: object = {}) => target.call("redshift-data", operation, input);
        const statement = { ...workgroup, Database: "dev", Sql: "CREATE DATABASE a", ClientToken: "once" };
        const { Id } = await call("ExecuteStatement", statement);
        assert.equal((await call("ExecuteStatement", statement)).Id, Id);
        const status = async () => (await call("DescribeStatement", { Id })).Status;
        assert.equal(await status(), "SUBMITTED");
        await pass(seconds(2));
        assert.equal(await status(), "FINISHED");
        assert.equal((await call("ExecuteStatement", statement)).Id, Id);
        assert.deepEqual((await call("ListDatabases", { ...workgroup, Database: "dev" })).Databases, ["a", "dev"]);
        const noRows = await refusal(call("GetStatementResult", { Id }));
        assert.equal(noRows.code, "ResourceNotFoundException");
        await pass(DAY);
        assert.equal((await refusal(status())).code, "ResourceNotFoundException");
        const again = await call("ExecuteStatement", statement);
        assert.notEqual(again.Id, Id);
        await pass(seconds(2));
        const { Status, Error: error } = await call("DescribeStatement", { Id: again.Id });
        assert.deepEqual([Status, error], ["FAILED", 'ERROR: database "a" already exists']);
    });

    it("can be cancelled before they run, and listed by name", async () => {
        const { target, workgroup, sql, pass } = await ready();
        const call = (operation: string, input: object) => target.call("redshift-data", operation, input);
        const input = { ...workgroup, Database: "dev", Sql: "CREATE DATABASE a", StatementName: "make-a" };
        const { Id } = await call("ExecuteStatement", input);
        await call("CancelStatement", { Id });
        await pass(seconds(5));
        assert.equal((await call("DescribeStatement", { Id })).Status, "ABORTED");
        assert.equal((await refusal(call("CancelStatement", { Id }))).code, "ValidationException");
        await sql("SELECT 1");
        const { Statements } = await call("ListStatements", { StatementName: "make" });
        assert.deepEqual(
            Statements.map((s: { Id: string }) => s.Id),
            [Id],
        );
    });

    it("go to a warehouse that is there and takes them, and to a database that exists", async () => {
        const { target, sql, workgroup } = await ready();
        const execute = (more: object) =>
            target.call("redshift-data", "ExecuteStatement", {
                ...workgroup,
                Database: "dev",
                Sql: "SELECT 1",
                ...more,
            });
        assert.match((await refusal(execute({ WorkgroupName: "none" }))).message, /doesn't exist/);
        assert.equal((await refusal(execute({ ClusterIdentifier: "dwh" }))).code, "ValidationException");
        await assert.rejects(sql("SELECT 1", { database: "none" }), /FATAL: database "none" does not exist/);

        await target.call("redshift-serverless", "UpdateWorkgroup", { workgroupName: "sales", baseCapacity: 8 });
        const busy = await refusal(execute({}));
        assert.deepEqual([busy.code, /not available/.test(busy.message)], ["ValidationException", true]);
    });

    it("to a paused cluster are refused", async () => {
        const { target, pass } = await ready();
        await target.call("redshift", "CreateCluster", {
            ClusterIdentifier: "dwh",
            NodeType: "ra3.large",
            MasterUsername: "admin",
            ManageMasterPassword: true,
        });
        await pass(minutes(6));
        const execute = () =>
            target.call("redshift-data", "ExecuteStatement", {
                ClusterIdentifier: "dwh",
                Database: "dev",
                DbUser: "admin",
                Sql: "SELECT 1",
            });
        await execute();
        await target.call("redshift", "PauseCluster", { ClusterIdentifier: "dwh" });
        await pass(minutes(3));
        assert.match((await refusal(execute())).message, /cluster dwh is paused/);
    });

    it("of a batch stand or fall together, unless they commit one by one", async () => {
        const { target, workgroup, pass, sql } = await ready();
        const batch = async (Sqls: string[], more: object = {}) => {
            const input = { ...workgroup, Database: "dev", Sqls, ...more };
            const { Id } = await target.call("redshift-data", "BatchExecuteStatement", input);
            await pass(seconds(2));
            return target.call("redshift-data", "DescribeStatement", { Id });
        };
        const create = "CREATE DATABASE a";
        const inTransaction = await batch(["CREATE SCHEMA s", create]);
        assert.equal(
            inTransaction.Error,
            "Query #2 failed with ERROR: CREATE DATABASE cannot run inside a transaction block",
        );
        const oneByOne = await batch(["CREATE SCHEMA s", create, "SELECT x"], { ExecutionMode: "AUTO_COMMIT" });
        assert.deepEqual(
            oneByOne.SubStatements.map((s: { Status: string }) => s.Status),
            ["FINISHED", "FINISHED", "FAILED"],
        );
        await sql("CREATE VIEW s.v AS SELECT 1 AS one");
        assert.equal((await batch(["DROP VIEW s.v", "DROP VIEW s.v"])).Status, "FAILED");
        assert.deepEqual(await sql("SELECT one FROM s.v"), [{ one: 1 }]);
    });

    it("sign in as a secret's user, if the caller may read it", async () => {
        const { target, sql } = await ready();
        const { ARN: SecretArn } = await target.call("secretsmanager", "CreateSecret", {
            Name: "loader",
            SecretString: JSON.stringify({ username: "loader", password: "x" }),
        });
        await sql("CREATE DATABASE a", { SecretArn });
        const owner = await sql("SELECT database_owner FROM svv_redshift_databases WHERE database_name = 'a'");
        assert.deepEqual(owner, [{ database_owner: "loader" }]);
    });
});

describe("simulator/redshift-data: SQL", () => {
    it("that it does not know is a syntax error at its place", async () => {
        const { sql } = await ready();
        for (const [text, place] of [
            ["DELETE FROM t", '"DELETE" Position: 1;'],
            ["SELECT 1; SELECT 2", '"SELECT" Position: 11;'],
            ["CREATE DATABASE a FROM INTEGRATION abc", '"abc" Position: 36;'],
            ["CREATE DATABASE a FROM INTEGRATION 'x' HISTORY", '"HISTORY" Position: 40;'],
            ["ALTER DATABASE a INTEGRATION REFRESH TABLES t", '"TABLES" Position: 38;'],
            ["SELECT a FROM", "end of input Position: 14;"],
            ["CREATE DATABASE a;'", '"\'" Position: 19;'],
        ]) {
            await assert.rejects(sql(text), { message: new RegExp(`syntax error at (or near )?${escape(place)}`) });
        }
    });

    it("folds names that are not quoted; quoted ones keep capitals only where identifiers are case-sensitive", async () => {
        const { sql } = await ready();
        await sql('CREATE DATABASE "My ""Orders"""');
        await sql("CREATE DATABASE Plain");
        assert.deepEqual(await databases(sql), ['My "Orders"', "dev", "plain"]);

        const insensitive = new Warehousing();
        insensitive.caseSensitive = false;
        await insensitive.setUpWarehouse();
        await insensitive.sql('CREATE DATABASE "Orders"');
        assert.deepEqual(await databases((text) => insensitive.sql(text)), ["dev", "orders"]);
    });

    it("keeps within the limits of names and databases", async function () {
        this.timeout(10_000);
        const { sql } = await ready();
        await sql(`CREATE DATABASE ${"a".repeat(127)}`);
        await assert.rejects(sql(`CREATE DATABASE ${"a".repeat(128)}`), /1 to 127 bytes/);
        for (let n = 3; n <= 60; n++) {
            await sql(`CREATE DATABASE d${n}`);
        }
        await assert.rejects(sql("CREATE DATABASE d61"), /limit of 60 databases/);
        await sql("DROP DATABASE d60");
        await assert.rejects(sql("DROP DATABASE d60"), /database "d60" does not exist/);
        await assert.rejects(sql("DROP DATABASE dev"), /cannot drop the currently open database/);
    });

    it("renames databases, but for its own and the one that is connected to", async () => {
        const { sql } = await ready();
        await sql("CREATE DATABASE shop");
        await sql("CREATE DATABASE crm");
        await sql('ALTER DATABASE shop RENAME TO "Shop 2"');
        assert.deepEqual(
            (await sql("SELECT datname FROM pg_database")).map(({ datname }) => datname),
            ["dev", "crm", "Shop 2"],
        );
        await assert.rejects(sql("ALTER DATABASE shop RENAME TO other"), /database "shop" does not exist/);
        await assert.rejects(sql('ALTER DATABASE crm RENAME TO "Shop 2"'), /database "Shop 2" already exists/);
        await assert.rejects(sql("ALTER DATABASE dev RENAME TO other"), /current database may not be renamed/);
        await assert.rejects(sql("ALTER DATABASE dev RENAME TO other", { Database: "crm" }), /"dev" may not be/);
    });

    it("takes values as parameters, which end no literal", async () => {
        const { sql } = await ready();
        const Parameters = [{ name: "name", value: "dev' OR '1' = '1" }];
        const text = "SELECT datname FROM pg_database WHERE datname = :name";
        assert.deepEqual(await sql(text, { Parameters }), []);
        assert.equal((await sql(text, { Parameters: [{ name: "name", value: "dev" }] })).length, 1);
    });
});

describe("simulator/redshift-data: a database from an integration", () => {
    it("needs the integration active, and is made once", async () => {
        const warehousing = await new Warehousing().setUp();
        const arn = await warehousing.create();
        await warehousing.pass(minutes(20));
        const create = (name: string, more = "") =>
            warehousing.sql(`CREATE DATABASE ${name} FROM INTEGRATION '${idOf(arn)}' ${more}`);
        await assert.rejects(
            warehousing.sql("CREATE DATABASE a FROM INTEGRATION '00000000-0000-0000-0000-000000000000'"),
            /does not exist/,
        );
        for (const [options, reason] of [
            ["DATABASE 'shop'", /DATABASE clause is not supported for an integration from DynamoDB/],
            ["REFRESH_INTERVAL 899", /from 900 to 432000 seconds/],
            ["REFRESH_INTERVAL 432001", /from 900 to 432000 seconds/],
        ] as const) {
            await assert.rejects(create("a", options), reason);
        }
        await create('"Orders"', "SET REFRESH_INTERVAL 1800 TRUNCATECOLUMNS = TRUE HISTORY_MODE TRUE");
        await assert.rejects(create("b"), /created from the integration .* already/);
        await assert.rejects(create('"Orders"'), /already exists/);
        const [row] = await warehousing.sql("SELECT * FROM svv_integration");
        assert.deepEqual(
            [row.target_database, row.source, row.refresh_interval, row.is_history_mode],
            ["Orders", "DynamoDB", 1800, true],
        );
        await warehousing.sql('ALTER DATABASE "Orders" INTEGRATION SET REFRESH_INTERVAL 900 QUERY_ALL_STATES = TRUE');
        assert.equal((await warehousing.sql("SELECT refresh_interval FROM svv_integration"))[0].refresh_interval, 900);
        await warehousing.sql('ALTER DATABASE "Orders" RENAME TO orders');
        assert.equal(
            (await warehousing.sql("SELECT target_database FROM svv_integration"))[0].target_database,
            "orders",
        );
        await warehousing.sql("DROP DATABASE orders");
        const [waiting] = await warehousing.sql("SELECT * FROM svv_integration");
        assert.deepEqual([waiting.target_database, waiting.state], [null, "PendingDbConnectState"]);
    });

    it("is not made while the integration is set up, nor after it has failed", async () => {
        const warehousing = new Warehousing();
        warehousing.authorizedSources = ["arn:aws:dynamodb:eu-west-1:123456789012:table/Others"];
        await warehousing.setUp();
        const arn = await warehousing.create();
        await warehousing.pass(minutes(20));
        const create = warehousing.sql(`CREATE DATABASE a FROM INTEGRATION '${idOf(arn)}'`);
        await assert.rejects(create, /is not active: its state is failed/);
    });

    it("is read-only, and takes statements of its own alone", async () => {
        const warehousing = await new Warehousing().setUp();
        await warehousing.replicate();
        for (const text of ["CREATE SCHEMA s", "CREATE VIEW v AS SELECT 1", "CREATE MATERIALIZED VIEW v AS SELECT 1"]) {
            await assert.rejects(warehousing.sql(text, { database: "orders" }), /is read-only/);
        }
        await assert.rejects(
            warehousing.sql("ALTER DATABASE dev INTEGRATION REFRESH ALL TABLES"),
            /not created from an integration/,
        );
    });
});

describe("simulator/redshift-data: views", () => {
    async function orders() {
        const warehousing = await new Warehousing().setUp();
        const lines = { L: [{ M: { price: { N: "9.90" } } }] };
        await warehousing.put({ Customer: { S: "C1" }, Number: { N: "1" }, Type: { S: "invoice" }, Lines: lines });
        await warehousing.put({ Customer: { S: "C1" }, Number: { N: "2" }, Type: { S: "bill" }, Paid: { BOOL: true } });
        await warehousing.put({ Customer: { S: "C2" }, Number: { N: "3" }, Type: { S: "invoice" } });
        await warehousing.replicate();
        await warehousing.pass(minutes(10));
        return warehousing;
    }

    const invoices = `SELECT "Customer", "value"."Lines"."L"[0]."M"."price"."N"::decimal(10,2) AS "Price"
        FROM "orders"."public"."Orders" WHERE "value"."Type"."S"::varchar = 'invoice'`;

    it("split a table by an attribute, and read it as it is now", async () => {
        const { sql, put, pass } = bound(await orders());
        await sql(`CREATE VIEW invoices AS ${invoices} WITH NO SCHEMA BINDING`);
        const read = () => sql('SELECT * FROM invoices ORDER BY "Customer" DESC');
        assert.deepEqual(await read(), [
            { Customer: "C2", Price: null },
            { Customer: "C1", Price: "9.90" },
        ]);
        await put({ Customer: { S: "C3" }, Number: { N: "4" }, Type: { S: "invoice" } });
        await pass(minutes(30));
        assert.equal((await read()).length, 3);
        assert.deepEqual(await sql("SELECT count(*) FROM invoices"), [{ count: 3 }]);
    });

    it("across databases bind late, or are materialized and refreshed", async () => {
        const { sql, put, pass } = bound(await orders());
        await assert.rejects(sql(`CREATE VIEW invoices AS ${invoices}`), /WITH NO SCHEMA BINDING/);
        await sql(`CREATE MATERIALIZED VIEW invoices AUTO REFRESH NO AS ${invoices}`);
        await sql(`CREATE MATERIALIZED VIEW following AUTO REFRESH YES AS ${invoices}`);
        await put({ Customer: { S: "C3" }, Number: { N: "4" }, Type: { S: "invoice" } });
        await pass(minutes(30));
        assert.equal((await sql("SELECT * FROM invoices")).length, 2);
        assert.equal((await sql("SELECT * FROM following")).length, 3);
        await sql("REFRESH MATERIALIZED VIEW invoices");
        assert.equal((await sql("SELECT * FROM invoices")).length, 3);
        await assert.rejects(sql("DROP VIEW invoices"), /a materialized view/);
        await sql("DROP MATERIALIZED VIEW invoices");
        await assert.rejects(sql("SELECT * FROM invoices"), /relation "invoices" does not exist/);
    });

    it("say how they were made, and are replaced with the same columns only", async () => {
        const { sql } = bound(await orders());
        const create = `CREATE VIEW "Invoices" AS ${invoices} WITH NO SCHEMA BINDING`;
        await sql(create);
        await assert.rejects(sql(create), /already exists/);
        assert.deepEqual(Object.values((await sql('SHOW VIEW public."Invoices"'))[0]), [create]);
        await assert.rejects(
            sql(
                'CREATE OR REPLACE VIEW "Invoices" AS SELECT "Customer" FROM orders.public."Orders" WITH NO SCHEMA BINDING',
            ),
            /cannot change name or number of columns/,
        );
        await sql(
            `CREATE OR REPLACE VIEW "Invoices" AS ${invoices.replace("invoice'", "bill'")} WITH NO SCHEMA BINDING`,
        );
        assert.deepEqual(await sql('SELECT "Customer" FROM "Invoices"'), [{ Customer: "C1" }]);
        await assert.rejects(sql("SHOW VIEW public.nothing"), /does not exist/);
        await sql("DROP VIEW IF EXISTS nothing");
    });

    it("over what is not there yet are made, and fail when they are read", async () => {
        const { sql } = bound(await orders());
        await sql("CREATE VIEW later AS SELECT a FROM orders.public.later WITH NO SCHEMA BINDING");
        await assert.rejects(sql("SELECT * FROM later"), /relation "orders.public.later" does not exist/);
        await assert.rejects(sql("CREATE MATERIALIZED VIEW v AS SELECT a FROM orders.public.later"), /does not exist/);
        await assert.rejects(sql('SELECT "price" FROM orders.public."Orders"'), /column "price" does not exist/);
    });
});

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

async function databases(sql: (text: string) => Promise<Record<string, unknown>[]>) {
    return (await sql("SELECT datname FROM pg_database ORDER BY 1")).map(({ datname }) => datname);
}

async function ready() {
    return bound(await new Warehousing().setUpWarehouse());
}

function bound(warehousing: Warehousing) {
    const { target, workgroup } = warehousing;
    return {
        target,
        workgroup,
        sql: warehousing.sql.bind(warehousing),
        put: warehousing.put.bind(warehousing),
        pass: warehousing.pass.bind(warehousing),
    };
}
