//! An Open Graph text and its flag are one choice: where somebody has changed either on the site, the texts are told.

use insta::assert_snapshot;
use serde_json::{Value as Json, json};

use super::{PULL, Repository, galaxy};

/// A project whose base has a text of its own for the card.
fn with_a_text() -> Repository {
    let repository = Repository::new();
    repository.say("    seo:\n", "    openGraph: {title: Explore the galaxy}\n    seo:\n");
    repository.commit();
    repository
}

/// What every format says of a plan.
fn shown(repository: &Repository) -> Vec<(&'static str, String)> {
    let formats = ["text", "markdown", "html", "json", "github", "gitlab", "sarif"];
    let show = |format: &str| repository.run(&format!("plan --base HEAD --format {format}")).stdout;
    formats.map(|format| (format, show(format))).into()
}

fn card(repository: &Repository) -> Json {
    repository.run("plan --format json --base HEAD").json()["changes"][0]["card"].clone()
}

#[test]
fn a_conflict_over_whether_to_copy_names_the_texts() {
    let mut repository = with_a_text();
    let base = repository.git(&["rev-parse", "HEAD"]);
    repository.hide(&base, "[BASE]");
    repository.edit_on_the_site("pgGuide", "en-US", json!({"openGraph": {"title": "Theirs"}}));
    repository.say("title: Explore the galaxy", "titleCopied: true");
    assert_eq!(repository.told("--base HEAD"), ["conflict kept /guide en-US openGraph.titleCopied"]);
    for (format, output) in shown(&repository) {
        assert!(output.contains("Explore the galaxy") && output.contains("Theirs"), "{format}: {output}");
        let choice = match format {
            "json" => "\"copied\": true",
            "github" | "gitlab" | "sarif" => "to a copy of the SEO title",
            // Markdown spells brackets as entities.
            _ => "copied from the SEO title",
        };
        assert!(output.contains(choice), "{format}: {output}");
    }
    assert_eq!(
        card(&repository),
        json!({
            "base": {"copied": false, "text": "Explore the galaxy"},
            "before": {"copied": false, "text": "Theirs"},
            "after": {"copied": true},
        })
    );
    assert_snapshot!(repository.run("plan --base HEAD").stdout, @"
    Galaxy (siteGalaxy)

    Conflicts: changed since [BASE] in the manifests and on the site
      /guide @ en-US
        openGraph.titleCopied  pages/guide.yaml:6:30
          base      Explore the galaxy
          manifest  (copied from the SEO title)
          site      Theirs
        slugline -C . pull --api-url http://[SERVER] --page /guide --locale en-US --field openGraph.titleCopied
      `slugline pull` as above takes the site's values over; `--on-conflict desired` writes the manifests'

    The plan has 1 conflict and cannot be applied.
    ");
    assert_snapshot!(repository.run("plan --base HEAD --format github").stdout, @"
    ::error file=pages/guide.yaml,line=6,col=30,title=conflict::openGraph.titleCopied of /guide @ en-US: changed here from `Explore the galaxy` to a copy of the SEO title, and on the site as well, to `Theirs`%0A`slugline pull --page /guide --locale en-US --field openGraph.titleCopied` takes the site's value over; `--on-conflict desired` writes this one
    ::notice title=slugline::The plan has 1 conflict and cannot be applied.
    ");
    repository.run("plan --base HEAD -o plan.json");
    let saved = repository.run("show plan.json");
    assert!(saved.stdout.contains("site      Theirs"), "{saved}");
}

#[test]
fn so_does_one_with_a_default() {
    let repository = with_a_text();
    repository.edit_on_the_site("pgGuide", "en-US", json!({"openGraph": {"title": "Theirs"}}));
    repository.say("    openGraph: {title: Explore the galaxy}\n", "");
    let project = format!("{}defaults: [{{openGraph: {{titleCopied: true}}}}]\n", galaxy::PROJECT);
    repository.write("slugline.yaml", &project);
    assert_eq!(repository.told("--base HEAD"), ["conflict kept /guide en-US openGraph.titleCopied"]);
    for (format, output) in shown(&repository) {
        assert!(output.contains("Explore the galaxy") && output.contains("Theirs"), "{format}: {output}");
    }
}

#[test]
fn drift_away_from_a_copy_names_the_new_text() {
    let repository = Repository::new();
    repository.say("    seo:\n", "    openGraph: {titleCopied: true}\n    seo:\n");
    repository.commit();
    repository.edit_on_the_site("pgGuide", "en-US", json!({"openGraph": {"title": "Theirs", "titleCopied": false}}));
    assert_eq!(repository.told("--base HEAD"), ["drift kept /guide en-US openGraph.titleCopied"]);
    for (format, output) in shown(&repository) {
        assert!(output.contains("Theirs"), "{format}: {output}");
    }
    assert_snapshot!(repository.run("plan --base HEAD --format github").stdout, @"
    ::notice file=pages/guide.yaml,line=6,col=30,title=drift::openGraph.titleCopied of /guide @ en-US: changed on the site from a copy of the SEO title to `Theirs`, and kept%0A`slugline pull --page /guide --locale en-US --field openGraph.titleCopied` takes it over; `--on-drift revert` writes what stands here
    ::notice title=slugline::Nothing to write. 1 field was changed on the site and kept.
    ");
    let plan = repository.run("plan --base HEAD").stdout;
    let command = plan.lines().find_map(|line| line.trim().strip_prefix(PULL)).unwrap();
    assert_eq!(repository.run(&format!("pull {command}")).exit, 0);
    assert!(repository.environment.read("pages/guide.yaml").contains("openGraph: {title: Theirs}"));
}

#[test]
fn a_conflict_with_a_copy_on_the_site_says_so() {
    let repository = with_a_text();
    repository.edit_on_the_site("pgGuide", "en-US", json!({"openGraph": {"title": null, "titleCopied": true}}));
    repository.say("title: Explore the galaxy", "title: Explore the universe");
    let told = repository.told("--base HEAD");
    assert_eq!(
        told,
        ["conflict kept /guide en-US openGraph.title", "conflict kept /guide en-US openGraph.titleCopied"]
    );
    assert_snapshot!(repository.run("plan --base HEAD --format github").stdout, @"
    ::error file=pages/guide.yaml,line=6,col=24,title=conflict::openGraph.title of /guide @ en-US: changed here from `Explore the galaxy` to `Explore the universe`, and on the site as well, to a copy of the SEO title%0A`slugline pull --page /guide --locale en-US --field openGraph.title --field openGraph.titleCopied` takes the site's value over; `--on-conflict desired` writes this one
    ::error file=pages/guide.yaml,line=6,col=24,title=conflict::openGraph.titleCopied of /guide @ en-US: changed here from `Explore the galaxy` to `Explore the universe`, and on the site as well, to a copy of the SEO title%0A`slugline pull --page /guide --locale en-US --field openGraph.title --field openGraph.titleCopied` takes the site's value over; `--on-conflict desired` writes this one
    ::notice title=slugline::The plan has 2 conflicts and cannot be applied.
    ");
    let plan = repository.run("plan --base HEAD").stdout;
    assert!(plan.contains("site      (copied from the SEO title)"), "{plan}");
}

#[test]
fn a_text_that_both_sides_have_set_is_told_from_the_copy_that_was() {
    let repository = Repository::new();
    repository.say("    seo:\n", "    openGraph: {titleCopied: true}\n    seo:\n");
    repository.commit();
    repository.edit_on_the_site("pgGuide", "en-US", json!({"openGraph": {"title": "Theirs", "titleCopied": false}}));
    repository.say("titleCopied: true", "title: Ours");
    assert_eq!(repository.told("--base HEAD"), ["conflict kept /guide en-US openGraph.title"]);
    let plan = repository.run("plan --base HEAD").stdout;
    let sides = ["base      (copied from the SEO title)", "manifest  Ours", "site      Theirs"];
    assert!(sides.iter().all(|side| plan.contains(side)), "{plan}");
}
