/**
 * The provider of dynamic resources for an engine that was built from source: `pulumi-resource-pulumi-nodejs <engine address>`.
 * It is the SDK's own, from the folder of the program. Without its engine the SDK's would stay for good; this one ends.
 */
import { onEngineGone } from "./orphan";

const checkIntervalMs = 200;

/** What stays open as long as the process lives: its server and its standard streams. */
const permanent = ["TCPServerWrap", "PipeWrap"];

/** As with an official CLI, a create that had begun when the engine died is finished: nobody undoes it half-way. */
function exitWhenIdle(): void {
    setInterval(() => {
        if (process.getActiveResourcesInfo().every((resource) => permanent.includes(resource))) {
            process.exit(1);
        }
    }, checkIntervalMs).unref();
}

require(require.resolve("@pulumi/pulumi/cmd/dynamic-provider", { paths: [process.cwd()] }));
onEngineGone(exitWhenIdle);
