import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { World } from "../world/world";
import { HalfMade, Provider } from "./provider";
import type { Surroundings } from "./session";
import { toStruct } from "./values";

/** A running `aws` provider. */
export interface ProviderDoor {
    /** on 127.0.0.1 */
    port: number;
    close(): void;
}

/** Opens a provider of one plugin process, as the engine starts one per provider resource. */
export async function openProviderDoor(world: World, surroundings: Surroundings): Promise<ProviderDoor> {
    const server = new grpc.Server({
        "grpc.max_receive_message_length": -1,
        "grpc.max_send_message_length": -1,
    });
    server.addService(ResourceProviderService, methodsOf(new Provider(world, surroundings)));
    const port = await new Promise<number>((resolve, reject) =>
        server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
            error ? reject(error) : resolve(bound),
        ),
    );
    return { port, close: () => server.forceShutdown() };
}

/** The provider's methods bear the names of the service's; the rest of the service stays unimplemented. */
function methodsOf(provider: Provider): grpc.UntypedServiceImplementation {
    const methods = provider as unknown as Record<string, (request: unknown) => unknown>;
    const names = Object.keys(ResourceProviderService).filter((name) => name in provider);
    return Object.fromEntries(names.map((name) => [name, unary((request) => methods[name](request))]));
}

function unary(handler: (request: unknown) => unknown): grpc.handleUnaryCall<unknown, unknown> {
    return async (call, callback) => {
        try {
            callback(null, await handler(call.request));
        } catch (error) {
            callback(statusOf(error as Error));
        }
    };
}

/** An error as the real provider's framework reports it; a half-made resource goes along in its details. */
function statusOf(error: Error): Partial<grpc.ServiceError> {
    const message = `1 error occurred:\n\t* ${error.message}\n\n`;
    const metadata = new grpc.Metadata();
    if (error instanceof HalfMade) {
        const detail = new ErrorResourceInitFailed();
        detail.setId(error.id);
        detail.setProperties(toStruct(error.state));
        detail.setReasonsList([message]);
        const any = new Any();
        any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
        const status = new Status();
        status.setCode(grpc.status.UNKNOWN);
        status.setMessage(message);
        status.addDetails(any);
        metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
    }
    return { code: grpc.status.UNKNOWN, details: message, metadata };
}
