import type { Glue, TargetProcessingProperties } from "@aws-sdk/client-glue";
import { isDeepStrictEqual } from "node:util";

import type { Problem } from "../requirements/errors";
import { roleArnProblems } from "../requirements/target-role";

import { enter } from "./account-guard";
import { awsFailure, isTaken, isNotFound, ResourceError, type Subject } from "./errors";
import { handlerOf, inputsOf, type CommonInputs, type InputRules } from "./handler";
import { isOwnedBy, OWNER_TAG, userTags, withOwner } from "./owner";
import { poll } from "./poll";
import { isUnknown, plain } from "./values";

export interface SourceProcessing {
    /** Reads the connection. At most 128 characters. */
    roleArn: string;
}

export interface TargetProcessing {
    /** Writes the tables. At most 128 characters. */
    roleArn?: string;
    /** Encrypts the tables. */
    kmsKeyArn?: string;
    /** A Glue connection of type NETWORK, through whose subnet the writers go. */
    connectionName?: string;
    /** Gets the integrations' events. */
    eventBusArn?: string;
}

export interface ResourcePropertyInputs extends CommonInputs {
    resourceArn: string;
    source?: SourceProcessing;
    target?: TargetProcessing;
    tags?: Record<string, string>;
    adoptExisting?: boolean;
}

export interface ResourcePropertyOutputs {
    resourcePropertyArn: string;
    /** Whether this resource made it, or took it over; else it uses what another made, and leaves it alone. */
    owned: boolean;
}

type Outputs = ResourcePropertyInputs & ResourcePropertyOutputs;

interface Found {
    arn: string;
    source?: SourceProcessing;
    target?: TargetProcessing;
    tags: Record<string, string>;
}

/** A role that is new is not known everywhere at once. */
const IAM_PROPAGATION_SECONDS = 60;

const rules: InputRules<ResourcePropertyInputs> = {
    keys: ["resourceArn", "source", "target", "tags", "adoptExisting"],
    place: ({ resourceArn }) => ({ argument: "resourceArn", arn: resourceArn }),
    problems: ({ source, target }) => [
        ...roleProblems("source.roleArn", source?.roleArn),
        ...roleProblems("target.roleArn", target?.roleArn),
    ],
    replaces: (key) => key === "resourceArn",
};

/** What an integration needs to know of a database, a catalog or a connection. One exists per resource, for all its integrations. */
export const glueIntegrationResourceProperty = handlerOf<ResourcePropertyInputs, Outputs>(rules, {
    async create(inputs) {
        const property = await connect(inputs);
        return { id: inputs.resourceArn, outs: await property.obtain(inputs) };
    },

    async read(id, props) {
        const property = await connect(props);
        const found = await property.get(id);
        if (!found) {
            return { id: "" };
        }
        const inputs = {
            ...inputsOf(rules, props),
            source: found.source,
            target: found.target,
            tags:
                props.owned && (props.tags || Object.keys(userTags(found.tags)).length > 0)
                    ? userTags(found.tags)
                    : props.tags,
        };
        return { id, props: outputs(inputs, found, isOwnedBy(found.tags, props.owner)), inputs: plain(inputs) };
    },

    async update(id, olds, news) {
        const property = await connect(news);
        const found = (await property.get(id)) ?? property.gone(id);
        // Another name of the resource leaves its property its own.
        const own = olds.owned && isOwnedBy(found.tags, olds.owner);
        return { outs: await property.bringInto(found, news, own, olds.tags) };
    },

    async delete(id, props) {
        const property = await connect(props);
        await property.release(id, props);
    },
});

async function connect({ account, owner }: CommonInputs): Promise<Property> {
    const subject = { type: "GlueIntegrationResourceProperty", owner };
    return new Property((await enter(account, subject)).glue, subject);
}

function outputs(inputs: ResourcePropertyInputs, { arn }: Pick<Found, "arn">, owned: boolean): Outputs {
    return plain({ ...inputs, resourcePropertyArn: arn, owned });
}

class Property {
    constructor(
        private readonly glue: Glue,
        private readonly subject: Subject,
    ) {}

    async get(ResourceArn: string): Promise<Found | undefined> {
        try {
            const found = await this.glue.getIntegrationResourceProperty({ ResourceArn });
            const arn = found.ResourcePropertyArn!;
            return {
                arn,
                source: found.SourceProcessingProperties && { roleArn: found.SourceProcessingProperties.RoleArn! },
                target: found.TargetProcessingProperties && targetFromAws(found.TargetProcessingProperties),
                tags: (await this.glue.getTags({ ResourceArn: arn })).Tags ?? {},
            };
        } catch (error) {
            if (isNotFound(error)) {
                return undefined;
            }
            throw awsFailure(this.subject, `AWS does not tell the property of ${ResourceArn}`, error);
        }
    }

    /** Makes it, goes on with what an interrupted update made, or shares what another made and says the same. */
    async obtain(inputs: ResourcePropertyInputs): Promise<Outputs> {
        const found = await this.get(inputs.resourceArn);
        if (found) {
            return this.bringInto(found, inputs, isOwnedBy(found.tags, inputs.owner));
        }
        try {
            const made = await this.whileRoleIsNew(() =>
                this.glue.createIntegrationResourceProperty({
                    ResourceArn: inputs.resourceArn,
                    ...toAws(inputs),
                    Tags: Object.entries(withOwner(inputs.tags, inputs.owner)).map(([key, value]) => ({ key, value })),
                }),
            );
            return outputs(inputs, { arn: made.ResourcePropertyArn! }, true);
        } catch (error) {
            // Somebody was faster, or AWS did what it did not answer.
            const present = isTaken(error) ? await this.get(inputs.resourceArn) : undefined;
            if (present) {
                return this.bringInto(present, inputs, isOwnedBy(present.tags, inputs.owner));
            }
            throw awsFailure(this.subject, `AWS refuses the property of ${inputs.resourceArn}`, error);
        }
    }

