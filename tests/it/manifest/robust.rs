//! Whatever a file holds: no panic, no endless work, and every place leads to text.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fs, iter};

use proptest::prelude::*;
use slugline::manifest::load;
use slugline::manifest::{read, yaml};

use super::survival::{points_at_itself, survives};

/// Pieces of YAML, so that generated texts get past the first line.
fn piece() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a",
        "b: ",
        "title: ",
        "locales:\n",
        "  en-US:\n",
        "    seo:\n",
        "path: /a\n",
        "\n",
        "\n  ",
        "\n    ",
        "- ",
        "---\n",
        "...\n",
        "? ",
        ": ",
        "&x ",
        "*x",
        "<<: ",
        "!!str ",
        "!env ",
        "|\n",
        ">-\n",
        "|2 # |\n",
        "'",
        "\"",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "# c\n",
        "\t",
        "\r\n",
        "\r",
        "404",
        "~",
        "é",
        "\u{feff}",
        "\u{202e}",
        "\u{85}",
        "\u{2028}",
        "\0",
        "%YAML 1.1\n",
        "@",
        "`",
        "\\",
    ]);
    prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        survives(bytes);
    }

    #[test]
    fn any_yaml(text in piece()) {
        survives(text.clone().into_bytes());
        for document in yaml::parse(&Arc::from("page.yaml"), &text).documents {
            points_at_itself(&document, &text);
        }
    }
}

#[test]
fn bombs_end_quickly() {
    let mut laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, other) in ('b'..='z').zip('a'..='y') {
        let aliases = vec![format!("*{other}"); 10].join(", ");
        laughs += &format!("{name}: &{name} [{aliases}]\n");
    }
    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), vec!["*a"; 20_000].join(", "));
    let merges = format!("a: &a {{{}}}\nb:\n{}", "k: v", "  <<: *a\n".repeat(50_000));
    let chain = iter::once("a0: &a0 [x]\n".to_owned())
        .chain((1..20_000).map(|n| format!("a{n}: &a{n} [*a{}]\n", n - 1)))
        .collect::<String>();
    let nested = "[".repeat(200_000);
    let keys = (0..20_000).map(|n| format!("k{n}: 1\n")).collect::<String>();
    let broken = "a: b: c\n---\n".repeat(20_000);
    for text in [laughs, long, merges, chain, nested, keys, broken] {
        let start = Instant::now();
        let (_, problems) = read::pages(&Arc::from("page.yaml"), &text);
        assert!(!problems.is_empty());
        // A bomb that goes off takes years; without optimization on a busy machine, the rest has taken ten seconds.
        assert!(start.elapsed() < Duration::from_secs(120), "{:?}: {}", start.elapsed(), &text[..40]);
    }
}

#[test]
fn not_utf8_says_where() {
    let (_, problem) = read::text(&Arc::from("a.yaml"), b"a: b\nc: \xff".to_vec());
    assert_eq!(problem.unwrap().at.unwrap().to_string(), "a.yaml:2:4");
}

#[test]
fn special_files_are_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("pages")).unwrap();
    fs::write(folder.path().join("slugline.yaml"), "version: 1\nsite: a1\n").unwrap();
    let pipe = folder.path().join("pages/pipe.yaml");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if !made.is_ok_and(|status| status.success()) {
        return;
    }
    fs::write(folder.path().join("pages/large.yaml"), vec![b'#'; 17 * 1024 * 1024]).unwrap();
    let loaded = load::load(folder.path());
    let codes: Vec<&str> = loaded.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect();
    assert_eq!(codes, ["too-large", "not-a-file"]);
}

/// `.//etc/*.yaml` without its `./` is absolute.
#[test]
fn refuses_a_glob_that_leads_out_of_the_project() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("page.yaml"), "id: a1\nlocales: {en-US: {title: Outside}}\n").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let leads_out = outside.path().display();
    for glob in [format!("{leads_out}/*.yaml"), format!("./{leads_out}/*.yaml"), format!("././{leads_out}/**")] {
        fs::write(folder.path().join("slugline.yaml"), format!("version: 1\nsite: a1\npages: ['{glob}']\n")).unwrap();
        let loaded = load::load(folder.path());
        assert!(loaded.pages.is_empty(), "{glob}: {:#?}", loaded.pages);
        assert!(loaded.diagnostics.iter().any(|problem| problem.message.contains("is absolute")), "{glob}");
    }
}

#[test]
fn the_project_is_found_from_below() {
    let folder = super::root().join("tests/cases/manifest/ok");
    assert_eq!(load::find_project(&folder.join("pages/legal")).unwrap(), folder);
    let error = load::find_project(Path::new("/")).unwrap_err();
    assert_eq!(error.to_string(), "no `slugline.yaml` in `/` or above it");
}

/// `cargo test --release -- --ignored ten_thousand` shows the time.
#[test]
#[ignore = "measures; writes 10,000 files"]
fn ten_thousand_files() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("pages");
    fs::create_dir(&pages).unwrap();
    fs::write(folder.path().join("slugline.yaml"), "version: 1\nsite: a1\n").unwrap();
    for number in 0..10_000 {
        let text = fs::read_to_string(super::root().join("tests/cases/manifest/ok/pages/guide.yaml")).unwrap();
        let text = text.replace("63c720f9347c2139b248e552", &format!("63c720f9347c2139b2{number:06}"));
        fs::write(pages.join(format!("{number}.yaml")), text).unwrap();
    }
    let start = Instant::now();
    let loaded = load::load(folder.path());
    let elapsed = start.elapsed();
    assert_eq!((loaded.pages.len(), loaded.diagnostics.len()), (10_000, 0));
    assert!(elapsed < Duration::from_secs(1), "{elapsed:?}");
}
