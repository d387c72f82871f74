import { setTimeout as sleep } from "node:timers/promises";

import { isDynamoDbTableArn, isOpenSearchDomainArn, isRedshiftNamespaceArn, nameIn } from "../requirements/arn";
import { durationProblems, type Duration } from "../requirements/duration";
import { problem } from "../requirements/errors";
import { listOf, policySizeProblems, type POLICY_SIZE_LIMIT } from "../requirements/policy-document";
import { addMember, hasMember, removeMember, type PolicyMember } from "../requirements/policy-member";

import { enter } from "./account-guard";
import type { Clients } from "./clients";
import { awsFailure, isBusy, isNotFound, isTaken, ResourceError, type Subject } from "./errors";
import { handlerOf, inputsOf, type CommonInputs, type Handler, type InputRules } from "./handler";
import { within } from "./lifecycle";
import { jittered } from "./poll";
import { isTransient } from "./retry";
import { inTurn } from "./turns";
import { untilItStands } from "./unguarded";
import { isUnknown, plain, UNKNOWN } from "./values";

export interface PolicyMemberOutputs {
    /** The Sids of our statements. */
    statementIds: string[];
    /** Those that somebody took away or changed, as the last refresh saw it; an update puts them right. */
    lostStatementIds: string[];
}

/** A policy that many write. */
interface PolicyStore {
    /** Without a revision where AWS has none: there nothing keeps two writers from writing over each other. */
    get(): Promise<{ text: string; revision?: string } | undefined>;
    /** Only if the policy still has that revision; `undefined` for none yet. */
    put(text: string, revision: string | undefined): Promise<unknown>;
    delete(revision: string | undefined): Promise<unknown>;
    /** Whether the error says that somebody wrote in between, so that it has to be read again. */
    isOutdated(error: unknown): boolean;
    /** @default true */
    guarded?: boolean;
    /** Waits until AWS takes changes, and those before are in effect. @default - they are at once */
    quiet?(): Promise<void>;
}

interface PolicyKind<I extends CommonInputs> {
    type: string;
    /** In words, for messages. */
    policy(inputs: I): string;
    /** @default - AWS documents none */
    limit?: keyof typeof POLICY_SIZE_LIMIT;
    rules: InputRules<I>;
    members(inputs: I): PolicyMember[];
    store(clients: Clients, inputs: I): PolicyStore;
}

export interface CatalogPolicyMemberInputs extends CommonInputs {
    members: PolicyMember[];
    /** Keeps the shares that Lake Formation made; AWS refuses the policy without it once there are some. @default false */
    enableHybrid?: boolean;
}

/** What one source needs of the policy of the target's catalog. */
export const glueCatalogPolicyMember = policyMemberHandler<CatalogPolicyMemberInputs>({
    type: "GlueCatalogPolicyMember",
    policy: ({ account: { accountId, region } }) => `the Glue catalog's policy of account ${accountId} in ${region}`,
    limit: "glueCatalog",
    rules: {
        keys: ["members", "enableHybrid"],
        problems: () => [],
        replaces: () => false,
        place: ({ members }) => ({
            argument: "members",
            arn: isUnknown(members) ? UNKNOWN : (listOf(members[0]?.statement.Resource)[0] ?? ""),
        }),
    },
    members: ({ members }) => members,
    store: ({ glue }, { enableHybrid }) => ({
        async get() {
            const { PolicyInJson, PolicyHash } = await glue.getResourcePolicy({});
            return PolicyInJson && PolicyHash ? { text: PolicyInJson, revision: PolicyHash } : undefined;
        },
        put: (PolicyInJson, PolicyHashCondition) =>
            glue.putResourcePolicy({
                PolicyInJson,
                PolicyHashCondition,
                PolicyExistsCondition: PolicyHashCondition ? "MUST_EXIST" : "NOT_EXIST",
                EnableHybrid: enableHybrid ? "TRUE" : undefined,
            }),
        delete: (PolicyHashCondition) => glue.deleteResourcePolicy({ PolicyHashCondition }),
        isOutdated: (error) => (error as Error).name === "ConditionCheckFailureException" || isNotFound(error),
    }),
});

export interface TablePolicyMemberInputs extends CommonInputs {
    tableArn: string;
    member: PolicyMember;
}

