//! The picture of a plan in the README: the real output of `plan`, drawn as SVG.
//!
//! `SLUGLINE_UPDATE=1 cargo test` draws it again.

use std::fmt::Write as _;
use std::fs;

use super::document;
use super::stage::Stage;

const FILE: &str = "docs/images/plan.svg";
/// The pages that fit into the picture.
const COMMAND: &str = "slugline -C examples/galaxy plan --sandbox --page '/guide*/**' --locale en-US --locale es-MX";
/// Pixels per character and per line of a 14 px monospace font.
const CHARACTER: f32 = 8.43;
const LINE: usize = 20;
const MARGIN: usize = 16;

#[test]
fn the_picture_shows_the_real_output() {
    let (exit, output) = Stage::with_example().type_in(&format!("{COMMAND} --color always 2>/dev/null"));
    assert_eq!(exit, 0, "{output}");
    let drawn = svg(COMMAND, output.trim_end());
    let path = document::root().join(FILE);
    if std::env::var_os("SLUGLINE_UPDATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &drawn).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == drawn, "{FILE} is out of date: run `SLUGLINE_UPDATE=1 cargo test`, and look at it");
}

/// Draws a command and its output as a terminal.
fn svg(command: &str, output: &str) -> String {
    let lines: Vec<String> = std::iter::once(format!("\u{1b}[2m$ \u{1b}[0m{command}"))
        .chain([String::new()])
        .chain(output.lines().map(str::to_owned))
        .collect();
    let longest = lines.iter().map(|line| plain(line).chars().count()).max().unwrap_or_default();
    let width = (longest as f32 * CHARACTER) as usize + 2 * MARGIN;
    let height = lines.len() * LINE + 2 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\" aria-label=\"Output of slugline plan\">\n<style>text {{ font: 14px ui-monospace, SFMono-Regular, \
         Menlo, Consolas, monospace; fill: #d0d7de; white-space: pre }} .b {{ font-weight: bold }} .f {{ fill: #8b949e }} \
         .u {{ text-decoration: underline }} .r {{ fill: #ff7b72 }} .g {{ fill: #7ee787 }}</style>\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"#0d1117\"/>\n"
    );
    for (number, line) in lines.iter().enumerate().filter(|(_, line)| !line.is_empty()) {
        let y = MARGIN + number * LINE + 14;
        let _ = writeln!(svg, "<text x=\"{MARGIN}\" y=\"{y}\" xml:space=\"preserve\">{}</text>", spans(line));
    }
    svg + "</svg>\n"
}

/// Returns a line as spans with classes for its escape sequences.
fn spans(line: &str) -> String {
    let mut spans = String::new();
    let mut classes: Vec<&str> = Vec::new();
    for (index, part) in line.split("\u{1b}[").enumerate() {
        let text = match part.split_once('m') {
            Some((code, text)) if index > 0 => {
                match code {
                    "0" => classes.clear(),
                    "1" => classes.push("b"),
                    "2" => classes.push("f"),
                    "4" => classes.push("u"),
                    "31" => classes.push("r"),
                    "32" => classes.push("g"),
                    other => panic!("no class for the escape sequence {other}"),
                }
                text
            }
            _ => part,
        };
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        match (text.is_empty(), classes.is_empty()) {
            (true, _) => {}
            (false, true) => spans += &text,
            (false, false) => spans += &format!("<tspan class=\"{}\">{text}</tspan>", classes.join(" ")),
        }
    }
    spans
}

/// Returns a line without its escape sequences.
fn plain(line: &str) -> String {
    let mut parts = line.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, text)| text))
}
