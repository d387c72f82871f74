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
        try {
            await this.deliver(this.group, `${level} ${message}`);
        } catch (error) {
            if (!(error instanceof AwsError)) {
                throw error;
            }
            // The log misses a line, and the data goes on; a group that somebody deleted is made again.
            this.isOpen = false;
        }
    }

    private async deliver(logGroupName: string, line: string): Promise<void> {
        const place = { logGroupName, logStreamName: this.stream };
        if (!this.isOpen) {
            await this.owner.call("logs", "CreateLogGroup", { logGroupName }).catch(orExists);
            await this.owner.call("logs", "CreateLogStream", place).catch(orExists);
            this.isOpen = true;
        }
        const timestamp = Math.floor(this.owner.now);
        await this.owner.call("logs", "PutLogEvents", {
            ...place,
            logEvents: [{ timestamp, message: `${new Date(timestamp).toISOString()} ${line}` }],
        });
    }
}

function orExists(error: unknown): void {
    if (!(error instanceof AwsError && error.code === "ResourceAlreadyExistsException")) {
        throw error;
    }
}
