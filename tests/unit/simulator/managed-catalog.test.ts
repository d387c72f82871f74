import * as assert from "node:assert/strict";

import { allServices } from "../../../simulator/services";
import { managedRows } from "../../../simulator/services/glue/replication/managed-catalog";
import { sql } from "../../../simulator/services/rds/sql";
import { minutes } from "../../../simulator/world/clock";
import { AwsError } from "../../../simulator/world/error";
import { World } from "../../../simulator/world/world";

const ACCOUNT = "123456789012";
const REGION = "eu-west-1";
const SOURCE = `arn:aws:rds:${REGION}:${ACCOUNT}:db:shop`;
const CATALOG_ID = `${ACCOUNT}:lake`;
const TARGET = `arn:aws:glue:${REGION}:${ACCOUNT}:catalog/lake`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/target`;
const ADMINISTRATOR = `arn:aws:iam::${ACCOUNT}:user/administrator`;
const SERVICE_ROLE = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/redshift.amazonaws.com/AWSServiceRoleForRedshift`;

const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const principals = (...ids: string[]) => ids.map((DataLakePrincipalIdentifier) => ({ DataLakePrincipalIdentifier }));

/** RDS for MySQL into a managed catalog: everything that it takes, one step per member so that a test can leave one out. */
class Lake {
    readonly world = new World({ services: allServices });
    readonly admin = this.world.administrator(ACCOUNT, REGION);
    readonly steps: Record<string, () => Promise<unknown>> = {
        administrators: () =>
            this.call("lakeformation", "PutDataLakeSettings", {
                DataLakeSettings: {
                    DataLakeAdmins: principals(ADMINISTRATOR),
                    ReadOnlyAdmins: principals(SERVICE_ROLE),
                    CreateDatabaseDefaultPermissions: OPEN,
                    CreateTableDefaultPermissions: OPEN,
                },
            }),
        role: () =>
            this.call("iam", "CreateRole", {
                RoleName: "target",
                AssumeRolePolicyDocument: document({
                    Effect: "Allow",
                    Principal: { Service: "glue.amazonaws.com" },
                    Action: "sts:AssumeRole",
                }),
            }),
        rolePolicy: () =>
            this.call("iam", "PutRolePolicy", {
                RoleName: "target",
                PolicyName: "target",
                PolicyDocument: document({
                    Effect: "Allow",
                    Action: "glue:GetCatalog",
                    Resource: [`arn:aws:glue:${REGION}:${ACCOUNT}:catalog`, TARGET],
                }),
            }),
        catalog: () => this.createCatalog("lake"),
        describe: () =>
            this.call("lakeformation", "GrantPermissions", {
                Principal: { DataLakePrincipalIdentifier: ROLE },
                Resource: { Catalog: { Id: CATALOG_ID } },
                Permissions: ["DESCRIBE"],
            }),
        property: () =>
            this.call("glue", "CreateIntegrationResourceProperty", {
                ResourceArn: TARGET,
                TargetProcessingProperties: { RoleArn: ROLE },
            }),
        policy: () =>
            this.call("glue", "PutResourcePolicy", {
                PolicyInJson: document({
                    Effect: "Allow",
                    Principal: { Service: "glue.amazonaws.com" },
                    Action: "glue:AuthorizeInboundIntegration",
                    Resource: TARGET,
                    Condition: { StringEquals: { "aws:SourceArn": SOURCE } },
                }),
            }),
        source: async () => {
            await this.call("rds", "CreateDBParameterGroup", {
                DBParameterGroupName: "shop",
                DBParameterGroupFamily: "mysql8.0",
                Description: "x",
            });
            await this.call("rds", "ModifyDBParameterGroup", {
                DBParameterGroupName: "shop",
                Parameters: [{ ParameterName: "binlog_format", ParameterValue: "ROW", ApplyMethod: "immediate" }],
            });
            await this.createInstance("mysql", "8.0.40", "shop");
        },
    };

    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- any operation's
    call(service: string, operation: string, input: object): Promise<any> {
        return this.admin.call(service, operation, input);
    }

