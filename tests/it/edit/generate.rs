//! Manifests as nobody would write them, and where each of their values stands.
//!
//! Writes YAML by itself, without the code under test: it decides every byte, and so knows which belong to which value.

use std::collections::BTreeSet;
use std::ops::Range;

use slugline::model::{Field, Kind};

use super::dice::Dice;

/// A file and what is known of it.
#[derive(Debug, Default)]
pub(crate) struct Generated {
    pub(crate) text: String,
    pub(crate) spots: Vec<Spot>,
    /// The locales of each document.
    pub(crate) locales: Vec<Vec<String>>,
    /// The documents that hold an anchor.
    pub(crate) anchored: BTreeSet<usize>,
    /// The marks in its comments, each of which stands there once.
    pub(crate) comments: Vec<String>,
}

/// A key that stands in the text, and its value.
#[derive(Debug, Clone)]
pub(crate) struct Spot {
    pub(crate) document: usize,
    pub(crate) locale: String,
    pub(crate) field: Field,
    /// The value, its quotes and its block header included.
    pub(crate) value: Range<usize>,
    /// All that goes with the key: in block style its lines.
    pub(crate) entry: Range<usize>,
    /// What goes too if the key is the last one of its object: the object's own line, or all that stands in its braces.
    pub(crate) object: Range<usize>,
    /// What it says; nothing for an alias.
    pub(crate) says: Option<String>,
}

pub(crate) const TAGS: [&str; 5] = ["en-US", "fr-FR", "no", "zh-Hant-TW", "primary"];

const WORDS: [&str; 14] =
    ["Guide", "galaxie", "été", "towel", "Don't", "a:b", "C#", "日本語", "שלום", "42", "no", "🚀", "e.g.,", "x"];

/// Texts for new values; among them what YAML makes hard.
pub(crate) const TEXTS: [&str; 30] = [
    "",
    "Guide to the Galaxy",
    "It's 42",
    "no",
    "404",
    "null",
    "~",
    "a: b",
    "a #b",
    "# no comment",
    "- item",
    "{{wf {\"path\":\"name\"} }}",
    "[x], {y}",
    "\"quoted\"",
    "back\\slash",
    " leading and trailing ",
    "two\nlines",
    "three\n\nlines, with a gap",
    "ends with a break\n",
    "\n starts with one",
    "tab\there",
    "שלום \u{202e}abc",
    "zero\u{200b}width and \u{2028} separator",
    "Über uns – 🚀 👩‍💻",
    "12:30",
    "2001-12-14",
    "a, b",
    "&anchor *alias !tag",
    "text\n  indented\nback",
    "Everything you need to know about the galaxy, from avoiding Vogon poetry to the importance of towels and of tea.",
];

struct Writer<'d> {
    dice: &'d mut Dice,
    out: Generated,
    line_break: &'static str,
    document: usize,
    /// Anchors on texts of this document.
    text_anchors: Vec<String>,
    /// Anchors on `seo`, and on locales.
    seo_anchors: Vec<String>,
    locale_anchors: Vec<String>,
    has_anchors: bool,
}

/// Returns the file of a seed.
pub(crate) fn file(seed: u64) -> Generated {
    let mut dice = Dice::new(seed);
    let line_break = if dice.chance(30) { "\r\n" } else { "\n" };
    let mut writer = Writer {
        dice: &mut dice,
        out: Generated::default(),
        line_break,
        document: 0,
        text_anchors: Vec::new(),
        seo_anchors: Vec::new(),
        locale_anchors: Vec::new(),
        has_anchors: false,
    };
    writer.file();
    writer.out
}

/// What a mapping holds.
enum Part {
    Text(Field),
    Flag(Field),
    Object(&'static str, Vec<Self>),
    /// `<<` with an anchor's name.
    Merge(String),
    /// `seo` as an alias.
    SeoAlias(String),
}

impl Writer<'_> {
    fn file(&mut self) {
        if self.dice.chance(10) {
            self.out.text.push('\u{feff}');
        }
        let documents = if self.dice.chance(60) { 1 } else { 1 + self.dice.below(4) };
        for document in 0..documents {
            self.document = document;
            self.text_anchors.clear();
            self.seo_anchors.clear();
            self.locale_anchors.clear();
            self.has_anchors = self.dice.chance(25);
            self.noise(0);
            let starts = document > 0 || self.dice.chance(30);
            if starts {
                self.put("---");
                self.line_end();
            }
            self.noise(0);
            self.page();
            self.noise(0);
            if self.dice.chance(10) {
                self.put("...");
                self.line_end();
            }
        }
        if self.dice.chance(20) && !self.ends_in_kept_block() {
            let trimmed = self.out.text.trim_end_matches(['\r', '\n']).len();
            self.out.text.truncate(trimmed);
            for spot in &mut self.out.spots {
                spot.value.end = spot.value.end.min(trimmed);
                spot.entry.end = spot.entry.end.min(trimmed);
                spot.object.end = spot.object.end.min(trimmed);
            }
        }
    }

