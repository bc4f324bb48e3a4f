//! The site of a project that brings none.

use super::document::Site;

/// Returns a small site made by hand: a handful of pages, three locales.
pub fn sample() -> Site {
    Site::from_json(include_str!("sample.json")).expect("the sample is checked by a test")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::PageKind;

    #[test]
    fn the_sample_is_a_site() {
        let site = sample();
        assert_eq!(site.locale_keys().len(), 3);
        let has = |kind| site.pages.iter().any(|page| page.kind == kind);
        assert!(has(PageKind::Home) && has(PageKind::Template) && has(PageKind::Utility));
    }
}
