//! `slugline log`: what was done to the site, and how that ended.

use insta::assert_snapshot;

use super::environment::TestEnvironment;
use super::galaxy;

/// Returns the text with the ids of the runs and the address of the server told by what they are.
fn shown(environment: &TestEnvironment, text: &str) -> String {
    let mut text = text.replace("http://[SERVER]", "[SERVER]");
    let folder = environment.path(".slugline/runs");
    for run in std::fs::read_dir(folder).unwrap() {
        text = text.replace(&run.unwrap().file_name().into_string().unwrap(), "[RUN]");
    }
    text
}

#[test]
fn runs_newest_first() {
    let mut environment = TestEnvironment::with_pages([("guide.yaml", galaxy::GUIDE_CHANGED)]);
    assert_snapshot!(environment.run("log"), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    --- stderr
    There is no run yet.
    ");
    environment.set("USER", "ford");
    assert_eq!(environment.run("apply --yes").exit, 0);
    environment.set("GITHUB_ACTOR", "zaphod\u{1b}[31m");
    environment.write("pages/guide.yaml", galaxy::GUIDE_CHANGED.replace("Ultimate", "Very Last"));
    assert_eq!(environment.run("apply --yes --publish").exit, 0);
    let ran = environment.run("log");
    assert_snapshot!(shown(&environment, &ran.stdout), @"
    run                   kind   by           commit  written  ended                  at
    [RUN]  apply  zaphod␛[31m  -       1 of 1   ok, publishing queued  a server on this machine
    [RUN]  apply  ford         -       1 of 1   ok                     a server on this machine
    ");

    let json = environment.run("log -n 1 --format json").json();
    let runs = json["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 1);
    assert_eq!((&runs[0]["written"], &runs[0]["exit"]["name"]), (&1.into(), &"ok".into()));
    assert_eq!(runs[0]["publication"], "queued");
}

/// What has written nothing is a run, and no run to take back.
#[test]
fn a_run_that_wrote_nothing_is_one_all_the_same() {
    let environment = TestEnvironment::with_pages([("guide.yaml", galaxy::GUIDE_CHANGED)]);
    assert_eq!(environment.run("plan -o plan.json").exit, 0);
    assert_eq!(environment.run("apply --yes").exit, 0);
    std::fs::remove_dir_all(environment.path(".slugline/runs")).unwrap();
    // The site reads as the plan wants it to by now.
    assert_eq!(environment.run("apply plan.json").exit, 0);
    let none = environment.run("log -n 0");
    assert_eq!((none.stdout.as_str(), none.stderr.as_str()), ("", ""), "{none}");
    assert_eq!(environment.run("log").stdout.lines().count(), 2);
    assert_snapshot!(environment.run("undo --yes").wrote_nothing(), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: no run has written anything here, so there is nothing to take back
      hint: `slugline log --api-url http://[SERVER]` lists the runs of this project; they are kept in its .slugline/runs
    ");
}

#[test]
fn a_run_that_cannot_be_read_does_not_hide_the_others() {
    let environment = TestEnvironment::with_pages([("guide.yaml", galaxy::GUIDE_CHANGED)]);
    assert_eq!(environment.run("apply --yes").exit, 0);
    environment.write(".slugline/runs/20990101T000000.000Z/plan.json", "{");
    let ran = environment.run("log");
    assert_eq!((ran.exit, ran.stdout.lines().count()), (0, 3), "{ran}");
    assert!(ran.stdout.contains("1 of 1"), "{ran}");
}

#[test]
fn a_run_can_be_named_by_how_its_id_begins() {
    let environment = TestEnvironment::with_pages([("guide.yaml", galaxy::GUIDE_CHANGED)]);
    assert_eq!(environment.run("apply --yes").exit, 0);
    let run = std::fs::read_dir(environment.path(".slugline/runs")).unwrap().next().unwrap().unwrap();
    let id = run.file_name().into_string().unwrap();
    let day = &id[..8];
    let ran = environment.run(&format!("show {day}"));
    assert_eq!(ran.exit, 0, "{ran}");
    assert!(format!("{ran}").contains("seo.title"), "{ran}");

    let other = format!("{day}T999999.999Z");
    std::fs::create_dir(environment.path(&format!(".slugline/runs/{other}"))).unwrap();
    for command in [format!("show {day}"), format!("undo {day} --yes"), format!("apply --yes --resume={day}")] {
        let ran = environment.run(&command);
        assert_eq!((ran.exit, ran.writes.len()), (64, 0), "{ran}");
        let told = format!("error: several runs begin with `{day}`, the newest of them is `{other}`\n");
        assert!(ran.stderr.starts_with(&told), "{ran}");
    }
    let ran = environment.run("show 19990101");
    assert!(ran.stderr.starts_with("error: there is no run `19990101`\n  hint: `slugline log` lists"), "{ran}");
    let longer = &id[..id.len() - 1];
    let undone = environment.run(&format!("undo {longer} --yes --allow blanking"));
    assert_eq!((undone.exit, undone.writes.len()), (0, 1), "{undone}");
}
