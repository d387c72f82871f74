import type { DataLakeSettings } from "@aws-sdk/client-lakeformation";

import { enter } from "./account-guard";
import type { Clients } from "./clients";
import { awsFailure, ResourceError, type Subject } from "./errors";
import { handlerOf, inputsOf, type CommonInputs, type InputRules } from "./handler";
import { inTurn } from "./turns";
import { untilItStands } from "./unguarded";
import { plain } from "./values";

export interface LakeFormationAdministratorInputs extends CommonInputs {
    principalArn: string;
    /** Sees everything, and changes nothing. @default false */
    readOnly?: boolean;
}

const TYPE = "LakeFormationAdministrator";

const rules: InputRules<LakeFormationAdministratorInputs> = {
    keys: ["principalArn", "readOnly"],
    canonical: (inputs) => ({ ...inputs, readOnly: inputs.readOnly === false ? undefined : inputs.readOnly }),
    problems: () => [],
    replaces: (key) => key === "principalArn" || key === "readOnly",
    // An administrator may be of another account than the lake.
    place: () => ({ argument: "principalArn", arn: "" }),
};

/** One administrator of the account's data lake; whoever else administers it stays. */
export const lakeFormationAdministrator = handlerOf<LakeFormationAdministratorInputs>(rules, {
    async create(inputs) {
        await edit(inputs, (administrators) => [...new Set([...administrators, inputs.principalArn])]);
        return { id: inputs.principalArn, outs: inputs };
    },

    async read(id, props) {
        const { lakeformation } = await enter(props.account, subjectOf(props));
        const administrators = administratorsIn(await settingsOf(lakeformation, subjectOf(props)), listOf(props));
        return administrators.includes(props.principalArn)
            ? { id, props, inputs: plain(inputsOf(rules, props)) }
            : { id: "" };
    },

    async update(_id, _olds, news) {
        return { outs: news };
    },

    async delete(_id, props) {
        await edit(props, (administrators) => administrators.filter((arn) => arn !== props.principalArn));
    },
});

async function edit(inputs: LakeFormationAdministratorInputs, change: (administrators: string[]) => string[]) {
    const subject = subjectOf(inputs);
    const { lakeformation } = await enter(inputs.account, subject);
    const list = listOf(inputs);
    const write = async () => {
        const settings = await settingsOf(lakeformation, subject);
        const before = administratorsIn(settings, list);
        const after = change(before);
        if (after.length === before.length) {
            return false;
        }
        const administrators = after.map((DataLakePrincipalIdentifier) => ({ DataLakePrincipalIdentifier }));
        await lakeformation
            .putDataLakeSettings({ DataLakeSettings: { ...settings, [list]: administrators } })
            .catch((error) => {
                throw awsFailure(subject, "AWS refuses to change the data lake's administrators", error);
            });
        return true;
    };
    const { accountId, region } = inputs.account;
    if (!(await untilItStands(() => inTurn(`lake/${accountId}/${region}`, write)))) {
        throw new ResourceError(
            subject,
            "others go on changing the data lake's settings, and take away what was written",
            "Run the update again when they are done",
        );
    }
}

async function settingsOf(lakeformation: Clients["lakeformation"], subject: Subject): Promise<DataLakeSettings> {
    try {
        return (await lakeformation.getDataLakeSettings({})).DataLakeSettings ?? {};
    } catch (error) {
        throw awsFailure(subject, "AWS does not tell the data lake's settings", error);
    }
}

/** Where the settings have those who administer, and those who only read. */
function listOf({ readOnly }: LakeFormationAdministratorInputs): "DataLakeAdmins" | "ReadOnlyAdmins" {
    return readOnly ? "ReadOnlyAdmins" : "DataLakeAdmins";
}

function administratorsIn(settings: DataLakeSettings, list: "DataLakeAdmins" | "ReadOnlyAdmins"): string[] {
    return (settings[list] ?? []).map(({ DataLakePrincipalIdentifier }) => DataLakePrincipalIdentifier!);
}

function subjectOf({ owner }: CommonInputs): Subject {
    return { type: TYPE, owner };
}
