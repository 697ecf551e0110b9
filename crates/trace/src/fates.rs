// SPDX-License-Identifier: MIT OR Apache-2.0
//! What became of every message of a run, by what its producer was told.

use crate::{
    Checker, Ending, Event, Finding, Map, MessageId, NodeId, OrderChecker, OrderScope, Refusal, Time,
    Verdict, What,
};

/// A message that is not confirmed for longer than this makes its queue unavailable meanwhile.
pub const UNAVAILABLE_AFTER: Time = Time::secs(1);

/// Sums up what a run did with its messages. A message is **lost** when it took no effect, no broker has it any more and
/// nobody told its producer; it is **stuck** when some broker still has it at the end.
#[derive(Clone, Debug)]
pub struct FateChecker {
    fates: Map<MessageId, Fate>,
    /// Which broker holds which message, on disk or in memory.
    held: Map<MessageId, Vec<NodeId>>,
    order: OrderChecker,
    repeated: u64,
    /// What was offered and neither confirmed, nor refused, nor given up, and since when.
    open: Map<MessageId, Time>,
    unavailable_ns: u64,
    /// Up to where that is summed up.
    counted_until: Time,
    ending: Option<Ending>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Fate {
    confirmed: bool,
    refused: bool,
    gave_up: bool,
    ever_refused: bool,
    dead: bool,
    effects: u32,
}

/// What became of a run's messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fates {
    /// Confirmed, and lost.
    pub confirmed_lost: u64,
    /// Sent and never confirmed nor refused, by a producer that waits for no confirm, and lost.
    pub returned_lost: u64,
    /// Confirmed or sent, and still with a broker when the run ended.
    pub stuck: u64,
    /// Effects beyond a message's first.
    pub duplicated: u64,
    /// Messages overtaken by a later one of their key.
    pub reordered: u64,
    /// Refused, for the queue was full or had too few replicas, and not taken later.
    pub refused: u64,
    /// Given up by the producer without an answer: it cannot know.
    pub unknown: u64,
    /// For how long some message waited for its confirm, from [`UNAVAILABLE_AFTER`] on, in nanoseconds.
    pub unavailable_ns: u64,
    /// When the run ended.
    pub ended_at: Time,
    /// Whether the run reached a bound, so that what was still to come is not known.
    pub unfinished: bool,
}

impl Default for FateChecker {
    fn default() -> FateChecker {
        FateChecker::new()
    }
}

impl FateChecker {
    /// A checker that has seen nothing yet.
    pub fn new() -> FateChecker {
        FateChecker {
            fates: Map::new(),
            held: Map::new(),
            order: OrderChecker::new(OrderScope::PerKey),
            repeated: 0,
            open: Map::new(),
            unavailable_ns: 0,
            counted_until: Time::ZERO,
            ending: None,
        }
    }

    /// The sums; of a run that is over.
    pub fn sums(&self) -> Fates {
        let mut sums = Fates {
            duplicated: self.repeated,
            reordered: self.order.counts().overtaken,
            unavailable_ns: self.unavailable_ns,
            ended_at: self.counted_until,
            unfinished: !matches!(self.ending, Some(Ending::Finished)),
            ..Fates::default()
        };
        for (message, fate) in self.fates.iter() {
            let open = fate.effects == 0 && !fate.dead;
            let told = fate.refused || fate.gave_up;
            match (open, fate.confirmed, self.is_held(message)) {
                (true, true, false) => sums.confirmed_lost += 1,
                (true, false, false) if !told => sums.returned_lost += 1,
                (true, confirmed, true) if confirmed || !told => sums.stuck += 1,
                _ => {}
            }
            sums.refused += u64::from(fate.refused && !fate.confirmed);
            sums.unknown += u64::from(fate.gave_up && !fate.ever_refused && !fate.confirmed);
        }
        sums
    }

    /// Time passes: if the oldest open message has waited for long enough, it counts.
    fn pass(&mut self, now: Time) {
        let oldest = self.open.values().copied().min();
        if let Some(since) = oldest {
            let from = (since + UNAVAILABLE_AFTER).max(self.counted_until);
            self.unavailable_ns += now.since(from).0;
        }
        self.counted_until = now;
    }

    fn settle(&mut self, message: MessageId, now: Time) {
        if self.open.contains(message) {
            self.pass(now);
            self.open.remove(message);
        }
    }

    fn is_held(&self, message: MessageId) -> bool {
        self.held.get(message).is_some_and(|holders| !holders.is_empty())
    }

    fn let_go(&mut self, node: NodeId, message: MessageId) {
        self.held.get_mut(message).into_iter().for_each(|holders| holders.retain(|holder| *holder != node));
    }

    fn let_go_all(&mut self, node: NodeId) {
        self.held.values_mut().for_each(|holders| holders.retain(|holder| *holder != node));
    }

    fn refused(&mut self, message: MessageId, why: Refusal, now: Time) {
        let fate = self.fates.or_default(message);
        match why {
            Refusal::Full | Refusal::TooFewReplicas => {
                (fate.refused, fate.ever_refused) = (!fate.confirmed, true);
            }
            Refusal::GaveUp => {
                fate.gave_up = !fate.confirmed;
                self.settle(message, now);
            }
            // Dropped without a word.
            Refusal::DroppedNewest | Refusal::DroppedOldest | Refusal::Expired => {}
        }
    }
}

impl Checker for FateChecker {
    fn observe(&mut self, event: &Event) {
        let now = event.at;
        match event.what {
            What::Offered { message, .. } => {
                self.pass(now);
                self.fates.or_default(message);
                self.open.insert(message, now);
            }
            What::Confirmed { message, .. } => {
                let fate = self.fates.or_default(message);
                (fate.confirmed, fate.refused, fate.gave_up) = (true, false, false);
                self.settle(message, now);
            }
            What::Refused { message, why, node } => {
                match why {
                    Refusal::DroppedOldest => self.let_go(node, message),
                    // Its age is the same wherever it is.
                    Refusal::Expired => _ = self.held.remove(message),
                    _ => {}
                }
                self.refused(message, why, now);
            }
            What::Applied { message, .. } => {
                let fate = self.fates.or_default(message);
                self.repeated += u64::from(fate.effects > 0);
                fate.effects += 1;
            }
            What::DeadLettered { message, .. } => self.fates.or_default(message).dead = true,
            What::Stored { node, message } | What::Replicated { node, message } => {
                let holders = self.held.or_default(message);
                if !holders.contains(&node) {
                    holders.push(node);
                }
            }
            What::Discarded { node, message } => self.let_go(node, message),
            // The brokers let go of it together.
            What::Acked { message, .. } => _ = self.held.remove(message),
            What::Crashed { node, .. } | What::DiskLost { node } => self.let_go_all(node),
            What::Ended { how } => {
                self.pass(now);
                self.ending = Some(how);
            }
            _ => {}
        }
        self.order.observe(event);
    }

    fn findings(&self) -> Vec<Finding> {
        let sums = self.sums();
        let verdict = match (self.ending, sums.confirmed_lost) {
            (Some(_), lost @ 1..) => Verdict::Broken {
                sentence: format!("{lost} messages were confirmed, and no broker has them"),
                event: 0,
                messages: Vec::new(),
            },
            (ending, _) => Verdict::held_by(ending),
        };
        vec![Finding { promise: "confirmed-is-kept", verdict }]
    }
}
