import * as pulumi from "@pulumi/pulumi";
import { Catalog, type CatalogArgs } from "@pulumi/aws/glue/catalog";
import { getCallerIdentity } from "@pulumi/aws/getCallerIdentity";
import { getSessionContext } from "@pulumi/aws/iam/getSessionContext";
import { Role, type RoleArgs } from "@pulumi/aws/iam/role";
import { RolePolicy, type RolePolicyArgs } from "@pulumi/aws/iam/rolePolicy";
import { getDataLakeSettings } from "@pulumi/aws/lakeformation/getDataLakeSettings";
import { Permissions } from "@pulumi/aws/lakeformation/permissions";

import {
    catalogMembers,
    catalogTargetRolePolicy,
    deployerProblems,
    formatArn,
    glueTrustPolicy,
    integrationCountProblems,
    MANAGED_CATALOG_TYPE,
    managedCatalogNameProblems,
    partitionOf,
    redshiftServiceRoleArn,
    refuse,
    roleArnProblems,
    transferRolePolicy,
    transferTrustPolicy,
    type PolicyDocument,
} from "../../sdk/requirements";
import { accountOf } from "../../sdk/resources/aws-account";
import { GlueCatalogPolicyMember } from "../../sdk/resources/glue-catalog-policy-member";
import { GlueIntegrationResourceProperty } from "../../sdk/resources/glue-integration-resource-property";
import { LakeFormationAdministrator } from "../../sdk/resources/lake-formation-administrator";
import { checked, derived, warnOf } from "../checked";
import { transformed, type Transform } from "../transform";
import type { Location } from "./target";

/** What a {@link ManagedCatalog} is made of. */
export interface ManagedCatalogArgs {
    /**
     * 1–19 lower-case letters, digits, underscores and hyphens: the API of Glue takes more, an integration of RDS does not. Another name makes another
     * catalog.
     *
     * @default the component's name, with `_` for every other character
     */
    catalogName?: pulumi.Input<string>;
    /** A customer managed key for the catalog's data: a symmetric KMS key's ARN. @default a key of AWS */
    kmsKeyArn?: pulumi.Input<string>;
    /**
     * Users or roles that become administrators of the account's data lake, beside those that are there. Whoever deploys must be one, or AWS refuses the
     * catalog with "Insufficient Lake Formation permission(s)": the program warns of it. Of a session, give the role's ARN.
     *
     * @default none is added
     */
    administrators?: pulumi.Input<string>[];
    /** An EventBridge bus that gets the integrations' events. @default the account's default bus */
    eventBusArn?: pulumi.Input<string>;
    /**
     * Whether the account's catalog policy has shares that Lake Formation made across accounts (`EnableHybrid`): once there are some, AWS refuses to
     * change the policy without being told so.
     *
     * @default false
     */
    hybridPolicy?: boolean;
    /** Tags of all that is made here. */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** Changes to the children, one by one. */
    transform?: {
        catalog?: Transform<CatalogArgs>;
        targetRole?: Transform<RoleArgs>;
        targetRolePolicy?: Transform<RolePolicyArgs>;
        transferRole?: Transform<RoleArgs>;
        transferRolePolicy?: Transform<RolePolicyArgs>;
    };
}

/** A source that a {@link ManagedCatalog} lets in. */
export interface AcceptedCatalogSourceArgs {
    /** The cluster's or the instance's ARN, of this account or another, in the catalog's Region. */
    sourceArn: pulumi.Input<string>;
    /** Who may create the integration, where the source is in another account. @default everyone in the source's account whom its own policies allow it, for this source alone */
    creatorArns?: pulumi.Input<string>[];
}

/** A managed catalog as plain values, for programs in other stacks and accounts: see {@link ManagedCatalog.reference}. */
export interface ManagedCatalogReference {
    /** What integrations point at. */
    catalogArn: string;
}

