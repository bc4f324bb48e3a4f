//! The example that newcomers run first, run as they run it.

use std::fs;
use std::path::Path;
use std::process::Command;

use insta::assert_snapshot;
use tempfile::TempDir;

/// A copy of `examples/galaxy`, so that the one in the tree stays as it is.
struct Galaxy {
    folder: TempDir,
}

impl Galaxy {
    fn copied() -> Self {
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/galaxy");
        copy(&example, folder.path());
        Self { folder }
    }

    /// Runs the program in the project and returns all that can be seen of it.
    fn run(&self, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_slugline"))
            .current_dir(self.folder.path())
            // What whoever runs the tests has set must not be seen.
            .env_remove("CLICOLOR_FORCE")
            .env_remove("WEBFLOW_TOKEN")
            .env_remove("WEBFLOW_API_TOKEN")
            .env_remove("WEBFLOW_TOKEN_FILE")
            .args(arguments)
            .output()
            .expect("the program was built");
        let code = output.status.code().map_or("a signal".to_owned(), |code| code.to_string());
        let stdout = String::from_utf8(output.stdout).expect("output is UTF-8");
        let stderr = String::from_utf8(output.stderr).expect("output is UTF-8");
        format!("{stdout}--- stderr\n{stderr}--- exit {code}")
    }

    /// Returns all files but those that the program keeps for itself, with their content.
    fn files(&self) -> Vec<(String, String)> {
        let mut files = Vec::new();
        let mut waiting = vec![self.folder.path().to_owned()];
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(folder).expect("the copy can be listed") {
                let path = entry.expect("the copy can be listed").path();
                if path.is_file() {
                    let text = fs::read_to_string(&path).expect("the example is UTF-8");
                    files.push((path.display().to_string(), text));
                } else if !path.ends_with(".slugline") {
                    waiting.push(path);
                }
            }
        }
        files.sort();
        files
    }
}

/// Copies a folder, without what an earlier run on it left behind.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder for temporary files can be written");
    for entry in fs::read_dir(from).expect("the example is there") {
        let entry = entry.expect("the example can be listed");
        let target = to.join(entry.file_name());
        if entry.file_name() == ".slugline" {
            continue;
        } else if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("the example can be copied");
        }
    }
}

/// Returns what `apply` showed, without the plan that `plan` has shown.
fn without_plan(applied: &str, planned: &str) -> String {
    let plan = planned.split("--- stderr").next().expect("the first part is always there");
    applied.replacen(plan, "[the plan]\n", 1)
}

