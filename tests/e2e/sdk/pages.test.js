// The official SDK on the sandbox: what it accepts from the sandbox, it would accept from Webflow.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Webflow, WebflowClient } from "webflow-api";

import { startSandbox } from "./sandbox.js";

// All of it takes seconds; a request that hangs must not hang the tests.
const LIMIT = { timeout: 60_000 };

function clientFor(sandbox, accessToken = sandbox.token) {
    const url = `${sandbox.url}/v2`;
    const environment = { base: url, dataApi: url, contentDeliveryApi: url };
    return new WebflowClient({ accessToken, environment, maxRetries: 0 });
}

describe("a site with three locales", LIMIT, () => {
    let sandbox;
    let client;
    let site;
    let secondary;

    before(async () => {
        sandbox = await startSandbox("--pages", "12", "--locales", "3", "--seed", "5", "--no-limit");
        client = clientFor(sandbox);
        site = await client.sites.get(sandbox.site);
        secondary = site.locales.secondary[0];
    });

    after(() => sandbox?.stop());

    async function publishedPage() {
        const { pages } = await client.pages.list(sandbox.site);
        const page = pages.find((page) => page.publishedPath?.length > 1 && !page.draft && !page.collectionId);
        assert.ok(page, "the generated site has a published page other than home");
        return page;
    }

    test("it is the site that the token is for", async () => {
        const { sites } = await client.sites.list();
        assert.deepEqual(sites.map((site) => site.id), [sandbox.site]);
        assert.equal(site.locales.primary.tag, "en-US");
        assert.equal(site.locales.secondary.length, 2);
        assert.ok(site.createdOn instanceof Date);
    });

    test("the token tells what it may do", async () => {
        const { authorization } = await client.token.introspect();
        assert.deepEqual(authorization.authorizedTo.siteIds, [sandbox.site]);
        assert.match(authorization.scope, /pages:write/);
        assert.ok(authorization.rateLimit >= 60);
    });

    test("pages are listed with all their metadata", async () => {
        const { pages, pagination } = await client.pages.list(sandbox.site);
        assert.deepEqual(pagination, { limit: 100, offset: 0, total: pages.length });
        for (const page of pages) {
            assert.equal(page.siteId, sandbox.site);
            assert.equal(page.localeId, site.locales.primary.id);
            assert.ok(page.createdOn instanceof Date);
            assert.equal(typeof page.openGraph.titleCopied, "boolean");
        }
    });

    test("a page is read as it is listed, in each locale", async () => {
        for (const locale of [site.locales.primary, ...site.locales.secondary]) {
            const { pages } = await client.pages.list(sandbox.site, { localeId: locale.id });
            const read = await client.pages.getMetadata(pages[1].id, { localeId: locale.id });
            assert.deepEqual(read, pages[1]);
        }
    });

    test("an update of the primary locale reads back", async () => {
        const page = await publishedPage();
        const seo = { title: "Towels — “all” you need <&>", description: "Une serviette, タオル, منشفة 🧺" };
        const openGraph = { title: "Towels", titleCopied: false, descriptionCopied: true };
        const answer = await client.pages.updatePageSettings(page.id, { title: "Towels", seo, openGraph });
        const read = await client.pages.getMetadata(page.id);
        assert.deepEqual(answer, read);
        assert.equal(read.title, "Towels");
        assert.deepEqual(read.seo, seo);
        assert.equal(read.openGraph.title, "Towels");
        assert.equal(read.openGraph.titleCopied, false);
        assert.equal(read.openGraph.descriptionCopied, true);
    });

    test("an update of a secondary locale leaves the others alone", async () => {
        const page = await publishedPage();
        const third = { localeId: site.locales.secondary[1].id };
        const primaryBefore = await client.pages.getMetadata(page.id);
        const thirdBefore = await client.pages.getMetadata(page.id, third);

        const update = { localeId: secondary.id, title: "Serviettes", seo: { title: "Serviettes" } };
        const answer = await client.pages.updatePageSettings(page.id, update);
        assert.equal(answer.localeId, secondary.id);
        assert.equal(answer.title, "Serviettes");

        const read = await client.pages.getMetadata(page.id, { localeId: secondary.id });
        assert.equal(read.seo.title, "Serviettes");
        const primaryAfter = await client.pages.getMetadata(page.id);
        const thirdAfter = await client.pages.getMetadata(page.id, third);
        assert.deepEqual(content(primaryAfter), content(primaryBefore));
        assert.deepEqual(content(thirdAfter), content(thirdBefore));
    });

    test("a write is staged until the site is published", async () => {
        const page = await publishedPage();
        const folder = page.publishedPath.slice(0, -page.slug.length);
        assert.equal(page.publishedPath, folder + page.slug);

        const staged = await client.pages.updatePageSettings(page.id, { slug: "so-long" });
        assert.equal(staged.slug, "so-long");
        assert.ok(staged.lastUpdated > page.lastUpdated);
        assert.equal(staged.publishedPath, page.publishedPath);

        const domains = site.customDomains.map((domain) => domain.id);
        const order = { customDomains: domains, publishToWebflowSubdomain: true };
        const { data, rawResponse } = await client.sites.publish(sandbox.site, order).withRawResponse();
        assert.equal(rawResponse.status, 202);
        assert.deepEqual(data.customDomains.map((domain) => domain.id), domains);
        assert.equal(data.publishToWebflowSubdomain, true);

        const published = await client.pages.getMetadata(page.id);
        assert.equal(published.publishedPath, `${folder}so-long`);
        assert.ok((await client.sites.get(sandbox.site)).lastPublished > site.lastPublished);
    });

    test("a bad token is unauthorized", async () => {
        const stranger = clientFor(sandbox, "no-such-token");
        await assert.rejects(stranger.pages.list(sandbox.site), (error) => {
            assert.ok(error instanceof Webflow.UnauthorizedError);
            assert.equal(error.statusCode, 401);
            assert.equal(error.body.code, "not_authorized");
            return true;
        });
    });

    test("an unknown page is not found, a bad locale a bad request", async () => {
        const page = await publishedPage();
        await assert.rejects(client.pages.getMetadata("000000000000000000000000"), Webflow.NotFoundError);
        const nowhere = { localeId: "000000000000000000000000" };
        await assert.rejects(client.pages.getMetadata(page.id, nowhere), Webflow.BadRequestError);
    });
});

