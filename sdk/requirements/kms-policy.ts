import { parseArn } from "./arn";
import { GLUE_SERVICE, REDSHIFT_SERVICE, type Statement } from "./policy-document";

/** The key of an integration, and who uses it. */
export interface IntegrationKeyGrant {
    /** Which API makes the integration. */
    api: "rds" | "redshift";
    /** A warehouse or, for `rds`, a catalog. */
    targetArn: string;
    /** Region and account of the integration. */
    sourceArn: string;
    /** Roles that create the integration. */
    principalArns: string[];
    /** As in the integration. */
    encryptionContext?: Record<string, string>;
    /**
     * Whether only integrations of the source's account may use the key. AWS's sample for DynamoDB has the condition, and
     * its page on troubles says that there must be none.
     * @default false
     */
    onlyOwnIntegrations?: boolean;
}

/** The statements that the policy of a customer's key needs for an integration, beside those of its administrators. */
export function integrationKeyStatements(grant: IntegrationKeyGrant): Statement[] {
    const { api, targetArn, sourceArn, principalArns, encryptionContext = {}, onlyOwnIntegrations = false } = grant;
    const { partition, region, accountId } = parseArn(sourceArn, "sourceArn");
    const service = parseArn(targetArn, "targetArn").service === "glue" ? GLUE_SERVICE : REDSHIFT_SERVICE;
    const context = Object.fromEntries(
        Object.entries(encryptionContext).map(([key, value]) => [`kms:EncryptionContext:${key}`, value]),
    );
    const grants = { "ForAllValues:StringEquals": { "kms:GrantOperations": GRANT_OPERATIONS } };
    return [
        {
            Sid: "ZeroEtlIntegration",
            Effect: "Allow",
            Principal: { Service: service },
            Action: "kms:CreateGrant",
            Resource: "*",
            Condition: {
                ...grants,
                ...equals({ ...context, ...(onlyOwnIntegrations ? { "aws:SourceAccount": accountId } : {}) }),
                ...(onlyOwnIntegrations
                    ? { ArnLike: { "aws:SourceArn": `arn:${partition}:*:${region}:${accountId}:integration:*` } }
                    : {}),
            },
        },
        {
            Sid: "ZeroEtlCreator",
            Effect: "Allow",
            Principal: { AWS: principalArns },
            Action: "kms:CreateGrant",
            Resource: "*",
            Condition: {
                ...grants,
                ...equals({ ...context, "kms:ViaService": `${api}.${region}.amazonaws.com` }),
            },
        },
        {
            Sid: "ZeroEtlCreatorLooks",
            Effect: "Allow",
            Principal: { AWS: principalArns },
            Action: "kms:DescribeKey",
            Resource: "*",
        },
    ];
}

const GRANT_OPERATIONS = ["Decrypt", "GenerateDataKey", "CreateGrant"];

/** What Redshift needs of the key that encrypts a DynamoDB table which it exports. */
export function tableKeyStatement({ tableArn }: { tableArn: string }): Statement {
    const { partition, region, accountId } = parseArn(tableArn, "tableArn");
    return {
        Sid: "ZeroEtlExport",
        Effect: "Allow",
        Principal: { Service: REDSHIFT_SERVICE },
        Action: "kms:Decrypt",
        Resource: "*",
        Condition: {
            StringEquals: { "aws:SourceAccount": accountId },
            ArnLike: { "aws:SourceArn": `arn:${partition}:redshift:${region}:${accountId}:integration:*` },
        },
    };
}

function equals(keys: Record<string, string>): NonNullable<Statement["Condition"]> {
    return Object.keys(keys).length === 0 ? {} : { StringEquals: keys };
}
