//! What reviewers see: that it says what it should, and that no text gets out of its place.

mod bounds;
mod concerns;
mod hostile;
mod markup;
mod shape;
mod values;
mod words;

use serde_json::Value as Json;
use slugline::plan::Plan;
use slugline::render::concerns::concerns;
use slugline::render::print::Screen;
use slugline::render::view::PlanView;
use slugline::render::{github, gitlab, html, markdown, sarif, text};

pub(crate) use markup::{forge, parse};
pub(crate) use shape::sarif_shape;
pub(crate) use values::hostile;

/// A plan in a form that is made for people or pipelines.
struct Shown {
    text: String,
    markdown: String,
    html: String,
    github: String,
    gitlab: Json,
    sarif: Json,
}

fn show(plan: &Plan) -> Shown {
    let view = PlanView::new(plan);
    let screen = Screen { color: false, width: None };
    let (mut text, mut github) = (Vec::new(), Vec::new());
    text::plan(&view, screen, &mut text).unwrap();
    github::plan(&view, "site/", &mut github).unwrap();
    Shown {
        text: String::from_utf8(text).unwrap(),
        markdown: markdown::comment(&view, markdown::MAX_BYTES),
        html: html::report(&view),
        github: String::from_utf8(github).unwrap(),
        gitlab: gitlab::report(&concerns(&view), "site/"),
        sarif: sarif::plan(&view, "site/"),
    }
}
