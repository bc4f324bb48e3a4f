//! What can be wrong with a file by itself.

use super::Row;

const FILES: &str = "docs/manifests.md#a-page-manifest";
const YAML: &str = "https://yaml.org/spec/1.2.2/";

pub(super) const ROWS: &[Row] = &[
    (
        "not-utf8",
        "the file is no UTF-8",
        "The message names the first byte that is none. Files saved as Windows-1252 or UTF-16 read so; save the file as UTF-8.",
        "https://yaml.org/spec/1.2.2/#52-character-encodings",
    ),
    (
        "syntax",
        "the text is no YAML",
        "A bracket or a quote that is not closed, a `:` inside of plain text, an indentation that fits nothing. The place is where \
         reading stopped, which may be a line after the mistake.",
        YAML,
    ),
    (
        "tab",
        "a tab stands where YAML allows spaces only",
        "YAML does not allow tabs in indentation, since nobody can tell how wide one is. Let the editor insert spaces.",
        "https://yaml.org/spec/1.2.2/#61-indentation-spaces",
    ),
    (
        "unknown-anchor",
        "an alias names an anchor that is not set before it",
        "`*name` repeats what `&name` marked earlier in the same document. Mark it first, or write the value out.",
        "https://yaml.org/spec/1.2.2/#71-alias-nodes",
    ),
    (
        "alias-bomb",
        "aliases make the document many times larger than its text",
        "Aliases of aliases of aliases grow a few lines to gigabytes. No manifest needs that; write the values out.",
        "https://en.wikipedia.org/wiki/Billion_laughs_attack",
    ),
    (
        "too-deep",
        "lists and mappings are nested too deeply",
        "A manifest is four levels deep. What is many times deeper was not written by hand, and is not read on.",
        FILES,
    ),
    (
        "too-large",
        "the file is larger than any manifest should be",
        "Files over 16 MB are not read. Pages may lie in any number of files; or a glob matches something that is no manifest.",
        FILES,
    ),
    (
        "custom-tag",
        "a tag that means nothing here",
        "Tags such as `!env` or `!include` are other programs'. Manifests are pure data: they run nothing and read nothing.",
        "https://yaml.org/spec/1.2.2/#691-node-tags",
    ),
    (
        "merge-key",
        "a `<<` takes in something that is no mapping",
        "`<<: *name` takes in the keys of a mapping, or of each of a list of mappings. Text and numbers have none.",
        "https://yaml.org/type/merge.html",
    ),
    (
        "bad-key",
        "a key that is empty, a list or a mapping",
        "Keys are text. A `?` or a `:` at the start of a line, or text that starts with `[` or `{`, reads as another kind of key; \
         quote it.",
        "https://yaml.org/spec/1.2.2/#8222-block-mappings",
    ),
    (
        "duplicate-key",
        "a key that stands twice in one mapping",
        "Other readers take the first or the last without a word. Keep one.",
        "https://yaml.org/spec/1.2.2/#3213-node-comparison",
    ),
    (
        "unknown-key",
        "a key that has no meaning at its place",
        "It is misspelt or misplaced, or a newer version of slugline knows it. Nothing is ignored in silence: a description that \
         nobody reads would not be missed until it was.",
        FILES,
    ),
    (
        "missing-key",
        "a key that must be there and is not",
        "The message names the key. A page needs `id` or `path`, and `locales`; a project needs `version`, and `site` or \
         `environments`; an entry of `allow` needs `rule`, `page` and `reason`.",
        FILES,
    ),
    (
        "null-value",
        "a key without a value",
        "A bare `title:` could mean to clear the title, or to leave it alone. Write `\"\"` to clear, or remove the key.",
        FILES,
    ),
    (
        "cut-text",
        "a text that ends before a `#`",
        "In YAML a `#` after a space begins a comment, so that `title: Our #1 choice` says no more than `Our`. Put the whole text in \
         quotes. A comment that is meant as one has a space after its `#`; then nothing is said.",
        "https://yaml.org/spec/1.2.2/#66-comments",
    ),
    (
        "idle-default",
        "a default for pages that are not there",
        "A glob under `paths:` of a default matches no page that the manifests describe: it is misspelt, or its pages are gone. A \
         glob is matched against the whole path in the primary locale. Correct it, or remove it.",
        "docs/manifests.md#defaults-and-templates",
    ),
    (
        "wrong-type",
        "a value of the wrong kind",
        "A number, a boolean, a list or a mapping where another kind belongs, as in `title: 404`. Quote what is meant as text.",
        FILES,
    ),
    (
        "invalid-value",
        "a value of the right kind that cannot be meant",
        "A path without its `/`, an id with spaces, a percentage over 100, a glob that leads out of the project. The message says \
         what is wrong with it.",
        FILES,
    ),
    (
        "unknown-rule",
        "a lint rule that does not exist",
        "The name of a rule in `lint:` is misspelt, or a newer version of slugline knows it. `slugline explain` lists all rules.",
        "docs/lint.md#configuration",
    ),
    (
        "unknown-name",
        "a name in braces that stands for nothing",
        "In the texts under `defaults:`, `{title}`, `{slug}` and `{path}` stand for those of the page, and every other name in \
         single braces for a value under `vars:`. This one is neither. Give it a value there, correct it, or write `{{name}}` \
         where the braces themselves are meant.",
        "docs/manifests.md#defaults-and-templates",
    ),
    (
        "conflicting-keys",
        "two keys that exclude each other",
        "`site` beside `environments`, or an Open Graph text beside the flag that says to copy it from `seo`. Keep the one that is \
         meant.",
        FILES,
    ),
    (
        "duplicate-locale",
        "one locale under two names",
        "Tags are matched without regard to case, and `primary` is another name of the primary locale. Keep one of the two.",
        FILES,
    ),
    (
        "duplicate-page",
        "two documents that describe one page",
        "One document may hold all locales of a page. Two would leave it to chance which of them counts.",
        FILES,
    ),
    (
        "empty-file",
        "a file that holds no page",
        "A glob matches the file, and nothing is in it. Describe a page, delete the file, or change the glob.",
        FILES,
    ),
    (
        "extra-document",
        "a project file that holds more than one document",
        "Manifests may hold several documents, set apart by `---`. There is only one project, so its file holds one.",
        FILES,
    ),
    (
        "too-many-problems",
        "more problems than are worth showing",
        "A document with so many mistakes is not meant as a manifest. Mend the ones shown; the rest are told then.",
        FILES,
    ),
    (
        "unreadable",
        "a file that cannot be read",
        "The system refuses: permissions, a link that leads nowhere, a disk that fails. The message says which.",
        FILES,
    ),
    (
        "not-a-file",
        "a folder or a device where a file should be",
        "A glob of `pages` matches a folder that is named like a manifest, or something that is no ordinary file.",
        FILES,
    ),
    (
        "file-name",
        "a file name that is no UTF-8",
        "Positions, plans and annotations name files, so their names must be text. Rename the file.",
        FILES,
    ),
    (
        "no-match",
        "a glob that no file matches",
        "Globs are relative to slugline.yaml; `**` stands for any folders. A glob that matches nothing is more likely misspelt \
         than meant.",
        FILES,
    ),
    (
        "not-edited",
        "a place in a manifest that is left as it is",
        "A pull, a table or a fix would have to change what is shared with another place (an anchor, an alias, a `<<`), or what \
         cannot be changed without touching other bytes. The rest is written; edit the place by hand.",
        FILES,
    ),
    (
        "malformed-table",
        "the table is no CSV that can be read",
        "The file is no UTF-8, a row has more cells than the head, or a quote is not closed. Export it once more and fill that in.",
        FILES,
    ),
    (
        "table-column",
        "a column that means nothing, or one that is missing",
        "The head of the table names the columns: those that say which page and locale, and the fields. A column that is neither \
         would be lost without a word.",
        FILES,
    ),
    (
        "table-row",
        "a row that fits no manifest",
        "No manifest describes the page, or none has the locale. An id decides; a path beside it that differs is warned about.",
        FILES,
    ),
    (
        "table-conflict",
        "two rows that say different things of one place",
        "A page in a locale stands in the table twice, with different words. Keep the row that is meant.",
        FILES,
    ),
    (
        "table-cell",
        "a cell that says nothing a manifest can say",
        "A flag is `true` or `false`; a text that is copied has no words of its own.",
        FILES,
    ),
];
