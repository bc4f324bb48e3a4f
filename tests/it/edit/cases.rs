//! Awkward files by hand: one folder a case in `tests/cases/edit`, with the file before, what is to be changed, and
//! the file after, followed by what was refused. `SLUGLINE_UPDATE=1 cargo test` rewrites the files after; read the
//! difference before you commit it.

use std::fs;
use std::path::{Path, PathBuf};

use slugline::manifest::edit::{Edit, edit};
use slugline::model::{Field, Kind, Value};
use slugline::render::diagnostics::{Style, render_diagnostics};
use slugline::source::Sources;

use crate::manifest::{expect, root};

#[test]
fn awkward_files() {
    let entries = fs::read_dir(root().join("tests/cases/edit")).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert!(folders.len() >= 30, "the cases are missing");
    let failures: Vec<String> = folders.iter().filter_map(|folder| check(folder).err()).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn check(folder: &Path) -> Result<(), String> {
    let text = fs::read_to_string(folder.join("before.yaml")).unwrap();
    let wishes = fs::read_to_string(folder.join("edits.json")).unwrap();
    let wishes: Vec<serde_json::Value> = serde_json::from_str(&wishes).unwrap();
    let pages = super::pages(&text);
    let edits: Vec<Edit> = wishes.iter().map(|wish| edit_of(wish, &pages)).collect();
    let order = ["en-US", "fr-FR", "de-DE"].map(str::to_owned);
    let edited = edit(&super::file(), &text, &edits, &order);
    let mut sources = Sources::default();
    sources.insert(super::file(), text);
    let refused: Vec<_> = edited.refused.into_values().collect();
    let refused = render_diagnostics(&refused, &sources, Style::Plain, 120);
    expect(&folder.join("after.yaml"), &edited.text)?;
    match refused.as_str() {
        "" => Ok(()),
        refused => expect(&folder.join("refused.txt"), refused),
    }
}

/// Reads `[document, locale, field, value]`; `null` removes the key.
fn edit_of(wish: &serde_json::Value, pages: &[slugline::manifest::read::PageDocument]) -> Edit {
    let field = Field::from_name(wish[2].as_str().unwrap()).unwrap();
    let to = match field.kind() {
        Kind::Text => wish[3].as_str().map(Value::from),
        Kind::Flag => wish[3].as_bool().map(Value::from),
    };
    let document = pages[wish[0].as_u64().unwrap() as usize].location.clone();
    Edit { document, locale: wish[1].as_str().unwrap().to_owned(), field, to }
}
