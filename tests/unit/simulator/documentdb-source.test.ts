import { strict as assert } from "node:assert";

import type { DocumentCommand } from "../../../simulator/documents/store";
import type { PipelineSource, SourceReader } from "../../../simulator/pipelines/source";
import { openDocumentDb } from "../../../simulator/pipelines/sources/documentdb";
import { SourcePlaces } from "../../../simulator/pipelines/sources/place";
import { documents } from "../../../simulator/services/rds/documents";
import { hours, minutes } from "../../../simulator/world/clock";
import { ATTACHMENT, BUCKET, SourceWorld, STAGING, withoutOne, type Statement } from "./source-world";

const STATEMENTS = { ...STAGING, ...ATTACHMENT };
const PASSWORD = "correct-horse";

describe("a pipeline's documentdb source, simulated", () => {
    let shop: SourceWorld;
    let arn: string;
    let host: string;
    let reader: SourceReader;
    let source: PipelineSource;

    beforeEach(async () => {
        shop = await new SourceWorld().setUp(27017);
        await shop.rds("CreateDBClusterParameterGroup", {
            DBClusterParameterGroupName: "streams",
            DBParameterGroupFamily: "docdb5.0",
            Description: "-",
        });
        const { DBCluster } = await shop.rds("CreateDBCluster", {
            DBClusterIdentifier: "catalog",
            Engine: "docdb",
            MasterUsername: "owner",
            MasterUserPassword: PASSWORD,
            DBClusterParameterGroupName: "streams",
            DBSubnetGroupName: "private",
            VpcSecurityGroupIds: [shop.databaseGroup],
        });
        arn = DBCluster.DBClusterArn;
        host = DBCluster.Endpoint;
        await shop.rds("CreateDBInstance", {
            DBInstanceIdentifier: "catalog-1",
            DBInstanceClass: "db.r6g.large",
            Engine: "docdb",
            DBClusterIdentifier: "catalog",
        });
        await shop.advance();
        enable(true);
        reader = shop.reader(await shop.role(STATEMENTS), options());
        source = openDocumentDb(reader);
    });
    afterEach(() => shop.world.stop());

    const options = (more: object = {}, collection: object = {}) => ({
        host,
        authentication: { username: "owner", password: PASSWORD },
        collections: [{ collection: "shop.products", ...collection }],
        s3_bucket: BUCKET,
        s3_prefix: "products/",
        ...more,
    });
    const run = (...commands: DocumentCommand[]) => documents(shop.world, arn, "shop", commands);
    const insert = (...docs: object[]) => run({ insert: "products", documents: docs as Record<string, unknown>[] });
    const enable = (on: boolean) =>
        documents(shop.world, arn, "admin", {
            modifyChangeStreams: 1,
            database: "shop",
            collection: "products",
            enable: on,
        });
    const codes = async (from = source) => (await from.problems()).map(({ code }) => code);
    const open = (more: object = {}, collection: object = {}, rest: Partial<SourceReader> = {}) =>
        openDocumentDb({ ...reader, options: options(more, collection), ...rest });

    it("reads what is there, then what changes", async () => {
        insert({ _id: "p1", name: "Bell", price: 12 }, { _id: "p2", name: "Lamp" });
        assert.deepEqual(await source.problems(), []);
        const initial = await source.read();
        assert.deepEqual(
            initial.map(({ data }) => data),
            [{ name: "Bell", price: 12 }, { name: "Lamp" }],
        );
        const {
            s3_partition_key: partition,
            documentdb_timestamp: at,
            document_version: version,
            ...rest
        } = initial[0]!.metadata;
        assert.match(String(partition), /^products\/buffer\/[0-9a-f]{2}$/);
        // It loses against whatever happened while it was read.
        assert.equal(Number(at) - Number(version), minutes(5));
        assert.deepEqual(rest, {
            primary_key: "p1",
            partition_key: "p1",
            documentdb_collection: "shop.products",
            documentdb_event_name: null,
            documentdb_id_bson_type: "STRING",
            opensearch_action: "index",
            ingestion_type: "EXPORT",
        });

        insert({ _id: "p3", name: "Bag" });
        run(
            { update: "products", updates: [{ q: { _id: "p1" }, u: { $inc: { price: 1 } } }] },
            { update: "products", updates: [{ q: { _id: "p2" }, u: { name: "Lantern" } }] },
            { delete: "products", deletes: [{ q: { _id: "p3" }, limit: 1 }] },
        );
        const changes = await source.read();
        assert.deepEqual(
            changes.map(({ data, metadata }) => [
                metadata.documentdb_event_name,
                metadata.opensearch_action,
                metadata.primary_key,
                data,
            ]),
            [
                ["insert", "index", "p3", { name: "Bag" }],
                ["update", "index", "p1", { name: "Bell", price: 13 }],
                ["replace", "index", "p2", { name: "Lantern" }],
                ["delete", "delete", "p3", {}],
            ],
        );
        const versions = changes.map(({ metadata }) => Number(metadata.document_version));
        assert.deepEqual(
            versions,
            [...new Set(versions)].sort((a, b) => a - b),
        );
        assert.deepEqual(await source.read(), []);
    });

    it("turns BSON into JSON", async () => {
        const _id = { $oid: "65a1b2c3d4e5f60718293a4b" };
        insert({
            _id,
            at: new Date("2026-01-31T12:00:00Z"),
            price: { $numberDecimal: "12.50" },
            stock: { $numberLong: "3" },
            bytes: Buffer.from("x"),
            tags: [{ at: new Date(5) }],
        });
        const [event] = await open({ id_key: "productId" }).read();
        assert.deepEqual(event!.data, {
            productId: _id.$oid,
            at: Date.UTC(2026, 0, 31, 12),
            price: "12.50",
            stock: 3,
            bytes: "eA==",
            tags: [{ at: 5 }],
        });
        assert.equal(event!.metadata.primary_key, _id.$oid);
        assert.equal(event!.metadata.documentdb_id_bson_type, "OBJECT_ID");
    });

    it("leaves out the initial load, or the changes", async () => {
        insert({ _id: "p1" });
        const [streaming, exporting] = [
            open({}, { export: false }, { pipelineName: "streaming" }),
            open({}, { stream: false }, { pipelineName: "exporting" }),
        ];
        const counts = async () => [(await streaming.read()).length, (await exporting.read()).length];
        assert.deepEqual(await counts(), [0, 1]);
        insert({ _id: "p2" });
        assert.deepEqual(await counts(), [1, 0]);
    });

    it("goes on from its place after a stop, and from the beginning once it is forgotten", async () => {
        insert({ _id: "p1" });
        await source.read();
        source.close();
        insert({ _id: "p2" });
        const keys = async () => (await open().read()).map(({ metadata }) => metadata.primary_key);
        assert.deepEqual(await keys(), ["p2"]);
        reader.role.state(SourcePlaces).forget("catalog");
        assert.deepEqual(await keys(), ["p1", "p2"]);
    });

    it("loses what is older than the change stream log, however long that is", async () => {
        await source.read();
        insert({ _id: "p1" });
        await shop.advance(hours(2));
        insert({ _id: "p2" });
        await shop.advance(hours(2));
        assert.deepEqual(
            (await source.read()).map(({ metadata }) => metadata.primary_key),
            ["p2"],
        );

        await shop.rds("ModifyDBClusterParameterGroup", {
            DBClusterParameterGroupName: "streams",
            Parameters: [
                {
                    ParameterName: "change_stream_log_retention_duration",
                    ParameterValue: "86400",
                    ApplyMethod: "immediate",
                },
            ],
        });
        await shop.advance();
        insert({ _id: "p3" });
        await shop.advance(hours(23));
        assert.deepEqual(
            (await source.read()).map(({ metadata }) => metadata.primary_key),
            ["p3"],
        );
    });

    it("keeps no change of a collection without change streams", async () => {
        await source.read();
        enable(false);
        assert.deepEqual(await codes(), ["ChangeStreamNotEnabled"]);
        insert({ _id: "p1" });
        documents(shop.world, arn, "admin", {
            modifyChangeStreams: 1,
            database: "shop",
            collection: "",
            enable: true,
        });
        insert({ _id: "p2" });
        assert.deepEqual(await codes(), []);
        assert.deepEqual(
            (await source.read()).map(({ metadata }) => metadata.primary_key),
            ["p2"],
        );
    });

    for (const [name, statements] of withoutOne(STATEMENTS)) {
        it(`does not start without the statement "${name}" of its role`, async () => {
            const lacking = open({}, {}, { role: await shop.role(statements, "lacking") });
            const problems = await lacking.problems();
            assert.ok(problems.length > 0);
            for (const { code, message } of problems) {
                assert.equal(code, "AccessDeniedException");
                assert.match(message, /role\/lacking|assumed-role\/lacking/);
            }
        });
    }

    it("knows the cluster by its endpoint, in whatever form", async () => {
        assert.deepEqual(await codes(open({ host: `https://${host}` })), []);
        assert.deepEqual(await codes(open({ host: host.replace("catalog", "other") })), ["UnknownHost"]);
    });

    it("is refused with another password, and follows the master user's", async () => {
        const wrong = open({ authentication: { username: "owner", password: "wrong-horse" } });
        assert.deepEqual(await codes(wrong), ["AuthenticationFailed"]);
        await shop.rds("ModifyDBCluster", { DBClusterIdentifier: "catalog", MasterUserPassword: "wrong-horse" });
        await shop.advance();
        assert.deepEqual(await codes(wrong), []);
        assert.deepEqual(await codes(), ["AuthenticationFailed"]);
    });

    it("takes the password from the secret that AWS manages", async () => {
        const { DBCluster } = await shop.rds("ModifyDBCluster", {
            DBClusterIdentifier: "catalog",
            ManageMasterUserPassword: true,
        });
        await shop.advance();
        const { SecretString } = await shop.admin.call("secretsmanager", "GetSecretValue", {
            SecretId: DBCluster.MasterUserSecret.SecretArn,
        });
        assert.deepEqual(await codes(open({ authentication: JSON.parse(SecretString) })), []);
        assert.deepEqual(await codes(), ["AuthenticationFailed"]);
    });

    it("needs a VPC attachment and a way through the security groups", async () => {
        const { vpc } = reader;
        assert.deepEqual(await codes(open({}, {}, { vpc: undefined })), ["ValidationException"]);
        const bare = { subnetIds: vpc!.subnetIds, securityGroupIds: vpc!.securityGroupIds };
        assert.deepEqual(await codes(open({}, {}, { vpc: bare })), ["ValidationException"]);
        const strange = { ...vpc!, securityGroupIds: [shop.databaseGroup] };
        assert.deepEqual(await codes(open({}, {}, { vpc: strange })), ["ConnectionTimeout"]);

        const rule = { IpProtocol: "tcp", FromPort: 27017, ToPort: 27017 };
        const IpPermissions = [{ ...rule, UserIdGroupPairs: [{ GroupId: shop.pipelineGroup }] }];
        const GroupId = shop.databaseGroup;
        await shop.admin.call("ec2", "RevokeSecurityGroupIngress", { GroupId, IpPermissions });
        const [problem] = await source.problems();
        assert.match(problem!.message, /no inbound rule of sg-\w+ admits sg-\w+ on port 27017/);
        for (const [CidrIp, expected] of [
            ["172.31.0.0/20", ["ConnectionTimeout"]],
            ["172.31.0.0/16", []],
        ] as const) {
            const byAddress = [{ ...rule, IpRanges: [{ CidrIp }] }];
            await shop.admin.call("ec2", "AuthorizeSecurityGroupIngress", { GroupId, IpPermissions: byAddress });
            assert.deepEqual(await codes(), expected);
        }
        const one = { ...vpc!, subnetIds: vpc!.subnetIds.slice(0, 1) };
        await shop.admin.call("ec2", "RevokeSecurityGroupIngress", {
            GroupId,
            IpPermissions: [{ ...rule, IpRanges: [{ CidrIp: "172.31.0.0/16" }, { CidrIp: "172.31.0.0/20" }] }],
        });
        for (const [CidrIp, expected] of [
            ["172.31.0.0/21", ["ConnectionTimeout"]],
            ["172.31.0.0/20", []],
        ] as const) {
            const byAddress = [{ ...rule, IpRanges: [{ CidrIp }] }];
            await shop.admin.call("ec2", "AuthorizeSecurityGroupIngress", { GroupId, IpPermissions: byAddress });
            assert.deepEqual(await codes(open({}, {}, { vpc: one })), expected, CidrIp);
        }
        const everything = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
        await shop.admin.call("ec2", "RevokeSecurityGroupEgress", {
            GroupId: shop.pipelineGroup,
            IpPermissions: everything,
        });
        assert.match((await source.problems()).at(-1)!.message, /no outbound rule/);
    });

    it("is reached by what is in the VPC's default group with it, as long as the group lets its members in", async () => {
        const { SecurityGroups } = await shop.admin.call("ec2", "DescribeSecurityGroups", {
            Filters: [{ Name: "group-name", Values: ["default"] }],
        });
        const [{ GroupId, IpPermissions }] = SecurityGroups;
        await shop.admin.call("rds", "ModifyDBCluster", {
            DBClusterIdentifier: "catalog",
            VpcSecurityGroupIds: [GroupId],
            ApplyImmediately: true,
        });
        await shop.advance();
        const inDefault = () => codes(open({}, {}, { vpc: { ...reader.vpc!, securityGroupIds: [GroupId] } }));
        assert.deepEqual(await inDefault(), []);
        assert.deepEqual(await codes(), ["ConnectionTimeout"]);
        await shop.admin.call("ec2", "RevokeSecurityGroupIngress", { GroupId, IpPermissions });
        assert.deepEqual(await inDefault(), ["ConnectionTimeout"]);
    });

    it("needs its staging bucket, and leaves nothing behind in it", async () => {
        assert.deepEqual(await codes(open({ s3_bucket: "nowhere" })), ["NoSuchBucket"]);
        assert.deepEqual(await codes(open({ s3_region: "us-east-1" })), ["AccessDenied"]);
        insert({ _id: "p1" });
        await source.read();
        const touched = shop.world.requests
            .find({ service: "s3" })
            .filter(({ caller }) => caller.includes("osis-catalog"));
        assert.deepEqual(
            touched.map(({ operation }) => operation),
            ["PutObject", "GetObject", "DeleteObject"],
        );
        const { KeyCount } = await shop.admin.call("s3", "ListObjectsV2", { Bucket: BUCKET });
        assert.equal(KeyCount, 0);
    });

    it("reads again what it could not stage", async () => {
        await source.read();
        insert({ _id: "p1" });
        const write = (statements: Statement[]) => shop.let("osis-catalog", statements);
        await write([STAGING.bucket!]);
        await assert.rejects(source.read(), { code: "AccessDenied", message: /s3:PutObject/ });
        await write(Object.values(STATEMENTS));
        assert.deepEqual(
            (await source.read()).map(({ metadata }) => metadata.primary_key),
            ["p1"],
        );
    });

    it("reads nothing from a cluster without an instance", async () => {
        await shop.rds("DeleteDBInstance", { DBInstanceIdentifier: "catalog-1" });
        await shop.advance();
        assert.deepEqual(await codes(), ["ConnectionTimeout"]);
        assert.deepEqual(await source.read(), []);
    });
});
