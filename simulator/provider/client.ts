import { randomUUID } from "node:crypto";
import { minutes, seconds } from "../world/clock";
import { Context, dnsSuffixOf, partitionOf } from "../world/context";
import { AwsError } from "../world/error";
import type { AccountCaller } from "../world/identity";
import type { World } from "../world/world";

/** A busy machine must not let a fast world's time run out: real time for a wait, whatever the world's is. */
const LEAST_PATIENCE = seconds(10);

/** How the SDK for Go, which the real provider uses, calls the services in its errors. */
const SDK_IDS: Record<string, string> = {
    aoss: "OpenSearchServerless",
    athena: "Athena",
    cloudwatch: "CloudWatch",
    dynamodb: "DynamoDB",
    ec2: "EC2",
    es: "OpenSearch",
    glue: "Glue",
    iam: "IAM",
    kms: "KMS",
    lakeformation: "LakeFormation",
    logs: "CloudWatch Logs",
    osis: "OSIS",
    rds: "RDS",
    redshift: "Redshift",
    "redshift-data": "Redshift Data",
    "redshift-serverless": "Redshift Serverless",
    s3: "S3",
    secretsmanager: "Secrets Manager",
    sts: "STS",
};

/** An error of AWS with the operation that was refused, in the words of the SDK for Go. */
export class OperationError extends Error {
    readonly code: string;

    constructor(world: World, service: string, operation: string, error: AwsError) {
        // What the service's model does not list is a generic API error to the SDK.
        const modelled = `${error.code}$` in (world.services.get(service)?.model() ?? {});
        super(
            `operation error ${SDK_IDS[service] ?? service}: ${operation}, https response error ` +
                `StatusCode: ${error.status}, RequestID: ${randomUUID()}, ` +
                `${modelled ? "" : "api error "}${error.code}: ${error.message}`,
        );
        this.code = error.code;
    }
}

/** What a resource type needs of its surroundings: an identity in a Region, and the world's time. */
export class Client {
    readonly partition: string;

    /**
     * @param identify the caller, asked for with each call: a session may have expired since the last
     * @param stopped aborted when the engine calls its operations off
     */
    constructor(
        private readonly world: World,
        private readonly identify: (partition: string) => AccountCaller,
        readonly region: string,
        private readonly stopped: AbortSignal,
    ) {
        this.partition = partitionOf(region);
    }

    get caller(): AccountCaller {
        return this.identify(this.partition);
    }

    get accountId(): string {
        return this.caller.accountId;
    }

    get dnsSuffix(): string {
        return dnsSuffixOf(this.partition);
    }

    arn(service: string, resource: string, { region = this.region, accountId = this.accountId } = {}): string {
        return `arn:${this.partition}:${service}:${region}:${accountId}:${resource}`;
    }

    /** The same identity elsewhere. */
    in(region: string): Client {
        return new Client(this.world, this.identify, region, this.stopped);
    }

    async call<Output = unknown>(service: string, operation: string, input: object = {}): Promise<Output> {
        try {
            const context = new Context(this.world, this.caller, this.region, "provider");
            return (await this.world.invoke(context, service, operation, input)) as Output;
        } catch (error) {
            throw error instanceof AwsError ? new OperationError(this.world, service, operation, error) : error;
        }
    }

    /** The same, with undefined for what AWS says does not exist. */
    async find<Output>(service: string, operation: string, input: object): Promise<Output | undefined> {
        return orGone(this.call<Output>(service, operation, input));
    }

    /** Asks once in a second of the world until `poll` has an answer. */
    async until<T>(what: string, poll: () => Promise<T | undefined>, timeout = minutes(30)): Promise<T> {
        const { clock } = this.world;
        const end = clock.now() + Math.max(timeout, LEAST_PATIENCE * clock.speed);
        const stopped = new Promise((resolve) => this.stopped.addEventListener("abort", resolve, { once: true }));
        for (;;) {
            // A poll that begins in time counts.
            const isLate = clock.now() > end;
            const answer = await poll();
            if (answer !== undefined) {
                return answer;
            }
            if (this.stopped.aborted || isLate) {
                throw new Error(this.stopped.aborted ? "context canceled" : `timeout while waiting for ${what}`);
            }
            await Promise.race([clock.sleep(seconds(1)), stopped]);
        }
    }
}

/** With such codes the services say that something is not there. */
const GONE = /^NoSuch|NotFound/;

/** Undefined for what AWS says does not exist. */
export function orGone<T>(answer: Promise<T>): Promise<T | undefined> {
    return answer.catch((error) => {
        if (error instanceof OperationError && GONE.test(error.code)) {
            return undefined;
        }
        throw error;
    });
}
