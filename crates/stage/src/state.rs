// SPDX-License-Identifier: MIT OR Apache-2.0
//! The fold: what is where after so many events. Playing, seeking and stepping back are all this one fold.

use trace::{
    Checker, DeliveryChecker, Event, MessageId, MoneyChecker, NodeId, OrderChecker, OrderScope, Refusal,
    Role, Set, Time, Trace, What,
};

use crate::bands::severed_pairs;
use crate::index::Index;
use crate::node_state::{Lease, NodeState};
use crate::packet::PacketFate;

/// Sums for the measures that theory speaks of; whole numbers, so that seeking gives the same as playing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    /// Offered to first effect, summed over messages that took effect.
    pub sojourn_ns: u128,
    /// First stored to first started.
    pub wait_ns: u128,
    pub waited: u64,
    /// The longest of these.
    pub longest_wait_ns: u64,
    /// The most messages that waited in queues at once.
    pub peak_depth: u64,
    /// Work, summed over consumers, up to the last change.
    pub busy_ns: u128,
    /// Messages waiting in queues × time, up to the last change.
    pub depth_ns: u128,
    /// Displacement, summed over first effects.
    pub displacement: u64,
    /// Packets sent, from node to node, since there was a message to send.
    pub packets: u64,
    /// Flushes that made something durable, since then.
    pub flushes: u64,
}

/// Everything that is true after the first `next` events.
#[derive(Clone, Debug)]
pub struct State {
    pub(crate) next: usize,
    at: Time,
    delivery: DeliveryChecker,
    order: OrderChecker,
    money: MoneyChecker,
    lost: Vec<MessageId>,
    pub(crate) nodes: Vec<NodeState>,
    /// Packets on their way, by place in the index.
    pub(crate) under_way: Set<u32>,
    pub(crate) severed: Set<(NodeId, NodeId)>,
    /// How many effects landed: a prefix of the index's landings.
    pub(crate) landed: usize,
    /// How many messages were enqueued: a prefix of the index's enqueue order.
    pub(crate) enqueued: usize,
    /// One beyond the last rank that was handed out, started or took effect.
    pub(crate) front: usize,
    pub(crate) sums: Sums,
    /// Messages in queues, works that go on, leases: kept, because they are asked for at every event.
    depth: u64,
    busy: u64,
    unacked: u64,
}

impl State {
    /// Before the first event.
    pub(crate) fn new(trace: &Trace, scope: OrderScope) -> State {
        State {
            next: 0,
            at: Time::ZERO,
            delivery: DeliveryChecker::new(),
            order: OrderChecker::new(scope),
            money: MoneyChecker::new(),
            lost: Vec::new(),
            nodes: vec![NodeState::default(); trace.header.nodes.len()],
            under_way: Set::new(),
            severed: Set::new(),
            landed: 0,
            enqueued: 0,
            front: 0,
            sums: Sums::default(),
            depth: 0,
            busy: 0,
            unacked: 0,
        }
    }

    /// How many events are folded in.
    pub fn events(&self) -> usize {
        self.next
    }

    /// The delivery checker, having seen the same events.
    pub fn delivery(&self) -> &DeliveryChecker {
        &self.delivery
    }

    /// The order checker, having seen the same events.
    pub fn order(&self) -> &OrderChecker {
        &self.order
    }

    /// The money checker, having seen the same events.
    pub fn money(&self) -> &MoneyChecker {
        &self.money
    }

    /// How many nodes keep accounts of a ledger.
    pub(crate) fn keepers(&self, ledger: u32) -> usize {
        self.nodes.iter().filter(|node| node.accounts.iter().any(|((of, _), _)| of == ledger)).count()
    }

    /// The messages lost for certain; none while the run goes on.
    pub fn lost(&self) -> &[MessageId] {
        &self.lost
    }

    /// Messages that wait in queues.
    pub fn depth(&self) -> u64 {
        self.depth
    }

    /// Messages handed out whose ack the broker has not heard.
    pub fn unacked(&self) -> u64 {
        self.unacked
    }

