//! Plans that are probably a mistake.

use super::Row;

const SOURCE: &str = "docs/safety.md#guards";

pub(super) const ROWS: &[Row] = &[
    (
        "wrong-site",
        "the plan is for another site than the project",
        "A saved plan names its site, and the project names another one: a plan for staging, applied in a project for \
         production. Page ids differ between sites, so hardly anything in it can be right. Plan again, or change folder. \
         `--allow wrong-site` lets it pass.",
        SOURCE,
    ),
    (
        "lost-pages",
        "many pages that were described are gone from the site",
        "With `--base`, more than a quarter of the pages that the manifests of the base describe are not in the site's list any \
         more. A site does not lose that many in a day's work; more likely the list was not read as a whole, or the site was \
         replaced. Look at the site first. `--allow lost-pages` lets it pass. Without a base nothing is known to be lost.",
        SOURCE,
    ),
    (
        "mass-update",
        "very many page-locales change at once",
        "More than 30 % of the managed page-locales change and more than 10, or more than 200. That is what a script gone \
         wrong looks like, or an import from the wrong site. The numbers are set under `guards: {mass-update: …}`. \
         `--allow mass-update` lets it pass.",
        "docs/manifests.md#the-project-file https://github.com/octodns/octodns",
    ),
    (
        "slug-change",
        "the address of a published page changes",
        "Links and search results lead to the old address until a redirect is set up, which the plan prints. \
         `--allow slug-change` lets it pass.",
        "docs/safety.md#guards \
         https://developers.google.com/search/docs/crawling-indexing/301-redirects",
    ),
    (
        "blanking",
        "a title or description becomes empty",
        "A text that was set, or copied from the SEO fields, becomes nothing. `\"\"` in a manifest clears on purpose; a text lost \
         in a merge looks the same. `--allow blanking` lets it pass.",
        SOURCE,
    ),
    (
        "binding-overwrite",
        "a CMS binding is replaced by plain text",
        "A `{{wf …}}` binding fills in a text for each item of a collection. Plain text in its place is the same for every item, \
         and the binding can be made again in the Designer only. `--allow binding-overwrite` lets it pass.",
        SOURCE,
    ),
    (
        "duplicate-value",
        "many pages get the same title or description",
        "Five pages or more of a locale get one and the same text in one plan: a page's name, or an SEO or Open Graph title or \
         description. Search engines then pick other texts, or show one of the pages only. It is what a script gone wrong \
         looks like, or a table with a column filled down. `--allow duplicate-value` lets it pass.",
        SOURCE,
    ),
];
