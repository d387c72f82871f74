import * as assert from "node:assert/strict";

import { Cluster as DocumentDbCluster } from "@pulumi/aws/docdb/cluster";
import { ClusterParameterGroup } from "@pulumi/aws/docdb/clusterParameterGroup";
import { Cluster } from "@pulumi/aws/rds/cluster";
import { Instance } from "@pulumi/aws/rds/instance";
import { output } from "@pulumi/pulumi";
import { load } from "js-yaml";
import {
    AuroraToOpenSearch,
    DocumentDbToOpenSearch,
    RdsToOpenSearch,
    SearchTarget,
    SourceParameterGroup,
    type AuroraToOpenSearchArgs,
    type DocumentDbToOpenSearchArgs,
    type RdsToOpenSearchArgs,
    type SearchPipeline,
} from "../../../components";
import { ACCOUNT, MockEngine, REGION, unhandled, valueOf } from "./mocks";

const HERE = `${REGION}:${ACCOUNT}`;
const SECRET = `arn:aws:secretsmanager:${HERE}:secret:shop`;
const KEY = `arn:aws:kms:${HERE}:key/1`;
const CLUSTER = `arn:aws:rds:${HERE}:cluster:shop`;
const VPC = { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"], attachmentCidr: "10.99.20.0/24" };

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a document of YAML
const documentOf = async (made: SearchPipeline): Promise<any> => load(await valueOf(made.body));
const policyOf = (engine: MockEngine, name: string): Record<string, string[]> =>
    Object.fromEntries(
        JSON.parse(engine.find(name).inputs.policy as string).Statement.map(
            ({ Sid, Resource }: { Sid: string; Resource: string[] }) => [Sid, Resource],
        ),
    );
const search = () => new SearchTarget("search", { kind: "domain" });

let engine: MockEngine;

beforeEach(() => {
    engine = MockEngine.start();
});

describe("DocumentDbToOpenSearch", () => {
    const make = (args: Partial<DocumentDbToOpenSearchArgs> = {}) =>
        new DocumentDbToOpenSearch("profiles", {
            cluster: new DocumentDbCluster("accounts", { manageMasterUserPassword: true }),
            collection: "accounts.profiles",
            search: search(),
            index: { name: "profiles" },
            vpc: VPC,
            ...args,
        } as DocumentDbToOpenSearchArgs);

    it("reads the collection through its VPC, as the user in AWS's own secret", async () => {
        const made = make();
        const { extension, "bank-dev-profiles": pipeline } = await documentOf(made);
        const secret = `arn:aws:secretsmanager:${HERE}:secret:accounts`;
        assert.deepEqual(extension.aws.secrets, { source: { secret_id: secret, region: REGION } });
        assert.deepEqual(pipeline.source.documentdb, {
            host: `accounts.cluster-x.${REGION}.docdb.amazonaws.com`,
            port: 27017,
            authentication: {
                username: "${{aws_secrets:source:username}}",
                password: "${{aws_secrets:source:password}}",
            },
            collections: [{ collection: "accounts.profiles", export: true, stream: true }],
            s3_bucket: "profiles-staging",
            s3_region: REGION,
            s3_prefix: "bank-dev-profiles/",
            acknowledgments: true,
        });
        await valueOf(made.pipeline.urn);
        assert.deepEqual(engine.find("profiles-pipeline").inputs.vpc, VPC);
        const { UseStaging, ReadSecrets, AttachToNetwork } = policyOf(engine, "profiles-role-policy");
        assert.deepEqual(UseStaging, ["arn:aws:s3:::profiles-staging/bank-dev-profiles/*"]);
        assert.deepEqual(ReadSecrets, [secret]);
        assert.ok(AttachToNetwork?.includes(`arn:aws:ec2:${HERE}:subnet/subnet-0a1b2c3d`));
    });

    it("is what the other pipelines are", async () => {
        await valueOf(make().pipeline.urn);
        assert.deepEqual(
            engine.made("profiles").filter((made) => !/^bucket/.test(made)),
            [
                "logGroup:LogGroup profiles-logs",
                "role:Role profiles-role",
                "rolePolicy:RolePolicy profiles-role-policy",
                "zeroetl:OpenSearchDomainPolicyMember profiles-authorized",
                "zeroetl:OpenSearchIndex profiles-index-profiles",
                "zeroetl:OsisPipeline profiles-pipeline",
                "zeroetl:index:AcceptedPipeline profiles",
                "zeroetl:index:DocumentDbToOpenSearch profiles",
            ],
        );
    });

    it("tells the commands that only the database takes", async () => {
        const made = make();
        assert.equal(
            made.changeStreamCommand,
            'db.adminCommand({"modifyChangeStreams":1,"database":"accounts","collection":"profiles","enable":true})',
        );
        assert.match(
            await valueOf(made.retentionCommand),
            /--db-cluster-parameter-group-name default\.docdb5\.0 .*ParameterValue=86400/,
        );
        await valueOf(made.pipeline.urn);
        assert.match(engine.told.join(), /db\.adminCommand\(.*ParameterValue=86400/s);
    });

    it("warns of a cluster that keeps changes for less than a day", async () => {
        const parameterGroup = new ClusterParameterGroup("accounts", {
            family: "docdb5.0",
            parameters: [{ name: "change_stream_log_retention_duration", value: "10800" }],
        });
        await valueOf(make({ parameterGroup }).pipeline.urn);
        assert.match(engine.warnings.join(), /Changes are kept for 3 hours/);
        assert.doesNotMatch(engine.told.join(), /ParameterValue/, "the group is the program's to change");
    });

    const refused: [string, Partial<DocumentDbToOpenSearchArgs>, RegExp][] = [
        [
            "an elastic cluster",
            { cluster: { arn: `arn:aws:docdb-elastic:${HERE}:cluster/1`, endpoint: "x" }, secretArn: SECRET },
            /^InvalidArgument: cluster: It is an elastic cluster/,
        ],
        [
            "an attachment's range that is no /24",
            { vpc: { ...VPC, subnetIds: ["subnet-0a1b2c3d"], attachmentCidr: "10.0.0.0/16" } },
            /^InvalidArgument: vpc\.attachmentCidr: "10\.0\.0\.0\/16" is not a \/24/,
        ],
        [
            "a collection without its database",
            { collection: "profiles" },
            /^InvalidArgument: collection: "profiles" is not/,
        ],
        [
            "a cluster of elsewhere without a secret",
            { cluster: { arn: CLUSTER, endpoint: "x" } },
            /^InvalidArgument: secretArn/,
        ],
    ];
    for (const [what, args, message] of refused) {
        it(`refuses ${what}`, () => {
            assert.throws(() => make(args), message);
        });
    }

    it("takes a body of the collection that it is told of, and of no other", async () => {
        const body = await valueOf(make().body);
        const own = (collection: string) =>
            new DocumentDbToOpenSearch("own", {
                cluster: { arn: CLUSTER, endpoint: "x.docdb.amazonaws.com" },
                search: search(),
                vpc: VPC,
                collection,
                body,
            });
        assert.equal(await valueOf(own("accounts.profiles").body), body);
        assert.throws(
            () => own("accounts.cards"),
            /^InvalidArgument: collection: .* the body reads accounts\.profiles/,
        );
    });

    it("has nothing to say where `pulumi up --target` leaves the secret out", async () => {
        assert.equal(await valueOf(make({ secretArn: output(undefined as never) }).body), undefined);
    });

    it("refuses a cluster of another account", async () => {
        const error = unhandled();
        make({
            cluster: { arn: CLUSTER.replace(ACCOUNT, "444455556666"), endpoint: "x.docdb.amazonaws.com" },
            secretArn: SECRET,
        });
        assert.match((await error).message, /cluster: The source is in account 444455556666/);
    });

    it("refuses a password of the program's own, without a secret, before there is a cluster", async () => {
        engine = MockEngine.start({ preview: true });
        const error = unhandled();
        make({ cluster: new DocumentDbCluster("accounts", { masterUsername: "master", masterPassword: "guess-it" }) });
        assert.match((await error).message, /secretArn: It is not known where user and password of the cluster are/);
    });

    it("has no pipeline without an attachment", () => {
        // @ts-expect-error - DocumentDB is reached through its VPC alone
        const public_: DocumentDbToOpenSearchArgs = {
            cluster: { arn: CLUSTER, endpoint: "x" },
            collection: "a.b",
            search: search(),
            index: { name: "a" },
        };
        assert.ok(public_);
    });
});

describe("AuroraToOpenSearch", () => {
    const make = (args: Partial<AuroraToOpenSearchArgs> = {}) =>
        new AuroraToOpenSearch("orders", {
            engine: "aurora-postgresql",
            source: new Cluster("shop", {
                engine: "aurora-postgresql",
                engineVersion: "16.6",
                manageMasterUserPassword: true,
            }),
            database: "shop",
            search: search(),
            index: { name: "orders" },
            initialLoad: { kmsKeyArn: KEY },
            vpc: VPC,
            ...args,
        } as AuroraToOpenSearchArgs);

    it("loads all rows by a role that RDS exports with, and follows each change", async () => {
        const made = make();
        const { "bank-dev-orders": pipeline } = await documentOf(made);
        assert.deepEqual(pipeline.source.rds, {
            db_identifier: "shop",
            engine: "aurora-postgresql",
            database: "shop",
            s3_bucket: "orders-staging",
            s3_region: REGION,
            s3_prefix: "bank-dev-orders",
            export: { kms_key_id: KEY, iam_role_arn: `arn:aws:iam::${ACCOUNT}:role/orders-export-role` },
            stream: true,
            authentication: {
                username: "${{aws_secrets:source:username}}",
                password: "${{aws_secrets:source:password}}",
            },
            aws: { region: REGION },
            acknowledgments: true,
        });
        await valueOf(made.pipeline.urn);
        const { UseExportKey, PassExportRole } = policyOf(engine, "orders-role-policy");
        assert.deepEqual(UseExportKey, [KEY]);
        assert.deepEqual(PassExportRole, [`arn:aws:iam::${ACCOUNT}:role/orders-export-role`]);
        assert.deepEqual(policyOf(engine, "orders-export-role-policy").UseStaging, [
            "arn:aws:s3:::orders-staging/bank-dev-orders/*",
        ]);
    });

    it("waits for the parameters that a pipeline asks for", async () => {
        engine = MockEngine.start({ slow: ["orders-parameters", "orders-export-role-policy"] });
        await valueOf(make().pipeline.urn);
        assert.equal(engine.find("orders-parameters").inputs.target, "opensearch");
        const { after } = engine.find("orders-pipeline");
        assert.ok(after.includes("orders-parameters") && after.includes("orders-export-role-policy"));
    });

    it("leaves the load out where it is told to", async () => {
        const made = make({ initialLoad: false });
        const { "bank-dev-orders": pipeline } = await documentOf(made);
        assert.equal(pipeline.source.rds.export, undefined);
        await valueOf(made.pipeline.urn);
        assert.deepEqual(engine.made("orders-export"), []);
        assert.equal(policyOf(engine, "orders-role-policy").TakeSnapshot, undefined);
    });

    it("sends each table to its index, and reads no other", async () => {
        const made = make({
            index: undefined,
            indexes: [
                { table: "public.orders", name: "orders" },
                { table: "public.orders", name: "refunds", when: "/refunded == true" },
                { table: "crm.customers", name: "customers" },
            ],
        } as Partial<AuroraToOpenSearchArgs>);
        const { "bank-dev-orders": pipeline } = await documentOf(made);
        assert.deepEqual(pipeline.source.rds.tables, { include: ["public.orders", "crm.customers"] });
        const isOrders = 'getMetadata("schema_name") == "public" and getMetadata("table_name") == "orders"';
        assert.deepEqual(pipeline.routes, [
            { orders: isOrders },
            { refunds: `${isOrders} and (/refunded == true)` },
            { customers: 'getMetadata("schema_name") == "crm" and getMetadata("table_name") == "customers"' },
        ]);
        assert.match(made.slotCleanupCommands[0]!, /pg_drop_replication_slot/);
    });

    it("refuses a condition that is none, where its user wrote it", () => {
        const indexes = [
            { table: "public.orders", name: "orders" },
            { table: "public.orders", name: "refunds", when: '/status = "refunded"' },
        ];
        assert.throws(
            () => make({ index: undefined, indexes } as Partial<AuroraToOpenSearchArgs>),
            /^InvalidArgument: indexes\[1\]\.when: "\/status = .*Write attributes as \/a\/b/,
        );
    });

    it("judges a group for what a pipeline asks for", async () => {
        const engineVersion = "8.0.mysql_aurora.3.08.0";
        const parameterGroup = new SourceParameterGroup("shop", {
            engine: "aurora-mysql",
            engineVersion,
            target: "opensearch",
        });
        const made = make({
            engine: "aurora-mysql",
            source: new Cluster("shop", { engine: "aurora-mysql", engineVersion, manageMasterUserPassword: true }),
            parameterGroup,
        });
        await valueOf(made.pipeline.urn);
        const { parameters } = engine.find("orders-parameters").inputs as { parameters: Record<string, string> };
        assert.equal(parameters.binlog_row_metadata, "full");
        assert.deepEqual([made.slotCleanupCommands, made.binlogCommand], [[], undefined]);
    });

    it("refuses a master user without a secret of AWS", async () => {
        const error = unhandled();
        make({ source: new Cluster("shop", { engine: "aurora-postgresql", masterUserSecrets: [] } as never) });
        assert.match((await error).message, /secretArn: It is not known where user and password of the source are/);
    });

    it("refuses a pipeline that reads nothing", () => {
        assert.throws(() => make({ initialLoad: false, stream: false }), /^InvalidArgument: stream: Neither/);
    });

    it("names what is wrong as its user wrote it", () => {
        const refused = (args: object, message: RegExp) =>
            assert.throws(() => make(args as Partial<AuroraToOpenSearchArgs>), message);
        refused({ database: undefined }, /^InvalidArgument: database: It is not given/);
        refused(
            { tables: { include: ["public.a", "b"] } },
            /^InvalidArgument: tables\.include\[1\]: "b" has no schema/,
        );
        const indexes = [
            { name: "a", table: "public.a" },
            { name: "also-a", table: "public.a" },
            { name: "b", table: "b" },
        ];
        refused({ index: undefined, indexes }, /^InvalidArgument: indexes\[2\]\.table: "b" has no schema/);
        const joined = { parent: "public.a", child: "public.b", parentKey: "id", childKey: "a_id" };
        refused({ joins: { relations: [joined] } }, /^InvalidArgument: joins\.relations\[0\]\.childPrimaryKey: /);
    });
});

describe("RdsToOpenSearch", () => {
    const make = (args: Partial<RdsToOpenSearchArgs> = {}) =>
        new RdsToOpenSearch("tickets", {
            engine: "mysql",
            source: new Instance("helpdesk", {
                engine: "mysql",
                instanceClass: "db.m6g.large",
                manageMasterUserPassword: true,
            }),
            database: "helpdesk",
            search: new SearchTarget("search", { kind: "collection" }),
            index: { name: "tickets" },
            initialLoad: false,
            vpc: VPC,
            ...args,
        } as RdsToOpenSearchArgs);

    it("reads an instance into a collection through its VPC", async () => {
        const made = make({ tables: { include: ["tickets"] } });
        const { "bank-dev-tickets": pipeline } = await documentOf(made);
        const { engine: called, db_identifier, tables } = pipeline.source.rds;
        assert.deepEqual([called, db_identifier, tables], ["mysql", "helpdesk", { include: ["tickets"] }]);
        assert.equal(
            pipeline.sink[0].opensearch.aws.serverless_options.network_policy_name,
            "bank-dev-tickets-pipeline",
        );
        assert.equal(made.binlogCommand, "CALL mysql.rds_set_configuration('binlog retention hours', 24);");
    });

    it("calls PostgreSQL as bodies call it", async () => {
        const source = new Instance("crm", {
            engine: "postgres",
            instanceClass: "db.m6g.large",
            manageMasterUserPassword: true,
        });
        const { "bank-dev-tickets": pipeline } = await documentOf(make({ engine: "postgres", source }));
        assert.equal(pipeline.source.rds.engine, "postgresql");
    });

    it("takes a secret and an instance of elsewhere", async () => {
        const made = make({
            source: { arn: `arn:aws:rds:${HERE}:db:helpdesk` },
            secretArn: SECRET,
            secretKmsKeyArn: KEY,
        });
        await valueOf(made.pipeline.urn);
        assert.deepEqual(policyOf(engine, "tickets-role-policy").UseKeys, [KEY]);
        assert.deepEqual(policyOf(engine, "tickets-role-policy").ReadSecrets, [SECRET]);
    });

    const refused: [string, () => Partial<RdsToOpenSearchArgs>, RegExp][] = [
        ["Oracle", () => ({ engine: "oracle" as never }), /^InvalidArgument: engine: No pipeline reads oracle/],
        [
            "a cluster of three instances",
            () => ({ source: { arn: CLUSTER }, secretArn: SECRET }),
            /^InvalidArgument: source: .*Multi-AZ cluster/,
        ],
    ];
    for (const [what, args, message] of refused) {
        it(`refuses ${what}`, () => {
            assert.throws(() => make(args()), message);
        });
    }

    it("reads no Oracle, and loads with a key alone", () => {
        const given = { source: { arn: CLUSTER }, database: "a", search: search(), index: { name: "a" }, vpc: VPC };
        // @ts-expect-error - pipelines read no Oracle
        const oracle: RdsToOpenSearchArgs = { ...given, engine: "oracle", initialLoad: false };
        // @ts-expect-error - AWS exports with a customer's key alone
        const keyless: RdsToOpenSearchArgs = { ...given, engine: "mysql", initialLoad: {} };
        // @ts-expect-error - Aurora is a component of its own
        const aurora: RdsToOpenSearchArgs = { ...given, engine: "aurora-mysql", initialLoad: false };
        assert.ok(oracle && keyless && aurora);
    });
});
