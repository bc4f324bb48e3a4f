//! What another editor writes while a run is under way is overwritten only between the last read of its page and the
//! write of that page. Every boundary between two requests of a run is tried, or a sample of them.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use slugline::apply::{self, Remote, Sending};
use slugline::event::{Outcome, Standing};
use slugline::model::{Desired, DesiredLocale, DesiredPage, Field, Live, NamedBy, PageId, Stated};
use slugline::plan::Plan;
use slugline::sandbox::{Action, Fault, LogEntry, Match, Options, Shape, Site, generate};
use slugline::source::{ByteRange, Location};
use slugline::webflow::{self, Client};
use tokio::sync::watch;

use super::sample;
use super::world::{World, block_on, client_options, four, plan_desired};

/// How a run is sent.
#[derive(Debug, Clone, Copy)]
struct Way {
    changes: usize,
    concurrency: usize,
    sending: Sending,
}

/// A run that has ended, and what it did.
struct Ran {
    log: Vec<LogEntry>,
    /// The bodies of the writes, by the request's number.
    bodies: BTreeMap<u64, String>,
    /// What the page that was edited reads in the end.
    title: String,
    /// The offset of the list request that shows a page.
    offsets: BTreeMap<PageId, usize>,
}

const THEIRS: &str = "Theirs";

/// Returns a plan that changes the SEO title of so many pages, and the pages in the order of the plan.
fn plan_of(live: &Live, changes: usize) -> (Plan, Vec<PageId>) {
    let mut desired = Desired::default();
    for (number, page) in live.pages.keys().take(changes).enumerate() {
        let location = Location { file: Arc::from("pages.yaml"), line: 1, column: 1, bytes: ByteRange::default() };
        let value = format!("Ours {number}").as_str().into();
        let fields = BTreeMap::from([(Field::SeoTitle, Stated { value, location: location.clone() })]);
        let locale = DesiredLocale { location: location.clone(), fields };
        let page_wanted = DesiredPage {
            path: live.known_path(&live.pages[page]),
            named_by: NamedBy::Id,
            location,
            locales: BTreeMap::from([(live.site.primary.tag.clone(), locale)]),
        };
        desired.pages.insert(page.clone(), page_wanted);
    }
    let plan = plan_desired(&desired, live);
    assert_eq!(plan.operations.len(), changes);
    let pages = plan.operations.iter().map(|operation| operation.address.page.clone()).collect();
    (plan, pages)
}

/// Returns a site on which so many pages can be changed.
fn site(changes: usize) -> Site {
    generate(Shape { pages: changes * 5 / 4 + 5, locales: 1, seed: 11 })
}

/// Applies a plan. Just before the request with this number, counted from 0, another editor changes the page whose
/// operation has this place in the plan.
async fn run(way: Way, edit: Option<(usize, usize)>) -> Ran {
    let options = Options { limit: false, history: true, ..Options::default() };
    let mut world = World::with(site(way.changes), options).await;
    world.sending = way.sending;
    let live = world.read().await;
    let (plan, pages) = plan_of(&live, way.changes);
    let approved = world.approve(&plan).await.expect("the plan was made from this reading");
    let edited = edit.map_or(&pages[0], |(_, victim)| &pages[victim]);
    if let Some((request, _)) = edit {
        let action = Action::Edit(json!({"id": edited.as_str(), "seo": {"title": THEIRS}}).to_string());
        world.server.set_faults(vec![Fault { matching: Match::default(), after: request as u64, times: 1, action }]);
    }
    let before = world.server.last_request();
    match world.apply_approved(approved, way.concurrency, &mut |_| {}).await {
        Ok(_) | Err(apply::Error::Stale(_)) => {}
        Err(error) => panic!("{error}"),
    }
    let mut log = world.server.log();
    log.retain(|entry| entry.number > before);
    world.server.set_faults(Vec::new());
    let after = world.read().await;
    let title = after.primary_metadata(edited).expect("the page is there").effective(Field::SeoTitle);
    let title = title.as_text().unwrap_or_default().to_owned();
    Ran { log, bodies: world.server.history().bodies, title, offsets: offsets(&world).await }
}

