import type { Simulator } from "pulumi-aws-zero-etl/simulator";

import { waitFor } from "./demo";

/** A document as its index has it. */
export interface Found {
    id: string;
    document: Record<string, unknown>;
}

/** Looks into the simulated indexes until what is there is as it should be. */
export function waitForDocuments(
    simulator: Simulator,
    index: string,
    ready: (found: Found[]) => boolean,
): Promise<Found[]> {
    return waitFor(`index ${index}`, () => documentsIn(simulator, index), ready);
}

async function documentsIn({ endpoint }: Simulator, index: string): Promise<Found[]> {
    const answer = await fetch(`${endpoint}/_zero-etl/documents?index=${index}`);
    const indexes = (await answer.json()) as { documents: Found[] }[];
    return indexes.flatMap(({ documents }) => documents);
}

/** One document a line. */
export function asLines(found: Found[]): string[] {
    return found.map(({ id, document }) => `${id}  ${JSON.stringify(document)}`);
}
