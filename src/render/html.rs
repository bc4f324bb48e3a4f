//! A plan as a page of its own, for a reviewer: one file without a script, which asks for nothing and opens anywhere.
//!
//! What is risky comes first. A plan of thousands of pages has its riskiest in full, and a row for each change of the rest,
//! so that it opens at once. Everything foreign goes through `escape` and then through maud, which makes it text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use super::escape;
use super::html_change::{change_row, kept_row, text};
use super::html_page;
use super::kept;
use super::review::{self, Group, Point, Surroundings};
use super::text::summary;
use super::view::{KeptView, PageView, PlanView, count, short};
use crate::diagnostic::{Diagnostic, Severity};
use crate::plan::{self, Redirect, Risk, Successor, Tripped};

/// Page-locales that are shown in full; each may bring four previews along.
const IN_FULL: usize = 150;
/// With more page-locales than this, a preview is open only where something is cut off.
const FEW: usize = 12;

const STYLE: &str = include_str!("report.css");

/// Returns the page.
pub fn report(view: &PlanView<'_>) -> String {
    let pages = review::ranked(view);
    let (in_full, rest) = pages.split_at(full_pages(&pages));
    let title = format!("Plan for {}", view.plan.target.name);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                meta name="color-scheme" content="light dark";
                title { (text(&title)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#changes" { "Skip to the changes" }
                (header(view))
                main {
                    (problems(view))
                    (guards(view))
                    (kept(view, &CONFLICTS, &view.conflicts))
                    (redirects(view))
                    (unasked_slugs(view))
                    (kept(view, &DRIFT, &view.drift))
                    (asides(view))
                    (overview(in_full, rest.len()))
                    (changes(view, in_full))
                    (others(rest))
                }
                (footer())
            }
        }
    };
    // Pieces that are harmless each may together be what a runner acts on.
    escape::html_without_command(&page.into_string()) + "\n"
}

/// Returns how many pages are shown in full.
fn full_pages(pages: &[&PageView<'_>]) -> usize {
    let mut locales = 0;
    let fits = |page: &&&PageView<'_>| {
        locales += page.locales.len();
        locales <= IN_FULL
    };
    // A single page of very many locales is shown all the same.
    pages.iter().take_while(fits).count().max(1).min(pages.len())
}

/// Returns what the page may load: nothing, and its own style is known by its hash.
fn policy() -> String {
    let hash = BASE64.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
}

fn header(view: &PlanView<'_>) -> Markup {
    let plan::Plan { target, revision, .. } = view.plan;
    html! {
        header {
            h1 { bdi { (text(&target.name)) } }
            p.summary { (summary(view)) }
            ul.facts.soft {
                li { "Site " code { (text(target.site.as_str())) } }
                @if let Some(environment) = &target.environment {
                    li { "Environment " code { (text(environment)) } }
                }
                @if let Some(revision) = revision {
                    li {
                        "Commit " code { (text(short(&revision.commit))) }
                        @if revision.dirty { ", with changes that are not committed" }
                        @if let Some(base) = &revision.base { ", compared with " code { (text(short(base))) } }
                    }
                }
            }
            @let points = review::points(view);
            @if !points.is_empty() {
                ul.facts {
                    @for Point { words, severity } in points {
                        li { span class=(if severity == Severity::Error { "blocked" } else { "risk" }) { (words) } }
                    }
                }
            }
        }
    }
}

/// How a table of what was changed on the site is called, and what to do about it.
struct KeptWords {
    id: &'static str,
    heading: &'static str,
    flag: &'static str,
    /// What the flag does.
    writes: &'static str,
}

const CONFLICTS: KeptWords = KeptWords {
    id: "conflicts",
    heading: "Conflicts: changed in the manifests and on the site",
    flag: "--on-conflict desired",
    writes: "writes the manifests’ values. To take the site’s over:",
};
const DRIFT: KeptWords = KeptWords {
    id: "kept",
    heading: "Changed on the site, and kept",
    flag: "--on-drift revert",
    writes: "writes what the manifests say. To take the site’s values over:",
};

