/** The name that was meant, as far as it can be guessed: the nearest of the candidates, when few letters differ. */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
    const [nearest] = [...candidates]
        .map((candidate) => ({ candidate, distance: distance(spelling(name), spelling(candidate)) }))
        .filter(({ distance, candidate }) => distance <= tolerated(candidate))
        .sort((left, right) => left.distance - right.distance);
    return nearest?.candidate;
}

/** "Did you mean …", or what else there is to say. */
export function meant(name: string, candidates: readonly string[], otherwise: string): string {
    const nearest = closest(name, candidates);
    return nearest === undefined ? otherwise : `Did you mean ${nearest}?`;
}

/** Case and word breaks are what people mix up most: tableArn and table_arn are one name. */
function spelling(name: string): string {
    return name.toLowerCase().replace(/[-_ ]/g, "");
}

/** Two letters that change places are two changes. */
function tolerated({ length }: string): number {
    return Math.min(3, Math.max(1, Math.floor(length * 0.4)));
}

/** Levenshtein's: how many letters are added, taken or changed. */
function distance(left: string, right: string): number {
    let row = Array.from({ length: right.length + 1 }, (_, j) => j);
    for (const [i, letter] of [...left].entries()) {
        const next = [i + 1];
        [...right].forEach((other, j) => {
            next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (letter === other ? 0 : 1)));
        });
        row = next;
    }
    return row.at(-1)!;
}
