import { capacityProblems } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { pipelineInputs, pipelineProblems, pointedBy, READS_OF_BODY } from "../stack/pipelines";
import { distinct, warnings } from "../stack/problems";
import type { Resource } from "../stack/resource";
import { DYNAMODB_TABLE, PIPELINES } from "../stack/types";
import { CannotTellYet, found, readEach } from "../stack/unknown";

export const pipelineCapacityRule = {
    id: "pipeline-capacity",
    title: "A pipeline has two units, and as many as the writes of its table and its processors need.",
    level: "advisory",
    severity: "medium",
    reads: [
        ...PIPELINES.map((type) => `${type} minUnits, maxUnits`),
        ...READS_OF_BODY,
        `${DYNAMODB_TABLE} billingMode, writeCapacity, onDemandThroughput`,
    ],
    why: "A unit carries about 1 MB a second, or 1000 write units of a table. A pipeline that is too small falls behind, and a stream keeps changes for 24 hours; one unit is in one zone.",
    fix: "Give as many units as the message names.",
    subjects: (stack) => stack.ofType(...PIPELINES),
    judge: (pipeline, stack) => {
        const { minUnits, maxUnits } = pipelineInputs(pipeline);
        if (typeof minUnits !== "number" || typeof maxUnits !== "number") {
            throw new CannotTellYet("the units are not known");
        }
        const table = pointedBy(stack, pipeline, DYNAMODB_TABLE);
        const load = { writeCapacityUnits: table && writeUnitsOf(table) };
        // Numbers that AWS refuses are what pipeline-limits tells.
        const advice = readEach(
            [
                () => warnings(capacityProblems("", { minUnits, maxUnits }, load)),
                () =>
                    pipelineProblems(pipeline, {
                        about: ["minUnits", "maxUnits"],
                        reads: ["body", "persistentBuffer"],
                        isMeant: ({ severity }) => severity === "warning",
                    }),
            ],
            (read) => read(),
        );
        return found({ ...advice, values: distinct(advice.values) }, "the body is not known");
    },
} as const satisfies Rule;

/** What a table may be written at most, as far as it is declared: a table on demand without a limit tells nothing. */
function writeUnitsOf(table: Resource): number | undefined {
    const limit =
        table.declared<string>("billingMode") === "PAY_PER_REQUEST"
            ? table.declared<number>("onDemandThroughput.maxWriteRequestUnits")
            : table.declared<number>("writeCapacity");
    // The provider's word for "none" is -1.
    return limit === undefined || limit < 0 ? undefined : limit;
}
