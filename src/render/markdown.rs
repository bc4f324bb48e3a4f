//! A plan as the comment of a pull request: what is risky first, and never more than the comment can hold.
//!
//! Whole items only: nothing is cut inside a row, an element or a character. What does not fit is counted. Everything
//! foreign stands in a code element, where it can mention, link and command nothing.

use std::fmt::Write as _;
use std::iter;

use super::escape;
use super::kept;
use super::review::{self, Remark};
use super::view::{FieldView, KeptFieldView, KeptView, LocaleView, PageView, PlanView, ValuesView, count, short};
use super::words::{Mark, WordDiff};
use crate::diagnostic::Diagnostic;
use crate::lint::language;
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
/// Characters of a value, a path and a name that are shown at most.
const MAX_VALUE: usize = 600;
const MAX_PATH: usize = 120;
const MAX_NAME: usize = 60;
/// Locales that are named of a page.
const MAX_LOCALES: usize = 6;
/// A plan of so many pages is shown with all of them open.
const FEW_PAGES: usize = 3;

/// Commands that are given at most to take over what was changed on the site.
const MAX_COMMANDS: usize = 10;

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
    noun: ["kept value", "kept values"],
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
    comment.diagnostics(view);
    comment.guards(view);
    comment.kept(view, &CONFLICTS, &view.conflicts);
    comment.redirects(view);
    comment.cleared(view);
    comment.kept(view, &DRIFT, &view.drift);
    comment.pages(view);
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
        let _ = write!(out, "\n- {point}");
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
    fn diagnostics(&mut self, view: &PlanView<'_>) {
        let items = view.plan.problems().map(|diagnostic| {
            let at = diagnostic.at.as_ref().map(|at| format!("{} ", code(&at.to_string(), MAX_PATH)));
            let help = diagnostic.help.as_ref().map(|help| format!("<br><sub>{}</sub>", said(help)));
            format!(
                "- {} {} {}{}{}\n",
                diagnostic.severity.as_str(),
                code(diagnostic.code.as_str(), MAX_NAME),
                at.unwrap_or_default(),
                said(&diagnostic.message),
                help.unwrap_or_default()
            )
        });
        self.section("\n#### Problems\n\n", items, "", ["problem", "problems"]);
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
        self.section(&head, rows, &format!("\n{way_out}\n"), *noun);
        let commands = views.iter().map(|kept| kept::pull(view, kept));
        // What is cut could not be run.
        let commands = commands.filter(|command| command.chars().count() <= MAX_VALUE);
        let items = commands.take(MAX_COMMANDS).map(|command| format!("- {}\n", code(&command, MAX_VALUE)));
        let more = views.len().saturating_sub(MAX_COMMANDS);
        let more = (more > 0).then(|| format!("- and {more} more of the same form\n"));
        self.section("\n", items.chain(more), "", ["command", "commands"]);
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
        self.section("\n", detours, "", ["temporary slug", "temporary slugs"]);
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

    /// The pages in full while there is much room, then their names alone.
    fn pages(&mut self, view: &PlanView<'_>) {
        let pages = review::ranked(view);
        let pages: Vec<&PageView<'_>> = pages.into_iter().filter(|page| rows(page).next().is_some()).collect();
        let Some(first) = pages.first() else { return };
        let open = if pages.len() <= FEW_PAGES { " open" } else { "" };
        let heading = "\n#### Changes\n";
        let full_limit = self.limit / 100 * FULL_SHARE;
        let mut shown = 0;
        if self.fits(heading.len() + in_brief(first).len() + 1) {
            self.out.push_str(heading);
            let in_full = pages.iter().map(|page| in_full(page, open));
            shown = in_full.take_while(|item| self.push_up_to(item, full_limit)).count();
            let mut separator = Some("\n");
            for page in &pages[shown..] {
                let item = format!("{}{}", separator.take().unwrap_or_default(), in_brief(page));
                if !self.push(&item) {
                    break;
                }
                shown += 1;
            }
        }
        self.tell_left(pages.len() - shown, ["page", "pages"]);
    }

    /// Adds a heading and as many items as there is room for; nothing if there is no item, or no room for one.
    fn section(&mut self, head: &str, items: impl Iterator<Item = String>, tail: &str, noun: [&str; 2]) {
        let mut items = items.peekable();
        let Some(first) = items.peek() else { return };
        if self.fits(head.len() + first.len() + tail.len()) {
            self.out.push_str(head);
            while let Some(item) = items.next_if(|item| self.fits(item.len() + tail.len())) {
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

    fn push(&mut self, item: &str) -> bool {
        self.push_up_to(item, self.limit)
    }

    fn push_up_to(&mut self, item: &str, limit: usize) -> bool {
        let fits = self.fits(item.len()) && self.out.len() + item.len() <= limit;
        if fits {
            self.out.push_str(item);
        }
        fits
    }

    fn fits(&self, bytes: usize) -> bool {
        self.out.len() + bytes + REST_BYTES <= self.limit
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
    let Redirect { locale, from, to, is_reused } = redirect;
    let needed = if *is_reused { "not possible: another page moves to the old address" } else { "needed" };
    // Locales that move along read the same slug; what is wrong with it is said once.
    let findings = field.findings.iter().filter(|_| *locale == field.change.address.locale);
    let findings: String = findings.map(|told| format!("<br>{}", finding(told))).collect();
    format!(
        "| {} | {} | {} | {needed}{findings} |\n",
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
    let findings = review::findings(rows(page).map(|(_, field)| field)).map(|findings| format!("; {findings}"));
    let fields = count(rows(page).count(), "field", "fields");
    format!("{fields} in {}{more}{}", named.join(", "), findings.unwrap_or_default())
}

/// Returns the name of a field and what becomes of it, as two cells of a table.
fn field_cells(field: &FieldView<'_>) -> String {
    let mut cells = vec![match &field.values {
        ValuesView::Texts(diff) => texts(diff, &field.change.address.locale),
        ValuesView::Flag { before, after, given_up } => {
            let given_up = given_up.as_ref().map(|text| format!("<br>gives up {}", code(text, MAX_VALUE)));
            format!("<del>{before}</del> <ins>{after}</ins>{}", given_up.unwrap_or_default())
        }
        ValuesView::Pinned(value) => format!("stays {}", code(value, MAX_VALUE)),
        ValuesView::Begun(value) => format!("<ins>{}</ins>", code(value, MAX_VALUE)),
    }];
    cells.extend(review::remarks(field.change).into_iter().map(remark));
    cells.extend(field.findings.iter().copied().map(finding));
    format!("`{}` | {}", field.change.field.name(), cells.join("<br>"))
}

fn kept_row(view: &KeptView<'_>, field: &KeptFieldView<'_>) -> String {
    let manifest = field.manifest.as_ref().map_or_else(|| "as before".to_owned(), |diff| texts(diff, view.tag));
    format!(
        "| {} | {} | `{}` | {} | {manifest} |\n",
        code(view.path.as_str(), MAX_PATH),
        code(view.tag.as_str(), MAX_NAME),
        field.change.field.name(),
        texts(&field.site, view.tag),
    )
}

/// Returns what the lint says of a text, to stand below it.
fn finding(finding: &Diagnostic) -> String {
    let (severity, rule) = (finding.severity.as_str(), code(finding.code.as_str(), MAX_NAME));
    format!("<sub>**{severity}** {rule}: {}</sub>", said(&finding.message))
}

fn remark(remark: Remark<'_>) -> String {
    let [before, after] = remark.words();
    let locales: Vec<String> = remark.locales().iter().map(|tag| code(tag.as_str(), MAX_NAME)).collect();
    format!("<sub>{before}{}{after}</sub>", locales.join(", "))
}

/// Returns what goes, what comes, and enough of what stays to find the place.
fn texts(diff: &WordDiff, locale: &LocaleTag) -> String {
    let mut out = if language::is_right_to_left(locale) { "<code dir=\"rtl\">" } else { "<code>" }.to_owned();
    let mut room = MAX_VALUE;
    let merged = diff.merged();
    for (index, (mark, text)) in merged.iter().enumerate() {
        let (text, left) = escape_up_to(text, room);
        match mark {
            Mark::Elided => out.push('…'),
            Mark::Same => out.push_str(&text),
            Mark::Gone => {
                let _ = write!(out, "<del>{text}</del>");
            }
            Mark::New => {
                let _ = write!(out, "<ins>{text}</ins>");
            }
        }
        if *mark != Mark::Elided {
            room = left;
        }
        // What replaces the whole text stands below it.
        if *mark == Mark::Gone && merged.len() == 2 && index == 0 && merged[1].0 == Mark::New {
            out.push_str("<br>");
            room = MAX_VALUE;
        }
        if room == 0 {
            break;
        }
    }
    out.push_str("</code>");
    out
}

/// Returns the text made harmless, as much of it as there is room for, and the room that is left.
fn escape_up_to(text: &str, room: usize) -> (String, usize) {
    match text.char_indices().nth(room) {
        None => (escape::markdown(text), room - text.chars().count()),
        Some((cut, _)) => {
            let more = count(text[cut..].chars().count(), "more character", "more characters");
            (format!("{}… ({more})", escape::markdown(&text[..cut])), 0)
        }
    }
}

/// Returns a message of ours to be read as a sentence, with what it quotes as code. A plan file may say anything, so what
/// has more than plain words in it is code as a whole.
fn said(message: &str) -> String {
    let mut parts = message.split('`').enumerate();
    if message.len() > MAX_VALUE || !parts.clone().step_by(2).all(|(_, words)| escape::is_plain(words)) {
        return code(message, MAX_VALUE);
    }
    let part = |(index, text): (usize, &str)| match index % 2 {
        0 => text.to_owned(),
        _ => code(text, MAX_VALUE),
    };
    parts.by_ref().map(part).collect()
}

fn code(text: &str, room: usize) -> String {
    format!("<code>{}</code>", escape_up_to(text, room).0)
}
