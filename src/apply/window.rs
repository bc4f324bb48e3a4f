//! How young the reading of a page must be for a write: the smallest window that the rate limit pays for.
//!
//! The API has no conditional write. An edit that another editor makes after a page is read and before it is written is
//! overwritten, so each write should follow its read closely; but every read takes one of the requests that the rate
//! limit allows. Pure.

use std::collections::BTreeMap;
use std::time::Duration;

/// The largest run whose pages are each read alone before they are written. Beyond, the time for the answers alone would
/// matter.
const MOST_ALONE: usize = 100;

/// The reads that a longer run may add, as a part of its writes in percent.
const SHARE: usize = 3;

/// How long a write may wait on a page that was read alone for it.
const MOMENT: Duration = Duration::from_secs(1);

/// What makes a reading too old, besides its age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// Any later request of the run: each page is read alone right before its write.
    NextRequest,
    /// So many writes of the run: a part of a list is read again for the pages in it.
    Writes(usize),
}

/// Operations in a row whose pages are in the same part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Group {
    /// The part, by any number.
    pub(super) part: usize,
    pub(super) operations: usize,
}

impl Rule {
    /// Returns the rule for a run of these operations, in the order of sending, all of whose parts have just been read.
    /// The rate limit leaves `available` requests of this minute and allows `limit` in each.
    pub(super) fn of(groups: &[Group], available: u32, limit: u32) -> Self {
        let writes: usize = groups.iter().map(|group| group.operations).sum();
        let unused = if writes <= MOST_ALONE { (available as usize).saturating_sub(writes) } else { 0 };
        if unused >= writes {
            return Self::NextRequest;
        }
        // After each wait for the next minute, what was read before is too old by its age; every other time, pages of two
        // parts are.
        let waits = writes.div_ceil(limit.max(1) as usize) * 3 / 2;
        let reads = unused.max((writes * SHARE / 100).saturating_sub(waits));
        // No reading is older than all writes, so as many always fit.
        let (mut too_few, mut most) = (0, writes);
        while most - too_few > 1 {
            let middle = too_few.midpoint(most);
            if reads_again(groups, middle, reads) <= reads { most = middle } else { too_few = middle }
        }
        Self::Writes(most)
    }

    /// Returns the age at which a reading is too old. A page that is read alone is written next, unless the write has to
    /// wait.
    pub(super) fn max_age(self, max_read_age: Duration) -> Duration {
        match self {
            Self::NextRequest => max_read_age.min(MOMENT),
            Self::Writes(_) => max_read_age,
        }
    }
}

/// Returns how often a part must be read again if a reading is good for so many writes. Stops counting beyond `enough`.
fn reads_again(groups: &[Group], most: usize, enough: usize) -> usize {
    let mut read_at: BTreeMap<usize, usize> = BTreeMap::new();
    let (mut written, mut reads) = (0, 0);
    for Group { part, operations } in groups {
        let read_at = read_at.entry(*part).or_default();
        let end = written + operations;
        while *read_at + most < end && reads <= enough {
            *read_at = written.max(*read_at + most);
            reads += 1;
        }
        written = end;
    }
    reads
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(operations: &[usize]) -> Vec<Group> {
        operations.iter().enumerate().map(|(part, operations)| Group { part, operations: *operations }).collect()
    }

    #[test]
    fn reads_each_page_alone_if_the_minute_has_room() {
        assert_eq!(Rule::of(&parts(&[1]), 2, 60), Rule::NextRequest);
        assert_eq!(Rule::of(&parts(&[30, 20]), 100, 120), Rule::NextRequest);
        assert_eq!(Rule::of(&parts(&[100]), 200, 240), Rule::NextRequest);
        assert_ne!(Rule::of(&parts(&[30, 20]), 99, 120), Rule::NextRequest);
        assert_ne!(Rule::of(&parts(&[101]), 1_000_000, 1_000_000), Rule::NextRequest);
    }

    #[test]
    fn spends_what_the_minute_leaves_unused() {
        // 80 writes leave 32 of 112 places: each part is read again after every third write.
        assert_eq!(Rule::of(&parts(&[40, 40]), 112, 120), Rule::Writes(3));
        // They leave one: the second part is read again.
        assert_eq!(Rule::of(&parts(&[40, 40]), 81, 120), Rule::Writes(40));
        // They leave none, and the two waits for the next minute cost the share of 3 %.
        assert_eq!(Rule::of(&parts(&[40, 40]), 60, 60), Rule::Writes(80));
    }

    #[test]
    fn adds_three_percent_to_a_longer_run() {
        // Eleven reads beside the five waits for the next minute.
        let six = parts(&[100; 6]);
        let Rule::Writes(most) = Rule::of(&six, 100, 120) else { panic!("it is too long") };
        assert!(reads_again(&six, most, 600) <= 11 && reads_again(&six, most - 1, 600) > 11, "{most}");
        assert_eq!(most, 50);
        // A limit that is never reached has no waits.
        assert_eq!(Rule::of(&parts(&[100; 3]), 1_000_000, 1_000_000), Rule::Writes(34));
    }

    #[test]
    fn stays_within_its_share_for_any_run() {
        for writes in [101, 150, 333, 600, 1000] {
            for operations in [1, 7, 40, 100] {
                let mut groups = parts(&vec![operations; writes / operations]);
                // The same parts again, for the primary locale's level.
                groups.extend(groups.clone());
                for limit in [60, 120, 600] {
                    let all: usize = groups.iter().map(|group| group.operations).sum();
                    let Rule::Writes(most) = Rule::of(&groups, limit, limit) else { panic!("it is too long") };
                    let waits = all.div_ceil(limit as usize);
                    let reads = reads_again(&groups, most, usize::MAX - 1);
                    assert!(reads == 0 || reads + waits <= all * 3 / 100, "{reads} reads of {all} after {most}");
                }
            }
        }
    }

    #[test]
    fn counts_the_reads_of_parts_that_come_back() {
        let there_and_back = [(0, 10), (1, 10), (0, 10)].map(|(part, operations)| Group { part, operations });
        assert_eq!(reads_again(&there_and_back, 30, 100), 0);
        assert_eq!(reads_again(&there_and_back, 20, 100), 1);
        assert_eq!(reads_again(&there_and_back, 10, 100), 2);
        assert_eq!(reads_again(&there_and_back, 1, 100), 29);
    }
}
