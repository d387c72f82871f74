import { NormalizedSchema } from "@smithy/core/schema";

/** A structure's schema, as the SDK's clients export it. */
export type Schema = Parameters<typeof NormalizedSchema.of>[0];

/** The tuple that an SDK client exports for an operation, `CreateTable$`. */
type OperationSchema = readonly [
    kind: number,
    namespace: string,
    name: string,
    traits: OperationTraits | number,
    input: () => Schema,
    output: () => Schema,
];

export interface OperationTraits {
    /** method, path template, status */
    http?: readonly [method: string, path: string, status: number];
}

/** An operation of a service's model: the shapes that cross its doors. */
export interface OperationModel {
    name: string;
    traits: OperationTraits;
    input: NormalizedSchema;
    output: NormalizedSchema;
}

export function operationModel(model: Record<string, unknown>, name: string): OperationModel | undefined {
    const schema = model[`${name}$`] as (() => unknown) | OperationSchema | undefined as OperationSchema | undefined;
    if (!schema || schema[0] !== 9) {
        return undefined;
    }
    const [, , , traits, input, output] = schema;
    return {
        name,
        traits: typeof traits === "object" ? traits : {},
        input: NormalizedSchema.of(input()),
        output: NormalizedSchema.of(output()),
    };
}

/** The members that a call must bring: a structure's schema lists them first and says how many they are. */
export function requiredMembers(model: Record<string, unknown>, name: string): string[] {
    const schema = operationModel(model, name)?.input.getSchema() as unknown;
    return Array.isArray(schema) ? (schema[4] as string[]).slice(0, (schema[6] as number | undefined) ?? 0) : [];
}
