//! The text as it is written: no alias followed, nothing merged in, every entry at its place. For whoever changes a
//! text and needs to know what stands where.
//!
//! Takes a text that `yaml::parse` has found to be in order; of any other it returns nothing.

use std::ops::Range;

use granit_parser::{Event, Parser, Span as ParserSpan, StrInput, StructureStyle};

use super::parse::options;
use super::position;
use super::scalar::ScalarStyle;

/// A value as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where it begins, its anchor and its tag included.
    pub start: usize,
    /// The value alone, from the first quote or bracket to the last; a block scalar from its header on.
    pub bytes: Range<usize>,
    pub form: Form,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    Scalar(ScalarStyle),
    Alias,
    Sequence,
    Mapping(WrittenMapping),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenMapping {
    /// Whether it stands in braces.
    pub is_flow: bool,
    pub entries: Vec<WrittenEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenEntry {
    /// The key's text; `<<` for a merge.
    pub key: String,
    /// The key with its quotes.
    pub key_bytes: Range<usize>,
    /// Whether it is a `<<` that merges.
    pub is_merge: bool,
    pub value: Written,
}

impl Written {
    pub fn mapping(&self) -> Option<&WrittenMapping> {
        match &self.form {
            Form::Mapping(mapping) => Some(mapping),
            Form::Scalar(_) | Form::Alias | Form::Sequence => None,
        }
    }

    /// Returns whether an anchor is set on it.
    pub fn is_anchored(&self, text: &str) -> bool {
        text[self.start..self.bytes.start.max(self.start)].contains('&')
    }
}

impl WrittenMapping {
    pub fn position(&self, key: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.key == key && !entry.is_merge)
    }

    pub fn get(&self, key: &str) -> Option<&WrittenEntry> {
        self.position(key).map(|index| &self.entries[index])
    }
}

/// Returns the roots of all documents that hold anything, in the order of `yaml::parse`.
pub fn written(text: &str) -> Option<Vec<Written>> {
    let mut reader = Reader { text, parser: Parser::new_from_str_with_options(text, options()), mark: 0, end: 0 };
    let mut documents = Vec::new();
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamEnd => return Some(documents),
            Event::DocumentStart(..) | Event::DocumentEnd | Event::StreamStart => reader.mark = range(&span).end,
            event => {
                let root = reader.node(event, &span)?;
                if !root.bytes.is_empty() {
                    documents.push(root);
                }
            }
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    parser: Parser<'t, StrInput<'t>>,
    /// Where the last indicator or node ended, as far as the parser says.
    mark: usize,
    /// Where the last node ended, without the lines that the parser counts to a block.
    end: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Option<(Event<'t>, ParserSpan)> {
        self.parser.next_event()?.ok()
    }

    fn node(&mut self, event: Event<'t>, span: &ParserSpan) -> Option<Written> {
        let place = range(span);
        // What has properties begins with the first of them; there is nothing else between the two but space.
        let start = start_of_node(self.text, self.mark).min(place.start);
        let (bytes, form) = match event {
            Event::Alias(_) | Event::UnresolvedAlias(_) => (place, Form::Alias),
            Event::Scalar(_, style, _, _) => {
                let style = ScalarStyle::from(style);
                let bytes = match style.is_block() {
                    true => {
                        let header = after_properties(self.text, start);
                        let end = place.end.max(header);
                        header..header + self.text[header..end].trim_ascii_end().len()
                    }
                    false => place,
                };
                (bytes, Form::Scalar(style))
            }
            Event::SequenceStart(style, ..) => self.nested(style, place, Self::sequence)?,
            Event::MappingStart(style, ..) => self.nested(style, place, |reader| reader.mapping(style))?,
            _ => return None,
        };
        self.end = bytes.end;
        self.mark = bytes.end;
        Some(Written { start: start.min(bytes.start), bytes, form })
    }

    fn nested(
        &mut self,
        style: StructureStyle,
        place: Range<usize>,
        read: impl FnOnce(&mut Self) -> Option<(Form, usize)>,
    ) -> Option<(Range<usize>, Form)> {
        self.mark = place.end;
        self.end = place.end;
        let (form, end) = read(self)?;
        let end = if style == StructureStyle::Flow { end } else { self.end };
        Some((place.start..end, form))
    }

    fn sequence(&mut self) -> Option<(Form, usize)> {
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                return Some((Form::Sequence, range(&span).end));
            }
            self.node(event, &span)?;
        }
    }

    fn mapping(&mut self, style: StructureStyle) -> Option<(Form, usize)> {
        let mut entries = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                let mapping = WrittenMapping { is_flow: style == StructureStyle::Flow, entries };
                return Some((Form::Mapping(mapping), range(&span).end));
            }
            let key = match &event {
                Event::Scalar(text, ..) => text.clone().into_owned(),
                _ => return None,
            };
            let key_node = self.node(event, &span)?;
            self.mark = after_colon(self.text, key_node.bytes.end)?;
            let (event, span) = self.next()?;
            let value = self.node(event, &span)?;
            let is_merge = key == "<<" && key_node.form == Form::Scalar(ScalarStyle::Plain);
            entries.push(WrittenEntry { key, key_bytes: key_node.bytes, is_merge, value });
        }
    }
}

fn range(span: &ParserSpan) -> Range<usize> {
    position::span(span).bytes.range()
}

/// Returns where the next thing stands that is neither space nor comment.
pub fn start_of_node(text: &str, from: usize) -> usize {
    let mut at = from;
    loop {
        let rest = &text[at..];
        at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{feff}']).len();
        match text[at..].starts_with('#') {
            true => at += text[at..].find(['\n', '\r']).unwrap_or(text.len() - at),
            false => return at,
        }
    }
}

/// Returns where the value itself begins, behind an anchor and a tag.
fn after_properties(text: &str, start: usize) -> usize {
    let mut at = start;
    while text[at..].starts_with(['&', '!']) {
        let word = text[at..].find([' ', '\t', '\n', '\r']).unwrap_or(text.len() - at);
        at = start_of_node(text, at + word);
    }
    at
}

/// Returns the end of the colon that follows a key.
fn after_colon(text: &str, from: usize) -> Option<usize> {
    let colon = start_of_node(text, from);
    text[colon..].starts_with(':').then_some(colon + 1)
}
