/** What AWS answers instead of a result. `code` is the error's name in the service's model. */
export class AwsError extends Error {
    /**
     * @param code the error's name, `ResourceNotFoundException`
     * @param message AWS's words
     * @param status HTTP status
     * @param fields further members of the error's shape
     */
    constructor(
        readonly code: string,
        message: string,
        readonly status = 400,
        readonly fields: Record<string, unknown> = {},
    ) {
        super(message);
        this.name = code;
    }
}
