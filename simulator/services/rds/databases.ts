import { createHash, randomUUID } from "node:crypto";

import type { MasterUserSecret } from "@aws-sdk/client-rds";

import { DocumentState, DocumentStore } from "../../documents/store";
import { engineKind } from "../../relational/engine";
import { RelationalSource, RelationalState } from "../../relational/source";
import { seconds } from "../../world/clock";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import type { World } from "../../world/world";
import { createManagedSecret, deleteManagedSecret, managedPassword } from "../secretsmanager";
import { familyOf, isDocumentDb, resolveVersion } from "./engines";
import type { GroupKind } from "./parameters";
import { findParameterGroup, invalidCombination, invalidParameter, RdsState, type ParameterGroup } from "./state";

/** What RDS takes as a name, in lower case. */
export const IDENTIFIER = /^[a-z](?:-?[a-z0-9])*$/;
const MAX_IDENTIFIER = 63;
const MIN_PASSWORD = 8;
const PORTS = { mysql: 3306, postgresql: 5432, oracle: 1521 };
const DOCUMENTDB_PORT = 27017;

/** What clusters and instances have in common while they change. */
interface Changing {
    cancel: () => void;
}

/** Does a step later, in place of whatever was to come. */
export function after(world: World, thing: Changing, ms: number, step: () => unknown): void {
    thing.cancel();
    thing.cancel = world.clock.schedule(world.duration("rds", ms), async () => {
        await step();
    });
}

/** Short states that end in `available`. */
export const MODIFICATION = seconds(30);

export function checkIdentifier(member: string, identifier: string): string {
    const lower = identifier.toLowerCase();
    if (!IDENTIFIER.test(lower) || lower.length > MAX_IDENTIFIER) {
        throw invalidParameter(
            `The parameter ${member} is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.`,
        );
    }
    return lower;
}

interface Credentials {
    MasterUsername?: string;
    MasterUserPassword?: string;
    ManageMasterUserPassword?: boolean;
    MasterUserSecretKmsKeyId?: string;
}

function checkCredentials(input: Credentials): void {
    const { MasterUsername: user, MasterUserPassword: password, ManageMasterUserPassword: managed } = input;
    if (!user) {
        throw invalidParameter("The parameter MasterUsername must be provided and must not be blank.");
    }
    if (!managed && (password?.length ?? 0) < MIN_PASSWORD) {
        throw invalidParameter(
            `The parameter MasterUserPassword is not a valid password because it is shorter than ${MIN_PASSWORD} characters.`,
        );
    }
    if (managed && password !== undefined) {
        throw invalidCombination("You can't specify MasterUserPassword when ManageMasterUserPassword is enabled.");
    }
}

/** The secret in which RDS keeps the password by itself. */
async function masterUserSecret(
    ctx: Context,
    kind: "cluster" | "db",
    input: Credentials,
): Promise<MasterUserSecret | undefined> {
    return input.ManageMasterUserPassword
        ? {
              SecretArn: createManagedSecret(ctx, "rds", `${kind}-${randomUUID()}`, input.MasterUsername!),
              SecretStatus: "active",
              KmsKeyId: await keyArn(ctx, input.MasterUserSecretKmsKeyId ?? "alias/aws/secretsmanager"),
          }
        : undefined;
}

/** The master user of a new database. */
export async function masterUser(ctx: Context, kind: "cluster" | "db", input: Credentials) {
    checkCredentials(input);
    return {
        password: input.MasterUserPassword,
        described: {
            MasterUsername: input.MasterUsername,
            MasterUserSecret: await masterUserSecret(ctx, kind, input),
        },
    };
}

interface WithMasterUser {
    db: { MasterUsername?: string; MasterUserSecret?: MasterUserSecret };
    password?: string;
}

/** Another password, or another one to keep it. */
export async function changeMasterUser(
    ctx: Context,
    kind: "cluster" | "db",
    database: WithMasterUser,
    input: Credentials,
): Promise<void> {
    const { db } = database;
    const isManaged = db.MasterUserSecret !== undefined;
    const { MasterUserPassword, ManageMasterUserPassword = isManaged } = input;
    if (MasterUserPassword === undefined && ManageMasterUserPassword === isManaged) {
        return;
    }
    const { password, described } = await masterUser(ctx, kind, {
        ...input,
        MasterUsername: db.MasterUsername,
        ManageMasterUserPassword,
    });
    dropMasterUserSecret(ctx, database);
    database.password = password;
    Object.assign(db, described);
}

export function dropMasterUserSecret(ctx: Context, { db }: WithMasterUser): void {
    deleteManagedSecret(ctx, db.MasterUserSecret?.SecretArn);
}

/** Whether somebody who connects is the master user. */
export function isMasterUser(ctx: Context, { db, password }: WithMasterUser, user: string, given: string): boolean {
    const secret = db.MasterUserSecret?.SecretArn;
    return user === db.MasterUsername && given === (secret ? managedPassword(ctx, secret) : password);
}

/** The key of an encrypted storage. */
export async function storageKey(
    ctx: Context,
    { StorageEncrypted, KmsKeyId }: { StorageEncrypted?: boolean; KmsKeyId?: string },
): Promise<string | undefined> {
    if (KmsKeyId !== undefined && !StorageEncrypted) {
        throw invalidCombination("A KmsKeyId needs StorageEncrypted.");
    }
    return StorageEncrypted ? keyArn(ctx, KmsKeyId ?? "alias/aws/rds") : undefined;
}

