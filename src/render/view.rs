//! A plan as a reader goes through it: page by page, locale by locale, with the words that change.
//!
//! Every output starts here, so that they agree. Must not know any output format.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::review;
use super::words::{self, WordDiff};
use crate::diagnostic::Diagnostic;
use crate::model::{Address, Field, LocaleTag, PageId, PagePath, Value};
use crate::plan::{Card, Cards, Change, Class, Finding, Guard, Operation, Plan, Purpose};

/// A plan, grouped for reading.
#[derive(Debug)]
pub struct PlanView<'a> {
    /// The plan itself, for what needs no grouping.
    pub plan: &'a Plan,
    /// The pages that change.
    pub pages: Vec<PageView<'a>>,
    /// What was changed on both sides and is not decided.
    pub conflicts: Vec<KeptView<'a>>,
    /// What was changed on the site alone and stays so.
    pub drift: Vec<KeptView<'a>>,
    /// Moves to a temporary slug.
    pub detours: Vec<&'a Operation>,
    /// Guards that are let pass.
    pub allowed: Vec<Guard>,
    /// Counts.
    pub totals: Totals,
}

/// A page that changes.
#[derive(Debug)]
pub struct PageView<'a> {
    /// The page's path.
    pub path: &'a PagePath,
    /// The page's id.
    pub id: &'a PageId,
    /// Its locales that change, in the site's order.
    pub locales: Vec<LocaleView<'a>>,
    /// What the lint says of values of the page that stay, because of those that change.
    pub beside: Vec<&'a Diagnostic>,
}

/// A locale of a page that changes.
#[derive(Debug)]
pub struct LocaleView<'a> {
    /// The locale's tag.
    pub tag: &'a LocaleTag,
    /// Its fields that change.
    pub fields: Vec<FieldView<'a>>,
}

/// A field that changes.
#[derive(Debug)]
pub struct FieldView<'a> {
    /// The change itself.
    pub change: &'a Change,
    /// What to show of the values.
    pub values: ValuesView,
    /// What the lint says of what it will read, worst first.
    pub findings: Vec<&'a Diagnostic>,
}

/// The values of a change, ready to be shown.
#[derive(Debug)]
pub enum ValuesView {
    /// Texts, with the words that differ.
    Texts(WordDiff),
    /// A flag.
    Flag {
        /// Before.
        before: bool,
        /// After.
        after: bool,
        /// The page's own Open Graph text, which copying gives up.
        given_up: Option<String>,
    },
    /// A value that is written as it already reads.
    Pinned(String),
    /// A value that nobody has stated before, where the site was not asked what it reads.
    Begun(String),
}

/// The fields of a page in a locale that somebody has changed on the site and that are not written.
#[derive(Debug)]
pub struct KeptView<'a> {
    /// The page's path.
    pub path: &'a PagePath,
    /// The locale's tag.
    pub tag: &'a LocaleTag,
    /// The fields.
    pub fields: Vec<KeptFieldView<'a>>,
}

/// A field that somebody has changed on the site.
#[derive(Debug)]
pub struct KeptFieldView<'a> {
    /// The change itself.
    pub change: &'a Change,
    /// What the base says.
    pub base: Cow<'a, str>,
    /// From what the base says to what the site has.
    pub site: WordDiff,
    /// From what the base says to what the manifest says; nothing if that is the same.
    pub manifest: Option<WordDiff>,
}

/// Counts of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Fields that differ.
    pub changed: usize,
    /// Fields that are written as they read.
    pub pinned: usize,
    /// Page-locales written.
    pub page_locales: usize,
    /// Pages written.
    pub pages: usize,
    /// Requests that write.
    pub requests: usize,
}

