//! The fields of a page's metadata, and the one table that describes them.
//!
//! A new field is a row here; the compiler leads on from it. Must not know what values a page holds.

/// A managed leaf of a page's metadata, in the order in which it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The page's name in the Designer, not its `<title>`.
    Title,
    /// The page's last path segment.
    Slug,
    /// The `<title>` and search-result title.
    SeoTitle,
    /// The meta description.
    SeoDescription,
    /// `og:title`, where it is not copied.
    OpenGraphTitle,
    /// "Same as SEO title".
    OpenGraphTitleCopied,
    /// `og:description`, where it is not copied.
    OpenGraphDescription,
    /// "Same as SEO description".
    OpenGraphDescriptionCopied,
}

/// The object of the API's request body that holds a field. Objects are read, guarded and written as one, since it is
/// not documented whether the server merges or replaces them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The bare `title`.
    Title,
    /// The bare `slug`.
    Slug,
    /// The `seo` object.
    Seo,
    /// The `openGraph` object.
    OpenGraph,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text; missing, `null` and `""` mean the same.
    Text,
    /// A flag; missing and `null` mean `false`.
    Flag,
}

struct Row {
    field: Field,
    /// Keys of the manifest and of the API's body; they are the same.
    keys: &'static [&'static str],
    name: &'static str,
    group: Group,
    kind: Kind,
    /// The other half of an Open Graph pair: a text's flag, a flag's text.
    partner: Option<Field>,
}

/// One row a field, in the order of [`Field`].
const TABLE: [Row; 8] = [
    row(Field::Title, &["title"], "title", Group::Title, Kind::Text, None),
    row(Field::Slug, &["slug"], "slug", Group::Slug, Kind::Text, None),
    row(Field::SeoTitle, &["seo", "title"], "seo.title", Group::Seo, Kind::Text, None),
    row(Field::SeoDescription, &["seo", "description"], "seo.description", Group::Seo, Kind::Text, None),
    row(
        Field::OpenGraphTitle,
        &["openGraph", "title"],
        "openGraph.title",
        Group::OpenGraph,
        Kind::Text,
        Some(Field::OpenGraphTitleCopied),
    ),
    row(
        Field::OpenGraphTitleCopied,
        &["openGraph", "titleCopied"],
        "openGraph.titleCopied",
        Group::OpenGraph,
        Kind::Flag,
        Some(Field::OpenGraphTitle),
    ),
    row(
        Field::OpenGraphDescription,
        &["openGraph", "description"],
        "openGraph.description",
        Group::OpenGraph,
        Kind::Text,
        Some(Field::OpenGraphDescriptionCopied),
    ),
    row(
        Field::OpenGraphDescriptionCopied,
        &["openGraph", "descriptionCopied"],
        "openGraph.descriptionCopied",
        Group::OpenGraph,
        Kind::Flag,
        Some(Field::OpenGraphDescription),
    ),
];

const fn row(
    field: Field,
    keys: &'static [&'static str],
    name: &'static str,
    group: Group,
    kind: Kind,
    partner: Option<Field>,
) -> Row {
    Row { field, keys, name, group, kind, partner }
}

impl Field {
    /// Every field, in the order in which they are shown and written.
    pub const ALL: [Self; 8] = [
        Self::Title,
        Self::Slug,
        Self::SeoTitle,
        Self::SeoDescription,
        Self::OpenGraphTitle,
        Self::OpenGraphTitleCopied,
        Self::OpenGraphDescription,
        Self::OpenGraphDescriptionCopied,
    ];

    fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// The name as in a manifest, `seo.title`.
    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// The keys that lead to it within a locale of a manifest and within the API's body.
    pub fn keys(self) -> &'static [&'static str] {
        self.row().keys
    }

    /// The object of the API that holds it.
    pub fn group(self) -> Group {
        self.row().group
    }

    /// Whether it holds text or a flag.
    pub fn kind(self) -> Kind {
        self.row().kind
    }

    /// The `…Copied` flag of an Open Graph text.
    pub fn copied_flag(self) -> Option<Self> {
        match self.kind() {
            Kind::Text => self.row().partner,
            Kind::Flag => None,
        }
    }

    /// The Open Graph text that a `…Copied` flag is about.
    pub fn flagged_text(self) -> Option<Self> {
        match self.kind() {
            Kind::Text => None,
            Kind::Flag => self.row().partner,
        }
    }

    /// The field of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.name == name).map(|row| row.field)
    }
}

impl Group {
    /// The objects, which may hold leaves beside the fields.
    pub const OBJECTS: [Self; 2] = [Self::Seo, Self::OpenGraph];

    /// The key in the API's body.
    pub fn key(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Slug => "slug",
            Self::Seo => "seo",
            Self::OpenGraph => "openGraph",
        }
    }

    /// The fields of the object.
    pub fn fields(self) -> impl Iterator<Item = Field> {
        Field::ALL.into_iter().filter(move |field| field.group() == self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_the_enum() {
        for (row, field) in TABLE.iter().zip(Field::ALL) {
            assert_eq!(row.field, field);
            assert_eq!(row.keys.join("."), row.name);
            assert_eq!(row.keys[0], row.group.key());
            assert_eq!(Field::from_name(row.name), Some(field));
        }
    }

    #[test]
    fn partners_point_at_each_other() {
        for field in Field::ALL {
            if let Some(flag) = field.copied_flag() {
                assert_eq!(flag.flagged_text(), Some(field));
            }
        }
    }
}
