// SPDX-License-Identifier: MIT OR Apache-2.0
//! The world: nodes, what connects them, and the loop that lets things happen.

use std::collections::VecDeque;

use trace::{Bound, DropReason, Ending, NodeId, NodeInfo, PacketId, PacketKind, Role, Time, What};

use crate::network::{Copied, Fate, Link, Scripted};
use crate::random::stream_key;
use crate::{
    Agenda, Context, Disk, DiskConfig, Fault, FaultError, FaultScript, LinkConfig, Node, Payload, Sink,
    Stream, TimerId,
};

/// The most nodes a world can have: links are a square table.
pub(crate) const MAX_NODES: usize = 256;

/// How far a run may go. Reaching a bound ends it as [`Ending::Unfinished`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The most steps: packets and timers taken off the agenda.
    pub steps: u64,
    /// The latest moment.
    pub time: Time,
    /// The most packets and timers waiting at once.
    pub pending: usize,
}

impl Default for Bounds {
    /// Ten million steps, an hour, a million waiting: far above every scenario of this course.
    fn default() -> Bounds {
        Bounds { steps: 10_000_000, time: Time::secs(3_600), pending: 1_000_000 }
    }
}

type Factory<P, S> = Box<dyn FnMut() -> Box<dyn Node<P, S>>>;

/// A world of nodes that exchange `P` and leave their trace in `S`.
pub struct World<P: Payload, S: Sink> {
    core: Core<P, S>,
    nodes: Vec<Option<Box<dyn Node<P, S>>>>,
    factories: Vec<Factory<P, S>>,
    timed_faults: Vec<Fault>,
    bounds: Bounds,
    steps: u64,
    started: bool,
}

/// Everything but the nodes themselves: what a context reaches while a node is being called.
pub(crate) struct Core<P: Payload, S: Sink> {
    pub now: Time,
    pub agenda: Agenda<Entry<P>>,
    pub machines: Vec<Machine<P>>,
    pub sink: S,
    pub message_key: u64,
    seed: u64,
    links: Vec<Link>,
    next_packet: u64,
    overfull: bool,
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
    disk_config: DiskConfig,
    /// Counts the losses of the page cache: a flush that began before one is void.
    disk_epoch: u32,
    streams: Vec<(u8, Stream)>,
    /// What came while the node stood still.
    backlog: VecDeque<Entry<P>>,
}

/// A connection that somebody holds to this node.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch {
    pub by: NodeId,
    /// The incarnation it was made with: with a later one it is broken.
    pub incarnation: u32,
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
        to: NodeId,
        end: Arrival,
        payload: P,
    },
    /// The machine of a dead process tells a watcher so.
    Reset {
        id: PacketId,
        from: NodeId,
        to: NodeId,
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
}

impl<P: Payload, S: Sink> World<P, S> {
    /// An empty world.
    pub fn new(seed: u64, bounds: Bounds, sink: S) -> World<P, S> {
        World {
            core: Core {
                now: Time::ZERO,
                agenda: Agenda::default(),
                machines: Vec::new(),
                sink,
                message_key: stream_key(seed, "message"),
                seed,
                links: Vec::new(),
                next_packet: 0,
                overfull: false,
            },
            nodes: Vec::new(),
            factories: Vec::new(),
            timed_faults: Vec::new(),
            bounds,
            steps: 0,
            started: false,
        }
    }

