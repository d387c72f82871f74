import type { Rule } from "../rule";
import { duplicateProblems } from "../stack/duplicates";
import { INTEGRATION_DATABASE } from "../stack/types";
import { CannotTellYet } from "../stack/unknown";

const fix = "Give each a databaseName of its own.";

export const oneDatabasePerName = {
    id: "one-database-per-name",
    title: "The databases that integrations fill in one warehouse have different names.",
    level: "mandatory",
    severity: "medium",
    reads: [`${INTEGRATION_DATABASE} databaseName, warehouse, account`],
    why: "The second is refused when its integration is active, half an hour later. Two components of one name have databases of one name.",
    fix,
    subjects: (stack) => stack.ofType(INTEGRATION_DATABASE),
    judge: (database, stack) =>
        duplicateProblems(database, stack.ofType(INTEGRATION_DATABASE), {
            argument: "databaseName",
            identity: (other) => {
                const warehouse =
                    other.get<string>("warehouse.workgroupName") ?? other.get<string>("warehouse.clusterIdentifier");
                if (warehouse === undefined) {
                    throw new CannotTellYet("its warehouse is not known");
                }
                return `${stack.placeOf(other)} ${warehouse} ${other.get<string>("databaseName")}`;
            },
            what: "a database of the same name",
            fix,
        }),
} as const satisfies Rule;
