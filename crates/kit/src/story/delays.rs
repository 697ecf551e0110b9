// SPDX-License-Identifier: MIT OR Apache-2.0
//! Delays that the fault script orders: the trace shows only that a packet arrives late.

use sim::{Fault, FaultScript, PacketFault};
use trace::{NodeId, Trace};

/// The faults of a script that befall single packets.
pub(crate) struct Delays(Vec<Delay>);

/// `delay:queue/resequencer/deliver/3/200ms`, read.
struct Delay {
    from: NodeId,
    to: NodeId,
    kind: String,
    nth: u32,
    /// How long, in words.
    by: String,
}

impl Delays {
    /// Those of a run.
    pub fn of(trace: &Trace) -> Delays {
        let node = |name: &str| {
            let place = trace.header.nodes.iter().position(|node| node.name == name)?;
            u16::try_from(place).ok().map(NodeId)
        };
        let script: FaultScript = trace.header.faults.parse().unwrap_or_default();
        let delays = script.faults.into_iter().filter_map(|fault| match fault {
            Fault::Packet { from, to, kind, nth, what: PacketFault::Delay(by) } => {
                Some(Delay { from: node(&from)?, to: node(&to)?, kind, nth, by: by.short() })
            }
            _ => None,
        });
        Delays(delays.collect())
    }

    /// How long this packet is held up, in words.
    pub fn of_packet(&self, from: NodeId, to: NodeId, kind: &str, nth: u32) -> Option<String> {
        let same =
            |delay: &&Delay| (delay.from, delay.to, delay.kind.as_str(), delay.nth) == (from, to, kind, nth);
        self.0.iter().find(same).map(|delay| delay.by.clone())
    }
}
