// SPDX-License-Identifier: MIT OR Apache-2.0
//! A small book with the real theme, built whole: what an author meets, and what a browser is given.

use std::fs;
use std::path::Path;
use std::rc::Rc;

use super::build;
use course::{Cell, Claim, Lesson};

use super::content::{Bet, Chapter, Content, Course, Exercise, Number, Refusal, Source, Table, Worlds};

/// Knows one thing of each kind.
struct Little;

fn only<T>(known: &str, name: &str, value: T) -> Result<T, Refusal> {
    if name == known { Ok(value) } else { Err(Refusal::Unknown(vec![known.to_string()])) }
}

impl Content for Little {
    fn number(&self, name: &str) -> Result<Number, Refusal> {
        only("overtaken", name, Number { shown: "12.3 %".into(), how: "7 runs of \"a/b\"".into() })
    }
    fn source(&self, name: &str) -> Result<Source, Refusal> {
        only(
            "outline",
            name,
            Source { name: "outline", markdown: "See [there](https://example.org/a).", dated: "2016" },
        )
    }
    fn bet(&self, name: &str) -> Result<Bet, Refusal> {
        let options = vec!["less".into(), "more".into()];
        only(
            "order",
            name,
            Bet {
                question: "More?".into(),
                options,
                right: 1,
                answer: "Thus:\n\n```rust\nlet a;\n\nlet b;\n```\n\nMuch.".into(),
                run: "order/a?seed=1".into(),
            },
        )
    }
    // The course's own: only the course can make one.
    fn exercise(&self, name: &str) -> Result<&'static Exercise, Refusal> {
        Course::default().exercise(name)
    }
    fn table(&self, name: &str) -> Result<Table, Refusal> {
        let share = Cell::shown_by("11 %".to_string(), Some("order/a?seed=1".to_string()));
        let rows = vec![vec![Cell::from("two <b>".to_string()), share]];
        only(
            "by-count",
            name,
            Table { caption: "By count".into(), head: vec!["who".into(), "share".into()], rows },
        )
    }
    fn worlds(&self, name: &str) -> Result<Worlds, Refusal> {
        Course::default().worlds(name)
    }
    fn reaches(&self, _: &str, cue: &str) -> Result<(), Refusal> {
        if cue == "overtaken 3" { Ok(()) } else { Err(Refusal::Wrong(format!("never {cue}"))) }
    }
    fn stills(&self, address: &str, _: Option<&str>, id: &str) -> Result<[String; 2], Refusal> {
        match address.strip_prefix("order/") {
            Some(_) => {
                Ok(["w", "n"].map(|form| format!("<svg><title id=\"{id}-{form}\">A still</title>\n\n</svg>")))
            }
            None => Err(Refusal::Wrong(format!("there is no scenario {address}"))),
        }
    }
    fn chapter(&self, title: &str) -> Option<&'static Chapter> {
        CHAPTERS.iter().find(|chapter| chapter.title == title)
    }
}

const LESSON: Lesson = Lesson { markdown: "", minutes: 7, figure: None, exercises: &["resequencer"] };
static CHAPTERS: [Chapter; 3] = [
    Chapter { title: "Introduction", slug: "introduction", claims: &[], shows: "All.", lesson: Some(LESSON) },
    Chapter {
        title: "Not in order",
        slug: "q8",
        claims: &[Claim { id: "Q8", sentence: "There is no total order." }],
        shows: "What overtakes.",
        lesson: Some(LESSON),
    },
    Chapter { title: "Not yet", slug: "not-yet", claims: &[], shows: "What comes.", lesson: None },
];

