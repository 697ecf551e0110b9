// SPDX-License-Identifier: MIT OR Apache-2.0
//! Going on where one left off.

use course::Progress;
use insta::assert_snapshot;
use tui::exercise::AllGraded;
use tui::memory::Bookmark;
use tui::{Effect, Memory};

use crate::screen::{LARGE, SMALL, Screen};

/// The next start, as after a new process.
fn again(screen: &mut Screen, size: (u16, u16)) -> Screen {
    let memory = screen.app.take_memory().expect("where one is is kept");
    let memory = Memory::of_text(&memory.to_text());
    Screen::start(size, memory, screen.app.progress().clone(), AllGraded::new())
}

#[test]
fn resume() {
    let mut screen = Screen::lesson(SMALL);
    screen.press("esc");
    let again = again(&mut screen, SMALL);
    assert_snapshot!(again.text());
}

#[test]
fn the_place_in_a_chapter_is_found_again() {
    let mut screen = Screen::lesson(SMALL);
    screen.press("↓ ↓ ↓ ↓ ↓ ↓");
    let first = screen.line(2);
    assert_eq!(screen.app.step(tui::control::Control::Quit), Effect::Quit);
    let mut same = again(&mut screen, SMALL);
    same.shows("Continue  2 Everything");
    same.press("enter");
    assert_eq!(same.line(2), first);
}

#[test]
fn a_figure_over_a_chapter_is_opened_at_its_moment() {
    let mut screen = Screen::lesson(SMALL);
    screen.press("tab tab space enter 5");
    let now = screen.text();
    screen.app.step(tui::control::Control::Quit);
    let mut same = again(&mut screen, SMALL);
    same.shows("Continue  2 Everything, a figure");
    same.press("enter");
    let strip = |text: &str| text.lines().rev().take(4).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(strip(&same.text()), strip(&now));
    same.press("esc");
    same.shows("Is the order kept?   enter: full screen");
}

#[test]
fn an_exercise_is_a_place_too() {
    let mut screen = Screen::contents(SMALL);
    screen.press("tab tab enter");
    let mut same = again(&mut screen, LARGE);
    same.shows("Continue  exercise resequencer");
    same.press("enter");
    same.shows("Exercise · resequencer");
}

#[test]
fn what_is_no_longer_there_is_not_offered() {
    let bookmark = Bookmark {
        chapter: Some(("gone".to_owned(), Default::default())),
        exercise: Some("gone".to_owned()),
        figure: Some(("gone?seed=1".to_owned(), "a figure".to_owned())),
    };
    let memory = Memory { bookmark: Some(bookmark.clone()), ..Memory::default() };
    let mut screen = Screen::start(SMALL, memory, Progress::default(), AllGraded::new());
    screen.press("home enter");
    screen.shows("Part II · Queues");
    let memory = Memory { bookmark: Some(Bookmark { figure: None, ..bookmark }), ..Memory::default() };
    Screen::start(SMALL, memory, Progress::default(), AllGraded::new()).hides("Continue");
}

#[test]
fn a_single_run_leaves_the_bookmark_alone() {
    let mut screen = Screen::figure("order/concurrent-consumers?seed=7", SMALL);
    screen.press("/");
    screen.type_text("resequencer");
    screen.press("enter");
    screen.app.step(tui::control::Control::Quit);
    assert!(screen.app.take_memory().is_none());
}
