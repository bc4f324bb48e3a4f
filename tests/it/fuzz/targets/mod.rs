//! The properties that the fuzz targets and the tests check, one file per kind of input.
//!
//! The crate in `fuzz/` includes this folder by path. These files use only the public API of slugline, the modules that
//! `fuzz/src/lib.rs` lists, and dependencies that both crates have.

pub(crate) mod choices;

mod api;
mod csv;
mod edit;
mod event_log;
mod manifest;
mod outputs;
mod plan_file;
mod project;
mod slugs;

/// A fuzz target: the name of its binary and of its folder of seeds, and the property that every input has.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) holds: fn(&[u8]),
}

/// Every target.
pub(crate) const TARGETS: &[Target] = &[
    Target { name: "api", holds: api::holds },
    Target { name: "csv", holds: csv::holds },
    Target { name: "edit", holds: edit::holds },
    Target { name: "event_log", holds: event_log::holds },
    Target { name: "html", holds: outputs::html },
    Target { name: "manifest", holds: manifest::holds },
    Target { name: "markdown", holds: outputs::markdown },
    Target { name: "plan_file", holds: plan_file::holds },
    Target { name: "project", holds: project::holds },
    Target { name: "slugs", holds: slugs::holds },
    Target { name: "terminal", holds: outputs::terminal },
];

/// Checks the property of a target with an input.
pub(crate) fn check(name: &str, input: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("the name is in the table");
    (target.holds)(input);
}
