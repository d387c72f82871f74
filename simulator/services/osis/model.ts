/**
 * The API of OpenSearch Ingestion as its SDK client would export it: the published client is older than most of it.
 *
 * A structure is a tuple of kind, namespace, name, traits, member names, their schemas and how many of them are required;
 * these come first.
 */
const NAMESPACE = "com.amazonaws.osis";

const TEXT = 0;
const NUMBER = 1;
const FLAG = 2;
const TIME = 4;
const TEXTS = 64;
/** A member of the path. */
const LABEL = [TEXT, 1] as const;
const inQuery = (schema: number, name: string) => [schema, { httpQuery: name }] as const;

type Member = number | readonly [number, unknown] | (() => unknown);

function structure(name: string, required: Record<string, Member>, optional: Record<string, Member> = {}) {
    const members = { ...required, ...optional };
    const count = Object.keys(required).length;
    return [3, NAMESPACE, name, 0, Object.keys(members), Object.values(members), count] as const;
}

const list = (name: string, element: unknown) => [1, NAMESPACE, name, 0, () => element] as const;

const error = (name: string, status: number) =>
    [-3, NAMESPACE, name, { error: status < 500 ? "client" : "server", httpError: status }, ["message"], [0]] as const;

const UNIT = structure("Unit", {});

/** What `osis` names its operations by. */
type Route = readonly [method: "GET" | "POST" | "PUT" | "DELETE", path: string];

function operation(name: string, [method, path]: Route, input: unknown, output: unknown = UNIT) {
    const http = [method, `/2022-01-01/osis/${path}`, 200];
    return { [`${name}$`]: [9, NAMESPACE, name, { http }, () => input, () => output] };
}

const Tag = structure("Tag", { Key: TEXT, Value: TEXT });
const TagList = list("TagList", Tag);
const CloudWatchLogDestination = structure("CloudWatchLogDestination", { LogGroup: TEXT });
const VpcAttachmentOptions = structure("VpcAttachmentOptions", { AttachToVpc: FLAG }, { CidrBlock: TEXT });
const VpcOptions = structure(
    "VpcOptions",
    { SubnetIds: TEXTS },
    { SecurityGroupIds: TEXTS, VpcAttachmentOptions: () => VpcAttachmentOptions, VpcEndpointManagement: TEXT },
);

/** What is given at creation and may be changed. */
const SETTINGS = {
    LogPublishingOptions: () =>
        structure(
            "LogPublishingOptions",
            {},
            { IsLoggingEnabled: FLAG, CloudWatchLogDestination: () => CloudWatchLogDestination },
        ),
    BufferOptions: () => structure("BufferOptions", { PersistentBufferEnabled: FLAG }),
    EncryptionAtRestOptions: () => structure("EncryptionAtRestOptions", { KmsKeyArn: TEXT }),
    PipelineRoleArn: TEXT,
};
const SIZE = { MinUnits: NUMBER, MaxUnits: NUMBER, PipelineConfigurationBody: TEXT };

const VpcEndpoint = structure("VpcEndpoint", {}, { VpcEndpointId: TEXT, VpcId: TEXT, VpcOptions: () => VpcOptions });
const ServiceVpcEndpoint = structure("ServiceVpcEndpoint", {}, { ServiceName: TEXT, VpcEndpointId: TEXT });
const PipelineDestination = structure("PipelineDestination", {}, { ServiceName: TEXT, Endpoint: TEXT });

