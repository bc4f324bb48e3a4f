//! The files a user writes: what they may hold, how they are read, how new ones are written and old
//! ones edited.
//!
//! Knows the formats and YAML; not what a difference means. Only `lower` and `earlier` know that there is a live site.

pub mod project;

pub mod lint;

pub mod page;

pub mod defaults;

pub mod value;

pub mod load;

pub mod globs;

pub mod read;

mod rules;

mod cut;

mod decode;

pub mod yaml;

pub mod emit;

pub mod edit;

pub mod schema;

pub mod codes;

pub mod lower;

pub mod earlier;
