import type { CreateIntegrationRequest, Glue, Integration as Described } from "@aws-sdk/client-glue";

import {
    changeOf,
    GLUE_INTEGRATION_CHANGES,
    glueIntegrationProblems,
    type GlueIntegrationInputs as GlueInputs,
} from "../../requirements/glue-integration";
import {
    DEFAULT_DYNAMODB_REFRESH,
    fromAwsRefreshInterval,
    refreshInterval,
    refreshMinutes,
    toAwsRefreshInterval,
} from "../../requirements/interval";
import type { Clients } from "../clients";
import type { InputRules } from "../handler";
import { everyPage } from "../pages";
import { isUnknown, UNKNOWN } from "../values";

import {
    COMMON_KEYS,
    integrationFrom,
    integrationHandler,
    timeoutProblems,
    type Integration,
    type IntegrationApi,
    type IntegrationInputs,
} from "./core";

export interface GlueIntegrationInputs extends GlueInputs, IntegrationInputs {}

const rules: InputRules<GlueIntegrationInputs> = {
    keys: [...new Set([...COMMON_KEYS, ...(Object.keys(GLUE_INTEGRATION_CHANGES) as (keyof GlueInputs)[])])],
    place: ({ sourceArn }) => ({ argument: "sourceArn", arn: sourceArn }),
    canonical: (inputs) => ({
        ...inputs,
        description: inputs.description || undefined,
        refreshInterval:
            inputs.refreshInterval === undefined ? defaultInterval(inputs) : inOneUnit(inputs.refreshInterval),
    }),
    problems: (inputs) => [...glueIntegrationProblems(inputs, isUnknown), ...timeoutProblems(inputs)],
    replaces: (key, _olds, news) =>
        key in GLUE_INTEGRATION_CHANGES &&
        (changeOf(key as keyof GlueInputs, news) === "replace" ||
            // Its least length is 1: AWS takes another filter, but not none.
            (key === "dataFilter" && news.dataFilter === undefined)),
};

/** The integrations that Glue creates: DynamoDB and SaaS into a lakehouse, self-managed databases into Redshift. */
export const glueIntegration = integrationHandler<GlueIntegrationInputs>({
    type: "GlueIntegration",
    rules,
    modifiable: ["integrationName", "description", "dataFilter", "refreshInterval"],
    cleared: { description: "" },
    api: (clients) => new GlueApi(clients),
});

export class GlueApi implements IntegrationApi<GlueIntegrationInputs> {
    private readonly glue: Glue;

    constructor(private readonly clients: Clients) {
        this.glue = clients.glue;
    }

    async list() {
        const found = await everyPage(
            (Marker) => this.glue.describeIntegrations({ Marker }),
            ({ Integrations }) => Integrations,
        );
        return found.map(fromAws);
    }

    async get(IntegrationIdentifier: string) {
        const { Integrations } = await this.glue.describeIntegrations({ IntegrationIdentifier });
        return Integrations?.[0] && fromAws(Integrations[0]);
    }

    async create(inputs: GlueIntegrationInputs, tags: Record<string, string>) {
        return fromAws((await this.clients.glueOnce.createIntegration(toAws(inputs, tags))) as Described);
    }

    modify(IntegrationIdentifier: string, changed: Partial<GlueIntegrationInputs>) {
        const { integrationName, description, dataFilter, refreshInterval: interval } = changed;
        return this.glue.modifyIntegration({
            IntegrationIdentifier,
            IntegrationName: integrationName,
            Description: description,
            DataFilter: dataFilter,
            IntegrationConfig: interval === undefined ? undefined : { RefreshInterval: toAwsRefreshInterval(interval) },
        });
    }

    delete(IntegrationIdentifier: string) {
        return this.glue.deleteIntegration({ IntegrationIdentifier });
    }

    tag(ResourceArn: string, TagsToAdd: Record<string, string>) {
        return this.glue.tagResource({ ResourceArn, TagsToAdd });
    }

    untag(ResourceArn: string, TagsToRemove: string[]) {
        return this.glue.untagResource({ ResourceArn, TagsToRemove });
    }
}

function toAws(inputs: GlueIntegrationInputs, tags: Record<string, string>): CreateIntegrationRequest {
    return {
        IntegrationName: inputs.integrationName,
        SourceArn: inputs.sourceArn,
        TargetArn: inputs.targetArn,
        Description: inputs.description,
        DataFilter: inputs.dataFilter,
        KmsKeyId: inputs.kmsKeyId,
        AdditionalEncryptionContext: inputs.additionalEncryptionContext,
        Tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
        IntegrationConfig: {
            RefreshInterval: inputs.refreshInterval && toAwsRefreshInterval(inputs.refreshInterval),
            SourceProperties: inputs.sourceProperties,
            ContinuousSync: inputs.continuousSync,
            TargetNamespace: inputs.targetNamespace,
        },
    };
}

function fromAws(described: Described): Integration<GlueIntegrationInputs> {
    const { IntegrationConfig: config } = described;
    return integrationFrom<GlueIntegrationInputs>(
        described,
        Object.fromEntries((described.Tags ?? []).map(({ key, value }) => [key!, value ?? ""])),
        // The key is missing: AWS tells its ARN, whatever its user wrote.
        {
            dataFilter: described.DataFilter,
            additionalEncryptionContext: described.AdditionalEncryptionContext,
            sourceProperties: config?.SourceProperties,
            continuousSync: config?.ContinuousSync,
            targetNamespace: config?.TargetNamespace,
            refreshInterval: config?.RefreshInterval && fromAwsRefreshInterval(config.RefreshInterval),
        },
    );
}

/** AWS's own default, written down so that a refresh finds another one. */
function defaultInterval({ sourceArn, continuousSync }: GlueIntegrationInputs): string | undefined {
    if (isUnknown(sourceArn) || isUnknown(continuousSync)) {
        return UNKNOWN;
    }
    // A snapshot is taken once; a self-managed database (dms) is followed all the time.
    return continuousSync === false ? undefined : DEFAULT_INTERVAL[sourceArn.split(":")[2]!];
}

const DEFAULT_INTERVAL: Record<string, string> = { dynamodb: DEFAULT_DYNAMODB_REFRESH, glue: "1 hour" };

/** "60 minutes" is "1 hour"; what is no interval stays for the check to refuse. */
function inOneUnit(interval: string): string {
    try {
        return refreshInterval(refreshMinutes(interval));
    } catch {
        return interval;
    }
}
