interface Explanation {
    text: RegExp;
    /** What lies behind AWS's text, and what to do. */
    inWords: string;
}

/** The first that fits counts: rights that are missing come before what they are missing for. */
const EXPLANATIONS: Explanation[] = [
    {
        text: /sts:AssumeRole|\b(cannot|can't|unable to|failed to|could not)\b.*\bassume/i,
        inWords:
            "OpenSearch Ingestion may not take the pipeline's role: see that the role exists, and that its trust policy allows osis-pipelines.amazonaws.com sts:AssumeRole for pipelines of this account",
    },
    {
        text: /iam:PassRole/i,
        inWords: "Allow whoever runs Pulumi iam:PassRole on the pipeline's role",
    },
    {
        text: /osis:ValidatePipeline/i,
        inWords:
            "Allow whoever runs Pulumi osis:ValidatePipeline: AWS asks for it before it creates or changes a pipeline",
    },
    {
        text: /logs:(CreateLogDelivery|UpdateLogDelivery|DeleteLogDelivery|GetLogDelivery|ListLogDeliveries|PutResourcePolicy|DescribeResourcePolicies)/i,
        inWords: "Allow whoever runs Pulumi the log delivery actions of CloudWatch Logs, or leave logGroupName out",
    },
    {
        text: /iam:CreateServiceLinkedRole/i,
        inWords:
            "Allow whoever runs Pulumi iam:CreateServiceLinkedRole: the first pipeline of an account makes the service's role",
    },
    {
        text: /dynamodb:DescribeExport/i,
        inWords:
            "Allow the pipeline's role dynamodb:DescribeExport on the table's exports (…:table/name/export/*): the table itself is not enough",
    },
    {
        text: /dynamodb:(DescribeStream|GetRecords|GetShardIterator)/i,
        inWords: "Allow the pipeline's role the action that AWS names on the table's streams (…:table/name/stream/*)",
    },
    {
        text: /aoss:|data access polic/i,
        inWords:
            "Allow the pipeline's role aoss:BatchGetCollection and aoss:APIAccessAll, and give it the index permissions in a data access policy of the collection; the sink of a collection says serverless: true",
    },
    {
        text: /security_exception|no permissions for \[/i,
        inWords:
            "The domain has fine-grained access control: map the pipeline's role, as a backend role, to a role of OpenSearch that may write the index",
    },
    {
        text: /es:(ESHttp|DescribeDomain)/i,
        inWords:
            "Allow the pipeline's role es:DescribeDomain and es:ESHttp* on the domain, in its own policy and in the domain's access policy",
    },
    {
        text: /secretsmanager:|aws_secrets/i,
        inWords:
            "Allow the pipeline's role secretsmanager:GetSecretValue on the secret, and see that it has the key that the body names",
    },
    {
        text: /kms:|\bKMS\b/i,
        inWords:
            "Allow the pipeline's role the action on the key, in the key's policy too, and see that the key is enabled",
    },
    {
        text: /not authorized to perform:? ?[\w-]+:\w+/i,
        inWords: "Allow the pipeline's role the action that AWS names, on the resource that it names",
    },
    {
        text: /cidr/i,
        inWords: "Give attachmentCidr a /24 of RFC 1918 that neither the database's VPC nor another attachment uses",
    },
    {
        text: /vpcAttachmentOptions/i,
        inWords:
            "DocumentDB, RDS and Aurora are reached through an attachment to their VPC: give vpc with subnetIds, securityGroupIds and attachmentCidr",
    },
    {
        text: /point.?in.?time.?recovery|\bPITR\b/i,
        inWords: "Turn on point-in-time recovery of the table: an export reads from it",
    },
    {
        text: /StreamViewType|view type|\bKEYS_ONLY\b|\bOLD_IMAGE\b|stream.* (not enabled|disabled|must be enabled|needs to be enabled)/i,
        inWords: "Give the table a stream of the view type NEW_AND_OLD_IMAGES",
    },
    {
        text: /NoSuchBucket|PermanentRedirect|bucket .*(region|not exist|not found|another account)/i,
        inWords: "Give a bucket that exists, in the pipeline's own account and Region",
    },
    {
        text: /Authentication failed|password authentication|Access denied for user/i,
        inWords:
            "See that the secret has the user's present name and password, and that the user may read the database",
    },
    {
        text: /DNS (support|hostnames)/i,
        inWords: "Turn on DNS support and DNS hostnames of the VPC",
    },
    {
        text: /timed? ?out.*connect|connection (refused|timed out|timeout)|unreachable|unknown ?host/i,
        inWords:
            "See that the security groups of the source or of the domain let those of the pipeline in on their port, that the subnets lead there, and that the VPC has DNS support and hostnames",
    },
    {
        text: /circuit.?breaker|heap|out of memory/i,
        inWords:
            "Give the pipeline more units: a unit follows 150 shards of a stream, and about 1 MB of changes a second",
    },
    {
        text: /24,?000 characters|PipelineConfigurationBody.*length/i,
        inWords: "Shorten the body to 24,000 characters: fewer routes or processors, or a second pipeline",
    },
];

/** What to do about an error of OpenSearch Ingestion, or about a pipeline's status reason, where its text is known. */
export function explainPipelineFailure(message: string): string | undefined {
    return EXPLANATIONS.find(({ text }) => text.test(message))?.inWords;
}
