//! A plan with very much to tell: what stands in the way is told before all that only warns, whatever the room.

use slugline::diagnostic::{Code, Diagnostic};
use slugline::model::Field;
use slugline::plan::{OnConflict, OnDrift, Plan};
use slugline::render::html;
use slugline::render::markdown::{LEAST_BYTES, MAX_BYTES, comment};
use slugline::render::view::PlanView;
use slugline::source::{ByteRange, Location};

use super::held::show;
use super::markup::parse;
use crate::plan::{World, world};

/// Returns a site and manifests that have changed very many pages, of which some were edited on the site as well.
fn branch(pages: usize, conflicts: usize, drift: usize) -> World {
    let mut world = world();
    for number in 0..pages {
        let page = format!("page-{number:03}");
        world.page(&page);
        world.wanted(&page, "en", Field::SeoTitle, format!("Title {number}").as_str());
        let live = if number < conflicts { "Edited" } else { "Title" };
        world.reads_everywhere(&page, Field::SeoTitle, format!("{live} {number}").as_str());
        world.wants(&page, "en", Field::SeoTitle, format!("Title {number} - Brand").as_str());
        if number < drift {
            world.wanted(&page, "fr", Field::SeoDescription, format!("Texte {number}").as_str());
            world.reads(&page, "fr", Field::SeoDescription, format!("Autre {number}").as_str());
            world.wants(&page, "fr", Field::SeoDescription, format!("Texte {number}").as_str());
        }
    }
    world
}

/// Returns its plan with a translation of each page that is out of date, and a warning about the plan.
fn planned(world: &World, stale: usize) -> Plan {
    let mut plan = world.plan();
    for (number, change) in plan.changes.iter_mut().enumerate() {
        change.source = place(number, 6);
    }
    for number in 0..stale {
        let message = "the SEO title in fr still translates the earlier text";
        let stale = Diagnostic::warning(Code::new("locale/stale"), message).help(format!("it was: `Title {number}`"));
        plan.diagnostics.push(stale.at(place(number, 12)));
    }
    plan.diagnostics.push(Diagnostic::warning(Code::new("base-unclear"), "the base may have gone on"));
    plan
}

fn place(number: usize, line: u32) -> Location {
    let file = format!("pages/page-{number:03}.yaml");
    Location { file: file.into(), line, column: 14, bytes: ByteRange::default() }
}

/// What a comment holds below its head, by heading.
fn sections(comment: &str) -> Vec<(&str, Vec<&str>)> {
    let mut sections: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in comment.lines() {
        match line.strip_prefix("#### ") {
            Some(heading) => sections.push((heading, Vec::new())),
            None => {
                if let Some((_, lines)) = sections.last_mut() {
                    lines.push(line);
                }
            }
        }
    }
    sections
}

/// Returns the headings below which the line may stand; nothing if any may have it.
fn home(line: &str) -> Option<&'static [&'static str]> {
    const KEPT: &[&str] = &["Conflicts: changed in the manifests and on the site", "Changed on the site, and kept"];
    let starts = |start: &str| line.starts_with(start);
    match () {
        () if starts("- **") => Some(&["Guards"]),
        () if starts("- error ") => Some(&["Problems"]),
        () if starts("- warning ") || starts("- info ") => Some(&["Warnings"]),
        () if starts("- <code>slugline pull") || starts("| Page | Locale | Field | On the site") => Some(KEPT),
        () if starts("<details") || starts("- <code>/") => Some(&["Changes"]),
        () => None,
    }
}

