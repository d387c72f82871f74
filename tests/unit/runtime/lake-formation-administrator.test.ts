import * as assert from "node:assert/strict";

import { lakeFormationAdministrator } from "../../../sdk/runtime";
import type { LakeFormationAdministratorInputs } from "../../../sdk/runtime/lake-formation-administrator";
import { ACCOUNT, Bank, OTHER_ACCOUNT } from "../simulator/glue-world";

import { BankOnline, common, rejection } from "./bank-online";
import { anotherProcess } from "./offline";

const user = (name: string) => `arn:aws:iam::${ACCOUNT}:user/${name}`;

describe("LakeFormationAdministrator's handler, against the simulator", function () {
    this.timeout(60_000);

    let bank: Bank;
    let online: BankOnline;

    beforeEach(async () => {
        bank = new Bank();
        online = await BankOnline.open(bank);
        await bank.target.call("lakeformation", "PutDataLakeSettings", {
            DataLakeSettings: {
                DataLakeAdmins: [{ DataLakePrincipalIdentifier: user("by-hand") }],
                CreateTableDefaultPermissions: [],
                TrustedResourceOwners: [OTHER_ACCOUNT],
            },
        });
    });
    afterEach(() => online.close());

    const of = (name: string, more: object = {}): LakeFormationAdministratorInputs => ({
        ...common("LakeFormationAdministrator", name),
        principalArn: user(name),
        ...more,
    });
    const settings = async () => (await bank.target.call("lakeformation", "GetDataLakeSettings", {})).DataLakeSettings;
    const administrators = async (): Promise<string[]> =>
        (await settings()).DataLakeAdmins.map(
            (admin: { DataLakePrincipalIdentifier: string }) => admin.DataLakePrincipalIdentifier.split("/")[1],
        );

    it("comes and goes beside the others, and every other setting stays", async () => {
        const before = await settings();
        const { id, outs } = await lakeFormationAdministrator.create(of("one"));
        assert.deepEqual(await administrators(), ["by-hand", "one"]);
        assert.deepEqual({ ...(await settings()), DataLakeAdmins: [] }, { ...before, DataLakeAdmins: [] });

        await lakeFormationAdministrator.create(of("two"));
        await lakeFormationAdministrator.delete(id, outs);
        assert.deepEqual(await administrators(), ["by-hand", "two"]);
        await lakeFormationAdministrator.delete(id, outs);
        assert.deepEqual(await administrators(), ["by-hand", "two"]);
    });

    it("is made again by an update that was interrupted, once", async () => {
        await lakeFormationAdministrator.create(of("one"));
        await lakeFormationAdministrator.create(of("one"));
        assert.deepEqual(await administrators(), ["by-hand", "one"]);
    });

    it("is missed by a refresh when somebody took it away", async () => {
        const { id, outs } = await lakeFormationAdministrator.create(of("one"));
        assert.equal((await lakeFormationAdministrator.read(id, outs)).id, id);
        await bank.target.call("lakeformation", "PutDataLakeSettings", { DataLakeSettings: { DataLakeAdmins: [] } });
        assert.deepEqual(await lakeFormationAdministrator.read(id, outs), { id: "" });
    });

    it("is replaced for another principal, and for nothing else", async () => {
        const { id, outs } = await lakeFormationAdministrator.create(of("one"));
        const replaces = async (news: LakeFormationAdministratorInputs) =>
            (await lakeFormationAdministrator.diff(id, outs, news)).replaces;
        assert.deepEqual(await replaces(of("one", { principalArn: user("two") })), ["principalArn"]);
        assert.deepEqual(await replaces(of("one", { owner: "bank/dev/LakeFormationAdministrator/renamed" })), []);
    });

    it("loses none of twelve that four processes add at the same time", async () => {
        const processes = Array.from({ length: 4 }, () => anotherProcess().runtime);
        await Promise.all(processes.map((process) => online.signIn(ACCOUNT, {}, process)));
        const names = processes.map((_, i) => ["a", "b", "c"].map((letter) => `${letter}${i}`));
        await Promise.all(
            processes.flatMap(({ lakeFormationAdministrator: handler }, i) =>
                names[i]!.map((name) => handler.create(of(name))),
            ),
        );
        assert.deepEqual((await administrators()).sort(), ["by-hand", ...names.flat()].sort());
    });

    it("says which limit AWS sets, and changes nothing", async () => {
        const full = Array.from({ length: 30 }, (_, i) => ({ DataLakePrincipalIdentifier: user(`u${i}`) }));
        await bank.target.call("lakeformation", "PutDataLakeSettings", { DataLakeSettings: { DataLakeAdmins: full } });
        const { message } = await rejection(lakeFormationAdministrator.create(of("one")));
        assert.match(message, /LakeFormationAdministrator "one": .*At most 30 data lake administrators/);
        assert.equal((await administrators()).length, 30);
    });

    it("touches nothing in another account than its own", async () => {
        await online.signIn(OTHER_ACCOUNT);
        const { message } = await rejection(lakeFormationAdministrator.create(of("one")));
        assert.match(message, new RegExp(`account ${ACCOUNT}.*account ${OTHER_ACCOUNT}`));
        assert.deepEqual(await administrators(), ["by-hand"]);
    });
});
