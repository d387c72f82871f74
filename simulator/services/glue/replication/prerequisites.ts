import type { IntegrationError } from "@aws-sdk/client-glue";

import { asOwner, problem, refusals, told } from "../../../integrations/callers";
import { tableProblems } from "../../../integrations/dynamodb-source";
import { splitArn, type Context } from "../../../world/context";
import { AwsError } from "../../../world/error";
import type { World } from "../../../world/world";
import { isRegistered, mayUse, mayUseLocation } from "../../lakeformation/permissions";
import { catalogArn, databaseArn, stateOf, tableArn, tableKey, type Integration } from "../state";
import { asGlue, asInboundGlue, asRole, s3Arn } from "./callers";
import { databaseNotFound, noLocation, parseLocation, targetDatabase, targetTableName, underPrefix } from "./target";

const CATALOG_ACTIONS = [
    "CreateTable",
    "GetTable",
    "GetTables",
    "DeleteTable",
    "UpdateTable",
    "GetTableVersion",
    "GetTableVersions",
];
const LOG_ACTIONS = ["CreateLogGroup", "CreateLogStream", "PutLogEvents"];
const KEY_ACTIONS = ["Decrypt", "GenerateDataKey"];
export const METRIC_NAMESPACE = "AWS/Glue/ZeroETL";

/** Everything that keeps an integration from working, as AWS would put it into the integration's errors. */
export async function findProblems(world: World, integration: Integration): Promise<IntegrationError[]> {
    return [
        ...(await tableProblems(asGlue(world, integration), integration.sourceArn)).map(({ error }) => error),
        ...(await keyProblems(world, integration)),
        ...catalogPolicyProblems(world, integration),
        ...(await targetProblems(world, integration)),
    ];
}

/** The key of the integration's own storage must stay usable. */
async function keyProblems(world: World, { kmsKeyId, arn }: Integration): Promise<IntegrationError[]> {
    if (kmsKeyId === undefined) {
        return [];
    }
    const { KeyMetadata } = await asOwner(world, arn).call("kms", "DescribeKey", { KeyId: kmsKeyId });
    const message = `The KMS key ${KeyMetadata.Arn} is not accessible: it is ${KeyMetadata.KeyState}`;
    return KeyMetadata.KeyState === "Enabled" ? [] : [problem("KMSKeyNotAccessibleFault", message)];
}

function catalogPolicyProblems(world: World, integration: Integration): IntegrationError[] {
    const ctx = asInboundGlue(world, integration);
    return refusals(
        ctx,
        [catalogArn(ctx, splitArn(integration.targetArn).accountId), integration.targetArn].map((resource) => ({
            action: "glue:AuthorizeInboundIntegration",
            resource,
        })),
    );
}

async function targetProblems(world: World, integration: Integration): Promise<IntegrationError[]> {
    const { targetArn } = integration;
    const owner = asOwner(world, targetArn);
    const state = stateOf(owner, targetArn);
    const database = state.databases.get(targetDatabase(integration));
    if (!database) {
        return [told(databaseNotFound(targetDatabase(integration)))];
    }
    const location = parseLocation(database.LocationUri);
    const locationProblems = location
        ? await bucketProblems(owner, location.bucket)
        : [told(noLocation(database.Name!))];
    const properties = state.resourceProperties.get(targetArn)?.target;
    if (!properties?.RoleArn) {
        const message = `No integration resource property with a target role exists for ${targetArn}`;
        return [...locationProblems, problem("UNRECOVERABLE_ACCESS_DENIED", message)];
    }
    try {
        const role = asRole(world, integration, properties.RoleArn);
        return [
            ...locationProblems,
            ...(location
                ? storageProblems(role, location, targetTableName(owner, integration.sourceArn, targetArn))
                : []),
            ...roleProblems(role, integration),
            ...refusals(
                role,
                properties.KmsArn === undefined
                    ? []
                    : KEY_ACTIONS.map((action) => ({ action: `kms:${action}`, resource: properties.KmsArn! })),
            ),
            ...lakeFormationProblems(role, integration, database.LocationUri),
        ];
    } catch (error) {
        if (!(error instanceof AwsError)) {
            throw error;
        }
        return [...locationProblems, told(error)];
    }
}

