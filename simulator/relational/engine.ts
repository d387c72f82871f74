/** The kinds of database that differ in their SQL, their types and the levels of their names. */
export type EngineKind = "mysql" | "postgresql" | "oracle";

export interface EngineFacts {
    /** What a quoted identifier stands in. */
    quote: '"' | "`";
    /** How the engine keeps an identifier that is not quoted. */
    fold(identifier: string): string;
    /** The schema that tables without one belong to; undefined where databases have no schemas. */
    defaultSchema?: string;
    /** Databases that are there before anybody makes one. */
    databases: string[];
}

export const ENGINES: Record<EngineKind, EngineFacts> = {
    // On Linux, MySQL tells capitals in names of databases and tables.
    mysql: { quote: "`", fold: (name) => name, databases: [] },
    postgresql: { quote: '"', fold: (name) => name.toLowerCase(), defaultSchema: "public", databases: ["postgres"] },
    oracle: { quote: '"', fold: (name) => name.toUpperCase(), defaultSchema: "ADMIN", databases: [] },
};

/** The kind behind an engine's name in the RDS API: `aurora-mysql`, `oracle-ee-cdb`, … */
export function engineKind(engine: string): EngineKind | undefined {
    return (["mysql", "postgres", "oracle"] as const)
        .filter((kind) => engine.replace(/^aurora-/, "").startsWith(kind))
        .map((kind) => (kind === "postgres" ? "postgresql" : kind))[0];
}
