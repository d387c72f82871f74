import { strict as assert } from "node:assert";
import { dump } from "js-yaml";

import { SearchEndpoints } from "../../../simulator/search/store";
import { documents } from "../../../simulator/services/rds/documents";
import { sql } from "../../../simulator/services/rds/sql";
import { minutes, seconds } from "../../../simulator/world/clock";
import { FakeEndpoint, HOST } from "./pipeline-world";
import {
    ACCOUNT,
    allow,
    ATTACHMENT,
    BUCKET,
    EXPORTER,
    REGION,
    SourceWorld,
    STAGING,
    type Statement,
} from "./source-world";

const USER = { username: "owner", password: "correct-horse" };
const MASTER = { MasterUsername: USER.username, MasterUserPassword: USER.password };
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/osis-catalog`;
const SECRET = "database-credentials";

/** An account in which a pipeline of OpenSearch Ingestion reads a database, up to a search cluster that remembers. */
class DatabasePipeline extends SourceWorld {
    readonly endpoint = new FakeEndpoint();

    async prepare(port: number): Promise<this> {
        await this.setUp(port);
        const SecretString = JSON.stringify(USER);
        await this.admin.call("secretsmanager", "CreateSecret", { Name: SECRET, SecretString });
        this.world.state(SearchEndpoints, ACCOUNT, REGION).byHost.set(HOST, { client: () => this.endpoint } as never);
        return this;
    }

    async start(source: object, statements: Record<string, Statement>): Promise<void> {
        await this.role({
            ...STAGING,
            ...ATTACHMENT,
            ...statements,
            secret: allow("secretsmanager:GetSecretValue", `arn:aws:secretsmanager:*:*:secret:${SECRET}-*`),
            search: allow("es:*"),
        });
        const credential = (key: string) => `\${{aws_secrets:db:${key}}}`;
        const body = {
            version: "2",
            extension: { aws: { secrets: { db: { secret_id: SECRET, region: REGION } } } },
            "catalog-pipeline": {
                source: Object.fromEntries(
                    Object.entries(source).map(([plugin, options]) => [
                        plugin,
                        {
                            ...options,
                            s3_bucket: BUCKET,
                            s3_prefix: "products/",
                            s3_region: REGION,
                            authentication: { username: credential("username"), password: credential("password") },
                        },
                    ]),
                ),
                sink: [
                    {
                        opensearch: {
                            hosts: [`https://${HOST}`],
                            index: "products-v1",
                            document_id: '${getMetadata("primary_key")}',
                            action: '${getMetadata("opensearch_action")}',
                            document_version: '${getMetadata("document_version")}',
                            document_version_type: "external",
                            aws: { region: REGION },
                        },
                    },
                ],
            },
        };
        await this.admin.call("osis", "CreatePipeline", {
            PipelineName: "catalog",
            MinUnits: 2,
            MaxUnits: 4,
            PipelineRoleArn: ROLE_ARN,
            PipelineConfigurationBody: dump(body),
            VpcOptions: {
                SubnetIds: this.subnets,
                SecurityGroupIds: [this.pipelineGroup],
                VpcAttachmentOptions: { AttachToVpc: true, CidrBlock: "10.99.20.0/24" },
            },
        });
        await this.advance();
        const { Pipeline } = await this.admin.call("osis", "GetPipeline", { PipelineName: "catalog" });
        assert.equal(Pipeline.Status, "ACTIVE", Pipeline.StatusReason?.Description);
    }

    get found(): Record<string, unknown> {
        return Object.fromEntries(this.endpoint.documents);
    }
}

