//! From changes to operations: what is sent, in which order, and what must have succeeded before.
//!
//! A page's secondary locales go before its primary, whose write would move what they inherit. A slug is freed before
//! it is taken; a cycle goes through one temporary slug. Must not know how operations are sent.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::body::{self, Surroundings};
use super::slugs::{self, Moves, Place};
use super::{Body, Change, Class, Operation, Purpose, codes, diff};
use crate::diagnostic::Diagnostic;
use crate::model::{Address, Desired, Extras, Field, Live, LocaleTag, PageId, Value};

/// Returns the operations that write the changes, in the order in which they are sent. What is kept goes along as it reads.
pub(super) fn operations(
    desired: &Desired,
    live: &Live,
    changes: &[Change],
    kept: &[Change],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Operation> {
    slugs::collisions(live, changes, diagnostics);
    let groups = diff::by_address(changes);
    let kept = diff::by_address(kept);
    let mut drafts: Vec<Draft<'_>> =
        groups.iter().map(|(address, changes)| Draft::new(desired, live, address, changes.clone(), &groups)).collect();
    drafts.iter_mut().for_each(|draft| draft.leave(kept.get(draft.address).map_or(&[], Vec::as_slice)));
    drafts.sort_by_key(|draft| (draft.changes[0].path.clone(), live.site.position(&draft.address.locale)));
    let mut schedule = Schedule::new(live, &drafts);
    schedule.run(diagnostics);
    schedule.into_operations()
}

/// The changes of a page in a locale, before they have a place in the order.
struct Draft<'a> {
    address: &'a Address,
    changes: Vec<&'a Change>,
    /// Everything the manifest states of the page in the locale, but for what stays as it reads.
    stated: BTreeMap<Field, Value>,
    moves: Moves,
    is_primary: bool,
    /// Whether a value is to be written that could not be told from an inherited one, while the primary's changes.
    has_pin: bool,
}

impl<'a> Draft<'a> {
    fn new(
        desired: &Desired,
        live: &Live,
        address: &'a Address,
        changes: Vec<&'a Change>,
        groups: &BTreeMap<&Address, Vec<&Change>>,
    ) -> Self {
        let primary = Address { page: address.page.clone(), locale: live.site.primary.tag.clone() };
        let of_primary = groups.get(&primary).filter(|_| primary != *address).map_or(&[][..], Vec::as_slice);
        // Once written, a value that the primary reads now cannot be told from an inherited one either.
        let becomes_alike =
            |change: &Change| of_primary.iter().any(|it| it.field == change.field && it.before == change.after);
        let has_pin = changes.iter().any(|change| change.class == Class::Pinned || becomes_alike(change));
        let slug = changes.iter().find(|change| change.field == Field::Slug);
        let moves = slug.map(|change| slugs::moves(live, change)).unwrap_or_default();
        let fields = desired.fields(&address.page, &address.locale);
        let stated = fields.map(|(field, stated)| (field, stated.value.clone())).collect();
        Self { address, changes, stated, moves, is_primary: live.site.is_primary(&address.locale), has_pin }
    }

    /// Takes what stays as it reads for what is stated, so that it goes along also where it looks inherited: somebody has
    /// written it. What reads as nothing could not be told from what is inherited, and would be frozen.
    fn leave(&mut self, kept: &[&Change]) {
        for change in kept {
            self.stated.remove(&change.field);
            if !change.before.is_empty() {
                self.stated.insert(change.field, change.before.clone());
            }
        }
    }

    fn values(&self) -> BTreeMap<Field, Value> {
        self.changes.iter().map(|change| (change.field, change.after.clone())).collect()
    }
}

/// Drafts on their way to operations.
struct Schedule<'a> {
    live: &'a Live,
    drafts: &'a [Draft<'a>],
    /// For each draft, the drafts of the same page's secondary locales.
    secondaries: Vec<Vec<usize>>,
    /// For each draft, the drafts that free a slug it takes.
    freers: Vec<Vec<usize>>,
    /// Every slug of the site, gathered when the first cycle asks for it.
    taken_slugs: OnceCell<BTreeSet<&'a str>>,
    operations: Vec<Operation>,
    /// For each draft, the operation that writes it, once it has a place.
    written: Vec<Option<usize>>,
    /// For each draft, the operation that moves it out of the way, if it was part of a cycle.
    moved_away: Vec<Option<usize>>,
}

