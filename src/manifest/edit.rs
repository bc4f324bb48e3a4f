//! Changes values in the text of a manifest; every byte that is not concerned stays as it is.
//!
//! Places come from the parser, so that only what is replaced, added or removed is written anew: in the style that is
//! there, by the rules of `emit`. Whatever was changed is read again before it counts, and must then differ from before
//! in exactly what was to be changed. What cannot be had so is refused, with its place and its reason; nothing is
//! changed behind the back of an anchor that others use. Pure: a text goes in, a text comes out.

use std::collections::BTreeMap;
use std::sync::Arc;

use self::splice::{Splice, spliced};
use self::step::{Obstacle, Page};
use super::page::{LocaleManifest, PageManifest};
use super::read::{self, PageDocument};
use super::value::PagePath;
use super::yaml;
use super::{codes, lower};
use crate::diagnostic::{self, Diagnostic};
use crate::model::{Field, Value};
use crate::source::Location;

mod step;

mod scalar;

mod block;

mod flow;

mod splice;

/// One key of one document, and what shall stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Where the first key of the document stands, as its `location` says.
    pub document: Location,
    /// The locale's key, as it is written; a locale that is not there is added under this key.
    pub locale: String,
    pub field: Field,
    /// The value; nothing to remove the key.
    pub to: Option<Value>,
}

impl Edit {
    /// Returns the keys that lead to what it is about.
    pub fn keys(&self) -> Vec<&str> {
        ["locales", self.locale.as_str()].into_iter().chain(self.field.keys().iter().copied()).collect()
    }
}

/// The text after the edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    pub text: String,
    /// The edits that could not be carried out, by their place in the list, and why. An Open Graph text and its flag
    /// are changed together or not at all.
    pub refused: BTreeMap<usize, Diagnostic>,
}

/// Carries out the edits as far as possible. New locales come in the order given, unknown ones last.
pub fn edit(file: &Arc<str>, text: &str, edits: &[Edit], order: &[String]) -> Edited {
    let (pages, problems) = read::pages(file, text);
    let mut work = Work { file, text: text.to_owned(), pages: Vec::new(), order };
    if diagnostic::has_errors(&problems) {
        let refused = (0..edits.len()).map(|index| (index, unreadable(&edits[index])));
        return Edited { refused: refused.collect(), text: work.text };
    }
    work.pages = pages.iter().map(|page| page.manifest.clone()).collect();
    let mut refused = BTreeMap::new();
    let mut waiting: Vec<Unit<'_>> = units(edits, &pages, &mut refused);
    waiting.retain(|unit| !unit.is_done(&work.pages));
    while !waiting.is_empty() {
        let round = work.next_round(&mut waiting);
        work.carry_out(&round, &pages, &mut refused);
    }
    Edited { text: work.text, refused }
}

/// The path of a document that shall be another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Where the first key of the document stands, as its `location` says.
    pub document: Location,
    pub to: PagePath,
}

/// Changes paths where that changes nothing else; a document that names its page by its id can do without.
pub fn moved(file: &Arc<str>, text: &str, moves: &[Move]) -> String {
    let (pages, _) = read::pages(file, text);
    let roots = yaml::written(text).unwrap_or_default();
    let mut expected: Vec<PageManifest> = pages.iter().map(|page| page.manifest.clone()).collect();
    let mut splices = Vec::new();
    for Move { document, to } in moves {
        let Some(index) = pages.iter().position(|page| page.location == *document) else { continue };
        if let Some(splice) = roots.get(index).and_then(|root| step::path(text, root, to.as_str())) {
            splices.extend(splice);
            expected[index].path = Some(to.clone());
        }
    }
    let changed = spliced(text, splices).unwrap_or_default();
    let (found, problems) = read::pages(file, &changed);
    let is_as_meant = !diagnostic::has_errors(&problems) && found.iter().map(|page| &page.manifest).eq(&expected);
    if is_as_meant { changed } else { text.to_owned() }
}

