//! What the public documents leave open, one switch each; the first value is the default.
//!
//! Knows nothing of sites or HTTP: only names the choices.

use serde::{Deserialize, Serialize};

macro_rules! switch {
    (
        $(#[$about:meta])* $name:ident:
        $(#[$first_about:meta])* $first:ident = $first_text:literal,
        $($(#[$other_about:meta])* $other:ident = $other_text:literal),+
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
        pub enum $name {
            $(#[$first_about])* #[default] #[serde(rename = $first_text)] $first,
            $($(#[$other_about])* #[serde(rename = $other_text)] $other),+
        }

        impl $name {
            /// Every value, the default first.
            pub const ALL: &[Self] = &[Self::$first, $(Self::$other),+];
        }
    };
}

/// One value for each switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Switches {
    pub merge: Merge,
    pub inherited_reads: InheritedReads,
    pub clear: Clear,
    pub copied: Copied,
    pub copied_text: CopiedText,
    pub slug_taken: SlugTaken,
    pub normalize: Normalize,
    pub bulk: Bulk,
    pub updated: Updated,
    pub share_image: ShareImage,
}

switch! {
    /// What a `PUT` does to the leaves of `seo` and `openGraph` that it leaves out.
    Merge:
    /// They stay.
    Merges = "merges",
    /// They are reset: inherited in a secondary locale, empty in the primary.
    Replaces = "replaces"
}

switch! {
    /// How text that a secondary locale inherits reads. Copied flags always read as a boolean.
    InheritedReads:
    Primary = "primary",
    Null = "null"
}

switch! {
    /// What `""` does. A slug cannot be emptied: it is refused where other text is emptied.
    Clear:
    /// The field is empty; a secondary locale no longer inherits it.
    Empties = "empties",
    /// As if the key had not been sent.
    Ignored = "ignored",
    Refused = "400"
}

switch! {
    /// What Open Graph text without its flag does to the flag.
    Copied:
    SetsFalse = "false",
    /// Text is lost where the flag stays true.
    Left = "left"
}

switch! {
    /// How Open Graph text reads while its flag is true.
    CopiedText:
    Null = "null",
    Seo = "seo"
}

switch! {
    /// The answer to a slug that another page or folder has, in the same folder and locale.
    SlugTaken:
    Conflict = "409",
    BadRequest = "400",
    /// A 200, and the slug gets a number.
    Suffix = "suffix"
}

switch! {
    /// What happens to text before it is stored.
    Normalize:
    AsSent = "asSent",
    Trimmed = "trimmed",
    LowerCaseSlugs = "lowerCaseSlugs"
}

switch! {
    /// What the bulk endpoint does when an entry is refused.
    Bulk:
    AllOrNothing = "allOrNothing",
    /// The entries before the first bad one are written; the answer is the error.
    UntilFirstBad = "untilFirstBad",
    /// The others are written; the answer is a 200 that lists only those.
    EveryGood = "everyGood"
}

switch! {
    /// Whose `lastUpdated` a write moves.
    Updated:
    Page = "page",
    Locale = "locale"
}

switch! {
    /// What the API does with the leaves of the share image, and with all others that the reference does not describe.
    ShareImage:
    /// They are neither read nor written.
    Absent = "absent",
    /// They are read, and any write keeps them unless it sends others.
    Kept = "kept",
    /// They are read, and a write of their object drops those that it does not send. One leaf of the image keeps both.
    Dropped = "dropped"
}

impl Switches {
    /// Returns every combination, in a fixed order, the defaults first.
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::default()];
        all = vary(all, Merge::ALL, |switches, value| switches.merge = value);
        all = vary(all, InheritedReads::ALL, |switches, value| switches.inherited_reads = value);
        all = vary(all, Clear::ALL, |switches, value| switches.clear = value);
        all = vary(all, Copied::ALL, |switches, value| switches.copied = value);
        all = vary(all, CopiedText::ALL, |switches, value| switches.copied_text = value);
        all = vary(all, SlugTaken::ALL, |switches, value| switches.slug_taken = value);
        all = vary(all, Normalize::ALL, |switches, value| switches.normalize = value);
        all = vary(all, Bulk::ALL, |switches, value| switches.bulk = value);
        all = vary(all, Updated::ALL, |switches, value| switches.updated = value);
        vary(all, ShareImage::ALL, |switches, value| switches.share_image = value)
    }

    /// Whether every switch has its default value.
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

fn vary<T: Copy>(all: Vec<Switches>, values: &[T], set: impl Fn(&mut Switches, T)) -> Vec<Switches> {
    let mut varied = Vec::with_capacity(all.len() * values.len());
    for switches in all {
        for value in values {
            let mut changed = switches;
            set(&mut changed, *value);
            varied.push(changed);
        }
    }
    varied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_combination_is_there_once() {
        let all = Switches::all();
        assert_eq!(all.len(), 2 * 2 * 3 * 2 * 2 * 3 * 3 * 3 * 2 * 3);
        assert!(all[0].is_default());
        let mut texts: Vec<String> = all.iter().map(|s| serde_json::to_string(s).unwrap()).collect();
        texts.sort();
        texts.dedup();
        assert_eq!(texts.len(), all.len());
    }
}
