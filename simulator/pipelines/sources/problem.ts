import { AwsError } from "../../world/error";
import type { SourceProblem } from "../source";

/** What went wrong while a source was read; it is tried again. */
export class SourceFailure extends AwsError implements SourceProblem {
    constructor(
        { code, message }: Pick<AwsError, "code" | "message">,
        readonly metric: string,
    ) {
        super(code, message);
    }
}

/** A refusal as problems of a source are told. */
export const asProblem = ({
    ErrorCode,
    ErrorMessage,
}: {
    ErrorCode?: string;
    ErrorMessage?: string;
}): SourceProblem => ({ code: ErrorCode!, message: ErrorMessage! });
