// SPDX-License-Identifier: MIT OR Apache-2.0
//! A run, full screen, and all that can be done to it.

use insta::assert_snapshot;
use trace::Time;
use tui::Effect;
use tui::control::Control;

use crate::screen::{LARGE, RUN, SMALL, Screen};

/// A moment at which messages are on their way, in work and overtaken.
const MOMENT: &str = "order/concurrent-consumers?seed=7&at=1.2s";

#[test]
fn figure() {
    assert_snapshot!(Screen::figure(MOMENT, SMALL).text());
}

#[test]
fn figure_large() {
    assert_snapshot!(Screen::figure(MOMENT, LARGE).text());
}

#[test]
fn figure_plays_and_stops() {
    let mut screen = Screen::figure(RUN, SMALL);
    screen.press("space");
    assert!(screen.wait(Time::secs(1)) > 30);
    screen.press("space");
    let paused = screen.text();
    assert_eq!(screen.wait(Time::secs(1)), 0, "a paused figure is not drawn again");
    assert_eq!(screen.press("z"), Effect::None, "neither for a key without a meaning");
    assert_eq!(screen.app.step(Control::Click(0, 0)), Effect::None, "nor for a click on nothing");
    assert_eq!(screen.text(), paused);
}

#[test]
fn a_step_back_is_the_picture_before() {
    for size in [SMALL, LARGE] {
        let mut screen = Screen::figure(MOMENT, size);
        let mut before = Vec::new();
        for _ in 0..40 {
            before.push(screen.buffer().clone());
            screen.press("→");
        }
        // The first moment was not one of an event; every other is met again.
        for buffer in before[1..].iter().rev() {
            screen.press("←");
            assert_eq!(screen.buffer(), buffer);
        }
    }
}

#[test]
fn pointing_and_actions() {
    let mut screen = Screen::figure(MOMENT, SMALL);
    screen.press("tab tab tab");
    screen.shows("enter for what can be done to it");
    screen.press("enter");
    assert_snapshot!(screen.text());
    screen.press("esc");
    screen.hides("Crash");
}

#[test]
fn a_consumer_crashes_and_undo_takes_it_back() {
    let mut screen = Screen::figure(MOMENT, SMALL);
    screen.click("c2");
    screen.click("c2");
    screen.press("enter");
    screen.shows("Crash c2");
    screen.shows("⚡ down");
    screen.shows("▒▒▒");
    let crashed = screen.line(2);
    screen.press("→ → →");
    screen.press("u");
    screen.shows("The last change is taken back");
    screen.hides("⚡ down");
    assert_eq!(screen.line(2), crashed);
    screen.press("u");
    screen.shows("There is nothing to undo");
}

#[test]
fn another_future_has_the_same_past() {
    let mut screen = Screen::figure(MOMENT, LARGE);
    let drawing = |screen: &Screen| screen.text().lines().skip(2).take(14).collect::<Vec<_>>().join("\n");
    let now = drawing(&screen);
    screen.press("f");
    screen.shows("Future 1 from here");
    // The diagram below shows the future too; the drawing is of this moment.
    let left =
        |text: &str| text.lines().map(|line| line.chars().take(116).collect()).collect::<Vec<String>>();
    assert_eq!(left(&drawing(&screen)), left(&now));
    screen.press("c");
    screen.shows("fork:1@1.2s");
}

#[test]
fn parameters() {
    let mut screen = Screen::figure(MOMENT, SMALL);
    screen.press("p → ↓");
    // However many other parameters there are.
    let text = screen.text();
    let row = text.lines().find(|line| line.contains(" more")).expect("the others are a row");
    assert_snapshot!(text.replace(row, "   enter: … more"));
    screen.press("esc c");
    screen.shows("consumers=4");
}

#[test]
fn every_parameter_can_be_reached() {
    let mut screen = Screen::figure(MOMENT, SMALL);
    screen.press("p ↑ enter");
    for _ in 0..40 {
        screen.press("↓");
    }
    screen.shows(" of ");
    screen.press("esc");
    screen.hides("parameters ─");
}

/// Another kind of queue has other parameters; the one that was changed stays chosen.
#[test]
fn parameters_that_do_nothing_are_not_offered() {
    let mut screen = Screen::figure(MOMENT, LARGE);
    screen.press("p ↑ enter");
    screen.shows("delivery limit");
    for _ in 0..60 {
        screen.press("↓");
        if screen.text().contains("One queue whose messages") {
            break;
        }
    }
    screen.press("→");
    screen.hides("delivery limit");
    screen.shows("One queue whose messages");
    screen.press("→");
    screen.hides("partition by");
    screen.shows("One queue whose messages");
}

