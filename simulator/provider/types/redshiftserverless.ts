import type {
    GetNamespaceResponse,
    GetWorkgroupResponse,
    ListTagsForResourceResponse,
    Namespace,
    Workgroup,
} from "@aws-sdk/client-redshift-serverless";
import { minutes } from "../../world/clock";
import { orGone, type Client } from "../client";
import { changedMembers, fromMembers, toMembers, type Members } from "../members";
import { changed, inOrderOf, retag, type ResourceType, type ResourceTypes, type Tags } from "../resource";
import type { Properties } from "../values";
import { resourcePolicyType } from "./resource-policy";

const SERVICE = "redshift-serverless";

const tagList = (tags: Tags = {}) => Object.entries(tags).map(([key, value]) => ({ key, value }));

async function tagsOf(aws: Client, resourceArn: string): Promise<Tags> {
    const { tags } = await aws.call<ListTagsForResourceResponse>(SERVICE, "ListTagsForResource", { resourceArn });
    return Object.fromEntries((tags ?? []).map(({ key, value }) => [key, value]));
}

const retagged = (aws: Client, before: Properties, args: Properties, resourceArn: string) =>
    retag(before, args, {
        tag: (tags) => aws.call(SERVICE, "TagResource", { resourceArn, tags: tagList(tags) }),
        untag: (tagKeys) => aws.call(SERVICE, "UntagResource", { resourceArn, tagKeys }),
    });

/** Here AWS's names are those of the properties. */
const same = (...keys: string[]): Members => Object.fromEntries(keys.map((key) => [key, key]));

const NAMESPACE = same(
    "adminPasswordSecretKmsKeyId",
    "adminUsername",
    "dbName",
    "defaultIamRoleArn",
    "kmsKeyId",
    "logExports",
    "namespaceName",
);

const NAMESPACE_INPUT = { ...NAMESPACE, ...same("adminUserPassword", "iamRoles", "manageAdminPassword") };

const NAMESPACE_CHANGEABLE = same(
    "adminPasswordSecretKmsKeyId",
    "adminUserPassword",
    "adminUsername",
    "defaultIamRoleArn",
    "iamRoles",
    "kmsKeyId",
    "logExports",
    "manageAdminPassword",
);

async function findNamespace(aws: Client, namespaceName: string): Promise<Namespace | undefined> {
    return (await aws.find<GetNamespaceResponse>(SERVICE, "GetNamespace", { namespaceName }))?.namespace;
}

/** AWS tells of a role how far it is: `IamRole(applyStatus=in-sync, iamRoleArn=arn:…)`. */
const roleArn = (role: string) => /iamRoleArn=([^,)]+)/.exec(role)?.[1] ?? role;

const namespaceSettled = (aws: Client, id: string) =>
    aws.until(`Redshift Serverless Namespace (${id}) to become AVAILABLE`, async () =>
        (await findNamespace(aws, id))?.status === "AVAILABLE" ? true : undefined,
    );

const namespace: ResourceType = {
    label: "Redshift Serverless Namespace",
    replaces: ["dbName", "namespaceName"],
    sets: ["iamRoles", "logExports"],
    notSimulated: ["adminUserPasswordWo", "adminUserPasswordWoVersion"],

    async create(aws, args) {
        await aws.call(SERVICE, "CreateNamespace", {
            ...toMembers(NAMESPACE_INPUT, args),
            tags: args.tags && tagList(args.tags),
        });
        return args.namespaceName;
    },

    async settle(aws, id) {
        await namespaceSettled(aws, id);
    },

    async read(aws, id) {
        const found = await findNamespace(aws, id);
        return (
            found && {
                ...fromMembers(NAMESPACE, found),
                adminPasswordSecretArn: found.adminPasswordSecretArn ?? "",
                adminPasswordSecretKmsKeyId: found.adminPasswordSecretKmsKeyId ?? "",
                arn: found.namespaceArn,
                iamRoles: (found.iamRoles ?? []).map(roleArn),
                kmsKeyId: found.kmsKeyId ?? "AWS_OWNED_KMS_KEY",
                logExports: found.logExports ?? [],
                namespaceId: found.namespaceId,
                tagsAll: await tagsOf(aws, found.namespaceArn!),
            }
        );
    },

    async update(aws, id, args, before, { arn }) {
        const changes = changedMembers(NAMESPACE_CHANGEABLE, before, args);
        if (Object.keys(changes).length > 0) {
            // A name and its password are changed together.
            const credentials = changes.adminUserPassword !== undefined && { adminUsername: args.adminUsername };
            await aws.call(SERVICE, "UpdateNamespace", { namespaceName: id, ...changes, ...credentials });
            await namespaceSettled(aws, id);
        }
        await retagged(aws, before, args, arn);
    },

    async delete(aws, id) {
        await orGone(aws.call(SERVICE, "DeleteNamespace", { namespaceName: id }));
        await aws.until(`Redshift Serverless Namespace (${id}) to be deleted`, async () =>
            (await findNamespace(aws, id)) ? undefined : true,
        );
    },
};