/// Returns the value that a manifest states, nothing where it states none.
pub fn stated(page: &PageManifest, locale: &str, field: Field) -> Option<Value> {
    page.locales.get(locale).and_then(|values| lower::value(values, field))
}

/// Edits that only together leave a valid document: an Open Graph text and its flag.
struct Unit<'e> {
    page: usize,
    /// Each with its place in the list; what is written comes before what is removed, so that nothing is empty between.
    edits: Vec<(usize, &'e Edit)>,
}

impl Unit<'_> {
    /// Returns the two edits if one key gives way to the other.
    fn swap(&self) -> Option<(&Edit, &Edit)> {
        match self.edits.as_slice() {
            [(_, new), (_, old)] => Some((new, old)),
            _ => None,
        }
    }

    fn is_done(&self, pages: &[PageManifest]) -> bool {
        self.edits.iter().all(|(_, edit)| stated(&pages[self.page], &edit.locale, edit.field) == edit.to)
    }
}

fn units<'e>(edits: &'e [Edit], pages: &[PageDocument], refused: &mut BTreeMap<usize, Diagnostic>) -> Vec<Unit<'e>> {
    let places: BTreeMap<&Location, usize> =
        pages.iter().enumerate().map(|(index, page)| (&page.location, index)).collect();
    let mut units: BTreeMap<(usize, &str, Field), Unit<'e>> = BTreeMap::new();
    for (index, edit) in edits.iter().enumerate() {
        let Some(page) = places.get(&edit.document).copied() else {
            refused.insert(index, unreadable(edit));
            continue;
        };
        let head = edit.field.flagged_text().unwrap_or(edit.field);
        let unit = units.entry((page, &edit.locale, head)).or_insert(Unit { page, edits: Vec::new() });
        unit.edits.push((index, edit));
    }
    let mut units: Vec<Unit<'e>> = units.into_values().collect();
    units.iter_mut().for_each(|unit| unit.edits.sort_by_key(|(_, edit)| edit.to.is_none()));
    units
}

/// The text in the making, and what its documents say.
struct Work<'a> {
    file: &'a Arc<str>,
    text: String,
    pages: Vec<PageManifest>,
    order: &'a [String],
}

/// What stands in the way of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failed {
    Obstacle(Obstacle),
    /// The result would not read as it should.
    Altered,
}

