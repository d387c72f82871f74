import { randomBytes } from "node:crypto";
import type * as api from "@aws-sdk/client-opensearch";

import { Cluster } from "../../search/cluster";
import { Endpoint } from "../../search/endpoint";
import { Security, type MasterUser } from "../../search/security";
import { SearchEndpoints } from "../../search/store";
import { minutes, seconds } from "../../world/clock";
import type { Context } from "../../world/context";
import { AwsError } from "../../world/error";
import { operation } from "../../world/service";
import { operationsOn } from "../operations";
import { configured, DEFAULTS, domainConfig, optionStatuses, partsOf, type Configuration } from "./configuration";
import { checkDomain, checkOneWay, masterUser } from "./rules";
import { domainArn, findDomain, invalid, OpenSearchState, type Domain } from "./state";
import { setTags } from "./tags";
import { checkVersion, newerThan } from "./versions";

const CREATION = minutes(15);
/** Of what moves the data to other nodes. */
const DEPLOYMENT = minutes(20);
/** Of what nodes need not be exchanged for. */
const APPLICATION = seconds(30);
const DELETION = minutes(10);

/** Parts whose change leaves the nodes where they are. */
const LIGHT = [
    "AccessPolicies",
    "SnapshotOptions",
    "LogPublishingOptions",
    "OffPeakWindowOptions",
    "SoftwareUpdateOptions",
];

export const domains = {
    ...operationsOn("es", ({ DomainName }, ctx) => domainArn(ctx, DomainName), {
        CreateDomain(input: api.CreateDomainRequest, ctx) {
            const { domains: all } = ctx.state(OpenSearchState);
            const name = input.DomainName!;
            if (!/^[a-z][a-z0-9-]{2,27}$/.test(name)) {
                throw invalid(
                    `Domain name ${name} must start with a lowercase letter and have 3 to 28 lowercase letters, digits and hyphens.`,
                );
            }
            if (all.has(name)) {
                throw new AwsError("ResourceAlreadyExistsException", `Domain ${name} already exists.`, 409);
            }
            const domain = newDomain(ctx, name, input);
            all.set(name, domain);
            setTags(ctx, domain.arn, input.TagList);
            process(ctx, domain, CREATION, () => open(ctx, domain));
            return { DomainStatus: { ...domain.status } };
        },

        DescribeDomain: ({ DomainName }: api.DescribeDomainRequest, ctx) => ({
            DomainStatus: { ...findDomain(ctx, DomainName!).status },
        }),

        DescribeDomainConfig({ DomainName }: api.DescribeDomainConfigRequest, ctx) {
            const { status, options } = findDomain(ctx, DomainName!);
            return { DomainConfig: domainConfig(status, options) };
        },

        UpdateDomainConfig(input: api.UpdateDomainConfigRequest, ctx) {
            const domain = findDomain(ctx, input.DomainName!);
            const changed = partsOf(input);
            requireReady(
                domain,
                changed.every((part) => LIGHT.includes(part)),
            );
            const status = configured(ctx, domain.status, input);
            checkDomain(ctx, status);
            checkOneWay(domain.status, status);
            const master = masterGiven(domain.status, input);
            if (input.DryRun) {
                return { DomainConfig: domainConfig(status, domain.options) };
            }
            domain.status = status;
            modify(ctx, domain, changed, "Modifying", () => secure(domain, master));
            return { DomainConfig: domainConfig(domain.status, domain.options) };
        },

        UpgradeDomain({ DomainName, TargetVersion, PerformCheckOnly }: api.UpgradeDomainRequest, ctx) {
            const domain = findDomain(ctx, DomainName!);
            requireReady(domain, false);
            if (!newerThan(domain.status.EngineVersion!).includes(TargetVersion!)) {
                throw invalid(`The domain cannot be upgraded from ${domain.status.EngineVersion} to ${TargetVersion}.`);
            }
            if (!PerformCheckOnly) {
                modify(ctx, domain, ["EngineVersion"], "UpgradingEngineVersion", () => {
                    domain.status.EngineVersion = TargetVersion;
                });
                domain.status.UpgradeProcessing = true;
            }
            return { DomainName, TargetVersion, PerformCheckOnly: PerformCheckOnly ?? false };
        },

        GetUpgradeStatus({ DomainName }: api.GetUpgradeStatusRequest, ctx) {
            const { UpgradeProcessing } = findDomain(ctx, DomainName!).status;
            return { UpgradeStep: "UPGRADE", StepStatus: UpgradeProcessing ? "IN_PROGRESS" : "SUCCEEDED" };
        },

        DeleteDomain({ DomainName }: api.DeleteDomainRequest, ctx) {
            const domain = findDomain(ctx, DomainName!);
            const { byHost } = ctx.state(SearchEndpoints);
            hostsOf(domain.status).forEach((host) => byHost.delete(host));
            Object.assign(domain.status, { Deleted: true, DomainProcessingStatus: "Deleting" });
            domain.pending?.cancel();
            domain.pending = undefined;
            process(ctx, domain, DELETION, () => {
                const state = ctx.state(OpenSearchState);
                state.domains.delete(domain.name);
                state.tags.delete(domain.arn);
            });
            return { DomainStatus: { ...domain.status } };
        },
    }),

    DescribeDomains: operation<api.DescribeDomainsRequest, api.DescribeDomainsResponse>({
        access: ({ DomainNames }, ctx) =>
            DomainNames!.map((name) => ({ action: "es:DescribeDomains", resource: domainArn(ctx, name) })),
        handle({ DomainNames }, ctx) {
            const { domains: all } = ctx.state(OpenSearchState);
            return { DomainStatusList: DomainNames!.flatMap((name) => all.get(name)?.status ?? []) };
        },
    }),

    ...operationsOn("es", () => "*", {
        ListDomainNames({ EngineType }: api.ListDomainNamesRequest, ctx) {
            const names = [...ctx.state(OpenSearchState).domains.values()].map(({ name, status }) => ({
                DomainName: name,
                EngineType: status.EngineVersion!.split("_")[0] as api.EngineType,
            }));
            return { DomainNames: names.filter((each) => (EngineType ?? each.EngineType) === each.EngineType) };
        },
    }),
};

