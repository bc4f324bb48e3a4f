//! Between the plan and its file format.
//!
//! Destructures what is written whole, so that a new part of a plan cannot be forgotten.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::{Error, FORMAT_VERSION, format};
use crate::diagnostic::{Diagnostic, Severity};
use crate::exit::Exit;
use crate::model::{Address, Extra, ExtraValue, Extras, Field, Kind, LocaleTag, Value};
use crate::plan::{
    Body, Card, Cards, Change, Class, Finding, Guard, Operation, Plan, Purpose, ReadSummary, Redirect, Revision, Risk,
    Successor, Target, Tripped,
};
use crate::source::{ByteRange, Location};

pub(super) fn to_file(plan: &Plan, exit: Exit) -> format::PlanFile {
    let Plan {
        target,
        revision,
        is_offline,
        live,
        managed,
        changes,
        kept,
        operations,
        guards,
        released,
        diagnostics,
        findings,
    } = plan;
    let written = changes.iter().map(|change| change_to_file(change, true));
    let left = kept.iter().map(|change| change_to_file(change, false));
    format::PlanFile {
        format_version: FORMAT_VERSION.to_owned(),
        digest: String::new(),
        target: format::Target {
            site: target.site.to_string(),
            name: target.name.clone(),
            environment: target.environment.clone(),
        },
        source: revision.as_ref().map(|Revision { commit, dirty, base }| format::Source {
            commit: commit.clone(),
            dirty: *dirty,
            base: base.clone(),
        }),
        offline: *is_offline,
        live: format::Live { pages: live.pages, locales: live.locales, requests: live.requests },
        summary: summary(plan, *managed, *released),
        changes: written.chain(left).collect(),
        operations: operations.iter().enumerate().map(operation_to_file).collect(),
        guards: guards.iter().map(guard_to_file).collect(),
        diagnostics: diagnostics.iter().map(diagnostic_to_file).chain(findings.iter().map(finding_to_file)).collect(),
        exit: exit_to_file(exit),
    }
}

fn summary(plan: &Plan, managed: usize, released: usize) -> format::Summary {
    let of = |class: Class| move |change: &&Change| change.class == class;
    let all = |class: Class| plan.changes.iter().chain(&plan.kept).filter(of(class)).count();
    format::Summary {
        changes: plan.changes.len(),
        pinned: all(Class::Pinned),
        new: all(Class::New),
        drift: all(Class::Drift),
        conflicts: all(Class::Conflict),
        kept: plan.kept.len(),
        operations: plan.operations.len(),
        pages: plan.pages().len(),
        page_locales: plan.addresses().len(),
        managed_page_locales: managed,
        released: Some(released).filter(|released| *released > 0),
    }
}

pub(super) fn from_file(file: format::PlanFile) -> Result<Plan, Error> {
    // Version and digest have been checked; counts and exit are derived.
    let format::PlanFile {
        format_version: _,
        digest: _,
        target,
        source,
        offline,
        live,
        summary,
        changes,
        operations,
        guards,
        diagnostics,
        exit: _,
    } = file;
    let (written, left): (Vec<_>, Vec<_>) = changes.into_iter().partition(|change| change.written);
    let changes_from_file = |changes: Vec<format::Change>| -> Result<Vec<Change>, Error> {
        changes.into_iter().map(change_from_file).collect()
    };
    let (findings, diagnostics): (Vec<_>, Vec<_>) =
        diagnostics.into_iter().partition(|problem| problem.field.is_some());
    Ok(Plan {
        target: Target { site: target.site.into(), name: target.name, environment: target.environment },
        revision: source.map(revision_from_file),
        is_offline: offline,
        live: ReadSummary { pages: live.pages, locales: live.locales, requests: live.requests },
        managed: summary.managed_page_locales,
        changes: changes_from_file(written)?,
        kept: changes_from_file(left)?,
        operations: operations.into_iter().map(operation_from_file).collect::<Result<_, _>>()?,
        guards: guards.into_iter().map(guard_from_file).collect::<Result<_, _>>()?,
        released: summary.released.unwrap_or_default(),
        diagnostics: diagnostics.into_iter().map(diagnostic_from_file).collect::<Result<_, _>>()?,
        findings: findings.into_iter().map(finding_from_file).collect::<Result<_, _>>()?,
    })
}

pub(super) fn revision_from_file(format::Source { commit, dirty, base }: format::Source) -> Revision {
    Revision { commit, dirty, base }
}

