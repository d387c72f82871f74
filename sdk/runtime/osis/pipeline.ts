import { durationProblems, type Duration } from "../../requirements/duration";
import { readsSomethingElse } from "../../requirements/opensearch/body-source";
import {
    OSIS_PIPELINE_CHANGES,
    osisPipelineProblems,
    type OsisPipelineInputs as PipelineInputs,
    type OsisVpc,
} from "../../requirements/opensearch/pipeline";
import { explainPipelineFailure } from "../../requirements/opensearch/pipeline-failure";
import { enter } from "../account-guard";
import type { Clients } from "../clients";
import { InitializationFailed } from "../errors";
import { handlerOf, inputsOf, type InputRules } from "../handler";
import { userTags } from "../owner";
import { SharedList } from "../poll";
import { isUnknown, plain } from "../values";

import { OsisApi, type DescribedPipeline, type PipelineSummary } from "./api";
import type { OsisPipelineInputs } from "./inputs";
import { inputsIn, isSameBody } from "./settings";
import { isAsWanted, isPending, RUNS } from "./status";
import { Work } from "./work";

export interface OsisPipelineOutputs {
    pipelineArn: string;
    status: string;
    /** "" where AWS gives none. */
    statusReason: string;
    ingestEndpointUrls: string[];
    vpcEndpoints: { vpcEndpointId: string; vpcId: string }[];
    /** What endpoints that are managed by the customer connect to; "" for none. */
    vpcEndpointService: string;
}

type Outputs = OsisPipelineInputs & OsisPipelineOutputs;

const TYPE = "OsisPipeline";
const DEFAULT_TIMEOUT = "45m";

const rules: InputRules<OsisPipelineInputs> = {
    keys: [
        ...(Object.keys(OSIS_PIPELINE_CHANGES) as (keyof PipelineInputs)[]),
        "running",
        "waitFor",
        "adoptExisting",
        "timeouts",
    ],
    place: ({ roleArn }) => ({ argument: "roleArn", arn: roleArn }),
    canonical: (inputs) => ({
        ...inputs,
        logGroupName: inputs.logGroupName || undefined,
        persistentBuffer: inputs.persistentBuffer ?? false,
        running: inputs.running ?? true,
        vpc: isUnknown(inputs.vpc) ? inputs.vpc : inOneOrder(inputs.vpc),
    }),
    problems: (inputs) => [
        ...osisPipelineProblems(inputs, isUnknown),
        ...Object.entries(inputs.timeouts ?? {}).flatMap(([name, duration]) =>
            durationProblems(`timeouts.${name}`, duration as string),
        ),
    ],
    replaces: (key, olds, news) =>
        OSIS_PIPELINE_CHANGES[key as keyof PipelineInputs] === "replace" ||
        (key === "body" && readsSomethingElse(olds.body, news.body)) ||
        // AWS takes another key, but not none.
        (key === "kmsKeyArn" && news.kmsKeyArn === undefined),
};

const lists = new WeakMap<Clients, SharedList<PipelineSummary>>();

/** A pipeline of OpenSearch Ingestion. */
export const osisPipeline = handlerOf<OsisPipelineInputs, Outputs>(rules, {
    judge: ({ status }, { running, waitFor }) => ({
        changes: !isAsWanted(status, running) && !(isPending(status) && waitFor === "accepted"),
        replaces: status === "CREATE_FAILED" ? ["status"] : [],
    }),

    async create(inputs) {
        const work = await connect(inputs);
        const timeout = inputs.timeouts?.create ?? DEFAULT_TIMEOUT;
        await work.validate(inputs.body, timeout);
        const pipeline = await work.obtain(timeout);
        return { id: pipeline.PipelineArn, outs: await complete(work, pipeline, inputs, {}, timeout) };
    },

    async read(_id, props) {
        const work = await connect(props);
        const pipeline = await work.find();
        if (!pipeline || pipeline.Status === "DELETING") {
            return { id: "" };
        }
        const inputs = { ...inputsOf(rules, props), ...observed(props, pipeline) };
        return { id: pipeline.PipelineArn, props: outputs(inputs, pipeline), inputs: plain(inputs) };
    },

    async update(_id, olds, news) {
        const work = await connect(news);
        const timeout = news.timeouts?.update ?? DEFAULT_TIMEOUT;
        const pipeline = (await work.find()) ?? work.gone();
        if (!isSameBody(news.body, inputsIn(pipeline, news).body)) {
            await work.validate(news.body, timeout);
        }
        return { outs: await complete(work, pipeline, news, olds.tags ?? {}, timeout) };
    },

    async delete(_id, props) {
        const work = await connect(props);
        await work.delete(props.timeouts?.delete ?? DEFAULT_TIMEOUT);
    },
});

async function connect(inputs: OsisPipelineInputs): Promise<Work> {
    const subject = {
        type: TYPE,
        owner: inputs.owner,
        explain: (_code: string, message: string) => explainPipelineFailure(message),
    };
    const clients = await enter(inputs.account, subject);
    const api = new OsisApi(clients.osis);
    const all = lists.get(clients) ?? new SharedList(() => api.list());
    lists.set(clients, all);
    return new Work(api, all, subject, inputs);
}

/** Brings an accepted pipeline to where it should be; what fails on the way leaves it in the state. */
async function complete(
    work: Work,
    pipeline: DescribedPipeline,
    inputs: OsisPipelineInputs,
    formerTags: object,
    timeout: Duration,
): Promise<Outputs> {
    try {
        await work.retag(pipeline, formerTags);
        return outputs(inputs, await work.converge(timeout));
    } catch (error) {
        const now = await work.find().catch(() => undefined);
        throw new InitializationFailed(pipeline.PipelineArn, outputs(inputs, now ?? pipeline), error as Error);
    }
}

function outputs(inputs: OsisPipelineInputs, pipeline: DescribedPipeline): Outputs {
    return plain({
        ...inputs,
        pipelineArn: pipeline.PipelineArn,
        status: pipeline.Status,
        statusReason: pipeline.StatusReason?.Description ?? "",
        ingestEndpointUrls: pipeline.IngestEndpointUrls ?? [],
        vpcEndpoints: (pipeline.VpcEndpoints ?? []).map(({ VpcEndpointId = "", VpcId = "" }) => ({
            vpcEndpointId: VpcEndpointId,
            vpcId: VpcId,
        })),
        vpcEndpointService: pipeline.VpcEndpointService ?? "",
    });
}

/** The inputs that AWS may hold other values of than the state. */
function observed(props: OsisPipelineInputs, pipeline: DescribedPipeline): Partial<OsisPipelineInputs> {
    const present = inputsIn(pipeline, props);
    const ours = userTags(pipeline.tags);
    return {
        ...present,
        body: isSameBody(props.body, present.body) ? props.body : present.body,
        // A key of AWS's own, where the user left it to AWS.
        kmsKeyArn: props.kmsKeyArn === undefined ? undefined : present.kmsKeyArn,
        running: RUNS[pipeline.Status] ?? props.running,
        tags: Object.keys(ours).length > 0 || props.tags ? ours : undefined,
    };
}

/** The same network, whatever order it is written in. */
function inOneOrder(vpc: OsisVpc | undefined): OsisVpc | undefined {
    return (
        vpc && {
            ...vpc,
            subnetIds: sorted(vpc.subnetIds),
            securityGroupIds: sorted(vpc.securityGroupIds),
            endpointManagement: vpc.endpointManagement ?? "service",
        }
    );
}

/** What types ask for, a program in JavaScript may leave out: that there are none is for the rules to say. */
function sorted(ids: string[] = []): string[] {
    return [...ids].sort();
}
