import * as pulumi from "@pulumi/pulumi";
import { LogGroup, type LogGroupArgs } from "@pulumi/aws/cloudwatch/logGroup";

import { pipelineLogGroup } from "../../sdk/requirements";
import { derived } from "../checked";
import { transformed, type Transform } from "../transform";

/** What a pipeline says of its work. */
export interface PipelineLogArgs {
    /** @default 30 */
    retentionInDays?: pulumi.Input<number>;
    /** A customer managed key, whose policy has to let CloudWatch Logs use it. @default a key of AWS */
    kmsKeyArn?: pulumi.Input<string>;
}

/** As long as somebody asks what went wrong. */
const RETENTION_DAYS = 30;

/** The group under the one prefix that AWS takes; CloudWatch would keep its lines for ever. */
export function pipelineLogs(
    parent: pulumi.Resource,
    name: string,
    pipelineName: pulumi.Output<string>,
    logs: PipelineLogArgs | false = {},
    { tags, transform }: { tags?: LogGroupArgs["tags"]; transform?: Transform<LogGroupArgs> },
): LogGroup | undefined {
    if (logs === false) {
        return undefined;
    }
    const { retentionInDays = RETENTION_DAYS, kmsKeyArn } = logs;
    return new LogGroup(
        ...transformed(
            transform,
            `${name}-logs`,
            { name: derived(pipelineName, pipelineLogGroup), retentionInDays, kmsKeyId: kmsKeyArn, tags },
            { parent },
        ),
    );
}
