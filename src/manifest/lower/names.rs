//! The pages of a site by what manifests call them: which page a document means, and what is wrong with how it says so.
//!
//! Must not know what a document wants of its page.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::super::read::PageDocument;
use super::{codes, primary_values};
use crate::diagnostic::Diagnostic;
use crate::model::{Live, LivePage, PageId, PagePath};
use crate::suggest;

/// The way out where a name leads nowhere.
const NOWHERE: &str = "and that `site` names the right site; a page that was deleted needs no manifest";

/// The pages of a site, to be found by id and by path.
pub(super) struct Names<'a> {
    live: &'a Live,
    /// By exact path. A page in a folder that was not read has none.
    paths: BTreeMap<PagePath, Vec<&'a LivePage>>,
    /// For suggestions; gathered when the first is asked for.
    known_paths: OnceCell<BTreeSet<PagePath>>,
}

impl<'a> Names<'a> {
    /// Returns the names of a site's pages.
    pub(super) fn of(live: &'a Live) -> Self {
        let mut paths: BTreeMap<PagePath, Vec<&LivePage>> = BTreeMap::new();
        for page in live.pages.values() {
            if let Some(path) = live.exact_path(page) {
                paths.entry(path).or_default().push(page);
            }
        }
        Self { live, paths, known_paths: OnceCell::new() }
    }

    /// Returns the page that a document means, by its id if it has one, else by its path; and what is wrong with that.
    pub(super) fn page(&self, document: &PageDocument) -> (Option<&'a LivePage>, Option<Diagnostic>) {
        let path = document.manifest.path.as_ref().map(|path| PagePath::from(path.as_str()));
        let Some(id) = document.manifest.id.as_ref().map(|id| id.as_str()) else {
            return path.map(|path| self.at(&path, document)).unwrap_or_default();
        };
        match self.live.pages.get(&PageId::from(id)) {
            Some(page) => (Some(page), path.and_then(|path| self.moved(document, page, &path))),
            None => (None, Some(self.unknown_id(document, id, path.as_ref()))),
        }
    }

    fn at(&self, path: &PagePath, document: &PageDocument) -> (Option<&'a LivePage>, Option<Diagnostic>) {
        match self.paths.get(path).map(Vec::as_slice) {
            Some([page]) => (Some(page), None),
            Some(pages @ [_, ..]) => (None, Some(ambiguous(document, path, pages))),
            Some([]) | None => (None, Some(self.unknown_path(document, path))),
        }
    }

    fn unknown_id(&self, document: &PageDocument, id: &str, path: Option<&PagePath>) -> Diagnostic {
        let at_path = path.and_then(|path| self.paths.get(path)?.first());
        let help = match at_path {
            Some(page) => format!("the page at this path has the id `{}`", page.id),
            None => format!("check the id {NOWHERE}"),
        };
        let message = format!("the site has no page with the id `{id}`");
        Diagnostic::error(codes::UNKNOWN_PAGE, message).at(document.location_of(&["id"])).help(help)
    }

    fn unknown_path(&self, document: &PageDocument, path: &PagePath) -> Diagnostic {
        let gather = || self.live.pages.values().map(|page| self.live.known_path(page)).collect();
        let known = self.known_paths.get_or_init(gather);
        let help = match suggest::nearest(path.as_str(), known.iter().map(PagePath::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("check the path {NOWHERE}"),
        };
        let message = format!("the site has no page at `{path}`");
        Diagnostic::error(codes::UNKNOWN_PAGE, message).at(document.location_of(&["path"])).help(help)
    }

    /// The id decides; a path beside it that no longer fits is worth knowing. Where only the list is known, a page in a
    /// folder is taken at its last published path, and one that was never published at its slug.
    fn moved(&self, document: &PageDocument, page: &LivePage, stated: &PagePath) -> Option<Diagnostic> {
        let site = &self.live.site;
        let now = self.live.exact_path(page).or_else(|| self.live.published_path(page));
        let slug = page.slug(&site.primary.tag);
        // The path may be as the slug that the document states will make it.
        let own_slug = primary_values(document, site).and_then(|values| values.slug.as_deref());
        let (fits, message, help) = match now {
            Some(now) => (
                now == *stated || own_slug.is_some_and(|own| now.with_slug(own) == *stated),
                format!("the manifest says that the page is at `{stated}`, and it is at `{now}`"),
                format!("write `path: {now}`, or leave the path out; the id decides"),
            ),
            None => (
                stated.slug() == slug || own_slug == Some(stated.slug()),
                format!("the manifest says that the page is at `{stated}`, and its slug is `{slug}`"),
                "correct the path, or leave it out; the id decides".to_owned(),
            ),
        };
        let moved = || Diagnostic::warning(codes::PATH_MOVED, message).at(document.location_of(&["path"])).help(help);
        (!fits).then(moved)
    }
}

fn ambiguous(document: &PageDocument, path: &PagePath, pages: &[&LivePage]) -> Diagnostic {
    let ids: Vec<String> = pages.iter().map(|page| format!("`{}`", page.id)).collect();
    Diagnostic::error(codes::AMBIGUOUS_PAGE, format!("the site has more than one page at `{path}`"))
        .at(document.location_of(&["path"]))
        .help(format!("name the page by its id: {}", ids.join(" or ")))
}
