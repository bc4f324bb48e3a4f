//! A plan as the comment of a pull request: what is risky first, and never more than the comment can hold.
//!
//! Whole items only: nothing is cut inside a row, an element or a character. What does not fit is counted. Everything
//! foreign stands in a code element, where it can mention, link and command nothing.

use std::fmt::Write as _;
use std::iter;

use super::kept;
use super::markdown_aside::{self, Asides};
use super::markdown_change::{MAX_NAME, MAX_PATH, MAX_VALUE, code, field_cells, finding, kept_row, remark, said};
use super::review::{self, Remark};
use super::view::{FieldView, KeptView, LocaleView, PageView, PlanView, count, short};
use crate::model::LocaleTag;
use crate::plan::{self, Change, Redirect, Tripped};

/// Bytes of a comment; GitHub takes 65,536 characters and drops what has more.
pub const MAX_BYTES: usize = 60_000;
/// Fewer do not hold the heading and the counts of what does not fit.
pub const LEAST_BYTES: usize = 2_000;

/// Bytes kept free for saying what does not fit.
const REST_BYTES: usize = 900;
/// The share of the bytes, in per cent, that pages are shown in full on; on the rest they are only named, so that more of
/// them are.
const FULL_SHARE: usize = 80;
/// Locales that are named of a page.
const MAX_LOCALES: usize = 6;
/// A plan of so many pages is shown with all of them open.
const FEW_PAGES: usize = 3;

/// Commands that are given at most to take over what was changed on the site, and the share of the bytes, in per cent, that they
/// may take.
const MAX_COMMANDS: usize = 10;
const COMMAND_SHARE: usize = 10;
/// The share of the bytes, in per cent, that pages without a risk leave to what only warns.
const ASIDE_SHARE: usize = 10;

