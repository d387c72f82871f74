import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "@pulumi/aws/docdb/cluster";
import type { ClusterParameterGroup } from "@pulumi/aws/docdb/clusterParameterGroup";

import { changeStreamCommand, changeStreamRetentionCommand, collectionScope } from "../../sdk/requirements";
import { accountOf } from "../../sdk/resources/aws-account";
import { derived } from "../checked";
import { besidePipeline } from "../pipeline/beside-pipeline";
import { credentialsFrom, secretOf, type CredentialArgs } from "../pipeline/credentials";
import { indexesOf, type IndexesArgs } from "../pipeline/indexes";
import { makePipeline } from "../pipeline/make-pipeline";
import type { PipelineAttachmentArgs } from "../pipeline/network";
import {
    pipelineNameOf,
    SearchPipeline,
    type PipelineArgs,
    type PipelineParts,
    type ProcessingArgs,
} from "../pipeline/search-pipeline";
import { stagingBucket, type StagingArgs } from "../pipeline/storage";
import { documentDbSource, type ExistingDocumentDbCluster } from "./documentdb-source";

/** Arguments of {@link DocumentDbToOpenSearch}. */
export type DocumentDbToOpenSearchArgs = PipelineArgs &
    ProcessingArgs &
    IndexesArgs &
    StagingArgs &
    CredentialArgs & {
        /**
         * The source: a cluster of the program, or one that is declared elsewhere; of instances, since AWS reads no elastic ones. The pipeline is made in its
         * account and Region.
         */
        cluster: Cluster | ExistingDocumentDbCluster;
        /** `database.collection`. AWS reads one; another makes another load. */
        collection: string;
        /**
         * `"export and stream"`: all documents once, then each change. `"export"`: all documents once. `"stream"`: changes alone, from now on.
         *
         * @default "export and stream"
         */
        read?: "export and stream" | "export" | "stream";
        /** The way into the cluster's VPC. The cluster's security groups have to let the pipeline's in, at its port. */
        vpc: PipelineAttachmentArgs;
        /**
         * The cluster's parameter group, where the program declares it: it is warned of one that keeps changes for less than a day.
         *
         * @default none: nothing is said of it
         */
        parameterGroup?: ClusterParameterGroup;
        /** Whether the pipeline forgets a change only once OpenSearch has it. @default true */
        acknowledgments?: boolean;
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

        const { collection, read = "export and stream" } = args;
        const account = accountOf(this);
        const pipelineName = pipelineNameOf(name, args);
        const cluster = documentDbSource(this, args.cluster, args.parameterGroup);
        const arn = besidePipeline("cluster", cluster.arn, account);
        const secretArn = secretOf("cluster", args.cluster, args);
        const staging = stagingBucket(this, name, args.stagingBucket, {
            ...args,
            transform: args.transform?.stagingBucket,
        });

        this.parts = makePipeline(this, name, args, {
            kind: "documentdb",
            pipelineName,
            indexes: indexesOf(args),
            source: {
                values: {
                    host: derived(pulumi.all([cluster.endpoint, arn]), ([endpoint]) => endpoint),
                    port: cluster.port.apply(String),
                    secretArn,
                    bucket: staging.name,
                    region: account.region,
                    prefix: pipelineName,
                },
                standIns: STAND_INS,
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
                                acknowledgments: args.acknowledgments ?? true,
                            },
                        },
                    };
                },
            },
            grants: derived(
                pulumi.all([staging.arn, pipelineName, secretArn, args.secretKmsKeyArn ?? null]),
                ([bucketArn, prefix, secret, key]) => ({
                    source: { kind: "documentdb" as const, staging: { bucketArn, prefix } },
                    secretArns: [secret],
                    kmsKeyArns: key === null ? [] : [key],
                }),
            ),
            ready: staging.guards,
        });
        this.changeStreamCommand = changeStreamCommand(collectionScope(collection));
        this.retentionCommand = derived(cluster.parameterGroupName, (group) => changeStreamRetentionCommand(group));
        if (read.endsWith("stream")) {
            tellCommands(this);
        }
        this.registerOutputs({
            changeStreamCommand: this.changeStreamCommand,
            retentionCommand: this.retentionCommand,
        });
    }
}

const STAND_INS = {
    host: "cluster.cluster-x.eu-west-1.docdb.amazonaws.com",
    port: "27017",
    secretArn: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:cluster",
    bucket: "bucket",
    region: "eu-west-1",
    prefix: "pipeline",
};

/** Whether they were sent, nobody can see from outside of the database. */
function tellCommands(component: DocumentDbToOpenSearch): void {
    derived(component.retentionCommand, (retention) => {
        void pulumi.log.info(
            [
                "Before the first load, in the database (mongosh), once:",
                component.changeStreamCommand,
                "To keep changes for a day:",
                retention,
            ].join("\n"),
            component,
        );
    });
}