/** What ListPipelines tells of each. */
const SUMMARY = {
    PipelineName: TEXT,
    PipelineArn: TEXT,
    MinUnits: NUMBER,
    MaxUnits: NUMBER,
    Status: TEXT,
    StatusReason: () => structure("PipelineStatusReason", {}, { Description: TEXT }),
    CreatedAt: TIME,
    LastUpdatedAt: TIME,
    Destinations: () => list("PipelineDestinationList", PipelineDestination),
    Tags: () => TagList,
};
const PipelineSummary = structure("PipelineSummary", {}, SUMMARY);
const Pipeline = structure(
    "Pipeline",
    {},
    {
        ...SUMMARY,
        ...SETTINGS,
        PipelineConfigurationBody: TEXT,
        IngestEndpointUrls: TEXTS,
        VpcEndpoints: () => list("VpcEndpointsList", VpcEndpoint),
        VpcEndpointService: TEXT,
        ServiceVpcEndpoints: () => list("ServiceVpcEndpointsList", ServiceVpcEndpoint),
    },
);

const ChangeProgressStage = structure(
    "ChangeProgressStage",
    {},
    { Name: TEXT, Status: TEXT, Description: TEXT, LastUpdatedAt: TIME },
);
const ChangeProgressStatus = structure(
    "ChangeProgressStatus",
    {},
    {
        StartTime: TIME,
        Status: TEXT,
        TotalNumberOfStages: NUMBER,
        ChangeProgressStages: () => list("ChangeProgressStageList", ChangeProgressStage),
    },
);
const PipelineBlueprintSummary = structure(
    "PipelineBlueprintSummary",
    {},
    { BlueprintName: TEXT, DisplayName: TEXT, DisplayDescription: TEXT, Service: TEXT, UseCase: TEXT },
);
const ValidationMessage = structure("ValidationMessage", {}, { Message: TEXT });

const named = (name: string) => structure(`${name}Request`, { PipelineName: LABEL });
const onResource = (name: string) => structure(`${name}Request`, { ResourceArn: LABEL });
const answer = (name: string, members: Record<string, Member>) => structure(`${name}Response`, {}, members);
const thePipeline = (name: string) => answer(name, { Pipeline: () => Pipeline });
const thePolicy = (name: string) => answer(name, { ResourceArn: TEXT, Policy: TEXT });

class OSISClient {
    readonly config = {
        protocol: { getShapeId: () => "aws.protocols#restJson1" },
        protocolSettings: { defaultNamespace: NAMESPACE },
    };
}

