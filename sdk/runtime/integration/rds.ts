import type { Integration as Described, RDS } from "@aws-sdk/client-rds";

import { canonicalDataFilter, EVERY_MYSQL_TABLE } from "../../requirements/data-filter";
import {
    RDS_INTEGRATION_CHANGES,
    rdsIntegrationProblems,
    type RdsIntegrationInputs as RdsInputs,
} from "../../requirements/rds-integration";
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

export interface RdsIntegrationInputs extends RdsInputs, IntegrationInputs {}

const rules: InputRules<RdsIntegrationInputs> = {
    keys: [...new Set([...COMMON_KEYS, ...(Object.keys(RDS_INTEGRATION_CHANGES) as (keyof RdsInputs)[])])],
    place: ({ sourceArn }) => ({ argument: "sourceArn", arn: sourceArn }),
    canonical: (inputs) => ({
        ...inputs,
        description: inputs.description || undefined,
        dataFilter: isUnknown(inputs.dataFilter) ? inputs.dataFilter : filterInOneForm(inputs.dataFilter),
    }),
    problems: (inputs) => [...rdsIntegrationProblems(inputs, isUnknown), ...timeoutProblems(inputs)],
    replaces: (key) => RDS_INTEGRATION_CHANGES[key as keyof RdsInputs] === "replace",
};

/** The integrations that RDS creates: Aurora and RDS into Redshift, or into a managed catalog. */
export const rdsIntegration = integrationHandler<RdsIntegrationInputs>({
    type: "RdsIntegration",
    rules,
    modifiable: ["integrationName", "description", "dataFilter"],
    // Only MySQL goes without a filter, and AWS takes no empty one.
    cleared: { description: "", dataFilter: EVERY_MYSQL_TABLE },
    api: (clients) => new RdsApi(clients),
});

export class RdsApi implements IntegrationApi<RdsIntegrationInputs> {
    private readonly rds: RDS;

    constructor(private readonly clients: Clients) {
        this.rds = clients.rds;
    }

    async list() {
        const found = await everyPage(
            (Marker) => this.rds.describeIntegrations({ Marker }),
            ({ Integrations }) => Integrations,
        );
        return found.map(fromAws);
    }

    async get(IntegrationIdentifier: string) {
        const { Integrations } = await this.rds.describeIntegrations({ IntegrationIdentifier });
        return Integrations?.[0] && fromAws(Integrations[0]);
    }

    async create(inputs: RdsIntegrationInputs, tags: Record<string, string>) {
        const created = await this.clients.rdsOnce.createIntegration({
            IntegrationName: inputs.integrationName,
            SourceArn: inputs.sourceArn,
            TargetArn: inputs.targetArn,
            Description: inputs.description,
            DataFilter: inputs.dataFilter,
            KMSKeyId: inputs.kmsKeyId,
            AdditionalEncryptionContext: inputs.additionalEncryptionContext,
            Tags: toTagList(tags),
        });
        return fromAws(created);
    }

    modify(IntegrationIdentifier: string, changed: Partial<RdsIntegrationInputs>) {
        const { integrationName, description, dataFilter } = changed;
        return this.rds.modifyIntegration({
            IntegrationIdentifier,
            IntegrationName: integrationName,
            Description: description,
            DataFilter: dataFilter,
        });
    }

    delete(IntegrationIdentifier: string) {
        return this.rds.deleteIntegration({ IntegrationIdentifier });
    }

    tag(ResourceName: string, tags: Record<string, string>) {
        return this.rds.addTagsToResource({ ResourceName, Tags: toTagList(tags) });
    }

    untag(ResourceName: string, TagKeys: string[]) {
        return this.rds.removeTagsFromResource({ ResourceName, TagKeys });
    }
}

function fromAws(described: Described): Integration<RdsIntegrationInputs> {
    return integrationFrom<RdsIntegrationInputs>(described, fromTagList(described.Tags), {
        dataFilter: filterInOneForm(described.DataFilter),
    });
}

/** AWS may tell of a filter where none was given: the one that takes everything. */
function filterInOneForm(filter: string | undefined): string | undefined {
    const text = filter === undefined ? undefined : canonicalDataFilter(filter);
    return text === EVERY_MYSQL_TABLE ? undefined : text;
}
