import { AwsError } from "../world/error";

/** What OpenSearch itself answers instead of a result: its `type` is the error's code, its `reason` the message. */
export class SearchError extends AwsError {
    /** @param cause what lies behind it: `caused_by` */
    constructor(type: string, reason: string, status = 400, cause?: { type: string; reason: string }) {
        super(type, reason, status, cause && { caused_by: cause });
    }
}

/** No path, or no method, of the API fits a request: OpenSearch answers with a sentence alone. */
export class NoRoute extends SearchError {}

export const illegalArgument = (reason: string) => new SearchError("illegal_argument_exception", reason);
/** What OpenSearch would do, and the simulator would pass over: it says so instead. */
export const notSimulated = (what: string) => illegalArgument(`${what} is not simulated`);

export const badMapping = (reason: string) => new SearchError("mapper_parsing_exception", reason);
