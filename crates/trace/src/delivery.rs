// SPDX-License-Identifier: MIT OR Apache-2.0
//! Delivery: what was promised to a producer, and how often it took effect.

use crate::{Checker, Ending, Event, Finding, Map, MessageId, Refusal, Verdict, What};

/// Watches three promises.
///
/// - `no-loss`: a confirmed message takes effect, or stands in the dead-letter queue, by the end of the run.
/// - `at-most-once`: no message takes effect twice.
/// - `at-least-once`: every message offered takes effect, unless it was refused with the producer's knowledge.
#[derive(Clone, Debug, Default)]
pub struct DeliveryChecker {
    fates: Map<MessageId, Fate>,
    counts: DeliveryCounts,
    seen: usize,
    second_effect: Option<(MessageId, u32, u32, usize)>,
    ending: Option<Ending>,
}

/// How many messages met which fate so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryCounts {
    /// Messages that producers had to send.
    pub offered: u64,
    /// Messages whose producer learned that the broker has them.
    pub confirmed: u64,
    /// Messages that took effect at least once.
    pub done: u64,
    /// Effects beyond a message's first.
    pub repeated: u64,
    /// Messages handed out more than once.
    pub redelivered: u64,
    /// Messages put aside.
    pub dead_lettered: u64,
    /// Messages turned away.
    pub refused: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Fate {
    offered: bool,
    confirmed: bool,
    refused: bool,
    ever_refused: bool,
    dead: bool,
    handed: u32,
    first_effect: Option<u32>,
}

impl DeliveryChecker {
    /// A checker that has seen nothing yet.
    pub fn new() -> DeliveryChecker {
        DeliveryChecker::default()
    }

    /// The counts so far.
    pub fn counts(&self) -> DeliveryCounts {
        self.counts
    }

    /// How many messages are lost *for certain*: the run ended with nothing left to happen, and they neither took
    /// effect, nor were refused, nor stand in the dead-letter queue. 0 while the run goes on.
    pub fn lost(&self) -> u64 {
        match self.ending {
            Some(Ending::Finished) => self.fates.values().filter(|fate| fate.is_open()).count() as u64,
            _ => 0,
        }
    }

    /// The messages that are lost for certain, see [`DeliveryChecker::lost`].
    pub fn lost_messages(&self) -> impl Iterator<Item = MessageId> {
        let over = self.ending == Some(Ending::Finished);
        self.fates.iter().filter(move |(_, fate)| over && fate.is_open()).map(|(message, _)| message)
    }

    fn effect(&mut self, message: MessageId, attempt: u32) {
        let fate = self.fates.or_default(message);
        match fate.first_effect {
            None => {
                fate.first_effect = Some(attempt);
                self.counts.done += 1;
            }
            Some(first) => {
                self.counts.repeated += 1;
                self.second_effect.get_or_insert((message, first, attempt, self.seen));
            }
        }
    }

    /// `Held`, unless a message that `counts` is still open once the run is over.
    fn nothing_open(&self, counts: impl Fn(&Fate) -> bool, was: &str) -> Verdict {
        let Some((message, fate)) = self.fates.iter().find(|(_, fate)| fate.is_open() && counts(fate)) else {
            return Verdict::held_by(self.ending);
        };
        let handed = match fate.handed {
            0 => "it was never handed to a consumer".to_owned(),
            1 => "it was handed out once".to_owned(),
            n => format!("it was handed out {n} times"),
        };
        match self.ending {
            Some(Ending::Finished) => Verdict::Broken {
                sentence: format!("message {message} was {was} and never took effect: {handed}"),
                event: self.seen.saturating_sub(1),
                messages: vec![message],
            },
            Some(Ending::Unfinished(bound)) => Verdict::Unknown {
                why: format!(
                    "message {message} was {was}; the run stopped at {} before it took effect",
                    bound.words()
                ),
            },
            None => Verdict::Unknown { why: format!("message {message} is still under way") },
        }
    }
}

impl Fate {
    fn is_open(&self) -> bool {
        self.offered && self.first_effect.is_none() && !self.refused && !self.dead
    }
}

impl Checker for DeliveryChecker {
    fn observe(&mut self, event: &Event) {
        match event.what {
            What::Offered { message, .. } => {
                let fate = self.fates.or_default(message);
                // A producer that crashed may offer again what it had offered.
                self.counts.offered += u64::from(!fate.offered);
                fate.offered = true;
            }
            What::Confirmed { message, .. } => {
                let fate = self.fates.or_default(message);
                self.counts.confirmed += u64::from(!fate.confirmed);
                fate.confirmed = true;
                // The broker took it after all: an earlier refusal no longer counts.
                fate.refused = false;
            }
            What::Stored { message, .. } => {
                // A broker has it after all: whoever said no before, and to whom, the message is not refused now.
                self.fates.or_default(message).refused = false;
            }
            What::Refused { message, why, .. } => {
                let fate = self.fates.or_default(message);
                self.counts.refused += u64::from(!fate.ever_refused);
                fate.ever_refused = true;
                match why {
                    // The producer knows, and may act on it.
                    Refusal::Full | Refusal::TooFew | Refusal::GaveUp => fate.refused = !fate.confirmed,
                    // Dropped without a word: whatever the producer believed before, it goes on believing.
                    Refusal::DroppedNewest => {}
                    Refusal::DroppedOldest => fate.refused = false,
                }
            }
            What::Handed { message, .. } => {
                let fate = self.fates.or_default(message);
                fate.handed += 1;
                self.counts.redelivered += u64::from(fate.handed == 2);
            }
            What::Applied { message, attempt, .. } => self.effect(message, attempt),
            What::DeadLettered { message, .. } => {
                let fate = self.fates.or_default(message);
                self.counts.dead_lettered += u64::from(!fate.dead);
                fate.dead = true;
            }
            What::Ended { how } => self.ending = Some(how),
            _ => {}
        }
        self.seen += 1;
    }

    fn findings(&self) -> Vec<Finding> {
        let at_most_once = match self.second_effect {
            None => Verdict::held_by(self.ending),
            Some((message, first, second, event)) => Verdict::Broken {
                sentence: if first == second {
                    format!("message {message} took effect twice, both times in attempt {first}")
                } else {
                    format!("message {message} took effect twice: attempts {first} and {second}")
                },
                event,
                messages: vec![message],
            },
        };
        vec![
            Finding { promise: "no-loss", verdict: self.nothing_open(|fate| fate.confirmed, "confirmed") },
            Finding { promise: "at-most-once", verdict: at_most_once },
            Finding { promise: "at-least-once", verdict: self.nothing_open(|_| true, "offered") },
        ]
    }
}
