import * as assert from "node:assert/strict";

import { catalogMembers } from "../../../sdk/requirements/catalog-policy";
import { exportMember } from "../../../sdk/requirements/table-policy";
import * as runtime from "../../../sdk/runtime";
import type { CatalogPolicyMemberInputs, TablePolicyMemberInputs } from "../../../sdk/runtime/policy-member";
import { ACCOUNT, Bank, OTHER_ACCOUNT, SOURCE_ARN } from "../simulator/glue-world";

import { BankOnline, common, rejection } from "./bank-online";
import { anotherProcess } from "./offline";

const { dynamoDbTablePolicyMember, glueCatalogPolicyMember } = runtime;

describe("Policy members, against the simulator", function () {
    this.timeout(120_000);

    let bank: Bank;
    let online: BankOnline;
    const byHand = `{ "Sid": "ByHand" ,"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::${OTHER_ACCOUNT}:root"},\n  "Action":"glue:GetDatabase","Resource":"*" }`;

    beforeEach(async () => {
        bank = new Bank();
        online = await BankOnline.open(bank);
    });
    afterEach(() => online.close());

    const table = (i: number) => SOURCE_ARN.replace("Customers", `Table${i}`);
    const ofSource = (sourceArn: string, more: Partial<CatalogPolicyMemberInputs> = {}): CatalogPolicyMemberInputs => ({
        ...common("GlueCatalogPolicyMember", sourceArn),
        members: catalogMembers({ targetArn: bank.targetArn, sourceArn }),
        ...more,
    });
    const policy = async (): Promise<string | undefined> =>
        bank.target.call("glue", "GetResourcePolicy", {}).then(
            ({ PolicyInJson }) => PolicyInJson,
            () => undefined,
        );
    const statements = async () => JSON.parse((await policy()) ?? '{"Statement":[]}').Statement;

    it("adds and removes a member, and leaves a statement written by hand to the byte", async () => {
        await bank.target.call("glue", "PutResourcePolicy", {
            PolicyInJson: `{"Version":"2012-10-17",  "Statement":[${byHand}]}`,
        });
        const before = await policy();
        const { id, outs } = await glueCatalogPolicyMember.create(ofSource(SOURCE_ARN));
        assert.ok((await policy())!.includes(byHand));
        assert.deepEqual(
            (await statements()).map(({ Sid }: { Sid: string }) => Sid),
            ["ByHand", ...outs.statementIds],
        );
        await glueCatalogPolicyMember.delete(id, outs);
        assert.equal(await policy(), before);
    });

    it("makes the policy, and takes it away with the last statement", async () => {
        const { id, outs } = await glueCatalogPolicyMember.create(ofSource(SOURCE_ARN));
        await glueCatalogPolicyMember.delete(id, outs);
        assert.equal(await policy(), undefined);
        await glueCatalogPolicyMember.delete(id, outs);
    });

    it("loses none of 200 writers in ten processes, and the end of one stack leaves the other's", async () => {
        await bank.target.call("glue", "PutResourcePolicy", {
            PolicyInJson: `{"Version":"2012-10-17","Statement":[${byHand}]}`,
        });
        const processes = Array.from({ length: 10 }, () => anotherProcess().runtime);
        await Promise.all(processes.map((process) => online.signIn(ACCOUNT, {}, process)));
        // Six sources each, that come and go, and come again: never more than the 60 that fit into AWS's 10 KB.
        const sourcesOf = (process: number) => Array.from({ length: 6 }, (_, i) => table(10 * i + process));
        const work = async ({ glueCatalogPolicyMember: handler }: typeof runtime, process: number) => {
            const add = () => Promise.all(sourcesOf(process).map((source) => handler.create(ofSource(source))));
            for (let round = 0; round < 2; round++) {
                const made = await add();
                await Promise.all(made.map(({ id, outs }) => handler.delete(id, outs)));
            }
            return add();
        };
        const made = await Promise.all(processes.map(work));
        const sourcesNow = async () => [(await statements())[1].Condition.StringEquals["aws:SourceArn"]].flat().sort();
        assert.deepEqual(await sourcesNow(), processes.flatMap((_, i) => sourcesOf(i)).sort());
        assert.ok(online.accepted("PutResourcePolicy") > 200);
        assert.ok(
            bank.world.requests.find({}).filter(({ error }) => error === "ConditionCheckFailureException").length > 20,
        );

        const [mine, theirs] = [made.slice(0, 5), made.slice(5)];
        await Promise.all(mine.flat().map(({ id, outs }) => glueCatalogPolicyMember.delete(id, outs)));
        assert.deepEqual(await sourcesNow(), theirs.flatMap((_, i) => sourcesOf(5 + i)).sort());
        assert.ok((await policy())!.includes(byHand));
    });

    it("survives throttling and lost answers", async () => {
        bank.world.faults.add({ kind: "throttle", rate: 0.3 });
        bank.world.faults.add({ kind: "lost-answer", operation: "PutResourcePolicy", rate: 0.3 });
        await Promise.all(Array.from({ length: 10 }, (_, i) => glueCatalogPolicyMember.create(ofSource(table(i)))));
        bank.world.faults.clear();
        assert.equal((await statements())[0].Condition.StringEquals["aws:SourceArn"].length, 10);
    });

    it("refuses what does not fit, before it writes", async () => {
        const long = (i: number) => SOURCE_ARN.replace("Customers", `${i}${"x".repeat(250)}`);
        const added = [];
        const refusal = await rejection(
            (async () => {
                for (let i = 0; i < 60; i++) {
                    added.push((await glueCatalogPolicyMember.create(ofSource(long(i)))).id);
                }
            })(),
        );
        assert.match(refusal.message, /The policy would have \d+ bytes .* AWS takes 10240/);
        assert.equal(online.accepted("PutResourcePolicy"), added.length);
        assert.ok(bank.world.requests.find({}).every(({ error }) => error !== "InvalidInputException"));
    });

    it("changes in place, with old and new in one write", async () => {
        const cross = (principal: string) =>
            ofSource(SOURCE_ARN, {
                members: catalogMembers({
                    targetArn: bank.targetArn,
                    sourceArn: SOURCE_ARN.replace(ACCOUNT, OTHER_ACCOUNT),
                    principalArns: [`arn:aws:iam::${OTHER_ACCOUNT}:role/${principal}`],
                }),
            });
        const { id, outs } = await glueCatalogPolicyMember.create(cross("one"));
        const writes = online.accepted("PutResourcePolicy");
        const diff = await glueCatalogPolicyMember.diff(id, outs, cross("two"));
        assert.deepEqual([diff.changes, diff.replaces], [true, []]);
        const updated = await glueCatalogPolicyMember.update(id, outs, cross("two"));
        assert.equal(online.accepted("PutResourcePolicy"), writes + 1);
        const text = (await policy())!;
        assert.ok(text.includes("role/two") && !text.includes("role/one"));
        assert.equal((await statements()).length, 2);
        await glueCatalogPolicyMember.delete(id, updated.outs);
        assert.equal(await policy(), undefined);
    });

    it("finds with a refresh what somebody took away or changed", async () => {
        const inputs = ofSource(SOURCE_ARN, {
            members: catalogMembers({
                targetArn: bank.targetArn,
                sourceArn: SOURCE_ARN.replace(ACCOUNT, OTHER_ACCOUNT),
            }),
        });
        const { id, outs } = await glueCatalogPolicyMember.create(inputs);
        assert.deepEqual((await glueCatalogPolicyMember.read(id, outs)).props, outs);

        const [kept] = await statements();
        await bank.target.call("glue", "PutResourcePolicy", {
            PolicyInJson: JSON.stringify({ Version: "2012-10-17", Statement: [kept] }),
        });
        const { props } = await glueCatalogPolicyMember.read(id, outs);
        assert.deepEqual(props!.lostStatementIds, [outs.statementIds[1]]);
        assert.equal((await glueCatalogPolicyMember.diff(id, props!, inputs)).changes, true);
        const { outs: mended } = await glueCatalogPolicyMember.update(id, props!, inputs);
        assert.deepEqual(mended.lostStatementIds, []);
        assert.equal((await statements()).length, 2);

        await bank.target.call("glue", "DeleteResourcePolicy", {});
        assert.deepEqual(await glueCatalogPolicyMember.read(id, mended), { id: "" });
    });

    it("keeps a table's policy in the same way, guarded by its revision", async () => {
        bank.tablePolicy = [
            { Sid: "ByHand", Effect: "Allow", Principal: { AWS: ACCOUNT }, Action: "dynamodb:GetItem", Resource: "*" },
        ];
        await bank.setUp();
        const ofOwner = (name: string): TablePolicyMemberInputs => ({
            ...common("DynamoDbTablePolicyMember", name),
            tableArn: SOURCE_ARN,
            member: exportMember({ tableArn: SOURCE_ARN, owner: name }),
        });
        const other = anotherProcess().runtime;
        await online.signIn(ACCOUNT, {}, other);
        const made = await Promise.all(
            Array.from({ length: 12 }, (_, i) =>
                (i % 2 ? other : runtime).dynamoDbTablePolicyMember.create(ofOwner(`stack${i}`)),
            ),
        );
        const sids = async () => {
            const { Policy } = await bank.source.call("dynamodb", "GetResourcePolicy", { ResourceArn: SOURCE_ARN });
            return JSON.parse(Policy)
                .Statement.map(({ Sid }: { Sid: string }) => Sid)
                .sort();
        };
        assert.deepEqual(await sids(), ["ByHand", ...made.flatMap(({ outs }) => outs.statementIds)].sort());

        const [first, ...rest] = made;
        assert.deepEqual((await dynamoDbTablePolicyMember.read(first!.id, first!.outs)).props, first!.outs);
        await Promise.all(rest.map(({ id, outs }) => dynamoDbTablePolicyMember.delete(id, outs)));
        assert.deepEqual(await sids(), ["ByHand", ...first!.outs.statementIds].sort());
    });

    it("is refused at preview for a table of another account", async () => {
        const { failures } = await dynamoDbTablePolicyMember.check({} as never, {
            ...common("DynamoDbTablePolicyMember", "x"),
            tableArn: SOURCE_ARN.replace(ACCOUNT, OTHER_ACCOUNT),
            member: exportMember({ tableArn: SOURCE_ARN, owner: "x" }),
        });
        assert.match(failures[0]!.reason, new RegExp(`in account ${OTHER_ACCOUNT}, .* ${ACCOUNT}`));
    });
});
