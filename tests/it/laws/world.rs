//! A sandbox, a client that talks to it, and the steps that commands consist of.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use slugline::apply::{self, DEFAULT_MAX_READ_AGE, Remote, Sending};
use slugline::diagnostic::{self, Diagnostic};
use slugline::event::{Event, Receipt};
use slugline::import::{NewPage, Wanted, new_pages};
use slugline::live;
use slugline::manifest::load::Loaded;
use slugline::manifest::lower::{self, Terms};
use slugline::model::{Desired, FolderId, Live, SiteId};
use slugline::plan::gate::{self, Approved, Candidate, Project, Refusal};
use slugline::plan::{Guard, Inputs, Limits, Plan, Policy, Provenance, plan};
use slugline::sandbox::{LogEntry, Options, Server, Site};
use slugline::webflow::{self, Client, Token};
use tokio::sync::watch;

pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) client: Client,
    site: SiteId,
    /// How an apply sends.
    pub(crate) sending: Sending,
}

/// Runs a case to its end. One thread will do, since nothing in a case has work to share.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

pub(crate) fn four() -> NonZeroUsize {
    NonZeroUsize::new(4).unwrap()
}

impl World {
    /// Serves the site. The limits of the real server would only make the tests wait.
    pub(crate) async fn new(site: Site) -> Self {
        Self::with(site, Options { limit: false, ..Options::default() }).await
    }

    pub(crate) async fn with(site: Site, options: Options) -> Self {
        let id = SiteId::from(site.id());
        let client_options = client_options(&site);
        let server = Server::start(site, options).await.unwrap();
        let base_url = server.url().parse().unwrap();
        let client = Client::new(webflow::Options { base_url, ..client_options }).unwrap();
        Self { client, server, site: id, sending: Sending::Singly }
    }

    /// Reads the site by list.
    pub(crate) async fn read(&self) -> Live {
        live::read(&self.client.reader(), &self.site, four()).await.unwrap()
    }

    /// Returns the site with all its folders, and what an import makes of it.
    pub(crate) async fn import(&self) -> (Live, Vec<NewPage>) {
        let mut live = self.read().await;
        let folders: BTreeSet<FolderId> = live.pages.values().filter_map(|page| page.folder.clone()).collect();
        live::read_folders(&self.client.reader(), &mut live, folders, four()).await.unwrap();
        let pages = new_pages(&live, &BTreeSet::new(), &Wanted { all: true, ..Wanted::default() });
        (live, pages)
    }

    /// Plans as `slugline plan` does.
    pub(crate) async fn plan(&self, loaded: &Loaded) -> Plan {
        self.plan_unless_invalid(loaded).await.unwrap_or_else(|diagnostics| panic!("{diagnostics:#?}"))
    }

    /// Plans, unless the manifests do not fit the site.
    pub(crate) async fn plan_unless_invalid(&self, loaded: &Loaded) -> Result<Plan, Vec<Diagnostic>> {
        let mut live = self.read().await;
        let folders = lower::folders_needed(&loaded.pages, &Terms::default(), &live);
        live::read_folders(&self.client.reader(), &mut live, folders, four()).await.unwrap();
        plan_unless_invalid(loaded, &live)
    }

    /// Passes a plan through the gate, with every guard allowed.
    pub(crate) async fn approve<'p>(&self, plan: &'p Plan) -> Result<Approved<'p>, Refusal> {
        self.approve_with(plan, &Guard::ALL).await
    }

    /// Passes a plan through the gate.
    pub(crate) async fn approve_with<'p>(&self, plan: &'p Plan, allowed: &[Guard]) -> Result<Approved<'p>, Refusal> {
        let mut live = self.read().await;
        let folders = gate::folders_needed(plan, &live);
        live::read_folders(&self.client.reader(), &mut live, folders, four()).await.unwrap();
        let project = Project { site: &self.site, environment: None, managed: 0, limits: &Limits::default() };
        gate::gate(Candidate { plan, ended: None }, &live, project, allowed)
    }

    /// Applies as `slugline apply` does.
    pub(crate) async fn apply(
        &self,
        plan: &Plan,
        concurrency: usize,
        emit: &mut dyn FnMut(&Event),
    ) -> Result<Receipt, apply::Error> {
        let approved = match self.approve(plan).await {
            Err(Refusal::Stale(moved)) => return Err(apply::Error::Stale(moved)),
            approved => approved.unwrap_or_else(|refusal| panic!("{refusal:#?}\nof {plan:#?}")),
        };
        // What the gate reads is not part of the apply.
        self.server.clear_log();
        self.apply_approved(approved, concurrency, emit).await
    }

    /// Applies a plan that the gate has approved.
    pub(crate) async fn apply_approved(
        &self,
        approved: Approved<'_>,
        concurrency: usize,
        emit: &mut dyn FnMut(&Event),
    ) -> Result<Receipt, apply::Error> {
        let concurrency = NonZeroUsize::new(concurrency).unwrap();
        let remote = Remote {
            reader: self.client.reader(),
            writer: self.client.writer(),
            sending: self.sending,
            concurrency,
            max_read_age: DEFAULT_MAX_READ_AGE,
            deadline: None,
        };
        let (_nobody, stop) = watch::channel(None);
        let mut record = |event: &Event| {
            emit(event);
            Ok(())
        };
        apply::apply(approved, &remote, stop, &mut record).await
    }

    /// Returns the requests since the last call.
    pub(crate) fn take_log(&self) -> Vec<LogEntry> {
        let log = self.server.log();
        self.server.clear_log();
        log
    }
}

/// Returns what a client of the site is told.
pub(crate) fn client_options(site: &Site) -> webflow::Options {
    webflow::Options::new(Token::new(site.token().to_owned()).unwrap())
}

/// Plans without a request.
pub(crate) fn plan_for(loaded: &Loaded, live: &Live) -> Plan {
    plan_unless_invalid(loaded, live).unwrap_or_else(|diagnostics| panic!("{diagnostics:#?}"))
}

fn plan_unless_invalid(loaded: &Loaded, live: &Live) -> Result<Plan, Vec<Diagnostic>> {
    let (desired, diagnostics) = lower::lower(&loaded.pages, &Terms::default(), live);
    if diagnostic::has_errors(&diagnostics) {
        return Err(diagnostics);
    }
    Ok(plan_desired(&desired, live))
}

/// Plans for what is wanted, wherever that is from.
pub(crate) fn plan_desired(desired: &Desired, live: &Live) -> Plan {
    let policy = Policy::default();
    let provenance = Provenance { environment: None, revision: None, requests: 0 };
    plan(Inputs { desired, base: None, live, policy: &policy }, provenance)
}

/// Returns the codes of all problems.
pub(crate) fn codes(diagnostics: &[Diagnostic]) -> BTreeSet<&str> {
    diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect()
}

/// Returns whether a request only reads.
pub(crate) fn is_read(entry: &LogEntry) -> bool {
    entry.method == "GET"
}
