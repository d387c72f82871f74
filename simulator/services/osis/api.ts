/** The shapes of OpenSearch Ingestion's API that more than one file speaks of. */

export type PipelineStatus =
    | "CREATING"
    | "ACTIVE"
    | "UPDATING"
    | "DELETING"
    | "CREATE_FAILED"
    | "UPDATE_FAILED"
    | "STARTING"
    | "START_FAILED"
    | "STOPPING"
    | "STOPPED";

export interface Tag {
    Key: string;
    Value: string;
}

export interface VpcOptions {
    SubnetIds: string[];
    SecurityGroupIds?: string[];
    VpcEndpointManagement?: "CUSTOMER" | "SERVICE";
    VpcAttachmentOptions?: { AttachToVpc: boolean; CidrBlock?: string };
}

/** What an update may change. */
export interface PipelineSettings {
    MinUnits: number;
    MaxUnits: number;
    PipelineConfigurationBody: string;
    PipelineRoleArn?: string;
    LogPublishingOptions?: { IsLoggingEnabled?: boolean; CloudWatchLogDestination?: { LogGroup: string } };
    BufferOptions?: { PersistentBufferEnabled: boolean };
    EncryptionAtRestOptions?: { KmsKeyArn: string };
}

export interface CreatePipelineRequest extends PipelineSettings {
    PipelineName: string;
    VpcOptions?: VpcOptions;
    Tags?: Tag[];
}

export interface UpdatePipelineRequest extends Partial<PipelineSettings> {
    PipelineName: string;
}

export interface Named {
    PipelineName: string;
}

export interface Page {
    MaxResults?: number;
    NextToken?: string;
}

export interface ChangeProgressStage {
    Name: string;
    Status: ProgressStatus;
    Description: string;
    LastUpdatedAt?: Date;
}

export type ProgressStatus = "PENDING" | "IN_PROGRESS" | "COMPLETED" | "FAILED";

export interface ChangeProgressStatus {
    StartTime: Date;
    Status: ProgressStatus;
    TotalNumberOfStages: number;
    ChangeProgressStages: ChangeProgressStage[];
}
