//! What somebody has changed on the site and a plan leaves as it is, as text: drift, and conflicts.
//!
//! Says for each how to take it over. Part of `text`; must not know what else a plan holds.

use std::borrow::Cow;
use std::io::{self, Write};

use super::print::{Line, Look, Screen};
use super::text::{Side, shortened, with_pieces};
use super::view::{KeptFieldView, KeptView, PlanView, short, shown};

/// Columns for the name of a side.
const SIDE: usize = 10;

/// Returns what the base is called.
pub(super) fn base(view: &PlanView<'_>) -> String {
    let base = view.plan.revision.as_ref().and_then(|revision| revision.base.as_deref());
    base.map_or("the base", short).to_owned()
}

/// Writes what was changed on the site alone.
pub(super) fn drift(view: &PlanView<'_>, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    if view.drift.is_empty() {
        return Ok(());
    }
    section(
        &format!("Changed on the site since {}, and kept", base(view)),
        Look::Strong,
        view,
        &view.drift,
        screen,
        out,
    )?;
    let help = "`slugline pull` as above takes them over; `--on-drift revert` writes what the manifests say";
    Line::indented(2).hanging(2).with(Look::Faint, help).print(screen, out)
}

/// Writes what was changed on both sides.
pub(super) fn conflicts(view: &PlanView<'_>, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    if view.conflicts.is_empty() {
        return Ok(());
    }
    let heading = format!("Conflicts: changed since {} in the manifests and on the site", base(view));
    section(&heading, Look::Error, view, &view.conflicts, screen, out)?;
    let help = "`slugline pull` as above takes the site's values over; `--on-conflict desired` writes the manifests'";
    Line::indented(2).hanging(2).with(Look::Faint, help).print(screen, out)
}

fn section(
    heading: &str,
    look: Look,
    plan: &PlanView<'_>,
    views: &[KeptView<'_>],
    screen: Screen,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out)?;
    Line::indented(0).hanging(2).with(look, heading).print(screen, out)?;
    for view in views {
        let line = Line::indented(2).hanging(2).with(Look::Strong, view.path.as_str());
        line.with(Look::Plain, &format!(" @ {}", view.tag)).print(screen, out)?;
        for field in &view.fields {
            field_lines(field, screen, out)?;
        }
        Line::indented(4).hanging(2).with(Look::Faint, &pull(plan, view)).print(screen, out)?;
    }
    Ok(())
}

fn field_lines(field: &KeptFieldView<'_>, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let KeptFieldView { change, site, manifest } = field;
    let line = Line::indented(4).hanging(2).with(Look::Plain, change.field.name());
    line.with(Look::Faint, &format!("  {}", change.source)).print(screen, out)?;
    let said = |label: &str| Line::indented(6).hanging(2).with(Look::Faint, &format!("{label:SIDE$}"));
    match manifest {
        None => with_pieces(said("manifest"), Side::Old, &site.before, screen).print(screen, out)?,
        Some(manifest) => {
            let base = change.base.as_ref().map(shown).filter(|base| !base.is_empty()).unwrap_or("(empty)");
            said("base").with(Look::Plain, &shortened(base)).print(screen, out)?;
            with_pieces(said("manifest"), Side::New, &manifest.after, screen).print(screen, out)?;
        }
    }
    with_pieces(said("site"), Side::New, &site.after, screen).print(screen, out)
}

/// Returns the command that takes the values over, and nothing else.
pub(super) fn pull(plan: &PlanView<'_>, view: &KeptView<'_>) -> String {
    let environment = plan.plan.target.environment.as_deref();
    let environment = environment.map(|name| format!(" --env {}", quoted(name))).unwrap_or_default();
    let fields = view.fields.iter().map(|field| format!(" --field {}", field.change.field.name()));
    let (page, tag) = (quoted(view.path.as_str()), quoted(view.tag.as_str()));
    format!("slugline pull{environment} --page {page} --locale {tag}{}", fields.collect::<String>())
}

/// Returns a text as a shell takes it for one word, and a glob for itself.
fn quoted(text: &str) -> Cow<'_, str> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/-_.".contains(letter);
    match text.chars().all(is_plain) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(format!("'{}'", text.replace('\'', "'\\''"))),
    }
}
