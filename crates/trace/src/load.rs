// SPDX-License-Identifier: MIT OR Apache-2.0
//! Load: how much there is, for how long, and how much comes through.

use crate::{Checker, Ending, Event, Finding, Map, MessageId, NodeId, Refusal, Time, Verdict, What};

/// Watches what queues hold, and that it obeys Little's law.
///
/// A message is *in the system* from the moment in which a broker stored it until the broker lets go of it (acked, dead-lettered,
/// dropped), and *waiting* while it is in nobody's hands. Over any span the area under the number in the system equals the sum
/// of the times that messages spent in it within that span (Little 1961, in the form of Stidham 1972 that needs no steady state).
/// Both are counted here on their own, so that the promise `littles-law` can break: by a trace whose messages leave without
/// having come.
#[derive(Clone, Debug, Default)]
pub struct LoadChecker {
    inside: Map<MessageId, Stay>,
    system: Level,
    waiting: Level,
    counts: LoadCounts,
    now: Time,
    /// The sum of finished stays, in nanoseconds: in the system and waiting.
    stayed_ns: u128,
    waited_ns: u128,
    broken: Option<(String, usize, MessageId)>,
    seen: usize,
    ending: Option<Ending>,
}

/// How much came and went so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LoadCounts {
    /// Messages that a broker took in. One that comes again after it left counts again.
    pub arrived: u64,
    /// Messages that a broker let go of.
    pub departed: u64,
    /// Messages that were turned away, each time they were.
    pub turned_away: u64,
}

/// A message in the system.
#[derive(Clone, Copy, Debug)]
struct Stay {
    broker: NodeId,
    since: Time,
    waiting_since: Option<Time>,
}

/// A number over time: what it is, the area under it and the most that it was.
#[derive(Clone, Copy, Debug, Default)]
struct Level {
    value: u64,
    since: Time,
    area_ns: u128,
    most: u64,
}

impl Level {
    fn step(&mut self, at: Time, up: bool) {
        self.area_ns = self.area(at);
        self.since = at;
        self.value = if up { self.value + 1 } else { self.value.saturating_sub(1) };
        self.most = self.most.max(self.value);
    }

    fn area(&self, until: Time) -> u128 {
        self.area_ns + u128::from(self.value) * u128::from(until.since(self.since).0)
    }

    fn mean(&self, until: Time) -> f64 {
        if until == Time::ZERO { 0.0 } else { self.area(until) as f64 / until.0 as f64 }
    }
}

impl LoadChecker {
    /// A checker that has seen nothing yet.
    pub fn new() -> LoadChecker {
        LoadChecker::default()
    }

    /// The counts so far.
    pub fn counts(&self) -> LoadCounts {
        self.counts
    }

    /// How many messages wait now.
    pub fn depth(&self) -> u64 {
        self.waiting.value
    }

    /// The most that ever waited at once.
    pub fn peak_depth(&self) -> u64 {
        self.waiting.most
    }

    /// The mean number that waits, over time, up to the last event.
    pub fn mean_depth(&self) -> f64 {
        self.waiting.mean(self.now)
    }

    /// The mean number in the system, over time, up to the last event.
    pub fn mean_in_system(&self) -> f64 {
        self.system.mean(self.now)
    }

    /// The mean time that a message waits, of all that came in, in seconds; those still waiting count with what they have.
    pub fn mean_wait(&self) -> f64 {
        let until_now = |stay: &Stay| stay.waiting_since.map_or(0, |since| self.now.since(since).0);
        let open: u128 = self.inside.values().map(|stay| u128::from(until_now(stay))).sum();
        (self.waited_ns + open) as f64 / 1e9 / self.counts.arrived.max(1) as f64
    }

    /// The age of what has waited longest, now.
    pub fn oldest_age(&self) -> Time {
        let since =
            self.inside.values().filter(|stay| stay.waiting_since.is_some()).map(|stay| stay.since).min();
        since.map_or(Time::ZERO, |since| self.now.since(since))
    }

