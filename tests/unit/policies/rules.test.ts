import assert from "node:assert/strict";

import type { RuleId } from "pulumi-policy-aws-zero-etl";

import {
    addMember,
    catalogMembers,
    exportMember,
    GLUE_SERVICE,
    statementsOf,
    type Statement,
} from "../../../sdk/requirements";
import {
    add,
    again,
    all,
    describeRules,
    input,
    nothing,
    preview,
    tagged,
    without,
    type Cases,
    type Edit,
} from "./cases";
import {
    ACCOUNT,
    ask,
    databaseArn,
    later,
    nativeIntegration,
    REGION,
    rights,
    roleArn,
    shop,
    tableArn,
    unknown,
    type Declared,
    type View,
} from "./shop";
import type { searchCases } from "./search-cases";
import type { warehouseCases } from "./warehouse-cases";

const unlinked = without("integration", "property", "layout");

const policy = (...Statement: Statement[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const exporting = JSON.parse(addMember(undefined, exportMember({ tableArn, owner: "orders" })))
    .Statement[0] as Statement;
const writes = (Resource: string): Edit =>
    input("rolePolicy", { policy: policy({ Effect: "Allow", Action: "s3:PutObject", Resource }) });
const attached = (policyArn: unknown): Declared => ({
    type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    name: "attached",
    inputs: { role: "writer", policyArn },
});
const catalogDocument = (text: string): Declared => ({
    type: "aws:glue/resourcePolicy:ResourcePolicy",
    name: "catalog",
    inputs: { policy: text },
});
const authorizing = (sourceArn: string) =>
    policy({
        Effect: "Allow",
        Principal: { Service: GLUE_SERVICE },
        Action: "glue:*",
        Resource: "*",
        Condition: { ArnEquals: { "aws:SourceArn": sourceArn } },
    });
const inbound: Statement = { Effect: "Allow", Principal: "*", Action: "glue:*InboundIntegration", Resource: "*" };
const tableMember: Declared = {
    type: "pulumi-nodejs:dynamic/zeroetl:DynamoDbTablePolicyMember",
    name: "orders-member",
    inputs: { tableArn: later(tableArn), member: later(exportMember({ tableArn, owner: "orders" })) },
    from: { tableArn: ["table"] },
};

const keyArn = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`;
/** A key of the stack, which the resource property names. */
const encrypted = (keyPolicy?: string): Edit =>
    all(
        add("key", {
            type: "aws:kms/key:Key",
            name: "files",
            inputs: { policy: keyPolicy },
            outputs: { arn: later(keyArn), keyId: later("1"), policy: later(keyPolicy ?? policy(leftToIam)) },
        }),
        (stack) => {
            stack.property!.inputs.target = { roleArn: later(roleArn), kmsKeyArn: later(keyArn) };
            stack.property!.from!.target = ["role", "key"];
        },
    );
const usesKey: Statement = { Effect: "Allow", Action: "kms:*", Resource: "*" };
const leftToIam: Statement = { ...usesKey, Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } };
const namesRole: Statement = { ...usesKey, Principal: { AWS: roleArn } };
const mayAlso = (statement: Statement): Edit =>
    input("rolePolicy", { policy: JSON.stringify({ Statement: [...statementsOf(rights()), statement] }) });
const denies = (statement: Partial<Statement>) => mayAlso({ Effect: "Deny", Resource: "*", ...statement });
const throughNetwork: Edit = input("property", { target: { roleArn, connectionName: "vpc" } });

const registered = (arn: unknown = "arn:aws:s3:::lake/shop", inputs: object = {}): Edit =>
    add("location", { type: "aws:lakeformation/resource:Resource", name: "lake", inputs: { arn, ...inputs } });
const settled: Edit = add("settings", {
    type: "aws:lakeformation/dataLakeSettings:DataLakeSettings",
    name: "settings",
    inputs: { admins: [] },
});
const grants = (inputs: Record<string, Record<string, unknown>>): Edit =>
    all(
        ...Object.entries(inputs).map(([key, grant]) =>
            add(key, {
                type: "aws:lakeformation/permissions:Permissions",
                name: key,
                inputs: { principal: later(roleArn), ...grant },
                from: { principal: ["role"] },
            }),
        ),
    );
const onDatabase = { permissions: ["CREATE_TABLE", "ALTER", "DROP"], database: { name: "shop" } };
const onTables = { permissions: ["ALL"], table: { databaseName: "shop", wildcard: true } };
const onLocation = { permissions: ["DATA_LOCATION_ACCESS"], dataLocation: { arn: "arn:aws:s3:::lake" } };

/** The bucket of the database's location. */
const bucketIn = (region: string): Edit =>
    all(
        add("bucket", {
            type: "aws:s3/bucket:Bucket",
            name: "lake",
            inputs: {},
            outputs: { bucket: later("lake"), region },
        }),
        (stack) =>
            Object.assign(stack.database!, {
                inputs: { name: "shop", locationUri: later("s3://lake/shop/") },
                from: { locationUri: ["bucket"] },
            }),
    );

const OTHER_ACCOUNT = "444455556666";
const elsewhere = tableArn.replace(ACCOUNT, OTHER_ACCOUNT);
/** The table and its integration are of another account than the database. */
const crossAccount: Edit = (stack) => {
    stack.table!.outputs!.arn = later(elsewhere);
    Object.assign(stack.integration!.inputs, {
        account: { accountId: OTHER_ACCOUNT, region: REGION },
        sourceArn: later(elsewhere),
    });
    stack.authorized!.inputs.members = later(catalogMembers({ targetArn: databaseArn, sourceArn: elsewhere }));
};
const creating = (statement: Partial<Statement>) =>
    all(
        crossAccount,
        without("authorized"),
        add(
            "catalog",
            catalogDocument(
                policy({
                    Effect: "Allow",
                    Principal: { AWS: `arn:aws:iam::${OTHER_ACCOUNT}:role/deployer` },
                    Action: "glue:CreateInboundIntegration",
                    Resource: "*",
                    ...statement,
                }),
            ),
        ),
    );

const partitioned = (type: string, format: string): Edit =>
    all(
        input("table", { attributes: [{ name: "at", type }] }),
        input("layout", { partitionBy: [{ field: "at", by: "day", format }] }),
    );

const cases: Record<Exclude<RuleId, keyof typeof warehouseCases | keyof typeof searchCases>, Cases> = {
    "source-point-in-time-recovery": {
        right: {
            "as it should be": nothing,
            "left out of the program, and on": all(
                input("table", { pointInTimeRecovery: undefined }),
                (stack) => (stack.table!.outputs!.pointInTimeRecovery = { enabled: true }),
            ),
        },
        wrong: {
            off: [input("table", { pointInTimeRecovery: { enabled: false } }), /recovery is off.*enabled: true/],
            "left out, while the provider's answer is unknown": [
                all(
                    input("table", { pointInTimeRecovery: undefined }),
                    (stack) => (stack.table!.outputs!.pointInTimeRecovery = later({ enabled: false })),
                ),
                /recovery is off/,
                preview,
            ],
            "of aws-native's integration": [
                all(
                    without("integration"),
                    add("native", nativeIntegration()),
                    input("table", { pointInTimeRecovery: undefined }),
                ),
                /recovery is off/,
            ],
            "tagged, with its integration in another stack": [
                all(unlinked, tagged("table", "source"), input("table", { pointInTimeRecovery: undefined })),
                /recovery is off/,
            ],
            "any table, where all are judged": [
                all(unlinked, input("table", { pointInTimeRecovery: undefined })),
                /recovery is off/,
                { scope: ["all"] },
            ],
        },
        unknown: { "not known yet": [input("table", { pointInTimeRecovery: { enabled: unknown } })] },
        notApplicable: {
            "no source": without("integration"),
            "a table elsewhere": without("table"),
            "a table elsewhere, whose ARN was made from this one's": input("integration", {
                sourceArn: `${tableArn}2`,
            }),
        },
    },
    "source-encryption": {
        right: {
            "as it should be": nothing,
            "a customer's key": input("table", {
                serverSideEncryption: { enabled: true, kmsKeyArn: `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1` },
            }),
        },
        wrong: {
            "the AWS managed key": [input("table", { serverSideEncryption: { enabled: true } }), /aws\/dynamodb/],
            "the AWS managed key, whose ARN the provider fills in": [
                (stack) => {
                    stack.table!.inputs.serverSideEncryption = { enabled: true };
                    stack.table!.outputs!.serverSideEncryption = { enabled: true, kmsKeyArn: "arn:aws:kms:r:a:key/2" };
                },
                /aws\/dynamodb/,
            ],
        },
        unknown: {
            "the key is not known yet": [
                input("table", { serverSideEncryption: { enabled: true, kmsKeyArn: unknown } }),
            ],
        },
        notApplicable: { "no source": without("integration") },
    },
    "source-table-policy": {
        right: {
            "as it should be": nothing,
            "a member of ours": all(without("tablePolicy"), add("member", tableMember)),
            "a member and a document, each with a part": all(
                input("tablePolicy", { policy: policy({ ...exporting, Action: "dynamodb:Describe*" }) }),
                add("member", {
                    ...tableMember,
                    inputs: {
                        ...tableMember.inputs,
                        member: { statement: { ...exporting, Action: "dynamodb:ExportTableToPointInTime" } },
                    },
                }),
            ),
        },
        wrong: {
            "an action is missing": [
                input("tablePolicy", { policy: policy({ ...exporting, Action: ["dynamodb:Describe*"] }) }),
                /lacks dynamodb:ExportTableToPointInTime/,
            ],
            "an action is missing, while ARNs are unknown": [
                input("tablePolicy", { policy: policy({ ...exporting, Action: ["dynamodb:Describe*"] }) }),
                /lacks dynamodb:ExportTableToPointInTime/,
                preview,
            ],
            "no conditions": [
                input("tablePolicy", { policy: policy({ ...exporting, Condition: undefined }) }),
                /conditions on aws:SourceAccount and aws:SourceArn/,
                preview,
            ],
            "another account in the condition, while the table's ARN is unknown": [
                input("tablePolicy", {
                    policy: policy({
                        ...exporting,
                        Condition: { ...exporting.Condition, StringEquals: { "aws:SourceAccount": "999999999999" } },
                    }),
                }),
                /lacks dynamodb:DescribeTable/,
                preview,
            ],
            "no policy": [without("tablePolicy"), /Nothing in this stack writes the table's policy/, preview],
        },
        unknown: {
            "ARNs are not known yet": [nothing, preview],
            "the policy is not known yet": [input("tablePolicy", { policy: unknown })],
        },
        notApplicable: { "no source": without("integration") },
    },
    "target-database-location": {
        right: { "as it should be": nothing },
        wrong: {
            none: [input("database", { locationUri: undefined }), /without a location/],
            "none, while the provider's answer is unknown": [
                all(
                    input("database", { locationUri: undefined }),
                    (stack) => (stack.database!.outputs!.locationUri = later("")),
                ),
                /without a location/,
                preview,
            ],
            "of a resource property alone": [
                all(without("integration"), input("database", { locationUri: "hdfs://x" })),
                /not an S3 location/,
            ],
        },
        unknown: { "not known yet": [input("database", { locationUri: unknown })] },
        notApplicable: { "no target": unlinked },
    },
    "target-database-name": {
        right: { "as it should be": nothing },
        wrong: { "a hyphen": [input("database", { name: "the-shop" }), /"the-shop".*lower-case/] },
        unknown: { "not known yet": [input("database", { name: unknown })] },
        notApplicable: { "no target": unlinked },
    },
    "target-bucket-region": {
        right: { "one Region": bucketIn(REGION) },
        wrong: {
            another: [bucketIn("us-east-1"), /lake is in us-east-1, the database in eu-west-1.*bucket of eu-west-1/],
            "another, while the location is unknown": [bucketIn("us-east-1"), /lake is in us-east-1/, preview],
            "another, by its name alone": [
                all(bucketIn("us-east-1"), (stack) => delete stack.database!.from),
                /lake is in us-east-1/,
            ],
        },
        unknown: { "the Region is not known yet": [bucketIn(unknown)] },
        notApplicable: {
            "the bucket is elsewhere": nothing,
            "another bucket": all(bucketIn("us-east-1"), input("database", { locationUri: "s3://other/shop/" })),
        },
    },
    "target-resource-property": {
        right: {
            "as it should be": nothing,
            "as aws-native has it": all(
                without("property"),
                add("native", {
                    type: "aws-native:glue:IntegrationResourceProperty",
                    name: "shop",
                    inputs: { resourceArn: databaseArn, targetProcessingProperties: { roleArn } },
                }),
            ),
        },
        wrong: {
            none: [without("property"), /No resource property in this stack names a role/, preview],
            "of another database": [input("property", { resourceArn: `${databaseArn}2` }), /No resource property/],
            "without a role": [input("property", { target: undefined, source: { roleArn } }), /No resource property/],
            "none of a database that is tagged": [all(unlinked, tagged("database", "target")), /No resource property/],
        },
        unknown: {
            "of what is not known yet": [
                (stack) => Object.assign(stack.property!, { from: {}, inputs: { resourceArn: unknown } }),
            ],
            "whether it names a role": [
                all(input("property", { target: unknown }), (stack) => delete stack.property!.from),
            ],
        },
        notApplicable: { "the database is elsewhere": without("database"), "no integration": without("integration") },
    },
    "target-role-trust": {
        right: { "as it should be": nothing },
        wrong: {
            "somebody else, too": [
                input("role", {
                    assumeRolePolicy: policy({
                        Effect: "Allow",
                        Principal: { Service: GLUE_SERVICE, AWS: "arn:aws:iam::999999999999:root" },
                        Action: "sts:*",
                    }),
                }),
                /aws:arn:aws:iam::999999999999:root may take the role/,
            ],
            "not Glue": [input("role", { assumeRolePolicy: policy() }), /Glue may not take the role/, preview],
            "tagged, with its property in another stack": [
                all(unlinked, tagged("role", "target"), input("role", { assumeRolePolicy: policy() })),
                /Glue may not/,
            ],
        },
        unknown: { "not known yet": [input("role", { assumeRolePolicy: unknown })] },
        notApplicable: { "no target": unlinked },
    },
    "target-role-permissions": {
        right: {
            "as it should be": nothing,
            "in the role itself": all(
                without("rolePolicy"),
                (stack) =>
                    (stack.role!.outputs!.inlinePolicies = later([{ name: "x", policy: JSON.stringify(rights()) }])),
            ),
            attached: all(
                without("rolePolicy"),
                add("policy", {
                    type: "aws:iam/policy:Policy",
                    name: "rights",
                    inputs: { policy: JSON.stringify(rights()) },
                    outputs: { arn: "arn:aws:iam::111122223333:policy/rights" },
                }),
                add("attachment", attached("arn:aws:iam::111122223333:policy/rights")),
            ),
            "by a policy of AWS that allows everything": all(
                without("rolePolicy"),
                add("attachment", attached("arn:aws:iam::aws:policy/AdministratorAccess")),
            ),
            "on a key of another stack": all(
                input("property", { target: { roleArn, kmsKeyArn: keyArn } }),
                mayAlso({ ...usesKey, Resource: keyArn }),
            ),
            "on a key of the stack": all(encrypted(), mayAlso({ ...usesKey, Resource: keyArn })),
            "through a connection": all(
                throughNetwork,
                mayAlso({ Effect: "Allow", Action: ["ec2:*", "glue:GetConnection"], Resource: "*" }),
            ),
            "under Lake Formation": all(
                registered(),
                mayAlso({ Effect: "Allow", Action: "lakeformation:*", Resource: "*" }),
            ),
            "where Lake Formation has another location": registered("arn:aws:s3:::lake/shop-old"),
            "where only those who opt in are under Lake Formation": registered("arn:aws:s3:::lake", {
                hybridAccessEnabled: true,
            }),
            "a Deny with a condition": denies({
                Action: "s3:*",
                Condition: { Bool: { "aws:SecureTransport": "false" } },
            }),
            "a Deny of a part": denies({ Action: "s3:*", Resource: "arn:aws:s3:::lake/shop/secret/*" }),
            "a Deny of all but the location": denies({
                Action: "s3:*",
                Resource: undefined,
                NotResource: ["arn:aws:s3:::lake", "arn:aws:s3:::lake/shop/*"],
            }),
        },
        wrong: {
            "nothing on the key": [encrypted(), /kms:Decrypt, kms:GenerateDataKey on arn:aws:kms:.*key\/1/],
            "nothing on the key, while ARNs are unknown": [encrypted(), /kms:Decrypt, kms:GenerateDataKey on/, preview],
            "nothing on a key whose policy leaves it to IAM": [
                encrypted(policy(leftToIam)),
                /kms:Decrypt, kms:GenerateDataKey on/,
            ],
            "nothing on the connection": [
                throughNetwork,
                /glue:GetConnection on \S+:catalog, \S+:connection\/vpc; ec2:CreateTags.*ec2:DeleteNetworkInterface/,
                preview,
            ],
            "no data access under Lake Formation": [registered(), /lakeformation:GetDataAccess on \*/, preview],
            "a Deny": [
                denies({ Action: "s3:Delete*", Resource: "arn:aws:s3:::lake/*" }),
                /A Deny keeps the role from s3:DeleteObject on arn:aws:s3:::lake\/shop\/\*/,
            ],
            "a Deny of everything, while ARNs are unknown": [
                denies({ Action: "glue:*" }),
                /A Deny keeps the role from glue:GetDatabase/,
                preview,
            ],
            "a Deny beside a policy that is not known": [
                all(denies({ NotAction: "glue:*", Action: undefined }), add("attachment", attached(unknown))),
                /A Deny keeps the role from s3:ListBucket/,
            ],
            "no policy": [without("rolePolicy"), /s3:ListBucket on arn:aws:s3:::lake;/],
            "an action is missing, while ARNs are unknown": [
                input("rolePolicy", {
                    policy: JSON.stringify(rights()).replace('"s3:DeleteObject"', '"s3:GetObject"'),
                }),
                /s3:DeleteObject on arn:\*:s3:::lake\/shop\/\*/,
                preview,
            ],
            "another database": [
                input("rolePolicy", { policy: JSON.stringify(rights()).replaceAll("database/shop", "database/other") }),
                /glue:GetDatabase on/,
            ],
        },
        unknown: {
            "ARNs are not known yet": [nothing, preview],
            "a policy is not known yet": [input("rolePolicy", { policy: unknown })],
            "the key of another stack, whose policy may name the role": [
                input("property", { target: { roleArn, kmsKeyArn: keyArn } }),
            ],
            "the key's policy names the role": [encrypted(policy(leftToIam, namesRole))],
            "a grant of the key may be for the role": [
                all(
                    encrypted(),
                    add("grant", {
                        type: "aws:kms/grant:Grant",
                        name: "writer",
                        inputs: { keyId: "1", granteePrincipal: roleArn, operations: ["Decrypt", "GenerateDataKey"] },
                    }),
                ),
            ],
            "the key's policy is not known yet": [
                all(
                    encrypted(),
                    add("keyPolicy", {
                        type: "aws:kms/keyPolicy:KeyPolicy",
                        name: "files",
                        inputs: { keyId: "1", policy: unknown },
                    }),
                ),
            ],
            "whether there is a key is not known yet": [input("property", { target: { roleArn, kmsKeyArn: unknown } })],
            "the location under Lake Formation is not known yet": [registered(unknown)],
            "a policy of AWS is attached, and what is declared is not enough": [
                all(without("rolePolicy"), add("attachment", attached("arn:aws:iam::aws:policy/service-role/Any"))),
            ],
        },
        notApplicable: { "no target": unlinked },
    },
    "target-role-grants": {
        right: {
            "as the component has it": all(registered(), grants({ onDatabase, onTables, onLocation })),
            "by another's grants to everybody": all(
                registered(),
                grants({
                    onDatabase: { ...onDatabase, principal: "IAM_ALLOWED_PRINCIPALS" },
                    onTables: { ...onTables, principal: `${ACCOUNT}:IAMPrincipals` },
                    onLocation,
                }),
            ),
            "another location": registered("arn:aws:s3:::lake/shop-old"),
        },
        wrong: {
            none: [registered(), /Grant it DATA_LOCATION_ACCESS on location s3:\/\/lake\/shop/, preview],
            "none, where a database is closed to whomever IAM allows": [
                all(registered(), settled),
                /DATA_LOCATION_ACCESS on .*; CREATE_TABLE, ALTER, DROP on database shop; ALTER, DROP on the tables/,
            ],
            "on another location": [
                all(
                    registered(),
                    grants({ onLocation: { ...onLocation, dataLocation: { arn: "arn:aws:s3:::lake/sho" } } }),
                ),
                /DATA_LOCATION_ACCESS/,
            ],
            "on another database": [
                all(
                    registered(),
                    settled,
                    grants({ onLocation, onTables, onDatabase: { ...onDatabase, database: { name: "shop2" } } }),
                ),
                /Grant it CREATE_TABLE, ALTER, DROP on database shop\./,
            ],
            "to another": [
                all(registered(), grants({ onLocation: { ...onLocation, principal: `${roleArn}2` } })),
                /DATA_LOCATION_ACCESS/,
            ],
        },
        unknown: {
            "whether the account's databases are open": [all(registered(), grants({ onLocation }))],
            "the location is not known yet": [registered(unknown)],
            "whom a grant is to is not known yet": [
                all(registered(), grants({ onLocation: { ...onLocation, principal: unknown } }), (stack) => {
                    stack.onLocation!.from = {};
                }),
            ],
            "a grant is by tags": [
                all(
                    registered(),
                    settled,
                    grants({ onLocation, byTags: { permissions: ["ALL"], lfTagPolicy: { resourceType: "DATABASE" } } }),
                ),
            ],
            "the database is elsewhere": [all(without("database"), registered())],
        },
        notApplicable: { "Lake Formation governs nothing": nothing, "no target": all(unlinked, registered()) },
    },
    "target-role-writes": {
        right: {
            "as it should be": nothing,
            "a part of the prefix": writes("arn:aws:s3:::lake/shop/orders/*"),
            "the bucket itself, which is no object": input("rolePolicy", {
                policy: policy({
                    Effect: "Allow",
                    Action: "s3:*",
                    Resource: ["arn:aws:s3:::lake", "arn:aws:s3:::lake/shop/*"],
                }),
            }),
        },
        wrong: {
            "the whole bucket": [writes("arn:aws:s3:::lake/*"), /may write to lake\/\*.*lake\/shop\/\* alone/],
            "a prefix that begins alike": [writes("arn:aws:s3:::lake/shop-old/*"), /lake\/shop-old/, preview],
            "a bucket that ends alike": [writes("arn:aws:s3:::old-lake/shop/*"), /old-lake/],
            everything: [writes("*"), /may write to \* in S3/],
            "every bucket, while the location is unknown": [
                all(writes("arn:aws:s3:::*/shop/*"), input("database", { locationUri: unknown })),
                /may write to \*\/shop/,
            ],
            "by a policy of AWS": [
                add("attachment", attached("arn:aws:iam::aws:policy/AmazonS3FullAccess")),
                /may write to \* in S3/,
            ],
        },
        unknown: {
            "the location is not known yet": [input("database", { locationUri: unknown })],
            "a policy of AWS that nobody has read": [
                add("attachment", attached("arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole")),
            ],
        },
        notApplicable: { "no target": unlinked },
    },
    "target-role-arn": {
        right: { "as it should be": nothing },
        wrong: {
            "too long": [
                input("property", { target: { roleArn: `arn:aws:iam::${ACCOUNT}:role/${"long/".repeat(20)}w` } }),
                /AWS takes 128/,
            ],
            "too long, by its path alone": [
                input("role", { path: `/${"long/".repeat(20)}` }),
                /AWS takes 128/,
                preview,
            ],
        },
        unknown: {
            "neither ARN nor name known yet": [
                all(input("property", { target: { roleArn: unknown } }), input("role", { name: unknown })),
            ],
        },
        notApplicable: { "no resource property": without("property") },
    },
    "source-authorized": {
        right: {
            "as it should be": nothing,
            "by a whole document": all(without("authorized"), add("catalog", catalogDocument(authorizing(tableArn)))),
        },
        wrong: {
            "nothing authorises it": [without("authorized"), /Nothing in this stack authorises/, preview],
            "another source": [
                all(
                    without("authorized"),
                    add("catalog", catalogDocument(authorizing(tableArn.replace("orders", "customers")))),
                ),
                /No statement/,
                preview,
            ],
        },
        unknown: {
            "ARNs are not known yet": [nothing, preview],
            "it may be authorised": [
                all(without("authorized"), add("catalog", catalogDocument(authorizing(tableArn)))),
                preview,
            ],
            "a member is not known yet": [input("authorized", { members: unknown })],
        },
        notApplicable: { "the database is elsewhere": without("database"), "no integration": without("integration") },
    },
    "creation-allowed": {
        right: {
            "by a member of ours": crossAccount,
            "a role, of the account": creating({ Condition: { StringLike: { "aws:SourceArn": `${elsewhere}*` } } }),
            "the account by its id": creating({ Principal: { AWS: OTHER_ACCOUNT } }),
        },
        wrong: {
            "glue alone": [
                all(crossAccount, without("authorized"), add("catalog", catalogDocument(authorizing(elsewhere)))),
                /lets account 444455556666 create an integration/,
                preview,
            ],
            "another account": [
                creating({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } }),
                /444455556666/,
                preview,
            ],
            "another source": [creating({ Condition: { ArnLike: { "aws:SourceArn": tableArn } } }), /444455556666/],
            "another database": [creating({ Resource: `${databaseArn}2` }), /444455556666/],
        },
        unknown: {
            "ARNs are not known yet": [creating({}), preview],
            "a member is not known yet": [all(crossAccount, input("authorized", { members: unknown }))],
            "whose account it is, is not known yet": [
                all(creating({ Action: "glue:GetTable" }), input("integration", { account: unknown })),
                preview,
            ],
        },
        notApplicable: {
            "one account": nothing,
            "the catalog's policy is elsewhere": all(crossAccount, without("authorized")),
            "the database is elsewhere": all(crossAccount, without("database")),
            "no ARN, which another rule tells": input("integration", { sourceArn: "orders" }),
        },
    },
    "catalog-policy-principals": {
        right: {
            "as it should be": nothing,
            "everybody of an organisation": add(
                "catalog",
                catalogDocument(
                    policy({
                        ...inbound,
                        Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } },
                    }),
                ),
            ),
        },
        wrong: {
            everybody: [
                add("catalog", catalogDocument(policy(inbound))),
                /Everybody may glue:AuthorizeInboundIntegration.*\n.*Everybody may glue:CreateInboundIntegration/,
                preview,
            ],
        },
        unknown: { "the policy is not known yet": [add("catalog", catalogDocument(unknown))] },
        notApplicable: { "no policy of a catalog": without("authorized") },
    },
    "same-region": {
        right: { "as it should be": nothing },
        wrong: {
            "by the ARNs": [
                input("integration", { targetArn: databaseArn.replace("eu-west-1", "us-east-1") }),
                /us-east-1.*global table/,
            ],
            "by the Regions, while ARNs are unknown": [
                (stack) => (stack.database!.outputs!.region = "us-east-1"),
                /us-east-1.*global table/,
                preview,
            ],
        },
        unknown: { "the Region is not known yet": [(stack) => (stack.database!.outputs!.region = unknown), preview] },
        notApplicable: { "no integration": without("integration") },
    },
    "integration-limits": {
        right: {
            "as it should be": nothing,
            "what AWS advises against": input("integration", { continuousSync: false }),
            "as aws-native has it": add("native", nativeIntegration({ refreshInterval: "8640" })),
            "in another Region, which another rule tells": input("integration", {
                targetArn: databaseArn.replace("eu-west-1", "us-east-1"),
            }),
        },
        wrong: {
            "an interval that is too short": [
                input("integration", { refreshInterval: "5 minutes" }),
                /6 days/,
                preview,
            ],
            "an interval of aws-native": [
                all(without("integration"), add("native", nativeIntegration({ refreshInterval: "14" }))),
                /"14 minutes" is out of range/,
            ],
            "a long name": [input("integration", { integrationName: "x".repeat(129) }), /1 to 128/],
            "a filter": [input("integration", { dataFilter: "include: *" }), /as a whole/],
        },
        unknown: {
            "ARNs are not known yet": [nothing, preview],
            "a tag is not known yet": [input("integration", { tags: { team: unknown } })],
        },
        notApplicable: { "no integration": without("integration") },
    },
    "table-layout-limits": {
        right: {
            "as it should be": nothing,
            "a number as seconds": partitioned("N", "epoch_sec"),
            "text as a date": partitioned("S", "iso"),
            "text of digits as seconds": partitioned("S", "epoch_sec"),
            "a table elsewhere": all(partitioned("N", "iso"), without("table")),
        },
        wrong: {
            "a number as a date": [
                partitioned("N", "iso"),
                /"at" is a number.* as iso.*epoch_sec or epoch_milli/,
                preview,
            ],
            "bytes as seconds": [partitioned("B", "epoch_sec"), /"at" is binary.* as epoch_sec/],
            "a time function without a format": [
                input("layout", { partitionBy: [{ field: "at", by: "day" }], targetTableName: unknown }),
                /partitionBy\[0\]\.format/,
            ],
            "a name with a hyphen": [input("layout", { targetTableName: "the-orders" }), /lower-case/],
        },
        unknown: {
            "the name is not known yet": [input("layout", { targetTableName: unknown })],
            "the source is not known yet": [input("layout", { sourceTableName: unknown })],
        },
        notApplicable: { "no table properties": without("layout") },
    },
    "policy-size": {
        right: {
            "as it should be": nothing,
            "19 KB in a table's policy": input("tablePolicy", { policy: policy().padEnd(19_000) }),
        },
        wrong: {
            "a table's policy of 21 KB": [input("tablePolicy", { policy: policy().padEnd(21_000) }), /takes 20480/],
            "a catalog's policy of 11 KB": [add("catalog", catalogDocument(policy().padEnd(11_000))), /takes 10240/],
            "members that are too many together": [
                (stack) =>
                    Array.from({ length: 200 }, (_, i) => {
                        const member = structuredClone({ members: membersFor(`${tableArn}${i}`) });
                        stack[`member${i}`] = {
                            ...stack.authorized!,
                            name: `member${i}`,
                            inputs: { ...stack.authorized!.inputs, ...member },
                        };
                    }),
                /takes 10240/,
            ],
        },
        unknown: {
            "a policy is not known yet": [input("tablePolicy", { policy: unknown })],
            "a member is not known yet": [input("authorized", { members: unknown })],
        },
        notApplicable: { "no policy": without("tablePolicy", "authorized") },
    },
    "one-policy-owner": {
        right: {
            "the document of another table": add("member", {
                ...tableMember,
                inputs: { ...tableMember.inputs, tableArn: `${tableArn}2` },
                from: {},
            }),
            "the catalog of another Region": (stack) => {
                stack.catalog = catalogDocument(policy());
                stack.catalog.outputs = { region: "us-east-1" };
            },
            "the catalog of another account": (stack) => {
                stack.catalog = { ...catalogDocument(policy()), provider: "urn:other" };
                stack.elsewhere = {
                    type: "aws:s3/bucket:Bucket",
                    name: "elsewhere",
                    inputs: {},
                    outputs: { arn: "arn:aws:dynamodb:eu-west-1:999999999999:table/x" },
                    provider: "urn:other",
                };
            },
        },
        wrong: {
            "a catalog": [add("catalog", catalogDocument(policy())), /overwrites orders-authorized/, preview],
            "a table": [add("member", tableMember), /overwrites orders-member/, preview],
        },
        unknown: {
            "whose account it is, is not known yet": [
                add("catalog", { ...catalogDocument(policy()), provider: "urn:other" }),
                preview,
            ],
        },
        notApplicable: { "no members": all(without("authorized"), add("catalog", catalogDocument(policy()))) },
    },
    "one-resource-property": {
        right: { "as it should be": nothing },
        wrong: { two: [again("property"), /shop is the property of the same resource already/, preview] },
        unknown: {
            "of what is not known yet": [
                (stack) => Object.assign(stack.property!, { from: {}, inputs: { resourceArn: unknown } }),
            ],
        },
        notApplicable: { none: without("property") },
    },
    "one-table-layout": {
        right: { "as it should be": nothing },
        wrong: { two: [again("layout"), /orders-table is the record of the same table and target/, preview] },
        unknown: { "of what is not known yet": [input("layout", { sourceTableName: unknown })] },
        notApplicable: { none: without("layout") },
    },
    "one-integration-per-name": {
        right: {
            "as it should be": nothing,
            "the same in another Region": (stack) => {
                again("integration")(stack);
                const { inputs } = stack.integration2!;
                stack.integration2!.inputs = { ...inputs, account: { accountId: ACCOUNT, region: "us-east-1" } };
            },
        },
        wrong: { two: [again("integration"), /orders is an integration of the same name already/, preview] },
        unknown: {
            "the name is not known yet": [input("integration", { integrationName: unknown })],
            "the account is not known yet": [input("integration", { account: {} })],
        },
        notApplicable: { none: without("integration") },
    },
    advice: {
        right: {
            "as it should be": nothing,
            "what another rule refuses": input("integration", { refreshInterval: "7 days" }),
        },
        wrong: {
            "an interval of days": [input("integration", { refreshInterval: "6 days" }), /6 or 7 exports/, preview],
            "an interval of days in aws-native": [
                add("native", nativeIntegration({ refreshInterval: "1440" })),
                /1 or 2 exports/,
            ],
            "a snapshot of a table": [input("integration", { continuousSync: false }), /only in a notice/],
            "two parts of a time": [
                input("layout", {
                    partitionBy: [
                        { field: "at", by: "day", format: "iso" },
                        { field: "at", by: "hour", format: "iso" },
                    ],
                }),
                /AWS advises one/,
                preview,
            ],
        },
        unknown: {
            "the interval is not known yet": [input("integration", { refreshInterval: unknown })],
            "whether a table is loaded once": [input("integration", { continuousSync: false }), preview],
            "the partition keys are not known yet": [input("layout", { partitionBy: unknown })],
        },
        notApplicable: { "no integration": without("integration", "layout") },
    },
    "one-integration-per-pair": {
        right: { "as it should be": nothing },
        wrong: {
            two: [again("integration"), /orders is an integration of the same source and target already/, preview],
            "one of aws-native": [add("native", nativeIntegration()), /orders-native is an integration of the same/],
        },
        unknown: {
            "of what is not known yet": [(stack) => Object.assign(stack.integration!, { from: {} }), preview],
        },
        notApplicable: { none: without("integration") },
    },
};

function membersFor(sourceArn: string) {
    return [
        {
            statement: { Sid: "Sources", Effect: "Allow" },
            list: ["Condition", "StringEquals", "aws:SourceArn"],
            value: sourceArn,
        },
    ];
}

describeRules("a table in a lakehouse", cases, shop);

describe("the scope", () => {
    const judged = (id: RuleId, view: View) => {
        const stack = shop();
        unlinked(stack);
        return ask(id, stack, view).length;
    };

    it("all means all tables and databases, but no roles, which have other uses", () => {
        assert.equal(judged("source-encryption", { scope: ["all"] }), 1);
        assert.equal(judged("target-database-name", { scope: ["all"] }), 1);
        assert.equal(judged("target-role-trust", { scope: ["all"] }), 0);
    });
});
