// The report in a real browser: what it shows, that it asks for nothing and runs nothing, and that everybody can read it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

const root = new URL("../../../", import.meta.url);
const PROGRAM = process.env.SLUGLINE ?? fileURLToPath(new URL("target/debug/slugline", root));
const EXAMPLE = process.env.SLUGLINE_EXAMPLE_FOLDER ?? fileURLToPath(new URL("examples/galaxy", root));
const BROWSER = process.env.SLUGLINE_BROWSER ?? "/usr/bin/chromium";
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// A title that is cut, one that would like to be more than text, an address that moves, and a value that is lost.
const CHANGES = `\
id: 6596da6045e56dee495bcbba
locales:
  en-US:
    slug: handbook
    seo:
      title: The Ultimate Hitchhiker's Guide to the Galaxy, to Everything in It, and to the Restaurant at Its End
      description: Everything you need to know about the galaxy, from <b>Vogon</b> poetry to the importance of towels.
    openGraph:
      title: <script>document.title = "out of its place"</script><img src="https://evil.example/x.png">
      description: ""
  fr-FR:
    seo:
      title: Le guide ultime du voyageur galactique
`;

const folder = mkdtempSync(join(tmpdir(), "slugline-report-"));
let browser;
let address;

before(async () => {
    for (const name of ["slugline.yaml", "sandbox.json"]) {
        cpSync(join(EXAMPLE, name), join(folder, name));
    }
    writeFileSync(join(folder, "changes.yaml"), CHANGES);
    const project = readFileSync(join(folder, "slugline.yaml"), "utf8");
    writeFileSync(join(folder, "slugline.yaml"), `${project.replace(/^pages:.*$/m, "")}\npages: [changes.yaml]\n`);
    run("plan", "--sandbox", "--quiet", "-o", "plan.json");
    writeFileSync(join(folder, "report.html"), run("show", "plan.json", "--format", "html"));
    address = pathToFileURL(join(folder, "report.html")).href;
    browser = await chromium.launch({
        executablePath: BROWSER,
        args: [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    });
});

after(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
});

function run(...args) {
    return execFileSync(PROGRAM, ["-C", folder, ...args], { encoding: "utf8" });
}

/** Opens the report and returns its page, with all that it asked for and said. */
async function open(colorScheme = "light", width = 1280) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    const asked = [];
    const said = [];
    page.on("request", (request) => asked.push(request.url()));
    page.on("console", (message) => said.push(message.text()));
    page.on("pageerror", (error) => said.push(String(error)));
    page.on("dialog", (dialog) => said.push(dialog.message()));
    await page.goto(address);
    return { page, asked, said };
}

describe("what it shows", () => {
    test("search results on a desktop and a phone, and social cards, before and after", async () => {
        const { page } = await open();
        const captions = await page.locator("article figcaption").allTextContents();
        const results = ["After, on a desktop", "After, on a phone", "Before, on a desktop", "Before, on a phone"];
        // English, then French, which changes nothing of its card.
        assert.deepEqual(captions, [...results, "After", "Before", ...results]);
    });

    test("the style applies, so that its hash is right", async () => {
        const { page } = await open();
        const color = await page.locator(".result .title").first().evaluate((title) => getComputedStyle(title).color);
        assert.equal(color, "rgb(26, 13, 171)");
    });

    test("what is cut off, where a browser would cut it", async () => {
        const { page } = await open();
        const title = page.locator(".desktop .title").first();
        const lost = title.locator(".lost");
        assert.match(await lost.textContent(), /cut off: .*End$/);
        const shown = await title.evaluate((element) => {
            const range = document.createRange();
            range.selectNodeContents(element);
            range.setEndBefore(element.querySelector(".lost"));
            return range.getBoundingClientRect().width;
        });
        assert.ok(shown > 480 && shown < 600, `${shown} px`);
    });

    test("words that change, the redirect, the guard, and the languages", async () => {
        const { page } = await open();
        assert.equal(await page.locator("section[aria-labelledby=guards] .guard").count(), 2);
        const moved = page.locator("section[aria-labelledby=addresses] tbody tr").first();
        assert.deepEqual(await moved.locator("del, ins").allTextContents(), ["/guide-to-the-galaxy", "/handbook"]);
        const french = page.locator(".value[lang=fr-FR] ins").first();
        assert.match(await french.textContent(), /voyageur galactique/);
    });

    test("what moves along: the new address, and a text that a locale inherits", async () => {
        const { page } = await open();
        const english = page.locator(".result[lang=en-US]");
        assert.equal(await english.first().locator(".from span bdi").textContent(), "… › handbook");
        assert.equal(await english.last().locator(".from span bdi").textContent(), "… › guide-to-the-galaxy");
        const french = page.locator(".result[lang=fr-FR] .text");
        assert.match(await french.first().textContent(), /from <b>Vogon<\/b> poetry/);
        assert.match(await french.last().textContent(), /from avoiding Vogon poetry/);
    });

    test("nothing of a text but the text", async () => {
        const { page } = await open();
        assert.match(await page.title(), /^Plan for /);
        assert.equal(await page.locator("script, img, svg, iframe, link, object, b:has-text('Vogon')").count(), 0);
        assert.ok(await page.getByText("<b>Vogon</b>").first().isVisible());
    });
});

for (const colorScheme of ["light", "dark"]) {
    for (const width of [320, 1280]) {
        test(`${colorScheme}, ${width} pixels: asks for nothing, says nothing, and is accessible`, async () => {
            const { page, asked, said } = await open(colorScheme, width);
            const closed = page.locator("details:not([open]) > summary");
            while ((await closed.count()) > 0) {
                await closed.first().press("Enter");
            }
            assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
            await page.evaluate(AXE);
            const { violations, passes } = await page.evaluate(() => globalThis.axe.run());
            assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
            assert.ok(passes.some(({ id }) => id === "color-contrast"));
            assert.deepEqual([asked, said], [[address], []]);
        });
    }
}

test("on paper nothing is hidden", async () => {
    const { page } = await open("dark");
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const ink = await page.evaluate(() => getComputedStyle(document.body).color);
    assert.equal(ink, "rgb(28, 33, 39)");
    assert.ok(await page.getByText("Before, on a phone").first().isVisible());
});
