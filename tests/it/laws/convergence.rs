//! Laws 1, 2, 4, 6, 7, 11 and 12, on sites and edits that a willing server carries out in full.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use slugline::event::Outcome;
use slugline::exit::Exit;
use slugline::manifest::lower::Terms;
use slugline::manifest::{edit, emit, lower, read};
use slugline::model::{Live, PagePath};
use slugline::plan::{Plan, Purpose, file};
use slugline::pull;
use slugline::sandbox::{LocaleKey, LogEntry, PageKind, Site, Switches};
use slugline::table;

use super::edits::{Edit, Stated, apply, edits};
use super::project::{Layout, Project, imported};
use super::sites::{Shown, site, willing_switches};
use super::world::{World, block_on, codes, is_read, plan_for};
use super::{cases, expected};

/// Everything that a run depends on.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) site: Shown,
    /// Whether the manifests are those of an import, edited; else they state the edits alone.
    starts_from_import: bool,
    pub(super) edits: Vec<Edit>,
    /// Which of the pages that could go without an id do so.
    names_by_path: bool,
    concurrency: usize,
}

pub(super) fn case(most_pages: usize) -> impl Strategy<Value = Case> {
    let parts = (site(most_pages), any::<bool>(), edits(), proptest::bool::weighted(0.2), 1..5_usize);
    parts.prop_map(|(site, starts_from_import, edits, names_by_path, concurrency)| Case {
        site,
        starts_from_import,
        edits,
        names_by_path,
        concurrency,
    })
}

proptest! {
    #![proptest_config(cases(120))]

    #[test]
    fn after_an_import_there_is_nothing_to_do(site in site(26), switches in willing_switches()) {
        block_on(import_then_plan(Site { switches, ..site.0 }));
    }

    #[test]
    fn a_table_there_and_back_changes_no_byte(site in site(26), switches in willing_switches()) {
        block_on(import_then_table(Site { switches, ..site.0 }));
    }

    #[test]
    fn after_an_apply_there_is_nothing_to_do(case in case(16), switches in willing_switches()) {
        block_on(plan_apply_plan(&case, switches));
    }

    #[test]
    fn after_a_pull_there_is_nothing_to_do(case in case(16), switches in willing_switches()) {
        block_on(pull_then_plan(&case, switches));
    }

    #[test]
    fn the_same_inputs_give_the_same_bytes(case in case(16), switches in willing_switches()) {
        block_on(plan_in_every_layout(&case, switches));
    }
}

async fn import_then_plan(site: Site) {
    let world = World::new(site.clone()).await;
    let (live, pages) = world.import().await;
    expected::check_read(&site, &live);
    let described = pages.iter().map(|page| page.id.clone()).collect();
    let again =
        slugline::import::new_pages(&live, &described, &slugline::import::Wanted { all: true, ..Default::default() });
    assert_eq!(again, [], "a second import adds nothing");
    let project = Project::new(&site, &imported(&site, &pages), &BTreeMap::new(), Layout::FileEach);
    assert_is_empty(&world.plan(&project.load()).await);
    assert!(world.take_log().iter().all(is_read));
    assert_eq!(world.server.site(), site);
}

async fn import_then_table(site: Site) {
    let world = World::new(site.clone()).await;
    let (_, pages) = world.import().await;
    let project = Project::new(&site, &imported(&site, &pages), &BTreeMap::new(), Layout::OneFile);
    let loaded = project.load();
    let written = table::write(loaded.pages.iter(), |_| true);
    let rows: usize = loaded.pages.iter().map(|page| page.manifest.locales.len()).sum();
    let (edits, problems) = table::read(&"words.csv".into(), &written, &loaded.pages, &BTreeSet::new());
    assert_eq!((edits, problems), (Vec::new(), Vec::new()), "{written}");
    // What came back unread would change nothing either: into empty pages it brings all of it.
    project.rewrite(|_, text| {
        let (pages, _) = read::pages(&"page.yaml".into(), text);
        pages
            .iter()
            .map(|page| format!("---\nid: {}\nlocales: {{zz: {{}}}}\n", page.manifest.id.as_ref().unwrap()))
            .collect()
    });
    let empty = project.load();
    let known = loaded.pages.iter().flat_map(|page| page.manifest.locales.keys().cloned()).collect();
    let (edits, _) = table::read(&"words.csv".into(), &written, &empty.pages, &known);
    project.rewrite(|name, text| edit::edit(&name.into(), text, &edits, &[]).text);
    let filled = project.load();
    for (filled, page) in filled.pages.iter().zip(&loaded.pages) {
        let mut manifest = filled.manifest.clone();
        manifest.locales.remove("zz");
        assert_eq!(manifest.locales, page.manifest.locales);
    }
    assert_eq!(filled.pages.iter().map(|page| page.manifest.locales.len() - 1).sum::<usize>(), rows);
}

