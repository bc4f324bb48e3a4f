//! The names of what a plan can find wrong.

use crate::diagnostic::Code;

/// A slug that the server would ignore.
pub const IGNORED_SLUG: Code = Code::new("ignored-slug");
/// A primary slug that changes while the page is named by its path alone.
pub const SLUG_WITHOUT_ID: Code = Code::new("slug-without-id");
/// A slug of no letters.
pub const EMPTY_SLUG: Code = Code::new("empty-slug");
/// A slug that no path can hold.
pub const INVALID_SLUG: Code = Code::new("invalid-slug");
/// A slug that another page has and keeps.
pub const SLUG_TAKEN: Code = Code::new("slug-taken");
/// A value that was inherited and will not be again.
pub const INHERITANCE_LOST: Code = Code::new("inheritance-lost");
/// Slug changes that cannot be put in an order.
pub const SLUG_ORDER: Code = Code::new("slug-order");
/// A field that was changed on both sides.
pub const CONFLICT: Code = Code::new("conflict");
/// A field that was changed on the site alone.
pub const DRIFT: Code = Code::new("drift");
/// A change in a locale that nobody sees.
pub const LOCALE_OFF: Code = Code::new("locale-off");
/// A part of the base that cannot be understood.
pub const BASE_UNREADABLE: Code = Code::new("base-unreadable");
/// A base that may have gone on since the branch began.
pub const BASE_UNCLEAR: Code = Code::new("base-unclear");
/// A base that is one of several as good.
pub const BASE_AMBIGUOUS: Code = Code::new("base-ambiguous");
/// A locale of the base that the site does not have now.
pub const BASE_LOCALE: Code = Code::new("base-locale");
/// Something that the base states, and the manifests do not any more.
pub const NOT_MANAGED: Code = Code::new("not-managed");
/// A base without a project for the site.
pub const BASE_EMPTY: Code = Code::new("base-empty");
