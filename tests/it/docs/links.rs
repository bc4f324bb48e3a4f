//! Links of the documents: each leads to a file or a heading that exists, and each document can be reached from the README.

use std::collections::BTreeSet;

use super::document;

/// Returns the targets of the prose's links.
fn links(prose: &str) -> Vec<String> {
    let ends = prose.split("](").skip(1);
    ends.filter_map(|rest| rest.split_once(')')).map(|(target, _)| target.to_owned()).collect()
}

/// Returns the anchors of a document's headings, as GitHub and GitLab make them.
pub(crate) fn anchors(name: &str) -> BTreeSet<String> {
    let prose = document::prose(name);
    let headings = prose.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    headings.map(anchor).collect()
}

fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|char| char.is_alphanumeric() || " -_".contains(*char));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// Returns whether a link of a document leads somewhere.
fn leads(name: &str, link: &str) -> bool {
    if let Some((scheme, _)) = link.split_once(':') {
        return scheme == "https";
    }
    let (file, heading) = link.split_once('#').map_or((link, None), |(file, heading)| (file, Some(heading)));
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    let target = if file.is_empty() { name.to_owned() } else { normal(folder, file) };
    let exists = document::root().join(&target).exists();
    exists && heading.is_none_or(|heading| anchors(&target).contains(heading))
}

/// Returns the path of a file that a document in a folder names.
fn normal(folder: &str, file: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in file.split('/') {
        match part {
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn each_link_leads_somewhere() {
    let mut broken = Vec::new();
    for name in document::names() {
        let links = links(&document::prose(&name));
        broken.extend(links.into_iter().filter(|link| !leads(&name, link)).map(|link| format!("{name}: {link}")));
    }
    assert_eq!(broken, [""; 0]);
    assert!(!leads("README.md", "docs/nowhere.md") && !leads("docs/lint.md", "manifests.md#nowhere"));
}

#[test]
fn each_document_can_be_reached_from_the_readme() {
    let linked: BTreeSet<String> =
        links(&document::prose("README.md")).iter().map(|link| link.split('#').next().unwrap().to_owned()).collect();
    let missing: Vec<String> =
        document::names().into_iter().filter(|name| name != "README.md" && !linked.contains(name)).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn the_readme_is_short() {
    assert!(document::text("README.md").lines().count() <= 200);
}