#[test]
fn space_time() {
    let mut screen = Screen::figure(MOMENT, SMALL);
    screen.press("s");
    assert_snapshot!(screen.text());
}

/// A scenario that is about how many came and how many are done begins with the chart of just that.
#[test]
fn cumulative_flow() {
    let mut screen = Screen::figure("spike/queue?seed=1&bound=60&at=1.8s", SMALL);
    assert_snapshot!(screen.text());
    screen.resize(LARGE);
    screen.shows("shed");
    screen.shows("most that wait");
}

#[test]
fn views_follow_each_other() {
    let mut screen = Screen::figure(MOMENT, SMALL);
    screen.press("s s");
    screen.shows("░ waiting");
    screen.shows(" behind");
    screen.press("s");
    screen.shows("enqueued → took effect");
    screen.shows("what happened");
    screen.press("s");
    screen.shows("producer  ");
    screen.hides("enqueued → took effect");
    // Where they stand beside the drawing, they need no view of their own.
    screen.press("s s s");
    screen.resize(LARGE);
    screen.shows("producer  ");
    screen.press("s s s");
    screen.shows("producer  ");
}

#[test]
fn theory_stands_beside_the_run_and_follows_its_parameters() {
    let mut screen = Screen::figure(MOMENT, SMALL);
    screen.press("s s s");
    screen.shows("theory and run");
    screen.shows("share overtaken");
    screen.resize(LARGE);
    screen.shows("theory beside this run");
    screen.shows("Erlang C");
    // Work that is neither equal nor exponential: there is no formula, and none is made up.
    screen.press("p ↓ ←");
    screen.hides("Erlang C");
}

#[test]
fn the_address_is_copied_and_shown() {
    let mut screen = Screen::figure(MOMENT, SMALL);
    let address = "order/concurrent-consumers?seed=7&at=1.2s";
    assert_eq!(screen.press("c"), Effect::Copy(address.to_owned()));
    screen.shows(address);
    screen.shows("enter close");
    screen.hides("change");
}

#[test]
fn seeds_are_typed_and_counted_up() {
    let mut screen = Screen::figure(MOMENT, SMALL);
    screen.press("n");
    screen.shows("seed 8");
    screen.press("N 1 2 3 4 ⌫ enter");
    screen.shows("seed 123");
    screen.press("N 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 enter");
    screen.shows("A seed is a whole number up to 18446744073709551615");
    screen.press("esc r");
    screen.shows("seed 7");
}

#[test]
fn the_timeline_is_clicked() {
    let mut screen = Screen::figure(RUN, SMALL);
    screen.click("┤");
    screen.shows(" 3.24 s ├");
    screen.click("├");
    screen.shows("Nothing has happened yet.");
}

#[test]
fn faults_are_gone_to() {
    let address = "order/concurrent-consumers?seed=7&faults=crash:consumer-1@1s;restart:consumer-1@2s";
    let mut screen = Screen::figure(address, SMALL);
    screen.press("⇧→");
    screen.shows("1.00 s");
    screen.shows("⚡");
    screen.press("⇧→");
    screen.shows("2.00 s");
    screen.press("⇧←");
    screen.shows("1.00 s");
}

#[test]
fn nodes_without_room_are_counted() {
    let mut screen = Screen::figure("order/concurrent-consumers?seed=7&consumers=16&at=1s", SMALL);
    screen.shows("and 4 more");
    screen.shows("effects");
    screen.press("s");
    screen.shows("c12");
    screen.shows("+4");
}

#[test]
fn help() {
    let mut screen = Screen::figure(MOMENT, SMALL);
    screen.press("?");
    assert_snapshot!(screen.text());
    screen.press("end");
    for _ in 0..30 {
        screen.press("↓");
    }
    screen.shows("waiting or leased");
    screen.press("?");
    screen.shows("f fork");
}

#[test]
fn help_large() {
    let mut screen = Screen::figure(MOMENT, LARGE);
    screen.press("?");
    screen.shows("Point at a node");
    screen.shows("overtaken");
}

/// A moment at which a transfer was booked a second time.
const MONEY: &str = "money/transfer?seed=18&lease=500ms&at=1.24s";

#[test]
fn accounts_and_their_money() {
    assert_snapshot!(Screen::figure(MONEY, SMALL).text());
}

#[test]
fn accounts_and_their_money_large() {
    assert_snapshot!(Screen::figure(MONEY, LARGE).text());
}
