import type { AssumeRoleCommandOutput, GetCallerIdentityCommandOutput } from "@aws-sdk/client-sts";
import { AwsError } from "../world/error";
import type { AccountCaller } from "../world/identity";
import type { World } from "../world/world";
import { Client } from "./client";
import { profileName, readProfiles, resolveKeys, type Environment, type Keys } from "./credentials";
import { tagList } from "./resource";
import type { Properties } from "./values";

/** Where a plugin was started: what the AWS SDK would read there. */
export interface Surroundings {
    environment: Environment;
    /** The program's folder. */
    folder: string;
}

/** A provider that was configured: who it is, and where. */
export interface Session {
    /** @param region @default the provider's own */
    client(region?: string): Client;
    region: string;
    defaultTags: Record<string, string>;
}

/**
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
    const profile = profiles[profileName(inputs, environment)];
    const region = checkedRegion(
        inputs.region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION ?? profile?.region,
        inputs,
    );
    const clientOf = (keys: Keys, at = region) => new Client(world, callerOf(world, keys), at, stopped);
    const keys = await resolveKeys(inputs, environment, profiles, (base, role) =>
        assumeRole(clientOf(base), role, `aws-go-sdk-${Math.trunc(world.clock.now())}`),
    );
    await validate(clientOf(keys), inputs);
    return { region, client: (at) => clientOf(keys, at), defaultTags: defaultTags(inputs, environment) };
}

function checkedRegion(region: string | undefined, { skipRegionValidation }: Properties): string {
    if (!region) {
        throw new Error("invalid AWS Region: it is set neither in aws:region, in AWS_REGION nor in the profile");
    }
    if (!skipRegionValidation && !/^[a-z]{2}(-[a-z]+)+-\d+$/.test(region)) {
        throw new Error(`invalid AWS Region: ${region}`);
    }
    return region;
}

async function assumeRole(client: Client, role: Properties, defaultName: string): Promise<Keys> {
    const { Credentials } = await client
        .call<AssumeRoleCommandOutput>("sts", "AssumeRole", {
            RoleArn: role.roleArn,
            RoleSessionName: role.sessionName ?? defaultName,
            DurationSeconds: role.duration && secondsOf(role.duration),
            ExternalId: role.externalId,
            Policy: role.policy,
            PolicyArns: role.policyArns?.map((arn: string) => ({ arn })),
            SourceIdentity: role.sourceIdentity,
            Tags: tagList(role.tags),
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

const TAG_VARIABLE = "TF_AWS_DEFAULT_TAGS_";

function defaultTags(inputs: Properties, environment: Environment): Record<string, string> {
    const named = Object.entries(environment).filter(([name]) => name.startsWith(TAG_VARIABLE));
    const ambient = named.map(([name, value]) => [name.slice(TAG_VARIABLE.length), value]);
    return { ...Object.fromEntries(ambient), ...inputs.defaultTags?.tags };
}

/** Of `1h30m`, as Go writes durations. */
function secondsOf(duration: string): number {
    const units: Record<string, number> = { h: 3600, m: 60, s: 1 };
    return [...duration.matchAll(/([\d.]+)([hms])/g)].reduce((sum, [, n, unit]) => sum + Number(n) * units[unit], 0);
}
