//! The secrets of the process: what no output and no file may hold.
//!
//! The last line of defense, for text that held a token before slugline read it. slugline itself prints no token.

use std::borrow::Cow;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use super::failure::Failure;
use super::files;
use crate::diagnostic::{self, Diagnostic};
use crate::exit::Exit;
use crate::manifest::codes;
use crate::manifest::load::Loaded;
use crate::manifest::yaml::place_of;
use crate::source::{ByteRange, Span};
use crate::webflow::Token;

/// The variable that names a file with the token.
pub(super) const TOKEN_FILE_VARIABLE: &str = "WEBFLOW_TOKEN_FILE";
/// Bytes of that file.
pub(super) const MAX_TOKEN_FILE: u64 = 64 << 10;
/// Shorter values are no tokens: redacting them would make output unreadable and protect nothing.
const LEAST_LENGTH: usize = 8;

/// The tokens of the process. All clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Secrets(Arc<RwLock<Vec<Token>>>);

impl Secrets {
    /// Returns the tokens that environment variables hold, such as `WEBFLOW_TOKEN` and `WEBFLOW_API_TOKEN`.
    pub(crate) fn from_environment() -> Self {
        let secrets = Self::default();
        for (name, value) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("WEBFLOW") && name.contains("TOKEN") && !name.ends_with("_FILE") {
                secrets.add(&value.to_string_lossy());
            }
        }
        secrets
    }

    /// Adds the token in the file that `WEBFLOW_TOKEN_FILE` names. A pipe can be read only once and is left to the command
    /// that needs the token.
    pub(crate) fn add_file(&self) {
        let Some(path) = std::env::var_os(TOKEN_FILE_VARIABLE) else { return };
        if let Ok(text) = files::read_regular(Path::new(&path), MAX_TOKEN_FILE) {
            self.add(&text);
        }
    }

    /// Adds each word of a text that holds a token, whether or not the text can be used as one.
    pub(crate) fn add(&self, text: &str) {
        let words = text.split_whitespace().filter(|word| word.len() >= LEAST_LENGTH);
        let tokens = words.filter_map(|word| Token::new(word.to_owned()).ok());
        self.0.write().unwrap_or_else(PoisonError::into_inner).extend(tokens);
    }

    /// Returns the text with each token replaced by `***`.
    pub(crate) fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let tokens = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let found = tokens.iter().filter(|token| token.is_in(text));
        found.fold(Cow::Borrowed(text), |text, token| Cow::Owned(token.redact(&text)))
    }

    /// Returns whether the text holds a token.
    pub(crate) fn are_in(&self, text: &str) -> bool {
        matches!(self.redact(text), Cow::Owned(_))
    }

    /// Fails if a file that is about to be written, or that was read, holds a token. Redaction would change its values.
    pub(crate) fn check(&self, what: &str, text: &str) -> Result<(), Failure> {
        match self.are_in(text) {
            false => Ok(()),
            true => Err(Failure::message(Exit::Invalid, format!("{what} holds the API token")).hint(REVOKE)),
        }
    }

    /// Adds an error for each project file that holds a token. It has no excerpt, which would show the token.
    pub(crate) fn report(&self, loaded: &mut Loaded) {
        let tokens = self.0.read().unwrap_or_else(PoisonError::into_inner);
        for file in loaded.sources.files() {
            let text = loaded.sources.text(file).unwrap_or_default();
            let Some(at) = tokens.iter().filter_map(|token| token.find_in(text)).min() else { continue };
            let place = Span { bytes: ByteRange::default(), ..place_of(text, at) };
            let error = Diagnostic::error(codes::TOKEN_IN_FILE, format!("`{file}` holds the API token"));
            loaded.diagnostics.push(error.at(place.within(file)).help(REVOKE));
        }
        diagnostic::sort_and_bound(&mut loaded.diagnostics);
    }
}

/// The way out for a token that was written down.
const REVOKE: &str = "remove the token, revoke it in Webflow, and set the new one in `WEBFLOW_TOKEN` only";
