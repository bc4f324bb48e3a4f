//! What a cell holds: nothing, a cleared value, or a text that no spreadsheet takes for a formula.

use crate::model::{Kind, Value};

/// A cleared value, as a manifest writes it.
const CLEARED: &str = "\"\"";

/// What a spreadsheet takes for the start of a formula; the last four are those of wide keyboards.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// What spreadsheets make of `true` and `false`, by the language they speak.
const TRUE: [&str; 15] = [
    "TRUE",
    "WAHR",
    "VRAI",
    "VERDADERO",
    "VERO",
    "VERDADEIRO",
    "WAAR",
    "PRAWDA",
    "SANT",
    "SAND",
    "SANN",
    "TOSI",
    "ИСТИНА",
    "DOĞRU",
    "IGAZ",
];
const FALSE: [&str; 13] = [
    "FALSE", "FALSCH", "FAUX", "FALSO", "ONWAAR", "FAŁSZ", "FALSKT", "FALSK", "USANN", "EPÄTOSI", "ЛОЖЬ", "YANLIŞ",
    "HAMIS",
];

/// Takes the meaning from the character behind it, as in the spreadsheets themselves.
const GUARD: char = '\'';

/// Returns the cell for a value.
pub(super) fn encode(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::Flag(flag)) => flag.to_string(),
        Some(Value::Text(text)) if text.is_empty() => CLEARED.to_owned(),
        Some(Value::Text(text)) => guarded(text),
    }
}

/// Returns the text as a cell that shows it; for what is no value, an empty text stays empty.
pub fn guarded(text: &str) -> String {
    if has_meaning(text) { format!("{GUARD}{text}") } else { text.to_owned() }
}

/// Returns the text of a cell that is guarded, or of one that is not.
pub(super) fn unguarded(cell: &str) -> &str {
    cell.strip_prefix(GUARD).filter(|text| has_meaning(text)).unwrap_or(cell)
}

/// Returns whether the text would mean something else in a cell, or would do so without the guards before it.
fn has_meaning(text: &str) -> bool {
    let bare = text.trim_start_matches(GUARD);
    bare.starts_with(FORMULA) || bare == CLEARED
}

/// Returns the value of a cell, or nothing for an empty one; what cannot be one is an error.
pub(super) fn decode(kind: Kind, cell: &str) -> Result<Option<Value>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    match kind {
        Kind::Text if cell == CLEARED => Ok(Some(Value::unset(kind))),
        Kind::Text => Ok(Some(Value::Text(unguarded(cell).to_owned()))),
        Kind::Flag => match cell.trim().to_uppercase().as_str() {
            word if TRUE.contains(&word) => Ok(Some(Value::Flag(true))),
            word if FALSE.contains(&word) => Ok(Some(Value::Flag(false))),
            _ => Err(format!("`{cell}` is neither `true` nor `false`")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_comes_back() {
        for text in
            ["", "a", "=1+1", "'=1", "''", "'", "'Tis", "\"\"", "'\"\"", "-", "\tx", "\rx", "\nx", "＝x", "a=b", " =x"]
        {
            let value = Value::from(text);
            let cell = encode(Some(&value));
            assert!(!cell.starts_with(FORMULA) && !cell.is_empty(), "{cell:?}");
            assert_eq!(decode(Kind::Text, &cell), Ok(Some(value)), "{cell:?}");
        }
        assert_eq!(encode(Some(&"'Tis".into())), "'Tis");
        assert_eq!(encode(Some(&"=1".into())), "'=1");
    }

    #[test]
    fn flags_and_nothing() {
        for (cell, flag) in [("TRUE", true), ("wahr", true), ("Faux", false), ("yanlış", false), (" истина ", true)]
        {
            assert_eq!(decode(Kind::Flag, cell), Ok(Some(Value::Flag(flag))), "{cell}");
        }
        assert_eq!(decode(Kind::Flag, &encode(Some(&Value::Flag(false)))), Ok(Some(Value::Flag(false))));
        assert!(decode(Kind::Flag, "maybe").is_err());
        assert_eq!(decode(Kind::Text, &encode(None)), Ok(None));
    }
}
