import { build, parse, validate, type ARN } from "@aws-sdk/util-arn-parser";
import { partition } from "@aws-sdk/util-endpoints";

import { InvalidArgument } from "./errors";

/** `arn:partition:service:region:accountId:resource`. */
export type Arn = ARN;

/** @throws {@link InvalidArgument} for a text that is no ARN. */
export function parseArn(arn: string, argument = "arn"): Arn {
    if (!validate(arn)) {
        throw new InvalidArgument(
            argument,
            `"${arn}" is not an ARN`,
            "Give arn:partition:service:region:account:resource",
        );
    }
    return parse(arn);
}

export function formatArn(arn: Arn): string {
    return build(arn);
}

/** `aws`, `aws-cn`, `aws-us-gov`, …, from AWS's own list of Regions. */
export function partitionOf(region: string): string {
    return partition(region).name;
}

/** The end of the names of a Region's endpoints: `amazonaws.com`, `amazonaws.com.cn`, … */
export function dnsSuffixOf(region: string): string {
    return partition(region).dnsSuffix;
}

/** A table, not one of its indexes, streams, exports or backups. */
export function isDynamoDbTableArn(arn: string): boolean {
    return names(arn, "dynamodb", /^table\/[a-zA-Z0-9_.-]{3,255}$/);
}

/** A database of the account's own catalog. */
export function isGlueDatabaseArn(arn: string): boolean {
    return names(arn, "glue", /^database\/[^/]+$/);
}

/** A catalog of Redshift managed storage. */
export function isRedshiftCatalogArn(arn: string): boolean {
    return names(arn, "glue", /^catalog\/(?!s3tablescatalog(?:\/|$)).+$/);
}

/** The catalog of one table bucket. A namespace in it is no target: AWS answers "Provided target id is not valid". */
export function isS3TablesCatalogArn(arn: string): boolean {
    return names(arn, "glue", /^catalog\/s3tablescatalog\/[0-9a-z-]{3,63}$/);
}

/** A warehouse: a provisioned cluster's namespace, or a serverless one. */
export function isRedshiftNamespaceArn(arn: string): boolean {
    return (
        names(arn, "redshift", /^namespace:[a-z0-9-]+$/) || names(arn, "redshift-serverless", /^namespace\/[a-z0-9-]+$/)
    );
}

/** A managed domain, not one of its indexes. */
export function isOpenSearchDomainArn(arn: string): boolean {
    return names(arn, "es", /^domain\/[a-z][a-z0-9-]{2,27}$/);
}

/** The account's own catalog in the account and Region of `arn`. */
export function rootCatalogArn(arn: string): string {
    return formatArn({ ...parseArn(arn), service: "glue", resource: "catalog" });
}

/** A Glue connection in the account and Region of `arn`. */
export function connectionArn(arn: string, connectionName: string): string {
    return formatArn({ ...parseArn(arn), service: "glue", resource: `connection/${connectionName}` });
}

/** Everybody in the account of `arn` whom its own policies allow what is allowed here. */
export function accountRootArn(arn: string): string {
    return formatArn({ ...parseArn(arn), service: "iam", region: "", resource: "root" });
}

/** A cluster: Aurora, or three instances of RDS (Multi-AZ). */
export function isRdsClusterArn(arn: string): boolean {
    return names(arn, "rds", /^cluster:[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
}

export function isRdsInstanceArn(arn: string): boolean {
    return names(arn, "rds", /^db:[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
}

/**
 * The last part of an ARN's resource: the name of a table, database or catalog, the id of an integration
 * (after a colon in the API, after a slash in log lines).
 */
export function nameIn(arn: string): string {
    return parseArn(arn).resource.split(/[/:]/).at(-1)!;
}

/** The id in an integration's ARN, Glue's, RDS's or Redshift's alike. */
export function integrationIdOf(arn: string): string {
    return nameIn(arn);
}

function names(arn: string, service: string, resource: RegExp): boolean {
    if (!validate(arn)) {
        return false;
    }
    const parts = parse(arn);
    return (
        parts.service === service &&
        parts.region !== "" &&
        /^\d{12}$/.test(parts.accountId) &&
        resource.test(parts.resource)
    );
}