function newDomain(ctx: Context, name: string, input: api.CreateDomainRequest): Domain {
    const arn = domainArn(ctx, name);
    checkVersion(input.EngineVersion ?? DEFAULTS.EngineVersion);
    const blank: api.DomainStatus = {
        ...structuredClone(DEFAULTS),
        DomainId: `${ctx.accountId}/${name}`,
        DomainName: name,
        ARN: arn,
        Created: false,
        Deleted: false,
        Processing: true,
        UpgradeProcessing: false,
        DomainProcessingStatus: "Creating",
        ...(input.EngineVersion && { EngineVersion: input.EngineVersion }),
        ServiceSoftwareOptions: {
            CurrentVersion: "OpenSearch_2_19_R20260101",
            NewVersion: "",
            UpdateAvailable: false,
            Cancellable: false,
            UpdateStatus: "COMPLETED",
            Description: "There is no software update available for this domain.",
            OptionalDeployment: true,
        },
    };
    const status = configured(ctx, blank, input);
    checkDomain(ctx, status);
    const master = masterGiven(blank, input);
    const domain: Domain = {
        name,
        arn,
        status,
        policy: status.AccessPolicies,
        options: optionStatuses(ctx.now, "Processing", new Map()),
        cluster: new Cluster({ now: () => ctx.world.clock.now() }),
    };
    secure(domain, master);
    return domain;
}

/** Whoever turns fine-grained access control on says who is first; later they may say it again. */
function masterGiven(
    before: api.DomainStatus,
    { AdvancedSecurityOptions: given }: Configuration,
): MasterUser | undefined {
    const isTurnedOn = given?.Enabled === true && !before.AdvancedSecurityOptions?.Enabled;
    return isTurnedOn || given?.MasterUserOptions
        ? masterUser({ ...before.AdvancedSecurityOptions, ...given } as api.AdvancedSecurityOptionsInput)
        : undefined;
}

function secure({ cluster, status }: Domain, master: MasterUser | undefined): void {
    if (status.AdvancedSecurityOptions?.Enabled) {
        cluster.security ??= new Security();
        if (master) {
            cluster.security.setMaster(master);
        }
    }
}

/** Now it has an address. */
function open(ctx: Context, { name, arn, status, cluster }: Domain): void {
    const id = Array.from(randomBytes(26), (byte) => (byte % 36).toString(36)).join("");
    const isPublic = status.VPCOptions === undefined;
    const host = `${isPublic ? "search" : "vpc"}-${name}-${id}`;
    const v2Suffix = ctx.partition === "aws-cn" ? "on.amazonwebservices.com.cn" : "on.aws";
    const v1 = `${host}.${ctx.region}.es.${ctx.dnsSuffix}`;
    const v2 = `${host}.aos.${ctx.region}.${v2Suffix}`;
    Object.assign(status, {
        Created: true,
        ...(isPublic ? { Endpoint: v1 } : { Endpoints: { vpc: v1 } }),
        EndpointV2: v2,
        DomainEndpointV2HostedZoneId: "Z00000000000000000000",
    } satisfies Partial<api.DomainStatus>);
    const { byHost } = ctx.state(SearchEndpoints);
    for (const address of [v1, v2]) {
        byHost.set(address, new Endpoint("domain", arn, address, ctx.region, cluster));
    }
}

const hostsOf = ({ Endpoint: v1, Endpoints, EndpointV2 }: api.DomainStatus) =>
    [v1, Endpoints?.vpc, EndpointV2].filter((host) => host !== undefined);

/** Only small changes go with others that are under way. */
function requireReady({ name, status }: Domain, isLight: boolean): void {
    if (status.Deleted) {
        throw invalid(`Domain ${name} is being deleted.`);
    }
    const isBusy = status.Processing && (!isLight || !status.Created);
    if (isBusy) {
        throw invalid(
            "A change/update is in progress. Please wait for it to complete before requesting another change.",
        );
    }
}

function modify(
    ctx: Context,
    domain: Domain,
    changed: readonly string[],
    state: api.DomainProcessingStatusType,
    done: () => void,
): void {
    const isLight = changed.every((part) => LIGHT.includes(part));
    domain.options = optionStatuses(ctx.now, "Processing", domain.options, changed);
    domain.status.DomainProcessingStatus = state;
    process(ctx, domain, isLight ? APPLICATION : DEPLOYMENT, done);
}

/** Until what was asked for is in force: a small change that joins a big one is done with it. */
function process(ctx: Context, domain: Domain, ms: number, done: () => void): void {
    const { due: earlier = 0, tasks = [], cancel } = domain.pending ?? {};
    cancel?.();
    const due = Math.max(earlier, ctx.now + ctx.world.duration("es", ms));
    domain.status.Processing = true;
    domain.pending = {
        due,
        tasks: [...tasks, done],
        cancel: ctx.world.clock.schedule(due - ctx.now, () => finish(ctx, domain)),
    };
}

function finish(ctx: Context, domain: Domain): void {
    const { tasks } = domain.pending!;
    domain.pending = undefined;
    Object.assign(domain.status, { Processing: false, UpgradeProcessing: false, DomainProcessingStatus: "Active" });
    domain.policy = domain.status.AccessPolicies;
    domain.options = optionStatuses(ctx.now, "Active", domain.options);
    tasks.forEach((task) => task());
}