#[test]
fn the_plan_shows_what_the_site_lacks() {
    assert_snapshot!(Galaxy::copied().run(&["plan", "--sandbox"]), @r#"
    The Hitchhiker's Guide to the Galaxy (6258612d1ee792848f805dcf)

    /about-us
      en-US
        seo.title  pages/about-us.yaml:7:14
          - About
          + About the editors of the Guide
          moves along in fr-FR, es-MX, which inherit it
        seo.description  pages/about-us.yaml:8:20
          - (empty)
          + Who writes the Guide, from which planets, and how often they are paid.
          moves along in fr-FR, es-MX, which inherit it

    /guide-to-the-galaxy
      en-US
        seo.description  pages/guide-to-the-galaxy.yaml:9:20
          - … Vogon poetry to the importance of towels.
          + … Vogon poetry to the {+lasting +}importance of towels.
        openGraph.descriptionCopied  pages/guide-to-the-galaxy.yaml:14:26
          false → true
          gives up "Dive deep into the mysteries of the universe with your guide to everything galactic."
          moves along in fr-FR, es-MX, which inherit it
      fr-FR
        seo.title  pages/guide-to-the-galaxy.yaml:19:14
          - Le guide ultime [-de la galaxie-]
          + Le guide ultime {+du voyageur galactique+}
        seo.description  pages/guide-to-the-galaxy.yaml:20:20
          - Everything you need to know about the galaxy, from avoiding Vogon poetry to the importance of towels.
          + Tout ce qu'il faut savoir de la galaxie, de la poésie vogonne à l'importance des serviettes.

    /guide/towel-day
      en-US
        seo.title  pages/guide/towel-day.yaml:7:14
          - Celebrate Towel Day
          + Celebrate Towel Day{+ on May 25+}
      es-MX
        title  pages/guide/towel-day.yaml:14:12
          - Towel Day
          + Día de la toalla
        seo.title  pages/guide/towel-day.yaml:16:14
          - Celebrate Towel Day
          + Celebra el Día de la Toalla

    Plan: 9 fields to change in 5 page-locales of 3 pages; 5 requests to send.
    --- stderr
    warning[locale/stale]: the SEO title in fr-FR stays, while the text of the primary locale changes
      --> pages/guide/towel-day.yaml:12:14
       |
     7 |       title: Celebrate Towel Day on May 25
       |              ----------------------------- this changes
    ...
    12 |       title: Fêtez le jour de la serviette
       |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = help: on the site that is now: `Celebrate Towel Day`, here: `Celebrate Towel Day on May 25`, the translation: `Fêtez le jour de la serviette`

    --- exit 0
    "#);
}

#[test]
fn what_is_applied_is_done() {
    let galaxy = Galaxy::copied();
    let plan = galaxy.run(&["plan", "--sandbox"]);
    let files = galaxy.files();

    // One request at a time, as the order in which several end is not ours.
    let applied = galaxy.run(&["apply", "--sandbox", "--yes", "--concurrency", "1"]);
    assert_snapshot!(without_plan(&applied, &plan), @"
    [the plan]
    Applied: 5 written of 5 requests.
    --- stderr
    warning[locale/stale]: the SEO title in fr-FR stays, while the text of the primary locale changes
    --> pages/guide/towel-day.yaml:12:14
     = help: on the site that is now: `Celebrate Towel Day`, here: `Celebrate Towel Day on May 25`, the translation: `Fêtez le jour de la serviette`

    [1/5] /about-us @ en-US: done
    [2/5] /guide-to-the-galaxy @ fr-FR: done
    [3/5] /guide/towel-day @ es-MX: done
    [4/5] /guide-to-the-galaxy @ en-US: done
    [5/5] /guide/towel-day @ en-US: done
    Written as staged changes: nothing is public until the site is published.
    --- exit 0
    ");
    assert_snapshot!(galaxy.run(&["plan", "--sandbox", "--detailed-exitcode"]), @r"
    The Hitchhiker's Guide to the Galaxy (6258612d1ee792848f805dcf)

    Nothing to change: the site reads as the manifests say (12 page-locales managed).
    --- stderr
    --- exit 0
    ");
    assert_snapshot!(galaxy.run(&["apply", "--sandbox", "--yes"]), @r"
    The Hitchhiker's Guide to the Galaxy (6258612d1ee792848f805dcf)

    Nothing to change: the site reads as the manifests say (12 page-locales managed).
    Applied: nothing to write.
    --- stderr
    --- exit 0
    ");
    assert_snapshot!(galaxy.run(&["import", "--sandbox"]), @"
    --- stderr
    The Hitchhiker's Guide to the Galaxy (6258612d1ee792848f805dcf): 3 locales
    6 pages were described already and left alone.
    Left out 1 archived or utility page; `--all` takes them in.
    Nothing to add.
    --- exit 0
    ");
    assert_eq!(galaxy.files(), files, "only `import` and `pull` write to a project, and here is nothing to add");

    assert_snapshot!(galaxy.run(&["sandbox", "reset"]), @r"
    --- stderr
    The sandbox starts afresh.
    --- exit 0
    ");
    assert_eq!(galaxy.run(&["plan", "--sandbox"]), plan);
}

#[test]
fn a_saved_plan_is_applied_once() {
    let galaxy = Galaxy::copied();
    let shown = galaxy.run(&["plan", "--sandbox", "-o", "plan.json"]);
    assert!(shown.ends_with("--- exit 0"), "{shown}");
    let first = galaxy.run(&["apply", "--sandbox", "plan.json"]);
    assert!(first.contains("Applied: 5 written of 5 requests.") && first.ends_with("--- exit 0"), "{first}");
    let again = galaxy.run(&["apply", "--sandbox", "-q", "plan.json"]);
    assert_snapshot!(without_plan(&again, &shown), @"
    [the plan]
    Applied: 5 already as wanted of 5 requests.
    --- stderr
    warning[locale/stale]: the SEO title in fr-FR stays, while the text of the primary locale changes
    --> pages/guide/towel-day.yaml:12:14
     = help: on the site that is now: `Celebrate Towel Day`, here: `Celebrate Towel Day on May 25`, the translation: `Fêtez le jour de la serviette`

    --- exit 0
    ");
}
