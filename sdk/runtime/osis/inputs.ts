import type { Duration } from "../../requirements/duration";
import type { OsisPipelineInputs as PipelineInputs } from "../../requirements/opensearch/pipeline";
import type { CommonInputs } from "../handler";

export interface OsisPipelineInputs extends PipelineInputs, CommonInputs {
    roleArn: string;
    /** @default true */
    running?: boolean;
    /** `accepted` returns as soon as AWS has taken the order. @default "active" */
    waitFor?: "active" | "accepted";
    /** @default false */
    adoptExisting?: boolean;
    timeouts?: PipelineTimeouts;
}

export interface PipelineTimeouts {
    /** @default "45m" */
    create?: Duration;
    /** @default "45m" */
    update?: Duration;
    /** @default "45m" */
    delete?: Duration;
}
