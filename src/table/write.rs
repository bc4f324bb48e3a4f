//! From manifests to a table.

use super::{Column, MARK, cell};
use crate::manifest::edit;
use crate::manifest::read::PageDocument;

/// Returns the table of these pages; only locales that are wanted by their key.
pub fn write<'p>(pages: impl Iterator<Item = &'p PageDocument>, is_wanted: impl Fn(&str) -> bool) -> String {
    let mut writer = csv::WriterBuilder::new().from_writer(MARK.to_string().into_bytes());
    let header: Vec<&str> = Column::all().map(Column::name).collect();
    // Writing into memory cannot fail, and every row has as many cells as the first.
    let written = "rows of one length are written to memory";
    writer.write_record(&header).expect(written);
    for page in pages {
        for key in page.locales_in_order().into_iter().filter(|key| is_wanted(key)) {
            writer.write_record(Column::all().map(|column| cell(page, key, column))).expect(written);
        }
    }
    let bytes = writer.into_inner().expect(written);
    String::from_utf8(bytes).expect("only texts are written")
}

fn cell(page: &PageDocument, locale: &str, column: Column) -> String {
    let manifest = &page.manifest;
    match column {
        Column::Page => cell::guarded(manifest.id.as_ref().map_or("", |id| id.as_str())),
        Column::Path => cell::guarded(manifest.path.as_ref().map_or("", |path| path.as_str())),
        Column::Locale => cell::guarded(locale),
        Column::Field(field) => cell::encode(edit::stated(manifest, locale, field).as_ref()),
    }
}
