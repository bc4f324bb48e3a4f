//! The files of `src` as the rules see them: without comments, texts and tests.
//!
//! Knows as much of Rust as the rules need, and none of the rules.

use std::fs;
use std::path::Path;

/// A source file.
pub(super) struct File {
    /// Its path below `src`, such as `plan/diff.rs`.
    pub(super) path: String,
    /// Its module, such as `["plan", "diff"]`; nothing for `lib.rs`.
    pub(super) module: Vec<String>,
    /// As it is on disk.
    pub(super) text: String,
    /// Comments, texts and tests are blank; lines stay where they are.
    pub(super) code: String,
}

/// A path in the code, such as `crate::plan`, as far as its first two names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mention {
    pub(super) root: String,
    pub(super) name: String,
    pub(super) line: usize,
}

/// Returns all source files but those that are tests.
pub(super) fn files() -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    let mut waiting = vec![root.clone()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).expect("`src` can be listed") {
            let path = entry.expect("`src` can be listed").path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let relative = path.strip_prefix(&root).expect("it was found below `src`");
                let parts: Vec<String> = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
                let text = fs::read_to_string(&path).expect("source files are UTF-8");
                files.extend(File::new(parts.join("/"), text));
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

impl File {
    /// Returns nothing if the file is a test.
    fn new(path: String, text: String) -> Option<Self> {
        let mut module: Vec<String> = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        if module.iter().any(|name| name == "tests" || name.ends_with("_tests")) {
            return None;
        }
        if matches!(module.last()?.as_str(), "mod" | "lib") {
            module.pop();
        }
        let code = without_tests(&without_comments_and_texts(&text));
        Some(Self { path, module, text, code })
    }

    /// Returns the module at the top that the file belongs to.
    pub(super) fn top(&self) -> Option<&str> {
        self.module.first().map(String::as_str)
    }

    /// Returns the number of lines without the tests at the end.
    pub(super) fn lines(&self) -> usize {
        let tests = self.text.lines().position(|line| line == "#[cfg(test)]");
        tests.unwrap_or_else(|| self.text.lines().count())
    }

    /// Returns every path that starts with a name: of a crate, of `std`, or `crate`. `super` is resolved.
    pub(super) fn mentions(&self) -> Vec<Mention> {
        let mut found = Vec::new();
        let mut rest = 0;
        while let Some(start) = self.code[rest..].find("::").map(|at| rest + at) {
            rest = start + 2;
            let before = &self.code[..start];
            let root = &before[before.rfind(|c| !is_word(c)).map_or(0, |at| at + last_width(before, at))..];
            let is_start = !before[..before.len() - root.len()].ends_with(['.', '$', ':']);
            if root.is_empty() || !is_start {
                continue;
            }
            let line = before.matches('\n').count() + 1;
            let mention = |root: &str, name: String| Mention { root: root.to_owned(), name, line };
            if root != "super" {
                found.extend(first_names(&self.code[rest..]).into_iter().map(|name| mention(root, name)));
                continue;
            }
            let mut depth = self.module.len().saturating_sub(1);
            let mut tail = &self.code[rest..];
            while let Some(further) = tail.strip_prefix("super::") {
                (depth, tail) = (depth.saturating_sub(1), further);
            }
            let names = if depth == 0 { first_names(tail) } else { vec![self.module[0].clone()] };
            found.extend(names.into_iter().map(|name| mention("crate", name)));
        }
        found
    }

    /// Returns whether the code holds a text as a whole word, and the line of it.
    pub(super) fn line_of(&self, word: &str) -> Option<usize> {
        let is_whole = |at: &usize| {
            let touches = |c: Option<char>, own: Option<char>| own.is_some_and(is_word) && c.is_some_and(is_word);
            let (before, after) = (&self.code[..*at], &self.code[at + word.len()..]);
            !touches(before.chars().next_back(), word.chars().next())
                && !touches(after.chars().next(), word.chars().next_back())
        };
        let at = self.code.match_indices(word).map(|(at, _)| at).find(is_whole)?;
        Some(self.code[..at].matches('\n').count() + 1)
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn last_width(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(0, char::len_utf8)
}

/// Returns the first names of what follows `::`: one, or one for each entry of a group.
fn first_names(tail: &str) -> Vec<String> {
    let name = |text: &str| text.trim_start().chars().take_while(|c| is_word(*c)).collect::<String>();
    let Some(group) = tail.strip_prefix('{') else { return vec![name(tail)] };
    let (mut names, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                names.push(name(&group[start..at]));
                start = at + 1;
                if character == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// Makes comments, texts and characters blank.
fn without_comments_and_texts(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let previous = code.chars().next_back();
        let skip = match character {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block_comment(rest),
            '"' => quoted(rest, '"'),
            'r' if !previous.is_some_and(is_word) || previous == Some('b') => raw_text(rest).unwrap_or(0),
            '\'' => character_literal(rest).unwrap_or(0),
            _ => 0,
        };
        let blank = |c: char| if c == '\n' { '\n' } else { ' ' };
        if skip == 0 {
            code.push(character);
            rest = &rest[character.len_utf8()..];
        } else {
            code.extend(rest[..skip].chars().map(blank));
            rest = &rest[skip..];
        }
    }
    code
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < text.len() {
        match &text.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if character == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn raw_text(text: &str) -> Option<usize> {
    let hashes = text[1..].bytes().take_while(|byte| *byte == b'#').count();
    let inner = text[1 + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(text.len() - inner.len() + inner.find(&end)? + end.len())
}

/// Returns nothing for a lifetime.
fn character_literal(text: &str) -> Option<usize> {
    let mut characters = text.chars().skip(1);
    let first = characters.next()?;
    (first == '\\' || characters.next() == Some('\'')).then(|| quoted(text, '\''))
}

/// Makes what only tests see blank: modules and functions behind `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    let mut kept = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find("#[cfg(test)]") {
        let (before, test) = rest.split_at(start);
        kept.push_str(before);
        let end = item(test);
        kept.extend(test[..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &test[end..];
    }
    kept + rest
}

/// Returns the length of the item at the start: to its `;`, or to the end of its braces.
fn item(code: &str) -> usize {
    let mut depth = 0;
    for (at, character) in code.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

#[test]
fn paths_are_found_where_they_are() {
    let text = r##"
        use crate::{apply::{self, Moved}, plan};
        // crate::comment
        const TEXT: &str = r#"crate::text"#; const QUOTE: char = '"';
        fn f<'a>(x: &'a super::super::live::Live) -> std::io::Result<()> { super::neighbor::g() }
        #[cfg(test)]
        mod tests { use crate::sandbox; }
    "##;
    let file = File::new("plan/file/format.rs".to_owned(), text.to_owned()).expect("it is no test");
    let found: Vec<String> =
        file.mentions().iter().map(|mention| format!("{}::{} {}", mention.root, mention.name, mention.line)).collect();
    let expected = ["crate::apply 2", "apply::self 2", "crate::plan 2", "crate::plan 5", "std::io 5", "crate::plan 5"];
    for path in expected.iter().filter(|path| !path.starts_with("apply")) {
        assert!(found.contains(&(*path).to_owned()), "{path} in {found:?}");
    }
    for name in ["comment", "text", "sandbox"] {
        assert!(!found.iter().any(|path| path.contains(name)), "{name} in {found:?}");
    }
    let top = File::new("live.rs".to_owned(), "use super::plan::Plan;".to_owned()).expect("it is no test");
    assert_eq!(top.mentions()[0], Mention { root: "crate".to_owned(), name: "plan".to_owned(), line: 1 });
}
