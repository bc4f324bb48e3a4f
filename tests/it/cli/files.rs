//! Files that are not what they should be, and files that are not there.

use insta::assert_snapshot;

use super::environment::TestEnvironment;
use super::galaxy::{self, GUIDE};

#[test]
fn no_project_anywhere() {
    let environment = TestEnvironment::empty();
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error: no `slugline.yaml` in `[FOLDER]` or above it
      hint: make one with `slugline import --site ID`, or change folder with `-C DIR`
    ");
}

#[test]
fn the_project_is_found_from_a_folder_inside() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    assert_snapshot!(environment.run("plan -C pages").wrote_nothing(), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    Nothing to change: the site reads as the manifests say (2 page-locales managed).
    --- stderr
    ");
}

#[test]
fn a_folder_to_change_to_that_does_not_exist() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    assert_snapshot!(environment.run("plan -C nowhere").wrote_nothing(), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: failed to change to the folder `nowhere`
      because: No such file or directory (os error [N])
    ");
}

#[test]
fn a_folder_to_change_to_that_is_a_file() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    assert_snapshot!(environment.run("plan -C slugline.yaml").wrote_nothing(), @"
    exit: 64
    files: none
    writes: none
    --- stdout
    --- stderr
    error: failed to change to the folder `slugline.yaml`
      because: Not a directory (os error [N])
    ");
}

#[test]
fn a_folder_in_place_of_the_project_file() {
    let environment = TestEnvironment::empty();
    environment.write("slugline.yaml/other.txt", "");
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[not-a-file]: `slugline.yaml` is a folder
    --> slugline.yaml
     = help: the project file is a file: rename the folder

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn a_folder_in_place_of_a_manifest() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE), ("about.yaml/readme.txt", "")]);
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[not-a-file]: `pages/about.yaml` is a folder
    --> pages/about.yaml
     = help: a manifest is a file: rename the folder, or change the glob

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn an_empty_project_file() {
    let environment = TestEnvironment::empty();
    environment.write("slugline.yaml", "");
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[empty-file]: this file holds no project
    --> slugline.yaml:1:1
     = help: write `version: 1` and `site: …`

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn a_project_file_with_problems() {
    let environment = TestEnvironment::empty();
    environment.write("slugline.yaml", "version: 2\nsites: siteGalaxy\nguards: {mass-update: {percent: 130}}\n");
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    warning[no-match]: the folder `pages` holds no manifest
    --> slugline.yaml
     = help: run `slugline import`, or name the files with `pages: […]`

    error[invalid-value]: version 2 of the project file is not known
     --> slugline.yaml:1:10
      |
    1 | version: 2
      |          ^
      |
      = help: this program reads version 1; a newer one may read it

    error[unknown-key]: unknown key `sites`
     --> slugline.yaml:2:1
      |
    2 | sites: siteGalaxy
      | ^^^^^
      |
      = help: did you mean `site`?

    error[invalid-value]: `130` is no percentage
     --> slugline.yaml:3:33
      |
    3 | guards: {mass-update: {percent: 130}}
      |                                 ^^^
      |
      = help: write a number from 0 to 100

    error: 3 errors in the project's files; nothing was written
    ");
}

#[test]
fn a_project_file_that_tries_to_name_the_host_or_the_token() {
    let environment = TestEnvironment::empty();
    environment.write("slugline.yaml", "version: 1\nsite: siteGalaxy\napi-url: https://evil.example\ntoken: abc\n");
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    warning[no-match]: the folder `pages` holds no manifest
    --> slugline.yaml
     = help: run `slugline import`, or name the files with `pages: […]`

    error[unknown-key]: unknown key `api-url`
     --> slugline.yaml:3:1
      |
    3 | api-url: https://evil.example
      | ^^^^^^^
      |
      = help: the keys allowed here are `version`, `site`, `environments`, `pages`, `locales`, `defaults`, `vars`, `lint` and `guards`

    error[unknown-key]: unknown key `token`
    --> slugline.yaml:4:1
     = help: a token is never written into a file: set `WEBFLOW_TOKEN`, and revoke this one

    error: 2 errors in the project's files; nothing was written
    ");
}

#[test]
fn a_glob_that_matches_nothing() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    environment.write("slugline.yaml", "version: 1\nsite: siteGalaxy\npages: [pages/*.yaml, blog/**/*.yaml, pages]\n");
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[no-match]: no file matches the glob `blog/**/*.yaml`
     --> slugline.yaml:3:23
      |
    3 | pages: [pages/*.yaml, blog/**/*.yaml, pages]
      |                       ^^^^^^^^^^^^^^
      |
      = help: globs are relative to `slugline.yaml`; `**` stands for any folders

    error[no-match]: no file matches the glob `pages`
     --> slugline.yaml:3:39
      |
    3 | pages: [pages/*.yaml, blog/**/*.yaml, pages]
      |                                       ^^^^^
      |
      = help: it is a folder; for the files in it, write `pages/**/*.yaml`

    error: 2 errors in the project's files; nothing was written
    ");
}

#[test]
fn a_glob_that_leads_out_of_the_project() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    environment.write("slugline.yaml", "version: 1\nsite: siteGalaxy\npages: [../**/*.yaml]\n");
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[invalid-value]: the glob `../**/*.yaml` leads out of the project
     --> slugline.yaml:3:9
      |
    3 | pages: [../**/*.yaml]
      |         ^^^^^^^^^^^^
      |
      = help: pages lie beside or below `slugline.yaml`

    error: 1 error in the project's files; nothing was written
    ");
}

#[test]
fn no_manifests_yet() {
    let environment = TestEnvironment::serving(&galaxy::site());
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    Galaxy (siteGalaxy)

    Nothing to change: the site reads as the manifests say (0 page-locales managed).
    --- stderr
    warning[no-match]: the folder `pages` holds no manifest
    --> slugline.yaml
     = help: run `slugline import`, or name the files with `pages: […]`
    ");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    std::os::unix::fs::symlink("gone.yaml", environment.path("pages/about.yaml")).unwrap();
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[unreadable]: `pages/about.yaml` is a link that leads nowhere
    --> pages/about.yaml
     = help: remove the link, or restore what it names

    error: 1 error in the project's files; nothing was written
    ");
}

#[cfg(unix)]
#[test]
fn a_project_file_that_is_a_link_that_leads_nowhere() {
    let environment = TestEnvironment::empty();
    std::os::unix::fs::symlink("gone.yaml", environment.path("slugline.yaml")).unwrap();
    assert_snapshot!(environment.run("plan").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[unreadable]: `slugline.yaml` is a link that leads nowhere
    --> slugline.yaml
     = help: remove the link, or restore what it names

    error: 1 error in the project's files; nothing was written
    ");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    let path = environment.path("pages/guide.yaml");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        // Root may read anything.
        return;
    }
    let ran = environment.run("plan");
    assert_eq!(ran.exit, 3, "{ran}");
    assert!(ran.stderr.contains("failed to read `pages/guide.yaml`: permission denied"), "{ran}");
}
