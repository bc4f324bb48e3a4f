//! What is so of every manifest, whatever it holds. Also for the fuzz targets, so it uses nothing of the other tests.

use std::sync::Arc;

use slugline::manifest::load::Loaded;
use slugline::manifest::read;
use slugline::manifest::yaml::{Kind, Node, Resolved, ScalarStyle};
use slugline::render::diagnostics::{Style, render_diagnostics};
use slugline::source::Sources;

/// Reads the bytes as a page file and as a project file, draws everything, and checks every place.
pub(crate) fn survives(bytes: Vec<u8>) {
    let file: Arc<str> = Arc::from("page.yaml");
    let (text, problem) = read::text(&file, bytes);
    let (pages, problems) = read::pages(&file, &text);
    let (project, more) = read::project(&file, &text);
    let mut sources = Sources::default();
    sources.insert(Arc::clone(&file), text);
    let mut loaded =
        Loaded { project, pages, sources, diagnostics: problem.into_iter().chain(problems).chain(more).collect() };
    slugline::diagnostic::sort(&mut loaded.diagnostics);
    let drawn = render_diagnostics(&loaded.diagnostics, &loaded.sources, Style::Plain, 100);
    let hazard = drawn.chars().find(|character| *character != '\n' && slugline::render::escape::is_hazard(*character));
    assert_eq!(hazard, None, "{drawn:?}");
    for at in loaded.diagnostics.iter().filter_map(|diagnostic| diagnostic.at.as_ref()) {
        assert!(loaded.sources.text(&at.file).unwrap().get(at.bytes.range()).is_some(), "{at:?}");
    }
}

/// Asserts that each scalar of the tree stands where it says.
pub(crate) fn points_at_itself(node: &Node, text: &str) {
    match &node.kind {
        Kind::Sequence(items) => items.iter().for_each(|item| points_at_itself(item, text)),
        Kind::Mapping(entries) => {
            for (_, value) in entries.iter() {
                points_at_itself(value, text);
            }
        }
        Kind::Scalar(scalar) => {
            let written = &text[node.span.bytes.range()];
            if written.starts_with('*') {
                let is_known = scalar.resolved != Resolved::Broken || node.anchored.is_some();
                return assert_eq!(node.anchored.is_some(), is_known, "{text:?}");
            }
            let start = match scalar.style {
                ScalarStyle::Plain => scalar.text.chars().next(),
                ScalarStyle::SingleQuoted => Some('\''),
                ScalarStyle::DoubleQuoted => Some('"'),
                ScalarStyle::Literal => Some('|'),
                ScalarStyle::Folded => Some('>'),
            };
            if !written.is_empty() {
                assert_eq!(written.chars().next(), start, "{written:?} in {text:?}");
                assert_eq!(written, written.trim_ascii_end(), "{text:?}");
            }
        }
    }
}
