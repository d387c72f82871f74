import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { integrationKeyStatements } from "../../sdk/requirements";
import { findEngine, type Engine } from "../../simulator/engine/engine";
import { packageRoot } from "../../simulator/engine/install";
import {
    Stack,
    temporaryProject,
    type CommandOptions,
    type StateResource,
    type TemporaryProject,
} from "../../simulator/engine/stack";
import { readRows } from "../../simulator/lakehouse/iceberg";
import { startSimulator, type Simulator } from "../../simulator/local";
import { findLakehouseTable } from "../../simulator/services/glue/state";
import { minutes } from "../../simulator/world/clock";
import type { RequestRecord } from "../../simulator/world/requests";
import type { World } from "../../simulator/world/world";

export const ACCOUNT = "123456789012";
export const OTHER_ACCOUNT = "210987654321";
export const REGION = "eu-west-1";

/** Whose stack it is, and where. */
export interface Place {
    account?: string;
    region?: string;
}

/** The contents of a project's files, by their paths. */
type ProjectFiles = Record<string, string>;

export interface LabStackOptions extends Place {
    /** @default "dev" */
    name?: string;
    env?: Record<string, string>;
}

/** How statements get into a warehouse. */
export type WarehouseDoor = { WorkgroupName: string } | { ClusterIdentifier: string };

const SALES = { WorkgroupName: "sales" };

export type Row = Record<string, unknown>;

/** A world, ten minutes of which pass in a second, and the real engine: what the stacks of a suite share. */
export class Lab {
    private readonly projects = new Map<string | ProjectFiles, Promise<TemporaryProject>>();

    private constructor(
        readonly simulator: Simulator,
        private readonly engine: Engine,
        readonly folder: string,
    ) {}

    static async open(): Promise<Lab> {
        const engine = await findEngine({ report: () => undefined });
        return new Lab(await startSimulator({ speed: 600 }), engine, await mkdtemp(path.join(tmpdir(), "zero-etl-")));
    }

    get world(): World {
        return this.simulator.world;
    }

    /** A new stack of a program, by its path from the folder of programs here, whose name is the project's; or of a project of its own. */
    async stack(
        program: string | ProjectFiles,
        { name, account = ACCOUNT, region = REGION, env }: LabStackOptions = {},
    ) {
        const files = typeof program === "string" ? filesOf(program) : program;
        const project = this.projects.get(program) ?? temporaryProject(files, path.join(packageRoot, "node_modules"));
        this.projects.set(program, project);
        const stack = new Stack({
            engine: this.engine,
            projectDir: (await project).dir,
            stateDir: this.folder,
            name,
            path: this.simulator.path,
            env: {
                ...this.simulator.environment,
                AWS_ACCESS_KEY_ID: account,
                AWS_REGION: region,
                ZERO_ETL_POLL_SECONDS: "0.1",
                ...env,
            },
        });
        await stack.init();
        return stack;
    }

    /** What an administrator does by hand. */
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    call(service: string, operation: string, input: object, { account, region }: Place = {}): Promise<any> {
        return this.world.administrator(account, region).call(service, operation, input);
    }

    /** The integrations of an account, as AWS describes them. */
    async integrations(place?: Place): Promise<Integration[]> {
        return (await this.call("glue", "DescribeIntegrations", {}, place)).Integrations;
    }

    putItem(table: string, id: string, more: object = {}, place?: Place): Promise<unknown> {
        return this.call("dynamodb", "PutItem", { TableName: table, Item: { Id: { S: id }, ...more } }, place);
    }

    /** The rows of a table in the lakehouse; none while there is no table. */
    rows(database: string, table: string, { account, region }: Place = {}): Record<string, unknown>[] {
        const found = findLakehouseTable(this.world.administrator(account, region), database, table);
        return found ? readRows(found) : [];
    }

    /** The rows of a statement in a warehouse, if it has any; a failed one throws Redshift's words. */
    async query(sql: string, { door = SALES, account, region }: Place & { door?: WarehouseDoor } = {}): Promise<Row[]> {
        const place = { account, region };
        const { Id } = await this.call(
            "redshift-data",
            "ExecuteStatement",
            { Database: "dev", Sql: sql, ...door },
            place,
        );
        await this.world.clock.advance(minutes(1));
        const described = await this.call("redshift-data", "DescribeStatement", { Id }, place);
        if (described.Status !== "FINISHED") {
            throw new Error(described.Error ?? described.Status);
        }
        if (!described.HasResultSet) {
            return [];
        }
        const { Records, ColumnMetadata } = await this.call("redshift-data", "GetStatementResult", { Id }, place);
        return Records.map((record: object[]) =>
            Object.fromEntries(record.map((field, i) => [ColumnMetadata[i].name, Object.values(field)[0]])),
        );
    }

