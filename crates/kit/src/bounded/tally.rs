// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was thrown at the learner's code, counted from the events of a run.

use trace::{Event, Map, MessageId, NodeId, Refusal, Time, What};

use super::process::EMPTY_HANDED;
use super::world::Terms;
use crate::reproducible::{Situation, must};

/// Counted in this order.
pub(super) const SITUATIONS: &[Situation] = &[
    must("messages offered while as many waited as may"),
    must("messages offered while nothing waited"),
    must("messages offered in the same moment as one of another producer"),
    must("spans in which the consumer took its worst"),
    must("messages that waited longer than the usual pace explains"),
    must("runs in which there is time for fewer messages than there are places"),
    must("runs in which there are fewer places than there is time for"),
    must("runs in which the last place is in time to the millisecond"),
    must("runs with more than a hundred messages"),
];

/// Their places in the list.
const FULL: usize = 0;
const EMPTY: usize = 1;
const TOGETHER: usize = 2;
const WORST: usize = 3;
const LONG_WAITS: usize = 4;
const TIME_BINDS: usize = 5;
const PLACES_BIND: usize = 6;
const TO_THE_MILLISECOND: usize = 7;
const LARGE_RUNS: usize = 8;

/// A run with more messages than this is a large one.
const LARGE: u64 = 100;

#[derive(Clone, Debug)]
pub(super) struct Tally {
    pub reached: Vec<u64>,
    pub shed: u64,
    /// How often the consumer got nothing although something waited.
    pub empty_handed: u64,
    terms: Terms,
    offered: u64,
    /// Who made the message that was offered last, and when it came.
    last: Option<(NodeId, Time)>,
    producers: Map<MessageId, NodeId>,
    /// When each message was accepted.
    accepted: Map<MessageId, Time>,
}

impl Tally {
    pub fn new(terms: &Terms) -> Tally {
        let mut reached = vec![0; SITUATIONS.len()];
        let in_time = terms.target / terms.worst;
        reached[TIME_BINDS] = u64::from(in_time < terms.places);
        reached[PLACES_BIND] = u64::from(terms.places < in_time);
        let exact = in_time <= terms.places && terms.target.is_multiple_of(terms.worst);
        reached[TO_THE_MILLISECOND] = u64::from(exact);
        Tally {
            reached,
            shed: 0,
            empty_handed: 0,
            terms: *terms,
            offered: 0,
            last: None,
            producers: Map::new(),
            accepted: Map::new(),
        }
    }

    /// Takes an event, and how many messages waited before it.
    pub fn observe(&mut self, event: &Event, waiting: u64) {
        match &event.what {
            What::Offered { producer, message, .. } => {
                self.offered += 1;
                self.producers.insert(*message, *producer);
                self.reached[LARGE_RUNS] += u64::from(self.offered == LARGE + 1);
            }
            What::Stored { message, .. } => {
                self.accepted.insert(*message, event.at);
                self.answered(*message, event.at, waiting);
            }
            What::Refused { message, why: Refusal::Full, .. } => {
                self.shed += 1;
                self.answered(*message, event.at, waiting);
            }
            What::Handed { message, .. } => {
                let wait = self.accepted.get(*message).map_or(Time::ZERO, |since| event.at - *since);
                let explained = Time::millis(self.terms.room() * self.terms.usual());
                self.reached[LONG_WAITS] += u64::from(wait > explained);
            }
            What::Slowed { permille, .. } => {
                let slowest = u64::from(*permille) == self.terms.slowest_permille();
                self.reached[WORST] += u64::from(slowest && *permille > 1_000);
            }
            What::Note { text, .. } => self.empty_handed += u64::from(text == EMPTY_HANDED),
            _ => {}
        }
    }

    fn answered(&mut self, message: MessageId, now: Time, waiting: u64) {
        self.reached[EMPTY] += u64::from(waiting == 0);
        self.reached[FULL] += u64::from(waiting >= self.terms.room());
        let Some(producer) = self.producers.get(message).copied() else { return };
        let together = self.last.is_some_and(|(other, at)| other != producer && at == now);
        self.reached[TOGETHER] += u64::from(together);
        self.last = Some((producer, now));
    }
}
