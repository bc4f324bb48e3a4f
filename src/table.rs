//! The words as a table, for people who work in a spreadsheet: one row a page and locale, one column a field.
//!
//! A table says what the manifests say and goes back into them as edits: exported and imported again, no byte of any
//! manifest changes. An empty cell is a key that is not there, `""` a value that is cleared, as in a manifest. A column
//! that is left out changes nothing, and neither does a row. Pure: texts and edits, no file.

pub use cell::guarded;
pub use read::read;
pub use write::write;

mod cell;

mod quotes;

mod read;

mod write;

use crate::model::Field;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The page's id.
    Page,
    /// Its path in the primary locale; names the page where the id is empty.
    Path,
    /// The locale's key.
    Locale,
    /// What the manifest says of a field.
    Field(Field),
}

impl Column {
    /// Returns every column, in the order in which they are written.
    pub fn all() -> impl Iterator<Item = Self> {
        [Self::Page, Self::Path, Self::Locale].into_iter().chain(Field::ALL.map(Self::Field))
    }

    /// Returns the name in the first row.
    pub fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Path => "path",
            Self::Locale => "locale",
            Self::Field(field) => field.name(),
        }
    }
}

/// What is wrong with a table, by code.
pub mod codes {
    use crate::diagnostic::Code;

    /// The text is no CSV, or no UTF-8.
    pub const MALFORMED: Code = Code::new("malformed-table");
    /// A column that has no meaning, is missing or stands twice.
    pub const COLUMN: Code = Code::new("table-column");
    /// A row for a page or a locale that no manifest has.
    pub const ROW: Code = Code::new("table-row");
    /// Two rows that contradict each other.
    pub const CONFLICT: Code = Code::new("table-conflict");
    /// A cell that the field cannot hold.
    pub const CELL: Code = Code::new("table-cell");
}

/// Programs take a file that begins with this for UTF-8, and some take any other for something else.
const MARK: char = '\u{feff}';
