//! The names of everything that can be wrong with a file, in one place so that none is used twice.

use crate::diagnostic::Code;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal;)+) => {
        $($(#[doc = $doc])+ pub const $name: Code = Code::new($text);)+

        /// All codes with a sentence each.
        pub const ALL: &[(Code, &str)] = &[$(($name, concat!($($doc),+))),+];
    };
}

codes! {
    /// The file is no UTF-8.
    NOT_UTF8 = "not-utf8";
    /// The text is no YAML.
    SYNTAX = "syntax";
    /// A tab stands where YAML allows spaces only.
    TAB = "tab";
    /// An alias names an anchor that is not set before it.
    UNKNOWN_ANCHOR = "unknown-anchor";
    /// Aliases make the document many times larger than its text.
    ALIAS_BOMB = "alias-bomb";
    /// Lists and mappings are nested too deeply.
    TOO_DEEP = "too-deep";
    /// The file is larger than any manifest should be.
    TOO_LARGE = "too-large";
    /// The file holds the API token.
    TOKEN_IN_FILE = "token-in-file";
    /// A tag that means nothing here, such as `!env`.
    CUSTOM_TAG = "custom-tag";
    /// A `<<` takes in something that is no mapping.
    MERGE_KEY = "merge-key";
    /// A key that is empty, a list or a mapping.
    BAD_KEY = "bad-key";
    /// A key that stands twice in one mapping.
    DUPLICATE_KEY = "duplicate-key";
    /// A key that has no meaning at its place.
    UNKNOWN_KEY = "unknown-key";
    /// A name in braces that stands for nothing.
    UNKNOWN_NAME = "unknown-name";
    /// A text that ends before a `#`.
    CUT_TEXT = "cut-text";
    /// A default for pages that are not there.
    IDLE_DEFAULT = "idle-default";
    /// A key that must be there and is not.
    MISSING_KEY = "missing-key";
    /// A key without a value.
    NULL_VALUE = "null-value";
    /// A value of the wrong kind, such as a number where text belongs.
    WRONG_TYPE = "wrong-type";
    /// A value of the right kind that cannot be meant.
    INVALID_VALUE = "invalid-value";
    /// A lint rule that does not exist.
    UNKNOWN_RULE = "unknown-rule";
    /// Two keys that exclude each other.
    CONFLICTING_KEYS = "conflicting-keys";
    /// One locale under two spellings.
    DUPLICATE_LOCALE = "duplicate-locale";
    /// Two documents that describe one page.
    DUPLICATE_PAGE = "duplicate-page";
    /// A file that holds no page.
    EMPTY_FILE = "empty-file";
    /// A project file that holds more than one document.
    EXTRA_DOCUMENT = "extra-document";
    /// A file that cannot be read.
    UNREADABLE = "unreadable";
    /// A link that leads out of the project or into a hidden folder.
    OUTSIDE_PROJECT = "outside-project";
    /// A folder or a device where a file should be.
    NOT_A_FILE = "not-a-file";
    /// A file name that is no UTF-8.
    FILE_NAME = "file-name";
    /// A value that cannot be changed without changing others.
    NOT_EDITED = "not-edited";
    /// A glob that no file matches.
    NO_MATCH = "no-match";
}
