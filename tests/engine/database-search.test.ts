import * as assert from "node:assert/strict";
import type { Stack } from "../../simulator/engine/stack";
import { arrivedDocuments } from "../../simulator/search/arrived";
import { documents } from "../../simulator/services/rds/documents";
import { sql } from "../../simulator/services/rds/sql";
import { configured, Lab, NO_DRIFT } from "./fixture";

/** What an application does in each source. */
interface Orders {
    prepare(): void;
    put(id: number): void;
    remove(id: number): void;
}

type Application = (lab: Lab, sourceArn: string) => Orders;

const inSql =
    (table: string, prepare: string[] = []): Application =>
    (lab, sourceArn) => {
        const run = (text: string) => sql(lab.world, sourceArn, "shop", text);
        return {
            prepare: () => [`CREATE TABLE ${table} (id INT PRIMARY KEY)`, ...prepare].forEach(run),
            put: (id) => void run(`INSERT INTO ${table} (id) VALUES (${id})`),
            remove: (id) => void run(`DELETE FROM ${table} WHERE id = ${id}`),
        };
    };

const inDocuments: Application = (lab, sourceArn) => {
    const run = (database: string, command: Parameters<typeof documents>[3]) =>
        documents(lab.world, sourceArn, database, command);
    return {
        prepare: () => run("admin", { modifyChangeStreams: 1, database: "shop", collection: "orders", enable: true }),
        put: (id) => run("shop", { insert: "orders", documents: [{ _id: `${id}`, id }] }),
        remove: (id) => run("shop", { delete: "orders", deletes: [{ q: { _id: `${id}` }, limit: 1 }] }),
    };
};

const sources: [source: string, Application][] = [
    ["documentdb", inDocuments],
    ["aurora-postgresql", inSql("public.orders")],
    ["mysql", inSql("orders", ["CALL mysql.rds_set_configuration('binlog retention hours', 24)"])],
];

for (const [source, application] of sources) {
    describe(`from ${source} to an index`, function () {
        this.timeout(240_000);

        let lab: Lab;
        let stack: Stack;
        let orders: Orders;

        before(async function () {
            this.timeout(900_000); // the first run on a machine may have to build the engine
            lab = await Lab.open();
            stack = await lab.stack("database-search");
            await stack.up(configured({ source, isSearched: false }));
            orders = application(lab, ((await stack.outputs()) as { sourceArn: string }).sourceArn);
            orders.prepare();
        });
        after(() => lab?.close());

        const ids = () =>
            arrivedDocuments(lab.world, "orders")
                .flatMap(({ documents }) => documents.map(({ document }) => document.id))
                .sort();

        it("goes up; what is at the source arrives, and what changes there", async () => {
            orders.put(1);
            orders.put(2);
            await stack.up(configured({ isSearched: true }));
            assert.equal((await stack.outputs()).status, "ACTIVE");
            await lab.pass(() => ids().length === 2);
            orders.remove(1);
            orders.put(3);
            await lab.pass(() => ids().join() === "2,3");
        });

        it("stays as it is when nothing changes, and keeps the index when it is destroyed", async () => {
            await stack.up(NO_DRIFT);
            await stack.destroy(configured());
            assert.deepEqual((await stack.export()).deployment.resources, undefined);
            assert.deepEqual(ids(), [2, 3]);
        });
    });
}
