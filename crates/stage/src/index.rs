// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can be known about a trace without folding: packets and their fates, work and its length, messages.

use trace::{Event, Map, MessageId, NodeId, PacketId, Role, Set, Time, Trace, What};

use crate::packet::{Cuts, Packet, PacketFate};

/// A consumer's work on one delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// Who works.
    pub node: NodeId,
    /// On which message.
    pub message: MessageId,
    /// Which delivery of it.
    pub attempt: u32,
    /// Since when.
    pub started: Time,
    /// Until when, and whether it is done then.
    pub end: WorkEnd,
}

/// How work ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkEnd {
    /// The consumer finishes it.
    Finished(Time),
    /// The consumer crashes first.
    CutShort(Time),
    /// The trace ends first.
    Open,
}

impl Work {
    /// When it ends in whatever way; [`Time::MAX`] if the trace ends first.
    pub fn until(&self) -> Time {
        match self.end {
            WorkEnd::Finished(at) | WorkEnd::CutShort(at) => at,
            WorkEnd::Open => Time::MAX,
        }
    }
}

/// A message's data that never change, and its effects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// Which message.
    pub message: MessageId,
    /// Who offered it, if anybody did.
    pub producer: Option<NodeId>,
    /// Its key.
    pub key: u32,
    /// When it was offered.
    pub offered: Option<Time>,
    /// When a broker first stored it.
    pub stored: Option<Time>,
    /// Its place in enqueue order over all messages, from 0.
    pub rank: Option<u32>,
    /// Its effects: places in [`crate::Timeline::landings`].
    pub landings: Vec<u32>,
}

/// An effect that took place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landing {
    /// When.
    pub at: Time,
    /// Where.
    pub node: NodeId,
    /// Which message.
    pub message: MessageId,
    /// Which delivery of it.
    pub attempt: u32,
    /// The how-manieth effect of this message, from 1.
    pub nth: u32,
    /// How many later messages had taken effect before it. Filled in by the first fold, from the order checker.
    pub displacement: u64,
}

const NONE: u32 = u32::MAX;

/// Everything that one pass over the events finds out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Index {
    pub packets: Vec<Packet>,
    /// Up to each packet, the latest end: to find those that overlap a window.
    latest_end: Vec<Time>,
    /// Dropped packets, by the moment of the drop.
    pub drops: Vec<(Time, u32)>,
    pub works: Vec<Work>,
    latest_work_end: Vec<Time>,
    /// Deliveries that a consumer starts on at some time.
    worked_on: Set<(NodeId, MessageId, u32)>,
    /// By message id.
    pub stories: Vec<Story>,
    /// Stories in enqueue order.
    pub enqueued: Vec<u32>,
    pub landings: Vec<Landing>,
    /// What each event speaks of: a packet, a work or a landing; `NONE` for all others.
    subject: Vec<u32>,
    /// When each node stood still: from, to.
    pub pauses: Vec<Vec<(Time, Time)>>,
    /// When each link was cut.
    pub cuts: Cuts,
    /// The mean length of the work that each node finished.
    pub usual_work: Vec<Option<Time>>,
    /// Directed links that ever carried a packet, with the mean time on the way.
    pub links: Map<(NodeId, NodeId), Time>,
}

impl Index {
    pub fn new(trace: &Trace) -> Index {
        let roles = trace.header.nodes.iter().map(|info| info.role);
        let mut builder = Builder {
            producers: roles.map(|role| role == Role::Producer).collect(),
            index: Index {
                pauses: vec![Vec::new(); trace.header.nodes.len()],
                subject: Vec::with_capacity(trace.events.len()),
                ..Index::default()
            },
            ..Builder::default()
        };
        for event in &trace.events {
            let subject = builder.take(event).unwrap_or(NONE);
            builder.index.subject.push(subject);
        }
        builder.finish(trace.header.nodes.len())
    }

    fn subject(&self, event: usize) -> Option<usize> {
        self.subject.get(event).filter(|n| **n != NONE).map(|n| *n as usize)
    }

    /// The packet an event speaks of. Only for events about packets; of a `Duplicated`, the copy.
    pub fn packet_of(&self, event: usize) -> Option<usize> {
        self.subject(event)
    }

    /// The work that a `Started` or `Finished` speaks of.
    pub fn work_of(&self, event: usize) -> Option<usize> {
        self.subject(event)
    }

    /// The landing that an `Applied` speaks of.
    pub fn landing_of(&self, event: usize) -> Option<usize> {
        self.subject(event)
    }

    pub fn story_place(&self, message: MessageId) -> Option<usize> {
        self.stories.binary_search_by_key(&message, |story| story.message).ok()
    }

    pub fn story(&self, message: MessageId) -> Option<&Story> {
        self.story_place(message).map(|place| &self.stories[place])
    }

