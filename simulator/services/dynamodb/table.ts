import type { KeySchemaElement, Projection, StreamViewType, TableDescription, Tag } from "@aws-sdk/client-dynamodb";
import { splitArn, type Context } from "../../world/context";
import { AwsError } from "../../world/error";
import type { Operation } from "../../world/service";
import type { TableExport } from "./exports";
import { equal, identity, sizeOfItem, type Item } from "./values";

/** An item put, changed or deleted. Streams and point-in-time exports are both read from these. */
export interface Change {
    /** milliseconds since the epoch */
    at: number;
    /** the item's key attributes */
    key: Item;
    before?: Item;
    after?: Item;
}

/** A stretch of the history that was, or is, open to readers. */
export interface Stream {
    arn: string;
    /** when it was opened: `2026-01-31T12:00:00.000` */
    label: string;
    viewType: StreamViewType;
    /** index of its first change */
    first: number;
    /** index after its last change. @default it is still open */
    end?: number;
    /** when it was closed. @default it is still open */
    closedAt?: number;
}

export interface Recovery {
    /** when it was switched on */
    since: number;
    /** how far back it reaches, 1–35 */
    days: number;
}

/** The table itself, or one of its indexes. */
export interface KeySpace {
    keySchema: KeySchemaElement[];
    /** @default every attribute, as in the table itself */
    projection?: Projection;
    isGlobalIndex?: boolean;
}

export class Table {
    readonly history: Change[] = [];
    readonly streams: Stream[] = [];
    readonly tags = new Map<string, string>();
    policy?: { document: string; revisionId: string };
    recovery?: Recovery;
    timeToLive?: { attribute: string; changedAt: number; enabled: boolean };
    private readonly items = new Map<string, Item>();

    /** @param description what DescribeTable answers, without what follows from the items and streams */
    constructor(
        readonly accountId: string,
        readonly region: string,
        readonly description: TableDescription,
    ) {}

    get name(): string {
        return this.description.TableName!;
    }

    get arn(): string {
        return this.description.TableArn!;
    }

    get keyNames(): string[] {
        return this.description.KeySchema!.map((element) => element.AttributeName!);
    }

    get openStream(): Stream | undefined {
        return this.streams.find((stream) => stream.end === undefined);
    }

    typeOfAttribute(name: string): string {
        return this.description.AttributeDefinitions!.find((d) => d.AttributeName === name)!.AttributeType!;
    }

    /** The table, or an index by its name. */
    keySpace(indexName: string | undefined): KeySpace | undefined {
        const { KeySchema, GlobalSecondaryIndexes, LocalSecondaryIndexes } = this.description;
        if (indexName === undefined) {
            return { keySchema: KeySchema! };
        }
        const global = GlobalSecondaryIndexes?.find((index) => index.IndexName === indexName);
        const index = global ?? LocalSecondaryIndexes?.find((index) => index.IndexName === indexName);
        return (
            index && { keySchema: index.KeySchema!, projection: index.Projection, isGlobalIndex: global !== undefined }
        );
    }

    keyOf(item: Item): Item {
        return Object.fromEntries(this.keyNames.map((name) => [name, item[name]]));
    }

    get(key: Item): Item | undefined {
        return this.items.get(keyIdentity(key));
    }

    allItems(): Item[] {
        return [...this.items.values()];
    }

    /** Puts the item, or deletes it; a write that changes nothing is no change. */
    write(now: number, key: Item, after: Item | undefined): void {
        const id = keyIdentity(key);
        const before = this.items.get(id);
        if (before === after || (before && after && equal({ M: before }, { M: after }))) {
            return;
        }
        if (after) {
            this.items.set(id, after);
        } else {
            this.items.delete(id);
        }
        this.history.push({ at: Math.floor(now), key, before, after });
    }

    /** The items as they were just before a moment: with the changes from that moment on, they make the table. */
    itemsBefore(time: number): Item[] {
        const items = new Map<string, Item>();
        for (const { at, key, after } of this.history) {
            if (at >= time) {
                break;
            }
            if (after) {
                items.set(keyIdentity(key), after);
            } else {
                items.delete(keyIdentity(key));
            }
        }
        return [...items.values()];
    }

    /** Each item that differs, with its state at `from` and its state just before `to`. */
    changesBetween(from: number, to: number): Change[] {
        const changes = new Map<string, Change>();
        for (const change of this.history.filter(({ at }) => at >= from && at < to)) {
            const id = keyIdentity(change.key);
            changes.set(id, { ...change, before: (changes.get(id) ?? change).before });
        }
        // Made and deleted in between: an incremental export says nothing of it.
        return [...changes.values()].filter(({ before, after }) => before || after);
    }

    describe(): TableDescription {
        const stream = this.streams.at(-1);
        const open = this.openStream;
        return {
            ...this.description,
            ItemCount: this.items.size,
            TableSizeBytes: this.allItems().reduce((sum, item) => sum + sizeOfItem(item), 0),
            ...(open && { StreamSpecification: { StreamEnabled: true, StreamViewType: open.viewType } }),
            ...(stream && { LatestStreamArn: stream.arn, LatestStreamLabel: stream.label }),
        };
    }
}

/** Tables and exports of an account in a Region. */
export class Tables {
    readonly byName = new Map<string, Table>();
    readonly exports = new Map<string, TableExport>();
}

export function keyIdentity(key: Item): string {
    return identity({ M: key });
}

export function tagList(tags: ReadonlyMap<string, string>): Tag[] {
    return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

/** A table may be named, or given by its ARN, which is the way into another account. */
export function tableArn(ctx: Context, nameOrArn: string): string {
    return nameOrArn.startsWith("arn:") ? nameOrArn : ctx.arn("dynamodb", `table/${nameOrArn}`);
}

export function lookUpTable(ctx: Context, nameOrArn: string): Table | undefined {
    const { accountId, region, resource } = splitArn(tableArn(ctx, nameOrArn));
    const name = resource.split("/")[1];
    return ctx.state(Tables, accountId, region).byName.get(name);
}

/** A table of the Region that is asked; `message` is what AWS says if there is none. */
export function findTable(ctx: Context, nameOrArn: string, message?: string): Table {
    const table = lookUpTable(ctx, nameOrArn);
    if (table?.region !== ctx.region) {
        throw resourceNotFound(message);
    }
    return table;
}

/** @param message @default as item operations word it */
export function resourceNotFound(message = "Requested resource not found"): AwsError {
    return new AwsError("ResourceNotFoundException", message);
}

export function resourceInUse(message: string): AwsError {
    return new AwsError("ResourceInUseException", message);
}

/** The right to an action on the table that an input names. */
export function onTable<Input extends { TableName?: string; TableArn?: string; ResourceArn?: string }>(
    action: string,
): NonNullable<Operation<Input>["access"]> {
    return (input, ctx) => [
        {
            action: `dynamodb:${action}`,
            resource: tableArn(ctx, (input.TableName ?? input.TableArn ?? input.ResourceArn)!),
        },
    ];
}
