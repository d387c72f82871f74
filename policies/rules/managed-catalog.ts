import { isRedshiftCatalogArn, managedCatalogNameProblems, nameIn, pairProblems } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { engineOf } from "../stack/relational-sources";
import { GLUE_CATALOG, RDS_INTEGRATIONS } from "../stack/types";
import { CannotTellYet } from "../stack/unknown";

export const managedCatalog = {
    id: "managed-catalog",
    title: "A managed catalog that RDS writes to has a name of 19 characters at most, and takes the source's engine.",
    level: "mandatory",
    severity: "critical",
    reads: [`${GLUE_CATALOG} name`, ...RDS_INTEGRATIONS.map((type) => `${type} sourceArn, targetArn`)],
    why: "AWS makes a catalog of any length of name, and refuses the integration into it, as it does for PostgreSQL and Oracle of RDS.",
    fix: "Give the catalog a shorter name; take RDS for PostgreSQL and Oracle into a Redshift warehouse.",
    subjects: (stack) =>
        stack.ofType(...RDS_INTEGRATIONS).filter((integration) => {
            const { resource, value = "" } = stack.targetOf(integration);
            return resource ? resource.type === GLUE_CATALOG : isRedshiftCatalogArn(value);
        }),
    judge: (integration, stack) => {
        const [source, target] = [stack.sourceOf(integration), stack.targetOf(integration)];
        const name = target.value === undefined ? target.resource!.get<string>("name") : nameIn(target.value);
        if (name === undefined) {
            throw new CannotTellYet("the provider names the catalog");
        }
        // An engine that AWS does not integrate at all is what relational-source-engine tells.
        const engine = source.resource && engineOf(stack, source.resource);
        return [
            ...managedCatalogNameProblems("targetArn", name),
            ...(engine ? pairProblems("sourceArn", engine, "lakehouse") : []),
        ];
    },
} as const satisfies Rule;
