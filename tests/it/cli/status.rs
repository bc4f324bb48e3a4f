//! `slugline status`: the table of coverage, whatever the size of the site and of the screen.

use insta::assert_snapshot;
use serde_json::json;

use super::environment::TestEnvironment;
use super::galaxy;

const FRENCH: &str = "\
id: pgTowel
locales:
  en-US: {seo: {title: Towel Day, description: Bring one.}}
  fr-FR: {seo: {title: Towel Day, description: Prenez-en une.}}
";

fn environment() -> TestEnvironment {
    TestEnvironment::with_pages([("guide.yaml", galaxy::GUIDE), ("towel.yaml", FRENCH)])
}

#[test]
fn who_says_what_each_page_reads() {
    assert_snapshot!(environment().run("status"), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    locale       managed  inherited  same as primary  unmanaged  missing
    en-US        4 (33%)          0                0          4        4
    fr-FR         1 (8%)          6                1          0        4
    ja-JP         0 (0%)          6                0          0        6

    page              en-US  fr-FR  ja-JP
    /                     u      i      i
    /about                -      -      -
    /blog/towel-day       M      =      -
    /detail_articles      -      -      -
    /guide                M      i      i
    /restaurant           -      -      -

    M managed   i inherited   = same as primary   u unmanaged   - missing
    Of seo.title and seo.description; a page shows the worst of its fields.
    --- stderr
    ");
}

#[test]
fn other_fields_pages_and_locales() {
    let ran =
        environment().run("status --field title --field openGraph.title --page /guide --locale fr-FR --format csv");
    assert_snapshot!(ran, @"
    exit: 0
    files: none
    writes: none
    --- stdout
    page,path,locale,field,state
    pgGuide,/guide,fr-FR,title,managed
    pgGuide,/guide,fr-FR,openGraph.title,inherited
    --- stderr
    ");
}

#[test]
fn a_field_that_is_none() {
    let ran = environment().run("status --field seo.tilte");
    assert_eq!(ran.exit, 64, "{ran}");
    assert!(ran.stderr.contains("seo.title, seo.description"), "{ran}");
}

#[test]
fn in_a_pull_request_text_stays_text() {
    let mut site = galaxy::site();
    site["pages"][1]["values"]["primary"]["slug"] = "a|b*`c`@me".into();
    let environment = TestEnvironment::serving(&site);
    assert_snapshot!(environment.run("status --page /a* --format markdown"), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    | locale | managed | inherited | same as primary | unmanaged | missing |
    | --- | ---: | ---: | ---: | ---: | ---: |
    | <code>en-US</code> | 0 | 0 | 0 | 3 | 1 |
    | <code>fr-FR</code> | 0 | 3 | 0 | 0 | 1 |
    | <code>ja-JP</code> | 0 | 3 | 0 | 0 | 1 |

    <details><summary>2 pages</summary>

    | page | <code>en-US</code> | <code>fr-FR</code> | <code>ja-JP</code> |
    | --- | --- | --- | --- |
    | <code>/about</code> | missing | missing | missing |
    | <code>/a&#124;b&#42;&#96;c&#96;&#64;<!-- -->me</code> | unmanaged | inherited | inherited |

    </details>

    Of seo.title and seo.description; a page shows the worst of its fields.
    --- stderr
    warning[no-match]: the folder `pages` holds no manifest
    --> slugline.yaml
     = help: run `slugline import`, or name the files with `pages: […]`
    ");
}

#[test]
fn programs_get_every_field() {
    let json = environment().run("status --format json").json();
    assert_eq!(json["totals"]["fr-FR"], json!({"managed": 1, "same-as-primary": 1, "inherited": 6, "missing": 4}));
    let towel = json["pages"].as_array().unwrap().iter().find(|page| page["page"] == "pgTowel").unwrap();
    assert_eq!(towel["locales"]["fr-FR"], json!({"seo.title": "same-as-primary", "seo.description": "managed"}));
    assert_eq!(towel["locales"]["ja-JP"], json!({"seo.title": "missing", "seo.description": "missing"}));
}

/// Pages of a folder that are in the same state share a row, and the tags of many locales are written downwards.
#[test]
fn a_large_site_on_a_narrow_screen() {
    let mut site = galaxy::site_with_pages(2_000);
    let tags = [
        "ar", "cs", "da", "de-AT", "de-CH", "de-DE", "el", "es", "fi", "fr-CA", "fr-FR", "he", "hi", "hu", "it",
        "ja-JP", "ko", "nl", "no", "pl", "pt-BR", "pt-PT", "ro", "ru", "sv", "th", "tr", "uk",
    ];
    let locale = |tag: &&str| json!({"tag": tag, "id": format!("loc{}", tag.replace('-', "")), "subdirectory": tag});
    site["locales"]["secondary"] = tags.iter().map(locale).collect();
    for page in site["pages"].as_array_mut().unwrap() {
        page["values"].as_object_mut().unwrap().retain(|locale, _| locale == "primary");
    }
    let environment = TestEnvironment::serving(&site);
    environment.write("pages/one.yaml", "id: pg77\nlocales: {ja-JP: {seo: {title: 七十七, description: 説明}}}\n");
    let ran = environment.run("status -q");
    assert_eq!(ran.exit, 0, "{}", ran.stderr);
    let pages = ran.stdout.split("\n\n").nth(1).unwrap();
    assert_snapshot!(pages, @"
    e       d d d       f f         j         p p
    n       e e e       r r         a         t t
    -       - - -       - -         -         - -
    U a c d A C D e e f C F h h h i J k n n p B P r r s t t u
    page             S r s a T H E l s i A R e i u t P o l o l R T o u v h r k
    /                u i i i i i i i i i i i i i i i i i i i i i i i i i i i i
    /about           - - - - - - - - - - - - - - - - - - - - - - - - - - - - -
    /blog/towel-day  - - - - - - - - - - - - - - - - - - - - - - - - - - - - -
    /detail_articles - - - - - - - - - - - - - - - - - - - - - - - - - - - - -
    /guide           u i i i i i i i i i i i i i i i i i i i i i i i i i i i i
    /… (1745 pages)  - - - - - - - - - - - - - - - - - - - - - - - - - - - - -
    /page-77         - - - - - - - - - - - - - - - - M - - - - - - - - - - - -
    /… (255 pages)   - - - - - - - - - - - - - - - - - - - - - - - - - - - - -
    ");
    assert!(ran.stdout.lines().all(|line| line.chars().count() <= 100), "{}", ran.stdout);
}
