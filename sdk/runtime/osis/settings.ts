import { isDeepStrictEqual } from "node:util";

import { parseBody } from "../../requirements/opensearch/yaml";
import { plain } from "../values";

import type { DescribedPipeline, PipelineSettings, VpcOptions } from "./api";
import type { OsisPipelineInputs } from "./inputs";

/** The inputs that AWS changes in place, tags aside. */
const MODIFIABLE = [
    "body",
    "minUnits",
    "maxUnits",
    "roleArn",
    "logGroupName",
    "persistentBuffer",
    "kmsKeyArn",
] as const;

type Modifiable = Pick<OsisPipelineInputs, (typeof MODIFIABLE)[number]>;

/** Our inputs in the API's words. */
export function settingsOf(inputs: Partial<Modifiable>): PipelineSettings {
    const { body, minUnits, maxUnits, roleArn, kmsKeyArn } = inputs;
    return {
        PipelineConfigurationBody: body,
        MinUnits: minUnits,
        MaxUnits: maxUnits,
        PipelineRoleArn: roleArn,
        ...("logGroupName" in inputs && { LogPublishingOptions: logsTo(inputs.logGroupName) }),
        ...("persistentBuffer" in inputs && {
            BufferOptions: { PersistentBufferEnabled: inputs.persistentBuffer ?? false },
        }),
        ...(kmsKeyArn !== undefined && { EncryptionAtRestOptions: { KmsKeyArn: kmsKeyArn } }),
    };
}

/** What AWS tells of a pipeline, in the words of our inputs; what older answers lack is as the inputs have it. */
export function inputsIn(described: DescribedPipeline, { roleArn }: OsisPipelineInputs): Modifiable {
    const { LogPublishingOptions: logs } = described;
    return {
        body: described.PipelineConfigurationBody!,
        minUnits: described.MinUnits!,
        maxUnits: described.MaxUnits!,
        roleArn: described.PipelineRoleArn ?? roleArn,
        logGroupName: logs?.IsLoggingEnabled ? logs.CloudWatchLogDestination?.LogGroup : undefined,
        persistentBuffer: described.BufferOptions?.PersistentBufferEnabled ?? false,
        kmsKeyArn: described.EncryptionAtRestOptions?.KmsKeyArn,
    };
}

/** The settings that are other than the inputs want them. */
export function differences(inputs: OsisPipelineInputs, described: DescribedPipeline): PipelineSettings {
    const present = inputsIn(described, inputs);
    const changed = MODIFIABLE.filter((key) =>
        key === "body" ? !isSameBody(inputs.body, present.body) : (inputs[key] ?? false) !== (present[key] ?? false),
    );
    return plain(settingsOf(Object.fromEntries(changed.map((key) => [key, inputs[key]])) as Partial<Modifiable>));
}

/** Whether two bodies say the same, however they are written. */
export function isSameBody(left: string, right: string): boolean {
    return left === right || isDeepStrictEqual(meaningOf(left), meaningOf(right));
}

function meaningOf(body: string): unknown {
    try {
        return parseBody(body);
    } catch {
        return body;
    }
}

export function vpcOptionsOf({ vpc }: OsisPipelineInputs): VpcOptions | undefined {
    return (
        vpc && {
            SubnetIds: vpc.subnetIds,
            SecurityGroupIds: vpc.securityGroupIds,
            VpcEndpointManagement: vpc.endpointManagement === "customer" ? "CUSTOMER" : "SERVICE",
            VpcAttachmentOptions:
                vpc.attachmentCidr === undefined ? undefined : { AttachToVpc: true, CidrBlock: vpc.attachmentCidr },
        }
    );
}

/** Whether a pipeline is in another network than the inputs want; `false` where AWS does not tell. */
export function isInAnotherNetwork(inputs: OsisPipelineInputs, { VpcEndpoints = [] }: DescribedPipeline): boolean {
    const told = VpcEndpoints.map(({ VpcOptions }) => VpcOptions).find((options) => options !== undefined);
    return (
        told !== undefined &&
        (["SubnetIds", "SecurityGroupIds"] as const).some(
            (key) => !isDeepStrictEqual([...(told[key] ?? [])].sort(), [...(vpcOptionsOf(inputs)?.[key] ?? [])].sort()),
        )
    );
}

function logsTo(logGroupName: string | undefined): PipelineSettings["LogPublishingOptions"] {
    return logGroupName === undefined
        ? { IsLoggingEnabled: false }
        : { IsLoggingEnabled: true, CloudWatchLogDestination: { LogGroup: logGroupName } };
}
