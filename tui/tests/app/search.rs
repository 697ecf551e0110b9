// SPDX-License-Identifier: MIT OR Apache-2.0
//! Finding words in the whole course, and going there.

use course::{Chapter, Lesson, Part};
use insta::assert_snapshot;

use crate::screen::{LARGE, RUN, SMALL, Screen};

fn search(size: (u16, u16), words: &str) -> Screen {
    let mut screen = Screen::contents(size);
    screen.press("/");
    screen.type_text(words);
    screen
}

#[test]
fn search_results() {
    assert_snapshot!(search(SMALL, "Everything").text());
}

#[test]
fn search_results_large() {
    assert_snapshot!(search(LARGE, "everything").text());
}

#[test]
fn a_result_is_a_place_in_the_chapter() {
    let mut screen = search(SMALL, "two lines");
    screen.shows("one that is long enough");
    screen.press("enter");
    screen.shows("2 Everything");
    screen.shows("broken into two lines");
    screen.press("esc");
    screen.shows("find  two lines");
    screen.press("esc");
    screen.shows("Part II · Queues");
}

/// Three places, further from each other than a screen is high.
const ZEBRAS: &str = "# One\n\nA zebra.\n\n1\n\n2\n\n3\n\n4\n\n5\n\n6\n\n7\n\n8\n\n9\n\n10\n\n11\n\n12\n\n\
                      Zebras, two.\n\n1\n\n2\n\n3\n\n4\n\n5\n\n6\n\n7\n\n8\n\n9\n\n10\n\n11\n\n12\n\n\
                      The zebra at the end.\n\n1\n\n2\n\n3\n";

static HERD: &[Part] = &[Part {
    title: "Part",
    chapters: &[Chapter {
        title: "One",
        slug: "herd",
        claims: &[],
        shows: "Nothing.",
        lesson: Some(Lesson { markdown: ZEBRAS, minutes: 1, figure: None, exercises: &[] }),
    }],
}];

#[test]
fn a_chapter_is_searched_on_with_n() {
    let mut screen = Screen::only_chapter(HERD, SMALL);
    screen.press("/");
    screen.type_text("ZEBRA");
    screen.shows("1 of 3");
    // Whole words come first.
    screen.press("↓ ↓ enter");
    screen.shows("Zebras, two.");
    screen.hides("A zebra.");
    screen.press("n");
    screen.shows("The zebra at the end.");
    screen.hides("Zebras, two.");
    screen.press("n");
    screen.shows("no further place");
    screen.press("N N");
    screen.shows("A zebra.");
    screen.press("N");
    screen.shows("no earlier place");
}

#[test]
fn found_words_are_marked_without_colour() {
    let mut screen = search(SMALL, "several");
    screen.press("enter");
    let (column, row) = screen.find("several").expect("it is on the screen");
    let style = screen.buffer()[(column, row)].style();
    let plain = screen.buffer()[(column + 8, row)].style();
    assert_ne!(style.add_modifier, plain.add_modifier);
    screen.shows("several consumers  lost");
}

#[test]
fn what_is_not_written_yet_leads_to_the_contents() {
    let mut screen = search(SMALL, "without a lesson");
    screen.shows("Q1 A chapter without a lesson says so.");
    screen.press("enter");
    screen.shows("Nothing yet.");
    screen.press("esc");
    screen.shows("find  without a lesson");
}

#[test]
fn scenarios_and_exercises_open() {
    let mut screen = search(SMALL, "one-redelivery");
    screen.press("enter");
    screen.shows("f fork");
    screen.press("esc ⌫");
    screen.shows("find  one-redeliver");
    screen.hides("find  one-redelivery");
    let mut screen = search(SMALL, "resequencer");
    screen.press("enter");
    screen.shows("Exercise · resequencer");
}

#[test]
fn terms_say_what_they_mean() {
    let mut screen = search(SMALL, "head-of-line");
    screen.shows("glossary");
    screen.press("enter");
    screen.shows("find  head-of-line");
    screen.shows("head-of-line blocking");
}

#[test]
fn nothing_found_says_so_and_keys_do_nothing_odd() {
    let mut screen = search(SMALL, "xyzzy");
    screen.shows("Nothing in the course has all of these words.");
    screen.press("enter ↓ ↑ pgdn pgup");
    screen.press("⌫ ⌫ ⌫ ⌫ ⌫ ⌫");
    screen.shows("Chapters and what they claim");
    screen.type_text(&"long ".repeat(40));
    screen.shows("No more than 60 characters");
}

#[test]
fn every_screen_but_a_field_can_be_searched_from() {
    let from = |mut screen: Screen, keys: &str| {
        screen.press(keys);
        screen.press("/");
        screen.shows("· search");
    };
    for keys in ["", "tab enter", "tab tab enter", "?", ",", "tab enter ?"] {
        from(Screen::contents(SMALL), keys);
    }
    for keys in ["", "p", "tab enter", "c", "space"] {
        from(Screen::figure(RUN, SMALL), keys);
    }
    let mut screen = Screen::figure(RUN, SMALL);
    screen.press("N /");
    screen.hides("· search");
}

#[test]
fn a_lesson_keeps_its_place_when_the_window_changes() {
    let mut screen = search(SMALL, "several consumers");
    screen.press("enter");
    for size in [LARGE, (100, 30), SMALL, (300, 24), SMALL] {
        screen.resize(size);
        screen.shows("several consumers  lost");
    }
}

#[test]
fn a_jump_is_not_reading() {
    let mut screen = search(SMALL, "several consumers");
    screen.press("enter esc esc");
    assert!(screen.app.take_read_on().is_empty(), "what is above was not read");
}
