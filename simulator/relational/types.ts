import type { EngineKind } from "./engine";

/** A column's type as SQL writes it: `BIGINT UNSIGNED`, `NUMERIC(12,2)`, `TEXT[]`. */
export interface SourceType {
    /** in capitals, words separated by one space */
    name: string;
    /** length, or precision and scale */
    args: number[];
    array: boolean;
}

/** What values of a type look like. */
export type ValueKind = "integer" | "number" | "text" | "boolean" | "json" | "array" | "bytes";

interface TypeFacts {
    values: ValueKind;
    /** The type in Redshift; undefined where zero-ETL does not take the type. */
    redshift(args: number[]): string | undefined;
}

/** Redshift's VARCHAR counts bytes, the sources characters, of up to four bytes each. */
const MAX_VARCHAR = 65_535;
const BYTES_PER_CHARACTER = 4;
const MAX_PRECISION = 38;
const MAX_SCALE = 37;

const as = (values: ValueKind, redshift: string): TypeFacts => ({ values, redshift: () => redshift });
const unsupported: TypeFacts = { values: "text", redshift: () => undefined };
const text = as("text", `VARCHAR(${MAX_VARCHAR})`);
const bytes = as("bytes", "VARBYTE");
const characters: TypeFacts = {
    values: "text",
    redshift: ([length = 1]) => `VARCHAR(${Math.min(MAX_VARCHAR, length * BYTES_PER_CHARACTER)})`,
};
/** @param whenBare the type of a column that names no precision */
const decimal = (whenBare?: string): TypeFacts => ({
    values: "number",
    redshift: ([precision, scale = 0]) =>
        precision === undefined
            ? whenBare
            : precision <= MAX_PRECISION && scale <= MAX_SCALE
              ? `DECIMAL(${precision},${scale})`
              : undefined,
});

const all = (facts: TypeFacts, ...names: string[]) => Object.fromEntries(names.map((name) => [name, facts]));

const TYPES: Record<EngineKind, Record<string, TypeFacts>> = {
    mysql: {
        // MySQL's BOOLEAN is a TINYINT(1).
        ...all(as("integer", "SMALLINT"), "BOOLEAN", "BOOL", "TINYINT", "TINYINT UNSIGNED", "SMALLINT"),
        ...all(as("integer", "INTEGER"), "SMALLINT UNSIGNED", "MEDIUMINT", "MEDIUMINT UNSIGNED", "INT", "INTEGER"),
        ...all(as("integer", "BIGINT"), "INT UNSIGNED", "INTEGER UNSIGNED", "BIGINT"),
        ...all(as("integer", "DECIMAL(20,0)"), "BIGINT UNSIGNED"),
        ...all(decimal("DECIMAL(10,0)"), "DECIMAL", "NUMERIC", "DEC"),
        ...all(as("number", "REAL"), "FLOAT"),
        ...all(as("number", "DOUBLE PRECISION"), "DOUBLE", "DOUBLE PRECISION"),
        ...all(characters, "CHAR", "VARCHAR"),
        ...all(text, "TEXT", "TINYTEXT", "MEDIUMTEXT", "LONGTEXT"),
        ...all(as("text", "DATE"), "DATE"),
        ...all(as("text", "TIMESTAMP"), "DATETIME", "TIMESTAMP"),
        ...all(as("text", "VARCHAR(18)"), "TIME"),
        ...all(bytes, "BINARY", "VARBINARY", "BLOB", "TINYBLOB", "MEDIUMBLOB", "LONGBLOB", "BIT"),
        ...all(as("json", "SUPER"), "JSON"),
    },
    postgresql: {
        ...all(as("boolean", "BOOLEAN"), "BOOLEAN", "BOOL"),
        ...all(as("integer", "SMALLINT"), "SMALLINT", "INT2"),
        ...all(as("integer", "INTEGER"), "INTEGER", "INT", "INT4", "SERIAL"),
        ...all(as("integer", "BIGINT"), "BIGINT", "INT8", "BIGSERIAL"),
        ...all(decimal(), "NUMERIC", "DECIMAL"),
        ...all(as("number", "REAL"), "REAL", "FLOAT4"),
        ...all(as("number", "DOUBLE PRECISION"), "DOUBLE PRECISION", "FLOAT8"),
        ...all(characters, "CHAR", "CHARACTER"),
        ...all(
            { values: "text", redshift: (args) => (args.length === 0 ? text : characters).redshift(args) },
            "VARCHAR",
            "CHARACTER VARYING",
        ),
        ...all(text, "TEXT"),
        ...all(as("text", "VARCHAR(36)"), "UUID"),
        ...all(as("text", "DATE"), "DATE"),
        ...all(as("text", "TIMESTAMP"), "TIMESTAMP", "TIMESTAMP WITHOUT TIME ZONE"),
        ...all(as("text", "TIMESTAMPTZ"), "TIMESTAMPTZ", "TIMESTAMP WITH TIME ZONE"),
        ...all(as("text", "TIME"), "TIME", "TIME WITHOUT TIME ZONE"),
        ...all(bytes, "BYTEA"),
        ...all(as("json", "SUPER"), "JSON", "JSONB"),
        // Types of extensions and the geometric ones.
        ...all(unsupported, "GEOMETRY", "GEOGRAPHY", "POINT", "POLYGON", "HSTORE", "CITEXT", "VECTOR"),
    },
    oracle: {
        ...all(decimal("DECIMAL(38,10)"), "NUMBER"),
        ...all(as("integer", "DECIMAL(38,0)"), "INTEGER", "INT", "SMALLINT"),
        ...all(as("number", "REAL"), "BINARY_FLOAT"),
        ...all(as("number", "DOUBLE PRECISION"), "BINARY_DOUBLE", "FLOAT"),
        ...all(characters, "CHAR", "NCHAR", "VARCHAR2", "NVARCHAR2"),
        ...all(text, "CLOB", "NCLOB"),
        ...all(as("text", "TIMESTAMP"), "DATE", "TIMESTAMP"),
        ...all(as("text", "TIMESTAMPTZ"), "TIMESTAMP WITH TIME ZONE"),
        ...all(bytes, "RAW", "BLOB"),
        ...all(unsupported, "ANYDATA", "BFILE", "REF", "ROWID", "UROWID", "VARRAY", "SDO_GEOMETRY"),
    },
};

const ARRAY = as("array", "SUPER");

/** What is known of a type; undefined if the engine has no such type, as far as it is simulated. */
export function typeFacts(engine: EngineKind, { name, array }: SourceType): TypeFacts | undefined {
    const element = TYPES[engine][name];
    return array ? (engine === "postgresql" && element ? ARRAY : undefined) : element;
}

/** The words in which a type may go on: `TIMESTAMP WITH TIME ZONE`. */
export const typeNames = (engine: EngineKind): string[] => Object.keys(TYPES[engine]);

export function printType({ name, args, array }: SourceType): string {
    return `${name}${args.length > 0 ? `(${args.join(",")})` : ""}${array ? "[]" : ""}`;
}

const WIDENING = [
    ["SMALLINT", "INTEGER", "BIGINT", "DECIMAL(20,0)"],
    ["REAL", "DOUBLE PRECISION"],
];

/** Whether Redshift's column can become the other in place: a wider one of the same kind. */
export function canBecome(before: string, after: string): boolean {
    const wider = WIDENING.some((row) => row.includes(before) && row.indexOf(before) <= row.indexOf(after));
    const [length, longer] = [before, after].map((type) => /^VARCHAR\((\d+)\)$/.exec(type)?.[1]);
    return before === after || wider || (length !== undefined && Number(length) <= Number(longer));
}
