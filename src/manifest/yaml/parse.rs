//! From text to trees: all documents of a file, and everything that is wrong with it as YAML.

use std::borrow::Cow;
use std::sync::Arc;

use granit_parser::{Event, Options, Parser, ScalarStyle as ParserStyle, ScanError, Span as ParserSpan, StrInput, Tag};

use super::alias::{Anchors, MAX_DEPTH, Refused};
use super::scalar::{Resolved, Scalar, ScalarStyle};
use super::tag::{self, TagProblem};
use super::{Key, Kind, Node, entries, position, problem};
use crate::diagnostic::{Diagnostic, Problems, TOO_MANY_PROBLEMS};
use crate::manifest::codes;
use crate::source::{Location, Span};

/// The documents of a file that could be read; empty ones are left out.
#[derive(Debug, Default)]
pub struct Parsed {
    pub documents: Vec<Node>,
    pub problems: Problems,
    /// Documents that had to be given up.
    broken: usize,
}

/// A file with more broken documents than this is not meant as YAML.
const MAX_BROKEN: usize = 1_000;

/// Reads all documents; after one that is broken, goes on with the next.
pub fn parse(file: &Arc<str>, text: &str) -> Parsed {
    let mut loader = Loader {
        file,
        text,
        parser: Parser::new_from_str_with_options(text, options()),
        anchors: Anchors::default(),
        depth: 0,
        mark: position::from_start(text, 0),
        end: 0,
        parsed: Parsed::default(),
    };
    loader.stream();
    loader.parsed
}

/// Returns how the parser reads everywhere.
pub(super) fn options() -> Options {
    let mut options = granit_parser::options! {
        emit_unresolved_aliases: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    options.set_emit_comments(false);
    options
}

struct Loader<'t> {
    file: &'t Arc<str>,
    text: &'t str,
    parser: Parser<'t, StrInput<'t>>,
    anchors: Anchors,
    depth: usize,
    /// Where the event before the current one ended.
    mark: Span,
    /// Where the last node ended, without the lines that the parser counts to a block.
    end: u32,
    parsed: Parsed,
}

/// Why a document is given up; the diagnostic is already recorded.
enum Abort {
    /// The next document can still be read.
    Document,
    /// Nothing more of the file is worth reading.
    File,
}

type Loaded<T> = Result<T, Abort>;

impl<'t> Loader<'t> {
    fn stream(&mut self) {
        loop {
            match self.document() {
                Ok(Some(root)) if root.is_absent() => {}
                Ok(Some(root)) => self.parsed.documents.push(root),
                Ok(None) | Err(Abort::File) => return,
                Err(Abort::Document) if self.parsed.broken < MAX_BROKEN => {
                    self.parsed.broken += 1;
                    if !self.resume() {
                        return;
                    }
                }
                Err(Abort::Document) => {
                    self.report(too_many(self.file));
                    return;
                }
            }
        }
    }

    /// Goes to the next document; returns whether there is one.
    fn resume(&mut self) -> bool {
        if !matches!(self.parser.proceed_next_document(), Ok(true)) {
            return false;
        }
        // What was skipped is no event, so the end of the `...` before a document without `---` has to be found.
        if let Some(Ok((Event::DocumentStart(false, _), span))) = self.parser.peek() {
            let start = position::span(span).bytes.range().start;
            if let Some(end) = position::document_end(&self.text[..start]) {
                self.mark = position::relocate(self.text, self.mark, end);
            }
        }
        true
    }

    /// Returns the root of the next document, or nothing at the end.
    fn document(&mut self) -> Loaded<Option<Node>> {
        self.anchors.start_document();
        self.depth = 0;
        let mut root = None;
        while let Some((event, span)) = self.next()? {
            match event {
                Event::DocumentEnd => {
                    self.mark = position::mark(&span.end);
                    return Ok(root);
                }
                Event::StreamEnd => return Ok(None),
                Event::DocumentStart(true, _) => self.mark = position::mark(&span.end),
                // A document without `---` has no start of its own, and follows what was read last.
                Event::DocumentStart(false, _) | Event::StreamStart => {}
                event => root = Some(self.node(event, &span)?),
            }
        }
        Ok(None)
    }

