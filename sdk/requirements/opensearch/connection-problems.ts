import { problem, type Problem } from "../errors";
import { openSearchSinksOf, type SubPipeline } from "./document";
import { isMapping, shown, type Mapping } from "./options";

/** Pipelines that hand over to each other: both say so, and nothing comes back to where it was. */
export function connectionProblems(pipelines: SubPipeline[]): Problem[] {
    const targetsOf = (pipeline: SubPipeline) =>
        pipeline.sinks.filter(({ name }) => name === "pipeline").map((sink) => ({ ...sink, to: sink.options.name }));
    const find = (name: unknown) => pipelines.find((pipeline) => pipeline.name === name);
    const originOf = ({ source }: SubPipeline) => (source?.name === "pipeline" ? source.options.name : undefined);

    const unpaired = pipelines.flatMap((pipeline) => {
        const origin = originOf(pipeline);
        const from = find(origin);
        return [
            ...targetsOf(pipeline).flatMap(({ path, to }) =>
                find(to) === undefined || originOf(find(to)!) !== pipeline.name
                    ? [
                          problem(
                              path,
                              `${shown(to)} has not ${pipeline.name} as its source`,
                              "Give both: the sink here, and the source there",
                          ),
                      ]
                    : [],
            ),
            ...(pipeline.source?.name === "pipeline" &&
            !(from && targetsOf(from).some(({ to }) => to === pipeline.name))
                ? [
                      problem(
                          pipeline.source.path,
                          `${shown(origin)} has not ${pipeline.name} among its sinks`,
                          "Give both: the source here, and the sink there",
                      ),
                  ]
                : []),
        ];
    });

    const isCyclic = (pipeline: SubPipeline) => {
        const reached = new Set<string>();
        const waiting = targetsOf(pipeline);
        for (let next = waiting.pop(); next; next = waiting.pop()) {
            const target = find(next.to);
            if (target && !reached.has(target.name)) {
                reached.add(target.name);
                waiting.push(...targetsOf(target));
            }
        }
        return reached.has(pipeline.name);
    };
    return [
        ...unpaired,
        ...pipelines
            .filter(isCyclic)
            .map(({ path }) => problem(`${path}.sink`, "What goes there comes back", "Break the circle")),
    ];
}

/** One domain or collection for a whole body. */
export function destinationProblems(argument: string, body: Mapping): Problem[] {
    const sinks = openSearchSinksOf(argument, body).map(({ path, options }) => ({ path, hosts: hostsOf(options) }));
    const [first] = sinks;
    return sinks
        .filter(({ hosts }) => hosts !== first!.hosts)
        .map(({ path }) =>
            problem(
                `${path}.hosts`,
                "It is another domain or collection",
                "OpenSearch Ingestion writes to one: make another pipeline",
            ),
        );
}

function hostsOf({ hosts }: Mapping): string {
    return JSON.stringify((Array.isArray(hosts) ? hosts : []).map((host) => String(host).replace(/\/$/, "")).sort());
}

/** One role for every sink. */
export function roleProblems(argument: string, body: Mapping): Problem[] {
    const roles = openSearchSinksOf(argument, body).map(({ path, options: { aws } }) => ({
        path,
        role: isMapping(aws) ? aws.sts_role_arn : undefined,
    }));
    const [first] = roles;
    return roles
        .filter(({ role }) => role !== first!.role)
        .map(({ path }) =>
            problem(`${path}.aws.sts_role_arn`, "It is another role than the first sink's", "Give every sink the same"),
        );
}
