import * as assert from "node:assert";
import { invokes } from "../../../simulator/provider/invokes";
import { Typings } from "../../../simulator/provider/typings";
import type { Properties } from "../../../simulator/provider/values";
import { allServices } from "../../../simulator/services";
import { World } from "../../../simulator/world/world";
import { ProviderClient } from "./provider-client";

describe("the aws provider's functions", () => {
    const world = new World({ services: allServices, speed: 10_000 });
    const typings = new Typings([__dirname]);
    let provider: ProviderClient;

    before(async () => (provider = await ProviderClient.configured(world)));

    after(() => {
        provider.close();
        world.stop();
    });

    const call = (name: string, args: Properties = {}) => provider.invoke(`aws:${name}`, args);
    const document = async (args: Properties) => JSON.parse((await call(POLICY_DOCUMENT, args)).json);

    it("answer with all that their typings promise", async () => {
        const table = await provider.make("aws:dynamodb/table:Table", {
            name: "accounts",
            billingMode: "PAY_PER_REQUEST",
            attributes: [{ name: "id", type: "S" }],
            hashKey: "id",
        });
        await provider.make("aws:s3/bucket:Bucket", { bucket: "lake-of-functions" });
        const key = await provider.make("aws:kms/key:Key", {});
        await provider.make("aws:kms/alias:Alias", { name: "alias/lake", targetKeyId: key.id });
        const assumeRolePolicy = await document({
            statements: [
                { actions: ["sts:AssumeRole"], principals: [{ type: "Service", identifiers: ["glue.amazonaws.com"] }] },
            ],
        });
        await provider.make("aws:iam/role:Role", { name: "writer", assumeRolePolicy });

        await provider.make("aws:rds/cluster:Cluster", {
            clusterIdentifier: "shop",
            engine: "aurora-mysql",
            masterUsername: "admin",
            masterPassword: "Correct1horse",
        });
        await provider.make("aws:redshift/cluster:Cluster", {
            clusterIdentifier: "reports",
            nodeType: "ra3.large",
            masterUsername: "admin",
            masterPassword: "Correct1horse",
        });
        await provider.make("aws:redshiftserverless/namespace:Namespace", { namespaceName: "warehouse" });
        await provider.make("aws:redshiftserverless/workgroup:Workgroup", {
            workgroupName: "analysts",
            namespaceName: "warehouse",
        });
        await provider.make("aws:opensearch/domain:Domain", {
            domainName: "catalog",
            clusterConfig: { instanceType: "t3.small.search" },
            ebsOptions: { ebsEnabled: true, volumeSize: 10 },
        });
        await provider.make("aws:opensearch/serverlessCollection:ServerlessCollection", {
            name: "shop",
            encryptionConfigs: [{ awsOwnedKey: true, kmsKeyArn: "" }],
        });
        await provider.make("aws:secretsmanager/secret:Secret", { name: "database" });
        await provider.make("aws:secretsmanager/secretVersion:SecretVersion", {
            secretId: "database",
            secretString: "open sesame",
        });

        const args: Record<string, Properties> = {
            "aws:dynamodb/getTable:getTable": { name: "accounts" },
            "aws:ec2/getSecurityGroup:getSecurityGroup": { name: "default" },
            "aws:ec2/getSubnets:getSubnets": {},
            "aws:ec2/getVpc:getVpc": { default: true },
            "aws:iam/getPolicyDocument:getPolicyDocument": {},
            "aws:iam/getRole:getRole": { name: "writer" },
            "aws:iam/getSessionContext:getSessionContext": { arn: "arn:aws:sts::123456789012:assumed-role/writer/ci" },
            "aws:index/getAvailabilityZones:getAvailabilityZones": {},
            "aws:index/getCallerIdentity:getCallerIdentity": {},
            "aws:index/getPartition:getPartition": {},
            "aws:index/getRegion:getRegion": {},
            "aws:kms/getAlias:getAlias": { name: "alias/lake" },
            "aws:kms/getKey:getKey": { keyId: "alias/lake" },
            "aws:lakeformation/getDataLakeSettings:getDataLakeSettings": {},
            "aws:opensearch/getDomain:getDomain": { domainName: "catalog" },
            "aws:opensearch/getServerlessCollection:getServerlessCollection": { name: "shop" },
            "aws:rds/getCluster:getCluster": { clusterIdentifier: "shop" },
            "aws:rds/getEngineVersion:getEngineVersion": { engine: "aurora-mysql" },
            "aws:redshift/getCluster:getCluster": { clusterIdentifier: "reports" },
            "aws:redshiftserverless/getNamespace:getNamespace": { namespaceName: "warehouse" },
            "aws:redshiftserverless/getWorkgroup:getWorkgroup": { workgroupName: "analysts" },
            "aws:s3/getBucket:getBucket": { bucket: "lake-of-functions" },
            "aws:secretsmanager/getSecret:getSecret": { name: "database" },
            "aws:secretsmanager/getSecretVersion:getSecretVersion": { secretId: "database" },
        };
        assert.deepStrictEqual(Object.keys(args).sort(), Object.keys(invokes).sort());
        for (const [token, given] of Object.entries(args)) {
            const answer = await provider.invoke(token, given);
            const promised = Object.entries(typings.invoke(token)!.outputs).filter(([, field]) => !field.optional);
            assert.deepStrictEqual(
                promised.map(([name]) => name).filter((name) => !(name in answer)),
                [],
                token,
            );
        }
        assert.strictEqual((await call("dynamodb/getTable:getTable", { name: "accounts" })).arn, table.state.arn);
        assert.strictEqual((await call("kms/getKey:getKey", { keyId: "alias/lake" })).arn, key.state.arn);
    });

    it("say where and in which partition the provider is, also for another Region", async () => {
        assert.deepStrictEqual(await call("index/getRegion:getRegion"), {
            description: "Europe (Ireland)",
            endpoint: "ec2.eu-west-1.amazonaws.com",
            id: "eu-west-1",
            name: "eu-west-1",
            region: "eu-west-1",
        });
        assert.strictEqual((await call("index/getRegion:getRegion", { region: "us-east-1" })).name, "us-east-1");
        const china = await ProviderClient.configured(world, { region: "cn-north-1" });
        assert.deepStrictEqual(await china.invoke("aws:index/getPartition:getPartition"), {
            dnsSuffix: "amazonaws.com.cn",
            id: "aws-cn",
            partition: "aws-cn",
            reverseDnsPrefix: "cn.com.amazonaws",
        });
        china.close();
    });

    it("tell the role behind a session, and everybody else as they are", async () => {
        const behind = async (arn: string) =>
            (await call("iam/getSessionContext:getSessionContext", { arn })).issuerArn as string;
        const trust = { actions: ["sts:AssumeRole"], principals: [{ type: "AWS", identifiers: ["123456789012"] }] };
        const assumeRolePolicy = JSON.stringify(await document({ statements: [trust] }));
        const role = await provider.make("aws:iam/role:Role", { name: "ci", path: "/teams/", assumeRolePolicy });
        assert.strictEqual(await behind("arn:aws:sts::123456789012:assumed-role/ci/run-7"), role.state.arn);
        assert.strictEqual(await behind("arn:aws:iam::123456789012:user/ada"), "arn:aws:iam::123456789012:user/ada");
    });

    it("find the default network, its subnets and its zones", async () => {
        const vpc = await call("ec2/getVpc:getVpc", { default: true });
        const { names } = await call("index/getAvailabilityZones:getAvailabilityZones", {
            excludeNames: ["eu-west-1c"],
        });
        assert.deepStrictEqual(names, ["eu-west-1a", "eu-west-1b"]);
        const inZone = [
            { name: "vpc-id", values: [vpc.id] },
            { name: "availability-zone", values: names },
        ];
        assert.strictEqual((await call("ec2/getSubnets:getSubnets", { filters: inZone })).ids.length, 2);
        await assert.rejects(call("ec2/getVpc:getVpc", { cidrBlock: "10.9.0.0/16" }), /no matching EC2 VPC found/);
        await provider.make("aws:ec2/vpc:Vpc", { cidrBlock: "10.9.0.0/16" });
        await assert.rejects(call("ec2/getVpc:getVpc"), /multiple EC2 VPCs matched/);
    });

    it("tell which versions of an engine take part in zero-ETL", async () => {
        const version = async (engine: string, args: Properties) => {
            const found = await call("rds/getEngineVersion:getEngineVersion", { engine, ...args });
            return [found.versionActual, found.parameterGroupFamily, found.supportsIntegrations];
        };
        assert.deepStrictEqual(await version("aurora-postgresql", { version: "16.3" }), [
            "16.3",
            "aurora-postgresql16",
            false,
        ]);
        assert.deepStrictEqual(await version("aurora-postgresql", { preferredVersions: ["1.0", "16.4"] }), [
            "16.4",
            "aurora-postgresql16",
            true,
        ]);
        const [latest] = await version("mysql", { latest: true, parameterGroupFamily: "mysql8.0" });
        assert.match(latest, /^8\.0\./);
        await assert.rejects(version("postgres", { preferredVersions: ["1.0"] }), /multiple RDS engine versions/);
    });

    it("are refused by name, and with arguments that they do not take", async () => {
        await assert.rejects(call("ec2/getNatGateway:getNatGateway"), /getNatGateway is not simulated yet/);
        await assert.rejects(call("kms/getAlias:getAlias", { name: "alias/none" }), /couldn't find resource/);
    });

    describe("getPolicyDocument", () => {
        it("writes a document as Terraform does", async () => {
            const { json } = await call(POLICY_DOCUMENT, {
                statements: [
                    {
                        sid: "Write",
                        actions: ["s3:GetObject", "s3:PutObject"],
                        resources: ["arn:aws:s3:::lake/&{aws:username}/*"],
                        principals: [
                            { type: "Service", identifiers: ["glue.amazonaws.com"] },
                            { type: "AWS", identifiers: ["111122223333", "444455556666"] },
                        ],
                        conditions: [
                            { test: "StringEquals", variable: "aws:SourceAccount", values: ["111122223333"] },
                            { test: "ArnLike", variable: "aws:SourceArn", values: ["b", "a"] },
                        ],
                    },
                    {
                        effect: "Deny",
                        notActions: ["s3:*"],
                        notResources: ["*"],
                        principals: [{ type: "*", identifiers: ["*"] }],
                    },
                ],
            });
            assert.strictEqual(
                json,
                `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Write",
      "Effect": "Allow",
      "Action": [
        "s3:PutObject",
        "s3:GetObject"
      ],
      "Resource": "arn:aws:s3:::lake/\${aws:username}/*",
      "Principal": {
        "AWS": [
          "444455556666",
          "111122223333"
        ],
        "Service": "glue.amazonaws.com"
      },
      "Condition": {
        "ArnLike": {
          "aws:SourceArn": [
            "b",
            "a"
          ]
        },
        "StringEquals": {
          "aws:SourceAccount": "111122223333"
        }
      }
    },
    {
      "Effect": "Deny",
      "NotAction": "s3:*",
      "NotResource": "*",
      "Principal": "*"
    }
  ]
}`,
            );
        });

        it("puts statements over those of its sources, and under those that override", async () => {
            const statement = (sid: string, action: string) => ({ sid, actions: [action], resources: ["*"] });
            const json = async (...statements: Properties[]) => (await call(POLICY_DOCUMENT, { statements })).json;
            const { Statement } = await document({
                sourcePolicyDocuments: [
                    await json(statement("a", "s:A"), statement("", "s:N")),
                    await json(statement("b", "s:B")),
                ],
                statements: [statement("b", "s:Own"), statement("c", "s:C")],
                overridePolicyDocuments: [await json(statement("a", "s:Over"), statement("d", "s:D"))],
            });
            assert.deepStrictEqual(
                Statement.map(({ Sid, Action }: Properties) => `${Sid ?? "-"} ${Action}`),
                ["a s:Over", "- s:N", "b s:Own", "c s:C", "d s:D"],
            );
        });

        it("refuses a Sid that repeats", async () => {
            const statement = { sid: "a", actions: ["s:A"], resources: ["*"] };
            await assert.rejects(document({ statements: [statement, statement] }), /duplicate Sid \(a\)/);
        });
    });
});

const POLICY_DOCUMENT = "iam/getPolicyDocument:getPolicyDocument";
