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
    /** What Glue and the target role may not do. A call that is refused with such a text speaks of its caller instead. */
    ofIntegrationsOnly?: true;
}

/** Causes behind AWS's texts; the first that fits counts. */
const EXPLANATIONS: Explanation[] = [
    {
        text: /explicit deny/i,
        cause: "A statement with the effect Deny forbids it, and no Allow outweighs that",
        nextStep: "Find it in a policy of the kind that AWS names, and remove it or except from it whom AWS names",
    },
    {
        text: /lakeformation:GetDataAccess/i,
        cause: "Lake Formation governs the target, and the target role may not ask it for access to the files",
        nextStep: "Allow the role lakeformation:GetDataAccess; AWS goes on by itself",
        ofIntegrationsOnly: true,
    },
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
        text: /AWS managed key/i,
        cause: "The source table is encrypted with the AWS managed key aws/dynamodb, which zero-ETL cannot use",
        nextStep: "Encrypt the table with a key that AWS owns or with a customer managed key; AWS goes on by itself",
    },
    {
        text: /source( table)? .*not found/i,
        cause: "The source table does not exist",
        nextStep: "Create it again, or give the ARN of one that exists",
    },
    {
        text: /dynamodb:(DescribeTable|DescribeExport|ExportTableToPointInTime)|INVALID_TABLE_PERMISSIONS/i,
        cause: "The source table's policy does not let AWS export it",
        nextStep:
            "Allow glue.amazonaws.com (into a lakehouse) or redshift.amazonaws.com (into a warehouse) the three export actions there, for the account and the integrations of the source",
        ofIntegrationsOnly: true,
    },
    {
        text: /glue:AuthorizeInboundIntegration/i,
        cause: "The catalog's policy in the target's account does not accept this source",
        nextStep:
            "Allow glue.amazonaws.com glue:AuthorizeInboundIntegration there, on the catalog and the database, with the source's ARN as aws:SourceArn",
        ofIntegrationsOnly: true,
    },
    {
        text: /Target Glue database not found/i,
        cause: "The target database does not exist",
        nextStep: "Create it with the name in targetArn and a location in S3",
    },
    {
        text: /LocationUri/i,
        cause: "The target database has no location, and the tables' files go below it",
        nextStep: "Set its locationUri to s3://bucket/prefix/; AWS goes on by itself",
    },
    {
        text: /NoSuchBucket|bucket does not exist/i,
        cause: "The bucket of the target database's location does not exist",
        nextStep: "Create it in the database's Region, or give the database a location in another bucket",
    },
    {
        text: /bucket .*\bRegion\b/i,
        cause: "The bucket of the target database's location is in another Region",
        nextStep: "Give the database a location in a bucket of its own Region, and let the target role write there",
    },
    {
        text: /KMSKeyNotAccessible/i,
        cause: "The integration's own key cannot be used: it is disabled or gone, or the caller may not use it",
        nextStep:
            "See that the key is symmetric and enabled, and allow the caller kms:DescribeKey and kms:CreateGrant on it",
    },
    {
        text: /glue\.amazonaws\.com .*sts:AssumeRole|(cannot|can't|unable to|failed to) assume/i,
        cause: "Glue may not take the target role: the role is gone, or does not trust Glue",
        nextStep:
            "See that the role in the database's resource property exists, and that its trust policy allows glue.amazonaws.com sts:AssumeRole; AWS goes on by itself",
        ofIntegrationsOnly: true,
    },
    {
        text: /not authorized to perform:? ?(glue:GetConnection|ec2:(Describe|Create))/i,
        cause: "The target role may not use the VPC connection",
        nextStep: "Allow it glue:GetConnection on the connection and the ec2 actions that network interfaces need",
        ofIntegrationsOnly: true,
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
            "Where the target is in another account, let the target's stack run first, with lakehouse.accept() for this source. Otherwise allow the caller glue:CreateInboundIntegration on the target's catalog and database",
    },
    {
        text: /not authorized to perform:? ?(s3|glue|kms|logs|cloudwatch):/i,
        cause: "The target role lacks the permission that the message names",
        nextStep: "Allow it in the role's policy; AWS goes on by itself",
        ofIntegrationsOnly: true,
    },
    {
        text: /partition column .*(doesn't|does not) exist/i,
        cause: "No item has the attribute that the table is to be partitioned by",
        nextStep:
            "Correct partitionBy: names are case-sensitive, and a nested attribute is a.b.c; AWS goes on by itself",
    },
    {
        text: /partition column .*(convert|partitioned by)/i,
        cause: "An item's value does not fit the way in which the table is to be partitioned",
        nextStep: "Correct the item, or the format in partitionBy; AWS goes on by itself",
    },
    {
        text: /\d+ columns/i,
        cause: "The items have more attributes than AWS takes as columns of a table",
        nextStep: 'Set unnest to "top-level", where nested attributes stay together, or to "none"',
    },
    {
        text: /unsupported character ':'/i,
        cause: "An attribute's name has a colon, which AWS takes in no column and no nested field",
        nextStep: "Rename the attribute in all items",
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
        nextStep:
            "See that the property exists and names the role. If AWS does not go on by itself then, delete the integration and create it again",
    },
    {
        text: /at least one include statement/i,
        cause: "A source of PostgreSQL needs a filter that includes a database by its name",
        nextStep: 'Give one, such as "include: crm.*.*"',
    },
    {
        text: /not an authorized principal|warehouse does not exist|redshift:(CreateInboundIntegration|AuthorizeInboundIntegration)/i,
        cause: "The policy of the warehouse's namespace does not accept this source, or not from whoever creates the integration",
        nextStep:
            "Let the warehouse's stack run first, with warehouse.accept() for this source: it authorizes the source's ARN for redshift.amazonaws.com and, from another account, whoever creates the integration (creatorArns). Then create the integration again",
    },
    {
        text: /enable_case_sensitive_identifier|case.?sensitiv/i,
        cause: "Names are not case-sensitive in the warehouse",
        nextStep:
            "Set enable_case_sensitive_identifier to true, reboot a provisioned cluster, then create the integration again",
    },
    {
        text: /parameters? .*(not|wrong|incorrect|in-sync|reboot)|binlog_|aurora_enhanced_binlog|logical_replication|replica_identity/i,
        cause: "Parameters of the source are not as zero-ETL needs them, or wait for a reboot",
        nextStep:
            "Set them in the parameter group and reboot the writer where they are static; an integration that failed is created again",
    },
    {
        text: /primary key/i,
        cause: "A table has no primary key, and is not replicated",
        nextStep: "Add one, and AWS loads the table by itself; or exclude it with the filter",
    },
    {
        text: /unsupported (data|column) type/i,
        cause: "A column has a type that Redshift does not take",
        nextStep: "Exclude the table with the filter, or drop the column; then refresh the table",
    },
    {
        text: /on (delete|update) (cascade|set null|set default)|foreign key/i,
        cause: "Rows that change by a foreign key's cascade are not seen by the replication of MySQL",
        nextStep: "Take the cascade out of the table, or exclude it with the filter",
    },
    {
        text: /DATA_COLUMN_LENGTH_EXCEEDED|65,?535/i,
        cause: "A text is longer than Redshift's 65,535 bytes",
        nextStep: "Set truncateColumns on the database in the warehouse",
    },
    {
        text: /invalid UTF-?8|invalid characters? in/i,
        cause: "A text has characters that Redshift does not take",
        nextStep: "Set acceptInvalidCharacters on the database in the warehouse",
    },
    {
        text: /another operation is in progress/i,
        cause: "Something else is changing at the same target",
        nextStep: "Wait until it is done; changes at one target come one after the other",
    },
];

/**
 * What an error of AWS means and what to do, or `undefined` for one that is not known.
 *
 * @param of Where AWS said it: in an integration's own errors, or in answer to a call.
 */
export function explain(
    errorCode: string | undefined,
    message: string | undefined,
    of: "integration" | "call" = "integration",
): string | undefined {
    const said = `${errorCode ?? ""} ${message ?? ""}`;
    const explanation = EXPLANATIONS.find(
        ({ text, ofIntegrationsOnly }) => text.test(said) && !(ofIntegrationsOnly && of === "call"),
    );
    return explanation && `${explanation.cause}. ${explanation.nextStep}.`;
}

/** An event that Redshift reports of an integration. */
export interface IntegrationEvent {
    severity: "info" | "warning" | "error";
    meaning: string;
    /** What to do, where there is something to do. */
    nextStep?: string;
}

const info = (meaning: string): IntegrationEvent => ({ severity: "info", meaning });
const alert = (meaning: string, nextStep: string): IntegrationEvent => ({ severity: "warning", meaning, nextStep });
const failure = (meaning: string, nextStep: string): IntegrationEvent => ({ severity: "error", meaning, nextStep });

const RECREATE = "Delete the integration and create it again";

/** By the number at the end of `REDSHIFT-INTEGRATION-EVENT-0000`. */
const EVENTS: Record<string, IntegrationEvent> = {
    "0000": info("The integration was created and is active"),
    "0001": info("The integration was deleted"),
    "0002": info("The integration is being deleted"),
    "0003": info("The integration is syncing"),
    "0004": alert("A table has no primary key", "Add one: AWS loads the table by itself"),
    "0005": alert(
        "A column has a type that Redshift does not take",
        "Exclude the table with the filter, or drop the column and refresh the table",
    ),
    "0006": failure("The integration could not be created", RECREATE),
    "0007": failure("The data could not be loaded", RECREATE),
    "0008": failure(
        "The source is not authorized any more, or the key cannot be used",
        `Put the namespace's policy or the key right. ${RECREATE}`,
    ),
    "0009": failure("There are too many tables or schemas", "Exclude some with the filter"),
    "0012": failure("The serverless namespace was restored from a recovery point", RECREATE),
    "0013": info("The integration is active again"),
    "0014": failure("The integration could not be changed", RECREATE),
    "0016": info("The integration is being changed"),
    "0017": info("The integration was changed"),
    "0018": alert("The warehouse is pausing", "Resume it to go on"),
    "0019": alert("The warehouse is paused", "Resume it to go on"),
    "0020": alert("The warehouse is resuming", "Wait"),
    "1000": failure("Parameters of the source are wrong", "Set them, and reboot the writer where they are static"),
    "1001": failure(
        "enable_case_sensitive_identifier is not true in the warehouse",
        "Set it to true, and reboot a provisioned cluster",
    ),
    "1002": failure("cdc_insert_enabled is not true in the warehouse", "Set it to true"),
    "1003": failure("binlog_format is not ROW", "Set it to ROW"),
    "1004": failure("binlog_transaction_compression is ON", "Set it to OFF"),
    "1005": failure("binlog_row_value_options is PARTIAL_JSON", "Take the value away"),
    "1006": alert("The filter cannot be read", "Correct it"),
};

/** What an event such as `REDSHIFT-INTEGRATION-EVENT-0008` says; `undefined` for one that this version does not know. */
export function integrationEvent(eventId: string): IntegrationEvent | undefined {
    return EVENTS[/^REDSHIFT-INTEGRATION-EVENT-(\d{4})$/.exec(eventId)?.[1] ?? ""];
}
