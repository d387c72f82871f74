import { locationUriProblems } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { GLUE_DATABASE } from "../stack/types";

export const targetDatabaseLocation = {
    id: "target-database-location",
    title: "A target database has a location in S3.",
    level: "mandatory",
    severity: "critical",
    reads: [`${GLUE_DATABASE} locationUri`],
    why: "The tables' files go below the database's location; AWS accepts an integration into a database without one, and cannot write.",
    fix: "Set locationUri to s3://bucket/prefix/.",
    subjects: (stack, scope) => stack.targets(scope),
    judge: (database) => locationUriProblems("locationUri", database.get("locationUri")),
} as const satisfies Rule;
