//! Publishing what a run has written: what, where to, and how that ended.

use std::collections::BTreeSet;

use super::{Outcome, Receipt};
use crate::model::PageId;

/// What is published, and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// What.
    pub scope: Scope,
    /// The names of the custom domains; none for the `webflow.io` subdomain of the site.
    pub domains: Vec<String>,
}

/// How much is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// One page in all its locales.
    Page(PageId),
    /// The site, with everything that anyone has staged.
    Site,
}

/// How publishing ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    /// The server has taken it into its queue.
    Queued,
    /// It was refused, or could not be asked for.
    Failed {
        /// Why.
        message: String,
        /// The way out.
        hint: Option<String>,
    },
    /// It was not asked for, since the run was stopped.
    Skipped,
    /// Nobody can say whether it was taken.
    Unknown {
        /// Why.
        message: String,
    },
}

impl Scope {
    /// Returns what needs publishing for these pages to be public: nothing for none.
    pub fn of<'p>(pages: impl IntoIterator<Item = &'p PageId>) -> Option<Self> {
        let pages: BTreeSet<&PageId> = pages.into_iter().collect();
        let first = pages.first().copied()?;
        Some(if pages.len() == 1 { Self::Page(first.clone()) } else { Self::Site })
    }
}

impl Published {
    /// The name in JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Failed { .. } => "failed",
            Self::Skipped => "skipped",
            Self::Unknown { .. } => "unknown",
        }
    }
}

impl Receipt {
    /// Returns what to publish for everything that was written to be public. `pages` are those of the operations.
    /// Nothing if something is amiss, if nothing was written, or if it is published already.
    pub fn to_publish<'p>(&self, pages: impl IntoIterator<Item = &'p PageId>) -> Option<Scope> {
        let is_published = matches!(self.publication, Some((_, Some(Published::Queued))));
        if is_published || !self.is_success() {
            return None;
        }
        let written = pages.into_iter().zip(&self.standings).filter(|(_, it)| it.outcome() == Some(&Outcome::Done));
        Scope::of(written.map(|(page, _)| page))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, Mismatch};
    use crate::exit::Exit;

    fn receipt(outcomes: Vec<Outcome>) -> Receipt {
        let began = Event::Began { operations: outcomes.len() };
        let ended = outcomes.into_iter().enumerate();
        let ended = ended.map(|(operation, outcome)| Event::Finished { operation, outcome });
        Receipt::of(&[began].into_iter().chain(ended).collect::<Vec<_>>())
    }

    fn scope(pages: &[&str], outcomes: Vec<Outcome>) -> Option<Scope> {
        let pages: Vec<PageId> = pages.iter().map(|page| (*page).into()).collect();
        receipt(outcomes).to_publish(&pages)
    }

    #[test]
    fn one_page_is_published_alone() {
        let done = || Outcome::Done;
        assert_eq!(scope(&["a", "a"], vec![done(), done()]), Some(Scope::Page("a".into())));
        assert_eq!(scope(&["a", "b"], vec![done(), Outcome::Converged]), Some(Scope::Page("a".into())));
        assert_eq!(scope(&["a", "b"], vec![done(), done()]), Some(Scope::Site));
    }

    #[test]
    fn nothing_is_published_unless_all_is_well_and_something_was_written() {
        let mismatches: Vec<Mismatch> = Vec::new();
        assert_eq!(scope(&["a", "b"], vec![Outcome::Done, Outcome::DidNotTake(mismatches)]), None);
        assert_eq!(scope(&["a"], vec![Outcome::Converged]), None);
        assert_eq!(scope(&[], vec![]), None);
    }

    #[test]
    fn what_is_written_but_not_published_as_wanted_is_partial() {
        let publication = Publication { scope: Scope::Site, domains: vec![] };
        let mut receipt = receipt(vec![Outcome::Done]);
        assert_eq!(receipt.exit(), Exit::Ok);
        receipt.record(&Event::Publishing(publication.clone()));
        assert_eq!(receipt.exit(), Exit::Partial);
        for (ended, exit) in [
            (Published::Skipped, Exit::Partial),
            (Published::Unknown { message: String::new() }, Exit::Partial),
            (Published::Failed { message: String::new(), hint: None }, Exit::Partial),
            (Published::Queued, Exit::Ok),
        ] {
            receipt.record(&Event::Published(publication.clone(), ended));
            assert_eq!(receipt.exit(), exit);
        }
        assert_eq!(receipt.to_publish([&"a".into()]), None, "it is published already");
    }
}
