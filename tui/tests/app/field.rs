// SPDX-License-Identifier: MIT OR Apache-2.0
//! The field: its table, walked through.

use insta::assert_snapshot;

use crate::screen::{LARGE, SMALL, Screen};

fn field(size: (u16, u16)) -> Screen {
    let mut screen = Screen::contents(size);
    screen.press("t");
    screen
}

#[test]
fn field_screen() {
    assert_snapshot!(field(SMALL).text());
}

#[test]
fn field_screen_large() {
    assert_snapshot!(field(LARGE).text());
}

#[test]
fn every_cell_can_be_reached() {
    let mut screen = field(SMALL);
    screen.press("→ → → → → → → → → ↓");
    screen.shows("a client is cut off");
    screen.press("end");
    screen.shows("Celery");
    screen.press("tab");
    screen.shows("took effect twice");
}

#[test]
fn a_cell_opens_its_shortest_run() {
    let mut screen = field(SMALL);
    // Kafka with one replica, whose machine crashes: the table names the run.
    screen.press("→ → → enter");
    screen.shows("seed 520");
    screen.press("esc ↓ →");
    screen.shows("three replicas, one in sync");
}

#[test]
fn a_marked_cell_lends_its_seed() {
    let mut screen = field(SMALL);
    screen.press("→ → → b");
    screen.shows("both beside each other, on one seed");
    screen.press("↓ b");
    screen.shows("seed 520");
    screen.shows("Inflight · a broker’s machine crashes");
    screen.shows("Kafka, defaults: one replica");
    screen.press("o");
    screen.shows("Kafka, three replicas, one in sync is enough");
    screen.press("esc b ← ↓ b");
    screen.shows("a broker’s machine crashes, and a broker ");
}
