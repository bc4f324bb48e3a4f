//! What a plan asks to be looked at, each at the line of the manifest that asks for it: one list for annotations, code
//! quality reports and code scanning.
//!
//! Worst first, as everywhere. Must not know any output format.

use super::kept;
use super::problems::{Problem, Rank, fingerprint, of_diagnostic, rank, tell_apart, worst_first};
use super::review::{self, Override};
use super::view::{FieldView, KeptView, PlanView, copied_from, shown};
use crate::diagnostic::{Code, Diagnostic};
use crate::lint;
use crate::plan::{Card, Cards, Change, Class, Guard, Risk, Tripped, codes};

/// Characters of a value that a sentence quotes.
const QUOTED: usize = 120;

/// Returns what is wrong with the plan, its conflicts, guards and risks, what the lint says of what it writes, and what was
/// changed on the site and is kept; worst first.
pub fn concerns(view: &PlanView<'_>) -> Vec<Problem> {
    let standing: Vec<Guard> = view.standing().collect();
    let guards = view.plan.guards.iter().filter(|tripped| standing.contains(&tripped.guard) && !is_told(tripped.guard));
    let (of_lint, of_plan): (Vec<&Diagnostic>, Vec<&Diagnostic>) =
        view.plan.diagnostics.iter().partition(|diagnostic| review::is_of_lint(diagnostic));
    let mut concerns: Vec<Problem> = of_plan.into_iter().cloned().map(of_diagnostic).collect();
    concerns.extend(kept_changes(view, &view.conflicts));
    concerns.extend(
        guards.map(|tripped| Problem { rank: Rank::Guard, ..of_diagnostic(guard(tripped, view.plan.is_offline)) }),
    );
    for risk in Risk::ALL {
        concerns.extend(risky_changes(view, risk, &standing));
    }
    concerns.extend(overriding_changes(view));
    concerns.extend(findings(view));
    concerns.extend(of_lint.into_iter().cloned().map(of_diagnostic));
    concerns.extend(kept_changes(view, &view.drift));
    tell_apart(&mut concerns);
    worst_first(&concerns).into_iter().cloned().collect()
}

/// Returns whether the changes that trip the guard say so themselves.
fn is_told(guard: Guard) -> bool {
    match guard {
        Guard::SlugChange | Guard::Blanking | Guard::BindingOverwrite => true,
        Guard::WrongSite | Guard::LostPages | Guard::MassUpdate | Guard::DuplicateValue => false,
    }
}

fn guard(tripped: &Tripped, is_offline: bool) -> Diagnostic {
    let Tripped { guard, count, limit: _, message, worst } = tripped;
    let message = format!("{count} {message}: {}", worst.join(", "));
    Diagnostic::warning(Code::new(guard.name()), message.trim_end_matches(": ")).help(if_meant(*guard, is_offline))
}

fn if_meant(guard: Guard, is_offline: bool) -> String {
    match is_offline {
        false => format!("if this is meant, apply the plan with --allow {}", guard.name()),
        // This plan itself cannot be applied.
        true => format!("if this is meant, it takes --allow {} to be applied", guard.name()),
    }
}

/// Returns the changes that have the risk. Where they trip a guard, the first of them stands for it.
fn risky_changes(view: &PlanView<'_>, risk: Risk, standing: &[Guard]) -> Vec<Problem> {
    let risky = view.plan.changes.iter().filter(|change| change.risks.contains(&risk));
    let mut risky: Vec<Problem> =
        risky.map(|change| about(view, change, risky_change(view, risk, change, standing))).collect();
    if guard_of(risk).is_some_and(|guard| standing.contains(&guard)) {
        risky.iter_mut().for_each(|problem| problem.rank = Rank::Risk);
        if let Some(first) = risky.iter_mut().min_by_key(|problem| !problem.is_touched) {
            first.rank = Rank::Guard;
        }
    }
    risky
}

/// Returns the guard that a risk trips.
fn guard_of(risk: Risk) -> Option<Guard> {
    match risk {
        Risk::SlugChange => Some(Guard::SlugChange),
        Risk::Blanking => Some(Guard::Blanking),
        Risk::BindingOverwrite => Some(Guard::BindingOverwrite),
        Risk::LocaleOff => None,
    }
}

/// Returns the changes that take somebody's edit from the site.
fn overriding_changes<'v>(view: &'v PlanView<'_>) -> impl Iterator<Item = Problem> + 'v {
    let overriding = |change: &'v Change| {
        let way = Override::of(change)?;
        let code = match way {
            Override::Conflict => codes::CONFLICT,
            Override::Drift => codes::DRIFT,
        };
        let message = format!("{}: {}, {}", place(change), way.words(), told(change).live);
        let help = format!("without `{}` the site's value is not written over", way.flag());
        let diagnostic = Diagnostic::warning(code, message).help(help);
        Some(Problem { rank: Rank::Risk, ..about(view, change, diagnostic) })
    };
    view.plan.changes.iter().filter_map(overriding)
}