    /// A block with `+` would say something else without its last breaks.
    fn ends_in_kept_block(&self) -> bool {
        self.out.text.trim_end().len() < self.out.spots.last().map_or(0, |spot| spot.value.end + 2)
    }

    fn put_one(&mut self, of: &[&str]) {
        let one = *self.dice.pick(of);
        self.put(one);
    }

    fn spaces(&mut self, least: usize, kinds: usize) {
        let count = least + self.dice.below(kinds);
        self.put(&" ".repeat(count));
    }

    fn put(&mut self, text: &str) -> Range<usize> {
        let start = self.out.text.len();
        self.out.text.push_str(text);
        start..self.out.text.len()
    }

    fn comment(&mut self) {
        let mark = format!("c{}-", self.out.comments.len());
        let tail = *self.dice.pick(&["", "'", "\"", ": x", "{", " title: y", "é"]);
        self.put(&format!("# {mark}{tail}"));
        self.out.comments.push(mark);
    }

    /// Ends a line, perhaps with space or a comment before the break.
    fn line_end(&mut self) {
        if self.dice.chance(8) {
            self.put("  ");
        }
        if self.dice.chance(12) {
            self.put(" ");
            self.comment();
        }
        self.put(self.line_break);
    }

    /// Writes empty lines and lines of comments.
    fn noise(&mut self, column: usize) {
        while self.dice.chance(12) {
            if self.dice.chance(60) {
                // Right behind a block, a comment that is indented as far would be its text.
                let last = self.out.spots.last().map_or(0, |spot| spot.value.end);
                let is_after_block = self.out.text[last..].trim().is_empty();
                let column = if is_after_block || self.dice.chance(80) { column } else { self.dice.below(8) };
                self.put(&" ".repeat(column));
                self.comment();
            }
            self.put(self.line_break);
        }
    }

    fn page(&mut self) {
        let count = 1 + self.dice.below(3);
        let mut tags: Vec<&str> = TAGS.to_vec();
        while tags.len() > count {
            let index = self.dice.below(tags.len());
            tags.remove(index);
        }
        self.out.locales.push(tags.iter().map(|tag| (*tag).to_owned()).collect());
        let id = format!("id{}", self.document);
        if self.dice.chance(10) {
            self.flow_page(&id, &tags);
            return;
        }
        self.put(&format!("id: {id}"));
        self.line_end();
        self.noise(0);
        self.put("locales:");
        if self.dice.chance(10) {
            self.put(" {");
            self.flow_entries(tags.len(), |writer, index| {
                let tag = tags[index];
                let key = writer.key(tag);
                writer.put(&format!("{key}: "));
                let parts = writer.parts();
                writer.flow_mapping(tag, &parts);
            });
            self.put("}");
            self.line_end();
            return;
        }
        self.line_end();
        let column = 1 + self.dice.below(4);
        for tag in tags {
            self.noise(column);
            self.locale(tag, column);
        }
    }

    fn flow_page(&mut self, id: &str, tags: &[&str]) {
        self.put(&format!("{{\"id\": \"{id}\", \"locales\": {{"));
        self.flow_entries(tags.len(), |writer, index| {
            writer.put(&format!("\"{}\": ", tags[index]));
            let parts = writer.parts();
            writer.flow_mapping(tags[index], &parts);
        });
        self.put("}}");
        self.line_end();
    }