fn unknown(path: &str, name: &str) -> Error {
    Error::damaged(path, format!("`{name}` is not known"))
}

pub(super) fn exit_to_file(exit: Exit) -> format::Exit {
    format::Exit { code: exit.code(), name: exit.name().to_owned() }
}

pub(super) fn value_to_file(value: &Value) -> format::Value {
    match value {
        Value::Text(text) => format::Value::Text(text.clone()),
        Value::Flag(flag) => format::Value::Flag(*flag),
    }
}

fn value_from_file(field: Field, value: format::Value) -> Result<Value, Error> {
    match (field.kind(), value) {
        (Kind::Text, format::Value::Text(text)) => Ok(Value::Text(text)),
        (Kind::Flag, format::Value::Flag(flag)) => Ok(Value::Flag(flag)),
        (Kind::Text, format::Value::Flag(_)) => Err(Error::damaged(field.name(), "text is expected")),
        (Kind::Flag, format::Value::Text(_)) => Err(Error::damaged(field.name(), "`true` or `false` is expected")),
    }
}

fn field_from_file(name: &str) -> Result<Field, Error> {
    Field::from_name(name).ok_or_else(|| unknown("field", name))
}

pub(super) fn location_to_file(location: &Location) -> format::Location {
    format::Location { file: location.file.to_string(), line: location.line, column: location.column }
}

fn location_from_file(location: format::Location) -> Location {
    Location { file: location.file.into(), line: location.line, column: location.column, bytes: ByteRange::default() }
}

pub(super) fn change_to_file(change: &Change, written: bool) -> format::Change {
    let Change { address, path, field, class, base, before, after, cards, source, risks, followers, redirects } =
        change;
    format::Change {
        page: address.page.to_string(),
        path: path.to_string(),
        locale: address.locale.to_string(),
        field: field.name().to_owned(),
        class: class.name().to_owned(),
        written,
        base: base.as_ref().map(value_to_file),
        before: value_to_file(before),
        after: value_to_file(after),
        card: cards.as_ref().map(cards_to_file),
        source: location_to_file(source),
        risks: risks.iter().map(|risk| risk.name().to_owned()).collect(),
        followers: followers.iter().map(LocaleTag::to_string).collect(),
        redirects: redirects.iter().map(redirect_to_file).collect(),
    }
}

fn change_from_file(change: format::Change) -> Result<Change, Error> {
    let field = field_from_file(&change.field)?;
    let class = Class::ALL.into_iter().find(|class| class.name() == change.class);
    let risks: Result<BTreeSet<Risk>, Error> = change.risks.iter().map(|name| risk_from_file(name)).collect();
    Ok(Change {
        address: Address { page: change.page.into(), locale: change.locale.into() },
        path: change.path.into(),
        field,
        class: class.ok_or_else(|| unknown("class", &change.class))?,
        base: change.base.map(|base| value_from_file(field, base)).transpose()?,
        before: value_from_file(field, change.before)?,
        after: value_from_file(field, change.after)?,
        cards: change.card.map(cards_from_file).transpose()?,
        source: location_from_file(change.source),
        risks: risks?,
        followers: change.followers.into_iter().map(LocaleTag::from).collect(),
        redirects: change.redirects.into_iter().map(redirect_from_file).collect::<Result<_, _>>()?,
    })
}

fn cards_to_file(cards: &Cards) -> format::Cards {
    let Cards { base, before, after } = cards;
    let card = |card: &Card| match card {
        Card::Copied => format::Card { copied: true, text: None },
        Card::Own(text) => format::Card { copied: false, text: Some(text.clone()) },
        Card::Unstated => format::Card { copied: false, text: None },
    };
    format::Cards { base: base.as_ref().map(card), before: card(before), after: card(after) }
}

fn cards_from_file(cards: format::Cards) -> Result<Cards, Error> {
    let format::Cards { base, before, after } = cards;
    Ok(Cards {
        base: base.map(card_from_file).transpose()?,
        before: card_from_file(before)?,
        after: card_from_file(after)?,
    })
}

fn card_from_file(card: format::Card) -> Result<Card, Error> {
    let format::Card { copied, text } = card;
    match (copied, text) {
        (true, None) => Ok(Card::Copied),
        (true, Some(_)) => Err(Error::damaged("card", "what is copied has no text of its own")),
        (false, Some(text)) => Ok(Card::Own(text)),
        (false, None) => Ok(Card::Unstated),
    }
}

