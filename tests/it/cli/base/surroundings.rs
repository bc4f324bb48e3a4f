//! What git, or whoever runs the program, has put into the environment: which repository is meant all the same.

use std::process::Command;

use super::{CHANGE, GUIDE, Repository, galaxy, git, git_command, told};

/// Returns a repository with a project in `apps/b`, and a linked work tree beside it in which a text is changed.
fn linked() -> Repository {
    let repository = Repository::in_folder("apps/b/");
    repository.git(&["worktree", "add", "-q", "-b", "topic", "linked"]);
    let manifest = "linked/apps/b/pages/guide.yaml";
    repository.environment.write(manifest, GUIDE.replace("The Guide", "The Ultimate Guide"));
    repository
}

/// Returns git about to be run with what the program would see.
fn git_around(repository: &Repository, program: &Command, arguments: &[&str]) -> Command {
    let mut git = git_command(&repository.environment.path("linked"), arguments);
    for (name, value) in program.get_envs() {
        let _ = value.map(|value| git.env(name, value));
    }
    git
}

/// Git says in the environment of what it starts where its repository is, and in a linked work tree not where that ends.
#[test]
fn git_starts_the_program_in_a_linked_work_tree() {
    let repository = linked();
    let program = repository.environment.command(&["plan", "-C", "apps/b", "--format", "json", "--base", "main"]);
    // An alias.
    let mut git = git_around(&repository, &program, &["-c", "alias.start=!env", "start"]);
    let ran = git.arg(program.get_program()).args(program.get_args()).output().unwrap();
    let text = String::from_utf8(ran.stdout).unwrap();
    let plan = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&ran.stderr)));
    assert_eq!(told(&plan), CHANGE);
    // A hook, which also has an index of its own.
    let line: Vec<String> = [program.get_program()].into_iter().chain(program.get_args()).map(quoted).collect();
    let hook = repository.environment.path(".git/hooks/pre-commit");
    std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
    std::fs::write(&hook, format!("#!/bin/sh\n{} > \"$HOME/plan.json\"\n", line.join(" "))).unwrap();
    make_executable(&hook);
    let ran = git_around(&repository, &program, &["commit", "-q", "-a", "-m", "Change"]).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let plan = std::fs::read_to_string(repository.environment.path("../home/plan.json")).unwrap();
    assert_eq!(told(&serde_json::from_str(&plan).unwrap()), CHANGE);
}

fn quoted(argument: &std::ffi::OsStr) -> String {
    format!("'{}'", argument.to_str().unwrap())
}

#[cfg(unix)]
fn make_executable(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn make_executable(_: &std::path::Path) {}

/// As older versions of git do for `git rebase --exec`, from where another repository is looked at.
#[test]
fn a_repository_inside_the_work_tree_that_is_named_is_itself() {
    let mut repository = linked();
    let inner = repository.environment.path("inner");
    std::fs::create_dir(&inner).unwrap();
    git(&inner, &["init", "-q", "-b", "main"]);
    repository.environment.write("inner/slugline.yaml", galaxy::PROJECT);
    repository.environment.write("inner/pages/guide.yaml", GUIDE);
    git(&inner, &["add", "-A"]);
    git(&inner, &["commit", "-q", "-m", "Begin"]);
    repository.environment.write("inner/pages/guide.yaml", GUIDE.replace("The Guide", "The Ultimate Guide"));
    repository.environment.set("GIT_DIR", repository.environment.path(".git"));
    repository.environment.set("GIT_WORK_TREE", repository.environment.path("."));
    let plan = |folder: &str| {
        let ran = repository.environment.run(&format!("plan -C {folder} --format json --base HEAD"));
        told(&ran.json())
    };
    assert_eq!(plan("inner"), CHANGE);
    assert_eq!(plan("linked/apps/b"), CHANGE, "nor is a linked work tree");
    assert!(plan("apps/b").is_empty());
}

/// Some keep their home in a repository that lies elsewhere, and say so.
#[test]
fn a_repository_that_is_named_by_hand() {
    let mut repository = Repository::in_folder("site/");
    repository.say("The Guide", "The Ultimate Guide");
    std::fs::rename(repository.environment.path(".git"), repository.environment.path("dotfiles")).unwrap();
    assert_eq!(repository.run("plan --base HEAD").exit, 64, "nobody knows of it");
    let (folder, tree) = (repository.environment.path("dotfiles"), repository.environment.path(""));
    repository.environment.set("GIT_DIR", folder);
    repository.environment.set("GIT_WORK_TREE", tree);
    assert_eq!(repository.told("--base HEAD"), CHANGE);
    // The repository itself may say where its files are.
    let tree = repository.environment.path("").display().to_string();
    git(&repository.environment.path("dotfiles"), &["--git-dir=.", "config", "core.bare", "false"]);
    git(&repository.environment.path("dotfiles"), &["--git-dir=.", "config", "core.worktree", &tree]);
    repository.environment.unset("GIT_WORK_TREE");
    assert_eq!(repository.told("--base HEAD"), CHANGE);
    // Both win over a repository around the folder.
    repository.environment.set("GIT_WORK_TREE", repository.environment.path(""));
    git(&repository.environment.path(""), &["init", "-q", "-b", "main"]);
    git(&repository.environment.path(""), &["commit", "-q", "--allow-empty", "-m", "Begin"]);
    assert_eq!(repository.told("--base HEAD"), CHANGE);
}

/// Git is asked where the project is, which is not where the program was started.
#[test]
fn a_repository_that_is_named_by_hand_may_be_named_from_here() {
    let mut repository = Repository::in_folder("site/");
    repository.say("The Guide", "The Ultimate Guide");
    std::fs::rename(repository.environment.path(".git"), repository.environment.path("dotfiles")).unwrap();
    repository.environment.set("GIT_DIR", "../../dotfiles");
    repository.environment.set("GIT_WORK_TREE", "../..");
    let plan = repository.environment.run("plan -C site/pages --format json --base HEAD");
    assert_eq!(told(&plan.json()), CHANGE);
}