    /// Works that go on.
    pub fn busy(&self) -> u64 {
        self.busy
    }

    /// The moment of the last event folded in.
    pub fn at(&self) -> Time {
        self.at
    }

    /// Takes the next event in.
    pub(crate) fn fold(&mut self, trace: &Trace, index: &Index) {
        let Some(event) = trace.events.get(self.next) else { return };
        let place = self.next;
        self.next += 1;
        let span = u128::from(event.at.since(self.at).0);
        self.sums.depth_ns += span * u128::from(self.depth);
        if span > 0 {
            // What passes through a queue within a moment did not wait.
            self.sums.peak_depth = self.sums.peak_depth.max(self.depth);
        }
        self.sums.busy_ns += span * u128::from(self.busy);
        self.at = self.at.max(event.at);
        self.delivery.observe(event);
        self.order.observe(event);
        self.money.observe(event);
        self.apply(trace, index, event, place);
    }

    fn apply(&mut self, trace: &Trace, index: &Index, event: &Event, place: usize) {
        match &event.what {
            What::Sent { from, message, .. } => {
                self.sums.packets += self.begun();
                self.under_way.extend(index.packet_of(place).map(|n| n as u32));
                if let (Some(Role::Producer), Some(message)) = (role(trace, *from), message) {
                    self.at_node(trace, *from, |node| node.waiting.retain(|(waiting, _)| waiting != message));
                }
            }
            What::Duplicated { .. } => self.under_way.extend(index.packet_of(place).map(|n| n as u32)),
            What::Arrived { .. } | What::Dropped { .. } => {
                if let Some(packet) = index.packet_of(place) {
                    self.under_way.remove(packet as u32);
                    self.arrive(trace, index, packet);
                }
            }
            What::Offered { producer, message, .. } => {
                self.at_node(trace, *producer, |node| node.waiting.push_back((*message, 0)));
            }
            What::Stored { node, message } => self.stored(trace, index, *node, *message),
            What::Started { node, message, attempt } => {
                self.started(trace, index, place, (*node, *message, *attempt), event.at);
            }
            What::Finished { node, .. } => {
                let work = index.work_of(place).map(|n| n as u32);
                self.at_node(trace, *node, |node| node.working.retain(|n| Some(*n) != work));
            }
            What::Applied { message, .. } => self.applied(index, *message, event.at),
            What::Flushed { .. } => self.sums.flushes += self.begun(),
            What::Balance { node, ledger, account, amount, .. } => {
                self.at_node(trace, *node, |node| {
                    node.accounts.insert((*ledger, *account), *amount);
                });
            }
            What::Ended { .. } => self.lost = self.delivery.lost_messages().collect(),
            What::Cut { from, to, one_way } => self.severed.extend(severed_pairs(from, to, *one_way).iter()),
            What::Healed { from, to, .. } if from.is_empty() && to.is_empty() => self.severed.clear(),
            What::Healed { from, to, one_way } => {
                for pair in severed_pairs(from, to, *one_way).iter() {
                    self.severed.remove(pair);
                }
            }
            other => self.apply_at_broker(trace, index, event.at, other),
        }
    }

    /// 1 once somebody had a message to send: what connections and elections cost before is not its cost.
    fn begun(&self) -> u64 {
        self.delivery.counts().offered.min(1)
    }

