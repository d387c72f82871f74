import { createHash } from "node:crypto";

import { problem, type Problem } from "./errors";

export type IntegrationApi = "glue" | "rds" | "redshift";

interface NameRule {
    maxLength: number;
    pattern: RegExp;
    form: string;
}

const RDS_NAME: NameRule = {
    maxLength: 63,
    pattern: /^[a-zA-Z](?:-?[a-zA-Z0-9]+)*$/,
    form: "letters, digits and single hyphens between them, a letter first",
};

/** What each API that creates integrations takes as a name. A name is unique in its account and Region. */
export const INTEGRATION_NAME: Record<IntegrationApi, NameRule> = {
    glue: { maxLength: 128, pattern: /^.+$/s, form: "any character" },
    rds: RDS_NAME,
    redshift: RDS_NAME,
};

const GLUE_DATABASE: NameRule = {
    // AWS answers "contains invalid characters" to a hyphen, although the API's own model allows one.
    maxLength: 255,
    pattern: /^[a-z0-9_]+$/,
    form: "lower-case letters, digits and underscores",
};

// 255 for the table itself, but TargetTableConfig.TargetTableName ends at 128.
const TARGET_TABLE: NameRule = { ...GLUE_DATABASE, maxLength: 128 };

const TARGET_NAMESPACE: NameRule = {
    maxLength: 255,
    pattern: /^(?!aws)[a-z0-9](?:[a-z0-9_]*[a-z0-9])?$/,
    form: `lower-case letters, digits and underscores, a letter or digit first and last, and not "aws" at the start`,
};

export function integrationNameProblems(argument: string, api: IntegrationApi, name: string): Problem[] {
    return nameProblems(argument, name, INTEGRATION_NAME[api]);
}

/** The database that an integration writes to. */
export function databaseNameProblems(argument: string, name: string): Problem[] {
    return nameProblems(argument, name, GLUE_DATABASE);
}

/** The table that an integration writes. */
export function targetTableNameProblems(argument: string, name: string): Problem[] {
    return nameProblems(argument, name, TARGET_TABLE);
}

/** The namespace of a table bucket; one that exists is used. */
export function targetNamespaceProblems(argument: string, name: string): Problem[] {
    return nameProblems(argument, name, TARGET_NAMESPACE);
}

/** What a name is derived from, so that the same resource of two stacks has two names. */
export interface NameParts {
    project: string;
    stack: string;
    name: string;
}

/** A name for an integration that every API takes, as far as its length allows: see {@link derivedName}. */
export function deriveIntegrationName(api: IntegrationApi, parts: NameParts): string {
    return derivedName(parts, { maxLength: INTEGRATION_NAME[api].maxLength, pattern: RDS_NAME.pattern });
}

/**
 * `project-stack-name`, where the pattern takes it. A short hash at the end keeps names apart that were shortened, stripped of other
 * characters, or put in lower case.
 */
export function derivedName(
    { project, stack, name }: NameParts,
    { maxLength, pattern, lowerCase = false }: Pick<NameRule, "maxLength" | "pattern"> & { lowerCase?: boolean },
): string {
    const wanted = [project, stack, name].join("-");
    if (wanted.length <= maxLength && pattern.test(wanted)) {
        return wanted;
    }
    const readable = (lowerCase ? wanted.toLowerCase() : wanted)
        .replace(/[^a-zA-Z0-9]+/g, "-")
        .replace(/^[^a-zA-Z]+/, "")
        .slice(0, maxLength - HASH_LENGTH - 1)
        .replace(/-$/, "");
    return `${readable || "zero-etl"}-${shortHash(project, stack, name)}`;
}

const HASH_LENGTH = 8;

/** Eight hexadecimal digits that differ when one of the parts differs. */
export function shortHash(...parts: string[]): string {
    return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, HASH_LENGTH);
}

/** A Sid that says what it is for and never meets another's: letters and digits only, as IAM asks. */
export function statementId(purpose: string, readable: string, ...distinguishing: string[]): string {
    return `ZeroEtl${purpose}${readable.replace(/[^a-zA-Z0-9]/g, "").slice(0, 32)}${shortHash(...distinguishing)}`;
}

/** A bucket and a prefix without slashes at its ends; the prefix is empty for the whole bucket. */
export interface S3Location {
    bucket: string;
    prefix: string;
}

/** `undefined` for what is no location that can be granted. */
export function parseS3Uri(uri: string): S3Location | undefined {
    // The prefix becomes part of an IAM resource, where *, ? and $ would widen what the role may write.
    const [, bucket, prefix = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([^*?$]*))?$/.exec(uri) ?? [];
    return bucket === undefined ? undefined : { bucket, prefix: prefix.replace(/^\/+|\/+$/g, "") };
}

/** A database must have a location, since the tables' files go below it. */
export function locationUriProblems(argument: string, uri: string | undefined): Problem[] {
    if (!uri) {
        return [
            problem(
                argument,
                "An integration cannot write to a database without a location",
                "Give s3://bucket/prefix/",
            ),
        ];
    }
    if (!parseS3Uri(uri)) {
        return [problem(argument, `"${uri}" is not an S3 location without *, ? and $`, "Give s3://bucket/prefix/")];
    }
    return [];
}

function nameProblems(argument: string, name: string, { maxLength, pattern, form }: NameRule): Problem[] {
    if (name.length === 0 || name.length > maxLength) {
        return [problem(argument, `"${name}" has ${name.length} characters`, `AWS takes 1 to ${maxLength}`)];
    }
    if (!pattern.test(name)) {
        return [problem(argument, `"${name}" is not a name that AWS takes here`, `Use ${form}`)];
    }
    return [];
}
