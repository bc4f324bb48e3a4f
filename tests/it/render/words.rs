//! What a small plan reads like in each format.

use insta::assert_snapshot;
use slugline::diagnostic::{Code, Diagnostic};
use slugline::model::Field;
use slugline::plan::{Plan, Revision};

use super::held::{plan_with, show};
use super::markup::parse;
use crate::plan::world;

/// Returns a plan with an address that moves, a value that is cleared, and words that change.
fn small() -> Plan {
    let mut world = world();
    world.page("guide").page("towels");
    world.wants("guide", "en", Field::Slug, "handbook");
    world.reads_everywhere("guide", Field::SeoTitle, "The guide to the galaxy");
    world.wants("guide", "en", Field::SeoTitle, "The guide to the universe");
    world.reads("towels", "fr", Field::SeoDescription, "Des serviettes");
    world.wants("towels", "fr", Field::SeoDescription, "");
    world.wants("towels", "en", Field::OpenGraphTitle, "Towels <for> you");
    world.plan()
}

#[test]
fn a_comment() {
    assert_snapshot!(show(&small()).markdown, @"
    <!-- slugline:plan v=1 digest=sha256:b1b05f1c30905c837415d8194627eb2c6d75123c8865eb0ac34427e950314352 -->
    ### slugline: <code>Site</code>

    **Plan: 4 fields to change in 3 page-locales of 2 pages; 3 requests to send.**

    - 2 guards stand in the way: slug-change (3), blanking (1)
    - 3 published addresses change
    - 1 value is cleared

    #### Guards

    - **slug-change**: 3 published addresses change; links to them break without redirects; if this is meant: `--allow slug-change`
      - <code>/guide &#64;<!-- --> en&#58; /guide → /handbook</code>
      - <code>/guide &#64;<!-- --> fr&#58; /fr/guide → /fr/handbook</code>
      - <code>/guide &#64;<!-- --> es&#58; /es/guide → /es/handbook</code>
    - **blanking**: 1 title or description becomes empty; if this is meant: `--allow blanking`
      - <code>/towels &#64;<!-- --> fr&#58; seo.description</code>

    #### Addresses that move

    | Locale | Old address | New address | Redirect |
    | --- | --- | --- | --- |
    | <code>en</code> | <code>/guide</code> | <code>/handbook</code> | needed |
    | <code>fr</code> | <code>/fr/guide</code> | <code>/fr/handbook</code> | needed |
    | <code>es</code> | <code>/es/guide</code> | <code>/es/handbook</code> | needed |

    #### Values that are cleared

    | Page | Locale | Field | Value |
    | --- | --- | --- | --- |
    | <code>/towels</code> | <code>fr</code> | `seo.description` | <code><del>Des serviettes</del></code> |

    #### Changes

    <details open><summary><code>/guide</code>: 1 field in <code>en</code></summary>

    | Locale | Field | Change |
    | --- | --- | --- |
    | <code>en</code> | `seo.title` | <code>The guide to the <del>galaxy</del><ins>universe</ins></code><br><sub>moves along in <code>fr</code>, <code>es</code>, which inherit it</sub> |

    </details>

    <details open><summary><code>/towels</code>: 1 field in <code>en</code></summary>

    | Locale | Field | Change |
    | --- | --- | --- |
    | <code>en</code> | `openGraph.title` | <code><ins>Towels &#60;for&#62; you</ins></code><br><sub>moves along in <code>fr</code>, <code>es</code>, which inherit it</sub> |

    </details>
    ");
}

#[test]
fn annotations() {
    assert_snapshot!(show(&small()).github, @"
    ::warning file=site/pages/x.yaml,line=1,col=1,title=slug-change::slug of /guide @ en: a published address changes%0A/guide → /handbook, /fr/guide → /fr/handbook, /es/guide → /es/handbook; if this is meant, apply the plan with --allow slug-change
    ::warning file=site/pages/x.yaml,line=1,col=1,title=blanking::seo.description of /towels @ fr: a value is cleared%0Aif this is meant, apply the plan with --allow blanking
    ::notice title=slugline::Plan: 4 fields to change in 3 page-locales of 2 pages; 3 requests to send.
    ");
}

#[test]
fn a_report() {
    let words = parse(&show(&small()).html).words;
    let (_style, words) = words.rsplit_once("}\n").unwrap();
    assert_snapshot!(words, @"
    Skip to the changesSite
    Plan: 4 fields to change in 3 page-locales of 2 pages; 3 requests to send.
    Site site
    2 guards stand in the way: slug-change (3), blanking (1)
    3 published addresses change
    1 value is cleared
    Guards
    Apply refuses this plan until each of them is allowed.
    slug-change: 3 published addresses change; links to them break without redirects
    /guide @ en: /guide → /handbook
    /guide @ fr: /fr/guide → /fr/handbook
    /guide @ es: /es/guide → /es/handbook
    If this is meant: --allow slug-change
    blanking: 1 title or description becomes empty
    /towels @ fr: seo.description
    If this is meant: --allow blanking
    Addresses that move
    Links to the old address break, unless the site redirects them.
    Locale
    Address
    Redirect
    en
    /guide/handbook
    redirect needed
    fr
    /fr/guide/fr/handbook
    redirect needed
    es
    /es/guide/es/handbook
    redirect needed
    Pages
    Page
    Changes
    Look at
    /guide
    2 fields in en
    address moves 
    /towels
    2 fields in en, fr
    value cleared 
    Changes
    /guide
    address moves 
    en of /guide
    Field
    Change
    slug
    guidehandbook
    moves along in fr, es, which inherit it
    pages/x.yaml:1:1
    seo.title
    The guide to the galaxyuniverse
    moves along in fr, es, which inherit it
    pages/x.yaml:1:1
    Search resultAfter, on a desktop
    Site… › handbook
    The guide to the universe
    no SEO description
    After, on a phone
    Site… › handbook
    The guide to the universe
    no SEO description
    Title  226 of 580 px, fits
    BeforeBefore, on a desktop
    Site… › guide
    The guide to the galaxy
    no SEO description
    Before, on a phone
    Site… › guide
    The guide to the galaxy
    no SEO description
    /towels
    value cleared 
    en of /towels
    Field
    Change
    openGraph.title
    Towels <for> you
    moves along in fr, es, which inherit it
    pages/x.yaml:1:1
    Social cardAfter
    image
    Site
    Towels <for> you
    empty
    Before
    image
    Site
    empty
    empty
    Title  16 of 70 characters, fits
    fr of /towels
    Field
    Change
    seo.description
    Des serviettes becomes empty
    pages/x.yaml:1:1
    Search resultAfter, on a desktop
    Site… › towels
    no SEO title
    no SEO description
    After, on a phone
    Site… › towels
    no SEO title
    no SEO description
    BeforeBefore, on a desktop
    Site… › towels
    no SEO title
    Des serviettes
    Before, on a phone
    Site… › towels
    no SEO title
    Des serviettes
    Previews are drawn from the widths of Arial and from common limits. Search engines and networks decide for themselves what they show, and often rewrite titles; “≈” marks scripts whose widths are estimated.
    Made by slugline. This page runs nothing and loads nothing.
    ");
}

/// Reviewers read nothing but the comment, or the report.
#[test]
fn what_was_changed_on_the_site_comes_with_a_way_out() {
    let mut plan = plan_with("plain");
    plan.diagnostics.clear();
    let shown = show(&plan);
    let command =
        |field: &str, locale: &str| format!("slugline pull --env plain --page plain --locale {locale} --field {field}");
    for told in [&shown.markdown, &shown.html] {
        assert!(told.contains("1 conflict: changed in the manifests and on the site"), "{told}");
        assert!(told.contains("1 field was changed on the site and kept"), "{told}");
        for command in [command("seo.description", "fr"), command("openGraph.title", "en")] {
            assert!(told.contains(&format!("<code>{command}</code>")), "{told}");
        }
        assert!(told.contains("--on-conflict desired") && told.contains("--on-drift revert"), "{told}");
        let headings = ["Guards<", "Conflicts: ", "Addresses that move<", "Changed on the site, and kept<"];
        let headings =
            headings.map(|heading| if told == &shown.html { heading } else { heading.trim_end_matches('<') });
        let places = headings.map(|heading| told.find(heading).unwrap_or_else(|| panic!("{heading}")));
        assert!(places.is_sorted(), "{places:?}");
    }
}

#[test]
fn a_comment_says_what_to_do_about_a_problem_and_which_commits_it_is_about() {
    let mut plan = small();
    let told = Diagnostic::info(Code::new("base-empty"), "the project is not in `d466de4e`");
    plan.diagnostics.push(told.help("every field counts as new, and is written where the site reads otherwise"));
    let hash = "0123456789abcdef0123456789abcdef01234567";
    plan.revision = Some(Revision { commit: hash.to_owned(), dirty: true, base: Some(hash.replace('0', "f")) });
    let comment = show(&plan).markdown;
    let help = "<br><sub>every field counts as new, and is written where the site reads otherwise</sub>\n";
    assert!(comment.contains(help), "{comment}");
    let commits = "<sub>Commit <code>0123456789ab</code>, with changes that are not committed, \
                   compared with <code>f123456789ab</code></sub>";
    assert!(comment.contains(commits), "{comment}");
}

#[test]
fn what_a_phone_cuts_off_is_said_to_be_cut_there() {
    let mut world = world();
    world.page("guide");
    let description = "All you need to know about towels and tea. ".repeat(3);
    world.reads("guide", "en", Field::SeoDescription, "Towels");
    world.wants("guide", "en", Field::SeoDescription, description.trim());
    let words = parse(&show(&world.plan()).html).words;
    assert!(words.contains("Search result: the end is cut off on a phone"), "{words}");
    assert!(words.contains(" of 985 px, fits on a desktop; the end is cut off on a phone"), "{words}");
}
