/** A call as it happened. */
export interface RequestRecord {
    at: Date;
    door: "http" | "provider" | "internal";
    service: string;
    operation: string;
    caller: string;
    accountId: string;
    region: string;
    input: unknown;
    /** the error's code, where AWS refused */
    error?: string;
    /** the fault that was injected */
    fault?: string;
}

const CAPACITY = 50_000;

/** Everything that was asked of the world, the oldest dropped first. */
export class RequestLog {
    private records: RequestRecord[] = [];

    add(record: RequestRecord): RequestRecord {
        this.records.push(record);
        if (this.records.length > CAPACITY) {
            this.records.splice(0, CAPACITY / 10);
        }
        return record;
    }

    /** Those that match, oldest first. */
    find(match: Partial<Pick<RequestRecord, "door" | "service" | "operation" | "accountId" | "region">> = {}) {
        const wanted = Object.entries(match) as [keyof RequestRecord, unknown][];
        return this.records.filter((r) => wanted.every(([key, value]) => r[key] === value));
    }

    clear(): void {
        this.records = [];
    }
}
