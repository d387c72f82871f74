import type { DBCluster, DBInstance, Parameter } from "@aws-sdk/client-rds";

import { isRdsClusterArn, isRdsInstanceArn, nameIn } from "../../requirements/arn";
import { problem } from "../../requirements/errors";
import { isAurora, sourceEngineOf, type SourceEngine } from "../../requirements/rds-engine";
import { needsReboot, RDS_SOURCE_PARAMETERS, wrongParameters, type TargetKind } from "../../requirements/rds-source";
import { enter } from "../account-guard";
import type { Clients } from "../clients";
import { awsFailure, isNotFound, ResourceError, type Subject } from "../errors";
import { handlerOf, inputsOf, type InputRules } from "../handler";
import { everyPage } from "../pages";
import { isUnknown, plain } from "../values";

import {
    bringIntoEffect,
    outputsOf,
    parametersProblems,
    type ParameterHolder,
    type ParametersInputs,
    type ParametersOutputs,
    type ParametersState,
} from "./in-effect";

export interface RdsParametersInputs extends ParametersInputs {
    /** An Aurora cluster, a Multi-AZ DB cluster or an instance. */
    sourceArn: string;
    /** @default "redshift" */
    target?: TargetKind;
}

type Outputs = RdsParametersInputs & ParametersOutputs;

const TYPE = "RdsParametersInEffect";

const rules: InputRules<RdsParametersInputs> = {
    keys: ["sourceArn", "target", "parameters", "reboot", "timeout"],
    place: ({ sourceArn }) => ({ argument: "sourceArn", arn: sourceArn }),
    problems: (inputs) => [
        ...(isUnknown(inputs.sourceArn) || isRdsClusterArn(inputs.sourceArn) || isRdsInstanceArn(inputs.sourceArn)
            ? []
            : [
                  problem(
                      "sourceArn",
                      `"${inputs.sourceArn}" is neither a cluster nor an instance of RDS`,
                      "Give arn:partition:rds:region:account:cluster:name for Aurora, :db:name for an instance",
                  ),
              ]),
        ...parametersProblems(inputs),
    ],
    replaces: (key) => key === "sourceArn",
};

/** That the parameters which a source needs are those that AWS applies. */
export const rdsParametersInEffect = handlerOf<RdsParametersInputs, Outputs>(rules, {
    judge: ({ inEffect }) => ({ changes: !inEffect }),

    async create(inputs) {
        return { id: inputs.sourceArn, outs: await bring(inputs) };
    },

    async read(id, props) {
        const state = await (await connect(props)).lookIfThere();
        return state
            ? { id, props: plain({ ...props, ...outputsOf(state) }), inputs: plain(inputsOf(rules, props)) }
            : { id: "" };
    },

    async update(_id, _olds, news) {
        return { outs: await bring(news) };
    },

    async delete() {
        // The parameters stay as they are: there is nothing to take back.
    },
});

async function bring(inputs: RdsParametersInputs): Promise<Outputs> {
    const source = await connect(inputs);
    return plain({ ...inputs, ...(await bringIntoEffect(source, inputs, subjectOf(inputs))) });
}

async function connect(inputs: RdsParametersInputs): Promise<Source> {
    const subject = subjectOf(inputs);
    return new Source(await enter(inputs.account, subject), subject, inputs);
}

function subjectOf({ owner }: RdsParametersInputs): Subject {
    return { type: TYPE, owner };
}

/** The parameters of a source, as its cluster or its instance has them. */
class Source implements ParameterHolder {
    private readonly name: string;

    constructor(
        private readonly clients: Clients,
        private readonly subject: Subject,
        private readonly inputs: RdsParametersInputs,
    ) {
        this.name = nameIn(inputs.sourceArn);
    }

    async look(): Promise<ParametersState> {
        const state = await this.lookIfThere();
        if (!state) {
            throw new ResourceError(this.subject, `there is no ${this.inputs.sourceArn}`, "Name the source as it is");
        }
        return state;
    }

    async lookIfThere(): Promise<ParametersState | undefined> {
        try {
            return await (isRdsClusterArn(this.inputs.sourceArn) ? this.lookAtCluster() : this.lookAtInstance());
        } catch (error) {
            if (isNotFound(error)) {
                return undefined;
            }
            throw awsFailure(this.subject, `AWS does not describe ${this.name}`, error);
        }
    }

    reboot(id: string): Promise<unknown> {
        const { rdsOnce } = this.clients;
        return this.isMultiAzCluster(id)
            ? rdsOnce.rebootDBCluster({ DBClusterIdentifier: id })
            : rdsOnce.rebootDBInstance({ DBInstanceIdentifier: id });
    }