impl<'a> PlanView<'a> {
    /// Groups a plan for reading.
    pub fn new(plan: &'a Plan) -> Self {
        let mut pages: Vec<PageView<'a>> = Vec::new();
        let writes = plan.operations.iter().filter(|operation| operation.purpose == Purpose::Write);
        let writes: BTreeMap<&Address, &Operation> = writes.map(|operation| (&operation.address, operation)).collect();
        let findings = findings(plan);
        for change in &plan.changes {
            let values = values(plan, writes.get(&change.address).copied(), change);
            let findings = findings.get(&(&change.address, change.field)).cloned().unwrap_or_default();
            let field = FieldView { change, values, findings };
            let page = page_entry(&mut pages, change);
            match page.locales.last_mut().filter(|locale| *locale.tag == change.address.locale) {
                Some(locale) => locale.fields.push(field),
                None => page.locales.push(LocaleView { tag: &change.address.locale, fields: vec![field] }),
            }
        }
        stand_beside(plan, &mut pages);
        let detours = plan.operations.iter().filter(|operation| operation.purpose == Purpose::TemporarySlug);
        let pinned = plan.changes.iter().filter(|change| change.class == Class::Pinned).count();
        let totals = Totals {
            changed: plan.changes.len() - pinned,
            pinned,
            page_locales: plan.addresses().len(),
            pages: plan.pages().len(),
            requests: plan.operations.len(),
        };
        PlanView {
            plan,
            pages,
            conflicts: kept(plan, Class::Conflict),
            drift: kept(plan, Class::Drift),
            detours: detours.collect(),
            allowed: Vec::new(),
            totals,
        }
    }
}

impl PlanView<'_> {
    /// Marks guards as let pass.
    #[must_use]
    pub fn allowing(mut self, allowed: &[Guard]) -> Self {
        self.allowed = allowed.to_vec();
        self
    }

    /// Returns what the lint says of values that stay, because of those that change.
    pub fn beside(&self) -> impl Iterator<Item = &Diagnostic> {
        self.plan.diagnostics.iter().filter(|diagnostic| review::is_of_lint(diagnostic))
    }

    /// Returns the guards that still stand in the way.
    pub fn standing(&self) -> impl Iterator<Item = Guard> {
        self.plan.guards.iter().map(|tripped| tripped.guard).filter(|guard| !self.allowed.contains(guard))
    }
}

/// Returns what the lint says of each field that changes, worst first.
fn findings(plan: &Plan) -> BTreeMap<(&Address, Field), Vec<&Diagnostic>> {
    let mut findings: BTreeMap<(&Address, Field), Vec<&Diagnostic>> = BTreeMap::new();
    for Finding { address, field, diagnostic } in &plan.findings {
        findings.entry((address, *field)).or_default().push(diagnostic);
    }
    for of_field in findings.values_mut() {
        of_field.sort_by_key(|diagnostic| diagnostic.severity);
    }
    findings
}

/// Hands what the lint says of values that stay to the page that is alone in changing by the same file: a plan tells no more of
/// where that belongs.
fn stand_beside<'a>(plan: &'a Plan, pages: &mut [PageView<'a>]) {
    let mut by_file: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (number, page) in pages.iter().enumerate() {
        let files = page.locales.iter().flat_map(|locale| &locale.fields).map(|field| &*field.change.source.file);
        for file in files {
            let of_file = by_file.entry(file).or_default();
            of_file.extend((of_file.last() != Some(&number)).then_some(number));
        }
    }
    for diagnostic in plan.diagnostics.iter().filter(|diagnostic| review::is_of_lint(diagnostic)) {
        let of_file = diagnostic.at.as_ref().and_then(|at| by_file.get(&*at.file));
        if let Some([only]) = of_file.map(Vec::as_slice) {
            pages[*only].beside.push(diagnostic);
        }
    }
}

/// Returns what is kept of a class, by page and locale.
fn kept(plan: &Plan, class: Class) -> Vec<KeptView<'_>> {
    let mut views: Vec<KeptView<'_>> = Vec::new();
    for change in plan.kept.iter().filter(|change| change.class == class) {
        let Change { address, path, .. } = change;
        let field = kept_field(change);
        match views.last_mut().filter(|view| view.fields[0].change.address == *address) {
            Some(view) => view.fields.push(field),
            None => views.push(KeptView { path, tag: &address.locale, fields: vec![field] }),
        }
    }
    views
}

