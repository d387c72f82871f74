import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "@pulumi/aws/docdb/cluster";
import type { ClusterParameterGroup } from "@pulumi/aws/docdb/clusterParameterGroup";

import {
    changeStreamCommand,
    changeStreamRetentionCommand,
    collectionScope,
    otherCollectionProblems,
} from "../../sdk/requirements";
import { accountOf } from "../../sdk/resources/aws-account";
import { derived } from "../checked";
import type { ArgumentNames } from "../pipeline/arguments";
import { besidePipeline } from "../pipeline/beside-pipeline";
import { madeBody, ownBody, type BodyArgs, type BodyMakingArgs, type SourceWriting } from "../pipeline/body";
import { credentialsFrom, secretOf, type CredentialArgs } from "../pipeline/credentials";
import { indexesOf } from "../pipeline/indexes";
import { makePipeline } from "../pipeline/make-pipeline";
import type { PipelineAttachmentArgs } from "../pipeline/network";
import { pipelineNameOf, SearchPipeline, type PipelineArgs, type PipelineParts } from "../pipeline/search-pipeline";
import { stagingBucket, type StagingArgs } from "../pipeline/storage";
import { documentDbSource, type DocumentDbSource, type ExistingDocumentDbCluster } from "./documentdb-source";

/** How a collection is read. */
interface CollectionReadingArgs extends StagingArgs, CredentialArgs {
    /**
     * `"export and stream"`: all documents once, then each change. `"export"`: all documents once. `"stream"`: changes alone, from now on.
     *
     * @default "export and stream"
     */
    read?: "export and stream" | "export" | "stream";
    /** Whether the pipeline forgets a change only once OpenSearch has it. @default true */
    acknowledgments?: boolean;
}

/** Arguments of {@link DocumentDbToOpenSearch}. */
export type DocumentDbToOpenSearchArgs = PipelineArgs &
    BodyArgs<BodyMakingArgs & CollectionReadingArgs> & {
        /**
         * The source: a cluster of the program, or one that is declared elsewhere; of instances, since AWS reads no elastic ones. The pipeline is made in its
         * account and Region.
         */
        cluster: Cluster | ExistingDocumentDbCluster;
        /** `database.collection`. AWS reads one; another makes another load. */
        collection: string;
        /** The way into the cluster's VPC. The cluster's security groups have to let the pipeline's in, at its port. */
        vpc: PipelineAttachmentArgs;
        /**
         * The cluster's parameter group, where the program declares it: it is warned of one that keeps changes for less than a day.
         *
         * @default none: nothing is said of it
         */
        parameterGroup?: ClusterParameterGroup;
    };

/**
 * A collection of DocumentDB as documents in OpenSearch, seconds behind: all documents are loaded once, and each change follows.
 *
 * Change streams have to be turned on in the database, which no API of AWS does: {@link changeStreamCommand} is what to send to it, and it is told in each
 * update's log. Destroying it keeps cluster, indexes and dead letters.
 *
 * @example
 * ```ts
 * import * as aws from "@pulumi/aws";
 * import * as zeroetl from "pulumi-aws-zero-etl";
 *
 * const profiles = new zeroetl.DocumentDbToOpenSearch("profiles", {
 *     cluster: aws.docdb.Cluster.get("accounts", "accounts"),
 *     collection: "accounts.profiles",
 *     search: new zeroetl.SearchTarget("profiles", { kind: "collection" }),
 *     index: { name: "profiles", mapping: { properties: { email: { type: "keyword" } } } },
 *     vpc: { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"], attachmentCidr: "10.99.20.0/24" },
 * });
 * export const sendOnce = profiles.changeStreamCommand;
 * ```
 */
export class DocumentDbToOpenSearch extends SearchPipeline {
    protected readonly parts: PipelineParts;
    /** What to send to the database once, in mongosh: it turns on the collection's change stream. */
    readonly changeStreamCommand: string;
    /** What keeps changes for a day, by AWS's command line: DocumentDB's own 3 hours are less than a pause over night. */
    readonly retentionCommand: pulumi.Output<string>;

