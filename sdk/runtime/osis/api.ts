import type { SignedRest } from "../rest";
import { fromTagList, toTagList, type Tagging } from "../owner";

/** A pipeline's network, as the API has it. */
export interface VpcOptions {
    SubnetIds: string[];
    SecurityGroupIds?: string[];
    VpcEndpointManagement?: "SERVICE" | "CUSTOMER";
    VpcAttachmentOptions?: { AttachToVpc: boolean; CidrBlock?: string };
}

/** What can be changed of a pipeline. */
export interface PipelineSettings {
    PipelineConfigurationBody?: string;
    MinUnits?: number;
    MaxUnits?: number;
    PipelineRoleArn?: string;
    LogPublishingOptions?: { IsLoggingEnabled: boolean; CloudWatchLogDestination?: { LogGroup: string } };
    BufferOptions?: { PersistentBufferEnabled: boolean };
    EncryptionAtRestOptions?: { KmsKeyArn: string };
}

export interface PipelineSummary {
    PipelineName: string;
    PipelineArn: string;
    Status: string;
    StatusReason?: { Description?: string };
}

export interface DescribedPipeline extends PipelineSummary, PipelineSettings {
    IngestEndpointUrls?: string[];
    VpcEndpoints?: { VpcEndpointId?: string; VpcId?: string; VpcOptions?: VpcOptions }[];
    VpcEndpointService?: string;
    tags: Record<string, string>;
}

export interface ChangeProgress {
    Status?: string;
    ChangeProgressStages?: { Name?: string; Status?: string; Description?: string }[];
}

type Tags = { Key: string; Value: string }[];

/** The calls of OpenSearch Ingestion, for one account and Region. Errors are AWS's own. */
export class OsisApi implements Tagging {
    constructor(private readonly rest: SignedRest) {}

    /** All of the account and Region, without their settings. */
    async list(): Promise<PipelineSummary[]> {
        const pipelines: PipelineSummary[] = [];
        let nextToken: string | undefined;
        do {
            const page: { Pipelines?: PipelineSummary[]; NextToken?: string } = await this.rest.send({
                method: "GET",
                path: path("listPipelines"),
                query: { maxResults: "100", nextToken },
            });
            pipelines.push(...(page.Pipelines ?? []));
            nextToken = page.NextToken;
        } while (nextToken);
        return pipelines;
    }

    async get(name: string): Promise<DescribedPipeline> {
        const { Pipeline } = await this.rest.send<{ Pipeline: DescribedPipeline & { Tags?: Tags } }>({
            method: "GET",
            path: path("getPipeline", name),
        });
        return this.withTags(Pipeline);
    }

    async create(name: string, settings: PipelineSettings & { VpcOptions?: VpcOptions }, tags: Record<string, string>) {
        const { Pipeline } = await this.rest.send<{ Pipeline: DescribedPipeline }>({
            method: "POST",
            path: path("createPipeline"),
            body: { PipelineName: name, ...settings, Tags: toTagList(tags) },
        });
        return { ...Pipeline, tags };
    }

    update(name: string, changed: PipelineSettings): Promise<unknown> {
        return this.rest.send({ method: "PUT", path: path("updatePipeline", name), body: changed });
    }

    start(name: string): Promise<unknown> {
        return this.rest.send({ method: "PUT", path: path("startPipeline", name) });
    }

    stop(name: string): Promise<unknown> {
        return this.rest.send({ method: "PUT", path: path("stopPipeline", name) });
    }

    delete(name: string): Promise<unknown> {
        return this.rest.send({ method: "DELETE", path: path("deletePipeline", name) });
    }

    /** What is wrong with a body, in AWS's words; empty when nothing is. */
    async validate(body: string): Promise<string[]> {
        const { isValid, Errors = [] } = await this.rest.send<{ isValid: boolean; Errors?: { Message?: string }[] }>({
            method: "POST",
            path: path("validatePipeline"),
            body: { PipelineConfigurationBody: body },
        });
        return isValid ? [] : Errors.map(({ Message = "" }) => Message);
    }

    /** The last change first. */
    async progress(name: string): Promise<ChangeProgress[]> {
        const { ChangeProgressStatuses = [] } = await this.rest.send<{ ChangeProgressStatuses?: ChangeProgress[] }>({
            method: "GET",
            path: path("getPipelineChangeProgress", name),
        });
        return ChangeProgressStatuses;
    }

    tag(arn: string, tags: Record<string, string>): Promise<unknown> {
        return this.rest.send({
            method: "POST",
            path: path("tagResource", ""),
            query: { arn },
            body: { Tags: toTagList(tags) },
        });
    }

    untag(arn: string, TagKeys: string[]): Promise<unknown> {
        return this.rest.send({ method: "POST", path: path("untagResource", ""), query: { arn }, body: { TagKeys } });
    }

    /** A description may come without tags. */
    private async withTags({ Tags, ...pipeline }: DescribedPipeline & { Tags?: Tags }): Promise<DescribedPipeline> {
        const list = Tags ?? (await this.tagsOf(pipeline.PipelineArn));
        return { ...pipeline, tags: fromTagList(list) };
    }

    private async tagsOf(arn: string): Promise<Tags | undefined> {
        const { Tags } = await this.rest.send<{ Tags?: Tags }>({
            method: "GET",
            path: path("listTagsForResource", ""),
            query: { arn },
        });
        return Tags;
    }
}

function path(...parts: string[]): string {
    return ["/2022-01-01/osis", ...parts.map(encodeURIComponent)].join("/");
}
