import { createHmac } from "node:crypto";
import type {
    AttachedPolicy,
    CreateAccessKeyResponse,
    CreatePolicyResponse,
    GetPolicyResponse,
    GetPolicyVersionResponse,
    GetRolePolicyResponse,
    GetRoleResponse,
    GetUserResponse,
    ListAccessKeysResponse,
    ListAttachedRolePoliciesResponse,
    ListPolicyVersionsResponse,
    ListRolePoliciesResponse,
} from "@aws-sdk/client-iam";
import { orGone, type Client } from "../client";
import { changed, retag, tagList, tagMap, type ResourceType, type ResourceTypes } from "../resource";
import type { Properties } from "../values";

const SERVICE = "iam";

/** All of a list that IAM gives in pages. */
async function listAll<Page extends { IsTruncated?: boolean; Marker?: string }, Item>(
    aws: Client,
    operation: string,
    input: object,
    items: (page: Page) => Item[] | undefined,
): Promise<Item[]> {
    const all: Item[] = [];
    for (let Marker: string | undefined; ;) {
        const page = await aws.call<Page>(SERVICE, operation, { ...input, Marker });
        all.push(...(items(page) ?? []));
        if (!page.IsTruncated) {
            return all;
        }
        Marker = page.Marker;
    }
}

/** IAM gives documents percent-encoded. */
const decoded = (document = "") => decodeURIComponent(document);

async function inlinePolicies(aws: Client, RoleName: string): Promise<Properties[]> {
    const names = await listAll(
        aws,
        "ListRolePolicies",
        { RoleName },
        (page: ListRolePoliciesResponse) => page.PolicyNames,
    );
    return Promise.all(
        names.map(async (PolicyName) => {
            const found = await aws.call<GetRolePolicyResponse>(SERVICE, "GetRolePolicy", { RoleName, PolicyName });
            return { name: PolicyName, policy: decoded(found.PolicyDocument) };
        }),
    );
}

async function attachedPolicies(aws: Client, RoleName: string): Promise<string[]> {
    const attached = await listAll<ListAttachedRolePoliciesResponse, AttachedPolicy>(
        aws,
        "ListAttachedRolePolicies",
        { RoleName },
        (page) => page.AttachedPolicies,
    );
    return attached.map(({ PolicyArn }) => PolicyArn!);
}

/** Brings a role's own policies from `before` to `after`. */
async function setRolePolicies(aws: Client, RoleName: string, after: Properties, before: Properties): Promise<void> {
    const inline = (properties: Properties): Properties[] => properties.inlinePolicies ?? [];
    const managed = (properties: Properties): string[] => properties.managedPolicyArns ?? [];
    for (const { name } of inline(before).filter((old) => !inline(after).some((policy) => policy.name === old.name))) {
        await orGone(aws.call(SERVICE, "DeleteRolePolicy", { RoleName, PolicyName: name }));
    }
    for (const { name, policy } of inline(after)) {
        if (!inline(before).some((old) => old.name === name && old.policy === policy)) {
            await aws.call(SERVICE, "PutRolePolicy", { RoleName, PolicyName: name, PolicyDocument: policy });
        }
    }
    for (const PolicyArn of managed(before).filter((arn) => !managed(after).includes(arn))) {
        await orGone(aws.call(SERVICE, "DetachRolePolicy", { RoleName, PolicyArn }));
    }
    for (const PolicyArn of managed(after).filter((arn) => !managed(before).includes(arn))) {
        await aws.call(SERVICE, "AttachRolePolicy", { RoleName, PolicyArn });
    }
}

