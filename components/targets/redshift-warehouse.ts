import * as pulumi from "@pulumi/pulumi";
import { Cluster, type ClusterArgs } from "@pulumi/aws/redshift/cluster";
import { ParameterGroup, type ParameterGroupArgs } from "@pulumi/aws/redshift/parameterGroup";
import { Namespace, type NamespaceArgs } from "@pulumi/aws/redshiftserverless/namespace";
import { Workgroup, type WorkgroupArgs } from "@pulumi/aws/redshiftserverless/workgroup";

import {
    CASE_SENSITIVITY,
    integrationCountProblems,
    InvalidArgument,
    namespaceMembers,
    REDSHIFT_PARAMETER_FAMILY,
    refuse,
    warehouseProblems,
    withParameter,
    WORKGROUP_PARAMETERS,
    type WorkgroupParameter,
} from "../../sdk/requirements";
import { accountOf } from "../../sdk/resources/aws-account";
import type { Reboot } from "../../sdk/resources/rds-parameters-in-effect";
import type { RedshiftIntegrationDatabase } from "../../sdk/resources/redshift-integration-database";
import { RedshiftNamespacePolicyMember } from "../../sdk/resources/redshift-namespace-policy-member";
import { RedshiftParametersInEffect } from "../../sdk/resources/redshift-parameters-in-effect";
import type { WarehouseConnectionArgs } from "../../sdk/resources/warehouse-connection";
import { derived, warnOf } from "../checked";
import { warnOfReboot } from "../reboot";
import { transformed, type Transform } from "../transform";
import { integrationDatabase, type WarehouseDatabaseArgsBySource } from "./warehouse-database";

/** No argument of `T`: something else has settled what they say. */
type None<T> = { [argument in keyof T]?: never };

/** A workgroup that is declared elsewhere. */
export interface ExistingWorkgroup {
    /** Its name, through which statements get in. */
    workgroupName: pulumi.Input<string>;
}

/** A serverless namespace that is declared elsewhere. */
export interface ExistingNamespace {
    /** `arn:aws:redshift-serverless:region:account:namespace/id` */
    arn: pulumi.Input<string>;
}

/** A provisioned cluster that is declared elsewhere. */
export interface ExistingWarehouseCluster {
    /** Its name, through which statements get in. */
    clusterIdentifier: pulumi.Input<string>;
    /** `arn:aws:redshift:region:account:namespace:id`, a cluster's `clusterNamespaceArn`. */
    clusterNamespaceArn: pulumi.Input<string>;
}

interface CommonWarehouseArgs {
    /**
     * The database to sign in to, where views of yours can be. A new warehouse is made with it.
     *
     * @default "dev"
     */
    databaseName?: pulumi.Input<string>;
    /**
     * A secret of Secrets Manager with a user and a password, to sign in with: a superuser, or one with CREATEDB and CREATEUSER. Replication goes on as
     * the user who makes an integration's database, so better nobody's own.
     *
     * @default the administrator's secret of a warehouse that is made here; of one that exists the IAM identity of whoever deploys
     */
    secretArn?: pulumi.Input<string>;
    /** Parameters of the warehouse beside case-sensitive identifiers, which zero-ETL needs. @default AWS's own */
    parameters?: Record<string, string>;
    /**
     * Whether the statements of the namespace's policy name the namespace as their resource, as AWS documents it. A serverless namespace was seen to
     * refuse that ("Resources are not allowed"): then say `false`.
     *
     * @default true
     */
    policyNamesResource?: boolean;
}

