// SPDX-License-Identifier: MIT OR Apache-2.0
//! The world: nodes, what connects them, and the loop that lets things happen.

mod faults;

use trace::{Bound, DropReason, Ending, NodeId, NodeInfo, PacketId, Role, Time, What};

use crate::core::{Arrival, Core, Entry, Machine, State};
use crate::network::Scripted;
use crate::{Context, DiskConfig, Fault, FaultError, FaultScript, LinkConfig, Node, Payload, Sink, TimerId};

/// The word for what a machine sends when it is asked about a connection that it does not have.
pub(crate) const RESET: &str = "reset";

/// The most nodes a world can have: links are a square table.
pub(crate) const MAX_NODES: usize = 256;

/// How far a run may go. Reaching a bound ends it as [`Ending::Unfinished`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The most steps: packets and timers taken off the agenda.
    pub steps: u64,
    /// The latest moment.
    pub time: Time,
    /// The most packets and timers waiting at once, those that wait for a node which stands still among them.
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

impl<P: Payload, S: Sink> World<P, S> {
    /// An empty world.
    pub fn new(seed: u64, bounds: Bounds, sink: S) -> World<P, S> {
        World {
            core: Core::new(seed, sink),
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
    /// When an entry names a node or a kind of packet that is not there.
    pub fn inject(&mut self, script: &FaultScript) -> Result<(), FaultError> {
        script.faults.iter().try_for_each(|fault| self.check_names(fault))?;
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

    fn check_names(&self, fault: &Fault) -> Result<(), FaultError> {
        let error = |name: &str, what, known| FaultError {
            fault: fault.to_string(),
            name: name.to_owned(),
            what,
            known,
        };
        if let Some(unknown) = fault.nodes().into_iter().find(|name| self.find(name).is_none()) {
            let known = self.core.machines.iter().map(|machine| machine.info.name.clone()).collect();
            return Err(error(unknown, "nodes", known));
        }
        match fault {
            Fault::Packet { kind, .. } if kind != RESET && !P::KINDS.contains(&kind.as_str()) => {
                let known = P::KINDS.iter().chain([&RESET]).map(|kind| (*kind).to_owned()).collect();
                Err(error(kind, "kinds of packet", known))
            }
            _ => Ok(()),
        }
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

    /// How many writes all disks took, flushed or not.
    pub fn disk_writes(&self) -> u64 {
        self.core.machines.iter().map(|machine| machine.disk.written()).sum()
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
            if self.core.overfull || self.core.agenda.len() + self.core.held_back > self.bounds.pending {
                return Ending::Unfinished(Bound::Pending);
            }
            if S::ON && self.core.sink.is_full() {
                return Ending::Unfinished(Bound::Events);
            }
            if self.steps >= self.bounds.steps {
                return Ending::Unfinished(Bound::Steps);
            }
            let Some((at, id, entry)) = self.core.agenda.pop() else { return Ending::Finished };
            if at > self.bounds.time && !self.is_void(&entry) {
                self.core.now = self.bounds.time;
                return Ending::Unfinished(Bound::Time);
            }
            self.step(at, id, entry);
        }
    }

    /// Whether an entry is of an incarnation that is gone, and nothing comes of it: no time passes for it either.
    fn is_void(&self, entry: &Entry<P>) -> bool {
        match entry {
            Entry::Timer { node, incarnation, .. } | Entry::Silence { node, incarnation, .. } => {
                self.core.machines[node.index()].incarnation != *incarnation
            }
            Entry::Flush { node, incarnation, epoch, .. } => {
                let machine = &self.core.machines[node.index()];
                machine.disk_epoch != *epoch && machine.incarnation != *incarnation
            }
            _ => false,
        }
    }

    /// [`World::step`] for those who are not the loop: there it must be inlined, which costs a tenth otherwise (measured).
    #[cold]
    #[inline(never)]
    fn step_aside(&mut self, at: Time, id: TimerId, entry: Entry<P>) {
        self.step(at, id, entry);
    }

    #[inline(always)]
    fn step(&mut self, at: Time, id: TimerId, entry: Entry<P>) {
        // By far the most entries are timers: they are looked at once.
        if let Entry::Timer { node, incarnation, token } = entry {
            let machine = &self.core.machines[node.index()];
            if machine.incarnation != incarnation {
                return;
            }
            let paused = machine.state == State::Paused;
            self.core.now = at;
            self.steps += 1;
            return match paused {
                true => self.hold_back(node, id, entry),
                false => self.call(node, |node, context| node.timer(token, context)),
            };
        }
        if self.is_void(&entry) {
            return;
        }
        self.core.now = at;
        self.steps += 1;
        match entry {
            Entry::Timer { .. } => {}
            Entry::Packet { .. } => self.packet_ends(id, entry),
            Entry::Reset { .. } => self.reset_ends(id, entry),
            Entry::Flush { .. } => self.flush_ends(id, entry),
            Entry::Change { node, index } => {
                if let Fault::Set { name, value, .. } = self.timed_faults[index].clone() {
                    self.call(node, |node, context| node.parameter(&name, &value, context));
                }
            }
            Entry::Silence { .. } => self.silence_ends(id, entry),
            Entry::Fault { index } => {
                self.apply(index);
                self.hearing_may_change();
            }
        }
    }

    /// What comes to a node that stands still waits until it goes on.
    fn hold_back(&mut self, node: NodeId, id: TimerId, entry: Entry<P>) {
        self.core.machines[node.index()].backlog.push_back((id, entry));
        self.core.held_back += 1;
    }

    #[inline]
    fn call(&mut self, id: NodeId, act: impl FnOnce(&mut dyn Node<P, S>, &mut Context<'_, P, S>)) {
        if let Some(node) = &mut self.nodes[id.index()] {
            act(node.as_mut(), &mut Context { core: &mut self.core, me: id });
        }
    }

    fn packet_ends(&mut self, held: TimerId, entry: Entry<P>) {
        let Entry::Packet { id, from, sender, to, end, payload } = entry else { return };
        let state = self.core.machines[to.index()].state;
        let why = match end {
            Arrival::Dropped(why) => Some(why),
            Arrival::Reached => None,
            _ if self.core.link_mut(from, to).cuts > 0 => Some(DropReason::Cut),
            _ if state == State::Down => Some(DropReason::Down),
            _ => None,
        };
        if let (Some(DropReason::Cut), Arrival::Arrives) = (why, end) {
            return self.core.meets_cut(id, from, to, sender, payload);
        }
        if let Some(why) = why {
            self.core.record(|| What::Dropped { packet: id, why });
            return;
        }
        if state == State::Paused {
            // It waits in the receiver's socket buffer, where no cut reaches it. A copy of it goes its own way.
            self.send_behind(id, from, sender, to, end, &payload);
            let waiting = Entry::Packet { id, from, sender, to, end: Arrival::Reached, payload };
            return self.hold_back(to, held, waiting);
        }
        self.core.record(|| What::Arrived { packet: id });
        self.send_behind(id, from, sender, to, end, &payload);
        self.core.receiving = Some((from, sender));
        self.call(to, |node, context| node.receive(from, payload, context));
        self.core.receiving = None;
    }

    /// The second packet that a script makes of one, from where the first ends.
    #[inline]
    fn send_behind(
        &mut self,
        id: PacketId,
        from: NodeId,
        sender: u32,
        to: NodeId,
        end: Arrival,
        payload: &P,
    ) {
        let Arrival::ArrivesTwice(delay) = end else { return };
        let copy = self.core.new_packet();
        self.core.record(|| What::Duplicated { packet: id, copy });
        let again =
            Entry::Packet { id: copy, from, sender, to, end: Arrival::Arrives, payload: payload.clone() };
        self.core.insert(self.core.now + delay, again);
    }

    fn reset_ends(&mut self, held: TimerId, entry: Entry<P>) {
        let Entry::Reset { id, from, to, reached } = entry else { return };
        let state = self.core.machines[to.index()].state;
        if !reached && self.core.link_mut(from, to).cuts > 0 {
            self.core.record(|| What::Dropped { packet: id, why: DropReason::Cut });
        } else if state == State::Down {
            self.core.record(|| What::Dropped { packet: id, why: DropReason::Down });
        } else if state == State::Paused {
            self.hold_back(to, held, Entry::Reset { id, from, to, reached: true });
        } else {
            self.core.record(|| What::Arrived { packet: id });
            let peer = &mut self.core.machines[from.index()];
            let now = peer.incarnation;
            let before = peer.watchers.len();
            peer.watchers.retain(|watch| watch.by != to || watch.holds(now));
            // A second reset for a connection that was made anew meanwhile says nothing.
            if peer.watchers.len() < before {
                self.call(to, |node, context| node.disconnected(from, context));
            }
        }
    }

    fn flush_ends(&mut self, held: TimerId, entry: Entry<P>) {
        let Entry::Flush { node, incarnation, epoch, written, token } = entry else { return };
        let machine = &mut self.core.machines[node.index()];
        let same = machine.incarnation == incarnation;
        if machine.state == State::Paused && same {
            // The device has finished; the process will hear of it.
            let writes = if machine.disk_epoch == epoch { machine.disk.flush_done(written) } else { 0 };
            self.record_flush(node, writes);
            return self.hold_back(node, held, entry);
        }
        if machine.disk_epoch != epoch {
            return self.call(node, |node, context| node.flush_failed(token, context));
        }
        // The device finishes what it was given, also when the process that asked is gone.
        let writes = machine.disk.flush_done(written);
        self.record_flush(node, writes);
        if same {
            self.call(node, |node, context| node.flushed(token, context));
        }
    }

    fn record_flush(&mut self, node: NodeId, writes: u32) {
        if writes > 0 {
            self.core.record(|| What::Flushed { node, writes });
        }
    }
}
