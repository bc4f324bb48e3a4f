//! `slugline validate`: everything that is wrong with the manifests, and what the lint finds.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::baseline::{self, Baseline};
use super::context::{self, Connection, Workspace};
use super::failure::Failure;
use super::fix;
use super::lint;
use super::output::{self, Answer};
use super::plan::Selected;
use super::remarks;
use super::rewrite::Rewrite;
use super::ui::Ui;
use super::{Global, against, block_on};
use crate::base;
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::exit::Exit;
use crate::lint::policy::is_page;
use crate::lint::subject::{PageName, Subject};
use crate::lint::{Finding, Report};
use crate::manifest::lint::subject::{AsItWas, Known, subject};
use crate::manifest::load::Loaded;
use crate::manifest::project::Project;
use crate::model::{Desired, Live};
use crate::plan::file;
use crate::render::problems::{self, Counts, Problem, counts, problems};
use crate::render::view::{count, short};
use crate::render::{github, gitlab, sarif};
use crate::source::Sources;
use crate::source::touched::TouchedLines;

/// Check the manifests, and lint the texts in them. Needs no site; asks it as well if there is a token.
#[derive(Debug, clap::Args)]
pub(crate) struct Validate {
    #[command(flatten)]
    selected: Selected,

    /// Look at the files alone, even with a token or `--sandbox`.
    #[arg(long)]
    offline: bool,

    /// Tell only what the lint finds in fields that differ from this commit, or from where the branch left it.
    #[arg(long, value_name = "REV")]
    changed_since: Option<String>,

    /// Tell only what the lint finds and this file does not list.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,

    /// List what the lint finds now in a file for `--baseline`.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["baseline", "changed_since", "page", "locale"])]
    write_baseline: Option<PathBuf>,

    /// Correct in the manifests what nobody would see a difference of: spaces at the edges, double spaces, characters
    /// that cannot be seen. Then tell what is left.
    #[arg(long, conflicts_with = "write_baseline")]
    fix: bool,

    /// How to show it.
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    pub(super) format: ProblemFormat,
}

/// How problems are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum ProblemFormat {
    /// For people, with excerpts of the files.
    #[default]
    Text,
    /// For programs.
    Json,
    /// Annotations of a GitHub workflow.
    Github,
    /// A GitLab code quality report.
    Gitlab,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
}

impl ProblemFormat {
    /// Returns how a failure is told on stdout.
    pub(super) fn answer(self) -> Answer {
        match self {
            Self::Text => Answer::Nothing,
            Self::Json => Answer::Json,
            Self::Github => Answer::Github,
            Self::Gitlab => Answer::Gitlab,
            Self::Sarif => Answer::Sarif,
        }
    }
}

/// What was looked at.
struct Checked {
    root: PathBuf,
    loaded: Loaded,
    site: Option<(Desired, Live)>,
    /// Why the site could not be asked, if it was to be.
    unasked: Option<Failure>,
    /// The commit to compare with, and its manifests.
    earlier: Option<(base::Commit, Loaded)>,
    subject: Subject,
}

/// What was found.
struct Found {
    problems: Vec<Problem>,
    /// How many the project file lets pass.
    allowed: usize,
    /// What the baseline knows, and what it knows in vain.
    known: baseline::Known,
}

