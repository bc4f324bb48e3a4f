//! What somebody may have meant by a name that does not exist. Words only.

/// Names that are compared. More do not occur by hand, and a hostile file has as many as it has room for.
const MAX_CANDIDATES: usize = 1_000;

/// Returns the candidate most like the name, if any is like it at all; case does not count.
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let wanted = name.to_lowercase();
    let limit = (wanted.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .take(MAX_CANDIDATES)
        .map(|candidate| (distance(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Returns how many letters have to be put in, left out, replaced or swapped with their neighbor.
pub fn distance(a: &str, b: &str) -> usize {
    // A long name is no misspelt short one, and must not cost anything.
    if a.len().abs_diff(b.len()) > 16 {
        return usize::MAX;
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before_last = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_wins_if_it_is_near() {
        let tags = ["en-US", "fr-FR", "pt-BR"];
        assert_eq!(nearest("fr-FT", tags), Some("fr-FR"));
        assert_eq!(nearest("FR-fr", tags), Some("fr-FR"));
        assert_eq!(nearest("ja-JP", tags), None);
    }
}
