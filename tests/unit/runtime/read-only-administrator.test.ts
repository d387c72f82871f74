import * as assert from "node:assert/strict";

import { lakeFormationAdministrator } from "../../../sdk/runtime";
import type { LakeFormationAdministratorInputs } from "../../../sdk/runtime/lake-formation-administrator";
import { ACCOUNT, Bank } from "../simulator/glue-world";

import { BankOnline, common } from "./bank-online";

const user = (name: string) => `arn:aws:iam::${ACCOUNT}:user/${name}`;

describe("LakeFormationAdministrator's handler, for those who only read", function () {
    this.timeout(60_000);

    let bank: Bank;
    let online: BankOnline;

    beforeEach(async () => {
        bank = new Bank();
        online = await BankOnline.open(bank);
        await bank.target.call("lakeformation", "PutDataLakeSettings", {
            DataLakeSettings: {
                DataLakeAdmins: [{ DataLakePrincipalIdentifier: user("by-hand") }],
                ReadOnlyAdmins: [{ DataLakePrincipalIdentifier: user("auditor") }],
            },
        });
    });
    afterEach(() => online.close());

    const of = (more: object = {}): LakeFormationAdministratorInputs => ({
        ...common("LakeFormationAdministrator", "reader"),
        principalArn: user("reader"),
        readOnly: true,
        ...more,
    });
    const principals = async (list: "DataLakeAdmins" | "ReadOnlyAdmins"): Promise<string[]> => {
        const { DataLakeSettings } = await bank.target.call("lakeformation", "GetDataLakeSettings", {});
        return DataLakeSettings[list].map(
            (admin: { DataLakePrincipalIdentifier: string }) => admin.DataLakePrincipalIdentifier.split("/")[1],
        );
    };

    it("comes and goes beside the others, who administer or only read", async () => {
        const { id, outs } = await lakeFormationAdministrator.create(of());
        assert.deepEqual(await principals("ReadOnlyAdmins"), ["auditor", "reader"]);
        assert.deepEqual(await principals("DataLakeAdmins"), ["by-hand"]);
        assert.equal((await lakeFormationAdministrator.read(id, outs)).id, id);

        await lakeFormationAdministrator.delete(id, outs);
        assert.deepEqual(await principals("ReadOnlyAdmins"), ["auditor"]);
        assert.deepEqual(await lakeFormationAdministrator.read(id, outs), { id: "" });
    });

    it("is another one when it is to administer, and the same when it is told that it is not", async () => {
        const { id, outs } = await lakeFormationAdministrator.create(of());
        const diffTo = async (readOnly?: boolean) => {
            const { inputs } = await lakeFormationAdministrator.check(outs, of({ readOnly }));
            return (await lakeFormationAdministrator.diff(id, outs, inputs)).replaces;
        };
        assert.deepEqual(await diffTo(undefined), ["readOnly"]);
        assert.deepEqual(await diffTo(false), ["readOnly"]);
        assert.deepEqual(await diffTo(true), []);
    });
});
