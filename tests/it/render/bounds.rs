//! A comment holds what fits, whole, and says what does not.

use slugline::model::Field;
use slugline::plan::Plan;
use slugline::render::markdown::{LEAST_BYTES, MAX_BYTES, comment};
use slugline::render::view::PlanView;
use slugline::render::{gitlab, html};

use super::markup::{forge, parse};
use crate::plan::world;

/// Returns a plan that changes so many pages, every tenth of them with an address that moves.
fn plan_of(pages: usize, text: &str) -> Plan {
    let mut world = world();
    for number in 0..pages {
        let page = format!("page-{number:04}");
        world.page(&page);
        world.reads(&page, "en", Field::SeoTitle, "old title");
        world.wants(&page, "en", Field::SeoTitle, format!("{text} {number}").as_str());
        if number % 10 == 0 {
            world.wants(&page, "en", Field::Slug, format!("moved-{number:04}").as_str());
        }
    }
    world.plan()
}

fn counted(markdown: &str, start: &str) -> usize {
    markdown.lines().filter(|line| line.starts_with(start)).count()
}

#[test]
fn a_comment_never_has_more_bytes_than_it_may() {
    for text in ["Words of a title", "ひらがなと漢字 🛸", "| ` < @user"] {
        let plan = plan_of(300, &text.repeat(20));
        for limit in [LEAST_BYTES, 2_001, 3_333, 5_000, 10_000, 32_768, MAX_BYTES, 200_000, 1_000_000] {
            let comment = comment(&PlanView::new(&plan), limit);
            assert!(comment.len() <= limit, "{} of {limit} bytes", comment.len());
            let [opened, closed] = ["<details", "</details>"].map(|tag| comment.matches(tag).count());
            assert_eq!(opened, closed, "{limit}");
            assert_eq!(comment.matches("<code>").count(), comment.matches("</code>").count(), "{limit}");
            let rows = parse(&forge(&comment)).elements.iter().filter(|element| *element == "tr").count();
            let told = comment.lines().filter(|line| line.starts_with('|') && !line.starts_with("| ---")).count();
            assert_eq!(rows, told, "a row of a table is cut at {limit} bytes");
        }
    }
}

#[test]
fn what_does_not_fit_is_counted() {
    let plan = plan_of(300, "A title");
    let all = comment(&PlanView::new(&plan), 1_000_000);
    assert!(!all.contains("for want of room"), "{all}");
    assert_eq!((counted(&all, "<details"), counted(&all, "- <code>/page")), (300, 0));
    let some = comment(&PlanView::new(&plan), 40_000);
    let (full, brief) = (counted(&some, "<details"), counted(&some, "- <code>/page"));
    assert!(full > 30 && brief > 30 && full + brief < 300, "{full} and {brief}");
    assert!(some.contains(&format!("Left out for want of room: {} pages.", 300 - full - brief)), "{some}");
    let few = comment(&PlanView::new(&plan), LEAST_BYTES);
    assert!(few.contains("Left out for want of room"), "{few}");
}

#[test]
fn addresses_that_move_come_first() {
    let comment = comment(&PlanView::new(&plan_of(300, "A title")), MAX_BYTES);
    let at = |text: &str| comment.find(text).unwrap_or_else(|| panic!("there is no `{text}` in it"));
    assert!(at("#### Guards") < at("#### Addresses that move"));
    assert!(at("#### Addresses that move") < at("#### Changes"));
    // The riskiest page stands before the first by name.
    assert!(at("<summary><code>/page-0010") < at("<summary><code>/page-0001"));
}

#[test]
fn a_report_has_every_page_in_full_or_as_rows() {
    let plan = plan_of(400, "A title");
    let view = PlanView::new(&plan);
    let made = parse(&html::report(&view));
    let full = made.elements.iter().filter(|element| element.starts_with("article")).count();
    assert!((50..=150).contains(&full), "{full}");
    for number in 0..400 {
        assert!(made.words.contains(&format!("/page-{number:04}")), "{number}");
        assert!(made.words.contains(&format!("A title {number}")), "{number}");
    }
    assert_eq!(gitlab::terraform(&view).to_string(), r#"{"create":0,"update":400,"delete":0}"#);
}
