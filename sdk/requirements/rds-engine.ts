/** The engines of RDS that AWS integrates, as far as their rules differ. */
export type SourceEngine = "aurora-mysql" | "aurora-postgresql" | "mysql" | "postgres" | "oracle";

/** Enterprise and Standard Edition 2, without and with several tenant databases. */
const ORACLE_ENGINES = ["oracle-ee", "oracle-se2", "oracle-ee-cdb", "oracle-se2-cdb"];

const ENGINES: Record<string, SourceEngine> = {
    "aurora-mysql": "aurora-mysql",
    "aurora-postgresql": "aurora-postgresql",
    mysql: "mysql",
    postgres: "postgres",
    ...Object.fromEntries(ORACLE_ENGINES.map((engine) => [engine, "oracle"])),
};

/** From the name of an engine as RDS has it; `undefined` for one that AWS does not integrate. */
export function sourceEngineOf(engine: string): SourceEngine | undefined {
    return ENGINES[engine];
}

export function isAurora(engine: SourceEngine): boolean {
    return engine.startsWith("aurora-");
}

export function isMySql(engine: SourceEngine): boolean {
    return engine.endsWith("mysql");
}

export function isPostgreSql(engine: SourceEngine): boolean {
    return engine.includes("postgres");
}
