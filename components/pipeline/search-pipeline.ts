import * as pulumi from "@pulumi/pulumi";
import type { LogGroup, LogGroupArgs } from "@pulumi/aws/cloudwatch/logGroup";
import type { RoleArgs } from "@pulumi/aws/iam/role";
import type { RolePolicyArgs } from "@pulumi/aws/iam/rolePolicy";
import type { BucketArgs } from "@pulumi/aws/s3/bucket";

import {
    derivePipelineName,
    explainPipeline,
    pipelineMetrics,
    pipelineNameProblems,
    type BackendRoleMapping,
    type PipelineMetrics,
    type PipelineSourceKind,
    type PipelineUnits,
    type Processor,
} from "../../sdk/requirements";
import type { OsisPipeline, OsisPipelineArgs, PipelineTimeouts } from "../../sdk/resources/osis-pipeline";
import { checked, derived } from "../checked";
import { nameParts } from "../names";
import type { SearchTarget } from "../targets/search-target";
import type { Transform } from "../transform";
import type { PipelineCapacityArgs } from "./capacity";
import type { PipelineLogArgs } from "./logs";

/** What every pipeline takes, whatever its source. */
export interface PipelineArgs {
    /** The target. */
    search: SearchTarget;
    /**
     * 3–28 lower-case letters, digits and hyphens, a letter first; unique in its account and Region. Another name makes another pipeline, which loads
     * everything again: the preview shows a replacement.
     *
     * @default `project-stack-name`, shortened where needed
     */
    pipelineName?: pulumi.Input<string>;
    /**
     * How large the pipeline is, or what it has to keep up with: `{ minUnits: 2, maxUnits: 8 }`, or `{ writesPerSecond: 5000, itemBytes: 2048, shards: 400
     * }`. See `requirements.pipelineCapacity` for the arithmetic. Changed in place.
     *
     * @default 2 units at least, which AWS's SLA asks for, and 4 at most
     */
    capacity?: PipelineCapacityArgs;
    /** What the pipeline says of its work, in CloudWatch. `false`: nothing. @default a log group is made */
    logs?: PipelineLogArgs | false;
    /**
     * The role that the pipeline works as: the ARN of one that exists. It needs what `requirements.pipelineRolePolicy` lists.
     *
     * @default a role is made that OpenSearch Ingestion alone can assume, for pipelines of this account, with exactly what this one needs
     */
    roleArn?: pulumi.Input<string>;
    /**
     * Of a domain with fine-grained access control: which of its own roles the pipeline's is to be mapped to. See {@link AcceptedPipelineArgs.securityRole}.
     *
     * @default "all_access"
     */
    securityRole?: pulumi.Input<string>;
    /** Whether the pipeline runs. A stopped one costs nothing; stopped for longer than its source keeps changes, it has missed some. @default true */
    running?: boolean;
    /** What `pulumi up` waits for: the pipeline being active, which takes some minutes, or AWS having accepted it. @default "active" */
    waitFor?: "active" | "accepted";
    /** Whether to take over a pipeline of this name that exists already. @default false: it is refused */
    adoptExisting?: boolean;
    /** How long to wait. @default 45 minutes each */
    timeouts?: PipelineTimeouts;
    /** Tags of all that is made here. */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** Changes to the children, one by one. */
    transform?: {
        deadLetterBucket?: Transform<BucketArgs>;
        stagingBucket?: Transform<BucketArgs>;
        logGroup?: Transform<LogGroupArgs>;
        role?: Transform<RoleArgs>;
        rolePolicy?: Transform<RolePolicyArgs>;
        pipeline?: Transform<OsisPipelineArgs>;
    };
}

/** What happens to documents on their way, and where they go. */
export interface ProcessingArgs {
    /**
     * What happens to each document, in this order: `[{ convertType: { key: "price", type: "double" } }]`; any other of Data Prepper's processors as `{ raw:
     * { name: { … } } }`, as YAML has it.
     *
     * @default nothing
     */
    processors?: Processor[];
}