interface NewWarehouseArgs {
    /** The administrator's name; AWS makes the password, keeps it in Secrets Manager and changes it. @default "admin" */
    adminUsername?: pulumi.Input<string>;
    /** A customer managed key for the data and the administrator's secret. @default a key of AWS */
    kmsKeyArn?: pulumi.Input<string>;
    /** Who may connect by network. Zero-ETL itself does not need it. @default the VPC's default group */
    securityGroupIds?: pulumi.Input<pulumi.Input<string>[]>;
    /** Tags of all that is made here. */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** What a serverless warehouse is made of. */
export interface NewServerlessArgs extends NewWarehouseArgs {
    /** 3–64 lower-case letters, digits and hyphens. Another name makes another warehouse. @default the component's name */
    namespaceName?: pulumi.Input<string>;
    /** 3–64 lower-case letters, digits and hyphens. Another name makes another workgroup. @default the component's name */
    workgroupName?: pulumi.Input<string>;
    /** In RPU. Loads were seen to run out of memory with 8. @default 128, AWS's own */
    baseCapacity?: pulumi.Input<number>;
    /** In RPU: the most that it grows to. @default no limit */
    maxCapacity?: pulumi.Input<number>;
    /** Three subnets at least, each in a zone of its own. @default those of the default VPC */
    subnetIds?: pulumi.Input<pulumi.Input<string>[]>;
    /** Changes to the children, one by one. */
    transform?: { namespace?: Transform<NamespaceArgs>; workgroup?: Transform<WorkgroupArgs> };
}

/** What a provisioned warehouse is made of. */
export interface NewProvisionedArgs extends NewWarehouseArgs {
    /** Lower-case letters, digits and hyphens, 63 at most. Another name makes another warehouse. @default the component's name */
    clusterIdentifier?: pulumi.Input<string>;
    /** An ra3 or rg node type. @default "ra3.large" */
    nodeType?: string;
    /** The guide of RDS asks for two at least, the one of Redshift does not. @default 2 */
    numberOfNodes?: number;
    /** A `aws.redshift.SubnetGroup`'s name. @default the default VPC */
    clusterSubnetGroupName?: pulumi.Input<string>;
    /** Changes to the children, one by one. */
    transform?: { cluster?: Transform<ClusterArgs>; parameterGroup?: Transform<ParameterGroupArgs> };
}

interface ServerlessArgs extends CommonWarehouseArgs {
    /** A workgroup and its namespace. */
    kind: "serverless";
}

interface ProvisionedArgs extends CommonWarehouseArgs {
    /** A cluster of ra3 or rg nodes, encrypted. */
    kind: "provisioned";
    /**
     * When the cluster may be rebooted for parameters that wait for it: not at all, at once, or if the update runs in a weekly window. The cluster is
     * down for some minutes then; the program warns of it at preview. One that is made here has its parameters from the start.
     *
     * @default "never": the update ends with what to do
     */
    reboot?: Reboot;
    /** A user of the cluster, for whom whoever deploys gets temporary credentials; in place of `secretArn`. @default - see `secretArn` */
    dbUser?: pulumi.Input<string>;
}

/** A serverless warehouse that is made here. */
export interface NewServerlessWarehouseArgs extends ServerlessArgs, NewServerlessArgs {
    /** Not for one that is made here. */
    existing?: never;
}

/** A serverless warehouse that exists, in this program or elsewhere. */
export interface ExistingServerlessWarehouseArgs extends ServerlessArgs, None<NewServerlessArgs> {
    /** The workgroup, whose parameters are set as they have to be, and its namespace. */
    existing: { workgroup: Workgroup | ExistingWorkgroup; namespace: Namespace | ExistingNamespace };
}

/** A provisioned warehouse that is made here. */
export interface NewProvisionedWarehouseArgs extends ProvisionedArgs, NewProvisionedArgs {
    /** Not for one that is made here. */
    existing?: never;
}

/** A provisioned warehouse that exists, in this program or elsewhere. */
export interface ExistingProvisionedWarehouseArgs extends ProvisionedArgs, None<NewProvisionedArgs> {
    /** The cluster. Its parameter group has to be one of your own, with `enable_case_sensitive_identifier` true. */
    existing: Cluster | ExistingWarehouseCluster;
}

/** Arguments of {@link RedshiftWarehouse}. */
export type RedshiftWarehouseArgs =
    | NewServerlessWarehouseArgs
    | ExistingServerlessWarehouseArgs
    | NewProvisionedWarehouseArgs
    | ExistingProvisionedWarehouseArgs;

/** A source that a {@link RedshiftWarehouse} lets in. */
export interface AcceptedWarehouseSourceArgs {
    /** The cluster's, the instance's or the table's ARN, of this account or another, in the warehouse's Region. */
    sourceArn: pulumi.Input<string>;
    /**
     * Who may create the integration: roles of the source's account, such as the one that its stack is deployed with. A role that people sign in with
     * (SSO) was seen refused where only its account was named. In the warehouse's own account identity policies are enough.
     *
     * @default everyone in the source's account whom its own policies allow it, where that is another account
     */
    creatorArns?: pulumi.Input<string>[];
}

/** The database of an integration that another stack makes. */
export type WarehouseDatabaseOfArgs = {
    [source in keyof WarehouseDatabaseArgsBySource]: WarehouseDatabaseArgsBySource[source] & {
        /** What the source is. */
        source: source;
        /** The integration, which has to be active: what the other stack exports. */
        integrationArn: pulumi.Input<string>;
    };
}[keyof WarehouseDatabaseArgsBySource];

/** A warehouse as plain values, for programs in other stacks and accounts: see {@link RedshiftWarehouse.reference}. */
export interface RedshiftWarehouseReference {
    /** What integrations point at. */
    namespaceArn: string;
    /** How statements get in. It names secrets, and has none. */
    connection: pulumi.Unwrap<WarehouseConnectionArgs>;
}

/**
 * A Redshift warehouse as the target of many zero-ETL integrations: serverless or provisioned, made here or there already. Identifiers are
 * case-sensitive, and that is in effect before the first integration is made; each source is a member of the namespace's policy,
 * beside everybody else's.
 *
 * A warehouse that is made here is private and encrypted, and AWS keeps its administrator's password: none is in the state.
 * Destroying a cluster leaves a final snapshot. AWS keeps nothing of a serverless namespace that is destroyed, the databases of its integrations
 * included: `protect` it, or give it a stack of its own.
 *
 * @example
 * ```ts
 * import * as zeroetl from "pulumi-aws-zero-etl";
 *
 * const warehouse = new zeroetl.RedshiftWarehouse("analytics", { kind: "serverless", baseCapacity: 32 });
 * export const reference = warehouse.reference();
 * ```
 */
export class RedshiftWarehouse extends pulumi.ComponentResource {
    /** The namespace's ARN: what integrations point at. Known once the parameters are in effect. */
    readonly namespaceArn: pulumi.Output<string>;
    /** How statements get in. */
    readonly connection: pulumi.Output<pulumi.Unwrap<WarehouseConnectionArgs>>;
    /** The warehouse's own database, where views can be. */
    readonly databaseName: pulumi.Output<string>;
    /** The Region of the warehouse and all its sources. Known at preview. */
    readonly region: pulumi.Output<string>;
    private readonly policyNamesResource: boolean | undefined;
    private acceptedSources = 0;

