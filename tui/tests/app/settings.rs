// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the reader chooses, and what is kept of it.

use course::Progress;
use insta::assert_snapshot;
use ratatui::style::Color;
use trace::Time;
use tui::exercise::AllGraded;
use tui::{App, Memory};

use crate::screen::{LARGE, RUN, SMALL, Screen, run, with_variables};

fn settings(size: (u16, u16)) -> Screen {
    let mut screen = Screen::contents(size);
    screen.press(",");
    screen
}

/// What the application kept since it was asked last.
fn kept(screen: &mut Screen) -> Memory {
    screen.app.take_memory().expect("something is kept")
}

#[test]
fn settings_screen() {
    assert_snapshot!(settings(SMALL).text());
}

#[test]
fn colours_hold_at_once_and_are_kept() {
    let mut screen = settings(SMALL);
    screen.press("→ → →");
    screen.shows("‹ none ›");
    assert!(screen.buffer().content.iter().all(|cell| cell.fg == Color::Reset));
    let memory = kept(&mut screen);
    assert!(screen.app.take_memory().is_none(), "each state is told once");
    let mut again = Screen::start(SMALL, memory, Progress::default(), AllGraded::new());
    again.press(",");
    again.shows("‹ none ›");
}

#[test]
fn the_environment_wins_and_the_screen_says_so() {
    let environment = with_variables(&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")]);
    let mut screen = Screen::new(App::figure(environment, Memory::default(), run(RUN), "a run"), SMALL);
    screen.press(", →");
    screen.shows("‹ dark ›");
    screen.shows("NO_COLOR is set and wins");
    assert!(screen.buffer().content.iter().all(|cell| cell.fg == Color::Reset));
}

#[test]
fn steps_instead_of_gliding() {
    let pictures = |keys: &str| {
        let mut screen = Screen::figure(RUN, SMALL);
        screen.press(keys);
        screen.press("space");
        screen.wait(Time::secs(2))
    };
    let (glide, steps) = (pictures("←"), pictures(", ↓ → esc"));
    assert!(steps > 0 && steps * 5 < glide, "{steps} pictures instead of {glide}");
}

#[test]
fn ascii_signs_change_no_place() {
    for size in [SMALL, LARGE] {
        let mut screen = Screen::figure("order/concurrent-consumers?seed=7&at=1.2s", size);
        let before = screen.text();
        screen.press(", ↓ ↓ → esc");
        let after = screen.text();
        assert!(after.is_ascii(), "{after}");
        let (mut long, mut short) = (before.lines(), after.lines());
        assert_eq!(long.next().map(|line| line.chars().count()), short.next().map(str::len));
        screen.press(", ↓ ↓ → esc");
        assert_eq!(screen.text(), before);
    }
}

#[test]
fn ascii_knows_every_sign_of_every_screen() {
    let unknown = |text: &str| text.matches('?').count();
    let check = |mut screen: Screen, keys: &str| {
        screen.press(keys);
        let before = unknown(&screen.text());
        screen.press("m , ↓ ↓ → esc m m");
        assert_eq!(unknown(&screen.text()), before, "{keys}:\n{}", screen.text());
        assert!(screen.text().is_ascii());
    };
    for keys in ["", "tab enter", "tab enter end", "tab tab enter"] {
        check(Screen::contents(LARGE), keys);
    }
    let faults = "&faults=crash:consumer-1@1s;cut:producer-1/queue@1.1s&at=1.2s";
    for keys in ["", "p", "tab tab enter", "c", "s", "s s", "s s s"] {
        check(Screen::figure(&[RUN, faults].concat(), LARGE), keys);
        check(Screen::figure(&[RUN, "&at=1.2s"].concat(), SMALL), keys);
    }
    check(Screen::figure("spike/queue?seed=7&at=3s", LARGE), "");
}

#[test]
fn the_mouse_is_given_away_and_taken_back() {
    let mut screen = Screen::figure(RUN, SMALL);
    assert!(screen.app.wants_mouse());
    screen.press("m");
    assert!(!screen.app.wants_mouse());
    screen.shows("m takes it back");
    screen.press("m");
    assert!(screen.app.wants_mouse());
}

#[test]
fn settings_are_clicked() {
    let mut screen = settings(SMALL);
    screen.click("dark");
    screen.shows("‹ dark ›");
    screen.click("steps");
    screen.shows("‹ steps ›");
}
