import type { Cluster } from "@aws-sdk/client-redshift";

import { durationSeconds } from "../../requirements/duration";
import { problem } from "../../requirements/errors";
import { CASE_SENSITIVITY, withParameter, WORKGROUP_PARAMETERS } from "../../requirements/redshift-target";
import { enter } from "../account-guard";
import type { Clients } from "../clients";
import { awsFailure, isNotFound, ResourceError, type Subject } from "../errors";
import { handlerOf, inputsOf, type InputRules } from "../handler";
import { everyPage } from "../pages";
import { poll } from "../poll";
import { isTransient } from "../retry";
import { isUnknown, plain } from "../values";

import {
    bringIntoEffect,
    DEFAULT_PARAMETERS_TIMEOUT,
    outputsOf,
    parametersProblems,
    type ParameterHolder,
    type ParametersInputs,
    type ParametersOutputs,
    type ParametersState,
} from "./in-effect";

export interface RedshiftParametersInputs extends ParametersInputs {
    /** Its parameters are set here; no reboot follows. */
    workgroupName?: string;
    /** Its parameters are those of its group. */
    clusterIdentifier?: string;
}

type Outputs = RedshiftParametersInputs & ParametersOutputs;

const TYPE = "RedshiftParametersInEffect";

const rules: InputRules<RedshiftParametersInputs> = {
    keys: ["workgroupName", "clusterIdentifier", "parameters", "reboot", "timeout"],
    place: () => ({ argument: "clusterIdentifier", arn: "" }),
    problems: (inputs) => [
        ...((inputs.workgroupName === undefined) === (inputs.clusterIdentifier === undefined)
            ? [problem("workgroupName", "Either a workgroup or a cluster is meant", "Give one of the two")]
            : []),
        ...(inputs.workgroupName !== undefined && inputs.reboot !== undefined && !isUnknown(inputs.reboot)
            ? [problem("reboot", "A workgroup needs no reboot", "Leave it out")]
            : []),
        ...parametersProblems(inputs),
    ],
    replaces: (key) => key === "workgroupName" || key === "clusterIdentifier",
};

/** That the parameters which a warehouse needs are those that AWS applies. */
export const redshiftParametersInEffect = handlerOf<RedshiftParametersInputs, Outputs>(rules, {
    judge: ({ inEffect }) => ({ changes: !inEffect }),

    async create(inputs) {
        return { id: inputs.workgroupName ?? inputs.clusterIdentifier!, outs: await bring(inputs) };
    },

    async read(id, props) {
        const clients = await enter(props.account, subjectOf(props));
        const state = await lookIfThere(clients, props);
        return state
            ? { id, props: plain({ ...props, ...outputsOf(state) }), inputs: plain(inputsOf(rules, props)) }
            : { id: "" };
    },

    async update(_id, _olds, news) {
        return { outs: await bring(news) };
    },

    async delete() {
        // The parameters stay as they are: integrations of others may need them.
    },
});

async function bring(inputs: RedshiftParametersInputs): Promise<Outputs> {
    const subject = subjectOf(inputs);
    const clients = await enter(inputs.account, subject);
    if (inputs.workgroupName !== undefined) {
        await setInWorkgroup(clients, inputs, subject);
    }
    return plain({ ...inputs, ...(await bringIntoEffect(holderOf(clients, inputs, subject), inputs, subject)) });
}

function holderOf(clients: Clients, inputs: RedshiftParametersInputs, subject: Subject): ParameterHolder {
    return {
        async look() {
            const state = await lookIfThere(clients, inputs);
            if (!state) {
                const name = inputs.workgroupName ?? inputs.clusterIdentifier;
                throw new ResourceError(subject, `there is no ${name}`, "Name the warehouse as it is");
            }
            return state;
        },
        reboot: (ClusterIdentifier) => clients.redshiftOnce.rebootCluster({ ClusterIdentifier }),
        rebootByHand: (id) => `aws redshift reboot-cluster --cluster-identifier ${id}`,
    };
}

function lookIfThere(clients: Clients, inputs: RedshiftParametersInputs): Promise<ParametersState | undefined> {
    const look = inputs.workgroupName === undefined ? lookAtCluster(clients, inputs) : lookAtWorkgroup(clients, inputs);
    return look.catch((error) => {
        if (isNotFound(error)) {
            return undefined;
        }
        throw awsFailure(subjectOf(inputs), "AWS does not describe the warehouse", error);
    });
}