    /// Adds a node. `build` makes an incarnation of it: once now, and once more after each crash, so that nothing but
    /// the disk can survive one. Every link to and from it has the default configuration until [`World::link`].
    ///
    /// # Panics
    /// Beyond 256 nodes, or when the name is taken: a mistake in the scenario, not in its input.
    pub fn add<N: Node<P, S> + 'static>(
        &mut self,
        name: &str,
        role: Role,
        mut build: impl FnMut() -> N + 'static,
    ) -> NodeId {
        let index = self.nodes.len();
        assert!(index < MAX_NODES, "a world has at most {MAX_NODES} nodes");
        assert!(self.find(name).is_none(), "two nodes are called {name}");
        self.core.machines.push(Machine::new(name, role));
        self.nodes.push(Some(Box::new(build())));
        self.factories.push(Box::new(move || Box::new(build())));
        self.core.rebuild_links(index);
        NodeId(index as u16)
    }

    /// Says how packets travel from one node to another.
    pub fn link(&mut self, from: NodeId, to: NodeId, config: LinkConfig) {
        self.core.link_mut(from, to).config = config;
    }

    /// Says how a node's disk behaves.
    pub fn disk(&mut self, node: NodeId, config: DiskConfig) {
        self.core.machines[node.index()].disk_config = config;
    }

    /// Takes a fault script. Entries of one moment happen in the order of the script, behind everything else of that
    /// moment: whatever happened up to and including it is the same as without them.
    ///
    /// # Errors
    /// When an entry names a node that is not there.
    pub fn inject(&mut self, script: &FaultScript) -> Result<(), FaultError> {
        for fault in &script.faults {
            for name in fault.nodes() {
                if self.find(name).is_none() {
                    let known = self.core.machines.iter().map(|machine| machine.info.name.clone()).collect();
                    return Err(FaultError { fault: fault.to_string(), name: name.to_owned(), known });
                }
            }
        }
        for fault in &script.faults {
            match (fault, fault.at()) {
                (Fault::Packet { from, to, kind, nth, what }, _) => {
                    let (from, to) = (self.named(from), self.named(to));
                    let scripted = Scripted { kind: kind.clone(), nth: *nth, what: *what };
                    self.core.link_mut(from, to).add_scripted(scripted);
                }
                (_, Some(at)) => {
                    self.core.agenda.insert_last(at, Entry::Fault { index: self.timed_faults.len() });
                    self.timed_faults.push(fault.clone());
                }
                (_, None) => unreachable!("only packet faults have no moment"),
            }
        }
        Ok(())
    }

    /// Lets things happen until nothing is left to happen, or a bound is reached, and records how it ended.
    pub fn run(&mut self) -> Ending {
        let ending = self.run_until_end();
        self.core.record(|| What::Ended { how: ending });
        ending
    }

    /// What the trace's header lists.
    pub fn node_infos(&self) -> Vec<NodeInfo> {
        self.core.machines.iter().map(|machine| machine.info.clone()).collect()
    }

    /// The steps taken so far: packets and timers taken off the agenda.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// The moment the run has reached.
    pub fn now(&self) -> Time {
        self.core.now
    }

    /// Ends the world and hands out its sink.
    pub fn into_sink(self) -> S {
        self.core.sink
    }

    fn find(&self, name: &str) -> Option<NodeId> {
        self.core
            .machines
            .iter()
            .position(|machine| machine.info.name == name)
            .map(|index| NodeId(index as u16))
    }

    fn named(&self, name: &str) -> NodeId {
        self.find(name).expect("inject checked every name")
    }

    fn run_until_end(&mut self) -> Ending {
        if !self.started {
            self.started = true;
            for index in 0..self.nodes.len() {
                self.call(NodeId(index as u16), |node, context| node.start(context));
            }
        }
        loop {
            if self.core.overfull || self.core.agenda.len() > self.bounds.pending {
                return Ending::Unfinished(Bound::Pending);
            }
            if S::ON && self.core.sink.is_full() {
                return Ending::Unfinished(Bound::Events);
            }
            if self.steps >= self.bounds.steps {
                return Ending::Unfinished(Bound::Steps);
            }
            let Some((at, entry)) = self.core.agenda.pop() else { return Ending::Finished };
            if at > self.bounds.time {
                self.core.now = self.bounds.time;
                return Ending::Unfinished(Bound::Time);
            }
            self.core.now = at;
            self.steps += 1;
            self.step(entry);
        }
    }

    #[inline]
    fn step(&mut self, entry: Entry<P>) {
        match entry {
            Entry::Timer { node, incarnation, token } => {
                let machine = &mut self.core.machines[node.index()];
                if machine.incarnation != incarnation || machine.state == State::Down {
                    return;
                }
                if machine.state == State::Paused {
                    machine.backlog.push_back(entry);
                    return;
                }
                self.call(node, |node, context| node.timer(token, context));
            }
            Entry::Packet { .. } => self.packet_ends(entry),
            Entry::Reset { id, from, to } => self.reset_arrives(id, from, to),
            Entry::Flush { node, incarnation, epoch, written, token } => {
                self.flush_done(entry, node, incarnation, epoch, written, token);
            }
            Entry::Fault { index } => {
                let fault = self.timed_faults[index].clone();
                self.apply(fault);
            }
        }
    }

    #[inline]
    fn call(&mut self, id: NodeId, act: impl FnOnce(&mut dyn Node<P, S>, &mut Context<'_, P, S>)) {
        if let Some(node) = &mut self.nodes[id.index()] {
            act(node.as_mut(), &mut Context { core: &mut self.core, me: id });
        }
    }

    fn packet_ends(&mut self, entry: Entry<P>) {
        let Entry::Packet { id, from, to, end, .. } = entry else { return };
        let down = self.core.machines[to.index()].state == State::Down;
        let why = match end {
            Arrival::Dropped(why) => Some(why),
            _ if self.core.link_mut(from, to).cuts > 0 => Some(DropReason::Cut),
            _ if down => Some(DropReason::Down),
            _ => None,
        };
        if let Some(why) = why {
            self.core.record(|| What::Dropped { packet: id, why });
            return;
        }
        if self.core.machines[to.index()].state == State::Paused {
            // It waits in the receiver's socket buffer.
            self.core.machines[to.index()].backlog.push_back(entry);
            return;
        }
        let Entry::Packet { payload, .. } = entry else { return };
        self.core.record(|| What::Arrived { packet: id });
        if let Arrival::ArrivesTwice(delay) = end {
            let copy = self.core.new_packet();
            self.core.record(|| What::Duplicated { packet: id, copy });
            let again = Entry::Packet { id: copy, from, to, end: Arrival::Arrives, payload: payload.clone() };
            self.core.insert(self.core.now + delay, again);
        }
        self.call(to, |node, context| node.receive(from, payload, context));
    }

    fn reset_arrives(&mut self, id: PacketId, from: NodeId, to: NodeId) {
        let state = self.core.machines[to.index()].state;
        if self.core.link_mut(from, to).cuts > 0 {
            self.core.record(|| What::Dropped { packet: id, why: DropReason::Cut });
        } else if state == State::Down {
            self.core.record(|| What::Dropped { packet: id, why: DropReason::Down });
        } else if state == State::Paused {
            self.core.machines[to.index()].backlog.push_back(Entry::Reset { id, from, to });
        } else {
            self.core.record(|| What::Arrived { packet: id });
            let peer = &mut self.core.machines[from.index()];
            let now = peer.incarnation;
            let before = peer.watchers.len();
            peer.watchers.retain(|watch| watch.by != to || watch.incarnation == now);
            // A second reset for a connection that was made anew meanwhile says nothing.
            if peer.watchers.len() < before {
                self.call(to, |node, context| node.disconnected(from, context));
            }
        }
    }

    fn flush_done(
        &mut self,
        entry: Entry<P>,
        node: NodeId,
        incarnation: u32,
        epoch: u32,
        written: u64,
        token: u64,
    ) {
        let machine = &mut self.core.machines[node.index()];
        if machine.disk_epoch != epoch {
            return;
        }
        // The device finishes what it was given, also when the process that asked is gone.
        let writes = machine.disk.flush_done(written);
        let (state, same) = (machine.state, machine.incarnation == incarnation);
        if state == State::Paused && same {
            machine.backlog.push_back(entry);
        }
        if writes > 0 {
            self.core.record(|| What::Flushed { node, writes });
        }
        if state == State::Up && same {
            self.call(node, |node, context| node.flushed(token, context));
        }
    }
}

