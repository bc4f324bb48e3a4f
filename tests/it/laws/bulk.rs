//! Many changes in one request end as the same changes one by one do, whatever the server does with a bad entry.

use proptest::prelude::*;
use proptest::sample::select;
use slugline::apply::Sending;
use slugline::event::Receipt;
use slugline::plan::Plan;
use slugline::sandbox::{Bulk, LogEntry, Site, Switches};

use super::cases;
use super::edits::{Edit, Stated, apply, bold_edits};
use super::project::{Layout, Project};
use super::sites::{site, willing_switches};
use super::world::{World, block_on, is_read};
use super::{expected, reading};

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn in_bulk_it_ends_as_one_by_one(
        site in site(16), edits in bold_edits(), switches in willing_switches(), bulk in select(Bulk::ALL),
        localized_slugs in any::<bool>()
    ) {
        let site = Site { switches: Switches { bulk, ..switches }, localized_slugs, ..site.0 };
        block_on(compare(&site, &edits));
    }
}

async fn compare(site: &Site, edits: &[Edit]) {
    let Some((plan, singly, _, one_by_one)) = run(site, edits, Sending::Singly).await else { return };
    let (_, in_bulk, log, together) = run(site, edits, Sending::InBulk).await.expect("it is the same plan");
    assert_eq!(in_bulk, singly, "{plan:#?}");
    for (page, other) in together.pages.iter().zip(&one_by_one.pages) {
        for key in page.values.keys().chain(other.values.keys()) {
            assert_eq!(reading::own(page, key), reading::own(other, key), "{} in {key:?}", page.id);
        }
    }
    expected::check_extras(site, &together);
    let patches = log.iter().filter(|entry| entry.method == "PATCH").count();
    let levels = plan.operations.iter().map(|operation| operation.level).collect::<std::collections::BTreeSet<_>>();
    assert!(patches <= levels.len(), "{patches} bulk requests for {} levels of a few operations each", levels.len());
    if in_bulk.is_success() {
        let singles = log.iter().filter(|entry| !is_read(entry) && entry.method == "PUT").count();
        assert!(singles + 2 * patches <= plan.operations.len(), "nothing is sent twice: {log:#?}");
    }
}

async fn run(site: &Site, edits: &[Edit], sending: Sending) -> Option<(Plan, Receipt, Vec<LogEntry>, Site)> {
    let mut world = World::new(site.clone()).await;
    world.sending = sending;
    let mut stated = apply(site, Stated::new(), edits);
    expected::state_what_cannot_be_told(site, &mut stated);
    let project = Project::new(site, &stated, &Default::default(), Layout::FileEach);
    let plan = world.plan(&project.load()).await;
    if plan.is_invalid() {
        return None;
    }
    world.take_log();
    let receipt = world.apply(&plan, 1, &mut |_| {}).await.expect("the site is as it was");
    Some((plan, receipt, world.take_log(), world.server.site()))
}