    /** Lets time pass, five minutes at once, until it is so. */
    pass(condition: () => boolean | Promise<boolean>): Promise<void> {
        return until(async () => {
            await this.world.clock.advance(minutes(5));
            return condition();
        });
    }

    /** A key with what its policy needs for integrations of RDS, made by an administrator. */
    async integrationKey(sourceArn: string, targetArn: string): Promise<string> {
        const account = { Effect: "Allow", Principal: { AWS: ACCOUNT }, Action: "kms:*", Resource: "*" };
        const principalArns = [`arn:aws:iam::${ACCOUNT}:user/administrator`];
        const grants = integrationKeyStatements({ api: "rds", targetArn, sourceArn, principalArns });
        const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [account, ...grants] });
        return (await this.call("kms", "CreateKey", { Policy })).KeyMetadata.Arn;
    }

    /** What the resources of this package asked of AWS since the log was cleared, credentials aside. */
    calls(operation?: string): RequestRecord[] {
        return this.world.requests
            .find({ door: "http" })
            .filter((call) => call.service !== "sts" && call.operation === (operation ?? call.operation));
    }

    async close(): Promise<void> {
        await this.simulator.stop();
        const projects = await Promise.all(this.projects.values());
        await Promise.all(projects.map((project) => project.remove()));
        await rm(this.folder, { recursive: true, force: true });
    }
}

/**
 * Opens a lab before a suite's tests, or before each of them, and closes it afterwards.
 *
 * @param begin What else comes first.
 */
export function withLab(begin: (lab: Lab) => unknown, { each = false } = {}): void {
    let lab: Lab | undefined;
    (each ? beforeEach : before)(async function () {
        this.timeout(900_000); // the first run on a machine may have to build the engine
        lab = await Lab.open();
        await begin(lab);
    });
    (each ? afterEach : after)(() => lab?.close());
}

export interface Integration {
    IntegrationArn: string;
    IntegrationName: string;
    SourceArn: string;
    TargetArn: string;
    Description?: string;
    Status: string;
    IntegrationConfig: { RefreshInterval?: string };
    Tags: { key: string; value: string }[];
    KmsKeyId?: string;
}

function filesOf(program: string): ProjectFiles {
    const compiled = path.join(__dirname, "programs", program);
    const name = path.basename(program);
    return {
        "Pulumi.yaml": `name: ${name}\nruntime: { name: nodejs, options: { typescript: false } }\n`,
        "package.json": JSON.stringify({ name, version: "1.0.0", main: "index.js" }),
        "index.js": `module.exports = require(${JSON.stringify(compiled)});\n`,
    };
}

/** Arguments that put values into the stack's configuration, where they stay. */
export function settings(values: Record<string, unknown>): string[] {
    const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
    return Object.entries(values).flatMap(([key, value]) => ["--config", `${key}=${text(value)}`]);
}

/** Without a preview of its own, for speed. */
export function configured(values: Record<string, unknown> = {}, ...more: string[]): Pick<CommandOptions, "args"> {
    return { args: ["--skip-preview", ...settings(values), ...more] };
}

export const NO_CHANGES = configured({}, "--expect-no-changes");

/** Fails if AWS holds anything else than the program says. */
export const NO_DRIFT = configured({}, "--refresh", "--expect-no-changes");

/** The stack's resource of a type of ours, such as `GlueIntegration`. */
export async function resourceOf(stack: Stack, type: string): Promise<Required<StateResource>> {
    const { resources = [] } = (await stack.export()).deployment;
    const [found, another] = resources.filter((each) => each.type.endsWith(`:${type}`));
    if (!found || another) {
        throw new Error(`${found ? "more than one" : "no"} ${type} in the state`);
    }
    return found as Required<StateResource>;
}

/** The last that the engine says of a resource, by its type without ours in front, or by its name. */
export function rowOf(stdout: string, resource: string): string {
    const row = new RegExp(`[ :]${resource} `);
    return stdout.split("\n").findLast((line) => row.test(line)) ?? "";
}

/** Looks every 50 ms until it is so. */
export async function until(condition: () => boolean | Promise<boolean>, seconds = 30): Promise<void> {
    for (const end = Date.now() + 1000 * seconds; !(await condition());) {
        if (Date.now() > end) {
            throw new Error(`still not so after ${seconds} s: ${condition}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}
