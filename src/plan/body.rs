//! The request body that means one thing only.
//!
//! It is not documented whether the server merges the leaves of `seo` and `openGraph` or replaces the object. So a body
//! holds, beside the fields that change, the other leaves of an object it touches: those that the manifest states too,
//! and those that it does not, unless they are empty or inherited; then sending them would freeze them. Leaves that are
//! not fields, such as the share image, go along as they were read. Must not know the wire format.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Extra, ExtraValue, Extras, Field, Group, Leaf, Metadata, Value};

/// The fields of a request body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Body {
    /// The values sent.
    pub fields: BTreeMap<Field, Value>,
    /// Leaves that are not fields, as they were read.
    pub extras: Extras,
}

impl Body {
    /// Returns whether a field or another leaf is sent.
    pub fn sends(&self, leaf: &Leaf) -> bool {
        match leaf {
            Leaf::Field(field) => self.fields.contains_key(field),
            Leaf::Extra(extra) => self.extras.contains_key(extra),
        }
    }
}

/// What a page reads in a locale and in the primary, and what is stated of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Surroundings<'a> {
    pub(super) live: &'a Metadata,
    /// Nothing if the locale is the primary itself.
    pub(super) primary: Option<&'a Metadata>,
    /// Everything the manifest states here, whether it differs or not.
    pub(super) stated: &'a BTreeMap<Field, Value>,
}

impl Surroundings<'_> {
    /// Returns whether a text is set and not inherited, as far as the API lets one tell.
    fn is_own_text(&self, text: Field) -> bool {
        let value = self.live.effective(text);
        !value.is_empty() && self.primary.is_none_or(|primary| primary.effective(text) != value)
    }

    /// Returns whether an Open Graph text and its flag are not inherited. In the primary nothing is, not even "no text,
    /// not copied": left out, the flag could be reset.
    fn is_own_choice(&self, text: Field, flag: Field) -> bool {
        let is_own_flag = self.primary.is_none_or(|primary| primary.flag(flag) != self.live.flag(flag));
        is_own_flag || self.is_own_text(text)
    }
}

/// Returns the body that writes these changes and leaves everything else as it is stated or reads.
pub(super) fn body(changes: &BTreeMap<Field, Value>, surroundings: Surroundings<'_>) -> Body {
    let mut fields = changes.clone();
    for group in groups(changes) {
        for field in group.fields() {
            if let Some(stated) = surroundings.stated.get(&field) {
                fields.entry(field).or_insert_with(|| stated.clone());
            }
        }
        match group {
            // Bare values have no siblings.
            Group::Title | Group::Slug => {}
            Group::Seo => add_siblings(&mut fields, surroundings),
            Group::OpenGraph => {
                for text in [Field::OpenGraphTitle, Field::OpenGraphDescription] {
                    complete_pair(&mut fields, text, surroundings);
                }
            }
        }
    }
    Body { fields, extras: kept_extras(&groups(changes), surroundings) }
}

/// Returns the leaves of the touched objects that are not fields.
pub(super) fn touched_extras(changes: &BTreeMap<Field, Value>, live: &Metadata) -> Extras {
    let groups = groups(changes);
    let touched = live.extras.iter().filter(|(extra, _)| groups.contains(&extra.group()));
    touched.map(|(extra, value)| (extra.clone(), value.clone())).collect()
}

/// Returns those of them that a body holds: scalars that are not inherited, as far as the API lets one tell, and one leaf
/// of the share image.
fn kept_extras(groups: &BTreeSet<Group>, Surroundings { live, primary, stated: _ }: Surroundings<'_>) -> Extras {
    let is_own = |extra: &Extra| primary.is_none_or(|primary| primary.extras.get(extra) != live.extras.get(extra));
    let has_own_image = live.extras.keys().filter(|extra| extra.is_image()).any(is_own);
    let image = image_leaf(&live.extras);
    let is_kept = |extra: &Extra| match extra.is_image() {
        true => has_own_image && image == Some(extra),
        false => is_own(extra),
    };
    let scalars = live.extras.iter().filter(|(_, value)| value.as_scalar().is_some());
    let kept = scalars.filter(|(extra, _)| groups.contains(&extra.group()) && is_kept(extra));
    kept.map(|(extra, value)| (extra.clone(), value.clone())).collect()
}

/// Returns the leaf that stands for the share image in a body, which holds one of the two: the URL if there is one.
pub(super) fn image_leaf(extras: &Extras) -> Option<&Extra> {
    let is_sendable = |(extra, value): &(&Extra, &ExtraValue)| extra.is_image() && value.as_scalar().is_some();
    let mut images: Vec<&Extra> = extras.iter().filter(is_sendable).map(|(extra, _)| extra).collect();
    images.sort_by_key(|extra| extra.key() != Extra::IMAGE_URL);
    images.first().copied()
}

