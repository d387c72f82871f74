import { request } from "node:http";
import { text } from "node:stream/consumers";

import { startSimulator, type Simulator } from "../../../simulator";
import { partitionOf, type Context } from "../../../simulator/world/context";

export const ACCOUNT = "123456789012";

export interface Statement {
    Effect?: "Allow" | "Deny";
    Principal?: unknown;
    Action: string | string[];
    Resource?: string | string[];
    Condition?: object;
}

export const policy = (...statements: Statement[]) =>
    JSON.stringify({ Version: "2012-10-17", Statement: statements.map((each) => ({ Effect: "Allow", ...each })) });

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- each path has its own shape
export type Answer = { status: number; body: any };

/** Somebody with a key, in a Region. */
export interface Person {
    arn: string;
    key: string;
}

/** A simulator whose clients speak to domains and collections by the addresses that AWS would give them. */
export class SearchWorld {
    private constructor(
        readonly simulator: Simulator,
        readonly region: string,
        readonly admin: Context,
    ) {}

    static async open(region = "eu-west-1"): Promise<SearchWorld> {
        const simulator = await startSimulator({ region });
        return new SearchWorld(simulator, region, simulator.world.administrator(ACCOUNT, region));
    }

    /** The administrator, whose key is the account's number. */
    get boss(): Person {
        return { arn: this.iam(`user/administrator`), key: ACCOUNT };
    }

    iam(name: string, accountId = ACCOUNT): string {
        return `arn:${partitionOf(this.region)}:iam::${accountId}:${name}`;
    }

    call(service: string, operation: string, input: object = {}) {
        return this.admin.call(service, operation, input);
    }

    pass(ms: number): Promise<void> {
        return this.simulator.world.clock.advance(ms);
    }

    /** A user with a policy of its own, or none. */
    async user(UserName: string, PolicyDocument?: string): Promise<Person> {
        await this.call("iam", "CreateUser", { UserName });
        if (PolicyDocument) {
            await this.call("iam", "PutUserPolicy", { UserName, PolicyName: "own", PolicyDocument });
        }
        const { AccessKey } = await this.call("iam", "CreateAccessKey", { UserName });
        return { arn: this.iam(`user/${UserName}`), key: AccessKey.AccessKeyId };
    }

    /** A context of a person, as pipelines have one. */
    contextOf({ key }: Person): Context {
        const { world } = this.simulator;
        const caller = world.identities.callerOf(key, partitionOf(this.region), world.clock.now());
        if (typeof caller === "string") {
            throw new Error(caller);
        }
        return this.admin.as(caller);
    }

    /** A signed request, with the host of AWS's endpoint. */
    send(
        host: string,
        service: "es" | "aoss",
        { key }: Person,
        method: string,
        path: string,
        body: unknown = "",
        headers: Record<string, string> = {},
    ): Promise<Answer> {
        const scope = `${key}/20260131/${this.region}/${service}/aws4_request`;
        const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=0`;
        return this.sendRaw(host, method, path, body, { authorization, ...headers });
    }

    async sendRaw(host: string, method: string, path: string, body: unknown, headers: object): Promise<Answer> {
        return new Promise((resolve, reject) => {
            const { port } = this.simulator;
            const sent = request(
                { host: "127.0.0.1", port, method, path, headers: { host, ...headers } },
                (message) => {
                    text(message).then((answer) => {
                        const isJson = message.headers["content-type"]?.startsWith("application/json") && answer !== "";
                        resolve({ status: message.statusCode!, body: isJson ? JSON.parse(answer) : answer });
                    }, reject);
                },
            );
            sent.on("error", reject);
            sent.end(typeof body === "string" ? body : JSON.stringify(body));
        });
    }

    stop(): Promise<void> {
        return this.simulator.stop();
    }
}
