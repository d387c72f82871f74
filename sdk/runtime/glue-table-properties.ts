import type { Glue, SourceTableConfig, TargetTableConfig } from "@aws-sdk/client-glue";
import { isDeepStrictEqual } from "node:util";

import { problem, type Problem } from "../requirements/errors";
import { targetTableNameProblems } from "../requirements/names";
import {
    DEFAULT_UNNEST,
    fromPartitionSpec,
    fromUnnestSpec,
    partitionProblems,
    resyncs,
    toPartitionSpec,
    toUnnestSpec,
    type PartitionSpec,
    type TableLayout,
} from "../requirements/partition";

import { enter } from "./account-guard";
import { awsFailure, isNotFound, ResourceError, type Subject } from "./errors";
import { handlerOf, inputsOf, type CommonInputs, type InputRules } from "./handler";
import { isUnknown, plain } from "./values";

export interface TablePropertiesInputs extends CommonInputs, Omit<TableLayout, "tableName"> {
    /** The target database's or catalog's ARN. */
    resourceArn: string;
    /** The table's name in the source. */
    sourceTableName: string;
    /** @default - the source table's name, as AWS writes it */
    targetTableName?: string;
    /** Lets AWS load the table again when a change asks for it. @default false */
    allowResync?: boolean;
    adoptExisting?: boolean;
}

const RESYNC_COST =
    "AWS then exports the whole source table again, which DynamoDB bills by its size, and writes the whole target table again";

const rules: InputRules<TablePropertiesInputs> = {
    keys: [
        "resourceArn",
        "sourceTableName",
        "unnest",
        "partitionBy",
        "targetTableName",
        "allowResync",
        "adoptExisting",
    ],
    place: ({ resourceArn }) => ({ argument: "resourceArn", arn: resourceArn }),
    canonical: (inputs) => ({
        ...inputs,
        unnest: inputs.unnest ?? DEFAULT_UNNEST,
        partitionBy: inputs.partitionBy?.length === 0 ? undefined : inputs.partitionBy,
    }),
    problems: (inputs, olds) => [
        ...(inputs.partitionBy === undefined || isUnknown(inputs.partitionBy)
            ? []
            : partitionProblems("partitionBy", inputs.partitionBy)),
        ...(inputs.targetTableName === undefined || isUnknown(inputs.targetTableName)
            ? []
            : targetTableNameProblems("targetTableName", inputs.targetTableName)),
        ...(isSameTable(olds, inputs) ? resyncProblems(layoutOf(olds), inputs) : []),
    ],
    replaces: (key) => key === "resourceArn" || key === "sourceTableName",
};

/** How a source table is laid out in the target. */
export const glueIntegrationTableProperties = handlerOf<TablePropertiesInputs>(rules, {
    async create(inputs) {
        const properties = await connect(inputs);
        await properties.obtain(inputs);
        return { id: `${inputs.resourceArn}/${inputs.sourceTableName}`, outs: plain(inputs) };
    },

    async read(id, props) {
        const present = await (await connect(props)).get();
        if (!present) {
            return { id: "" };
        }
        const { unnest, partitionBy, tableName } = layoutIn(present.target, props);
        const read = { ...props, unnest, partitionBy, targetTableName: tableName };
        return { id, props: plain(read), inputs: plain(inputsOf(rules, read)) };
    },

    async update(_id, olds, news) {
        const properties = await connect(news);
        const present = await properties.get();
        if (!present) {
            throw properties.failure(
                `the properties of "${news.sourceTableName}" were deleted outside of this stack`,
                "Run `pulumi refresh`, then the update makes them again",
            );
        }
        await properties.update(present, olds, news);
        return { outs: plain(news) };
    },

    async delete(_id, props) {
        await (await connect(props)).delete();
    },
});

interface Present {
    target: TargetTableConfig;
    source: SourceTableConfig | undefined;
}

async function connect({ account, owner, resourceArn, sourceTableName }: TablePropertiesInputs): Promise<Properties> {
    const subject = { type: "GlueIntegrationTableProperties", owner };
    const { glue } = await enter(account, subject);
    return new Properties(glue, subject, { ResourceArn: resourceArn, TableName: sourceTableName });
}

class Properties {
    constructor(
        private readonly glue: Glue,
        private readonly subject: Subject,
        private readonly key: { ResourceArn: string; TableName: string },
    ) {}

    failure(text: string, nextStep: string): ResourceError {
        return new ResourceError(this.subject, text, nextStep);
    }

