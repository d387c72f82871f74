import type { Integration as Described, Redshift } from "@aws-sdk/client-redshift";

import {
    REDSHIFT_INTEGRATION_CHANGES,
    redshiftIntegrationProblems,
    type RedshiftIntegrationInputs as RedshiftInputs,
} from "../../requirements/redshift-integration";
import type { Clients } from "../clients";
import type { InputRules } from "../handler";
import { fromTagList, toTagList } from "../owner";
import { everyPage } from "../pages";
import { isUnknown } from "../values";

import {
    COMMON_KEYS,
    integrationFrom,
    integrationHandler,
    timeoutProblems,
    type Integration,
    type IntegrationApi,
    type IntegrationInputs,
} from "./core";

export interface RedshiftIntegrationInputs extends RedshiftInputs, IntegrationInputs {}

const rules: InputRules<RedshiftIntegrationInputs> = {
    keys: [...new Set([...COMMON_KEYS, ...(Object.keys(REDSHIFT_INTEGRATION_CHANGES) as (keyof RedshiftInputs)[])])],
    place: ({ sourceArn }) => ({ argument: "sourceArn", arn: sourceArn }),
    canonical: (inputs) => ({ ...inputs, description: inputs.description || undefined }),
    problems: (inputs) => [...redshiftIntegrationProblems(inputs, isUnknown), ...timeoutProblems(inputs)],
    replaces: (key) => REDSHIFT_INTEGRATION_CHANGES[key as keyof RedshiftInputs] === "replace",
};

/** The integrations that Redshift creates: DynamoDB into Redshift. */
export const redshiftIntegration = integrationHandler<RedshiftIntegrationInputs>({
    type: "RedshiftIntegration",
    rules,
    modifiable: ["integrationName", "description"],
    cleared: { description: "" },
    api: (clients) => new RedshiftApi(clients),
});

export class RedshiftApi implements IntegrationApi<RedshiftIntegrationInputs> {
    private readonly redshift: Redshift;

    constructor(private readonly clients: Clients) {
        this.redshift = clients.redshift;
    }

    async list() {
        const found = await everyPage(
            (Marker) => this.redshift.describeIntegrations({ Marker }),
            ({ Integrations }) => Integrations,
        );
        return found.map(fromAws);
    }

    async get(IntegrationArn: string) {
        const { Integrations } = await this.redshift.describeIntegrations({ IntegrationArn });
        return Integrations?.[0] && fromAws(Integrations[0]);
    }

    async create(inputs: RedshiftIntegrationInputs, tags: Record<string, string>) {
        const created = await this.clients.redshiftOnce.createIntegration({
            IntegrationName: inputs.integrationName,
            SourceArn: inputs.sourceArn,
            TargetArn: inputs.targetArn,
            Description: inputs.description,
            KMSKeyId: inputs.kmsKeyId,
            AdditionalEncryptionContext: inputs.additionalEncryptionContext,
            TagList: toTagList(tags),
        });
        return fromAws(created);
    }

    modify(IntegrationArn: string, { integrationName, description }: Partial<RedshiftIntegrationInputs>) {
        return this.redshift.modifyIntegration({
            IntegrationArn,
            IntegrationName: integrationName,
            Description: description,
        });
    }

    delete(IntegrationArn: string) {
        return this.redshift.deleteIntegration({ IntegrationArn });
    }

    tag(ResourceName: string, tags: Record<string, string>) {
        return this.redshift.createTags({ ResourceName, Tags: toTagList(tags) });
    }

    untag(ResourceName: string, TagKeys: string[]) {
        return this.redshift.deleteTags({ ResourceName, TagKeys });
    }
}

function fromAws(described: Described): Integration<RedshiftIntegrationInputs> {
    return integrationFrom<RedshiftIntegrationInputs>(described, fromTagList(described.Tags));
}
