import * as assert from "node:assert/strict";

import {
    AuroraToLakehouse,
    ManagedCatalog,
    RdsToLakehouse,
    type AuroraToLakehouseArgs,
    type RdsToLakehouseArgs,
} from "../../../components";
import { ACCOUNT, DEPLOYER, MockEngine, REGION, valueOf } from "./mocks";

const HERE = `${REGION}:${ACCOUNT}`;
const CATALOG = { catalogArn: `arn:aws:glue:${HERE}:catalog/shop` };
const CLUSTER = { arn: `arn:aws:rds:${HERE}:cluster:orders` };
const INSTANCE = { arn: `arn:aws:rds:${HERE}:db:shop` };

describe("ManagedCatalog", () => {
    let engine: MockEngine;

    beforeEach(() => {
        engine = MockEngine.start();
    });

    it("is a catalog in Redshift managed storage, two roles, a reader, a grant and the property that names the role", async () => {
        const catalog = new ManagedCatalog("shop");
        assert.equal(await valueOf(catalog.catalogArn), CATALOG.catalogArn);
        assert.deepEqual(engine.made(""), [
            "catalog:Catalog shop-catalog",
            "permissions:Permissions shop-target-describe",
            "role:Role shop-target-role",
            "role:Role shop-transfer-role",
            "rolePolicy:RolePolicy shop-target-role-policy",
            "rolePolicy:RolePolicy shop-transfer-role-policy",
            "zeroetl:GlueIntegrationResourceProperty shop-property",
            "zeroetl:LakeFormationAdministrator shop-redshift-reader",
            "zeroetl:index:ManagedCatalog shop",
        ]);
        assert.deepEqual(engine.find("shop-catalog").inputs.catalogProperties, {
            dataLakeAccessProperties: {
                dataLakeAccess: true,
                dataTransferRole: `arn:aws:iam::${ACCOUNT}:role/shop-transfer-role`,
                catalogType: "aws:redshift",
            },
        });
        assert.deepEqual(engine.find("shop-property").inputs.target, {
            roleArn: `arn:aws:iam::${ACCOUNT}:role/shop-target-role`,
        });
        const { principalArn, readOnly } = engine.find("shop-redshift-reader").inputs;
        assert.equal(readOnly, true);
        assert.equal(
            principalArn,
            `arn:aws:iam::${ACCOUNT}:role/aws-service-role/redshift.amazonaws.com/AWSServiceRoleForRedshift`,
        );
        const { permissions, catalogId } = engine.find("shop-target-describe").inputs;
        assert.deepEqual({ permissions, catalogId }, { permissions: ["DESCRIBE"], catalogId: `${ACCOUNT}:shop` });
    });

    it("gives each role what it needs, and the key where there is one", async () => {
        const kmsKeyArn = `arn:aws:kms:${HERE}:key/1`;
        await valueOf(new ManagedCatalog("shop", { kmsKeyArn }).catalogArn);
        const statementsOf = (name: string) =>
            JSON.parse(engine.find(name).inputs.policy as string).Statement.map(
                ({ Action, Resource }: { Action: string[]; Resource: string[] }) => [Action, Resource],
            );
        const catalogs = [`arn:aws:glue:${HERE}:catalog`, CATALOG.catalogArn, `${CATALOG.catalogArn}/*`];
        assert.deepEqual(statementsOf("shop-target-role-policy"), [[["glue:GetCatalog"], catalogs]]);
        assert.deepEqual(statementsOf("shop-transfer-role-policy"), [
            [
                ["glue:GetCatalog", "glue:GetDatabase"],
                [...catalogs, `arn:aws:glue:${HERE}:database/shop/*`],
            ],
            [["kms:GenerateDataKey", "kms:Decrypt"], [kmsKeyArn]],
        ]);
        const trusted = JSON.parse(engine.find("shop-transfer-role").inputs.assumeRolePolicy as string);
        assert.deepEqual(trusted.Statement[0].Principal.Service, ["glue.amazonaws.com", "redshift.amazonaws.com"]);
    });

    it("makes the catalog once its role may move data and its reader is there", async () => {
        engine = MockEngine.start({ slow: ["shop-transfer-role-policy", "shop-redshift-reader"] });
        await valueOf(new ManagedCatalog("shop").catalogArn);
        const { after } = engine.find("shop-catalog");
        assert.ok(after.includes("shop-transfer-role-policy") && after.includes("shop-redshift-reader"));
    });

    it("warns of a deployer that AWS will refuse the catalog, and of none that administers or may not ask", async () => {
        const warnings = async (administrators: string[] | undefined, added: string[] = []) => {
            engine = MockEngine.start({ administrators });
            await valueOf(new ManagedCatalog("shop", { administrators: added }).catalogArn);
            return engine.warnings;
        };
        const [warning] = await warnings(["arn:aws:iam::111122223333:role/other"]);
        assert.match(warning!, /Whoever deploys, .*role\/ci\/deployer, is no administrator .*administrators: \["arn/);
        assert.deepEqual(await warnings([DEPLOYER]), []);
        assert.deepEqual(await warnings([], [DEPLOYER]), []);
        assert.deepEqual(await warnings(undefined), []);
    });

    it("takes fifty sources, and no more", () => {
        const catalog = new ManagedCatalog("shop");
        const accept = (i: number) => catalog.accept(`source-${i}`, { sourceArn: `${CLUSTER.arn}-${i}` });
        Array.from({ length: 50 }, (_, i) => accept(i));
        assert.throws(() => accept(50), /^InvalidArgument: catalog: There would be 51 integrations into this target/);
    });

    it("refuses a name that an integration of RDS does not take", () => {
        const make = () => new ManagedCatalog("shop", { catalogName: "x".repeat(20) });
        assert.throws(make, /^InvalidArgument: catalogName: .*19/);
    });
});

describe("AuroraToLakehouse", () => {
    let engine: MockEngine;

    beforeEach(() => {
        engine = MockEngine.start();
    });

    it("sees to the parameters, lets the catalog accept the cluster, and makes the integration", async () => {
        const catalog = new ManagedCatalog("shop");
        const orders = new AuroraToLakehouse("orders", {
            engine: "aurora-postgresql",
            source: CLUSTER,
            catalog,
            dataFilter: [{ include: { database: "shop", schema: "public", table: "*" } }],
            waitFor: "accepted",
        });
        assert.equal(await valueOf(orders.tables), "every table of shop.public");
        await valueOf(orders.status);
        assert.deepEqual(engine.made("orders"), [
            "zeroetl:GlueCatalogPolicyMember orders-authorized",
            "zeroetl:RdsIntegration orders-integration",
            "zeroetl:RdsParametersInEffect orders-parameters",
            "zeroetl:index:AuroraToLakehouse orders",
        ]);
        const { targetArn, dataFilter, waitFor } = engine.find("orders-integration").inputs;
        assert.deepEqual(
            { targetArn, dataFilter, waitFor },
            { targetArn: CATALOG.catalogArn, dataFilter: "include: shop.public.*", waitFor: "accepted" },
        );
    });

    it("with a catalog of another stack leaves the target's half to it", async () => {
        const orders = new AuroraToLakehouse("orders", { engine: "aurora-mysql", source: CLUSTER, catalog: CATALOG });
        await valueOf(orders.status);
        assert.deepEqual(engine.made(""), [
            "zeroetl:RdsIntegration orders-integration",
            "zeroetl:RdsParametersInEffect orders-parameters",
            "zeroetl:index:AuroraToLakehouse orders",
        ]);
    });

    it("has types that refuse what a catalog does not have", () => {
        const mysql = { engine: "aurora-mysql", source: CLUSTER, catalog: CATALOG } as const;
        const wrong: AuroraToLakehouseArgs[] = [
            // @ts-expect-error There is no database to make: the catalog has them
            { ...mysql, database: { databaseName: "shop" } },
            // @ts-expect-error PostgreSQL needs a filter
            { ...mysql, engine: "aurora-postgresql" },
            // @ts-expect-error The catalog's stack has let the source in
            { ...mysql, creatorArns: [] as string[] },
        ];
        assert.equal(wrong.length, 3);
    });
});

describe("RdsToLakehouse", () => {
    let engine: MockEngine;

    beforeEach(() => {
        engine = MockEngine.start();
    });

    it("takes MySQL", async () => {
        const shop = new RdsToLakehouse("shop", { engine: "mysql", source: INSTANCE, catalog: CATALOG });
        await valueOf(shop.status);
        assert.deepEqual(engine.made(""), [
            "zeroetl:RdsIntegration shop-integration",
            "zeroetl:RdsParametersInEffect shop-parameters",
            "zeroetl:index:RdsToLakehouse shop",
        ]);
    });

    for (const engine of ["oracle", "postgres"] as const) {
        it(`refuses ${engine}, with the reason`, () => {
            // @ts-expect-error AWS has no such pair
            const args: RdsToLakehouseArgs = { engine, source: INSTANCE, catalog: CATALOG };
            assert.throws(
                () => new RdsToLakehouse("erp", args),
                new RegExp(
                    `^InvalidArgument: engine: AWS lists no integration of ${engine} into a lakehouse.*warehouse`,
                ),
            );
        });
    }
});