    fn next(&mut self) -> Loaded<Option<(Event<'t>, ParserSpan)>> {
        match self.parser.next_event() {
            None => Ok(None),
            Some(Ok(event)) => Ok(Some(event)),
            Some(Err(error)) => Err(self.broken(&error)),
        }
    }

    /// Returns what follows inside a collection; the parser never ends a stream there.
    fn next_inside(&mut self) -> Loaded<(Event<'t>, ParserSpan)> {
        self.next()?.ok_or(Abort::File)
    }

    fn broken(&mut self, error: &ScanError) -> Abort {
        self.report(problem::syntax(error, self.file, self.text));
        Abort::Document
    }

    fn node(&mut self, event: Event<'t>, span: &ParserSpan) -> Loaded<Node> {
        let place = position::span(span);
        self.anchors.count().map_err(|refused| self.refuse(refused, place))?;
        let anchor = event.anchor_id();
        let node = match event {
            Event::Alias(id) => self.alias(id, place)?,
            Event::UnresolvedAlias(name) => self.unknown_anchor(&name, place),
            Event::Scalar(text, style, _, tag) => self.scalar(text, style, tag.as_deref(), span),
            Event::SequenceStart(_, _, tag) => {
                self.report_tag(tag::collection(tag.as_deref(), "seq"), span);
                self.nested(place, span, Self::sequence)?
            }
            Event::MappingStart(_, _, tag) => {
                self.report_tag(tag::collection(tag.as_deref(), "map"), span);
                self.nested(place, span, Self::mapping)?
            }
            // Everything else is no node, and the parser sends none where a node belongs.
            _ => plain(place, Resolved::Null),
        };
        self.end = node.span.bytes.end;
        if let Some(anchor) = anchor {
            self.anchors.set(anchor, &node).map_err(|refused| self.refuse(refused, place))?;
        }
        Ok(node)
    }

    fn nested(
        &mut self,
        place: Span,
        start: &ParserSpan,
        read: impl FnOnce(&mut Self) -> Loaded<(Kind, ParserSpan)>,
    ) -> Loaded<Node> {
        if self.depth >= MAX_DEPTH {
            return Err(self.refuse(Refused::TooDeep, place));
        }
        self.depth += 1;
        self.mark = position::mark(&start.end);
        self.end = place.bytes.end;
        let (kind, end) = read(self)?;
        self.depth -= 1;
        self.mark = position::mark(&end.end);
        let mut span = place;
        // A flow collection ends with its bracket. The end of a block collection is found on a later line, so the
        // end of its last entry is taken.
        span.bytes.end = match place.bytes.is_empty() {
            true => self.end,
            false => self.mark.bytes.start,
        };
        Ok(node(span, kind))
    }

