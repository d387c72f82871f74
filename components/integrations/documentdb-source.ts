import * as pulumi from "@pulumi/pulumi";
import { Cluster } from "@pulumi/aws/docdb/cluster";
import type { ClusterParameterGroup } from "@pulumi/aws/docdb/clusterParameterGroup";

import { documentDbSourceProblems, isRdsClusterArn, parseArn, problem, type Problem } from "../../sdk/requirements";
import { checked, derived, judged } from "../checked";

/** A DocumentDB cluster that is declared elsewhere. */
export interface ExistingDocumentDbCluster {
    /** `arn:aws:rds:region:account:cluster:name` */
    arn: pulumi.Input<string>;
    /** The cluster's own endpoint. */
    endpoint: pulumi.Input<string>;
    /** @default 27017 */
    port?: pulumi.Input<number>;
    /** The name of its parameter group, for the command that keeps changes longer. @default not known */
    parameterGroupName?: pulumi.Input<string>;
}

/** A cluster that a pipeline can read. */
export interface DocumentDbSource {
    /** Known once the cluster is known to fit. */
    arn: pulumi.Output<string>;
    /** Its own endpoint. */
    endpoint: pulumi.Output<string>;
    /** Its port. */
    port: pulumi.Output<number>;
    /** Its parameter group, for the command that keeps changes longer. */
    parameterGroupName: pulumi.Output<string>;
}

const DEFAULT_PORT = 27017;

/** The cluster, once it is known that a pipeline reads such a one; at preview as far as that can be told. */
export function documentDbSource(
    component: pulumi.Resource,
    cluster: Cluster | ExistingDocumentDbCluster,
    parameterGroup: ClusterParameterGroup | undefined,
): DocumentDbSource {
    const arn = checked(cluster.arn, clusterArnProblems);
    const version = Cluster.isInstance(cluster) ? cluster.engineVersion : null;
    const fitting = judged(
        component,
        pulumi.all([version, parametersOf(parameterGroup)]),
        ([engineVersion, parameters]) =>
            documentDbSourceProblems("cluster", {
                engineVersion: engineVersion ?? undefined,
                parameters: parameters ?? undefined,
            }),
    );
    return {
        arn: derived(pulumi.all([arn, fitting]), ([known]) => known),
        endpoint: pulumi.output(cluster.endpoint),
        port: pulumi.output(cluster.port).apply((port) => port ?? DEFAULT_PORT),
        parameterGroupName: parameterGroupName(cluster, parameterGroup),
    };
}

function clusterArnProblems(arn: string): Problem[] {
    if (parseArn(arn, "cluster").service === "docdb-elastic") {
        return documentDbSourceProblems("cluster", { elastic: true });
    }
    return isRdsClusterArn(arn)
        ? []
        : [
              problem(
                  "cluster",
                  `"${arn}" is not the ARN of a DocumentDB cluster`,
                  "Give arn:partition:rds:region:account:cluster:name",
              ),
          ];
}

function parametersOf(group: ClusterParameterGroup | undefined): pulumi.Output<Record<string, string> | null> {
    return group
        ? group.parameters.apply((list = []) => Object.fromEntries(list.map(({ name, value }) => [name, value])))
        : pulumi.output(null);
}

function parameterGroupName(
    cluster: Cluster | ExistingDocumentDbCluster,
    group: ClusterParameterGroup | undefined,
): pulumi.Output<string> {
    const name = Cluster.isInstance(cluster) ? cluster.dbClusterParameterGroupName : cluster.parameterGroupName;
    return pulumi.output(group?.name ?? name ?? "<the cluster's parameter group>");
}