const WORKGROUP = same(
    "baseCapacity",
    "enhancedVpcRouting",
    "maxCapacity",
    "namespaceName",
    "port",
    "publiclyAccessible",
    "securityGroupIds",
    "subnetIds",
    "trackName",
    "workgroupName",
);

/** UpdateWorkgroup takes one kind of change in a call. */
const WORKGROUP_CHANGES: string[][] = [
    ["baseCapacity"],
    ["pricePerformanceTarget"],
    ["configParameters"],
    ["enhancedVpcRouting"],
    ["maxCapacity"],
    ["port"],
    ["publiclyAccessible"],
    ["securityGroupIds"],
    ["subnetIds"],
    ["trackName"],
];

const performanceTarget = (given?: Properties) =>
    given && { status: given.enabled ? "ENABLED" : "DISABLED", level: given.enabled ? given.level : undefined };

const workgroupInput = (args: Properties): Properties => ({
    ...toMembers(WORKGROUP, args),
    configParameters: args.configParameters,
    pricePerformanceTarget: performanceTarget(args.pricePerformanceTarget),
});

async function findWorkgroup(aws: Client, workgroupName: string): Promise<Workgroup | undefined> {
    return (await aws.find<GetWorkgroupResponse>(SERVICE, "GetWorkgroup", { workgroupName }))?.workgroup;
}

const workgroupAvailable = (aws: Client, id: string) =>
    aws.until(
        `Redshift Serverless Workgroup (${id}) to become AVAILABLE`,
        async () => ((await findWorkgroup(aws, id))?.status === "AVAILABLE" ? true : undefined),
        minutes(20),
    );

const endpointState = ({ endpoint }: Workgroup) =>
    endpoint
        ? [
              {
                  address: endpoint.address,
                  port: endpoint.port,
                  vpcEndpoints: (endpoint.vpcEndpoints ?? []).map((vpc) => ({
                      vpcEndpointId: vpc.vpcEndpointId,
                      vpcId: vpc.vpcId,
                      networkInterfaces: vpc.networkInterfaces ?? [],
                  })),
              },
          ]
        : [];

const workgroup: ResourceType = {
    label: "Redshift Serverless Workgroup",
    replaces: ["namespaceName", "workgroupName"],
    sets: ["configParameters", "securityGroupIds", "subnetIds"],
    // AWS answers with all parameters, so that a program that gives some of them never comes to rest.
    comparedAsRead: ["configParameters"],

    async create(aws, args) {
        await aws.call(SERVICE, "CreateWorkgroup", {
            ...workgroupInput(args),
            tags: args.tags && tagList(args.tags),
        });
        return args.workgroupName;
    },

    async settle(aws, id) {
        await workgroupAvailable(aws, id);
    },

    async read(aws, id, state) {
        const found = await findWorkgroup(aws, id);
        const target = found?.pricePerformanceTarget;
        return (
            found && {
                ...fromMembers(WORKGROUP, found),
                arn: found.workgroupArn,
                configParameters: inOrderOf(state.configParameters, found.configParameters ?? [], "parameterKey"),
                endpoints: endpointState(found),
                port: found.endpoint?.port ?? found.port,
                pricePerformanceTarget: { enabled: target?.status === "ENABLED", level: target?.level },
                tagsAll: await tagsOf(aws, found.workgroupArn!),
                trackName: found.trackName ?? "current",
                workgroupId: found.workgroupId,
            }
        );
    },

    async update(aws, id, args, before, { arn }) {
        const input = workgroupInput(args);
        for (const keys of WORKGROUP_CHANGES.filter((kind) => changed(before, args, ...kind))) {
            const change = Object.fromEntries(keys.map((key) => [key, input[key]]));
            await aws.call(SERVICE, "UpdateWorkgroup", { workgroupName: id, ...change });
            await workgroupAvailable(aws, id);
        }
        await retagged(aws, before, args, arn);
    },

    async delete(aws, id) {
        await orGone(aws.call(SERVICE, "DeleteWorkgroup", { workgroupName: id }));
        await aws.until(`Redshift Serverless Workgroup (${id}) to be deleted`, async () =>
            (await findWorkgroup(aws, id)) ? undefined : true,
        );
    },
};

const resourcePolicy = resourcePolicyType("Redshift Serverless Resource Policy", SERVICE, {
    found: ({ resourcePolicy }) => resourcePolicy,
    members: { arn: "resourceArn", policy: "policy" },
});

export const redshiftserverless: ResourceTypes = {
    "aws:redshiftserverless/namespace:Namespace": namespace,
    "aws:redshiftserverless/resourcePolicy:ResourcePolicy": resourcePolicy,
    "aws:redshiftserverless/workgroup:Workgroup": workgroup,
};