async fn offsets(world: &World) -> BTreeMap<PageId, usize> {
    let mut offsets = BTreeMap::new();
    for offset in (0..).step_by(100) {
        let list = world.client.reader().list_pages(world.server.site().id(), None, offset).await.unwrap();
        if list.pages.is_empty() {
            break;
        }
        offsets.extend(list.pages.iter().map(|page| (PageId::from(page.id.as_str()), offset as usize)));
    }
    offsets
}

impl Ran {
    /// Returns the write of a page, by its place in the log.
    fn write(&self, page: &PageId) -> Option<usize> {
        let is_meant = |entry: &LogEntry| match entry.method.as_str() {
            "PUT" => entry.path.ends_with(&format!("/{page}")),
            "PATCH" => self.bodies.get(&entry.number).is_some_and(|body| body.contains(page.as_str())),
            _ => false,
        };
        self.log.iter().position(is_meant)
    }

    /// Returns the last read before a request that has shown a page, by its place in the log.
    fn last_read(&self, page: &PageId, before: usize) -> usize {
        let offset = format!("offset={}", self.offsets[page]);
        let shows = |entry: &LogEntry| {
            let is_list = entry.path.ends_with("/pages") && entry.query.split('&').any(|part| part == offset);
            entry.method == "GET" && (is_list || entry.path.ends_with(&format!("/{page}")))
        };
        self.log[..before].iter().rposition(shows).expect("no page is written unread")
    }

    fn writes_between(&self, from: usize, to: usize) -> usize {
        self.log[from..to].iter().filter(|entry| entry.method != "GET").count()
    }
}

/// Tries an edit of each page at boundaries of a run, and returns how many were tried and overwritten. `check` is given
/// the run, and the places in its log of the page's last read and of its write.
fn edits(way: Way, ordinary: usize, check: impl Fn(&Ran, usize, usize)) -> (usize, usize) {
    block_on(async {
        let undisturbed = run(way, None).await;
        let (_, pages) = plan_of(&World::new(site(way.changes)).await.read().await, way.changes);
        let boundaries =
            (0..undisturbed.log.len()).flat_map(|request| (0..pages.len()).map(move |page| (request, page)));
        let tried = sample(boundaries.collect(), ordinary);
        let mut overwritten = 0;
        for (request, victim) in &tried {
            let ran = run(way, Some((*request, *victim))).await;
            let case = format!("{way:?}: {} before request {request}", pages[*victim]);
            if ran.title == THEIRS {
                continue;
            }
            overwritten += 1;
            let write = ran.write(&pages[*victim]).unwrap_or_else(|| panic!("{case}: nobody has written it"));
            let read = ran.last_read(&pages[*victim], write);
            assert!((read + 1..=write).contains(request), "{case}: lost, though {:#?} came after", ran.log[read]);
            check(&ran, read, write);
        }
        (tried.len(), overwritten)
    })
}

/// Prints a figure, also for a test that passes.
fn report(figure: &str) {
    std::io::stderr().write_all(format!("\n{figure}\n").as_bytes()).unwrap();
}

#[test]
fn an_edit_survives_unless_it_falls_between_the_read_of_its_page_and_the_next_request() {
    for (changes, ordinary) in [(1, usize::MAX), (5, usize::MAX), (30, 60), (100, 12)] {
        let way = Way { changes, concurrency: 1, sending: Sending::Singly };
        let (tried, overwritten) = edits(way, ordinary, |ran, read, write| {
            assert_eq!(write - read, 1, "{:#?}", &ran.log[read..=write]);
        });
        report(&format!("{changes} changes: {overwritten} edits overwritten of {tried}"));
        if ordinary == usize::MAX {
            assert_eq!(overwritten, changes, "each page has one boundary that cannot be closed, of {tried}");
        }
    }
}

