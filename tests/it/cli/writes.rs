//! Writes that go wrong: each one is told, the others go on, and the exit code says how far it came.

use insta::assert_snapshot;
use slugline::sandbox::{Action, Fault};

use super::environment::{Ran, TestEnvironment};
use super::galaxy;

/// Applies a change to each of this many pages, while these faults are armed.
fn apply(pages: usize, faults: Vec<Fault>) -> (TestEnvironment, Ran) {
    let environment = TestEnvironment::serving(&galaxy::site_with_pages(pages));
    for number in 1..=pages {
        let manifest = format!("id: pg{number}\nlocales: {{en-US: {{title: Changed {number}}}}}\n");
        environment.write(&format!("pages/{number}.yaml"), manifest);
    }
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    environment.server().set_faults(faults);
    let ran = environment.run("apply plan.json");
    (environment, ran)
}

fn fault(page: usize, action: Action) -> Fault {
    Fault::new("PUT", &format!("/v2/pages/pg{page}"), action)
}

/// Returns a fault that lasts longer than the program's patience with one write.
fn lasting(page: usize, action: Action) -> Fault {
    Fault { times: 3, ..fault(page, action) }
}

/// Returns what the program says after the plan.
fn report(ran: &Ran) -> String {
    let (_, report) = ran.stdout.split_once("to send.\n").unwrap();
    format!("exit: {}\nwrites: {}\n{report}", ran.exit, ran.writes.join(", "))
}

