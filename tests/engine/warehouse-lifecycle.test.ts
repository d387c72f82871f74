import * as assert from "node:assert/strict";
import type { Stack } from "../../simulator/engine/stack";
import { sql } from "../../simulator/services/rds/sql";
import { ACCOUNT, configured, NO_DRIFT, resourceOf, rowOf, until, withLab, type Lab } from "./fixture";

/** One stack from PostgreSQL to a warehouse, from its first update to its end: what comes earlier is there for what comes later. */
describe("the life of a warehouse's stack", function () {
    this.timeout(120_000);

    let lab: Lab;
    let stack: Stack;
    let sourceArn: string;
    let namespaceArn: string;

    withLab(async (opened) => {
        lab = opened;
        stack = await lab.stack("orders");
    });
    beforeEach(() => lab.world.requests.clear());

    const integration = async () => {
        const [only, ...others] = (await lab.call("rds", "DescribeIntegrations", {})).Integrations;
        assert.deepEqual(others, []);
        return only;
    };
    const run = (text: string) => sql(lab.world, sourceArn, "shop", text);
    const ids = async (table: string) => {
        // There is no table before its first load, and none after it has left.
        const rows = await lab.query(`SELECT id FROM ${table}`).catch(() => undefined);
        return rows?.map(({ id }) => Number(id)).sort() ?? "no table";
    };
    const arrives = (table: string, expected: number[] | "no table") =>
        lab.pass(async () => `${await ids(table)}` === `${expected}`);
    const database = async (name: string) =>
        (await lab.query("SELECT * FROM svv_integration")).find((row) => row.target_database === name);
    const statements = (start: string) =>
        lab
            .calls("ExecuteStatement")
            .map(({ input }) => (input as { Sql: string }).Sql)
            .filter((text) => text.startsWith(start));
    const policy = async (): Promise<string> => {
        const { ResourcePolicy } = await lab.call("redshift", "GetResourcePolicy", { ResourceArn: namespaceArn });
        return ResourcePolicy.Policy;
    };

    /** What is left of the databases that earlier integrations filled. */
    const copies = async (): Promise<string[]> => {
        const { Databases } = await lab.call("redshift-data", "ListDatabases", {
            Database: "dev",
            WorkgroupName: "sales",
        });
        return Databases.filter((name: string) => /^shop_kept_\d+$/.test(name));
    };

    const BEFORE = "include: shop.public.orders, include: shop.public.tmp_orders, include: crm.*.*";
    const AFTER = "include: crm.*.*, include: shop.public.orders, include: shop.public.returns";

    it("begins with what the filter takes", async () => {
        await stack.up(configured({ dataFilter: BEFORE }));
        ({ sourceArn, namespaceArn } = (await stack.outputs()) as Record<string, string>);
        for (const table of ["orders", "tmp_orders", "returns"]) {
            run(`CREATE TABLE public.${table} (id INT PRIMARY KEY)`);
            run(`INSERT INTO public.${table} (id) VALUES (1)`);
        }
        await arrives("shop.public.orders", [1]);
        await arrives("shop.public.tmp_orders", [1]);
        assert.equal(await ids("shop.public.returns"), "no table");
    });

    it("changes name, description, filter, interval and history in place", async () => {
        const { IntegrationArn } = await integration();
        await stack.up(
            configured({
                dataFilter: AFTER,
                shop: { refreshInterval: "90 seconds", historyMode: true },
                integration: { integrationName: "renamed", description: "orders of the shop" },
            }),
        );

        const after = await integration();
        assert.equal(after.IntegrationArn, IntegrationArn);
        assert.equal(after.IntegrationName, "renamed");
        assert.equal(after.Description, "orders of the shop");
        assert.equal(lab.calls("ModifyIntegration").length, 1);
        assert.deepEqual([...lab.calls("CreateIntegration"), ...lab.calls("DeleteIntegration")], []);
        assert.deepEqual([...statements("CREATE"), ...statements("DROP")], []);
        const { refresh_interval, is_history_mode } = (await database("shop"))!;
        assert.deepEqual({ refresh_interval, is_history_mode }, { refresh_interval: 90, is_history_mode: true });
    });

    it("loads the tables that the filter takes now, drops those that it no longer takes, and keeps what was", async () => {
        await arrives("shop.public.tmp_orders", "no table");
        await arrives("shop.public.returns", [1]);
        run("INSERT INTO public.orders (id) VALUES (2)");
        await arrives("shop.public.orders", [1, 2]);
        run("DELETE FROM public.orders WHERE id = 1");
        await lab.pass(async () => {
            const rows = await lab.query("SELECT id, _record_is_active FROM shop.public.orders");
            return rows.some((row) => row.id === 1 && row._record_is_active === false);
        });
    });

    it("sees on refresh what was changed or dropped outside of it; up puts all of it right", async () => {
        const { IntegrationArn } = await integration();
        await lab.call("rds", "ModifyIntegration", {
            IntegrationIdentifier: IntegrationArn,
            DataFilter: "include: shop.*.*",
        });
        await until(async () => (await integration()).Status === "active");
        await lab.query("ALTER DATABASE shop INTEGRATION SET REFRESH_INTERVAL 3600");
        await lab.query("DROP DATABASE crm");

        const { stdout } = await stack.refresh(configured());
        assert.match(rowOf(stdout, "RdsIntegration"), / updated .*dataFilter/);
        assert.match(rowOf(stdout, "orders-database-shop"), / updated .*options/);
        assert.match(rowOf(stdout, "orders-database-crm"), / deleted/);

        await stack.up(configured());
        assert.equal((await integration()).IntegrationArn, IntegrationArn);
        assert.equal((await integration()).DataFilter, AFTER);
        assert.equal((await database("shop"))!.refresh_interval, 90);
        assert.equal((await database("crm"))!.source_database, "crm");
        assert.equal(statements("CREATE DATABASE").length, 1);
    });

    it("sees on refresh that another team's policy has put the source out, which ends the integration; up makes a new one", async () => {
        const { IntegrationArn } = await integration();
        const theirs = {
            Sid: "Theirs",
            Effect: "Allow",
            Principal: { Service: "redshift.amazonaws.com" },
            Action: "redshift:AuthorizeInboundIntegration",
            Resource: namespaceArn,
            Condition: { StringEquals: { "aws:SourceArn": `arn:aws:rds:eu-west-1:${ACCOUNT}:cluster:theirs` } },
        };
        await lab.call("redshift", "PutResourcePolicy", {
            ResourceArn: namespaceArn,
            Policy: JSON.stringify({ Version: "2012-10-17", Statement: [theirs] }),
        });
        await lab.pass(async () => (await integration()).Status === "failed");

        const { stdout } = await stack.refresh(configured());
        assert.match(rowOf(stdout, "RedshiftNamespacePolicyMember"), / deleted/);
        const { status, integrationErrors } = (await resourceOf(stack, "RdsIntegration")).outputs;
        assert.equal(status, "FAILED");
        assert.match(JSON.stringify(integrationErrors), /redshift:AuthorizeInboundIntegration/);

        await stack.up(configured());
        assert.notEqual((await integration()).IntegrationArn, IntegrationArn);
        assert.equal((await integration()).Status, "active");
        assert.ok((await policy()).includes(JSON.stringify(theirs)));
        assert.ok((await policy()).includes(sourceArn));
        await arrives("shop.public.orders", [2]);
    });

    it("replaces the integration for another key, deleting before it creates, and keeps what had arrived beside what arrives", async () => {
        const { IntegrationArn } = await integration();
        const keyArn = await lab.integrationKey(sourceArn, namespaceArn);
        await stack.up(configured({ integration: { integrationName: "renamed", kmsKeyArn: keyArn } }));

        assert.notEqual((await integration()).IntegrationArn, IntegrationArn);
        assert.equal((await integration()).KMSKeyId, keyArn);
        const writes = lab.calls().map(({ operation }) => operation);
        assert.deepEqual(
            writes.filter((operation) => /^(Create|Delete)Integration$/.test(operation)),
            ["DeleteIntegration", "CreateIntegration"],
        );
        await arrives("shop.public.orders", [2]);
        const [first, second, ...more] = await copies();
        assert.deepEqual([await ids(`${first}.public.orders`), await ids(`${second}.public.orders`)], [[1, 2], [2]]);
        assert.deepEqual(more, []);
        await stack.up(NO_DRIFT);
    });

    it("keeps the databases, with their rows, when the integration is taken out of the program", async () => {
        await stack.up(configured({ integrated: false }));
        assert.deepEqual((await lab.call("rds", "DescribeIntegrations", {})).Integrations, []);
        assert.deepEqual(await ids("shop.public.orders"), [2]);
    });
});
