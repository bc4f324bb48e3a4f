//! The nouns of the program: fields, addresses, pages, the desired and the live state.
//!
//! Plain values. Knows nothing of files, the network, the clock or any output format.

mod address;
mod extra;
mod field;
mod metadata;
mod page;
mod state;

pub use address::{Address, FolderId, LocaleId, LocaleTag, PageId, PagePath, SiteId};
pub use extra::{Extra, ExtraValue, Extras, Leaf};
pub use field::{Field, Group, Kind};
pub use metadata::{Metadata, Value};
pub use page::{Folder, LiveLocale, LivePage, Locale, PageKind, Site};
pub use state::{Base, Desired, DesiredLocale, DesiredPage, Live, NamedBy, Stated};