/**
 * A lakehouse that AWS runs: a Glue catalog in Redshift managed storage, as the target of Aurora and of RDS for MySQL. Redshift, Athena, EMR and any
 * engine that reads Iceberg see its tables. Unlike a {@link Lakehouse}, it has no bucket of yours.
 *
 * It makes the catalog, the role that moves data for its readers, the role that integrations write with, and the catalog's integration property, which names
 * that role; Redshift's service-linked role becomes a read-only administrator of the data lake, and stays one.
 *
 * A table that has failed cannot be loaded again by itself here: AWS asks for a new integration then.
 *
 * @example
 * ```ts
 * import * as zeroetl from "pulumi-aws-zero-etl";
 *
 * const catalog = new zeroetl.ManagedCatalog("shop", { catalogName: "shop" });
 * export const reference = catalog.reference();
 * ```
 */
export class ManagedCatalog extends pulumi.ComponentResource {
    /** The catalog's ARN: what integrations point at. */
    readonly catalogArn: pulumi.Output<string>;
    /** The catalog's name. */
    readonly catalogName: pulumi.Output<string>;
    /** The Region of the catalog and all its sources. Known at preview. */
    readonly region: pulumi.Output<string>;
    private readonly hybridPolicy: boolean | undefined;
    private acceptedSources = 0;

    constructor(name: string, args: ManagedCatalogArgs = {}, opts?: pulumi.ComponentResourceOptions) {
        super("zeroetl:index:ManagedCatalog", name, {}, opts);

        const { kmsKeyArn, tags, transform = {} } = args;
        const account = accountOf(this);
        this.catalogName = checked(args.catalogName ?? name.toLowerCase().replace(/[^a-z0-9]/g, "_"), (value) =>
            managedCatalogNameProblems("catalogName", value),
        );
        const arn = arnOf(this.catalogName, account);
        warnOfDeployer(this, args.administrators);
        const governed = administrators(this, name, args, account);

        const transfer = catalogRole(this, `${name}-transfer-role`, {
            trust: transferTrustPolicy(),
            policy: derived(pulumi.all([arn, kmsKeyArn ?? null]), ([catalogArn, kmsKeyArn]) =>
                transferRolePolicy({ catalogArn, kmsKeyArn: kmsKeyArn ?? undefined }),
            ),
            tags,
            transform: { role: transform.transferRole, rolePolicy: transform.transferRolePolicy },
        });
        const target = catalogRole(this, `${name}-target-role`, {
            trust: glueTrustPolicy(),
            policy: derived(arn, (catalogArn) => catalogTargetRolePolicy({ catalogArn })),
            tags,
            transform: { role: transform.targetRole, rolePolicy: transform.targetRolePolicy },
        });
        const catalog = new Catalog(
            ...transformed(
                transform.catalog,
                `${name}-catalog`,
                {
                    name: this.catalogName,
                    catalogProperties: {
                        dataLakeAccessProperties: {
                            dataLakeAccess: true,
                            dataTransferRole: transfer.arn,
                            kmsKey: kmsKeyArn,
                            catalogType: MANAGED_CATALOG_TYPE,
                        },
                    },
                    tags,
                },
                { parent: this, dependsOn: [transfer.policy, ...governed] },
            ),
        );
        const described = new Permissions(
            `${name}-target-describe`,
            {
                principal: target.arn,
                permissions: ["DESCRIBE"],
                catalogResource: true,
                catalogId: derived(
                    pulumi.all([account.accountId, catalog.name]),
                    ([accountId, name]) => `${accountId}:${name}`,
                ),
            },
            { parent: this },
        );
        const property = new GlueIntegrationResourceProperty(
            `${name}-property`,
            {
                resourceArn: catalog.arn,
                target: {
                    roleArn: checked(target.arn, (roleArn) => roleArnProblems("transform.targetRole", roleArn)),
                    eventBusArn: args.eventBusArn,
                },
                tags,
                account,
            },
            { parent: this, dependsOn: [target.policy, described] },
        );

        // An integration that waits for this waits for the property, too.
        this.catalogArn = pulumi.all([catalog.arn, property.urn]).apply(([arn]) => arn);
        this.region = account.region;
        this.hybridPolicy = args.hybridPolicy;
        this.registerOutputs({ catalogArn: this.catalogArn, catalogName: this.catalogName });
    }