    createCatalog(Name: string): Promise<unknown> {
        return this.call("glue", "CreateCatalog", {
            Name,
            CatalogInput: {
                CatalogProperties: {
                    DataLakeAccessProperties: {
                        DataLakeAccess: true,
                        DataTransferRole: ROLE,
                        CatalogType: "aws:redshift",
                    },
                },
            },
        });
    }

    async createInstance(Engine: string, EngineVersion: string, DBParameterGroupName?: string): Promise<void> {
        await this.call("rds", "CreateDBInstance", {
            DBInstanceIdentifier: "shop",
            DBInstanceClass: "db.r6g.large",
            Engine,
            EngineVersion,
            AllocatedStorage: 20,
            MasterUsername: "admin",
            ManageMasterUserPassword: true,
            DBParameterGroupName,
            DBName: "shop",
        });
        await this.world.clock.advance(minutes(6));
    }

    async setUp(without?: string): Promise<this> {
        for (const [name, step] of Object.entries(this.steps)) {
            if (name !== without) {
                await step();
            }
        }
        return this;
    }

    integrate(TargetArn = TARGET) {
        return this.call("rds", "CreateIntegration", { SourceArn: SOURCE, TargetArn, IntegrationName: "shop-to-lake" });
    }

    async integrated() {
        await this.integrate();
        await this.world.clock.advance(minutes(11));
        const { Integrations } = await this.call("rds", "DescribeIntegrations", {});
        return Integrations[0] as { Status: string; Errors: { ErrorCode: string; ErrorMessage: string }[] };
    }

    sql(text: string): void {
        sql(this.world, SOURCE, "shop", text);
    }

    async tables(): Promise<Record<string, { rows: string; columns: string[] }>> {
        const { TableList } = await this.call("glue", "GetTables", { CatalogId: CATALOG_ID, DatabaseName: "shop" });
        // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the catalog's own shape
        const entries = TableList.map((table: any) => [
            table.Name,
            {
                rows: table.Parameters.numRows,
                columns: table.StorageDescriptor.Columns.map(
                    (c: { Name: string; Type: string }) => `${c.Name} ${c.Type}`,
                ),
            },
        ]);
        return Object.fromEntries(entries);
    }
}

const OPEN = [{ Principal: { DataLakePrincipalIdentifier: "IAM_ALLOWED_PRINCIPALS" }, Permissions: ["ALL"] }];

async function codeOf(call: Promise<unknown>): Promise<string> {
    try {
        await call;
    } catch (error) {
        assert.ok(error instanceof AwsError, String(error));
        return error.code;
    }
    return "none";
}

