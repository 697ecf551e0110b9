// SPDX-License-Identifier: MIT OR Apache-2.0
//! What nodes stand on and act through: machines, links, the agenda, the sink. Everything of a world but its nodes.

mod retained;

use std::collections::VecDeque;

use trace::{DropReason, NodeId, NodeInfo, PacketId, PacketKind, Role, Time, What};

use crate::network::{Fate, Link, Sending};
use crate::random::stream_key;
use crate::world::RESET;
use crate::{Agenda, Disk, DiskConfig, LinkConfig, Payload, Sink, Stream, TimerId};

pub(crate) use retained::Retained;

/// Everything but the nodes themselves: what a context reaches while a node is being called.
pub(crate) struct Core<P: Payload, S: Sink> {
    pub now: Time,
    pub agenda: Agenda<Entry<P>>,
    pub machines: Vec<Machine<P>>,
    pub sink: S,
    pub message_key: u64,
    pub seed: u64,
    pub links: Vec<Link>,
    pub next_packet: u64,
    pub overfull: bool,
    /// How many entries wait with nodes that stand still.
    pub held_back: usize,
    /// Whose packet is being received, and which incarnation of it sent it.
    pub receiving: Option<(NodeId, u32)>,
    /// What met a cut and is sent again when it heals, in the order in which it was sent.
    pub retained: Vec<Retained<P>>,
}

/// What a node stands on: it outlives the node's crashes.
pub(crate) struct Machine<P: Payload> {
    pub info: NodeInfo,
    pub state: State,
    pub incarnation: u32,
    pub clock_offset_ns: i64,
    pub slow_permille: u32,
    pub disk: Disk<P::Record>,
    pub watchers: Vec<Watch>,
    /// Who expects to hear of this node.
    pub listeners: Vec<Listener>,
    pub disk_config: DiskConfig,
    /// When the disk is done with the flushes it was asked for: it makes one after the other.
    pub disk_free: Time,
    /// Whether the machine went down, and not the process alone: then nobody is there to tell its peers.
    pub silent: bool,
    /// Counts the losses of the page cache: a flush that began before one is void.
    pub disk_epoch: u32,
    pub streams: Vec<(u8, Stream)>,
    /// What came while the node stood still, with its name on the agenda.
    pub backlog: VecDeque<(TimerId, Entry<P>)>,
}

/// A connection that somebody holds to this node.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch {
    pub by: NodeId,
    /// The incarnation it was made with: with a later one it is broken.
    pub incarnation: u32,
    /// A cut lay between them when it was made: it was never more than an attempt.
    pub attempt: bool,
}

impl Watch {
    /// Whether it holds, with this incarnation of the peer.
    pub fn holds(&self, incarnation: u32) -> bool {
        self.incarnation == incarnation && !self.attempt
    }
}

/// Somebody who expects to hear of this node now and then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Listener {
    pub by: NodeId,
    /// How long it waits before it takes the node for silent.
    pub patience: Time,
    pub hearing: Hearing,
}

/// How a listener stands with the node that it listens to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Hearing {
    Heard,
    /// Nothing comes of it, and the listener still waits.
    Quiet(TimerId),
    /// The listener has waited for long enough, and was told.
    Silent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Up,
    Paused,
    Down,
}

/// What waits on the agenda.
#[derive(Clone)]
pub(crate) enum Entry<P> {
    Timer {
        node: NodeId,
        incarnation: u32,
        token: u64,
    },
    Packet {
        id: PacketId,
        from: NodeId,
        /// Which incarnation of the sender sent it.
        sender: u32,
        to: NodeId,
        end: Arrival,
        payload: P,
    },
    /// The machine of a dead process tells a watcher so.
    Reset {
        id: PacketId,
        from: NodeId,
        to: NodeId,
        /// Whether it has reached the receiver's machine, and waits there.
        reached: bool,
    },
    /// A node that stood still hears of a change of a parameter.
    Change {
        node: NodeId,
        index: usize,
    },
    /// A listener has heard nothing of a peer for as long as it waits.
    Silence {
        node: NodeId,
        incarnation: u32,
        peer: NodeId,
    },
    Flush {
        node: NodeId,
        incarnation: u32,
        epoch: u32,
        written: u64,
        token: u64,
    },
    Fault {
        index: usize,
    },
}

#[derive(Clone, Copy)]
pub(crate) enum Arrival {
    Arrives,
    Dropped(DropReason),
    /// A second packet sets out from here, by order of a script.
    ArrivesTwice(Time),
    /// It has reached the receiver's socket buffer, and waits there.
    Reached,
}

