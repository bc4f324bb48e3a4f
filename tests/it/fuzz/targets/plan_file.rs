//! Plan files: an accepted file reads back as it was, shows what it sends, and stays within the bounds of each format.
//!
//! An input that begins with `{` is a plan file. Any other decides about changes of a valid one. Both get a digest that
//! fits: an attacker computes it, so it protects from nothing here.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::{Value as Json, json};
use slugline::diagnostic::Diagnostic;
use slugline::exit::Exit;
use slugline::model::{Field, Value};
use slugline::plan::{Finding, Plan, file};
use slugline::render::print::Screen;
use slugline::render::view::{PlanView, ValuesView};
use slugline::render::words::Piece;
use slugline::render::{github, html, markdown, text};

use super::choices::Choices;
use crate::plan::{digest, world};
use crate::render::held::check_lines;

pub(super) fn holds(input: &[u8]) {
    let plan = match input.first() {
        Some(b'{') => serde_json::from_slice(input).ok(),
        _ => Some(changed(&mut Choices::new(input))),
    };
    let Some(mut plan @ Json::Object(_)) = plan else {
        // Of what is no JSON object there is nothing to seal.
        assert!(file::decode(&String::from_utf8_lossy(input)).is_err());
        return;
    };
    plan["digest"] = digest(&plan).into();
    let text = plan.to_string();
    let Ok(plan) = file::decode(&text) else { return };
    let again = file::encode(&plan, Exit::Ok);
    assert_eq!(file::decode(&again).unwrap_or_else(|error| panic!("{error}\n{text}")), plan, "{text}");
    assert_eq!(file::encode(&plan, Exit::Ok), again);
    shows_what_it_sends(&plan, &text);
    stays_within_bounds(&plan, &text);
}

/// Plays the operations from what they expect the site to read. What is different then is shown, and nothing else is.
fn shows_what_it_sends(plan: &Plan, text: &str) {
    if plan.is_offline {
        return;
    }
    let mut before: BTreeMap<(&str, &str, Field), Value> = BTreeMap::new();
    let mut after = BTreeMap::new();
    for operation in &plan.operations {
        let address = &operation.address;
        for (extra, value) in &operation.body.extras {
            assert_eq!(operation.extras.get(extra), Some(value), "{extra} is not sent as it was read\n{text}");
        }
        for (field, value) in &operation.body.fields {
            let key = (address.page.as_str(), address.locale.as_str(), *field);
            let reads = operation.precondition.get(field);
            let reads = reads.unwrap_or_else(|| panic!("{key:?} is sent whatever the site reads\n{text}"));
            before.entry(key).or_insert_with(|| reads.clone());
            after.insert(key, value.clone());
        }
    }
    let view = PlanView::new(plan);
    let mut shown = BTreeMap::new();
    for (page, locale, field) in view.pages.iter().flat_map(|page| {
        page.locales.iter().flat_map(move |locale| locale.fields.iter().map(move |field| (page, locale, field)))
    }) {
        let key = (page.id.as_str(), locale.tag.as_str(), field.change.field);
        let values = values(&field.values);
        assert_eq!(shown.insert(key, values), None, "{key:?} is shown twice\n{text}");
    }
    for (key, (old, new)) in &shown {
        assert_eq!((before.get(key), after.get(key)), (Some(old), Some(new)), "{key:?}\n{text}");
    }
    let hidden = before.iter().find(|(key, value)| after[*key] != **value && !shown.contains_key(*key));
    assert_eq!(hidden, None, "it is sent and not shown\n{text}");
}

/// Returns the values that a view shows, before and after.
fn values(values: &ValuesView) -> (Value, Value) {
    let joined = |pieces: &[Piece]| Value::Text(pieces.iter().map(|piece| piece.text.as_str()).collect());
    let parsed = |text: &String| match text.as_str() {
        "true" => Value::Flag(true),
        "false" => Value::Flag(false),
        text => Value::from(text),
    };
    match values {
        ValuesView::Texts(diff) => (joined(&diff.before), joined(&diff.after)),
        ValuesView::Flag { before, after, given_up: _ } => (Value::Flag(*before), Value::Flag(*after)),
        ValuesView::Begun(value) | ValuesView::Pinned(value) => (parsed(value), parsed(value)),
    }
}

fn stays_within_bounds(plan: &Plan, file: &str) {
    let view = PlanView::new(plan);
    for limit in [markdown::LEAST_BYTES, markdown::MAX_BYTES] {
        let comment = markdown::comment(&view, limit);
        assert!(comment.len() <= limit, "{} of {limit} bytes\n{file}", comment.len());
        check_lines(&comment, file);
        assert_eq!(comment.matches("<!-- slugline").count(), 1, "{file}");
    }
    let (mut shown, mut annotations) = (Vec::new(), Vec::new());
    let screen = Screen { color: false, width: Some(80) };
    text::plan(&view, text::Flags::default(), screen, &mut shown).unwrap();
    github::plan(&view, "", &mut annotations).unwrap();
    let report = html::report(&view);
    let [shown, annotations] = [shown, annotations].map(|output| String::from_utf8(output).unwrap());
    for output in [&shown, &annotations, &report] {
        check_lines(output, file);
    }
    assert!(annotations.lines().count() <= 10, "{annotations}");
    // What is shown grows with the file: a few times for marks and escapes, and the fixed parts of a report.
    assert!(shown.len() <= 4_000 + 12 * file.len(), "{} bytes of text for {} of\n{file}", shown.len(), file.len());
    assert!(report.len() <= 40_000 + 30 * file.len(), "{} bytes of HTML for {} of\n{file}", report.len(), file.len());
}

