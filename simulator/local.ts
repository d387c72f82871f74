import { HttpDoor } from "./http/server";
import { PluginDoor, pluginFolder } from "./provider/plugins";
import { arrivedDocuments } from "./search/arrived";
import { allServices } from "./services";
import { arrivedTables } from "./services/glue/arrived";
import { documents } from "./services/rds/documents";
import { sql } from "./services/rds/sql";
import { queryWarehouse } from "./services/redshift-data/query";
import { MANAGEMENT_ACCOUNT } from "./world/identity";
import { World } from "./world/world";

export interface SimulatorOptions {
    /** @default 0: any that is free */
    port?: number;
    /** How many seconds of the world pass in a real second. @default 1 */
    speed?: number;
    /** The account that `environment` leads to: 12 digits. @default "123456789012", which manages all others */
    account?: string;
    /** The Region that `environment` leads to. @default "eu-west-1" */
    region?: string;
}

/** AWS on this machine. Its state is in memory: it begins empty, and ends with `stop`. */
export interface Simulator {
    world: World;
    /** `http://127.0.0.1:<port>` */
    endpoint: string;
    port: number;
    /** What a client's environment must have, to find the simulator and be somebody there. */
    environment: Record<string, string>;
    /** What a Pulumi engine must have in front of its PATH, to find the `aws` provider. */
    path: string[];
    /** Closes all doors and forgets the world. */
    stop(): Promise<void>;
}

/** Starts a world with its doors; only this machine can reach them. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
    const { port, speed, account = MANAGEMENT_ACCOUNT, region = "eu-west-1" } = options;
    if (!/^\d{12}$/.test(account)) {
        throw new Error(`The account is "${account}". An AWS account has 12 digits.`);
    }
    if (!/^[a-z]{2}(-[a-z]+)+-\d+$/.test(region)) {
        throw new Error(`The Region is "${region}". Write it as AWS does, such as eu-west-1.`);
    }
    const world = new World({ services: allServices, speed });
    // Before any door: one that is open when this fails would keep the process alive.
    const folder = await pluginFolder();
    const http = await HttpDoor.open(world, port);
    const plugins = await PluginDoor.open(world);
    http.control("GET", "provider", () => ({ port: plugins.port }));
    http.control("GET", "tables", ({ query }) => {
        const snapshot = query.get("snapshot");
        return arrivedTables(world, query.get("table") ?? undefined, snapshot === null ? undefined : Number(snapshot));
    });
    http.control("POST", "query", ({ body: { sql, ...target } }) => queryWarehouse(world, sql, target));
    http.control("GET", "documents", ({ query }) => arrivedDocuments(world, query.get("index") ?? undefined));
    http.control("POST", "documents", ({ body }) => documents(world, body.cluster, body.database, body.commands));
    http.control("POST", "sql", ({ body }) => sql(world, body.clusterOrInstance, body.database, body.sql));
    return {
        world,
        endpoint: http.endpoint,
        port: http.port,
        environment: environmentOf(http.endpoint, account, region),
        path: [folder],
        stop: async () => {
            world.stop();
            await Promise.all([http.close(), plugins.close()]);
        },
    };
}

function environmentOf(endpoint: string, account: string, region: string): Record<string, string> {
    return {
        AWS_ENDPOINT_URL: endpoint,
        // An account number as access key stands for the account's administrator.
        AWS_ACCESS_KEY_ID: account,
        AWS_SECRET_ACCESS_KEY: "simulated",
        AWS_REGION: region,
        // boto3 does not read AWS_REGION.
        AWS_DEFAULT_REGION: region,
    };
}
