//! The simulated Webflow as a server on loopback.
//!
//! Everything that needs a clock or a socket is here; what is answered is decided by pure functions.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use jiff::{Timestamp, TimestampRound, Unit};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::connection::{Breaker, Loopback, Phase, reached};
use super::document::Site;
use super::due::{Due, Faults};
use super::faults::Fault;
use super::handle::handle;
use super::history::{Deed, History};
use super::limit::{Allowance, Limiter};
use super::log::{Log, LogEntry};
use super::routes::{self, Call, Moment};
use super::switches::Switches;
use super::wire::Answer;

/// How long requests under way may take once the server is to stop.
const GRACE: Duration = Duration::from_secs(1);

/// Keeps the site: gets its JSON after each change, before the change is answered.
#[derive(Clone)]
pub struct Save(Arc<SaveFn>);

type SaveFn = dyn Fn(&str) -> io::Result<()> + Send + Sync;

impl Save {
    /// Returns what calls a function with the JSON of the site.
    pub fn new(save: impl Fn(&str) -> io::Result<()> + Send + Sync + 'static) -> Self {
        Self(Arc::new(save))
    }
}

impl fmt::Debug for Save {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Save")
    }
}

/// How to serve.
#[derive(Debug, Clone)]
pub struct Options {
    /// 0 for any port that is free.
    pub port: u16,
    /// How much faster than the world the clock of the limits runs.
    pub speed: f64,
    /// Whether the limits are enforced.
    pub limit: bool,
    /// Where the site is kept.
    pub save: Option<Save>,
    /// Whether everything that happens to the site is kept, for [`Server::history`].
    pub history: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { port: 0, speed: 1.0, limit: true, save: None, history: false }
    }
}

/// A server that runs until it is stopped or dropped.
#[derive(Debug)]
pub struct Server {
    url: String,
    shared: Arc<Shared>,
    phases: watch::Sender<Phase>,
    task: Option<JoinHandle<io::Result<()>>>,
}

/// What all connections share.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    started: Instant,
    options: Options,
    pub(super) phases: watch::Receiver<Phase>,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) site: Site,
    pub(super) limiter: Limiter,
    pub(super) log: Log,
    pub(super) faults: Faults,
    pub(super) history: Option<History>,
}

impl Server {
    /// Accepts requests on `127.0.0.1` once it returns.
    pub async fn start(site: Site, options: Options) -> io::Result<Self> {
        if !options.speed.is_finite() || options.speed <= 0.0 {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the speed must be more than 0"));
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let (phases, receiver) = watch::channel(Phase::Serving);
        let limiter = Limiter::new(options.speed, options.limit);
        let history = options.history.then(History::default);
        let state = Mutex::new(State { site, limiter, log: Log::default(), faults: Faults::default(), history });
        let shared = Arc::new(Shared { state, started: Instant::now(), options, phases: receiver.clone() });
        let service = Router::new().fallback(handle).with_state(Arc::clone(&shared));
        let serving = axum::serve(
            Loopback { listener, phases: receiver.clone() },
            service.into_make_service_with_connect_info::<Breaker>(),
        )
        .with_graceful_shutdown(reached(receiver, Phase::Draining));
        let task = Some(tokio::spawn(serving.into_future()));
        Ok(Self { url, shared, phases, task })
    }

    /// Returns `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the site as it is now.
    pub fn site(&self) -> Site {
        self.shared.state().site.clone()
    }

    /// Puts another site in place of the one that is served.
    pub fn set_site(&self, site: Site) {
        self.shared.state().site = site;
    }

    /// Returns the requests so far, those to the control door left out.
    pub fn log(&self) -> Vec<LogEntry> {
        self.shared.state().log.entries().to_vec()
    }

    /// Returns what really happened so far; nothing unless it is kept.
    pub fn history(&self) -> History {
        self.shared.state().history.clone().unwrap_or_default()
    }

    /// Returns the number of the newest request, 0 if there is none yet.
    pub fn last_request(&self) -> u64 {
        self.shared.state().log.last()
    }

    pub fn clear_log(&self) {
        self.shared.state().log.clear();
    }

    pub fn set_switches(&self, switches: Switches) {
        self.shared.state().site.switches = switches;
    }

    /// Arms a script of faults in place of the last one.
    pub fn set_faults(&self, faults: Vec<Fault>) {
        let mut state = self.shared.state();
        state.faults = Faults::new(faults, &state.site);
    }

    /// Finishes what is under way, breaks what does not end, and returns the site.
    pub async fn stop(mut self) -> Site {
        self.phases.send_replace(Phase::Draining);
        if let Some(mut task) = self.task.take()
            && tokio::time::timeout(GRACE, &mut task).await.is_err()
        {
            self.phases.send_replace(Phase::Cut);
            // It ends as soon as the last connection has noticed; how does not matter.
            let _ = task.await;
        }
        self.site()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.phases.send_replace(Phase::Cut);
    }
}

impl Shared {
    /// Returns the state. A panic of another request has left it whole: writes are planned before they are made.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a request to the log; returns its number and the faults that meet it.
    pub(super) fn arrive(&self, call: &Call<'_>, query: &str) -> (u64, Due) {
        let mut state = self.state();
        let due = state.faults.meet(call.method, call.path);
        let number = state.log.arrived(call, query, due.names.clone());
        if let (Some(history), Some(body)) = (&mut state.history, call.body.filter(|body| !body.is_empty())) {
            history.bodies.insert(number, String::from_utf8_lossy(body).into_owned());
        }
        (number, due)
    }