const role: ResourceType = {
    label: "IAM Role",
    autoname: { property: "name", max: 64 },
    defaults: { forceDetachPolicies: false, maxSessionDuration: 3600, path: "/" },
    replaces: ["name", "namePrefix", "path"],
    documents: ["assumeRolePolicy"],
    sets: ["inlinePolicies", "managedPolicyArns"],

    async create(aws, args) {
        await aws.call(SERVICE, "CreateRole", {
            RoleName: args.name,
            AssumeRolePolicyDocument: args.assumeRolePolicy,
            Description: args.description,
            MaxSessionDuration: args.maxSessionDuration,
            Path: args.path,
            PermissionsBoundary: args.permissionsBoundary,
            Tags: args.tags && tagList(args.tags),
        });
        return args.name;
    },

    async settle(aws, id, args) {
        await setRolePolicies(aws, id, args, {});
    },

    async read(aws, id) {
        const found = (await aws.find<GetRoleResponse>(SERVICE, "GetRole", { RoleName: id }))?.Role;
        return (
            found && {
                arn: found.Arn,
                assumeRolePolicy: decoded(found.AssumeRolePolicyDocument),
                createDate: found.CreateDate,
                description: found.Description,
                inlinePolicies: await inlinePolicies(aws, id),
                managedPolicyArns: await attachedPolicies(aws, id),
                maxSessionDuration: found.MaxSessionDuration,
                name: found.RoleName,
                namePrefix: "",
                path: found.Path,
                permissionsBoundary: found.PermissionsBoundary?.PermissionsBoundaryArn,
                tagsAll: tagMap(found.Tags),
                uniqueId: found.RoleId,
            }
        );
    },

    async update(aws, id, args, before) {
        const RoleName = id;
        if (changed(before, args, "assumeRolePolicy")) {
            const PolicyDocument = args.assumeRolePolicy;
            await aws.call(SERVICE, "UpdateAssumeRolePolicy", { RoleName, PolicyDocument });
        }
        if (changed(before, args, "description", "maxSessionDuration")) {
            const { description: Description = "", maxSessionDuration: MaxSessionDuration } = args;
            await aws.call(SERVICE, "UpdateRole", { RoleName, Description, MaxSessionDuration });
        }
        if (changed(before, args, "permissionsBoundary")) {
            await setBoundary(aws, "Role", { RoleName }, args.permissionsBoundary);
        }
        await setRolePolicies(aws, id, args, before);
        await retag(before, args, {
            tag: (tags) => aws.call(SERVICE, "TagRole", { RoleName, Tags: tagList(tags) }),
            untag: (TagKeys) => aws.call(SERVICE, "UntagRole", { RoleName, TagKeys }),
        });
    },

    async delete(aws, id, state) {
        // With forceDetachPolicies also what others have attached; else AWS refuses to delete the role.
        const own = state.forceDetachPolicies
            ? { inlinePolicies: await inlinePolicies(aws, id), managedPolicyArns: await attachedPolicies(aws, id) }
            : state;
        await setRolePolicies(aws, id, {}, own);
        await orGone(aws.call(SERVICE, "DeleteRole", { RoleName: id }));
    },
};

async function setBoundary(aws: Client, kind: "Role" | "User", target: object, boundary?: string): Promise<void> {
    await (boundary
        ? aws.call(SERVICE, `Put${kind}PermissionsBoundary`, { ...target, PermissionsBoundary: boundary })
        : aws.call(SERVICE, `Delete${kind}PermissionsBoundary`, target));
}

/** An inline policy of a role or a user. Its id is `owner:policy`. */
function inlinePolicy(kind: "Role" | "User"): ResourceType {
    const owner = kind === "Role" ? "role" : "user";
    const target = (id: string) => {
        const [name, PolicyName] = id.split(":");
        return { [`${kind}Name`]: name, PolicyName };
    };
    const put = async (aws: Client, args: Properties) => {
        const id = `${args[owner]}:${args.name}`;
        await aws.call(SERVICE, `Put${kind}Policy`, { ...target(id), PolicyDocument: args.policy });
        return id;
    };
    return {
        label: `IAM ${kind} Policy`,
        autoname: { property: "name", max: 128 },
        replaces: [owner, "name", "namePrefix"],
        documents: ["policy"],
        create: put,
        async read(aws, id) {
            const found = await aws.find<GetRolePolicyResponse>(SERVICE, `Get${kind}Policy`, target(id));
            const [ownerName, name] = id.split(":");
            return found && { name, namePrefix: "", policy: decoded(found.PolicyDocument), [owner]: ownerName };
        },
        async update(aws, _id, args) {
            await put(aws, args);
        },
        async delete(aws, id) {
            await orGone(aws.call(SERVICE, `Delete${kind}Policy`, target(id)));
        },
    };
}

/** IAM keeps as many versions of a policy. */
const MAX_VERSIONS = 5;

async function policyVersions(aws: Client, PolicyArn: string) {
    const answer = await aws.call<ListPolicyVersionsResponse>(SERVICE, "ListPolicyVersions", { PolicyArn });
    return answer.Versions ?? [];
}

