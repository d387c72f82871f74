import type { Duration } from "../duration";
import { duration, flag, group, mapOf, required, text } from "./options";
import { REGION, ROLE_ARN } from "./aws-options";

/** A secret that a body refers to. */
export interface PipelineSecret {
    /** Name or ARN. 1 to 512 characters. */
    secretId: string;
    /** Always written: where it is not, AWS looks in us-east-1. */
    region: string;
    /** How often it is read again. @default "1h", which is the least */
    refreshInterval?: Duration;
    /** @default - the pipeline's own role */
    stsRoleArn?: string;
    stsHeaderOverrides?: Record<string, string>;
    /** @default false */
    disableRefresh?: boolean;
    /** @default false */
    skipValidationOnStart?: boolean;
}

/** What the extension declares of each secret. */
export const SECRET_OPTIONS = group<PipelineSecret>({
    secretId: required(text({ max: 512 }), "Give the secret's name or ARN"),
    region: REGION,
    refreshInterval: duration({ least: "1h" }),
    stsRoleArn: ROLE_ARN,
    stsHeaderOverrides: mapOf(text(), { max: 5 }),
    disableRefresh: flag,
    skipValidationOnStart: flag,
});
