//! Every name that the program says has a text.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use slugline::exit::Exit;
use slugline::explain::{Kind, topic, topics};
use slugline::plan::Guard;
use slugline::{lint, manifest};

use crate::docs::links;

#[test]
fn every_name_has_a_text() {
    let mut names: BTreeSet<String> = lint::rules().map(|rule| rule.id.to_owned()).collect();
    names.extend(manifest::codes::ALL.iter().map(|(code, _)| code.to_string()));
    names.extend(Guard::ALL.iter().map(|guard| guard.name().to_owned()));
    names.extend(Exit::ALL.iter().map(|exit| exit.name().to_owned()));
    names.extend(codes_in_the_source());
    let explained: BTreeSet<String> = topics().iter().map(|topic| topic.name.to_owned()).collect();
    let missing: Vec<&String> = names.difference(&explained).collect();
    let sections: usize = ["lint-rules", "errors", "guards", "exit-codes"]
        .map(|name| fs::read_to_string(format!("{}/docs/{name}.md", env!("CARGO_MANIFEST_DIR"))).unwrap())
        .iter()
        .map(|document| document.matches("\n## ").count())
        .sum();
    assert_eq!(topics().len(), sections, "a section is malformed");
    assert!(missing.is_empty(), "without a section in docs/: {missing:?}");
    let unknown: Vec<&String> = explained.difference(&names).collect();
    assert!(unknown.is_empty(), "no message has the names {unknown:?}");
}

/// Returns the codes that any module defines by itself.
fn codes_in_the_source() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    let mut waiting = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = fs::read_to_string(path).unwrap();
        codes.extend(text.split("Code::new(\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
    }
    assert!(codes.len() > 10, "the codes are defined otherwise");
    codes
}

#[test]
fn texts_are_whole_and_stand_once() {
    let mut names = BTreeSet::new();
    for topic in topics() {
        assert!(names.insert(topic.name), "{} stands twice", topic.name);
        assert!(topic.text.ends_with('.') && topic.text.len() > 60, "{}: {}", topic.name, topic.text);
        assert!(!topic.summary.ends_with('.') && !topic.summary.is_empty(), "{}", topic.name);
        assert!(!topic.text.contains("  "), "{}: {}", topic.name, topic.text);
        assert!(topic.sources().count() > 0, "{}", topic.name);
    }
}

/// The sections of the documents that texts refer to exist.
#[test]
fn sources_in_the_project_exist() {
    for topic in topics() {
        for source in topic.sources() {
            let exists = match source.split_once('#') {
                Some((document, section)) if document.starts_with("docs/") => {
                    links::anchors(document).contains(section)
                }
                _ => source.starts_with("https://"),
            };
            assert!(exists, "{}: {source}", topic.name);
        }
    }
}

#[test]
fn exit_codes_go_by_their_numbers_too() {
    assert_eq!(topic("3").map(|topic| (topic.name, topic.kind)), Some(("invalid", Kind::Exit)));
    assert!(topic("7").is_none());
    for exit in Exit::ALL {
        let summary = topic(exit.name()).unwrap().summary;
        assert!(summary.starts_with(&format!("exit code {}: ", exit.code())), "{summary}");
    }
}
