import * as assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { namespaceMembers } from "../../../sdk/requirements/namespace-policy";
import * as runtime from "../../../sdk/runtime";
import type { NamespacePolicyMemberInputs } from "../../../sdk/runtime/policy-member";

import { ACCOUNT, anotherProcess, awsError, common, offline, REGION, rejection } from "./offline";

const { redshiftNamespacePolicyMember: handler } = runtime;
const NAMESPACE = `arn:aws:redshift-serverless:${REGION}:${ACCOUNT}:namespace/11111111-2222-3333-4444-555555555555`;
const BY_HAND = `{ "Sid": "ByHand" ,"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::210987654321:root"},"Action":"redshift:CreateInboundIntegration"}`;

/** A policy that the last write wins, each call of which takes some time. */
class FakeRedshift {
    policy?: string;
    writes = 0;
    /** What a write ends with, before it is carried out or after. */
    faults: { error: Error; carriedOut: boolean }[] = [];

    readonly getResourcePolicy = async () => {
        await sleep(5 * Math.random());
        if (this.policy === undefined) {
            throw awsError("ResourceNotFoundFault", "no policy", 404);
        }
        return { ResourcePolicy: { ResourceArn: NAMESPACE, Policy: this.policy } };
    };
    putResourcePolicy = async ({ Policy }: { Policy: string }) => this.write(Policy);
    readonly deleteResourcePolicy = async () => {
        if (this.policy === undefined) {
            throw awsError("ResourceNotFoundFault", "no policy", 404);
        }
        return this.write(undefined);
    };

    get sources(): string[] {
        const statements: { Sid: string; Condition?: { StringEquals: Record<string, string | string[]> } }[] =
            JSON.parse(this.policy ?? '{"Statement":[]}').Statement;
        return statements.flatMap(({ Condition }) => Condition?.StringEquals["aws:SourceArn"] ?? []).sort();
    }

    private async write(policy: string | undefined): Promise<object> {
        await sleep(10 * Math.random());
        const fault = this.faults.shift();
        if (!fault || fault.carriedOut) {
            this.policy = policy;
            this.writes++;
        }
        if (fault) {
            throw fault.error;
        }
        return {};
    }
}

describe("RedshiftNamespacePolicyMember's handler", function () {
    this.timeout(60_000);

    let redshift: FakeRedshift;

    beforeEach(() => {
        redshift = new FakeRedshift();
        offline({ redshift, redshiftOnce: redshift });
    });

    const source = (i: number) => `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:orders-${i}`;
    const member = (i: number): NamespacePolicyMemberInputs => ({
        ...common("RedshiftNamespacePolicyMember", `orders-${i}`),
        namespaceArn: NAMESPACE,
        members: namespaceMembers({ targetArn: NAMESPACE, sourceArn: source(i) }),
    });

    it("adds, finds and removes a member, and leaves a statement written by hand to the byte", async () => {
        redshift.policy = `{"Version":"2012-10-17",  "Statement":[${BY_HAND}]}`;
        const before = redshift.policy;
        const { id, outs } = await handler.create(member(1));
        assert.ok(redshift.policy.includes(BY_HAND));
        assert.deepEqual(redshift.sources, [source(1)]);
        assert.equal(redshift.writes, 1);
        assert.deepEqual((await handler.read(id, outs)).props, outs);
        await handler.delete(id, outs);
        assert.equal(redshift.policy, before);
    });

    it("makes the policy, and takes it away with its last statement, however often", async () => {
        const { id, outs } = await handler.create(member(1));
        await handler.delete(id, outs);
        assert.equal(redshift.policy, undefined);
        await handler.delete(id, outs);
        assert.deepEqual(await handler.read(id, outs), { id: "" });
    });

    it("loses none of 60 writers in three processes, though nothing guards the policy", async () => {
        const processes = [{ runtime, clients: undefined }, anotherProcess(), anotherProcess()];
        for (const { clients } of processes) {
            if (clients) {
                offline({ redshift, redshiftOnce: redshift }, { clients });
            }
        }
        redshift.policy = `{"Version":"2012-10-17","Statement":[${BY_HAND}]}`;
        const all = Array.from({ length: 60 }, (_, i) => i);
        const made = await Promise.all(
            all.map((i) => processes[i % 3]!.runtime.redshiftNamespacePolicyMember.create(member(i))),
        );
        assert.deepEqual(redshift.sources, all.map(source).sort());
        assert.ok(redshift.policy.includes(BY_HAND));
        assert.ok(redshift.writes > 60, "nobody wrote over another: the test proves nothing");

        await Promise.all(
            all.slice(0, 30).map((i) => {
                const { id, outs } = made[i]!;
                return processes[i % 3]!.runtime.redshiftNamespacePolicyMember.delete(id, outs);
            }),
        );
        assert.deepEqual(redshift.sources, all.slice(30).map(source).sort());
    });

    it("brings back what another writer, who had read before, takes away", async () => {
        const other = `{"Version":"2012-10-17","Statement":[${BY_HAND}]}`;
        const creation = handler.create(member(1));
        while (redshift.writes === 0) {
            await sleep(1);
        }
        redshift.policy = other;
        await creation;
        assert.deepEqual(redshift.sources, [source(1)]);
        assert.ok(redshift.policy.includes(BY_HAND));
    });

    it("reads again after a conflict, a throttled call and a lost answer", async () => {
        redshift.faults = [
            { error: awsError("ConflictPolicyUpdateFault", "another update", 409), carriedOut: false },
            { error: awsError("Throttling", "rate exceeded"), carriedOut: false },
            { error: awsError("InternalFailure", "broken connection", 500), carriedOut: true },
        ];
        await handler.create(member(1));
        assert.deepEqual(redshift.sources, [source(1)]);
        assert.deepEqual(redshift.faults, []);
        assert.equal(redshift.writes, 1);
    });

    it("says what AWS refuses", async () => {
        redshift.faults = [{ error: awsError("InvalidPolicyFault", "Resources are not allowed"), carriedOut: false }];
        const { message } = await rejection(handler.create(member(1)));
        assert.match(message, /RedshiftNamespacePolicyMember "orders-1": AWS refuses to change the policy of arn:/);
        assert.match(message, /InvalidPolicyFault: Resources are not allowed/);
    });

    it("gives up on a writer who never leaves it alone", async () => {
        redshift.putResourcePolicy = async () => {
            redshift.writes++;
            return {};
        };
        const { message } = await rejection(handler.create(member(1)));
        assert.match(message, /others go on writing the policy of arn:/);
        assert.equal(redshift.writes, 20);
    });

    it("tells with a refresh of a member that was lost later, and an update brings it back", async () => {
        const { id, outs } = await handler.create(member(1));
        await handler.create(member(2));
        const statement = JSON.parse(redshift.policy!).Statement[0];
        statement.Condition.StringEquals["aws:SourceArn"] = [source(2)];
        redshift.policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
        assert.deepEqual(await handler.read(id, outs), { id: "" });
        await handler.create(member(1));
        assert.deepEqual(redshift.sources, [source(1), source(2)]);
    });

    it("refuses what is no namespace, and a namespace elsewhere", async () => {
        const failures = async (namespaceArn: string) =>
            (await handler.check({} as never, { ...member(1), namespaceArn })).failures.map(({ reason }) => reason);
        assert.match((await failures("arn:aws:redshift:eu-west-1:1:cluster:x"))[0]!, /is not the ARN of a Redshift/);
        assert.match((await failures(NAMESPACE.replace(REGION, "us-east-1")))[0]!, /It is in us-east-1/);
        assert.deepEqual(await failures(NAMESPACE), []);
    });
});
