// Starts and stops the simulated Webflow, as any program would: by the one line that it prints.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const BUILT = fileURLToPath(new URL("../../../target/debug/slugline", import.meta.url));
const PROGRAM = process.env.SLUGLINE ?? BUILT;

// Far more than it needs; without it a broken server would keep the tests waiting.
const START_MILLISECONDS = 20_000;

/** Starts a sandbox and returns its `url`, `token` and `site`, and `stop`. */
export async function startSandbox(...options) {
    const server = spawn(PROGRAM, ["sandbox", "serve", ...options], { stdio: ["ignore", "pipe", "inherit"] });
    const kill = () => server.kill("SIGKILL");
    // Whatever happens to the tests, no server outlives them.
    process.once("exit", kill);
    const late = setTimeout(kill, START_MILLISECONDS);
    const lines = createInterface({ input: server.stdout });
    const ended = once(server, "exit").then(([code, signal]) => {
        throw new Error(`the sandbox ended before it printed its line: ${signal ?? `exit code ${code}`}`);
    });
    try {
        const [line] = await Promise.race([once(lines, "line"), ended]);
        return { ...JSON.parse(line), stop: () => stop(server, kill) };
    } catch (error) {
        kill();
        throw error;
    } finally {
        clearTimeout(late);
        ended.catch(() => {});
    }
}

async function stop(server, kill) {
    const ended = once(server, "exit");
    server.kill("SIGTERM");
    const [code] = await ended;
    process.off("exit", kill);
    return code;
}
