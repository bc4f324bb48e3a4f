//! Manifests as another reader of YAML has them, aliases and merges resolved. Also for the fuzz targets, so it uses
//! nothing of the other tests.

use serde::Deserialize as _;
use serde_yaml::{Error, Mapping, Value as Yaml};
use slugline::model::Value;

/// Returns the documents of a text that hold anything.
pub(crate) fn documents(text: &str) -> Result<Vec<Yaml>, Error> {
    // This reader takes a mark before `---` for text.
    let documents = serde_yaml::Deserializer::from_str(text.trim_start_matches('\u{feff}'));
    let documents: Result<Vec<Yaml>, Error> = documents.map(Yaml::deserialize).collect();
    let mut documents: Vec<Yaml> = documents?.into_iter().filter(|document| !document.is_null()).collect();
    documents.iter_mut().try_for_each(Yaml::apply_merge)?;
    Ok(documents)
}

/// Puts a value where it belongs or takes it away, with an object that it leaves empty.
pub(crate) fn put(locales: &mut Yaml, locale: &str, keys: &[&str], to: Option<&Value>) {
    let value = match to {
        Some(Value::Text(text)) => Some(Yaml::String(text.clone())),
        Some(Value::Flag(flag)) => Some(Yaml::Bool(*flag)),
        None => None,
    };
    if value.is_none() && locales.get(locale).is_none() {
        return;
    }
    let mut mapping = locales.as_mapping_mut().unwrap();
    let mut path: Vec<&str> = vec![locale];
    path.extend(&keys[..keys.len() - 1]);
    for key in &path {
        let inner = mapping.entry((*key).into()).or_insert_with(|| Yaml::Mapping(Mapping::new()));
        mapping = match inner {
            Yaml::Mapping(mapping) => mapping,
            Yaml::Tagged(tagged) => tagged.value.as_mapping_mut().unwrap(),
            other => panic!("{other:?}"),
        };
    }
    let last = *keys.last().unwrap();
    match value {
        Some(value) => {
            mapping.insert(last.into(), value);
        }
        None => {
            mapping.remove(last);
            if mapping.is_empty() && keys.len() == 2 {
                locales[locale].as_mapping_mut().unwrap().remove(keys[0]);
            }
        }
    }
}

/// Line breaks at the end of a block scalar count for nothing in a manifest.
pub(crate) fn without_last_breaks(value: &mut Yaml) {
    match value {
        Yaml::String(text) => text.truncate(text.trim_end_matches('\n').len()),
        Yaml::Mapping(mapping) => mapping.iter_mut().for_each(|(_, value)| without_last_breaks(value)),
        Yaml::Tagged(tagged) => {
            without_last_breaks(&mut tagged.value);
            *value = tagged.value.clone();
        }
        _ => {}
    }
}

/// Returns whether `whole` is `part` with characters added.
pub(crate) fn is_subsequence(part: &str, whole: &str) -> bool {
    let mut whole = whole.chars();
    part.chars().all(|wanted| whole.any(|found| found == wanted))
}
