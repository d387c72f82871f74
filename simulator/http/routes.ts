import { requiredMembers, type OperationModel } from "../world/model";
import { splitOnce, type WireRequest } from "./message";
import type { WireModel } from "./model";

/** Where a member of an input or output goes: the `http` traits of Smithy. */
export interface Binding {
    httpLabel?: 1;
    httpQuery?: string;
    httpQueryParams?: 1;
    httpHeader?: string;
    httpPrefixHeaders?: string;
    httpPayload?: 1;
    httpResponseCode?: 1;
}

/** What tells an operation from the others of a REST service. */
interface Route {
    operation: OperationModel;
    method: string;
    path: RegExp;
    /** the members in the path, in its order */
    labels: string[];
    /** The member that is in no path: S3's bucket, whose place clients choose. */
    bucket?: string;
    /** query parameters with a fixed value, or none */
    literals: [name: string, value: string][];
    /** query parameters and headers that a call must bring */
    required: Required[];
}

type Required = { query: string } | { header: string };

/** The operation that a request means, and the labels in its path. */
interface Match {
    operation: OperationModel;
    labels: Record<string, string>;
}

export function match(model: WireModel, request: WireRequest): Match | undefined {
    const routes = routesOf(model);
    const { bucket, path } = routes.some((r) => r.bucket) ? bucketOf(request) : { path: request.path };
    const route = routes.find(
        (r) =>
            r.method === request.method &&
            (r.bucket !== undefined) === (bucket !== undefined) &&
            r.path.test(path) &&
            r.literals.every(([name, value]) => isGiven(request, name, value)) &&
            r.required.every((r) => ("query" in r ? request.query.has(r.query) : r.header in request.headers)),
    );
    if (!route) {
        return undefined;
    }
    const values = route.path.exec(path)!.slice(1).map(decodeURIComponent);
    return {
        operation: route.operation,
        labels: {
            ...Object.fromEntries(route.labels.map((label, i) => [label, values[i]])),
            ...(route.bucket && { [route.bucket]: bucket! }),
        },
    };
}

/** Only SDKs send x-id, which repeats the operation's name. */
function isGiven({ query }: WireRequest, name: string, value: string): boolean {
    return name === "x-id" ? (query.get(name) ?? value) === value : query.has(name) && query.get(name) === value;
}

const routes = new WeakMap<WireModel, Route[]>();

/** The routes, those that ask for more before those that ask for less. */
function routesOf(model: WireModel): Route[] {
    const known =
        routes.get(model) ??
        model
            .operations()
            .flatMap((o) => routeOf(model, o))
            .sort(mostDemandingFirst);
    routes.set(model, known);
    return known;
}

function mostDemandingFirst(a: Route, b: Route): number {
    const demands = ({ literals, required }: Route) =>
        literals.filter(([name]) => name !== "x-id").length + required.length;
    return demands(b) - demands(a);
}

function routeOf(model: WireModel, operation: OperationModel): Route[] {
    if (!operation.traits.http) {
        return [];
    }
    const [method, template] = operation.traits.http;
    const [path, query] = splitOnce(template, "?");
    const labels = [...path.matchAll(/\{(\w+)\+?\}/g)].map(([, label]) => label);
    const pattern = path.replace(/\{\w+\+\}/g, "(.+)").replace(/\{\w+\}/g, "([^/]+)");
    const bindings = Object.entries(operation.input.getMemberSchemas()).map(
        ([name, member]) => [name, member.getMergedTraits() as Binding] as const,
    );
    const mandatory = new Set(requiredMembers(model.service.model(), operation.name));
    return [
        {
            operation,
            method,
            path: new RegExp(`^${pattern}$`, "s"),
            labels,
            bucket: bindings.find(([name, binding]) => binding.httpLabel && !labels.includes(name))?.[0],
            literals: [...new URLSearchParams(query)],
            required: bindings
                .filter(([name]) => mandatory.has(name))
                .flatMap(([, { httpQuery, httpHeader }]): Required[] =>
                    httpQuery ? [{ query: httpQuery }] : httpHeader ? [{ header: httpHeader.toLowerCase() }] : [],
                ),
        },
    ];
}

/** The bucket is the first part of the host (`bucket.localhost`, `bucket.s3.…`), else of the path. */
function bucketOf({ headers, path }: WireRequest): { bucket?: string; path: string } {
    const host = splitOnce(headers.host ?? "", ":")[0];
    const virtual = /^(.+?)\.(?:s3[.-].*|localhost)$/.exec(host)?.[1];
    if (virtual && virtual !== "s3") {
        return { bucket: virtual, path };
    }
    const [bucket, key] = splitOnce(path.slice(1), "/");
    return { bucket: bucket === "" ? undefined : decodeURIComponent(bucket), path: `/${key}` };
}
