import type { BatchGetCollectionResponse, CollectionDetail } from "@aws-sdk/client-opensearchserverless";
import type { DescribeDomainResponse } from "@aws-sdk/client-opensearch";
import type { Client } from "../client";
import type { Invoke, Invokes } from "../resource";
import type { Properties } from "../values";
import { existing } from "./existing";

/** A function tells of a part as a list of one. */
const listed = (part: unknown) => (part === undefined ? [] : [part]);

const getDomain: Invoke = async (aws, { domainName }) => {
    const [found, { DomainStatus: status }] = await Promise.all([
        existing(aws, "aws:opensearch/domain:Domain", aws.arn("es", `domain/${domainName}`)),
        aws.call<DescribeDomainResponse>("es", "DescribeDomain", { DomainName: domainName }),
    ]);
    const { clusterConfig, offPeakWindowOptions: window } = found;
    return {
        ...found,
        advancedSecurityOptions: [{ jwtOptions: [], ...found.advancedSecurityOptions }],
        autoTuneOptions: [{ ...found.autoTuneOptions, maintenanceSchedules: [] }],
        clusterConfigs: [
            {
                dedicatedMasterCount: 0,
                dedicatedMasterType: "",
                warmCount: 0,
                warmType: "",
                ...clusterConfig,
                coldStorageOptions: listed(clusterConfig.coldStorageOptions),
                zoneAwarenessConfigs: listed(clusterConfig.zoneAwarenessConfig),
            },
        ],
        cognitoOptions: listed(found.cognitoOptions),
        created: status!.Created,
        deleted: status!.Deleted,
        deploymentStrategyOptions: [found.deploymentStrategyOptions],
        ebsOptions: [found.ebsOptions],
        encryptionAtRests: [found.encryptAtRest],
        identityCenterOptions: listed(found.identityCenterOptions),
        nodeToNodeEncryptions: [found.nodeToNodeEncryption],
        offPeakWindowOptions: {
            enabled: window.enabled,
            offPeakWindows: [{ windowStartTimes: [window.offPeakWindow.windowStartTime] }],
        },
        processing: status!.Processing,
        snapshotOptions: listed(found.snapshotOptions),
        softwareUpdateOptions: [found.softwareUpdateOptions],
        vpcOptions: listed(found.vpcOptions),
    };
};

const getServerlessCollection: Invoke = async (aws, { id, name }) => {
    const detail = await findCollection(aws, id === undefined ? { names: [name] } : { ids: [id] });
    const date = (time?: number) => new Date(time ?? 0).toISOString();
    return {
        ...(await existing(aws, "aws:opensearch/serverlessCollection:ServerlessCollection", detail.id!)),
        createdDate: date(detail.createdDate),
        failureCode: detail.failureCode ?? "",
        failureMessage: detail.failureMessage ?? "",
        lastModifiedDate: date(detail.lastModifiedDate),
    };
};

async function findCollection(aws: Client, asked: Properties): Promise<CollectionDetail> {
    const found = await aws.call<BatchGetCollectionResponse>("aoss", "BatchGetCollection", asked);
    const [detail] = found.collectionDetails!;
    if (!detail) {
        throw new Error(`reading OpenSearch Serverless Collection: ${found.collectionErrorDetails![0].errorMessage}`);
    }
    return detail;
}

export const search: Invokes = {
    "aws:opensearch/getDomain:getDomain": getDomain,
    "aws:opensearch/getServerlessCollection:getServerlessCollection": getServerlessCollection,
};
