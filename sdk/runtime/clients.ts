import { ConfiguredRetryStrategy } from "@smithy/core/retry";
import type { AwsCredentialIdentityProvider } from "@smithy/types";

import { jittered } from "./poll";
import { isUnknown } from "./values";

/** An account and Region, and the way into them. */
export interface Account {
    /** Twelve digits. Nothing is read or written in another account. */
    accountId?: string;
    region?: string;
    /** A role to take, as the `AwsAccount` that the resource belongs to takes it. */
    roleArn?: string;
    roleSessionName?: string;
    externalId?: string;
    /** The profile of one laptop: used while its program runs, and never kept in the state. */
    profile?: string;
}

/** AWS's clients for one account, Region and way in; each loads when it is first used. */
export interface Clients {
    readonly region: string | undefined;
    readonly glue: import("@aws-sdk/client-glue").Glue;
    /** For what must not be sent twice: AWS may have carried out a call that failed with a 5xx or a broken connection. */
    readonly glueOnce: import("@aws-sdk/client-glue").Glue;
    readonly dynamodb: import("@aws-sdk/client-dynamodb").DynamoDB;
    readonly lakeformation: import("@aws-sdk/client-lakeformation").LakeFormation;
    readonly opensearch: import("@aws-sdk/client-opensearch").OpenSearch;
    readonly opensearchOnce: import("@aws-sdk/client-opensearch").OpenSearch;
    readonly opensearchServerless: import("@aws-sdk/client-opensearchserverless").OpenSearchServerless;
    /** OpenSearch's own API, which each domain serves at its endpoint. */
    readonly opensearchDomains: import("./rest").SignedRest;
    /** OpenSearch Ingestion: the SDK's client of it is of 2023, and drops every field that came since. */
    readonly osis: import("./rest").SignedRest;
    readonly rds: import("@aws-sdk/client-rds").RDS;
    readonly rdsOnce: import("@aws-sdk/client-rds").RDS;
    readonly redshift: import("@aws-sdk/client-redshift").Redshift;
    readonly redshiftOnce: import("@aws-sdk/client-redshift").Redshift;
    readonly redshiftData: import("@aws-sdk/client-redshift-data").RedshiftData;
    readonly redshiftServerless: import("@aws-sdk/client-redshift-serverless").RedshiftServerless;
    readonly sts: import("@aws-sdk/client-sts").STS;
}

/** With 30 % of the calls throttled, one in 170,000 fails after ten attempts. */
const MAX_ATTEMPTS = 10;

/** Milliseconds. The SDK's own delays after throttling begin at half a second and grow to twenty. */
const [FIRST_DELAY, LONGEST_DELAY] = [50, 3000];

let stackConfig: Readonly<Record<string, string>> = {};
const remembered = new Map<string, string>();
const made = new Map<string, Clients>();

/** Takes the stack's configuration, of which `aws:*` says how its default provider gets into an account. */
export function configure(rawConfig: Readonly<Record<string, string>>): void {
    stackConfig = rawConfig;
}

/** The account as the state keeps it; its profile is remembered for as long as this process lives. */
export function withoutProfile(account: Account): Account {
    if (isUnknown(account)) {
        return account;
    }
    const { profile, ...kept } = account;
    if (profile !== undefined) {
        remembered.set(keyOf(kept), profile);
    }
    return kept;
}

function keyOf(account: Account): string {
    return JSON.stringify(Object.entries(account).sort());
}

/** The clients of an account: the way that its `AwsAccount` recorded, else the stack's configuration, else the environment. */
export function clientsOf(account: Account): Clients {
    const wayIn = wayInto(account);
    const key = JSON.stringify(wayIn);
    const clients = made.get(key) ?? new LazyClients(wayIn);
    made.set(key, clients);
    return clients;
}

interface Role {
    roleArn?: string;
    sessionName?: string;
    externalId?: string;
}

