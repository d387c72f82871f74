import { allServices } from "../../../simulator/services";
import { assumeRole } from "../../../simulator/services/sts";
import { minutes } from "../../../simulator/world/clock";
import type { Context } from "../../../simulator/world/context";
import { World } from "../../../simulator/world/world";
import type { SourceReader } from "../../../simulator/pipelines/source";

export const ACCOUNT = "123456789012";
export const REGION = "eu-west-1";
export const BUCKET = "catalog-staging";

/** Who exports a database, for pipelines. */
export const EXPORTER = "export.rds.amazonaws.com";

const OSIS = "osis-pipelines.amazonaws.com";

export interface Statement {
    Effect: "Allow" | "Deny";
    Action: string | string[];
    Resource: string | string[];
    Condition?: object;
}

export const allow = (Action: string | string[], Resource: string | string[] = "*"): Statement => ({
    Effect: "Allow",
    Action,
    Resource,
});

const NETWORK_ARNS = ["network-interface/*", "subnet/*", "security-group/*"].map(
    (resource) => `arn:aws:ec2:*:*:${resource}`,
);

/** What the role needs to attach the pipeline to a VPC, as the documentation has it. */
export const ATTACHMENT: Record<string, Statement> = {
    interfaces: allow(
        [
            "ec2:AttachNetworkInterface",
            "ec2:CreateNetworkInterface",
            "ec2:CreateNetworkInterfacePermission",
            "ec2:DeleteNetworkInterface",
            "ec2:DeleteNetworkInterfacePermission",
            "ec2:DetachNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
        ],
        NETWORK_ARNS,
    ),
    describe: allow("ec2:Describe*"),
    tags: {
        ...allow("ec2:CreateTags", "arn:aws:ec2:*:*:network-interface/*"),
        Condition: { StringEquals: { "aws:RequestTag/OSISManaged": "true" } },
    },
};

export const STAGING: Record<string, Statement> = {
    bucket: allow(["s3:ListBucket", "s3:GetBucketLocation"], `arn:aws:s3:::${BUCKET}`),
    objects: allow(["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], `arn:aws:s3:::${BUCKET}/products/*`),
};

/** An account with a network, a staging bucket and a role for pipelines. */
export class SourceWorld {
    readonly world = new World({ services: allServices });
    readonly admin: Context = this.world.administrator(ACCOUNT, REGION);
    subnets: string[] = [];
    /** of the pipeline, and of the database */
    pipelineGroup = "";
    databaseGroup = "";

    async setUp(port: number): Promise<this> {
        const { Subnets } = await this.admin.call("ec2", "DescribeSubnets");
        this.subnets = Subnets.map(({ SubnetId }: { SubnetId: string }) => SubnetId).slice(0, 2);
        const group = async (GroupName: string): Promise<string> =>
            (await this.admin.call("ec2", "CreateSecurityGroup", { GroupName, Description: "-" })).GroupId;
        this.pipelineGroup = await group("pipeline");
        this.databaseGroup = await group("database");
        await this.admin.call("ec2", "AuthorizeSecurityGroupIngress", {
            GroupId: this.databaseGroup,
            IpPermissions: [
                {
                    IpProtocol: "tcp",
                    FromPort: port,
                    ToPort: port,
                    UserIdGroupPairs: [{ GroupId: this.pipelineGroup }],
                },
            ],
        });
        await this.admin.call("s3", "CreateBucket", {
            Bucket: BUCKET,
            CreateBucketConfiguration: { LocationConstraint: REGION },
        });
        await this.admin.call("rds", "CreateDBSubnetGroup", {
            DBSubnetGroupName: "private",
            DBSubnetGroupDescription: "-",
            SubnetIds: this.subnets,
        });
        return this;
    }

    /** The ARN of a role that a service may take, with these statements alone. */
    async roleOf(Service: string, RoleName: string, statements: Statement[]): Promise<string> {
        const trust = { Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" };
        const AssumeRolePolicyDocument = policy([trust]);
        const { Role } = await this.admin.call("iam", "CreateRole", { RoleName, AssumeRolePolicyDocument });
        await this.let(RoleName, statements);
        return Role.Arn;
    }

    /** Lets a role do this and nothing else. */
    async let(RoleName: string, statements: Statement[]): Promise<void> {
        const PolicyDocument = policy(statements);
        await this.admin.call("iam", "PutRolePolicy", { RoleName, PolicyName: "own", PolicyDocument });
    }

    /** A role that OSIS may take, with these statements alone. */
    async role(statements: Record<string, Statement>, RoleName = "osis-catalog"): Promise<Context> {
        const roleArn = await this.roleOf(OSIS, RoleName, Object.values(statements));
        const sourceArn = this.admin.arn("osis", "pipeline/catalog");
        const osis = this.admin.as({
            kind: "service",
            name: OSIS,
            accountId: ACCOUNT,
            sourceArn,
        });
        return osis.as(assumeRole(osis, roleArn, "osis"));
    }

    reader(role: Context, options: object, rest: Partial<SourceReader> = {}): SourceReader {
        return {
            world: this.world,
            role,
            pipelineName: "catalog",
            options: options as Record<string, unknown>,
            vpc: {
                subnetIds: this.subnets,
                securityGroupIds: [this.pipelineGroup],
                attachmentCidr: "10.99.20.0/24",
            },
            ...rest,
        };
    }

    advance(ms = minutes(10)): Promise<void> {
        return this.world.clock.advance(ms);
    }

    rds(operation: string, input: object) {
        return this.admin.call("rds", operation, input);
    }
}

const policy = (Statement: unknown[]): string => JSON.stringify({ Version: "2012-10-17", Statement });

/** Each choice of statements that lacks one, by that one's name. */
export const withoutOne = (statements: Record<string, Statement>): [string, Record<string, Statement>][] =>
    Object.keys(statements).map((name) => [
        name,
        Object.fromEntries(Object.entries(statements).filter(([other]) => other !== name)),
    ]);
