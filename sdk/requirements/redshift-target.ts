import { parseArn } from "./arn";
import { problem, warning, type Problem } from "./errors";

/** A provisioned cluster, or a workgroup. */
export type WarehouseKind = "provisioned" | "serverless";

/** What a namespace's ARN says of the warehouse. */
export function warehouseKind(namespaceArn: string): WarehouseKind {
    return parseArn(namespaceArn, "namespaceArn").service === "redshift" ? "provisioned" : "serverless";
}

/** Without it, tables whose names have capitals arrive under names that collide. */
export const CASE_SENSITIVITY = { name: "enable_case_sensitive_identifier", value: "true" } as const;

/** The family of a provisioned cluster's parameter group; newer clusters have `redshift-2.0`. */
export const REDSHIFT_PARAMETER_FAMILY = "redshift-1.0";

/** A parameter of a workgroup, as `aws.redshiftserverless.Workgroup` takes it. */
export interface WorkgroupParameter {
    parameterKey: string;
    parameterValue: string;
}

/**
 * The parameters of a workgroup with AWS's own values, except that names are case-sensitive. AWS gives all nine back whatever is
 * sent, so that a list that lacks one differs for ever.
 */
export const WORKGROUP_PARAMETERS: readonly WorkgroupParameter[] = Object.entries({
    auto_mv: "true",
    datestyle: "ISO, MDY",
    enable_case_sensitive_identifier: "true",
    enable_user_activity_logging: "true",
    max_query_execution_time: "14400",
    query_group: "default",
    require_ssl: "true",
    search_path: "$user, public",
    use_fips_ssl: "false",
}).map(([parameterKey, parameterValue]) => ({ parameterKey, parameterValue }));

/** The parameters with one of them set; all others as they are. */
export function withParameter(
    current: readonly WorkgroupParameter[],
    parameterKey: string,
    parameterValue: string,
): WorkgroupParameter[] {
    const wanted = { parameterKey, parameterValue };
    return current.some((each) => each.parameterKey === parameterKey)
        ? current.map((each) => (each.parameterKey === parameterKey ? wanted : each))
        : [...current, wanted];
}

/** What is known of a warehouse. What is left out cannot be told yet, and is not judged. */
export interface WarehouseState {
    kind: WarehouseKind;
    /** Such as `ra3.large`; provisioned only. */
    nodeType?: string;
    /** Provisioned only. */
    numberOfNodes?: number;
    /** Provisioned only: a serverless namespace always is. */
    encrypted?: boolean;
    /** The value of `enable_case_sensitive_identifier`, in the group or in effect; "" for none. */
    caseSensitive?: string;
    /** A provisioned cluster's parameters that wait for a reboot. */
    pendingReboot?: string[];
}

export interface WarehouseRequirement {
    id: "node-type" | "node-count" | "encryption" | "case-sensitivity" | "pending-reboot";
    kinds: readonly WarehouseKind[];
    /** @default "error" */
    severity?: Problem["severity"];
    isMet(warehouse: WarehouseState): boolean;
    rule: string;
    fix: string | Record<WarehouseKind, string>;
}

const BOTH: WarehouseKind[] = ["provisioned", "serverless"];
const PROVISIONED: WarehouseKind[] = ["provisioned"];

/** What AWS asks of a warehouse before it becomes a target. */
export const WAREHOUSE_REQUIREMENTS: readonly WarehouseRequirement[] = [
    {
        id: "node-type",
        kinds: PROVISIONED,
        isMet: ({ nodeType }) => nodeType === undefined || /^(ra3|rg)\./.test(nodeType),
        rule: "The cluster's nodes are not of a type that AWS integrates",
        fix: "Use ra3 nodes such as ra3.large, rg nodes, or a serverless workgroup",
    },
    {
        id: "node-count",
        kinds: PROVISIONED,
        // The guide of Redshift knows no such number.
        severity: "warning",
        isMet: ({ numberOfNodes = 2 }) => numberOfNodes >= 2,
        rule: "The cluster has one node, and the guide of RDS asks for two",
        fix: "Set numberOfNodes to 2 if AWS refuses the integration",
    },
    {
        id: "encryption",
        kinds: PROVISIONED,
        isMet: ({ encrypted = true }) => encrypted,
        rule: "The cluster is not encrypted",
        fix: "Set encrypted: true",
    },
    {
        id: "case-sensitivity",
        kinds: BOTH,
        isMet: ({ caseSensitive = "true" }) => caseSensitive.toLowerCase() === "true",
        rule: `${CASE_SENSITIVITY.name} is not true, and AWS refuses integrations into such a warehouse`,
        fix: {
            provisioned:
                "Set it to true in a parameter group of your own (the default one cannot be changed), and reboot the cluster",
            serverless: "Set it to true among the workgroup's configParameters; no reboot follows",
        },
    },
    {
        id: "pending-reboot",
        kinds: PROVISIONED,
        isMet: ({ pendingReboot = [] }) => pendingReboot.length === 0,
        rule: "Parameters wait for a reboot, and AWS judges those in effect",
        fix: "Reboot the cluster before the integration is made",
    },
];

export function warehouseProblems(argument: string, warehouse: WarehouseState): Problem[] {
    return WAREHOUSE_REQUIREMENTS.filter(({ kinds, isMet }) => kinds.includes(warehouse.kind) && !isMet(warehouse)).map(
        ({ severity, rule, fix }) =>
            (severity === "warning" ? warning : problem)(
                argument,
                rule,
                typeof fix === "string" ? fix : fix[warehouse.kind],
            ),
    );
}

/** How many integrations there may be. */
export const MAX_INTEGRATIONS = {
    /** Into one warehouse. */
    target: 50,
    /** From one source. */
    source: 5,
    /** In one account and Region. */
    account: 100,
} as const;

const COUNTED = {
    target: { what: "into this target", fix: "Use another warehouse" },
    source: { what: "of this source", fix: "Put several databases of the source into one integration" },
    account: { what: "in this account and Region", fix: "Ask AWS for more, or use another account" },
};

export function integrationCountProblems(
    argument: string,
    of: keyof typeof MAX_INTEGRATIONS,
    count: number,
): Problem[] {
    const { what, fix } = COUNTED[of];
    return count <= MAX_INTEGRATIONS[of]
        ? []
        : [
              problem(
                  argument,
                  `There would be ${count} integrations ${what}, and AWS takes ${MAX_INTEGRATIONS[of]}`,
                  fix,
              ),
          ];
}

/** The API takes 64 characters; an integration of RDS into the catalog takes 19. */
export const MAX_MANAGED_CATALOG_NAME = 19;

/** The name of a catalog in Redshift managed storage. */
export function managedCatalogNameProblems(argument: string, name: string): Problem[] {
    if (name.length === 0 || name.length > MAX_MANAGED_CATALOG_NAME) {
        return [
            problem(
                argument,
                `"${name}" has ${name.length} characters`,
                `AWS takes 1 to ${MAX_MANAGED_CATALOG_NAME} for a catalog that RDS writes to`,
            ),
        ];
    }
    return /^[a-z0-9_-]*[a-z]+[a-z0-9_-]*$/.test(name)
        ? []
        : [
              problem(
                  argument,
                  `"${name}" is not a name that AWS takes here`,
                  "Use lower-case letters, digits, underscores and hyphens, one letter at least",
              ),
          ];
}