export const model: Record<string, unknown> = {
    OSISClient,
    AccessDeniedException$: error("AccessDeniedException", 403),
    ConflictException$: error("ConflictException", 409),
    DisabledOperationException$: error("DisabledOperationException", 409),
    InternalException$: error("InternalException", 500),
    InvalidPaginationTokenException$: error("InvalidPaginationTokenException", 400),
    LimitExceededException$: error("LimitExceededException", 409),
    ResourceAlreadyExistsException$: error("ResourceAlreadyExistsException", 409),
    ResourceNotFoundException$: error("ResourceNotFoundException", 404),
    ValidationException$: error("ValidationException", 400),

    ...operation(
        "CreatePipeline",
        ["POST", "createPipeline"],
        structure(
            "CreatePipelineRequest",
            { PipelineName: TEXT, ...SIZE },
            { ...SETTINGS, VpcOptions: () => VpcOptions, Tags: () => TagList },
        ),
        thePipeline("CreatePipeline"),
    ),
    ...operation(
        "GetPipeline",
        ["GET", "getPipeline/{PipelineName}"],
        named("GetPipeline"),
        thePipeline("GetPipeline"),
    ),
    ...operation(
        "ListPipelines",
        ["GET", "listPipelines"],
        structure(
            "ListPipelinesRequest",
            {},
            { MaxResults: inQuery(NUMBER, "maxResults"), NextToken: inQuery(TEXT, "nextToken") },
        ),
        answer("ListPipelines", { NextToken: TEXT, Pipelines: () => list("PipelineSummaryList", PipelineSummary) }),
    ),
    ...operation(
        "UpdatePipeline",
        ["PUT", "updatePipeline/{PipelineName}"],
        structure("UpdatePipelineRequest", { PipelineName: LABEL }, { ...SIZE, ...SETTINGS }),
        thePipeline("UpdatePipeline"),
    ),
    ...operation("DeletePipeline", ["DELETE", "deletePipeline/{PipelineName}"], named("DeletePipeline")),
    ...operation(
        "StartPipeline",
        ["PUT", "startPipeline/{PipelineName}"],
        named("StartPipeline"),
        thePipeline("StartPipeline"),
    ),
    ...operation(
        "StopPipeline",
        ["PUT", "stopPipeline/{PipelineName}"],
        named("StopPipeline"),
        thePipeline("StopPipeline"),
    ),
    ...operation(
        "ValidatePipeline",
        ["POST", "validatePipeline"],
        structure("ValidatePipelineRequest", { PipelineConfigurationBody: TEXT }),
        answer("ValidatePipeline", {
            isValid: FLAG,
            Errors: () => list("ValidationMessageList", ValidationMessage),
        }),
    ),
    ...operation(
        "GetPipelineChangeProgress",
        ["GET", "getPipelineChangeProgress/{PipelineName}"],
        named("GetPipelineChangeProgress"),
        answer("GetPipelineChangeProgress", {
            ChangeProgressStatuses: () => list("ChangeProgressStatusList", ChangeProgressStatus),
        }),
    ),
    ...operation(
        "ListPipelineBlueprints",
        ["POST", "listPipelineBlueprints"],
        structure("ListPipelineBlueprintsRequest", {}),
        answer("ListPipelineBlueprints", {
            Blueprints: () => list("PipelineBlueprintsSummaryList", PipelineBlueprintSummary),
        }),
    ),
    ...operation(
        "GetPipelineBlueprint",
        ["GET", "getPipelineBlueprint/{BlueprintName}"],
        structure("GetPipelineBlueprintRequest", { BlueprintName: LABEL }, { Format: inQuery(TEXT, "format") }),
    ),
    ...operation(
        "TagResource",
        ["POST", "tagResource/"],
        structure("TagResourceRequest", { Arn: inQuery(TEXT, "arn"), Tags: () => TagList }),
    ),
    ...operation(
        "UntagResource",
        ["POST", "untagResource/"],
        structure("UntagResourceRequest", { Arn: inQuery(TEXT, "arn"), TagKeys: TEXTS }),
    ),
    ...operation(
        "ListTagsForResource",
        ["GET", "listTagsForResource/"],
        structure("ListTagsForResourceRequest", { Arn: inQuery(TEXT, "arn") }),
        answer("ListTagsForResource", { Tags: () => TagList }),
    ),
    ...operation(
        "PutResourcePolicy",
        ["PUT", "resourcePolicy/{ResourceArn}"],
        structure("PutResourcePolicyRequest", { ResourceArn: LABEL, Policy: TEXT }),
        thePolicy("PutResourcePolicy"),
    ),
    ...operation(
        "GetResourcePolicy",
        ["GET", "resourcePolicy/{ResourceArn}"],
        onResource("GetResourcePolicy"),
        thePolicy("GetResourcePolicy"),
    ),
    ...operation(
        "DeleteResourcePolicy",
        ["DELETE", "resourcePolicy/{ResourceArn}"],
        onResource("DeleteResourcePolicy"),
    ),

    // Of pipelines that others push to: known by their names, to be refused by them.
    ...operation("CreatePipelineEndpoint", ["POST", "createPipelineEndpoint"], UNIT),
    ...operation(
        "DeletePipelineEndpoint",
        ["DELETE", "deletePipelineEndpoint/{EndpointId}"],
        structure("DeletePipelineEndpointRequest", { EndpointId: LABEL }),
    ),
    ...operation("ListPipelineEndpoints", ["GET", "listPipelineEndpoints"], UNIT),
    ...operation("ListPipelineEndpointConnections", ["GET", "listPipelineEndpointConnections"], UNIT),
    ...operation("RevokePipelineEndpointConnections", ["POST", "revokePipelineEndpointConnections"], UNIT),
};