#[test]
fn an_edit_survives_a_run_of_requests_side_by_side() {
    let way = Way { changes: 12, concurrency: 4, sending: Sending::Singly };
    let (tried, overwritten) = edits(way, 40, |ran, read, write| {
        // The first of them goes out on the list.
        let is_alone = ran.log[read].path.starts_with("/v2/pages/");
        assert!(is_alone || ran.writes_between(read, write) == 0, "{:#?}", &ran.log[read..=write]);
    });
    assert!(overwritten < tried / 4, "{overwritten} of {tried}");
}

#[test]
fn an_edit_survives_the_other_requests_of_a_bulk_run() {
    let way = Way { changes: 150, concurrency: 1, sending: Sending::InBulk };
    let (tried, overwritten) = edits(way, 24, |ran, read, write| {
        assert!(write - read <= 3 && ran.writes_between(read, write) == 0, "{:#?}", &ran.log[read..=write]);
    });
    report(&format!("in bulk: {overwritten} edits overwritten of {tried}"));
}

#[test]
fn a_small_run_reads_each_page_once_before_its_write() {
    for changes in [1, 5, 30, 100] {
        for concurrency in [1, 4] {
            let ran = block_on(run(Way { changes, concurrency, sending: Sending::Singly }, None));
            let lists = ran.log.iter().filter(|entry| entry.path.ends_with("/pages")).count();
            assert!(ran.log.len() <= lists + 2 * changes, "{} requests for {changes} changes", ran.log.len());
            assert!(lists <= site(changes).pages.len().div_ceil(100));
        }
    }
}

#[test]
fn a_large_run_adds_three_percent_of_reads() {
    for concurrency in [1, 4] {
        let ran = block_on(run(Way { changes: 300, concurrency, sending: Sending::Singly }, None));
        let preflight = ran.log.iter().take_while(|entry| entry.method == "GET").count();
        let least = preflight + 300;
        assert!(ran.log.len() <= least + least * 3 / 100, "{} requests, {preflight} before a write", ran.log.len());
        let pages = ran.offsets.keys().filter_map(|page| Some((page, ran.write(page)?)));
        let oldest = pages.map(|(page, write)| ran.writes_between(ran.last_read(page, write), write)).max().unwrap();
        assert!(oldest <= 40 + concurrency, "{oldest} other writes between a read and its write");
    }
}

/// A write that has to wait out a 429 is based on a new reading, however small the age is, and not for ever.
#[test]
fn ends_when_no_write_can_follow_its_read_in_time() {
    block_on(async {
        let site = site(1);
        let world = World::new(site.clone()).await;
        let (plan, _) = plan_of(&world.read().await, 1);
        let limited = Fault { times: u64::MAX, ..Fault::new("PUT", "/v2/pages/*", Action::TooManyRequestsBare) };
        world.server.set_faults(vec![limited]);
        let base_url = world.server.url().parse().unwrap();
        let minute = Duration::from_millis(60);
        let client = Client::new(webflow::Options { base_url, minute, ..client_options(&site) }).unwrap();
        let remote = Remote {
            reader: client.reader(),
            writer: client.writer(),
            sending: Sending::Singly,
            concurrency: four(),
            max_read_age: Duration::from_millis(1),
            deadline: None,
        };
        world.take_log();
        let (_nobody, stop) = watch::channel(None);
        let approved = world.approve(&plan).await.unwrap();
        let receipt = apply::apply(approved, &remote, stop, &mut |_| Ok(())).await.unwrap();
        let [Standing::Ended(Outcome::Failed { message, hint, .. })] = &receipt.standings[..] else {
            panic!("{receipt:#?}")
        };
        assert_eq!(message, "could not write within `--max-read-age` of reading the page");
        assert_eq!(hint.as_deref(), Some("raise `--max-read-age` or `--rpm`"));
        let log = world.take_log();
        for (index, entry) in log.iter().enumerate().filter(|(_, entry)| entry.method == "PUT") {
            assert_eq!(log[index - 1].method, "GET", "{entry:#?} follows a read");
        }
    });
}
