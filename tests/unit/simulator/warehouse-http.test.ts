import * as assert from "node:assert/strict";

import { EC2 } from "@aws-sdk/client-ec2";
import { ClusterNotFoundFault, Redshift } from "@aws-sdk/client-redshift";
import { RedshiftData } from "@aws-sdk/client-redshift-data";
import { RedshiftServerless } from "@aws-sdk/client-redshift-serverless";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { startSimulator, type Simulator } from "../../../simulator";

describe("warehouses, secrets and networks through the HTTP door", () => {
    let simulator: Simulator;
    let config: object;

    before(async () => {
        simulator = await startSimulator({ speed: 1000 });
        const credentials = { accessKeyId: "123456789012", secretAccessKey: "any" };
        config = { endpoint: simulator.endpoint, region: "eu-west-1", maxAttempts: 1, credentials };
    });

    after(() => simulator.stop());

    it("Redshift speaks the query protocol", async () => {
        const redshift = new Redshift(config);
        await redshift.createCluster({
            ClusterIdentifier: "dwh",
            NodeType: "ra3.large",
            MasterUsername: "admin",
            ManageMasterPassword: true,
            IamRoles: ["arn:aws:iam::123456789012:role/loader"],
            Tags: [{ Key: "team", Value: "sales" }],
        });
        const { Clusters } = await redshift.describeClusters({ ClusterIdentifier: "dwh" });
        const [{ Tags, IamRoles, ClusterParameterGroups, ClusterCreateTime }] = Clusters!;
        assert.deepEqual(Tags, [{ Key: "team", Value: "sales" }]);
        assert.equal(IamRoles![0].IamRoleArn, "arn:aws:iam::123456789012:role/loader");
        assert.equal(ClusterParameterGroups![0].ParameterApplyStatus, "in-sync");
        assert.ok(ClusterCreateTime instanceof Date);
        await assert.rejects(redshift.describeClusters({ ClusterIdentifier: "none" }), ClusterNotFoundFault);
    });

    it("a workgroup answers SQL", async () => {
        const serverless = new RedshiftServerless(config);
        await serverless.createNamespace({ namespaceName: "sales" });
        await serverless.createWorkgroup({ namespaceName: "sales", workgroupName: "sales" });
        while ((await serverless.getWorkgroup({ workgroupName: "sales" })).workgroup!.status !== "AVAILABLE") {
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
        const data = new RedshiftData(config);
        const Sql = "SELECT datname, 1 AS one, true AS yes, null AS nothing FROM pg_database";
        const { Id, Status } = await data.executeStatement({
            WorkgroupName: "sales",
            Database: "dev",
            Sql,
            WaitTimeSeconds: 10,
        });
        assert.equal(Status, "FINISHED");
        const { Records, TotalNumRows } = await data.getStatementResult({ Id });
        assert.deepEqual(
            [Records, TotalNumRows],
            [[[{ stringValue: "dev" }, { longValue: 1 }, { booleanValue: true }, { isNull: true }]], 1],
        );
    });

    it("a secret keeps its versions, and can be restored until it is gone", async () => {
        const secrets = new SecretsManager(config);
        const SecretId = "loader";
        await secrets.createSecret({ Name: SecretId, SecretString: "one" });
        await secrets.putSecretValue({ SecretId, SecretString: "two" });
        const valueOf = async (VersionStage?: string) =>
            (await secrets.getSecretValue({ SecretId, VersionStage })).SecretString;
        assert.deepEqual([await valueOf(), await valueOf("AWSPREVIOUS")], ["two", "one"]);
        await secrets.deleteSecret({ SecretId, RecoveryWindowInDays: 7 });
        await assert.rejects(valueOf(), { name: "InvalidRequestException" });
        await assert.rejects(secrets.createSecret({ Name: SecretId }), { name: "InvalidRequestException" });
        await secrets.restoreSecret({ SecretId });
        assert.equal(await valueOf(), "two");
        await secrets.deleteSecret({ SecretId, ForceDeleteWithoutRecovery: true });
        await assert.rejects(valueOf(), { name: "ResourceNotFoundException" });
    });

    it("EC2 speaks a query protocol of its own", async () => {
        const ec2 = new EC2(config);
        const { Vpcs } = await ec2.describeVpcs({ Filters: [{ Name: "is-default", Values: ["true"] }] });
        const VpcId = Vpcs![0].VpcId!;
        const { Subnets } = await ec2.describeSubnets({ Filters: [{ Name: "vpc-id", Values: [VpcId] }] });
        assert.deepEqual(
            Subnets!.map(({ AvailabilityZone, DefaultForAz }) => [AvailabilityZone, DefaultForAz]),
            ["a", "b", "c"].map((zone) => [`eu-west-1${zone}`, true]),
        );
        const { GroupId } = await ec2.createSecurityGroup({
            GroupName: "warehouse",
            Description: "d",
            TagSpecifications: [{ ResourceType: "security-group", Tags: [{ Key: "team", Value: "sales" }] }],
        });
        const rule = { IpProtocol: "tcp", FromPort: 5439, ToPort: 5439, IpRanges: [{ CidrIp: "10.0.0.0/8" }] };
        await ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [rule] });
        const duplicate = ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [rule] });
        await assert.rejects(duplicate, { name: "InvalidPermission.Duplicate" });
        const { SecurityGroups } = await ec2.describeSecurityGroups({ GroupIds: [GroupId!] });
        const [{ IpPermissions, Tags }] = SecurityGroups!;
        assert.deepEqual([IpPermissions![0].ToPort, Tags], [5439, [{ Key: "team", Value: "sales" }]]);
        await assert.rejects(ec2.describeSubnets({ SubnetIds: ["subnet-0"] }), { name: "InvalidSubnetID.NotFound" });
    });
});
