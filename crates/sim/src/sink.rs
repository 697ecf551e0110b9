// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where a run's events go.

use trace::{Checker, Event, Time, What};

/// Takes the events of a run. Generic, so that a run whose events nobody wants pays nothing for them.
pub trait Sink {
    /// Whether events are wanted at all; with `false` they are not even built.
    const ON: bool;

    /// Takes an event.
    fn take(&mut self, at: Time, what: What);

    /// Whether it can take no more: the run then ends at its bound.
    fn is_full(&self) -> bool {
        false
    }
}

/// No trace.
#[derive(Clone, Copy, Debug, Default)]
pub struct Off;

impl Sink for Off {
    const ON: bool = false;
    fn take(&mut self, _: Time, _: What) {}
}

/// Counts events and forgets them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counting {
    /// How many there were.
    pub events: u64,
}

impl Sink for Counting {
    const ON: bool = true;
    fn take(&mut self, _: Time, _: What) {
        self.events += 1;
    }
}

/// Keeps every event, up to a bound.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The events so far.
    pub events: Vec<Event>,
    most: usize,
}

impl Kept {
    /// Keeps at most this many.
    pub fn at_most(most: usize) -> Kept {
        Kept { events: Vec::new(), most }
    }
}

impl Sink for Kept {
    const ON: bool = true;

    fn take(&mut self, at: Time, what: What) {
        self.events.push(Event { at, what });
    }

    fn is_full(&self) -> bool {
        self.events.len() >= self.most
    }
}

/// Shows every event to a checker and keeps none: for sweeps over many seeds. The bound is the same as for a trace that is
/// kept, so that an address ends the same way whoever looks.
#[derive(Clone, Debug)]
pub struct Watching<C> {
    /// The checker, with what it has seen.
    pub checker: C,
    events: usize,
    most: usize,
}

impl<C: Checker> Watching<C> {
    /// Shows at most this many.
    pub fn at_most(most: usize, checker: C) -> Watching<C> {
        Watching { checker, events: 0, most }
    }
}

impl<C: Checker> Sink for Watching<C> {
    const ON: bool = true;

    fn take(&mut self, at: Time, what: What) {
        self.events += 1;
        self.checker.observe(&Event { at, what });
    }

    fn is_full(&self) -> bool {
        self.events >= self.most
    }
}