interface WayIn {
    region?: string;
    profile?: string;
    keys?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
    /** Taken one after the other. */
    roles: Role[];
    /** By service, as the provider's `endpoints` has them. */
    endpoints: Record<string, string>;
}

function wayInto(account: Account): WayIn {
    const { roleArn, roleSessionName, externalId } = account;
    const configured = (key: string) => stackConfig[`aws:${key}`] || undefined;
    const list = <T>(key: string) => JSON.parse(configured(key) ?? "[]") as T[];
    const common = {
        region: account.region ?? configured("region"),
        endpoints: Object.assign({}, ...list<Record<string, string>>("endpoints")) as Record<string, string>,
    };
    const profile = account.profile ?? remembered.get(keyOf(account));
    if (roleArn !== undefined || profile !== undefined) {
        // An explicit provider takes nothing else from the stack's configuration either.
        return {
            ...common,
            profile,
            roles: roleArn === undefined ? [] : [{ roleArn, sessionName: roleSessionName, externalId }],
        };
    }
    const [accessKeyId, secretAccessKey] = [configured("accessKey"), configured("secretKey")];
    return {
        ...common,
        profile: configured("profile"),
        keys:
            accessKeyId && secretAccessKey
                ? { accessKeyId, secretAccessKey, sessionToken: configured("token") }
                : undefined,
        roles: list<Role>("assumeRoles"),
    };
}

class LazyClients implements Clients {
    private readonly instances = new Map<string, unknown>();
    private readonly credentials: AwsCredentialIdentityProvider | undefined;

    constructor(private readonly wayIn: WayIn) {
        this.credentials = credentialsFor(wayIn);
    }

    get region() {
        return this.wayIn.region;
    }

    get glue() {
        return this.once("glue", () => {
            const { Glue } = require("@aws-sdk/client-glue") as typeof import("@aws-sdk/client-glue");
            return new Glue(this.configFor("glue"));
        });
    }

    get glueOnce() {
        return this.once("glueOnce", () => {
            const { Glue } = require("@aws-sdk/client-glue") as typeof import("@aws-sdk/client-glue");
            return new Glue(this.configFor("glue", 1));
        });
    }

    get dynamodb() {
        return this.once("dynamodb", () => {
            const { DynamoDB } = require("@aws-sdk/client-dynamodb") as typeof import("@aws-sdk/client-dynamodb");
            return new DynamoDB(this.configFor("dynamodb"));
        });
    }

    get lakeformation() {
        return this.once("lakeformation", () => {
            const { LakeFormation } =
                require("@aws-sdk/client-lakeformation") as typeof import("@aws-sdk/client-lakeformation");
            return new LakeFormation(this.configFor("lakeformation"));
        });
    }

    get opensearch() {
        return this.once("opensearch", () => {
            const { OpenSearch } = require("@aws-sdk/client-opensearch") as typeof import("@aws-sdk/client-opensearch");
            return new OpenSearch(this.configFor("opensearch"));
        });
    }

    get opensearchOnce() {
        return this.once("opensearchOnce", () => {
            const { OpenSearch } = require("@aws-sdk/client-opensearch") as typeof import("@aws-sdk/client-opensearch");
            return new OpenSearch(this.configFor("opensearch", 1));
        });
    }

    get opensearchServerless() {
        return this.once("opensearchServerless", () => {
            const { OpenSearchServerless } =
                require("@aws-sdk/client-opensearchserverless") as typeof import("@aws-sdk/client-opensearchserverless");
            return new OpenSearchServerless(this.configFor("opensearchserverless"));
        });
    }

    get opensearchDomains() {
        return this.once("opensearchDomains", () => {
            const { SignedRest } = require("./rest") as typeof import("./rest");
            return new SignedRest("es", this.opensearch.config);
        });
    }