describe("pipelines from databases, simulated", () => {
    it("bring a collection of DocumentDB to an index, and go on after a stop", async () => {
        const shop = await new DatabasePipeline().prepare(27017);
        const { DBCluster } = await shop.rds("CreateDBCluster", {
            ...{ DBClusterIdentifier: "catalog", Engine: "docdb", ...MASTER, DBSubnetGroupName: "private" },
            VpcSecurityGroupIds: [shop.databaseGroup],
        });
        await shop.rds("CreateDBInstance", {
            ...{ DBInstanceIdentifier: "catalog-1", DBInstanceClass: "db.r6g.large", Engine: "docdb" },
            DBClusterIdentifier: "catalog",
        });
        await shop.advance();
        const run = (database: string, command: Parameters<typeof documents>[3]) =>
            documents(shop.world, DBCluster.DBClusterArn, database, command);
        run("admin", { modifyChangeStreams: 1, database: "shop", collection: "products", enable: true });
        run("shop", { insert: "products", documents: [{ _id: "1", name: "Bell" }] });
        await shop.start(
            { documentdb: { host: DBCluster.Endpoint, collections: [{ collection: "shop.products" }] } },
            {},
        );
        assert.deepEqual(shop.found, { "1": { name: "Bell" } });
        run("shop", { insert: "products", documents: [{ _id: "2", name: "Lamp" }] });
        run("shop", { delete: "products", deletes: [{ q: { _id: "1" }, limit: 1 }] });
        await shop.advance(seconds(5));
        assert.deepEqual(shop.found, { "2": { name: "Lamp" } });

        await shop.admin.call("osis", "StopPipeline", { PipelineName: "catalog" });
        await shop.advance();
        run("shop", { update: "products", updates: [{ q: { _id: "2" }, u: { $set: { price: 3 } } }] });
        await shop.advance();
        assert.deepEqual(shop.found, { "2": { name: "Lamp" } });
        await shop.admin.call("osis", "StartPipeline", { PipelineName: "catalog" });
        await shop.advance();
        assert.deepEqual(shop.found, { "2": { name: "Lamp", price: 3 } });
        shop.world.stop();
    });

    it("bring a table of RDS to an index by its export, and follow its log", async () => {
        const bank = await new DatabasePipeline().prepare(3306);
        const group = { DBParameterGroupName: "log" };
        await bank.rds("CreateDBParameterGroup", { ...group, DBParameterGroupFamily: "mysql8.0", Description: "-" });
        const Parameters = [
            ["binlog_format", "ROW"],
            ["binlog_row_metadata", "full"],
        ].map(([ParameterName, ParameterValue]) => ({ ParameterName, ParameterValue, ApplyMethod: "immediate" }));
        await bank.rds("ModifyDBParameterGroup", { ...group, Parameters });
        const { DBInstance } = await bank.rds("CreateDBInstance", {
            ...{ DBInstanceIdentifier: "bank", DBInstanceClass: "db.r6g.large", Engine: "mysql", AllocatedStorage: 20 },
            ...{ EngineVersion: "8.0", DBName: "bank", ...MASTER, ...group, DBSubnetGroupName: "private" },
            VpcSecurityGroupIds: [bank.databaseGroup],
        });
        const { DBInstanceArn } = DBInstance;
        await bank.advance();
        const run = (text: string) => sql(bank.world, DBInstanceArn, "bank", text);
        run("CREATE TABLE accounts (id INT PRIMARY KEY, balance DECIMAL(12,2))");
        run("INSERT INTO accounts VALUES (1, 5)");
        run("CALL mysql.rds_set_configuration('binlog retention hours', 24)");
        const { KeyMetadata } = await bank.admin.call("kms", "CreateKey", {});
        const roleArn = await bank.roleOf(EXPORTER, "export", [allow("s3:*")]);
        await bank.start(
            {
                rds: {
                    db_identifier: "bank",
                    engine: "mysql",
                    database: "bank",
                    tables: { include: ["accounts"] },
                    export: { kms_key_id: KeyMetadata.Arn, iam_role_arn: roleArn },
                    stream: true,
                    aws: { region: REGION },
                },
            },
            { rds: allow("rds:*"), key: allow("kms:*"), pass: allow("iam:PassRole", roleArn) },
        );
        assert.deepEqual(bank.found, {});
        run("UPDATE accounts SET balance = 6 WHERE id = 1");
        await bank.advance(minutes(20));
        assert.deepEqual(bank.found, { "1": { id: 1, balance: "6.00" } });
        run("INSERT INTO accounts VALUES (2, 7)");
        run("DELETE FROM accounts WHERE id = 1");
        await bank.advance(seconds(5));
        assert.deepEqual(bank.found, { "2": { id: 2, balance: "7.00" } });
        bank.world.stop();
    });
});
