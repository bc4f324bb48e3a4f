//! What only the site can tell to be wrong.

use super::Row;

const FILES: &str = "docs/manifests.md#a-page-manifest";
const WHO: &str = "docs/three-way-plans.md#choosing-the-base";
const API: &str = "https://developers.webflow.com/data/reference/pages-and-components/pages/update-page-settings";

pub(super) const ROWS: &[Row] = &[
    (
        "unknown-page",
        "the site has no such page",
        "No page has the id or the path that the manifest names. The page may have been deleted, moved or renamed, or `site` \
         names another site. Correct the name; a page that is gone needs no manifest.",
        FILES,
    ),
    (
        "ambiguous-page",
        "the site has several pages of that path",
        "A path alone does not say which page is meant. Name it by its id, which the message lists.",
        FILES,
    ),
    (
        "path-moved",
        "the page is not where the manifest says",
        "The id decides, so this is a warning only, and the plan calls the page by where it is: the path beside the id is for \
         people, and out of date or mistyped. Correct it, or leave it out.",
        FILES,
    ),
    (
        "unknown-locale",
        "the site has no such locale",
        "Locale keys are the tags of the site's locales, in any case; `primary` names the primary one, and is the only one on a \
         site without localization.",
        FILES,
    ),
    (
        "primary-locale",
        "the site has another primary locale, or it is not known",
        "`locales: {primary: …}` tells the commands that do not ask the site which locale the others inherit from. A wrong one \
         would have them judge the wrong texts. Without it, `plan --offline` takes `primary` and a tag that has come or gone in \
         its place for the same where they say the same, and warns where that cannot be told.",
        FILES,
    ),
    (
        "page-not-in-locale",
        "the site does not list the page in the locale",
        "The site has the locale, and the page is not listed in it, as it can be for a while after the locale was added. Try \
         again later, or remove the locale from the manifest.",
        FILES,
    ),
    (
        "missing-locale",
        "a required locale is not stated",
        "The project requires the locale of every managed page (`locales: {required: […]}`), and this page does not state it.",
        FILES,
    ),
    (
        "ignored-slug",
        "the server would ignore the slug",
        "Since May 2026 Webflow answers 200 to a new slug of the home page, a collection template or a utility page, and keeps \
         the old one. Such a plan would never end, so it is an error. Remove the slug from the manifest.",
        API,
    ),
    (
        "slug-without-id",
        "the slug changes, and the page is named by its path alone",
        "Once the slug is written, the path names nothing any more. Add the page's id, which stays the same.",
        FILES,
    ),
    (
        "empty-slug",
        "a slug of no letters",
        "A slug is the last part of the page's address and cannot be cleared. Write one, or remove the key.",
        FILES,
    ),
    (
        "invalid-slug",
        "a slug that no address can hold",
        "White space, `/`, `?`, `#` and the like cannot be part of an address. Write small letters, digits and hyphens.",
        API,
    ),
    (
        "slug-taken",
        "another page has the slug and keeps it",
        "Two pages of a folder cannot have one slug in a locale. Choose another, or move the other page away in the same plan: \
         slugs are freed before they are taken.",
        FILES,
    ),
    (
        "slug-order",
        "slug changes that cannot be put in an order",
        "Pages that exchange their slugs go through a temporary one; where even that does not help, because locales form chains \
         that need each other, the plan cannot be carried out. Apply it in two steps.",
        FILES,
    ),
    (
        "inheritance-lost",
        "a value that was inherited will not be again",
        "The run to be undone wrote a text of a secondary locale that had inherited it. The API cannot restore inheritance: \
         the text that was inherited is written, and no longer follows the primary locale. \"Reset to original\" in the \
         Designer restores it.",
        API,
    ),
    (
        "conflict",
        "a field was changed in the manifests and on the site",
        "With `--base`: since that commit the manifest has got a new value, and somebody has changed the field on the site to \
         something else. Nothing is written until that is decided: `slugline pull` takes the site's value over, and \
         `--on-conflict desired` writes the manifest's.",
        WHO,
    ),
    (
        "drift",
        "a field was changed on the site alone",
        "With `--base`: the manifest says as it did at that commit, and somebody has changed the field on the site. That stays \
         as it is: `slugline pull` takes it over into the manifest, and `--on-drift revert` writes the manifest's value.",
        WHO,
    ),
    (
        "locale-off",
        "a change in a locale that is switched off",
        "The site has the locale, and does not publish it. What is written there shows when it is switched on.",
        FILES,
    ),
    (
        "base-unreadable",
        "the manifests of the base cannot be understood in part",
        "The manifests of the commit that `--base` names have problems, or lead out of the commit by a link or a submodule. What \
         cannot be understood there counts as not stated. So where the manifests state it now it is new, and is written over \
         whatever the site has, also if somebody has changed it there. Look at what the plan replaces.",
        WHO,
    ),
    (
        "base-unclear",
        "the base may have gone on since the branch began",
        "The clone is shallow, and does not reach back to where the commit at hand and the base parted. If the base is that commit, \
         all is well. If it has gone on since, what was merged there reads as if the commit at hand took it back. Fetch the \
         history: `fetch-depth: 0` of actions/checkout, or `git fetch --unshallow`.",
        WHO,
    ),
    (
        "base-ambiguous",
        "the commit at hand and the base have been merged crosswise",
        "Each was merged into the other while both went on, so they have parted at several commits, of which none is better than \
         another. The one whose hash sorts first is gone by. What was changed between those may be told as new or as drift, or \
         as taken back. Merge the base into the branch once more: then they have parted at one commit.",
        WHO,
    ),
    (
        "base-locale",
        "the base states a locale that the site does not have",
        "The site has lost the locale since, or it has another tag now. What the manifests of the base state there is not \
         compared with anything. Where the manifests state it now under another tag, it is new, and is written over whatever the \
         site has, also if somebody has changed it there. Look at what the plan replaces in that locale.",
        WHO,
    ),
    (
        "not-managed",
        "something that the base states is not stated any more",
        "A manifest or a key in it was there in the base, and is gone, or a manifest names another page by now. Nothing is written for that: the site keeps what it reads, \
         and from now on a change there is no drift any more. To clear a value, write `\"\"`.",
        WHO,
    ),
    (
        "base-empty",
        "the base has no project for the site",
        "The commit that `--base` names has no project file in this folder, or one for other sites. So every field is new, and is \
         written where the site reads otherwise, also if somebody has changed it there. All is well if the project has begun since. \
         One that has moved is found where it was if that is the only project for the site and is not there any more; else name a \
         commit that has it in this folder.",
        WHO,
    ),
];
