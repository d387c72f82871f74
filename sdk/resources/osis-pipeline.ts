import * as pulumi from "@pulumi/pulumi";

import type { Duration } from "../requirements/duration";

import { DynamicResource, dynamicType, type DynamicResourceArgs } from "./dynamic-resource";

/** How a pipeline is connected with a VPC: one, for all of its sources and sinks. */
export interface PipelineVpcArgs {
    /** One to three subnets, each in another zone. */
    subnetIds: pulumi.Input<pulumi.Input<string>[]>;
    /** Of the pipeline's interfaces: a database has to let them in. */
    securityGroupIds: pulumi.Input<pulumi.Input<string>[]>;
    /** Who makes the endpoints at which a pipeline with a push source takes data: the service, or you. @default "service" */
    endpointManagement?: pulumi.Input<"service" | "customer">;
    /**
     * Attaches the pipeline to the VPC, as sources in it need: DocumentDB, RDS and Aurora. A /24 of RFC 1918 that neither the VPC nor
     * another attachment uses.
     *
     * @default - not attached
     */
    attachmentCidr?: pulumi.Input<string>;
}

/** How long to wait for a pipeline: seconds, minutes or hours, such as `"45s"`, `"30m"`, `"1h"`. */
export interface PipelineTimeouts {
    /** @default "45m" */
    create?: Duration;
    /** @default "45m" */
    update?: Duration;
    /** @default "45m" */
    delete?: Duration;
}

/** Arguments of {@link OsisPipeline}. */
export interface OsisPipelineArgs extends DynamicResourceArgs {
    /** 3–28 lower-case letters, digits and hyphens, a letter first; unique in the account and Region. Another one replaces the pipeline. */
    pipelineName: pulumi.Input<string>;
    /**
     * What the pipeline does, in YAML or JSON; at most 24,000 characters. Changed in place: the old runs until the new one does. One that reads another
     * table, collection or database replaces the pipeline, which loads everything.
     */
    body: pulumi.Input<string>;
    /** Units of about 15 GiB and 2 vCPU that run always; two give the service level of 99.9 %. Changed in place. */
    minUnits: pulumi.Input<number>;
    /** Units that may run at most, 96 for a body without stateful processors. Changed in place. */
    maxUnits: pulumi.Input<number>;
    /** The role that the pipeline takes, in its own account. Changed in place. */
    roleArn: pulumi.Input<string>;
    /** A CloudWatch log group whose name begins with `/aws/vendedlogs/`. Changed in place. @default - no logs */
    logGroupName?: pulumi.Input<string>;
    /** Another one replaces the pipeline, which loads everything again. @default - public */
    vpc?: pulumi.Input<PipelineVpcArgs>;
    /** A customer managed key for what the pipeline keeps. Changed in place; leaving it out later replaces the pipeline. @default - a key of AWS */
    kmsKeyArn?: pulumi.Input<string>;
    /** Keeps what clients push for 72 hours; sources that are read, such as databases, have none. Changed in place. @default false */
    persistentBuffer?: pulumi.Input<boolean>;
    /** At most 49, beside the one that says whose the pipeline is. Changed in place. @default - none */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /**
     * Whether it runs; a stopped pipeline costs nothing, and its settings can still be changed. A stream of DynamoDB keeps changes for
     * 24 hours: after a longer stop, some are lost.
     *
     * @default true
     */
    running?: pulumi.Input<boolean>;
    /** What an update waits for: the pipeline running or stopped, or AWS having accepted the order. @default "active" */
    waitFor?: pulumi.Input<"active" | "accepted">;
    /** Takes over a pipeline of this name that something else made. @default false */
    adoptExisting?: pulumi.Input<boolean>;
    /** @default - 45 minutes each */
    timeouts?: pulumi.Input<PipelineTimeouts>;
}

/**
 * A pipeline of Amazon OpenSearch Ingestion: what AWS calls a zero-ETL integration with OpenSearch.
 *
 * A dynamic resource, because `aws.opensearchingest.Pipeline` cannot attach a pipeline to a VPC, without which AWS refuses the sources
 * DocumentDB, RDS and Aurora; it validates no body, tells no status, and neither stops nor starts a pipeline. Here AWS validates each
 * body before anything is made or changed, and a failure names AWS's reason and the stage it happened in.
 *
 * A pipeline that could not be created is deleted and made again by the next update; one that could not be changed is changed again.
 * Destroying it keeps the documents in their index.
 */
export class OsisPipeline extends DynamicResource {
    /** @internal */
    static readonly __pulumiType = dynamicType("OsisPipeline");

    /** What AWS knows it by; also the resource's id. */
    declare readonly pipelineArn: pulumi.Output<string>;
    /** Unique in the account and Region; the dimension `PipelineName` of its metrics. */
    declare readonly pipelineName: pulumi.Output<string>;
    /** What the pipeline does, in YAML or JSON. */
    declare readonly body: pulumi.Output<string>;
    /** The role that the pipeline takes. */
    declare readonly roleArn: pulumi.Output<string>;
    /** `ACTIVE`, `STOPPED`, `UPDATE_FAILED`, … as the last update or refresh saw it. */
    declare readonly status: pulumi.Output<string>;
    /** AWS's reason for the status; "" for none. */
    declare readonly statusReason: pulumi.Output<string>;
    /** Where a pipeline with a push source takes data. */
    declare readonly ingestEndpointUrls: pulumi.Output<string[]>;
    /** The endpoints that the service made in the VPC. */
    declare readonly vpcEndpoints: pulumi.Output<{ vpcEndpointId: string; vpcId: string }[]>;
    /** What endpoints of your own connect to; "" unless `endpointManagement` is `"customer"`. */
    declare readonly vpcEndpointService: pulumi.Output<string>;

    constructor(name: string, args: OsisPipelineArgs, opts?: pulumi.CustomResourceOptions) {
        super(
            "OsisPipeline",
            name,
            args,
            ["pipelineArn", "status", "statusReason", "ingestEndpointUrls", "vpcEndpoints", "vpcEndpointService"],
            opts,
        );
    }
}