    constructor(name: string, args: RedshiftWarehouseArgs, opts?: pulumi.ComponentResourceOptions) {
        super("zeroetl:index:RedshiftWarehouse", name, {}, opts);
        refuseCaseInsensitivity(args);

        const account = accountOf(this);
        this.databaseName = pulumi.output(args.databaseName ?? DEFAULT_DATABASE);
        const { namespaceArn, place, adminSecretArn, reboot } =
            args.kind === "serverless" ? serverlessWarehouse(this, name, args) : provisionedWarehouse(this, name, args);
        const parameters = new RedshiftParametersInEffect(
            `${name}-parameters`,
            { ...place, parameters: args.parameters, reboot, account },
            { parent: this },
        );

        // An integration that waits for this waits for the parameters, too.
        this.namespaceArn = pulumi.all([namespaceArn, parameters.urn]).apply(([arn]) => arn);
        this.connection = pulumi.output({
            ...place,
            database: this.databaseName,
            ...signIn(args, adminSecretArn),
        });
        this.region = account.region;
        this.policyNamesResource = args.policyNamesResource;
        this.registerOutputs({
            namespaceArn: this.namespaceArn,
            connection: this.connection,
            databaseName: this.databaseName,
        });
    }

    /**
     * Lets a source in: a member of the namespace's policy. Integrations of the same program call this by themselves; for an integration
     * of another stack it comes first, here.
     */
    accept(
        name: string,
        { sourceArn, creatorArns }: AcceptedWarehouseSourceArgs,
        opts?: pulumi.CustomResourceOptions,
    ): RedshiftNamespacePolicyMember {
        this.acceptedSources += 1;
        refuse(integrationCountProblems("warehouse", "target", this.acceptedSources));
        return new RedshiftNamespacePolicyMember(
            `${name}-authorized`,
            {
                namespaceArn: this.namespaceArn,
                members: derived(
                    pulumi.all([this.namespaceArn, sourceArn, creatorArns ?? null]),
                    ([targetArn, sourceArn, creatorArns]) =>
                        namespaceMembers({
                            targetArn,
                            sourceArn,
                            principalArns: creatorArns ?? undefined,
                            nameResource: this.policyNamesResource,
                        }),
                ),
                account: accountOf(this),
            },
            { parent: this, ...opts },
        );
    }

