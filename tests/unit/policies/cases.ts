import assert from "node:assert/strict";

import { rules, type Rule, type RuleId } from "pulumi-policy-aws-zero-etl";

import { ask, type Declared, type Shop, type View } from "./shop";

export type Edit = (stack: Shop) => void;

/** What is done to the right stack, and what the rule must then say. */
export interface Cases {
    right: Record<string, Edit>;
    /** With what the message must say. */
    wrong: Record<string, [Edit, RegExp, View?]>;
    unknown: Record<string, [Edit, View?]>;
    notApplicable: Record<string, Edit>;
}

export const preview: View = { preview: true };

export const nothing: Edit = () => {};

export const without =
    (...keys: string[]): Edit =>
    (stack) =>
        keys.forEach((key) => delete stack[key]);

export const input =
    (key: string, inputs: Record<string, unknown>): Edit =>
    (stack) =>
        Object.assign(stack[key]!.inputs, inputs);

export const output =
    (key: string, outputs: Record<string, unknown>): Edit =>
    (stack) => {
        stack[key]!.outputs = { ...stack[key]!.outputs, ...outputs };
    };

export const all =
    (...edits: Edit[]): Edit =>
    (stack) =>
        edits.forEach((edit) => edit(stack));

export const add =
    (key: string, resource: Declared): Edit =>
    (stack) => {
        stack[key] = resource;
    };

export const again =
    (key: string, inputs: Record<string, unknown> = {}): Edit =>
    (stack) => {
        const original = stack[key]!;
        stack[`${key}2`] = {
            ...original,
            name: `${original.name}-again`,
            inputs: { ...original.inputs, ...inputs },
        };
    };

export const tagged = (key: string, tag: string) => input(key, { tags: { [`zero-etl:${tag}`]: "true" } });

export function edited(fresh: () => Shop, edit: Edit): Shop {
    const stack = fresh();
    edit(stack);
    return stack;
}

/** What a rule says is wrong, a line for each problem. */
export function complaints(id: RuleId, stack: Shop, view?: View): string {
    return ask(id, stack, view)
        .flatMap((verdict) => (verdict.answer === "violation" ? verdict.problems : []))
        .map(({ argument, message }) => `${argument}: ${message}`)
        .join("\n");
}

/** Holds rules to their cases, and all of them to silence about the right stack. */
export function describeRules(family: string, cases: Partial<Record<RuleId, Cases>>, fresh: () => Shop): void {
    for (const rule of rules) {
        const ofRule = cases[rule.id];
        if (ofRule) {
            describeRule(rule, ofRule, fresh);
        }
    }

    describe(`${family} under all rules`, () => {
        it("is silent about the right stack, at its first preview and later", () => {
            for (const { id } of rules) {
                for (const view of [preview, {}]) {
                    assert.equal(complaints(id, fresh(), view), "", id);
                }
            }
        });
    });
}

function describeRule(
    { id, title }: Pick<Rule, "title"> & { id: RuleId },
    { right, wrong, unknown: open, notApplicable }: Cases,
    fresh: () => Shop,
): void {
    const answers = (edit: Edit, view?: View) => ask(id, edited(fresh, edit), view).map(({ answer }) => answer);

    describe(`${id}: ${title}`, () => {
        for (const [name, edit] of Object.entries(right)) {
            it(`takes: ${name}`, () => assert.deepEqual(new Set(answers(edit)), new Set(["compliant"])));
        }
        for (const [name, [edit, message, view]] of Object.entries(wrong)) {
            it(`stops: ${name}`, () => assert.match(complaints(id, edited(fresh, edit), view), message));
        }
        for (const [name, [edit, view]] of Object.entries(open)) {
            it(`cannot tell yet: ${name}`, () => {
                assert.ok(answers(edit, view).includes("cannot tell yet"));
                assert.ok(!answers(edit, view).includes("violation"));
            });
        }
        for (const [name, edit] of Object.entries(notApplicable)) {
            it(`has nothing to say: ${name}`, () => assert.deepEqual(answers(edit), []));
        }
        it("raises nothing at a first preview of the right stack", () => {
            assert.ok(!answers(nothing, preview).includes("violation"));
        });
    });
}