    fn sequence(&mut self) -> Loaded<(Kind, ParserSpan)> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next_inside()?;
            if event == Event::SequenceEnd {
                return Ok((Kind::Sequence(items), span));
            }
            items.push(self.node(event, &span)?);
        }
    }

    fn mapping(&mut self) -> Loaded<(Kind, ParserSpan)> {
        let mut entries: Vec<(Key, Node)> = Vec::new();
        let mut merges = Vec::new();
        let end = loop {
            let (event, span) = self.next_inside()?;
            if event == Event::MappingEnd {
                break span;
            }
            let is_merge = matches!(&event, Event::Scalar(text, ParserStyle::Plain, _, None) if text == "<<");
            let key = self.node(event, &span)?;
            let (event, span) = self.next_inside()?;
            let value = self.node(event, &span)?;
            if is_merge {
                merges.push(value);
            } else if let Some(key) = self.key(key) {
                entries.push((key, value));
            }
        };
        let problems = &mut self.parsed.problems;
        let entries = entries::unique(entries, self.file, problems);
        let entries = entries::merged(entries, merges, self.file, problems);
        Ok((Kind::Mapping(entries.into()), end))
    }

    fn key(&mut self, node: Node) -> Option<Key> {
        let is_absent = node.is_absent();
        let span = node.span;
        let message = match node.kind {
            Kind::Scalar(scalar) if !is_absent => {
                return Some(Key { text: scalar.text, span });
            }
            Kind::Scalar(_) => "a key is empty",
            Kind::Sequence(_) => "a list cannot be a key",
            Kind::Mapping(_) => "a mapping cannot be a key",
        };
        let start = span.bytes.start as usize;
        let at = match is_absent {
            true => position::visible_character(self.text, span, start),
            false => span,
        };
        let diagnostic = Diagnostic::error(codes::BAD_KEY, message).at(self.at(at));
        self.report(match self.text[start..].starts_with('{') {
            true => diagnostic.help("quote text that starts with `{`: `'{{wf …}}'`"),
            false => diagnostic,
        });
        None
    }

    fn alias(&mut self, id: usize, place: Span) -> Loaded<Node> {
        let mut node = self.anchors.get(id, self.depth).map_err(|refused| self.refuse(refused, place))?;
        node.anchored = Some(node.anchored.unwrap_or(node.span));
        node.span = place;
        self.mark = after(place);
        Ok(node)
    }

    fn unknown_anchor(&mut self, name: &str, place: Span) -> Node {
        self.report(
            Diagnostic::error(codes::UNKNOWN_ANCHOR, format!("no anchor `&{name}` is set before this"))
                .at(self.at(place))
                .help(format!("set it in the same document, or quote the text: `\"*{name}\"`")),
        );
        self.mark = after(place);
        plain(place, Resolved::Broken)
    }

    fn scalar(&mut self, text: Cow<'t, str>, style: ParserStyle, tag: Option<&Tag>, span: &ParserSpan) -> Node {
        let style = ScalarStyle::from(style);
        let resolved = match tag {
            None if style == ScalarStyle::Plain => Resolved::of_plain(&text),
            None => Resolved::Text,
            Some(tag) => {
                let (resolved, problem) = tag::scalar(tag, &text);
                self.report_tag(problem, span);
                resolved
            }
        };
        let mut text = text.into_owned();
        let mut place = position::span(span);
        if style.is_block() {
            text.truncate(text.trim_end_matches('\n').len());
            place = position::block_scalar(self.text, self.mark, place);
        }
        self.mark = position::mark(&span.end);
        let scalar = Scalar { text, style, resolved };
        node(place, Kind::Scalar(scalar))
    }

    fn report_tag(&mut self, problem: Option<TagProblem>, span: &ParserSpan) {
        let Some(problem) = problem else { return };
        let tag = span.tag_span();
        let place = position::span(tag.as_ref().unwrap_or(span));
        self.report(Diagnostic::error(codes::CUSTOM_TAG, problem.message).at(self.at(place)).help(problem.help));
    }

    fn refuse(&mut self, refused: Refused, place: Span) -> Abort {
        let (abort, code, message) = match refused {
            Refused::Unset => (Abort::Document, codes::UNKNOWN_ANCHOR, "an alias cannot stand inside of what it names"),
            Refused::TooDeep => (Abort::Document, codes::TOO_DEEP, "lists and mappings are nested too deeply"),
            Refused::TooMuch => {
                (Abort::File, codes::ALIAS_BOMB, "aliases or entries make this file too large to be read")
            }
        };
        self.report(Diagnostic::error(code, message).at(self.at(place)));
        abort
    }

    fn at(&self, span: Span) -> Location {
        span.within(self.file)
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.parsed.problems.push(diagnostic);
    }
}

fn too_many(file: &Arc<str>) -> Diagnostic {
    Diagnostic::error(TOO_MANY_PROBLEMS, "the rest of this file is not checked: it has too many problems")
        .at(Location::whole(file))
}

fn node(span: Span, kind: Kind) -> Node {
    Node { span, anchored: None, kind }
}

/// Returns a plain scalar that stands for something that cannot be read.
fn plain(span: Span, resolved: Resolved) -> Node {
    let scalar = Scalar { text: String::new(), style: ScalarStyle::Plain, resolved };
    node(span, Kind::Scalar(scalar))
}

/// Returns the end of a place that lies on one line.
fn after(place: Span) -> Span {
    let mut after = place;
    after.bytes.start = place.bytes.end;
    after
}
