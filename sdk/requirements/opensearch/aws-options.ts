import { mapOf, text } from "./options";

/** How a pipeline gets at AWS. */
export interface PipelineAws {
    /** @default - where the service reads it elsewhere than from the pipeline, us-east-1: so it is always written */
    region?: string;
    /** @default - the pipeline's own role */
    stsRoleArn?: string;
    /** 2 to 1224 characters. */
    stsExternalId?: string;
    /** At most five. */
    stsHeaderOverrides?: Record<string, string>;
}

export const REGION = text({ pattern: /^[a-z]{2,}(-[a-z]+)+-\d$/, form: "a Region, such as eu-west-1" });
export const ROLE_ARN = text({
    min: 20,
    max: 2048,
    pattern: /^arn:[\w-]+:iam::\d{12}:role\/.+$/,
    form: "the ARN of a role",
});
export const BUCKET = text({
    min: 3,
    max: 63,
    pattern: /^[a-z0-9][a-z0-9.-]*[a-z0-9]$/,
    form: "the name of a bucket, without s3:// or an ARN",
});

/** What every plugin's `aws` takes. */
export const AWS_OPTIONS = {
    region: REGION,
    stsRoleArn: ROLE_ARN,
    stsExternalId: text({ min: 2, max: 1224 }),
    stsHeaderOverrides: mapOf(text(), { max: 5 }),
};