    /**
     * Lets a source in: authorises it in the account's catalog policy. Integrations of the same program call this by themselves; for an integration of
     * another stack it comes first, here.
     */
    accept(
        name: string,
        { sourceArn, creatorArns }: AcceptedCatalogSourceArgs,
        opts?: pulumi.CustomResourceOptions,
    ): GlueCatalogPolicyMember {
        this.acceptedSources += 1;
        refuse(integrationCountProblems("catalog", "target", this.acceptedSources));
        return new GlueCatalogPolicyMember(
            `${name}-authorized`,
            {
                members: derived(
                    pulumi.all([this.catalogArn, sourceArn, creatorArns ?? null]),
                    ([targetArn, sourceArn, creatorArns]) =>
                        catalogMembers({ targetArn, sourceArn, principalArns: creatorArns ?? undefined }),
                ),
                enableHybrid: this.hybridPolicy,
                account: accountOf(this),
            },
            { parent: this, ...opts },
        );
    }

    /** What another stack needs to point an integration at this catalog. Export it. */
    reference(): pulumi.Output<ManagedCatalogReference> {
        return pulumi.output({ catalogArn: this.catalogArn });
    }
}

/** Before the catalog is there: its roles come first. */
function arnOf(catalogName: pulumi.Output<string>, account: Location): pulumi.Output<string> {
    return derived(pulumi.all([catalogName, account]), ([name, { accountId, region }]) =>
        formatArn({ partition: partitionOf(region), service: "glue", region, accountId, resource: `catalog/${name}` }),
    );
}

/** Lake Formation's refusal would name neither whoever deploys nor what is lacking. */
function warnOfDeployer(parent: ManagedCatalog, added: pulumi.Input<string>[] = []): void {
    derived(pulumi.all([lakeOfDeployer(parent), pulumi.all(added)]), ([lake, added]) =>
        warnOf(
            parent,
            lake ? deployerProblems("administrators", lake.deployerArn, [...lake.administrators, ...added]) : [],
        ),
    );
}

/** Nothing where whoever deploys may not ask. */
async function lakeOfDeployer(
    parent: ManagedCatalog,
): Promise<{ deployerArn: string; administrators: string[] } | null> {
    try {
        const { arn } = await getCallerIdentity({}, { parent });
        const [{ issuerArn }, { admins }] = await Promise.all([
            getSessionContext({ arn }, { parent }),
            getDataLakeSettings({}, { parent }),
        ]);
        return { deployerArn: issuerArn, administrators: admins };
    } catch {
        return null;
    }
}

function administrators(
    parent: ManagedCatalog,
    name: string,
    args: ManagedCatalogArgs,
    account: Location,
): pulumi.Resource[] {
    const serviceRoleArn = derived(account, ({ accountId, region }) =>
        redshiftServiceRoleArn({ partition: partitionOf(region), accountId }),
    );
    return [
        ...(args.administrators ?? []).map(
            (principalArn, i) =>
                new LakeFormationAdministrator(`${name}-administrator-${i}`, { principalArn, account }, { parent }),
        ),
        // It is one for all catalogs of the account: whoever goes first leaves it to the others.
        new LakeFormationAdministrator(
            `${name}-redshift-reader`,
            { principalArn: serviceRoleArn, readOnly: true, account },
            { parent, retainOnDelete: true },
        ),
    ];
}

function catalogRole(
    parent: ManagedCatalog,
    name: string,
    {
        trust,
        policy,
        tags,
        transform,
    }: {
        trust: PolicyDocument;
        policy: pulumi.Output<PolicyDocument>;
        tags: RoleArgs["tags"];
        transform: { role?: Transform<RoleArgs>; rolePolicy?: Transform<RolePolicyArgs> };
    },
): { arn: pulumi.Output<string>; policy: RolePolicy } {
    const role = new Role(
        ...transformed<RoleArgs>(transform.role, name, { assumeRolePolicy: JSON.stringify(trust), tags }, { parent }),
    );
    const rolePolicy = new RolePolicy(
        ...transformed<RolePolicyArgs>(
            transform.rolePolicy,
            `${name}-policy`,
            { role: role.name, policy: derived(policy, (document) => JSON.stringify(document)) },
            { parent },
        ),
    );
    return { arn: role.arn, policy: rolePolicy };
}
