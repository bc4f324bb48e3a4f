//! What the tests hold outputs against, for whatever the fuzzer comes up with. The checks are those of `tests/it`, by
//! path, so that there is one answer to what may not happen.

#![expect(dead_code, reason = "the tests use more of it")]

use std::sync::{Arc, LazyLock};

use slugline::manifest::yaml;
use slugline::render::html;
use slugline::render::view::PlanView;

use held::{plan_with, plan_with_all, show};
use markup::{Made, forge, parse};

#[path = "../../tests/it/render/held.rs"]
mod held;
#[path = "../../tests/it/render/markup.rs"]
mod markup;
#[path = "../../tests/it/manifest/survival.rs"]
mod survival;
#[path = "../../tests/it/plan/world.rs"]
mod world;

/// As the tests know it.
mod plan {
    pub(crate) use crate::world::world;
}

/// What the comment and the report of a harmless text are made of.
static PLAIN: LazyLock<[Made; 2]> = LazyLock::new(|| {
    let report = plan_with_all(&vec!["plain".to_owned(); 16]);
    [parse(&forge(&show(&plan_with("plain")).markdown)), parse(&html::report(&PlanView::new(&report)))]
});

/// A text stands everywhere a site, a manifest or a plan file could have put one, and is shown in every format.
pub fn hostile_text(text: &str) {
    let [comment, report] = &*PLAIN;
    let plan = plan_with(text);
    let shown = show(&plan);
    held::holds_as_text(&shown.text, text);
    held::holds_as_annotations(&shown.github, text);
    held::holds_as_comment(&shown.markdown, comment, text);
    held::holds_as_report(&shown.html, report, text);
    held::holds_as_code_quality(&shown.gitlab, text);
    held::holds_as_plan_file(&plan, text);
}

/// A manifest, and a project file of the same bytes, are read, and everything that is wrong with them is drawn.
pub fn manifest(bytes: &[u8]) {
    survival::survives(bytes.to_vec());
    if let Ok(text) = std::str::from_utf8(bytes) {
        for document in yaml::parse(&Arc::from("page.yaml"), text).documents {
            survival::points_at_itself(&document, text);
        }
    }
}