pub(super) fn redirect_to_file(redirect: &Redirect) -> format::Redirect {
    let Redirect { locale, from, to, successor } = redirect;
    format::Redirect {
        locale: locale.to_string(),
        from: from.to_string(),
        to: to.to_string(),
        reused: *successor == Successor::Page,
        reused_by_draft: *successor == Successor::Draft,
    }
}

fn redirect_from_file(redirect: format::Redirect) -> Result<Redirect, Error> {
    let format::Redirect { locale, from, to, reused, reused_by_draft } = redirect;
    let successor = match (reused, reused_by_draft) {
        (true, true) => {
            return Err(Error::damaged("redirects", format!("a page and a draft cannot both move to `{from}`")));
        }
        (true, false) => Successor::Page,
        (false, true) => Successor::Draft,
        (false, false) => Successor::Nobody,
    };
    Ok(Redirect { locale: locale.into(), from: from.into(), to: to.into(), successor })
}

fn risk_from_file(name: &str) -> Result<Risk, Error> {
    Risk::ALL.into_iter().find(|risk| risk.name() == name).ok_or_else(|| unknown("risks", name))
}

fn operation_to_file((order, operation): (usize, &Operation)) -> format::Operation {
    let Operation { address, path, locale_id, purpose, has_pin, level, needs, body, precondition, extras } = operation;
    format::Operation {
        order,
        level: *level,
        needs: needs.clone(),
        page: address.page.to_string(),
        path: path.to_string(),
        locale: address.locale.to_string(),
        locale_id: locale_id.as_ref().map(ToString::to_string),
        purpose: purpose.name().to_owned(),
        pins: *has_pin,
        body: nest(body),
        precondition: precondition
            .iter()
            .map(|(field, value)| (field.name().to_owned(), value_to_file(value)))
            .collect(),
        extra: extras.iter().map(|(extra, value)| (extra.to_string(), extra_to_file(value))).collect(),
    }
}

fn operation_from_file(operation: format::Operation) -> Result<Operation, Error> {
    let precondition = operation.precondition.into_iter().map(|(name, value)| {
        let field = field_from_file(&name)?;
        Ok((field, value_from_file(field, value)?))
    });
    let purpose = Purpose::ALL.into_iter().find(|purpose| purpose.name() == operation.purpose);
    Ok(Operation {
        address: Address { page: operation.page.into(), locale: operation.locale.into() },
        path: operation.path.into(),
        locale_id: operation.locale_id.map(Into::into),
        purpose: purpose.ok_or_else(|| unknown("purpose", &operation.purpose))?,
        has_pin: operation.pins,
        level: operation.level,
        needs: operation.needs,
        body: unnest(&operation.body)?,
        precondition: precondition.collect::<Result<BTreeMap<_, _>, Error>>()?,
        extras: operation.extra.into_iter().map(extra_from_file).collect::<Result<Extras, Error>>()?,
    })
}

/// The key of what is known by its digest.
const DIGEST: &str = "sha256";

fn extra_to_file(value: &ExtraValue) -> Json {
    match value {
        ExtraValue::Scalar(value) => value.clone(),
        ExtraValue::Digest(digest) => serde_json::json!({DIGEST: digest}),
    }
}

fn extra_from_file((name, value): (String, Json)) -> Result<(Extra, ExtraValue), Error> {
    let extra = Extra::from_name(&name).ok_or_else(|| unknown("extra", &name))?;
    let value = match &value {
        Json::Bool(_) | Json::Number(_) | Json::String(_) => Some(ExtraValue::Scalar(value)),
        Json::Object(map) if map.len() == 1 => {
            map.get(DIGEST).and_then(Json::as_str).map(|digest| ExtraValue::Digest(digest.to_owned()))
        }
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    };
    let value = value
        .ok_or_else(|| Error::damaged(format!("extra.{name}"), "a text, a number, a flag or a SHA-256 is expected"))?;
    Ok((extra, value))
}