/// Builds a book of an introduction, a chapter with `text` and one that is not written; gives the chapter's page.
fn page(text: &str) -> Result<(tempfile::TempDir, String), String> {
    let root = tempfile::tempdir().expect("a folder for the test");
    let theme = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("book/theme");
    let summary = "# Summary\n\n[Introduction](introduction.md)\n\n# Part II\n\n- [Not in order](q8.md)\n- [Not yet]()\n";
    let files = [
        ("exercises/queues/src/bin/resequencer.rs", "fn main() {}\n"),
        (
            "book/book.toml",
            &format!(
                "[book]\ntitle = \"B\"\ndescription = \"D\"\nlanguage = \"en\"\n[build]\nbuild-dir = \"dist\"\n\
             use-default-preprocessors = false\n[output.html]\ntheme = '{}'\n",
                theme.display()
            ),
        ),
        ("book/src/SUMMARY.md", summary),
        ("book/src/introduction.md", "# Introduction\n\nGo [on](q8.md#build-it).\n"),
        ("book/src/q8.md", text),
    ];
    for (name, text) in files {
        let path = root.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    build(&root.path().join("book"), Rc::new(Little), None, None).map_err(|error| format!("{error:#}"))?;
    let page = fs::read_to_string(root.path().join("book/dist/q8.html")).unwrap();
    Ok((root, page))
}

const WHOLE: &str = "<!-- SPDX -->\n# Not in order\n\nOf all {{#number overtaken}} went.{{#source outline}}\n\n\
    {{#figure order/two?seed=7&at=1s | Who?}}\n\n{{#bet order}}\n\n{{#table by-count}}\n\n## Build it\n\n{{#exercise resequencer}}\n\nThe end.\n";

#[test]
fn every_directive_becomes_what_reads_without_script() {
    let (_, page) = page(WHOLE).unwrap();
    for expected in [
        "<span class=\"num\" title=\"computed when this book was built: 7 runs of &quot;a/b&quot;\">12.3 %</span> went.<sup",
        "See <a href=\"https://example.org/a\">there</a>.",
        "<queue-figure run=\"order/two?seed=7&amp;at=1s\">",
        "<svg><title id=\"still-q8-1-w\">A still</title>",
        "<input type=\"radio\" name=\"bet-order\" value=\"1\" data-right> <span>more</span>",
        "<th scope=\"row\">two &lt;b&gt;</th><td class=\"figures\"><a href=\"q8.html#order/a?seed=1\">11 %</a></td>",
        "<code>cargo course check resequencer</code>",
        "<th scope=\"row\">together</th><td></td><td class=\"figures\">100</td>",
        "<h2 id=\"build-it\">Build it</h2>",
        "<p>The end.</p>",
    ] {
        assert!(page.contains(expected), "{expected}\nis not in\n{page}");
    }
    assert!(!page.contains("{{#") && !page.contains("SPDX -->\n# "), "{page}");
}

#[test]
fn code_with_empty_lines_stays_one_block_inside_a_block_of_html() {
    let (_, page) = page(WHOLE).unwrap();
    let code = page
        .split("<pre class=\"code\" tabindex=\"0\"><code>")
        .nth(1)
        .unwrap()
        .split("</code>")
        .next()
        .unwrap();
    assert_eq!(code.replace("&#10;", "\n"), "<b>let</b> a;\n\n<b>let</b> b;\n");
}

#[test]
fn a_strict_policy_can_forbid_everything_inline() {
    let (root, page) = page(WHOLE).unwrap();
    let index = fs::read_to_string(root.path().join("book/dist/index.html")).unwrap();
    for page in [page, index] {
        for script in page.split("<script").skip(1) {
            assert!(script.starts_with(" src=") && script.contains("></script>"), "{script:.80}");
        }
        for banned in [" style=", "<style", " onclick=", " onload=", "javascript:", "http://"] {
            assert!(!page.contains(banned), "{banned}");
        }
    }
}

#[test]
fn the_outline_links_what_is_written_and_names_what_is_not() {
    let (root, page) = page(WHOLE).unwrap();
    assert!(
        page.contains("<a class=\"chapter-title\" href=\"q8.html\" aria-current=\"page\">Not in order</a>"),
        "{page}"
    );
    assert!(
        page.contains("<span class=\"chapter-title\">Not yet</span><span class=\"minutes\">planned</span>")
    );
    assert!(
        page.contains(
            "7 minutes to read and play; then build it: <a href=\"#exercise-resequencer\">resequencer</a>"
        ),
        "{page}"
    );
    assert!(page.contains("<dt>Q8</dt><dd>There is no total order.</dd>"));
    assert!(
        page.contains("href=\"q8.html\" aria-current=\"page\">Not in order</a><span class=\"minutes\">7 min")
    );
    assert!(page.contains(
        "<ol class=\"headings\" aria-label=\"On this page\">\n<li><a href=\"#build-it\">Build it</a></li>"
    ));
    assert!(page.contains("<p class=\"next\">") && page.contains("What comes."));
    let index = fs::read_to_string(root.path().join("book/dist/index.html")).unwrap();
    assert!(index.contains("<a class=\"next\" href=\"q8.html\">") && index.contains("What overtakes."));
    assert!(index.contains("Go <a href=\"q8.html#build-it\">on</a>"));
}

#[test]
fn the_exercises_files_come_along_and_what_a_build_left_goes() {
    let (root, _) = page(WHOLE).unwrap();
    let dist = root.path().join("book/dist");
    assert_eq!(
        fs::read_to_string(dist.join("exercises/queues/src/bin/resequencer.rs.txt")).unwrap(),
        "fn main() {}\n"
    );
    fs::create_dir(dist.join("old")).unwrap();
    fs::write(dist.join("old/page.html"), "").unwrap();
    fs::write(dist.join("gone.html"), "").unwrap();
    build(&root.path().join("book"), Rc::new(Little), None, None).unwrap();
    assert!(!dist.join("old").exists() && !dist.join("gone.html").exists() && dist.join("q8.html").exists());
}

#[test]
fn what_a_chapter_asks_for_in_vain_fails_the_build_with_place_and_choice() {
    let error =
        page("# Not in order\n\nOf {{#number overtken}}.\n\n{{#figure kafka/x | Why?}}\n").unwrap_err();
    assert!(
        error.contains("book/src/q8.md:3:4: there is no number \"overtken\"; there are: overtaken"),
        "{error}"
    );
    assert!(error.contains("book/src/q8.md:5:1: there is no scenario kafka/x"), "{error}");
}

#[test]
fn two_runs_beside_each_other_have_two_stills_of_one_moment_and_captions_a_cue() {
    let text = "# Not in order\n\n{{#figure order/two?seed=7 beside order/one?seed=7 | And?}}\n\n- {{#see overtaken 3}} Three *are*.\n";
    let (_, page) = page(text).unwrap();
    for expected in [
        "<queue-figure run=\"order/two?seed=7\" beside=\"order/one?seed=7\">",
        "<svg><title id=\"still-q8-1-w\">A still</title>",
        "<svg><title id=\"still-q8-1-beside-w\">A still</title>",
        "<li><span class=\"see\" data-see=\"overtaken 3\"></span> Three <em>are</em>.</li>",
    ] {
        assert!(page.contains(expected), "{expected}\nis not in\n{page}");
    }

    let still =
        |run: &str, beside: Option<String>| Course::default().stills(run, beside.as_deref(), "id").unwrap();
    let [first, four] =
        ["consumers=1", "consumers=4"].map(|part| format!("order/concurrent-consumers?seed=7&{part}"));
    let second = still(&four, Some(format!("{first}&at=500ms")));
    assert_eq!(second, still(&format!("{four}&at=500ms"), None));
    let alone = still(&four, None);
    assert_ne!(second, alone, "the second run is shown at a moment of its own");
}

#[test]
fn a_caption_that_is_never_ticked_fails_the_build() {
    let error =
        page("# Not in order\n\n- {{#see overtaken 3}} x\n\n{{#figure order/a | ?}}\n\n- {{#see lost}} y\n")
            .unwrap_err();
    assert!(error.contains("book/src/q8.md:3:3: {{#see overtaken 3}} stands below no figure"), "{error}");
    assert!(error.contains("book/src/q8.md:7:3: never lost"), "{error}");

    let run = "order/concurrent-consumers?seed=7";
    assert_eq!(Course::default().reaches(run, "overtaken 3"), Ok(()));
    for cue in ["overtaken 61", "nonsense", "overtaken x"] {
        assert!(Course::default().reaches(run, cue).is_err(), "{cue}");
    }
}

#[test]
fn a_chapter_is_headed_as_the_outline_calls_it() {
    let error = page("# Not in sequence\n").unwrap_err();
    assert!(
        error.contains(
            "book/src/q8.md is headed \"Not in sequence\", but SUMMARY.md calls it \"Not in order\""
        ),
        "{error}"
    );
}

#[test]
fn all_chapters_stand_in_one_page_once_more_without_script() {
    let (root, _) = page(WHOLE).unwrap();
    let sheets = fs::read_to_string(root.path().join("book/dist/print.html")).unwrap();
    for expected in [
        "<article id=\"q8\" class=\"sheet\">",
        "Go <a href=\"#q8-build-it\">on</a>",
        "<h2 id=\"q8-build-it\">Build it</h2>",
        "<svg><title id=\"still-q8-1-w\">",
    ] {
        assert!(sheets.contains(expected), "{expected}\nis not in\n{sheets}");
    }
    assert!(!sheets.contains("type=\"module\""), "a figure that plays makes no picture on paper");
    let ids: Vec<&str> = sheets.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let mut distinct = ids.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), ids.len(), "{ids:#?}");
}

