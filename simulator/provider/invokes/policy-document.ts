import { crc32 } from "node:zlib";
import type { Properties } from "../values";

interface Statement {
    Sid?: string;
    Effect?: string;
    Action?: unknown;
    NotAction?: unknown;
    Resource?: unknown;
    NotResource?: unknown;
    Principal?: unknown;
    NotPrincipal?: unknown;
    Condition?: unknown;
}

interface Document {
    Version?: string;
    Id?: string;
    Statement: Statement[];
}

/** The order in which the real provider writes a statement's members. */
const MEMBERS = [
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
] as const;

/** `aws.iam.getPolicyDocument`: statements as a document, over source documents and under those that override. */
export function policyDocument(args: Properties): Properties {
    const sources = [args.sourceJson, ...(args.sourcePolicyDocuments ?? [])].filter(Boolean).map(parse);
    const overrides = [args.overrideJson, ...(args.overridePolicyDocuments ?? [])].filter(Boolean).map(parse);
    refuseRepeatedSids(sources.flatMap((document) => document.Statement));
    const own: Document = {
        Version: args.version ?? "2012-10-17",
        Id: args.policyId,
        Statement: (args.statements ?? []).map(statement),
    };
    refuseRepeatedSids(own.Statement);
    const { Version, Id, Statement } = [...sources, own, ...overrides].reduce(merge);
    const document = { Version, Id: Id || undefined, Statement: Statement.map(inOrder) };
    const json = JSON.stringify(document, undefined, 2);
    return { ...args, id: String(crc32(json)), json, minifiedJson: JSON.stringify(document) };
}

function parse(json: string): Document {
    const document = JSON.parse(json);
    return { ...document, Statement: [document.Statement ?? []].flat() };
}

function refuseRepeatedSids(statements: Statement[]): void {
    const sids = statements.flatMap(({ Sid }) => (Sid ? [Sid] : []));
    const repeated = sids.find((sid, at) => sids.indexOf(sid) < at);
    if (repeated) {
        throw new Error(`reading IAM Policy Document: duplicate Sid (${repeated})`);
    }
}

/** A statement replaces the one with the same Sid, in its place. */
function merge(document: Document, next: Document): Document {
    const { Statement: statements } = next;
    const replaced = document.Statement.map((old) => (old.Sid && statements.find((s) => s.Sid === old.Sid)) || old);
    return {
        Version: [document.Version ?? "", next.Version ?? ""].sort().at(-1),
        Id: next.Id || document.Id,
        Statement: [...replaced, ...statements.filter((s) => !replaced.includes(s))],
    };
}

function statement(given: Properties): Statement {
    return {
        Sid: given.sid,
        Effect: given.effect ?? "Allow",
        Action: setOf(given.actions),
        NotAction: setOf(given.notActions),
        Resource: setOf(given.resources),
        NotResource: setOf(given.notResources),
        Principal: principals(given.principals),
        NotPrincipal: principals(given.notPrincipals),
        Condition: conditions(given.conditions),
    };
}

/** One as it is, several in the real provider's order: the last of the alphabet first. */
function setOf(values: string[] = []): string | string[] | undefined {
    const all = [...new Set(values)].map(withVariables).sort().reverse();
    return all.length > 1 ? all : all[0];
}

/** `&{aws:username}` stands for a policy variable, as Terraform has to write it. */
const withVariables = (text: string) => text.replaceAll("&{", "${");

function principals(given: Properties[] = []): unknown {
    if (given.some(({ type, identifiers }) => type === "*" && identifiers.includes("*"))) {
        return "*";
    }
    const types = [...new Set(given.map(({ type }) => type))].sort();
    const identifiers = (type: string) => given.filter((p) => p.type === type).flatMap((p) => p.identifiers);
    return types.length > 0 ? Object.fromEntries(types.map((type) => [type, setOf(identifiers(type))])) : undefined;
}

/** Here the order of several values is the program's. */
function conditions(given: Properties[] = []): Record<string, Record<string, unknown>> | undefined {
    const byTest: Record<string, Record<string, unknown>> = {};
    const text = ({ test, variable }: Properties) => `${test} ${variable}`;
    for (const condition of [...given].sort((a, b) => (text(a) < text(b) ? -1 : 1))) {
        const values = condition.values.map(withVariables);
        (byTest[condition.test] ??= {})[condition.variable] = values.length === 1 ? values[0] : values;
    }
    return given.length > 0 ? byTest : undefined;
}

function inOrder(given: Statement): Statement {
    return Object.fromEntries(MEMBERS.map((member) => [member, given[member] || undefined]));
}