/** What a pipeline comes down to. */
export interface PipelineParts {
    /** What the source is. */
    kind: PipelineSourceKind;
    /** The pipeline itself. */
    pipeline: OsisPipeline;
    /** The sub-pipeline's name, with which metrics begin. */
    subPipeline: pulumi.Output<string>;
    /** As YAML. */
    body: pulumi.Output<string>;
    /** What the pipeline works as. */
    roleArn: pulumi.Output<string>;
    /** The bucket's name. */
    deadLetterBucket: pulumi.Output<string | undefined>;
    /** Where it says what it does. */
    logGroup: LogGroup | undefined;
    /** What it writes to. */
    indexNames: pulumi.Output<string[]>;
    /** How large it is. */
    units: PipelineUnits;
    /** What the domain's master user has to send. */
    roleMapping: pulumi.Output<BackendRoleMapping | undefined>;
}

/** A source in an index, by a pipeline of OpenSearch Ingestion, with all that it needs at its source and its target. */
export abstract class SearchPipeline extends pulumi.ComponentResource {
    protected abstract readonly parts: PipelineParts;

    /** @internal */
    get watched(): Pick<PipelineParts, "kind" | "pipeline" | "subPipeline" | "units"> {
        return this.parts;
    }

    /** The pipeline itself. */
    get pipeline(): OsisPipeline {
        return this.parts.pipeline;
    }

    /** The pipeline's ARN. */
    get pipelineArn(): pulumi.Output<string> {
        return this.pipeline.pipelineArn;
    }

    /** The pipeline's name. */
    get pipelineName(): pulumi.Output<string> {
        return this.pipeline.pipelineName;
    }

    /** The pipeline's status when it was last looked at: `ACTIVE`, `UPDATING`, `STOPPED`, … */
    get status(): pulumi.Output<string> {
        return this.pipeline.status;
    }

    /** What the pipeline does, as the YAML that AWS has. */
    get body(): pulumi.Output<string> {
        return this.parts.body;
    }

    /** What the pipeline does, in words. */
    get explanation(): pulumi.Output<string> {
        return derived(this.body, explainPipeline);
    }

    /** The role that the pipeline works as. */
    get roleArn(): pulumi.Output<string> {
        return this.parts.roleArn;
    }

    /** Where documents go that OpenSearch refuses; `undefined` with `deadLetters: false`. */
    get deadLetterBucket(): pulumi.Output<string | undefined> {
        return this.parts.deadLetterBucket;
    }

    /** The pipeline's log group; `undefined` with `logs: false`. */
    get logGroupName(): pulumi.Output<string> | undefined {
        return this.parts.logGroup?.name;
    }

    /** The indexes that the pipeline writes to, with `*` for what becomes known with each document. They stay when it is destroyed. */
    get indexNames(): pulumi.Output<string[]> {
        return this.parts.indexNames;
    }

    /** What to send to a domain with fine-grained access control, once: see {@link AcceptedPipeline.roleMapping}. */
    get roleMapping(): pulumi.Output<BackendRoleMapping | undefined> {
        return this.parts.roleMapping;
    }

    /** The names of the pipeline's metrics in the namespace `AWS/OSIS`. */
    get metrics(): pulumi.Output<PipelineMetrics> {
        const { subPipeline, kind } = this.parts;
        return derived(subPipeline, (name) => pipelineMetrics(name, kind));
    }

    /** Ends the constructor. */
    protected override registerOutputs(outputs: pulumi.Inputs = {}): void {
        // Pulumi calls it by itself, too, after a constructor that has thrown.
        if ((this.parts as PipelineParts | undefined) === undefined) {
            return;
        }
        const { pipelineArn, pipelineName, status, body, explanation, roleArn } = this;
        const { deadLetterBucket, logGroupName, indexNames, roleMapping } = this;
        super.registerOutputs({
            ...{ pipelineArn, pipelineName, status, body, explanation, roleArn },
            ...{ deadLetterBucket, logGroupName, indexNames, roleMapping },
            ...outputs,
        });
    }
}

/** The pipeline's name, given or derived. */
export function pipelineNameOf(
    name: string,
    { pipelineName }: Pick<PipelineArgs, "pipelineName">,
): pulumi.Output<string> {
    return checked(pipelineName ?? derivePipelineName(nameParts(name)), (value) =>
        pipelineNameProblems("pipelineName", value),
    );
}
