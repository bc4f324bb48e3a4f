//! The terminal: the one place that touches it.
//!
//! Data goes to stdout, everything else to stderr. A reader that has gone away (`plan | head`) is no error.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::{self, BufRead as _, IsTerminal as _, Write};
use std::panic::PanicHookInfo;

use anstream::{AutoStream, ColorChoice as StreamChoice};

use super::invocation::Invocation;
use super::progress::Progress;
use super::secrets::Secrets;
use super::sentence::{Sentence, Stretch};
use crate::diagnostic::{self, Diagnostic};
use crate::render::print::{Line, Look, Screen};
use crate::render::text::Flags;
use crate::render::{diagnostics, escape};
use crate::source::Sources;

/// When to use colors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` or `TERM=dumb` says otherwise; `CLICOLOR_FORCE` wins over the missing terminal.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The width of a screen that has none.
const UNBOUNDED: usize = 10_000;

/// The streams of the program and how they want text.
#[derive(Debug, Clone)]
pub(crate) struct Ui {
    stdout: Screen,
    stderr: Screen,
    quiet: bool,
    verbose: bool,
    /// What commands are completed by.
    invocation: Invocation,
    progress: Progress,
    secrets: Secrets,
    /// Whether stdout is for something else, so that data for people goes to stderr.
    is_diverted: bool,
}

impl Ui {
    pub(crate) fn new(color: Color, quiet: bool, verbose: bool, invocation: Invocation) -> Self {
        let stdout = Screen {
            color: wants_color(color, AutoStream::choice(&io::stdout())),
            width: io::stdout().is_terminal().then(width).flatten(),
        };
        let stderr = Screen {
            color: wants_color(color, AutoStream::choice(&io::stderr())),
            width: io::stderr().is_terminal().then(width).flatten(),
        };
        let (progress, secrets) = (Progress::default(), Secrets::from_environment());
        Self { stdout, stderr, quiet, verbose, invocation, progress, secrets, is_diverted: false }
    }

    /// Returns one that leaves stdout alone.
    pub(crate) fn without_stdout(&self) -> Self {
        Self { is_diverted: true, ..self.clone() }
    }

