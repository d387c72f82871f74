import type { SourceProblem } from "../source";

/** A refusal as problems of a source are told. */
export const asProblem = ({
    ErrorCode,
    ErrorMessage,
}: {
    ErrorCode?: string;
    ErrorMessage?: string;
}): SourceProblem => ({ code: ErrorCode!, message: ErrorMessage! });
