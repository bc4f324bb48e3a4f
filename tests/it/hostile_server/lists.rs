//! Lists that do not end, or that have less than they promise. What is requested stays in proportion to what was received.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::program::Project;
use super::server::{Reply, Request};
use super::site::{Site, ok};
use super::{LIST, attacking};

fn offset(request: &Request) -> usize {
    request.query("offset").unwrap().parse().unwrap()
}

fn page(id: &str) -> Value {
    json!({"id": id, "title": id, "slug": id, "seo": {"title": "One"}})
}

fn list(pages: Vec<Value>, offset: usize, total: u64) -> Reply {
    ok(&json!({"pages": pages, "pagination": {"limit": 100, "offset": offset, "total": total}}).to_string())
}

/// Runs `plan` against lists of this kind. Returns how many lists it asked for.
fn plan(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static, exit: i32, says: &str) -> usize {
    let server = attacking("GET", LIST, reply);
    Project::new().run(&server.url(), "plan").ends("plan", exit, says);
    server.requests().iter().filter(|request| request.contains(LIST)).count()
}

#[test]
fn a_total_out_of_all_bounds_costs_no_request() {
    for total in [100_001, u64::from(u32::MAX)] {
        let lists = plan(
            move |request| list(vec![page("p1")], offset(request), total),
            5,
            "at most 100000 are read in a locale",
        );
        // Both locales may have begun.
        assert!(lists <= 2, "{lists}");
    }
}

#[test]
fn a_total_without_pages_costs_few_requests() {
    let lists = plan(|request| list(Vec::new(), offset(request), 100_000), 5, "pages in");
    assert!(lists <= 60, "{lists}");
    let first = |request: &Request| match offset(request) {
        0 => list((0..100).map(|number| page(&format!("p{number}"))).collect(), 0, 100_000),
        offset => list(Vec::new(), offset, 100_000),
    };
    let lists = plan(first, 5, "kept changing while it was read");
    assert!(lists <= 60, "{lists}");
}

#[test]
fn a_list_that_ignores_the_offset_is_given_up() {
    let same =
        |request: &Request| list((0..100).map(|number| page(&format!("p{number}"))).collect(), offset(request), 50_000);
    let lists = plan(same, 5, "kept changing while it was read");
    assert!(lists <= 60, "{lists}");
}

#[test]
fn a_list_that_grows_while_it_is_read_is_given_up() {
    let grows = |request: &Request| {
        let offset = offset(request);
        list((offset..offset + 100).map(|number| page(&format!("p{number}"))).collect(), offset, offset as u64 + 200)
    };
    let lists = plan(grows, 5, "kept changing while it was read");
    assert!(lists <= 60, "{lists}");
}

#[test]
fn a_list_in_parts_of_one_page_is_bounded() {
    let ones = |request: &Request| list(vec![page(&format!("p{}", offset(request)))], offset(request), 100_000);
    let lists = plan(ones, 5, "more than 2000 parts of the list of pages");
    assert!(lists <= 2, "{lists}");
}

#[test]
fn a_list_in_smaller_parts_than_asked_for_is_read() {
    let halves = |request: &Request| {
        let offset = offset(request);
        list((offset..(offset + 50).min(120)).map(|number| page(&format!("p{number}"))).collect(), offset, 120)
    };
    assert_eq!(plan(halves, 0, "3 fields to change"), 6);
}

#[test]
fn texts_of_a_site_that_fill_the_memory_are_an_error() {
    // 25 MB in each answer, read twice at once; the program may use 800 MB.
    let text = "a".repeat(250_000);
    let large = move |request: &Request| {
        let offset = offset(request);
        let page = |number: usize| json!({"id": format!("p{number}"), "title": text, "slug": format!("p{number}")});
        list((offset..offset + 100).map(page).collect(), offset, 100_000)
    };
    let lists = plan(large, 5, "more than 256000000 bytes of metadata");
    assert!(lists <= 60, "{lists}");
}

