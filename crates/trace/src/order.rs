// SPDX-License-Identifier: MIT OR Apache-2.0
//! Order: enqueue order against the order of effects.

use crate::{Checker, Ending, Event, Finding, Map, MessageId, NodeId, Verdict, What};

/// Within which messages order is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderScope {
    /// All messages of the queue.
    Global,
    /// The messages of one producer among themselves.
    PerProducer,
    /// The messages of one key among themselves.
    PerKey,
}

impl OrderScope {
    /// The promise's name in reports.
    pub const fn promise(self) -> &'static str {
        match self {
            OrderScope::Global => "order-global",
            OrderScope::PerProducer => "order-per-producer",
            OrderScope::PerKey => "order-per-key",
        }
    }
}

/// Compares the order in which a queue took messages in with the order of their first effects.
///
/// A message is **overtaken** when a message that was enqueued later takes effect before it. Its **displacement** is
/// the number of such messages. The largest displacement is exactly the buffer that a resequencer behind the
/// consumers would need: while it waits for a message, it holds those that overtook it, and nobody waits for longer
/// than the message that is overtaken most.
///
/// Only a message's first effect counts here; that it took effect twice is for the delivery checker to say.
#[derive(Clone, Debug)]
pub struct OrderChecker {
    scope: OrderScope,
    origin: Map<MessageId, (NodeId, u32)>,
    place: Map<MessageId, Place>,
    lines: Map<u32, Line>,
    counts: OrderCounts,
    first: Option<(MessageId, MessageId, usize)>,
    seen: usize,
    ending: Option<Ending>,
}

/// How far order was lost so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OrderCounts {
    /// Messages that took effect.
    pub effects: u64,
    /// Those of them that a later message overtook.
    pub overtaken: u64,
    /// Messages that a later one has overtaken and that have not taken effect so far. None is left once all have.
    pub overtaken_open: u64,
    /// The largest number of later messages that took effect before one message.
    pub largest_displacement: u64,
}

impl OrderCounts {
    /// The share of effects that were overtaken, 0 to 1; 0 when there was none. For showing, never for a trace.
    pub fn overtaken_share(&self) -> f64 {
        if self.effects == 0 { 0.0 } else { self.overtaken as f64 / self.effects as f64 }
    }

    /// The messages that are overtaken by now, whether they have taken effect or not, and their share of those of which it
    /// is known. What a figure counts: it shows a message as overtaken from the moment in which it is.
    pub fn overtaken_by_now(&self) -> (u64, f64) {
        let (overtaken, known) = (self.overtaken + self.overtaken_open, self.effects + self.overtaken_open);
        (overtaken, if known == 0 { 0.0 } else { overtaken as f64 / known as f64 })
    }
}

#[derive(Clone, Copy, Debug)]
struct Place {
    line: u32,
    rank: usize,
}

/// The messages of one scope in enqueue order, and which of them have taken effect.
#[derive(Clone, Debug, Default)]
struct Line {
    messages: Vec<MessageId>,
    landed: Vec<u64>,
    landed_count: usize,
    /// One beyond the last rank that has landed.
    ahead: usize,
    /// The first rank that has not: of those that have not, most have gone past it.
    behind: usize,
}

impl Line {
    fn join(&mut self, message: MessageId) -> usize {
        self.messages.push(message);
        if self.messages.len() > self.landed.len() * 64 {
            self.landed.push(0);
        }
        self.messages.len() - 1
    }

    fn land(&mut self, rank: usize) -> bool {
        let bit = 1 << (rank % 64);
        let fresh = self.landed[rank / 64] & bit == 0;
        self.landed[rank / 64] |= bit;
        self.landed_count += usize::from(fresh);
        self.ahead = self.ahead.max(rank + 1);
        while self.has_landed(self.behind) {
            self.behind += 1;
        }
        fresh
    }

    fn has_landed(&self, rank: usize) -> bool {
        self.landed.get(rank / 64).is_some_and(|bits| bits >> (rank % 64) & 1 == 1)
    }

    /// How many have not landed although a later one has.
    fn overtaken_open(&self) -> u64 {
        (self.ahead - self.landed_count) as u64
    }

