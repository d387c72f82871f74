import { isDeepStrictEqual } from "node:util";

import { validate } from "@aws-sdk/util-arn-parser";

import { parseArn } from "../../requirements/arn";
import { durationProblems, durationSeconds, type Duration } from "../../requirements/duration";
import { problem, type Problem } from "../../requirements/errors";
import { healthOf } from "../../requirements/integration-health";
import { enter } from "../account-guard";
import type { Clients } from "../clients";
import { awsFailure, describeErrors, isNotFound, ResourceError, type IntegrationError, type Subject } from "../errors";
import { handlerOf, inputsOf, type CommonInputs, type InputRules } from "../handler";
import { poll } from "../poll";
import { isUnknown, plain } from "../values";

import type { Integration, IntegrationApi, IntegrationInputs } from "./core";
import { GlueApi } from "./glue";
import { RdsApi } from "./rds";
import { RedshiftApi } from "./redshift";

export interface IntegrationHealthInputs extends CommonInputs {
    /** Of RDS, Redshift and Glue, all of one account and Region. */
    integrationArns: string[];
    /** `none` tells how they are, and waits for nothing. @default "healthy" */
    waitFor?: "healthy" | "none";
    /** What becomes of the update when one needs attention, or has failed. @default "fail" */
    whenUnhealthy?: "fail" | "warn";
    /** @default "60m" */
    timeout?: Duration;
}

/** What AWS tells of an integration that anybody may have changed. */
type Settings = Pick<IntegrationInputs, "integrationName" | "description"> & {
    dataFilter?: string;
    refreshInterval?: string;
};

export interface ObservedIntegration {
    integrationArn: string;
    sourceArn: string;
    targetArn: string;
    /** In upper case; `GONE` when AWS knows none of the ARN. */
    status: string;
    errors: IntegrationError[];
    settings: Settings;
    /** The settings that somebody has changed since the last update. */
    drift: { setting: string; was: string; is: string }[];
}

export interface IntegrationHealthOutputs {
    integrations: ObservedIntegration[];
    /** Whether all of them are. */
    healthy: boolean;
    /** A sentence or two for each that is not, with AWS's errors and what to do. */
    warnings: string[];
}

type Outputs = IntegrationHealthInputs & IntegrationHealthOutputs;

const TYPE = "IntegrationHealth";
const GONE = "GONE";
const DEFAULT_TIMEOUT = "60m";

const APIS: Record<string, (clients: Clients) => IntegrationApi<IntegrationInputs & Settings>> = {
    glue: (clients) => new GlueApi(clients),
    rds: (clients) => new RdsApi(clients),
    redshift: (clients) => new RedshiftApi(clients),
};

const rules: InputRules<IntegrationHealthInputs> = {
    keys: ["integrationArns", "waitFor", "whenUnhealthy", "timeout"],
    place: ({ integrationArns }) => ({
        argument: "integrationArns",
        arn: isUnknown(integrationArns) ? "" : (integrationArns[0] ?? ""),
    }),
    canonical: (inputs) => ({
        ...inputs,
        integrationArns: isUnknown(inputs.integrationArns)
            ? inputs.integrationArns
            : [...new Set(inputs.integrationArns)].sort(),
    }),
    problems: ({ integrationArns, timeout }) => [
        ...(isUnknown(integrationArns) ? [] : integrationArns.flatMap(arnProblems)),
        ...durationProblems("timeout", timeout),
    ],
    replaces: () => false,
};

/** How integrations are that anybody may have made; one waits for the whole list. */
export const integrationHealth = handlerOf<IntegrationHealthInputs, Outputs>(rules, {
    judge: ({ healthy, integrations = [] }, { waitFor }) => ({
        changes: (!healthy && waitFor !== "none") || integrations.some(({ drift }) => drift.length > 0),
    }),

    async create(inputs) {
        return { id: inputs.owner, outs: await settled(inputs) };
    },

    async read(id, props) {
        const { integrations = [] } = props;
        const settings = new Map(integrations.map((each) => [each.integrationArn, each.settings]));
        const found = (await look(props)).map((each) => ({
            ...each,
            drift: driftOf(settings.get(each.integrationArn) ?? each.settings, each.settings),
            // What the last update saw: another refresh is to tell of it too.
            settings: settings.get(each.integrationArn) ?? each.settings,
        }));
        return { id, props: outputs(props, found), inputs: plain(inputsOf(rules, props)) };
    },

    async update(_id, _olds, news) {
        return { outs: await settled(news) };
    },

    async delete() {
        // It only looks: the integrations are others'.
    },
});

