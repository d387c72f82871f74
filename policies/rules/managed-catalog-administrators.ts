import { MANAGED_CATALOG_TYPE, problem, type Problem } from "../../sdk/requirements";
import type { Rule } from "../rule";
import type { Resource } from "../stack/resource";
import type { Stack } from "../stack/stack";
import { GLUE_CATALOG, LAKE_FORMATION_ADMINISTRATOR, LAKE_FORMATION_SETTINGS } from "../stack/types";
import { found, known, readEach } from "../stack/unknown";

const REDSHIFT_READER = /:role\/aws-service-role\/redshift\.amazonaws\.com\/AWSServiceRoleForRedshift$/;

export const managedCatalogAdministrators = {
    id: "managed-catalog-administrators",
    title: "The settings of a data lake with managed catalogs keep its administrators, and Redshift's role as one who reads.",
    level: "mandatory",
    severity: "high",
    reads: [
        `${LAKE_FORMATION_SETTINGS} admins, readOnlyAdmins`,
        `${LAKE_FORMATION_ADMINISTRATOR} principalArn, readOnly`,
        `${GLUE_CATALOG} catalogProperties`,
    ],
    why: "The settings are one document: whom they leave out is no administrator any more. AWS then refuses the catalog with a Lake Formation permission that it does not explain, or fails the integration later.",
    fix: "Name them, or leave the settings out and add administrators one by one (LakeFormationAdministrator).",
    subjects: (stack) =>
        stack
            .ofType(LAKE_FORMATION_SETTINGS)
            .filter(({ provider }) => managedCatalogs(stack).some((catalog) => catalog.provider === provider)),
    judge: (settings, stack) => {
        const readers = settings.get<string[]>("readOnlyAdmins") ?? [];
        const problems = [
            ...((settings.get<string[]>("admins") ?? []).length > 0
                ? []
                : [
                      problem(
                          "admins",
                          "The data lake has no administrator, and AWS lets nobody else make a managed catalog",
                          "Name whoever deploys",
                      ),
                  ]),
            ...(readers.some((arn) => REDSHIFT_READER.test(arn))
                ? []
                : [
                      problem(
                          "readOnlyAdmins",
                          "Redshift's role is not among them, and AWS fills no managed catalog then",
                          "Name the account's role/aws-service-role/redshift.amazonaws.com/AWSServiceRoleForRedshift",
                      ),
                  ]),
        ];
        const lost = readEach(stack.ofType(LAKE_FORMATION_ADMINISTRATOR), (member) => lostBy(settings, member));
        return found({ ...lost, values: [...problems, ...lost.values] }, "an administrator is not known");
    },
} as const satisfies Rule;

function managedCatalogs(stack: Stack): Resource[] {
    const type = (catalog: Resource) => catalog.get("catalogProperties.dataLakeAccessProperties.catalogType");
    return stack.ofType(GLUE_CATALOG).filter((catalog) => known(() => type(catalog)) === MANAGED_CATALOG_TYPE);
}

/** An administrator that is added by itself, and that the settings take away. */
function lostBy(settings: Resource, member: Resource): Problem[] {
    const list = member.get("readOnly") ? "readOnlyAdmins" : "admins";
    const principalArn = member.get<string>("principalArn")!;
    return (settings.get<string[]>(list) ?? []).includes(principalArn)
        ? []
        : [
              problem(
                  list,
                  `The settings take away ${member.name}, ${principalArn}`,
                  "Name it here, or add all one by one",
              ),
          ];
}
