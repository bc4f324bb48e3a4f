//! Page files: every place in a message leads to text, and an accepted page is read the same after it is written anew.

use std::sync::Arc;

use slugline::diagnostic::has_errors;
use slugline::manifest::emit::emit_page;
use slugline::manifest::{read, yaml};

use crate::manifest::survival::{points_at_itself, survives};

pub(super) fn holds(input: &[u8]) {
    survives(input.to_vec());
    let Ok(text) = std::str::from_utf8(input) else { return };
    let file = Arc::from("page.yaml");
    for document in yaml::parse(&file, text).documents {
        points_at_itself(&document, text);
    }
    let (pages, problems) = read::pages(&file, text);
    if has_errors(&problems) {
        return;
    }
    assert!(!pages.is_empty(), "a file without a page is accepted: {text:?}");
    for page in pages {
        let emitted = emit_page(&page.manifest, &[]);
        let (again, problems) = read::pages(&file, &emitted);
        assert!(!has_errors(&problems), "{text:?}\n{emitted}\n{problems:#?}");
        let again: Vec<_> = again.into_iter().map(|page| page.manifest).collect();
        assert_eq!(again, [page.manifest], "{text:?}\n{emitted}");
    }
}