async function keyArn(ctx: Context, keyId: string): Promise<string> {
    try {
        const { KeyMetadata } = await ctx.call("kms", "DescribeKey", { KeyId: keyId });
        return KeyMetadata.Arn;
    } catch (error) {
        throw error instanceof AwsError
            ? new AwsError("KMSKeyNotAccessibleFault", `The key ${keyId} is not accessible: ${error.message}`)
            : error;
    }
}

/** The group that a database is to have, if it fits its engine; the family's default unless one is named. */
export function parameterGroupFor(
    ctx: Context,
    kind: GroupKind,
    name: string | undefined,
    { Engine, EngineVersion }: { Engine: string; EngineVersion: string },
): ParameterGroup {
    const family = familyOf(Engine, EngineVersion);
    const notFound = kind === "cluster" ? "DBClusterParameterGroupNotFoundFault" : undefined;
    const group = findParameterGroup(ctx, kind, name ?? `default.${family.name}`, notFound);
    if (group.family !== family) {
        throw invalidCombination(
            `The parameter group ${group.name} with DBParameterGroupFamily ${group.family.name} can't be used here. Please use a parameter group with DBParameterGroupFamily ${family.name}`,
        );
    }
    return group;
}

export function checkRange(member: string, value: number | undefined, min: number, max: number): void {
    if (value !== undefined && (value < min || value > max)) {
        throw invalidParameter(`Invalid ${member} ${value}. Must be between ${min} and ${max}.`);
    }
}

export const portOf = (engine: string): number => (isDocumentDb(engine) ? DOCUMENTDB_PORT : PORTS[engineKind(engine)!]);

/** The part of an endpoint that is the account's own in a Region. */
export function endpointSuffix(ctx: Context, engine: string): string {
    const own = createHash("sha256").update(ctx.accountId).digest("hex").slice(0, 12);
    return `${own}.${ctx.region}.${isDocumentDb(engine) ? "docdb" : "rds"}.${ctx.dnsSuffix}`;
}

export const resourceId = (kind: "cluster" | "db"): string =>
    `${kind}-${randomUUID().replaceAll("-", "").toUpperCase().slice(0, 26)}`;

/** Empty storage for a new cluster, or an instance without one. */
export function makeStorage(ctx: Context, arn: string, engine: string, database: string | undefined): void {
    if (isDocumentDb(engine)) {
        ctx.state(DocumentState).stores.set(arn, new DocumentStore());
        return;
    }
    const kind = engineKind(engine)!;
    // Oracle always has a database; MySQL has one of its own only if it is named.
    const first = kind === "oracle" ? (database ?? "ORCL").toUpperCase() : database;
    ctx.state(RelationalState).sources.set(arn, new RelationalSource(kind, first));
}

export function dropStorage(ctx: Context, arn: string): void {
    ctx.state(RelationalState).sources.delete(arn);
    ctx.state(DocumentState).stores.delete(arn);
}

/** A source can't go, and keeps its name, as long as integrations read from it. */
export function requireNoIntegrations(ctx: Context, arn: string, fault: string): void {
    const { integrations } = ctx.state(RdsState);
    const one = [...integrations.values()].find(({ sourceArn }) => sourceArn === arn);
    if (one) {
        throw new AwsError(fault, `${arn} is the source of the zero-ETL integration ${one.arn}; delete it first.`);
    }
}

/** Values of an input that were given, by their members' names. */
export function given<T extends object, K extends keyof T>(input: T, members: readonly K[]): Partial<Pick<T, K>> {
    const entries = members.filter((member) => input[member] !== undefined).map((member) => [member, input[member]]);
    return Object.fromEntries(entries) as Partial<Pick<T, K>>;
}

interface Renamed {
    VpcSecurityGroupIds?: string[];
    EnableIAMDatabaseAuthentication?: boolean;
    EnableHttpEndpoint?: boolean;
    EnablePerformanceInsights?: boolean;
    EnableCloudwatchLogsExports?: string[];
}

/** What an input and the description call by different names. */
export function renamed(input: Renamed) {
    const all = {
        VpcSecurityGroups: input.VpcSecurityGroupIds?.map((id) => ({ VpcSecurityGroupId: id, Status: "active" })),
        IAMDatabaseAuthenticationEnabled: input.EnableIAMDatabaseAuthentication,
        HttpEndpointEnabled: input.EnableHttpEndpoint,
        PerformanceInsightsEnabled: input.EnablePerformanceInsights,
        EnabledCloudwatchLogsExports: input.EnableCloudwatchLogsExports,
    };
    return given(all, Object.keys(all) as (keyof typeof all)[]);
}

/** The version that a modification leads to. */
export function upgradedVersion(
    db: { Engine: string; EngineVersion: string },
    wanted: { EngineVersion?: string; AllowMajorVersionUpgrade?: boolean },
): string {
    const version =
        wanted.EngineVersion === undefined ? db.EngineVersion : resolveVersion(db.Engine, wanted.EngineVersion);
    if (!wanted.AllowMajorVersionUpgrade && familyOf(db.Engine, version) !== familyOf(db.Engine, db.EngineVersion)) {
        throw invalidCombination(
            "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.",
        );
    }
    return version;
}
