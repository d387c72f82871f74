import { NormalizedSchema } from "@smithy/core/schema";
import { operationModel, type OperationModel } from "../world/model";
import type { Service } from "../world/service";

/** What a door must know of a service to speak its protocol: all of it comes from the SDK's client. */
export interface WireModel {
    service: Service;
    /** `com.amazonaws.glue` */
    namespace: string;
    xmlNamespace: string;
    /** What X-Amz-Target begins with in the JSON protocols: `DynamoDBStreams_20120810`. */
    target: string;
    rest: "json" | "xml";
    /** Its queries are laid out in a way that EC2 alone has. */
    ec2: boolean;
    /** Its errors have codes from the days of the query protocol, which other protocols send as well. */
    queryCompatible: boolean;
    operation(name: string): OperationModel | undefined;
    operations(): OperationModel[];
    error(name: string): NormalizedSchema | undefined;
}

interface ClientConfig {
    protocol: { getShapeId(): string };
    protocolSettings: {
        defaultNamespace: string;
        xmlNamespace?: string;
        serviceTarget?: string;
        awsQueryCompatible?: boolean;
    };
}

const models = new WeakMap<Service, WireModel>();

export function wireModel(service: Service): WireModel {
    const known = models.get(service) ?? readModel(service);
    models.set(service, known);
    return known;
}

function readModel(service: Service): WireModel {
    const client = service.model();
    const { protocol, protocolSettings } = clientConfig(client);
    return {
        service,
        namespace: protocolSettings.defaultNamespace,
        xmlNamespace: protocolSettings.xmlNamespace ?? "",
        target: protocolSettings.serviceTarget ?? "",
        rest: protocol.getShapeId() === "aws.protocols#restXml" ? "xml" : "json",
        ec2: protocol.getShapeId() === "aws.protocols#ec2Query",
        queryCompatible: protocolSettings.awsQueryCompatible ?? false,
        operation: (name) => operationModel(client, name),
        operations: () =>
            Object.keys(client)
                .filter((key) => key.endsWith("$"))
                .flatMap((key) => operationModel(client, key.slice(0, -1)) ?? []),
        error: (name) => {
            const schema = client[`${name}$`];
            const isError = Array.isArray(schema) && schema[0] === ERROR;
            return isError ? NormalizedSchema.of(schema as never) : undefined;
        },
    };
}

/** The first element of an error's schema. */
const ERROR = -3;

function clientConfig(client: Record<string, unknown>): ClientConfig {
    const name = Object.keys(client).find((key) => key.endsWith("Client") && !key.startsWith("__"))!;
    const Client = client[name] as new (config: object) => { config: ClientConfig };
    return new Client({ region: "us-east-1" }).config;
}