/// What a fault script does to the world.
impl<P: Payload, S: Sink> World<P, S> {
    fn apply(&mut self, fault: Fault) {
        match fault {
            Fault::Packet { .. } => {}
            Fault::Crash(node, _) => self.crash(self.named(&node), false),
            Fault::CrashMachine(node, _) => self.crash(self.named(&node), true),
            Fault::Restart(node, _) => self.restart(self.named(&node)),
            Fault::LoseDisk(node, _) => {
                let node = self.named(&node);
                let machine = &mut self.core.machines[node.index()];
                machine.disk.lose_everything();
                machine.disk_epoch += 1;
                self.core.record(|| What::DiskLost { node });
            }
            Fault::Pause(node, _) => {
                let node = self.named(&node);
                let machine = &mut self.core.machines[node.index()];
                if machine.state == State::Up {
                    machine.state = State::Paused;
                    self.core.record(|| What::Paused { node });
                }
            }
            Fault::Resume(node, _) => self.resume(self.named(&node)),
            Fault::Skew(node, offset_ns, _) => {
                let node = self.named(&node);
                self.core.machines[node.index()].clock_offset_ns = offset_ns;
                self.core.record(|| What::Skewed { node, offset_ns });
            }
            Fault::Slow(node, permille, _) => {
                let node = self.named(&node);
                self.core.machines[node.index()].slow_permille = permille;
                self.core.record(|| What::Slowed { node, permille });
            }
            Fault::Cut { from, to, one_way, .. } => self.cut(&from, &to, one_way),
            Fault::Heal { from, to, one_way, .. } => self.heal(&from, &to, one_way),
            Fault::Set { name, value, .. } => {
                self.core.record(|| What::ParameterSet { name: name.clone(), value: value.clone() });
                for index in 0..self.nodes.len() {
                    self.call(NodeId(index as u16), |node, context| node.parameter(&name, &value, context));
                }
            }
            Fault::Fork(future, _) => {
                self.core.fork(future);
                self.core.record(|| What::Forked { future });
            }
        }
    }

