/** How an integration is: what a wait, a diff and an alarm ask. `unknown` is a status that this version does not know. */
export type IntegrationHealth = "pending" | "healthy" | "needs attention" | "failed" | "unknown";

const HEALTH: Record<string, IntegrationHealth> = {
    CREATING: "pending",
    MODIFYING: "pending",
    DELETING: "pending",
    // In AWS's documentation, though not among the values of its API.
    CREATED: "pending",
    ACTIVE: "healthy",
    // A new snapshot after a change of types or an error that passed: it becomes active by itself.
    SYNCING: "healthy",
    REPLICATING: "healthy",
    NEEDS_ATTENTION: "needs attention",
    FAILED: "failed",
};

/** AWS tries again for so long after NEEDS_ATTENTION, and goes on by itself once the cause is gone; then FAILED is the end. */
export const RETRY_DAYS = 7;

/** Glue writes a status in upper case, RDS and Redshift in lower case. */
export function healthOf(status: string): IntegrationHealth {
    return HEALTH[status.toUpperCase()] ?? "unknown";
}

interface Explanation {
    text: RegExp;
    cause: string;
    nextStep: string;
}

/** Causes behind AWS's texts; the first that fits counts. */
const EXPLANATIONS: Explanation[] = [
    {
        text: /lake ?formation/i,
        cause: "Lake Formation governs the target, and the target role lacks grants there",
        nextStep:
            "Allow it lakeformation:GetDataAccess, and grant it ALL on the database and its tables and DATA_LOCATION_ACCESS on the S3 location",
    },
    {
        text: /point.?in.?time.?recovery|\bPITR\b/i,
        cause: "Point-in-time recovery of the source table is off",
        nextStep: "Turn it on; AWS goes on by itself",
    },
    {
        text: /dynamodb:(DescribeTable|DescribeExport|ExportTableToPointInTime)/i,
        cause: "The source table's policy does not let Glue export it",
        nextStep:
            "Allow glue.amazonaws.com the three export actions there, for the account and the integrations of the source",
    },
    {
        text: /glue:AuthorizeInboundIntegration/i,
        cause: "The catalog's policy in the target's account does not accept this source",
        nextStep:
            "Allow glue.amazonaws.com glue:AuthorizeInboundIntegration there, with the source's ARN as aws:SourceArn",
    },
    {
        text: /Target Glue database not found/i,
        cause: "The target database is gone",
        nextStep: "Create it again with the same name and location",
    },
    {
        text: /not authorized to perform:? ?(glue:GetConnection|ec2:(Describe|Create))/i,
        cause: "The target role may not use the VPC connection",
        nextStep: "Allow it glue:GetConnection on the connection and the ec2 actions that network interfaces need",
    },
    {
        text: /does not contain a valid S3 endpoint or NAT gateway|Can't connect to (S3|Lambda) through|Connection (subnet|security group) not found/i,
        cause: "The writers cannot reach AWS from the connection's subnet",
        nextStep: "Give the subnet an S3 gateway endpoint or a NAT gateway, and endpoints for Glue, STS and Lambda",
    },
    {
        text: /not authorized to perform:? ?glue:CreateInboundIntegration/i,
        cause: "The caller may not point an integration at this target",
        nextStep:
            "Allow glue:CreateInboundIntegration on the target's catalog and database in the caller's policy, and in another account also in the catalog's policy there",
    },
    {
        text: /not authorized to perform:? ?(s3|glue|kms|logs|cloudwatch):/i,
        cause: "The target role lacks the permission that the message names",
        nextStep: "Allow it; AWS goes on by itself",
    },
    {
        text: /contains invalid characters/i,
        cause: "AWS does not take the name of the database or the table",
        nextStep: "Use lower-case letters, digits and underscores",
    },
    {
        text: /Provided target id is not valid/i,
        cause: "The target is not one that AWS takes, such as a namespace in place of its table bucket",
        nextStep: "Give the database, or the catalog s3tablescatalog/bucket with targetNamespace",
    },
    {
        text: /UNRECOVERABLE_ACCESS_DENIED/i,
        cause: "The target has no resource property with a role, or the role was too new for AWS to know it",
        nextStep: "See that the property exists and names the role, then create the integration again",
    },
    {
        text: /another operation is in progress/i,
        cause: "Something else is changing at the same target",
        nextStep: "Wait until it is done; changes at one target come one after the other",
    },
];

/** What an error of an integration means and what to do, or `undefined` for one that is not known. */
export function explain(errorCode: string | undefined, message: string | undefined): string | undefined {
    const said = `${errorCode ?? ""} ${message ?? ""}`;
    const explanation = EXPLANATIONS.find(({ text }) => text.test(said));
    return explanation && `${explanation.cause}. ${explanation.nextStep}.`;
}
