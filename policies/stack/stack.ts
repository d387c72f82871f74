import type { PolicyResource } from "@pulumi/policy";

import { parseArn } from "../../sdk/requirements";
import { Resource, type Declarations, type Tag } from "./resource";
import {
    DYNAMODB_TABLE,
    GLUE_CATALOG,
    GLUE_CONNECTION,
    GLUE_DATABASE,
    IAM_ROLE,
    INTEGRATION,
    KMS_KEY,
    NATIVE_INTEGRATION,
    NATIVE_RESOURCE_PROPERTY,
    OURS,
    RDS_CLUSTER,
    RDS_INSTANCE,
    RDS_INTEGRATIONS,
    REDSHIFT_CLUSTER,
    REDSHIFT_INTEGRATIONS,
    REDSHIFT_NAMESPACE,
    RESOURCE_PROPERTY,
} from "./types";
import { CannotTellYet, known } from "./unknown";

/**
 * Which tables, databases, warehouses and roles are judged: those that an integration or a pipeline of the stack leads to, those that carry the
 * tag `zero-etl:source`, `zero-etl:target` or `zero-etl:pipeline-source` = `true` since the other side is in another stack, or all of them but
 * roles.
 */
export type Scope = ("linked" | "tagged" | "all")[];

export const DEFAULT_SCOPE: Scope = ["linked", "tagged"];

/** What a property points at: a value, a resource of the stack, or both. */
export interface Reference {
    /** `undefined` while it is not known. */
    value?: string;
    /** `undefined` when another stack declares it. */
    resource?: Resource;
}

/** What a property may point at: types, each with the property of it that is the value. */
export type Pointees = Record<string, string>;

export const SOURCES: Pointees = { [DYNAMODB_TABLE]: "arn", [RDS_CLUSTER]: "arn", [RDS_INSTANCE]: "arn" };

/** Warehouses go by the ARN of their namespace. */
export const WAREHOUSES: Pointees = { [REDSHIFT_CLUSTER]: "clusterNamespaceArn", [REDSHIFT_NAMESPACE]: "arn" };

export const TARGETS: Pointees = { [GLUE_DATABASE]: "arn", ...WAREHOUSES, [GLUE_CATALOG]: "arn" };

/** An ARN as far as it is known: what is not is `*`. */
export interface KnownArn {
    pattern: string;
    exact: boolean;
}

/** A stack, and how its resources hang together, also at a first preview when no ARN is known. */
export class Stack {
    readonly resources: Resource[];
    private readonly memory = new Map<string, unknown>();

    constructor(resources: Iterable<PolicyResource>, declarations: Declarations = new Map()) {
        // The engine's order differs from run to run; what is reported must not.
        this.resources = [...resources]
            .map((resource) => new Resource(resource, declarations))
            .sort((left, right) => (left.urn < right.urn ? -1 : 1));
    }

    ofType(...types: string[]): Resource[] {
        return this.resources.filter(({ type }) => types.includes(type));
    }

    /**
     * @param by The property of the other resource that the value is.
     * @param part The part of the value that is meant.
     */
    reference(
        from: Resource,
        path: string,
        type: string,
        by = "arn",
        part: (value: string) => string | undefined = (value) => value,
    ): Reference {
        return this.remembered([from.urn, path, type, by].join(), () => {
            const reading = known(() => ({ text: from.get<string>(path) }));
            if (reading && !reading.text) {
                return {};
            }
            const value = reading && part(reading.text!);
            const origins = from.origins(path.split(".")[0]!);
            const candidates = this.remembered([type, by].join(), () =>
                this.ofType(type).map((resource) => ({ resource, value: known(() => resource.get<string>(by)) })),
            );
            const found =
                candidates.find((candidate) => value !== undefined && candidate.value === value) ??
                candidates.find(
                    (candidate) =>
                        (value === undefined || candidate.value === undefined) &&
                        origins.includes(candidate.resource.urn),
                );
            return { value, resource: found?.resource };
        });
    }

