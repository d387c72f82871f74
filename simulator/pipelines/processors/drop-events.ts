import { holds } from "../expressions/condition";
import { conditionProblems } from "../expressions/problems";
import { name, oneOf, options } from "../schema";
import type { Processor } from "./processor";

export const dropEvents: Processor = {
    schema: options(
        { drop_when: name, handle_failed_events: oneOf("drop", "drop_silently", "skip", "skip_silently") },
        ["drop_when"],
    ),
    check: ({ drop_when }, path) => conditionProblems(drop_when, `${path}.drop_when`),
    open:
        ({ drop_when, handle_failed_events = "skip" }) =>
        (event, now) => {
            // A condition and its negation both fail where they have no value for the event.
            const failed = !holds(drop_when, event, now) && !holds(`not (${drop_when})`, event, now);
            const dropped = failed ? handle_failed_events.startsWith("drop") : holds(drop_when, event, now);
            return dropped ? false : undefined;
        },
};
