// SPDX-License-Identifier: MIT OR Apache-2.0
//! The mouse: what was drawn is what is hit.

use ratatui::crossterm::event::{MouseButton, MouseEventKind};
use tui::Effect;

use crate::screen::{LARGE, RUN, SMALL, Screen};

const MOMENT: &str = "order/concurrent-consumers?seed=7&at=1.2s";

#[test]
fn keys_are_buttons() {
    let mut screen = Screen::figure(RUN, SMALL);
    screen.click("space play");
    screen.shows("space pause");
    screen.click("p parameters");
    screen.shows("─ parameters ─");
    screen.click("esc close");
    screen.click("? keys");
    screen.shows("keys · figure");
}

#[test]
fn what_is_covered_is_not_hit() {
    let mut screen = Screen::figure(MOMENT, SMALL);
    let (column, row) = screen.find("c2").expect("it is drawn");
    screen.press("?");
    screen.mouse(MouseEventKind::Down(MouseButton::Left), column, row);
    screen.press("?");
    screen.hides("enter for what can be done to it");
}

#[test]
fn nodes_packets_and_links_are_pointed_at() {
    let mut screen = Screen::figure(MOMENT, SMALL);
    screen.click("●25");
    screen.shows("25 on its way");
    screen.click("c3");
    screen.shows("c3: enter");
    screen.click("───▸ c1");
    screen.shows("q to c1");
    screen.shows("enter for what can be done to it");
    screen.click("c3");
    screen.click("c3");
    screen.click("Pause c3");
    screen.click("Pause c3");
    screen.shows("space plays on, u takes it back");
}

#[test]
fn parameters_are_clicked() {
    let mut screen = Screen::figure(MOMENT, SMALL);
    screen.press("p");
    let (column, row) = screen.find("›").expect("a larger value can be chosen");
    screen.mouse(MouseEventKind::Down(MouseButton::Left), column, row);
    screen.press("esc c");
    screen.shows("consumers=4");
}

#[test]
fn the_timeline_is_dragged() {
    let mut screen = Screen::figure(RUN, SMALL);
    let (column, row) = screen.find("├").expect("there is a timeline");
    screen.mouse(MouseEventKind::Down(MouseButton::Left), column, row);
    screen.shows("Nothing has happened yet.");
    // The hand need not stay in the row.
    screen.mouse(MouseEventKind::Drag(MouseButton::Left), column + 25, row - 3);
    screen.hides("Nothing has happened yet.");
    // A drag that began elsewhere means nothing.
    let before = screen.text();
    screen.mouse(MouseEventKind::Down(MouseButton::Left), 0, 0);
    let effect = screen.mouse(MouseEventKind::Drag(MouseButton::Left), column, row);
    assert_eq!((effect, screen.text()), (Effect::None, before));
}

#[test]
fn a_figure_in_a_text_is_sought_in() {
    let mut screen = Screen::lesson(LARGE);
    screen.press("space");
    screen.click("┤");
    screen.shows(" 3.24 s ├");
}

#[test]
fn options_are_clicked() {
    let mut screen = Screen::lesson(SMALL);
    screen.press("tab tab tab");
    screen.click("Quite a few");
    screen.shows("▸ 3");
    screen.hides("Answer with 1 to 4");
}

#[test]
fn links_show_where_they_lead() {
    let mut screen = Screen::lesson(SMALL);
    let address =
        "https://example.org/a/link/that/is/far/too/long/for/one/line/of/the/notes/at/the/end?and=more";
    assert_eq!(screen.click("– one with"), Effect::None, "beside it there is nothing to click");
    assert_eq!(screen.click("a link"), Effect::Copy(address.to_owned()));
    screen.shows("https://example.org/a/link");
    screen.press("tab");
    assert_eq!(screen.press("enter"), Effect::Copy(address.to_owned()));
}

#[test]
fn the_wheel_turns_texts_and_lists() {
    let mut screen = Screen::lesson(SMALL);
    let line = |screen: &Screen, n: usize| screen.line(n);
    let fifth = line(&screen, 5);
    screen.mouse(MouseEventKind::ScrollDown, 10, 10);
    assert_eq!(line(&screen, 2), fifth);
    screen.mouse(MouseEventKind::ScrollUp, 10, 10);
    assert_eq!(line(&screen, 5), fifth);
    assert_eq!(screen.mouse(MouseEventKind::ScrollUp, 10, 10), Effect::None, "at the beginning");
    let mut screen = Screen::contents(SMALL);
    screen.mouse(MouseEventKind::ScrollDown, 10, 10);
    screen.shows("chapter 2 of 2");
    let mut screen = Screen::figure(RUN, SMALL);
    screen.press("?");
    screen.mouse(MouseEventKind::ScrollDown, 10, 10);
    screen.shows("4 to 23 of");
}
