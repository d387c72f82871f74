import type { NamedQuery, WorkGroup } from "@aws-sdk/client-athena";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";

/** The workgroup that every account has, and that takes what names none. */
export const PRIMARY = "primary";
export const MAX_PER_PAGE = 50;
export const ENGINE_VERSION = { SelectedEngineVersion: "AUTO", EffectiveEngineVersion: "Athena engine version 3" };

export interface KeptWorkGroup {
    workGroup: WorkGroup;
    tags: Map<string, string>;
}

/** Workgroups and saved queries of an account in a Region. */
export class Athena {
    readonly namedQueries = new Map<string, NamedQuery>();
    /** which query was made under which client request token */
    readonly requestTokens = new Map<string, string>();
    readonly workGroups = new Map<string, KeptWorkGroup>([
        [
            PRIMARY,
            {
                workGroup: {
                    Name: PRIMARY,
                    State: "ENABLED",
                    Configuration: {
                        EnforceWorkGroupConfiguration: false,
                        PublishCloudWatchMetricsEnabled: false,
                        RequesterPaysEnabled: false,
                        ResultConfiguration: {},
                        EngineVersion: ENGINE_VERSION,
                    },
                },
                tags: new Map(),
            },
        ],
    ]);
}

export function invalid(message: string): AwsError {
    return new AwsError("InvalidRequestException", message);
}

export function workGroupArn(ctx: Context, name: string): string {
    return ctx.arn("athena", `workgroup/${name}`);
}

export function findWorkGroup(ctx: Context, name: string): KeptWorkGroup {
    const found = ctx.state(Athena).workGroups.get(name);
    if (!found) {
        throw invalid(`WorkGroup ${name} is not found.`);
    }
    return found;
}
