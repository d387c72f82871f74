import assert from "node:assert/strict";

import fc from "fast-check";

import {
    addMember,
    catalogMembers,
    hasMember,
    policySize,
    policySizeProblems,
    removeMember,
    type PolicyMember,
} from "../../../sdk/requirements";

const member = (sid: string, value: string): PolicyMember => ({
    statement: {
        Sid: sid,
        Effect: "Allow",
        Principal: { Service: "glue.amazonaws.com" },
        Action: "glue:A",
        Resource: ["r"],
    },
    list: ["Condition", "StringEquals", "aws:SourceArn"],
    value,
});
const whole = (sid: string): PolicyMember => ({
    statement: { Sid: sid, Effect: "Allow", Action: "glue:B", Resource: "*" },
});

interface Read {
    Statement: { Sid?: string; Condition?: { StringEquals: { "aws:SourceArn": string[] } } }[];
}
const read = (text: string) => JSON.parse(text) as Read;
const sources = (text: string, sid: string) =>
    read(text).Statement.find(({ Sid }) => Sid === sid)?.Condition?.StringEquals["aws:SourceArn"];

describe("policy members", () => {
    describe("of a policy that others write too", () => {
        const blank = fc.stringMatching(/^[ \t\r\n]{0,4}$/);
        const foreignStatement = fc
            .record({
                sid: fc.option(fc.stringMatching(/^[a-z]{1,8}$/), { nil: undefined }),
                values: fc.array(fc.string(), { maxLength: 3 }),
                indent: fc.constantFrom(0, 1, 2, 4, "\t"),
            })
            .map(({ sid, values, indent }) =>
                JSON.stringify(
                    { Sid: sid, Effect: "Deny", Action: values, Resource: "]}{[,", Condition: { Bool: { k: "}" } } },
                    null,
                    indent,
                ),
            );
        const foreignPolicy = fc
            .record({
                statements: fc.array(foreignStatement, { maxLength: 4 }),
                blanks: fc.array(blank, { minLength: 12, maxLength: 12 }),
                single: fc.boolean(),
                versionLast: fc.boolean(),
            })
            .map(({ statements, blanks: b, single, versionLast }) => {
                const list = statements.map((text, i) => `${b[i]}${text}${b[i + 4]}`).join(",");
                const value = single && statements.length === 1 ? statements[0]! : `[${list}${b[8]}]`;
                const parts = [`"Statement"${b[9]}:${b[10]}${value}`, `"Version": "2012-10-17"`];
                return { statements, text: `{${(versionLast ? parts : parts.reverse()).join(`,${b[11]}`)}}` };
            });
        const step = fc.record({
            add: fc.boolean(),
            sid: fc.constantFrom("OursOne", "OursTwo", "OursThree"),
            value: fc.constantFrom("arn:a", "arn:b", "arn:c", "arn:d"),
        });

        it("keep every other statement to the byte, and end as the set of owners says, in any order", () => {
            fc.assert(
                fc.property(foreignPolicy, fc.array(step, { maxLength: 30 }), (foreign, steps) => {
                    const owned = new Map<string, Set<string>>();
                    let text: string | undefined = foreign.text;
                    for (const { add, sid, value } of steps) {
                        const values = owned.get(sid) ?? new Set();
                        owned.set(sid, values);
                        if (add) {
                            values.add(value);
                            text = addMember(text, member(sid, value));
                        } else {
                            values.delete(value);
                            text = text && removeMember(text, member(sid, value));
                        }
                        const expected = [...owned].filter(([, set]) => set.size > 0);
                        if (text === undefined) {
                            assert.deepEqual([expected.length, foreign.statements.length], [0, 0]);
                            continue;
                        }
                        let from = 0;
                        for (const statement of foreign.statements) {
                            from = text.indexOf(statement, from);
                            assert.notEqual(from, -1, `lost ${statement} in ${text}`);
                            from += statement.length;
                        }
                        const statements = [read(text).Statement].flat();
                        assert.equal(statements.length, foreign.statements.length + expected.length);
                        for (const [ownSid, set] of expected) {
                            assert.deepEqual(new Set(sources(text, ownSid)), set);
                            [...set].forEach((each) => assert.ok(hasMember(text!, member(ownSid, each))));
                        }
                    }
                }),
                { numRuns: 500 },
            );
        });

        it("leave the text as it was when the only member comes and goes", () => {
            fc.assert(
                fc.property(foreignPolicy, ({ statements, text }) => {
                    fc.pre(statements.length > 0 && Array.isArray(read(text).Statement));
                    assert.equal(removeMember(addMember(text, member("Ours", "arn:a")), member("Ours", "arn:a")), text);
                }),
            );
        });
    });

    it("make the policy where there is none, and the last one takes it away", () => {
        const text = addMember(undefined, member("Ours", "arn:a"));
        assert.deepEqual(JSON.parse(text), {
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "Ours",
                    Effect: "Allow",
                    Principal: { Service: "glue.amazonaws.com" },
                    Action: "glue:A",
                    Resource: ["r"],
                    Condition: { StringEquals: { "aws:SourceArn": ["arn:a"] } },
                },
            ],
        });
        assert.equal(removeMember(text, member("Ours", "arn:a")), undefined);
    });

    it("own a statement as a whole when they have no list", () => {
        const text = addMember('{"Statement":{"Sid":"theirs"}}', whole("Ours"));
        assert.equal(
            text,
            '{"Statement":[{"Sid":"theirs"},{"Sid":"Ours","Effect":"Allow","Action":"glue:B","Resource":"*"}]}',
        );
        assert.ok(hasMember(text, whole("Ours")));
        assert.equal(removeMember(text, whole("Ours")), '{"Statement":[{"Sid":"theirs"}]}');
    });

    it("are where they were when AWS wrote lists of one as strings, and in another order", () => {
        const text = JSON.stringify({
            Statement: {
                Resource: "r",
                Action: ["glue:A"],
                Condition: { StringEquals: { "aws:SourceArn": "arn:a" } },
                Principal: { Service: ["glue.amazonaws.com"] },
                Effect: "Allow",
                Sid: "Ours",
            },
        });
        assert.ok(hasMember(text, member("Ours", "arn:a")));
        assert.equal(addMember(text, member("Ours", "arn:a")), text);
        const two = (Action: string[]): PolicyMember => ({ statement: { ...whole("Ours").statement, Action } });
        assert.ok(hasMember(addMember(undefined, two(["glue:A", "glue:B"])), two(["glue:B", "glue:A"])));
        const both = addMember(text, member("Ours", "arn:b"));
        assert.ok(hasMember(both, member("Ours", "arn:a")) && hasMember(both, member("Ours", "arn:b")));
    });

    it("put an edited body right, and keep the others of the list", () => {
        const written = addMember(addMember(undefined, member("Ours", "arn:a")), member("Ours", "arn:b"));
        const edited = written.replace('"glue:A"', '"glue:*"');
        assert.equal(hasMember(edited, member("Ours", "arn:a")), false);
        assert.equal(addMember(edited, member("Ours", "arn:a")), written);
    });

    it("stay when a value goes that is not in the list", () => {
        const text = addMember(undefined, member("Ours", "arn:a"));
        assert.equal(removeMember(text, member("Ours", "arn:z")), text);
        assert.equal(removeMember(text, member("Other", "arn:a")), text);
        const spaced = JSON.stringify(JSON.parse(text), null, 4);
        assert.equal(removeMember(spaced, member("Ours", "arn:z")), spaced);
    });

    it("refuse a text that is no policy", () => {
        ["", "[]", "{", '{"Statement": "x"}', '{"Statement": []} // none', '{"Statement": []', "{}"].forEach((text) =>
            assert.throws(() => addMember(text, whole("Ours")), SyntaxError),
        );
    });

    it("of 60 sources of another account fit into one catalog policy", () => {
        const text = Array.from({ length: 60 }, (_, i) =>
            catalogMembers({
                targetArn: "arn:aws:glue:eu-central-1:111122223333:database/lakehouse_of_the_bank",
                sourceArn: `arn:aws:dynamodb:eu-central-1:444455556666:table/CustomerAccounts${i}`,
            }),
        )
            .flat()
            .reduce<string | undefined>(addMember, undefined)!;
        assert.equal(read(text).Statement.length, 2);
        assert.ok(policySize(text) <= 10_240, `${policySize(text)} bytes`);
        assert.deepEqual(policySizeProblems("policy", "glueCatalog", text), []);
    });

    it("over the limit are refused with the size, in bytes and not in characters", () => {
        const text = addMember(undefined, member("Ours", "é".repeat(5050)));
        assert.ok(text.length < 10_240);
        const [problem] = policySizeProblems("policy", "glueCatalog", text);
        assert.match(problem!.message, /10\d{3} bytes in 1 statements, and AWS takes 10240/);
        assert.deepEqual(policySizeProblems("policy", "dynamoDbTable", text), []);
    });
});
