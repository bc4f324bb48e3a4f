//! What is worth knowing of a base: how far differences can be told by it. Pure.

use crate::base::{Commit, Place};
use crate::diagnostic::{Diagnostic, Severity};
use crate::manifest::load::Loaded;
use crate::plan::codes;
use crate::render::view::{count, short};

/// How many problems of a base are named; it cannot be mended any more. As many project files and locales.
const NAMED: usize = 3;

/// The clone does not reach back to where the branch began.
pub(super) fn unclear(base: &Commit) -> Diagnostic {
    let short = short(base.as_str());
    let message = format!("the clone is shallow, so nobody can tell whether {short} is where the two parted");
    let help =
        "if others have merged there since, this plan reads as if it took that back; fetch the history to be sure";
    Diagnostic::warning(codes::BASE_UNCLEAR, message).help(help)
}

/// The two have been merged crosswise; nothing if they have not.
pub(super) fn ambiguous(base: &Commit, others: &[Commit], revision: &str) -> Option<Diagnostic> {
    if others.is_empty() {
        return None;
    }
    let all = [std::slice::from_ref(base), others].concat();
    let all = listed(all.iter().map(|commit| short(commit.as_str()).to_owned()));
    let message = format!("`{revision}` and the commit at hand have been merged crosswise: they parted at {all}");
    let help = format!(
        "the first is gone by; what differs between those may be told wrongly. Merge `{revision}` into this branch once \
         more, and they have parted at one commit"
    );
    Some(Diagnostic::warning(codes::BASE_AMBIGUOUS, message).help(help))
}

/// A part of the manifests cannot be understood.
pub(super) fn unreadable(base: &Commit, loaded: &Loaded, place: &Place) -> Option<Diagnostic> {
    let errors = loaded.diagnostics.iter().filter(|problem| problem.severity == Severity::Error);
    let errors: Vec<&Diagnostic> = errors.collect();
    if errors.is_empty() {
        return None;
    }
    let what = count(errors.len(), "problem", "problems");
    let named: Vec<String> = errors.iter().take(NAMED).map(|problem| told(problem, place)).collect();
    let more = if errors.len() > named.len() { "; …" } else { "" };
    let message = format!("{what} in the manifests of {}: {}{more}", short(base.as_str()), named.join("; "));
    let help = "what cannot be understood there counts as not stated: where the manifests state it now, it is new, and \
                written over whatever the site has";
    Some(Diagnostic::warning(codes::BASE_UNREADABLE, message).help(help))
}

/// Returns a problem with its place in a line; the place is in a text that nobody has before their eyes.
fn told(problem: &Diagnostic, place: &Place) -> String {
    let folder = match place {
        Place::Here | Place::Nowhere { .. } => "",
        Place::Moved { from } => from,
    };
    match &problem.at {
        Some(at) => format!("{folder}{at}: {}", problem.message),
        None => problem.message.clone(),
    }
}

/// The base is from before the project, or has it where nobody looks for it.
pub(super) fn empty(base: &Commit, others: &[String]) -> Diagnostic {
    let short = short(base.as_str());
    if others.is_empty() {
        let help = "every field counts as new, and is written where the site reads otherwise";
        return Diagnostic::info(codes::BASE_EMPTY, format!("the project is not in {short}")).help(help);
    }
    let others = listed(others.iter().map(|file| format!("`{file}`")));
    let help = "every field counts as new, and is written over whatever the site has; if this project was one of those, \
                name a commit that has it in this folder";
    Diagnostic::warning(codes::BASE_EMPTY, format!("the project is not in {short}, which has {others}")).help(help)
}

/// The project was for another site.
pub(super) fn of_another_site(base: &Commit) -> Diagnostic {
    let message = format!("the project of {} is for another site", short(base.as_str()));
    let help = "every field counts as new, and is written over whatever the site has";
    Diagnostic::warning(codes::BASE_EMPTY, message).help(help)
}

/// The manifests state locales that the site does not have now; nothing if it has all.
pub(super) fn lost_locales(base: &Commit, keys: &[&str]) -> Option<Diagnostic> {
    if keys.is_empty() {
        return None;
    }
    let (what, them) = if keys.len() == 1 { ("a locale", "it") } else { ("locales", "them") };
    let keys = listed(keys.iter().map(|key| format!("`{key}`")));
    let short = short(base.as_str());
    let message = format!("the manifests of {short} state {what} that the site does not have now: {keys}");
    let help = format!(
        "what they state in {them} is not compared: where the manifests state it now in another locale, it is new, and \
         written over whatever the site has"
    );
    Some(Diagnostic::warning(codes::BASE_LOCALE, message).help(help))
}

/// Returns the first few of something in words.
fn listed(items: impl ExactSizeIterator<Item = String>) -> String {
    let more = items.len().saturating_sub(NAMED);
    let mut named: Vec<String> = items.take(NAMED).collect();
    if more > 0 {
        named.push(format!("{more} more"));
    }
    match named.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    }
}
