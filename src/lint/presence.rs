//! Rules about texts that are missing.

use super::rule::{Case, Check, ERROR, Problem, Rule, WARNING};
use super::subject::Standing;
use crate::model::Field;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "page-title/missing",
        level: ERROR,
        threshold: None,
        check: Check::Place(&[Field::Title], page_title_missing),
    },
    Rule { id: "seo-title/missing", level: WARNING, threshold: None, check: Check::Place(&[Field::SeoTitle], missing) },
    Rule {
        id: "seo-description/missing",
        level: WARNING,
        threshold: None,
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