fn risky_change(view: &PlanView<'_>, risk: Risk, change: &Change, standing: &[Guard]) -> Diagnostic {
    let is_offline = view.plan.is_offline;
    let (code, what) = match risk {
        Risk::SlugChange if change.redirects.is_empty() => {
            (Code::new(risk.name()), "a slug changes, and if the page is published, its address")
        }
        Risk::SlugChange => (Code::new(risk.name()), "a published address changes"),
        Risk::Blanking => (Code::new(risk.name()), "a value is cleared"),
        Risk::BindingOverwrite => (Code::new(risk.name()), "a CMS binding is replaced by plain text"),
        Risk::LocaleOff => (codes::LOCALE_OFF, "the locale is switched off on the site"),
    };
    let moves = change.redirects.iter().filter(|_| risk == Risk::SlugChange);
    let moves: Vec<String> = moves.map(|redirect| format!("{} → {}", redirect.from, redirect.to)).collect();
    let guard = guard_of(risk).filter(|guard| standing.contains(guard)).map(|guard| if_meant(guard, is_offline));
    let help: Vec<String> = Some(moves.join(", ")).filter(|moves| !moves.is_empty()).into_iter().chain(guard).collect();
    let diagnostic = Diagnostic::warning(code, format!("{}: {what}", place(change)));
    if help.is_empty() { diagnostic } else { diagnostic.help(help.join("; ")) }
}

fn kept_changes<'v>(view: &'v PlanView<'_>, kept: &'v [KeptView<'_>]) -> impl Iterator<Item = Problem> + 'v {
    let of_view = move |kept: &'v KeptView<'_>| {
        let pull = kept::pull(view, kept);
        kept.fields.iter().map(move |field| about(view, field.change, kept_change(field.change, &pull)))
    };
    kept.iter().flat_map(of_view)
}

fn kept_change(change: &Change, pull: &str) -> Diagnostic {
    let (place, Told { from, here, live }) = (place(change), told(change));
    if change.class == Class::Conflict {
        let message = format!("{place}: changed here{from}{here}, and on the site as well, to {live}");
        let help = format!("`{pull}` takes the site's value over; `--on-conflict desired` writes this one");
        return Diagnostic::error(codes::CONFLICT, message).help(help);
    }
    let message = format!("{place}: changed on the site{from} to {live}, and kept");
    let help = format!("`{pull}` takes it over; `--on-drift revert` writes what stands here");
    Diagnostic::info(codes::DRIFT, message).help(help)
}

/// What a sentence says of what was changed on the site.
struct Told {
    /// From what it was changed, and to what it was here, if the line of the manifest does not tell.
    from: String,
    here: String,
    /// To what it was changed on the site.
    live: String,
}

fn told(change: &Change) -> Told {
    let Some(Cards { base, before, after }) = &change.cards else {
        return Told { from: String::new(), here: String::new(), live: quoted(shown(&change.before)) };
    };
    let card = |card: &Card| match card {
        Card::Own(text) => quoted(text),
        Card::Copied => format!("a copy of the {}", copied_from(change.field)),
        Card::Unstated => "a text of its own".to_owned(),
    };
    let from = base.as_ref().map(|base| format!(" from {}", card(base))).unwrap_or_default();
    Told { from, here: format!(" to {}", card(after)), live: card(before) }
}

/// Returns a text as a few words of a sentence.
fn quoted(text: &str) -> String {
    match text {
        "" => "nothing".to_owned(),
        text => match text.char_indices().nth(QUOTED) {
            None => format!("`{text}`"),
            Some((cut, _)) => format!("`{}…`", &text[..cut]),
        },
    }
}

fn findings(view: &PlanView<'_>) -> Vec<Problem> {
    let problem = |field: &FieldView<'_>, diagnostic: &Diagnostic| Problem {
        rule: lint::rule(diagnostic.code.as_str()),
        ..about(view, field.change, diagnostic.clone())
    };
    review::fields(view).flat_map(|field| field.findings.iter().map(move |finding| problem(field, finding))).collect()
}

/// Returns what is said of a change, at its line if it has no other. It is known again by what it is about; also when
/// somebody has gone on writing the text.
fn about(view: &PlanView<'_>, change: &Change, diagnostic: Diagnostic) -> Problem {
    let Change { address, path, field, source, .. } = change;
    let mut diagnostic = diagnostic;
    diagnostic.at.get_or_insert_with(|| source.clone());
    let code = diagnostic.code.as_str();
    Problem {
        rule: None,
        page: Some(path.to_string()),
        locale: Some(address.locale.to_string()),
        field: Some(field.name()),
        fingerprint: fingerprint(&[code, address.page.as_str(), address.locale.as_str(), field.name()]),
        rank: rank(&diagnostic),
        is_touched: is_touched(view, change),
        diagnostic,
    }
}

/// Returns whether the manifest says something new there. Without a base nobody knows.
fn is_touched(view: &PlanView<'_>, change: &Change) -> bool {
    let has_base = view.plan.revision.as_ref().is_some_and(|revision| revision.base.is_some());
    match change.class {
        Class::Change | Class::New | Class::Conflict => has_base,
        Class::Drift | Class::Pinned => false,
    }
}

fn place(change: &Change) -> String {
    format!("{} of {} @ {}", change.field.name(), change.path, change.address.locale)
}
