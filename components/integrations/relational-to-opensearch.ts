import * as pulumi from "@pulumi/pulumi";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";

import {
    binlogRetentionCommand,
    exportRolePolicy,
    exportRoleTrustPolicy,
    isAurora,
    isMySql,
    isPostgreSql,
    nameIn,
    pairProblems,
    refuse,
    slotCleanupCommands,
    tableCondition,
    type RdsPipelineEngine,
    type RdsPipelineSource,
    type SourceEngine,
} from "../../sdk/requirements";
import { accountOf } from "../../sdk/resources/aws-account";
import { derived } from "../checked";
import type { ArgumentNames } from "../pipeline/arguments";
import { besidePipeline } from "../pipeline/beside-pipeline";
import { madeBody, ownBody, type BodyArgs, type SourceWriting } from "../pipeline/body";
import { credentialsFrom, secretOf, type CredentialArgs } from "../pipeline/credentials";
import {
    indexesOf,
    type OneIndexArgs,
    type RoutedIndexArgs,
    type SearchIndexArgs,
    type SeveralIndexesArgs,
} from "../pipeline/indexes";
import { makePipeline } from "../pipeline/make-pipeline";
import type { PipelineAttachmentArgs } from "../pipeline/network";
import {
    pipelineNameOf,
    SearchPipeline,
    type PipelineArgs,
    type PipelineParts,
    type ProcessingArgs,
} from "../pipeline/search-pipeline";
import { stagingBucket, type PipelineStorageArgs, type StagingArgs } from "../pipeline/storage";
import type { UsableBucket } from "../private-bucket";
import { relationalSource, type RelationalSourceArgs } from "./relational-source";

/** The engines that pipelines read. */
export type SearchableEngine = Exclude<SourceEngine, "oracle">;

/** An index for some of the tables. */
export interface TableIndexArgs extends RoutedIndexArgs {
    /**
     * The table whose rows go there: `table` for MySQL, `schema.table` for PostgreSQL. With `when`, those for which it holds.
     *
     * @default every table, as far as `when` holds
     */
    table?: string;
}

/** Where rows go. */
export type TableIndexesArgs = OneIndexArgs<SearchIndexArgs> | SeveralIndexesArgs<TableIndexArgs>;

/** All rows once, before their changes. */
export interface InitialLoadArgs {
    /** The customer managed key that RDS encrypts the export with: AWS exports with no other. */
    kmsKeyArn: pulumi.Input<string>;
    /**
     * The role that RDS writes the export with. It needs what `requirements.exportRolePolicy` lists.
     *
     * @default a role is made for the staging bucket
     */
    exportRoleArn?: pulumi.Input<string>;
}

/** How a database is read. */
export interface DatabaseReadingArgs extends ProcessingArgs, PipelineStorageArgs, StagingArgs, CredentialArgs {
    /** The database. AWS reads one; another makes another load. */
    database: string;
    /**
     * Which tables, `table` for MySQL, `schema.table` for PostgreSQL; 1,000 at most of each. Every one needs a primary key, or an index with a `documentId`.
     *
     * @default the tables of `indexes` where each names one, else every table
     */
    tables?: { include?: string[]; exclude?: string[] };
    /** All rows once, from a snapshot that RDS exports; `false`: changes alone, from now on. */
    initialLoad: InitialLoadArgs | false;
    /** Whether changes follow. `false`: the rows as they were when they were loaded. @default true */
    stream?: boolean;
    /** Rows of one table inside of the documents of another. */
    joins?: RdsPipelineSource["joins"];
    /** Whether the pipeline forgets a change only once OpenSearch has it. @default true */
    acknowledgments?: boolean;
}

/** What every relational source of a pipeline takes. */
export type RelationalPipelineArgs = PipelineArgs &
    BodyArgs<DatabaseReadingArgs & TableIndexesArgs> & {
        /** The way into the database's VPC. Its security groups have to let the pipeline's in, at its port. */
        vpc: PipelineAttachmentArgs;
    };

/** As bodies call the engines. */
const PIPELINE_ENGINE: Record<SearchableEngine, RdsPipelineEngine> = {
    "aurora-mysql": "aurora-mysql",
    "aurora-postgresql": "aurora-postgresql",
    mysql: "mysql",
    postgres: "postgresql",
};

