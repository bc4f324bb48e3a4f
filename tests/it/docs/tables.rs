//! Tables of the documents, against what the program has.

use std::collections::BTreeSet;

use slugline::exit::Exit;
use slugline::plan::{Guard, Limits};

use super::document;
use super::stage::Stage;

#[test]
fn the_exit_codes_are_all_there() {
    let split = |cell: &str| cell.split(", ").map(str::to_owned).collect::<Vec<_>>();
    let told: Vec<(String, String)> =
        document::table("Exit codes").iter().flat_map(|row| split(&row[0]).into_iter().zip(split(&row[1]))).collect();
    assert_eq!(told, Exit::ALL.map(|exit| (exit.code().to_string(), exit.name().to_owned())));
}

#[test]
fn the_guards_are_all_there() {
    let table = document::table("Guards");
    let told: BTreeSet<String> = table.iter().map(|row| format!("{}: {}", row[0], row[2])).collect();
    assert_eq!(told, Guard::ALL.map(|guard| format!("`{0}`: `--allow {0}`", guard.name())).into());
    let trips = |guard: Guard| table.iter().find(|row| row[0] == format!("`{}`", guard.name())).unwrap()[1].clone();
    let Limits { percent, floor, ceiling, alike } = Limits::default();
    let mass = format!(
        "more than {percent} % of the managed page locales change and more than {floor}, or more than {ceiling}"
    );
    assert_eq!(trips(Guard::MassUpdate), mass);
    assert!(trips(Guard::DuplicateValue).contains(&format!("on {} pages or more", alike + 1)));
}

#[test]
fn the_commands_are_all_there() {
    let table = document::table("Commands");
    let told: BTreeSet<String> = table.iter().map(|row| first_words(&row[0])).collect();
    assert_eq!(told, commands(&mut Stage::new(), ""));
    let sandbox = table.iter().find(|row| first_words(&row[0]) == "sandbox").unwrap()[0].replace('`', "");
    let told = sandbox.rsplit(' ').next().unwrap_or_default().split("\\|").map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(told, commands(&mut Stage::new(), "sandbox"));
}

/// Returns the command of a usage.
fn first_words(usage: &str) -> String {
    usage.trim_matches('`').split(' ').nth(1).unwrap_or_default().to_owned()
}

/// Returns the commands that the help lists.
pub(super) fn commands(stage: &mut Stage, of: &str) -> BTreeSet<String> {
    let (exit, help) = stage.type_in(&format!("slugline help {of}"));
    assert_eq!(exit, 0, "{help}");
    let list = help.split("\nCommands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("it lists them");
    let names = list.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !name.is_empty() && *name != "help").map(str::to_owned).collect()
}
