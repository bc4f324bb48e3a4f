//! Sentences of notes and hints, in which commands may stand that somebody is meant to run.
//!
//! A command is kept apart from the words until it is told: only then is it known how the program was called.

use super::invocation::Invocation;

/// A sentence for people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sentence(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Words(String),
    Command(&'static str, Vec<String>),
}

/// A stretch of a sentence as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stretch {
    /// Words, which may be wrapped.
    Words(String),
    /// A command with the mark that follows it: to be copied, and so in one piece.
    Command(String),
}

impl From<&str> for Sentence {
    fn from(words: &str) -> Self {
        Self::default().words(words)
    }
}

impl From<String> for Sentence {
    fn from(words: String) -> Self {
        Self(vec![Part::Words(words)])
    }
}

impl Sentence {
    /// Adds words as they are.
    #[must_use]
    pub(crate) fn words(mut self, words: impl Into<String>) -> Self {
        self.0.push(Part::Words(words.into()));
        self
    }

    /// Adds a command of the program on the project and remote at hand.
    #[must_use]
    pub(crate) fn command<const N: usize>(mut self, verb: &'static str, arguments: [&str; N]) -> Self {
        self.0.push(Part::Command(verb, arguments.map(str::to_owned).into()));
        self
    }

    /// Returns the sentence with its commands completed.
    pub(crate) fn told(&self, invocation: &Invocation) -> String {
        let stretches = self.stretches(invocation).into_iter();
        stretches.map(|(Stretch::Words(text) | Stretch::Command(text))| text).collect()
    }

    /// Returns the sentence with its commands completed, and what may be wrapped apart from what may not.
    pub(crate) fn stretches(&self, invocation: &Invocation) -> Vec<Stretch> {
        let mut stretches = Vec::new();
        for part in &self.0 {
            match (part, stretches.last_mut()) {
                (Part::Words(words), Some(Stretch::Command(command))) => {
                    let (mark, rest) = words.split_at(words.find(' ').unwrap_or(words.len()));
                    command.push_str(mark);
                    stretches.push(Stretch::Words(rest.to_owned()));
                }
                (Part::Words(words), _) => stretches.push(Stretch::Words(words.clone())),
                (Part::Command(verb, arguments), _) => {
                    stretches.push(Stretch::Command(format!("`{}`", invocation.command(verb, arguments))));
                }
            }
        }
        stretches
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_completed_and_stay_in_one_piece() {
        let sentence = Sentence::from("Saved. ").command("apply", ["my plan.json"]).words(", and only that, sends it.");
        let nothing = Invocation::default();
        assert_eq!(sentence.told(&nothing), "Saved. `slugline apply 'my plan.json'`, and only that, sends it.");
        let stretches = [
            Stretch::Words("Saved. ".to_owned()),
            Stretch::Command("`slugline apply 'my plan.json'`,".to_owned()),
            Stretch::Words(" and only that, sends it.".to_owned()),
        ];
        assert_eq!(sentence.stretches(&nothing), stretches);
        let last = Sentence::from("see ").command("log", []).words(".");
        assert_eq!(last.told(&nothing), "see `slugline log`.");
    }
}