const policy: ResourceType = {
    label: "IAM Policy",
    autoname: { property: "name", max: 128 },
    defaults: { path: "/" },
    replaces: ["name", "namePrefix", "path", "description"],
    documents: ["policy"],

    async create(aws, args) {
        const { Policy } = await aws.call<CreatePolicyResponse>(SERVICE, "CreatePolicy", {
            PolicyName: args.name,
            PolicyDocument: args.policy,
            Path: args.path,
            Description: args.description,
            Tags: args.tags && tagList(args.tags),
        });
        return Policy!.Arn!;
    },

    async read(aws, id) {
        const found = (await aws.find<GetPolicyResponse>(SERVICE, "GetPolicy", { PolicyArn: id }))?.Policy;
        if (!found) {
            return undefined;
        }
        const { PolicyVersion } = await aws.call<GetPolicyVersionResponse>(SERVICE, "GetPolicyVersion", {
            PolicyArn: id,
            VersionId: found.DefaultVersionId,
        });
        return {
            arn: found.Arn,
            attachmentCount: found.AttachmentCount ?? 0,
            description: found.Description,
            name: found.PolicyName,
            namePrefix: "",
            path: found.Path,
            policy: decoded(PolicyVersion?.Document),
            policyId: found.PolicyId,
            tagsAll: tagMap(found.Tags),
        };
    },

    async update(aws, id, args, before) {
        const PolicyArn = id;
        if (changed(before, args, "policy")) {
            const versions = (await policyVersions(aws, id)).filter((version) => !version.IsDefaultVersion);
            if (versions.length === MAX_VERSIONS - 1) {
                const [oldest] = versions.sort((a, b) => +a.CreateDate! - +b.CreateDate!);
                await aws.call(SERVICE, "DeletePolicyVersion", { PolicyArn, VersionId: oldest.VersionId });
            }
            const input = { PolicyArn, PolicyDocument: args.policy, SetAsDefault: true };
            await aws.call(SERVICE, "CreatePolicyVersion", input);
        }
        await retag(before, args, {
            tag: (tags) => aws.call(SERVICE, "TagPolicy", { PolicyArn, Tags: tagList(tags) }),
            untag: (TagKeys) => aws.call(SERVICE, "UntagPolicy", { PolicyArn, TagKeys }),
        });
    },

    async delete(aws, id) {
        for (const version of (await orGone(policyVersions(aws, id))) ?? []) {
            if (!version.IsDefaultVersion) {
                await aws.call(SERVICE, "DeletePolicyVersion", { PolicyArn: id, VersionId: version.VersionId });
            }
        }
        await orGone(aws.call(SERVICE, "DeletePolicy", { PolicyArn: id }));
    },
};

const rolePolicyAttachment: ResourceType = {
    label: "IAM Role Policy Attachment",

    async create(aws, args) {
        await aws.call(SERVICE, "AttachRolePolicy", { RoleName: args.role, PolicyArn: args.policyArn });
        return `${args.role}/${args.policyArn}`;
    },

    async read(aws, id) {
        const [roleName, policyArn] = splitAttachment(id);
        const attached = await orGone(attachedPolicies(aws, roleName));
        return attached?.includes(policyArn) ? { policyArn, role: roleName } : undefined;
    },

    async delete(aws, id) {
        const [RoleName, PolicyArn] = splitAttachment(id);
        await orGone(aws.call(SERVICE, "DetachRolePolicy", { RoleName, PolicyArn }));
    },
};

/** A policy's ARN may contain slashes as well, a role's name does not. */
function splitAttachment(id: string): [role: string, policyArn: string] {
    const at = id.indexOf("/");
    return [id.slice(0, at), id.slice(at + 1)];
}

