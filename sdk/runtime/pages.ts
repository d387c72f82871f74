/** All of a list that AWS gives in pages, each with the marker of the next. */
export async function everyPage<P extends { Marker?: string }, T>(
    fetch: (Marker: string | undefined) => Promise<P>,
    itemsOf: (page: P) => T[] | undefined,
): Promise<T[]> {
    const items: T[] = [];
    let marker: string | undefined;
    do {
        const page = await fetch(marker);
        items.push(...(itemsOf(page) ?? []));
        marker = page.Marker;
    } while (marker);
    return items;
}
