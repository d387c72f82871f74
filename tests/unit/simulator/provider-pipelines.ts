import type { Client } from "../../../simulator/provider/client";
import type { Properties } from "../../../simulator/provider/values";

/** A domain, and a role that writes what a table's stream says to it. */
export interface PipelineFixtures {
    roleArn: string;
    /** a pipeline that is there */
    arn: string;
    body(index: string): string;
}

export async function makePipelines(
    make: (token: string, args: Properties) => Promise<Properties>,
    aws: Client,
): Promise<PipelineFixtures> {
    const table = await make("aws:dynamodb/table:Table", {
        name: "streamed",
        billingMode: "PAY_PER_REQUEST",
        attributes: [{ name: "id", type: "S" }],
        hashKey: "id",
        streamEnabled: true,
        streamViewType: "NEW_AND_OLD_IMAGES",
    });
    const role = await make("aws:iam/role:Role", {
        name: "pipelines",
        assumeRolePolicy: statement({
            Principal: { Service: "osis-pipelines.amazonaws.com" },
            Action: "sts:AssumeRole",
        }),
    });
    await make("aws:iam/rolePolicy:RolePolicy", {
        role: role.name,
        policy: statement({ Action: ["dynamodb:*", "es:*"], Resource: "*" }),
    });
    const host = await makeDomain(aws);
    const body = (index: string) =>
        JSON.stringify({
            version: "2",
            orders: {
                source: {
                    dynamodb: {
                        tables: [{ table_arn: table.arn, stream: { start_position: "LATEST" } }],
                        aws: { region: "eu-west-1" },
                    },
                },
                sink: [{ opensearch: { hosts: [`https://${host}`], index, aws: { region: "eu-west-1" } } }],
            },
        });
    const { pipelineArn } = await make("aws:opensearchingest/pipeline:Pipeline", {
        pipelineName: "base",
        minUnits: 1,
        maxUnits: 1,
        pipelineConfigurationBody: body("base"),
        pipelineRoleArn: role.arn,
    });
    return { roleArn: role.arn, arn: pipelineArn, body };
}

async function makeDomain(aws: Client): Promise<string> {
    const DomainName = "orders";
    await aws.call("es", "CreateDomain", {
        DomainName,
        EBSOptions: { EBSEnabled: true, VolumeType: "gp3", VolumeSize: 10 },
    });
    return aws.until("the domain", async () => {
        const { DomainStatus } = await aws.call<Properties>("es", "DescribeDomain", { DomainName });
        return DomainStatus.Processing ? undefined : DomainStatus.Endpoint;
    });
}

const statement = (content: object) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...content }] });