    fn locale(&mut self, tag: &str, column: usize) {
        self.put(&" ".repeat(column));
        let key = self.key(tag);
        self.put(&format!("{key}:"));
        let mut parts = self.parts();
        if let Some(anchor) = self.locale_anchors.first().cloned().filter(|_| self.dice.chance(40)) {
            let index = self.dice.below(parts.len() + 1);
            parts.insert(index, Part::Merge(anchor));
        }
        let has_merge = parts.iter().any(|part| matches!(part, Part::Merge(_)));
        // What is merged must not meet a text that is copied, so a locale with an anchor says nothing of cards.
        if has_merge {
            parts.retain(|part| !matches!(part, Part::Object("openGraph", _)));
        }
        if self.has_anchors && self.dice.chance(30) && !has_merge {
            let anchor = format!("L{}", self.locale_anchors.len());
            parts.retain(|part| !matches!(part, Part::Object("openGraph", _)));
            self.put(&format!(" &{anchor}"));
            self.locale_anchors.push(anchor);
            self.out.anchored.insert(self.document);
        } else if self.dice.chance(5) {
            self.put(" !!map");
        }
        if parts.is_empty() || self.dice.chance(12) {
            self.put(" ");
            self.flow_mapping(tag, &parts);
            self.line_end();
            return;
        }
        self.line_end();
        let inner = column + 1 + self.dice.below(5);
        self.block_mapping(tag, &parts, inner);
    }

    /// Returns what a locale holds.
    fn parts(&mut self) -> Vec<Part> {
        let mut parts = Vec::new();
        for field in [Field::Title, Field::Slug] {
            if self.dice.chance(60) {
                parts.push(Part::Text(field));
            }
        }
        let mut seo = Vec::new();
        for field in [Field::SeoTitle, Field::SeoDescription] {
            if self.dice.chance(60) {
                seo.push(Part::Text(field));
            }
        }
        match self.seo_anchors.first().cloned().filter(|_| self.dice.chance(40)) {
            Some(anchor) => parts.push(Part::SeoAlias(anchor)),
            None if !seo.is_empty() => parts.push(Part::Object("seo", seo)),
            None => {}
        }
        let mut card = Vec::new();
        for (text, flag) in [
            (Field::OpenGraphTitle, Field::OpenGraphTitleCopied),
            (Field::OpenGraphDescription, Field::OpenGraphDescriptionCopied),
        ] {
            match self.dice.below(4) {
                0 => card.push(Part::Text(text)),
                1 => card.push(Part::Flag(flag)),
                _ => {}
            }
        }
        if !card.is_empty() {
            parts.push(Part::Object("openGraph", card));
        }
        if self.dice.chance(20) {
            parts.reverse();
        }
        parts
    }

    fn key(&mut self, key: &str) -> String {
        match self.dice.below(20) {
            0 => format!("\"{key}\""),
            1 => format!("'{key}'"),
            2 => format!("{key} "),
            _ => key.to_owned(),
        }
    }

    fn block_mapping(&mut self, tag: &str, parts: &[Part], column: usize) {
        for part in parts {
            self.noise(column);
            let start = self.out.text.len();
            self.put(&" ".repeat(column));
            let is_explicit = self.dice.chance(3);
            let key = match part {
                Part::Text(field) | Part::Flag(field) => *field.keys().last().unwrap(),
                Part::Object(name, _) => name,
                Part::Merge(anchor) => {
                    self.put(&format!("<<: *{anchor}"));
                    self.line_end();
                    continue;
                }
                Part::SeoAlias(anchor) => {
                    self.put(&format!("seo: *{anchor}"));
                    self.line_end();
                    continue;
                }
            };
            let key = self.key(key);
            if is_explicit && matches!(part, Part::Text(_)) {
                self.put(&format!("? {key}"));
                self.put(self.line_break);
                self.put(&format!("{}:", " ".repeat(column)));
            } else {
                self.put(&format!("{key}:"));
            }
            match part {
                Part::Object(name, inner) => {
                    let first = self.out.spots.len();
                    if *name == "seo" && self.has_anchors && self.dice.chance(40) {
                        let anchor = format!("S{}", self.seo_anchors.len());
                        self.put(&format!(" &{anchor}"));
                        self.out.anchored.insert(self.document);
                        if self.dice.chance(15) {
                            self.put(" ");
                            self.flow_mapping(tag, inner);
                            self.line_end();
                        } else {
                            self.line_end();
                            let deeper = column + 1 + self.dice.below(5);
                            self.block_mapping(tag, inner, deeper);
                        }
                        self.seo_anchors.push(anchor);
                    } else if self.dice.chance(15) {
                        self.put(" ");
                        self.flow_mapping(tag, inner);
                        self.line_end();
                    } else {
                        self.line_end();
                        let deeper = column + 1 + self.dice.below(5);
                        self.block_mapping(tag, inner, deeper);
                    }
                    self.owned(start, first);
                }
                Part::Text(field) | Part::Flag(field) => self.block_value(tag, *field, column, start),
                Part::Merge(_) | Part::SeoAlias(_) => {}
            }
        }
    }