    rebootByHand(id: string): string {
        return this.isMultiAzCluster(id)
            ? `aws rds reboot-db-cluster --db-cluster-identifier ${id}`
            : `aws rds reboot-db-instance --db-instance-identifier ${id}`;
    }

    /** The three instances of such a cluster are rebooted as one; of Aurora, the writer alone. */
    private isMultiAzCluster(id: string): boolean {
        return id === this.name && isRdsClusterArn(this.inputs.sourceArn);
    }

    private async lookAtCluster(): Promise<ParametersState | undefined> {
        const { rds } = this.clients;
        const { DBClusters } = await rds.describeDBClusters({ DBClusterIdentifier: this.name });
        const cluster = DBClusters?.[0];
        if (!cluster) {
            return undefined;
        }
        const { DBClusterMembers: members = [], DBClusterParameterGroup: group } = cluster;
        const writer = members.find(({ IsClusterWriter }) => IsClusterWriter)?.DBInstanceIdentifier;
        const parameters = await everyPage(
            (Marker) => rds.describeDBClusterParameters({ DBClusterParameterGroupName: group!, Marker }),
            ({ Parameters }) => Parameters,
        );
        const pending = members
            .filter(({ DBClusterParameterGroupStatus: status }) => status === "pending-reboot")
            .map(({ DBInstanceIdentifier }) => DBInstanceIdentifier!);
        const engine = this.engineOf(cluster);
        const multiAzCluster = !isAurora(engine);
        const wrong = this.wrong(engine, parameters, `the cluster's parameter group ${group}`, multiAzCluster);
        return {
            isSettled:
                isAtRest(cluster.Status) &&
                isAtRest((await this.instance(writer))?.DBInstanceStatus) &&
                members.every(({ DBClusterParameterGroupStatus: status }) => status !== "applying"),
            wrong: [...(writer ? [] : ["the cluster has no instance to write to"]), ...wrong],
            ...(multiAzCluster
                ? { waiting: pending.length > 0 ? [this.name] : [] }
                : {
                      waiting: pending.filter((id) => id === writer),
                      alsoPending: pending.filter((id) => id !== writer),
                  }),
            waitingParameters: staticParameters(engine),
        };
    }

    private async lookAtInstance(): Promise<ParametersState | undefined> {
        const instance = await this.instance(this.name);
        if (!instance) {
            return undefined;
        }
        const { DBParameterGroupName: group, ParameterApplyStatus: status } = instance.DBParameterGroups?.[0] ?? {};
        const parameters = await everyPage(
            (Marker) => this.clients.rds.describeDBParameters({ DBParameterGroupName: group!, Marker }),
            ({ Parameters }) => Parameters,
        );
        const engine = this.engineOf(instance);
        return {
            isSettled: isAtRest(instance.DBInstanceStatus) && status !== "applying",
            wrong: this.wrong(engine, parameters, `the parameter group ${group}`, false),
            waiting: status === "pending-reboot" ? [this.name] : [],
            waitingParameters: staticParameters(engine),
        };
    }

    private async instance(DBInstanceIdentifier: string | undefined): Promise<DBInstance | undefined> {
        return DBInstanceIdentifier === undefined
            ? undefined
            : (await this.clients.rds.describeDBInstances({ DBInstanceIdentifier })).DBInstances?.[0];
    }

    private engineOf({ Engine = "" }: DBCluster | DBInstance): SourceEngine {
        const engine = sourceEngineOf(Engine);
        if (!engine) {
            throw new ResourceError(this.subject, `AWS does not integrate ${Engine}`);
        }
        return engine;
    }

    private wrong(engine: SourceEngine, parameters: Parameter[], group: string, multiAzCluster: boolean): string[] {
        const found = Object.fromEntries(parameters.map((each) => [each.ParameterName!, each.ParameterValue]));
        const others = Object.entries(this.inputs.parameters ?? {}).filter(([name, value]) => found[name] !== value);
        const wrong = [
            ...wrongParameters(engine, found, { multiAzCluster, target: this.inputs.target }),
            ...others.map(([name, needed]) => ({ name, found: found[name], needed })),
        ];
        return wrong.map(
            ({ name, found: value, needed }) =>
                `${name} is ${value === undefined ? "not set" : `"${value}"`} in ${group}, and ${needed} is needed`,
        );
    }
}

/** Statuses in which something is going on that changes what is in effect. */
function isAtRest(status = "available"): boolean {
    return !/creat|modif|reboot|start|upgrad|maintenance|renam|promot|reset|restor|migrat/i.test(status);
}

function staticParameters(engine: SourceEngine): string[] {
    return needsReboot(
        engine,
        RDS_SOURCE_PARAMETERS[engine].map(({ name }) => name),
    );
}