/** A relational database as documents in OpenSearch. */
export abstract class RelationalToOpenSearch extends SearchPipeline {
    protected readonly parts: PipelineParts;
    /** What RDS for MySQL has to be told once, in SQL, so that it keeps its binary log for a day; `undefined` for other engines. */
    readonly binlogCommand: string | undefined;
    /**
     * What to run in PostgreSQL after the pipeline is gone: its replication slot may stay, and keeps every change until the disk is full. Empty for other
     * engines.
     */
    readonly slotCleanupCommands: string[];

    protected constructor(
        type: string,
        name: string,
        args: RelationalPipelineArgs & RelationalSourceArgs & { engine: SearchableEngine },
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super(`zeroetl:index:${type}`, name, {}, opts);
        // What the types leave out, a program in JavaScript does not.
        refuse(pairProblems("engine", args.engine, "opensearch"));

        const { engine, stream = true } = args;
        const account = accountOf(this);
        const pipelineName = pipelineNameOf(name, args);
        const source = relationalSource(this, name, args, {
            account,
            beside: (arn) => besidePipeline("source", arn, account),
            use: "opensearch",
        });
        const body =
            args.body === undefined
                ? madeBody(this, name, args, {
                      pipelineName,
                      indexes: indexesOf(args).map((index) => withCondition(args.engine, index)),
                      source: databaseHalf(this, name, args, { arn: source.arn, pipelineName }),
                  })
                : ownBody(this, args, { kind: "rds", replaces: REPLACED });

        this.parts = makePipeline(this, name, args, {
            kind: "rds",
            pipelineName,
            body: { ...body, ready: [...source.ready, ...body.ready] },
        });
        this.binlogCommand = stream && isMySql(engine) && !isAurora(engine) ? binlogRetentionCommand() : undefined;
        this.slotCleanupCommands = stream && isPostgreSql(engine) ? slotCleanupCommands() : [];
        tellCommands(this);
        this.registerOutputs({
            binlogCommand: this.binlogCommand,
            slotCleanupCommands: this.slotCleanupCommands,
        });
    }
}

const REPLACED = [
    "database",
    "tables",
    "initialLoad",
    "stream",
    "joins",
    "acknowledgments",
    "stagingBucket",
    "secretArn",
    "secretKmsKeyArn",
] as const;

const ARGUMENTS: ArgumentNames = [
    ["body.extension.aws.secrets", "secretArn"],
    ["source.rds.db_identifier", "source"],
    ["source.rds.s3_bucket", "stagingBucket"],
    ["source.rds.export.kms_key_id", "initialLoad.kmsKeyArn"],
    ["source.rds.export.iam_role_arn", "initialLoad.exportRoleArn"],
    ["source.rds.engine", "engine"],
    ["source.rds.database", "database"],
    ["source.rds.tables", "tables"],
    ["source.rds.joins", "joins"],
    ["source.rds.stream", "stream"],
    ["source.rds.acknowledgments", "acknowledgments"],
];

/** As they would be. */
const STAND_INS = {
    dbIdentifier: "database",
    secretArn: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:database",
    bucket: "bucket",
    region: "eu-west-1",
    prefix: "pipeline",
    kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/1",
    iamRoleArn: "arn:aws:iam::111122223333:role/export",
};

/** A body that is made of arguments. */
type MadeDatabaseArgs = DatabaseReadingArgs &
    TableIndexesArgs &
    PipelineArgs &
    RelationalSourceArgs & { engine: SearchableEngine };