    fn crash(&mut self, node: NodeId, machine_too: bool) {
        let machine = &mut self.core.machines[node.index()];
        if machine_too {
            machine.disk.lose_page_cache();
            machine.disk_epoch += 1;
        }
        if machine.state == State::Down {
            return;
        }
        machine.state = State::Down;
        machine.incarnation += 1;
        let backlog = std::mem::take(&mut machine.backlog);
        self.nodes[node.index()] = None;
        self.core.record(|| What::Crashed { node, machine: machine_too });
        for waiting in backlog {
            if let Entry::Packet { id, .. } | Entry::Reset { id, .. } = waiting {
                self.core.record(|| What::Dropped { packet: id, why: DropReason::Down });
            }
        }
        self.core.drop_connections_of(node);
        if !machine_too {
            self.core.reset_broken_connections(node);
        }
    }

    fn restart(&mut self, node: NodeId) {
        let machine = &mut self.core.machines[node.index()];
        if machine.state != State::Down {
            return;
        }
        machine.state = State::Up;
        machine.incarnation += 1;
        self.nodes[node.index()] = Some((self.factories[node.index()])());
        self.core.record(|| What::Restarted { node });
        self.call(node, |node, context| node.restart(context));
        self.core.reset_broken_connections(node);
    }

    fn resume(&mut self, node: NodeId) {
        let machine = &mut self.core.machines[node.index()];
        if machine.state != State::Paused {
            return;
        }
        machine.state = State::Up;
        let backlog = std::mem::take(&mut machine.backlog);
        self.core.record(|| What::Resumed { node });
        // What waited happens now, in the order in which it came.
        let now = self.core.now;
        for waiting in backlog {
            self.core.insert(now, waiting);
        }
    }

    fn cut(&mut self, from: &[String], to: &[String], one_way: bool) {
        let (from, to) = (self.all_named(from), self.all_named(to));
        self.core.between(&from, &to, one_way, |link| link.cuts += 1);
        self.core.record(|| What::Cut { from, to, one_way });
    }

    fn heal(&mut self, from: &[String], to: &[String], one_way: bool) {
        let (from, to) = (self.all_named(from), self.all_named(to));
        if from.is_empty() && to.is_empty() {
            self.core.links.iter_mut().for_each(|link| link.cuts = 0);
        } else {
            self.core.between(&from, &to, one_way, |link| link.cuts = 0);
        }
        self.core.record(|| What::Healed { from, to, one_way });
        for index in 0..self.nodes.len() {
            if self.core.machines[index].state != State::Down {
                self.core.reset_broken_connections(NodeId(index as u16));
            }
        }
    }

    fn all_named(&self, names: &[String]) -> Vec<NodeId> {
        names.iter().map(|name| self.named(name)).collect()
    }
}

