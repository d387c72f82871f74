import { setMaxListeners } from "node:events";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import type { World } from "../world/world";
import { checkInputs, documentsAsText, type Failure } from "./check";
import type { Client } from "./client";
import {
    type Known,
    asRead,
    changedKeys,
    computedInputs,
    currentInputs,
    importedInputs,
    nameOf,
    outputsOnly,
    refused,
    withKept,
    withoutDefaultsKey,
} from "./inputs";
import { invokes } from "./invokes";
import { autonamed, withGeneratedName } from "./naming";
import { openSession, type Session, type Surroundings } from "./session";
import { resourceTypes } from "./types";
import { Typings, type Fields, type TokenTypings, type Shape } from "./typings";
import { DEFAULTS, UNKNOWN, compact, fromStruct, planned, sameValue, toStruct, type Properties } from "./values";

/** A create that AWS accepted, and whose rest failed. */
export class HalfMade extends Error {
    constructor(
        readonly id: string,
        readonly state: Properties,
        message: string,
    ) {
        super(message);
    }
}

/** The `aws` provider, with the methods of Pulumi's ResourceProvider: one instance for one plugin process of the engine. */
export class Provider {
    private readonly stopped = new AbortController();
    private readonly typings: Typings;
    private session?: Session;

    constructor(
        private readonly world: World,
        private readonly surroundings: Surroundings,
    ) {
        this.typings = new Typings([surroundings.folder, __dirname]);
        // Every resource that waits listens to it.
        setMaxListeners(0, this.stopped.signal);
    }

    getPluginInfo() {
        const info = new plugin.PluginInfo();
        info.setVersion(this.typings.version);
        return info;
    }

    attach() {
        return new Empty();
    }

    cancel() {
        this.stopped.abort();
        return new Empty();
    }

    checkConfig(request: rpc.CheckRequest) {
        const inputs = fromStruct(request.getNews());
        const fields = this.typings.resource(PROVIDER_TOKEN)!.inputs;
        const unknown = Object.keys(inputs).filter((key) => !(key in fields) && !ENGINE_CONFIG.test(key));
        return checkResponse(
            inputs,
            unknown.map((key) => ({
                path: key,
                reason: `Invalid or unknown key. Check \`pulumi config get aws:${key}\`.`,
            })),
        );
    }

    diffConfig(request: rpc.DiffRequest) {
        const [before, after] = [fromStruct(request.getOldInputs()), fromStruct(request.getNews())];
        const changed = Object.keys({ ...before, ...after }).filter(
            (key) => !sameValue({}, key, before[key], after[key]),
        );
        return diffResponse(changed, []);
    }

    async configure(request: rpc.ConfigureRequest) {
        const fields = this.typings.resource(PROVIDER_TOKEN)!.inputs;
        const inputs = parseConfig(fields, fromStruct(request.getArgs()));
        this.session = await openSession(this.world, inputs, this.surroundings, this.stopped.signal);
        const response = new rpc.ConfigureResponse();
        response.setSupportspreview(true);
        response.setSupportsAutonamingConfiguration(true);
        // Secrets are left to the engine: for a provider that takes none, it marks what bears the name of a secret input.
        response.setAcceptsecrets(false);
        response.setAcceptresources(false);
        return response;
    }

    check(request: rpc.CheckRequest) {
        const { token, type, typings } = this.known(request.getUrn());
        const given = documentsAsText(typings.inputs, fromStruct(request.getNews()));
        const name = request.getUrn().split("::").pop()!;
        const failures = [
            ...checkInputs(this.typings, typings.inputs, given),
            ...refused(type, given).map((path) => ({ path, reason: `${token}.${path} is not simulated yet` })),
        ];
        if (failures.length > 0) {
            const located = failures.map(({ path, reason }) => ({
                path,
                reason: `${reason}. Examine values at '${name}.${path}'.`,
            }));
            return checkResponse(given, located);
        }
        const defaults = {
            ...type.defaults,
            ...autonamed(type, given, fromStruct(request.getOlds()), name, request),
        };
        const filled = Object.keys(defaults).filter((key) => given[key] === undefined);
        const inputs = { ...defaults, ...compact(given), ...this.tags(typings, given), [DEFAULTS]: filled.sort() };
        return checkResponse(inputs, []);
    }