/// Returns what every field of the touched objects reads now, as the API means it.
pub(super) fn precondition(changes: &BTreeMap<Field, Value>, live: &Metadata) -> BTreeMap<Field, Value> {
    let fields = groups(changes).into_iter().flat_map(Group::fields);
    fields.map(|field| (field, live.effective(field))).collect()
}

fn groups(changes: &BTreeMap<Field, Value>) -> BTreeSet<Group> {
    changes.keys().map(|field| field.group()).collect()
}

fn add_siblings(fields: &mut BTreeMap<Field, Value>, surroundings: Surroundings<'_>) {
    for sibling in Group::Seo.fields() {
        if !fields.contains_key(&sibling) && surroundings.is_own_text(sibling) {
            fields.insert(sibling, surroundings.live.get(sibling).clone());
        }
    }
}

/// Adds what is missing of an Open Graph text and its flag. The two are one choice, so they are sent together, but for
/// the text of a copied one, which means nothing.
fn complete_pair(fields: &mut BTreeMap<Field, Value>, text: Field, surroundings: Surroundings<'_>) {
    let Some(flag) = text.copied_flag() else { return };
    let is_wanted = fields.contains_key(&text) || fields.contains_key(&flag);
    if !is_wanted && !surroundings.is_own_choice(text, flag) {
        return;
    }
    let live = surroundings.live;
    let copied = fields.entry(flag).or_insert_with(|| live.get(flag).clone());
    if *copied == Value::Flag(true) {
        fields.remove(&text);
    } else if !live.effective(text).is_empty() {
        fields.entry(text).or_insert_with(|| live.get(text).clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(values: &[(Field, Value)]) -> Metadata {
        let mut metadata = Metadata::default();
        for (field, value) in values {
            metadata.set(*field, value.clone());
        }
        metadata
    }

    fn names(wanted: &[(Field, Value)], live: &Metadata, primary: Option<&Metadata>) -> Vec<String> {
        names_beside(wanted, &[], live, primary)
    }

    fn names_beside(
        wanted: &[(Field, Value)],
        stated: &[(Field, Value)],
        live: &Metadata,
        primary: Option<&Metadata>,
    ) -> Vec<String> {
        let changes = wanted.iter().cloned().collect();
        let stated = stated.iter().cloned().collect();
        let body = body(&changes, Surroundings { live, primary, stated: &stated });
        body.fields.iter().map(|(field, value)| format!("{}={value:?}", field.name())).collect()
    }

    #[test]
    fn a_set_sibling_is_sent_along() {
        let live = metadata(&[(Field::SeoDescription, "kept".into())]);
        let sent = names(&[(Field::SeoTitle, "new".into())], &live, None);
        assert_eq!(sent, ["seo.title=Text(\"new\")", "seo.description=Text(\"kept\")"]);
    }

    #[test]
    fn an_inherited_or_empty_sibling_is_left_out() {
        let live = metadata(&[(Field::SeoDescription, "same".into())]);
        let sent = names(&[(Field::SeoTitle, "neu".into())], &live, Some(&live));
        assert_eq!(sent, ["seo.title=Text(\"neu\")"]);
        let sent = names(&[(Field::SeoTitle, "new".into())], &Metadata::default(), None);
        assert_eq!(sent, ["seo.title=Text(\"new\")"]);
    }

    #[test]
    fn a_stated_sibling_is_sent_even_if_it_looks_inherited_or_empty() {
        let live = metadata(&[(Field::SeoDescription, "same".into())]);
        let wanted = [(Field::SeoTitle, "neu".into())];
        let sent = names_beside(&wanted, &[(Field::SeoDescription, "same".into())], &live, Some(&live));
        assert_eq!(sent, ["seo.title=Text(\"neu\")", "seo.description=Text(\"same\")"]);
        let sent = names_beside(&wanted, &[(Field::SeoDescription, "".into())], &Metadata::default(), Some(&live));
        assert_eq!(sent, ["seo.title=Text(\"neu\")", "seo.description=Text(\"\")"]);
    }

    #[test]
    fn text_goes_with_its_flag_and_a_copied_neighbor_stays_copied() {
        let live =
            metadata(&[(Field::OpenGraphTitleCopied, true.into()), (Field::OpenGraphDescriptionCopied, true.into())]);
        let wanted = [(Field::OpenGraphTitle, "own".into()), (Field::OpenGraphTitleCopied, false.into())];
        assert_eq!(
            names(&wanted, &live, None),
            [
                "openGraph.title=Text(\"own\")",
                "openGraph.titleCopied=Flag(false)",
                "openGraph.descriptionCopied=Flag(true)"
            ]
        );
    }

    #[test]
    fn a_changed_text_takes_the_flag_that_stands() {
        let live = metadata(&[(Field::OpenGraphTitle, "old".into())]);
        let sent = names(&[(Field::OpenGraphTitle, "new".into())], &live, None);
        assert_eq!(
            sent,
            [
                "openGraph.title=Text(\"new\")",
                "openGraph.titleCopied=Flag(false)",
                "openGraph.descriptionCopied=Flag(false)"
            ]
        );
    }

    #[test]
    fn an_inherited_pair_is_left_out_and_a_flag_of_its_own_is_not() {
        let copied = metadata(&[(Field::OpenGraphDescriptionCopied, true.into())]);
        let own = metadata(&[]);
        let wanted = [(Field::OpenGraphTitleCopied, true.into())];
        assert_eq!(names(&wanted, &copied, Some(&copied)), ["openGraph.titleCopied=Flag(true)"]);
        let sent = names(&wanted, &own, Some(&copied));
        assert_eq!(sent, ["openGraph.titleCopied=Flag(true)", "openGraph.descriptionCopied=Flag(false)"]);
    }

    #[test]
    fn a_pinned_flag_keeps_its_text() {
        let live = metadata(&[(Field::OpenGraphTitle, "same".into())]);
        let sent = names(&[(Field::OpenGraphTitleCopied, false.into())], &live, Some(&live));
        assert_eq!(sent, ["openGraph.title=Text(\"same\")", "openGraph.titleCopied=Flag(false)"]);
    }

    #[test]
    fn copying_sends_no_text() {
        let live = metadata(&[(Field::OpenGraphTitle, "old".into())]);
        let sent = names(&[(Field::OpenGraphTitleCopied, true.into())], &live, None);
        assert_eq!(sent, ["openGraph.titleCopied=Flag(true)", "openGraph.descriptionCopied=Flag(false)"]);
    }

    fn with_extras(extras: &[(&str, &str)]) -> Metadata {
        let extras = extras.iter().map(|(name, text)| {
            (Extra::from_name(name).unwrap(), ExtraValue::Scalar(serde_json::Value::String((*text).to_owned())))
        });
        let mut metadata = Metadata::default();
        metadata.extras = extras.collect();
        metadata
    }

    fn kept(change: Field, live: &Metadata, primary: Option<&Metadata>) -> Vec<String> {
        let changes = BTreeMap::from([(change, Value::unset(change.kind()))]);
        let body = body(&changes, Surroundings { live, primary, stated: &BTreeMap::new() });
        body.extras.keys().map(ToString::to_string).collect()
    }

    const IMAGE: (&str, &str) = ("openGraph.imageUrl", "https://example.com/a.png");
    const ASSET: (&str, &str) = ("openGraph.imageAssetId", "a1");

    #[test]
    fn sends_one_leaf_of_the_share_image() {
        let live = with_extras(&[IMAGE, ASSET, ("openGraph.type", "article"), ("seo.robots", "none")]);
        assert_eq!(kept(Field::OpenGraphTitle, &live, None), ["openGraph.imageUrl", "openGraph.type"]);
        assert_eq!(kept(Field::SeoTitle, &live, None), ["seo.robots"]);
        assert_eq!(kept(Field::Title, &live, None), [""; 0]);
        assert_eq!(kept(Field::OpenGraphTitle, &with_extras(&[ASSET]), None), ["openGraph.imageAssetId"]);
    }

    #[test]
    fn leaves_out_an_inherited_share_image() {
        let (live, other) = (with_extras(&[IMAGE, ASSET]), with_extras(&[IMAGE, ("openGraph.imageAssetId", "b2")]));
        assert_eq!(kept(Field::OpenGraphTitle, &live, Some(&live)), [""; 0]);
        assert_eq!(kept(Field::OpenGraphTitle, &live, Some(&other)), ["openGraph.imageUrl"]);
    }

    #[test]
    fn does_not_send_what_is_known_by_its_digest() {
        let mut live = with_extras(&[ASSET]);
        let digest = || ExtraValue::Digest("00".to_owned());
        live.extras.insert(Extra::from_name("openGraph.image").unwrap(), digest());
        live.extras.insert(Extra::from_name("openGraph.imageUrl").unwrap(), digest());
        assert_eq!(kept(Field::OpenGraphTitle, &live, None), ["openGraph.imageAssetId"]);
    }
}
