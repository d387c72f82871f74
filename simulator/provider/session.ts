import { join } from "node:path";
import { loadSharedConfigFiles } from "@smithy/core/config";
import type { AssumeRoleCommandOutput, GetCallerIdentityCommandOutput } from "@aws-sdk/client-sts";
import { AwsError } from "../world/error";
import type { AccountCaller } from "../world/identity";
import type { World } from "../world/world";
import { Client } from "./client";
import type { Properties } from "./values";

/** Where a plugin was started: what the AWS SDK would read there. */
export interface Surroundings {
    /** AWS_* variables and HOME */
    environment: Record<string, string | undefined>;
    /** The program's folder. */
    folder: string;
}

/** A provider that was configured: who it is, and where. */
export interface Session {
    client(region?: string): Client;
    region: string;
    defaultTags: Record<string, string>;
}

interface Keys {
    accessKeyId?: string;
    sessionToken?: string;
}

type Profile = Record<string, string | undefined>;

/**
 * Who the provider is, by the rules of the AWS SDK: keys in its inputs, a profile in its inputs, keys in the environment,
 * the environment's profile; then the roles to assume, one after the other.
 *
 * @param inputs the provider's inputs, parsed
 * @param stopped aborted when the engine calls its operations off
 */
export async function openSession(
    world: World,
    inputs: Properties,
    { environment }: Surroundings,
    stopped: AbortSignal,
): Promise<Session> {
    const profiles = await readProfiles(inputs, environment);
    const profileName = inputs.profile ?? environment.AWS_PROFILE ?? "default";
    const region =
        inputs.region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION ?? profiles[profileName]?.region;
    if (!region) {
        throw new Error("invalid AWS Region: it is set neither in aws:region, in AWS_REGION nor in the profile");
    }
    if (!inputs.skipRegionValidation && !/^[a-z]{2}(-[a-z]+)+-\d+$/.test(region)) {
        throw new Error(`invalid AWS Region: ${region}`);
    }
    const clientOf = (keys: Keys, at = region) => new Client(world, callerOf(world, keys), at, stopped);

    const assume = async (keys: Keys, role: Properties): Promise<Keys> => {
        const { Credentials } = await clientOf(keys)
            .call<AssumeRoleCommandOutput>("sts", "AssumeRole", {
                RoleArn: role.roleArn,
                RoleSessionName: role.sessionName ?? `aws-go-sdk-${Math.trunc(world.clock.now())}`,
                DurationSeconds: role.duration && secondsOf(role.duration),
                ExternalId: role.externalId,
                Policy: role.policy,
                PolicyArns: role.policyArns?.map((arn: string) => ({ arn })),
                SourceIdentity: role.sourceIdentity,
                Tags: Object.entries(role.tags ?? {}).map(([Key, Value]) => ({ Key, Value })),
                TransitiveTagKeys: role.transitiveTagKeys,
            })
            .catch((error: Error) => {
                throw new Error(
                    `Cannot assume IAM Role. IAM Role (${role.roleArn}) cannot be assumed.\n\n` +
                        "There are a number of possible causes of this - the most common are:\n" +
                        "  * The credentials used in order to assume the role are invalid\n" +
                        "  * The credentials do not have appropriate permission to assume the role\n" +
                        "  * The role ARN is not valid\n\n" +
                        `Error: ${error.message}`,
                );
            });
        return { accessKeyId: Credentials!.AccessKeyId, sessionToken: Credentials!.SessionToken };
    };

    const ofProfile = async (name: string, visited: string[] = []): Promise<Keys> => {
        const profile = profiles[name];
        if (!profile && (inputs.profile || visited.length > 0)) {
            throw new Error(`failed to get shared config profile, ${name}`);
        }
        // A profile may name itself as the source of the keys with which it assumes its role.
        if (profile?.role_arn && !visited.includes(name)) {
            const base =
                profile.credential_source === "Environment"
                    ? ofEnvironment
                    : await ofProfile(profile.source_profile ?? name, [...visited, name]);
            return assume(base, {
                roleArn: profile.role_arn,
                sessionName: profile.role_session_name,
                externalId: profile.external_id,
            });
        }
        return { accessKeyId: profile?.aws_access_key_id, sessionToken: profile?.aws_session_token };
    };

    const ofEnvironment = { accessKeyId: environment.AWS_ACCESS_KEY_ID, sessionToken: environment.AWS_SESSION_TOKEN };
    const explicit = { accessKeyId: inputs.accessKey, sessionToken: inputs.token };
    const given = [explicit, ...(inputs.profile ? [] : [ofEnvironment])].find((keys) => keys.accessKeyId);
    let keys: Keys = given ?? (await ofProfile(profileName));
    if (!keys.accessKeyId) {
        throw new Error("No valid credential sources found");
    }
    for (const role of inputs.assumeRoles ?? []) {
        keys = await assume(keys, role);
    }
    await validate(clientOf(keys), inputs);
    return { region, client: (at) => clientOf(keys, at), defaultTags: defaultTags(inputs, environment) };
}

