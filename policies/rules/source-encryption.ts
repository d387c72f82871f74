import { declaredEncryption, dynamoDbSourceProblems } from "../../sdk/requirements";
import type { Rule } from "../rule";
import { DYNAMODB_TABLE } from "../stack/types";

export const sourceEncryption = {
    id: "source-encryption",
    title: "A source table is not encrypted with the AWS managed key.",
    level: "mandatory",
    severity: "critical",
    reads: [`${DYNAMODB_TABLE} serverSideEncryption`],
    why: "Zero-ETL refuses the key aws/dynamodb: its policy is AWS's own, so that nobody can let Glue use it.",
    fix: "Leave serverSideEncryption out, or give a customer managed key as its kmsKeyArn.",
    subjects: (stack, scope) => stack.sources(scope, stack.exportingIntegrations),
    // As declared: once the table exists, the provider fills in the key's ARN, which does not tell whose key it is.
    judge: (table) => {
        const enabled = table.declared<boolean>("serverSideEncryption.enabled") ?? false;
        const kmsKeyArn = enabled ? table.declared<string>("serverSideEncryption.kmsKeyArn") : undefined;
        return dynamoDbSourceProblems("serverSideEncryption", {
            encryption: declaredEncryption({ enabled, kmsKeyArn }),
        });
    },
} as const satisfies Rule;