    fn apply_at_broker(&mut self, trace: &Trace, index: &Index, at: Time, what: &What) {
        match *what {
            What::Handed { node, consumer, message, attempt, lease_until } => {
                self.pass(index, message);
                // Who had it before and has not begun on it will not: it was taken back.
                self.settle(trace, index, message, attempt.saturating_sub(1));
                let lease = Lease { message, attempt, consumer, since: at, until: lease_until, over: false };
                self.at_node(trace, node, |node| node.hand_out(lease));
            }
            What::Held { node, consumer, message, attempt } => {
                let lease = Lease { message, attempt, consumer, since: at, until: None, over: false };
                self.at_node(trace, node, |node| node.hand_out(lease));
            }
            What::Acked { node, message, attempt } => {
                self.at_node(trace, node, |node| node.forget(message, attempt));
                self.settle(trace, index, message, attempt);
            }
            What::Nacked { node, message, attempt } => {
                self.end_lease(trace, node, message, attempt, None);
                self.settle(trace, index, message, attempt);
            }
            What::LeaseExpired { node, message, attempt } => {
                self.end_lease(trace, node, message, attempt, Some(at));
            }
            What::Requeued { node, message, ahead } => self.at_node(trace, node, |node| {
                node.unlease(message, 0);
                let place = (ahead as usize).min(node.waiting.len());
                node.waiting.insert(place, (message, 0));
            }),
            What::DeadLettered { node, message, attempts } => self.at_node(trace, node, |node| {
                node.forget(message, attempts);
                node.dead.push(message);
            }),
            What::Refused { node, message, why } => {
                // A queue that refuses a message again still has the copy that it took before. What a consumer refuses is
                // the delivery that just reached it.
                let takes = matches!(why, Refusal::DroppedOldest | Refusal::Expired | Refusal::GaveUp)
                    || role(trace, node) == Some(Role::Consumer);
                if takes {
                    self.at_node(trace, node, |node| _ = node.take(message));
                }
            }
            _ => self.apply_fault(trace, what),
        }
    }

    fn apply_fault(&mut self, trace: &Trace, what: &What) {
        match *what {
            What::Crashed { node, .. } => {
                let role = role(trace, node).unwrap_or(Role::Other);
                self.at_node(trace, node, |node| {
                    (node.crashed, node.paused) = (true, false);
                    node.lose_memory(role);
                });
            }
            What::Replicated { node, message } => self.at_node(trace, node, |node| {
                node.log.insert(message);
            }),
            What::Discarded { node, message } => self.at_node(trace, node, |node| {
                node.log.remove(message);
            }),
            What::Leads { node, term, leads } => self.at_node(trace, node, |node| {
                node.leads = leads.then_some(term);
                // Who begins to lead says what its queue holds.
                node.waiting.clear();
                node.leases.clear();
            }),
            What::Restarted { node } => self.at_node(trace, node, |node| {
                node.crashed = false;
                node.waiting.clear();
                // What of it is on the disk it says itself.
                node.log.clear();
            }),
            What::DiskLost { node } => self.at_node(trace, node, |node| {
                if node.crashed {
                    node.waiting.clear();
                    node.log.clear();
                }
            }),
            What::Paused { node } => self.at_node(trace, node, |node| node.paused = true),
            What::Resumed { node } => self.at_node(trace, node, |node| node.paused = false),
            What::Skewed { node, offset_ns } => self.at_node(trace, node, |node| node.offset_ns = offset_ns),
            What::Slowed { node, permille } => self.at_node(trace, node, |node| node.permille = permille),
            _ => {}
        }
    }

    /// Changes a node and keeps the totals over all nodes up to date.
    fn at_node(&mut self, trace: &Trace, node: NodeId, change: impl FnOnce(&mut NodeState)) {
        let Some(state) = self.nodes.get_mut(node.index()) else { return };
        let queue = u64::from(role(trace, node) == Some(Role::Queue));
        let before =
            (state.waiting.len() as u64 * queue, state.working.len() as u64, state.leases.len() as u64);
        change(state);
        self.depth = self.depth + state.waiting.len() as u64 * queue - before.0;
        self.busy = self.busy + state.working.len() as u64 - before.1;
        self.unacked = self.unacked + state.leases.len() as u64 - before.2;
    }