    /// How many messages behind `rank` have landed. Complexity: one word per 64 messages enqueued after it.
    fn landed_behind(&self, rank: usize) -> u64 {
        let word = rank / 64;
        let above = (u64::MAX << (rank % 64)) << 1;
        let own = self.landed.get(word).map_or(0, |bits| (bits & above).count_ones());
        let rest: u32 = self.landed.iter().skip(word + 1).map(|bits| bits.count_ones()).sum();
        u64::from(own + rest)
    }

    fn first_landed_behind(&self, rank: usize) -> Option<MessageId> {
        (rank + 1..self.messages.len()).find(|r| self.has_landed(*r)).map(|r| self.messages[r])
    }
}

impl OrderChecker {
    /// A checker for one scope.
    pub fn new(scope: OrderScope) -> OrderChecker {
        OrderChecker {
            scope,
            origin: Map::new(),
            place: Map::new(),
            lines: Map::new(),
            counts: OrderCounts::default(),
            first: None,
            seen: 0,
            ending: None,
        }
    }

    /// The counts so far.
    pub fn counts(&self) -> OrderCounts {
        self.counts
    }

    /// The messages that took effect before this one although they were enqueued later; 0 if it never was enqueued.
    /// Also for a message that has not taken effect yet: it is overtaken already.
    pub fn overtakers(&self, message: MessageId) -> u64 {
        self.place.get(message).map_or(0, |place| self.lines[place.line].landed_behind(place.rank))
    }

    /// The largest number of later messages that have taken effect before one by now, whether that one has or not.
    pub fn largest_displacement_by_now(&self) -> u64 {
        let open = self.lines.values().map(|line| line.landed_behind(line.behind)).max().unwrap_or(0);
        open.max(self.counts.largest_displacement)
    }

    /// A message's place in enqueue order within its scope, from 0.
    pub fn rank(&self, message: MessageId) -> Option<usize> {
        self.place.get(message).map(|place| place.rank)
    }

    fn line_of(&self, message: MessageId) -> u32 {
        match (self.scope, self.origin.get(message)) {
            (OrderScope::Global, _) | (_, None) => 0,
            (OrderScope::PerProducer, Some((producer, _))) => u32::from(producer.0),
            (OrderScope::PerKey, Some((_, key))) => *key,
        }
    }

    fn enqueue(&mut self, message: MessageId) {
        // A second copy (a retried publish, a requeue) keeps the place of the first.
        if self.place.contains(message) {
            return;
        }
        let line = self.line_of(message);
        let rank = self.lines.or_default(line).join(message);
        self.place.insert(message, Place { line, rank });
    }

    fn effect(&mut self, message: MessageId) {
        let Some(&Place { line, rank }) = self.place.get(message) else { return };
        let line = self.lines.or_default(line);
        let open_before = line.overtaken_open();
        if !line.land(rank) {
            return;
        }
        self.counts.overtaken_open = self.counts.overtaken_open + line.overtaken_open() - open_before;
        let displacement = line.landed_behind(rank);
        self.counts.effects += 1;
        if displacement > 0 {
            self.counts.overtaken += 1;
            self.counts.largest_displacement = self.counts.largest_displacement.max(displacement);
            if let (None, Some(by)) = (self.first, line.first_landed_behind(rank)) {
                self.first = Some((message, by, self.seen));
            }
        }
    }
}

impl Checker for OrderChecker {
    fn observe(&mut self, event: &Event) {
        match event.what {
            What::Offered { producer, message, key, .. } => {
                self.origin.or_insert_with(message, || (producer, key));
            }
            What::Stored { message, .. } => self.enqueue(message),
            What::Applied { message, .. } => self.effect(message),
            What::Ended { how } => self.ending = Some(how),
            _ => {}
        }
        self.seen += 1;
    }

    fn findings(&self) -> Vec<Finding> {
        let verdict = match self.first {
            None => Verdict::held_by(self.ending),
            Some((late, by, event)) => Verdict::Broken {
                sentence: format!("message {by} was enqueued after message {late} and took effect before it"),
                event,
                messages: vec![late, by],
            },
        };
        vec![Finding { promise: self.scope.promise(), verdict }]
    }
}
