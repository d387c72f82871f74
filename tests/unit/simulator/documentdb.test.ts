import { strict as assert } from "node:assert";
import {
    CreateDBClusterCommand,
    CreateDBClusterParameterGroupCommand,
    CreateDBInstanceCommand,
    CreateDBSubnetGroupCommand,
    DBClusterNotFoundFault,
    DeleteDBClusterCommand,
    DescribeDBClusterParametersCommand,
    DescribeDBClustersCommand,
    DescribeDBEngineVersionsCommand,
    DescribeDBInstancesCommand,
    DocDBClient,
    ModifyDBClusterCommand,
    ModifyDBClusterParameterGroupCommand,
} from "@aws-sdk/client-docdb";

import { DocumentStore, type DocumentCommand } from "../../../simulator/documents/store";
import { HttpDoor } from "../../../simulator/http/server";
import { startSimulator } from "../../../simulator/local";
import { allServices } from "../../../simulator/services";
import { documents } from "../../../simulator/services/rds/documents";
import { sql } from "../../../simulator/services/rds/sql";
import { minutes } from "../../../simulator/world/clock";
import { World } from "../../../simulator/world/world";

const ACCOUNT = "123456789012";
const ARN = `arn:aws:rds:eu-west-1:${ACCOUNT}:cluster:catalog`;
const USER = { MasterUsername: "owner", MasterUserPassword: "correct-horse" };
const CATALOG = { DBClusterIdentifier: "catalog", Engine: "docdb", ...USER };

