import * as assert from "node:assert/strict";

import { ACCOUNT, Bank, document, OTHER_ACCOUNT, refusal, REGION, SOURCE_ARN } from "./glue-world";

const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/lakehouse`;
const statement = (n: number) => ({
    Sid: `S${n}`,
    Effect: "Allow",
    Principal: { Service: "glue.amazonaws.com" },
    Action: "glue:AuthorizeInboundIntegration",
    Resource: `arn:aws:glue:${REGION}:${ACCOUNT}:catalog`,
});

describe("simulator/glue: the catalog's policy", () => {
    it("is kept to the byte and replaced as a whole", async () => {
        const { target } = new Bank();
        const text = `{ "Version":"2012-10-17",\n  "Statement": [${JSON.stringify(statement(1))}]\t}`;
        const { PolicyHash } = await target.call("glue", "PutResourcePolicy", { PolicyInJson: text });
        const read = await target.call("glue", "GetResourcePolicy");
        assert.deepEqual([read.PolicyInJson, read.PolicyHash], [text, PolicyHash]);
        await target.call("glue", "PutResourcePolicy", { PolicyInJson: document([statement(2)]) });
        assert.equal((await target.call("glue", "GetResourcePolicy")).PolicyInJson, document([statement(2)]));
        await target.call("glue", "DeleteResourcePolicy");
        assert.equal((await refusal(target.call("glue", "GetResourcePolicy"))).code, "EntityNotFoundException");
    });

    it("is guarded by its hash and by whether it exists", async () => {
        const { target } = new Bank();
        const put = (more: object) =>
            target.call("glue", "PutResourcePolicy", { PolicyInJson: document([statement(1)]), ...more });
        const conflict = "ConditionCheckFailureException";
        assert.equal((await refusal(put({ PolicyExistsCondition: "MUST_EXIST" }))).code, conflict);
        assert.equal((await refusal(put({ PolicyHashCondition: "old" }))).code, conflict);
        const { PolicyHash } = await put({ PolicyExistsCondition: "NOT_EXIST" });
        assert.equal((await refusal(put({ PolicyExistsCondition: "NOT_EXIST" }))).code, conflict);
        const changed = await put({ PolicyInJson: document([statement(2)]), PolicyHashCondition: PolicyHash });
        assert.notEqual(changed.PolicyHash, PolicyHash);
        assert.equal((await refusal(put({ PolicyHashCondition: PolicyHash }))).code, conflict);
        const remove = (hash: string) => target.call("glue", "DeleteResourcePolicy", { PolicyHashCondition: hash });
        assert.equal((await refusal(remove(PolicyHash))).code, conflict);
        await remove(changed.PolicyHash);
    });

    it("has 10 KB at most and must be a policy", async () => {
        const { target } = new Bank();
        const put = (PolicyInJson: string) => target.call("glue", "PutResourcePolicy", { PolicyInJson });
        const full = document([statement(1)]);
        await put(full + " ".repeat(10 * 1024 - full.length));
        for (const bad of [
            full + " ".repeat(10 * 1024 - full.length + 1),
            "{}",
            document([{ ...statement(1), Effect: "Perhaps" }]),
        ]) {
            assert.equal((await refusal(put(bad))).code, "InvalidInputException");
        }
    });
});

describe("simulator/glue: databases and tables", () => {
    it("keep names in lower case, versions of tables, and refuse doubles", async () => {
        const { target } = new Bank();
        const call = (operation: string, input: object) => target.call("glue", operation, input);
        await call("CreateDatabase", { DatabaseInput: { Name: "Bank" } });
        assert.equal((await call("GetDatabase", { Name: "BANK" })).Database.Name, "bank");
        const again = call("CreateDatabase", { DatabaseInput: { Name: "bank" } });
        assert.equal((await refusal(again)).code, "AlreadyExistsException");

        const table = (Description: string) => ({ DatabaseName: "bank", TableInput: { Name: "T", Description } });
        await call("CreateTable", table("one"));
        assert.equal((await refusal(call("CreateTable", table("one")))).code, "AlreadyExistsException");
        await call("UpdateTable", table("two"));
        const stale = call("UpdateTable", { ...table("three"), VersionId: "0" });
        assert.equal((await refusal(stale)).code, "ConcurrentModificationException");
        const { TableVersions } = await call("GetTableVersions", { DatabaseName: "bank", TableName: "t" });
        assert.deepEqual(
            TableVersions.map((v: { VersionId: string; Table: { Description: string } }) => [
                v.VersionId,
                v.Table.Description,
            ]),
            [
                ["1", "two"],
                ["0", "one"],
            ],
        );
        await call("DeleteDatabase", { Name: "bank" });
        assert.equal(
            (await refusal(call("GetTable", { DatabaseName: "bank", Name: "t" }))).code,
            "EntityNotFoundException",
        );
    });

    it("another account reads what the catalog's policy opens to it", async () => {
        const bank = new Bank();
        await bank.target.call("glue", "CreateDatabase", { DatabaseInput: { Name: "bank" } });
        const other = bank.world.administrator(OTHER_ACCOUNT, REGION);
        const read = () => other.call("glue", "GetDatabase", { CatalogId: ACCOUNT, Name: "bank" });
        assert.equal((await refusal(read())).code, "AccessDeniedException");
        const open = {
            Effect: "Allow",
            Principal: { AWS: `arn:aws:iam::${OTHER_ACCOUNT}:root` },
            Action: "glue:GetDatabase",
            Resource: [`arn:aws:glue:${REGION}:${ACCOUNT}:catalog`, bank.targetArn],
        };
        await bank.target.call("glue", "PutResourcePolicy", { PolicyInJson: document([open]) });
        assert.equal((await read()).Database.Name, "bank");
    });

    it("Lake Formation decides where IAM's principals were taken out", async () => {
        const { target, world } = new Bank();
        await target.call("lakeformation", "PutDataLakeSettings", { DataLakeSettings: {} });
        await target.call("glue", "CreateDatabase", { DatabaseInput: { Name: "bank" } });
        await target.call("iam", "CreateUser", { UserName: "ann" });
        await target.call("iam", "PutUserPolicy", {
            UserName: "ann",
            PolicyName: "all",
            PolicyDocument: document([{ Effect: "Allow", Action: "*", Resource: "*" }]),
        });
        const arn = `arn:aws:iam::${ACCOUNT}:user/ann`;
        const ann = world
            .administrator(ACCOUNT, REGION)
            .as({ kind: "user", accountId: ACCOUNT, arn, userId: "AIDAANN" });
        const create = (Name: string) =>
            ann.call("glue", "CreateTable", { DatabaseName: "bank", TableInput: { Name } });
        assert.match(
            (await refusal(create("t"))).message,
            /Insufficient Lake Formation permission\(s\): Required Create Table on bank/,
        );
        assert.deepEqual((await ann.call("glue", "GetDatabases")).DatabaseList, []);

        const grant = { Principal: { DataLakePrincipalIdentifier: arn }, Resource: { Database: { Name: "bank" } } };
        await target.call("lakeformation", "GrantPermissions", { ...grant, Permissions: ["CREATE_TABLE"] });
        await create("t");
        assert.equal((await ann.call("glue", "GetDatabases")).DatabaseList.length, 1);
        const listed = await target.call("lakeformation", "ListPermissions", { Principal: grant.Principal });
        assert.equal(listed.PrincipalResourcePermissions.length, 2);
        await target.call("lakeformation", "RevokePermissions", { ...grant, Permissions: ["CREATE_TABLE"] });
        assert.equal((await refusal(create("u"))).code, "AccessDeniedException");
        const twice = target.call("lakeformation", "RevokePermissions", { ...grant, Permissions: ["CREATE_TABLE"] });
        assert.equal((await refusal(twice)).code, "InvalidInputException");
    });

    it("an optimizer belongs to an Iceberg table", async () => {
        const { target } = new Bank();
        const input = { CatalogId: ACCOUNT, DatabaseName: "bank", TableName: "t", Type: "compaction" };
        const TableOptimizerConfiguration = { roleArn: ROLE_ARN, enabled: true };
        const create = () => target.call("glue", "CreateTableOptimizer", { ...input, TableOptimizerConfiguration });
        await target.call("glue", "CreateDatabase", { DatabaseInput: { Name: "bank" } });
        await target.call("glue", "CreateTable", { DatabaseName: "bank", TableInput: { Name: "t" } });
        assert.equal((await refusal(create())).code, "InvalidInputException");
        const TableInput = { Name: "t", Parameters: { table_type: "ICEBERG" } };
        await target.call("glue", "UpdateTable", { DatabaseName: "bank", TableInput });
        await create();
        assert.equal((await refusal(create())).code, "AlreadyExistsException");
        const { TableOptimizer } = await target.call("glue", "GetTableOptimizer", input);
        assert.deepEqual(TableOptimizer.configuration, TableOptimizerConfiguration);
        await target.call("glue", "DeleteTableOptimizer", input);
        assert.equal((await refusal(target.call("glue", "GetTableOptimizer", input))).code, "EntityNotFoundException");
    });
});

describe("simulator/glue: what an integration's calls refuse", () => {
    const long = (n: number) => "x".repeat(n);
    const creations: [what: string, input: object, code: string][] = [
        ["a name of 129 characters", { IntegrationName: long(129) }, "ValidationException"],
        ["an empty name", { IntegrationName: "" }, "ValidationException"],
        ["no name", { IntegrationName: undefined }, "ValidationException"],
        ["a description of 1001 characters", { Description: long(1001) }, "ValidationException"],
        ["an interval of 14 minutes", { IntegrationConfig: { RefreshInterval: "14" } }, "ValidationException"],
        ["an interval of 8641 minutes", { IntegrationConfig: { RefreshInterval: "8641" } }, "ValidationException"],
        ["an interval in words", { IntegrationConfig: { RefreshInterval: "15 minutes" } }, "ValidationException"],
        ["a data filter", { DataFilter: "include: *" }, "ValidationException"],
        ["an encryption context without a key", { AdditionalEncryptionContext: { a: "b" } }, "ValidationException"],
        ["a key that is gone", { KmsKeyId: "gone" }, "KMSKeyNotAccessibleFault"],
        ["a target namespace", { IntegrationConfig: { TargetNamespace: "ns" } }, "ValidationException"],
        ["a tag of AWS's", { Tags: [{ key: "aws:x", value: "" }] }, "InvalidInputException"],
        [
            "a source that Glue does not take",
            { SourceArn: `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:a` },
            "ValidationException",
        ],
        ["a source that does not exist", { SourceArn: `${SOURCE_ARN}2` }, "ResourceNotFoundException"],
        ["a source in another Region", { SourceArn: SOURCE_ARN.replace(REGION, "us-east-1") }, "ValidationException"],
        [
            "a source in another account",
            { SourceArn: SOURCE_ARN.replace(ACCOUNT, OTHER_ACCOUNT) },
            "ValidationException",
        ],
        [
            "a target in another Region",
            { TargetArn: `arn:aws:glue:us-east-1:${ACCOUNT}:database/bank` },
            "ValidationException",
        ],
        [
            "a target that does not exist",
            { TargetArn: `arn:aws:glue:${REGION}:${ACCOUNT}:database/none` },
            "EntityNotFoundException",
        ],
        [
            "a database with a hyphen",
            { TargetArn: `arn:aws:glue:${REGION}:${ACCOUNT}:database/my-bank` },
            "InvalidInputException",
        ],
    ];
    for (const [what, input, code] of creations) {
        it(`CreateIntegration refuses ${what}: ${code}`, async () => {
            const bank = await new Bank().setUp();
            assert.equal((await refusal(bank.create(input))).code, code);
            assert.deepEqual((await bank.source.call("glue", "DescribeIntegrations")).Integrations, []);
        });
    }

    it("a name is given once, and a table of a target belongs to one integration", async () => {
        const bank = await new Bank().setUp();
        await bank.create();
        assert.equal((await refusal(bank.create())).code, "ConflictException");
        const rival = await refusal(bank.create({ IntegrationName: "rival" }));
        assert.equal(rival.code, "ConflictException");
        assert.match(rival.message, /Table customers of .* belongs to/);
    });

    it("a busy target refuses another integration where that fault is asked for", async () => {
        const bank = await new Bank().setUp();
        await bank.source.call("dynamodb", "CreateTable", {
            TableName: "Orders",
            AttributeDefinitions: [{ AttributeName: "Id", AttributeType: "S" }],
            KeySchema: [{ AttributeName: "Id", KeyType: "HASH" }],
            BillingMode: "PAY_PER_REQUEST",
        });
        await bank.create();
        const second = { IntegrationName: "orders", SourceArn: SOURCE_ARN.replace("Customers", "Orders") };
        bank.world.faults.add({ kind: "busy-target" });
        const error = await refusal(bank.create(second));
        assert.equal(error.code, "IntegrationConflictOperationFault");
        assert.match(error.message, /another operation is in progress/);
        await bank.pass(10);
        await bank.create(second);
    });

    it("ModifyIntegration needs ACTIVE and changes name, description and interval only", async () => {
        const bank = await new Bank().setUp();
        const arn = await bank.create({ Tags: [{ key: "team", value: "a" }] });
        const modify = (more: object) =>
            bank.source.call("glue", "ModifyIntegration", { IntegrationIdentifier: arn, ...more });
        assert.equal((await refusal(modify({ Description: "x" }))).code, "InvalidIntegrationStateFault");
        await bank.pass(10);
        for (const config of [{ ContinuousSync: false }, { TargetNamespace: "ns" }, { SourceProperties: { a: "b" } }]) {
            assert.equal((await refusal(modify({ IntegrationConfig: config }))).code, "ValidationException");
        }
        await modify({ IntegrationName: "renamed", Description: "x", IntegrationConfig: { RefreshInterval: "30" } });
        const { IntegrationName, Description, IntegrationConfig, Tags } = (await bank.describe(arn)) as never;
        assert.deepEqual(
            [IntegrationName, Description, IntegrationConfig],
            ["renamed", "x", { RefreshInterval: "30" }],
        );
        assert.deepEqual(Tags, [{ key: "team", value: "a" }]);
    });

    it("DeleteIntegration waits for what is in transition; the record goes", async () => {
        const bank = await new Bank().setUp();
        const arn = await bank.create();
        const remove = () => bank.source.call("glue", "DeleteIntegration", { IntegrationIdentifier: arn });
        assert.equal((await refusal(remove())).code, "InvalidIntegrationStateFault");
        await bank.pass(10);
        assert.equal((await remove()).Status, "DELETING");
        await bank.pass(10);
        assert.equal((await refusal(remove())).code, "IntegrationNotFoundFault");
    });

    it("integrations are found by name, source and state; tags change by TagResource", async () => {
        const bank = await new Bank().setUp();
        const arn = await bank.create();
        const find = async (Name: string, ...Values: string[]) =>
            (await bank.source.call("glue", "DescribeIntegrations", { Filters: [{ Name, Values }] })).Integrations
                .length;
        assert.deepEqual(
            [
                await find("IntegrationName", "customers"),
                await find("IntegrationName", "other"),
                await find("SourceArn", SOURCE_ARN),
                await find("Status", "ACTIVE", "FAILED"),
            ],
            [1, 0, 1, 0],
        );
        assert.equal((await refusal(find("IntegrationName", long(129)))).code, "ValidationException");
        await bank.source.call("glue", "TagResource", { ResourceArn: arn, TagsToAdd: { a: "1", b: "2" } });
        await bank.source.call("glue", "UntagResource", { ResourceArn: arn, TagsToRemove: ["a"] });
        assert.deepEqual((await bank.source.call("glue", "GetTags", { ResourceArn: arn })).Tags, { b: "2" });
    });

    it("a resource has one property, its role must be handed over, and 128 characters hold its ARN", async () => {
        const bank = new Bank();
        bank.resourceProperty = false;
        await bank.setUp();
        const property = (operation: string, more: object = {}) =>
            bank.target.call("glue", `${operation}IntegrationResourceProperty`, {
                ResourceArn: bank.targetArn,
                ...more,
            });
        const role = (RoleArn: string) => ({ TargetProcessingProperties: { RoleArn } });
        assert.equal((await refusal(property("Get"))).code, "EntityNotFoundException");
        const longRole = `arn:aws:iam::${ACCOUNT}:role/${long(128)}`;
        assert.equal((await refusal(property("Create", role(longRole)))).code, "ValidationException");
        const created = await property("Create", role(ROLE_ARN));
        assert.equal(
            created.ResourcePropertyArn,
            `arn:aws:glue:${REGION}:${ACCOUNT}:integrationresourceproperty/database/bank`,
        );
        assert.equal((await refusal(property("Create", role(ROLE_ARN)))).code, "ConflictException");
        await property("Update", role(`${ROLE_ARN}2`));
        assert.equal((await property("Get")).TargetProcessingProperties.RoleArn, `${ROLE_ARN}2`);
        const { IntegrationResourcePropertyList } = await bank.target.call(
            "glue",
            "ListIntegrationResourceProperties",
            {
                Filters: [{ Name: "TargetArn", Values: [bank.targetArn] }],
            },
        );
        assert.equal(IntegrationResourcePropertyList.length, 1);
        await property("Delete");
        assert.equal((await refusal(property("Delete"))).code, "EntityNotFoundException");

        await bank.target.call("iam", "CreateUser", { UserName: "ann" });
        await bank.target.call("iam", "PutUserPolicy", {
            UserName: "ann",
            PolicyName: "glue",
            PolicyDocument: document([{ Effect: "Allow", Action: "glue:*", Resource: "*" }]),
        });
        const arn = `arn:aws:iam::${ACCOUNT}:user/ann`;
        const ann = bank.target.as({ kind: "user", accountId: ACCOUNT, arn, userId: "AIDAANN" });
        const passing = ann.call("glue", "CreateIntegrationResourceProperty", {
            ResourceArn: bank.targetArn,
            ...role(ROLE_ARN),
        });
        assert.match((await refusal(passing)).message, /iam:PassRole/);
    });

    it("table properties are one record per target and source table, and valid", async () => {
        const bank = await new Bank().setUp();
        const call = (operation: string, TargetTableConfig?: object) =>
            bank.target.call("glue", `${operation}IntegrationTableProperties`, {
                ResourceArn: bank.targetArn,
                TableName: "Customers",
                TargetTableConfig,
            });
        const at = { FieldName: "At", FunctionSpec: "day", ConversionSpec: "iso" };
        for (const bad of [
            { UnnestSpec: "NO_UNNEST" },
            { TargetTableName: "Upper" },
            { TargetTableName: long(129) },
            { PartitionSpec: [{ ...at, ConversionSpec: undefined }] },
            { PartitionSpec: [{ ...at, FunctionSpec: "identity" }] },
            { PartitionSpec: [{ ...at, FunctionSpec: "week" }] },
            { PartitionSpec: [{ ...at, ConversionSpec: "rfc" }] },
            { PartitionSpec: Array.from({ length: 11 }, (_, i) => ({ ...at, FieldName: `At${i}` })) },
        ]) {
            assert.equal((await refusal(call("Create", bad))).code, "ValidationException", JSON.stringify(bad));
        }
        assert.equal((await refusal(call("Update", {}))).code, "EntityNotFoundException");
        await call("Create", { UnnestSpec: "TOPLEVEL", PartitionSpec: [at] });
        assert.equal((await refusal(call("Create", {}))).code, "ValidationException");
        await call("Update", { TargetTableName: "clients" });
        assert.deepEqual((await call("Get")).TargetTableConfig, { TargetTableName: "clients" });
        const { IntegrationTablePropertiesList } = await bank.target.call("glue", "ListIntegrationTableProperties", {
            Filters: [{ Name: "TargetTableName", Values: ["clients"] }],
        });
        assert.equal(IntegrationTablePropertiesList.length, 1);
        await call("Delete");
        assert.equal((await refusal(call("Get"))).code, "EntityNotFoundException");
    });
});
