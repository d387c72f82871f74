import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { engineCache } from "../engine/install";
import { launcherFolder } from "../engine/launchers";
import type { World } from "../world/world";
import { openProviderDoor } from "./door";

/**
 * Where the `pulumi-resource-aws` of an engine (`plugin.ts`) asks for its provider.
 *
 * It writes its surroundings as a line of JSON and reads the provider's port. The connection is its lifeline: the engine
 * ends its plugins with SIGKILL, and what then closes it is the operating system.
 */
export class PluginDoor {
    private readonly server: Server;
    private readonly connections = new Set<Socket>();

    private constructor(world: World) {
        this.server = createServer((socket) => {
            this.connections.add(socket);
            socket.on("close", () => this.connections.delete(socket));
            serve(world, socket).catch((error: Error) => socket.end(`${JSON.stringify({ error: error.message })}\n`));
        });
    }

    static async open(world: World): Promise<PluginDoor> {
        const door = new PluginDoor(world);
        await once(door.server.listen(0, "127.0.0.1"), "listening");
        return door;
    }

    get port(): number {
        return (this.server.address() as AddressInfo).port;
    }

    /** Ends all providers as well. */
    async close(): Promise<void> {
        this.connections.forEach((socket) => socket.destroy());
        await once(this.server.close(), "close");
    }
}

async function serve(world: World, socket: Socket): Promise<void> {
    socket.on("error", () => socket.destroy());
    const [line] = await once(createInterface({ input: socket }), "line");
    const provider = await openProviderDoor(world, JSON.parse(line));
    if (socket.closed) {
        provider.close();
        return;
    }
    socket.on("close", () => provider.close());
    socket.write(`${JSON.stringify({ port: provider.port })}\n`);
}

/** The folder with the `pulumi-resource-aws` that an engine has to find on PATH. */
export function pluginFolder(): Promise<string> {
    const scripts = { "pulumi-resource-aws": join(__dirname, "plugin.js") };
    return launcherFolder(join(engineCache(process.env), "plugins"), "aws", scripts);
}