/** What Glue needs of a table's own policy to export it. */
export const dynamoDbTablePolicyMember = policyMemberHandler<TablePolicyMemberInputs>({
    type: "DynamoDbTablePolicyMember",
    policy: ({ tableArn }) => `the policy of ${tableArn}`,
    limit: "dynamoDbTable",
    rules: {
        keys: ["tableArn", "member"],
        problems: ({ tableArn }) =>
            isUnknown(tableArn) || isDynamoDbTableArn(tableArn)
                ? []
                : [
                      problem(
                          "tableArn",
                          `"${tableArn}" is not the ARN of a DynamoDB table`,
                          "Give arn:aws:dynamodb:region:account:table/name",
                      ),
                  ],
        replaces: (key) => key === "tableArn",
        place: ({ tableArn }) => ({ argument: "tableArn", arn: tableArn }),
    },
    members: ({ member }) => [member],
    store: ({ dynamodb }, { tableArn: ResourceArn }) => ({
        async get() {
            const { Policy, RevisionId } = await dynamodb.getResourcePolicy({ ResourceArn });
            return Policy && RevisionId ? { text: Policy, revision: RevisionId } : undefined;
        },
        put: (Policy, revision) =>
            dynamodb.putResourcePolicy({ ResourceArn, Policy, ExpectedRevisionId: revision ?? "NO_POLICY" }),
        delete: (ExpectedRevisionId) => dynamodb.deleteResourcePolicy({ ResourceArn, ExpectedRevisionId }),
        // DynamoDB answers another revision with PolicyNotFoundException, and a table that is changing with the other.
        isOutdated: (error) => ["PolicyNotFoundException", "ResourceInUseException"].includes((error as Error).name),
    }),
});

export interface NamespacePolicyMemberInputs extends CommonInputs {
    namespaceArn: string;
    members: PolicyMember[];
}

/** What a source, or who creates integrations, needs of the policy of a warehouse's namespace. */
export const redshiftNamespacePolicyMember = policyMemberHandler<NamespacePolicyMemberInputs>({
    type: "RedshiftNamespacePolicyMember",
    policy: ({ namespaceArn }) => `the policy of ${namespaceArn}`,
    rules: {
        keys: ["namespaceArn", "members"],
        problems: ({ namespaceArn }) =>
            isUnknown(namespaceArn) || isRedshiftNamespaceArn(namespaceArn)
                ? []
                : [
                      problem(
                          "namespaceArn",
                          `"${namespaceArn}" is not the ARN of a Redshift namespace`,
                          "Give a cluster's clusterNamespaceArn, or the arn of a serverless namespace",
                      ),
                  ],
        replaces: (key) => key === "namespaceArn",
        place: ({ namespaceArn }) => ({ argument: "namespaceArn", arn: namespaceArn }),
    },
    members: ({ members }) => members,
    // Redshift's API, for serverless namespaces too: that of Redshift Serverless takes snapshot sharing only. Each write is sent
    // once, since one that is repeated later would bring an old document back.
    store: ({ redshift, redshiftOnce }, { namespaceArn: ResourceArn }) => ({
        guarded: false,
        async get() {
            const { ResourcePolicy } = await redshift.getResourcePolicy({ ResourceArn });
            return ResourcePolicy?.Policy ? { text: ResourcePolicy.Policy } : undefined;
        },
        put: (Policy) => redshiftOnce.putResourcePolicy({ ResourceArn, Policy }),
        delete: () =>
            redshiftOnce.deleteResourcePolicy({ ResourceArn }).catch((error) => {
                if (!isNotFound(error)) {
                    throw error;
                }
            }),
        isOutdated: (error) => (error as Error).name === "ConflictPolicyUpdateFault" || isTransient(error),
    }),
});

export interface DomainPolicyMemberInputs extends CommonInputs {
    domainArn: string;
    members: PolicyMember[];
    /** How long to wait while AWS changes the domain. @default "60m" */
    timeout?: Duration;
}

/** What a pipeline's role, or another principal, needs of a domain's access policy. */
export const openSearchDomainPolicyMember = policyMemberHandler<DomainPolicyMemberInputs>({
    type: "OpenSearchDomainPolicyMember",
    policy: ({ domainArn }) => `the access policy of ${domainArn}`,
    rules: {
        keys: ["domainArn", "members", "timeout"],
        problems: ({ domainArn, timeout }) => [
            ...(isUnknown(domainArn) || isOpenSearchDomainArn(domainArn)
                ? []
                : [
                      problem(
                          "domainArn",
                          `"${domainArn}" is not the ARN of an OpenSearch domain`,
                          "Give arn:aws:es:region:account:domain/name",
                      ),
                  ]),
            ...durationProblems("timeout", timeout),
        ],
        replaces: (key) => key === "domainArn",
        place: ({ domainArn }) => ({ argument: "domainArn", arn: domainArn }),
    },
    members: ({ members }) => members,
    // A version is told of the policy, and none can be asked for in a write: each is sent once, as for Redshift.
    store({ opensearch, opensearchOnce }, { domainArn, timeout = "60m" }) {
        const DomainName = nameIn(domainArn);
        return {
            guarded: false,
            async get() {
                const { DomainConfig } = await opensearch.describeDomainConfig({ DomainName });
                const text = DomainConfig?.AccessPolicies?.Options;
                return text ? { text } : undefined;
            },
            put: (AccessPolicies) => opensearchOnce.updateDomainConfig({ DomainName, AccessPolicies }),
            delete: () => opensearchOnce.updateDomainConfig({ DomainName, AccessPolicies: "" }),
            isOutdated: (error) => isBusy(error) || isTaken(error) || isTransient(error),
            async quiet() {
                await within(timeout, async () => {
                    const { DomainStatus } = await opensearch.describeDomain({ DomainName });
                    return DomainStatus?.Processing ? undefined : true;
                });
            },
        };
    },
});

