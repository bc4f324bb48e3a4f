//! Names of things: sites, pages, folders, locales and paths.
//!
//! Ids are the API's own and opaque. Must not know whether what they name exists.

use std::fmt;
use std::sync::Arc;

/// A cheap-to-clone text with a type of its own.
macro_rules! name_type {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Returns the text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    };
}

name_type!(
    /// A site's id.
    SiteId
);
name_type!(
    /// A page's id.
    PageId
);
name_type!(
    /// A page folder's id. Folders are never listed; only pages name them.
    FolderId
);
name_type!(
    /// A locale's id as the pages endpoints want it (`locales.*.id`, never `cmsLocaleId`).
    LocaleId
);
name_type!(
    /// A locale's tag, spelled as the site spells it: `fr-FR`.
    LocaleTag
);
name_type!(
    /// A page's path in the primary locale, made of slugs, without the locale's subdirectory: `/blog/hello`.
    PagePath
);

impl LocaleTag {
    /// The name of the primary locale in manifests, and the only one on a site without localization.
    pub const PRIMARY: &'static str = "primary";

    /// Returns whether a manifest's key means this locale; tags are compared without regard to case.
    pub fn matches(&self, key: &str) -> bool {
        self.0.eq_ignore_ascii_case(key)
    }
}

impl PagePath {
    /// The home page's path.
    pub const HOME: &'static str = "/";

    /// Returns the path of a page with this slug in the folder at this path.
    pub fn join(&self, slug: &str) -> Self {
        Self::from(format!("{}/{slug}", self.0.trim_end_matches('/')))
    }

    /// Returns the last segment, which is the page's slug; empty for the home page.
    pub fn slug(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// Returns the path with another last segment.
    pub fn with_slug(&self, slug: &str) -> Self {
        Self::from(format!("{}/{slug}", self.folder()))
    }

    /// Returns the path of the folder that the page lies in, without a slash at its end; empty at the top.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Returns whether the page lies in a folder.
    pub fn is_nested(&self) -> bool {
        self.0.matches('/').count() > 1
    }
}

/// A page in a locale: what one operation writes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The page.
    pub page: PageId,
    /// The locale, as the site spells it.
    pub locale: LocaleTag,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_and_taken_apart() {
        let home = PagePath::from(PagePath::HOME);
        assert_eq!(home.slug(), "");
        assert_eq!(home.join("blog").as_str(), "/blog");
        let post = home.join("blog").join("hello");
        assert_eq!((post.as_str(), post.slug()), ("/blog/hello", "hello"));
        assert!(post.is_nested() && !home.join("blog").is_nested());
        assert_eq!(post.with_slug("bye").as_str(), "/blog/bye");
    }

    #[test]
    fn tags_match_without_regard_to_case() {
        assert!(LocaleTag::from("fr-FR").matches("FR-fr"));
        assert!(!LocaleTag::from("fr-FR").matches("fr"));
    }
}
