import { duration, flag, options, ROLE, text, name } from "../schema";

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
export const extension = options({
    aws: options({ secrets: { type: "object", additionalProperties: secret } }),
});