describe("a site with 250 pages", LIMIT, () => {
    let sandbox;

    before(async () => {
        sandbox = await startSandbox("--pages", "250", "--locales", "2", "--seed", "3", "--no-limit");
    });

    after(() => sandbox?.stop());

    test("it is read list page by list page, each page once", async () => {
        const client = clientFor(sandbox);
        const ids = new Set();
        const sizes = [];
        for (let offset = 0, total = 1; offset < total; offset += 100) {
            const { pages, pagination } = await client.pages.list(sandbox.site, { limit: 100, offset });
            assert.equal(pagination.offset, offset);
            total = pagination.total;
            sizes.push(pages.length);
            for (const page of pages) ids.add(page.id);
        }
        assert.deepEqual(sizes, [100, 100, 50]);
        assert.equal(ids.size, 250);
    });
});

describe("the limit of a token", LIMIT, () => {
    test("too many requests are refused, and the SDK says so", async () => {
        const sandbox = await startSandbox("--pages", "1", "--locales", "1");
        try {
            const client = clientFor(sandbox);
            // Twice the higher of the two limits of a minute; the loop ends at the first refusal.
            for (let request = 0; request < 240; request += 1) await client.sites.list();
            assert.fail("240 requests within a minute went through");
        } catch (error) {
            assert.ok(error instanceof Webflow.TooManyRequestsError, String(error));
            assert.match(error.rawResponse.headers.get("retry-after"), /^\d+$/);
        } finally {
            assert.equal(await sandbox.stop(), 0);
        }
    });
});

/** Returns what people wrote on a page, without what the server keeps of it. */
function content({ title, slug, seo, openGraph }) {
    return { title, slug, seo, openGraph };
}