    /** The same where the value may be of several types. */
    referenceToAny(from: Resource, path: string, pointees: Pointees): Reference {
        const references = Object.entries(pointees).map(([type, by]) => this.reference(from, path, type, by));
        return references.find(({ resource }) => resource !== undefined) ?? references[0]!;
    }

    /** A stack of hundreds of integrations asks the same for each of them. */
    remembered<T>(key: string, find: () => T): T {
        if (!this.memory.has(key)) {
            this.memory.set(key, find());
        }
        return this.memory.get(key) as T;
    }

    /** Those of the API of Glue. */
    get integrations(): Resource[] {
        return this.ofType(INTEGRATION, NATIVE_INTEGRATION);
    }

    /** Those that export a DynamoDB table: into a lakehouse, or a warehouse. */
    get exportingIntegrations(): Resource[] {
        return [...this.integrations, ...this.ofType(...REDSHIFT_INTEGRATIONS)];
    }

    /** Those of every API. */
    get allIntegrations(): Resource[] {
        return [...this.exportingIntegrations, ...this.ofType(...RDS_INTEGRATIONS)];
    }

    sourceOf(integration: Resource): Reference {
        return this.referenceToAny(integration, "sourceArn", SOURCES);
    }

    targetOf(integration: Resource): Reference {
        return this.referenceToAny(integration, "targetArn", TARGETS);
    }

    get resourceProperties(): Resource[] {
        return this.ofType(RESOURCE_PROPERTY, NATIVE_RESOURCE_PROPERTY);
    }

    /** The database that a resource property is of. */
    databaseOf(property: Resource): Reference {
        return this.reference(property, "resourceArn", GLUE_DATABASE);
    }

    /** The role that a resource property names for its target. */
    roleOf(property: Resource): Reference {
        return this.reference(property, targetPath(property, "roleArn"), IAM_ROLE);
    }

    /** Whether a resource property names a role for its target. @throws where that is not known yet */
    hasRole(property: Resource): boolean {
        return this.optionalReference(property, targetPath(property, "roleArn"), IAM_ROLE, "arn") !== undefined;
    }

    /** The key of the tables' files, `undefined` where a resource property names none. @throws where that is not known yet */
    keyOf(property: Resource): Reference | undefined {
        const input = property.type === NATIVE_RESOURCE_PROPERTY ? "kmsArn" : "kmsKeyArn";
        return this.optionalReference(property, targetPath(property, input), KMS_KEY, "arn");
    }

    /** The connection, by its name, that the writers go through, `undefined` where there is none. @throws where that is not known yet */
    connectionOf(property: Resource): Reference | undefined {
        return this.optionalReference(property, targetPath(property, "connectionName"), GLUE_CONNECTION, "name");
    }

    /** What a property points at, `undefined` where it is left out. @throws where that is not known yet */
    optionalReference(from: Resource, path: string, type: string, by: string): Reference | undefined {
        const reference = this.reference(from, path, type, by);
        return reference.resource || from.get(path) ? reference : undefined;
    }

    /** DynamoDB tables that are sources. */
    sources(scope: Scope, integrations = this.integrations): Resource[] {
        const linked = integrations.map((integration) => this.sourceOf(integration).resource);
        return this.inScope(scope, DYNAMODB_TABLE, "source", linked);
    }

    /** Databases that are targets. */
    targets(scope: Scope): Resource[] {
        const linked = [
            ...this.integrations.map((integration) => this.targetOf(integration).resource),
            ...this.resourceProperties.map((property) => this.databaseOf(property).resource),
        ];
        return this.inScope(scope, GLUE_DATABASE, "target", linked);
    }

    /** Databases that integrations lead to. A stack has databases for much else, so that `all` means those that are linked or tagged. */
    integratedTargets(scope: Scope): Resource[] {
        const linked = this.integrations.map((integration) => this.targetOf(integration).resource);
        return this.inScope(withoutAll(scope), GLUE_DATABASE, "target", linked);
    }

    /** Roles that Glue writes with. Of roles, too, `all` means those that are linked or tagged. */
    targetRoles(scope: Scope): Resource[] {
        const linked = this.resourceProperties.map((property) => this.roleOf(property).resource);
        return this.inScope(withoutAll(scope), IAM_ROLE, "target", linked);
    }

