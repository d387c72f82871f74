import * as pulumi from "@pulumi/pulumi";
import { CatalogDatabase, type CatalogDatabaseArgs } from "@pulumi/aws/glue/catalogDatabase";
import { Role, type RoleArgs } from "@pulumi/aws/iam/role";
import { RolePolicy, type RolePolicyArgs } from "@pulumi/aws/iam/rolePolicy";
import type { Bucket, BucketArgs } from "@pulumi/aws/s3/bucket";
import type { BucketPolicyArgs } from "@pulumi/aws/s3/bucketPolicy";

import {
    connectionArn,
    databaseNameProblems,
    glueTrustPolicy,
    InvalidArgument,
    roleArnProblems,
    targetRolePolicy,
} from "../../sdk/requirements";
import { accountOf } from "../../sdk/resources/aws-account";
import { GlueIntegrationResourceProperty } from "../../sdk/resources/glue-integration-resource-property";
import { checked, derived } from "../checked";
import { givenBucket, privateBucket, type ExistingBucket, type UsableBucket } from "../private-bucket";
import { transformed, type Transform } from "../transform";
import { AcceptedSource, type AcceptedSourceArgs } from "./accepted-source";
import { governByLakeFormation, type LakehouseLakeFormation } from "./lake-formation";

/** What a {@link Lakehouse} is made of. */
export interface LakehouseArgs {
    /**
     * The Glue database that is made for the tables: lower-case letters, digits and underscores, 255 at most. A hyphen, which Glue
     * itself takes, makes the integration fail.
     *
     * @default the component's name, with `_` for every other character
     */
    databaseName?: pulumi.Input<string>;
    /**
     * Where the tables' files go: a bucket of the program, or one that exists elsewhere.
     *
     * @default a bucket is made: private, encrypted, TLS only; it stays when the stack is destroyed, since it holds the data
     */
    bucket?: Bucket | ExistingBucket;
    /**
     * The part of the bucket that belongs to this lakehouse, without a leading slash. The target role may write there and nowhere else.
     *
     * @default the database's name
     */
    prefix?: pulumi.Input<string>;
    /**
     * A customer managed key for the tables' files and the bucket made here: a symmetric KMS key's ARN.
     *
     * @default none: S3's own keys
     */
    kmsKeyArn?: pulumi.Input<string>;
    /**
     * The role with which Glue writes tables and files: the ARN of one that exists, of 128 characters at most.
     * It needs what `requirements.targetRolePolicy` lists.
     *
     * @default a role is made that only Glue can assume and that may write to this database and prefix alone
     */
    roleArn?: pulumi.Input<string>;
    /**
     * The name of a Glue `NETWORK` connection, to write to S3 through a VPC. Its subnet needs an S3 gateway endpoint or a NAT gateway, and
     * interface endpoints for glue, sts and lambda.
     *
     * @default none: Glue's own network
     */
    connectionName?: pulumi.Input<string>;
    /** An EventBridge bus that gets the integrations' events. @default the account's default bus */
    eventBusArn?: pulumi.Input<string>;
    /** Where Lake Formation governs the database: its administrators, and who sees the tables. @default IAM governs */
    lakeFormation?: LakehouseLakeFormation;
    /**
     * Whether the catalog's policy has shares that Lake Formation made across accounts (`EnableHybrid`): once there are some, AWS refuses to
     * change the policy without being told so.
     *
     * @default false
     */
    hybridPolicy?: boolean;
    /** Tags of all that is made here. */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** Changes to the children, one by one. */
    transform?: {
        bucket?: Transform<BucketArgs>;
        bucketPolicy?: Transform<BucketPolicyArgs>;
        database?: Transform<CatalogDatabaseArgs>;
        role?: Transform<RoleArgs>;
        rolePolicy?: Transform<RolePolicyArgs>;
    };
}

/** A lakehouse as plain values, for programs in other stacks and accounts: see {@link Lakehouse.reference}. */
export interface LakehouseReference {
    /** What integrations point at. */
    databaseArn: string;
    /** As Athena shows it. */
    databaseName: string;
}

/**
 * An Iceberg lakehouse in S3 and the Glue Data Catalog, as the target of many zero-ETL integrations: a bucket, a database with a
 * location, the role that Glue writes with, and the database's integration property, which names that role.
 *
 * Destroying it keeps the bucket that it made, with all files.
 *
 * @example
 * ```ts
 * import * as zeroetl from "pulumi-aws-zero-etl";
 *
 * const lakehouse = new zeroetl.Lakehouse("bank", { databaseName: "bank" });
 * export const reference = lakehouse.reference();
 * ```
 */
export class Lakehouse extends pulumi.ComponentResource {
    /** The Glue database's ARN: what integrations point at. */
    readonly databaseArn: pulumi.Output<string>;
    /** The Glue database's name, as Athena shows it. */
    readonly databaseName: pulumi.Output<string>;
    /** The bucket with the tables' files. */
    readonly bucketName: pulumi.Output<string>;
    /** `s3://bucket/prefix/`: each table's files are below it. */
    readonly location: pulumi.Output<string>;
    /** The role that Glue writes with. */
    readonly roleArn: pulumi.Output<string>;
    /** @internal */
    readonly hybridPolicy: boolean | undefined;
    /** The Region of bucket, database and all integrations. Known at preview. */
    readonly region: pulumi.Output<string>;

