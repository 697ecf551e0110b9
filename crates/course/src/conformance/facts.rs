// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a trace shows, gathered in one pass, for expectations to look at.

use trace::{
    Checker, FateChecker, Fates, Map, MessageId, NodeId, OrderChecker, OrderScope, Refusal, Time, Trace, What,
};

/// What is known of one message.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    pub key: u32,
    pub offered: Time,
    pub confirmed: Option<Time>,
    /// When it was handed out, each time.
    pub handed: Vec<Time>,
    /// When it took effect, each time.
    pub effects: Vec<Time>,
    /// After how many deliveries it was put aside.
    pub dead_after: Option<u32>,
    /// How many brokers had a copy when its producer heard the confirm.
    pub copies: Option<u64>,
    /// Who has one now.
    holders: Vec<NodeId>,
}

/// Everything that expectations speak of.
pub(super) struct Facts<'a> {
    trace: &'a Trace,
    /// In the order of offering.
    pub messages: Map<MessageId, Told>,
    /// What was handed out, in order, and to whom.
    pub handed: Vec<(NodeId, MessageId)>,
    pub fates: Fates,
    /// Messages that were overtaken by later ones of their key, and by later ones of any.
    pub overtaken: (u64, u64),
    /// Messages that a full queue dropped without a word, and that were there for too long.
    pub dropped: u64,
    pub expired: u64,
    /// Who led when: from the moment on, these.
    leaders: Vec<(Time, Vec<NodeId>)>,
    /// The most that were handed out and not settled at once: all, of one key, with one consumer.
    pub in_flight: InFlight,
    /// To how many consumers the messages of one key were handed, at most.
    pub consumers_per_key: u64,
}

/// The most messages at once that were handed out and not settled.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct InFlight {
    pub all: u64,
    pub per_key: u64,
    pub per_consumer: u64,
}

/// A delivery that is not settled.
struct Open {
    node: NodeId,
    consumer: NodeId,
    message: MessageId,
    key: u32,
}

