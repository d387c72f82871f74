import { partitionOf } from "../world/context";
import { AwsError } from "../world/error";
import type { AccountCaller } from "../world/identity";
import type { World } from "../world/world";
import type { WireRequest } from "./message";

/** What a signed request says of itself: `AKID/20260131/eu-west-1/glue/aws4_request`. */
export interface CredentialScope {
    accessKeyId: string;
    region: string;
    /** the service's signing name */
    service: string;
    sessionToken?: string;
}

/** The scope in the Authorization header, or in the query of a presigned URL. */
export function credentialScope({ headers, query }: WireRequest): CredentialScope | undefined {
    const credential =
        /\bCredential=([^,\s]+)/.exec(headers.authorization ?? "")?.[1] ?? query.get("X-Amz-Credential") ?? "";
    const [accessKeyId, , region, service] = credential.split("/");
    return accessKeyId && region && service
        ? {
              accessKeyId,
              region,
              service,
              sessionToken: headers["x-amz-security-token"] ?? query.get("X-Amz-Security-Token") ?? undefined,
          }
        : undefined;
}

/**
 * Who makes the call: the owner of the access key.
 *
 * Signatures are not verified: any secret will do. The simulator's keys are worth nothing outside its world.
 */
export function callerOf(world: World, scope: CredentialScope | undefined): AccountCaller {
    if (!scope) {
        throw new AwsError("MissingAuthenticationTokenException", "Missing Authentication Token", 403);
    }
    const caller = world.identities.callerOf(scope.accessKeyId, partitionOf(scope.region), world.clock.now());
    if (caller === "expired") {
        throw new AwsError("ExpiredTokenException", "The security token included in the request is expired");
    }
    // A session's keys are nothing without its token.
    if (caller === "unknown" || (caller.kind === "role" && !scope.sessionToken)) {
        throw new AwsError("UnrecognizedClientException", "The security token included in the request is invalid.");
    }
    return caller;
}
