import type * as pulumi from "@pulumi/pulumi";

/** A domain as pipelines see it, made here or elsewhere. */
export interface SearchDomain {
    /** A domain. */
    kind: "domain";
    /** Its ARN. */
    arn: pulumi.Output<string>;
    /** Its name. */
    name: pulumi.Output<string>;
    /** With `https://`. */
    endpoint: pulumi.Output<string>;
    /** Whether roles have to be mapped inside of it. */
    fineGrainedAccessControl: pulumi.Output<boolean>;
    /** Whether it can be reached only through a VPC. */
    isPrivate: pulumi.Output<boolean>;
}

/** A collection as pipelines see it, made here or elsewhere. */
export interface SearchCollection {
    /** A collection. */
    kind: "collection";
    /** Its ARN. */
    arn: pulumi.Output<string>;
    /** Its name, which policies are about. */
    name: pulumi.Output<string>;
    /** With `https://`. */
    endpoint: pulumi.Output<string>;
    /** Its id, with which its ARN and its endpoint are made. */
    id: pulumi.Output<string>;
    /** `TIMESERIES` takes no ids of documents. */
    type: pulumi.Output<string>;
    /** Whether it can be reached only through a VPC. */
    isPrivate: pulumi.Output<boolean>;
}

/** Where indexes are. */
export type SearchPlace = SearchDomain | SearchCollection;
