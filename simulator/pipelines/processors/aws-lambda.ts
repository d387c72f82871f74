import { conditionProblems } from "../expressions/problems";
import { awsOptions, listOf, name, oneOf, options, text } from "../schema";
import { NotSimulated } from "../not-simulated";
import type { Processor } from "./processor";

/** May stand in a body; a pipeline with it does not start, since the simulator has no Lambda. */
export const awsLambda: Processor = {
    schema: options(
        {
            function_name: name,
            aws: awsOptions,
            invocation_type: oneOf("request-response", "event"),
            batch: { type: "object" },
            response_mode: text(),
            lambda_when: text(),
            tags_on_failure: listOf({ type: "string" }),
        },
        ["function_name", "aws"],
    ),
    check: ({ lambda_when }, path) => conditionProblems(lambda_when, `${path}.lambda_when`),
    open() {
        throw new NotSimulated("the processor aws_lambda is not simulated");
    },
};
