import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { openProviderDoor, type ProviderDoor } from "../../../simulator/provider/door";
import { fromStruct, toStruct, type Properties } from "../../../simulator/provider/values";
import type { World } from "../../../simulator/world/world";

/** A refused call; of a half-made resource with what the state keeps. */
export class CallError extends Error {
    constructor(
        message: string,
        readonly halfMade?: { id: string; state: Properties },
    ) {
        super(message);
    }
}

/** A provider as the engine drives it, in plain values. */
export class ProviderClient {
    private constructor(
        private readonly door: ProviderDoor,
        private readonly stub: ResourceProviderClient,
    ) {}

    static async open(world: World, environment: Record<string, string> = {}): Promise<ProviderClient> {
        const door = await openProviderDoor(world, { environment, folder: __dirname });
        const stub = new ResourceProviderClient(`127.0.0.1:${door.port}`, grpc.credentials.createInsecure());
        return new ProviderClient(door, stub);
    }

    /** An administrator's provider in eu-west-1. */
    static async configured(world: World, inputs: Properties = {}): Promise<ProviderClient> {
        const provider = await ProviderClient.open(world, { AWS_ACCESS_KEY_ID: "123456789012" });
        await provider.configure({ region: "eu-west-1", ...inputs });
        return provider;
    }

    close(): void {
        this.stub.close();
        this.door.close();
    }

    configure(inputs: Properties): Promise<rpc.ConfigureResponse> {
        const texts = Object.entries(inputs).map(([k, v]) => [k, typeof v === "string" ? v : JSON.stringify(v)]);
        const request = new rpc.ConfigureRequest();
        request.setArgs(toStruct(Object.fromEntries(texts)));
        return this.call("configure", request);
    }

    /** What the engine asks for when its user interrupts it. */
    cancel(): Promise<Empty> {
        return this.call("cancel", new Empty());
    }

    async check(token: string, news: Properties, olds: Properties = {}) {
        const request = new rpc.CheckRequest();
        request.setUrn(urnOf(token));
        request.setNews(toStruct(news));
        request.setOlds(toStruct(olds));
        const response = await this.call<rpc.CheckResponse>("check", request);
        const failures = response.getFailuresList().map((f) => `${f.getProperty()}: ${f.getReason()}`);
        return { inputs: fromStruct(response.getInputs()), failures };
    }

    async diff(token: string, state: Properties, before: Properties, after: Properties) {
        const request = new rpc.DiffRequest();
        request.setUrn(urnOf(token));
        request.setOlds(toStruct(state));
        request.setOldInputs(toStruct(before));
        request.setNews(toStruct(after));
        const response = await this.call<rpc.DiffResponse>("diff", request);
        return {
            changed: response.getDiffsList(),
            replaces: response.getReplacesList(),
            deleteBeforeReplace: response.getDeletebeforereplace(),
        };
    }

    async create(token: string, inputs: Properties, preview = false) {
        const request = new rpc.CreateRequest();
        request.setUrn(urnOf(token));
        request.setProperties(toStruct(inputs));
        request.setPreview(preview);
        const response = await this.call<rpc.CreateResponse>("create", request);
        return { id: response.getId(), state: fromStruct(response.getProperties()) };
    }

    async read(token: string, id: string, state: Properties = {}, inputs: Properties = {}) {
        const request = new rpc.ReadRequest();
        request.setUrn(urnOf(token));
        request.setId(id);
        request.setProperties(toStruct(state));
        request.setInputs(toStruct(inputs));
        const response = await this.call<rpc.ReadResponse>("read", request);
        return {
            id: response.getId(),
            state: fromStruct(response.getProperties()),
            inputs: fromStruct(response.getInputs()),
        };
    }

    async update(token: string, id: string, state: Properties, before: Properties, after: Properties, preview = false) {
        const request = new rpc.UpdateRequest();
        request.setUrn(urnOf(token));
        request.setId(id);
        request.setOlds(toStruct(state));
        request.setOldInputs(toStruct(before));
        request.setNews(toStruct(after));
        request.setPreview(preview);
        return fromStruct((await this.call<rpc.UpdateResponse>("update", request)).getProperties());
    }

    async delete(token: string, id: string, state: Properties): Promise<void> {
        const request = new rpc.DeleteRequest();
        request.setUrn(urnOf(token));
        request.setId(id);
        request.setProperties(toStruct(state));
        await this.call("delete", request);
    }

    async invoke(token: string, args: Properties = {}): Promise<Properties> {
        const request = new rpc.InvokeRequest();
        request.setTok(token);
        request.setArgs(toStruct(args));
        return fromStruct((await this.call<rpc.InvokeResponse>("invoke", request)).getReturn());
    }

    /** Check and create, as an update does. */
    async make(token: string, args: Properties) {
        const { inputs, failures } = await this.check(token, args);
        if (failures.length > 0) {
            throw new Error(failures.join("\n"));
        }
        return { inputs, ...(await this.create(token, inputs)) };
    }

    private call<Response>(method: string, request: object): Promise<Response> {
        // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the stub has a method for each
        const stub = this.stub as any;
        return new Promise((resolve, reject) =>
            stub[method](request, (error: grpc.ServiceError | null, response: Response) =>
                error ? reject(new CallError(error.details, halfMade(error))) : resolve(response),
            ),
        );
    }
}

/** The resource is called "thing". */
const urnOf = (token: string) => `urn:pulumi:dev::project::${token}::thing`;

function halfMade(error: grpc.ServiceError) {
    const [bytes] = error.metadata.get("grpc-status-details-bin");
    if (!bytes) {
        return undefined;
    }
    const [detail] = Status.deserializeBinary(bytes as Buffer).getDetailsList();
    const made = rpc.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
    return { id: made.getId(), state: fromStruct(made.getProperties()) };
}
