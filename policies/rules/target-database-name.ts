import { databaseNameProblems } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { GLUE_DATABASE } from "../stack/types";
import { CannotTellYet } from "../stack/unknown";

export const targetDatabaseName = {
    id: "target-database-name",
    title: "A target database has a name of lower-case letters, digits and underscores.",
    level: "mandatory",
    severity: "critical",
    reads: [`${GLUE_DATABASE} name`],
    why: "Glue itself takes other names, such as those with a hyphen, and the integration then fails: the name contains invalid characters.",
    fix: "Set name, and use lower-case letters, digits and underscores: a name that Pulumi makes up has a hyphen.",
    subjects: (stack, scope) => stack.targets(scope),
    judge: (database) => {
        const name = database.get<string>("name");
        if (name === undefined) {
            throw new CannotTellYet("the provider names it");
        }
        return databaseNameProblems("name", name);
    },
} as const satisfies Rule;
