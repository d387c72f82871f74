import { parseArn } from "../arn";
import { problem, type Problem } from "../errors";

/** A pipeline reads databases of its own account and Region alone. */
export function besidePipelineProblems(
    argument: string,
    sourceArn: string,
    pipeline: { accountId: string; region: string },
): Problem[] {
    const source = parseArn(sourceArn, argument);
    return source.accountId === pipeline.accountId && source.region === pipeline.region
        ? []
        : [
              problem(
                  argument,
                  `The source is in account ${source.accountId} and ${source.region}, the pipeline's provider leads to ${pipeline.accountId} and ${pipeline.region}, and a pipeline reads beside itself alone`,
                  `Give the pipeline a provider of the source's: { provider: new zeroetl.AwsAccount(…) }`,
              ),
          ];
}
