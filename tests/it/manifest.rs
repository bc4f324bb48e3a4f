//! Reading the files of a project: one folder a case in `tests/cases/manifest`, each with what is said about it in
//! `expected.txt`. `SLUGLINE_UPDATE=1 cargo test` rewrites these; read the difference before you commit it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use slugline::manifest::load::{self, Loaded};
use slugline::render::diagnostics::{Style, render_diagnostics};

mod emit;

mod schema;

mod robust;
pub(crate) mod survival;

#[test]
fn cases() {
    let mut folders: Vec<PathBuf> = fs::read_dir(root().join("tests/cases/manifest"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(folders.len() > 20, "the cases are missing");
    let failures: Vec<String> = folders.iter().filter_map(|folder| check(folder).err()).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Loads the case and compares what it says with what is expected.
fn check(folder: &Path) -> Result<(), String> {
    let loaded = load::load(folder);
    for diagnostic in &loaded.diagnostics {
        points_at_text(&loaded, diagnostic.at.iter().chain(diagnostic.also.iter().map(|(at, _)| at)));
    }
    expect(&folder.join("expected.txt"), &summary(&loaded))
}

/// Returns all diagnostics as the user sees them, then what was understood.
fn summary(loaded: &Loaded) -> String {
    let mut out = render_diagnostics(&loaded.diagnostics, &loaded.sources, Style::Plain, 120);
    if let Some(project) = &loaded.project {
        let json = serde_json::to_string(&project.manifest).unwrap();
        writeln!(out, "project {json}").unwrap();
    }
    for page in &loaded.pages {
        let json = serde_json::to_string(&page.manifest).unwrap();
        writeln!(out, "{} {json}", page.location).unwrap();
    }
    out
}

/// Compares a text with a file, or rewrites the file if told to.
pub(crate) fn expect(file: &Path, actual: &str) -> Result<(), String> {
    if std::env::var_os("SLUGLINE_UPDATE").is_some() {
        fs::write(file, actual).unwrap();
    }
    let expected = fs::read_to_string(file).unwrap_or_default();
    if expected == actual {
        return Ok(());
    }
    Err(format!(
        "{} differs; if that is right, run `SLUGLINE_UPDATE=1 cargo test`\n--- expected\n{expected}\n--- actual\n{actual}",
        file.display()
    ))
}

/// Asserts that line and column lead to the same spot as the bytes.
fn points_at_text<'a>(loaded: &Loaded, locations: impl Iterator<Item = &'a slugline::source::Location>) {
    for at in locations.filter(|at| at.line > 0 && !at.bytes.is_empty()) {
        let text = loaded.sources.text(&at.file).unwrap();
        let before = &text[..at.bytes.range().start];
        assert!(text.is_char_boundary(at.bytes.range().end), "{at}");
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap().trim_start_matches('\u{feff}').chars().count() + 1;
        assert_eq!((at.line as usize, at.column as usize), (line, column), "{at}");
    }
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