describe("simulated DocumentDB", () => {
    let world: World;
    let door: HttpDoor;
    let client: DocDBClient;

    beforeEach(async () => {
        world = new World({ services: allServices });
        door = await HttpDoor.open(world);
        const credentials = { accessKeyId: ACCOUNT, secretAccessKey: "test" };
        client = new DocDBClient({ endpoint: door.endpoint, region: "eu-west-1", credentials });
    });
    afterEach(async () => {
        world.stop();
        await door.close();
    });

    const makeGroup = () =>
        client.send(
            new CreateDBClusterParameterGroupCommand({
                DBClusterParameterGroupName: "streams",
                DBParameterGroupFamily: "docdb5.0",
                Description: "-",
            }),
        );
    const setRetention = (ParameterValue: string) =>
        client.send(
            new ModifyDBClusterParameterGroupCommand({
                DBClusterParameterGroupName: "streams",
                Parameters: [
                    {
                        ParameterName: "change_stream_log_retention_duration",
                        ParameterValue,
                        ApplyMethod: "immediate",
                    },
                ],
            }),
        );
    const addInstance = () =>
        client.send(
            new CreateDBInstanceCommand({
                DBInstanceIdentifier: "catalog-1",
                DBInstanceClass: "db.r6g.large",
                Engine: "docdb",
                DBClusterIdentifier: "catalog",
            }),
        );

    it("answers its own client, which signs as RDS", async () => {
        const { Subnets } = await world.administrator(ACCOUNT).call("ec2", "DescribeSubnets");
        await client.send(
            new CreateDBSubnetGroupCommand({
                DBSubnetGroupName: "private",
                DBSubnetGroupDescription: "-",
                SubnetIds: Subnets.map(({ SubnetId }: { SubnetId: string }) => SubnetId),
            }),
        );
        await makeGroup();
        await client.send(
            new CreateDBClusterCommand({
                ...CATALOG,
                EngineVersion: "5.0",
                DBClusterParameterGroupName: "streams",
                DBSubnetGroupName: "private",
                StorageEncrypted: true,
            }),
        );
        await addInstance();
        await world.clock.advance(minutes(10));
        const { DBClusters: [cluster] = [] } = await client.send(new DescribeDBClustersCommand({}));
        const { Engine, EngineVersion, Port, Status, StorageType, Endpoint, DBClusterMembers } = cluster!;
        assert.deepEqual(
            { Engine, EngineVersion, Port, Status, StorageType },
            { Engine: "docdb", EngineVersion: "5.0.0", Port: 27017, Status: "available", StorageType: "standard" },
        );
        assert.match(Endpoint!, /^catalog\.cluster-[0-9a-f]{12}\.eu-west-1\.docdb\.amazonaws\.com$/);
        assert.deepEqual(
            DBClusterMembers!.map(({ DBInstanceIdentifier, IsClusterWriter }) => [
                DBInstanceIdentifier,
                IsClusterWriter,
            ]),
            [["catalog-1", true]],
        );
        const { DBInstances: [instance] = [] } = await client.send(new DescribeDBInstancesCommand({}));
        assert.equal(instance!.Endpoint!.Port, 27017);
        await assert.rejects(
            client.send(new DescribeDBClustersCommand({ DBClusterIdentifier: "other" })),
            DBClusterNotFoundFault,
        );
    });

    it("has clusters of three versions, with a family each", async () => {
        const { DBEngineVersions } = await client.send(new DescribeDBEngineVersionsCommand({ Engine: "docdb" }));
        assert.deepEqual(
            DBEngineVersions!.map(({ EngineVersion, DBParameterGroupFamily }) => [
                EngineVersion,
                DBParameterGroupFamily,
            ]),
            [
                ["3.6.0", "docdb3.6"],
                ["4.0.0", "docdb4.0"],
                ["5.0.0", "docdb5.0"],
            ],
        );
        await makeGroup();
        const group = { DBClusterParameterGroupName: "streams" };
        await assert.rejects(
            client.send(new CreateDBClusterCommand({ ...CATALOG, EngineVersion: "4.0.0", ...group })),
            /DBParameterGroupFamily docdb4\.0/,
        );
    });

    it("keeps the change stream log for an hour to a week", async () => {
        await makeGroup();
        for (const value of ["3599", "604801", "a day"]) {
            await assert.rejects(setRetention(value), /allowed values are: 3600-604800/);
        }
        await setRetention("604800");
        const { Parameters } = await client.send(
            new DescribeDBClusterParametersCommand({ DBClusterParameterGroupName: "streams", Source: "user" }),
        );
        assert.deepEqual(
            Parameters!.map(({ ParameterName, ParameterValue, ApplyType }) => [
                ParameterName,
                ParameterValue,
                ApplyType,
            ]),
            [["change_stream_log_retention_duration", "604800", "dynamic"]],
        );
    });

    it("keeps a cluster as long as it is protected or has instances", async () => {
        await client.send(new CreateDBClusterCommand({ ...CATALOG, DeletionProtection: true }));
        await addInstance();
        await world.clock.advance(minutes(10));
        const remove = () =>
            client.send(new DeleteDBClusterCommand({ DBClusterIdentifier: "catalog", SkipFinalSnapshot: true }));
        await assert.rejects(remove(), /Cannot delete protected Cluster/);
        await client.send(new ModifyDBClusterCommand({ DBClusterIdentifier: "catalog", DeletionProtection: false }));
        await world.clock.advance(minutes(10));
        await assert.rejects(remove(), /still contains DB instances/);
    });

    it("refuses what it is not: an instance alone, a Multi-AZ cluster, SQL, a zero-ETL source", async () => {
        const rds = (operation: string, input: object) => world.administrator(ACCOUNT).call("rds", operation, input);
        await assert.rejects(
            rds("CreateDBInstance", {
                DBInstanceIdentifier: "alone",
                DBInstanceClass: "db.r6g.large",
                Engine: "docdb",
                AllocatedStorage: 20,
                ...USER,
            }),
            /needs a DBClusterIdentifier/,
        );
        await assert.rejects(
            rds("CreateDBCluster", { ...CATALOG, DBClusterInstanceClass: "db.m5d.large" }),
            /DBClusterInstanceClass is for Multi-AZ DB clusters only/,
        );
        await client.send(new CreateDBClusterCommand(CATALOG));
        await addInstance();
        await world.clock.advance(minutes(10));
        assert.throws(() => sql(world, ARN, undefined, "SELECT 1"), /has no zero-ETL integrations/);
        await assert.rejects(
            rds("CreateIntegration", {
                SourceArn: ARN,
                TargetArn: `arn:aws:redshift-serverless:eu-west-1:${ACCOUNT}:namespace/11111111-2222-3333-4444-555555555555`,
                IntegrationName: "catalog",
            }),
            /has no zero-ETL integrations/,
        );
    });

    it("is written to by the control door as well", async () => {
        const simulator = await startSimulator();
        try {
            const admin = simulator.world.administrator(ACCOUNT);
            const member = { DBInstanceIdentifier: "catalog-1", DBInstanceClass: "db.r6g.large", Engine: "docdb" };
            await admin.call("rds", "CreateDBCluster", CATALOG);
            await admin.call("rds", "CreateDBInstance", { ...member, DBClusterIdentifier: "catalog" });
            await simulator.world.clock.advance(minutes(10));
            const commands = [{ insert: "products", documents: [{ _id: 1 }] }, { find: "products" }];
            const answer = await fetch(`${simulator.endpoint}/_zero-etl/documents`, {
                method: "POST",
                body: JSON.stringify({ cluster: ARN, database: "shop", commands }),
            });
            assert.deepEqual(await answer.json(), [
                { ok: 1, n: 1 },
                { ok: 1, cursor: { firstBatch: [{ _id: 1 }] } },
            ]);
        } finally {
            await simulator.stop();
        }
    });

    it("takes commands once an instance is there", async () => {
        await client.send(new CreateDBClusterCommand(CATALOG));
        await world.clock.advance(minutes(10));
        const insert: DocumentCommand = { insert: "products", documents: [{ _id: 1 }] };
        assert.throws(() => documents(world, ARN, "shop", insert), /is not available for connections/);
        await addInstance();
        await world.clock.advance(minutes(10));
        assert.deepEqual(documents(world, ARN, "shop", [insert, { find: "products" }]), [
            { ok: 1, n: 1 },
            { ok: 1, cursor: { firstBatch: [{ _id: 1 }] } },
        ]);
        assert.throws(
            () => documents(world, ARN, "shop", insert),
            /E11000 duplicate key error collection: shop\.products/,
        );
    });
});

