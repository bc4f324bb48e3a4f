//! `slugline explain`: prints the explanation of a name.

use std::io::{self, Write};

use super::failure::Failure;
use super::ui::Ui;
use crate::exit::Exit;
use crate::explain::{self, Kind, Topic};
use crate::lint::rule::{self, Level, Rule};
use crate::lint::{self, fix};
use crate::render::print::{Line, Look, Screen};
use crate::suggest;

/// Explain a lint rule, an error code, a guard or an exit code; without a name, list all of them
#[derive(Debug, clap::Args)]
pub(crate) struct Explain {
    /// The name, such as seo-title/too-wide, unknown-key, mass-update or 3.
    #[arg(value_name = "CODE")]
    code: Option<String>,
}

impl Explain {
    pub(super) fn run(self, ui: &Ui) -> Result<Exit, Failure> {
        match &self.code {
            None => ui.data(list)?,
            Some(code) => {
                let topic = explain::topic(code).ok_or_else(|| unknown(code))?;
                ui.data(|screen, out| show(&topic, screen, out))?;
            }
        }
        Ok(Exit::Ok)
    }
}

fn unknown(code: &str) -> Failure {
    let topics = explain::topics();
    let names = || topics.iter().map(|topic| topic.name);
    // People remember the last part of a rule's name.
    let part = || names().find(|name| name.split('/').nth(1) == Some(code));
    let hint = match part().or_else(|| suggest::nearest(code, names())) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`slugline explain` lists all names".to_owned(),
    };
    Failure::usage(format!("unknown name `{code}`")).hint(hint)
}

fn list(screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let topics = explain::topics();
    let width = topics.iter().map(|topic| topic.name.len()).max().unwrap_or_default();
    let mut kind: Option<Kind> = None;
    for topic in topics {
        if kind.replace(topic.kind) != Some(topic.kind) {
            if topic.kind != Kind::Rule {
                writeln!(out)?;
            }
            Line::indented(0).with(Look::Strong, &format!("{}s", topic.kind.words())).print(screen, out)?;
        }
        let name = format!("{:width$}  ", topic.name);
        let line = Line::indented(2).hanging(width + 2).with(Look::Plain, &name);
        line.with(Look::Faint, topic.summary).print(screen, out)?;
    }
    Ok(())
}

fn show(topic: &Topic, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let heading =
        Line::indented(0).with(Look::Strong, topic.name).with(Look::Faint, &format!(" ({})", topic.kind.words()));
    heading.print(screen, out)?;
    Line::indented(0).with(Look::Plain, topic.summary).print(screen, out)?;
    writeln!(out)?;
    Line::indented(0).with(Look::Plain, topic.text).print(screen, out)?;
    writeln!(out)?;
    if let Some(rule) = lint::rule(topic.name) {
        defaults(rule, screen, out)?;
    }
    for source in topic.sources() {
        Line::indented(0).with(Look::Faint, "source     ").with(Look::Plain, &source).print(screen, out)?;
    }
    Ok(())
}

fn defaults(rule: &Rule, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let mut fact = |name: &str, value: &str| {
        let line = Line::indented(0).with(Look::Faint, &format!("{name:<11}"));
        line.with(Look::Plain, value).print(screen, out)
    };
    let severity = match rule.level {
        Level::Off => "off by default",
        Level::On(severity) => severity.as_str(),
    };
    fact("severity", severity)?;
    if let Some(threshold) = rule.threshold {
        let number = rule::decimal(threshold.thousandths);
        fact("threshold", &format!("{number} {}", threshold.unit.words()))?;
    }
    if fix::exists(rule) {
        fact("fix", "`validate --fix` corrects it")?;
    }
    Ok(())
}