impl Validate {
    pub(super) fn run(self, global: &Global, ui: &Ui) -> Result<Exit, Failure> {
        let mut checked = self.read(global, ui)?;
        // What is selected may stand in a file that cannot be read; then that is what to tell.
        if !diagnostic::has_errors(&checked.loaded.diagnostics) {
            self.check_selection(&checked)?;
        }
        // Each round leaves less to correct.
        while self.fix && self.correct(&checked, ui)? {
            checked = self.read(global, ui)?;
        }
        let found = self.find(&checked)?;
        if let Some(path) = &self.write_baseline {
            let listed = baseline::write(path, &found.problems)?;
            ui.note(&format!("Listed {} in `{}`.", count(listed, "finding", "findings"), path.display()));
            // A baseline is of what the lint finds; what is wrong without it is no matter of taste.
            let errors: Vec<_> = found.problems.into_iter().filter(|problem| problem.rule.is_none()).collect();
            let errors: Vec<_> = errors.into_iter().map(|problem| problem.diagnostic).collect();
            ui.diagnostics(&errors, &checked.loaded.sources);
            return Ok(if diagnostic::has_errors(&errors) { Exit::Invalid } else { Exit::Ok });
        }
        let exit = match (counts(&found.problems).errors, &checked.unasked) {
            (0, None) => Exit::Ok,
            (0, Some(failure)) => failure.exit,
            (_, _) => Exit::Invalid,
        };
        self.show(&checked, &found, exit, ui)?;
        if let Some(failure) = &checked.unasked {
            ui.error(&failure.error, failure.hint.as_ref());
            ui.note("The site could not be asked; `--offline` looks at the files alone.");
        }
        Ok(exit)
    }

    /// Reads the files, and what there is to compare them with.
    fn read(&self, global: &Global, ui: &Ui) -> Result<Checked, Failure> {
        let root = context::find_project()?;
        let mut loaded = context::load(&root, ui);
        let earlier = match &self.changed_since {
            None => None,
            Some(revision) => Some(read_earlier(&root, &loaded, revision, ui)?),
        };
        let asks = !self.offline && (global.sandbox || global.api_url.is_some() || context::has_token());
        let (mut site, mut unasked) = (None, None);
        if asks && !diagnostic::has_errors(&loaded.diagnostics) {
            let mut workspace = Workspace::of(root.clone(), loaded, global)?;
            match block_on(read_site(global, &workspace, ui)) {
                Ok(live) => site = Some((fit(&mut workspace, &live), live)),
                // What the files alone tell is told all the same.
                Err(failure) => unasked = Some(failure),
            }
            loaded = workspace.loaded;
        } else if asks {
            ui.note("The site was not asked: the files themselves have errors.");
        }
        let subject = subject(Known {
            documents: &loaded.pages,
            project: loaded.project.as_ref(),
            site: site.as_ref().map(|(desired, live)| (desired, live)),
            earlier: earlier
                .as_ref()
                .map(|(_, earlier)| AsItWas { documents: &earlier.pages, project: earlier.project.as_ref() }),
        });
        Ok(Checked { root, loaded, site, unasked, earlier, subject })
    }

    /// A selection of nothing is more likely a slip than a wish, and would pass for "nothing wrong".
    fn check_selection(&self, checked: &Checked) -> Result<(), Failure> {
        let subject = &checked.subject;
        for glob in &self.selected.page {
            if !subject.pages.iter().any(|page| is_page(glob, &page.name)) {
                return Err(Failure::usage(format!("no page that the manifests describe matches `--page {glob}`"))
                    .hint("the glob is matched against whole paths, such as `/blog/**`, or is a page's id"));
            }
        }
        let tags: BTreeSet<_> = subject.pages.iter().flat_map(|page| page.locales.keys()).collect();
        for key in &self.selected.locale {
            if !tags.iter().any(|tag| tag.matches(key)) {
                let known: Vec<&str> = tags.iter().map(|tag| tag.as_str()).collect();
                return Err(Failure::usage(format!("no manifest states the locale `{key}`"))
                    .hint(format!("they state {}", known.join(", "))));
            }
        }
        Ok(())
    }

    /// Corrects what can be corrected, and returns whether anything was.
    fn correct(&self, checked: &Checked, ui: &Ui) -> Result<bool, Failure> {
        let Checked { root, loaded, subject, site: _, unasked: _, earlier: _ } = checked;
        let edits = fix::edits(subject, &loaded.pages, &self.lint(checked).findings);
        let mut rewrite = Rewrite::default();
        let refused = rewrite.apply(loaded, edits.iter(), &[]);
        if let Some((file, error)) = rewrite.write(root, loaded).into_iter().next() {
            return Err(Failure::new(Exit::Failed, error).context(format!("failed to write `{file}`")));
        }
        let done = edits.iter().enumerate().filter(|(index, _)| !refused.contains_key(index)).map(|(_, edit)| edit);
        let texts = done.clone().count();
        let files: BTreeSet<&str> = done.map(|edit| &*edit.document.file).collect();
        ui.diagnostics(&refused.into_values().map(fix::left).collect::<Vec<_>>(), &loaded.sources);
        if texts > 0 {
            let files = count(files.len(), "manifest", "manifests");
            ui.note(&format!("Corrected {} in {files}.", count(texts, "text", "texts")));
        }
        Ok(texts > 0)
    }

