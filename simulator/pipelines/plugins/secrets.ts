import { hours } from "../../world/clock";
import { millisecondsOf } from "../duration";
import { duration, flag, name, options, ROLE, text, type Plugin } from "../schema";

/** The secret's new text is looked for no more often. */
const MIN_REFRESH = hours(1);

const secret = options(
    {
        secret_id: text(1, 512),
        region: name,
        ...ROLE,
        refresh_interval: duration,
        disable_refresh: flag,
        skip_validation_on_start: flag,
    },
    ["secret_id"],
);

/** `extension`: secrets of AWS Secrets Manager, by the ids that `${{aws_secrets:id:key}}` names. */
export const extension: Plugin = {
    schema: options({ aws: options({ secrets: { type: "object", additionalProperties: secret } }) }),
    check: ({ aws }, path) =>
        Object.entries<{ refresh_interval?: string }>(aws?.secrets ?? {})
            .filter(([, { refresh_interval: interval }]) => interval && millisecondsOf(interval) < MIN_REFRESH)
            .map(([id]) => ({ path: `${path}.aws.secrets.${id}.refresh_interval`, message: "must be 1 hour or more" })),
};
