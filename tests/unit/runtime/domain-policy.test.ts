import * as assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { domainAccessMember } from "../../../sdk/requirements/opensearch/search-access";
import * as runtime from "../../../sdk/runtime";
import type { DomainPolicyMemberInputs } from "../../../sdk/runtime/policy-member";

import { ACCOUNT, anotherProcess, awsError, common, offline, REGION, rejection } from "./offline";

const { openSearchDomainPolicyMember: handler } = runtime;
const DOMAIN = `arn:aws:es:${REGION}:${ACCOUNT}:domain/catalog`;
const BY_HAND = `{ "Sid": "ByHand" ,"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::${ACCOUNT}:role/search"},"Action":"es:ESHttpGet","Resource":"${DOMAIN}/*"}`;

/** A domain whose policy the last write wins, and which AWS changes for a while after each. */
class FakeDomain {
    policy = "";
    writes = 0;
    /** How often a look finds it processing. */
    processing = 0;
    isGone = false;
    /** What a write ends with, before it is carried out or after. */
    faults: { error: Error; isCarriedOut?: boolean }[] = [];
    /** Whether a write was ordered while the domain was processing. */
    wasDisturbed = false;

    readonly describeDomain = async () => {
        this.find();
        return { DomainStatus: { Processing: this.processing > 0 && this.processing-- > 0 } };
    };
    readonly describeDomainConfig = async () => {
        this.find();
        await sleep(5 * Math.random());
        return { DomainConfig: { AccessPolicies: { Options: this.policy } } };
    };
    readonly updateDomainConfig = async ({ AccessPolicies }: { AccessPolicies: string }) => {
        this.find();
        this.wasDisturbed ||= this.processing > 0;
        await sleep(10 * Math.random());
        const fault = this.faults.shift();
        if (!fault || fault.isCarriedOut) {
            this.policy = AccessPolicies;
            this.writes++;
            this.processing = 2;
        }
        if (fault) {
            throw fault.error;
        }
        return {};
    };

    get roles(): string[] {
        const { Statement = [] } = JSON.parse(this.policy || "{}") as {
            Statement?: { Sid: string; Principal: { AWS: string | string[] } }[];
        };
        return Statement.filter(({ Sid }) => Sid !== "ByHand")
            .flatMap(({ Principal }) => Principal.AWS)
            .sort();
    }

    private find(): void {
        if (this.isGone) {
            throw awsError("ResourceNotFoundException", "Domain not found: catalog", 409);
        }
    }
}

describe("OpenSearchDomainPolicyMember's handler", function () {
    this.timeout(60_000);

    let domain: FakeDomain;

    beforeEach(() => {
        domain = new FakeDomain();
        offline({ opensearch: domain, opensearchOnce: domain });
    });

    const role = (i: number) => `arn:aws:iam::${ACCOUNT}:role/osis-${i}`;
    const member = (i: number): DomainPolicyMemberInputs => ({
        ...common("OpenSearchDomainPolicyMember", `orders-${i}`),
        domainArn: DOMAIN,
        members: [domainAccessMember({ domainArn: DOMAIN, roleArn: role(i) })],
        timeout: "5s",
    });

    it("adds, finds and removes a member, and leaves a statement written by hand to the byte", async () => {
        domain.policy = `{"Version":"2012-10-17",  "Statement":[${BY_HAND}]}`;
        const before = domain.policy;
        const { id, outs } = await handler.create(member(1));
        assert.ok(domain.policy.includes(BY_HAND));
        assert.deepEqual(domain.roles, [role(1)]);
        assert.equal(domain.writes, 1);
        assert.deepEqual((await handler.read(id, outs)).props, outs);
        await handler.delete(id, outs);
        assert.equal(domain.policy, before);
    });

    it("makes the policy, and takes it away with its last statement, however often", async () => {
        const { id, outs } = await handler.create(member(1));
        await handler.delete(id, outs);
        assert.equal(domain.policy, "");
        await handler.delete(id, outs);
        assert.deepEqual(await handler.read(id, outs), { id: "" });
        domain.isGone = true;
        await handler.delete(id, outs);
    });

    it("waits while AWS changes the domain, before it writes and until the policy is in effect", async () => {
        domain.processing = 20;
        await handler.create(member(1));
        assert.equal(domain.wasDisturbed, false);
        assert.equal(domain.processing, 0);
    });

    it("loses none of 20 writers in two processes, though nothing guards the policy", async () => {
        const other = anotherProcess();
        offline({ opensearch: domain, opensearchOnce: domain }, other);
        domain.policy = `{"Version":"2012-10-17","Statement":[${BY_HAND}]}`;
        const all = Array.from({ length: 20 }, (_, i) => i);
        const made = await Promise.all(
            all.map((i) => [runtime, other.runtime][i % 2]!.openSearchDomainPolicyMember.create(member(i))),
        );
        assert.deepEqual(domain.roles, all.map(role).sort());
        assert.ok(domain.policy.includes(BY_HAND));
        assert.ok(domain.writes > 20, "nobody wrote over another: the test proves nothing");

        await Promise.all(
            all.slice(0, 10).map((i) => {
                const { id, outs } = made[i]!;
                return [runtime, other.runtime][i % 2]!.openSearchDomainPolicyMember.delete(id, outs);
            }),
        );
        assert.deepEqual(domain.roles, all.slice(10).map(role).sort());
    });

    it("reads again when another change is going on, after a throttled call and a lost answer", async () => {
        domain.faults = [
            {
                error: awsError(
                    "ValidationException",
                    "A change/update is in progress. Please wait for it to complete before requesting another change.",
                ),
            },
            { error: awsError("ThrottlingException", "rate exceeded") },
            { error: awsError("InternalException", "broken connection", 500), isCarriedOut: true },
        ];
        await handler.create(member(1));
        assert.deepEqual(domain.roles, [role(1)]);
        assert.deepEqual([domain.faults, domain.writes], [[], 1]);
    });

    it("says what AWS refuses", async () => {
        domain.faults = [{ error: awsError("InvalidTypeException", "Error setting policy: unknown principal") }];
        const { message } = await rejection(handler.create(member(1)));
        assert.match(
            message,
            /^OpenSearchDomainPolicyMember "orders-1": AWS refuses to change the access policy of arn:aws:es:.*: InvalidTypeException: Error setting policy/,
        );
        domain.isGone = true;
        assert.match(
            (await rejection(handler.create(member(1)))).message,
            /ResourceNotFoundException: Domain not found/,
        );
    });

    it("refuses what is no domain, and a domain elsewhere", async () => {
        const failures = async (domainArn: string, region = REGION) =>
            (
                await handler.check({} as never, { ...member(1), domainArn, account: { accountId: ACCOUNT, region } })
            ).failures.map(({ reason }) => reason);
        assert.match((await failures(`${DOMAIN}/products`))[0]!, /is not the ARN of an OpenSearch domain/);
        assert.match((await failures(DOMAIN.replace(REGION, "us-east-1")))[0]!, /It is in us-east-1/);
        assert.deepEqual(await failures(DOMAIN), []);
        const china = `arn:aws-cn:es:cn-north-1:${ACCOUNT}:domain/catalog`;
        assert.deepEqual(await failures(china, "cn-north-1"), []);
    });
});
