import { problem, warning, type Problem } from "../errors";
import { lengthProblems, problemsBy, tagProblems, type IntegrationRule } from "../integration-rules";
import { derivedName, type NameParts } from "../names";
import { pipelineBodyProblems } from "./body-problems";
import { MAX_UNITS, unitsProblems } from "./capacity";
import { databaseSourceOf, rolesIn, subPipelinesOf } from "./document";
import { STATEFUL_PROCESSORS } from "./processors";
import { readBody } from "./yaml";

/** The network of a pipeline. Without one its endpoint is public. It cannot be changed. */
export interface OsisVpc {
    /** One to three, of one VPC, each in another zone. */
    subnetIds: string[];
    /** 1 to 12. */
    securityGroupIds: string[];
    /** Who makes the endpoint that data is sent to: pipelines of databases have none to send to. @default "service" */
    endpointManagement?: "customer" | "service";
    /**
     * A range of addresses, by which a pipeline reaches a database in the VPC: a /24 of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 that neither the VPC nor
     * another pipeline has. DocumentDB, RDS and Aurora need it.
     * @default - the pipeline is not attached to the VPC
     */
    attachmentCidr?: string;
}

/** What `osis:CreatePipeline` takes. */
export interface OsisPipelineInputs {
    /** 3 to 28 lower-case letters, digits and hyphens, a letter first. Unique in the account and Region. */
    pipelineName: string;
    /** YAML or JSON, 24,000 characters at most. */
    body: string;
    /** Compute units, 1 or more. */
    minUnits: number;
    maxUnits: number;
    /** What the pipeline does, it does as this role. @default - the role in the body */
    roleArn?: string;
    /** It begins with `/aws/vendedlogs/`. @default - nothing is logged */
    logGroupName?: string;
    vpc?: OsisVpc;
    /** Encrypts what is buffered. @default - a key of AWS */
    kmsKeyArn?: string;
    /** Keeps what is sent to a pipeline for 72 hours; not for databases, which are read. @default false */
    persistentBuffer?: boolean;
    /** At most 50. */
    tags?: Record<string, string>;
}

/** How AWS changes each input: in place, or by another pipeline. */
export const OSIS_PIPELINE_CHANGES: Record<keyof OsisPipelineInputs, "replace" | "update"> = {
    pipelineName: "replace",
    body: "update",
    minUnits: "update",
    maxUnits: "update",
    roleArn: "update",
    logGroupName: "update",
    vpc: "replace",
    kmsKeyArn: "update",
    persistentBuffer: "update",
    tags: "update",
};

const PIPELINE_NAME = {
    minLength: 3,
    maxLength: 28,
    pattern: /^[a-z][a-z0-9-]+$/,
};

/** Groups of logs that AWS delivers begin so. */
export const LOG_GROUP_PREFIX = "/aws/vendedlogs/";

/** A pipeline's usual log group. */
export function pipelineLogGroup(pipelineName: string): string {
    return `${LOG_GROUP_PREFIX}OpenSearchIngestion/${pipelineName}/audit-logs`;
}

/** A name that AWS takes, as far as its length allows: `project-stack-name`; shortened, it ends with a hash. */
export function derivePipelineName(parts: NameParts): string {
    return derivedName(parts, { ...PIPELINE_NAME, lowerCase: true });
}

/**
 * What AWS would refuse.
 *
 * @param isUnknown Tells a value that is not known yet: what depends on it is not judged.
 */
export function osisPipelineProblems(inputs: OsisPipelineInputs, isUnknown?: (value: unknown) => boolean): Problem[] {
    return problemsBy(RULES, inputs, isUnknown);
}

const RULES: IntegrationRule<OsisPipelineInputs>[] = [
    { reads: ["pipelineName"], judge: ({ pipelineName }) => pipelineNameProblems("pipelineName", pipelineName) },
    { reads: ["body"], judge: ({ body }) => pipelineBodyProblems("body", body) },
    { reads: ["minUnits", "maxUnits"], judge: (inputs) => unitsProblems("", inputs) },
    { reads: ["body", "maxUnits"], judge: ({ body, maxUnits }) => statefulProblems("maxUnits", body, maxUnits) },
    {
        reads: ["body", "roleArn"],
        judge: ({ body, roleArn }) =>
            roleArn === undefined && !namesRole(body)
                ? [problem("roleArn", "Neither the pipeline nor its body has a role", "Give roleArn")]
                : [],
    },
    {
        reads: ["roleArn"],
        judge: ({ roleArn }) =>
            roleArn === undefined || /^arn:[\w-]+:iam::\d{12}:role\/.+$/.test(roleArn)
                ? lengthProblems("roleArn", roleArn, 20, 2048)
                : [
                      problem(
                          "roleArn",
                          `"${roleArn}" is not the ARN of a role`,
                          "Give arn:partition:iam::account:role/name",
                      ),
                  ],
    },
    { reads: ["logGroupName"], judge: ({ logGroupName }) => logGroupProblems("logGroupName", logGroupName) },
    { reads: ["vpc"], judge: ({ vpc }) => (vpc === undefined ? [] : vpcProblems("vpc", vpc)) },
    { reads: ["body", "vpc"], judge: ({ body, vpc }) => attachmentProblems("vpc", body, vpc) },
    { reads: ["kmsKeyArn"], judge: ({ kmsKeyArn }) => lengthProblems("kmsKeyArn", kmsKeyArn, 7, 2048) },
    { reads: ["body", "persistentBuffer"], judge: bufferProblems },
    { reads: ["persistentBuffer", "minUnits"], judge: bufferedUnitsProblems },
    { reads: ["tags"], judge: ({ tags = {} }) => tagProblems(tags) },
];

