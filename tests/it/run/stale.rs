//! Law 8 while a run is under way: what somebody edits between the check and the write is left alone and shown, and the
//! rest goes on. And the other way to be two at once: a second run waits for nobody, and names the first.

use serde_json::{Value as Json, json};
use slugline::event::{Outcome, Standing};
use slugline::model::Field;
use slugline::run;
use slugline::sandbox::{Action, Fault, Match};

use super::gate::{Catch, Gate, Side};
use super::project::{Ended, Project, agreed, resume};

const LIST: &str = "/v2/sites/siteNumbers/pages";

/// Returns what a page holds of its own in the primary locale.
fn values(project: &Project, page: &str) -> Json {
    let site = project.site();
    let pages = site["pages"].as_array().unwrap();
    pages.iter().find(|candidate| candidate["id"] == page).unwrap()["values"]["primary"].clone()
}

/// Applies while somebody edits the title of page six just before the list, or a single page, is read for the so-many-th
/// time.
fn apply_beside(path: &str, after: u64) -> (Project, Ended) {
    let project = Project::new();
    let edit = Action::Edit(json!({"id": "six", "title": "Theirs"}).to_string());
    project.server.set_faults(vec![Fault { after, ..Fault::new("GET", path, edit) }]);
    let mut arguments = agreed("apply");
    arguments.extend(["--concurrency", "1"]);
    let ended = project.run(&arguments);
    (project, ended)
}

/// The lists are read for the check; the first page that is read alone is that of an operation.
#[test]
fn an_edit_between_the_check_and_the_write_is_left_alone() {
    let (project, ended) = apply_beside("/v2/pages/*", 0);
    let ended = ended.expect(6);
    assert_eq!(values(&project, "six")["title"], "Theirs");
    let shown = format!("{}{}", ended.stdout, ended.stderr);
    assert!(shown.contains("Theirs"), "what somebody wrote is shown: {shown}");

    let (recorded, receipt) = project.recorded();
    for (operation, standing) in recorded.plan.operations.iter().zip(&receipt.standings) {
        let is_edited = operation.address.page.as_str() == "six" && operation.locale_id.is_none();
        match standing {
            Standing::Ended(Outcome::Moved(moved)) if is_edited => {
                assert_eq!(
                    (moved.len(), &moved[0].field, &moved[0].found),
                    (1, &Field::Title.into(), &"Theirs".into())
                );
            }
            Standing::Ended(Outcome::Done) if !is_edited => {}
            _ => panic!("{standing:?} of {operation:#?}"),
        }
    }
    assert_eq!(project.writes().len(), recorded.plan.operations.len() - 1);

    // Resuming leaves it alone as well; a new plan shows it, and may overwrite it then.
    project.server.clear_log();
    project.run(&resume()).expect(6);
    assert_eq!(project.writes(), []);
    let planned = project.run(&["plan"]).expect(0);
    assert!(planned.stdout.contains("Theirs"), "{}", planned.stdout);
    project.run(&agreed("apply")).expect(0);
    assert_eq!(values(&project, "six")["title"], "Sixth");
}

/// Whenever it comes: it is shown before it is overwritten, or it is left alone, or it comes after the write.
#[test]
fn an_edit_before_any_read_is_never_overwritten_unread() {
    let (undisturbed, ended) = apply_beside("/no/such/path", 0);
    ended.expect(0);
    let log = undisturbed.server.log();
    let (lists, pages): (Vec<_>, Vec<_>) =
        log.iter().filter(|entry| entry.method == "GET").partition(|e| e.path == LIST);
    let singles = pages.iter().filter(|entry| entry.path.starts_with("/v2/pages/")).count();
    let mut moved = 0;
    let places = (2..lists.len()).map(|after| (LIST, after)).chain((0..singles).map(|after| ("/v2/pages/*", after)));
    for (path, after) in places {
        let (project, ended) = apply_beside(path, u64::try_from(after).unwrap());
        let was_written = project.writes().iter().any(|entry| entry.path == "/v2/pages/six" && entry.query.is_empty());
        let title = values(&project, "six")["title"].clone();
        match ended.exit {
            // The check before the first write has found it.
            Some(4) => assert_eq!((project.writes().len(), title), (0, json!("Theirs"))),
            Some(6) => {
                assert_eq!((was_written, title), (false, json!("Theirs")));
                moved += 1;
            }
            // It came after the write, and nothing was sent since.
            Some(0) => assert_eq!((was_written, title), (true, json!("Theirs")), "{path} {after}"),
            other => panic!("{other:?} with an edit before read {after} of {path}: {}", ended.stderr),
        }
    }
    assert!(moved > 0);
}