    /// Messages that came in and that left, a second each, up to the last event.
    pub fn rates(&self) -> (f64, f64) {
        let seconds = self.now.as_secs_f64();
        let rate = |count: u64| if seconds > 0.0 { count as f64 / seconds } else { 0.0 };
        (rate(self.counts.arrived), rate(self.counts.departed))
    }

    /// The two sides of Little's law so far, in nanoseconds: the area under the number in the system, and the sum of stays.
    pub fn little(&self) -> (u128, u128) {
        let open: u128 = self.inside.values().map(|stay| u128::from(self.now.since(stay.since).0)).sum();
        (self.system.area(self.now), self.stayed_ns + open)
    }

    fn enter(&mut self, message: MessageId, broker: NodeId) {
        // A second copy of a message that is inside already is the same message.
        if self.inside.contains(message) {
            return;
        }
        let now = self.now;
        self.inside.insert(message, Stay { broker, since: now, waiting_since: Some(now) });
        self.counts.arrived += 1;
        self.system.step(now, true);
        self.waiting.step(now, true);
    }

    fn wait(&mut self, message: MessageId, waits: bool) {
        let now = self.now;
        let Some(stay) = self.inside.get_mut(message) else { return };
        match (stay.waiting_since, waits) {
            (None, true) => stay.waiting_since = Some(now),
            (Some(since), false) => {
                stay.waiting_since = None;
                self.waited_ns += u128::from(now.since(since).0);
            }
            _ => return,
        }
        self.waiting.step(now, waits);
    }

    fn leave(&mut self, message: MessageId) {
        self.wait(message, false);
        match self.inside.remove(message) {
            Some(stay) => {
                self.stayed_ns += u128::from(self.now.since(stay.since).0);
                self.counts.departed += 1;
                self.system.step(self.now, false);
            }
            None => {
                let sentence = format!("message {message} left a broker that had not stored it");
                self.broken.get_or_insert((sentence, self.seen, message));
            }
        }
    }

    /// The memory of a broker is gone: what it finds on its disk it stores again.
    fn forget(&mut self, broker: NodeId) {
        let lost: Vec<MessageId> = self
            .inside
            .iter()
            .filter(|(_, stay)| stay.broker == broker)
            .map(|(message, _)| message)
            .collect();
        lost.into_iter().for_each(|message| self.leave(message));
    }
}

impl Checker for LoadChecker {
    fn observe(&mut self, event: &Event) {
        self.now = event.at;
        match event.what {
            What::Stored { node, message } => self.enter(message, node),
            What::Handed { message, .. } | What::Held { message, .. } => self.wait(message, false),
            What::Requeued { message, .. } => self.wait(message, true),
            // A second copy may be acked after the first one left.
            What::Acked { message, .. } if !self.inside.contains(message) => {}
            What::Acked { message, .. } | What::DeadLettered { message, .. } => self.leave(message),
            What::Refused { message, why: Refusal::DroppedOldest | Refusal::Expired, .. } => {
                self.counts.turned_away += 1;
                self.leave(message);
            }
            What::Refused {
                why: Refusal::Full | Refusal::DroppedNewest | Refusal::TooFewReplicas, ..
            } => self.counts.turned_away += 1,
            // Whoever leads no more gives up its queue; the next leader stores what it has of it.
            What::Crashed { node, .. } | What::Leads { node, leads: false, .. } => self.forget(node),
            What::Ended { how } => self.ending = Some(how),
            _ => {}
        }
        self.seen += 1;
    }

    fn findings(&self) -> Vec<Finding> {
        let (area, stays) = self.little();
        let verdict = match &self.broken {
            Some((sentence, event, message)) => {
                Verdict::Broken { sentence: sentence.clone(), event: *event, messages: vec![*message] }
            }
            None if area != stays => Verdict::Broken {
                sentence: format!(
                    "the area under the number in the system is {area} ns, the sum of stays {stays} ns"
                ),
                event: self.seen.saturating_sub(1),
                messages: Vec::new(),
            },
            None => Verdict::held_by(self.ending),
        };
        vec![Finding { promise: "littles-law", verdict }]
    }
}