impl<P: Payload, S: Sink> Core<P, S> {
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
        let link = self.link_mut(from, to);
        let cut = link.cuts > 0;
        let passage = link.pass(now, kind);
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
            self.record(|| What::Dropped { packet: id, why: DropReason::Cut });
            return;
        }
        let end = match (passage.fate, &passage.copy) {
            (Fate::Lost, _) => Arrival::Dropped(DropReason::Loss),
            (Fate::LostByScript, _) => Arrival::Dropped(DropReason::Script),
            (Fate::Arrives, Some(Copied::Behind(delay))) => Arrival::ArrivesTwice(*delay),
            (Fate::Arrives, _) => Arrival::Arrives,
        };
        if let Some(Copied::Beside(at)) = passage.copy {
            let copy = self.new_packet();
            self.record(|| What::Duplicated { packet: id, copy });
            let entry = Entry::Packet { id: copy, from, to, end: Arrival::Arrives, payload: payload.clone() };
            self.insert(at, entry);
        }
        self.insert(passage.ends, Entry::Packet { id, from, to, end, payload });
    }

    /// A dead process holds no connections.
    fn drop_connections_of(&mut self, node: NodeId) {
        self.machines.iter_mut().for_each(|machine| machine.watchers.retain(|watch| watch.by != node));
    }

    /// Tells everybody whose connection to this node belongs to an incarnation that is gone. The machine of a dead
    /// process says so at once; a machine that was down, or cut off, says so when the peer's next keep-alive reaches it.
    fn reset_broken_connections(&mut self, node: NodeId) {
        let machine = &self.machines[node.index()];
        let broken: Vec<NodeId> = machine
            .watchers
            .iter()
            .filter(|watch| watch.incarnation != machine.incarnation)
            .map(|watch| watch.by)
            .collect();
        for watcher in broken {
            self.send_reset(node, watcher);
        }
    }

    /// A reset is TCP's own affair, which sends it again until it arrives: the link's loss does not take it, a cut does.
    fn send_reset(&mut self, from: NodeId, to: NodeId) {
        let now = self.now;
        let id = self.new_packet();
        let link = self.link_mut(from, to);
        let cut = link.cuts > 0;
        let passage = link.pass(now, "reset");
        self.record(|| What::Sent {
            packet: id,
            from,
            to,
            kind: PacketKind::new("reset"),
            nth: passage.nth,
            message: None,
            attempt: 0,
        });
        match passage.fate {
            _ if cut => self.record(|| What::Dropped { packet: id, why: DropReason::Cut }),
            Fate::Arrives | Fate::Lost => {
                self.insert(passage.ends, Entry::Reset { id, from, to });
            }
            Fate::LostByScript => self.record(|| What::Dropped { packet: id, why: DropReason::Script }),
        }
    }

    pub fn flush(&mut self, node: NodeId, token: u64) {
        let span = {
            let config = self.machines[node.index()].disk_config;
            config.flush.sample(self.stream(node, u8::MAX))
        };
        let machine = &self.machines[node.index()];
        let entry = Entry::Flush {
            node,
            incarnation: machine.incarnation,
            epoch: machine.disk_epoch,
            written: machine.disk.written(),
            token,
        };
        self.insert(self.now + span, entry);
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
    fn fork(&mut self, future: u64) {
        self.seed = stream_key(self.seed ^ future, "fork");
        self.message_key = stream_key(self.seed, "message");
        self.machines.iter_mut().for_each(|machine| machine.streams.clear());
        for (index, link) in self.links.iter_mut().enumerate() {
            link.fork(self.seed, index as u64);
        }
    }

    #[inline]
    fn new_packet(&mut self) -> PacketId {
        self.next_packet += 1;
        PacketId(self.next_packet)
    }

    #[inline]
    fn link_mut(&mut self, from: NodeId, to: NodeId) -> &mut Link {
        &mut self.links[link_index(from.index(), to.index())]
    }

    fn between(&mut self, from: &[NodeId], to: &[NodeId], one_way: bool, mut act: impl FnMut(&mut Link)) {
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
    fn rebuild_links(&mut self, newest: usize) {
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
    fn new(name: &str, role: Role) -> Machine<P> {
        Machine {
            info: NodeInfo { name: name.to_owned(), role },
            state: State::Up,
            incarnation: 0,
            clock_offset_ns: 0,
            slow_permille: 1_000,
            disk: Disk::default(),
            watchers: Vec::new(),
            disk_config: DiskConfig::default(),
            disk_epoch: 0,
            streams: Vec::new(),
            backlog: VecDeque::new(),
        }
    }
}
