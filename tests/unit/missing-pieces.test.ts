import * as assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { explain, listOf, statementsOf, type PolicyDocument, type Statement } from "../../sdk/requirements";
import { glueIntegration } from "../../sdk/runtime";
import { startSimulator, type Simulator } from "../../simulator";

import { Link, OTHER_REGION, type Pieces } from "./link";
import { rejection } from "./runtime/bank-online";

/** A document without an action. */
function without(document: PolicyDocument, action: string): PolicyDocument {
    const statements = statementsOf(document)
        .map((statement) => ({ ...statement, Action: listOf(statement.Action).filter((each) => each !== action) }))
        .filter(({ Action }) => Action.length > 0);
    return { ...document, Statement: statements };
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    for (let attempt = 0; attempt < 100; attempt++) {
        const found = await look();
        if (found !== undefined) {
            return found;
        }
        await sleep(200);
    }
    throw new Error(`Not within 20 seconds: ${what}`);
}

/** Edits our statement in the table's policy. */
const exportStatement = (change: (statement: Statement) => Partial<Statement>) => (pieces: Pieces) => {
    const [{ statement }] = pieces.tablePolicy as [Pieces["tablePolicy"][number]];
    pieces.tablePolicy = [{ statement: { ...statement, ...change(statement) } }];
};

const sourceCondition = (key: string, edit: (value: string) => string) =>
    exportStatement(({ Condition }) => ({
        Condition: Object.fromEntries(
            Object.entries(Condition!).map(([operator, keys]) => [
                operator,
                Object.fromEntries(
                    Object.entries(keys).map(([name, value]) => [name, name === key ? edit(value as string) : value]),
                ),
            ]),
        ),
    }));

/** What AWS tells of a missing piece: in answer to the call, when it sets the integration up, or when it loads. */
type When = "at the call" | "at set-up" | "at the load";

interface Case {
    piece: string;
    when: When;
    /** Takes the piece away; with `afterwards`, once AWS has accepted the integration. */
    take: (pieces: Pieces, link: Link) => void;
    afterwards?: true;
    /** AWS's code and text. */
    says: RegExp;
    /** The cause and the next step in our words. */
    explains: RegExp;
    crossAccount?: true;
    /** What the check of the inputs says already. */
    check?: RegExp;
}

const DENY = { Effect: "Deny", Principal: "*", Resource: "*" } as const;
const EXPORT_ACTIONS = ["DescribeTable", "DescribeExport", "ExportTableToPointInTime"];
const EXPORT =
    /The source table's policy does not let AWS export it\. Allow glue\.amazonaws\.com .* the three export actions/;
const AUTHORIZE = /catalog's policy in the target's account does not accept this source\. Allow glue\.amazonaws\.com/;
const NOT_EXPORTED = /AccessDeniedException: User: glue\.amazonaws\.com is not authorized to perform: dynamodb:/;
const NOT_AUTHORIZED = /AccessDeniedException: .* perform: glue:AuthorizeInboundIntegration on resource: arn:/;
const NO_STORAGE =
    /AccessDeniedException: .*assumed-role\/lakehouse\/\S+ is not .* s3:PutObject on resource: arn:aws:s3/;
const ASSUME = /AccessDeniedException: .*glue\.amazonaws\.com .* sts:AssumeRole on resource: .*role\/lakehouse/;