    /**
     * The database that an integration fills. Integrations make it by themselves, wherever they have a way into the warehouse; this is for one of
     * another account that has none, and says `database: false`: export its ARN, and make the database here.
     */
    database(
        name: string,
        { integrationArn, source, ...args }: WarehouseDatabaseOfArgs,
        opts?: pulumi.CustomResourceOptions,
    ): RedshiftIntegrationDatabase {
        return integrationDatabase(
            `${name}-database`,
            { integrationArn, source, connection: this.connection, account: accountOf(this), defaultName: name },
            args,
            { parent: this, ...opts },
        );
    }

    /** What another stack needs to point an integration at this warehouse, and to make its database. Export it. */
    reference(): pulumi.Output<RedshiftWarehouseReference> {
        return pulumi.output({ namespaceArn: this.namespaceArn, connection: this.connection });
    }
}

const DEFAULT_DATABASE = "dev";
const DEFAULT_ADMIN = "admin";
const DEFAULT_NODE_TYPE = "ra3.large";
const DEFAULT_NODES = 2;
const CLUSTER_DOWNTIME = "some minutes";

function refuseCaseInsensitivity({ kind, parameters }: RedshiftWarehouseArgs): void {
    refuse(warehouseProblems("parameters", { kind, caseSensitive: parameters?.[CASE_SENSITIVITY.name] }));
}

/** Whose rights statements have; nobody's in particular is the IAM identity of whoever deploys. */
function signIn(
    args: RedshiftWarehouseArgs,
    adminSecretArn: pulumi.Output<string> | undefined,
): Pick<WarehouseConnectionArgs, "secretArn" | "dbUser"> {
    const dbUser = args.kind === "provisioned" ? args.dbUser : undefined;
    if (dbUser === undefined) {
        return { secretArn: args.secretArn ?? adminSecretArn };
    }
    if (args.secretArn !== undefined) {
        throw new InvalidArgument("dbUser", "The secret in secretArn names a user, too", "Leave one of them out");
    }
    return { dbUser };
}

/** A warehouse as its kind makes it. */
interface Warehouse {
    namespaceArn: pulumi.Output<string>;
    /** The workgroup or the cluster. */
    place: Pick<WarehouseConnectionArgs, "workgroupName" | "clusterIdentifier">;
    /** AWS's own, of a warehouse that is made here. */
    adminSecretArn?: pulumi.Output<string>;
    reboot?: Reboot;
}

function serverlessWarehouse(
    parent: RedshiftWarehouse,
    name: string,
    args: NewServerlessWarehouseArgs | ExistingServerlessWarehouseArgs,
): Warehouse {
    if (args.existing) {
        const { workgroup, namespace } = args.existing;
        if (Workgroup.isInstance(workgroup)) {
            warnOfWorkgroup(workgroup);
        }
        return {
            namespaceArn: pulumi.output(namespace.arn),
            place: { workgroupName: workgroup.workgroupName },
        };
    }
    const { kmsKeyArn, tags } = args;
    const namespace = new Namespace(
        ...transformed(
            args.transform?.namespace,
            `${name}-namespace`,
            {
                namespaceName: args.namespaceName ?? identifierOf(name),
                dbName: parent.databaseName,
                adminUsername: args.adminUsername ?? DEFAULT_ADMIN,
                manageAdminPassword: true,
                adminPasswordSecretKmsKeyId: kmsKeyArn,
                kmsKeyId: kmsKeyArn,
                tags,
            },
            { parent },
        ),
    );
    const workgroup = new Workgroup(
        ...transformed(
            args.transform?.workgroup,
            `${name}-workgroup`,
            {
                workgroupName: args.workgroupName ?? identifierOf(name),
                namespaceName: namespace.namespaceName,
                baseCapacity: args.baseCapacity,
                maxCapacity: args.maxCapacity,
                subnetIds: args.subnetIds,
                securityGroupIds: args.securityGroupIds,
                publiclyAccessible: false,
                configParameters: workgroupParameters(args.parameters),
                tags,
            },
            { parent },
        ),
    );
    return {
        namespaceArn: namespace.arn,
        place: { workgroupName: workgroup.workgroupName },
        adminSecretArn: namespace.adminPasswordSecretArn,
    };
}

/** All of them: what AWS has and the program has not would differ for ever. */
function workgroupParameters(parameters: Record<string, string> = {}): WorkgroupParameter[] {
    return Object.entries(parameters).reduce(
        (all, [key, value]) => withParameter(all, key, value),
        [...WORKGROUP_PARAMETERS],
    );
}

/** What is declared without it would take it away again with every update. */
function warnOfWorkgroup(workgroup: Workgroup): void {
    workgroup.configParameters.apply((declared) => {
        if (declared !== undefined && declared.length > 0) {
            const caseSensitive = declared.find(({ parameterKey }) => parameterKey === CASE_SENSITIVITY.name);
            warnOf(
                workgroup,
                warehouseProblems("existing.workgroup", {
                    kind: "serverless",
                    caseSensitive: caseSensitive?.parameterValue ?? "",
                }),
            );
        }
    });
}

function provisionedWarehouse(
    parent: RedshiftWarehouse,
    name: string,
    args: NewProvisionedWarehouseArgs | ExistingProvisionedWarehouseArgs,
): Warehouse {
    if (!args.existing) {
        const made = newCluster(parent, name, args);
        return { ...clusterWarehouse(parent, made, args.reboot), adminSecretArn: made.masterPasswordSecretArn };
    }
    if (Cluster.isInstance(args.existing)) {
        warnOfCluster(args.existing);
    }
    return clusterWarehouse(parent, args.existing, args.reboot);
}

function clusterWarehouse(
    parent: RedshiftWarehouse,
    { clusterIdentifier, clusterNamespaceArn }: Cluster | ExistingWarehouseCluster,
    reboot?: Reboot,
): Warehouse {
    warnOfReboot(parent, reboot, { what: clusterIdentifier, downtime: CLUSTER_DOWNTIME });
    return { namespaceArn: pulumi.output(clusterNamespaceArn), place: { clusterIdentifier }, reboot };
}

function newCluster(parent: RedshiftWarehouse, name: string, args: NewProvisionedWarehouseArgs): Cluster {
    const { nodeType = DEFAULT_NODE_TYPE, numberOfNodes = DEFAULT_NODES, kmsKeyArn, tags } = args;
    refuse(warehouseProblems("nodeType", { kind: "provisioned", nodeType }));
    warnOf(parent, warehouseProblems("numberOfNodes", { kind: "provisioned", numberOfNodes }));
    const group = new ParameterGroup(
        ...transformed(
            args.transform?.parameterGroup,
            `${name}-parameter-group`,
            { family: REDSHIFT_PARAMETER_FAMILY, parameters: clusterParameters(args.parameters), tags },
            { parent },
        ),
    );
    const clusterIdentifier = args.clusterIdentifier ?? identifierOf(name);
    return new Cluster(
        ...transformed(
            args.transform?.cluster,
            `${name}-cluster`,
            {
                clusterIdentifier,
                nodeType,
                numberOfNodes,
                databaseName: parent.databaseName,
                masterUsername: args.adminUsername ?? DEFAULT_ADMIN,
                manageMasterPassword: true,
                masterPasswordSecretKmsKeyId: kmsKeyArn,
                encrypted: "true",
                kmsKeyId: kmsKeyArn,
                publiclyAccessible: false,
                clusterSubnetGroupName: args.clusterSubnetGroupName,
                vpcSecurityGroupIds: args.securityGroupIds,
                clusterParameterGroupName: group.name,
                // Tables of the users' own would be gone with it.
                finalSnapshotIdentifier: pulumi.interpolate`${clusterIdentifier}-final`,
                tags,
            },
            { parent },
        ),
    );
}

function clusterParameters(parameters: Record<string, string> = {}): { name: string; value: string }[] {
    const all = { [CASE_SENSITIVITY.name]: CASE_SENSITIVITY.value, ...parameters };
    return Object.entries(all).map(([name, value]) => ({ name, value }));
}

function warnOfCluster(cluster: Cluster): void {
    pulumi
        .all([cluster.nodeType, cluster.numberOfNodes, cluster.encrypted])
        .apply(([nodeType, numberOfNodes, encrypted]) =>
            warnOf(
                cluster,
                warehouseProblems("existing", {
                    kind: "provisioned",
                    nodeType,
                    numberOfNodes,
                    encrypted: encrypted !== "false",
                }),
            ),
        );
}

/** A name that AWS takes for a warehouse. */
function identifierOf(name: string): string {
    return name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
}
