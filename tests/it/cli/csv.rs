//! Tables: out of the manifests and back into them.

use insta::assert_snapshot;

use super::environment::TestEnvironment;
use super::galaxy::GUIDE;

const PAGES: &str = "\
id: pgGuide
path: /guide
locales:
  en-US:
    title: Guide # a name
    seo: {title: '=SUM(A1)', description: \"\"}
    openGraph: {titleCopied: true}
  fr-FR:
    seo:
      description: |
        Deux
        lignes
---
path: /about
locales: {en-US: {title: \"-5 %, \\\"about\\\"\"}}
";

#[test]
fn a_table_of_the_manifests() {
    let environment = TestEnvironment::with_pages([("all.yaml", PAGES)]);
    assert_snapshot!(environment.run("export"), @r#"
    exit: 0
    files: none
    writes: none
    --- stdout
    ﻿page,path,locale,title,slug,seo.title,seo.description,openGraph.title,openGraph.titleCopied,openGraph.description,openGraph.descriptionCopied
    pgGuide,/guide,en-US,Guide,,'=SUM(A1),"""""",,true,,
    pgGuide,/guide,fr-FR,,,,"Deux
    lignes",,,,
    ,/about,en-US,"'-5 %, ""about""",,,,,,,
    --- stderr
    "#);
    assert_snapshot!(environment.run("export --csv words.csv"), @"
    exit: 0
    files: words.csv
    writes: none
    --- stdout
    --- stderr
    Wrote 2 pages to words.csv.
    ");
    assert_eq!(environment.read("words.csv"), environment.run("export --csv -").stdout);
    assert_snapshot!(environment.run("import --csv words.csv").wrote_nothing(), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    --- stderr
    Nothing to change: the manifests say what the table says.
    ");
    let some = environment.run("export --page /guide --locale FR-fr");
    assert_eq!(some.stdout.lines().count(), 3, "{some}");
    assert_eq!(environment.run("export --page /nothing").exit, 64);
    assert_eq!(environment.run("export --locale ja-JP").exit, 64);
}

#[test]
fn what_is_changed_in_a_table_goes_into_the_manifests() {
    let environment = TestEnvironment::with_pages([("all.yaml", PAGES)]);
    let table = "\
path;locale;title;seo.description;openGraph.title;openGraph.titleCopied;Notes
/guide;en-us;Guide;'=now;Own title;;checked
/guide;fr-FR;;\"\"\"\"\"\";;;
/about;fr-FR;À propos;;;FALSE;
";
    environment.write("words.csv", table);
    assert_snapshot!(environment.run("import --csv words.csv --diff").wrote_nothing(), @r#"
    exit: 0
    files: none
    writes: none
    --- stdout
    --- a/pages/all.yaml
    +++ b/pages/all.yaml
    @@ -3,13 +3,11 @@
     locales:
       en-US:
         title: Guide # a name
    -    seo: {title: '=SUM(A1)', description: ""}
    -    openGraph: {titleCopied: true}
    +    seo: {title: '=SUM(A1)', description: "=now"}
    +    openGraph: {title: Own title}
       fr-FR:
         seo:
    -      description: |
    -        Deux
    -        lignes
    +      description: ""
     ---
     path: /about
    -locales: {en-US: {title: "-5 %, \"about\""}}
    +locales: {en-US: {title: "-5 %, \"about\""}, fr-FR: {title: À propos, openGraph: {titleCopied: false}}}
    --- stderr
    warning[table-column]: the column `Notes` is not known
    --> words.csv
     = help: it is left alone
    "#);
    assert_snapshot!(environment.run("import --csv words.csv"), @"
    exit: 0
    files: pages/all.yaml
    writes: none
    --- stdout
    --- stderr
    warning[table-column]: the column `Notes` is not known
    --> words.csv
     = help: it is left alone

    Changed 6 keys in 1 manifest.
    1 of them is gone, since the cells are empty: those values are not managed any more.
    ");
    assert_snapshot!(environment.read("pages/all.yaml"), @r#"
    id: pgGuide
    path: /guide
    locales:
      en-US:
        title: Guide # a name
        seo: {title: '=SUM(A1)', description: "=now"}
        openGraph: {title: Own title}
      fr-FR:
        seo:
          description: ""
    ---
    path: /about
    locales: {en-US: {title: "-5 %, \"about\""}, fr-FR: {title: À propos, openGraph: {titleCopied: false}}}
    "#);
    environment.run("import --csv words.csv").wrote_nothing();
}

#[test]
fn keys_of_empty_cells_go() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    environment.write("words.csv", "page,locale,title\npgGuide,en-US,\npgGuide,fr-FR,\n");
    assert_snapshot!(environment.run("import --csv words.csv"), @"
    exit: 0
    files: pages/guide.yaml
    writes: none
    --- stdout
    --- stderr
    Changed 2 keys in 1 manifest.
    2 of them are gone, since the cells are empty: those values are not managed any more.
    ");
    assert_eq!(
        environment.read("pages/guide.yaml"),
        GUIDE.replace("    title: Guide\n", "").replace("  fr-FR:\n    title: Le guide\n", "  fr-FR: {}\n")
    );
}

#[test]
fn an_id_decides() {
    let environment = TestEnvironment::with_pages([("guide.yaml", GUIDE)]);
    environment.write("words.csv", "page,path,locale,title\npgGuide,/moved,fr-FR,Le guide\n");
    assert_snapshot!(environment.run("import --csv words.csv").wrote_nothing(), @"
    exit: 0
    files: none
    writes: none
    --- stdout
    --- stderr
    warning[table-row]: row 2, column `path`: the manifest has `/guide`, not `/moved`
    --> words.csv
     = help: the id decides, and the path stays as it is

    Nothing to change: the manifests say what the table says.
    ");
}

#[test]
fn one_column_of_a_pair_will_do() {
    let environment = TestEnvironment::with_pages([("all.yaml", PAGES)]);
    environment.write("words.csv", "page,locale,openGraph.title\npgGuide,en-US,Card\n");
    assert_eq!(environment.run("import --csv words.csv").exit, 0);
    assert_eq!(environment.read("pages/all.yaml"), PAGES.replace("titleCopied: true", "title: Card"));
    environment.write("words.csv", "page,locale,openGraph.titleCopied\npgGuide,en-US,TRUE\n");
    assert_eq!(environment.run("import --csv words.csv").exit, 0);
    assert_eq!(environment.read("pages/all.yaml"), PAGES);
}

#[test]
fn all_that_is_wrong_with_a_table_is_told() {
    let environment = TestEnvironment::with_pages([("all.yaml", PAGES)]);
    let table = "\
page,path,locale,tilte,seo.title,openGraph.titleCopied,openGraph.title,Notes
pgGuid,,en-US,,,,,
,/nowhere,en-US,,,,,
pgGuide,,fr-FT,,,,,
pgGuide,,,,,,,
pgGuide,,en-US,,A,yes,,
pgGuide,,fr-FR,,,true,Text,
pgGuide,,EN-us,,B,,,
pgGuide,,en-US,short
,,,,,,,
,,en-US,,x,,,
";
    environment.write("words.csv", table);
    assert_snapshot!(environment.run("import --csv words.csv").wrote_nothing(), @"
    exit: 3
    files: none
    writes: none
    --- stdout
    --- stderr
    error[table-column]: the column `tilte` is not known
    --> words.csv
     = help: did you mean `title`?

    warning[table-column]: the column `Notes` is not known
    --> words.csv
     = help: it is left alone

    error[table-row]: row 2, column `page`: no manifest describes the page `pgGuid`
    --> words.csv
     = help: did you mean `pgGuide`?

    error[table-row]: row 3, column `path`: no manifest describes the page `/nowhere`
    --> words.csv
     = help: `slugline import` describes the pages that have no manifest yet

    error[table-row]: row 4, column `locale`: no manifest has the locale `fr-FT`
    --> words.csv
     = help: did you mean `fr-FR`?

    error[table-row]: row 5 names no locale
    --> words.csv
     = help: a locale that no manifest has yet is named in `locales: {required: […]}` of slugline.yaml

    error[table-cell]: row 6, column `openGraph.titleCopied`: `yes` is neither `true` nor `false`
    --> words.csv
     = help: write one of them, or leave the cell empty if the manifest says nothing of it

    error[table-cell]: row 7, column `openGraph.title`: there is a text, but `openGraph.titleCopied` says to copy it
    --> words.csv
     = help: empty one of the two cells

    error[table-conflict]: row 8, column `seo.title`: row 6 says something else of the same page and locale
    --> words.csv
     = help: keep one of the two rows

    error[malformed-table]: row 9 has 4 cells, but the first row names 8
    --> words.csv
     = help: a cell that holds a line break or a separator stands in double quotes

    error[table-row]: row 11 names no page
    --> words.csv
     = help: `slugline import` describes the pages that have no manifest yet

    error: 10 errors in the table; nothing was written
    ");
}

#[test]
fn tables_that_are_none() {
    let environment = TestEnvironment::with_pages([("all.yaml", PAGES)]);
    for (table, exit) in [(&b""[..], 3), (b"a,b\n", 3), (b"page,path\nx,y\n", 3), (b"page,locale,title\nx,\xe9,\n", 3)]
    {
        environment.write("words.csv", table);
        let ran = environment.run("import --csv words.csv");
        assert_eq!(ran.wrote_nothing().exit, exit, "{ran}");
    }
    assert_eq!(environment.run("import --csv nowhere.csv").exit, 64);
    assert_eq!(environment.run("import --csv words.csv --all").exit, 64);
    assert_eq!(environment.run("import --diff").exit, 64);
}

/// A reader of CSV takes all that follows for a part of the cell, and nobody would miss the rows.
#[test]
fn a_quote_that_is_not_closed_swallows_no_rows() {
    let environment = TestEnvironment::with_pages([("all.yaml", PAGES)]);
    environment.write("in.csv", "path,locale,title\n/guide,en-US,\"unclosed\n/about,en-US,x\n/guide,fr-FR,\"y\"\n");
    let ran = environment.run("import --csv in.csv");
    ran.wrote_nothing();
    assert_eq!(ran.exit, 3, "{ran}");
    assert!(ran.stderr.contains("malformed-table") && ran.stderr.contains("row 2 has a quote"), "{ran}");
}

/// Whoever sorts one column of a spreadsheet alone puts texts beside pages that they are not for.
#[test]
fn an_id_beside_the_path_of_another_page_is_an_error() {
    let environment = TestEnvironment::with_pages([("all.yaml", PAGES)]);
    environment.write("in.csv", "page,path,locale,title\npgGuide,/about,en-US,About the guide\n");
    let ran = environment.run("import --csv in.csv");
    ran.wrote_nothing();
    assert_eq!(ran.exit, 3, "{ran}");
    assert!(ran.stderr.contains("`/about` is another page"), "{ran}");
}