    /// Returns what the lint finds where it is asked to look.
    fn lint(&self, checked: &Checked) -> Report {
        let mut report = lint::lint(&checked.subject, &checked.loaded);
        let broken = broken_files(&checked.loaded.diagnostics);
        report.findings.retain(|finding| self.selects(finding) && !is_hasty(finding, &broken));
        report
    }

    fn find(&self, checked: &Checked) -> Result<Found, Failure> {
        let report = self.lint(checked);
        let earlier = checked.earlier.as_ref().map(|(_, earlier)| &earlier.sources);
        let touched = earlier.map(|earlier| TouchedLines::between(earlier, &checked.loaded.sources));
        let diagnostics = checked.loaded.diagnostics.clone();
        let mut problems = problems(diagnostics, report.findings, &touched.unwrap_or_default());
        let known = match &self.baseline {
            None => baseline::Known::default(),
            Some(path) => {
                let is_whole = self.is_whole();
                Baseline::read(path)?.take(&mut problems, is_whole)
            }
        };
        Ok(Found { problems, allowed: report.allowed, known })
    }

    /// Returns whether all pages are told of.
    fn is_whole(&self) -> bool {
        self.selected.page.is_empty() && self.selected.locale.is_empty() && self.changed_since.is_none()
    }

    fn selects(&self, finding: &Finding) -> bool {
        let Selected { page: globs, locale: keys } = &self.selected;
        let is_page = |name: &PageName| globs.is_empty() || globs.iter().any(|glob| is_page(glob, name));
        let Some(page) = &finding.page else { return self.is_whole() };
        let is_locale = |key: &String| finding.locale.as_ref().is_some_and(|locale| locale.matches(key));
        is_page(page) && (keys.is_empty() || keys.iter().any(is_locale)) && finding.is_new
    }

    fn show(&self, checked: &Checked, found: &Found, exit: Exit, ui: &Ui) -> Result<(), Failure> {
        let prefix = || base::prefix(&checked.root).unwrap_or_default();
        let listed = problems::bounded(&found.problems);
        match self.format {
            ProblemFormat::Text => {
                let all: Vec<_> = listed.iter().map(|problem| problem.diagnostic.clone()).collect();
                ui.data_diagnostics(&all, &checked.loaded.sources)?;
                ui.text(&format!("{}\n", self.summary(checked, found)))?;
                ui.note(&looked_at(checked));
            }
            ProblemFormat::Json => output::json(&json(checked, found, &listed, exit), ui)?,
            ProblemFormat::Github => ui.data(|_, out| github::annotations(&listed, &prefix(), out))?,
            ProblemFormat::Gitlab => output::json(&gitlab::report(&listed, &prefix()), ui)?,
            ProblemFormat::Sarif => output::json(&sarif::log("validate", &listed, &prefix()), ui)?,
        }
        Ok(())
    }

    /// Returns how many pages were asked for.
    fn pages(&self, checked: &Checked) -> usize {
        let Selected { page: globs, locale: keys } = &self.selected;
        let pages = checked.subject.pages.iter().filter(|page| {
            let is_asked = globs.is_empty() || globs.iter().any(|glob| is_page(glob, &page.name));
            is_asked && (keys.is_empty() || page.locales.keys().any(|tag| keys.iter().any(|key| tag.matches(key))))
        });
        pages.count()
    }

