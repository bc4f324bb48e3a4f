//! Which files of a project hold pages. Works on names alone, so that it serves a folder and a commit alike.

use super::project::{DEFAULT_PAGES, FILE_NAME, Project};

/// Globs that are compared with each file; more are an error.
pub(super) const MAX_GLOBS: usize = 1_000;

/// The globs of a project, for names relative to its root with forward slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageGlobs {
    globs: Vec<String>,
    /// Whether the project file says nothing, so that nobody has to have such files.
    pub is_default: bool,
}

impl PageGlobs {
    /// Returns the globs of the project, or the default if there is none or it names none.
    pub fn of(project: Option<&Project>) -> Self {
        match project.and_then(|project| project.pages.as_ref()) {
            Some(globs) => {
                let globs = globs.iter().take(MAX_GLOBS).map(|glob| glob.relative().to_owned());
                Self { globs: globs.collect(), is_default: false }
            }
            None => Self { globs: vec![DEFAULT_PAGES.to_owned()], is_default: true },
        }
    }

    /// Returns the numbers of the globs that match the file, in order.
    ///
    /// The project file is no page, and what is hidden (`.git`, an editor's lock) is none unless a glob names the
    /// hidden folder in full.
    pub fn matching<'a>(&'a self, file: &'a str) -> impl Iterator<Item = usize> + 'a {
        let globs = self.globs.iter().enumerate();
        globs
            .filter(move |(_, glob)| {
                let below = file.strip_prefix(folder(glob));
                file != FILE_NAME && below.is_some_and(|below| !has_hidden(below)) && fast_glob::glob_match(glob, file)
            })
            .map(|(number, _)| number)
    }

    pub fn matches(&self, file: &str) -> bool {
        self.matching(file).next().is_some()
    }

    /// Returns the folders below which files can match, none of them inside another; `""` is the root.
    pub fn folders(&self) -> Vec<&str> {
        let mut folders: Vec<&str> = self.globs.iter().map(|glob| folder(glob)).collect();
        folders.sort_unstable();
        folders.dedup();
        let all = folders.clone();
        folders.retain(|folder| !all.iter().any(|other| is_inside(folder, other)));
        folders
    }

    /// Returns whether files in a folder, or in one below it, can match.
    pub fn may_match_below(&self, name: &str) -> bool {
        let mut folders = self.globs.iter().map(|glob| folder(glob));
        folders.any(|folder| folder == name || is_inside(folder, name) || is_inside(name, folder))
    }

    /// Returns whether a link that is not followed would lead to pages. A link to a folder has the name of a folder.
    pub fn may_match_link(&self, name: &str) -> bool {
        let is_folder = !name.rsplit('/').next().unwrap_or_default().contains('.');
        self.matches(name) || (is_folder && self.may_match_below(name))
    }

    pub fn len(&self) -> usize {
        self.globs.len()
    }

    pub fn is_empty(&self) -> bool {
        self.globs.is_empty()
    }
}

/// Returns the folder that a glob names before its first special character, without a `/` at the end.
fn folder(glob: &str) -> &str {
    let plain = glob.find(['*', '?', '[', ']', '{', '}', '!', '\\']).map_or(glob, |special| &glob[..special]);
    plain.rfind('/').map_or("", |slash| &plain[..slash])
}

fn is_inside(folder: &str, other: &str) -> bool {
    // A hidden folder is not entered from above, so it stays a start of its own.
    let rest = match other {
        "" => Some(folder),
        _ => folder.strip_prefix(other).and_then(|rest| rest.strip_prefix('/')),
    };
    rest.is_some_and(|rest| !rest.is_empty() && !has_hidden(rest))
}

fn has_hidden(path: &str) -> bool {
    path.split('/').any(|segment| segment.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn globs(globs: &[&str]) -> PageGlobs {
        PageGlobs { globs: globs.iter().map(|glob| (*glob).to_owned()).collect(), is_default: false }
    }

    #[test]
    fn default_takes_both_endings() {
        let globs = PageGlobs::of(None);
        assert!(globs.matches("pages/a.yaml"));
        assert!(globs.matches("pages/a/b/c.yml"));
        assert!(!globs.matches("other/a.yaml"));
        assert!(!globs.matches("pages/.#a.yaml"));
        assert!(!globs.matches("pages/.git/a.yaml"));
        assert!(!globs.matches("pages/a.json"));
        assert!(!globs.matches("日本語/a.yaml"));
    }

    #[test]
    fn folders_to_walk() {
        assert_eq!(globs(&["pages/**/*.yaml", "pages/legal/*.yml"]).folders(), ["pages"]);
        assert_eq!(globs(&["*.yaml", "pages/*.yaml"]).folders(), [""]);
        assert_eq!(globs(&["*.yaml", ".site/*.yaml"]).folders(), ["", ".site"]);
        assert_eq!(globs(&["a/b.yaml", "ab/c.yaml"]).folders(), ["a", "ab"]);
    }

    #[test]
    fn the_project_file_is_no_page() {
        assert!(!globs(&["**/*.yaml"]).matches(FILE_NAME));
        assert!(globs(&["**/*.yaml"]).matches("a/slugline.yaml"));
        assert!(globs(&[".site/*.yaml"]).matches(".site/a.yaml"));
    }
}
