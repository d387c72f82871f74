import type { Context } from "../world/context";
import { splitArn } from "../world/context";
import { AwsError } from "../world/error";
import type { Options } from "./schema";

interface Statement {
    SourceVPCEs?: string[];
}

/**
 * The way into a collection that the service keeps open for a pipeline: a VPC endpoint, and the network policy that the
 * body names with this endpoint in it. The service makes the policy where it is missing, and takes away what it added.
 */
export class CollectionAccess {
    /** @param endpointId of the service's, for this pipeline */
    constructor(
        private readonly role: Context,
        private readonly options: Options,
        private readonly endpointId: string,
    ) {}

    /** As the role; throws AccessDenied where it may not look up the collection, or write the policy. */
    async open(collectionArn: string): Promise<void> {
        const id = splitArn(collectionArn).resource.split("/")[1];
        const { collectionDetails } = await this.role.call("aoss", "BatchGetCollection", { ids: [id] });
        if (this.options.network_policy_name !== undefined) {
            await this.letIn(this.options.collection_name ?? collectionDetails[0].name);
        }
    }

    /** When the pipeline is stopped, or deleted. */
    async close(): Promise<void> {
        const owner = this.role.world.administrator(this.role.accountId, this.role.region);
        const found = this.options.network_policy_name === undefined ? undefined : await this.find(owner);
        if (!found) {
            return;
        }
        const rest = found.policy.filter((statement) => !this.isOurs(statement));
        if (rest.length === 0) {
            await owner.call("aoss", "DeleteSecurityPolicy", this.name);
        } else if (rest.length < found.policy.length) {
            await this.update(owner, found.policyVersion, rest);
        }
    }

    private get name() {
        return { name: this.options.network_policy_name as string, type: "network" };
    }

    private isOurs({ SourceVPCEs }: Statement): boolean {
        return SourceVPCEs?.length === 1 && SourceVPCEs[0] === this.endpointId;
    }

    private async letIn(collection: string): Promise<void> {
        const statement = {
            Rules: [{ ResourceType: "collection", Resource: [`collection/${collection}`] }],
            SourceVPCEs: [this.endpointId],
        };
        const found = await this.find(this.role);
        if (!found) {
            const policy = JSON.stringify([statement]);
            await this.role.call("aoss", "CreateSecurityPolicy", { ...this.name, policy });
        } else if (!found.policy.some((each) => this.isOurs(each))) {
            await this.update(this.role, found.policyVersion, [...found.policy, statement]);
        }
    }

    private async find(as: Context): Promise<{ policyVersion: string; policy: Statement[] } | undefined> {
        try {
            return (await as.call("aoss", "GetSecurityPolicy", this.name)).securityPolicyDetail;
        } catch (error) {
            if (error instanceof AwsError && error.code === "ResourceNotFoundException") {
                return undefined;
            }
            throw error;
        }
    }

    private update(as: Context, policyVersion: string, policy: Statement[]): Promise<unknown> {
        return as.call("aoss", "UpdateSecurityPolicy", { ...this.name, policyVersion, policy: JSON.stringify(policy) });
    }
}
