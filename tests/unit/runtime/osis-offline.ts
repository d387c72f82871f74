import type { ChangeProgress, DescribedPipeline, PipelineSettings } from "../../../sdk/runtime/osis/api";
import type { RestRequest } from "../../../sdk/runtime/rest";

import { ACCOUNT, awsError, REGION } from "./offline";

interface Tag {
    Key: string;
    Value: string;
}

type FakePipeline = Omit<DescribedPipeline, "tags"> & { Tags: Tag[] };

/** The status that follows by itself. */
const NEXT: Record<string, string> = {
    CREATING: "ACTIVE",
    UPDATING: "ACTIVE",
    STARTING: "ACTIVE",
    STOPPING: "STOPPED",
};

/** OpenSearch Ingestion, whose pipelines change by each look at all of them. */
export class FakeOsis {
    readonly all: FakePipeline[] = [];
    /** Each call, by its name. */
    readonly calls: [operation: string, request: RestRequest][] = [];
    /** The status that comes after another one, in place of success. */
    outcome: Record<string, string> = {};
    /** What the calls to an operation end with, before it is carried out or after. */
    faults: ({ operation: string } & ({ error: Error; isCarriedOut?: boolean } | { faults: string[] }))[] = [];
    /** What ValidatePipeline finds. */
    bodyFaults: string[] = [];
    changes: ChangeProgress[] = [];
    /** Those that are changed while they are stopped. */
    private readonly stopped = new Set<string>();
    /** How often nobody sees any pipeline. */
    hiddenLooks = 0;
    /** Whether descriptions come with their tags. */
    tellsTags = true;

    /** As the client sends it. */
    readonly send = async (request: RestRequest): Promise<object> => {
        const [operation, name = ""] = request.path.replace("/2022-01-01/osis/", "").split("/");
        this.calls.push([operation!, request]);
        const fault = this.faults.find((each) => each.operation === operation);
        if (fault) {
            this.faults.splice(this.faults.indexOf(fault), 1);
            if ("faults" in fault) {
                return { isValid: false, Errors: fault.faults.map((Message) => ({ Message })) };
            }
            if (fault.isCarriedOut) {
                this.answer(operation!, name, request);
            }
            throw fault.error;
        }
        // Nothing that the answer holds may change later.
        return structuredClone(this.answer(operation!, name, request));
    };

    called(operation: string): RestRequest[] {
        return this.calls.filter(([name]) => name === operation).map(([, request]) => request);
    }

    private answer(operation: string, name: string, { body = {}, query = {} }: RestRequest): object {
        const settings = body as PipelineSettings & Partial<FakePipeline> & { TagKeys?: string[] };
        switch (operation) {
            case "listPipelines":
                return this.list(query.nextToken);
            case "getPipeline": {
                const found = this.named(name);
                if (found.Status === "DELETING") {
                    this.pass();
                }
                return { Pipeline: this.described(found) };
            }
            case "createPipeline":
                return { Pipeline: this.create(settings as FakePipeline) };
            case "validatePipeline":
                return {
                    isValid: this.bodyFaults.length === 0,
                    Errors: this.bodyFaults.map((Message) => ({ Message })),
                };
            case "updatePipeline": {
                const found = this.settled(name);
                this.stopped[found.Status === "STOPPED" ? "add" : "delete"](name);
                return Object.assign(found, settings, { Status: "UPDATING" });
            }
            case "startPipeline":
                return Object.assign(this.settled(name), { Status: "STARTING" });
            case "stopPipeline":
                return Object.assign(this.settled(name), { Status: "STOPPING" });
            case "deletePipeline":
                this.settled(name).Status = "DELETING";
                return {};
            case "getPipelineChangeProgress":
                return { ChangeProgressStatuses: this.changes };
            case "listTagsForResource":
                return { Tags: this.byArn(query.arn).Tags };
            case "tagResource": {
                const pipeline = this.byArn(query.arn);
                const others = pipeline.Tags.filter(({ Key }) => !settings.Tags!.some((tag) => tag.Key === Key));
                pipeline.Tags = [...others, ...settings.Tags!];
                return {};
            }
            case "untagResource": {
                const pipeline = this.byArn(query.arn);
                pipeline.Tags = pipeline.Tags.filter(({ Key }) => !settings.TagKeys!.includes(Key));
                return {};
            }
            default:
                throw awsError("UnknownOperationException", operation, 404);
        }
    }

    private list(nextToken: string | undefined): object {
        const seen = this.all.map(({ PipelineName, PipelineArn, Status }) => ({ PipelineName, PipelineArn, Status }));
        if (this.isHidden()) {
            return { Pipelines: [] };
        }
        if (nextToken) {
            return { Pipelines: seen.slice(1) };
        }
        this.pass();
        return seen.length > 1 ? { Pipelines: seen.slice(0, 1), NextToken: "more" } : { Pipelines: seen };
    }

    private isHidden(): boolean {
        return this.hiddenLooks > 0 && this.hiddenLooks-- > 0;
    }

    private create(request: FakePipeline & { VpcOptions?: object }): object {
        const { VpcOptions, ...rest } = request;
        if (this.all.some(({ PipelineName }) => PipelineName === request.PipelineName)) {
            throw awsError("ResourceAlreadyExistsException", `${request.PipelineName} exists`, 409);
        }
        const made: FakePipeline = {
            ...rest,
            PipelineArn: `arn:aws:osis:${REGION}:${ACCOUNT}:pipeline/${request.PipelineName}`,
            Status: "CREATING",
            VpcEndpoints: VpcOptions && [{ VpcEndpointId: "vpce-1", VpcId: "vpc-1", VpcOptions: VpcOptions as never }],
        };
        this.all.push(made);
        return this.described(made);
    }

    private described({ Tags, ...pipeline }: FakePipeline): object {
        return this.tellsTags ? { ...pipeline, Tags } : pipeline;
    }

    private named(name: string): FakePipeline {
        const found = this.all.find(({ PipelineName }) => PipelineName === name);
        if (!found || this.isHidden()) {
            throw awsError("ResourceNotFoundException", `Pipeline with name '${name}' does not exist`, 404);
        }
        return found;
    }

    private byArn(arn: string | undefined): FakePipeline {
        return this.all.find(({ PipelineArn }) => PipelineArn === arn)!;
    }

    private settled(name: string): FakePipeline {
        const found = this.named(name);
        if (found.Status in NEXT || found.Status === "DELETING") {
            throw awsError("ConflictException", `It is ${found.Status}`, 409);
        }
        return found;
    }

    private pass(): void {
        for (const each of [...this.all]) {
            if (each.Status === "DELETING") {
                this.all.splice(this.all.indexOf(each), 1);
            } else {
                const next = this.outcome[each.Status] ?? NEXT[each.Status] ?? each.Status;
                each.Status = each.Status === "UPDATING" && this.stopped.has(each.PipelineName) ? "STOPPED" : next;
            }
        }
    }
}
