//! The SEO lint: what a search engine, a reader or a translator would stumble over, in the texts as they will read.
//!
//! Pure: pages and a policy go in, findings come out. A rule is a row in one of the tables below and the function
//! beside it. Knows texts and places; neither files, nor YAML, nor the remote.

mod advances;
mod letters;
pub mod width;

pub mod language;

pub mod subject;

pub mod rule;

pub mod policy;
pub mod profile;

mod presence;
mod length;
mod generic;
mod relation;
mod sameness;
mod locale;
mod foreign;
mod character;
mod markup;
mod style;
mod slug;

mod run;

pub mod fix;

pub use rule::Rule;
pub use run::{Finding, Report, lint};

/// The rules, in the order in which they are explained: a table for each kind of thing that they look at.
const TABLES: [&[Rule]; 11] = [
    presence::RULES,
    length::RULES,
    relation::RULES,
    sameness::RULES,
    locale::RULES,
    foreign::RULES,
    character::RULES,
    markup::RULES,
    style::RULES,
    slug::RULES,
    run::RULES,
];

/// Returns all rules.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    TABLES.into_iter().flatten()
}

/// Returns the rule of that name, if there is one.
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}