/// Runs a case: plan, apply, plan.
pub(super) async fn plan_apply_plan(case: &Case, switches: Switches) {
    let site = Site { switches, ..case.site.0.clone() };
    let world = World::new(site.clone()).await;
    let (live, stated) = stated(&world, &site, case).await;
    let project = Project::new(&site, &stated, &by_path(case, &site, &live, &stated), Layout::FileEach);
    world.take_log();

    let plan = world.plan(&project.load()).await;
    assert!(world.take_log().iter().all(is_read));
    if expected::has_slug_clash(&site, &stated) {
        assert!(codes(&plan.diagnostics).contains("slug-taken"), "{:#?}", plan.diagnostics);
        return;
    }
    // Which tangles of primaries and followers have no order is `slug_order`'s business.
    if codes(&plan.diagnostics) == BTreeSet::from(["slug-order"]) {
        return;
    }
    assert!(plan.diagnostics.is_empty(), "{:#?}", plan.diagnostics);
    let plan = saved_and_read(&plan);

    let receipt = world.apply(&plan, case.concurrency, &mut |_| {}).await.expect("the site is as it was");
    for (operation, standing) in plan.operations.iter().zip(&receipt.standings) {
        let outcome = standing.outcome();
        assert_eq!(outcome, Some(&Outcome::Done), "{operation:#?}");
    }
    let after = world.server.site();
    check_requests(&world.take_log(), &plan, &site, &stated);
    assert_eq!(expected::unmet(&after, &stated), BTreeSet::new());
    expected::check_untouched(&site, &after, &stated);
    let written: BTreeSet<&str> = plan.pages().into_iter().map(|page| page.as_str()).collect();
    assert_eq!(expected::newer_pages(&site, &after), written);

    assert_is_empty(&world.plan(&project.load()).await);
    assert!(world.take_log().iter().all(is_read));
}

/// Runs a case: pull, plan. Manifests are in braces, or as an import writes them.
async fn pull_then_plan(case: &Case, switches: Switches) {
    let site = Site { switches, ..case.site.0.clone() };
    let world = World::new(site.clone()).await;
    let (live, stated) = stated(&world, &site, case).await;
    let layout = if case.concurrency > 2 { Layout::OneFile } else { Layout::FileEach };
    let project = Project::new(&site, &stated, &by_path(case, &site, &live, &stated), layout);
    if case.concurrency.is_multiple_of(2) {
        project.rewrite(|_, text| {
            let (pages, _) = read::pages(&"page.yaml".into(), text);
            pages.iter().map(|page| format!("---\n{}", emit::emit_page(&page.manifest, &[]))).collect()
        });
    }
    let loaded = project.load();
    let (desired, _) = lower::lower(&loaded.pages, &Terms::default(), &live);
    let adoptions = pull::adoptions(&desired, &live, &loaded.pages, &pull::Wanted::default(), pull::Origin::All);
    let changed = plan_for(&loaded, &live).changes.len();
    assert_eq!(adoptions.is_empty(), changed == 0, "{adoptions:#?}");
    project.rewrite(|name, text| {
        let edits = adoptions.iter().filter(|adoption| *adoption.edit.document.file == *name);
        let edits: Vec<_> = edits.map(|adoption| adoption.edit.clone()).collect();
        let edited = edit::edit(&name.into(), text, &edits, &[]);
        assert_eq!(edited.refused, BTreeMap::new(), "{text}");
        edited.text
    });
    let plan = world.plan(&project.load()).await;
    assert!(plan.changes.is_empty() && plan.is_empty() && plan.diagnostics.is_empty(), "{plan:#?}");
    assert!(world.take_log().iter().all(is_read));
    assert_eq!(world.server.site(), site);
}

/// Returns what the manifests of a case state, and the site as it is read.
async fn stated(world: &World, site: &Site, case: &Case) -> (Live, Stated) {
    let (live, pages) = world.import().await;
    let start = if case.starts_from_import { imported(site, &pages) } else { Stated::new() };
    let mut stated = apply(site, start, &case.edits);
    stated.retain(|_, values| !values.is_empty());
    expected::state_what_cannot_be_told(site, &mut stated);
    (live, stated)
}