// prettier-ignore
const cases: Case[] = [
    // The source.
    { piece: "point-in-time recovery", when: "at set-up", take: (p) => (p.table!.pointInTimeRecovery = false), says: /PointInTimeRecoveryUnavailableException: .*Customers/, explains: /Point-in-time recovery of the source table is off\. Turn it on/ },
    { piece: "another key than aws/dynamodb", when: "at set-up", take: (p) => (p.table!.encryption = { Enabled: true, SSEType: "KMS" }), says: /InvalidInputException: .*AWS managed key/, explains: /aws\/dynamodb, which zero-ETL cannot use\. Encrypt the table with/ },
    { piece: "the table, deleted meanwhile", when: "at the load", take: (p) => (p.table = undefined), afterwards: true, says: /ResourceNotFoundException: Source table not found: .*Customers/, explains: /The source table does not exist\. Create it again, or/ },
    { piece: "a table policy", when: "at set-up", take: (p) => (p.tablePolicy = []), says: NOT_EXPORTED, explains: EXPORT },
    ...EXPORT_ACTIONS.map((action): Case => (
        { piece: `dynamodb:${action} in the table policy`, when: "at set-up", take: exportStatement(({ Action }) => ({ Action: listOf(Action).filter((each) => each !== `dynamodb:${action}`) })), says: new RegExp(`${NOT_EXPORTED.source}${action} on`), explains: EXPORT }
    )),
    { piece: "the right account in aws:SourceAccount", when: "at set-up", take: sourceCondition("aws:SourceAccount", () => "999999999999"), says: NOT_EXPORTED, explains: EXPORT },
    { piece: "the right pattern in aws:SourceArn", when: "at set-up", take: sourceCondition("aws:SourceArn", (arn) => arn.replace("integration:*", "integration/*")), says: NOT_EXPORTED, explains: EXPORT },
    { piece: "the right service in the table policy", when: "at set-up", take: exportStatement(() => ({ Principal: { Service: "redshift.amazonaws.com" } })), says: NOT_EXPORTED, explains: EXPORT },
    { piece: "peace from another's Deny in the table policy", when: "at set-up", take: (p) => p.tablePolicy.push({ statement: { ...DENY, Sid: "Another", Action: "dynamodb:ExportTableToPointInTime" } }), says: /dynamodb:ExportTableToPointInTime on .* with an explicit deny in a resource-based policy/, explains: /effect Deny forbids it.*Find it in a policy of the kind/ },

    // The catalog's policy.
    { piece: "a catalog policy", when: "at set-up", take: (p) => (p.catalogPolicy = []), says: NOT_AUTHORIZED, explains: AUTHORIZE },
    { piece: "the authorize statement", when: "at set-up", crossAccount: true, take: (p) => p.catalogPolicy.shift(), says: NOT_AUTHORIZED, explains: AUTHORIZE },
    { piece: "the source in the authorize statement", when: "at set-up", take: (p) => (p.catalogPolicy[0]!.value += "2"), says: NOT_AUTHORIZED, explains: AUTHORIZE },
    { piece: "the database in the authorize statement", when: "at set-up", take: (p, l) => (p.catalogPolicy[0]!.statement = { ...p.catalogPolicy[0]!.statement, Resource: [l.databaseArn("bank").replace("database/bank", "catalog"), l.databaseArn("shop")] }), says: /AuthorizeInboundIntegration on resource: .*database\/bank/, explains: AUTHORIZE },
    { piece: "peace from another's Deny in the catalog policy", when: "at set-up", take: (p, l) => p.catalogPolicy.push({ statement: { ...DENY, Sid: "Another", Action: "glue:AuthorizeInboundIntegration", Resource: l.databaseArn("bank") } }), says: /glue:AuthorizeInboundIntegration on .* with an explicit deny/, explains: /effect Deny forbids it/ },
    { piece: "the create statement for another account", when: "at the call", crossAccount: true, take: (p) => p.catalogPolicy.pop(), says: /AccessDeniedException: User: .* perform: glue:CreateInboundIntegration on resource: .*because no resource-based policy/, explains: /The caller may not point an integration at this target\. .*lakehouse\.accept\(\)/ },

    // The database and its bucket.
    { piece: "the database", when: "at the call", take: (p) => { p.database = undefined; p.resourceProperty = false; }, says: /EntityNotFoundException: Target Glue database not found: bank/, explains: /The target database does not exist\. Create it/ },
    { piece: "the database, deleted meanwhile", when: "at the load", take: (p) => { p.database = undefined; p.resourceProperty = false; }, afterwards: true, says: /EntityNotFoundException: Target Glue database not found: bank/, explains: /The target database does not exist\. Create it/ },
    { piece: "a name without a hyphen", when: "at the call", take: (p, l) => { p.database!.name = "my-bank"; p.catalogPolicy[0]!.statement.Resource = [l.databaseArn("bank").replace("database/bank", "catalog"), l.databaseArn("my-bank")]; }, says: /InvalidInputException: .*"my-bank" contains invalid characters/, explains: /Use lower-case letters, digits and underscores/, check: /targetArn: "my-bank" is not a name that AWS takes/ },
    { piece: "a location of the database", when: "at set-up", take: (p) => (p.database!.locationUri = undefined), says: /InvalidInputException: .*bank has no Amazon S3 LocationUri/, explains: /has no location.*Set its locationUri to s3:\/\/bucket\/prefix\// },
    { piece: "the bucket", when: "at set-up", take: (p) => (p.bucketRegion = undefined), says: /NoSuchBucket: Bucket lake-\d+/, explains: /bucket of the target database's location does not exist\. Create it/ },
    { piece: "a bucket of this Region", when: "at set-up", take: (p) => (p.bucketRegion = OTHER_REGION), says: new RegExp(`InvalidInputException: Bucket lake-\\d+ is in ${OTHER_REGION}`), explains: /is in another Region\. Give the database a location in a bucket of its own Region/ },

    // The target's property and role.
    { piece: "the resource property", when: "at set-up", take: (p) => (p.resourceProperty = false), says: /UNRECOVERABLE_ACCESS_DENIED: .*database\/bank/, explains: /no resource property with a role.*See that the property exists/ },
    { piece: "the role", when: "at set-up", take: (p) => (p.role = undefined), says: ASSUME, explains: /Glue may not take the target role: the role is gone, or does not trust Glue\. See that the role/ },
    { piece: "the role's trust in Glue", when: "at set-up", take: (p) => (p.role!.trust = JSON.parse(JSON.stringify(p.role!.trust).replace("glue.", "lambda."))), says: ASSUME, explains: /Glue may not take the target role.*its trust policy allows glue\.amazonaws\.com/ },
    { piece: "the right prefix in the role's policy", when: "at set-up", take: (p, l) => (p.role!.policy = l.rolePolicy({ prefix: "elsewhere" })), says: NO_STORAGE, explains: /The target role lacks the permission that the message names\. Allow it/ },
    { piece: "Lake Formation's grants", when: "at set-up", take: (p) => { p.governed = true; p.grants = false; }, says: /AccessDeniedException: Insufficient lake formation permissions .* lacks CREATE_TABLE/, explains: /Lake Formation governs the target, and the target role lacks grants there\. .*DATA_LOCATION_ACCESS/ },
    { piece: "a usable key of the integration's own", when: "at the call", take: (p) => (p.ownKey = "disabled"), says: /KMSKeyNotAccessibleFault: .*Disabled/, explains: /key cannot be used: .*See that the key is symmetric and enabled/ },

    // What is in the table.
    { piece: "the column that partitions the table", when: "at the load", take: (p) => (p.partitionBy = [{ field: "Nowhere", by: "identity" }]), says: /client_error: Partition column "Nowhere" doesn't exist/, explains: /No item has the attribute.*Correct partitionBy/ },
    { piece: "a value in the partition's format", when: "at the load", take: (p) => { p.partitionBy = [{ field: "Opened", by: "month", format: "iso" }]; p.items[0]!.Opened = { S: "soon" }; }, says: /client_error: .*"Opened" has the value "soon".* as iso/, explains: /An item's value does not fit.*Correct the item, or the format in partitionBy/ },
    { piece: "room in 1,000 columns", when: "at the load", take: (p) => p.items.push({ Id: { S: "wide" }, ...Object.fromEntries(Array.from({ length: 999 }, (_, i) => [`a${i}`, { S: "x" }])) }), says: /client_error: The table has 1001 columns; at most 1000/, explains: /more attributes than AWS takes as columns.*Set unnest/ },
    { piece: "names without a colon", when: "at the load", take: (p) => p.items.push({ Id: { S: "c2" }, "a:b": { S: "x" } }), says: /client_error: Column name "a:b"/, explains: /An attribute's name has a colon.*Rename the attribute/ },

    ...[
        "s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject",
        "glue:GetDatabase", "glue:CreateTable", "glue:GetTable", "glue:GetTables", "glue:DeleteTable", "glue:UpdateTable", "glue:GetTableVersion", "glue:GetTableVersions", "glue:GetResourcePolicy",
        "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents",
        "cloudwatch:PutMetricData",
        "kms:Decrypt", "kms:GenerateDataKey",
        "lakeformation:GetDataAccess",
    ].map((action): Case => (
        { piece: `the role's ${action}`, when: "at set-up", take: (p) => { p.role!.policy = without(p.role!.policy, action); p.encrypted = action.startsWith("kms"); p.governed = action.startsWith("lake"); }, says: new RegExp(`assumed-role/lakehouse/\\S+ is not authorized to perform: ${action} on`), explains: /(lacks the permission that the message names|may not ask it for access).*AWS goes on by itself/ }
    )),
];

/** AWS's pages do not name them; roles in the field needed them. */
const NOT_NEEDED = ["kms:Encrypt", "kms:ReEncrypt*", "kms:DescribeKey"];

type Created = Awaited<ReturnType<typeof glueIntegration.create>>;

describe("An integration with a piece missing", function () {
    this.timeout(40_000);

    const environment = { ...process.env };
    const folder = mkdtempSync(path.join(tmpdir(), "zero-etl-"));
    const accountsOf = (i: number, crossAccount = false) => {
        const source = String(300_000_000_000 + i);
        return { source, target: crossAccount ? String(400_000_000_000 + i) : source };
    };
    let simulator: Simulator;
    let unneeded: Promise<void>;
    let runs: Promise<void>[];

    before(async () => {
        simulator = await startSimulator({ speed: 600 });
        const accounts = [...cases.map((each, i) => accountsOf(i, each.crossAccount)), accountsOf(cases.length)];
        const profiles = accounts
            .flatMap(({ source, target }) => [source, target])
            .map((account) => `[${account}]\naws_access_key_id = ${account}\naws_secret_access_key = simulated\n`);
        const credentials = path.join(folder, "credentials");
        writeFileSync(credentials, profiles.join(""));
        Object.assign(process.env, simulator.environment, {
            AWS_SHARED_CREDENTIALS_FILE: credentials,
            ZERO_ETL_POLL_SECONDS: "0.2",
        });
        runs = cases.map((each, i) => run(each, accountsOf(i, each.crossAccount)));
        unneeded = runWithout(NOT_NEEDED, accountsOf(cases.length));
        // Each test looks at its own; until then nobody does.
        [...runs, unneeded].forEach((each) => each.catch(() => undefined));
    });
    after(async () => {
        await Promise.allSettled([...runs, unneeded]);
        process.env = environment;
        rmSync(folder, { recursive: true });
        await simulator.stop();
    });

    cases.forEach(({ piece, when }, i) => {
        it(`${piece}: ${when} the error names cause and next step, and one integration is healthy after the fix`, () =>
            runs[i]);
    });

    it(`${NOT_NEEDED.join(", ")}: granted, though AWS asks for less`, () => unneeded);

    async function run(expected: Case, accounts: { source: string; target: string }): Promise<void> {
        const { take, afterwards, when, says, explains } = expected;
        const link = await Link.make(simulator.endpoint, accounts, afterwards ? () => undefined : take);
        // What is taken away after the first load shows with the next.
        link.refreshInterval = afterwards ? "15 minutes" : link.refreshInterval;
        const { failures } = await link.integration();
        assert.match(failures.map(({ property, reason }) => `${property}: ${reason}`).join(), expected.check ?? /^$/);

        const report = await reportOf(expected, link);
        assert.match(report.message, /^GlueIntegration "customers": /);
        assert.match(report.message, says);
        assert.match(report.message, explains);
        assert.equal((await link.integrations()).length, when === "at the call" ? 0 : 1);

        await link.change();
        const { id, outs } = await heal(report, link);
        await arrival(link);
        const healthy = await until("it is active", async () => {
            const { props } = await glueIntegration.read(id, outs);
            return props!.status === "ACTIVE" ? props : undefined;
        });
        assert.deepEqual(healthy.integrationErrors, []);
        assert.equal((await glueIntegration.diff(id, healthy, outs)).changes, false);
        assert.deepEqual(
            (await link.integrations()).map(({ IntegrationArn }) => IntegrationArn),
            [id],
        );
    }

    /** What a person is told: by the create, or by the update after a refresh has found trouble. */
    async function reportOf({ when, take, afterwards }: Case, link: Link) {
        const { inputs } = await link.integration();
        if (when === "at the call") {
            const refusal = await rejection(glueIntegration.create(inputs));
            assert.equal(refusal.id, undefined);
            return refusal;
        }
        const failed = when === "at set-up" ? await rejection(glueIntegration.create(inputs)) : await later();
        const { status, integrationErrors, __provider } = failed.properties as unknown as Created["outs"];
        assert.match(status, /^(NEEDS_ATTENTION|FAILED)$/);
        assert.equal(__provider, "shim");
        for (const { code, message } of integrationErrors) {
            assert.ok(explain(code, message), `nobody knows what to do about ${code}: ${message}`);
        }
        return failed;

        async function later() {
            const { id, outs } = await glueIntegration.create(inputs);
            if (afterwards) {
                await link.change(take);
            }
            const state = await until("AWS tells of the trouble", async () => {
                const { props } = await glueIntegration.read(id, outs);
                return /^(NEEDS_ATTENTION|FAILED)$/.test(props!.status) ? props : undefined;
            });
            assert.equal((await glueIntegration.diff(id, state, inputs)).changes, true);
            return rejection(glueIntegration.update(id, state, inputs));
        }
    }

    /** What the engine does with the next update: create, update in place, or replace what is FAILED. */
    async function heal({ id, properties }: Awaited<ReturnType<typeof rejection>>, link: Link): Promise<Created> {
        const { inputs, failures } = await link.integration({ patient: true });
        assert.deepEqual(failures, []);
        if (id === undefined) {
            return glueIntegration.create(inputs);
        }
        const state = properties as never;
        const { changes, replaces } = await glueIntegration.diff(id, state, inputs);
        assert.equal(changes, true);
        if (properties!.status === "FAILED") {
            assert.deepEqual(replaces, ["status"]);
            await glueIntegration.delete(id, state);
            return glueIntegration.create(inputs);
        }
        assert.deepEqual(replaces, []);
        return { id, ...(await glueIntegration.update(id, state, inputs)) };
    }

    async function arrival(link: Link): Promise<void> {
        await until("the rows have arrived", async () => (await link.hasArrived()) || undefined);
    }

    async function runWithout(actions: string[], accounts: { source: string; target: string }): Promise<void> {
        const link = await Link.make(simulator.endpoint, accounts, (pieces) => {
            const { policy } = pieces.role!;
            const granted = statementsOf(policy).flatMap(({ Action }) => listOf(Action));
            assert.deepEqual(
                actions.filter((action) => !granted.includes(action)),
                [],
            );
            pieces.role!.policy = actions.reduce(without, policy);
            pieces.encrypted = true;
        });
        assert.equal((await glueIntegration.create((await link.integration()).inputs)).outs.status, "ACTIVE");
        await arrival(link);
    }
});