#[test]
fn nothing_that_stands_in_the_way_is_left_out_while_a_warning_is_told() {
    for (conflicts, drift, errors) in [(1, 0, 0), (20, 30, 0), (100, 0, 0), (12, 0, 200)] {
        let mut plan = planned(&branch(120, conflicts, drift), 90);
        let error = Diagnostic::error(Code::new("slug-taken"), "the slug is taken");
        plan.diagnostics.extend((0..errors).map(|number| error.clone().at(place(number, 3))));
        let view = PlanView::new(&plan);
        let budgets = (LEAST_BYTES..8_000).step_by(397).chain((8_000..MAX_BYTES).step_by(7_001));
        for limit in budgets.chain([MAX_BYTES, 1_000_000]) {
            let comment = comment(&view, limit);
            assert!(comment.len() <= limit, "{} of {limit} bytes", comment.len());
            let sections = sections(&comment);
            for (heading, lines) in &sections {
                let homeless = lines.iter().find(|line| home(line).is_some_and(|homes| !homes.contains(heading)));
                assert_eq!(homeless, None, "below `{heading}` at {limit} bytes");
                let is_item = |line: &&&str| line.starts_with("- ") || line.starts_with("| <") || line.starts_with('<');
                assert!(lines.iter().any(|line| is_item(&line)), "`{heading}` is empty at {limit} bytes\n{comment}");
            }
            let rows = |name: &str| {
                let section = sections.iter().find(|(heading, _)| heading.starts_with(name));
                section.map_or(0, |(_, lines)| lines.iter().filter(|line| line.starts_with(['-', '|'])).count())
            };
            // The head of the table, and the line below it.
            let told = sections
                .iter()
                .find(|(heading, _)| heading.starts_with("Conflicts"))
                .map_or(0, |(_, lines)| lines.iter().filter(|line| line.starts_with('|')).count() - 2);
            let is_all_told = told == conflicts && rows("Guards") == plan.guards.len() && rows("Problems") == errors;
            assert!(is_all_told || rows("Warnings") == 0, "{told} conflicts at {limit} bytes\n{comment}");
            let first = comment.lines().take(12).collect::<Vec<_>>().join("\n");
            for guard in &plan.guards {
                let named = format!("1 guard stands in the way: mass-update ({})", guard.count);
                assert!(first.contains(&named), "{first}");
            }
        }
    }
}

#[test]
fn the_usual_room_holds_conflict_guard_command_and_changes_and_groups_the_rest() {
    let comment = comment(&PlanView::new(&planned(&branch(300, 1, 0), 217)), MAX_BYTES);
    let headings: Vec<&str> = sections(&comment).into_iter().map(|(heading, _)| heading).collect();
    let conflicts = "Conflicts: changed in the manifests and on the site";
    assert_eq!(headings, ["Guards", conflicts, "Changes", "Warnings"]);
    assert!(
        comment.contains("- <code>slugline pull --page /page-000 --locale en --field seo.title</code>"),
        "{comment}"
    );
    assert!(comment.contains("- warning <code>locale/stale</code> 217 times; the first 3:\n"), "{comment}");
    assert!(comment.contains("- 217 warnings of the lint\n"), "{comment}");
    assert!(comment.matches("<details").count() > 100, "{comment}");
}

#[test]
fn a_guard_is_always_among_the_annotations() {
    let mut world = branch(300, 0, 0);
    world.policy.on_conflict = OnConflict::Desired;
    let annotations = show(&planned(&world, 217)).github;
    assert!(annotations.starts_with("::warning title=mass-update::"), "{annotations}");
    // Where conflicts take all the room, the last line names it.
    let annotations = show(&planned(&branch(300, 20, 0), 217)).github;
    assert_eq!(annotations.matches("title=conflict::").count(), 9, "{annotations}");
    let last = annotations.lines().last().unwrap();
    assert!(last.contains("%0A1 guard stands in the way: mass-update (280)%0AAnd 11 errors"), "{last}");
    // The many changes that trip one guard do not hide another.
    let mut world = branch(20, 0, 0);
    for number in 0..20 {
        world.wants(&format!("page-{number:03}"), "en", Field::Slug, format!("moved-{number}").as_str());
    }
    world.wants("page-019", "en", Field::SeoTitle, "");
    let annotations = show(&world.plan()).github;
    for guard in ["mass-update", "slug-change", "blanking"] {
        assert!(annotations.contains(&format!("title={guard}::")), "{guard}\n{annotations}");
    }
}

#[test]
fn every_list_of_a_plan_has_the_same_order() {
    let plan = planned(&branch(40, 3, 2), 7);
    let shown = show(&plan);
    let names = |list: &serde_json::Value, key: &str| -> Vec<String> {
        list.as_array().unwrap().iter().map(|entry| entry[key].as_str().unwrap().to_owned()).collect()
    };
    let (gitlab, sarif) = (names(&shown.gitlab, "check_name"), names(&shown.sarif["runs"][0]["results"], "ruleId"));
    assert_eq!(gitlab, sarif);
    let mut kinds = gitlab.clone();
    kinds.dedup();
    assert_eq!(kinds, ["conflict", "mass-update", "base-unclear", "locale/stale", "drift"]);
    // One count of what the lint says, everywhere.
    assert_eq!(gitlab.iter().filter(|name| *name == "locale/stale").count(), 7);
    for told in [&shown.markdown, &shown.html] {
        assert!(told.contains("7 warnings of the lint"), "{told}");
    }
    // Of the four pages with the first files, the two that change and are not in conflict.
    assert!(parse(&shown.html).words.contains("1 field in en\n1 warning"), "{}", shown.html);
}

