// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a fault script does to a world.

use trace::{DropReason, NodeId, What};

use super::World;
use crate::core::{Entry, Hearing, State};
use crate::{Fault, Payload, Sink, TimerId};

impl<P: Payload, S: Sink> World<P, S> {
    pub(super) fn apply(&mut self, index: usize) {
        match self.timed_faults[index].clone() {
            Fault::Packet { .. } => {}
            Fault::Crash(node, _) => self.crash(self.named(&node), false),
            Fault::CrashMachine(node, _) => self.crash(self.named(&node), true),
            Fault::Restart(node, _) => self.restart(self.named(&node)),
            Fault::LoseDisk(node, _) => {
                let node = self.named(&node);
                let machine = &mut self.core.machines[node.index()];
                machine.disk.lose_everything();
                machine.void_flushes();
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
                for node in (0..self.nodes.len()).map(|node| NodeId(node as u16)) {
                    if self.core.machines[node.index()].state == State::Paused {
                        self.core.machines[node.index()]
                            .backlog
                            .push_back((TimerId::NONE, Entry::Change { node, index }));
                        self.core.held_back += 1;
                    } else {
                        self.call(node, |node, context| node.parameter(&name, &value, context));
                    }
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
        let was_down = machine.state == State::Down;
        if machine_too {
            machine.disk.lose_page_cache();
            machine.void_flushes();
        }
        if was_down && (!machine_too || machine.silent) {
            return;
        }
        machine.silent = machine_too;
        self.core.record(|| What::Crashed { node, machine: machine_too });
        if was_down {
            return;
        }
        let machine = &mut self.core.machines[node.index()];
        machine.state = State::Down;
        machine.incarnation += 1;
        let backlog = std::mem::take(&mut machine.backlog);
        self.nodes[node.index()] = None;
        self.core.held_back -= backlog.len();
        for (_, waiting) in backlog {
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
        machine.silent = false;
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
        self.core.record(|| What::Resumed { node });
        let now = self.core.now;
        // What waited happens now, in the order in which it came. One by one: what happens first may cancel a timer
        // that waits behind it.
        while let Some((id, waiting)) = self.core.machines[node.index()].backlog.pop_front() {
            self.core.held_back -= 1;
            self.step_aside(now, id, waiting);
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
        self.core.send_retained();
        for index in 0..self.nodes.len() {
            if self.core.machines[index].state != State::Down {
                self.core.reset_broken_connections(NodeId(index as u16));
            }
        }
    }

    fn all_named(&self, names: &[String]) -> Vec<NodeId> {
        names.iter().map(|name| self.named(name)).collect()
    }

    /// After a fault somebody may be heard no more, or again.
    pub(super) fn hearing_may_change(&mut self) {
        for peer in (0..self.nodes.len()).map(|node| NodeId(node as u16)) {
            // By place, for a node that hears of a change may listen to others, or to nobody.
            for place in 0.. {
                let Some(listener) = self.core.machines[peer.index()].listeners.get(place).copied() else {
                    break;
                };
                let audible = self.core.is_audible(peer, listener.by);
                let hearing = match listener.hearing {
                    Hearing::Heard if !audible => {
                        Hearing::Quiet(self.core.insert_silence(peer, listener.by, listener.patience))
                    }
                    Hearing::Quiet(timer) if audible => {
                        self.call(listener.by, |_, context| context.cancel(timer));
                        Hearing::Heard
                    }
                    Hearing::Silent
                        if audible && self.core.machines[listener.by.index()].state == State::Up =>
                    {
                        Hearing::Heard
                    }
                    _ => continue,
                };
                self.core.machines[peer.index()].listeners[place].hearing = hearing;
                if matches!(listener.hearing, Hearing::Silent) {
                    self.call(listener.by, |node, context| node.heard(peer, context));
                }
            }
        }
    }

    /// A listener has waited for long enough. One that stood still meanwhile finds out when it goes on.
    pub(super) fn silence_ends(&mut self, id: TimerId, entry: Entry<P>) {
        let Entry::Silence { node, peer, .. } = entry else { return };
        if self.core.machines[node.index()].state == State::Paused {
            return self.hold_back(node, id, entry);
        }
        let audible = self.core.is_audible(peer, node);
        let mut listeners = self.core.machines[peer.index()].listeners.iter_mut();
        let Some(listener) = listeners.find(|listener| listener.by == node) else { return };
        if audible {
            // It stood still, and what came meanwhile waits for it.
            listener.hearing = Hearing::Heard;
            return;
        }
        listener.hearing = Hearing::Silent;
        self.call(node, |node, context| node.silent(peer, context));
    }
}
