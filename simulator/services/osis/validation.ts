import { BlockList, isIPv4 } from "node:net";

import { entrance, readBody, rolesIn } from "../../pipelines/body";
import { PRINCIPAL } from "../../pipelines/identity";
import { bodyProblems } from "../../pipelines/validate";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { network } from "../ec2/state";
import type { CreatePipelineRequest, PipelineSettings, Tag, VpcOptions } from "./api";
import { invalid } from "./state";

const MAX_TEXT = 100_000;
/** Of pipelines that keep nothing between two events. */
const MAX_UNITS = 96;
const MAX_TAGS = 50;
/** Which sources live in a VPC and are reached through an attachment to it. */
const ATTACHED = ["documentdb", "mongodb", "rds"];
const PRIVATE: [string, number][] = [
    ["10.0.0.0", 8],
    ["172.16.0.0", 12],
    ["192.168.0.0", 16],
];

type Range = readonly [min: number, max: number];

/** Throws ValidationException in the words of the API's model. */
function constrain(member: string, value: string | undefined, [min, max]: Range, pattern?: RegExp): void {
    const failure =
        value === undefined
            ? undefined
            : value.length < min
              ? `Member must have length greater than or equal to ${min}`
              : value.length > max
                ? `Member must have length less than or equal to ${max}`
                : pattern && !pattern.test(value)
                  ? `Member must satisfy regular expression pattern: ${pattern.source}`
                  : undefined;
    if (failure) {
        const shown = value!.length > 200 ? `${value!.slice(0, 200)}…` : value;
        throw invalid(
            `1 validation error detected: Value '${shown}' at '${member}' failed to satisfy constraint: ${failure}`,
        );
    }
}

/** Everything that CreatePipeline refuses at once. */
export function checkCreation(ctx: Context, input: CreatePipelineRequest): void {
    constrain("pipelineName", input.PipelineName, [3, 28], /^[a-z][a-z0-9-]+$/);
    checkTags(input.Tags ?? []);
    checkSettings(ctx, input);
    if (input.VpcOptions) {
        checkVpc(ctx, input.VpcOptions);
    }
    checkAttachment(input, input.VpcOptions);
}

/** What holds for a pipeline that is made and for one that is changed. */
export function checkSettings(ctx: Context, settings: PipelineSettings): void {
    constrain("pipelineConfigurationBody", settings.PipelineConfigurationBody, [1, MAX_TEXT]);
    constrain(
        "pipelineRoleArn",
        settings.PipelineRoleArn,
        [20, 2048],
        /^arn:(aws|aws-cn|aws-us-gov|aws-iso|aws-iso-b):iam::[0-9]+:role\/.*$/,
    );
    constrain("encryptionAtRestOptions.kmsKeyArn", settings.EncryptionAtRestOptions?.KmsKeyArn, [7, 2048]);
    checkUnits(settings);
    checkLogging(settings);
    const problems = bodyProblems(settings.PipelineConfigurationBody);
    if (problems.length > 0) {
        const all = problems.map(({ path, message }) => `${path}: ${message}`);
        throw invalid(`The pipeline configuration is not valid: ${all.join("; ")}`);
    }
    checkBuffer(settings);
    checkRole(ctx, settings);
}

function checkUnits({ MinUnits, MaxUnits }: PipelineSettings): void {
    for (const [member, value] of Object.entries({ MinUnits, MaxUnits })) {
        if (value < 1 || value > MAX_UNITS) {
            throw invalid(`${member} must be between 1 and ${MAX_UNITS}; it is ${value}.`);
        }
    }
    if (MinUnits > MaxUnits) {
        throw invalid(`MinUnits ${MinUnits} must not be greater than MaxUnits ${MaxUnits}.`);
    }
}