    /// Returns the tokens that nothing written may hold.
    pub(crate) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Returns the text without tokens.
    pub(crate) fn redacted<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.secrets.redact(text)
    }

    /// Writes a line of events to stdout.
    pub(crate) fn events(&self, line: &str) -> io::Result<()> {
        self.progress.aside(|| deliver(io::stdout().lock(), &self.redacted(line)))
    }

    /// Writes the access data of a simulated site to stdout. They are no secret, and not redacted.
    pub(crate) fn sandbox_access(&self, line: &str) -> io::Result<()> {
        deliver(io::stdout().lock(), line)
    }

    /// Writes data to stdout, in the form that the function gives it for the screen.
    pub(crate) fn data(&self, write: impl FnOnce(Screen, &mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        if self.is_diverted {
            self.alert(write);
            return Ok(());
        }
        let text = self.written(self.stdout, write)?;
        let delivered = self.progress.aside(|| deliver(io::stdout().lock(), &text));
        delivered.map_err(|error| io::Error::new(error.kind(), format!("failed to write to stdout: {error}")))
    }

    /// Writes text to stdout as it is.
    pub(crate) fn text(&self, text: &str) -> io::Result<()> {
        self.data(|_, out| out.write_all(text.as_bytes()))
    }

    /// Tells on stderr what is going on, unless that is not wanted.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.line(Line::indented(0).hanging(2).with(Look::Plain, text));
        }
    }

    /// Tells on stderr what can be done next, unless that is not wanted.
    pub(crate) fn propose(&self, sentence: &Sentence) {
        if !self.quiet {
            self.line(self.sentence(Line::indented(0).hanging(2), sentence));
        }
    }

    /// Returns a sentence as it is told in one piece, with commands that can be run as they are.
    pub(crate) fn told(&self, sentence: &Sentence) -> String {
        sentence.told(&self.invocation)
    }

    /// Returns what a plan that is shown here completes its commands by.
    pub(crate) fn flags(&self) -> Flags<'_> {
        self.invocation.flags()
    }

    /// Tells on stderr what only the curious want to know.
    pub(crate) fn detail(&self, text: &str) {
        if self.verbose {
            self.line(Line::indented(0).hanging(2).with(Look::Faint, text));
        }
    }

    /// Writes to stderr what must be seen.
    pub(crate) fn alert(&self, write: impl FnOnce(Screen, &mut dyn Write) -> io::Result<()>) {
        // There is nowhere left to say that stderr cannot be written.
        let _ = self
            .written(self.stderr, write)
            .and_then(|text| self.progress.aside(|| deliver(io::stderr().lock(), &text)));
    }

    /// Returns what the function writes for the screen, without tokens.
    fn written(
        &self,
        screen: Screen,
        write: impl FnOnce(Screen, &mut dyn Write) -> io::Result<()>,
    ) -> io::Result<String> {
        let mut bytes = Vec::new();
        write(screen, &mut bytes)?;
        Ok(self.redacted(&String::from_utf8_lossy(&bytes)).into_owned())
    }

    /// Writes an error, what led to it, and the way out.
    pub(crate) fn error(&self, error: &anyhow::Error, hint: Option<&Sentence>) {
        let mut chain = error.chain().map(ToString::to_string);
        let head = chain.next().unwrap_or_default();
        self.line(Line::indented(0).hanging(2).with(Look::Error, "error: ").with(Look::Plain, &head));
        for cause in chain {
            self.line(Line::indented(2).hanging(2).with(Look::Faint, "because: ").with(Look::Plain, &cause));
        }
        if let Some(hint) = hint {
            self.line(self.sentence(Line::indented(2).hanging(2).with(Look::Strong, "hint: "), hint));
        }
    }

    /// Writes diagnostics with excerpts of the files.
    pub(crate) fn diagnostics(&self, diagnostics: &[Diagnostic], sources: &Sources) {
        if !diagnostics.is_empty() {
            let style = if self.stderr.color { diagnostics::Style::Color } else { diagnostics::Style::Plain };
            // A line of a manifest that is cut in a log is of no use to anyone.
            let width = self.stderr.width.unwrap_or(UNBOUNDED);
            let listed = listed(diagnostics);
            let text = diagnostics::render_diagnostics(&listed, sources, style, width);
            self.alert(|_, out| out.write_all(text.as_bytes()));
        }
    }

    /// Writes diagnostics to stdout, for a command whose data they are.
    pub(crate) fn data_diagnostics(&self, diagnostics: &[Diagnostic], sources: &Sources) -> io::Result<()> {
        self.data(|screen, out| {
            let style = if screen.color { diagnostics::Style::Color } else { diagnostics::Style::Plain };
            let width = screen.width.unwrap_or(UNBOUNDED);
            out.write_all(diagnostics::render_diagnostics(diagnostics, sources, style, width).as_bytes())
        })
    }

    /// Asks a question that is answered with yes or no; no is the default.
    pub(crate) fn ask(&self, question: &str) -> io::Result<bool> {
        self.alert(|_, out| write!(out, "{} [y/N] ", escape::line(question)));
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    /// Shows a bar for so many steps, some of which are done, if somebody watches.
    pub(crate) fn progress(&self, done: usize, total: usize, per_minute: u32) {
        if self.has_watcher() && !self.quiet {
            self.progress.start(done, total, per_minute);
        }
    }

    /// Counts a step.
    pub(crate) fn advance(&self) {
        self.progress.advance();
    }

    /// Takes the bar away.
    pub(crate) fn end_progress(&self) {
        self.progress.end();
    }

    /// Says what the program waits for.
    pub(crate) fn wait(&self, what: String) {
        if !self.progress.wait(self.redacted(&escape::line(&what)).into_owned()) {
            self.note(&format!("waiting: {what}"));
        }
    }

    /// Returns whether a bar tells already what goes well.
    pub(crate) fn has_watcher(&self) -> bool {
        io::stderr().is_terminal()
    }

    /// Returns whether somebody reads what goes to stdout as it comes.
    pub(crate) fn has_reader(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Returns whether somebody is there to be asked.
    pub(crate) fn can_ask(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    fn sentence(&self, line: Line, sentence: &Sentence) -> Line {
        sentence.stretches(&self.invocation).iter().fold(line, |line, stretch| match stretch {
            Stretch::Words(text) => line.with(Look::Plain, text),
            Stretch::Command(text) => line.with_whole(Look::Plain, text),
        })
    }

    fn line(&self, line: Line) {
        self.alert(|screen, out| line.print(screen, out));
    }
}

/// Writes what is wrong with the arguments, or the help that they ask for. What arguments hold is made harmless: a
/// pipeline, or the name of a file, may have them from a stranger.
pub(crate) fn usage(error: &clap::Error, arguments: &[OsString]) {
    let secrets = Secrets::from_environment();
    let is_foreign = |argument: &OsString| {
        let text = argument.to_string_lossy();
        matches!(escape::line(&text), Cow::Owned(_)) || secrets.are_in(&text)
    };
    // Help and version go to stdout, anything else to stderr; there is nothing to do if that fails.
    let _ = match error.use_stderr() && (!io::stderr().is_terminal() || arguments.iter().any(is_foreign)) {
        true => deliver(io::stderr().lock(), &secrets.redact(&escape::log(&error.render().to_string()))),
        false => error.print(),
    };
}

/// Writes where and why the program panicked. The message may hold foreign text.
pub(crate) fn panic(info: &PanicHookInfo<'_>) {
    let text = format!("error: {info}\nhint: this is a bug in slugline; please report it\n");
    let _ = deliver(io::stderr().lock(), &Secrets::from_environment().redact(&escape::log(&text)));
}

/// Returns the diagnostics that are listed, and entries that count the others.
fn listed(diagnostics: &[Diagnostic]) -> Cow<'_, [Diagnostic]> {
    if diagnostics.len() <= diagnostic::MAX_IN_FILE {
        return Cow::Borrowed(diagnostics);
    }
    let mut listed = diagnostics.to_vec();
    diagnostic::bound(&mut listed);
    Cow::Owned(listed)
}

fn wants_color(color: Color, auto: StreamChoice) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => match auto {
            StreamChoice::Never => false,
            StreamChoice::Auto | StreamChoice::AlwaysAnsi | StreamChoice::Always => true,
        },
    }
}

fn width() -> Option<usize> {
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
}

/// Writes the text to the stream, and takes a reader that has gone away for one that has seen enough.
fn deliver(mut stream: impl Write, text: &str) -> io::Result<()> {
    match stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
