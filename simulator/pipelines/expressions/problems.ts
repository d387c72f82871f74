import type { BodyProblem } from "../schema";
import { isSecretReference } from "../secret-reference";
import { ExpressionError } from "./error";
import { parseTemplate } from "./format";
import { parseExpression } from "./parse";

/** Whether a condition can be read; none is no problem. */
export const conditionProblems = (condition: unknown, path: string): BodyProblem[] =>
    problems(condition, path, parseExpression);

export const templateProblems = (template: unknown, path: string): BodyProblem[] =>
    problems(template, path, parseTemplate);

function problems(text: unknown, path: string, parse: (text: string) => unknown): BodyProblem[] {
    try {
        // What a secret holds is known when it is read.
        if (typeof text === "string" && !isSecretReference(text)) {
            parse(text);
        }
        return [];
    } catch (error) {
        if (!(error instanceof ExpressionError)) {
            throw error;
        }
        return [{ path, message: error.message }];
    }
}
