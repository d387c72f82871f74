import type { Context } from "../world/context";
import { AwsError } from "../world/error";

/** A pipeline's log, delivered to the group that the user chose; made where it is not there yet. */
export class Journal {
    private isOpen = false;

    /** @param group undefined where logging is off */
    constructor(
        private readonly owner: Context,
        private readonly group: string | undefined,
        private readonly stream: string,
    ) {}

    async write(level: "INFO" | "WARN" | "ERROR", message: string): Promise<void> {
        if (this.group === undefined) {
            return;
        }
        const place = { logGroupName: this.group, logStreamName: this.stream };
        if (!this.isOpen) {
            await this.owner.call("logs", "CreateLogGroup", { logGroupName: this.group }).catch(orExists);
            await this.owner.call("logs", "CreateLogStream", place).catch(orExists);
            this.isOpen = true;
        }
        const timestamp = Math.floor(this.owner.now);
        await this.owner.call("logs", "PutLogEvents", {
            ...place,
            logEvents: [{ timestamp, message: `${new Date(timestamp).toISOString()} ${level} ${message}` }],
        });
    }
}

function orExists(error: unknown): void {
    if (!(error instanceof AwsError && error.code === "ResourceAlreadyExistsException")) {
        throw error;
    }
}
