import * as pulumi from "@pulumi/pulumi";

import { pairProblems, parseArn, refuse } from "../../sdk/requirements";
import { accountOf } from "../../sdk/resources/aws-account";
import { RdsIntegration } from "../../sdk/resources/rds-integration";
import { derived } from "../checked";
import { ManagedCatalog, type ManagedCatalogReference } from "../targets/managed-catalog";
import { dataFilterOf } from "./data-filter";
import { IntegrationComponent, integrationInputs, type IntegrationComponentArgs } from "./integration";
import { relationalSource, type RelationalSourceArgs } from "./relational-source";
import type { Target } from "../targets/target";
import { besideTarget, integrationsOf } from "./source";

interface CommonCatalogArgs {
    /** What `pulumi up` waits for: the integration being active, which takes about half an hour, or AWS having accepted it. @default "active" */
    waitFor?: "active" | "accepted";
}

/** A managed catalog of the same program. */
export interface OwnCatalogArgs extends CommonCatalogArgs {
    /** The target. */
    catalog: ManagedCatalog;
    /** Who creates the integration, where the catalog is in another account: see `catalog.accept`. @default everyone in the source's account whom its own policies allow it */
    creatorArns?: pulumi.Input<string>[];
}

/** A managed catalog of another stack, where `catalog.accept` has let the source in. */
export interface ReferencedCatalogArgs extends CommonCatalogArgs {
    /** The target: what the other stack exports of `catalog.reference()`. */
    catalog: pulumi.Input<ManagedCatalogReference>;
    /** The other stack settles it: see `catalog.accept`. */
    creatorArns?: never;
}

/** The managed catalog that an integration writes to. */
export type CatalogTargetArgs = OwnCatalogArgs | ReferencedCatalogArgs;

/** A relational database in a managed catalog, by the API of RDS. */
export abstract class RelationalToLakehouse extends IntegrationComponent<RdsIntegration> {
    /** The integration itself. */
    readonly integration: RdsIntegration;
    /** What is replicated, in words: `every table of shop except tmp_*`. */
    readonly tables: pulumi.Output<string>;

    protected constructor(
        type: string,
        name: string,
        args: IntegrationComponentArgs & CatalogTargetArgs & RelationalSourceArgs,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super(`zeroetl:index:${type}`, name, {}, opts);
        // What the types leave out, a program in JavaScript does not.
        refuse(pairProblems("engine", args.engine, "lakehouse"));

        const account = accountOf(this);
        const target = targetOf(args);
        const earlier = integrationsOf(args.source);
        const after = earlier.slice(-1);
        const source = relationalSource(this, name, args, {
            account,
            beside: (arn) => besideTarget({ argument: "source", service: "rds", arn }, account, target),
            use: "lakehouse",
            after,
        });
        const { dataFilter, tables } = dataFilterOf(this, args.engine, args.dataFilter);

        const accepted = acceptedByCatalog(args, name, source.arn);
        this.integration = new RdsIntegration(
            `${name}-integration`,
            {
                ...integrationInputs("rds", name, args),
                sourceArn: source.arn,
                targetArn: target.arn,
                dataFilter,
                waitFor: args.waitFor,
                account,
            },
            { parent: this, dependsOn: [...source.ready, ...accepted, ...after] },
        );
        earlier.push(this.integration);
        this.tables = tables;
        this.registerOutputs({ tables });
    }
}

function targetOf({ catalog }: CatalogTargetArgs): Target {
    if (catalog instanceof ManagedCatalog) {
        return { arn: catalog.catalogArn, region: catalog.region };
    }
    const { catalogArn: arn } = pulumi.output(catalog);
    return { arn, region: derived(arn, (known) => parseArn(known, "catalog").region) };
}

function acceptedByCatalog(
    { catalog, creatorArns }: CatalogTargetArgs,
    name: string,
    sourceArn: pulumi.Output<string>,
): pulumi.Resource[] {
    return catalog instanceof ManagedCatalog ? [catalog.accept(name, { sourceArn, creatorArns })] : [];
}
