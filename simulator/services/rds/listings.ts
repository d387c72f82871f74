import type { Filter } from "@aws-sdk/client-rds";

import { pageOf } from "../operations";
import { invalidParameter } from "./state";

const MIN_RECORDS = 20;
const MAX_RECORDS = 100;

/** A page of a listing as all of RDS pages: 20 to 100 entries, 100 unless told. */
export function paged<T>(items: T[], { MaxRecords, Marker }: { MaxRecords?: number; Marker?: string }) {
    if (MaxRecords !== undefined && (MaxRecords < MIN_RECORDS || MaxRecords > MAX_RECORDS)) {
        throw invalidParameter(
            `Invalid value ${MaxRecords} for MaxRecords. Must be between ${MIN_RECORDS} and ${MAX_RECORDS}`,
        );
    }
    const { page, next } = pageOf(items, MaxRecords ?? MAX_RECORDS, Marker);
    return { page, Marker: next };
}

/** The entries that all filters let through. `fields` gives each filter's values of an entry. */
export function filtered<T>(
    entries: T[],
    filters: readonly Filter[] = [],
    fields: Record<string, (entry: T) => (string | undefined)[]>,
): T[] {
    const unknown = filters.find(({ Name }) => !Object.hasOwn(fields, Name!));
    if (unknown) {
        throw invalidParameter(`Unrecognized filter name: ${unknown.Name}`);
    }
    return entries.filter((entry) =>
        filters.every(({ Name, Values }) => fields[Name!]!(entry).some((value) => value && Values!.includes(value))),
    );
}
