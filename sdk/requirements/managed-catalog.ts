import { formatArn, nameIn, parseArn, rootCatalogArn } from "./arn";
import { warning, type Problem } from "./errors";
import { GLUE_SERVICE, policyDocument, REDSHIFT_SERVICE, type PolicyDocument } from "./policy-document";

/** What makes a Glue catalog one of Redshift managed storage. */
export const MANAGED_CATALOG_TYPE = "aws:redshift";

/** Redshift's service-linked role, which AWS makes with the account's first warehouse. It has to read the data lake. */
export function redshiftServiceRoleArn({ partition, accountId }: { partition: string; accountId: string }): string {
    return formatArn({
        partition,
        service: "iam",
        region: "",
        accountId,
        resource: `role/aws-service-role/${REDSHIFT_SERVICE}/AWSServiceRoleForRedshift`,
    });
}

/** What AWS refuses a catalog for, in words that name neither whoever deploys nor what is lacking. */
export function deployerProblems(argument: string, deployerArn: string, administrators: string[]): Problem[] {
    return administrators.includes(deployerArn)
        ? []
        : [
              warning(
                  argument,
                  `Whoever deploys, ${deployerArn}, is no administrator of the data lake: unless somebody has granted it to make catalogs, AWS refuses this one with "Insufficient Lake Formation permission(s)"`,
                  `Give ${argument}: ["${deployerArn}"], or have an administrator of the data lake add it`,
              ),
          ];
}

/** Lets Glue and Redshift take the role that moves data between the catalog's storage and its readers. */
export function transferTrustPolicy(): PolicyDocument {
    return policyDocument([
        {
            Effect: "Allow",
            Principal: { Service: [GLUE_SERVICE, REDSHIFT_SERVICE] },
            Action: "sts:AssumeRole",
        },
    ]);
}

/** What the role that moves data needs. */
export function transferRolePolicy({
    catalogArn,
    kmsKeyArn,
}: {
    catalogArn: string;
    kmsKeyArn?: string;
}): PolicyDocument {
    const databases = formatArn({
        ...parseArn(catalogArn, "catalogArn"),
        resource: `database/${nameIn(catalogArn)}/*`,
    });
    return policyDocument([
        {
            Sid: "ReadCatalog",
            Effect: "Allow",
            Action: ["glue:GetCatalog", "glue:GetDatabase"],
            Resource: [...catalogResources(catalogArn), databases],
        },
        ...(kmsKeyArn === undefined
            ? []
            : [
                  {
                      Sid: "UseKey",
                      Effect: "Allow" as const,
                      Action: ["kms:GenerateDataKey", "kms:Decrypt"],
                      Resource: [kmsKeyArn],
                  },
              ]),
    ]);
}

/** What the role that the catalog's resource property names needs, beside DESCRIBE on the catalog in Lake Formation. */
export function catalogTargetRolePolicy({ catalogArn }: { catalogArn: string }): PolicyDocument {
    return policyDocument([
        { Sid: "ReadCatalog", Effect: "Allow", Action: ["glue:GetCatalog"], Resource: catalogResources(catalogArn) },
    ]);
}

/** The account's own catalog, this one, and those inside of it. */
function catalogResources(catalogArn: string): string[] {
    return [rootCatalogArn(catalogArn), catalogArn, `${catalogArn}/*`];
}