/// Returns the paths of the pages whose manifests do without an id: a path cannot name a page whose slug it changes.
fn by_path(case: &Case, site: &Site, live: &Live, stated: &Stated) -> BTreeMap<String, String> {
    let mut paths = BTreeMap::new();
    for page in site.pages.iter().filter(|page| case.names_by_path && page.branch.is_none()) {
        let states_slug = stated
            .get(&(page.id.clone(), LocaleKey::Primary))
            .is_some_and(|values| values.contains_key(&slugline::model::Field::Slug));
        let path = live.exact_path(&live.pages[&page.id.as_str().into()]).expect("all folders were read");
        // Archived pages and templates may have a path that is no good in a manifest, but none of the generated ones.
        if !states_slug && page.kind != PageKind::Utility {
            paths.insert(page.id.clone(), PagePath::to_string(&path));
        }
    }
    paths
}

/// Checks that each page-locale that needs it is written once, that the rest is lists, and no more of them than are
/// needed to see every page once.
fn check_requests(log: &[LogEntry], plan: &Plan, site: &Site, stated: &Stated) {
    let temporary = plan.operations.iter().filter(|operation| operation.purpose == Purpose::TemporarySlug).count();
    let mut expected: Vec<String> = Vec::new();
    for (page, key) in expected::writes(site, stated) {
        let id = live_locale_id(site, &key);
        expected.push(format!("PUT /v2/pages/{page}?{}", id.map(|id| format!("localeId={id}")).unwrap_or_default()));
    }
    let mut written: Vec<String> = log
        .iter()
        .filter(|entry| entry.method != "GET")
        .map(|entry| format!("{} {}?{}", entry.method, entry.path, entry.query))
        .collect();
    expected.sort();
    assert_eq!(written.len(), expected.len() + temporary);
    written.sort();
    written.dedup();
    assert_eq!(written, expected);
    let reads: Vec<&LogEntry> = log.iter().filter(|entry| is_read(entry)).collect();
    let list = format!("/v2/sites/{}/pages", site.id());
    let (lists, pages): (Vec<_>, Vec<_>) = reads.into_iter().partition(|entry| entry.path == list);
    // In a small run each page is read once more right before its write.
    assert!(pages.len() <= plan.operations.len(), "{pages:#?}");
    assert!(pages.iter().all(|read| log.iter().any(|entry| entry.method == "PUT" && entry.path == read.path)));
    // What is pinned is read once more at the end.
    let rounds = if plan.operations.iter().any(|operation| operation.has_pin) { 2 } else { 1 };
    assert!(lists.len() <= rounds * site.locale_keys().len() * site.pages.len().div_ceil(100));
}

fn live_locale_id<'s>(site: &'s Site, key: &LocaleKey) -> Option<&'s str> {
    let locales = site.locales.as_ref()?;
    let LocaleKey::Secondary(tag) = key else { return None };
    locales.secondary.iter().find(|locale| locale.tag == *tag).map(|locale| locale.id.as_str())
}

fn assert_is_empty(plan: &Plan) {
    assert!(plan.changes.is_empty(), "{:#?}", plan.changes);
    assert!(plan.is_empty());
    assert!(plan.diagnostics.is_empty(), "{:#?}", plan.diagnostics);
}

/// Returns the plan as it comes back from a file.
fn saved_and_read(plan: &Plan) -> Plan {
    let text = file::encode(plan, Exit::Ok);
    let read = file::decode(&text).expect("what was written can be read");
    assert_eq!(file::encode(&read, Exit::Ok), text);
    assert_eq!(read.operations, plan.operations);
    read
}

async fn plan_in_every_layout(case: &Case, switches: Switches) {
    let site = Site { switches, ..case.site.0.clone() };
    let world = World::new(site.clone()).await;
    let (mut live, stated) = stated(&world, &site, case).await;
    let by_path = by_path(case, &site, &live, &stated);
    let project = |layout| Project::new(&site, &stated, &by_path, layout);
    let plan = |layout| plan_for(&project(layout).load(), &live);

    let first = plan(Layout::FileEach);
    let text = file::encode(&first, Exit::Ok);
    assert_eq!(file::encode(&plan(Layout::FileEach), Exit::Ok), text);
    assert_eq!(file::encode(&plan(Layout::FileEachBackwards), Exit::Ok), text);
    let mut loaded = project(Layout::FileEach).load();
    loaded.pages.reverse();
    assert_eq!(file::encode(&plan_for(&loaded, &live), Exit::Ok), text);
    // Elsewhere the places differ, but nothing that is sent.
    assert_eq!(plan(Layout::OneFile).operations, first.operations);
    // What else is known of the site makes no difference to what is sent.
    if by_path.is_empty() {
        live.folders.clear();
        assert_eq!(plan_for(&project(Layout::FileEach).load(), &live).operations.len(), first.operations.len());
    }
    let token = site.token();
    assert!(!text.contains(token) && !format!("{first:?} {live:?} {:?}", world.client).contains(token));
}
