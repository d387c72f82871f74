import * as pulumi from "@pulumi/pulumi";
import { getTableOutput } from "@pulumi/aws/dynamodb/getTable";
import { Table, type TableArgs } from "@pulumi/aws/dynamodb/table";

import {
    dynamoDbSourceProblems,
    nameIn,
    pipelineTableProblems,
    type PipelineTableState,
    type TableReading,
} from "../../sdk/requirements";
import { checked, derived, judged } from "../checked";
import { besidePipeline } from "../pipeline/beside-pipeline";
import type { Location } from "../targets/target";
import type { ExistingTable } from "./dynamodb-source";

/** A table that the integration makes: with point-in-time recovery, and a stream of new and old images. It stays when the stack is destroyed. */
export interface TableToCreate {
    /** The table, but for what the integration settles. */
    create: Omit<TableArgs, "pointInTimeRecovery" | "streamEnabled" | "streamViewType">;
}

/** A table that a pipeline can read. */
export interface PipelineTable {
    /** Known once the table is known to fit. */
    arn: pulumi.Output<string>;
    /** A customer's key that encrypts it; `null` for one of AWS. */
    kmsKeyArn: pulumi.Output<string | null>;
}

/** The table, once it is known that it can be read so, and from here; at preview as far as that can be told. */
export function pipelineTable(
    parent: pulumi.Resource,
    name: string,
    table: Table | ExistingTable | TableToCreate,
    { reading, account }: { reading: pulumi.Input<TableReading>; account: Location },
): PipelineTable {
    if ("create" in table) {
        const made = newTable(parent, name, table);
        return { arn: made.arn, kmsKeyArn: keyOf(made.serverSideEncryption) };
    }
    const arn = besidePipeline(
        "table",
        checked(table.arn, (value) => dynamoDbSourceProblems("table", { arn: value })),
        account,
    );
    const found: Described = Table.isInstance(table)
        ? table
        : getTableOutput({ name: derived(arn, nameIn) }, { parent });
    return {
        arn: derived(pulumi.all([arn, pulumi.all(statesOf(parent, found, reading))]), ([known]) => known),
        kmsKeyArn: keyOf(found.serverSideEncryption),
    };
}

/** A table of the program, or as AWS tells of one. */
interface Described {
    streamEnabled: pulumi.Output<boolean | undefined>;
    streamViewType: pulumi.Output<string>;
    pointInTimeRecovery: pulumi.Output<{ enabled: boolean }>;
    serverSideEncryption: pulumi.Output<{ kmsKeyArn?: string } | undefined>;
}

/** Each property alone: at preview some are not known. */
function statesOf(parent: pulumi.Resource, table: Described, reading: pulumi.Input<TableReading>) {
    const { streamEnabled, streamViewType, pointInTimeRecovery } = table;
    const states: pulumi.Output<PipelineTableState>[] = [
        streamEnabled.apply((isOn) => ({ streamEnabled: isOn ?? false })),
        streamViewType.apply((viewType) => ({ streamViewType: viewType || undefined })),
        // Alone: the period beside it is AWS's, and not known at a first preview.
        pointInTimeRecovery.enabled.apply((isOn?: boolean) => ({ pointInTimeRecovery: isOn ?? false })),
    ];
    return states.map((state) =>
        judged(parent, pulumi.all([state, reading]), ([known, asRead]) =>
            pipelineTableProblems("table", known, asRead),
        ),
    );
}

function newTable(parent: pulumi.Resource, name: string, { create }: TableToCreate): Table {
    return new Table(
        `${name}-table`,
        {
            ...create,
            pointInTimeRecovery: { enabled: true },
            streamEnabled: true,
            streamViewType: "NEW_AND_OLD_IMAGES",
        },
        // The items are somebody's data, and not the index's.
        { parent, retainOnDelete: true },
    );
}

function keyOf(encryption: pulumi.Output<{ kmsKeyArn?: string } | undefined>): pulumi.Output<string | null> {
    return encryption.apply((settings) => settings?.kmsKeyArn || null);
}