fn kept(view: &PlanView<'_>, words: &KeptWords, views: &[KeptView<'_>]) -> Markup {
    let KeptWords { id, heading, flag, writes } = words;
    html! {
        @if !views.is_empty() {
            section aria-labelledby=(id) {
                h2 id=(id) { (heading) }
                table {
                    thead {
                        tr {
                            th scope="col" { "Page" }
                            th scope="col" { "Where" }
                            th scope="col" { "What it was, and what it is now" }
                        }
                    }
                    tbody {
                        @for kept in views {
                            @for field in &kept.fields { (kept_row(kept, field)) }
                        }
                    }
                }
                p.soft { code { (flag) } " " (writes) }
                ul { @for kept in views { li.soft { code { (text(&kept::pull(view, kept))) } } } }
            }
        }
    }
}

fn problems(view: &PlanView<'_>) -> Markup {
    let mut errors = review::errors(view).peekable();
    html! {
        @if errors.peek().is_some() {
            section aria-labelledby="problems" {
                h2 #problems { "Problems" }
                @for error in errors { (problem(error)) }
            }
        }
    }
}

fn problem(diagnostic: &Diagnostic) -> Markup {
    let Diagnostic { code, severity, message, at, help, also: _, left_out: _ } = diagnostic;
    html! {
        div.problem.(severity.as_str()) {
            p { strong { (severity.as_str()) " " code { (text(code.as_str())) } } " " (text(message)) }
            @if let Some(at) = at { p.soft { code { (text(&at.to_string())) } } }
            @if let Some(help) = help { p.soft { (text(help)) } }
        }
    }
}

/// What stands in nobody's way; where there is much of a kind, folded up.
fn asides(view: &PlanView<'_>) -> Markup {
    let groups = review::asides(view);
    html! {
        @if !groups.is_empty() {
            section aria-labelledby="warnings" {
                h2 #warnings { "Warnings" }
                @for Group { members } in &groups {
                    @if let [first, _, _, _, ..] = members.as_slice() {
                        details {
                            summary { (members.len()) " × " (first.severity.as_str()) " " code { (text(first.code.as_str())) } }
                            @for member in members { (problem(member)) }
                        }
                    } @else {
                        @for member in members { (problem(member)) }
                    }
                }
            }
        }
    }
}

fn guards(view: &PlanView<'_>) -> Markup {
    html! {
        @if !view.plan.guards.is_empty() {
            section aria-labelledby="guards" {
                h2 #guards { "Guards" }
                @if view.plan.is_offline {
                    p { "This plan only compares two commits; whoever applies the change has to allow each of them." }
                } @else {
                    p { "Apply refuses this plan until each of them is allowed." }
                }
                @for Tripped { guard, count, limit, message, worst } in &view.plan.guards {
                    div.guard {
                        p {
                            strong { (guard.name()) } ": " (count) " " (text(message))
                            @if *limit > 0 { " (limit " (limit) ")" }
                        }
                        @if !worst.is_empty() {
                            ul {
                                @for example in worst { li { bdi { (text(example)) } } }
                                @if *count > worst.len() { li.soft { "and " (count - worst.len()) " more" } }
                            }
                        }
                        p.soft { "If this is meant: " code { "--allow " (guard.name()) } }
                    }
                }
            }
        }
    }
}

fn redirects(view: &PlanView<'_>) -> Markup {
    let redirects: Vec<&Redirect> = review::redirects(view).map(|(_, redirect)| redirect).collect();
    html! {
        @if !redirects.is_empty() || !view.detours.is_empty() {
            section aria-labelledby="addresses" {
                h2 #addresses { "Addresses that move" }
                @if !redirects.is_empty() {
                    table {
                        caption { "Links to the old address break, unless the site redirects them." }
                        thead { tr { th scope="col" { "Locale" } th scope="col" { "Address" } th scope="col" { "Redirect" } } }
                        tbody {
                            @for Redirect { locale, from, to, successor } in redirects {
                                tr {
                                    th scope="row" { (text(locale.as_str())) }
                                    td {
                                        span.line { del.path { bdi { (text(from.as_str())) } } }
                                        span.line { ins.path { bdi { (text(to.as_str())) } } }
                                    }
                                    td { @if *successor != Successor::Page { "redirect " } (review::redirect_words(*successor)) }
                                }
                            }
                        }
                    }
                }
                @for operation in &view.detours {
                    p.soft {
                        span.path { (text(operation.path.as_str())) } " in " (text(operation.address.locale.as_str()))
                        " goes through the temporary slug " code { (text(review::temporary_slug(operation))) }
                        ", since pages exchange theirs."
                    }
                }
            }
        }
    }
}

