//! Project files: an accepted project is read the same after it is written anew, and its globs stay in its folder.

use std::sync::Arc;

use slugline::diagnostic::has_errors;
use slugline::manifest::emit::emit_project;
use slugline::manifest::globs::PageGlobs;
use slugline::manifest::project::{FILE_NAME, Project};
use slugline::manifest::read;

use crate::manifest::survival::survives;

pub(super) fn holds(input: &[u8]) {
    survives(input.to_vec());
    let Ok(text) = std::str::from_utf8(input) else { return };
    let file = Arc::from(FILE_NAME);
    let (project, problems) = read::project(&file, text);
    if has_errors(&problems) {
        return;
    }
    let project = project.expect("a project without errors is read").manifest;
    let emitted = emit_project(&project);
    let (again, problems) = read::project(&file, &emitted);
    assert!(!has_errors(&problems), "{text:?}\n{emitted}\n{problems:#?}");
    assert_eq!(again.map(|document| document.manifest).as_ref(), Some(&project), "{text:?}\n{emitted}");
    globs_stay_in_the_folder(&project);
}

fn globs_stay_in_the_folder(project: &Project) {
    let globs = PageGlobs::of(Some(project));
    assert!(!globs.is_empty());
    let folders = globs.folders();
    for folder in &folders {
        let leaves = folder.starts_with('/') || folder.split('/').any(|part| part == "..");
        assert!(!leaves, "the folder {folder:?} of {:?} is outside of the project", project.pages);
        assert!(globs.may_match_below(folder), "{folder:?} of {:?}", project.pages);
    }
    for name in names(project) {
        if !globs.matches(&name) {
            continue;
        }
        assert_ne!(name, FILE_NAME);
        let is_below =
            |folder: &&&str| folder.is_empty() || name.strip_prefix(**folder).is_some_and(|it| it.starts_with('/'));
        let folder = folders.iter().find(is_below);
        let folder = folder.unwrap_or_else(|| panic!("{name:?} matches {:?} outside of {folders:?}", project.pages));
        let below = name[folder.len()..].trim_start_matches('/');
        for (slash, _) in below.match_indices('/') {
            let parent = &name[..name.len() - below.len() + slash];
            assert!(globs.may_match_below(parent), "{parent:?} holds {name:?}, which {:?} match", project.pages);
        }
    }
}

/// Returns names of files that the globs of a project may match, and names that no glob should match.
fn names(project: &Project) -> Vec<String> {
    let own = project.pages.iter().flatten().flat_map(|glob| {
        let glob = glob.as_str();
        let plain = glob.trim_start_matches("./");
        ["a", "a/b", ".hidden", "", ".."].map(|text| plain.replace("**", text).replace(['*', '?'], "x"))
    });
    let others =
        ["slugline.yaml", "pages/a.yaml", "pages/.git/a.yaml", ".git/config.yaml", "../a.yaml", "/a.yaml", "a.yaml"];
    own.chain(others.map(str::to_owned)).collect()
}