/** Refuses keys that AWS does not know, and accounts that the provider is not meant for. */
async function validate(client: Client, inputs: Properties): Promise<void> {
    const { allowedAccountIds: allowed = [], forbiddenAccountIds: forbidden = [] } = inputs;
    if (inputs.skipCredentialsValidation && allowed.length + forbidden.length === 0) {
        return;
    }
    const { Account } = await client
        .call<GetCallerIdentityCommandOutput>("sts", "GetCallerIdentity")
        .catch((error: Error) => {
            throw new Error(
                "unable to validate AWS credentials.\n" +
                    `Details: validating provider credentials: retrieving caller identity from STS: ${error.message}\n` +
                    "Make sure you have set your AWS region, e.g. `pulumi config set aws:region us-west-2`.",
            );
        });
    if ((allowed.length > 0 && !allowed.includes(Account)) || forbidden.includes(Account)) {
        throw new Error(`AWS account ID not allowed: ${Account}`);
    }
}

function callerOf(world: World, { accessKeyId = "", sessionToken }: Keys): (partition: string) => AccountCaller {
    return (partition) => {
        const caller = world.identities.callerOf(accessKeyId, partition, world.clock.now());
        if (caller === "expired") {
            throw new AwsError("ExpiredToken", "The security token included in the request is expired", 403);
        }
        // A session's keys are nothing without its token.
        if (caller === "unknown" || (caller.kind === "role" && !sessionToken)) {
            throw new AwsError("InvalidClientTokenId", "The security token included in the request is invalid.", 403);
        }
        return caller;
    };
}

async function readProfiles(inputs: Properties, environment: Surroundings["environment"]) {
    const home = join(environment.HOME ?? "", ".aws");
    const configs: string[] = inputs.sharedConfigFiles ?? [environment.AWS_CONFIG_FILE ?? join(home, "config")];
    const credentials: string[] = inputs.sharedCredentialsFiles ?? [
        environment.AWS_SHARED_CREDENTIALS_FILE ?? join(home, "credentials"),
    ];
    const profiles: Record<string, Profile> = {};
    for (let i = 0; i < Math.max(configs.length, credentials.length); i++) {
        const files = await loadSharedConfigFiles({
            configFilepath: configs[i] ?? configs[0],
            filepath: credentials[i] ?? credentials[0],
            ignoreCache: true,
        });
        for (const file of [files.configFile, files.credentialsFile]) {
            for (const [name, profile] of Object.entries(file)) {
                profiles[name] = { ...profiles[name], ...profile };
            }
        }
    }
    return profiles;
}

function defaultTags(inputs: Properties, environment: Surroundings["environment"]): Record<string, string> {
    const prefix = "TF_AWS_DEFAULT_TAGS_";
    const fromEnvironment = Object.entries(environment)
        .filter(([key, value]) => key.startsWith(prefix) && value !== undefined)
        .map(([key, value]) => [key.slice(prefix.length), value]);
    return { ...Object.fromEntries(fromEnvironment), ...inputs.defaultTags?.tags };
}

/** `1h30m`, as Go writes durations. */
function secondsOf(duration: string): number {
    const units: Record<string, number> = { h: 3600, m: 60, s: 1 };
    return [...duration.matchAll(/([\d.]+)([hms])/g)].reduce((sum, [, n, unit]) => sum + Number(n) * units[unit], 0);
}