    /// Adds to the log what became of a request.
    pub(super) fn leave(&self, number: u64, status: Option<u16>, since: Instant) {
        self.state().log.ended(number, status, since);
    }

    /// Counts the request, answers it, and saves what has changed.
    pub(super) fn answer(&self, number: u64, call: &Call<'_>, token: Option<&str>, due: Due) -> (Answer, Allowance) {
        let moment = self.moment();
        let State { site, limiter, log: _, faults: _, history } = &mut *self.state();
        let mut keep = |deed: Deed, site: &Site| {
            if let Some(history) = history {
                history.add(number, deed, site);
            }
        };
        let token = token.and_then(|token| site.token_named(token)).cloned();
        let name = token.as_ref().map_or("", |token| &token.token);
        let allowance = limiter.request(name, limiter.limit(token.as_ref()), moment.elapsed);
        if let Some(seconds) = allowance.retry_after {
            return (Answer::too_many_requests(seconds), allowance);
        }
        let mut disturbed = false;
        for disturbance in &due.disturbances {
            if site.disturb(disturbance, call.path, moment.now) {
                disturbed = true;
                keep(Deed::SomeoneElse, site);
            }
        }
        let failed = due.failure().map(|failure| failure.answer(limiter.minute()));
        let mut past = due.past;
        let seen = past.as_deref_mut().unwrap_or(&mut *site);
        let answer = failed.unwrap_or_else(|| routes::answer(call, token.as_ref(), seen, limiter, moment));
        keep(answer.deed(), seen);
        if (answer.changed || disturbed)
            && let Err(error) = self.save(site)
        {
            let message = format!("An Internal Error occurred: the site could not be saved: {error}");
            return (Answer::error(500, "internal_error", message), allowance);
        }
        (answer, allowance)
    }

    /// Has the site kept, if it is to be.
    pub(super) fn save(&self, site: &Site) -> io::Result<()> {
        self.options.save.as_ref().map_or(Ok(()), |Save(save)| save(&site.to_json()))
    }

    fn moment(&self) -> Moment {
        Moment { now: now(), elapsed: self.started.elapsed().mul_f64(self.options.speed) }
    }
}

/// Returns the time as it is stored. The wire has milliseconds; what is stored must not be finer than what is read.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    now.round(TimestampRound::new().smallest(Unit::Millisecond)).unwrap_or(now)
}

/// Returns the query by name; of a name that is there twice the last one counts.
pub(super) fn query(uri: &axum::http::Uri) -> BTreeMap<String, String> {
    let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri);
    pairs.map(|pairs| pairs.0.into_iter().collect()).unwrap_or_default()
}