#[test]
fn search_reads_every_section() {
    let (root, page) = page(WHOLE).unwrap();
    assert!(page.contains("<meta name=\"inflight-search\" content=\"search.json?v"));
    let index = fs::read_to_string(root.path().join("book/dist/search.json")).unwrap();
    let sections: Vec<serde_json::Value> = serde_json::from_str(&index).unwrap();
    let seen: Vec<_> = sections
        .iter()
        .map(|section| ["a", "p", "h", "w"].map(|name| section[name].as_str().unwrap()))
        .collect();
    assert_eq!(
        seen,
        [
            ["index.html", "Introduction", "", "Go on."],
            ["q8.html", "Not in order", "", "Of all 12.3 % went."],
            ["q8.html#build-it", "Not in order", "Build it", "The end."],
        ]
    );
}

#[test]
fn every_page_says_what_it_shows() {
    let (_, page) = page(WHOLE).unwrap();
    assert!(page.contains("<title>Not in order · B</title>"));
    assert!(page.contains("<meta name=\"description\" content=\"What overtakes.\">"));
    assert!(page.contains("<meta property=\"og:title\" content=\"Not in order · B\">"));
}

/// What a reader sees in the contents stands in SUMMARY.md, what the terminal shows in the course: they are one outline.
#[test]
fn the_summary_is_the_courses_outline() {
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("book");
    let mdbook = mdbook_driver::MDBook::load(book).unwrap();
    let is_appendix = |chapter: &mdbook_driver::book::Chapter| {
        chapter.path.as_ref().is_some_and(|path| super::appendix::find(&path.to_string_lossy()).is_some())
    };
    let listed: Vec<(String, Option<String>)> = mdbook
        .iter()
        .filter_map(|item| match item {
            mdbook_driver::book::BookItem::Chapter(chapter) if !is_appendix(chapter) => {
                Some((chapter.name.clone(), chapter.path.as_ref().map(|path| path.display().to_string())))
            }
            _ => None,
        })
        .collect();
    let outlined: Vec<(String, Option<String>)> = course::chapters()
        .map(|chapter| {
            (chapter.title.to_string(), chapter.lesson.as_ref().map(|_| format!("{}.md", chapter.slug)))
        })
        .collect();
    assert_eq!(listed, outlined);
}
