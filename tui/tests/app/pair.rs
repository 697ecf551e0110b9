// SPDX-License-Identifier: MIT OR Apache-2.0
//! Two runs on one clock: beside each other, one above the other, or one of them and a key for the other.

use insta::assert_snapshot;
use ratatui::crossterm::event::{MouseButton, MouseEventKind};
use ratatui::text::Span;
use trace::Time;
use tui::runs::Runs;
use tui::{App, Effect, Memory};

use crate::screen::{LARGE, SMALL, Screen, environment};

/// A broker crashes: of a cluster that has another one, and of a queue that has none.
const PAIR: &str = "field/kafka?seed=1&replicas=3&faults=crash:queue-1@20s;restart:queue-1@60s&at=25s beside \
                    field/beanstalkd?seed=1&faults=crash:queue@20s;restart:queue@60s";
/// High, and too narrow for two beside each other.
const HIGH: (u16, u16) = (100, 50);

fn pair(size: (u16, u16)) -> Screen {
    of(PAIR, size)
}

fn of(text: &str, size: (u16, u16)) -> Screen {
    let runs = Runs::open(text).expect("both can be made");
    Screen::new(App::figure(environment(), Memory::default(), runs, "two runs"), size)
}

const KAFKA: &str = "Kafka, three replicas";
const BEANSTALKD: &str = "beanstalkd, defaults";

#[test]
fn pair_small() {
    assert_snapshot!(pair(SMALL).text());
}

#[test]
fn pair_large() {
    assert_snapshot!(pair(LARGE).text());
}

#[test]
fn pair_high() {
    assert_snapshot!(pair(HIGH).text());
}

#[test]
fn a_key_flips_where_there_is_room_for_one() {
    let mut screen = pair(SMALL);
    screen.shows(KAFKA);
    screen.shows("1 of 2, o: the other");
    screen.hides(BEANSTALKD);
    let first = screen.text();
    screen.press("o");
    screen.shows(BEANSTALKD);
    screen.shows("2 of 2, o: the other");
    screen.press("tab");
    screen.shows("This run only follows; o leads to the first");
    screen.press("o");
    assert_eq!(screen.text(), first);
    screen.click("o: the other");
    screen.shows(BEANSTALKD);
    screen.resize(LARGE);
    screen.shows(KAFKA);
    screen.shows(BEANSTALKD);
    screen.hides("o other run");
    assert_eq!(screen.press("o"), Effect::None, "both are seen");
}

#[test]
fn both_play_step_and_stop_at_one_moment() {
    for size in [LARGE, HIGH] {
        let mut screen = pair(size);
        let moments = |screen: &Screen| screen.text().matches("25.0 s ├").count();
        assert_eq!(moments(&screen), 2);
        screen.press("→");
        let after = screen.text();
        screen.press("← →");
        assert_eq!(screen.text(), after);
        screen.press("space");
        assert!(screen.wait(Time::secs(1)) > 10);
        screen.press("space");
        assert_eq!(screen.wait(Time::secs(1)), 0);
        screen.press("0");
        assert_eq!(screen.text().matches("  0 s ├").count(), 2);
        screen.press("⇧→");
        assert_eq!(screen.text().matches("20.0 s ├").count(), 2);
        // The timeline of the one that follows is the other one's.
        let (x, y) = last(&screen, "┤");
        screen.mouse(DOWN, x, y);
        assert_eq!(screen.text().matches("─┤").count(), 0, "{}", screen.text());
    }
}

const DOWN: MouseEventKind = MouseEventKind::Down(MouseButton::Left);

/// The last place of a text.
fn last(screen: &Screen, text: &str) -> (u16, u16) {
    let whole = screen.text();
    let lines: Vec<&str> = whole.lines().collect();
    let row = lines.iter().rposition(|line| line.contains(text)).expect("it is there");
    let before = lines[row].rsplit_once(text).map_or("", |(before, _)| before);
    (Span::raw(before).width() as u16, row as u16)
}

#[test]
fn what_is_done_to_the_first_is_done_to_the_second() {
    let mut screen = pair(LARGE);
    screen.press("n");
    screen.shows("seed 2");
    screen.press("c");
    screen.shows("field/beanstalkd?seed=2&faults=crash:queue@20s;restart:queue@60s");
    screen.press("esc p ↓ ↓ ↓ ↓ ↓");
    screen.shows("parameters");
    // What is compared stays: one of them has replicas.
    screen.press("esc");
    screen.click("q2");
    screen.press("enter enter");
    screen.shows("The run beside this one cannot follow: ");
    screen.shows("queue-2");
}

#[test]
fn a_thing_of_the_second_cannot_be_pointed_at() {
    let mut screen =
        of("order/concurrent-consumers?seed=7 beside order/concurrent-consumers?seed=7&consumers=1", LARGE);
    let (x, y) = last(&screen, "c1");
    screen.mouse(DOWN, x, y);
    screen.hides("enter for what can be done to it");
    screen.click("c1");
    screen.shows("c1: enter for what can be done to it");
}

#[test]
fn any_system_is_put_beside_one_of_the_field() {
    let mut screen =
        Screen::figure("field/beanstalkd?seed=1&faults=crash:queue@30s;restart:queue@31s", SMALL);
    screen.press("b");
    screen.shows("enter put it beside");
    screen.shows("nothing");
    screen.press("↓ ↓ enter");
    screen.shows(BEANSTALKD);
    screen.press("o");
    screen.shows("Kafka, three replicas, one in sync is enough");
    screen.press("c");
    screen.shows("crash:queue-1@30s");
    screen.press("esc b");
    assert_snapshot!(screen.text());
    screen.press("↑ ↑ enter");
    screen.hides("of 2");
    let mut other = Screen::figure("order/concurrent-consumers?seed=7", SMALL);
    other.press("b");
    other.shows("Systems stand beside systems");
}

#[test]
fn help_names_the_keys_of_two_runs() {
    let mut screen = pair(SMALL);
    screen.press("?");
    assert_snapshot!(screen.text());
}