const user: ResourceType = {
    label: "IAM User",
    autoname: { property: "name", max: 64 },
    defaults: { forceDestroy: false, path: "/" },
    replaces: ["name"],

    async create(aws, args) {
        await aws.call(SERVICE, "CreateUser", {
            UserName: args.name,
            Path: args.path,
            PermissionsBoundary: args.permissionsBoundary,
            Tags: args.tags && tagList(args.tags),
        });
        return args.name;
    },

    async read(aws, id) {
        const found = (await aws.find<GetUserResponse>(SERVICE, "GetUser", { UserName: id }))?.User;
        return (
            found && {
                arn: found.Arn,
                name: found.UserName,
                path: found.Path,
                permissionsBoundary: found.PermissionsBoundary?.PermissionsBoundaryArn,
                tagsAll: tagMap(found.Tags),
                uniqueId: found.UserId,
            }
        );
    },

    async update(aws, id, args, before) {
        const UserName = id;
        if (changed(before, args, "path")) {
            await aws.call(SERVICE, "UpdateUser", { UserName, NewPath: args.path });
        }
        if (changed(before, args, "permissionsBoundary")) {
            await setBoundary(aws, "User", { UserName }, args.permissionsBoundary);
        }
        await retag(before, args, {
            tag: (tags) => aws.call(SERVICE, "TagUser", { UserName, Tags: tagList(tags) }),
            untag: (TagKeys) => aws.call(SERVICE, "UntagUser", { UserName, TagKeys }),
        });
    },

    async delete(aws, id, state) {
        const UserName = id;
        if (state.forceDestroy) {
            for (const { AccessKeyId } of (await orGone(accessKeys(aws, id))) ?? []) {
                await aws.call(SERVICE, "DeleteAccessKey", { UserName, AccessKeyId });
            }
        }
        await orGone(aws.call(SERVICE, "DeleteUser", { UserName }));
    },
};

async function accessKeys(aws: Client, UserName: string) {
    return (await aws.call<ListAccessKeysResponse>(SERVICE, "ListAccessKeys", { UserName })).AccessKeyMetadata ?? [];
}

/** The password for the mail service that follows from a secret key, by the algorithm in the guide of Amazon SES. */
function smtpPassword(secret: string, region: string): string {
    const steps = ["11111111", region, "ses", "aws4_request", "SendRawEmail"];
    const sign = (key: Buffer, text: string) => createHmac("sha256", key).update(text).digest();
    const signature = steps.reduce(sign, Buffer.from(`AWS4${secret}`));
    return Buffer.concat([Buffer.from([4]), signature]).toString("base64");
}

const accessKey: ResourceType = {
    label: "IAM Access Key",
    foundWith: ["user"],
    defaults: { status: "Active" },
    replaces: ["user"],
    notSimulated: ["pgpKey"],

    async create(aws, args) {
        const { AccessKey } = await aws.call<CreateAccessKeyResponse>(SERVICE, "CreateAccessKey", {
            UserName: args.user,
        });
        const secret = AccessKey!.SecretAccessKey!;
        return {
            id: AccessKey!.AccessKeyId!,
            toldOnce: { secret, sesSmtpPasswordV4: smtpPassword(secret, aws.region) },
        };
    },

    async settle(aws, id, args) {
        if (args.status !== "Active") {
            await setKeyStatus(aws, id, args);
        }
    },

    async read(aws, id, state) {
        const keys = (await orGone(accessKeys(aws, state.user))) ?? [];
        const found = keys.find((key) => key.AccessKeyId === id);
        return (
            found && {
                createDate: found.CreateDate,
                encryptedSecret: undefined,
                encryptedSesSmtpPasswordV4: undefined,
                keyFingerprint: undefined,
                secret: state.secret,
                sesSmtpPasswordV4: state.sesSmtpPasswordV4,
                status: found.Status,
                user: found.UserName,
            }
        );
    },

    async update(aws, id, args) {
        await setKeyStatus(aws, id, args);
    },

    async delete(aws, id, state) {
        await orGone(aws.call(SERVICE, "DeleteAccessKey", { UserName: state.user, AccessKeyId: id }));
    },
};

function setKeyStatus(aws: Client, AccessKeyId: string, { user: UserName, status: Status }: Properties) {
    return aws.call(SERVICE, "UpdateAccessKey", { UserName, AccessKeyId, Status });
}

export const iam: ResourceTypes = {
    "aws:iam/accessKey:AccessKey": accessKey,
    "aws:iam/policy:Policy": policy,
    "aws:iam/role:Role": role,
    "aws:iam/rolePolicy:RolePolicy": inlinePolicy("Role"),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": rolePolicyAttachment,
    "aws:iam/user:User": user,
    "aws:iam/userPolicy:UserPolicy": inlinePolicy("User"),
};