#[test]
fn a_report_has_what_stands_in_the_way_above_what_warns() {
    let mut plan = planned(&branch(40, 3, 2), 7);
    plan.diagnostics.push(Diagnostic::error(Code::new("slug-taken"), "the slug is taken"));
    let report = html::report(&PlanView::new(&plan));
    let order = ["id=\"problems\"", "id=\"guards\"", "id=\"conflicts\"", "id=\"kept\"", "id=\"warnings\""];
    let places = order.map(|id| report.find(id).unwrap_or_else(|| panic!("there is no {id}\n{report}")));
    assert!(places.is_sorted(), "{places:?}");
    assert!(report.contains("<span class=\"blocked\">3 conflicts: "), "{report}");
    assert!(report.contains("<span class=\"risk\">7 warnings of the lint</span>"), "{report}");
    assert_eq!(report.matches("<div class=\"problem error\">").count(), 1);
    assert_eq!(report.matches("<div class=\"problem warning\">").count(), 8);
    assert!(report.contains("7 × warning <code>locale/stale</code>"), "{report}");
}

/// Whoever decided so may not be the one who reviews it.
#[test]
fn every_view_says_at_the_change_that_it_writes_over_an_edit_on_the_site() {
    let mut world = branch(12, 1, 2);
    world.policy.on_conflict = OnConflict::Desired;
    world.policy.on_drift = OnDrift::Revert;
    world.wants("page-011", "en", Field::Slug, "moved");
    let shown = show(&world.plan());
    let (over, back) = ("writes over what was changed on the site as well", "takes back what was changed on the site");
    let (gitlab, sarif) = (shown.gitlab.to_string(), shown.sarif.to_string());
    for told in [&shown.text, &shown.markdown, &shown.html, &shown.github, &gitlab, &sarif] {
        assert!(told.matches(over).count() >= 1 && told.matches(back).count() >= 2, "{told}");
    }
    for told in [&shown.markdown, &shown.html] {
        assert!(told.contains("1 change writes over what was changed on the site as well"), "{told}");
        assert!(told.contains("2 changes take back what was changed on the site"), "{told}");
    }
    // It is risky: its page comes before those that only change.
    let places = ["/page-000</code>: ", "/page-001</code>: ", "/page-002</code>: "];
    assert!(places.map(|place| shown.markdown.find(place).unwrap()).is_sorted());
    assert!(shown.github.contains("title=conflict::") && shown.github.contains("title=drift::"), "{}", shown.github);
}

#[test]
fn a_space_that_comes_at_an_end_can_be_seen() {
    let mut world = world();
    world.page("guide").reads_everywhere("guide", Field::SeoTitle, "The guide to the galaxy");
    world.wants("guide", "en", Field::SeoTitle, "The guide to the galaxy ");
    let shown = show(&world.plan());
    assert!(shown.text.contains("{+·+}"), "{}", shown.text);
    for told in [&shown.markdown, &shown.html] {
        assert!(told.contains("<ins>·</ins>"), "{told}");
    }
}

/// Fields that were changed on the site are fields, and addresses that move are addresses, wherever they are counted.
#[test]
fn one_thing_has_one_word_and_one_number() {
    let mut world = branch(12, 0, 2);
    world.wants("page-011", "en", Field::Slug, "moved");
    let shown = show(&world.plan());
    for told in [&shown.markdown, &shown.html] {
        assert_eq!(told.matches("2 fields were changed on the site and kept").count(), 2, "{told}");
        assert!(told.matches("3 published addresses change").count() >= 2, "{told}");
    }
}

#[test]
fn a_redirect_that_a_draft_ends_is_told_with_its_end() {
    let mut world = world();
    for (page, slug) in [("about", "restaurant"), ("restaurant", "about")] {
        world.page(page).wants(page, "en", Field::Slug, slug);
    }
    let draft = world.live.pages.get_mut(&"restaurant".into()).unwrap();
    draft.draft = true;
    draft.locales.values_mut().for_each(|locale| locale.published_path = None);
    let shown = show(&world.plan());
    let until = "! redirect needed: /about → /restaurant, until the draft that moves to /about is published";
    assert!(shown.text.contains(until), "{}", shown.text);
    for told in [&shown.markdown, &shown.html] {
        assert!(told.contains("needed until the draft that moves to the old address is published"), "{told}");
        assert!(!told.contains("not possible"), "{told}");
    }
}