/** The source's half of the body, and the bucket and the role of its first load. */
function databaseHalf(
    component: pulumi.Resource,
    name: string,
    args: MadeDatabaseArgs,
    { arn, pipelineName }: { arn: pulumi.Output<string>; pipelineName: pulumi.Output<string> },
): SourceWriting<typeof STAND_INS> {
    const {
        engine,
        database,
        initialLoad,
        joins,
        stream = true,
        acknowledgments = true,
        secretKmsKeyArn = null,
    } = args;
    const staging = stagingBucket(component, name, args);
    const exporter =
        initialLoad && exportRole(component, name, { ...initialLoad, tags: args.tags }, staging, pipelineName);
    const tables = tablesOf(args);
    return {
        values: {
            dbIdentifier: derived(arn, (known) => nameIn(known)),
            secretArn: secretOf("source", args.source, args),
            bucket: staging.name,
            region: accountOf(component).region,
            prefix: pipelineName,
            kmsKeyId: initialLoad ? initialLoad.kmsKeyArn : "",
            iamRoleArn: exporter ? exporter.arn : "",
        },
        standIns: STAND_INS,
        arguments: [...tableArguments(args), ...ARGUMENTS],
        write: ({ dbIdentifier, secretArn, bucket, region, prefix, kmsKeyId, iamRoleArn }) => {
            const { authentication, secrets } = credentialsFrom({ secretArn, region });
            return {
                secrets,
                source: {
                    rds: {
                        dbIdentifier,
                        engine: PIPELINE_ENGINE[engine],
                        database,
                        ...(tables && { tables }),
                        s3Bucket: bucket,
                        s3Region: region,
                        s3Prefix: prefix,
                        ...(initialLoad && { export: { kmsKeyId, iamRoleArn } }),
                        stream,
                        authentication,
                        aws: { region },
                        acknowledgments,
                        ...(joins && { joins }),
                    },
                },
            };
        },
        kmsKeyArns: [secretKmsKeyArn],
        ready: [...staging.guards, ...(exporter ? exporter.permissions : [])],
    };
}

function tablesOf(args: MadeDatabaseArgs): DatabaseReadingArgs["tables"] {
    const named = namedTables(args);
    return args.tables ?? (named.includes(undefined) ? undefined : { include: [...new Set(named as string[])] });
}

function namedTables(args: MadeDatabaseArgs): (string | undefined)[] {
    return indexesOf<SearchIndexArgs, TableIndexArgs>(args).map((index: TableIndexArgs) => index.table);
}

/** Tables that are read because indexes name them. */
function tableArguments(args: MadeDatabaseArgs): ArgumentNames {
    const named = namedTables(args);
    return args.tables
        ? []
        : [...new Set(named)].map((table, i) => [
              `source.rds.tables.include[${i}]`,
              `indexes[${named.indexOf(table)}].table`,
          ]);
}

/** The index with the condition that its table stands for. */
function withCondition(engine: SearchableEngine, { table, when, ...index }: TableIndexArgs): RoutedIndexArgs {
    if (table === undefined) {
        return { ...index, when };
    }
    const isTable = tableCondition(engine, table);
    return { ...index, when: when === undefined ? isTable : `${isTable} and (${when})` };
}

/** The role that RDS writes the export with. */
function exportRole(
    parent: pulumi.Resource,
    name: string,
    { exportRoleArn, tags }: InitialLoadArgs & Pick<PipelineArgs, "tags">,
    staging: UsableBucket,
    prefix: pulumi.Output<string>,
): { arn: pulumi.Output<string>; permissions: pulumi.Resource[] } {
    if (exportRoleArn !== undefined) {
        return { arn: pulumi.output(exportRoleArn), permissions: [] };
    }
    const role = new Role(
        `${name}-export-role`,
        { assumeRolePolicy: JSON.stringify(exportRoleTrustPolicy()), tags },
        { parent },
    );
    const rolePolicy = new RolePolicy(
        `${name}-export-role-policy`,
        {
            role: role.name,
            policy: derived(pulumi.all([staging.arn, prefix]), ([bucketArn, prefix]) =>
                JSON.stringify(exportRolePolicy({ bucketArn, prefix })),
            ),
        },
        { parent },
    );
    return { arn: role.arn, permissions: [rolePolicy] };
}

function tellCommands(component: RelationalToOpenSearch): void {
    const { binlogCommand, slotCleanupCommands } = component;
    const told = [
        ...(binlogCommand ? ["In the database, once, so that it keeps its binary log for a day:", binlogCommand] : []),
        ...(slotCleanupCommands.length > 0
            ? ["In the database, after the pipeline is destroyed, since its slot may stay:", ...slotCleanupCommands]
            : []),
    ];
    if (told.length > 0) {
        void pulumi.log.info(told.join("\n"), component);
    }
}