impl<'a> Facts<'a> {
    /// Looks at a whole trace.
    pub fn of(trace: &'a Trace) -> Facts<'a> {
        let mut fates = FateChecker::new();
        let mut per_key = OrderChecker::new(OrderScope::PerKey);
        let mut global = OrderChecker::new(OrderScope::Global);
        let mut facts = Facts {
            trace,
            messages: Map::new(),
            handed: Vec::new(),
            fates: Fates::default(),
            overtaken: (0, 0),
            dropped: 0,
            expired: 0,
            leaders: Vec::new(),
            in_flight: InFlight::default(),
            consumers_per_key: 0,
        };
        let (mut open, mut pairs) = (Vec::new(), Vec::new());
        for event in &trace.events {
            fates.observe(event);
            per_key.observe(event);
            global.observe(event);
            facts.observe_message(event.at, &event.what);
            facts.observe_leader(event.at, &event.what);
            facts.observe_flight(&event.what, &mut open, &mut pairs);
        }
        facts.fates = fates.sums();
        facts.overtaken = (per_key.counts().overtaken, global.counts().overtaken);
        let consumers_of = |key| pairs.iter().filter(|(known, _)| *known == key).count() as u64;
        facts.consumers_per_key = pairs.iter().map(|(key, _)| consumers_of(*key)).max().unwrap_or(0);
        facts
    }

    fn observe_message(&mut self, at: Time, what: &What) {
        match *what {
            What::Offered { message, key, .. } => {
                let told = self.messages.or_default(message);
                (told.key, told.offered) = (key, at);
            }
            What::Confirmed { message, .. } => {
                let told = self.messages.or_default(message);
                told.confirmed.get_or_insert(at);
                told.copies.get_or_insert(told.holders.len() as u64);
            }
            What::Handed { message, consumer, .. } => {
                self.messages.or_default(message).handed.push(at);
                self.handed.push((consumer, message));
            }
            What::Applied { message, .. } => self.messages.or_default(message).effects.push(at),
            What::DeadLettered { message, attempts, .. } => {
                self.messages.or_default(message).dead_after = Some(attempts);
            }
            What::Refused { why: Refusal::DroppedNewest | Refusal::DroppedOldest, .. } => self.dropped += 1,
            What::Refused { why: Refusal::Expired, .. } => self.expired += 1,
            What::Stored { node, message } | What::Replicated { node, message } => {
                let holders = &mut self.messages.or_default(message).holders;
                if !holders.contains(&node) {
                    holders.push(node);
                }
            }
            What::Discarded { node, message } => {
                self.messages.or_default(message).holders.retain(|known| *known != node);
            }
            What::Crashed { node, .. } => {
                self.messages.values_mut().for_each(|told| told.holders.retain(|known| *known != node));
            }
            _ => {}
        }
    }

    fn observe_leader(&mut self, at: Time, what: &What) {
        let mut now = self.leaders.last().map(|(_, leaders)| leaders.clone()).unwrap_or_default();
        match *what {
            What::Leads { node, leads: true, .. } => now.push(node),
            What::Leads { node, leads: false, .. } | What::Crashed { node, .. } => {
                now.retain(|known| *known != node);
            }
            _ => return,
        }
        self.leaders.push((at, now));
    }

    fn observe_flight(&mut self, what: &What, open: &mut Vec<Open>, pairs: &mut Vec<(u32, NodeId)>) {
        match *what {
            What::Handed { node, consumer, message, .. } | What::Held { node, consumer, message, .. } => {
                let key = self.messages.get(message).map_or(0, |told| told.key);
                open.push(Open { node, consumer, message, key });
                let count =
                    |same: &dyn Fn(&Open) -> bool| open.iter().filter(|known| same(known)).count() as u64;
                let most = &mut self.in_flight;
                most.all = most.all.max(open.len() as u64);
                most.per_key = most.per_key.max(count(&|known| known.key == key));
                most.per_consumer = most.per_consumer.max(count(&|known| known.consumer == consumer));
                if !pairs.contains(&(key, consumer)) {
                    pairs.push((key, consumer));
                }
            }
            What::Acked { node, message, .. }
            | What::Nacked { node, message, .. }
            | What::LeaseExpired { node, message, .. }
            | What::Requeued { node, message, .. }
            | What::DeadLettered { node, message, .. } => {
                open.retain(|known| (known.node, known.message) != (node, message));
            }
            What::Crashed { node, .. } | What::Leads { node, leads: false, .. } => {
                open.retain(|known| known.node != node);
            }
            _ => {}
        }
    }

    /// The node of this name.
    pub fn node(&self, name: &str) -> Option<NodeId> {
        let place = self.trace.header.nodes.iter().position(|node| node.name == name)?;
        Some(NodeId(place as u16))
    }

    /// The names of all nodes.
    pub fn node_names(&self) -> String {
        let names: Vec<&str> = self.trace.header.nodes.iter().map(|node| node.name.as_str()).collect();
        names.join(", ")
    }

    /// The name of a node.
    pub fn name(&self, node: NodeId) -> &str {
        self.trace.name(node)
    }

    /// Who leads at this moment.
    pub fn leaders_at(&self, moment: Time) -> &[NodeId] {
        let before = self.leaders.iter().rev().find(|(at, _)| *at <= moment);
        before.map_or(&[], |(_, leaders)| leaders)
    }

    /// How many led at once, at most.
    pub fn most_leaders(&self) -> u64 {
        self.leaders.iter().map(|(_, leaders)| leaders.len() as u64).max().unwrap_or(0)
    }

    /// How many messages were confirmed by this moment.
    pub fn confirmed_by(&self, moment: Time) -> u64 {
        let by = |told: &&Told| told.confirmed.is_some_and(|at| at <= moment);
        self.messages.values().filter(by).count() as u64
    }
}