impl<'a> Schedule<'a> {
    fn new(live: &'a Live, drafts: &'a [Draft<'a>]) -> Self {
        let mut secondary: BTreeMap<&PageId, Vec<usize>> = BTreeMap::new();
        let mut freed: BTreeMap<&Place, Vec<usize>> = BTreeMap::new();
        for (index, draft) in drafts.iter().enumerate() {
            if !draft.is_primary {
                secondary.entry(&draft.address.page).or_default().push(index);
            }
            for place in &draft.moves.frees {
                freed.entry(place).or_default().push(index);
            }
        }
        let secondaries = drafts.iter().map(|draft| match draft.is_primary {
            true => secondary.get(&draft.address.page).cloned().unwrap_or_default(),
            false => Vec::new(),
        });
        let freers = drafts.iter().enumerate().map(|(index, draft)| {
            let places = draft.moves.takes.iter().filter_map(|place| freed.get(place));
            let others: BTreeSet<usize> = places.flatten().copied().filter(|other| *other != index).collect();
            others.into_iter().collect()
        });
        Self {
            live,
            drafts,
            secondaries: secondaries.collect(),
            freers: freers.collect(),
            taken_slugs: OnceCell::new(),
            operations: Vec::new(),
            written: vec![None; drafts.len()],
            moved_away: vec![None; drafts.len()],
        }
    }

    fn run(&mut self, diagnostics: &mut Vec<Diagnostic>) {
        let mut waiting: Vec<usize> = (0..self.drafts.len()).collect();
        while !waiting.is_empty() {
            let (ready, rest): (Vec<usize>, Vec<usize>) =
                waiting.iter().partition(|draft| self.blocker(**draft).is_none());
            if ready.is_empty() {
                if !self.break_cycle(waiting[0], diagnostics) {
                    return;
                }
                continue;
            }
            ready.into_iter().for_each(|draft| self.write(draft));
            waiting = rest;
        }
    }

    /// Returns a draft that must be written, or be out of the way, before this one.
    fn blocker(&self, draft: usize) -> Option<usize> {
        let unwritten = |other: &&usize| self.written[**other].is_none();
        let in_the_way = |other: &&usize| unwritten(other) && self.moved_away[**other].is_none();
        let secondary = self.secondaries[draft].iter().find(unwritten);
        secondary.or_else(|| self.freers[draft].iter().find(in_the_way)).copied()
    }

    /// Moves one draft of the cycle that blocks `start` to a temporary slug. Returns whether that was possible.
    fn break_cycle(&mut self, start: usize, diagnostics: &mut Vec<Diagnostic>) -> bool {
        let cycle = self.cycle(start);
        let can_move = |draft: &&usize| {
            let has_secondaries_written = self.secondaries[**draft].iter().all(|other| self.written[*other].is_some());
            has_secondaries_written
                && !self.drafts[**draft].moves.frees.is_empty()
                && self.moved_away[**draft].is_none()
        };
        let Some(draft) = cycle.iter().filter(can_move).min().copied() else {
            diagnostics.push(unorderable(&self.drafts[start]));
            return false;
        };
        self.move_away(draft);
        true
    }

    /// Follows the blockers until one comes round again, and returns the drafts of that round.
    fn cycle(&self, start: usize) -> Vec<usize> {
        let mut walk = vec![start];
        while let Some(next) = walk.last().and_then(|last| self.blocker(*last)) {
            if let Some(first) = walk.iter().position(|seen| *seen == next) {
                return walk.split_off(first);
            }
            walk.push(next);
        }
        walk
    }

    fn move_away(&mut self, draft: usize) {
        let address = &self.drafts[draft].address;
        let taken = self.taken_slugs.get_or_init(|| slugs::taken(self.live));
        let slug = slugs::temporary(taken, &address.page);
        let before = self.live.metadata(&address.page, &address.locale).map(|live| live.get(Field::Slug).clone());
        let before = before.unwrap_or_else(|| "".into());
        let operation = Operation {
            purpose: Purpose::TemporarySlug,
            has_pin: false,
            level: self.level_after(&self.secondaries[draft]),
            // A pin that failed must keep the primary where it is: the temporary slug would move what inherits it.
            needs: self.pins_before(draft).collect(),
            body: Body { fields: BTreeMap::from([(Field::Slug, slug.as_str().into())]), ..Body::default() },
            precondition: BTreeMap::from([(Field::Slug, before)]),
            ..self.blank(draft)
        };
        self.moved_away[draft] = Some(self.operations.len());
        self.operations.push(operation);
    }

    fn write(&mut self, index: usize) {
        let draft = &self.drafts[index];
        let (Some(live), changes) = (self.live.metadata(&draft.address.page, &draft.address.locale), draft.values())
        else {
            return;
        };
        let primary = self.live.primary_metadata(&draft.address.page).filter(|_| !draft.is_primary);
        let mut precondition = body::precondition(&changes, live);
        if let Some(temporary) = self.moved_away[index] {
            precondition.extend(self.operations[temporary].body.fields.clone());
        }
        let operation = Operation {
            level: self.level_after(self.secondaries[index].iter().chain(&self.freers[index]).chain([&index])),
            needs: self.needs(index),
            body: body::body(&changes, Surroundings { live, primary, stated: &draft.stated }),
            precondition,
            extras: body::touched_extras(&changes, live),
            ..self.blank(index)
        };
        self.written[index] = Some(self.operations.len());
        self.operations.push(operation);
    }

    fn blank(&self, draft: usize) -> Operation {
        let Draft { address, changes, .. } = &self.drafts[draft];
        Operation {
            address: (*address).clone(),
            path: changes[0].path.clone(),
            locale_id: self.locale_id(&address.locale),
            purpose: Purpose::Write,
            has_pin: self.drafts[draft].has_pin,
            level: 0,
            needs: Vec::new(),
            body: Body::default(),
            precondition: BTreeMap::new(),
            extras: Extras::new(),
        }
    }

    fn locale_id(&self, locale: &LocaleTag) -> Option<crate::model::LocaleId> {
        let secondary = self.live.site.secondary.iter().find(|known| known.tag == *locale);
        secondary.and_then(|locale| locale.id.clone())
    }

    /// Returns the operations that must have succeeded: a slug that is taken must be free, and a value that is pinned
    /// must be written before the primary moves it.
    fn needs(&self, draft: usize) -> Vec<usize> {
        let freed = self.freers[draft].iter().filter_map(|other| self.moved_away[*other].or(self.written[*other]));
        let needs: BTreeSet<usize> = self.pins_before(draft).chain(freed).chain(self.moved_away[draft]).collect();
        needs.into_iter().collect()
    }

    /// Returns the operations that pin what the draft's write, if it is a primary's, would move.
    fn pins_before(&self, draft: usize) -> impl Iterator<Item = usize> {
        let pinned = self.secondaries[draft].iter().filter(|other| self.drafts[**other].has_pin);
        pinned.filter_map(|other| self.written[*other])
    }

    fn level_after<'b>(&self, drafts: impl IntoIterator<Item = &'b usize>) -> u32 {
        let operations = drafts.into_iter().flat_map(|draft| [self.moved_away[*draft], self.written[*draft]]);
        operations.flatten().map(|operation| self.operations[operation].level + 1).max().unwrap_or(0)
    }

    /// Sorts by level and lets `needs` follow.
    fn into_operations(self) -> Vec<Operation> {
        let mut order: Vec<usize> = (0..self.operations.len()).collect();
        order.sort_by_key(|index| self.operations[*index].level);
        let mut places = vec![0; order.len()];
        for (place, index) in order.iter().enumerate() {
            places[*index] = place;
        }
        let mut operations: Vec<Operation> = order.iter().map(|index| self.operations[*index].clone()).collect();
        for operation in &mut operations {
            operation.needs.iter_mut().for_each(|need| *need = places[*need]);
            operation.needs.sort_unstable();
        }
        operations
    }
}

fn unorderable(draft: &Draft<'_>) -> Diagnostic {
    let change = draft.changes.iter().find(|change| change.field == Field::Slug).unwrap_or(&draft.changes[0]);
    let message = format!("the slug changes around `{}` cannot be put in an order", change.path);
    Diagnostic::error(codes::SLUG_ORDER, message)
        .at(change.source.clone())
        .help("state the slug in the secondary locales too, or change the slugs in two steps")
}