async function lookAtCluster(
    { redshift }: Clients,
    { clusterIdentifier, parameters }: RedshiftParametersInputs,
): Promise<ParametersState | undefined> {
    const { Clusters } = await redshift.describeClusters({ ClusterIdentifier: clusterIdentifier });
    const cluster = Clusters?.[0];
    if (!cluster) {
        return undefined;
    }
    const {
        ParameterGroupName,
        ParameterApplyStatus,
        ClusterParameterStatusList = [],
    } = cluster.ClusterParameterGroups?.[0] ?? {};
    const declared = await everyPage(
        (Marker) => redshift.describeClusterParameters({ ParameterGroupName: ParameterGroupName!, Marker }),
        ({ Parameters }) => Parameters,
    );
    const values = Object.fromEntries(declared.map((each) => [each.ParameterName!, each.ParameterValue]));
    const pending = ClusterParameterStatusList.filter((each) => each.ParameterApplyStatus === "pending-reboot");
    return {
        isSettled: isAtRest(cluster) && ParameterApplyStatus !== "applying",
        wrong: wrongIn(values, parameters).map(
            ([name, needed]) =>
                `${name} is "${values[name] ?? ""}" in the parameter group ${ParameterGroupName}, and ${needed} is needed`,
        ),
        waiting: ParameterApplyStatus === "pending-reboot" || pending.length > 0 ? [clusterIdentifier!] : [],
        waitingParameters: pending.map(({ ParameterName }) => ParameterName!),
    };
}

async function lookAtWorkgroup(
    { redshiftServerless }: Clients,
    { workgroupName, parameters }: RedshiftParametersInputs,
): Promise<ParametersState | undefined> {
    const { workgroup } = await redshiftServerless.getWorkgroup({ workgroupName });
    const values = valuesOf(workgroup?.configParameters);
    return {
        isSettled: workgroup?.status === "AVAILABLE",
        wrong: wrongIn(values, parameters).map(
            ([name, needed]) => `${name} is "${values[name] ?? ""}" in ${workgroupName}, and ${needed} is needed`,
        ),
        waiting: [],
        waitingParameters: [],
    };
}

/** Sends all parameters, since AWS takes a list for the whole of it; those that others set stay. */
async function setInWorkgroup(
    { redshiftServerless }: Clients,
    { workgroupName, parameters, timeout = DEFAULT_PARAMETERS_TIMEOUT }: RedshiftParametersInputs,
    subject: Subject,
): Promise<void> {
    let lastError: unknown = new Error("it was being changed all the time");
    const done = await poll(durationSeconds(timeout)!, async () => {
        try {
            const { workgroup } = await redshiftServerless.getWorkgroup({ workgroupName });
            const wrong = wrongIn(valuesOf(workgroup?.configParameters), parameters);
            if (wrong.length === 0) {
                return true;
            }
            if (workgroup?.status === "AVAILABLE") {
                const current = (workgroup.configParameters ?? []).map(
                    ({ parameterKey = "", parameterValue = "" }) => ({
                        parameterKey,
                        parameterValue,
                    }),
                );
                const missing = WORKGROUP_PARAMETERS.filter(
                    ({ parameterKey }) => !current.some((each) => each.parameterKey === parameterKey),
                );
                const configParameters = wrong.reduce(
                    (all, [name, value]) => withParameter(all, name, value),
                    [...current, ...missing],
                );
                await redshiftServerless.updateWorkgroup({ workgroupName, configParameters });
            }
        } catch (error) {
            if ((error as Error).name !== "ConflictException" && !isTransient(error)) {
                throw awsFailure(subject, `AWS refuses to change the parameters of ${workgroupName}`, error);
            }
            lastError = error;
        }
        return undefined;
    });
    if (!done) {
        throw awsFailure(subject, `the parameters of ${workgroupName} could not be set within ${timeout}`, lastError);
    }
}

/** The needed values that are not there. Redshift writes booleans in any case. */
function wrongIn(
    values: Record<string, string | undefined>,
    parameters: Record<string, string> = {},
): [name: string, needed: string][] {
    const needed = { [CASE_SENSITIVITY.name]: CASE_SENSITIVITY.value, ...parameters };
    return Object.entries(needed).filter(([name, value]) => values[name]?.toLowerCase() !== value.toLowerCase());
}

function valuesOf(list: { parameterKey?: string; parameterValue?: string }[] = []): Record<string, string | undefined> {
    return Object.fromEntries(list.map(({ parameterKey, parameterValue }) => [parameterKey!, parameterValue]));
}

function isAtRest({ ClusterStatus = "" }: Cluster): boolean {
    return !/creat|modif|reboot|resum|renam|resiz|updat|rotat|restor/i.test(ClusterStatus.split(",")[0]!);
}

function subjectOf({ owner }: RedshiftParametersInputs): Subject {
    return { type: TYPE, owner };
}
