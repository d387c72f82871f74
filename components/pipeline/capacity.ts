import type * as pulumi from "@pulumi/pulumi";

import {
    capacityProblems,
    InvalidArgument,
    pipelineCapacity,
    refuse,
    type PipelineLoad,
    type PipelineUnits,
} from "../../sdk/requirements";
import { warnOf } from "../checked";

/**
 * How large a pipeline is, in compute units of about 1 MB a second and 150 shards of a stream: so many at least and at most; or what it has to keep up with,
 * from which they follow. Both together: the units, and a warning where they do not fit.
 */
export type PipelineCapacityArgs = PipelineUnits | PipelineLoad | (PipelineUnits & PipelineLoad);

/** The units, once it is known that AWS takes them; a warning where they are too few. */
export function unitsOf(component: pulumi.Resource, capacity: PipelineCapacityArgs = {}): PipelineUnits {
    const { minUnits, maxUnits, ...load } = capacity as Partial<PipelineUnits> & PipelineLoad;
    if ((minUnits === undefined) !== (maxUnits === undefined)) {
        const [given, missing] = minUnits === undefined ? ["maxUnits", "minUnits"] : ["minUnits", "maxUnits"];
        throw new InvalidArgument(`capacity.${missing}`, `It is not given, and ${given} is`, "Give both, or neither");
    }
    const units = minUnits === undefined || maxUnits === undefined ? pipelineCapacity(load) : { minUnits, maxUnits };
    const problems = capacityProblems("capacity", units, load);
    refuse(problems);
    warnOf(component, problems);
    return units;
}