describe("a simulated document database", () => {
    let store: DocumentStore;

    beforeEach(() => {
        store = new DocumentStore();
        run({
            insert: "products",
            documents: [
                { _id: 1, name: "Bell", price: 12, size: { cm: 5 }, tags: ["a"] },
                { _id: 2, name: "Lamp", price: 30 },
            ],
        });
    });

    const run = (command: DocumentCommand, database = "shop") => store.run(database, command, 0);
    const find = (filter?: Record<string, unknown>) => run({ find: "products", filter }).cursor!.firstBatch;

    for (const [text, filter, expected] of [
        ["a value", { name: "Bell" }, [1]],
        ["a path", { "size.cm": 5 }, [1]],
        ["an element", { tags: "a" }, [1]],
        ["an order", { price: { $gt: 12 } }, [2]],
        ["an order to both sides", { price: { $gte: 12, $lt: 30 } }, [1]],
        ["a list", { _id: { $in: [2, 3] } }, [2]],
        ["a list's opposite", { _id: { $nin: [2, 3] } }, [1]],
        ["a difference", { name: { $ne: "Bell" } }, [2]],
        ["what is there", { size: { $exists: true } }, [1]],
        ["either", { $or: [{ _id: 1 }, { price: 30 }] }, [1, 2]],
        ["both", { $and: [{ _id: 1 }, { price: 30 }] }, []],
        ["another type of number", { _id: { $numberLong: "1" } }, [1]],
    ] as [string, Record<string, unknown>, number[]][]) {
        it(`finds documents by ${text}`, () => {
            assert.deepEqual(
                find(filter).map(({ _id }) => _id),
                expected,
            );
        });
    }

    for (const [text, filter, message] of [
        ["an operator of a field", { name: { $regex: "^B" } }, /unknown operator \$regex/],
        ["an operator beside a known one", { price: { $gt: 1, $mod: [2, 0] } }, /unknown operator \$mod/],
        ["an operator of the query", { $nor: [{ _id: 1 }] }, /unknown top level operator: \$nor/],
        ["a pattern", { name: /^B/ }, /Regular expressions are not simulated/],
        ["a pattern in Extended JSON", { name: { $regularExpression: { pattern: "B", options: "" } } }, /unknown op/],
    ] as [string, Record<string, unknown>, RegExp][]) {
        it(`refuses to find by ${text} that it does not know`, () => {
            assert.throws(() => find(filter), message);
        });
    }

    for (const [member, command] of [
        ["limit", { find: "products", limit: 1 }],
        ["ordered", { insert: "products", documents: [], ordered: false }],
        ["arrayFilters", { update: "products", updates: [{ q: {}, u: { $set: { a: 1 } }, arrayFilters: [] }] }],
        ["hint", { delete: "products", deletes: [{ q: {}, limit: 0, hint: "_id_" }] }],
    ] as [string, object][]) {
        it(`refuses what it would pass over: ${member}`, () => {
            assert.throws(
                () => run(command as DocumentCommand),
                new RegExp(`'${member}' of the command \\w+ is not simulated`),
            );
            assert.equal(find().length, 2);
        });
    }

    it("refuses commands that it does not know", () => {
        assert.throws(() => run({ aggregate: "products" } as never), /no such command: 'aggregate'/);
    });

    it("changes, replaces, and leaves alone", () => {
        const update = (u: object, more: object = {}, q: object = { _id: 1 }) =>
            run({ update: "products", updates: [{ q: { ...q }, u: { ...u }, ...more }] });
        assert.deepEqual(update({ $set: { "size.cm": 6 }, $unset: { tags: 1 }, $inc: { price: 1 } }), {
            ok: 1,
            n: 1,
            nModified: 1,
        });
        assert.deepEqual(find({ _id: 1 }), [{ _id: 1, name: "Bell", price: 13, size: { cm: 6 } }]);
        assert.deepEqual(update({ $set: { price: 13 } }), { ok: 1, n: 1, nModified: 0 });
        assert.deepEqual(update({ $push: { tags: "b" } }, { multi: true }, {}), { ok: 1, n: 2, nModified: 2 });
        update({ name: "Horn" });
        assert.deepEqual(find({ _id: 1 }), [{ _id: 1, name: "Horn" }]);
        update({ $set: { name: "Bag" } }, { upsert: true }, { _id: 3, price: { $gt: 1 } });
        assert.deepEqual(find({ _id: 3 }), [{ _id: 3, name: "Bag" }]);
        assert.throws(() => update({ _id: 9, name: "Horn" }), /immutable field '_id'/);
        assert.throws(() => update({ $rename: { a: "b" } }), /Unknown modifier: \$rename/);
    });

    it("makes an ObjectId where there is no _id", () => {
        run({ insert: "products", documents: [{ name: "Bag" }] });
        assert.match(JSON.stringify(find({ name: "Bag" })[0]!._id), /^{"\$oid":"[0-9a-f]{24}"}$/);
    });

    it("keeps events of what was enabled, by collection, database or cluster", () => {
        const enable = (database: string, collection: string, on = true) =>
            run({ modifyChangeStreams: 1, database, collection, enable: on }, "admin");
        const has = () => ["products", "orders"].map((name) => store.hasChangeStream("shop", name));
        enable("shop", "products");
        assert.deepEqual(has(), [true, false]);
        enable("shop", "");
        assert.deepEqual(has(), [true, true]);
        enable("shop", "", false);
        assert.deepEqual(has(), [false, false]);
        enable("", "");
        assert.deepEqual(has(), [true, true]);
        assert.throws(() => enable("", "products"), /needs a database/);
        assert.throws(
            () => run({ modifyChangeStreams: 1, database: "shop", collection: "", enable: true }),
            /may only be run against the admin database/,
        );
    });
});
