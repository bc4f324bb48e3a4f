// The schemas in a real editor's language server, and in a second validator: what they accept, mark, explain and offer.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import Ajv2020 from "ajv/dist/2020.js";
import { parse } from "yaml";

import { Editor } from "./language_server.js";

const root = new URL("../../../", import.meta.url);
const PROGRAM = process.env.SLUGLINE ?? fileURLToPath(new URL("target/debug/slugline", root));
const CASES = process.env.SLUGLINE_CASES_FOLDER ?? fileURLToPath(new URL("tests/cases/schema", root));

const folder = mkdtempSync(join(tmpdir(), "slugline-editor-"));
const schemas = {};
for (const name of ["page", "project"]) {
    const text = execFileSync(PROGRAM, ["schema", name], { encoding: "utf8" });
    writeFileSync(join(folder, `${name}.schema.json`), text);
    schemas[name] = JSON.parse(text);
}

let editor;
let count = 0;

before(async () => {
    editor = await Editor.start();
});

after(async () => {
    await editor.stop();
    rmSync(folder, { recursive: true });
});

/** Opens a text as a file that names its schema as `slugline import` has it named. */
async function open(name, text) {
    const uri = pathToFileURL(join(folder, `${name}-${count++}.yaml`)).href;
    const marks = await editor.open(uri, `# yaml-language-server: $schema=${name}.schema.json\n${text}`);
    return { uri, marks };
}

/** Opens a text with a `|` in it, and returns the place where that stands. */
async function openAt(name, text) {
    const lines = text.slice(0, text.indexOf("|")).split("\n");
    const { uri } = await open(name, text.replace("|", ""));
    // The line that names the schema stands above.
    return { uri, position: { line: lines.length, character: lines.at(-1).length } };
}

async function offered(name, text) {
    const { uri, position } = await openAt(name, text);
    return (await editor.complete(uri, position)).map((item) => item.label);
}

async function shown(name, text) {
    const { uri, position } = await openAt(name, text);
    return await editor.hover(uri, position);
}

const messages = ({ marks }) => marks.map((mark) => mark.message).join("\n");

for (const name of ["page", "project"]) {
    const { good, bad, broken = [] } = parse(readFileSync(join(CASES, `${name}.yaml`), "utf8"));
    const validate = new Ajv2020({ strict: false }).compile(schemas[name]);

    describe(`the table of cases of a ${name}`, () => {
        for (const text of good) {
            test(`good: ${text}`, async () => {
                assert.deepEqual((await open(name, text)).marks, []);
                assert.ok(validate(parse(text)), JSON.stringify(validate.errors));
            });
        }
        for (const text of bad) {
            test(`bad: ${text}`, async () => {
                assert.notDeepEqual((await open(name, text)).marks, []);
                assert.ok(!validate(parse(text)));
            });
        }
        for (const text of broken) {
            test(`broken: ${JSON.stringify(text)}`, async () => {
                assert.notDeepEqual((await open(name, text)).marks, []);
            });
        }
    });
}

describe("what is marked, in words that help", () => {
    test("a key that is misspelled, at its place", async () => {
        const { marks } = await open("page", "path: /a\nlocales:\n  en-US:\n    seo:\n      titel: x\n");
        assert.equal(marks.length, 1);
        assert.match(marks[0].message, /titel is not allowed/);
        assert.deepEqual(marks[0].range.start, { line: 5, character: 6 });
    });

    test("a number where text belongs", async () => {
        assert.match(messages(await open("page", "path: /a\nlocales: {en: {title: 404}}\n")), /Expected "string"/);
    });

    test("a path that is none", async () => {
        assert.match(messages(await open("page", "path: about\nlocales: {en: {}}\n")), /begins at the root of the site/);
    });

    test("an Open Graph text that is copied as well", async () => {
        const text = "path: /a\nlocales: {en: {openGraph: {title: x, titleCopied: true}}}\n";
        assert.match(messages(await open("page", text)), /remove `titleCopied`, or `title` to copy it/);
    });

    // The server takes the line that names the schema for the document that it stands in.
    test("several pages in one file, each of which names the schema", async () => {
        const second = "---\n# yaml-language-server: $schema=page.schema.json\npath: /b\nlocales: {en: {slag: x}}\n";
        const { marks } = await open("page", `path: /a\nlocales: {en: {}}\n${second}`);
        assert.equal(marks.length, 1);
        assert.equal(marks[0].range.start.line, 6);
    });
});

describe("what is explained", () => {
    const page = "path: /a\nlocales:\n  en-US:\n    title: x\n    seo:\n      description: x\n    openGraph:\n      titleCopied: true\n";

    for (const [key, words] of [
        ["path", /path of the page in the primary locale/],
        ["locales", /tags of the site's locales/],
        ["title", /name of the page in the Designer/],
        ["description", /below the title in search results/],
        ["titleCopied", /Same as SEO title/],
    ]) {
        test(key, async () => {
            assert.match(await shown("page", page.replace(`${key}:`, `${key[0]}|${key.slice(1)}:`)), words);
        });
    }

    test("version of the project", async () => {
        assert.match(await shown("project", "ver|sion: 1\nsite: a1\n"), /version of this format/);
    });
});

describe("what is offered", () => {
    test("the keys of a page", async () => {
        const labels = await offered("page", "path: /a\n|");
        assert.ok(labels.includes("id") && labels.includes("locales"), labels.join());
    });

    test("a whole page in an empty file", async () => {
        assert.ok((await offered("page", "|")).includes("page"));
    });

    test("the primary locale", async () => {
        assert.ok((await offered("page", "path: /a\nlocales:\n  |")).includes("primary"));
    });

    test("the keys of a locale", async () => {
        const labels = await offered("page", "path: /a\nlocales:\n  en-US:\n    |");
        for (const key of ["title", "slug", "seo", "openGraph"]) assert.ok(labels.includes(key), labels.join());
    });

    test("the keys of seo that are not there yet", async () => {
        const labels = await offered("page", "path: /a\nlocales:\n  en-US:\n    seo:\n      title: x\n      |");
        assert.ok(labels.includes("description"), labels.join());
        assert.ok(!labels.includes("title"), labels.join());
    });

    test("a flag is true or false", async () => {
        const labels = await offered("page", "path: /a\nlocales:\n  en:\n    openGraph:\n      titleCopied: |");
        assert.ok(labels.includes("true") && labels.includes("false"), labels.join());
    });

    test("the keys of a project", async () => {
        const labels = await offered("project", "version: 1\n|");
        for (const key of ["site", "environments", "pages", "locales", "guards"]) {
            assert.ok(labels.includes(key), labels.join());
        }
    });
});