    /// Notes where the object of the spots from the first on stands.
    fn owned(&mut self, start: usize, first: usize) {
        let header = start + self.out.text[start..].find('\n').map_or(0, |end| end + 1);
        for spot in &mut self.out.spots[first..] {
            let is_flow = self.out.text[start..spot.entry.start].contains('{');
            spot.object = start..if is_flow { self.out.text.len() } else { header };
        }
    }

    fn block_value(&mut self, tag: &str, field: Field, column: usize, start: usize) {
        if self.dice.chance(6) {
            self.put(self.line_break);
            self.spaces(column + 1, 4);
        } else {
            // A tab between the two is no problem to most readers unless the key is written with `?`.
            let is_explicit = self.out.text.ends_with(" :");
            self.put_one(if is_explicit { &[" "] } else { &[" ", " ", " ", "  ", "\t"] });
        }
        let (value, says) = self.value(field, Some(column));
        if !self.out.text.ends_with('\n') {
            self.line_end();
        }
        let entry = start..self.out.text.len();
        self.out.spots.push(Spot {
            document: self.document,
            locale: tag.to_owned(),
            field,
            value,
            entry,
            object: 0..0,
            says,
        });
    }

    /// Writes a value with its properties; returns where it stands and what it says.
    fn value(&mut self, field: Field, column: Option<usize>) -> (Range<usize>, Option<String>) {
        if field.kind() == Kind::Flag {
            let flag = self.dice.chance(70).to_string();
            let value = self.put(&flag);
            return (value, Some(flag));
        }
        if let Some(anchor) = self.text_anchors.last().cloned().filter(|_| self.dice.chance(15)) {
            let value = self.put(&format!("*{anchor}"));
            // In braces a comma would belong to the name.
            self.put(" ");
            return (value, None);
        }
        let anchor = (self.has_anchors && self.dice.chance(15)).then(|| format!("T{}", self.text_anchors.len()));
        if let Some(anchor) = &anchor {
            self.put(&format!("&{anchor} "));
            self.out.anchored.insert(self.document);
        }
        if self.dice.chance(4) {
            self.put_one(&["!!str ", "! "]);
        }
        let written = self.text_value(column);
        self.text_anchors.extend(anchor);
        written
    }

