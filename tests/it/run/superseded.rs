//! A run is not gone on with once a newer one has written: an undo of it would be undone unasked.

use slugline::sandbox::{Action, Fault};

use super::project::{Project, agreed};

#[test]
fn a_run_that_was_taken_back_is_not_resumed() {
    let project = Project::new();
    // One write is refused, so there is something to go on with.
    let refused = Fault { times: 3, ..Fault::new("PUT", "/v2/pages/eight", Action::InternalError) };
    project.server.set_faults(vec![refused]);
    project.run(&agreed("apply")).expect(6);
    let run = project.recorded().0.id;
    project.run(&agreed("undo")).expect(0);
    let taken_back = project.site();

    project.server.clear_log();
    let ended = project
        .run(&["apply", &format!("--resume={run}"), "--yes", "--allow", "slug-change", "--allow", "mass-update"])
        .expect(4);
    assert!(ended.stderr.contains("has written since") && ended.stderr.contains("slugline plan"), "{}", ended.stderr);
    assert_eq!(project.writes(), []);
    assert_eq!(project.site(), taken_back);
}

#[test]
fn a_newer_run_that_has_written_nothing_is_no_hindrance() {
    let project = Project::new();
    let refused = Fault { times: 3, ..Fault::new("PUT", "/v2/pages/eight", Action::InternalError) };
    project.server.set_faults(vec![refused]);
    project.run(&agreed("apply")).expect(6);
    let run = project.recorded().0.id;
    // This one never gets to its first write.
    project.server.set_faults(vec![Fault { times: 9, ..Fault::new("PUT", "/v2/pages/*", Action::Forbidden) }]);
    project.run(&agreed("apply")).expect(5);
    assert_ne!(project.recorded().0.id, run);

    project.server.set_faults(vec![]);
    project
        .run(&["apply", &format!("--resume={run}"), "--yes", "--allow", "slug-change", "--allow", "mass-update"])
        .expect(0);
}
