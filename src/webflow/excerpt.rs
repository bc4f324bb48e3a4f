//! Makes foreign text fit for a message: one line, no control characters, bounded. Must not know
//! where it is shown; escaping for HTML or Markdown is the renderer's.

use super::token::Token;

/// How much of a foreign text a message shows, in characters. Two lines of a terminal; enough for
/// any message of the API reference.
const LONGEST: usize = 300;

/// Returns the text on one line, without the token, without control and direction characters,
/// cut to a length that fits a message.
pub(super) fn excerpt(text: &str, token: &Token) -> String {
    // First clean, then redact, then cut: cleaning could join a token, cutting could hide one from the search.
    let cleaned: String =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_hidden(*c)).collect();
    let redacted = token.redact(&cleaned.split_whitespace().collect::<Vec<_>>().join(" "));
    if redacted.chars().count() <= LONGEST {
        return redacted;
    }
    redacted.chars().take(LONGEST).chain(['…']).collect()
}

/// Returns the text without the characters that a message leaves out.
pub(super) fn visible(text: &str) -> String {
    text.chars().filter(|c| !is_hidden(*c)).collect()
}

/// Tells whether a character moves, hides or recolors others: controls, zero-width characters,
/// and the direction marks that let a text pose as another.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> Token {
        Token::new("s3cr3t".to_owned()).unwrap()
    }

    #[test]
    fn is_one_clean_line() {
        assert_eq!(excerpt("<h1>\r\n\tBad\u{1b}[31m\u{202e} Gateway</h1>\0", &token()), "<h1> Bad[31m Gateway</h1>");
    }

    #[test]
    fn is_cut_by_characters() {
        let long = excerpt(&"ü".repeat(1000), &token());
        assert_eq!(long.chars().count(), LONGEST + 1);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn holds_no_token_that_was_broken_up_or_cut() {
        assert_eq!(excerpt("Bearer s3\u{200b}cr\u{7}3t", &token()), "Bearer ***");
        let at_the_cut = format!("{}s3cr3t", "x".repeat(LONGEST - 3));
        assert!(!excerpt(&at_the_cut, &token()).contains("s3"));
    }
}
