//! What a scalar is: the YAML 1.2 core schema, in which `no`, `on` and `12:30` are text.

use granit_parser::ScalarStyle as ParserStyle;

/// A scalar as it is written and as it is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// The text without quotes and escapes; for a plain scalar, what stands in the file.
    pub text: String,
    pub style: ScalarStyle,
    pub resolved: Resolved,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScalarStyle {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    /// A block that starts with `|`.
    Literal,
    /// A block that starts with `>`.
    Folded,
}

impl ScalarStyle {
    pub const fn is_block(self) -> bool {
        matches!(self, Self::Literal | Self::Folded)
    }
}

impl From<ParserStyle> for ScalarStyle {
    fn from(style: ParserStyle) -> Self {
        match style {
            ParserStyle::Plain => Self::Plain,
            ParserStyle::SingleQuoted => Self::SingleQuoted,
            ParserStyle::DoubleQuoted => Self::DoubleQuoted,
            ParserStyle::Literal => Self::Literal,
            ParserStyle::Folded => Self::Folded,
        }
    }
}

/// The kind of a scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved {
    Null,
    Bool(bool),
    Int,
    Float,
    Text,
    /// Something that cannot be known, such as an alias without anchor; already reported.
    Broken,
}

impl Resolved {
    /// Returns what a plain scalar is by the core schema.
    pub fn of_plain(text: &str) -> Self {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Self::Null,
            "true" | "True" | "TRUE" => Self::Bool(true),
            "false" | "False" | "FALSE" => Self::Bool(false),
            _ if is_int(text) => Self::Int,
            _ if is_float(text) => Self::Float,
            _ => Self::Text,
        }
    }
}

fn is_int(text: &str) -> bool {
    if let Some(octal) = text.strip_prefix("0o") {
        return !octal.is_empty() && octal.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    are_digits(unsigned(text))
}

fn is_float(text: &str) -> bool {
    let number = unsigned(text);
    if matches!(number, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (number, None),
    };
    let mantissa_fits = match mantissa.split_once('.') {
        Some(("", fraction)) => are_digits(fraction),
        Some((whole, fraction)) => are_digits(whole) && (fraction.is_empty() || are_digits(fraction)),
        None => are_digits(mantissa),
    };
    mantissa_fits && exponent.is_none_or(|exponent| are_digits(unsigned(exponent)))
}

fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn core_schema() {
        for text in ["404", "-1", "+7", "0777", "0o17", "0x1F"] {
            assert_eq!(Resolved::of_plain(text), Resolved::Int, "{text}");
        }
        for text in ["1.10", "1.", ".5", "1e3", "-2.5E-3", ".inf", "-.INF", ".NaN"] {
            assert_eq!(Resolved::of_plain(text), Resolved::Float, "{text}");
        }
        for text in ["no", "yes", "on", "y", "12:30", "1_000", "2001-12-14", "0o8", "0x", "1e", "-", ".", "+.nan", "e3"]
        {
            assert_eq!(Resolved::of_plain(text), Resolved::Text, "{text}");
        }
    }
}