/// Slugs that change, where nobody was asked which addresses move with them.
fn unasked_slugs(view: &PlanView<'_>) -> Markup {
    let mut slugs = review::unasked_slugs(view).peekable();
    html! {
        @if slugs.peek().is_some() {
            section aria-labelledby="slugs" {
                h2 #slugs { "Slugs that change" }
                table.rows {
                    caption { "Where the page is published, its address moves, and links to the old one break without a redirect." }
                    thead { tr { th scope="col" { "Page" } th scope="col" { "Locale" } th scope="col" { "Change" } } }
                    tbody { @for field in slugs { (change_row(&field.change.path, field)) } }
                }
            }
        }
    }
}

/// A table of contents, where there is more than one page.
fn overview(pages: &[&PageView<'_>], rest: usize) -> Markup {
    let has_risks = pages.iter().any(|page| review::is_risky(page) || review::page_findings(page).is_some());
    html! {
        @if pages.len() > 1 {
            nav aria-labelledby="pages" {
                h2 #pages { "Pages" }
                table {
                    thead { tr { th scope="col" { "Page" } th scope="col" { "Changes" } @if has_risks { th scope="col" { "Look at" } } } }
                    tbody {
                        @for (index, page) in pages.iter().enumerate() {
                            tr {
                                th scope="row" { a.path href={ "#page-" (index + 1) } { bdi { (text(page.path.as_str())) } } }
                                td { (what_changes(page)) }
                                @if has_risks { td { (risks(page)) } }
                            }
                        }
                    }
                }
                @if rest > 0 {
                    p { a href="#others" { "And " (count(rest, "page", "pages")) " more" } ", a row for each change." }
                }
            }
        }
    }
}

fn what_changes(page: &PageView<'_>) -> Markup {
    let fields = page.locales.iter().map(|locale| locale.fields.len()).sum();
    html! {
        (count(fields, "field", "fields")) " in "
        @for (index, locale) in page.locales.iter().enumerate() {
            @if index > 0 { ", " }
            (text(locale.tag.as_str()))
        }
    }
}

/// Returns what of a page should be looked at twice.
pub(super) fn risks(page: &PageView<'_>) -> Markup {
    html! {
        @for way in review::overrides(page) { span.risk { (way.words()) } " " }
        @for risk in review::risks(page) {
            span.risk {
                @match risk {
                    Risk::SlugChange if moves(page) => "address moves",
                    Risk::SlugChange => "slug changes",
                    Risk::Blanking => "value cleared",
                    Risk::BindingOverwrite => "CMS binding overwritten",
                    Risk::LocaleOff => "locale switched off",
                }
            }
            " "
        }
        @if let Some(findings) = review::page_findings(page) { span.risk { (findings) } " " }
    }
}

/// Returns whether an address of the page is known to move.
fn moves(page: &PageView<'_>) -> bool {
    page.locales.iter().flat_map(|locale| &locale.fields).any(|field| !field.change.redirects.is_empty())
}

fn changes(view: &PlanView<'_>, pages: &[&PageView<'_>]) -> Markup {
    let surroundings = Surroundings::new(view);
    let site = &view.plan.target.name;
    let is_open = view.totals.page_locales <= FEW;
    html! {
        section aria-labelledby="changes" {
            h2 #changes tabindex="-1" { "Changes" }
            @if pages.is_empty() { p { "There are none." } }
            @for (index, page) in pages.iter().enumerate() {
                (html_page::article(page, index + 1, &html_page::Setting { site, surroundings: &surroundings, is_open }))
            }
        }
    }
}

/// The pages that are not shown in full.
fn others(pages: &[&PageView<'_>]) -> Markup {
    html! {
        @if !pages.is_empty() {
            section aria-labelledby="others" {
                h2 #others tabindex="-1" { "Further changes" }
                table.rows {
                    caption { (count(pages.len(), "page", "pages")) ", without previews" }
                    thead { tr { th scope="col" { "Page" } th scope="col" { "Locale" } th scope="col" { "Change" } } }
                    tbody {
                        @for page in pages {
                            @for locale in &page.locales {
                                @for field in &locale.fields { (change_row(page.path, field)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn footer() -> Markup {
    html! {
        footer {
            p {
                "Previews are drawn from the widths of Arial and from common limits. Search engines and networks decide for \
                 themselves what they show, and often rewrite titles; “≈” marks scripts whose widths are estimated."
            }
            p { "Made by slugline. This page runs nothing and loads nothing." }
        }
    }
}