export function pipelineNameProblems(argument: string, name: string): Problem[] {
    const { minLength, maxLength, pattern } = PIPELINE_NAME;
    return pattern.test(name)
        ? lengthProblems(argument, name, minLength, maxLength)
        : [
              problem(
                  argument,
                  `"${name}" is no name of a pipeline`,
                  `Use ${minLength} to ${maxLength} lower-case letters, digits and hyphens, a letter first`,
              ),
          ];
}

export function logGroupProblems(argument: string, logGroupName: string | undefined): Problem[] {
    return logGroupName === undefined || /^\/aws\/vendedlogs\/[.\-_/#A-Za-z0-9]+$/.test(logGroupName)
        ? lengthProblems(argument, logGroupName, 1, 512)
        : [
              problem(
                  argument,
                  `"${logGroupName}" is no log group that AWS delivers a pipeline's logs to`,
                  `Begin it with ${LOG_GROUP_PREFIX}, such as ${pipelineLogGroup("orders")}`,
              ),
          ];
}

function vpcProblems(argument: string, vpc: OsisVpc): Problem[] {
    const { subnetIds, securityGroupIds, attachmentCidr } = vpc;
    return [
        ...(subnetIds.length < 1 || subnetIds.length > 3
            ? [
                  problem(
                      `${argument}.subnetIds`,
                      `There are ${subnetIds.length}`,
                      "Give one to three, each in another zone",
                  ),
              ]
            : []),
        ...subnetIds.flatMap((id, index) =>
            /^subnet-\w{8}(\w{9})?$/.test(id)
                ? []
                : [problem(`${argument}.subnetIds[${index}]`, `"${id}" is not the id of a subnet`, "Give subnet-…")],
        ),
        // The API takes none as well: then it is the VPC's default group.
        ...(securityGroupIds !== undefined && (securityGroupIds.length < 1 || securityGroupIds.length > 12)
            ? [problem(`${argument}.securityGroupIds`, `There are ${securityGroupIds.length}`, "Give 1 to 12")]
            : []),
        ...(attachmentCidr === undefined ? [] : cidrProblems(`${argument}.attachmentCidr`, attachmentCidr)),
    ];
}

/** The range of an attachment: a /24 of a private network (RFC 1918). */
export function cidrProblems(argument: string, cidr: string): Problem[] {
    const [, a, b, c, d, bits] = (/^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr) ?? []).map(
        Number,
    );
    const isPrivate = a === 10 || (a === 172 && b! >= 16 && b! <= 31) || (a === 192 && b === 168);
    return isPrivate && b! <= 255 && c! <= 255 && d === 0 && bits === 24
        ? []
        : [
              problem(
                  argument,
                  `"${cidr}" is not a /24 of a private network`,
                  "Give one of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16 that neither the VPC nor another pipeline has, such as 10.99.20.0/24",
              ),
          ];
}

/** A pipeline that keeps events back grows half as far. */
function statefulProblems(argument: string, body: string, maxUnits: number): Problem[] {
    const limit = MAX_UNITS / 2;
    const stateful = subPipelinesOf("body", readBody(body))
        .flatMap(({ processors }) => processors)
        .find(({ name }) => STATEFUL_PROCESSORS.includes(name));
    return stateful && maxUnits > limit && maxUnits <= MAX_UNITS
        ? [
              warning(
                  argument,
                  `It is ${maxUnits}, and with ${stateful.name} a pipeline grows to ${limit}`,
                  `Give ${limit} at most`,
              ),
          ]
        : [];
}

/** DocumentDB, RDS and Aurora are reached through their VPC alone. */
function attachmentProblems(argument: string, body: string, vpc: OsisVpc | undefined): Problem[] {
    const source = databaseSourceOf(readBody(body));
    return source === undefined || source.kind === "dynamodb" || vpc?.attachmentCidr !== undefined
        ? []
        : [
              problem(
                  vpc === undefined ? argument : `${argument}.attachmentCidr`,
                  `AWS refuses a pipeline of ${source.kind} without an attachment to the VPC of its database`,
                  "Give vpc with subnetIds, securityGroupIds and attachmentCidr",
              ),
          ];
}

function bufferProblems({ body, persistentBuffer }: OsisPipelineInputs): Problem[] {
    const source = databaseSourceOf(readBody(body));
    return persistentBuffer && source !== undefined
        ? [
              problem(
                  "persistentBuffer",
                  `It keeps what is sent to a pipeline, and ${source.kind} is read`,
                  "Leave it out: the source keeps its own changes",
              ),
          ]
        : [];
}

function bufferedUnitsProblems({ persistentBuffer, minUnits }: OsisPipelineInputs): Problem[] {
    return persistentBuffer && minUnits < 2
        ? [warning("minUnits", `It is ${minUnits}, and a persistent buffer begins with two units`, "Give 2 or more")]
        : [];
}

function namesRole(body: string): boolean {
    return rolesIn(readBody(body)).length > 0;
}
