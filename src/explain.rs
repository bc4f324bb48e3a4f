//! Explanations of lint rules, error codes, guards and exit codes: sections of the documents in `docs/`, included at compile
//! time, so that `slugline explain` and the documentation have the same text.

use std::sync::LazyLock;

use crate::exit::Exit;

/// The documents, in the order in which `slugline explain` lists their sections.
const DOCUMENTS: [(Kind, &str); 4] = [
    (Kind::Rule, include_str!("../docs/lint-rules.md")),
    (Kind::Problem, include_str!("../docs/errors.md")),
    (Kind::Guard, include_str!("../docs/guards.md")),
    (Kind::Exit, include_str!("../docs/exit-codes.md")),
];

static TOPICS: LazyLock<Vec<Topic>> = LazyLock::new(|| {
    let sections = |(kind, document): (Kind, &'static str)| {
        document.split("\n## ").skip(1).filter_map(move |it| section(kind, it))
    };
    DOCUMENTS.into_iter().flat_map(sections).collect()
});

/// A name that can be explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic {
    /// As messages spell it: `seo-title/too-wide`, `unknown-key`, `mass-update`, `invalid`.
    pub name: &'static str,
    pub kind: Kind,
    /// One line without a period.
    pub summary: &'static str,
    /// The reason, and how to fix it.
    pub text: &'static str,
    /// The line with the sources, as Markdown.
    sources: &'static str,
}

/// What a name belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Rule,
    Problem,
    Guard,
    Exit,
}

impl Kind {
    /// Returns the kind as text.
    pub fn words(self) -> &'static str {
        match self {
            Self::Rule => "lint rule",
            Self::Problem => "error code",
            Self::Guard => "guard",
            Self::Exit => "exit code",
        }
    }
}

impl Topic {
    /// Returns the sources: web addresses, or sections of this project's documents such as `docs/lint.md#fixes`.
    pub fn sources(&self) -> impl Iterator<Item = String> + use<> {
        let links = self.sources.split(['<', '(']).skip(1).filter_map(|rest| rest.split(['>', ')']).next());
        links.map(|link| if link.contains(':') { link.to_owned() } else { format!("docs/{link}") })
    }
}

/// Parses a section: the name, then paragraphs: the summary, the text, the sources.
fn section(kind: Kind, section: &'static str) -> Option<Topic> {
    let (name, rest) = section.split_once("\n\n")?;
    let (summary, rest) = rest.split_once("\n\n")?;
    let (text, sources) = rest.split_once("\n\nSources: ")?;
    Some(Topic { name, kind, summary, text, sources: sources.trim_end() })
}

/// Returns everything that can be explained.
pub fn topics() -> &'static [Topic] {
    &TOPICS
}

/// Returns the topic with that name, or of the exit code with that number.
pub fn topic(name: &str) -> Option<Topic> {
    let exit = name.parse().ok().and_then(|code: u8| Exit::ALL.into_iter().find(|exit| exit.code() == code));
    let is_meant = |topic: &&Topic| topic.name == exit.map_or(name, |exit| exit.name());
    topics().iter().find(is_meant).copied()
}