    /// Packets that are on their way at some moment of `from..=to`, in order of sending.
    pub fn packets_within(&self, from: Time, to: Time) -> impl Iterator<Item = (usize, &Packet)> {
        let first = self.latest_end.partition_point(|end| *end < from);
        let last = self.packets.partition_point(|packet| packet.sent_at <= to).max(first);
        let packets = self.packets[first..last].iter().enumerate();
        packets.map(move |(n, packet)| (first + n, packet)).filter(move |(_, packet)| packet.end() >= from)
    }

    /// Work that goes on at some moment of `from..=to`, in order of starting.
    pub fn works_within(&self, from: Time, to: Time) -> impl Iterator<Item = (usize, &Work)> {
        let first = self.latest_work_end.partition_point(|end| *end < from);
        let last = self.works.partition_point(|work| work.started <= to).max(first);
        let works = self.works[first..last].iter().enumerate();
        works.map(move |(n, work)| (first + n, work)).filter(move |(_, work)| work.until() >= from)
    }

    /// The longest of the links' mean times on the way.
    pub fn usual_way(&self) -> Time {
        self.links.values().copied().max().unwrap_or_default()
    }

    /// Whether a consumer starts on a delivery at some time of the run.
    pub fn is_worked_on(&self, node: NodeId, message: MessageId, attempt: u32) -> bool {
        self.worked_on.contains((node, message, attempt))
    }

    /// Since when the receiver stands still, if that is what a packet waits for: it lies in the receiver's socket buffer
    /// and is taken out in the moment in which the receiver goes on, or crashes.
    pub fn waits_since(&self, packet: &Packet) -> Option<Time> {
        let pauses = self.pauses.get(packet.to.index())?;
        let pause = pauses.iter().find(|(_, until)| *until == packet.end())?;
        Some(pause.0)
    }

    /// The time between two moments that a node did not stand still.
    pub fn awake(&self, node: NodeId, from: Time, to: Time) -> Time {
        let pauses = self.pauses.get(node.index()).map_or(&[][..], |pauses| pauses.as_slice());
        let asleep: u64 = pauses.iter().map(|(a, b)| (*b).min(to).since((*a).max(from)).0).sum();
        Time(to.since(from).0.saturating_sub(asleep))
    }
}

#[derive(Default)]
struct Builder {
    index: Index,
    packet: Map<PacketId, u32>,
    story: Map<MessageId, Story>,
    open_work: Map<(NodeId, MessageId, u32), u32>,
    enqueued: Vec<MessageId>,
    paused_since: Map<NodeId, Time>,
    /// When each node last went on: what it takes out of its socket buffer then says nothing of the link.
    woke: Map<NodeId, Time>,
    delays: Map<(NodeId, NodeId), (u64, u64)>,
    /// How often each producer sent each message.
    tries: Map<(NodeId, MessageId), u32>,
    producers: Vec<bool>,
}

impl Builder {
    fn take(&mut self, event: &Event) -> Option<u32> {
        let at = event.at;
        self.index.cuts.take(event);
        if let Some(message) = event.what.message() {
            self.story(message);
        }
        match &event.what {
            What::Offered { producer, message, key, .. } => {
                let story = self.story(*message);
                if story.offered.is_none() {
                    (story.producer, story.key, story.offered) = (Some(*producer), *key, Some(at));
                }
            }
            What::Stored { message, .. } => {
                let rank = self.enqueued.len() as u32;
                let story = self.story(*message);
                if story.stored.is_none() {
                    (story.stored, story.rank) = (Some(at), Some(rank));
                    self.enqueued.push(*message);
                }
            }
            What::Sent { packet, from, to, kind, nth, message, attempt } => {
                let tries = self.tries(*from, *message);
                let sent = Packet {
                    sent_at: at,
                    from: *from,
                    to: *to,
                    kind: kind.clone(),
                    nth: *nth,
                    message: *message,
                    attempt: (*attempt).max(tries),
                    copy: false,
                    fate: PacketFate::UnderWay,
                };
                return Some(self.send(*packet, sent));
            }
            What::Duplicated { packet, copy } => {
                let original = *self.packet.get(*packet)?;
                let fate = PacketFate::UnderWay;
                let original = self.index.packets[original as usize].clone();
                return Some(self.send(*copy, Packet { sent_at: at, copy: true, fate, ..original }));
            }
            What::Arrived { packet } => return self.end_packet(*packet, PacketFate::Arrives(at)),
            What::Dropped { packet, why } => {
                let place = self.end_packet(*packet, PacketFate::Dropped(at, *why))?;
                self.index.drops.push((at, place));
                return Some(place);
            }
            What::Started { node, message, attempt } => {
                let place = self.index.works.len() as u32;
                let (node, message, attempt) = (*node, *message, *attempt);
                self.index.works.push(Work { node, message, attempt, started: at, end: WorkEnd::Open });
                self.open_work.insert((node, message, attempt), place);
                return Some(place);
            }
            What::Finished { node, message, attempt } => {
                let place = self.open_work.remove((*node, *message, *attempt))?;
                self.index.works[place as usize].end = WorkEnd::Finished(at);
                return Some(place);
            }
            What::Applied { node, message, attempt } => {
                let place = self.index.landings.len() as u32;
                let story = self.story(*message);
                story.landings.push(place);
                let (node, nth) = (*node, story.landings.len() as u32);
                let (message, attempt) = (*message, *attempt);
                self.index.landings.push(Landing { at, node, message, attempt, nth, displacement: 0 });
                return Some(place);
            }
            What::Crashed { node, .. } => {
                self.cut_work_short(*node, at);
                self.wake(*node, at);
            }
            What::Paused { node } => {
                self.paused_since.or_insert_with(*node, || at);
            }
            What::Resumed { node } => self.wake(*node, at),
            _ => {}
        }
        None
    }