/** Waits until all are healthy, or until there is no use in waiting. */
async function settled(inputs: IntegrationHealthInputs): Promise<Outputs> {
    const { waitFor = "healthy", whenUnhealthy = "fail", timeout = DEFAULT_TIMEOUT } = inputs;
    let latest: ObservedIntegration[] = [];
    await poll(waitFor === "none" ? 0 : durationSeconds(timeout)!, async () => {
        latest = await look(inputs);
        return latest.every(({ status }) => healthOf(status) !== "pending") || undefined;
    });
    const outs = outputs(inputs, latest);
    if (waitFor === "healthy" && whenUnhealthy === "fail" && !outs.healthy) {
        throw new ResourceError(
            subjectOf(inputs),
            outs.warnings.join(" "),
            'Put the causes right and run the update again, or say whenUnhealthy: "warn"',
        );
    }
    return outs;
}

async function look(inputs: IntegrationHealthInputs): Promise<ObservedIntegration[]> {
    const clients = await enter(inputs.account, subjectOf(inputs));
    const services = [...new Set(inputs.integrationArns.map(serviceOf))];
    // One list of each service is one call for up to a hundred.
    const lists = await Promise.all(
        services.map((service) =>
            APIS[service]!(clients)
                .list()
                .catch((error) => {
                    throw awsFailure(subjectOf(inputs), `AWS does not list the integrations of ${service}`, error);
                }),
        ),
    );
    const byArn = new Map(lists.flat().map((each) => [each.arn, each]));
    return Promise.all(
        inputs.integrationArns.map(async (arn) => observed(arn, byArn.get(arn) ?? (await find(clients, arn, inputs)))),
    );
}

/** A new one may not be in the list at once. */
async function find(clients: Clients, arn: string, inputs: IntegrationHealthInputs) {
    return APIS[serviceOf(arn)]!(clients)
        .get(arn)
        .catch((error) => {
            if (isNotFound(error)) {
                return undefined;
            }
            throw awsFailure(subjectOf(inputs), `AWS does not describe ${arn}`, error);
        });
}

function observed(
    integrationArn: string,
    found: Integration<IntegrationInputs & Settings> | undefined,
): ObservedIntegration {
    const { integrationName = "", sourceArn = "", targetArn = "", ...more } = found?.inputs ?? {};
    const { description, dataFilter, refreshInterval } = more as Partial<Settings>;
    return {
        integrationArn,
        sourceArn,
        targetArn,
        status: found?.status ?? GONE,
        errors: found?.errors ?? [],
        settings: plain({ integrationName, description, dataFilter, refreshInterval }),
        drift: [],
    };
}

function driftOf(was: Settings, is: Settings): ObservedIntegration["drift"] {
    return (["integrationName", "description", "dataFilter", "refreshInterval"] as const)
        .filter((setting) => !isDeepStrictEqual(was[setting], is[setting]))
        .map((setting) => ({ setting, was: was[setting] ?? "", is: is[setting] ?? "" }));
}

function outputs(inputs: IntegrationHealthInputs, integrations: ObservedIntegration[]): Outputs {
    const unhealthy = integrations.filter(({ status }) => healthOf(status) !== "healthy");
    return plain({ ...inputs, integrations, healthy: unhealthy.length === 0, warnings: unhealthy.map(inWords) });
}

function inWords({ integrationArn, settings, status, errors }: ObservedIntegration): string {
    const name = settings.integrationName ? `"${settings.integrationName}" (${integrationArn})` : integrationArn;
    return status === GONE
        ? `The integration ${integrationArn} does not exist.`
        : `The integration ${name} is ${status}. ${describeErrors(errors)}`.trim();
}

function arnProblems(arn: string, index: number): Problem[] {
    const isIntegration = validate(arn) && serviceOf(arn) in APIS && /^integration[:/]/.test(parseArn(arn).resource);
    return isIntegration
        ? []
        : [
              problem(
                  `integrationArns[${index}]`,
                  `"${arn}" is not an integration of RDS, Redshift or Glue`,
                  "Give arn:partition:service:region:account:integration:id",
              ),
          ];
}

function serviceOf(arn: string): string {
    return parseArn(arn).service;
}

function subjectOf({ owner }: CommonInputs): Subject {
    return { type: TYPE, owner };
}
