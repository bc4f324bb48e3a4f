//! An apply against a sandbox whose limits are enforced and whose clock runs fast. The benchmark measures it, and a test
//! holds it to what does not depend on the machine.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use slugline::apply::{self, DEFAULT_MAX_READ_AGE, Remote, Sending};
use slugline::event::{Event, Receipt};
use slugline::live;
use slugline::model::{Desired, DesiredLocale, DesiredPage, Field, Live, NamedBy, SiteId, Stated};
use slugline::plan::gate::{Candidate, Project, gate};
use slugline::plan::{Guard, Inputs, Limits, Plan, Policy, Provenance, plan};
use slugline::sandbox::{self, Server, Shape, generate};
use slugline::source::{ByteRange, Location};
use slugline::webflow::{self, Client, Token};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;

/// Requests a minute that the sandbox's token allows.
pub(crate) const LIMIT: u32 = 120;

/// Requests under way at once.
pub(crate) const CONCURRENCY: usize = 4;

/// The path that only a neighbor asks for.
const NEIGHBORS_PATH: &str = "/v2/sites";

/// What is to be tried.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trial {
    /// Page-locales to write.
    pub(crate) changes: usize,
    /// How much faster than the world the clock of the limits runs.
    pub(crate) speed: f64,
    /// Requests a minute that somebody else sends with the same token, whatever the answers are.
    pub(crate) neighbor: u32,
}

/// How it went.
#[derive(Debug)]
pub(crate) struct Measured {
    /// Of the program, reads and those that were refused among them.
    pub(crate) requests: usize,
    /// The requests before the first write.
    pub(crate) preflight: usize,
    pub(crate) writes: usize,
    /// Requests of the program that were one too many.
    pub(crate) limited: usize,
    /// Writes whose turn came so late that their page was read again first.
    pub(crate) held: usize,
    /// By the clock of the limits.
    pub(crate) minutes: f64,
    pub(crate) receipt: Receipt,
}

impl Measured {
    /// Returns the reads after the first write as a part of what could not be done without.
    pub(crate) fn reads_again(&self) -> f64 {
        let least = self.preflight + self.writes;
        self.requests.saturating_sub(least + self.limited) as f64 / least as f64
    }

    /// Returns how long it took as a multiple of what the limit makes of so many requests.
    pub(crate) fn share(&self, limit: u32) -> f64 {
        self.minutes / (self.requests as f64 / f64::from(limit))
    }
}

impl Trial {
    /// Plans and applies.
    pub(crate) async fn run(self) -> Measured {
        let minute = Duration::from_secs_f64(60.0 / self.speed);
        // Not all of them are pages that can be written.
        let site = generate(Shape { pages: self.changes * 3 / 5, locales: 2, seed: 7 });
        let (id, token) = (SiteId::from(site.id()), site.token().to_owned());
        let options = sandbox::Options { speed: self.speed, ..sandbox::Options::default() };
        let server = Server::start(site, options).await.expect("loopback has a port");
        let client = client(&server, &token, minute);
        let neighbor = tokio::spawn(annoy(format!("{}{NEIGHBORS_PATH}", server.url()), token, minute, self.neighbor));
        if self.neighbor > 0 {
            // It was there before.
            tokio::time::sleep(minute).await;
            server.clear_log();
        }

        let begin = Instant::now();
        client.reader().introspect().await.expect("the token may ask what it is");
        let four = NonZeroUsize::new(CONCURRENCY).expect("four is not zero");
        let live = live::read(&client.reader(), &id, four).await.expect("the sandbox answers");
        let plan = plan_of(&live, self.changes);
        let project = Project { site: &id, environment: None, managed: self.changes, limits: &Limits::default() };
        let candidate = Candidate { plan: &plan, ended: None };
        let approved = gate(candidate, &live, project, &Guard::ALL).expect("the plan was made from this reading");
        let remote = Remote {
            reader: client.reader(),
            writer: client.writer(),
            sending: Sending::Singly,
            concurrency: four,
            // As young as readings have to be, on this clock.
            max_read_age: DEFAULT_MAX_READ_AGE.div_f64(self.speed),
            deadline: None,
        };
        let (_nobody, stop) = watch::channel(None);
        let mut held = 0;
        let mut record = |event: &Event| {
            held += usize::from(matches!(event, Event::Held { .. }));
            Ok(())
        };
        let receipt = apply::apply(approved, &remote, stop, &mut record).await.expect("nobody else writes");
        let minutes = begin.elapsed().as_secs_f64() / minute.as_secs_f64();
        neighbor.abort();
        Measured { held, minutes, receipt, ..count(&server) }
    }
}

fn count(server: &Server) -> Measured {
    let mut log = server.log();
    log.retain(|entry| entry.path != NEIGHBORS_PATH);
    Measured {
        requests: log.len(),
        preflight: log.iter().take_while(|entry| entry.method == "GET").count(),
        writes: log.iter().filter(|entry| entry.method != "GET" && entry.status == Some(200)).count(),
        limited: log.iter().filter(|entry| entry.status == Some(429)).count(),
        held: 0,
        minutes: 0.0,
        receipt: Receipt::default(),
    }
}

fn client(server: &Server, token: &str, minute: Duration) -> Client {
    let mut options = webflow::Options::new(Token::new(token.to_owned()).expect("a header can hold it"));
    options.base_url = server.url().parse().expect("it is a URL");
    options.minute = minute;
    Client::new(options).expect("no TLS is needed")
}

/// Sends so many requests a minute, evenly, and heeds nothing.
async fn annoy(url: String, token: String, minute: Duration, per_minute: u32) {
    if per_minute == 0 {
        return;
    }
    let http = reqwest::Client::builder().no_proxy().build().expect("no TLS is needed");
    let mut ticks = tokio::time::interval(minute / per_minute);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        ticks.tick().await;
        let request = http.get(&url).bearer_auth(&token).send();
        tokio::spawn(async move { drop(request.await) });
    }
}

/// Returns a plan of so many operations: another search title for every page-locale, as far as they go.
fn plan_of(live: &Live, changes: usize) -> Plan {
    let mut desired = Desired::default();
    let locales = [&live.site.primary.tag, &live.site.secondary[0].tag];
    let addresses = live.pages.keys().flat_map(|page| locales.map(|locale| (page, locale)));
    for (number, (page, locale)) in addresses.take(changes).enumerate() {
        let location = Location { file: Arc::from("pages.yaml"), line: 1, column: 1, bytes: ByteRange::default() };
        let value = format!("Search title {number}").as_str().into();
        let fields = BTreeMap::from([(Field::SeoTitle, Stated { value, location: location.clone() })]);
        let page_wanted = desired.pages.entry(page.clone()).or_insert_with(|| DesiredPage {
            path: live.known_path(&live.pages[page]),
            named_by: NamedBy::Id,
            location: location.clone(),
            locales: BTreeMap::new(),
        });
        page_wanted.locales.insert(locale.clone(), DesiredLocale { location, fields });
    }
    let provenance = Provenance { environment: None, revision: None, requests: 0 };
    let plan = plan(Inputs { desired: &desired, base: None, live, policy: &Policy::default() }, provenance);
    assert_eq!(plan.operations.len(), changes, "{:#?}", plan.diagnostics);
    plan
}