impl Work<'_> {
    /// Takes out of those that wait as many as cannot get in each other's way: all that replace a scalar, or else one of
    /// each document.
    fn next_round<'e>(&self, waiting: &mut Vec<Unit<'e>>) -> Vec<Unit<'e>> {
        let roots = yaml::written(&self.text).unwrap_or_default();
        let is_replacement = |unit: &Unit<'_>| match (unit.edits.as_slice(), roots.get(unit.page)) {
            ([(_, edit)], Some(root)) => step::is_replacement(root, edit),
            _ => false,
        };
        let round: Vec<Unit<'e>> = waiting.extract_if(.., |unit| is_replacement(unit)).collect();
        if !round.is_empty() {
            return round;
        }
        let mut last = None;
        waiting.extract_if(.., |unit| last.replace(unit.page) != Some(unit.page)).collect()
    }

    /// Carries out all of these edits but those that cannot be. Most often that is all of them, so they are tried
    /// together first.
    fn carry_out(&mut self, units: &[Unit<'_>], pages: &[PageDocument], refused: &mut BTreeMap<usize, Diagnostic>) {
        let Err(failed) = self.attempt(units) else { return };
        if let [unit] = units {
            let refusals = unit.edits.iter().map(|(index, edit)| {
                let failed = self.reason(failed, unit.page, edit);
                (*index, refusal(edit, failed, &pages[unit.page]))
            });
            refused.extend(refusals);
            return;
        }
        let (first, second) = units.split_at(units.len() / 2);
        self.carry_out(first, pages, refused);
        self.carry_out(second, pages, refused);
    }

    /// Returns why the result reads differently, as far as that can be told.
    fn reason(&self, failed: Failed, page: usize, edit: &Edit) -> Failed {
        let roots = yaml::written(&self.text).unwrap_or_default();
        let dependence = roots.get(page).and_then(|root| {
            let page = Page { text: &self.text, root, order: self.order };
            step::dependence(page, edit)
        });
        match (failed, dependence) {
            (Failed::Altered, Some(obstacle)) => Failed::Obstacle(obstacle),
            (failed, _) => failed,
        }
    }

    /// Carries out all of these edits or none.
    fn attempt(&mut self, units: &[Unit<'_>]) -> Result<(), Failed> {
        let mut text = self.text.clone();
        let mut pages = self.pages.clone();
        let most = units.iter().map(|unit| unit.edits.len()).max().unwrap_or_default();
        for turn in 0..most {
            let roots = yaml::written(&text).ok_or(Failed::Altered)?;
            let mut splices: Vec<Splice> = Vec::new();
            for unit in units {
                let (Some((_, edit)), Some(root)) = (unit.edits.get(turn), roots.get(unit.page)) else { continue };
                let page = Page { text: &text, root, order: self.order };
                let says = &mut pages[unit.page];
                if let Some(swap) = unit.swap().and_then(|(new, old)| step::swapped(page, new, old)) {
                    splices.extend(swap);
                    unit.edits.iter().for_each(|(_, edit)| set(says, edit));
                } else if stated(says, &edit.locale, edit.field) != edit.to {
                    splices.extend(step::splices(page, edit).map_err(Failed::Obstacle)?);
                }
                set(says, edit);
            }
            text = spliced(&text, splices).ok_or(Failed::Altered)?;
        }
        let (found, problems) = read::pages(self.file, &text);
        let is_as_meant = !diagnostic::has_errors(&problems) && found.iter().map(|page| &page.manifest).eq(&pages);
        if !is_as_meant {
            return Err(Failed::Altered);
        }
        (self.text, self.pages) = (text, pages);
        Ok(())
    }
}

/// Changes what a document says.
fn set(page: &mut PageManifest, edit: &Edit) {
    let values: &mut LocaleManifest = page.locales.entry(edit.locale.clone()).or_default();
    let mut fields: BTreeMap<Field, Value> =
        Field::ALL.into_iter().filter_map(|field| Some((field, lower::value(values, field)?))).collect();
    match &edit.to {
        Some(value) => fields.insert(edit.field, value.clone()),
        None => fields.remove(&edit.field),
    };
    *values = lower::raise(&fields);
}

fn unreadable(edit: &Edit) -> Diagnostic {
    Diagnostic::error(codes::NOT_EDITED, "the file is not edited, since it could not be read without errors")
        .at(edit.document.clone())
        .help("correct the file first; `slugline validate` tells what is wrong with it")
}

fn refusal(edit: &Edit, failed: Failed, page: &PageDocument) -> Diagnostic {
    let (reason, help) = match failed {
        Failed::Obstacle(Obstacle::Alias) => {
            ("the value comes from an alias", "write the value in place of the alias, or change it where its anchor is")
        }
        Failed::Obstacle(Obstacle::Merge) => {
            ("a `<<` takes part in it", "write all keys here, or change the value where its anchor is")
        }
        Failed::Obstacle(Obstacle::Anchor) => {
            ("other values take it over by its anchor", "change it by hand, or replace the alias by a value first")
        }
        Failed::Obstacle(Obstacle::Layout) => {
            ("the file is laid out in an unknown way", "give each key a line of its own, or change the value by hand")
        }
        Failed::Altered => ("something else would read differently then", "change the value by hand"),
    };
    let message = format!("`{}` of `{}` is not edited: {reason}", edit.field.name(), edit.locale);
    Diagnostic::error(codes::NOT_EDITED, message).at(page.location_of(&edit.keys())).help(help)
}
