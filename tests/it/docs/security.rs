//! SECURITY.md: each test that it names exists.

use std::fs;

use super::document;

#[test]
fn each_claim_names_a_test_that_exists() {
    let text = fs::read_to_string(document::root().join("SECURITY.md")).unwrap();
    let named: Vec<&str> = text.split('`').skip(1).step_by(2).filter(|code| code.starts_with("tests/")).collect();
    assert!(named.len() > 20, "SECURITY.md names only {} tests", named.len());
    let missing: Vec<&&str> = named.iter().filter(|name| !exists(name)).collect();
    assert_eq!(missing, [&""; 0]);
    assert!(!exists("tests/it/docs/nowhere.rs") && !exists("tests/it/docs/security.rs::nothing"));
}

/// Returns whether a name such as `tests/it/cli/stale.rs::refuses_a_stale_plan` is a test, or a file or folder with tests.
fn exists(name: &str) -> bool {
    let (path, function) = name.split_once("::").map_or((name, None), |(path, function)| (path, Some(function)));
    let path = document::root().join(path);
    match function {
        None => path.exists(),
        Some(function) => {
            fs::read_to_string(path).is_ok_and(|code| code.contains(&format!("#[test]\nfn {function}()")))
        }
    }
}
