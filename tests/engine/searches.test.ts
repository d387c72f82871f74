import * as assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { binlogRetentionCommand, changeStreamCommand } from "../../sdk/requirements";
import type { Stack } from "../../simulator/engine/stack";
import type { DocumentCommand } from "../../simulator/documents/store";
import { arrivedDocuments } from "../../simulator/search/arrived";
import { documents } from "../../simulator/services/rds/documents";
import { sql } from "../../simulator/services/rds/sql";
import { applicationOf, type Application, type SourceKind } from "./application";
import { configured, NO_DRIFT, withLab, type Lab } from "./fixture";

type Source = Exclude<SourceKind, "oracle"> | "documentdb";

/** Where the orders of each source go, into an index of its name. */
const PLACES: Record<Source, ("domain" | "collection")[]> = {
    dynamodb: ["domain", "collection"],
    documentdb: ["domain", "collection"],
    "aurora-mysql": ["domain"],
    "aurora-postgresql": ["collection"],
    mysql: ["domain"],
    postgres: ["domain"],
};
const SOURCES = Object.keys(PLACES) as Source[];

describe("from every source into domains and collections", function () {
    this.timeout(120_000);

    let lab: Lab;
    let stack: Stack;
    let sourceArns: Record<Source, string>;
    const applications = {} as Record<Source, Pick<Application, "put" | "remove">>;

    withLab(async (opened) => {
        lab = opened;
        stack = await lab.stack("searches");
        await stack.up(configured());
        ({ sourceArns } = (await stack.outputs()) as { sourceArns: typeof sourceArns });
        for (const source of SOURCES) {
            applications[source] =
                source === "documentdb" ? shopOf(sourceArns[source]) : applicationOf(lab, source, sourceArns[source]);
            await applications[source].put(1);
        }
        // What the components tell people to send to their databases.
        sql(lab.world, sourceArns.mysql, "shop", binlogRetentionCommand());
        new Function("db", changeStreamCommand({ database: "shop", collection: "orders" }))({
            adminCommand: (command: DocumentCommand) => documents(lab.world, sourceArns.documentdb, "admin", command),
        });
        await stack.up(configured({ searched: true }));
    });

    /** A collection of DocumentDB, as its application sees it. */
    function shopOf(arn: string): Pick<Application, "put" | "remove"> {
        const run = (command: DocumentCommand) => documents(lab.world, arn, "shop", command);
        return {
            put: (_id) => run({ insert: "orders", documents: [{ _id }] }),
            remove: (_id) => run({ delete: "orders", deletes: [{ q: { _id }, limit: 1 }] }),
        };
    }

    /** The ids of the documents, by the kind of the place where they are. */
    const found = (index: Source): Record<string, string[]> =>
        Object.fromEntries(
            arrivedDocuments(lab.world, index).map(({ location, documents }) => [
                location.includes(":es:") ? "domain" : "collection",
                documents.map(({ id }) => id),
            ]),
        );

    const arrive = (source: Source, ids: number[]) => {
        const expected = Object.fromEntries(PLACES[source].map((place) => [place, ids.map(String)]));
        return lab.pass(() => isDeepStrictEqual(found(source), expected));
    };

    for (const source of SOURCES) {
        it(`what is in ${source} arrives, and what changes there`, async () => {
            await arrive(source, [1]);
            await applications[source].put(2);
            await applications[source].remove(1);
            await arrive(source, [2]);
        });
    }

    it("stays as it is when nothing changes, at AWS either, and leaves the documents when it is destroyed", async () => {
        await stack.up(NO_DRIFT);
        await stack.destroy(configured());
        assert.deepEqual((await stack.export()).deployment.resources, undefined);
        assert.deepEqual((await lab.call("osis", "ListPipelines", {})).Pipelines, []);
        for (const source of SOURCES) {
            await arrive(source, [2]);
        }
    });
});