    diff(request: rpc.DiffRequest) {
        const known = this.known(request.getUrn());
        const { type, typings } = known;
        const state = fromStruct(request.getOlds());
        const after = fromStruct(request.getNews());
        const before = request.getOldInputs() ? fromStruct(request.getOldInputs()) : state;
        // Without a Region of its own a resource moves with its provider.
        const region = "region" in typings.inputs && { region: after.region ?? this.open.region };
        const changed = changedKeys(
            known,
            { ...before, ...asRead(type, after, state), ...(region && { region: state.region ?? this.open.region }) },
            { ...after, ...region },
        );
        const replaced = changed.filter((key) => !type.update || key === "region" || type.replaces?.includes(key));
        const response = diffResponse(changed, replaced);
        const nameKey = type.autoname?.property;
        // A name that the program chose is taken as long as the old resource has it.
        response.setDeletebeforereplace(
            nameKey !== undefined &&
                !type.autoname?.late &&
                after[nameKey] !== undefined &&
                replaced.length > 0 &&
                !replaced.includes(nameKey) &&
                !after[DEFAULTS]?.includes(nameKey),
        );
        return response;
    }

    async create(request: rpc.CreateRequest) {
        const known = this.known(request.getUrn());
        const args = withoutDefaultsKey(fromStruct(request.getProperties()));
        const response = new rpc.CreateResponse();
        if (request.getPreview()) {
            response.setProperties(toStruct(this.plan(known, args)));
            return response;
        }
        const { id, state } = await this.make(known, withGeneratedName(known.type, args));
        response.setId(id);
        response.setProperties(toStruct(state));
        return response;
    }

    private async make(known: Known, args: Properties): Promise<{ id: string; state: Properties }> {
        const { type } = known;
        const client = this.client(args);
        const what = `${type.label} (${nameOf(type, args) ?? ""})`.replace(" ()", "");
        const created = await naming(`creating ${what}`, type.create(client, args));
        const { id, toldOnce } = typeof created === "string" ? { id: created, toldOnce: {} } : created;
        const given = { ...args, ...toldOnce };
        const current = () => this.stateOf(known, client, id, given);
        try {
            await naming(`creating ${what}`, Promise.resolve(type.settle?.(client, id, args)));
            const state = await current();
            if (!state) {
                throw new Error(`reading ${what}: couldn't find resource`);
            }
            return { id, state };
        } catch (error) {
            throw new HalfMade(id, (await current().catch(() => undefined)) ?? given, (error as Error).message);
        }
    }

    async read(request: rpc.ReadRequest) {
        const known = this.known(request.getUrn());
        const given = fromStruct(request.getInputs());
        const before = fromStruct(request.getProperties());
        const client = this.client({ ...given, ...before });
        const id = request.getId();
        const response = new rpc.ReadResponse();
        const imported = Object.keys(given).length === 0;
        const missing = (known.type.foundWith ?? []).filter((key) => before[key] === undefined);
        if (missing.length > 0) {
            throw new Error(`reading ${known.type.label} (${id}): it cannot be found without ${missing.join(", ")}`);
        }
        const state = await this.stateOf(known, client, id, imported ? { ...known.type.defaults, ...before } : before);
        if (state) {
            response.setId(id);
            response.setProperties(toStruct(state));
            response.setInputs(toStruct(imported ? importedInputs(known, state) : currentInputs(known, given, state)));
        }
        return response;
    }

    async update(request: rpc.UpdateRequest) {
        const known = this.known(request.getUrn());
        const before = fromStruct(request.getOlds());
        const old = { ...computedInputs(known, before), ...withoutDefaultsKey(fromStruct(request.getOldInputs())) };
        const args = withKept(known.typings, old, withoutDefaultsKey(fromStruct(request.getNews())));
        const response = new rpc.UpdateResponse();
        if (request.getPreview()) {
            response.setProperties(toStruct(this.plan(known, args, before, changedKeys(known, old, args))));
            return response;
        }
        const client = this.client({ ...args, region: before.region });
        const id = request.getId();
        const what = `${known.type.label} (${id})`;
        await naming(`updating ${what}`, known.type.update!(client, id, args, old, before));
        const state = await this.stateOf(known, client, id, { ...outputsOnly(known, before), ...args });
        if (!state) {
            throw new Error(`reading ${what}: couldn't find resource`);
        }
        response.setProperties(toStruct(state));
        return response;
    }

    async delete(request: rpc.DeleteRequest) {
        const { type } = this.known(request.getUrn());
        const state = fromStruct(request.getProperties());
        const id = request.getId();
        await naming(`deleting ${type.label} (${id})`, type.delete(this.client(state), id, state));
        return new Empty();
    }