    get osis() {
        return this.once("osis", () => {
            const { SignedRest } = require("./rest") as typeof import("./rest");
            const { STSClient } = require("@aws-sdk/client-sts") as typeof import("@aws-sdk/client-sts");
            // Of this client only what it resolves is used: AWS_ENDPOINT_URL_OSIS goes by the service's id.
            return new SignedRest("osis", new STSClient({ ...this.configFor("osis"), serviceId: "OSIS" }).config);
        });
    }

    get rds() {
        return this.once("rds", () => {
            const { RDS } = require("@aws-sdk/client-rds") as typeof import("@aws-sdk/client-rds");
            return new RDS(this.configFor("rds"));
        });
    }

    get rdsOnce() {
        return this.once("rdsOnce", () => {
            const { RDS } = require("@aws-sdk/client-rds") as typeof import("@aws-sdk/client-rds");
            return new RDS(this.configFor("rds", 1));
        });
    }

    get redshift() {
        return this.once("redshift", () => {
            const { Redshift } = require("@aws-sdk/client-redshift") as typeof import("@aws-sdk/client-redshift");
            return new Redshift(this.configFor("redshift"));
        });
    }

    get redshiftOnce() {
        return this.once("redshiftOnce", () => {
            const { Redshift } = require("@aws-sdk/client-redshift") as typeof import("@aws-sdk/client-redshift");
            return new Redshift(this.configFor("redshift", 1));
        });
    }

    get redshiftData() {
        return this.once("redshiftData", () => {
            const { RedshiftData } =
                require("@aws-sdk/client-redshift-data") as typeof import("@aws-sdk/client-redshift-data");
            return new RedshiftData(this.configFor("redshiftdata"));
        });
    }

    get redshiftServerless() {
        return this.once("redshiftServerless", () => {
            const { RedshiftServerless } =
                require("@aws-sdk/client-redshift-serverless") as typeof import("@aws-sdk/client-redshift-serverless");
            return new RedshiftServerless(this.configFor("redshiftserverless"));
        });
    }

    get sts() {
        return this.once("sts", () => {
            const { STS } = require("@aws-sdk/client-sts") as typeof import("@aws-sdk/client-sts");
            return new STS(this.configFor("sts"));
        });
    }

    private configFor(service: string, attempts = MAX_ATTEMPTS) {
        const endpoint = this.wayIn.endpoints[service];
        return {
            region: this.wayIn.region,
            credentials: this.credentials,
            retryStrategy: retries(attempts),
            requestHandler: { connectionTimeout: 10_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
            ...(this.wayIn.profile && { profile: this.wayIn.profile }),
            ...(endpoint && { endpoint }),
        };
    }

    private once<T>(name: string, make: () => T): T {
        const instance = (this.instances.get(name) as T | undefined) ?? make();
        this.instances.set(name, instance);
        return instance;
    }
}

function retries(attempts = MAX_ATTEMPTS) {
    return new ConfiguredRetryStrategy(attempts, (attempt) =>
        jittered(Math.min(FIRST_DELAY * 2 ** attempt, LONGEST_DELAY)),
    );
}

/** `undefined` for the environment's own: variables, shared files, a container's or an instance's role. */
function credentialsFor({ keys, profile, roles, region, endpoints }: WayIn): AwsCredentialIdentityProvider | undefined {
    const { fromIni, fromTemporaryCredentials } =
        require("@aws-sdk/credential-providers") as typeof import("@aws-sdk/credential-providers");
    const base = keys ? async () => keys : profile ? fromIni({ profile }) : undefined;
    return roles.reduce<AwsCredentialIdentityProvider | undefined>(
        (masterCredentials, { roleArn, sessionName, externalId }) =>
            fromTemporaryCredentials({
                masterCredentials,
                params: {
                    RoleArn: roleArn,
                    RoleSessionName: sessionName ?? "pulumi-aws-zero-etl",
                    ExternalId: externalId,
                },
                clientConfig: { region, retryStrategy: retries(), ...(endpoints.sts && { endpoint: endpoints.sts }) },
            }),
        base,
    );
}