    constructor(name: string, args: LakehouseArgs = {}, opts?: pulumi.ComponentResourceOptions) {
        super("zeroetl:index:Lakehouse", name, {}, opts);

        const account = accountOf(this);
        const databaseName = checked(args.databaseName ?? name.toLowerCase().replace(/[^a-z0-9]/g, "_"), (value) =>
            databaseNameProblems("databaseName", value),
        );
        const prefix = derived(args.prefix ?? databaseName, withoutSlashes);
        const bucket = targetBucket(this, name, args);
        this.location = derived(pulumi.all([bucket.name, prefix]), ([name, prefix]) => `s3://${name}/${prefix}/`);

        const database = targetDatabase(this, name, args, databaseName, this.location);
        const role = targetRole(this, name, args, { bucket: bucket.arn, prefix, database: database.arn });
        const governed = governByLakeFormation(this, name, args.lakeFormation, {
            databaseName: database.name,
            location: pulumi.interpolate`${bucket.arn}/${prefix}`,
            roleArn: role.arn,
        });
        const property = new GlueIntegrationResourceProperty(
            `${name}-property`,
            {
                resourceArn: database.arn,
                target: {
                    roleArn: role.arn,
                    kmsKeyArn: args.kmsKeyArn,
                    connectionName: args.connectionName,
                    eventBusArn: args.eventBusArn,
                },
                tags: args.tags,
                account,
            },
            { parent: this, dependsOn: [...role.permissions, ...bucket.guards, ...governed] },
        );

        // An integration that waits for these outputs waits for the property, too.
        this.databaseArn = pulumi.all([database.arn, property.urn]).apply(([arn]) => arn);
        this.databaseName = database.name;
        this.bucketName = bucket.name;
        this.roleArn = role.arn;
        this.region = account.region;
        this.hybridPolicy = args.hybridPolicy;
        this.registerOutputs({
            databaseArn: this.databaseArn,
            databaseName: this.databaseName,
            bucketName: this.bucketName,
            location: this.location,
            roleArn: this.roleArn,
        });
    }

    /**
     * Lets a source in: authorises it in the catalog's policy, and sets what belongs to the target, how its items become columns and
     * partitions. Integrations of the same program call this by themselves; for an integration of another stack it comes first, here.
     */
    accept(name: string, args: AcceptedSourceArgs, opts?: pulumi.ComponentResourceOptions): AcceptedSource {
        return new AcceptedSource(name, this, args, { parent: this, ...opts });
    }

    /** What another stack needs to point an integration at this lakehouse. Export it. */
    reference(): pulumi.Output<LakehouseReference> {
        return pulumi.output({ databaseArn: this.databaseArn, databaseName: this.databaseName });
    }
}

function targetBucket(
    parent: Lakehouse,
    name: string,
    { bucket, kmsKeyArn, tags, transform }: LakehouseArgs,
): UsableBucket {
    // The data outlives the link: destroying the stack leaves the bucket, and with it every file.
    return bucket
        ? givenBucket(parent, bucket)
        : privateBucket(parent, `${name}-bucket`, { holds: "data", kmsKeyArn, tags, transform });
}

function targetDatabase(
    parent: Lakehouse,
    name: string,
    args: LakehouseArgs,
    databaseName: pulumi.Output<string>,
    locationUri: pulumi.Output<string>,
): CatalogDatabase {
    return new CatalogDatabase(
        ...transformed(
            args.transform?.database,
            `${name}-database`,
            { name: databaseName, locationUri, tags: args.tags },
            { parent },
        ),
    );
}

interface TargetRole {
    arn: pulumi.Output<string>;
    permissions: pulumi.Resource[];
}

function targetRole(
    parent: Lakehouse,
    name: string,
    args: LakehouseArgs,
    writes: { bucket: pulumi.Output<string>; prefix: pulumi.Output<string>; database: pulumi.Output<string> },
): TargetRole {
    if (args.roleArn !== undefined) {
        if (args.transform?.role || args.transform?.rolePolicy) {
            throw new InvalidArgument(
                "transform",
                "transform.role changes the role that is made here, and roleArn gives one",
                "Leave one of them out",
            );
        }
        return { arn: checked(args.roleArn, (arn) => roleArnProblems("roleArn", arn)), permissions: [] };
    }
    const assumeRolePolicy = JSON.stringify(glueTrustPolicy());
    const role = new Role(
        ...transformed(args.transform?.role, `${name}-role`, { assumeRolePolicy, tags: args.tags }, { parent }),
    );
    const policy = derived(
        pulumi.all([
            writes.bucket,
            writes.prefix,
            writes.database,
            args.kmsKeyArn ?? null,
            args.connectionName ?? null,
        ]),
        ([bucketArn, prefix, databaseArn, kmsKeyArn, connectionName]) =>
            JSON.stringify(
                targetRolePolicy({
                    bucketArn,
                    prefix,
                    databaseArn,
                    kmsKeyArns: kmsKeyArn === null ? [] : [kmsKeyArn],
                    connectionArn: connectionName === null ? undefined : connectionArn(databaseArn, connectionName),
                    lakeFormation: args.lakeFormation !== undefined,
                }),
            ),
    );
    const rolePolicy = new RolePolicy(
        ...transformed(args.transform?.rolePolicy, `${name}-role-policy`, { role: role.name, policy }, { parent }),
    );
    return { arn: role.arn, permissions: [rolePolicy] };
}

function withoutSlashes(prefix: string): string {
    return prefix.replace(/^\/+|\/+$/g, "");
}