/// Saves a plan of the ordinary site and applies it. The lists are of this kind once the site was read for the gate, one
/// list for each of two locales.
fn apply(reply: impl Fn(&Request) -> Reply + Send + Sync + 'static, exit: i32, says: &str) -> Vec<String> {
    let project = Project::new();
    let ordinary = attacking("GET", "/nowhere", |_| unreachable!());
    project.run(&ordinary.url(), "plan -o plan.json").ends("plan", 0, "2 fields to change");
    let (site, lists) = (Site::default(), AtomicUsize::new(0));
    let server = attacking("GET", LIST, move |request| match lists.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => site.answer(request),
        _ => reply(request),
    });
    project.run(&server.url(), "apply plan.json").ends("apply", exit, says);
    let requests = server.requests();
    assert!(count(&requests, LIST) > 2, "{requests:#?}");
    requests
}

fn count(requests: &[String], part: &str) -> usize {
    requests.iter().filter(|request| request.contains(part)).count()
}

/// What the lists do not have is read page by page, so the plan is applied all the same.
#[test]
fn apply_leaves_a_list_that_brings_nothing_new() {
    for total in [3, 1_000, 100_000] {
        let done = "2 written of 2 requests";
        let same = apply(move |request| list(vec![page("x1"), page("x2")], offset(request), total), 0, done);
        assert!(count(&same, LIST) <= 8, "{same:#?}");
        let empty = apply(move |request| list(Vec::new(), offset(request), total), 0, done);
        assert!(count(&empty, LIST) <= 6, "{empty:#?}");
    }
}

#[test]
fn apply_gives_up_a_list_that_never_ends() {
    let next = AtomicUsize::new(0);
    let new = move |request: &Request| {
        let first = next.fetch_add(100, Ordering::Relaxed);
        list((first..first + 100).map(|number| page(&format!("x{number}"))).collect(), offset(request), 100_000)
    };
    // The total of 100,000 is the end of it, in each of two locales.
    let requests = apply(new, 0, "2 written of 2 requests");
    assert!(count(&requests, LIST) <= 2_002);
}

#[test]
fn folders_without_end_are_bounded() {
    let parent = |request: &Request| {
        let mut list = Site::default().value(request);
        list["pages"][0]["parentId"] = "f0".into();
        ok(&list.to_string())
    };
    let project = || {
        let project = Project::new();
        project.write("pages/one.yaml", "path: /f/p1\nlocales:\n  en-US:\n    seo:\n      title: New one\n");
        project
    };
    // Each folder lies in another one.
    let site = Site::default();
    let server = super::Server::start(move |request| match request.path().strip_prefix("/v2/pages/f") {
        Some(number) => {
            let number: u64 = number.parse().unwrap();
            ok(&json!({"id": format!("f{number}"), "slug": "f", "parentId": format!("f{}", number + 1)}).to_string())
        }
        None if request.path() == LIST => parent(request),
        None => site.answer(request),
    });
    project().run(&server.url(), "plan").ends("a chain", 5, "more than 64 levels of folders");
    assert!(count(&server.requests(), "/v2/pages/f") <= 64);
    // A folder that lies in itself.
    let site = Site::default();
    let server = super::Server::start(move |request| match request.path() {
        "/v2/pages/f0" => ok(&json!({"id": "f0", "slug": "f", "parentId": "f0"}).to_string()),
        LIST => parent(request),
        _ => site.answer(request),
    });
    let ran = project().run(&server.url(), "plan");
    assert_eq!((ran.exit, count(&server.requests(), "/v2/pages/f0")), (3, 1), "{}", ran.stderr);
    // Each page lies in a folder of its own.
    let server = attacking("GET", LIST, |request| {
        let offset = offset(request);
        let page = |number| json!({"id": format!("p{number}"), "slug": "p1", "parentId": format!("f{number}")});
        list((offset..offset + 100).map(page).collect(), offset, 3_000)
    });
    project().run(&server.url(), "plan").ends("many", 5, "more than 2000 folders");
    assert_eq!(count(&server.requests(), "/v2/pages/f"), 0);
    // An answer about another folder.
    let site = Site::default();
    let server = super::Server::start(move |request| match request.path() {
        "/v2/pages/f0" => ok(r#"{"id":"f9","slug":"f"}"#),
        LIST => parent(request),
        _ => site.answer(request),
    });
    project().run(&server.url(), "plan").ends("another", 5, "the answer is about the page `f9`");
}
