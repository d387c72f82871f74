import type { RuleId } from "pulumi-policy-aws-zero-etl";

import { redshiftExportMembers, type Statement } from "../../../sdk/requirements";
import { add, again, all, input, nothing, output, preview, tagged, without, type Cases, type Edit } from "./cases";
import { ACCOUNT, later, REGION, tableArn, unknown, type Declared } from "./shop";
import { auroraArn, catalogArn, clusterArn, mysqlArn, namespaceArn } from "./warehouse";

const policy = (...Statement: Statement[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const right = { "as it should be": nothing };

/** One parameter of a group, set to another value. */
export const parameter =
    (group: string, name: string, value: unknown): Edit =>
    (stack) => {
        const { inputs } = stack[group]!;
        const others = (inputs.parameters as { name: string }[]).filter((each) => each.name !== name);
        inputs.parameters = [...others, { name, value, applyMethod: "pending-reboot" }];
    };

const applyMethod =
    (group: string, name: string, method: string | undefined): Edit =>
    (stack) => {
        const parameters = stack[group]!.inputs.parameters as { name: string; applyMethod?: string }[];
        parameters.find((each) => each.name === name)!.applyMethod = method;
    };

const integrationsOfRds = ["shop", "shopLake", "stock", "people", "ledger", "legacy"].map(
    (name) => `${name}Integration`,
);
const noSource = without(...integrationsOfRds);
const noIntegration = without(...integrationsOfRds, "tableIntegration");

/** Known by values alone, as what was imported or comes from another stack. */
const unlinked =
    (...keys: string[]): Edit =>
    (stack) =>
        keys.forEach((key) => (stack[key]!.from = {}));

const document = (name: string, arn: string, key: string, text: unknown = policy()): Declared => ({
    type: "aws:redshift/resourcePolicy:ResourcePolicy",
    name,
    inputs: { resourceArn: later(arn), policy: text },
    from: { resourceArn: [key] },
});
const authorizing = (sourceArn: string) =>
    policy({
        Effect: "Allow",
        Principal: { Service: "redshift.amazonaws.com" },
        Action: "redshift:AuthorizeInboundIntegration",
        Resource: namespaceArn,
        Condition: { StringEquals: { "aws:SourceArn": sourceArn } },
    });

const replica = (inputs: Record<string, unknown> = {}): Edit =>
    all(
        add("replica", {
            type: "aws:rds/instance:Instance",
            name: "stock-replica",
            inputs: {
                replicateSourceDb: "stock",
                backupRetentionPeriod: 1,
                parameterGroupName: "stock-group",
                ...inputs,
            },
            outputs: { arn: later(`${mysqlArn}-replica`), engine: later("mysql"), region: REGION },
            from: { replicateSourceDb: ["stock"], parameterGroupName: ["stockGroup"] },
        }),
        add("replicaIntegration", {
            type: "aws:rds/integration:Integration",
            name: "replica-integration",
            inputs: {
                integrationName: "replica",
                sourceArn: later(`${mysqlArn}-replica`),
                targetArn: later(namespaceArn),
            },
            from: { sourceArn: ["replica"], targetArn: ["namespace"] },
        }),
    );

/** As many integrations of other sources as are given, into the serverless warehouse, which has three. */
const crowd =
    (count: number): Edit =>
    (stack) => {
        for (let i = 0; i < count; i++) {
            stack[`crowd${i}`] = {
                type: "aws:rds/integration:Integration",
                name: `zz-${String(i).padStart(3, "0")}`,
                inputs: {
                    integrationName: `crowd-${i}`,
                    sourceArn: `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:crowd-${i}`,
                    targetArn: later(namespaceArn),
                },
                from: { targetArn: ["namespace"] },
            };
        }
    };

const deployer = `arn:aws:iam::${ACCOUNT}:role/deployer`;
const redshiftReader = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/redshift.amazonaws.com/AWSServiceRoleForRedshift`;
const lakeSettings = (inputs: Record<string, unknown>): Edit =>
    add("settings", {
        type: "aws:lakeformation/dataLakeSettings:DataLakeSettings",
        name: "lake",
        inputs: { admins: [deployer], readOnlyAdmins: [redshiftReader], ...inputs },
    });
const administrator = (principalArn: string, readOnly?: boolean): Declared => ({
    type: "pulumi-nodejs:dynamic/zeroetl:LakeFormationAdministrator",
    name: "team",
    inputs: { principalArn, readOnly },
});

/** Two databases of one name in one warehouse, but for what the second says. */
const databases =
    (second: Record<string, unknown> = {}): Edit =>
    (stack) => {
        for (const [name, more] of Object.entries({ a: {}, b: second })) {
            stack[`${name}Database`] = {
                type: "pulumi-nodejs:dynamic/zeroetl:RedshiftIntegrationDatabase",
                name: `${name}-database`,
                inputs: {
                    databaseName: "shop",
                    warehouse: { workgroupName: "warehouse" },
                    account: { accountId: ACCOUNT, region: REGION },
                    ...more,
                },
            };
        }
    };

/** Another integration of the same name. */
const named = (key: string, inputs: Record<string, unknown> = {}) => again(`${key}Integration`, inputs);

/** Rules of this family alone. */
export const warehouseCases = {
    "relational-source-engine": {
        right: { ...right, "a version that leaves the rest to AWS": input("ledger", { engineVersion: "17" }) },
        wrong: {
            "another engine": [input("stock", { engine: "mariadb" }), /does not integrate mariadb/],
            "an old Aurora MySQL": [
                input("shop", { engineVersion: "8.0.mysql_aurora.3.04.1" }),
                /3\.04\.1 of aurora-mysql is too old.*3\.05\.2/,
                preview,
            ],
            "an old Aurora PostgreSQL": [input("people", { engineVersion: "16.3" }), /16\.3 .*too old.*16\.4/, preview],
            "an old PostgreSQL": [input("ledger", { engineVersion: "15.6" }), /15\.6 .*too old/, preview],
            "an old Oracle": [
                input("legacy", { engineVersion: "19.0.0.0.ru-2019-04.rur-2019-04.r1" }),
                /too old/,
                preview,
            ],
            "Serverless of the first version": [input("shop", { engineMode: "serverless" }), /of a mode/, preview],
            Limitless: [input("people", { clusterScalabilityType: "limitless" }), /Limitless/, preview],
            "a Multi-AZ cluster of PostgreSQL": [
                input("people", { engine: "postgres", engineVersion: "17.4" }),
                /Multi-AZ cluster/,
                preview,
            ],
            "tagged, with its integration in another stack": [
                all(noSource, tagged("stock", "source"), input("stock", { engineVersion: "5.7.44" })),
                /5\.7\.44/,
            ],
        },
        unknown: {
            "the version is AWS's to choose": [input("stock", { engineVersion: undefined }), preview],
            "the engine comes from a snapshot": [
                input("stock", { engine: undefined, snapshotIdentifier: "s" }),
                preview,
            ],
        },
        notApplicable: { "no source": noSource },
    },
    "relational-source-parameters": {
        right: {
            ...right,
            "switches in words": all(
                parameter("ledgerGroup", "rds.logical_replication", "on"),
                parameter("ledgerGroup", "wal_sender_timeout", "30000"),
            ),
        },
        wrong: {
            "no group, so that the default one counts": [
                (stack) => {
                    delete stack.shop!.inputs.dbClusterParameterGroupName;
                    stack.shop!.outputs!.dbClusterParameterGroupName = later("default.aurora-mysql8.0");
                    stack.shop!.from = {};
                },
                /dbClusterParameterGroupName: aurora_enhanced_binlog is not set.*needs 1.*rebooted/,
                preview,
            ],
            "AWS's default group": [
                input("ledger", { parameterGroupName: "default.postgres17" }),
                /parameterGroupName: rds.logical_replication is not set/,
            ],
            "a group whose name is not known yet": [
                all(
                    input("shopGroup", { name: later("made-up") }),
                    input("shop", { dbClusterParameterGroupName: later("made-up") }),
                    parameter("shopGroup", "binlog_format", "MIXED"),
                ),
                /binlog_format is "MIXED"/,
                preview,
            ],
            Babelfish: [parameter("peopleGroup", "rds.babelfish_status", "on"), /Babelfish is on/],
            "compressed binary log of a Multi-AZ cluster": [
                all(
                    input("shop", { engine: "mysql", engineVersion: "8.0.40" }),
                    parameter("shopGroup", "binlog_transaction_compression", "ON"),
                ),
                /binlog_transaction_compression is "ON"/,
            ],
        },
        unknown: {
            "a group of another stack": [without("shopGroup")],
            "a value that is not known yet": [parameter("stockGroup", "binlog_format", unknown)],
            "which group is not known": [all(without("stockGroup"), input("stock", { parameterGroupName: unknown }))],
        },
        notApplicable: {
            "no source": noSource,
            "Oracle, which needs none": without(...integrationsOfRds.filter((key) => key !== "legacyIntegration")),
        },
    },
    "relational-source-apply-method": {
        right: {
            ...right,
            "a dynamic one at once": applyMethod("ledgerGroup", "rds.replica_identity_full", "immediate"),
            "one of which AWS's documents disagree": applyMethod("shopGroup", "binlog_row_image", "immediate"),
        },
        wrong: {
            "a static one at once": [
                applyMethod("shopGroup", "binlog_backup", "immediate"),
                /binlog_backup is static.*pending-reboot/,
                preview,
            ],
            "a static one without a method": [
                applyMethod("ledgerGroup", "rds.logical_replication", undefined),
                /rds\.logical_replication is static/,
                preview,
            ],
        },
        unknown: { "a group of another stack": [without("shopGroup")] },
        notApplicable: { "no source": noSource },
    },
    "relational-source-backups": {
        right: {
            ...right,
            "a Multi-AZ cluster, which has them by default": input("shop", { engine: "mysql" }),
        },
        wrong: {
            off: [input("stock", { backupRetentionPeriod: 0 }), /backups are off.*1 day/, preview],
            "left to the provider": [input("ledger", { backupRetentionPeriod: undefined }), /backups are off/, preview],
        },
        unknown: {
            "not known yet": [input("stock", { backupRetentionPeriod: unknown })],
            "of a snapshot": [input("stock", { snapshotIdentifier: "s", backupRetentionPeriod: undefined }), preview],
        },
        notApplicable: {
            "Aurora alone": without("stockIntegration", "ledgerIntegration", "legacyIntegration"),
        },
    },
    "relational-source-backtrack": {
        right: { ...right, "said to be none": input("shop", { backtrackWindow: 0 }) },
        wrong: { on: [input("shop", { backtrackWindow: 3600 }), /Backtrack is on.*made anew/, preview] },
        unknown: { "not known yet": [input("shop", { backtrackWindow: unknown })] },
        notApplicable: { "PostgreSQL alone": without("shopIntegration", "shopLakeIntegration") },
    },
    "relational-source-storage": {
        right: { ...right, "left to AWS": input("stock", { storageType: undefined }) },
        wrong: {
            magnetic: [input("stock", { storageType: "standard" }), /magnetic.*gp3/, preview],
            "any, where all are judged": [
                all(noSource, input("stock", { storageType: "standard" })),
                /magnetic/,
                { scope: ["all"] },
            ],
        },
        unknown: { "not known yet": [input("stock", { storageType: unknown })] },
        notApplicable: { "no MySQL of RDS": without("stockIntegration") },
    },
    "relational-source-replica": {
        right: {
            ...right,
            "a replica of MySQL alone": all(replica(), without("stockIntegration")),
            "a replica of MySQL in another Region": all(replica(), output("replica", { region: "eu-central-1" })),
            promoted: input("ledger", { replicateSourceDb: "" }),
        },
        wrong: {
            "of PostgreSQL": [input("ledger", { replicateSourceDb: "books" }), /read replica/, preview],
            "of Oracle": [input("legacy", { replicateSourceDb: "erp" }), /read replica/, preview],
            "of MySQL, beside its primary": [
                replica(),
                /stock, which it replicates, is a source in the same Region/,
                preview,
            ],
            "of MySQL, by ARN, beside its primary": [
                replica({ replicateSourceDb: later(mysqlArn) }),
                /stock, which it replicates/,
            ],
            "of MySQL, by an ARN that is not known yet": [
                replica({ replicateSourceDb: later(mysqlArn) }),
                /stock, which it replicates/,
                preview,
            ],
        },
        unknown: {
            "in which Region": [all(replica(), output("replica", { region: later(REGION) })), preview],
            "whether it is one": [input("stock", { replicateSourceDb: unknown })],
        },
        notApplicable: { "Aurora alone": without("stockIntegration", "ledgerIntegration", "legacyIntegration") },
    },
    "redshift-export-policy": {
        right: {
            ...right,
            "members of ours": all(
                without("tablePolicy"),
                ...redshiftExportMembers({ tableArn, owner: "orders" }).map((member, i) =>
                    add(`export${i}`, {
                        type: "pulumi-nodejs:dynamic/zeroetl:DynamoDbTablePolicyMember",
                        name: `orders-export-${i}`,
                        inputs: { tableArn: later(tableArn), member: later(member) },
                        from: { tableArn: ["table"] },
                    }),
                ),
            ),
        },
        wrong: {
            "no policy": [without("tablePolicy"), /Nothing in this stack writes the table's policy/, preview],
            "the table without its exports": [
                (stack) => {
                    const [first] = redshiftExportMembers({ tableArn, owner: "orders" });
                    stack.tablePolicy!.inputs.policy = policy(first!.statement);
                },
                /Redshift lacks dynamodb:DescribeExport/,
            ],
            "Glue alone": [
                input("tablePolicy", {
                    policy: policy({
                        Effect: "Allow",
                        Principal: { Service: "glue.amazonaws.com" },
                        Action: "*",
                        Resource: "*",
                    }),
                }),
                /Redshift lacks dynamodb:ExportTableToPointInTime, dynamodb:DescribeTable, dynamodb:DescribeExport/,
                preview,
            ],
            "no conditions": [
                input("tablePolicy", {
                    policy: policy({
                        Effect: "Allow",
                        Principal: { Service: "redshift.amazonaws.com" },
                        Action: "dynamodb:*",
                        Resource: "*",
                    }),
                }),
                /with conditions on aws:SourceAccount/,
            ],
        },
        unknown: { "the policy is not known yet": [nothing, preview] },
        notApplicable: {
            "a table that goes nowhere": without("tableIntegration"),
            "a table elsewhere": without("table"),
        },
    },
    "warehouse-node-type": {
        right: { ...right, rg: input("cluster", { nodeType: "rg.large" }) },
        wrong: {
            dc2: [input("cluster", { nodeType: "dc2.large" }), /not of a type.*ra3/, preview],
            "of a cluster that is known by its namespace's ARN alone": [
                all(
                    unlinked("peopleIntegration", "ledgerIntegration", "legacyIntegration"),
                    input("cluster", { nodeType: "dc2.large" }),
                ),
                /not of a type/,
            ],
        },
        unknown: { "not known yet": [input("cluster", { nodeType: unknown })] },
        notApplicable: { "serverless alone": without("peopleIntegration", "ledgerIntegration", "legacyIntegration") },
    },
    "warehouse-encryption": {
        right: {
            ...right,
            "said as a text": input("cluster", { encrypted: "true" }),
            "said as a truth": input("cluster", { encrypted: true }),
        },
        wrong: {
            "off, as a text": [input("cluster", { encrypted: "false" }), /not encrypted/, preview],
            "off, in the cluster that exists": [output("cluster", { encrypted: "false" }), /not encrypted/],
            "tagged, with its integration in another stack": [
                all(noIntegration, tagged("cluster", "target"), output("cluster", { encrypted: "false" })),
                /not encrypted/,
            ],
        },
        unknown: {
            "not known yet": [all(input("cluster", { encrypted: unknown }), output("cluster", { encrypted: unknown }))],
        },
        notApplicable: { "serverless alone": without("peopleIntegration", "ledgerIntegration", "legacyIntegration") },
    },
    "warehouse-case-sensitivity": {
        right: {
            ...right,
            "set by us in a workgroup": all(
                input("workgroup", { configParameters: undefined }),
                add("parameters", {
                    type: "pulumi-nodejs:dynamic/zeroetl:RedshiftParametersInEffect",
                    name: "parameters",
                    inputs: { workgroupName: "warehouse" },
                    from: { workgroupName: ["workgroup"] },
                }),
            ),
        },
        wrong: {
            "a cluster with the default group": [
                all(input("cluster", { clusterParameterGroupName: undefined }), (stack) => {
                    stack.cluster!.outputs!.clusterParameterGroupName = later("default.redshift-1.0");
                    stack.cluster!.from = {};
                }),
                /clusterParameterGroupName: enable_case_sensitive_identifier is not true.*reboot the cluster/,
                preview,
            ],
            "a group without it": [
                input("clusterGroup", { parameters: [] }),
                /enable_case_sensitive_identifier/,
                preview,
            ],
            "a group of a name not known yet": [
                all(
                    input("clusterGroup", { name: later("made-up"), parameters: [] }),
                    input("cluster", { clusterParameterGroupName: later("made-up") }),
                ),
                /enable_case_sensitive_identifier/,
                preview,
            ],
            "off in a workgroup": [
                input("workgroup", {
                    configParameters: [{ parameterKey: "enable_case_sensitive_identifier", parameterValue: "false" }],
                }),
                /configParameters: enable_case_sensitive_identifier is not true.*no reboot/,
                preview,
            ],
            "left out of a workgroup": [input("workgroup", { configParameters: undefined }), /not true/, preview],
        },
        unknown: {
            "a group of another stack": [without("clusterGroup")],
            "not known yet": [input("workgroup", { configParameters: unknown })],
        },
        notApplicable: { "no target": noIntegration },
    },
    "managed-catalog": {
        right: { ...right, "of 19 characters": input("catalog", { name: "abcdefghijklmnopqrs" }) },
        wrong: {
            "of 20 characters": [
                input("catalog", { name: "abcdefghijklmnopqrst" }),
                /"abcdefghijklmnopqrst" has 20 characters.*19/,
                preview,
            ],
            "another stack's, of 20 characters": [
                all(without("catalog"), input("shopLakeIntegration", { targetArn: `${catalogArn}-0123456789abcde` })),
                /has 20 characters/,
            ],
            "PostgreSQL of RDS": [
                (stack) =>
                    Object.assign(stack.ledgerIntegration!.inputs, { targetArn: later(catalogArn) }) &&
                    Object.assign(stack.ledgerIntegration!.from!, { targetArn: ["catalog"] }),
                /no integration of postgres into a lakehouse/,
                preview,
            ],
        },
        unknown: {
            "the provider names it": [input("catalog", { name: undefined }), preview],
            "the source's engine": [input("shop", { engine: unknown })],
        },
        notApplicable: { "warehouses alone": without("shopLakeIntegration") },
    },
    "managed-catalog-administrators": {
        right: { "both named": lakeSettings({}) },
        wrong: {
            "nobody administers": [
                lakeSettings({ admins: [] }),
                /^admins: .*no administrator.*whoever deploys/,
                preview,
            ],
            "Redshift does not read": [
                lakeSettings({ readOnlyAdmins: [deployer] }),
                /^readOnlyAdmins: Redshift's role.*AWSServiceRoleForRedshift\.$/,
                preview,
            ],
            "an administrator that is added beside them": [
                all(lakeSettings({}), add("team", administrator(`${deployer}-of-team`))),
                /^admins: The settings take away team, .*deployer-of-team/,
                preview,
            ],
            "a reader that is added beside them": [
                all(lakeSettings({}), add("team", administrator(deployer, true))),
                /^readOnlyAdmins: The settings take away team/,
            ],
        },
        unknown: {
            "who administers": [lakeSettings({ admins: unknown })],
            "who is added": [all(lakeSettings({}), add("team", administrator(unknown)))],
        },
        notApplicable: {
            "no settings": nothing,
            "no managed catalog": all(lakeSettings({}), without("catalog")),
            "a catalog of another account": all(lakeSettings({}), (stack) => {
                stack.settings!.provider = "urn:other";
            }),
        },
    },
    "warehouse-source-authorized": {
        right: {
            ...right,
            "by a whole document": all(
                without("shopMember"),
                add("document", document("document", namespaceArn, "namespace", authorizing(auroraArn))),
            ),
        },
        wrong: {
            "nothing written": [
                without("peopleMember", "ledgerMember", "legacyMember"),
                /Nothing in this stack authorises the source/,
                preview,
            ],
            "another source": [without("stockMember"), /No statement in this stack authorises the source/],
            "nothing in the catalog's policy": [without("catalogMember"), /Nothing in this stack authorises/, preview],
            "a document about something else": [
                all(
                    without("shopMember", "stockMember", "tableMember"),
                    add("document", document("document", namespaceArn, "namespace")),
                ),
                /Nothing in this stack authorises/,
                preview,
            ],
            "the policy of another namespace": [
                all(
                    without("peopleMember"),
                    add("document", document("document", clusterArn, "cluster", authorizing(auroraArn))),
                ),
                /authorises/,
            ],
        },
        unknown: {
            "ARNs and members are not known yet": [nothing, preview],
            "whether the ARN in a document is the source's": [
                all(
                    without(...integrationsOfRds.filter((key) => key !== "shopIntegration"), "tableIntegration"),
                    without("shopMember", "stockMember", "tableMember", "peopleMember", "ledgerMember", "legacyMember"),
                    add("document", document("document", namespaceArn, "namespace", authorizing(auroraArn))),
                ),
                preview,
            ],
            "a document is not known yet": [
                all(without("shopMember"), add("document", document("document", namespaceArn, "namespace", unknown))),
            ],
        },
        notApplicable: {
            "targets of other stacks": without("namespace", "cluster", "catalog"),
            "no integration": noIntegration,
        },
    },
    "warehouse-integration-limits": {
        right: {
            ...right,
            "a filter of MySQL": input("shopIntegration", { dataFilter: "include: shop.*, exclude: shop./tmp_.*/" }),
        },
        wrong: {
            "a name with an underscore": [
                input("stockIntegration", { integrationName: "stock_db" }),
                /integrationName: "stock_db" is not a name that AWS takes/,
                preview,
            ],
            "a long name": [
                input("tableIntegration", { integrationName: `a${"b".repeat(63)}` }),
                /integrationName: .*has 64 characters/,
                preview,
            ],
            "a filter that is none": [input("shopIntegration", { dataFilter: "shop.*" }), /dataFilter: /, preview],
            "a filter with a character that AWS does not take": [
                input("shopIntegration", { dataFilter: "include: shop./(a|b)/" }),
                /dataFilter: /,
                preview,
            ],
            "too many patterns": [
                input("shopIntegration", { dataFilter: Array(100).fill("include: a.b").join(", ") }),
                /dataFilter: .*100 patterns.*99/,
                preview,
            ],
            "PostgreSQL without a filter": [
                input("ledgerIntegration", { dataFilter: undefined }),
                /dataFilter: /,
                preview,
            ],
            "two parts for PostgreSQL": [
                input("peopleIntegration", { dataFilter: "include: crm.*" }),
                /dataFilter: /,
                preview,
            ],
            "a regular expression for Oracle": [
                input("legacyIntegration", { dataFilter: "include: ORCL.SALES./T.*/" }),
                /dataFilter: /,
                preview,
            ],
            "a context without a key": [
                input("stockIntegration", { additionalEncryptionContext: { team: "shop" } }),
                /additionalEncryptionContext: .*needs a key/,
                preview,
            ],
            "a source that Redshift does not take": [
                input("tableIntegration", { sourceArn: mysqlArn }),
                /sourceArn: .*is no DynamoDB table/,
            ],
        },
        unknown: { "ARNs are not known yet": [nothing, preview] },
        notApplicable: { "no integration": noIntegration },
    },
    "warehouse-integration-count": {
        right: { ...right, "50 into one warehouse": crowd(47) },
        wrong: {
            "51 into one warehouse": [
                crowd(48),
                /^targetArn: There would be 51 integrations into this target.*50\.[^\n]*$/,
                preview,
            ],
            "six of one source": [
                (stack) => {
                    for (let i = 0; i < 5; i++) {
                        stack[`more${i}`] = { ...stack.stockIntegration!, name: `zz-${i}` };
                    }
                },
                /^sourceArn: There would be 6 integrations of this source.*5\./,
                preview,
            ],
        },
        unknown: { "of what": [unlinked("stockIntegration"), preview] },
        notApplicable: { "no integration": noIntegration },
    },
    "one-namespace-policy-writer": {
        right: {
            "one document": all(
                without("peopleMember", "ledgerMember", "legacyMember"),
                add("document", document("document", clusterArn, "cluster")),
            ),
        },
        wrong: {
            "beside members": [
                add("document", document("document", namespaceArn, "namespace")),
                /overwrites shop-authorized, stock-authorized, table-authorized in the same policy/,
                preview,
            ],
            "two documents": [
                all(
                    without("peopleMember", "ledgerMember", "legacyMember"),
                    add("document", document("document", clusterArn, "cluster")),
                    again("document"),
                ),
                /document is the policy of the same namespace already/,
                preview,
            ],
        },
        unknown: {
            "of which namespace": [
                all(add("document", document("document", unknown, "namespace")), (stack) => {
                    stack.document!.from = {};
                }),
            ],
            "a member's namespace": [
                all(
                    without("stockMember", "tableMember", "peopleMember", "ledgerMember", "legacyMember"),
                    input("shopMember", { namespaceArn: unknown }),
                    (stack) => {
                        stack.shopMember!.from = {};
                    },
                    add("document", document("document", namespaceArn, "namespace")),
                ),
            ],
        },
        notApplicable: { "members alone": nothing },
    },
    "one-database-per-name": {
        right: {
            "one of each": databases({ databaseName: "stock" }),
            "the same name in another warehouse": databases({ warehouse: { clusterIdentifier: "finance" } }),
            "the same name in another Region": databases({ account: { accountId: ACCOUNT, region: "us-east-1" } }),
        },
        wrong: { two: [databases(), /^databaseName: a-database is a database of the same name already/, preview] },
        unknown: {
            "its name": [databases({ databaseName: unknown })],
            "its warehouse": [databases({ warehouse: {} })],
        },
        notApplicable: { none: nothing },
    },
    "warehouse-advice": {
        right,
        wrong: {
            "a version that AWS's documents disagree on": [
                input("ledger", { engineVersion: "16.4" }),
                /documents disagree/,
                preview,
            ],
            "magnetic storage of PostgreSQL": [input("ledger", { storageType: "standard" }), /magnetic/, preview],
            "a replica of MySQL": [all(replica(), without("stockIntegration")), /See that the other/],
            "one node": [input("cluster", { numberOfNodes: undefined }), /one node/, preview],
            "a filter that takes nothing": [
                input("shopIntegration", { dataFilter: "exclude: shop.tmp" }),
                /takes no table/,
                preview,
            ],
        },
        unknown: { "not known yet": [input("ledger", { storageType: unknown })] },
        notApplicable: { "nothing of RDS, and no cluster": noSource },
    },
} satisfies Partial<Record<RuleId, Cases>>;

/** Rules that both families share, on what is of this one. */
export const sharedCases: Partial<Record<RuleId, Cases>> = {
    "same-region": {
        right,
        wrong: {
            "a warehouse elsewhere": [
                output("namespace", { region: "us-east-1" }),
                /The source is in eu-west-1, the target in us-east-1.*Choose a target/,
                preview,
            ],
            "a table into a warehouse elsewhere": [
                all(noSource, output("namespace", { region: "us-east-1" })),
                /global table/,
                preview,
            ],
        },
        unknown: { "a target of another stack": [without("namespace"), preview] },
        notApplicable: { none: noIntegration },
    },
    "one-integration-per-pair": {
        right,
        wrong: { two: [again("stockIntegration"), /an integration of the same source and target already/, preview] },
        unknown: {},
        notApplicable: { none: noIntegration },
    },
    "one-integration-per-name": {
        right: {
            ...right,
            "the same name in another API": input("tableIntegration", { integrationName: "shop" }),
            "the same name in another Region": named("stock", { region: "us-east-1" }),
            "the same name in another account": all(named("stock"), (stack) => {
                stack.stockIntegration2!.provider = "urn:other";
            }),
        },
        wrong: {
            "two of RDS, one of them ours": [
                input("stockIntegration", { integrationName: "shop" }),
                /stock-integration is an integration of the same name already/,
            ],
            "two of RDS, beside something that is in another Region": [
                all(
                    input("stockIntegration", { integrationName: "shop" }),
                    add("elsewhere", {
                        type: "aws:dynamodb/table:Table",
                        name: "a-table",
                        inputs: { region: "us-east-1" },
                        outputs: { arn: `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/a-table` },
                    }),
                ),
                /stock-integration is an integration of the same name already/,
            ],
            "two of RDS that aws declares": [named("stock"), /stock-integration is an .* of the same name/, preview],
            "two of RDS, one of aws-native": [
                input("stockIntegration", { integrationName: "people" }),
                /people-integration is an integration of the same name already/,
                preview,
            ],
            "two of Redshift": [again("tableIntegration"), /orders-integration is an .* of the same name/, preview],
        },
        unknown: { "aws-native names it": [input("peopleIntegration", { integrationName: undefined }), preview] },
        notApplicable: { none: noIntegration },
    },
    "source-point-in-time-recovery": {
        right,
        wrong: { off: [input("table", { pointInTimeRecovery: { enabled: false } }), /recovery is off/, preview] },
        unknown: {},
        notApplicable: { none: without("tableIntegration") },
    },
    "source-encryption": {
        right,
        wrong: {
            "AWS's managed key": [
                input("table", { serverSideEncryption: { enabled: true } }),
                /aws\/dynamodb/,
                preview,
            ],
        },
        unknown: {},
        notApplicable: { none: without("tableIntegration") },
    },
    "source-table-policy": {
        right: {
            "a tagged table that Redshift exports for another stack": all(
                without("tableIntegration"),
                tagged("table", "source"),
            ),
        },
        wrong: {
            "a tagged table that nobody may export": [
                all(without("tableIntegration", "tablePolicy"), tagged("table", "source")),
                /Nothing in this stack writes the table's policy/,
            ],
        },
        unknown: {},
        notApplicable: { "a table that Glue does not export": nothing },
    },
};