fn kept_field(change: &Change) -> KeptFieldView<'_> {
    let Change { base, before, after, cards, .. } = change;
    if let Some(Cards { base, before, after }) = cards {
        let manifest = (base.as_ref() != Some(after)).then(|| compare_cards(change.field, base.as_ref(), after));
        let site = compare_cards(change.field, base.as_ref(), before);
        let base = base.as_ref().map(|card| card_words(change.field, card)).unwrap_or_default();
        return KeptFieldView { change, base, site, manifest };
    }
    let base = base.as_ref().map(shown).unwrap_or_default();
    let manifest = shown(after);
    let manifest = (manifest != base).then(|| words::compare(base, manifest));
    KeptFieldView { change, base: base.into(), site: words::compare(base, shown(before)), manifest }
}

/// Words of ours have nothing in common with a text of the site, whichever words these are.
fn compare_cards(field: Field, base: Option<&Card>, card: &Card) -> WordDiff {
    let before = base.map(|base| card_words(field, base)).unwrap_or_default();
    let after = card_words(field, card);
    match (base, card) {
        (Some(Card::Own(_)), Card::Own(_)) => words::compare(&before, &after),
        _ => words::replaced(&before, &after),
    }
}

/// Returns a card as text: its own, or in brackets where that is from.
fn card_words(field: Field, card: &Card) -> Cow<'_, str> {
    match card {
        Card::Own(text) => text.into(),
        Card::Copied => format!("(copied from the {})", copied_from(field)).into(),
        Card::Unstated => "(not copied)".into(),
    }
}

/// Returns what an Open Graph text is copied from.
pub(super) fn copied_from(field: Field) -> &'static str {
    match field {
        Field::OpenGraphDescription | Field::OpenGraphDescriptionCopied => "SEO description",
        Field::OpenGraphTitle | Field::OpenGraphTitleCopied => "SEO title",
        // No other field can be copied.
        Field::Title | Field::Slug | Field::SeoTitle | Field::SeoDescription => "SEO fields",
    }
}

/// Returns a value as text.
pub(super) fn shown(value: &Value) -> &str {
    match value {
        Value::Text(text) => text,
        Value::Flag(true) => "true",
        Value::Flag(false) => "false",
    }
}

/// Returns the page's place at the end of the list; a plan has its changes by page.
fn page_entry<'v, 'a>(pages: &'v mut Vec<PageView<'a>>, change: &'a Change) -> &'v mut PageView<'a> {
    if pages.last().is_none_or(|page| *page.id != change.address.page) {
        pages.push(PageView { path: &change.path, id: &change.address.page, locales: Vec::new(), beside: Vec::new() });
    }
    pages.last_mut().expect("a page was just added if there was none")
}

/// Returns the text that a page has of its own and that no longer counts once its flag is set.
fn given_up(operation: Option<&Operation>, change: &Change) -> Option<String> {
    let text = change.field.flagged_text().filter(|_| change.after == Value::Flag(true))?;
    let text = operation?.precondition.get(&text)?.as_text()?;
    (!text.is_empty()).then(|| text.to_owned())
}

fn values(plan: &Plan, operation: Option<&Operation>, change: &Change) -> ValuesView {
    if plan.is_offline && change.class == Class::New {
        return ValuesView::Begun(shown(&change.after).to_owned());
    }
    match (change.class, &change.before, &change.after) {
        (Class::Pinned, _, Value::Text(text)) => ValuesView::Pinned(text.clone()),
        (Class::Pinned, _, Value::Flag(flag)) => ValuesView::Pinned(flag.to_string()),
        (_, Value::Flag(before), Value::Flag(after)) => {
            ValuesView::Flag { before: *before, after: *after, given_up: given_up(operation, change) }
        }
        (_, before, after) => {
            ValuesView::Texts(words::compare(before.as_text().unwrap_or_default(), after.as_text().unwrap_or_default()))
        }
    }
}

/// Digits of a commit's hash that are shown.
const HASH_DIGITS: usize = 12;

/// Returns as much of a commit's hash as people need.
pub fn short(commit: &str) -> &str {
    commit.get(..HASH_DIGITS).unwrap_or(commit)
}

/// Returns a count with its noun: `1 page`, `2 pages`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