    /// A delivery that reached a consumer waits in its buffer until it starts on it.
    fn arrive(&mut self, trace: &Trace, index: &Index, packet: usize) {
        let packet = &index.packets[packet];
        let (PacketFate::Arrives(_), Some(message)) = (packet.fate, packet.message) else { return };
        let delivery = matches!(role(trace, packet.from), Some(Role::Queue | Role::Producer))
            && role(trace, packet.to) == Some(Role::Consumer);
        if !delivery || packet.attempt == 0 {
            return;
        }
        let delivery = (message, packet.attempt);
        let worked_on = |node: &NodeState| {
            node.working.iter().map(|n| &index.works[*n as usize]).any(|w| (w.message, w.attempt) == delivery)
        };
        self.at_node(trace, packet.to, |node| {
            if !node.crashed && !node.waiting.contains(&delivery) && !worked_on(node) {
                node.waiting.push_back(delivery);
            }
        });
    }

    fn stored(&mut self, trace: &Trace, index: &Index, node: NodeId, message: MessageId) {
        let next = index.enqueued.get(self.enqueued).map(|n| index.stories[*n as usize].message);
        self.enqueued += usize::from(next == Some(message));
        // What a sender takes was offered to it, and waits there already.
        if role(trace, node) != Some(Role::Producer) {
            self.at_node(trace, node, |node| node.waiting.push_back((message, 0)));
        }
    }

    fn end_lease(&mut self, trace: &Trace, node: NodeId, message: MessageId, attempt: u32, at: Option<Time>) {
        self.at_node(trace, node, |node| {
            for lease in node.leases.iter_mut().filter(|l| (l.message, l.attempt) == (message, attempt)) {
                (lease.over, lease.until) = (true, at.or(lease.until));
            }
        });
    }

    fn started(
        &mut self,
        trace: &Trace,
        index: &Index,
        place: usize,
        what: (NodeId, MessageId, u32),
        at: Time,
    ) {
        let (node, message, attempt) = what;
        self.pass(index, message);
        if let (1, Some(stored)) = (attempt, index.story(message).and_then(|story| story.stored)) {
            let wait = at.since(stored).0;
            self.sums.wait_ns += u128::from(wait);
            self.sums.longest_wait_ns = self.sums.longest_wait_ns.max(wait);
            self.sums.waited += 1;
        }
        let work = index.work_of(place).map(|n| n as u32);
        self.at_node(trace, node, |node| {
            // What a producer sent twice on the same try came under a number of the picture's own.
            let exactly = node.waiting.iter().position(|waiting| *waiting == (message, attempt));
            let place = exactly.or_else(|| node.waiting.iter().position(|(waiting, _)| *waiting == message));
            place.and_then(|place| node.waiting.remove(place));
            node.working.extend(work);
        });
    }

    fn applied(&mut self, index: &Index, message: MessageId, at: Time) {
        let first = index.landings.get(self.landed).is_some_and(|landing| landing.nth == 1);
        self.landed += 1;
        self.pass(index, message);
        if first {
            if let Some(offered) = index.story(message).and_then(|story| story.offered) {
                self.sums.sojourn_ns += u128::from(at.since(offered).0);
            }
            self.sums.displacement += self.order.overtakers(message);
        }
    }

    /// Consumers let go of a delivery that is settled and that they never start on: a repetition, say, that they see
    /// through. One that is acked first and worked on later stays where it is.
    fn settle(&mut self, trace: &Trace, index: &Index, message: MessageId, attempt: u32) {
        for node in (0..self.nodes.len()).map(|n| NodeId(n as u16)) {
            let buffered = self.nodes[node.index()].waiting.contains(&(message, attempt));
            let dropped = buffered && !index.is_worked_on(node, message, attempt);
            if dropped && role(trace, node) == Some(Role::Consumer) {
                self.at_node(trace, node, |node| {
                    node.waiting.retain(|waiting| *waiting != (message, attempt))
                });
            }
        }
    }

    fn pass(&mut self, index: &Index, message: MessageId) {
        if let Some(rank) = index.story(message).and_then(|story| story.rank) {
            self.front = self.front.max(rank as usize + 1);
        }
    }
}

pub(crate) fn role(trace: &Trace, node: NodeId) -> Option<Role> {
    trace.header.nodes.get(node.index()).map(|info| info.role)
}
