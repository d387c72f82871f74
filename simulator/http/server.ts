import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Context } from "../world/context";
import { AwsError } from "../world/error";
import { LostAnswer, type World } from "../world/world";
import { callerOf, credentialScope, type CredentialScope } from "./caller";
import { cbor } from "./cbor";
import { CONTROL_PATH, ControlDoor, type ControlHandler } from "./control";
import { ec2Query } from "./ec2-query";
import { json } from "./json";
import { readRequest, type WireRequest, type WireResponse } from "./message";
import { wireModel, type WireModel } from "./model";
import { wireError, type Call, type Protocol } from "./protocol";
import { isQuery, query } from "./query";
import { restJson, restXml } from "./rest";
import { answerSearch, searchEndpoint } from "./search";

/** The simulator is for this machine alone. */
const HOST = "127.0.0.1";

/** The door for every AWS client: SDKs, the CLI, boto3. */
export class HttpDoor {
    private readonly controlDoor: ControlDoor;
    private readonly server: Server;

    private constructor(private readonly world: World) {
        this.controlDoor = new ControlDoor(world);
        this.server = createServer((message, response) => void this.serve(message, response));
    }

    /** @param port @default 0: any that is free */
    static async open(world: World, port = 0): Promise<HttpDoor> {
        const door = new HttpDoor(world);
        await new Promise<void>((resolve, reject) => {
            door.server.once("error", reject).listen(port, HOST, resolve);
        });
        return door;
    }

    get port(): number {
        return (this.server.address() as AddressInfo).port;
    }

    /** What AWS_ENDPOINT_URL is set to. An address, not a name: clients then write buckets into the path. */
    get endpoint(): string {
        return `http://${HOST}:${this.port}`;
    }

    /** Lets `handler` answer `method` at `/_zero-etl/<path>`. */
    control(method: string, path: string, handler: ControlHandler): void {
        this.controlDoor.handle(method, path, handler);
    }

    async close(): Promise<void> {
        const closed = new Promise((resolve) => this.server.close(resolve));
        this.server.closeAllConnections();
        await closed;
    }

    private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
        try {
            const request = await readRequest(message);
            const answer = request.path.startsWith(CONTROL_PATH)
                ? await this.controlDoor.answer(request)
                : await this.answer(request);
            response.writeHead(answer.status, { ...lengthOf(answer), ...answer.headers }).end(answer.body);
        } catch (error) {
            if (!(error instanceof LostAnswer)) {
                console.error("simulator: a request failed:", error);
            }
            message.socket.destroy();
        }
    }

    private async answer(request: WireRequest): Promise<WireResponse> {
        const requestId = randomUUID();
        const endpoint = searchEndpoint(this.world, request);
        if (endpoint) {
            return answerSearch(this.world, endpoint, request, requestId);
        }
        const scope = credentialScope(request);
        const model = scope && this.modelOf(scope, request);
        // Among the services that nobody simulates, those that speak XML are few.
        const protocol = protocolOf(request, model ?? { ec2: false, rest: scope ? "json" : "xml" });
        const respond = async (): Promise<WireResponse> => {
            const caller = callerOf(this.world, scope);
            if (!model) {
                throw new AwsError("UnknownOperationException", `${scope!.service} is not simulated`, 404);
            }
            const call = await readCall(protocol, request, model);
            const ctx = new Context(this.world, caller, scope!.region, "http");
            const output = await this.world.invoke(ctx, model.service.id, call.operation, call.input);
            return protocol.write(call, output as Record<string, unknown>, model, requestId);
        };
        const response = await respond().catch((error) =>
            protocol.writeError(wireError(asAwsError(error), protocol, model), requestId, model),
        );
        return { ...response, headers: { ...response.headers, [protocol.requestIdHeader]: requestId } };
    }

    /** Among services that sign by the same name, the target of a JSON call tells which one is meant. */
    private modelOf({ service: name }: CredentialScope, { headers }: WireRequest): WireModel | undefined {
        const services = [...this.world.services.values()].filter((s) => (s.signingName ?? s.id) === name);
        const [first, ...others] = services.map(wireModel);
        const target = headers["x-amz-target"]?.split(".")[0];
        return others.find((model) => model.target === target) ?? first;
    }
}

/** Real ones are never chunked; the answer to a HEAD tells the length of what it leaves out. */
function lengthOf({ body = "", status }: WireResponse): Record<string, string> {
    return status === 204 || status === 304 ? {} : { "content-length": String(Buffer.byteLength(body)) };
}

function protocolOf(request: WireRequest, { ec2, rest }: Pick<WireModel, "ec2" | "rest">): Protocol {
    if (request.headers["smithy-protocol"] === "rpc-v2-cbor") {
        return cbor;
    }
    if (request.headers["x-amz-target"]) {
        return json;
    }
    if (isQuery(request)) {
        return ec2 ? ec2Query : query;
    }
    return rest === "json" ? restJson : restXml;
}

async function readCall(protocol: Protocol, request: WireRequest, model: WireModel): Promise<Call> {
    try {
        return await protocol.read(request, model);
    } catch (error) {
        throw new AwsError("SerializationException", (error as Error).message);
    }
}

/** A lost answer stays one; what no service meant to throw is an error of the server's. */
function asAwsError(error: unknown): AwsError {
    if (error instanceof AwsError) {
        return error;
    }
    if (error instanceof LostAnswer) {
        throw error;
    }
    console.error("simulator: an operation failed:", error);
    return new AwsError("InternalServerException", String(error), 500);
}
