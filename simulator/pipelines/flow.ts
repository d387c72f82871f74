import type { PipelineBody, SubPipeline } from "./body";
import { holds } from "./expressions/condition";
import { processors } from "./processors";
import type { Step } from "./processors/processor";
import type { SearchSink } from "./sink";
import type { PipelineEvent } from "./source";

/** Where events of a sub-pipeline go: a sink, or the next sub-pipeline, for those of some routes. */
interface Outlet {
    routes: string[];
    to: SearchSink | Flow;
}

/** A sub-pipeline at work: its processors in their order, its routes, and what they lead to. */
export class Flow {
    private constructor(
        private readonly definition: SubPipeline,
        private readonly steps: Step[],
        private readonly outlets: Outlet[],
    ) {}

    /** @param openSink what stands for a sink of OpenSearch */
    static open(body: PipelineBody, name: string, openSink: (sink: OpenedSink) => SearchSink): Flow {
        const definition = body.subPipelines.find((each) => each.name === name)!;
        return new Flow(
            definition,
            definition.processors.map((use) => processors[use.name].open(use.options)),
            definition.sinks.map((use) => ({
                routes: use.options.routes ?? [],
                to:
                    use.name === "pipeline"
                        ? Flow.open(body, use.options.name, openSink)
                        : openSink({ ...use, subPipeline: definition }),
            })),
        );
    }

    /** @param now the world's time, in milliseconds */
    async process(events: PipelineEvent[], now: number, processed: (subPipeline: string, count: number) => void) {
        const kept = events.filter((event) => this.steps.every((step) => step(event, now) !== false));
        processed(this.definition.name, events.length);
        for (const { routes, to } of this.outlets) {
            const led = kept.filter((event) => this.leads(routes, event, now)).map((event) => structuredClone(event));
            await (to instanceof Flow ? to.process(led, now, processed) : to.accept(led));
        }
    }

    /** A sink without routes gets everything, one of `_default` what no route takes. */
    private leads(routes: string[], event: PipelineEvent, now: number): boolean {
        const takes = (name: string) => holds(this.definition.routes[name], event, now);
        return (
            routes.length === 0 ||
            routes.some((name) =>
                name === "_default" ? !Object.keys(this.definition.routes).some(takes) : takes(name),
            )
        );
    }
}

export type OpenedSink = SubPipeline["sinks"][number] & { subPipeline: SubPipeline };
