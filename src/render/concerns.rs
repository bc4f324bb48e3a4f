//! What a plan asks to be looked at, each at the line of the manifest that asks for it: one list for annotations, code
//! quality reports and code scanning.
//!
//! Worst first, as everywhere. Must not know any output format.

use super::kept;
use super::problems::{Problem, fingerprint, of_diagnostic, tell_apart};
use super::review;
use super::view::{FieldView, KeptView, PlanView, copied_from, shown};
use crate::diagnostic::{Code, Diagnostic};
use crate::lint;
use crate::plan::{Card, Cards, Change, Class, Guard, Risk, Tripped, codes};

/// Characters of a value that a sentence quotes.
const QUOTED: usize = 120;

/// Returns what is wrong with the plan, its guards, conflicts and risks, what the lint says of what it writes, and what was
/// changed on the site and is kept.
pub fn concerns(view: &PlanView<'_>) -> Vec<Problem> {
    let standing: Vec<Guard> = view.standing().collect();
    let guards = view.plan.guards.iter().filter(|tripped| standing.contains(&tripped.guard) && !is_told(tripped.guard));
    let mut concerns: Vec<Problem> = view.plan.diagnostics.iter().cloned().map(of_diagnostic).collect();
    concerns.extend(guards.map(|tripped| of_diagnostic(guard(tripped, view.plan.is_offline))));
    concerns.extend(kept_changes(view, &view.conflicts));
    for risk in Risk::ALL {
        let risky = view.plan.changes.iter().filter(|change| change.risks.contains(&risk));
        concerns.extend(risky.map(|change| about(view, change, risky_change(view, risk, change, &standing))));
    }
    concerns.extend(findings(view));
    concerns.extend(kept_changes(view, &view.drift));
    tell_apart(&mut concerns);
    concerns
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

fn risky_change(view: &PlanView<'_>, risk: Risk, change: &Change, standing: &[Guard]) -> Diagnostic {
    let is_offline = view.plan.is_offline;
    let (code, guard, what) = match risk {
        Risk::SlugChange => {
            let what = match change.redirects.is_empty() {
                true => "a slug changes, and if the page is published, its address",
                false => "a published address changes",
            };
            (Code::new(risk.name()), Some(Guard::SlugChange), what)
        }
        Risk::Blanking => (Code::new(risk.name()), Some(Guard::Blanking), "a value is cleared"),
        Risk::BindingOverwrite => {
            (Code::new(risk.name()), Some(Guard::BindingOverwrite), "a CMS binding is replaced by plain text")
        }
        Risk::LocaleOff => (codes::LOCALE_OFF, None, "the locale is switched off on the site"),
    };
    let moves = change.redirects.iter().filter(|_| risk == Risk::SlugChange);
    let moves: Vec<String> = moves.map(|redirect| format!("{} → {}", redirect.from, redirect.to)).collect();
    let guard = guard.filter(|guard| standing.contains(guard)).map(|guard| if_meant(guard, is_offline));
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
