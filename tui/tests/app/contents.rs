// SPDX-License-Identifier: MIT OR Apache-2.0
//! The contents, the first start, sizes, and what holds on every screen.

use course::Progress;
use insta::assert_snapshot;
use ratatui::style::Color;
use trace::Time;
use tui::exercise::AllGraded;
use tui::{App, Effect, Memory};

use crate::screen::{LARGE, RUN, SMALL, Screen, environment, run, with_variables};

#[test]
fn contents() {
    let mut screen = Screen::contents(SMALL);
    screen.press("tab");
    assert_snapshot!(screen.text());
}

#[test]
fn a_large_screen_shows_what_a_chapter_is_about() {
    let mut screen = Screen::contents(LARGE);
    screen.hides("consumers");
    screen.press("tab");
    screen.shows("Three consumers share one queue.");
    screen.shows("overtaken");
    assert_eq!(screen.wait(Time::secs(1)), 0, "nothing moves on a list");
}

#[test]
fn a_chapter_that_is_not_written_says_so() {
    let mut screen = Screen::contents(SMALL);
    screen.press("enter");
    screen.shows("This chapter is not written yet");
    screen.press("↓");
    screen.hides("This chapter is not written yet");
}

#[test]
fn the_first_start_is_the_first_figure_already_running() {
    let mut screen = Screen::start(LARGE, Memory::default(), Progress::default(), AllGraded::new());
    screen.shows("Three consumers share one queue.");
    assert!(screen.wait(Time::secs(2)) > 0);
    screen.press("esc");
    screen.shows("Part II · Queues");
}

#[test]
fn who_comes_back_goes_on_where_something_is_left() {
    let mut progress = Progress::default();
    progress.read.insert("everything".to_owned(), 40);
    let mut screen = Screen::start(SMALL, Memory::default(), progress, AllGraded::new());
    screen.shows("chapter 2 of 2");
    screen.press("enter");
    screen.shows("A chapter with one of everything");
}

#[test]
fn a_click_selects_and_a_second_one_opens() {
    let mut screen = Screen::contents(SMALL);
    screen.click("Everything");
    screen.click("Everything");
    screen.shows("A chapter with one of everything");
}

#[test]
fn too_small_says_what_is_needed_and_recovers() {
    let mut screen = Screen::figure(RUN, SMALL);
    let before = screen.text();
    screen.resize((79, 24));
    screen.shows("Inflight needs 80 columns and 24 rows.");
    screen.shows("This window has 79 and 24.");
    screen.resize((20, 2));
    screen.resize((1, 1));
    screen.resize(SMALL);
    assert_eq!(screen.text(), before);
}

/// Every screen at sizes around the ones at which layouts change.
#[test]
fn no_size_is_too_odd() {
    let figures = ["", "space", "s", "p", "p ↓ ↓ ↓ enter", "tab tab enter", "c", "N 1 2", "?"];
    for keys in figures {
        let mut screen = Screen::figure(RUN, SMALL);
        screen.press("5");
        screen.press(keys);
        for size in [(80, 24), (81, 60), (117, 25), (119, 30), (120, 24), (150, 41), (300, 24), (500, 120)] {
            screen.resize(size);
        }
    }
    for keys in ["", "tab enter", "tab enter end", "tab tab enter", "tab tab enter ?"] {
        let mut screen = Screen::contents(SMALL);
        screen.press(keys);
        for size in [(80, 24), (81, 60), (119, 30), (120, 24), (167, 30), (300, 24), (500, 120)] {
            screen.resize(size);
        }
    }
}

#[test]
fn without_colour_nothing_is_coloured_and_nothing_else_changes() {
    let plain = with_variables(&[("COLORTERM", "truecolor"), ("NO_COLOR", "1")]);
    let of = |environment| {
        let app = App::figure(environment, Memory::default(), run(RUN), "Is the order kept?");
        let mut screen = Screen::new(app, LARGE);
        screen.press("6 tab");
        screen
    };
    let (plain, coloured) = (of(plain), of(environment()));
    assert_eq!(plain.text(), coloured.text());
    assert!(plain.buffer().content.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    assert!(coloured.buffer().content.iter().any(|cell| cell.fg == Color::Rgb(0xE6, 0x9F, 0x00)));
}

#[test]
fn a_message_of_many_lines_is_shown_and_moves_nothing() {
    let mut screen = Screen::contents(SMALL);
    let before: Vec<String> = screen.text().lines().take(16).map(str::to_owned).collect();
    screen.app.say(
        "The file cannot be opened:\n\tno such folder\n\nand a line that is so long that it does not fit into \
         the width of a screen of eighty columns",
    );
    screen.draw();
    screen.shows("The file cannot be opened:");
    screen.shows("no such folder");
    screen.shows("eighty columns");
    let after: Vec<String> = screen.text().lines().take(16).map(str::to_owned).collect();
    assert_eq!(before, after);
    assert_eq!(screen.press("tab"), Effect::Redraw);
    screen.hides("no such folder");
}
