//! What goes wrong on request: the script of it, as a test writes it.
//!
//! The nouns only: knows nothing of a server, or of how far a script has come.

use fast_glob::glob_match;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::body;
use super::dice::Dice;

/// Something that goes wrong, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    #[serde(rename = "match", default)]
    pub matching: Match,
    /// How many of the requests that match are spared first.
    #[serde(default)]
    pub after: u64,
    /// How many are met then.
    #[serde(default = "once")]
    pub times: u64,
    #[serde(rename = "do")]
    pub action: Action,
}

/// The requests that a fault is about; what is left out matches all.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Match {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// A glob over the path without the query: `/v2/pages/*`, `/**/pages`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// What happens. Written as `name` or `name:argument`, or as `{name: argument}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "String")]
pub enum Action {
    /// `429`, or `429:SECONDS` for a `Retry-After` other than a minute.
    TooManyRequests(Option<u64>),
    /// `429-bare`: without any header about limits.
    TooManyRequestsBare,
    /// `500`
    InternalError,
    /// `502`: HTML, from something in between.
    BadGateway,
    /// `503`
    Unavailable,
    /// `403`
    Forbidden,
    /// `reset-before`: the connection breaks, nothing has been done.
    ResetBefore,
    /// `reset-after`: it has been done, but nobody says so.
    ResetAfter,
    /// `reset-middle`: the connection breaks in the middle of the answer.
    ResetMiddle,
    /// `hang-after`: it has been done, and the answer never comes.
    HangAfter,
    /// `truncate`: half the JSON, as a whole answer.
    Truncate,
    /// `not-json`: it has been done, and the answer is HTML.
    NotJson,
    /// `delay:MS`: milliseconds of the world before anything is done.
    Delay(u64),
    /// `edit:{…}`: just before, someone else writes an entry of the bulk endpoint; without `id`, to the page that is
    /// asked for, or to the first static one.
    Edit(String),
    /// `delete-page` or `delete-page:ID`: just before, someone deletes it; which one is chosen as for `edit`.
    DeletePage(Option<String>),
    /// `add-page`: just before, someone adds a page at the front of the list.
    AddPage,
    /// `stale`: a read answers as things were when the faults were set.
    Stale,
}

impl Fault {
    /// Returns a fault that meets the first request that matches.
    pub fn new(method: &str, path: &str, action: Action) -> Self {
        let matching = Match { method: Some(method.to_owned()), path: Some(path.to_owned()) };
        Self { matching, after: 0, times: 1, action }
    }

    /// Returns faults that a patient client survives, spread over so many requests as the seed decides: bursts of
    /// errors, broken connections and answers, and waits with a long tail.
    pub fn storm(seed: u64, requests: u64) -> Vec<Self> {
        let mut dice = Dice(seed);
        let mut faults = Vec::new();
        for after in 0..requests {
            if !dice.percent(15) {
                continue;
            }
            let action = survivable(&mut dice);
            let times = if dice.percent(20) { 3 } else { 1 };
            let matching = Match::default();
            faults.push(Self { matching, after, times, action });
        }
        faults
    }
}

fn survivable(dice: &mut Dice) -> Action {
    match dice.below(12) {
        0 => Action::TooManyRequests(Some(0)),
        1 => Action::TooManyRequestsBare,
        2 => Action::InternalError,
        3 => Action::BadGateway,
        4 => Action::Unavailable,
        5 => Action::ResetBefore,
        6 => Action::ResetAfter,
        7 => Action::ResetMiddle,
        8 => Action::Truncate,
        9 => Action::NotJson,
        // Each doubling is half as likely, so that most are short and few are very long.
        _ => Action::Delay(1 << dice.roll().trailing_ones().min(9)),
    }
}

impl Match {
    pub(super) fn matches(&self, method: &str, path: &str) -> bool {
        let Self { method: wanted, path: glob } = self;
        wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && glob.as_ref().is_none_or(|glob| glob_match(glob, path))
    }
}

impl TryFrom<Value> for Action {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        match &value {
            Value::String(text) => match text.split_once(':') {
                Some((name, argument)) => Self::parse(name, Some(argument)),
                None => Self::parse(text, None),
            },
            Value::Object(object) if object.len() == 1 => {
                let (name, argument) = object.iter().next().ok_or("must not be empty")?;
                let argument = argument.as_str().map_or_else(|| argument.to_string(), str::to_owned);
                Self::parse(name, Some(&argument))
            }
            _ => Err("must be `name`, `name:argument` or an object of one name and its argument".to_owned()),
        }
    }
}