impl<P: Payload, S: Sink> Core<P, S> {
    pub fn new(seed: u64, sink: S) -> Core<P, S> {
        Core {
            now: Time::ZERO,
            agenda: Agenda::default(),
            machines: Vec::new(),
            sink,
            message_key: stream_key(seed, "message"),
            seed,
            links: Vec::new(),
            next_packet: 0,
            overfull: false,
            held_back: 0,
            receiving: None,
            retained: Vec::new(),
        }
    }

    #[inline]
    pub fn record(&mut self, what: impl FnOnce() -> What) {
        if S::ON {
            self.sink.take(self.now, what());
        }
    }

    #[inline(always)]
    pub fn insert(&mut self, at: Time, entry: Entry<P>) -> TimerId {
        self.make_room();
        self.agenda.insert(at, entry)
    }

    #[inline]
    pub fn insert_after(&mut self, delay: Time, entry: Entry<P>) -> TimerId {
        self.make_room();
        self.agenda.insert_after(self.now, delay, entry)
    }

    /// A node that floods the agenda within one call must not panic it: the flood is forgotten and the run ends at
    /// its bound right after this call.
    #[inline(always)]
    fn make_room(&mut self) {
        if !self.agenda.has_room() {
            self.overfull = true;
            self.agenda = Agenda::default();
        }
    }

    #[inline]
    pub fn send(&mut self, from: NodeId, to: NodeId, payload: P) {
        let now = self.now;
        let kind = payload.kind();
        let id = self.new_packet();
        let sender = self.machines[from.index()].incarnation;
        let link = self.link_mut(from, to);
        let cut = link.cuts > 0;
        let passage = link.pass(now, kind, Sending::Once);
        let (message, attempt) = (payload.message(), payload.attempt());
        self.record(|| What::Sent {
            packet: id,
            from,
            to,
            kind: PacketKind::new(kind),
            nth: passage.nth,
            message,
            attempt,
        });
        if cut {
            return self.meets_cut(id, from, to, sender, payload);
        }
        let end = match (passage.fate, passage.behind) {
            (Fate::Lost, _) => Arrival::Dropped(DropReason::Loss),
            (Fate::LostByScript, _) => Arrival::Dropped(DropReason::Script),
            (Fate::Arrives, Some(delay)) => Arrival::ArrivesTwice(delay),
            (Fate::Arrives, None) => Arrival::Arrives,
        };
        let copy = passage.beside.map(|at| (at, self.new_packet(), payload.clone()));
        self.insert(passage.ends, Entry::Packet { id, from, sender, to, end, payload });
        if let Some((at, copy, payload)) = copy {
            self.record(|| What::Duplicated { packet: id, copy });
            self.insert(at, Entry::Packet { id: copy, from, sender, to, end: Arrival::Arrives, payload });
        }
    }

    /// A dead process holds no connections.
    pub fn drop_connections_of(&mut self, node: NodeId) {
        self.machines.iter_mut().for_each(|machine| {
            machine.watchers.retain(|watch| watch.by != node);
            machine.listeners.retain(|listener| listener.by != node);
        });
    }

    /// Tells everybody whose connection to this node belongs to an incarnation that is gone, or was never more than an
    /// attempt. The machine of a dead process says so at once; a machine that was down, or cut off, says so when the
    /// peer's next keep-alive reaches it.
    pub fn reset_broken_connections(&mut self, node: NodeId) {
        let machine = &self.machines[node.index()];
        let broken: Vec<NodeId> = machine
            .watchers
            .iter()
            .filter(|watch| !watch.holds(machine.incarnation))
            .map(|watch| watch.by)
            .collect();
        for watcher in broken {
            self.send_reset(node, watcher);
        }
    }

    /// Whether anything that a node says now would reach this listener.
    pub fn is_audible(&mut self, node: NodeId, by: NodeId) -> bool {
        self.machines[node.index()].state == State::Up && self.link_mut(node, by).cuts == 0
    }

    pub fn insert_silence(&mut self, peer: NodeId, by: NodeId, patience: Time) -> TimerId {
        let incarnation = self.machines[by.index()].incarnation;
        self.insert_after(patience, Entry::Silence { node: by, incarnation, peer })
    }

