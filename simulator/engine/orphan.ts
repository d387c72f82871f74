/** The engine holds a pipe to the standard input of each plugin, so its end tells of the engine's, however it died. */
export function onEngineGone(action: () => void): void {
    process.stdin.resume().once("close", action);
}