impl Action {
    fn parse(name: &str, argument: Option<&str>) -> Result<Self, String> {
        let number = |text: &str| text.parse::<u64>().map_err(|_| format!("`{text}` is no number"));
        match (name, argument) {
            ("429", seconds) => Ok(Self::TooManyRequests(seconds.map(number).transpose()?)),
            ("429-bare", None) => Ok(Self::TooManyRequestsBare),
            ("500", None) => Ok(Self::InternalError),
            ("502", None) => Ok(Self::BadGateway),
            ("503", None) => Ok(Self::Unavailable),
            ("403", None) => Ok(Self::Forbidden),
            ("reset-before", None) => Ok(Self::ResetBefore),
            ("reset-after", None) => Ok(Self::ResetAfter),
            ("reset-middle", None) => Ok(Self::ResetMiddle),
            ("hang-after", None) => Ok(Self::HangAfter),
            ("truncate", None) => Ok(Self::Truncate),
            ("not-json", None) => Ok(Self::NotJson),
            ("delay", Some(milliseconds)) => number(milliseconds).map(Self::Delay),
            ("edit", Some(text)) => {
                let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
                body::entry(&value)?;
                Ok(Self::Edit(text.to_owned()))
            }
            ("delete-page", id) => Ok(Self::DeletePage(id.map(str::to_owned))),
            ("add-page", None) => Ok(Self::AddPage),
            ("stale", None) => Ok(Self::Stale),
            (name, None) => Err(format!("`{name}` is no fault, or lacks its argument")),
            (name, Some(_)) => Err(format!("`{name}` is no fault, or takes no argument")),
        }
    }
}

impl From<Action> for String {
    fn from(action: Action) -> Self {
        let name = match action {
            Action::TooManyRequests(Some(seconds)) => return format!("429:{seconds}"),
            Action::TooManyRequests(None) => "429",
            Action::TooManyRequestsBare => "429-bare",
            Action::InternalError => "500",
            Action::BadGateway => "502",
            Action::Unavailable => "503",
            Action::Forbidden => "403",
            Action::ResetBefore => "reset-before",
            Action::ResetAfter => "reset-after",
            Action::ResetMiddle => "reset-middle",
            Action::HangAfter => "hang-after",
            Action::Truncate => "truncate",
            Action::NotJson => "not-json",
            Action::Delay(milliseconds) => return format!("delay:{milliseconds}"),
            Action::Edit(entry) => return format!("edit:{entry}"),
            Action::DeletePage(Some(id)) => return format!("delete-page:{id}"),
            Action::DeletePage(None) => "delete-page",
            Action::AddPage => "add-page",
            Action::Stale => "stale",
        };
        name.to_owned()
    }
}

fn once() -> u64 {
    1
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_action_is_written_as_it_is_read() {
        for text in [
            "429",
            "429:7",
            "429-bare",
            "500",
            "502",
            "503",
            "403",
            "reset-before",
            "reset-after",
            "reset-middle",
            "hang-after",
            "truncate",
            "not-json",
            "delay:250",
            "edit:{\"id\":\"a\",\"title\":\"T\"}",
            "delete-page",
            "delete-page:abc",
            "add-page",
            "stale",
        ] {
            let action = Action::try_from(json!(text)).unwrap();
            assert_eq!(String::from(action), text);
        }
        let object = Action::try_from(json!({"edit": {"title": "T"}})).unwrap();
        assert_eq!(object, Action::Edit("{\"title\":\"T\"}".to_owned()));
        assert_eq!(Action::try_from(json!({"delay": 5})).unwrap(), Action::Delay(5));
    }

    #[test]
    fn what_is_no_action_is_refused() {
        for value in [
            json!("nothing"),
            json!("delay"),
            json!("delay:x"),
            json!("500:1"),
            json!(500),
            json!("edit:{"),
            json!({"edit": {"title": 1}}),
            json!({}),
            json!({"403": 1, "500": 2}),
        ] {
            assert!(Action::try_from(value.clone()).is_err(), "{value}");
        }
    }

    #[test]
    fn the_seed_decides_the_storm() {
        assert_eq!(Fault::storm(1, 100), Fault::storm(1, 100));
        assert_ne!(Fault::storm(1, 100), Fault::storm(2, 100));
        assert!((5..30).contains(&Fault::storm(3, 100).len()));
    }
}
