import type {
    CreateNamedQueryOutput,
    GetNamedQueryOutput,
    GetWorkGroupOutput,
    ListTagsForResourceOutput,
    WorkGroupConfiguration,
} from "@aws-sdk/client-athena";
import { changed, retag, tagList, tagMap, type ResourceType, type ResourceTypes } from "../resource";
import type { Properties } from "../values";

const SERVICE = "athena";

/** The workgroup that every account has. */
const PRIMARY = "primary";

const namedQuery: ResourceType = {
    label: "Athena Named Query",
    autoname: { property: "name", max: 128 },
    defaults: { workgroup: PRIMARY },

    async create(aws, args) {
        const { NamedQueryId } = await aws.call<CreateNamedQueryOutput>(SERVICE, "CreateNamedQuery", {
            Name: args.name,
            Database: args.database,
            Description: args.description,
            QueryString: args.query,
            WorkGroup: args.workgroup,
        });
        return NamedQueryId!;
    },

    async read(aws, id) {
        const found = await findNamedQuery(
            aws.call<GetNamedQueryOutput>(SERVICE, "GetNamedQuery", { NamedQueryId: id }),
        );
        return (
            found && {
                database: found.Database,
                description: found.Description,
                name: found.Name,
                query: found.QueryString,
                workgroup: found.WorkGroup ?? PRIMARY,
            }
        );
    },

    async delete(aws, id) {
        await findNamedQuery(aws.call(SERVICE, "DeleteNamedQuery", { NamedQueryId: id }));
    },
};

/** Athena has no error of its own for what does not exist. */
async function orMissing<T>(answer: Promise<T>): Promise<T | undefined> {
    return answer.catch((error) => {
        if (error.code === "InvalidRequestException" && /not found|does not exist/i.test(error.message)) {
            return undefined;
        }
        throw error;
    });
}

const findNamedQuery = async (answer: Promise<GetNamedQueryOutput>) => (await orMissing(answer))?.NamedQuery;

const DEFAULT_ENGINE = "AUTO";

/** The parts of a configuration that are simulated. */
function configuration(given: Properties = {}): WorkGroupConfiguration {
    const { resultConfiguration: result, engineVersion: engine } = given;
    return {
        BytesScannedCutoffPerQuery: given.bytesScannedCutoffPerQuery,
        EnforceWorkGroupConfiguration: given.enforceWorkgroupConfiguration ?? true,
        EngineVersion: engine && { SelectedEngineVersion: engine.selectedEngineVersion },
        ExecutionRole: given.executionRole,
        PublishCloudWatchMetricsEnabled: given.publishCloudwatchMetricsEnabled ?? true,
        RequesterPaysEnabled: given.requesterPaysEnabled ?? false,
        ResultConfiguration: result && {
            OutputLocation: result.outputLocation,
            ExpectedBucketOwner: result.expectedBucketOwner,
            AclConfiguration: result.aclConfiguration && { S3AclOption: result.aclConfiguration.s3AclOption },
            EncryptionConfiguration: result.encryptionConfiguration && {
                EncryptionOption: result.encryptionConfiguration.encryptionOption,
                KmsKey: result.encryptionConfiguration.kmsKeyArn,
            },
        },
    };
}

function configurationState(found: WorkGroupConfiguration = {}): Properties {
    const { ResultConfiguration: result, EngineVersion: engine } = found;
    return {
        bytesScannedCutoffPerQuery: found.BytesScannedCutoffPerQuery,
        enableMinimumEncryptionConfiguration: found.EnableMinimumEncryptionConfiguration ?? false,
        enforceWorkgroupConfiguration: found.EnforceWorkGroupConfiguration,
        engineVersion: {
            effectiveEngineVersion: engine?.EffectiveEngineVersion ?? "Athena engine version 3",
            selectedEngineVersion: engine?.SelectedEngineVersion ?? DEFAULT_ENGINE,
        },
        executionRole: found.ExecutionRole,
        publishCloudwatchMetricsEnabled: found.PublishCloudWatchMetricsEnabled,
        requesterPaysEnabled: found.RequesterPaysEnabled,
        resultConfiguration: result && {
            outputLocation: result.OutputLocation,
            expectedBucketOwner: result.ExpectedBucketOwner,
            aclConfiguration: result.AclConfiguration && { s3AclOption: result.AclConfiguration.S3AclOption },
            encryptionConfiguration: result.EncryptionConfiguration && {
                encryptionOption: result.EncryptionConfiguration.EncryptionOption,
                kmsKeyArn: result.EncryptionConfiguration.KmsKey,
            },
        },
    };
}

const workgroup: ResourceType = {
    label: "Athena WorkGroup",
    autoname: { property: "name", max: 128 },
    defaults: { forceDestroy: false, state: "ENABLED" },
    replaces: ["name"],
    notSimulated: [
        "configuration.customerContentEncryptionConfiguration",
        "configuration.enableMinimumEncryptionConfiguration",
        "configuration.identityCenterConfiguration",
        "configuration.managedQueryResultsConfiguration",
        "configuration.monitoringConfiguration",
        "configuration.queryResultsS3AccessGrantsConfiguration",
    ],

    async create(aws, args) {
        await aws.call(SERVICE, "CreateWorkGroup", {
            Name: args.name,
            Configuration: configuration(args.configuration),
            Description: args.description,
            Tags: args.tags && tagList(args.tags),
        });
        return args.name;
    },

    async settle(aws, id, args) {
        if (args.state === "DISABLED") {
            await aws.call(SERVICE, "UpdateWorkGroup", { WorkGroup: id, State: args.state });
        }
    },

    async read(aws, id) {
        const answer = await orMissing(aws.call<GetWorkGroupOutput>(SERVICE, "GetWorkGroup", { WorkGroup: id }));
        const found = answer?.WorkGroup;
        if (!found) {
            return undefined;
        }
        const arn = aws.arn("athena", `workgroup/${id}`);
        const { Tags } = await aws.call<ListTagsForResourceOutput>(SERVICE, "ListTagsForResource", {
            ResourceARN: arn,
        });
        return {
            arn,
            configuration: configurationState(found.Configuration),
            description: found.Description,
            name: found.Name,
            state: found.State,
            tagsAll: tagMap(Tags),
        };
    },

    async update(aws, id, args, before, { arn: ResourceARN }) {
        if (changed(before, args, "configuration", "description", "state")) {
            const { EngineVersion, ResultConfiguration, ...updates } = configuration(args.configuration);
            await aws.call(SERVICE, "UpdateWorkGroup", {
                WorkGroup: id,
                ConfigurationUpdates: { ...updates, EngineVersion, ResultConfigurationUpdates: ResultConfiguration },
                Description: args.description,
                State: args.state,
            });
        }
        await retag(before, args, {
            tag: (tags) => aws.call(SERVICE, "TagResource", { ResourceARN, Tags: tagList(tags) }),
            untag: (TagKeys) => aws.call(SERVICE, "UntagResource", { ResourceARN, TagKeys }),
        });
    },

    async delete(aws, id, state) {
        await orMissing(
            aws.call(SERVICE, "DeleteWorkGroup", { WorkGroup: id, RecursiveDeleteOption: state.forceDestroy }),
        );
    },
};

export const athena: ResourceTypes = {
    "aws:athena/namedQuery:NamedQuery": namedQuery,
    "aws:athena/workgroup:Workgroup": workgroup,
};
