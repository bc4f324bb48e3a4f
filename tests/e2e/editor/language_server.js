// Speaks to yaml-language-server over its protocol, as an editor does.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";

const SERVER = createRequire(import.meta.url).resolve("yaml-language-server/bin/yaml-language-server");

// Far more than an answer takes; without it a silent server would keep the tests waiting.
const ANSWER_MILLISECONDS = 30_000;

// Everything that an editor would switch on, and nothing that asks the network.
const SETTINGS = { yaml: { validate: true, hover: true, completion: true, schemaStore: { enable: false } } };

/** An editor with yaml-language-server running in it. */
export class Editor {
    #server;
    #waiting = new Map();
    #diagnostics = new Map();
    #next = 1;
    #buffer = Buffer.alloc(0);

    static async start() {
        const editor = new Editor();
        editor.#server = spawn(process.execPath, [SERVER, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
        editor.#server.stdout.on("data", (bytes) => editor.#receive(bytes));
        process.once("exit", () => editor.#server.kill("SIGKILL"));
        await editor.#ask("initialize", {
            processId: process.pid,
            rootUri: null,
            capabilities: {
                workspace: { configuration: true },
                textDocument: {
                    completion: { completionItem: { snippetSupport: true, documentationFormat: ["markdown"] } },
                    hover: { contentFormat: ["markdown"] },
                },
            },
        });
        editor.#tell("initialized", {});
        editor.#tell("workspace/didChangeConfiguration", { settings: SETTINGS });
        return editor;
    }

    /** Opens a text as a file and returns what is marked in it, once the server has said so. */
    async open(uri, text) {
        const marked = new Promise((resolve) => this.#diagnostics.set(uri, resolve));
        this.#tell("textDocument/didOpen", { textDocument: { uri, languageId: "yaml", version: 1, text } });
        return await inTime(marked, `what is wrong with ${uri}`);
    }

    /** Returns what is shown when the mouse rests at a place. */
    async hover(uri, position) {
        const hover = await this.#ask("textDocument/hover", { textDocument: { uri }, position });
        return hover === null ? "" : (hover.contents.value ?? hover.contents);
    }

    /** Returns what is offered at a place. */
    async complete(uri, position) {
        const offered = await this.#ask("textDocument/completion", { textDocument: { uri }, position });
        return offered.items ?? offered;
    }

    async stop() {
        const ended = once(this.#server, "exit");
        await this.#ask("shutdown", null);
        this.#tell("exit", null);
        await inTime(ended, "the end of the server");
    }

    #ask(method, params) {
        const id = this.#next++;
        const answer = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
        this.#send({ id, method, params });
        return inTime(answer, method);
    }

    #tell(method, params) {
        this.#send({ method, params });
    }

    #send(message) {
        const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
        this.#server.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
        this.#server.stdin.write(body);
    }

    #receive(bytes) {
        this.#buffer = Buffer.concat([this.#buffer, bytes]);
        for (;;) {
            const end = this.#buffer.indexOf("\r\n\r\n");
            if (end < 0) return;
            const length = Number(/Content-Length: (\d+)/i.exec(this.#buffer.toString("latin1", 0, end))[1]);
            const whole = end + 4 + length;
            if (this.#buffer.length < whole) return;
            const message = JSON.parse(this.#buffer.toString("utf8", end + 4, whole));
            this.#buffer = this.#buffer.subarray(whole);
            this.#take(message);
        }
    }

    #take({ id, method, params, result, error }) {
        if (method === "textDocument/publishDiagnostics") {
            this.#diagnostics.get(params.uri)?.(params.diagnostics);
        } else if (method === "workspace/configuration") {
            this.#send({ id, result: params.items.map(({ section }) => SETTINGS[section] ?? {}) });
        } else if (method !== undefined && id !== undefined) {
            this.#send({ id, result: null });
        } else if (id !== undefined) {
            const { resolve, reject } = this.#waiting.get(id);
            this.#waiting.delete(id);
            if (error) reject(new Error(error.message));
            else resolve(result);
        }
    }
}

async function inTime(promise, what) {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer in time: ${what}`)), ANSWER_MILLISECONDS);
    });
    try {
        return await Promise.race([promise, late]);
    } finally {
        clearTimeout(timer);
    }
}
