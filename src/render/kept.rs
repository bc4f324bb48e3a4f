//! What somebody has changed on the site and a plan leaves as it is, as text: drift, and conflicts.
//!
//! Says for each how to take it over. Part of `text`; must not know what else a plan holds.

use std::io::{self, Write};

use super::escape::{shell_flag, shell_word};
use super::print::{Line, Look, Screen};
use super::text::{Flags, Side, shortened, with_pieces};
use super::view::{KeptFieldView, KeptView, PlanView, short};

/// Columns for the name of a side.
const SIDE: usize = 10;

/// Returns what the base is called.
pub(super) fn base(view: &PlanView<'_>) -> String {
    let base = view.plan.revision.as_ref().and_then(|revision| revision.base.as_deref());
    base.map_or("the base", short).to_owned()
}

/// How fields that are kept are told.
struct KeptWords {
    /// What goes before and after the name of the base.
    heading: [&'static str; 2],
    look: Look,
    way_out: &'static str,
}

const DRIFT: KeptWords = KeptWords {
    heading: ["Changed on the site since ", ", and kept"],
    look: Look::Strong,
    way_out: "`slugline pull` as above takes them over; `--on-drift revert` writes what the manifests say",
};

const CONFLICTS: KeptWords = KeptWords {
    heading: ["Conflicts: changed since ", " in the manifests and on the site"],
    look: Look::Error,
    way_out: "`slugline pull` as above takes the site's values over; `--on-conflict desired` writes the manifests'",
};

/// Writes what was changed on the site alone.
pub(super) fn drift(view: &PlanView<'_>, flags: Flags<'_>, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    kept(view, (&DRIFT, &view.drift), flags, screen, out)
}

/// Writes what was changed on both sides.
pub(super) fn conflicts(view: &PlanView<'_>, flags: Flags<'_>, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    kept(view, (&CONFLICTS, &view.conflicts), flags, screen, out)
}

fn kept(
    view: &PlanView<'_>,
    (words, views): (&KeptWords, &[KeptView<'_>]),
    flags: Flags<'_>,
    screen: Screen,
    out: &mut dyn Write,
) -> io::Result<()> {
    if views.is_empty() {
        return Ok(());
    }
    let KeptWords { heading: [before, after], look, way_out } = words;
    writeln!(out)?;
    let heading = format!("{before}{}{after}", base(view));
    Line::indented(0).hanging(2).with(*look, &heading).print(screen, out)?;
    for kept in views {
        let line = Line::indented(2).hanging(2).with(Look::Strong, kept.path.as_str());
        line.with(Look::Plain, &format!(" @ {}", kept.tag)).print(screen, out)?;
        for field in &kept.fields {
            field_lines(field, screen, out)?;
        }
        Line::indented(4).hanging(2).with_whole(Look::Faint, &pull_with(flags, view, kept)).print(screen, out)?;
    }
    Line::indented(2).hanging(2).with(Look::Faint, way_out).print(screen, out)
}

fn field_lines(field: &KeptFieldView<'_>, screen: Screen, out: &mut dyn Write) -> io::Result<()> {
    let KeptFieldView { change, base, site, manifest } = field;
    let line = Line::indented(4).hanging(2).with(Look::Plain, change.field.name());
    line.with(Look::Faint, &format!("  {}", change.source)).print(screen, out)?;
    let said = |label: &str| Line::indented(6).hanging(2).with(Look::Faint, &format!("{label:SIDE$}"));
    match manifest {
        None => with_pieces(said("manifest"), Side::Old, &site.before, screen).print(screen, out)?,
        Some(manifest) => {
            let base = if base.is_empty() { "(empty)" } else { base };
            said("base").with(Look::Plain, &shortened(base)).print(screen, out)?;
            with_pieces(said("manifest"), Side::New, &manifest.after, screen).print(screen, out)?;
        }
    }
    with_pieces(said("site"), Side::New, &site.after, screen).print(screen, out)
}

/// Returns the command that takes the values over, and nothing else, for whoever reads of it wherever: the folder and the
/// address of the machine that made the plan would lead astray there.
pub(super) fn pull(plan: &PlanView<'_>, view: &KeptView<'_>) -> String {
    pull_with(Flags::default(), plan, view)
}

fn pull_with(flags: Flags<'_>, plan: &PlanView<'_>, view: &KeptView<'_>) -> String {
    let Flags { folder, remote } = flags;
    let environment = plan.plan.target.environment.as_deref();
    let environment = environment.map(|name| format!(" {}", shell_flag("--env", name))).unwrap_or_default();
    let fields = view.fields.iter().map(|field| format!(" --field {}", field.change.field.name()));
    let (page, tag) = (shell_word(view.path.as_str()), shell_word(view.tag.as_str()));
    let fields: String = fields.collect();
    format!("slugline{folder} pull{environment}{remote} --page {page} --locale {tag}{fields}")
}
