import { AwsError } from "../../world/error";

export const invalidInput = (message: string) => new AwsError("InvalidInputException", message);
export const entityNotFound = (message: string) => new AwsError("EntityNotFoundException", message);
export const alreadyExists = (message: string) => new AwsError("AlreadyExistsException", message);

/** A constraint of the service's model, in the words that AWS has for all of them. */
export function invalid(member: string, value: unknown, constraint: string): AwsError {
    return new AwsError(
        "ValidationException",
        `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: ${constraint}`,
    );
}

export function checkLength(member: string, value: string | undefined, max: number, min = 1): void {
    if (value !== undefined && value.length < min) {
        throw invalid(member, value, `Member must have length greater than or equal to ${min}`);
    }
    if (value !== undefined && value.length > max) {
        throw invalid(member, value, `Member must have length less than or equal to ${max}`);
    }
}

export function checkEnum(member: string, value: string | undefined, allowed: readonly string[]): void {
    if (value !== undefined && !allowed.includes(value)) {
        throw invalid(member, value, `Member must satisfy enum value set: [${allowed.join(", ")}]`);
    }
}

export interface Filter {
    Name?: string;
    Values?: string[];
}

/** The entries that all filters let through. `fields` gives each filter's value of an entry. */
export function applyFilters<T>(
    entries: T[],
    filters: readonly Filter[] = [],
    fields: Record<string, (entry: T) => string | undefined>,
): T[] {
    for (const { Name, Values = [] } of filters) {
        checkEnum("filters.name", Name, Object.keys(fields));
        Values.forEach((value) => checkLength("filters.values", value, 128));
    }
    return entries.filter((entry) => filters.every((f) => f.Values?.includes(fields[f.Name!]?.(entry) ?? "")));
}

/** How many entries a listing gives at once unless it is told. */
export const PAGE_SIZE = 100;