    async bringInto(
        found: Found,
        inputs: ResourcePropertyInputs,
        own: boolean,
        formerTags: object = {},
    ): Promise<Outputs> {
        const same = isDeepStrictEqual(toAws(inputs), toAws(found));
        if (!own && !inputs.adoptExisting) {
            if (same) {
                return outputs(inputs, found, false);
            }
            throw new ResourceError(
                this.subject,
                `${inputs.resourceArn} already has a property${found.tags[OWNER_TAG] ? `, made by ${found.tags[OWNER_TAG]}` : ""}, and it says something else: ${JSON.stringify(toAws(found))}`,
                "All integrations of the resource share it. Give the same values to share it, or adoptExisting: true to take it over and change it for all",
            );
        }
        try {
            if (!same) {
                await this.whileRoleIsNew(() =>
                    this.glue.updateIntegrationResourceProperty({ ResourceArn: inputs.resourceArn, ...toAws(inputs) }),
                );
            }
            const wanted = withOwner(inputs.tags, inputs.owner);
            const TagsToAdd = Object.fromEntries(
                Object.entries(wanted).filter(([key, value]) => found.tags[key] !== value),
            );
            const TagsToRemove = Object.keys(formerTags).filter((key) => key in found.tags && !(key in wanted));
            if (Object.keys(TagsToAdd).length > 0) {
                await this.glue.tagResource({ ResourceArn: found.arn, TagsToAdd });
            }
            if (TagsToRemove.length > 0) {
                await this.glue.untagResource({ ResourceArn: found.arn, TagsToRemove });
            }
        } catch (error) {
            throw awsFailure(this.subject, `AWS refuses to change the property of ${inputs.resourceArn}`, error);
        }
        return outputs(inputs, found, true);
    }

    /** Deletes it when it is ours and nobody uses the resource any more; else leaves it, for whoever comes next. */
    async release(resourceArn: string, { owner }: Outputs): Promise<void> {
        const found = await this.get(resourceArn);
        if (!found || !isOwnedBy(found.tags, owner)) {
            return;
        }
        try {
            if (await this.isUsed(resourceArn)) {
                await this.glue.untagResource({ ResourceArn: found.arn, TagsToRemove: [OWNER_TAG] });
            } else {
                await this.glue.deleteIntegrationResourceProperty({ ResourceArn: resourceArn });
            }
        } catch (error) {
            if (!isNotFound(error)) {
                throw awsFailure(this.subject, `AWS refuses to delete the property of ${resourceArn}`, error);
            }
        }
    }

    gone(resourceArn: string): never {
        throw new ResourceError(
            this.subject,
            `the property of ${resourceArn} was deleted outside of this stack`,
            "Run `pulumi refresh`, then the update makes a new one",
        );
    }

    private async isUsed(arn: string): Promise<boolean> {
        return (await this.isTarget(arn)) || (await this.isSource(arn));
    }

    private async isTarget(TargetArn: string): Promise<boolean> {
        let Marker: string | undefined;
        try {
            do {
                const page = await this.glue.describeInboundIntegrations({ TargetArn, Marker });
                if (page.InboundIntegrations?.some(({ Status }) => Status !== "DELETING")) {
                    return true;
                }
                Marker = page.Marker;
            } while (Marker);
            return false;
        } catch (error) {
            // A database that is gone has no integrations.
            if (isNotFound(error)) {
                return false;
            }
            // Not every Region has the operation, and no other tells of integrations that another account points here.
            if ((error as Error).name === "OperationNotSupportedException") {
                return true;
            }
            throw error;
        }
    }

    private async isSource(arn: string): Promise<boolean> {
        let Marker: string | undefined;
        do {
            const page = await this.glue.describeIntegrations({ Marker });
            if (page.Integrations?.some(({ SourceArn, Status }) => SourceArn === arn && Status !== "DELETING")) {
                return true;
            }
            Marker = page.Marker;
        } while (Marker);
        return false;
    }

    private async whileRoleIsNew<T extends object>(call: () => Promise<T>): Promise<T> {
        let refusal: unknown;
        const answer = await poll(IAM_PROPAGATION_SECONDS, async () => {
            try {
                return await call();
            } catch (error) {
                if (!isAboutRole(error)) {
                    throw error;
                }
                refusal = error;
                return undefined;
            }
        });
        if (!answer) {
            throw refusal;
        }
        return answer;
    }
}

function toAws({ source, target }: Pick<ResourcePropertyInputs, "source" | "target">) {
    return plain({
        SourceProcessingProperties: source && { RoleArn: source.roleArn },
        TargetProcessingProperties: target && {
            RoleArn: target.roleArn,
            KmsArn: target.kmsKeyArn,
            ConnectionName: target.connectionName,
            EventBusArn: target.eventBusArn,
        },
    });
}

function targetFromAws(target: TargetProcessingProperties): TargetProcessing {
    return plain({
        roleArn: target.RoleArn,
        kmsKeyArn: target.KmsArn,
        connectionName: target.ConnectionName,
        eventBusArn: target.EventBusArn,
    });
}

function roleProblems(argument: string, roleArn: string | undefined): Problem[] {
    return roleArn === undefined || isUnknown(roleArn) ? [] : roleArnProblems(argument, roleArn);
}

function isAboutRole(error: unknown): boolean {
    const { name, message } = error as Error;
    return (
        ["ValidationException", "InvalidInputException"].includes(name) &&
        /\brole\b/i.test(message) &&
        /assume|trust|not exist|not found|invalid/i.test(message)
    );
}