    constructor(name: string, args: DocumentDbToOpenSearchArgs, opts?: pulumi.ComponentResourceOptions) {
        super("zeroetl:index:DocumentDbToOpenSearch", name, {}, opts);

        const pipelineName = pipelineNameOf(name, args);
        const cluster = documentDbSource(this, args.cluster, args.parameterGroup);
        const arn = besidePipeline("cluster", cluster.arn, accountOf(this));
        const body =
            args.body === undefined
                ? madeBody(this, name, args, {
                      pipelineName,
                      indexes: indexesOf(args),
                      source: collectionHalf(this, name, args, { ...cluster, arn, pipelineName }),
                  })
                : ownBody(this, args, {
                      kind: "documentdb",
                      replaces: REPLACED,
                      problems: (known) => otherCollectionProblems("collection", known, args.collection),
                  });

        this.parts = makePipeline(this, name, args, { kind: "documentdb", pipelineName, body });
        this.changeStreamCommand = changeStreamCommand(collectionScope(args.collection));
        this.retentionCommand = derived(cluster.parameterGroupName, (group) => changeStreamRetentionCommand(group));
        tellCommands(this, args);
        this.registerOutputs({
            changeStreamCommand: this.changeStreamCommand,
            retentionCommand: this.retentionCommand,
        });
    }
}

const REPLACED = ["read", "acknowledgments", "stagingBucket", "secretArn", "secretKmsKeyArn"] as const;

const ARGUMENTS: ArgumentNames = [
    ["body.extension.aws.secrets", "secretArn"],
    ["source.documentdb.host", "cluster"],
    ["source.documentdb.port", "cluster"],
    ["source.documentdb.collections[0].collection", "collection"],
    ["source.documentdb.collections[0]", "read"],
    ["source.documentdb.s3_bucket", "stagingBucket"],
    ["source.documentdb.acknowledgments", "acknowledgments"],
];

/** As they would be. */
const STAND_INS = {
    host: "cluster.cluster-x.eu-west-1.docdb.amazonaws.com",
    port: "27017",
    secretArn: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:cluster",
    bucket: "bucket",
    region: "eu-west-1",
    prefix: "pipeline",
};

/** The source's half of the body, and the bucket between reading and writing. */
function collectionHalf(
    component: pulumi.Resource,
    name: string,
    args: DocumentDbToOpenSearchArgs,
    { arn, endpoint, port, pipelineName }: DocumentDbSource & { pipelineName: pulumi.Output<string> },
): SourceWriting<typeof STAND_INS> {
    const { collection, read = "export and stream", acknowledgments = true, secretKmsKeyArn = null } = args;
    const staging = stagingBucket(component, name, args);
    return {
        values: {
            host: derived(pulumi.all([endpoint, arn]), ([host]) => host),
            port: port.apply(String),
            secretArn: secretOf("cluster", args.cluster, args),
            bucket: staging.name,
            region: accountOf(component).region,
            prefix: pipelineName,
        },
        standIns: STAND_INS,
        arguments: ARGUMENTS,
        write: ({ host, port, secretArn, bucket, region, prefix }) => {
            const { authentication, secrets } = credentialsFrom({ secretArn, region });
            return {
                secrets,
                source: {
                    documentdb: {
                        host,
                        port: Number(port),
                        authentication,
                        collections: [
                            { collection, export: read.startsWith("export"), stream: read.endsWith("stream") },
                        ],
                        s3Bucket: bucket,
                        s3Region: region,
                        s3Prefix: `${prefix}/`,
                        acknowledgments,
                    },
                },
            };
        },
        kmsKeyArns: [secretKmsKeyArn],
        ready: staging.guards,
    };
}

/** Whether they were sent, nobody can see from outside of the database. What a parameter group of the program says, is judged instead. */
function tellCommands(
    component: DocumentDbToOpenSearch,
    { parameterGroup }: Pick<DocumentDbToOpenSearchArgs, "parameterGroup">,
): void {
    derived(component.retentionCommand, (retention) => {
        void pulumi.log.info(
            [
                "Before the first load, in the database (mongosh), once:",
                component.changeStreamCommand,
                ...(parameterGroup ? [] : ["To keep changes for a day:", retention]),
            ].join("\n"),
            component,
        );
    });
}