function checkLogging({ LogPublishingOptions: options }: PipelineSettings): void {
    const group = options?.CloudWatchLogDestination?.LogGroup;
    constrain(
        "logPublishingOptions.cloudWatchLogDestination.logGroup",
        group,
        [1, 512],
        /^\/aws\/vendedlogs\/[.\-_/#A-Za-z0-9]+$/,
    );
    if (options?.IsLoggingEnabled && group === undefined) {
        throw invalid("CloudWatchLogDestination is required when IsLoggingEnabled is true.");
    }
}

function checkBuffer({ BufferOptions, PipelineConfigurationBody }: PipelineSettings): void {
    const { name } = entrance(readBody(PipelineConfigurationBody)).source;
    if (BufferOptions?.PersistentBufferEnabled) {
        throw invalid(`Persistent buffering is for push-based sources; the source ${name} is none.`);
    }
}

/** Some role has to be given, for the pipeline or in its body, and it has to be of the pipeline's account. */
function checkRole(ctx: Context, { PipelineRoleArn, PipelineConfigurationBody }: PipelineSettings): void {
    const roles = [PipelineRoleArn ?? [], rolesIn(readBody(PipelineConfigurationBody))].flat();
    if (roles.length === 0) {
        throw invalid("A pipeline role is required: give PipelineRoleArn, or sts_role_arn in the configuration.");
    }
    for (const resource of new Set(roles)) {
        if (splitArn(resource).accountId !== ctx.accountId) {
            throw new AwsError("AccessDeniedException", `Cross-account pass role is not allowed: ${resource}`, 403);
        }
        ctx.authorize({
            action: "iam:PassRole",
            resource,
            context: { "iam:PassedToService": PRINCIPAL },
        });
    }
}

export function checkTags(tags: Tag[]): void {
    for (const { Key, Value } of tags) {
        constrain("tags.key", Key, [1, 128]);
        constrain("tags.value", Value, [0, 256]);
        if (/^aws:/i.test(Key)) {
            throw invalid(`The tag key ${Key} is reserved for AWS.`);
        }
    }
    if (new Set(tags.map(({ Key }) => Key)).size < tags.length || tags.length > MAX_TAGS) {
        throw invalid(`A pipeline has at most ${MAX_TAGS} tags, each key once.`);
    }
}

function checkVpc(ctx: Context, { SubnetIds, SecurityGroupIds = [], ...options }: VpcOptions): void {
    if (SubnetIds.length < 1 || SubnetIds.length > 3) {
        throw invalid(`VpcOptions.SubnetIds must have 1 to 3 subnets; it has ${SubnetIds.length}.`);
    }
    if (SecurityGroupIds.length > 12) {
        throw invalid("VpcOptions.SecurityGroupIds must have 1 to 12 security groups.");
    }
    const { VpcEndpointManagement: management = "SERVICE" } = options;
    if (!["CUSTOMER", "SERVICE"].includes(management)) {
        throw invalid(`VpcOptions.VpcEndpointManagement must be CUSTOMER or SERVICE; it is ${management}.`);
    }
    SubnetIds.forEach((id) => constrain("vpcOptions.subnetIds", id, [15, 24], /^subnet-\w{8}(\w{9})?$/));
    SecurityGroupIds.forEach((id) => constrain("vpcOptions.securityGroupIds", id, [11, 20], /^sg-\w{8}(\w{9})?$/));
    const vpcId = vpcOf(ctx, SubnetIds);
    const { securityGroups, vpcs } = network(ctx);
    for (const id of SecurityGroupIds) {
        if (securityGroups.get(id)?.VpcId !== vpcId) {
            throw invalid(`The security group ${id} does not exist in the VPC ${vpcId} of the subnets.`);
        }
    }
    if (options.VpcAttachmentOptions?.AttachToVpc) {
        const ranges = vpcs.get(vpcId)!.CidrBlockAssociationSet!.map(({ CidrBlock }) => CidrBlock!);
        checkCidr(options.VpcAttachmentOptions.CidrBlock, ranges);
    }
}

/** The one VPC of the subnets. */
export function vpcOf(ctx: Context, subnetIds: string[]): string {
    const { subnets } = network(ctx);
    const vpcs = subnetIds.map((id) => {
        const vpcId = subnets.get(id)?.VpcId;
        if (vpcId === undefined) {
            throw invalid(`The subnet ${id} does not exist.`);
        }
        return vpcId;
    });
    if (new Set(vpcs).size > 1) {
        throw invalid("The subnets of a pipeline must be in one VPC.");
    }
    return vpcs[0];
}

function checkCidr(cidr: string | undefined, ranges: string[]): void {
    const [address, bits] = (cidr ?? "").split("/");
    if (!isIPv4(address) || bits !== "24" || !address.endsWith(".0")) {
        throw invalid(`VpcAttachmentOptions.CidrBlock must be a /24 block; it is ${cidr ?? "missing"}.`);
    }
    if (!blockList(PRIVATE).check(address)) {
        throw invalid(`VpcAttachmentOptions.CidrBlock ${cidr} must lie within the private ranges of RFC 1918.`);
    }
    const taken = ranges.find((range) => overlap(cidr!, range));
    if (taken) {
        throw invalid(`VpcAttachmentOptions.CidrBlock ${cidr} overlaps with ${taken} of the VPC.`);
    }
}

function blockList(blocks: [string, number][]): BlockList {
    const list = new BlockList();
    blocks.forEach(([address, bits]) => list.addSubnet(address, bits));
    return list;
}

/** Of two blocks that meet, the smaller one lies within the other. */
function overlap(a: string, b: string): boolean {
    const [small, large] = [a, b].map((block) => block.split("/")).sort(([, x], [, y]) => Number(y) - Number(x));
    return blockList([[large[0], Number(large[1])]]).check(small[0]);
}

/** Databases are in a VPC. */
export function checkAttachment({ PipelineConfigurationBody }: PipelineSettings, vpc: VpcOptions | undefined): void {
    const { name } = entrance(readBody(PipelineConfigurationBody)).source;
    if (ATTACHED.includes(name) && !vpc?.VpcAttachmentOptions?.AttachToVpc) {
        throw invalid(`vpcAttachmentOptions is a required parameter for the source ${name}.`);
    }
}