function policyMemberHandler<I extends CommonInputs>(kind: PolicyKind<I>): Handler<I, I & PolicyMemberOutputs> {
    const connect = async (inputs: I) => {
        const subject = { type: kind.type, owner: inputs.owner };
        const store = kind.store(await enter(inputs.account, subject), inputs);
        return new SharedPolicy(store, subject, kind.policy(inputs), kind.limit);
    };
    const outputs = (inputs: I, lostStatementIds: string[] = []) =>
        plain({ ...inputs, statementIds: kind.members(inputs).map(sid), lostStatementIds });

    return handlerOf<I, I & PolicyMemberOutputs>(kind.rules, {
        judge: ({ lostStatementIds = [] }) => ({ changes: lostStatementIds.length > 0 }),

        async create(inputs) {
            const policy = await connect(inputs);
            await policy.edit((text) => kind.members(inputs).reduce(addMember, text));
            return { id: kind.members(inputs).map(identity).join(","), outs: outputs(inputs) };
        },

        async read(id, props) {
            const text = await (await connect(props)).text();
            const members = kind.members(props);
            const lost = members.filter((member) => text === undefined || !hasMember(text, member));
            return lost.length === members.length
                ? { id: "" }
                : { id, props: outputs(props, lost.map(sid)), inputs: plain(inputsOf(kind.rules, props)) };
        },

        async update(_id, olds, news) {
            const policy = await connect(news);
            const members = kind.members(news);
            const obsolete = kind
                .members(olds)
                .filter((old) => !members.some((member) => identity(member) === identity(old)));
            await policy.edit((text) => members.reduce(addMember, without(obsolete, text)));
            return { outs: outputs(news) };
        },

        async delete(_id, props) {
            await (await connect(props)).edit((text) => without(kind.members(props), text));
        },
    });
}

const FIRST_DELAY = 50;
const LONGEST_DELAY = 2000;
/** With 200 writers at once the last has waited for all the others. */
const MAX_ATTEMPTS = 200;

class SharedPolicy {
    constructor(
        private readonly store: PolicyStore,
        private readonly subject: Subject,
        private readonly name: string,
        private readonly limit: keyof typeof POLICY_SIZE_LIMIT | undefined,
    ) {}

    async text(): Promise<string | undefined> {
        return (await this.get())?.text;
    }

    /** Reads, changes and writes; from the start when somebody else wrote in between. */
    async edit(change: (text: string | undefined) => string | undefined): Promise<void> {
        const write = () => inTurn(this.name, () => this.editNow(change));
        if (this.store.guarded !== false) {
            await write();
        } else if (!(await untilItStands(write))) {
            throw new ResourceError(
                this.subject,
                `others go on writing ${this.name}, and take away what was written`,
                "Find who owns the whole document, and have them leave the statements of others in; then run the update again",
            );
        }
    }

    /** Tells whether there was anything to write. */
    private async editNow(change: (text: string | undefined) => string | undefined): Promise<boolean> {
        for (let attempt = 1; ; attempt++) {
            await this.quiet();
            const current = await this.get();
            const text = change(current?.text);
            if (text === current?.text) {
                return false;
            }
            this.refuseIfTooLong(text);
            try {
                await (text === undefined
                    ? this.store.delete(current?.revision)
                    : this.store.put(text, current?.revision));
                return true;
            } catch (error) {
                if (!this.store.isOutdated(error) || attempt === MAX_ATTEMPTS) {
                    throw awsFailure(this.subject, `AWS refuses to change ${this.name}`, error);
                }
            }
            await sleep(jittered(Math.min(FIRST_DELAY * attempt, LONGEST_DELAY)));
        }
    }

    private get() {
        return this.ask(() => this.store.get());
    }

    private quiet() {
        return this.ask(async () => this.store.quiet?.());
    }

    private async ask<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
        try {
            return await look();
        } catch (error) {
            if (isNotFound(error)) {
                return undefined;
            }
            throw awsFailure(this.subject, `AWS does not tell ${this.name}`, error);
        }
    }

    private refuseIfTooLong(text: string | undefined): void {
        const [tooLong] = text && this.limit ? policySizeProblems("policy", this.limit, text) : [];
        if (tooLong) {
            throw new ResourceError(
                this.subject,
                `${this.name} has no room. ${tooLong.message}`,
                "Nothing was written",
            );
        }
    }
}

function without(members: PolicyMember[], text: string | undefined): string | undefined {
    return members.reduce<string | undefined>(
        (rest, member) => (rest === undefined ? undefined : removeMember(rest, member)),
        text,
    );
}

function identity({ statement, value }: PolicyMember): string {
    return [statement.Sid, value].filter(Boolean).join("/");
}

function sid({ statement }: PolicyMember): string {
    return statement.Sid;
}