    fn story(&mut self, message: MessageId) -> &mut Story {
        self.story.or_insert_with(message, || Story {
            message,
            producer: None,
            key: 0,
            offered: None,
            stored: None,
            rank: None,
            landings: Vec::new(),
        })
    }

    /// The how-manieth time a producer sends this message; 0 for everybody else.
    fn tries(&mut self, from: NodeId, message: Option<MessageId>) -> u32 {
        let (Some(true), Some(message)) = (self.producers.get(from.index()), message) else { return 0 };
        let tries = self.tries.or_default((from, message));
        *tries += 1;
        *tries
    }

    fn send(&mut self, id: PacketId, packet: Packet) -> u32 {
        let place = self.index.packets.len() as u32;
        self.delays.or_default((packet.from, packet.to));
        self.index.packets.push(packet);
        self.packet.insert(id, place);
        place
    }

    fn end_packet(&mut self, id: PacketId, fate: PacketFate) -> Option<u32> {
        // The id is kept: the network may copy a packet in the moment in which it arrives.
        let place = *self.packet.get(id)?;
        let packet = &mut self.index.packets[place as usize];
        if packet.fate != PacketFate::UnderWay {
            return None;
        }
        packet.fate = fate;
        let stalled = self.index.cuts.before(packet).is_some();
        let waited = |at| stalled || self.woke.get(packet.to) == Some(&at);
        if let PacketFate::Arrives(at) = fate
            && !waited(at)
        {
            let (sum, count) = self.delays.or_default((packet.from, packet.to));
            *sum = sum.saturating_add(at.since(packet.sent_at).0);
            *count += 1;
        }
        Some(place)
    }

    fn cut_work_short(&mut self, node: NodeId, at: Time) {
        let works = &mut self.index.works;
        self.open_work.retain(|(worker, ..), place| {
            let cut = worker == node;
            if cut {
                works[*place as usize].end = WorkEnd::CutShort(at);
            }
            !cut
        });
    }

    fn wake(&mut self, node: NodeId, at: Time) {
        if let (Some(since), Some(pauses)) =
            (self.paused_since.remove(node), self.index.pauses.get_mut(node.index()))
        {
            pauses.push((since, at));
            self.woke.insert(node, at);
        }
    }

    fn finish(mut self, nodes: usize) -> Index {
        for (node, since) in self.paused_since.drain() {
            if let Some(pauses) = self.index.pauses.get_mut(node.index()) {
                pauses.push((since, Time::MAX));
            }
        }
        let mut index = self.index;
        index.stories = self.story.drain().map(|(_, story)| story).collect();
        index.enqueued = self
            .enqueued
            .iter()
            .filter_map(|message| index.story_place(*message))
            .map(|n| n as u32)
            .collect();
        index.latest_end = running_max(index.packets.iter().map(Packet::end));
        index.latest_work_end = running_max(index.works.iter().map(Work::until));
        index.worked_on = index.works.iter().map(|work| (work.node, work.message, work.attempt)).collect();
        index.usual_work = usual_work(&index, nodes);
        index.links = self.delays.drain().map(|(link, (sum, n))| (link, Time(sum / n.max(1)))).collect();
        index
    }
}

fn running_max(ends: impl Iterator<Item = Time>) -> Vec<Time> {
    let mut latest = Time::ZERO;
    ends.map(|end| {
        latest = latest.max(end);
        latest
    })
    .collect()
}

fn usual_work(index: &Index, nodes: usize) -> Vec<Option<Time>> {
    let mut sums = vec![(0u64, 0u64); nodes];
    for work in &index.works {
        if let (WorkEnd::Finished(at), Some((sum, n))) = (work.end, sums.get_mut(work.node.index())) {
            *sum = sum.saturating_add(index.awake(work.node, work.started, at).0);
            *n += 1;
        }
    }
    sums.into_iter().map(|(sum, n)| (n > 0).then(|| Time(sum / n))).collect()
}
