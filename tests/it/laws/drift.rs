//! Law 8 with a base: what somebody has changed on the site since then is still there after an apply, and what the
//! manifests have changed is written, whatever the server makes of a body.

use std::collections::BTreeMap;

use proptest::prelude::*;
use slugline::manifest::earlier::{self, Files};
use slugline::manifest::load::Loaded;
use slugline::manifest::lower::{self, Terms};
use slugline::model::Live;
use slugline::plan::gate::Refusal;
use slugline::plan::{Change, Class, Inputs, Plan, Policy, Provenance, plan};
use slugline::sandbox::{Site, Switches};

use super::cases;
use super::edits::{Edit, Stated, apply, edits};
use super::expected::{check_extras, state_what_cannot_be_told};
use super::project::{Layout, Project, imported};
use super::sites::{Shown, site, willing_switches};
use super::world::{World, block_on};

proptest! {
    #![proptest_config(cases(80))]

    #[test]
    fn what_somebody_has_changed_is_still_there(
        site in site(10), theirs in edits(), ours in edits(), switches in willing_switches()
    ) {
        block_on(edit_on_both_sides(site, &theirs, &ours, switches));
    }
}

async fn edit_on_both_sides(site: Shown, theirs: &[Edit], ours: &[Edit], switches: Switches) {
    let site = Site { switches, ..site.0 };
    let world = World::new(site.clone()).await;
    let (_, pages) = world.import().await;
    let start = imported(&site, &pages);
    let before = project(&site, &start);
    // Somebody writes to the site, by the same means as anybody.
    let mut their_values = apply(&site, start.clone(), theirs);
    state_what_cannot_be_told(&site, &mut their_values);
    let edited = world.plan(&project(&site, &their_values).load()).await;
    if edited.is_invalid() {
        return;
    }
    world.apply(&edited, 1, &mut |_| {}).await.expect("nobody else is at work");
    let now = world.server.site();
    let mut wanted = apply(&site, start, ours);
    state_what_cannot_be_told(&now, &mut wanted);

    let live = world.read().await;
    let plan = three_ways(&before.load(), &project(&site, &wanted).load(), &live);
    if plan.is_invalid() {
        return;
    }
    let has_conflicts = plan.conflicts().next().is_some();
    assert_eq!(matches!(world.approve(&plan).await, Err(Refusal::Conflicts(_))), has_conflicts);
    // What the plan keeps must stay as it is also if the conflicts are left out of it.
    let kept = plan.kept.iter().filter(|change| change.class == Class::Drift).cloned().collect();
    let plan = Plan { kept, ..plan };
    world.apply(&plan, 2, &mut |_| {}).await.expect("the site is as it was");
    check_extras(&site, &world.server.site());
    check(&plan, &live, &world.read().await);
}

fn project(site: &Site, stated: &Stated) -> Project {
    Project::new(site, stated, &BTreeMap::new(), Layout::FileEach)
}

fn three_ways(before: &Loaded, now: &Loaded, live: &Live) -> Plan {
    let base = earlier::base(Files { pages: &before.pages, project: before.project.as_ref() }, live);
    let (desired, _) = lower::lower(&now.pages, &Terms::default(), live);
    let policy = Policy::default();
    let inputs = Inputs { desired: &desired, base: Some(&base), live, policy: &policy };
    plan(inputs, Provenance { environment: None, revision: None, requests: 0 })
}

fn check(plan: &Plan, before: &Live, after: &Live) {
    let reads = |live: &Live, change: &Change| {
        live.metadata(&change.address.page, &change.address.locale).expect("the page is there").effective(change.field)
    };
    for change in &plan.changes {
        assert_eq!(reads(after, change), change.after, "{change:#?}");
    }
    for change in &plan.kept {
        assert!(matches!(change.class, Class::Drift | Class::Conflict), "{change:#?}");
        let primary = before.primary_metadata(&change.address.page).expect("the page is there");
        let is_primary = before.site.is_primary(&change.address.locale);
        // What reads as the primary, or as nothing, is taken as inherited, and moves along.
        let may_move = !is_primary && (primary.effective(change.field) == change.before || change.before.is_empty());
        assert!(reads(after, change) == change.before || may_move, "{change:#?}");
    }
}
