import { formatDate } from "../dates";
import { valueAt } from "../pointer";
import type { PipelineEvent } from "../source";
import { ExpressionError } from "./error";
import { parseExpression, type Expression } from "./parse";

/** A text with `${…}` in it, and in names of indexes `%{yyyy.MM.dd}`. */
export type Template = (event: PipelineEvent, now: number) => string;

export const isTemplate = (text: string): boolean => text.includes("${");

const PART = /\$\{((?:"(?:[^"\\]|\\.)*"|[^"}])*)\}|%\{([^}]*)\}/g;
/** A key of the event without anything around it. */
const KEY = /^[A-Za-z0-9_.@/-]+$/;

/** Reads a template; throws ExpressionError where it is wrong. What it gives throws one for an event that lacks a value. */
export function parseTemplate(text: string): Template {
    const parts: Template[] = [];
    let at = 0;
    for (const { 0: whole, 1: expression, 2: pattern, index } of text.matchAll(PART)) {
        parts.push(constant(text.slice(at, index)), pattern === undefined ? value(expression) : date(pattern));
        at = index + whole.length;
    }
    parts.push(constant(text.slice(at)));
    return (event, now) => parts.map((part) => part(event, now)).join("");
}

function constant(text: string): Template {
    if (text.includes("${")) {
        throw new ExpressionError(`\${ has no end in ${text}`);
    }
    return () => text;
}

function value(text: string): Template {
    const evaluate = keyOrExpression(text.trim());
    return (event, now) => {
        const found = evaluate(event, now);
        if (found == null) {
            throw new ExpressionError(`there is no value for ${text}`);
        }
        return typeof found === "object" ? JSON.stringify(found) : String(found);
    };
}

function keyOrExpression(text: string): Expression {
    return KEY.test(text) ? ({ data }) => valueAt(data, text) : parseExpression(text);
}

const date =
    (pattern: string): Template =>
    (_event, now) =>
        formatDate(now, pattern, "UTC");
