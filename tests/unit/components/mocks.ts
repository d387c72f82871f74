import { setTimeout } from "node:timers/promises";

import * as pulumi from "@pulumi/pulumi";

/** A resource as the engine would have seen it. */
export interface Registered {
    type: string;
    name: string;
    inputs: Record<string, unknown>;
    /** What had been answered when it was registered: what it may have waited for. */
    after: string[];
}

export const ACCOUNT = "111122223333";
export const REGION = "eu-west-1";

/** The role of whoever deploys, and the session that it is taken in. */
export const DEPLOYER = `arn:aws:iam::${ACCOUNT}:role/ci/deployer`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/deployer/ci`;

interface MockSettings {
    preview?: boolean;
    accountId?: string;
    region?: string;
    /** The account that a provider of this name leads to. */
    accounts?: Record<string, string>;
    /** Of the data lake; without them nobody may ask who they are. */
    administrators?: string[];
    /** Resources that take their time, so that those that do not wait for them come first. */
    slow?: string[];
}

const { log } = console;
const SLOW_MILLISECONDS = 50;

/**
 * An engine that accepts everything and answers with ARNs like AWS's, so that constructors run to their end.
 *
 * @param preview leaves unknown what AWS tells only after creation
 */
export class MockEngine implements pulumi.runtime.Mocks {
    readonly resources: Registered[] = [];
    /** What the program warned of. */
    readonly warnings: string[] = [];
    /** What it told beside. */
    readonly told: string[] = [];
    private readonly answered: string[] = [];

    static start({
        preview = false,
        accountId = ACCOUNT,
        region = REGION,
        accounts = {},
        administrators,
        slow = [],
    }: MockSettings = {}): MockEngine {
        const engine = new MockEngine(preview, accountId, region, accounts, administrators, slow);
        pulumi.runtime.setMocks(engine, "bank", "dev", preview);
        // Where Pulumi logs to without an engine.
        console.warn = (warning: string) => engine.warnings.push(warning);
        console.log = (text: string) => (text.startsWith("info: [runtime]") ? engine.told.push(text) : log(text));
        return engine;
    }

    private constructor(
        private readonly preview: boolean,
        private readonly accountId: string,
        private readonly region: string,
        private readonly accounts: Record<string, string>,
        private readonly administrators: string[] | undefined,
        private readonly slow: string[],
    ) {}

    async newResource({ type, name, inputs }: pulumi.runtime.MockResourceArgs) {
        this.resources.push({ type, name, inputs, after: [...this.answered] });
        if (this.slow.includes(name)) {
            await setTimeout(SLOW_MILLISECONDS);
        }
        this.answered.push(name);
        const outputs = this.preview ? this.previewOf(type, inputs) : this.outputsOf(type, name, inputs);
        return { id: `${name}-id`, state: { ...inputs, ...outputs } };
    }

    call({ token, inputs, provider = "" }: pulumi.runtime.MockCallArgs) {
        switch (token) {
            case "aws:index/getCallerIdentity:getCallerIdentity":
                return { accountId: this.accountBehind(provider), arn: SESSION };
            case "aws:index/getRegion:getRegion":
                return { region: this.region };
            case "aws:iam/getSessionContext:getSessionContext":
                return { ...inputs, issuerArn: inputs.arn === SESSION ? DEPLOYER : inputs.arn };
            case "aws:lakeformation/getDataLakeSettings:getDataLakeSettings":
                if (!this.administrators) {
                    throw new Error("AccessDeniedException");
                }
                return { admins: this.administrators };
            case "aws:dynamodb/getTable:getTable":
                return {
                    ...inputs,
                    streamEnabled: true,
                    streamViewType: "NEW_AND_OLD_IMAGES",
                    pointInTimeRecovery: { enabled: true },
                };
            case "aws:rds/getCluster:getCluster": {
                const name = inputs.clusterIdentifier.replace(/-id$/, "");
                return { ...inputs, clusterMembers: [`${name}-1`, `${name}-2`] };
            }
            case "aws:s3/getBucket:getBucket":
                return { ...inputs, arn: `arn:aws:s3:::${inputs.bucket}` };
            default:
                throw new Error(`${token} is not mocked`);
        }
    }

    /** The types and names of all that was registered with a name that begins so, in alphabetical order. */
    made(prefix: string): string[] {
        return this.resources
            .filter(({ name }) => name.startsWith(prefix))
            .map(({ type, name }) => `${type.split("/").at(-1)} ${name}`)
            .sort();
    }

    find(name: string): Registered {
        const found = this.resources.find((resource) => resource.name === name);
        if (!found) {
            throw new Error(`There is no ${name} among ${this.resources.map((r) => r.name).join(", ")}`);
        }
        return found;
    }

    private accountBehind(provider: string): string {
        const name = Object.keys(this.accounts).find((each) => provider.includes(`::${each}::`));
        return name === undefined ? this.accountId : this.accounts[name]!;
    }

    private masterSecret(name: string, { manageMasterUserPassword }: Record<string, unknown>) {
        const secretArn = `arn:aws:secretsmanager:${this.region}:${this.accountId}:secret:${name}`;
        return { masterUserSecrets: manageMasterUserPassword ? [{ secretArn }] : [] };
    }

    /** What a preview leaves open inside of what is known. */
    private previewOf(type: string, { pointInTimeRecovery }: Record<string, unknown>): Record<string, unknown> {
        return type === "aws:dynamodb/table:Table" && pointInTimeRecovery
            ? {
                  pointInTimeRecovery: {
                      ...pointInTimeRecovery,
                      recoveryPeriodInDays: pulumi.runtime.unknownValue,
                  },
              }
            : {};
    }

    private outputsOf(type: string, name: string, inputs: Record<string, unknown>): Record<string, unknown> {
        const here = `${this.region}:${this.accountId}`;
        switch (type) {
            case "aws:dynamodb/table:Table": {
                const table = inputs.name ?? name;
                return { name: table, arn: `arn:aws:dynamodb:${here}:table/${table}` };
            }
            case "aws:s3/bucket:Bucket":
                return { bucket: inputs.bucket ?? name, arn: `arn:aws:s3:::${inputs.bucket ?? name}` };
            case "aws:glue/catalogDatabase:CatalogDatabase":
                return { arn: `arn:aws:glue:${here}:database/${inputs.name}` };
            case "aws:iam/role:Role":
                return { name, arn: `arn:aws:iam::${this.accountId}:role/${name}` };
            case "aws:redshift/cluster:Cluster":
                return {
                    clusterNamespaceArn: `arn:aws:redshift:${here}:namespace:${inputs.clusterIdentifier}`,
                    masterPasswordSecretArn: `arn:aws:secretsmanager:${here}:secret:${inputs.clusterIdentifier}`,
                };
            case "aws:redshift/parameterGroup:ParameterGroup":
            case "aws:rds/clusterParameterGroup:ClusterParameterGroup":
            case "aws:rds/parameterGroup:ParameterGroup":
                return { name };
            case "aws:redshiftserverless/namespace:Namespace":
                return {
                    arn: `arn:aws:redshift-serverless:${here}:namespace/${inputs.namespaceName}`,
                    adminPasswordSecretArn: `arn:aws:secretsmanager:${here}:secret:${inputs.namespaceName}`,
                };
            case "aws:docdb/cluster:Cluster":
                return {
                    arn: `arn:aws:rds:${here}:cluster:${name}`,
                    endpoint: `${name}.cluster-x.${this.region}.docdb.amazonaws.com`,
                    engineVersion: "5.0.0",
                    dbClusterParameterGroupName: "default.docdb5.0",
                    ...this.masterSecret(name, inputs),
                };
            case "aws:rds/cluster:Cluster":
                return {
                    arn: `arn:aws:rds:${here}:cluster:${name}`,
                    clusterIdentifier: name,
                    ...this.masterSecret(name, inputs),
                };
            case "aws:rds/instance:Instance":
                return {
                    arn: `arn:aws:rds:${here}:db:${name}`,
                    identifier: name,
                    ...this.masterSecret(name, inputs),
                };
            case "aws:opensearch/domain:Domain":
                return {
                    arn: `arn:aws:es:${here}:domain/${inputs.domainName}`,
                    endpoint: `search-${inputs.domainName}-x.${this.region}.es.amazonaws.com`,
                    advancedSecurityOptions: { enabled: false, ...(inputs.advancedSecurityOptions as object) },
                };
            case "aws:opensearch/serverlessCollection:ServerlessCollection":
                return {
                    arn: `arn:aws:aoss:${here}:collection/${name}-id`,
                    collectionEndpoint: `https://${name}-id.${this.region}.aoss.amazonaws.com`,
                };
            case "aws:glue/catalog:Catalog":
                return { arn: `arn:aws:glue:${here}:catalog/${inputs.name}` };
            case "pulumi-nodejs:dynamic/zeroetl:GlueIntegration":
            case "pulumi-nodejs:dynamic/zeroetl:RdsIntegration":
            case "pulumi-nodejs:dynamic/zeroetl:RedshiftIntegration":
                return { integrationArn: `arn:aws:glue:${here}:integration:1`, status: "ACTIVE" };
            default:
                return {};
        }
    }
}

/** The value of an output, once everything that was registered has been answered. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
    return new Promise((resolve, reject) => {
        output.apply((value) => resolve(value as T));
        (output as unknown as { promise(): Promise<T> }).promise().catch(reject);
    });
}

/** What a program ends with whose output throws: Pulumi hears of it as an unhandled rejection. */
export function unhandled(): Promise<Error> {
    const others = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    return new Promise((resolve) =>
        process.on("unhandledRejection", (error) => {
            resolve(error as Error);
            setImmediate(() => {
                process.removeAllListeners("unhandledRejection");
                others.forEach((listener) => process.on("unhandledRejection", listener));
            });
        }),
    );
}
