import Ajv, { type ErrorObject, type ValidateFunction } from "ajv";

import { DURATION } from "./duration";
import { isSecretReference } from "./secret-reference";

/** What is wrong with a body, and where: `orders-pipeline.source.dynamodb.tables[0].table_arn`. */
export interface BodyProblem {
    path: string;
    message: string;
}

/** A plugin's options as Data Prepper's configuration classes read them. */
export interface Plugin {
    schema: object;
    /** What no schema says; asked only where the schema is met. */
    check?(options: Options, path: string): BodyProblem[];
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what users write, held to a schema
export type Options = Record<string, any>;

/** An object of options; names that are not among them are refused. */
export const options = (properties: Record<string, object>, required: string[] = []) => ({
    type: "object",
    properties,
    required,
    additionalProperties: false,
});

export const text = (minLength = 0, maxLength?: number) => ({
    type: "string",
    minLength,
    ...(maxLength !== undefined && { maxLength }),
});
/** Not blank. */
export const name = { type: "string", pattern: "\\S" };
export const flag = { type: "boolean" };
export const integer = (minimum?: number, maximum?: number) => ({
    type: "integer",
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
});
export const oneOf = (...values: string[]) => ({ type: "string", enum: values });
export const listOf = (items: object, limits: { minItems?: number; maxItems?: number } = {}) => ({
    type: "array",
    items,
    ...limits,
});
export const duration = { type: "string", pattern: DURATION };

const MAX_HEADERS = 5;

/** The role to assume, where a plugin works with another than the pipeline's. */
export const ROLE = {
    sts_role_arn: text(20, 2048),
    sts_external_id: text(2, 1224),
    sts_header_overrides: { type: "object", maxProperties: MAX_HEADERS, additionalProperties: { type: "string" } },
};

export const awsOptions = options({ region: name, ...ROLE });

const ajv = new Ajv({ allErrors: true, strict: false, verbose: true });
const compiled = new WeakMap<object, ValidateFunction>();

/** Everything in which `value` departs from the schema, and then from what the plugin's own rules say. */
export function pluginProblems(plugin: Plugin, value: unknown, path: string): BodyProblem[] {
    // `source: { dynamodb: }` is the plugin without any option.
    const given = value ?? {};
    const problems = schemaProblems(plugin.schema, given, path);
    return problems.length > 0 ? problems : (plugin.check?.(given as Options, path) ?? []);
}

export function schemaProblems(schema: object, value: unknown, path: string): BodyProblem[] {
    const validate = compiled.get(schema) ?? ajv.compile(schema);
    compiled.set(schema, validate);
    return validate(value) ? [] : validate.errors!.filter((error) => !isResolvedLater(error)).map(problemAt(path));
}

/** A secret may hold a number, or a flag. */
function isResolvedLater({ keyword, data }: ErrorObject): boolean {
    return keyword === "type" && isSecretReference(data);
}

const problemAt =
    (path: string) =>
    ({ keyword, instancePath, params, message }: ErrorObject): BodyProblem => {
        const at = path + pathOf(instancePath);
        switch (keyword) {
            case "required":
                return { path: `${at}.${params.missingProperty}`, message: "is required" };
            case "additionalProperties":
                return { path: `${at}.${params.additionalProperty}`, message: "is not an option here" };
            case "enum":
                return { path: at, message: `must be one of ${params.allowedValues.join(", ")}` };
            default:
                return { path: at, message: message! };
        }
    };

/** `/tables/0/export` as `.tables[0].export`. */
function pathOf(pointer: string): string {
    return pointer
        .split("/")
        .slice(1)
        .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
        .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
        .join("");
}