    async get(): Promise<Present | undefined> {
        try {
            const { TargetTableConfig: target, SourceTableConfig: source } =
                await this.glue.getIntegrationTableProperties(this.key);
            return { target: target ?? {}, source };
        } catch (error) {
            if (isNotFound(error)) {
                return undefined;
            }
            throw awsFailure(this.subject, `AWS does not tell the properties of "${this.key.TableName}"`, error);
        }
    }

    async obtain(inputs: TablePropertiesInputs): Promise<void> {
        const present = await this.get();
        if (present) {
            return this.takeOver(present, inputs);
        }
        await this.write(async () => {
            try {
                await this.glue.createIntegrationTableProperties({ ...this.key, TargetTableConfig: toAws(inputs) });
            } catch (error) {
                // AWS lists no conflict among the errors: whatever it says, the record may be there, its answer lost.
                const made = await this.get();
                if (!made) {
                    throw error;
                }
                await this.takeOver(made, inputs);
            }
        });
    }

    async update(
        { target, source }: Present,
        olds: TablePropertiesInputs,
        inputs: TablePropertiesInputs,
    ): Promise<void> {
        const [before, after] = [layoutIn(target, olds), layoutOf(inputs)];
        if (isDeepStrictEqual(before, after)) {
            return;
        }
        // The check saw the state; this is what AWS holds now.
        const [refusal] = resyncProblems(before, inputs);
        if (refusal) {
            throw this.failure(refusal.message, "Nothing was changed");
        }
        // Whether AWS merges or replaces is not documented: what others set goes along.
        await this.write(() =>
            this.glue.updateIntegrationTableProperties({
                ...this.key,
                SourceTableConfig: source,
                TargetTableConfig: { ...toAws(inputs), IntegrationArn: target.IntegrationArn },
            }),
        );
    }

    async delete(): Promise<void> {
        await this.write(async () => {
            await this.glue.deleteIntegrationTableProperties(this.key).catch((error) => {
                if (!isNotFound(error)) {
                    throw error;
                }
            });
        });
    }

    /** A record has no tags: the same content is taken for what an interrupted update wrote. */
    private async takeOver(present: Present, inputs: TablePropertiesInputs): Promise<void> {
        if (!inputs.adoptExisting && !isDeepStrictEqual(layoutOf(inputs), layoutIn(present.target, inputs))) {
            throw this.failure(
                `the table "${inputs.sourceTableName}" already has properties in ${inputs.resourceArn}, and they say something else: ${JSON.stringify(present.target)}`,
                "One record serves a table in a target. Use the stack that made it, or set adoptExisting: true to take it over",
            );
        }
        await this.update(present, inputs, inputs);
    }

    private async write(call: () => Promise<unknown>): Promise<void> {
        try {
            await call();
        } catch (error) {
            throw awsFailure(
                this.subject,
                `AWS refuses the properties of "${this.key.TableName}" in ${this.key.ResourceArn}`,
                error,
            );
        }
    }
}

function isSameTable(olds: Partial<TablePropertiesInputs>, news: TablePropertiesInputs): boolean {
    return olds.resourceArn === news.resourceArn && olds.sourceTableName === news.sourceTableName;
}

/** A change that loads the table again is the user's decision. */
function resyncProblems(before: TableLayout, news: TablePropertiesInputs): Problem[] {
    const changes = news.allowResync || isUnknown(layoutOf(news)) ? [] : resyncs(before, layoutOf(news));
    return changes.length === 0
        ? []
        : [
              problem(
                  "allowResync",
                  `A change of ${changes.join(" and ")} loads the table again. ${RESYNC_COST}`,
                  "Set allowResync: true if that is wanted",
              ),
          ];
}

function layoutOf({
    unnest = DEFAULT_UNNEST,
    partitionBy,
    targetTableName,
}: Partial<TablePropertiesInputs>): TableLayout {
    return plain({ unnest, partitionBy, tableName: targetTableName });
}

function toAws({ unnest = DEFAULT_UNNEST, partitionBy, targetTableName }: TablePropertiesInputs): TargetTableConfig {
    return {
        UnnestSpec: toUnnestSpec(unnest),
        PartitionSpec: partitionBy && toPartitionSpec(partitionBy),
        TargetTableName: targetTableName,
    };
}

/** What AWS holds; a name that the user left to AWS is none. */
function layoutIn(
    { UnnestSpec, PartitionSpec, TargetTableName }: TargetTableConfig,
    { targetTableName }: TablePropertiesInputs,
): TableLayout {
    return plain({
        unnest: UnnestSpec ? fromUnnestSpec(UnnestSpec) : DEFAULT_UNNEST,
        partitionBy: PartitionSpec?.length ? fromPartitionSpec(PartitionSpec as PartitionSpec[]) : undefined,
        tableName: targetTableName && TargetTableName,
    });
}
