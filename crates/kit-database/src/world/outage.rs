// SPDX-License-Identifier: MIT OR Apache-2.0
//! The process ends and starts again, with or without its machine.

use std::fmt;

use sim::Fault;
use trace::{DropReason, MessageId, NodeId, PacketId, Time, What};

use super::{BACKOFF, DISK, Due, WORKERS, World};
use crate::disk::Toll;

/// An end of the process, and when it starts again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outage {
    pub at: Time,
    pub back: Time,
    pub machine: bool,
}

impl World {
    /// The outages of the fault script, in order; overlapping ones are one.
    pub fn outages(&self, process: &str) -> Vec<Outage> {
        let script = self.script();
        let mut outages: Vec<Outage> = Vec::new();
        for fault in &script.faults {
            let (name, at, machine) = match fault {
                Fault::Crash(name, at) => (name, *at, false),
                Fault::CrashMachine(name, at) => (name, *at, true),
                _ => continue,
            };
            let back = script.faults.iter().filter_map(|end| match end {
                Fault::Restart(other, back) if other == name && *back > at => Some(*back),
                _ => None,
            });
            if name == process {
                outages.push(Outage { at, back: back.min().unwrap_or(at + BACKOFF), machine });
            }
        }
        outages.sort_by_key(|outage| outage.at);
        outages
    }

    /// The process is gone, and with it all that was on its way to it.
    pub fn crash(&mut self, outage: &Outage, toll: Option<Toll>) {
        for worker in 0..WORKERS {
            self.event(What::Crashed { node: World::node_of_worker(worker), machine: outage.machine });
        }
        if let Some(toll) = toll {
            let text = toll.to_string();
            self.event(What::Note { node: Some(NodeId(DISK)), text });
        }
        let mut lost = Vec::new();
        self.agenda.retain(|(_, _, due)| match due {
            Due::Asked { packet, .. } => {
                lost.push(*packet);
                false
            }
            _ => true,
        });
        for packet in lost {
            self.event(What::Dropped { packet: PacketId(packet), why: DropReason::Down });
        }
        // Answers that are under way arrive, and who hears one asks for the next thing, of nobody.
        for pause in &mut self.pauses {
            if pause.from <= self.now {
                pause.told = 2;
                pause.to = pause.to.min(self.now);
            }
        }
        self.now = self.now.max(outage.back);
    }

    /// It starts again, and whoever has no answer asks again.
    pub fn restart(&mut self) {
        self.incarnation += 1;
        for worker in 0..WORKERS {
            self.event(What::Restarted { node: World::node_of_worker(worker) });
        }
        for lane in 0..self.lanes.len() {
            let Some(request) = self.current(lane) else { continue };
            let message = request.message;
            let mut attempt = 0;
            for event in &self.events {
                match event.what {
                    What::Sent { message: Some(MessageId(own)), attempt: n, .. } if own == message => {
                        attempt = n
                    }
                    _ => {}
                }
            }
            let under_way = self.agenda.iter().any(|(_, _, due)| match due {
                Due::Answered { lane: own, request, .. } => *own == lane && request.message == message,
                Due::Again { lane: own, .. } => *own == lane,
                Due::Asked { .. } => false,
            });
            if !under_way {
                self.due(self.now + BACKOFF, Due::Again { lane, message, attempt });
            }
        }
    }
}

impl fmt::Display for Toll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = self.lost + self.torn + self.kept;
        match of {
            0 => f.write_str("power is lost: every write was flushed")?,
            of => {
                let writes = if of == 1 { "write was" } else { "writes were" };
                write!(
                    f,
                    "power is lost: {of} {writes} not flushed, {} lost and {} torn",
                    self.lost, self.torn
                )?;
            }
        }
        match self.names {
            0 => Ok(()),
            1 => f.write_str("; a removed file is back"),
            n => write!(f, "; {n} removed files are back"),
        }
    }
}