    /// A reset is TCP's own affair, which sends it again until it arrives: the link's loss does not take it, a cut does.
    pub fn send_reset(&mut self, from: NodeId, to: NodeId) {
        let now = self.now;
        let id = self.new_packet();
        let link = self.link_mut(from, to);
        let cut = link.cuts > 0;
        let passage = link.pass(now, RESET, Sending::UntilItArrives);
        self.record(|| What::Sent {
            packet: id,
            from,
            to,
            kind: PacketKind::new(RESET),
            nth: passage.nth,
            message: None,
            attempt: 0,
        });
        match passage.fate {
            _ if cut => self.record(|| What::Dropped { packet: id, why: DropReason::Cut }),
            Fate::Arrives | Fate::Lost => {
                self.insert(passage.ends, Entry::Reset { id, from, to, reached: false });
            }
            Fate::LostByScript => self.record(|| What::Dropped { packet: id, why: DropReason::Script }),
        }
    }

    /// The disk makes one flush after the other; on a slowed node each takes as much longer as work does.
    pub fn flush(&mut self, node: NodeId, token: u64) {
        let now = self.now;
        let flush = self.machines[node.index()].disk_config.flush;
        let span = flush.sample(self.stream(node, u8::MAX));
        let machine = &mut self.machines[node.index()];
        let done = machine.disk_free.max(now) + machine.slowed(span);
        machine.disk_free = done;
        let entry = Entry::Flush {
            node,
            incarnation: machine.incarnation,
            epoch: machine.disk_epoch,
            written: machine.disk.written(),
            token,
        };
        self.insert(done, entry);
    }

    #[inline]
    pub fn stream(&mut self, node: NodeId, purpose: u8) -> &mut Stream {
        let seed = self.seed;
        let machine = &mut self.machines[node.index()];
        let known = machine.streams.iter().position(|(known, _)| *known == purpose);
        let at = known.unwrap_or_else(|| {
            machine.streams.push((purpose, Stream::new(seed, &machine.info.name, u64::from(purpose), 0)));
            machine.streams.len() - 1
        });
        &mut machine.streams[at].1
    }

    /// From here on every component draws from another stream.
    pub fn fork(&mut self, future: u64) {
        self.seed = stream_key(self.seed ^ future, "fork");
        self.message_key = stream_key(self.seed, "message");
        self.machines.iter_mut().for_each(|machine| machine.streams.clear());
        for (index, link) in self.links.iter_mut().enumerate() {
            link.fork(self.seed, index as u64);
        }
    }

    #[inline]
    pub fn new_packet(&mut self) -> PacketId {
        self.next_packet += 1;
        PacketId(self.next_packet)
    }

    #[inline]
    pub fn link_mut(&mut self, from: NodeId, to: NodeId) -> &mut Link {
        &mut self.links[link_index(from.index(), to.index())]
    }

    pub fn between(&mut self, from: &[NodeId], to: &[NodeId], one_way: bool, mut act: impl FnMut(&mut Link)) {
        for &a in from {
            for &b in to {
                act(self.link_mut(a, b));
                if !one_way {
                    act(self.link_mut(b, a));
                }
            }
        }
    }

    /// Grows the table of links for a new node.
    pub fn rebuild_links(&mut self, newest: usize) {
        let size = (newest + 1) * (newest + 1);
        while self.links.len() < size {
            let index = self.links.len() as u64;
            self.links.push(Link::new(LinkConfig::default(), self.seed, index));
        }
    }
}

/// Pairs in the order of shells (0,0); (0,1) (1,0) (1,1); … so that a node added later moves no earlier link's number,
/// and with it no earlier link's luck.
#[inline]
fn link_index(from: usize, to: usize) -> usize {
    let shell = from.max(to);
    if from < to { shell * shell + from } else { shell * shell + shell + to }
}

impl<P: Payload> Machine<P> {
    pub fn new(name: &str, role: Role) -> Machine<P> {
        Machine {
            info: NodeInfo { name: name.to_owned(), role },
            state: State::Up,
            incarnation: 0,
            clock_offset_ns: 0,
            slow_permille: 1_000,
            disk: Disk::default(),
            watchers: Vec::new(),
            listeners: Vec::new(),
            disk_config: DiskConfig::default(),
            disk_free: Time::ZERO,
            silent: false,
            disk_epoch: 0,
            streams: Vec::new(),
            backlog: VecDeque::new(),
        }
    }

    /// How long something takes here that takes so long at normal speed.
    #[inline]
    pub fn slowed(&self, span: Time) -> Time {
        // Nearly always; the division below would show in every benchmark.
        if self.slow_permille == 1_000 {
            return span;
        }
        let slowed = u128::from(span.0) * u128::from(self.slow_permille) / 1_000;
        Time(slowed.min(u128::from(u64::MAX)) as u64)
    }

    /// What was asked of the disk and not done is void: it says nothing of writes any more.
    pub fn void_flushes(&mut self) {
        self.disk_epoch += 1;
        self.disk_free = Time::ZERO;
    }
}
