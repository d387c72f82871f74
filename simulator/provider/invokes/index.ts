import type { GetCallerIdentityResponse } from "@aws-sdk/client-sts";
import type { DescribeKeyResponse } from "@aws-sdk/client-kms";
import type { Invoke, Invokes } from "../resource";
import { databases } from "./databases";
import { existing } from "./existing";
import { networks } from "./networks";
import { policyDocument } from "./policy-document";
import { search } from "./search";

const getCallerIdentity: Invoke = async (aws) => {
    const { Account, Arn, UserId } = await aws.call<GetCallerIdentityResponse>("sts", "GetCallerIdentity");
    return { accountId: Account, arn: Arn, id: Account, userId: UserId };
};

/** As the AWS SDK for Go describes the Regions. */
const REGION_NAMES: Record<string, string> = {
    "ap-northeast-1": "Asia Pacific (Tokyo)",
    "ap-south-1": "Asia Pacific (Mumbai)",
    "ap-southeast-1": "Asia Pacific (Singapore)",
    "ap-southeast-2": "Asia Pacific (Sydney)",
    "ca-central-1": "Canada (Central)",
    "eu-central-1": "Europe (Frankfurt)",
    "eu-north-1": "Europe (Stockholm)",
    "eu-west-1": "Europe (Ireland)",
    "eu-west-2": "Europe (London)",
    "eu-west-3": "Europe (Paris)",
    "sa-east-1": "South America (Sao Paulo)",
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-west-1": "US West (N. California)",
    "us-west-2": "US West (Oregon)",
};

const getRegion: Invoke = async (aws, { name, endpoint }) => {
    const named = name ?? /^ec2\.([^.]+)\./.exec(endpoint ?? "")?.[1];
    const { region, dnsSuffix } = named ? aws.in(named) : aws;
    return {
        description: REGION_NAMES[region] ?? region,
        endpoint: `ec2.${region}.${dnsSuffix}`,
        id: region,
        name: region,
        region,
    };
};

const getPartition: Invoke = async ({ partition, dnsSuffix }) => ({
    dnsSuffix,
    id: partition,
    partition,
    reverseDnsPrefix: dnsSuffix.split(".").reverse().join("."),
});

const getTable: Invoke = async (aws, { name }) => {
    const { onDemandThroughput, warmThroughput, ...table } = await existing(aws, "aws:dynamodb/table:Table", name);
    return {
        ...table,
        localSecondaryIndexes: table.localSecondaryIndexes ?? [],
        onDemandThroughputs: onDemandThroughput ? [onDemandThroughput] : [],
        rangeKey: table.rangeKey ?? "",
        replicas: [],
        warmThroughputs: [warmThroughput],
    };
};

const getBucket: Invoke = async (aws, { bucket }) => {
    const websiteDomain = `s3-website.${aws.region}.${aws.dnsSuffix}`;
    return {
        ...(await existing(aws, "aws:s3/bucket:Bucket", bucket)),
        websiteDomain,
        websiteEndpoint: `${bucket}.${websiteDomain}`,
    };
};

const getKey: Invoke = async (aws, { keyId, grantTokens }) => {
    const input = { KeyId: keyId, GrantTokens: grantTokens };
    const { KeyMetadata: key } = await aws.call<DescribeKeyResponse>("kms", "DescribeKey", input);
    return {
        arn: key!.Arn,
        awsAccountId: key!.AWSAccountId,
        cloudHsmClusterId: "",
        creationDate: key!.CreationDate,
        customKeyStoreId: "",
        customerMasterKeySpec: key!.KeySpec,
        deletionDate: key!.DeletionDate ?? "",
        description: key!.Description ?? "",
        enabled: key!.Enabled,
        expirationModel: "",
        grantTokens,
        id: key!.KeyId,
        keyId,
        keyManager: key!.KeyManager,
        keySpec: key!.KeySpec,
        keyState: key!.KeyState,
        keyUsage: key!.KeyUsage,
        multiRegion: key!.MultiRegion ?? false,
        multiRegionConfigurations: [],
        origin: key!.Origin,
        pendingDeletionWindowInDays: key!.PendingDeletionWindowInDays ?? 0,
        region: aws.region,
        validTo: "",
        xksKeyConfigurations: [],
    };
};

const getAlias: Invoke = async (aws, { name }) => {
    const found = await existing(aws, "aws:kms/alias:Alias", name);
    return { ...found, id: found.arn };
};

const getRole: Invoke = async (aws, { name }) => {
    const { description = "", permissionsBoundary = "", ...role } = await existing(aws, "aws:iam/role:Role", name);
    return { ...role, description, permissionsBoundary, roleLastUseds: [] };
};

/** The role behind a session; whoever has no session stands for itself. */
const getSessionContext: Invoke = async (aws, { arn }) => {
    const [, role, session] = /^arn:[^:]+:sts::\d+:assumed-role\/([^/]+)\/(.+)$/.exec(arn) ?? [];
    if (role === undefined) {
        return { arn, id: arn, issuerArn: arn, issuerId: "", issuerName: "", sessionName: "" };
    }
    const { arn: issuerArn, uniqueId } = await existing(aws, "aws:iam/role:Role", role);
    return { arn, id: arn, issuerArn, issuerId: uniqueId, issuerName: role, sessionName: session };
};

const getDataLakeSettings: Invoke = async (aws, { catalogId }) => ({
    ...(await existing(aws, "aws:lakeformation/dataLakeSettings:DataLakeSettings", catalogId ?? aws.accountId)),
    catalogId,
});

/** Every function of `@pulumi/aws` that is simulated, by its token. */
export const invokes: Invokes = {
    ...databases,
    ...networks,
    ...search,
    "aws:dynamodb/getTable:getTable": getTable,
    "aws:iam/getPolicyDocument:getPolicyDocument": async (_aws, args) => policyDocument(args),
    "aws:iam/getRole:getRole": getRole,
    "aws:iam/getSessionContext:getSessionContext": getSessionContext,
    "aws:index/getCallerIdentity:getCallerIdentity": getCallerIdentity,
    "aws:index/getPartition:getPartition": getPartition,
    "aws:index/getRegion:getRegion": getRegion,
    "aws:kms/getAlias:getAlias": getAlias,
    "aws:kms/getKey:getKey": getKey,
    "aws:lakeformation/getDataLakeSettings:getDataLakeSettings": getDataLakeSettings,
    "aws:s3/getBucket:getBucket": getBucket,
};