/// How a table of what was changed on the site is called, what to do about it, and what counts its rows.
struct KeptWords {
    heading: &'static str,
    way_out: &'static str,
    noun: [&'static str; 2],
}

const CONFLICTS: KeptWords = KeptWords {
    heading: "Conflicts: changed in the manifests and on the site",
    way_out: "`slugline pull` takes the site's values over; `--on-conflict desired` writes the manifests'.",
    noun: ["conflict", "conflicts"],
};
const DRIFT: KeptWords = KeptWords {
    heading: "Changed on the site, and kept",
    way_out: "`slugline pull` takes them over; `--on-drift revert` writes what the manifests say.",
    noun: ["kept field", "kept fields"],
};

/// A comment under construction.
struct Comment {
    out: String,
    limit: usize,
    /// What did not fit, in words.
    left_out: Vec<String>,
}

/// Returns the comment. It starts with a line that nobody sees, by which it is found again to be updated; no text of a
/// site or a manifest can begin with it.
pub fn comment(view: &PlanView<'_>, max_bytes: usize) -> String {
    let mut comment = Comment { out: head(view), limit: max_bytes, left_out: Vec::new() };
    comment.guards(view);
    comment.errors(view);
    comment.kept(view, &CONFLICTS, &view.conflicts);
    // What only warns has no place where something is missing that stands in the way.
    let asides = if comment.left_out.is_empty() { Asides::new(view) } else { Asides::untold(view) };
    comment.redirects(view);
    comment.cleared(view);
    comment.kept(view, &DRIFT, &view.drift);
    comment.pages(view, asides.bytes_within(max_bytes / 100 * ASIDE_SHARE));
    comment.asides(&asides);
    comment.rest();
    comment.out
}

fn head(view: &PlanView<'_>) -> String {
    let target = &view.plan.target;
    let mut out = marker(view.plan);
    let _ = write!(out, "### slugline: {}", code(&target.name, MAX_NAME));
    if let Some(environment) = &target.environment {
        let _ = write!(out, " ({})", code(environment, MAX_NAME));
    }
    let _ = write!(out, "\n\n**{}**\n", super::text::summary(view));
    let points = review::points(view);
    for point in &points {
        let _ = write!(out, "\n- {}", point.words);
    }
    if !points.is_empty() {
        out.push('\n');
    }
    out.push_str(&commits(view.plan));
    out
}

/// Returns a small line about what the plan was made from.
fn commits(plan: &plan::Plan) -> String {
    let Some(plan::Revision { commit, dirty, base }) = &plan.revision else { return String::new() };
    let shown = |commit: &str| code(short(commit), MAX_NAME);
    let dirty = if *dirty { ", with changes that are not committed" } else { "" };
    let base = base.as_ref().map(|base| format!(", compared with {}", shown(base)));
    format!("\n<sub>Commit {}{dirty}{}</sub>\n", shown(commit), base.unwrap_or_default())
}

/// Returns the line that nobody sees.
fn marker(plan: &plan::Plan) -> String {
    let environment = plan.target.environment.as_deref().map(|name| format!("env={} ", marker_word(name)));
    let digest = plan::file::digest_of(plan);
    format!("<!-- slugline:plan {}v=1 digest={digest} -->\n", environment.unwrap_or_default())
}

/// Returns a name as a word that cannot end a comment.
fn marker_word(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes().take(MAX_NAME) {
        match byte {
            b'-' if !out.ends_with('-') => out.push('-'),
            b'.' | b'_' => out.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => out.push(byte.into()),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

impl Comment {
    fn errors(&mut self, view: &PlanView<'_>) {
        // Very many of them must not keep a conflict from being seen.
        let room = self.limit.saturating_sub(REST_BYTES + self.out.len());
        let limit = if view.conflicts.is_empty() { self.limit } else { self.limit - room / 2 };
        let items = review::errors(view).map(markdown_aside::problem);
        self.section_up_to(limit, "\n#### Problems\n\n", items, "", ["error", "errors"]);
    }

    fn guards(&mut self, view: &PlanView<'_>) {
        let items = view.plan.guards.iter().map(|tripped| guard(view, tripped));
        self.section("\n#### Guards\n\n", items, "", ["guard", "guards"]);
    }

    fn kept(&mut self, view: &PlanView<'_>, words: &KeptWords, views: &[KeptView<'_>]) {
        let KeptWords { heading, way_out, noun } = words;
        let head = format!(
            "\n#### {heading}\n\n| Page | Locale | Field | On the site | In the manifests |\n| --- | --- | --- | --- | --- |\n"
        );
        let rows = views.iter().flat_map(|view| view.fields.iter().map(move |field| kept_row(view, field)));
        let tail = format!("\n{way_out}\n{}", pull_commands(view, views, self.limit / 100 * COMMAND_SHARE));
        self.section(&head, rows, &tail, *noun);
    }

    fn redirects(&mut self, view: &PlanView<'_>) {
        let head = "\n#### Addresses that move\n\n\
                    | Locale | Old address | New address | Redirect |\n| --- | --- | --- | --- |\n";
        self.section(head, review::redirects(view).map(redirect_row), "", ["address", "addresses"]);
        let detours = view.detours.iter().map(|operation| {
            format!(
                "- {} in {} goes through the temporary slug {}, since pages exchange theirs\n",
                code(operation.path.as_str(), MAX_PATH),
                code(operation.address.locale.as_str(), MAX_NAME),
                code(review::temporary_slug(operation), MAX_PATH),
            )
        });
        self.section("\n#### Temporary slugs\n\n", detours, "", ["temporary slug", "temporary slugs"]);
        let head = "\n#### Slugs that change\n\n\
                    Where the page is published, its address moves, and links to the old one break without a redirect.\n\n\
                    | Page | Locale | Field | Change |\n| --- | --- | --- | --- |\n";
        self.section(head, review::unasked_slugs(view).map(listed_row), "", ["slug", "slugs"]);
    }

    fn cleared(&mut self, view: &PlanView<'_>) {
        let head = "\n#### Values that are cleared\n\n\
                    | Page | Locale | Field | Value |\n| --- | --- | --- | --- |\n";
        self.section(head, review::cleared(view).map(listed_row), "", ["cleared value", "cleared values"]);
    }

    /// The pages in full while there is much room, then their names alone. Those without a risk leave the reserve free.
    fn pages(&mut self, view: &PlanView<'_>, reserve: usize) {
        let pages = review::ranked(view);
        let pages: Vec<&PageView<'_>> = pages.into_iter().filter(|page| rows(page).next().is_some()).collect();
        let open = if pages.len() <= FEW_PAGES { " open" } else { "" };
        let full_limit = self.limit / 100 * FULL_SHARE;
        let room = self.limit;
        let limit = |page: &PageView<'_>| if review::is_risky(page) { room } else { room - reserve };
        let mut head = "\n#### Changes\n";
        let mut shown = 0;
        for page in &pages {
            if !self.push_up_to(&format!("{head}{}", in_full(page, open)), full_limit.min(limit(page))) {
                break;
            }
            (head, shown) = ("", shown + 1);
        }
        let mut separator = "\n";
        for page in &pages[shown..] {
            if !self.push_up_to(&format!("{head}{separator}{}", in_brief(page)), limit(page)) {
                break;
            }
            (head, separator, shown) = ("", "", shown + 1);
        }
        self.tell_left(pages.len() - shown, ["page", "pages"]);
    }

    /// What stands in nobody's way, by kind, in as many words as there is room for.
    fn asides(&mut self, asides: &Asides) {
        let is_told = asides.versions.iter().any(|version| self.push_up_to(version, self.limit));
        if !is_told {
            self.tell_left(asides.count, ["warning", "warnings"]);
        }
    }

    /// Adds a heading and as many items as there is room for; nothing if there is no item, or no room for one.
    fn section(&mut self, head: &str, items: impl Iterator<Item = String>, tail: &str, noun: [&str; 2]) {
        self.section_up_to(self.limit, head, items, tail, noun);
    }

    fn section_up_to(
        &mut self,
        limit: usize,
        head: &str,
        items: impl Iterator<Item = String>,
        tail: &str,
        noun: [&str; 2],
    ) {
        let mut items = items.peekable();
        let Some(first) = items.peek() else { return };
        if self.fits(head.len() + first.len() + tail.len(), limit) {
            self.out.push_str(head);
            while let Some(item) = items.next_if(|item| self.fits(item.len() + tail.len(), limit)) {
                self.out.push_str(&item);
            }
            self.out.push_str(tail);
        }
        self.tell_left(items.count(), noun);
    }

    fn tell_left(&mut self, left: usize, [one, many]: [&str; 2]) {
        if left > 0 {
            self.left_out.push(count(left, one, many));
        }
    }

    fn rest(&mut self) {
        if !self.left_out.is_empty() {
            let left_out = self.left_out.join(", ");
            let _ = write!(self.out, "\n**Left out for want of room: {left_out}.** ");
            self.out.push_str("All of it: `slugline show --format html PLAN`, or the plan file itself.\n");
        }
    }

    fn push_up_to(&mut self, item: &str, limit: usize) -> bool {
        let fits = self.fits(item.len(), limit);
        if fits {
            self.out.push_str(item);
        }
        fits
    }

    /// Returns whether so many bytes more fit, below a limit that may be narrower than that of the comment.
    fn fits(&self, bytes: usize, limit: usize) -> bool {
        self.out.len() + bytes + REST_BYTES <= limit.min(self.limit)
    }
}

/// Returns the commands that take over what was changed on the site, as many as the room allows.
fn pull_commands(view: &PlanView<'_>, views: &[KeptView<'_>], room: usize) -> String {
    let commands = views.iter().map(|kept| kept::pull(view, kept));
    // What is cut could not be run.
    let commands = commands.filter(|command| command.chars().count() <= MAX_VALUE);
    let mut out = String::new();
    let mut shown = 0;
    for command in commands.take(MAX_COMMANDS) {
        let item = format!("- {}\n", code(&command, MAX_VALUE));
        if out.len() + item.len() > room {
            break;
        }
        out.push_str(&item);
        shown += 1;
    }
    match views.len() - shown {
        _ if shown == 0 => String::new(),
        0 => format!("\n{out}"),
        more => format!("\n{out}- and {more} more of the same form\n"),
    }
}

fn guard(view: &PlanView<'_>, tripped: &Tripped) -> String {
    let Tripped { guard, count, limit, message, worst } = tripped;
    let limit = if *limit > 0 { format!(" (limit {limit})") } else { String::new() };
    let name = guard.name();
    let way_out =
        if view.allowed.contains(guard) { "allowed".to_owned() } else { format!("if this is meant: `--allow {name}`") };
    let mut out = format!("- **{name}**: {count} {}{limit}; {way_out}\n", said(message));
    for example in worst {
        let _ = writeln!(out, "  - {}", code(example, 2 * MAX_PATH));
    }
    if *count > worst.len() && !worst.is_empty() {
        let _ = writeln!(out, "  - and {} more", count - worst.len());
    }
    out
}

/// Returns the row of a change that is told apart from its page.
fn listed_row(field: &FieldView<'_>) -> String {
    let Change { path, address, .. } = field.change;
    let (path, tag) = (code(path.as_str(), MAX_PATH), code(address.locale.as_str(), MAX_NAME));
    format!("| {path} | {tag} | {} |\n", field_cells(field))
}

fn redirect_row((field, redirect): (&FieldView<'_>, &Redirect)) -> String {
    let Redirect { locale, from, to, successor } = redirect;
    let needed = review::redirect_words(*successor);
    // Locales that move along read the same slug; what is wrong with it is said once.
    let findings = field.findings.iter().filter(|_| *locale == field.change.address.locale);
    let findings: String = findings.map(|told| format!("<br>{}", finding(told))).collect();
    let way = review::Override::of(field.change).map(|way| format!("<br>{}", remark(Remark::Overrides(way))));
    let way = way.unwrap_or_default();
    format!(
        "| {} | {} | {} | {needed}{way}{findings} |\n",
        code(locale.as_str(), MAX_NAME),
        code(from.as_str(), MAX_PATH),
        code(to.as_str(), MAX_PATH),
    )
}

/// Returns the fields of a page that no list above has told.
fn rows<'p, 'a>(page: &'p PageView<'a>) -> impl Iterator<Item = (&'p LocaleView<'a>, &'p FieldView<'a>)> {
    let all = page.locales.iter().flat_map(|locale| iter::repeat(locale).zip(&locale.fields));
    all.filter(|(_, field)| !review::is_listed(field.change))
}

fn in_full(page: &PageView<'_>, open: &str) -> String {
    let path = code(page.path.as_str(), MAX_PATH);
    let mut out = format!("\n<details{open}><summary>{path}: {}</summary>\n\n", what_changes(page));
    out.push_str("| Locale | Field | Change |\n| --- | --- | --- |\n");
    for (locale, field) in rows(page) {
        let _ = writeln!(out, "| {} | {} |", code(locale.tag.as_str(), MAX_NAME), field_cells(field));
    }
    out.push_str("\n</details>\n");
    out
}

fn in_brief(page: &PageView<'_>) -> String {
    format!("- {}: {}\n", code(page.path.as_str(), MAX_PATH), what_changes(page))
}

/// Returns how many fields of a page change, where, and how much the lint says of them.
fn what_changes(page: &PageView<'_>) -> String {
    let mut tags: Vec<&LocaleTag> = rows(page).map(|(locale, _)| locale.tag).collect();
    tags.dedup();
    let named: Vec<String> = tags.iter().take(MAX_LOCALES).map(|tag| code(tag.as_str(), MAX_NAME)).collect();
    let more = match tags.len() - named.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let findings = review::page_findings(page).map(|findings| format!("; {findings}"));
    let fields = count(rows(page).count(), "field", "fields");
    format!("{fields} in {}{more}{}", named.join(", "), findings.unwrap_or_default())
}
