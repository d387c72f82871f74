import * as pulumi from "@pulumi/pulumi";
import { Domain, type DomainArgs } from "@pulumi/aws/opensearch/domain";

import {
    availabilityZoneProblems,
    deriveDomainName,
    endpointUrl,
    nameIn,
    refuse,
    searchNameProblems,
    type DomainNodes,
} from "../../sdk/requirements";
import { checked, derived, warnOf } from "../checked";
import { nameParts } from "../names";
import { transformed, type Transform } from "../transform";
import type { SearchDomain } from "./search-place";

/** A domain that is declared elsewhere: what another stack exports of `reference()`. */
export interface ExistingDomain {
    /** `arn:aws:es:region:account:domain/name` */
    arn: string;
    /** Its own endpoint, with or without `https://`; not a custom one, which pipelines do not take. */
    endpoint: string;
    /** @default the name in the ARN */
    name?: string;
    /** Whether fine-grained access control is on: then roles have to be mapped inside of the domain. @default false */
    fineGrainedAccessControl?: boolean;
    /** Whether its endpoint is in a VPC: then pipelines need a `vpc`. @default false */
    isPrivate?: boolean;
}

/** What a domain that is made here is made of. */
export interface NewDomainArgs {
    /** 3–28 lower-case letters, digits and hyphens, a letter first. Another name makes another domain. @default `project-stack-name`, shortened where needed */
    domainName?: pulumi.Input<string>;
    /** Such as `OpenSearch_2.19`. Pipelines need OpenSearch 1.0 at least. @default the latest that AWS has when the domain is made */
    engineVersion?: pulumi.Input<string>;
    /** The data nodes' type. @default "r7g.large.search": 2 vCPU and 16 GiB, memory being what indexes need */
    instanceType?: pulumi.Input<string>;
    /** Data nodes. Three outvote a lost one without dedicated masters, and are one in each zone. @default 3 */
    instanceCount?: number;
    /** Over how many Availability Zones the nodes are spread; not more than there are nodes. @default as many as there are nodes, 3 at most */
    availabilityZones?: 1 | 2 | 3;
    /** In GiB for each node, gp3. Replicas, and what a node keeps free, need twice the data and more. @default 100 */
    volumeSize?: pulumi.Input<number>;
    /** A customer managed key for the data. Another one makes another domain. @default a key of AWS */
    kmsKeyArn?: pulumi.Input<string>;
    /**
     * Where the endpoint is: one subnet for each zone, and the groups that let pipelines and users in. Fixed once the domain exists. Indexes of a
     * domain in a VPC are made by the pipeline (`createdBy: "pipeline"`), where whoever deploys is not in that VPC.
     *
     * @default outside of any VPC: it answers, over HTTPS alone, signed requests of those whom policies name
     */
    vpc?: { subnetIds: pulumi.Input<string>[]; securityGroupIds: pulumi.Input<string>[] };
    /**
     * Turns fine-grained access control on, with this user or role as its master. A pipeline's role then has to be mapped inside of the domain:
     * see {@link AcceptedPipeline.roleMapping}. It cannot be turned off again.
     *
     * @default off: the access policy decides, and pipelines enter it by themselves
     */
    masterUserArn?: pulumi.Input<string>;
    /** Tags of all that is made here. */
    tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** What becomes of the domain, all its indexes and its cost when the stack is destroyed. One that was kept is given as `domain` from then on. @default "keep" */
    onDestroy?: "keep" | "delete";
    /** Changes to the children. */
    transform?: { domain?: Transform<DomainArgs> };
}

const DEFAULT_INSTANCE_TYPE = "r7g.large.search";
const DEFAULT_INSTANCES = 3;
const MAX_ZONES = 3;
const DEFAULT_VOLUME_GIB = 100;
/** TLS 1.2 and 1.3 with perfect forward secrecy: the newest that AWS offers. */
const TLS_POLICY = "Policy-Min-TLS-1-2-PFS-2023-10";

export function newDomain(parent: pulumi.Resource, name: string, args: NewDomainArgs): SearchDomain {
    const { instanceCount = DEFAULT_INSTANCES, tags, kmsKeyArn, vpc, masterUserArn } = args;
    const zones = args.availabilityZones ?? Math.min(instanceCount, MAX_ZONES);
    judgeNodes(parent, { zones, instances: instanceCount, subnets: vpc?.subnetIds.length });
    const domain = new Domain(
        ...transformed(
            args.transform?.domain,
            `${name}-domain`,
            {
                domainName: checked(args.domainName ?? deriveDomainName(nameParts(name)), (value) =>
                    searchNameProblems("domainName", "domain", value),
                ),
                engineVersion: args.engineVersion,
                clusterConfig: {
                    instanceType: args.instanceType ?? DEFAULT_INSTANCE_TYPE,
                    instanceCount,
                    zoneAwarenessEnabled: zones > 1,
                    ...(zones > 1 ? { zoneAwarenessConfig: { availabilityZoneCount: zones } } : {}),
                },
                ebsOptions: { ebsEnabled: true, volumeType: "gp3", volumeSize: args.volumeSize ?? DEFAULT_VOLUME_GIB },
                encryptAtRest: { enabled: true, kmsKeyId: kmsKeyArn },
                nodeToNodeEncryption: { enabled: true },
                domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: TLS_POLICY },
                vpcOptions: vpc,
                // AWS wants all of HTTPS, encryption at rest and between nodes for it, which are on.
                advancedSecurityOptions: masterUserArn
                    ? { enabled: true, internalUserDatabaseEnabled: false, masterUserOptions: { masterUserArn } }
                    : undefined,
                tags,
            },
            { parent, retainOnDelete: args.onDestroy !== "delete" },
        ),
    );
    return declaredDomain(domain);
}

/** A domain of the program, made here or not. */
export function declaredDomain(domain: Domain): SearchDomain {
    return {
        kind: "domain",
        arn: domain.arn,
        name: domain.domainName,
        endpoint: derived(domain.endpoint, endpointUrl),
        fineGrainedAccessControl: domain.advancedSecurityOptions.apply((options) => options?.enabled ?? false),
        isPrivate: domain.vpcOptions.apply((options) => options !== undefined),
    };
}

/** A domain of another program. */
export function existingDomain(domain: pulumi.Input<ExistingDomain>): SearchDomain {
    const known = pulumi.output(domain);
    return {
        kind: "domain",
        arn: known.arn,
        name: derived(known, ({ name, arn }) => name ?? nameIn(arn)),
        endpoint: derived(known.endpoint, endpointUrl),
        fineGrainedAccessControl: derived(known, (each) => each.fineGrainedAccessControl ?? false),
        isPrivate: derived(known, (each) => each.isPrivate ?? false),
    };
}

function judgeNodes(parent: pulumi.Resource, nodes: DomainNodes): void {
    const problems = availabilityZoneProblems("availabilityZones", nodes);
    refuse(problems);
    warnOf(parent, problems);
}
