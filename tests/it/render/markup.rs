//! Markup as its readers take it: GitHub's and GitLab's Markdown, and HTML as a browser parses it.

use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};
use html5ever::tendril::TendrilSink as _;
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// Elements that stand in a line of words.
const INLINE: [&str; 15] =
    ["a", "b", "bdi", "br", "code", "del", "ins", "meter", "q", "s", "span", "strong", "sub", "summary", "wbr"];

/// What a document is made of, apart from its words.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Made {
    /// Names of elements, each with its attributes, in order.
    pub(crate) elements: Vec<String>,
    /// Comments.
    pub(crate) comments: Vec<String>,
    /// Words outside of code, by which somebody could be mentioned.
    pub(crate) prose: String,
    /// All words.
    pub(crate) words: String,
}

/// Returns the HTML that a forge makes of Markdown: with tables and automatic links, and raw HTML kept, so that whatever
/// gets through is found.
pub(crate) fn forge(markdown: &str) -> String {
    let mut options = Options::default();
    options.extension.autolink = true;
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    options.extension.alerts = true;
    options.extension.math_dollars = true;
    options.extension.math_code = true;
    // What GitLab has besides.
    options.extension.description_lists = true;
    options.extension.inline_footnotes = true;
    options.extension.multiline_block_quotes = true;
    options.extension.superscript = true;
    options.extension.wikilinks_title_after_pipe = true;
    options.parse.relaxed_autolinks = true;
    options.render.r#unsafe = true;
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &options);
    let is_link = |value: &NodeValue| {
        matches!(value, NodeValue::Link(_) | NodeValue::WikiLink(_) | NodeValue::Image(_) | NodeValue::Math(_))
    };
    assert!(!root.descendants().any(|node| is_link(&node.data.borrow().value)), "a link:\n{markdown}");
    comrak::markdown_to_html(markdown, &options)
}

/// Parses HTML as a browser does.
pub(crate) fn parse(html: &str) -> Made {
    let dom = html5ever::parse_document(RcDom::default(), html5ever::ParseOpts::default()).one(html);
    let mut made = Made::default();
    walk(&dom.document, false, &mut made);
    made
}

fn walk(node: &Handle, is_code: bool, made: &mut Made) {
    let mut is_code = is_code;
    match &node.data {
        NodeData::Element { name, attrs, .. } => {
            let mut element = name.local.to_string();
            for attribute in attrs.borrow().iter() {
                element.push_str(&format!(" {}={}", attribute.name.local, attribute.value));
            }
            is_code = is_code || &*name.local == "code";
            made.elements.push(element);
        }
        NodeData::Text { contents } => {
            made.words.push_str(&contents.borrow());
            if !is_code {
                made.prose.push_str(&contents.borrow());
            }
        }
        NodeData::Comment { contents } => made.comments.push(contents.to_string()),
        NodeData::Document | NodeData::Doctype { .. } | NodeData::ProcessingInstruction { .. } => {}
    }
    for child in node.children.borrow().iter() {
        walk(child, is_code, made);
    }
    if let NodeData::Element { name, .. } = &node.data
        && !INLINE.contains(&&*name.local)
        && !made.words.ends_with('\n')
    {
        made.words.push('\n');
    }
}