    fn words(&mut self) -> Vec<&'static str> {
        let count = 1 + self.dice.below(6);
        // A text that is one word could be a number or a boolean.
        let first = "Text";
        std::iter::once(first).chain((0..count).map(|_| *self.dice.pick(&WORDS))).collect()
    }

    fn text_value(&mut self, column: Option<usize>) -> (Range<usize>, Option<String>) {
        match (self.dice.below(7), column) {
            (0..=1, _) => {
                let mut words = self.words();
                if column.is_none() {
                    words.retain(|word| !word.contains([',', ':']));
                }
                self.in_words(&words, column, "", "")
            }
            (2, _) => {
                let words: Vec<String> = self.words().iter().map(|word| word.replace('\'', "''")).collect();
                let (value, says) = self.in_words(&words, column, "'", "'");
                (value, says.map(|says| says.replace("''", "'")))
            }
            (3, _) => {
                let words = self.words();
                self.in_words(&words, column, "\"", "\"")
            }
            (4, _) => {
                let value = self.put("\"a\\tb \\\"c\\\" \\u00e9\\n\\\\ \\x41\"");
                (value, Some("a\tb \"c\" é\n\\ A".to_owned()))
            }
            (5, Some(column)) => self.literal(column),
            (6, Some(column)) => self.folded(column),
            _ => {
                let value = self.put("''");
                (value, Some(String::new()))
            }
        }
    }

    /// Writes words, perhaps over several lines, which fold to one.
    fn in_words<W: AsRef<str>>(
        &mut self,
        words: &[W],
        column: Option<usize>,
        open: &str,
        close: &str,
    ) -> (Range<usize>, Option<String>) {
        let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
        let start = self.out.text.len();
        self.put(open);
        for (index, word) in words.iter().enumerate() {
            match index {
                0 => {}
                _ if self.dice.chance(10) => {
                    self.put(self.line_break);
                    self.spaces(column.unwrap_or(6) + 1, 4);
                }
                _ => {
                    self.put(" ");
                }
            }
            // A word that starts a line must not be an indicator; none of them is.
            self.put(word);
        }
        self.put(close);
        (start..self.out.text.len(), Some(words.join(" ")))
    }

    fn header(&mut self, sign: &str, indent: usize) -> usize {
        let start = self.out.text.len();
        let indicator = if self.dice.chance(15) { indent.to_string() } else { String::new() };
        let chomping = *self.dice.pick(&["", "-", "+"]);
        let both =
            if self.dice.chance(50) { format!("{indicator}{chomping}") } else { format!("{chomping}{indicator}") };
        self.put(&format!("{sign}{both}"));
        if self.dice.chance(20) {
            self.put(" ");
            self.comment();
        }
        self.put(self.line_break);
        start
    }

    fn lines(&mut self, lines: &[String], column: usize, indent: usize) -> usize {
        for (index, line) in lines.iter().enumerate() {
            if index > 0 {
                self.put(self.line_break);
            }
            if !line.is_empty() {
                self.put(&" ".repeat(column + indent));
                self.put(line);
            }
        }
        let end = self.out.text.len();
        self.put(self.line_break);
        if self.dice.chance(20) {
            self.put(self.line_break);
        }
        end
    }

    fn literal(&mut self, column: usize) -> (Range<usize>, Option<String>) {
        let indent = 1 + self.dice.below(4);
        let start = self.header("|", indent);
        let mut lines: Vec<String> = (0..1 + self.dice.below(3)).map(|_| self.words().join(" ")).collect();
        if self.dice.chance(20) {
            lines.insert(1, String::new());
            lines.push("  more # indented".to_owned());
        }
        let end = self.lines(&lines, column, indent);
        (start..end, Some(lines.join("\n")))
    }

    fn folded(&mut self, column: usize) -> (Range<usize>, Option<String>) {
        let indent = 1 + self.dice.below(4);
        let start = self.header(">", indent);
        let lines: Vec<String> = (0..1 + self.dice.below(3)).map(|_| self.words().join(" ")).collect();
        let end = self.lines(&lines, column, indent);
        (start..end, Some(lines.join(" ")))
    }

    fn flow_entries(&mut self, count: usize, mut write: impl FnMut(&mut Self, usize)) {
        let is_tall = self.dice.chance(25);
        for index in 0..count {
            if is_tall {
                if self.dice.chance(30) {
                    self.put(" ");
                    self.comment();
                }
                self.put(self.line_break);
                self.put(&" ".repeat(9));
            } else if index > 0 && self.dice.chance(90) {
                self.put(" ");
            }
            write(self, index);
            let is_last = index + 1 == count;
            if !is_last || self.dice.chance(10) {
                self.put(",");
            }
        }
        if is_tall {
            self.put(self.line_break);
            self.put(&" ".repeat(7));
        }
    }

    fn flow_mapping(&mut self, tag: &str, parts: &[Part]) {
        self.put("{");
        self.flow_entries(parts.len(), |writer, index| {
            let start = writer.out.text.len();
            match &parts[index] {
                Part::Merge(anchor) => {
                    writer.put(&format!("<<: *{anchor} "));
                }
                Part::SeoAlias(anchor) => {
                    writer.put(&format!("seo: *{anchor} "));
                }
                Part::Object(name, inner) => {
                    let key = writer.key(name);
                    writer.put(&format!("{key}: "));
                    let first = writer.out.spots.len();
                    writer.flow_mapping(tag, inner);
                    writer.owned(start, first);
                }
                Part::Text(field) | Part::Flag(field) => {
                    let key = writer.key(field.keys().last().unwrap());
                    writer.put(&format!("{key}: "));
                    let (value, says) = writer.value(*field, None);
                    let entry = start..writer.out.text.len();
                    let (document, locale, field) = (writer.document, tag.to_owned(), *field);
                    writer.out.spots.push(Spot { document, locale, field, value, entry, object: 0..0, says });
                }
            }
        });
        self.put("}");
    }
}