/// Returns the body as the API takes it.
pub(super) fn nest(body: &Body) -> Map<String, Json> {
    let mut map = Map::new();
    let insert = |map: &mut Map<String, Json>, object: &str, key: &str, value: Json| {
        let inner = map.entry(object).or_insert_with(|| Json::Object(Map::new()));
        inner[key] = value;
    };
    for (field, value) in &body.fields {
        let json = match value {
            Value::Text(text) => Json::String(text.clone()),
            Value::Flag(flag) => Json::Bool(*flag),
        };
        match field.keys() {
            [key] => {
                map.insert((*key).to_owned(), json);
            }
            [object, key] => insert(&mut map, object, key, json),
            _ => unreachable!("fields have one key or two"),
        }
    }
    for (extra, value) in &body.extras {
        if let Some(value) = value.as_scalar() {
            insert(&mut map, extra.group().key(), extra.key(), value.clone());
        }
    }
    map
}

fn unnest(map: &Map<String, Json>) -> Result<Body, Error> {
    let mut sent = Body::default();
    for (key, value) in map {
        let leaves: Vec<(String, &Json)> = match value {
            Json::Object(object) => object.iter().map(|(leaf, value)| (format!("{key}.{leaf}"), value)).collect(),
            leaf => vec![(key.clone(), leaf)],
        };
        for (name, leaf) in leaves {
            if let Some(extra) = Extra::from_name(&name) {
                if matches!(leaf, Json::Null | Json::Array(_) | Json::Object(_)) {
                    return Err(Error::damaged(format!("body.{name}"), format!("`{leaf}` is no value")));
                }
                sent.extras.insert(extra, ExtraValue::Scalar(leaf.clone()));
                continue;
            }
            let field = field_from_file(&name)?;
            let value = match leaf {
                Json::String(text) => format::Value::Text(text.clone()),
                Json::Bool(flag) => format::Value::Flag(*flag),
                other => return Err(Error::damaged(format!("body.{name}"), format!("`{other}` is no value"))),
            };
            sent.fields.insert(field, value_from_file(field, value)?);
        }
    }
    Ok(sent)
}

pub(super) fn guard_to_file(tripped: &Tripped) -> format::Guard {
    let Tripped { guard, count, limit, message, worst } = tripped;
    format::Guard {
        name: guard.name().to_owned(),
        count: *count,
        limit: *limit,
        message: message.clone(),
        worst: worst.clone(),
    }
}

fn guard_from_file(guard: format::Guard) -> Result<Tripped, Error> {
    // A guard that is not known cannot be evaluated, so the plan cannot be applied safely.
    let known = Guard::from_name(&guard.name).ok_or_else(|| unknown("guards", &guard.name))?;
    let format::Guard { name: _, count, limit, message, worst } = guard;
    Ok(Tripped { guard: known, count, limit, message, worst })
}

pub(super) fn diagnostic_to_file(diagnostic: &Diagnostic) -> format::Diagnostic {
    // Secondary places are for the terminal's excerpts.
    let Diagnostic { code, severity, message, at, also: _, help, left_out: _ } = diagnostic;
    format::Diagnostic {
        code: code.to_string(),
        severity: severity.as_str().to_owned(),
        message: message.clone(),
        location: at.as_ref().map(location_to_file),
        page: None,
        locale: None,
        field: None,
        help: help.clone(),
    }
}

fn finding_to_file(finding: &Finding) -> format::Diagnostic {
    let Finding { address, field, diagnostic } = finding;
    format::Diagnostic {
        page: Some(address.page.to_string()),
        locale: Some(address.locale.to_string()),
        field: Some(field.name().to_owned()),
        ..diagnostic_to_file(diagnostic)
    }
}

fn finding_from_file(finding: format::Diagnostic) -> Result<Finding, Error> {
    let stated = |value: &Option<String>| value.clone().unwrap_or_default();
    let field = field_from_file(&stated(&finding.field))?;
    let address = Address { page: stated(&finding.page).into(), locale: stated(&finding.locale).into() };
    Ok(Finding { address, field, diagnostic: diagnostic_from_file(finding)? })
}

fn diagnostic_from_file(diagnostic: format::Diagnostic) -> Result<Diagnostic, Error> {
    let severities = [Severity::Error, Severity::Warning, Severity::Info];
    let severity = severities.into_iter().find(|severity| severity.as_str() == diagnostic.severity);
    Ok(Diagnostic {
        code: diagnostic.code.into(),
        severity: severity.ok_or_else(|| unknown("severity", &diagnostic.severity))?,
        message: diagnostic.message,
        at: diagnostic.location.map(location_from_file),
        also: Vec::new(),
        help: diagnostic.help,
        left_out: 0,
    })
}
