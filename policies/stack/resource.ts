import type { PolicyResource } from "@pulumi/policy";

import { CannotTellYet, isUnknown, known } from "./unknown";

/** `zero-etl:<tag>` = `true`: of an integration a source or a target, of a pipeline into OpenSearch a source. */
export type Tag = "source" | "target" | "pipeline-source";

type Properties = Record<string, unknown>;

/** What programs declare, by URN: the engine shows inputs only one resource at a time, before it shows the stack. */
export type Declarations = Map<string, Properties>;

/** A resource of the stack, as rules read it. */
export class Resource {
    constructor(
        private readonly policyResource: Pick<
            PolicyResource,
            "urn" | "type" | "name" | "props" | "propertyDependencies" | "provider"
        >,
        private readonly declarations: Declarations,
    ) {}

    get urn(): string {
        return this.policyResource.urn;
    }

    get type(): string {
        return this.policyResource.type;
    }

    /** As the user named it. */
    get name(): string {
        return this.policyResource.name;
    }

    /** The provider's URN. */
    get provider(): string | undefined {
        return this.policyResource.provider?.urn;
    }

    /**
     * A property as it is or will be, such as `pointInTimeRecovery.enabled`. What the provider computes is unknown at a first
     * preview: then what is declared counts, and what is not declared is left to AWS's default, `undefined`.
     *
     * @throws where it is not known yet
     */
    get<T>(path: string): T | undefined {
        try {
            return walk(this.policyResource.props, path);
        } catch (error) {
            if (isUnknown(error) && this.declarations.has(this.urn)) {
                return this.declared(path);
            }
            throw error;
        }
    }

    /** A property as the program declares it. @throws where it is not known yet */
    declared<T>(path: string): T | undefined {
        return walk(this.declarations.get(this.urn) ?? this.policyResource.props, path);
    }

    /** Where it is or will be. @throws where that is not known yet */
    get region(): string {
        const region = this.get<string>("region");
        if (region === undefined) {
            throw new CannotTellYet(`the Region of ${this.name} is not known`);
        }
        return region;
    }

    /** The URNs of the resources that a property's value was made from. */
    origins(property: string): string[] {
        return (this.policyResource.propertyDependencies[property] ?? []).map(({ urn }) => urn);
    }

    /** Whether somebody says that it is a source or a target of what another stack declares. */
    isTagged(as: Tag): boolean {
        return ["tags", "tagsAll"].some((tags) => known(() => this.get(`${tags}.zero-etl:${as}`)) === "true");
    }
}

function walk<T>(properties: Properties, path: string): T | undefined {
    return path
        .split(".")
        .reduce<unknown>((value, key) => (value as Properties | null | undefined)?.[key], properties) as T | undefined;
}
