import * as assert from "node:assert/strict";
import { minutes } from "../../simulator/world/clock";
import { applicationOf, arrive, type SourceKind } from "./application";
import { configured, NO_CHANGES, REGION, withLab, type Lab } from "./fixture";

/** With one that is shared, ten of five kinds. */
const SOURCES: Record<string, SourceKind> = {
    "mysql-1": "aurora-mysql",
    "postgresql-1": "aurora-postgresql",
    "postgresql-2": "aurora-postgresql",
    "rds-mysql-1": "mysql",
    "rds-mysql-2": "mysql",
    "rds-postgres-1": "postgres",
    "rds-postgres-2": "postgres",
    "table-1": "dynamodb",
    "table-2": "dynamodb",
};
const NAMES = Object.keys(SOURCES);

/** How long AWS takes here to set an integration up. */
const SET_UP = 3 * minutes(10);

interface Integration {
    SourceArn: string;
    Status: string;
    CreateTime: Date;
}

describe("ten sources of five kinds into one warehouse", function () {
    this.timeout(180_000);

    let lab: Lab;

    withLab((opened) => {
        lab = opened;
        lab.world.faults.add({ kind: "slow-state", service: "rds", factor: 3 });
        lab.world.faults.add({ kind: "slow-state", service: "redshift", factor: 3 });
    });
    beforeEach(() => lab.world.requests.clear());

    const some = (...names: string[]) => Object.fromEntries(names.map((name) => [name, SOURCES[name]]));

    it("in one program: those of one source are made one after the other, the others side by side", async () => {
        const account = "111111111111";
        const stack = await lab.stack("fleet", { name: "alone", account });
        await stack.up({ ...configured({ sources: SOURCES, sharedInto: ["sales", "finance"] }), parallel: 40 });

        const integrations = await all(account);
        assert.equal(integrations.length, NAMES.length + 2);
        assert.deepEqual(refused(account), []);
        const ofShared = integrations.filter(({ SourceArn }) => SourceArn === arnOf("shared", account));
        assert.ok(Math.abs(+ofShared[0]!.CreateTime - +ofShared[1]!.CreateTime) >= SET_UP);
        assert.ok(together(integrations) > 2, `${together(integrations)} at once`);
        await assertRowsArrive(account);
        await stack.up(NO_CHANGES);
        await stack.destroy(configured());
        assert.deepEqual((await stack.export()).deployment.resources, undefined);
    });

    it("in three stacks, two at the same time, which share a source as well", async () => {
        const account = "222222222222";
        const place = { account };
        const [one, two, three] = [NAMES.slice(0, 3), NAMES.slice(3, 6), NAMES.slice(6)];
        const accept = Object.fromEntries([...two, ...three, "shared"].map((name) => [name, arnOf(name, account)]));
        const owner = await lab.stack("fleet", { name: "owner", ...place });
        await owner.up({ ...configured({ sources: some(...one), sharedInto: [], accept }), parallel: 40 });

        const shared = { owner: "organization/fleet/owner", sharedArn: arnOf("shared", account) };
        const teams = [
            { name: "team-sales", sources: some(...two), sharedInto: ["sales"] },
            { name: "team-finance", sources: some(...three), sharedInto: ["finance"] },
        ];
        await Promise.all(
            teams.map(async ({ name, ...values }) => {
                const stack = await lab.stack("fleet", { name, ...place });
                await stack.up({ ...configured({ ...shared, ...values }), parallel: 40 });
            }),
        );
        assert.equal((await all(account)).length, NAMES.length + 2);
        await assertRowsArrive(account);
    });

    /** The integrations of an account, all of them active. */
    async function all(account: string): Promise<Integration[]> {
        const lists = await Promise.all(
            ["rds", "redshift"].map((service) => lab.call(service, "DescribeIntegrations", {}, { account })),
        );
        const integrations: Integration[] = lists.flatMap(({ Integrations }) => Integrations);
        assert.deepEqual([...new Set(integrations.map(({ Status }) => Status))], ["active"]);
        return integrations;
    }

    /** What AWS refused since the source had another integration being created. */
    const refused = (account: string) =>
        lab
            .calls("CreateIntegration")
            .filter((call) => call.accountId === account && call.error === "IntegrationConflictOperationFault");

    /** How many of the integrations were being set up at the same time. */
    function together(integrations: Integration[]): number {
        const times = integrations.map(({ CreateTime }) => +CreateTime);
        return Math.max(...times.map((time) => times.filter((each) => each >= time && each < time + SET_UP).length));
    }

    /** What is at the sources arrives, and what changes there. */
    async function assertRowsArrive(account: string): Promise<void> {
        const names = [...NAMES, "shared"];
        const applications = names.map((name) => applicationOf(lab, kindOf(name), arnOf(name, account)));
        const replicas = applications.map(({ replicaIn }, i) =>
            replicaIn(names[i] === "shared" ? "shared-sales" : names[i]!),
        );
        for (const ids of [[1], [2]]) {
            await Promise.all(applications.flatMap(({ put, remove }) => [...ids.map(put), remove(ids[0]! - 1)]));
            for (const replica of replicas) {
                await arrive(lab, replica, ids, { account });
            }
        }
    }

    function kindOf(name: string): SourceKind {
        return SOURCES[name] ?? "aurora-mysql";
    }

    function arnOf(name: string, account: string): string {
        const kind = kindOf(name);
        if (kind === "dynamodb") {
            return `arn:aws:dynamodb:${REGION}:${account}:table/${name}`;
        }
        return `arn:aws:rds:${REGION}:${account}:${kind.startsWith("aurora") ? "cluster" : "db"}:${name}`;
    }
});