/// A plan with all that a plan file can hold.
static VALID: LazyLock<Json> = LazyLock::new(|| {
    let mut world = world();
    for (page, slug) in [("a", "b"), ("b", "a")] {
        world.page(page).wants(page, "en", Field::Slug, slug);
    }
    world.reads_everywhere("a", Field::SeoTitle, "old").wants("a", "en", Field::SeoTitle, "");
    world.wants("a", "fr", Field::SeoTitle, "old").wants("b", "es", Field::OpenGraphTitle, "og");
    world.wants("b", "en", Field::OpenGraphDescriptionCopied, true);
    // Drift and a conflict.
    world.page("c").reads("c", "en", Field::SeoTitle, "edited").wants("c", "en", Field::SeoTitle, "once");
    world.wanted("c", "en", Field::SeoTitle, "once");
    world.reads("c", "en", Field::OpenGraphTitle, "site").wants("c", "en", Field::OpenGraphTitle, "mine");
    world.wanted("c", "en", Field::OpenGraphTitle, "once").wanted("a", "en", Field::SeoTitle, "old");
    let mut plan = world.plan();
    let change = plan.changes[0].clone();
    let diagnostic = Diagnostic::warning("seo-title/too-wide".to_owned().into(), "too wide").at(change.source.clone());
    plan.diagnostics.push(diagnostic.clone().help("shorten it"));
    plan.findings.push(Finding { address: change.address, field: change.field, diagnostic });
    serde_json::from_str(&file::encode(&plan, Exit::Ok)).unwrap()
});

/// Returns the valid plan with a few changes.
fn changed(choices: &mut Choices<'_>) -> Json {
    let mut plan = VALID.clone();
    for _ in 0..1 + choices.below(6) {
        let nodes = nodes(&plan);
        let [at, other] = [(); 2].map(|()| choices.pick(&nodes).clone());
        match choices.below(8) {
            0 => remove(&mut plan, &at),
            1 | 2 => copy(&mut plan, &other, &at),
            3 => swap(&mut plan, &at, &other),
            4 => repeat(&mut plan, &at),
            5 => put(&mut plan, &at, Json::from(choices.text())),
            6 => {
                let values = [json!(null), json!(true), json!(false), json!(0), json!(1), json!(-1), json!(1e300)];
                let more = [json!(u64::MAX), json!([]), json!({}), json!(""), json!("\u{1b}[31m\u{202e}##[error]")];
                let value = choices.pick(&[&values[..], &more[..]].concat()).clone();
                put(&mut plan, &at, value);
            }
            _ => {
                let names = ["write", "temporary-slug", "change", "drift", "conflict", "new", "pinned", "blanking"];
                put(&mut plan, &at, (*choices.pick(&names)).into());
            }
        }
    }
    plan
}

/// Returns the JSON pointers of all values below the top.
fn nodes(plan: &Json) -> Vec<String> {
    fn collect(value: &Json, pointer: &str, nodes: &mut Vec<String>) {
        let children: Vec<(String, &Json)> = match value {
            Json::Object(map) => {
                map.iter().map(|(key, child)| (key.replace('~', "~0").replace('/', "~1"), child)).collect()
            }
            Json::Array(items) => items.iter().enumerate().map(|(index, child)| (index.to_string(), child)).collect(),
            _ => Vec::new(),
        };
        for (key, child) in children {
            let pointer = format!("{pointer}/{key}");
            collect(child, &pointer, nodes);
            nodes.push(pointer);
        }
    }
    let mut all = Vec::new();
    collect(plan, "", &mut all);
    if all.is_empty() {
        all.push(String::new());
    }
    all
}

fn put(plan: &mut Json, at: &str, value: Json) {
    if let Some(place) = plan.pointer_mut(at).filter(|_| !at.is_empty()) {
        *place = value;
    }
}

fn copy(plan: &mut Json, from: &str, to: &str) {
    // A value that holds its own copy would double with each change.
    if let Some(value) = plan.pointer(from).cloned().filter(|_| !to.starts_with(from)) {
        put(plan, to, value);
    }
}

fn swap(plan: &mut Json, one: &str, other: &str) {
    let (Some(first), Some(second)) = (plan.pointer(one).cloned(), plan.pointer(other).cloned()) else { return };
    if !one.starts_with(other) && !other.starts_with(one) {
        put(plan, one, second);
        put(plan, other, first);
    }
}

fn remove(plan: &mut Json, at: &str) {
    let Some((owner, key)) = at.rsplit_once('/') else { return };
    match plan.pointer_mut(owner) {
        Some(Json::Object(map)) => drop(map.remove(&key.replace("~1", "/").replace("~0", "~"))),
        Some(Json::Array(items)) => drop(key.parse().ok().map(|index: usize| items.remove(index))),
        _ => {}
    }
}

/// Repeats an item of a list.
fn repeat(plan: &mut Json, at: &str) {
    let Some((owner, key)) = at.rsplit_once('/') else { return };
    if let (Some(Json::Array(items)), Ok(index)) = (plan.pointer_mut(owner), key.parse::<usize>()) {
        items.insert(index, items[index].clone());
    }
}
