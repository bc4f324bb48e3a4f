//! Rules about texts that are missing.

use super::rule::{Case, Check, ERROR, Problem, Rule, WARNING};
use super::subject::Standing;
use crate::model::Field;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "page-title/missing",
        level: ERROR,
        threshold: None,
        summary: "the page's name is empty",
        text: "A page without a name cannot be told apart in the Designer, and where there is no SEO title either, its \
               `<title>` is empty: a screen reader then announces nothing when the page opens. Write a name, or remove \
               the key so that it stays as it is.",
        source: "https://www.w3.org/WAI/WCAG22/Understanding/page-titled.html",
        check: Check::Place(&[Field::Title], page_title_missing),
    },
    Rule {
        id: "seo-title/missing",
        level: WARNING,
        threshold: None,
        summary: "the page has no SEO title",
        text: "Without a title of its own, a page is listed under whatever the search engine finds on it. Only the \
               primary locale is told, as the others inherit from it. Without a connection to the site, a title that \
               no manifest states counts as missing; with `--sandbox` or a token, the site is asked. Drafts, archived \
               and utility pages need none.",
        source: "https://developers.google.com/search/docs/appearance/title-link",
        check: Check::Place(&[Field::SeoTitle], missing),
    },
    Rule {
        id: "seo-description/missing",
        level: WARNING,
        threshold: None,
        summary: "the page has no SEO description",
        text: "Without a description, search results show a piece of the page's text that nobody chose. Reference \
               pages can do without: turn the rule off for them with `overrides: [{paths: […], severity: off}]`.",
        source: "https://developers.google.com/search/docs/appearance/snippet",
        check: Check::Place(&[Field::SeoDescription], missing),
    },
];

fn page_title_missing(case: &Case<'_>) -> Option<Problem> {
    let text = case.stated()?;
    let inherits = !case.is_primary() && case.primary().is_some();
    if !text.value.trim().is_empty() || inherits {
        return None;
    }
    Some(Problem::new("the page's name is empty").help("write a name, or remove the key"))
}

fn missing(case: &Case<'_>) -> Option<Problem> {
    // What a secondary locale lacks, its primary lacks too, and that is told there.
    if !case.is_primary() || case.own().is_some() || case.page.standing != Standing::Public {
        return None;
    }
    let key = if case.field == Field::SeoTitle { "title" } else { "description" };
    let problem = match case.stated() {
        Some(_) => Problem::new(format!("{} is empty", case.words())),
        None => Problem::new(format!("{} is missing", case.words())),
    };
    Some(problem.help(format!("write one under `seo`, as `{key}: …`")))
}
