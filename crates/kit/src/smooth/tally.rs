// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was thrown at the learner's code, counted from the events of a run.

use trace::{Event, Time, What};

use super::judge::Wake;
use super::world::Terms;
use crate::reproducible::{Situation, must};

/// Counted in this order.
pub(super) const SITUATIONS: &[Situation] = &[
    must("bursts of everything that the envelope allows at once"),
    must("bursts after a rest in which downstream could have worked off another"),
    must("messages that came while a burst was being worked off"),
    must("wake-ups later than downstream works on one message"),
    must("wake-ups that came too early"),
    must("jumps of the clock on the wall while a burst was being worked off"),
    must("runs with more than a hundred messages"),
];

/// Their places in the list.
const FULL_BURSTS: usize = 0;
const RESTED: usize = 1;
const BEHIND: usize = 2;
const LATE: usize = 3;
const EARLY: usize = 4;
const JUMPS: usize = 5;
const LARGE_RUNS: usize = 6;

/// A run with more messages than this is a large one.
const LARGE: u64 = 100;

#[derive(Clone, Debug)]
pub(super) struct Tally {
    pub reached: Vec<u64>,
    /// Wake-ups.
    pub wakes: u64,
    /// The most messages held at once.
    pub peak: u64,
    burst: u64,
    service: Time,
    came: u64,
    /// How many came in the moment of the last one.
    together: u64,
    last: Option<Time>,
    /// When downstream is done with everything that came, if it is kept busy.
    done: Time,
}

impl Tally {
    pub fn new(terms: &Terms) -> Tally {
        Tally {
            reached: vec![0; SITUATIONS.len()],
            wakes: 0,
            peak: 0,
            burst: terms.burst,
            service: Time::millis(terms.service),
            came: 0,
            together: 0,
            last: None,
            done: Time::ZERO,
        }
    }

    /// Takes an event, and how many messages waited before it.
    pub fn observe(&mut self, event: &Event, waiting: usize) {
        match &event.what {
            What::Stored { .. } => self.arrival(event.at, waiting as u64),
            What::Skewed { .. } => self.reached[JUMPS] += u64::from(event.at < self.done),
            What::Note { .. } => {
                let Some(wake) = Wake::of(event) else { return };
                self.wakes += 1;
                self.reached[LATE] += u64::from(wake.late() > self.service);
                self.reached[EARLY] += u64::from(wake.early() > Time::ZERO);
            }
            _ => {}
        }
    }

    fn arrival(&mut self, now: Time, waiting: u64) {
        self.came += 1;
        self.together = if self.last == Some(now) { self.together + 1 } else { 1 };
        let rested = self.last.is_some_and(|last| now > last + Time(self.service.0 * self.burst));
        self.reached[RESTED] += u64::from(rested);
        self.reached[FULL_BURSTS] += u64::from(self.together == self.burst);
        self.reached[BEHIND] += u64::from(now < self.done && self.together == 1);
        self.reached[LARGE_RUNS] += u64::from(self.came == LARGE + 1);
        self.last = Some(now);
        self.done = self.done.max(now) + self.service;
        self.peak = self.peak.max(waiting + 1);
    }
}
