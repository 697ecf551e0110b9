// SPDX-License-Identifier: MIT OR Apache-2.0
//! A chapter: its text, its figure, its question.

use course::{Chapter, Lesson, Part};
use insta::assert_snapshot;
use trace::Time;

use crate::screen::{LARGE, SMALL, Screen};

#[test]
fn lesson_top() {
    assert_snapshot!(Screen::lesson(SMALL).text());
}

#[test]
fn lesson_large() {
    let mut screen = Screen::lesson(LARGE);
    screen.press("space end → → → → → → → →");
    assert_snapshot!(screen.text());
}

#[test]
fn lesson_bet_answered() {
    let mut screen = Screen::lesson(SMALL);
    screen.press("tab tab tab");
    screen.shows("Answer with 1 to 4");
    screen.press("2");
    screen.hides("Answer with 1 to 4");
    screen.shows("▸ 2");
    screen.shows("The simulator says otherwise.");
    // Who has seen the answer cannot bet any more.
    screen.press("1");
    screen.shows("▸ 2");
    screen.shows("No question is open here");
}

#[test]
fn a_bet_of_which_anything_is_seen_takes_digits() {
    let mut screen = Screen::lesson(SMALL);
    screen.press("tab tab tab");
    // Its first lines are scrolled away; the figure above it or below it may be what other keys act on.
    screen.press("down down down down");
    screen.shows("Answer with 1 to 4");
    screen.press("4");
    screen.shows("▸ 4");
}

#[test]
fn the_figure_in_view_plays_stops_and_steps() {
    let mut screen = Screen::lesson(SMALL);
    screen.press("tab tab");
    assert!(screen.wait(Time::millis(200)) > 0, "it begins when it is seen");
    screen.press("space");
    assert_eq!(screen.wait(Time::secs(1)), 0);
    screen.press("→");
    let before = screen.text();
    screen.press("→");
    assert_ne!(screen.text(), before);
    screen.press("←");
    assert_eq!(screen.text(), before);
}

#[test]
fn enter_opens_the_marked_figure_and_exercise() {
    let mut screen = Screen::lesson(SMALL);
    screen.press("tab tab space enter");
    screen.shows("f fork");
    screen.press("esc tab tab enter");
    screen.shows("Exercise · resequencer");
    screen.press("esc esc");
    screen.shows("Part II · Queues");
}

#[test]
fn reading_to_the_end_is_told_once() {
    let mut screen = Screen::lesson(SMALL);
    screen.press("space end esc");
    assert_eq!(screen.app.take_read_on(), [("everything".to_owned(), 100)]);
    assert!(screen.app.take_read_on().is_empty());
}

const fn chapter(slug: &'static str, markdown: &'static str) -> Chapter {
    let lesson = Lesson { markdown, minutes: 1, figure: None, exercises: &[] };
    Chapter { title: "One", slug, claims: &[], shows: "One thing.", lesson: Some(lesson) }
}

static CELLS: &[Part] = &[Part {
    title: "Part",
    chapters: &[chapter("cells", "# One\n\n{{#table every-single-fault}}\n\nEnd.\n")],
}];

#[test]
fn cells_open_the_run_that_they_are_of() {
    let mut screen = Screen::only_chapter(CELLS, LARGE);
    screen.shows("End.");
    screen.press("enter");
    screen.hides("f fork");
    screen.press("tab");
    let first = screen.buffer().clone();
    screen.press("→");
    assert_ne!(screen.buffer(), &first, "to the next cell");
    screen.press("← ←");
    assert_eq!(screen.buffer(), &first, "and no further back than the first");
    screen.press("tab");
    assert_eq!(screen.buffer(), &first, "there is nothing behind the table");
    screen.press("enter");
    screen.shows("f fork");
    screen.press("esc");
    screen.shows("End.");
}

static PAIRS: &[Part] = &[Part {
    title: "Part",
    chapters: &[chapter(
        "pairs",
        "# One\n\n{{#figure order/concurrent-consumers?seed=7&consumers=4&at=1.2s beside \
         order/concurrent-consumers?seed=7&consumers=1 | What does one have that four have not?}}\n\nEnd.\n",
    )],
}];

#[test]
fn a_figure_of_two_runs_is_one_figure() {
    let mut screen = Screen::only_chapter(PAIRS, SMALL);
    screen.press("tab space");
    assert_snapshot!(screen.text());
    screen.shows("consumers 4");
    screen.press("o");
    screen.shows("consumers 1");
    screen.shows("2 of 2, o: the other");
    let moment = screen.text();
    screen.press("→");
    assert_ne!(screen.text(), moment, "the second one steps with the first");
    screen.press("enter");
    screen.shows("o other run");
    screen.shows("2 of 2, o: the other");
    screen.press("esc");
    screen.shows("What does one have that four have not?");
}

#[test]
fn a_figure_of_two_runs_is_wide_where_there_is_room() {
    let mut screen = Screen::only_chapter(PAIRS, LARGE);
    screen.press("tab space");
    assert_snapshot!(screen.text());
    screen.shows("consumers 4");
    screen.shows("consumers 1");
    let seen = screen.text();
    screen.press("o");
    assert_eq!(screen.text(), seen);
}

static SET: &[Part] = &[Part {
    title: "Part",
    chapters: &[
        chapter(
            "set",
            "# One\n\nA paragraph with *emphasis*, **strong words**, `code`, [another chapter](not-in-order.md), a [lease](glossary.md#lease) and \
             [a page](https://example.org).\n\n## Two\n\n### Three\n\n> [!NOTE]\n> A note that is longer than one line of \
             a column that can be read, and so has two.\n\n1. first\n   - inner\n2. second\n\n```rust\nfn a_function_with_a_name_\
             that_is_so_long_that_no_column_has_room_for_it() {}\n\tlet tab = 1;\n```\n\n| system | guarantee | setting |\n\
             |---|---|---|\n| first | all that was acknowledged | a-setting-with-a-very-long-name-that-cannot-break=true |\n\
             | second | nothing | another-setting-with-a-very-long-name-that-cannot-break |\n\n---\n\nEnd.\n",
        ),
        chapter("not-in-order", "# Not in order\n\nHere.\n"),
    ],
}];

#[test]
fn well_set() {
    let mut screen = Screen::only_chapter(SET, (80, 50));
    assert_snapshot!(screen.text());
    screen.press("tab enter");
    screen.shows("Here.");
    screen.press("esc");
    screen.click("another chapter");
    screen.shows("Here.");
    screen.press("esc");
    screen.click("lease");
    screen.shows("lease: A right that ends by itself");
}
