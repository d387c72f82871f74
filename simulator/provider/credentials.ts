import { join } from "node:path";
import { loadSharedConfigFiles } from "@smithy/core/config";
import type { Properties } from "./values";

/** The variables that an AWS SDK reads. */
export type Environment = Record<string, string | undefined>;

/** What tells the world who calls. Secrets are not verified: the simulator's keys are worth nothing outside its world. */
export interface Keys {
    accessKeyId?: string;
    sessionToken?: string;
}

/** Exchanges keys for those of a role. */
export type AssumeRole = (keys: Keys, role: Properties) => Promise<Keys>;

export type Profiles = Record<string, Record<string, string | undefined>>;

/** The profiles in the files that the provider's inputs name, else the environment, else the home folder has. */
export async function readProfiles(inputs: Properties, environment: Environment): Promise<Profiles> {
    const home = join(environment.HOME ?? "", ".aws");
    const configs: string[] = inputs.sharedConfigFiles ?? [environment.AWS_CONFIG_FILE ?? join(home, "config")];
    const credentials: string[] = inputs.sharedCredentialsFiles ?? [
        environment.AWS_SHARED_CREDENTIALS_FILE ?? join(home, "credentials"),
    ];
    const read = (configFilepath: string, filepath: string) =>
        loadSharedConfigFiles({ configFilepath, filepath, ignoreCache: true });
    const files = await Promise.all([
        ...configs.map(async (file) => (await read(file, credentials[0])).configFile),
        ...credentials.map(async (file) => (await read(configs[0], file)).credentialsFile),
    ]);
    const profiles: Profiles = {};
    for (const [name, profile] of files.flatMap((file) => Object.entries(file))) {
        profiles[name] = { ...profiles[name], ...profile };
    }
    return profiles;
}

export function profileName(inputs: Properties, environment: Environment): string {
    return inputs.profile ?? environment.AWS_PROFILE ?? "default";
}

/**
 * The keys by the order of the AWS SDK: those in the provider's inputs, a profile in the inputs, those in the
 * environment, the environment's profile; then the roles that the inputs have it assume, one after the other.
 */
export async function resolveKeys(
    inputs: Properties,
    environment: Environment,
    profiles: Profiles,
    assume: AssumeRole,
): Promise<Keys> {
    const explicit = { accessKeyId: inputs.accessKey, sessionToken: inputs.token };
    const ambient = { accessKeyId: environment.AWS_ACCESS_KEY_ID, sessionToken: environment.AWS_SESSION_TOKEN };

    const ofProfile = async (name: string, visited: string[] = []): Promise<Keys> => {
        const profile = profiles[name];
        if (!profile && (inputs.profile || visited.length > 0)) {
            throw new Error(`failed to get shared config profile, ${name}`);
        }
        // A profile may name itself as the source of the keys with which it assumes its role.
        if (!profile?.role_arn || visited.includes(name)) {
            return { accessKeyId: profile?.aws_access_key_id, sessionToken: profile?.aws_session_token };
        }
        const base =
            profile.credential_source === "Environment"
                ? ambient
                : await ofProfile(profile.source_profile ?? name, [...visited, name]);
        return assume(base, {
            roleArn: profile.role_arn,
            sessionName: profile.role_session_name,
            externalId: profile.external_id,
        });
    };

    const given = [explicit, ...(inputs.profile ? [] : [ambient])].find((keys) => keys.accessKeyId);
    let keys = given ?? (await ofProfile(profileName(inputs, environment)));
    if (!keys.accessKeyId) {
        throw new Error("No valid credential sources found");
    }
    for (const role of inputs.assumeRoles ?? []) {
        keys = await assume(keys, role);
    }
    return keys;
}