    /// Returns all that was found in a sentence.
    fn summary(&self, checked: &Checked, found: &Found) -> String {
        let pages = count(self.pages(checked), "page", "pages");
        let pages = if checked.earlier.is_some() { format!("what changed in {pages}") } else { pages };
        let mut out = match counts(&found.problems).words() {
            None => format!("Nothing is wrong in {pages}"),
            Some(words) => format!("{words} in {pages}"),
        };
        let mut aside = Vec::new();
        if found.allowed > 0 {
            aside.push(format!("{} allowed", found.allowed));
        }
        if found.known.present > 0 {
            aside.push(format!("{} in the baseline", found.known.present));
        }
        if found.known.stale > 0 {
            aside.push(format!("{} of the baseline mended", found.known.stale));
        }
        if !aside.is_empty() {
            out.push_str(&format!(" ({})", aside.join(", ")));
        }
        out + "."
    }
}

/// Returns the files in which something could not be understood.
fn broken_files(diagnostics: &[Diagnostic]) -> BTreeSet<&str> {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    errors.filter_map(|diagnostic| Some(&*diagnostic.at.as_ref()?.file)).collect()
}

/// Returns whether something is called missing that may stand there under a misspelt key.
fn is_hasty(finding: &Finding, broken: &BTreeSet<&str>) -> bool {
    let at = finding.diagnostic.at.as_ref();
    finding.rule.id.ends_with("/missing") && at.is_some_and(|at| broken.contains(&*at.file))
}

/// Says what the answer rests on.
fn looked_at(checked: &Checked) -> String {
    let primary = &checked.subject.locales.primary;
    let since = match &checked.earlier {
        Some((commit, _)) => format!(" Of the lint, only what changed since {} is told.", short(commit.as_str())),
        None => String::new(),
    };
    match &checked.site {
        Some((_, live)) => format!("Checked against the site `{}`.{since}", live.site.name),
        None => format!(
            "Checked the files alone, with {primary} as the primary locale; with a token or `--sandbox`, also that the site \
             has these pages and locales.{since}"
        ),
    }
}

fn json(checked: &Checked, found: &Found, listed: &[Problem], exit: Exit) -> serde_json::Value {
    let Counts { errors, warnings, infos } = counts(&found.problems);
    json!({
        "format_version": "1.0",
        "checked": {
            "pages": checked.subject.pages.len(),
            "primary": checked.subject.locales.primary.as_str(),
            "site": checked.site.as_ref().map(|(_, live)| live.site.id.as_str()),
            "since": checked.earlier.as_ref().map(|(commit, _)| commit.as_str()),
        },
        "summary": {
            "errors": errors,
            "warnings": warnings,
            "infos": infos,
            "left_out": listed.iter().map(|problem| problem.diagnostic.left_out).sum::<usize>(),
            "allowed": found.allowed,
            "baseline": {"known": found.known.present, "mended": found.known.stale},
        },
        "problems": listed.iter().map(problems::json).collect::<Vec<_>>(),
        "exit": file::exit(exit),
    })
}

/// Returns what the manifests want of the site, and keeps what in them does not fit it.
fn fit(workspace: &mut Workspace, live: &Live) -> Desired {
    let (desired, diagnostics) = workspace.lower_all(live);
    workspace.loaded.diagnostics = diagnostics;
    desired
}

/// Reads the manifests of where the commit at hand and a revision parted.
fn read_earlier(root: &Path, loaded: &Loaded, revision: &str, ui: &Ui) -> Result<(base::Commit, Loaded), Failure> {
    let base::Parting { commit, others } = base::merge_base(root, revision)?;
    let ambiguous: Vec<Diagnostic> = remarks::ambiguous(&commit, &others, revision).into_iter().collect();
    ui.diagnostics(&ambiguous, &Sources::default());
    let sites: Vec<&str> = loaded.project.iter().flat_map(|project| project.manifest.sites()).collect();
    let is_same = |project: &Project| project.sites().any(|site| sites.contains(&site));
    let (earlier, place) = base::manifests(root, &commit, is_same)?;
    against::note_move(&commit, &place, ui);
    Ok((commit, earlier))
}

async fn read_site(global: &Global, workspace: &Workspace, ui: &Ui) -> Result<Live, Failure> {
    let connection = Connection::open(global, &workspace.root, ui).await?;
    let live = context::read_live(&connection, workspace, global.concurrency).await;
    connection.close().await;
    live
}