async function bucketProblems(owner: Context, bucket: string): Promise<IntegrationError[]> {
    try {
        const { LocationConstraint } = await owner.call("s3", "GetBucketLocation", { Bucket: bucket });
        const region = LocationConstraint || "us-east-1";
        const message = `Bucket ${bucket} is in ${region}; it must be in the Region of the database, ${owner.region}`;
        return region === owner.region ? [] : [problem("InvalidInputException", message)];
    } catch (error) {
        if (!(error instanceof AwsError)) {
            throw error;
        }
        return [problem(error.code, `Bucket ${bucket}: ${error.message}`)];
    }
}

function storageProblems(
    role: Context,
    { bucket, prefix }: { bucket: string; prefix: string },
    table: string,
): IntegrationError[] {
    const folder = underPrefix(prefix, table);
    const context = { "s3:prefix": `${folder}/` };
    return refusals(role, [
        { action: "s3:ListBucket", resource: s3Arn(role.region, bucket), context },
        ...["GetObject", "PutObject", "DeleteObject"].map((action) => ({
            action: `s3:${action}`,
            resource: s3Arn(role.region, bucket, `${folder}/metadata`),
        })),
    ]);
}

function roleProblems(role: Context, { sourceArn, targetArn, ...integration }: Integration): IntegrationError[] {
    const { accountId } = splitArn(targetArn);
    const database = targetDatabase({ sourceArn, targetArn, ...integration });
    const table = targetTableName(role, sourceArn, targetArn);
    const levels = [catalogArn(role, accountId), databaseArn(role, database, accountId)];
    const on = (action: string, resources: string[]) => resources.map((resource) => ({ action, resource }));
    return refusals(role, [
        ...on("glue:GetDatabase", levels),
        ...CATALOG_ACTIONS.flatMap((action) =>
            on(`glue:${action}`, [...levels, tableArn(role, database, table, accountId)]),
        ),
        { action: "glue:GetResourcePolicy", resource: catalogArn(role, accountId) },
        ...on("cloudwatch:PutMetricData", ["*"]).map((check) => ({
            ...check,
            context: { "cloudwatch:namespace": METRIC_NAMESPACE },
        })),
        ...LOG_ACTIONS.flatMap((action) => on(`logs:${action}`, [logStreamArn(role)])),
    ]);
}

export const LOG_GROUP = "/aws-glue/zeroETL-integrations/logs/";

function logStreamArn(role: Context): string {
    return role.arn("logs", `log-group:${LOG_GROUP}:log-stream:`);
}

/** Where Lake Formation governs the database, the role needs its grants beside the permissions of IAM. */
function lakeFormationProblems(role: Context, integration: Integration, location?: string): IntegrationError[] {
    const { accountId } = splitArn(integration.targetArn);
    const database = targetDatabase(integration);
    const table = targetTableName(role, integration.sourceArn, integration.targetArn);
    const exists = stateOf(role, integration.targetArn).tables.has(tableKey(database, table));
    const missing = [
        ...(["CREATE_TABLE", "ALTER", "DROP"] as const)
            .filter((permission) => !mayUse(role, { accountId, database }, permission))
            .map((permission) => `${permission} on database ${database}`),
        ...(exists ? (["ALTER", "DROP"] as const) : [])
            .filter((permission) => !mayUse(role, { accountId, database, table }, permission))
            .map((permission) => `${permission} on table ${table}`),
        ...(location && !mayUseLocation(role, location, accountId) ? [`DATA_LOCATION_ACCESS on ${location}`] : []),
    ];
    const name = role.caller.kind === "role" ? role.caller.roleArn : undefined;
    const message = `Insufficient lake formation permissions on Target Glue database: role ${name} lacks ${missing.join(", ")}`;
    return [
        ...(missing.length === 0 ? [] : [problem("AccessDeniedException", message)]),
        ...(location && isRegistered(role, location, accountId)
            ? refusals(role, [{ action: "lakeformation:GetDataAccess", resource: "*" }])
            : []),
    ];
}
