//! What a pull takes over from the site: as text, and as JSON.

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::print::{Line, Look, Screen};
use super::text::value_line;
use super::view::shown;
use super::words::{self, WordDiff};
use crate::model::{LocaleTag, PageId, Value};
use crate::plan::file;
use crate::pull::{Adoption, Follower};

/// Writes the keys that change, page by page.
pub fn adoptions(adoptions: &[&Adoption], screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let mut last: (Option<&PageId>, Option<&LocaleTag>) = (None, None);
    for adoption in adoptions {
        let (page, locale) = (&adoption.address.page, &adoption.address.locale);
        if last.0 != Some(page) {
            if last.0.is_some() {
                writeln!(out)?;
            }
            Line::indented(0).with(Look::Strong, adoption.path.as_str()).print(screen, out)?;
        }
        if last != (Some(page), Some(locale)) {
            Line::indented(2).with(Look::Plain, locale.as_str()).print(screen, out)?;
        }
        last = (Some(page), Some(locale));
        values(adoption, screen, out)?;
    }
    Ok(())
}

fn values(adoption: &Adoption, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let heading = Line::indented(4).hanging(2).with(Look::Plain, adoption.field.name());
    heading.with(Look::Faint, &format!("  {}", adoption.source)).print(screen, out)?;
    let (before, after) = (adoption.before.as_ref().map(shown), adoption.after.as_ref().map(shown));
    let WordDiff { before: old, after: new } = words::compare(before.unwrap_or_default(), after.unwrap_or_default());
    match before {
        Some(_) => value_line('-', &old, screen, out)?,
        None => note("the key is new", screen, out)?,
    }
    match after {
        Some(_) => value_line('+', &new, screen, out),
        None => note("the key goes", screen, out),
    }
}

fn note(text: &str, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    Line::indented(6).with(Look::Faint, text).print(screen, out)
}

/// Writes the paths that follow a slug.
pub fn followers(followers: &[&Follower], screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    for Follower { page: _, before, after, source, document: _ } in followers {
        let line = Line::indented(0).hanging(2).with(Look::Plain, "path follows: ").with(Look::Old, before.as_str());
        let line = line.with(Look::Plain, " → ").with(Look::New, after.as_str());
        line.with(Look::Faint, &format!("  {source}")).print(screen, out)?;
    }
    Ok(())
}

/// Returns a path that follows a slug.
pub fn follower_json(follower: &Follower) -> Json {
    let Follower { page, before, after, source, document: _ } = follower;
    json!({
        "page": page.as_str(),
        "before": before.as_str(),
        "after": after.as_str(),
        "source": file::location(source),
    })
}

/// Returns a key that changes.
pub fn json(adoption: &Adoption) -> Json {
    let value = |value: &Option<Value>| value.as_ref().map(file::value);
    json!({
        "page": adoption.address.page.as_str(),
        "path": adoption.path.as_str(),
        "locale": adoption.address.locale.as_str(),
        "field": adoption.field.name(),
        "before": value(&adoption.before),
        "after": value(&adoption.after),
        "source": file::location(&adoption.source),
    })
}
