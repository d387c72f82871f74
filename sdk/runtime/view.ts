import { durationProblems, durationSeconds, type Duration } from "../requirements/duration";
import { showViewSql } from "../requirements/integration-state";
import {
    createViewSql,
    dropViewSql,
    replaceViewSql,
    viewProblems,
    type WarehouseViewDefinition,
} from "../requirements/warehouse-view";

import { enter } from "./account-guard";
import { awsFailure, InitializationFailed, ResourceError, type Subject } from "./errors";
import { handlerOf, inputsOf, type CommonInputs, type InputRules } from "./handler";
import { poll } from "./poll";
import { isUnknown, plain } from "./values";
import { connectionProblems, isSameWarehouse, StatementFailed, Warehouse, type WarehouseConnection } from "./warehouse";

export interface RedshiftViewInputs extends CommonInputs {
    /** Its `database` does not count: statements run in the view's. */
    warehouse: WarehouseConnection;
    view: WarehouseViewDefinition;
    /** Takes the place of a view that something else made. @default false */
    adoptExisting?: boolean;
    /** @default "30m" */
    timeout?: Duration;
}

export interface RedshiftViewOutputs {
    /** The view's statement as Redshift keeps it; "" when somebody has changed it since. */
    storedDefinition: string;
}

type Outputs = RedshiftViewInputs & RedshiftViewOutputs;

const TYPE = "RedshiftView";
const DEFAULT_TIMEOUT = "30m";

const rules: InputRules<RedshiftViewInputs> = {
    keys: ["warehouse", "view", "adoptExisting", "timeout"],
    place: () => ({ argument: "warehouse", arn: "" }),
    problems: ({ warehouse, view, timeout }) => [
        ...(isUnknown(warehouse) ? [] : connectionProblems("warehouse", warehouse)),
        ...(isUnknown(view) ? [] : viewProblems(view)),
        ...durationProblems("timeout", timeout),
    ],
    replaces: (key, olds, news) =>
        key === "warehouse"
            ? !isSameWarehouse(olds.warehouse, news.warehouse)
            : key === "view" &&
              (["database", "schema", "name"] as const).some((part) => olds.view[part] !== news.view[part]),
};

/** A view in a database of the user's. */
export const redshiftView = handlerOf<RedshiftViewInputs, Outputs>(rules, {
    judge: ({ storedDefinition }) => ({ changes: storedDefinition === "" }),

    async create(inputs) {
        const view = await connect(inputs);
        await view.obtain();
        const id = [inputs.view.database, inputs.view.schema ?? "public", inputs.view.name].join("/");
        try {
            return { id, outs: await view.outputs() };
        } catch (error) {
            throw new InitializationFailed(id, plain({ ...inputs, storedDefinition: "" }), error as Error);
        }
    },

    async read(id, props) {
        const view = await connect(props);
        const status = await view.status();
        if (status !== undefined && /^paus/.test(status)) {
            // Nobody can look into it now.
            return { id, props, inputs: plain(inputsOf(rules, props)) };
        }
        const stored = status === undefined ? undefined : await view.stored();
        if (stored === undefined) {
            return { id: "" };
        }
        const storedDefinition = stored === props.storedDefinition ? stored : "";
        return { id, props: plain({ ...props, storedDefinition }), inputs: plain(inputsOf(rules, props)) };
    },

    async update(_id, olds, news) {
        const view = await connect(news);
        await view.replace(olds.view);
        return { outs: await view.outputs() };
    },

    async delete(_id, props) {
        const view = await connect(props);
        if ((await view.status()) !== undefined) {
            await view.drop();
        }
    },
});

async function connect(inputs: RedshiftViewInputs): Promise<View> {
    const subject = { type: TYPE, owner: inputs.owner };
    const seconds = durationSeconds(inputs.timeout ?? DEFAULT_TIMEOUT)!;
    const connection = { ...inputs.warehouse, database: inputs.view.database };
    const warehouse = new Warehouse(await enter(inputs.account, subject), subject, connection, seconds);
    return new View(warehouse, subject, inputs, seconds);
}

class View {
    constructor(
        private readonly warehouse: Warehouse,
        private readonly subject: Subject,
        private readonly inputs: RedshiftViewInputs,
        private readonly timeoutSeconds: number,
    ) {}

    status(): Promise<string | undefined> {
        return this.warehouse.status();
    }

    /** The statement that Redshift keeps, or `undefined` when there is no such view. */
    async stored(): Promise<string | undefined> {
        try {
            const [row] = await this.warehouse.run(showViewSql(this.inputs.view));
            return row && String(Object.values(row)[0]);
        } catch (error) {
            if (isAbsent(error)) {
                return undefined;
            }
            throw awsFailure(this.subject, `Redshift does not show the view ${this.name}`, error);
        }
    }

    /** Makes the view; one that says the same, such as an interrupted update made, is taken as it is. */
    async obtain(): Promise<void> {
        const { view, adoptExisting } = this.inputs;
        const stored = await this.stored();
        if (stored === undefined) {
            await this.runAll([createViewSql(view)]);
        } else if (queryIn(stored) !== queryIn(createViewSql(view))) {
            if (!adoptExisting) {
                throw new ResourceError(
                    this.subject,
                    `there is already a view ${this.name}, which says something else`,
                    "Set adoptExisting: true to put this one in its place, or choose another name",
                );
            }
            await this.runAll([dropViewSql(view), createViewSql(view)]);
        }
    }

    replace(before: WarehouseViewDefinition): Promise<void> {
        return this.runAll(replaceViewSql(before, this.inputs.view));
    }

    async drop(): Promise<void> {
        try {
            await this.warehouse.run(dropViewSql(this.inputs.view));
        } catch (error) {
            // Its schema or its database may be gone too.
            if (!isAbsent(error)) {
                throw awsFailure(this.subject, `Redshift refuses to drop the view ${this.name}`, error);
            }
        }
    }

    async outputs(): Promise<Outputs> {
        const storedDefinition = await this.stored();
        if (storedDefinition === undefined) {
            throw new ResourceError(this.subject, `the view ${this.name} is gone`, "Run the update again");
        }
        return plain({ ...this.inputs, storedDefinition });
    }

    private get name(): string {
        const { schema = "public", name } = this.inputs.view;
        return `"${schema}"."${name}"`;
    }

    private async runAll(statements: string[]): Promise<void> {
        for (const statement of statements) {
            await this.run(statement).catch((error) => {
                throw awsFailure(this.subject, `Redshift does not take the view ${this.name}`, error);
            });
        }
    }

    /** A materialized view waits for the tables that it reads, which arrive after their integration is active. */
    private async run(statement: string): Promise<void> {
        let lastError: unknown;
        const done = await poll(this.timeoutSeconds, async () => {
            try {
                await this.warehouse.run(statement);
                return true;
            } catch (error) {
                if (!this.inputs.view.materialized || !isAbsent(error)) {
                    throw error;
                }
                lastError = error;
                return undefined;
            }
        });
        if (!done) {
            throw lastError;
        }
    }
}

function isAbsent(error: unknown): boolean {
    return error instanceof StatementFailed && /does not exist|not found/i.test(error.message);
}

/** What follows the view's name, however it is written: Redshift writes some words of its own, and spaces. */
function queryIn(statement: string): string {
    return statement
        .replace(/^.*?\bas\b/is, "")
        .replace(/\s*;?\s*$/, "")
        .replace(/\s+/g, " ")
        .trim()
        .toLowerCase();
}
