import type { PipelineEvent } from "../source";
import { ExpressionError } from "./error";
import { parseExpression, type Expression } from "./parse";

const parsed = new Map<string, Expression>();

/** Whether a condition holds for an event: always without one; never where it has no value for the event. */
export function holds(condition: string | undefined, event: PipelineEvent, now: number): boolean {
    if (condition === undefined) {
        return true;
    }
    try {
        const expression = parsed.get(condition) ?? parseExpression(condition);
        parsed.set(condition, expression);
        return expression(event, now) === true;
    } catch (error) {
        if (error instanceof ExpressionError) {
            return false;
        }
        throw error;
    }
}