/// Returns the requests of a run that changes page eight alone, and the number of those before its write.
fn one_change() -> (Project, Vec<&'static str>, u64) {
    let arguments = vec!["apply", "--yes", "--page", "/eight"];
    let project = Project::new();
    project.run(&arguments).expect(0);
    let before = project.server.log().iter().take_while(|entry| entry.method == "GET").count();
    (Project::new(), arguments, u64::try_from(before).unwrap())
}

/// Edits page eight just before the request after so many.
fn edit_of_eight(after: u64) -> Fault {
    let edit = Action::Edit(json!({"id": "eight", "title": "Theirs"}).to_string());
    Fault { matching: Match::default(), after, times: 1, action: edit }
}

#[test]
fn reads_the_page_again_after_the_write_has_waited_out_a_429() {
    for age in [&[][..], &["--max-read-age", "1"], &["--max-read-age", "0.001"]] {
        let (project, arguments, before) = one_change();
        let limited = Fault::new("PUT", "/v2/pages/*", Action::TooManyRequests(Some(2)));
        project.server.set_faults(vec![limited, edit_of_eight(before + 1)]);
        let ended = project.run(&[&arguments, age].concat()).expect(6);
        assert_eq!(values(&project, "eight")["title"], "Theirs", "{age:?}");
        assert!(ended.stdout.contains("Theirs"), "{age:?}: {}", ended.stdout);
        let methods: Vec<String> =
            project.server.log().iter().rev().take(3).map(|entry| entry.method.clone()).collect();
        assert_eq!(methods, ["GET", "PUT", "GET"], "{age:?}: the write was not sent again");
    }
}

/// Whatever the second one is: it says who has the lock and since when, and what it could do without the lock it does.
#[test]
fn a_second_run_is_refused_and_names_the_first() {
    let project = Project::new();
    project.run(&["apply", "--yes", "--page", "/eight"]).expect(0);
    let mut gate = Gate::new(project.server.url(), Some(Catch { method: Some("PUT"), after: 1, side: Side::Before }));
    let mut one_by_one = agreed("apply");
    one_by_one.extend(["--concurrency", "1"]);
    let first = project.start(gate.url(), &one_by_one);
    gate.wait();
    let holder: Json = serde_json::from_slice(&std::fs::read(project.state().join("lock")).unwrap()).unwrap();
    let since = holder["since"].as_str().unwrap();
    let named = format!("another run is under way: process {}, since {since}", first.id());
    let sent = project.writes();
    let id = run::list(&project.state()).unwrap()[0].to_string();
    for arguments in [
        agreed("apply"),
        agreed("undo"),
        vec!["undo", "--yes", &id],
        resume(),
        vec!["apply", "--yes", &format!("--resume={id}")],
        vec!["pull"],
    ] {
        let second = project.run(&arguments).expect(4);
        assert!(second.stderr.contains(&named), "{named}: {}", second.stderr);
        assert!(second.stderr.contains("nothing was written"), "{}", second.stderr);
    }
    assert_eq!(project.writes(), sent, "the second has sent nothing");
    assert_eq!(project.runs(), 2);
    project.run(&["plan"]).expect(0);
    gate.let_go();
    Ended::of(first).expect(0);
    gate.close();
    let whole = project.site();
    project.run(&agreed("apply")).expect(0);
    assert_eq!(project.site(), whole);
}

/// An undo keeps others out as well, from before it reads until its end.
#[test]
fn an_undo_under_way_keeps_others_out() {
    let project = Project::new();
    project.run(&agreed("apply")).expect(0);
    for (method, after) in [("GET", 1), ("PUT", 1)] {
        let mut gate = Gate::new(project.server.url(), Some(Catch { method: Some(method), after, side: Side::Before }));
        let mut one_by_one = agreed("undo");
        one_by_one.extend(["--concurrency", "1"]);
        let mut first = project.start(gate.url(), &one_by_one);
        gate.wait();
        project.server.clear_log();
        for arguments in [agreed("apply"), agreed("undo"), resume()] {
            // An apply with nothing to do needs no lock; this one has, once the undo has begun to write.
            let exit = if arguments == agreed("apply") && method == "GET" { 0 } else { 4 };
            let second = project.run(&arguments).expect(exit);
            let named = format!("another run is under way: process {}", first.id());
            assert_eq!(second.stderr.contains(&named), exit == 4, "{}", second.stderr);
        }
        assert_eq!(project.writes(), []);
        first.kill().unwrap();
        Ended::of(first);
        gate.close();
    }
}

/// The lock is the process's, not the file's: what is left after a kill keeps nobody out.
#[test]
fn a_lock_that_a_dead_process_has_left_is_none() {
    let project = Project::new();
    std::fs::create_dir(project.state()).unwrap();
    std::fs::write(project.state().join("lock"), r#"{"pid":1,"since":"2026-11-22T12:00:00Z"}"#).unwrap();
    project.run(&agreed("apply")).expect(0);
}
