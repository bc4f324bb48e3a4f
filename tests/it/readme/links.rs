//! Links of the README: each leads somewhere, and each part can be reached from its head.

use std::collections::BTreeSet;

use super::document;

/// The addresses of the prose's links.
fn links(prose: &str) -> Vec<String> {
    let ends = prose.split("](").skip(1);
    ends.filter_map(|rest| rest.split_once(')')).map(|(address, _)| address.to_owned()).collect()
}

/// The headings of a level, and what a link says to get there.
fn anchors(prose: &str, level: &str) -> BTreeSet<String> {
    prose.lines().filter_map(|line| line.strip_prefix(level)?.strip_prefix(' ')).map(anchor).collect()
}

/// A heading's anchor as GitHub and GitLab make it.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|char| char.is_alphanumeric() || " -_".contains(*char));
    format!("#{}", kept.collect::<String>().to_lowercase().replace(' ', "-"))
}

#[test]
fn each_leads_somewhere() {
    let prose = document::prose();
    let anchors: BTreeSet<String> = ["##", "###"].iter().flat_map(|level| anchors(&prose, level)).collect();
    let root = document::path();
    let leads = |link: &String| match link.split_once(':') {
        Some((scheme, _)) => scheme == "https",
        None if link.starts_with('#') => anchors.contains(link),
        None => root.with_file_name(link).exists(),
    };
    let links = links(&prose);
    assert!(links.iter().any(|link| !link.starts_with('#')), "{links:?}");
    assert_eq!(links.iter().filter(|link| !leads(link)).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn each_part_can_be_reached_from_the_head() {
    let prose = document::prose();
    let (head, _) = prose.split_once("\n## ").unwrap();
    assert_eq!(links(head).into_iter().collect::<BTreeSet<_>>(), anchors(&prose, "##"));
}