    /** @param linked What integrations of the stack lead to. */
    inScope(scope: Scope, type: string, tag: Tag, linked: (Resource | undefined)[]): Resource[] {
        return this.ofType(type).filter(
            (resource) =>
                scope.includes("all") ||
                (scope.includes("linked") && linked.includes(resource)) ||
                (scope.includes("tagged") && resource.isTagged(tag)),
        );
    }

    tableArn(table: Resource): KnownArn {
        // Glue makes an integration in its source's account, which our own resource knows at a first preview already.
        const integration = this.integrations.find((candidate) => this.sourceOf(candidate).resource === table);
        return this.arnOf(table, "dynamodb", "table", givenAccount(integration));
    }

    databaseArn(database: Resource): KnownArn {
        // A resource property is in its resource's account, which ours knows as early.
        const property = this.resourceProperties.find((candidate) => this.databaseOf(candidate).resource === database);
        return this.arnOf(database, "glue", "database", givenAccount(property));
    }

    sourceArn(integration: Resource): KnownArn {
        const { value, resource } = this.sourceOf(integration);
        if (value === undefined && resource) {
            return this.tableArn(resource);
        }
        return { pattern: value ?? "arn:*:*:*:*:*", exact: value !== undefined };
    }

    private arnOf(resource: Resource, service: string, kind: string, accountId = "*"): KnownArn {
        const arn = known(() => resource.get<string>("arn"));
        const [region, name] = ["region", "name"].map((path) => known(() => resource.get<string>(path)) ?? "*");
        return arn === undefined
            ? { pattern: `arn:*:${service}:${region}:${accountId}:${kind}/${name}`, exact: false }
            : { pattern: arn, exact: true };
    }

    /** The account of a resource without an ARN: that of others with the same provider. */
    accountOf(resource: Resource): string | undefined {
        return this.arnsBeside(resource)
            .map(({ accountId }) => accountId)
            .find((account) => /^\d{12}$/.test(account));
    }

    /**
     * The account and Region of an integration or its database, as far as anybody says: two of one place have the same. One of the provider stands in for what is not
     * known.
     *
     * @throws where one of ours does not know yet
     */
    placeOf(integration: Resource): string {
        if (integration.type.startsWith(OURS)) {
            const place = ["accountId", "region"].map((key) => integration.get<string>(`account.${key}`));
            if (place.includes(undefined)) {
                throw new CannotTellYet("its account or Region is not known");
            }
            return place.join(" ");
        }
        const region =
            integration.declared<string>("region") ??
            this.arnsBeside(integration, (other) => known(() => other.declared("region")) === undefined).find(
                ({ region }) => region,
            )?.region;
        return [this.accountOf(integration) ?? integration.provider, region ?? integration.provider].join(" ");
    }

    /** The known ARNs of resources with the same provider. */
    private arnsBeside({ provider }: Resource, isMeant: (other: Resource) => boolean = () => true) {
        return this.resources
            .filter((other) => other.provider === provider && isMeant(other))
            .map((other) => known(() => other.get<string>("arn")))
            .flatMap((arn) => (arn === undefined ? [] : [parseArn(arn)]));
    }
}

function targetPath(property: Resource, input: string): string {
    return `${property.type === NATIVE_RESOURCE_PROPERTY ? "targetProcessingProperties" : "target"}.${input}`;
}

/** The account that a resource of ours is given. */
function givenAccount(resource: Resource | undefined): string | undefined {
    return known(() => resource?.get<string>("account.accountId"));
}

/** Of what has other uses as well, `all` means what is linked or tagged. */
export function withoutAll(scope: Scope): Scope {
    return scope.includes("all") ? DEFAULT_SCOPE : scope;
}

/** Tells things apart: by the resource where the stack declares it, by its ARN where another does. */
export function identityOf({ resource, value }: Reference): string {
    const identity = resource?.urn ?? value;
    if (identity === undefined) {
        throw new CannotTellYet("it is not known what it points at");
    }
    return identity;
}