#[test]
fn one_write_of_three_fails() {
    let (environment, ran) = apply(3, vec![lasting(2, Action::InternalError)]);
    assert_snapshot!(report(&ran), @"
    exit: 6
    writes: PUT pg1 primary 200, PUT pg2 primary 500, PUT pg2 primary 500, PUT pg2 primary 500, PUT pg3 primary 200
    /page-2 @ en-US: not written: `PUT /v2/pages/pg2` answered 500 internal server error: An Internal Error occurred
    hint: try again later; https://status.webflow.com tells of outages
    Applied: 2 written, 1 failed of 3 requests.
    ");
    assert_eq!(environment.values("pg2", "en-US")["title"], "Page 2");
    assert_eq!(environment.values("pg3", "en-US")["title"], "Changed 3");
    // What is done is not sent again.
    let again = environment.run("apply plan.json");
    assert_eq!((again.exit, again.writes), (0, vec!["PUT pg2 primary 200".to_owned()]));
}

/// What an earlier attempt has brought to its end counts as done from the start.
#[test]
fn what_is_left_is_counted_from_where_it_stopped() {
    let (environment, ran) = apply(3, vec![lasting(2, Action::InternalError)]);
    assert_eq!(ran.exit, 6);
    environment.server().set_faults(Vec::new());
    let resumed = environment.run("apply --yes --resume -v");
    assert_eq!((resumed.exit, &*resumed.writes), (0, &["PUT pg2 primary 200".to_owned()][..]), "{resumed}");
    assert!(resumed.stderr.contains("; 1 write to send"), "{resumed}");
    assert!(resumed.stderr.contains("[3/3] /page-2 @ en-US: done"), "{resumed}");
}

#[test]
fn three_server_errors_in_a_row_stop_the_run() {
    let fault = Fault { times: 9, ..Fault::new("PUT", "/v2/pages/*", Action::Unavailable) };
    let (_, ran) = apply(5, vec![fault]);
    assert_snapshot!(report(&ran), @"
    exit: 5
    writes: PUT pg1 primary 503, PUT pg1 primary 503, PUT pg1 primary 503, PUT pg2 primary 503, PUT pg2 primary 503, PUT pg2 primary 503, PUT pg3 primary 503, PUT pg3 primary 503, PUT pg3 primary 503
    /page-1 @ en-US: not written: `PUT /v2/pages/pg1` answered 503 service unavailable: Service Unavailable
    /page-2 @ en-US: not written: `PUT /v2/pages/pg2` answered 503 service unavailable: Service Unavailable
    /page-3 @ en-US: not written: `PUT /v2/pages/pg3` answered 503 service unavailable: Service Unavailable
    hint: try again later; https://status.webflow.com tells of outages
    stopped: the server failed several times in a row; 2 requests not sent
    Applied: 3 failed, 2 not sent of 5 requests.
    ");
}

#[test]
fn a_token_that_is_revoked_stops_the_run() {
    let (_, ran) = apply(3, vec![fault(2, Action::Forbidden)]);
    assert_snapshot!(report(&ran), @"
    exit: 6
    writes: PUT pg1 primary 200, PUT pg2 primary 403
    /page-2 @ en-US: not written: `PUT /v2/pages/pg2` answered 403 forbidden: User is not authorized to perform this action
    hint: this request needs a token with the scope `pages:write`; scopes are chosen when a token is made, in the site's settings under Apps & integrations
    stopped: the token is not accepted; 1 request not sent
    Applied: 1 written, 1 failed, 1 not sent of 3 requests.
    ");
}

#[test]
fn a_page_that_is_deleted_just_before_its_write() {
    let (_, ran) = apply(3, vec![fault(2, Action::DeletePage(Some("pg2".to_owned())))]);
    assert_snapshot!(report(&ran), @"
    exit: 6
    writes: PUT pg1 primary 200, PUT pg2 primary 404, PUT pg3 primary 200
    /page-2 @ en-US: not written: `PUT /v2/pages/pg2` answered 404 not found: Requested resource not found: The page cannot be found
    hint: the page may be deleted, or the token is one of another site
    Applied: 2 written, 1 failed of 3 requests.
    ");
}

#[test]
fn an_answer_that_is_lost_after_the_write_is_settled_by_a_read() {
    for action in [Action::ResetAfter, Action::ResetMiddle, Action::Truncate, Action::NotJson] {
        let (environment, ran) = apply(2, vec![fault(1, action.clone())]);
        assert_eq!(ran.exit, 0, "{action:?}\n{ran}");
        assert_eq!(environment.values("pg1", "en-US")["title"], "Changed 1");
        assert_eq!(ran.writes.len(), 2, "nothing is sent twice: {ran}");
    }
}

#[test]
fn a_write_that_was_not_carried_out_is_sent_again() {
    for action in [Action::ResetBefore, Action::InternalError, Action::BadGateway, Action::Unavailable] {
        let (environment, ran) = apply(1, vec![fault(1, action.clone())]);
        assert_eq!((ran.exit, ran.writes.len()), (0, 2), "{action:?}\n{ran}");
        assert_eq!(environment.values("pg1", "en-US")["title"], "Changed 1");
    }
}

#[test]
fn connections_that_break_before_each_try() {
    let (environment, ran) = apply(2, vec![lasting(1, Action::ResetBefore)]);
    assert_eq!((ran.exit, ran.writes.last().map(String::as_str)), (6, Some("PUT pg2 primary 200")), "{ran}");
    // In which way a connection is found broken is up to the system.
    let said = "/page-1 @ en-US: sent, outcome unknown: `PUT /v2/pages/pg1` was interrupted: ";
    assert!(ran.stdout.contains(said), "{ran}");
    assert_eq!(environment.values("pg1", "en-US")["title"], "Page 1");
}

#[test]
fn being_asked_to_wait_is_no_failure() {
    let (_, ran) = apply(2, vec![fault(1, Action::TooManyRequests(Some(0)))]);
    assert_eq!(
        (ran.exit, ran.writes.join(", ")),
        (0, "PUT pg1 primary 429, PUT pg1 primary 200, PUT pg2 primary 200".to_owned())
    );
}

#[test]
fn reads_that_fail_are_tried_again() {
    let environment = TestEnvironment::with_pages([("guide.yaml", galaxy::GUIDE_CHANGED)]);
    let fault = Fault::new("GET", "/v2/sites/siteGalaxy/pages", Action::BadGateway);
    environment.server().set_faults(vec![fault]);
    assert_eq!(environment.run("plan --detailed-exitcode -q").exit, 2);
}