    async invoke(request: rpc.InvokeRequest) {
        const token = request.getTok();
        const typings = this.typings.invoke(token);
        const invoke = invokes[token];
        if (!invoke || !typings) {
            throw new Error(`${token} is not simulated yet`);
        }
        const args = fromStruct(request.getArgs());
        const response = new rpc.InvokeResponse();
        const failures = checkInputs(this.typings, typings.inputs, args);
        if (failures.length > 0) {
            response.setFailuresList(failures.map(checkFailure));
            return response;
        }
        const result = Object.entries(await invoke(this.client(args), args));
        response.setReturn(toStruct(Object.fromEntries(result.filter(([key]) => key in typings.outputs))));
        return response;
    }

    private get open(): Session {
        if (!this.session) {
            throw new Error("the aws provider has not been configured");
        }
        return this.session;
    }

    private client(properties: Properties): Client {
        return this.open.client(properties.region);
    }

    private known(urn: string): Known {
        const token = urn.split("::")[2].split("$").pop()!;
        const typings = this.typings.resource(token);
        if (!typings) {
            throw new Error(`${token} is not a type of @pulumi/aws ${this.typings.version}`);
        }
        const type = resourceTypes[token];
        if (!type) {
            throw new Error(`${token} is not simulated yet`);
        }
        return { token, type, typings };
    }

    /** The provider's own tags are part of the inputs of everything that can be tagged. */
    private tags({ inputs, outputs }: TokenTypings, given: Properties): Properties {
        const own = this.open.defaultTags;
        const taggable = "tags" in inputs && "tagsAll" in outputs;
        return taggable && Object.keys(own).length > 0 && given.tags !== UNKNOWN
            ? { tags: { ...own, ...given.tags } }
            : {};
    }

    /**
     * The state as far as it is known before it comes about.
     *
     * @param changed the inputs that an update changes
     */
    private plan({ type, typings }: Known, args: Properties, before?: Properties, changed: string[] = []) {
        const recomputed = changed.flatMap((key) => type.recomputes?.[key] ?? []);
        const unknown = recomputed.filter((key) => args[key] === undefined).map((key) => [key, UNKNOWN]);
        return {
            ...planned(this.typings, typings.outputs, args, before),
            ...Object.fromEntries(unknown),
            ...("region" in typings.outputs && { region: args.region ?? before?.region ?? this.open.region }),
            ...("tagsAll" in typings.outputs && { tagsAll: args.tags ?? {} }),
        };
    }

    /** What AWS has, and what only the state knows. */
    private async stateOf({ type, typings }: Known, client: Client, id: string, known: Properties) {
        const current = await naming(`reading ${type.label} (${id})`, type.read(client, id, known));
        if (!current) {
            return undefined;
        }
        const kept = Object.entries(known).filter(([key]) => key in typings.outputs);
        const tags = Object.keys(current.tagsAll ?? {}).length > 0 ? current.tagsAll : undefined;
        return compact({
            ...Object.fromEntries(kept),
            ...current,
            ...("tagsAll" in typings.outputs && { tags }),
            ...("region" in typings.outputs && { region: client.region }),
        });
    }
}

const PROVIDER_TOKEN = "aws:index/provider:Provider";

/** Members of a provider's inputs that are the engine's. */
const ENGINE_CONFIG = /^(version|pluginDownloadURL|__.*)$/;

/** In a provider's inputs everything but text is JSON in a string. */
function parseConfig(fields: Fields, inputs: Properties): Properties {
    const parse = (shape: Shape | undefined, value: unknown) =>
        typeof value === "string" && shape !== undefined && shape !== "string" ? JSON.parse(value) : value;
    return Object.fromEntries(
        Object.entries(inputs)
            .filter(([, value]) => value !== "")
            .map(([key, value]) => [key, parse(fields[key]?.shape, value)]),
    );
}

async function naming<T>(what: string, action: Promise<T>): Promise<T> {
    try {
        return await action;
    } catch (error) {
        throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
    }
}

function checkResponse(inputs: Properties, failures: Failure[]): rpc.CheckResponse {
    const response = new rpc.CheckResponse();
    response.setInputs(toStruct(inputs));
    response.setFailuresList(failures.map(checkFailure));
    return response;
}

function checkFailure({ path, reason }: Failure): rpc.CheckFailure {
    const failure = new rpc.CheckFailure();
    failure.setProperty(path);
    failure.setReason(reason);
    return failure;
}

function diffResponse(changed: string[], replaced: string[]): rpc.DiffResponse {
    const { DIFF_SOME, DIFF_NONE } = rpc.DiffResponse.DiffChanges;
    const response = new rpc.DiffResponse();
    response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
    response.setDiffsList(changed);
    response.setReplacesList(replaced);
    return response;
}