describe("integrations into a managed catalog", () => {
    it("bring a source's tables, and what changes in them", async () => {
        const lake = await new Lake().setUp();
        lake.sql(`CREATE TABLE Orders (id BIGINT UNSIGNED PRIMARY KEY, attributes JSON, at DATETIME);
            INSERT INTO Orders (id, attributes) VALUES (1, '{"a": 1}'), (2, NULL)`);
        assert.deepEqual(await lake.integrated().then(({ Status, Errors }) => [Status, Errors]), ["active", []]);
        const columns = ["id decimal(20,0)", "attributes string", "at timestamp"];
        assert.deepEqual(await lake.tables(), { orders: { rows: "2", columns } });
        assert.deepEqual(managedRows(lake.world, TARGET, "shop", "orders"), [
            { id: 1, attributes: '{"a":1}', at: null },
            { id: 2, attributes: null, at: null },
        ]);
        lake.sql("INSERT INTO Orders (id) VALUES (3); CREATE TABLE lines (id INT PRIMARY KEY)");
        await lake.world.clock.advance(minutes(1));
        assert.deepEqual(await lake.tables(), {
            orders: { rows: "3", columns },
            lines: { rows: "0", columns: ["id int"] },
        });
        lake.sql("DROP TABLE lines");
        await lake.world.clock.advance(minutes(1));
        assert.deepEqual(Object.keys(await lake.tables()), ["orders"]);
    });

    it("can't load a table anew", async () => {
        const lake = await new Lake().setUp();
        lake.sql("CREATE TABLE orders (id INT PRIMARY KEY)");
        await lake.integrated();
        lake.sql("ALTER TABLE orders ADD COLUMN a INT FIRST; INSERT INTO orders VALUES (1, 2)");
        await lake.world.clock.advance(minutes(2));
        const { Integrations } = await lake.call("rds", "DescribeIntegrations", {});
        assert.equal(Integrations[0].Status, "needs_attention");
        assert.equal(Integrations[0].Errors[0].ErrorCode, "RESYNC_UNSUPPORTED");
        assert.equal((await lake.tables()).orders!.rows, "0");
    });

    for (const [step, code] of [
        ["policy", "AUTHORIZATION_REVOKED"],
        ["property", "MISSING_TARGET_ROLE"],
        ["rolePolicy", "AccessDeniedException"],
        ["describe", "AccessDeniedException"],
    ]) {
        it(`fail without: ${step}`, async () => {
            const { Status, Errors } = await (await new Lake().setUp(step)).integrated();
            assert.equal(Status, "failed");
            assert.ok(
                Errors.every(({ ErrorCode }) => ErrorCode === code),
                JSON.stringify(Errors),
            );
        });
    }

    it("fail where Redshift's role is no read-only administrator", async () => {
        const lake = new Lake();
        const settings = { DataLakeAdmins: principals(ADMINISTRATOR) };
        lake.steps.administrators = () =>
            lake.call("lakeformation", "PutDataLakeSettings", { DataLakeSettings: settings });
        const { Errors } = await (await lake.setUp()).integrated();
        assert.deepEqual(
            Errors.map(({ ErrorCode }) => ErrorCode),
            ["MISSING_READ_ONLY_ADMIN"],
        );
    });

    it("are refused for PostgreSQL of RDS, missing catalogs and long names", async () => {
        const lake = new Lake();
        lake.steps.source = () => lake.createInstance("postgres", "16.8");
        await lake.setUp();
        assert.equal(await codeOf(lake.integrate()), "InvalidParameterValue");
        const mysql = await new Lake().setUp();
        assert.equal(await codeOf(mysql.integrate(`${TARGET}2`)), "InvalidParameterValue");
        const long = "a-name-of-20-letters";
        await mysql.createCatalog(long);
        assert.equal(await codeOf(mysql.integrate(TARGET.replace("lake", long))), "InvalidParameterValue");
    });
});

describe("managed catalogs", () => {
    it("are made by administrators of Lake Formation alone", async () => {
        assert.equal(await codeOf(new Lake().createCatalog("lake")), "AccessDeniedException");
    });

    it("are found by their ID, once each, and stay while they are a target", async () => {
        const lake = await new Lake().setUp();
        assert.equal(await codeOf(lake.createCatalog("lake")), "AlreadyExistsException");
        const { Catalog } = await lake.call("glue", "GetCatalog", { CatalogId: CATALOG_ID });
        assert.deepEqual([Catalog.Name, Catalog.ResourceArn], ["lake", TARGET]);
        await lake.integrate();
        const remove = () => lake.call("glue", "DeleteCatalog", { CatalogId: CATALOG_ID });
        assert.equal(await codeOf(remove()), "ConcurrentModificationException");
        await lake.world.clock.advance(minutes(11));
        await lake.call("rds", "DeleteIntegration", { IntegrationIdentifier: "shop-to-lake" });
        await lake.world.clock.advance(minutes(4));
        await remove();
        const listing = lake.call("glue", "GetDatabases", { CatalogId: CATALOG_ID });
        assert.equal(await codeOf(listing), "EntityNotFoundException");
        assert.equal(
            await codeOf(lake.call("glue", "GetCatalog", { CatalogId: CATALOG_ID })),
            "EntityNotFoundException",
        );
    });

    it("have tags", async () => {
        const lake = await new Lake().setUp();
        await lake.call("glue", "TagResource", { ResourceArn: TARGET, TagsToAdd: { a: "b" } });
        assert.deepEqual(await lake.call("glue", "GetTags", { ResourceArn: TARGET }), { Tags: { a: "b" } });
    });

    it("of another kind are refused", async () => {
        const lake = await new Lake().setUp();
        const input = { Name: "fed", CatalogInput: { FederatedCatalog: { ConnectionName: "c" } } };
        assert.equal(await codeOf(lake.call("glue", "CreateCatalog", input)), "InvalidInputException");
    });
});
