import { isDeepStrictEqual } from "node:util";

import { getNodeValue, parseTree, type Node, type ParseError } from "jsonc-parser";

import { listOf, POLICY_VERSION, type OneOrMany, type Statement } from "./policy-document";

/** A statement with a Sid of ours, and without the list that its members share. */
export type OwnStatement = Statement & { Sid: string };

/**
 * What one resource owns of a policy that others write too: one value of a list in a statement, such as a source's
 * ARN in a condition, or the statement as a whole.
 */
export type PolicyMember =
    | {
          statement: OwnStatement;
          /** Where the list is in the statement, such as `["Condition", "StringEquals", "aws:SourceArn"]`. */
          list: string[];
          value: string;
      }
    | { statement: OwnStatement; list?: undefined; value?: undefined };

/**
 * The list of sources in a target's policy. StringEquals and not the StringLike of some of AWS's samples: an ARN has no wildcards,
 * and nobody should add one unseen.
 */
export const SOURCE_ARNS = ["Condition", "StringEquals", "aws:SourceArn"];

/**
 * The policy with the member in it: the same text when it was there. A statement with our Sid that somebody edited is
 * put right and keeps its members; every other statement stays to the byte.
 *
 * @param text The policy, or `undefined` when there is none.
 */
export function addMember(text: string | undefined, member: PolicyMember): string {
    if (text === undefined) {
        return JSON.stringify({ Version: POLICY_VERSION, Statement: [rendered(member, withValue([], member))] });
    }
    const policy = parsePolicy(text);
    const own = findOwn(policy, member);
    if (!own) {
        return append(policy, rendered(member, withValue([], member)));
    }
    const members = withValue(membersOf(own.statement, member), member);
    return isWritten(own.statement, member, members) ? text : replace(policy, own.node, rendered(member, members));
}

/**
 * The policy without the member, and without its statement when no member is left; `undefined` when no statement is
 * left at all, and the policy is to be deleted.
 */
export function removeMember(text: string, member: PolicyMember): string | undefined {
    const policy = parsePolicy(text);
    const own = findOwn(policy, member);
    if (!own) {
        return text;
    }
    const members = membersOf(own.statement, member);
    const others = members.filter((value) => value !== member.value);
    if (others.length === 0) {
        return policy.statements.length === 1 ? undefined : cut(policy, own.node);
    }
    return others.length === members.length ? text : replace(policy, own.node, rendered(member, others));
}

/** Whether the member is there, in a statement as it should be. */
export function hasMember(text: string, member: PolicyMember): boolean {
    const own = findOwn(parsePolicy(text), member);
    if (!own) {
        return false;
    }
    const members = membersOf(own.statement, member);
    return (member.list === undefined || members.includes(member.value)) && isWritten(own.statement, member, members);
}

interface Policy {
    text: string;
    /** The value of `Statement`: a list, or a statement alone. */
    container: Node;
    statements: Node[];
}

function parsePolicy(text: string): Policy {
    const errors: ParseError[] = [];
    const root = parseTree(text, errors, { disallowComments: true });
    const container = root?.children?.find(({ children }) => children?.[0]?.value === "Statement")?.children?.[1];
    if (errors.length > 0 || container?.children === undefined) {
        throw new SyntaxError(`The policy is not a JSON document with statements: ${text.slice(0, 200)}`);
    }
    return { text, container, statements: container.type === "array" ? container.children : [container] };
}

function findOwn({ statements }: Policy, member: PolicyMember): { node: Node; statement: Statement } | undefined {
    return statements
        .map((node) => ({ node, statement: getNodeValue(node) as Statement }))
        .find(({ statement }) => statement.Sid === member.statement.Sid);
}

function membersOf(statement: Statement, { list }: PolicyMember): string[] {
    const at = list?.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], statement);
    return listOf(at as OneOrMany<string> | undefined);
}

function withValue(members: string[], { value }: PolicyMember): string[] {
    return value === undefined || members.includes(value) ? members : [...members, value];
}

function rendered({ statement, list }: PolicyMember, members: string[]): Statement {
    return list === undefined ? statement : (withList(statement, list, members) as Statement);
}

function withList(body: object, [key, ...rest]: string[], members: string[]): object {
    const inner = (body as Record<string, object | undefined>)[key!] ?? {};
    return { ...body, [key!]: rest.length === 0 ? members : withList(inner, rest, members) };
}

function isWritten(statement: Statement, member: PolicyMember, members: string[]): boolean {
    return isDeepStrictEqual(canonical(statement), canonical(rendered(member, members)));
}

/** AWS gives a list of one back as a string, and lists in an order of its own. */
function canonical(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.length === 1 ? value[0] : [...value].sort();
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, canonical(inner)]))
        : value;
}

// The edits are cut by hand: `modify` of jsonc-parser expects the last item of a list to be followed by a line end
// when it removes it, and AWS returns policies on one line.

function append({ text, container, statements }: Policy, statement: Statement): string {
    const json = JSON.stringify(statement);
    const last = statements.at(-1);
    if (!last) {
        return splice(text, container.offset + 1, container.offset + 1, json);
    }
    const more = splice(text, endOf(last), endOf(last), container.type === "array" ? `,${json}` : `,${json}]`);
    return container.type === "array" ? more : splice(more, last.offset, last.offset, "[");
}

function replace({ text }: Policy, node: Node, statement: Statement): string {
    return splice(text, node.offset, endOf(node), JSON.stringify(statement));
}

function cut({ text, statements }: Policy, node: Node): string {
    const index = statements.indexOf(node);
    return index === 0
        ? splice(text, node.offset, statements[1]!.offset, "")
        : splice(text, endOf(statements[index - 1]!), endOf(node), "");
}

function endOf({ offset, length }: Node): number {
    return offset + length;
}

function splice(text: string, from: number, to: number, insert: string): string {
    return text.slice(0, from) + insert + text.slice(to);
}
