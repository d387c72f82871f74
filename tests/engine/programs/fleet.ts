import * as pulumi from "@pulumi/pulumi";
import * as zeroetl from "pulumi-aws-zero-etl";
import type { SourceKind } from "../application";
import { auroraSource, flows } from "./sources";

/** Kinds of sources, by the sources' names. */
type Sources = Record<string, SourceKind>;
type Warehouses = Record<"sales" | "finance", zeroetl.WarehouseTargetArgs>;

const config = new pulumi.Config();
/** The stack that has the warehouses, and a source that others integrate; none in that stack itself. */
const owner = config.get("owner");

const warehouses = owner === undefined ? ownWarehouses() : warehousesOf(new pulumi.StackReference(owner));
for (const [name, kind] of Object.entries(config.requireObject<Sources>("sources"))) {
    flows[kind](name, warehouses.sales);
}
const into = config.requireObject<(keyof Warehouses)[]>("sharedInto");
if (owner === undefined) {
    const { args, opts } = auroraSource("shared", "aurora-mysql");
    into.forEach(
        (target) => new zeroetl.AuroraToRedshift(`shared-${target}`, { ...args, ...warehouses[target] }, opts),
    );
} else {
    const arn = config.require("sharedArn");
    into.forEach(
        (target) =>
            new zeroetl.AuroraToRedshift(`shared-${target}`, {
                engine: "aurora-mysql",
                source: { arn },
                ...warehouses[target],
            }),
    );
}

function ownWarehouses(): Warehouses {
    const sales = new zeroetl.RedshiftWarehouse("sales", { kind: "serverless" });
    const finance = new zeroetl.RedshiftWarehouse("finance", { kind: "serverless" });
    for (const [name, sourceArn] of Object.entries(config.getObject<Record<string, string>>("accept") ?? {})) {
        sales.accept(`${name}-to-sales`, { sourceArn });
        finance.accept(`${name}-to-finance`, { sourceArn });
    }
    return { sales: { warehouse: sales }, finance: { warehouse: finance } };
}

function warehousesOf(stack: pulumi.StackReference): Warehouses {
    const references = stack.requireOutput("references") as pulumi.Output<
        Record<keyof Warehouses, zeroetl.RedshiftWarehouseReference>
    >;
    return { sales: { warehouse: references.sales }, finance: { warehouse: references.finance } };
}

export const references = Object.fromEntries(
    Object.entries(warehouses).map(([name, { warehouse }]) => [
        name,
        warehouse instanceof zeroetl.RedshiftWarehouse ? warehouse.reference() : warehouse,
    ]),
);
