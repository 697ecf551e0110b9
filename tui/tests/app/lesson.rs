// SPDX-License-Identifier: MIT OR Apache-2.0
//! A chapter: its text, its figure, its question.

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
