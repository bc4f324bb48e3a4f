//! `validate --fix`: what nobody would see a difference of is corrected where it stands, and nothing else is touched.

use insta::assert_snapshot;

use super::super::environment::TestEnvironment;
use super::super::galaxy;

const PAGE: &str = "\
# About us, in two languages.
id: pgAbout
locales:
  en-US:
    seo: {title: '  About  us ', description: \"A guide to\u{200b} the galaxy and  all  that is in it.\"}   # keep
  fr-FR:
    seo:
      title: >-
        À propos  de
        nous
";

fn environment() -> TestEnvironment {
    let environment = TestEnvironment::empty();
    environment.write("slugline.yaml", galaxy::PROJECT);
    environment.write("pages/about.yaml", PAGE);
    environment
}

#[test]
fn spaces_and_what_cannot_be_seen() {
    let environment = environment();
    let ran = environment.run("validate --fix");
    assert_eq!((ran.exit, ran.files.as_slice()), (0, ["pages/about.yaml".to_owned()].as_slice()), "{ran}");
    assert!(ran.stderr.contains("Corrected 3 texts in 1 manifest."), "{ran}");
    assert_snapshot!(environment.read("pages/about.yaml"), @r#"
    # About us, in two languages.
    id: pgAbout
    locales:
      en-US:
        seo: {title: 'About us', description: "A guide to the galaxy and all that is in it."}   # keep
      fr-FR:
        seo:
          title: >-
            À propos de
            nous
    "#);
    let again = environment.run("validate --fix");
    again.wrote_nothing();
    assert!(!again.stderr.contains("Corrected"), "{again}");
}

#[test]
fn what_is_let_pass_or_not_selected_stays() {
    let environment = environment();
    environment.run("validate --fix --locale fr-FR");
    let text = environment.read("pages/about.yaml");
    assert!(text.contains("'  About  us '") && !text.contains("propos  de"), "{text}");

    let allow = "lint: {allow: [{rule: text/double-space, page: pgAbout, reason: wanted so}]}\n";
    environment.write("slugline.yaml", format!("{}{allow}", galaxy::PROJECT));
    environment.write("pages/about.yaml", PAGE);
    environment.run("validate --fix");
    let text = environment.read("pages/about.yaml");
    assert!(text.contains("About  us") && !text.contains("'  About"), "{text}");
}

#[test]
fn a_text_that_others_share_is_left_with_its_reason() {
    let environment = environment();
    let shared = "id: pgAbout\nlocales:\n  en-US: {seo: {title: &t 'About  us'}}\n  fr-FR: {openGraph: {title: *t}}\n";
    environment.write("pages/about.yaml", shared);
    let ran = environment.run("validate --fix");
    ran.wrote_nothing();
    assert!(ran.stderr.contains("not-edited"), "{ran}");
}
